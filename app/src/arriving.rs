//! Arriving at a page by a link of ours, as one does by a link of any site: the window bears its name, and whoever goes by
//! keyboard or by ear is at its beginning.

use crate::focus::focus;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement};
use std::time::Duration;

/// What the window is called on every page, after the name of the page.
pub const NAME: &str = "Towpath";

/// How often it is looked whether the page is there, and for how long it is waited for.
const EVERY: Duration = Duration::from_millis(50);
const TIMES: u32 = 200;

/// What the window is called while a page has not said its name: what the server called it, until one goes on.
#[derive(Debug, Clone, Copy)]
pub struct Opening(pub RwSignal<String>);

impl Opening {
    pub fn of_document() -> Self {
        let title = if cfg!(feature = "hydrate") { document().title() } else { String::new() };
        let own = title.strip_suffix(NAME).and_then(|title| title.strip_suffix(" · "));
        Self(RwSignal::new(own.unwrap_or_default().to_owned()))
    }
}

/// After each change of the path, moves the focus to the heading of the new page, unless it has been moved meanwhile.
pub fn arrive(path: Memo<String>) {
    let Opening(opening) = expect_context();
    Effect::new(move |before: Option<String>| {
        let path = path.get();
        if before.is_some_and(|before| before != path) {
            opening.set(String::new());
            await_page(heading(), document().active_element(), TIMES);
        }
        path
    });
}

/// Waits until the heading is another than that of the page before.
fn await_page(before: Option<HtmlElement>, stood: Option<Element>, times: u32) {
    let look = move || {
        let active = document().active_element();
        let nowhere = active.as_ref().is_none_or(|active| active.tag_name() == "BODY");
        if !nowhere && active != stood {
            return;
        }
        match heading() {
            Some(heading) if before.as_ref() != Some(&heading) => {
                let place = window().scroll_x().ok().zip(window().scroll_y().ok());
                focus(&heading);
                // One who comes back is where they were.
                if let Some((x, y)) = place {
                    window().scroll_to_with_x_and_y(x, y);
                }
            }
            _ if times > 0 => await_page(before, stood, times - 1),
            _ => {}
        }
    };
    set_timeout(look, EVERY);
}

fn heading() -> Option<HtmlElement> {
    document().query_selector("#main h1").ok()??.dyn_into().ok()
}
