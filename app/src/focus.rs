//! Where the focus goes when a form that had it is taken away by what it did.
//!
//! A browser leaves it on nothing then, and whoever goes by keyboard or by ear begins anew at the top of the page.

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement};
use std::time::Duration;

/// How often it is looked whether the form has gone, and for how long an answer is waited for.
const EVERY: Duration = Duration::from_millis(100);
const TIMES: u32 = 100;

/// After a form has gone, the focus goes on to the heading of what stood around it, at last to that of the page.
pub fn keep_focus() {
    Effect::new(move |_| {
        let listener = window_event_listener(ev::submit, |event| {
            if let Some(form) = event.target().and_then(|form| form.dyn_into::<Element>().ok()) {
                let around =
                    std::iter::successors(form.parent_element(), |one| one.parent_element()).collect();
                watch(form, around, TIMES);
            }
        });
        on_cleanup(move || listener.remove());
    });
}

fn watch(form: Element, around: Vec<Element>, times: u32) {
    let look = move || {
        if form.is_connected() {
            if times > 0 {
                watch(form, around, times - 1);
            }
        } else if is_nowhere()
            && let Some(heading) = around.iter().filter(|one| one.is_connected()).find_map(heading)
        {
            focus(&heading);
        }
    };
    set_timeout(look, EVERY);
}

fn is_nowhere() -> bool {
    document().active_element().is_none_or(|active| active.tag_name() == "BODY")
}

fn heading(around: &Element) -> Option<HtmlElement> {
    let heading: HtmlElement = around.query_selector("h1, h2, h3").ok()??.dyn_into().ok()?;
    // That of a closed dialog is there but not drawn.
    heading.offset_parent().is_some().then_some(heading)
}

pub fn focus(heading: &HtmlElement) {
    // A heading takes the focus for this once, and is no stop of its own.
    heading.set_tab_index(-1);
    // Where it cannot be focused, nothing is lost.
    let _ = heading.focus();
}
