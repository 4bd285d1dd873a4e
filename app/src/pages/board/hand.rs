//! The line that says what is in the hand, and how to put it down, while a finger or the keyboard carries it.

use super::Table;
use super::carry::{Act, Hand};
use crate::components::icon::{Icon, Symbol};
use leptos::prelude::*;

/// Stands at the lower edge, so that it is in reach and moves nothing.
#[component]
pub(super) fn HandBar(table: Table) -> impl IntoView {
    // Where it hangs is of no interest here.
    let load = Memo::new(move |_| table.carry.get().held().map(|held| (held.load, held.hand)));
    move || {
        let (load, hand) = load.get().filter(|(_, hand)| *hand != Hand::Mouse)?;
        let around = super::around(&table.board.read_untracked(), load, table.present.get_untracked());
        let from = around.stages.iter().find(|stage| stage.bucket == load.from);
        let from = from.map(|stage| stage.name.clone()).unwrap_or_default();
        let hint = if hand == Hand::Touch {
            "Tap a stage to put it there."
        } else {
            "← → choose a stage, ↑ ↓ read them all, Space drops."
        };
        Some(view! {
            <div class="hand">
                <Icon symbol=Symbol::Grip />
                <p class="hand__text">
                    <strong>{around.tag}</strong>
                    {format!(" from {from}. ")}
                    <span class="hand__hint">{hint}</span>
                </p>
                <button type="button" class="button button--small" on:click=move |_| table.act(Act::PutBack)>
                    "Cancel"
                </button>
            </div>
        })
    }
}
