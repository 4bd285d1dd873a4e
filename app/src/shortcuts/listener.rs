//! Tells the table of keys, and does what it says.

use super::sheet::Sheet;
use super::{Deed, Focus, Press, Sequence};
use crate::preferences::Chosen;
use crate::search::use_search;
use leptos::ev::{self, KeyboardEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement};
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// Follows the keys on every page, and holds the sheet that tells of them.
#[component]
pub fn Shortcuts() -> impl IntoView {
    let chosen: Chosen = expect_context();
    let sheet = RwSignal::new(false);
    let sequence = StoredValue::new(Sequence::default());
    let (navigate, search) = (use_navigate(), use_search());
    Effect::new(move |_| {
        let navigate = navigate.clone();
        let listener = window_event_listener(ev::keydown, move |event| {
            if event.default_prevented() || event.repeat() || event.is_composing() {
                return;
            }
            let (key, single) = (event.key(), chosen.single_keys());
            let press = press(&event, &key);
            let deed = sequence.try_update_value(|sequence| sequence.press(press, single)).flatten();
            let done = match deed {
                None => false,
                Some(Deed::Open(path)) => {
                    navigate(path, NavigateOptions::default());
                    true
                }
                Some(Deed::Search) => search.open(),
                Some(Deed::Sheet) => {
                    sheet.set(true);
                    true
                }
            };
            if done {
                event.prevent_default();
            }
        });
        on_cleanup(move || listener.remove());
    });
    view! { <Sheet open=sheet /> }
}

fn press<'a>(event: &KeyboardEvent, key: &'a str) -> Press<'a> {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let focus = if document().query_selector("dialog[open]").ok().flatten().is_some() {
        Focus::Dialog
    } else if target.is_some_and(|target| takes_text(&target)) {
        Focus::Text
    } else {
        Focus::Page
    };
    Press {
        key,
        command: event.ctrl_key() || event.meta_key(),
        alt: event.alt_key(),
        focus,
        at: event.time_stamp(),
    }
}

/// Whether what has the focus takes characters: a field, a list that one types to choose from, text being edited.
fn takes_text(element: &Element) -> bool {
    let editable = element.dyn_ref::<HtmlElement>().is_some_and(HtmlElement::is_content_editable);
    let kind = element.get_attribute("type").unwrap_or_default();
    editable
        || match element.tag_name().as_str() {
            "TEXTAREA" | "SELECT" => true,
            "INPUT" => !["button", "checkbox", "radio", "submit"].contains(&kind.as_str()),
            _ => false,
        }
}
