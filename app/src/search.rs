//! Search, wherever one is: the box in the bar, and the palette that opens over the page.
//!
//! The box is a plain form that leads to the page of results. With script, a click on it, Ctrl+K or `/` opens
//! the palette instead, which answers while one types.

pub mod entries;
mod palette;
mod recent;

use crate::components::icon::{Icon, Symbol};
use crate::paths;
use leptos::ev::{self, KeyboardEvent, PointerEvent, SubmitEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlFormElement, HtmlInputElement};
use leptos_router::hooks::use_navigate;
use palette::Palette;

/// Whether the palette is open; whoever has it can open it.
#[derive(Debug, Clone, Copy)]
pub struct Search(RwSignal<bool>);

impl Search {
    pub fn open(self) {
        self.0.set(true);
    }
}

/// Gives the pages the palette to open: `use_search().open()`.
pub fn provide_search() {
    provide_context(Search(RwSignal::new(false)));
}

pub fn use_search() -> Search {
    expect_context()
}

/// The box in the bar. What was opened lately is remembered for `who` alone.
#[component]
pub fn SearchBox(#[prop(into)] who: String) -> impl IntoView {
    let search = use_search();
    let navigate = use_navigate();
    Effect::new(move |_| {
        let listener = window_event_listener(ev::keydown, move |event| {
            if calls(&event) {
                event.prevent_default();
                search.open();
            }
        });
        on_cleanup(move || listener.remove());
    });
    let open = move |event: PointerEvent| {
        // The palette's own field takes the focus.
        event.prevent_default();
        search.open();
    };
    let submitted = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = event_target::<HtmlFormElement>(&event)
            .query_selector("input")
            .ok()
            .flatten()
            .and_then(|input| input.dyn_into::<HtmlInputElement>().ok())
            .map(|input| input.value());
        navigate(&paths::search(&typed.unwrap_or_default()), leptos_router::NavigateOptions::default());
    };
    view! {
        <form class="search-box" role="search" method="get" action=paths::SEARCH on:submit=submitted>
            <Icon symbol=Symbol::Search />
            <input
                class="search-box__input"
                type="search"
                name="q"
                aria-label="Search"
                placeholder="Search"
                autocomplete="off"
                maxlength="200"
                on:pointerdown=open
            />
            <kbd class="search-box__key" aria-hidden="true">
                "/"
            </kbd>
        </form>
        <a class="search-link" href=paths::SEARCH aria-label="Search">
            <Icon symbol=Symbol::Search />
        </a>
        <Palette open=search.0 who=who />
    }
}

/// Whether a key asks for the palette: Ctrl+K or Cmd+K anywhere, `/` where nothing is typed.
fn calls(event: &KeyboardEvent) -> bool {
    if event.alt_key() || event.default_prevented() {
        return false;
    }
    if event.ctrl_key() || event.meta_key() {
        return event.key().eq_ignore_ascii_case("k");
    }
    event.key() == "/" && !is_typed_in(event)
}

fn is_typed_in(event: &KeyboardEvent) -> bool {
    let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let field =
        |element: Element| element.closest("input, textarea, select, [contenteditable]").ok().flatten();
    element.and_then(field).is_some()
}
