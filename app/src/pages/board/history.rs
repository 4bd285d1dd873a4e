//! What was current in a bucket before, on demand, and the way back to it.

use super::Table;
use crate::components::disclosure::Disclosure;
use crate::components::time::TimeView;
use crate::paths;
use leptos::prelude::*;
use towpath_domain::boards::{Card, Column};

#[component]
pub(super) fn History(table: Table, column: Memo<Column>) -> impl IntoView {
    let any = Memo::new(move |_| !column.read().history.is_empty());
    let board = table.board.get_untracked();
    let bucket = column.read_untracked().slot.slug.clone();
    let whole = StoredValue::new(paths::bucket(&board.project.slug, &board.integration.slug, &bucket, None));
    move || {
        any.get().then(|| {
            view! {
                <Disclosure summary="History">
                    <ol class="history__list">
                        <For each=move || column.read().history.clone() key=|card| card.placement let:card>
                            <Line table=table column=column card=card />
                        </For>
                    </ol>
                    <p class="history__all">
                        <a href=whole.get_value()>"The whole history"</a>
                    </p>
                </Disclosure>
            }
        })
    }
}

#[component]
fn Line(table: Table, column: Memo<Column>, card: Card) -> impl IntoView {
    let build = card.build.id;
    // Going back is offered to those who may, to what is not there already.
    let offered = Memo::new(move |_| {
        let column = column.read();
        column.may_roll_back.is_ok() && column.current.as_ref().is_none_or(|card| card.build.id != build)
    });
    let board = table.board.get_untracked();
    let bucket = column.read_untracked().slot.slug.clone();
    let href = card
        .placement
        .map(|placement| paths::roll_back(&board.project.slug, &board.integration.slug, &bucket, placement));
    let tag = card.build.tag.to_string();
    // Begins with the words on the button, for those who say what they see.
    let label = format!("Roll back {bucket} to {tag}");
    let back = move || {
        href.clone().filter(|_| offered.get()).map(|href| {
            view! {
                <a class="button button--small" href=href aria-label=label.clone()>
                    "Roll back"
                </a>
            }
        })
    };
    view! {
        <li class="history__item">
            <a class="history__tag" href=paths::build(&card.build.digest)>
                {tag}
            </a>
            <span class="history__meta">
                {card.cause} " by " {card.by} {card.by_token.then_some(" (token)")} ", "
                <TimeView at=card.at now=table.now />
            </span>
            {back}
        </li>
    }
}
