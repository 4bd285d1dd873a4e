//! Promotions that stand before a stage: for whom they wait, and since when.

use super::Table;
use crate::components::icon::{Icon, Symbol};
use crate::components::time::TimeView;
use crate::paths;
use leptos::prelude::*;
use towpath_domain::boards::{Column, Waiting};
use towpath_domain::times::Time;

#[component]
pub(super) fn WaitingList(table: Table, column: Memo<Column>) -> impl IntoView {
    let any = Memo::new(move |_| !column.read().waiting.is_empty());
    let label = format!("Waiting for {}", column.read_untracked().slot.slug);
    move || {
        any.get().then(|| {
            view! {
                <section class="waiting" aria-label=label.clone()>
                    <h3 class="waiting__title">
                        <Icon symbol=Symbol::Clock />
                        "Waiting"
                    </h3>
                    <ul class="waiting__list">
                        <For
                            each=move || column.read().waiting.clone()
                            key=|waiting| waiting.number
                            let:waiting
                        >
                            <Item table=table column=column waiting=waiting />
                        </For>
                    </ul>
                </section>
            }
        })
    }
}

#[component]
fn Item(table: Table, column: Memo<Column>, waiting: Waiting) -> impl IntoView {
    let Waiting { number, tag, requested_by, requested_at, pins_in, back, .. } = waiting.clone();
    let name = match pins_in {
        None if back => format!("#{number} · back to {tag}"),
        Some(place) => format!("#{number} · {tag}, to pin in {place}"),
        None => format!("#{number} · {tag}"),
    };
    let href = paths::promotion(&table.board.read_untracked().project.slug, number);
    // Fewer and fewer approvals, say.
    let needs = Memo::new(move |last: Option<&String>| {
        let column = column.read();
        let now = column.waiting.iter().find(|other| other.number == number);
        match (now, last) {
            // Only a rollback keeps out what passes every gate.
            (Some(now), _) if now.ready => "Ready: a person has to apply it.".to_owned(),
            (Some(now), _) if now.failed => "Failed elsewhere: a person has to let it try again.".to_owned(),
            (Some(now), _) if now.needs.is_empty() => "Waits until arrivals are resumed.".to_owned(),
            (Some(now), _) => format!("Waits for {}.", now.needs.join(" and ")),
            (None, Some(last)) => last.clone(),
            (None, None) => String::new(),
        }
    });
    // Time alone is missing.
    let until = Memo::new(move |last: Option<&Option<Time>>| {
        let column = column.read();
        let now = column.waiting.iter().find(|other| other.number == number);
        now.map_or_else(|| last.copied().flatten(), |now| now.until)
    });
    let by_itself = move || {
        until.get().map(|until| view! { " It enters by itself " <TimeView at=until now=table.now /> "." })
    };
    view! {
        <li class="waiting__item">
            <a class="waiting__link" href=href>
                {name}
            </a>
            <span class="waiting__reason">{move || needs.get()} {by_itself}</span>
            <span class="waiting__meta">
                {requested_by} " asked for it " <TimeView at=requested_at now=table.now />
            </span>
        </li>
    }
}
