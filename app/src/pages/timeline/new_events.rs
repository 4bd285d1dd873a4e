//! That there are newer events than those shown, and the button that shows them.

use super::entries::event_id;
use crate::components::icon::{Icon, Symbol};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;
use std::sync::Arc;
use towpath_domain::timeline::TimelinePage as Page;

/// Floats over the list, so that nothing moves while it is read.
#[component]
pub fn NewEvents(
    /// The page as it would be by now.
    fresh: Signal<Arc<Page>>,
    /// The page that is shown.
    page: RwSignal<Arc<Page>>,
    /// Events after this number are marked as new.
    read_up_to: RwSignal<i64>,
) -> impl IntoView {
    let words = Memo::new(move |_| words(&page.read(), &fresh.read()));
    let show = move |_| {
        read_up_to.set(newest(&page.read_untracked()));
        let fresh = fresh.get_untracked();
        let first = newest(&fresh);
        page.set(fresh);
        // The button goes with the press; the focus goes on to what it brought, once that is there.
        request_animation_frame(move || focus(&event_id(first)));
    };
    view! {
        <div class="new-events" role="status">
            {move || {
                words
                    .get()
                    .map(|words| {
                        view! {
                            <button type="button" class="button new-events__button" on:click=show>
                                <Icon symbol=Symbol::ArrowUp />
                                {words}
                            </button>
                        }
                    })
            }}
        </div>
    }
}

fn newest(page: &Page) -> i64 {
    page.entries.first().map_or(0, |entry| entry.seq)
}

/// How many there are; where the fresh page holds nothing of the shown one, there may be more.
fn words(shown: &Page, fresh: &Page) -> Option<String> {
    let newest = newest(shown);
    let count = fresh.entries.iter().filter(|entry| entry.seq > newest).count();
    match count {
        0 => None,
        1 => Some("1 new event".to_owned()),
        count if count == fresh.entries.len() && fresh.older.is_some() => {
            Some(format!("{count} new events or more"))
        }
        count => Some(format!("{count} new events")),
    }
}

fn focus(id: &str) {
    let element = document().get_element_by_id(id).and_then(|found| found.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element {
        // Where it cannot be focused, it is still shown.
        let _ = element.focus();
    }
}
