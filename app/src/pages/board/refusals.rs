//! What arrived in a bucket and may not enter, on demand.

use super::Table;
use crate::components::disclosure::Disclosure;
use crate::components::time::TimeView;
use crate::paths;
use leptos::prelude::*;
use towpath_domain::boards::{Column, RefusedCard};

#[component]
pub(super) fn Refusals(table: Table, column: Memo<Column>) -> impl IntoView {
    let count = Memo::new(move |_| column.read().refused.len());
    let any = Memo::new(move |_| count.get() > 0);
    let item = move |card: RefusedCard| {
        view! {
            <li class="refusals__item">
                <a class="refusals__what" href=paths::build(&card.build.digest)>
                    {card.tag.to_string()}
                </a>
                <span class="refusals__reason">{sentence(&card.why)}</span>
                <span class="refusals__meta">{card.by} ", " <TimeView at=card.at now=table.now /></span>
            </li>
        }
    };
    move || {
        any.get().then(|| {
            view! {
                <Disclosure summary="Refused arrivals" count=Signal::derive(move || Some(count.get()))>
                    <ul class="refusals__list">
                        <For
                            each=move || column.read().refused.clone()
                            key=|card| (card.tag.clone(), card.at)
                            children=item
                        />
                    </ul>
                </Disclosure>
            }
        })
    }
}

fn sentence(words: &str) -> String {
    let mut characters = words.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", characters.as_str())
}
