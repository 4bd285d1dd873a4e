//! What was pushed to the integration without a bucket.

use crate::components::card::Card as Frame;
use crate::components::digest::DigestView;
use crate::components::time::TimeView;
use crate::paths;
use leptos::prelude::*;
use std::sync::Arc;
use towpath_domain::boards::{Board, Card};
use towpath_domain::times::Time;

#[component]
pub(super) fn Unclassified(board: Signal<Arc<Board>>, now: Signal<Time>) -> impl IntoView {
    let first = board.get_untracked();
    let all = StoredValue::new(paths::unclassified(&first.project.slug, &first.integration.slug, None));
    let any = Memo::new(move |_| !board.read().unclassified.is_empty());
    let cards = move || board.read().unclassified.clone();
    let item = move |card: Card| {
        let digest = card.build.digest.to_string();
        view! {
            <li class="rows__item">
                <a class="rows__link" href=paths::build(&card.build.digest)>
                    {card.build.tag.to_string()}
                </a>
                <DigestView value=digest />
                <span class="rows__meta">{card.by} ", " <TimeView at=card.at now=now /></span>
            </li>
        }
    };
    move || {
        any.get().then(|| {
            view! {
                <Frame title="Unclassified" id="unclassified">
                    <p class="muted">
                        "Pushed without a bucket's name, and led to none by a rule. "
                        <a href=all.get_value()>"Assign them, or choose a rule"</a>
                    </p>
                    <ul class="rows">
                        <For each=cards key=|card| card.build.id children=item />
                    </ul>
                </Frame>
            }
        })
    }
}
