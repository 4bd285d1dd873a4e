//! The table of keys, as people read it.

use super::{GROUPS, Group, Shortcut};
use crate::components::dialog::Dialog;
use crate::paths;
use crate::preferences::Chosen;
use leptos::prelude::*;

/// The sheet over the page.
#[component]
pub(super) fn Sheet(open: RwSignal<bool>) -> impl IntoView {
    let chosen: Chosen = expect_context();
    let state = move || {
        if chosen.shortcuts() { "Single keys act on every page." } else { "Single keys are switched off." }
    };
    view! {
        <Dialog id="shortcuts-sheet" title="Keyboard shortcuts" open=open>
            {move || open.get().then(|| view! { <Keys /> })}
            <p class="muted">
                {state} " " <a href=paths::SHORTCUTS on:click=move |_| open.set(false)>
                    "Change it on your account page."
                </a>
            </p>
        </Dialog>
    }
}

/// All shortcuts, by group.
#[component]
pub fn Keys() -> impl IntoView {
    let group = |group: &'static Group| {
        view! {
            <section class="keys__group">
                <h3 class="keys__title">{group.title}</h3>
                <dl class="keys__list">{group.shortcuts.iter().map(line).collect_view()}</dl>
            </section>
        }
    };
    view! { <div class="keys">{GROUPS.iter().map(group).collect_view()}</div> }
}

fn line(shortcut: &'static Shortcut) -> impl IntoView {
    let keys = shortcut.keys.iter().map(|key| view! { <kbd class="key">{*key}</kbd> }).collect_view();
    view! {
        <div class="keys__line">
            <dt class="keys__keys">{keys}</dt>
            <dd>{shortcut.words}</dd>
        </div>
    }
}
