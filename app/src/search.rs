//! Search, wherever one is: the box in the bar, and the palette that opens over the page.
//!
//! The box is a plain form that leads to the page of results. With script, a click on it or a shortcut opens the
//! palette instead, which answers while one types. Its code is loaded when it is first opened; what is typed until
//! then goes into the box, and from there to the palette.

pub mod entries;
mod palette;
mod recent;

use crate::components::icon::{Icon, Symbol};
use crate::lazy::{NotLoaded, lazy_part};
use crate::paths;
use leptos::ev::{PointerEvent, SubmitEvent};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use palette::Palette;
use std::cell::RefCell;

/// The palette, for whoever has it to open.
#[derive(Debug, Clone, Copy)]
pub struct Search {
    open: RwSignal<bool>,
    /// Whether its code is there.
    loaded: RwSignal<bool>,
    /// Who is signed in: what was opened lately is remembered for them alone.
    who: RwSignal<Option<String>>,
    /// The box's field.
    field: NodeRef<html::Input>,
    /// Whether the palette was asked for and is not shown yet.
    awaited: RwSignal<bool>,
}

thread_local! {
    /// What had the focus when the palette was asked for. Elements are of the browser's one thread, and no signal's.
    static FOCUSED: RefCell<Option<HtmlElement>> = const { RefCell::new(None) };
}

impl Search {
    /// Opens the palette; answers whether there is one, as there is for everyone who is signed in.
    pub fn open(self) -> bool {
        let there = self.who.with_untracked(Option::is_some);
        if there {
            if !self.awaited.get_untracked() {
                let focused = document().active_element().and_then(|element| element.dyn_into().ok());
                FOCUSED.set(focused);
                self.awaited.set(true);
            }
            if let Some(field) = self.field.get_untracked() {
                // It is hidden in narrow windows, and is not focused there.
                let _ = field.focus();
            }
            spawn_local(async move {
                if load_palette().await.is_err() {
                    // The box has the focus and goes on working.
                    self.awaited.set(false);
                    crate::notices::not_reached();
                } else if self.awaited.get_untracked() {
                    self.loaded.set(true);
                    self.open.set(true);
                }
            });
        }
        there
    }

    /// What was typed into the box while the palette was waited for. The focus is given back to what had it, where the
    /// dialog will return it when it closes.
    fn hand_over(self) -> Option<String> {
        if !self.awaited.get_untracked() {
            return None;
        }
        self.awaited.set(false);
        let typed = self.field.get_untracked().map(|field| {
            let typed = field.value();
            field.set_value("");
            let _ = field.blur();
            typed
        });
        if let Some(focused) = FOCUSED.take() {
            let _ = focused.focus();
        }
        typed.filter(|typed| !typed.is_empty())
    }

    /// Has the palette for who is signed in, and for nobody else.
    pub fn follow(self, who: Option<&str>) {
        if self.who.with_untracked(|known| known.as_deref() != who) {
            self.open.set(false);
            self.who.set(who.map(str::to_owned));
        }
    }
}

/// Gives the pages the palette to open: `use_search().open()`.
pub fn provide_search() {
    provide_context(Search {
        open: RwSignal::new(false),
        loaded: RwSignal::new(false),
        who: RwSignal::new(None),
        field: NodeRef::new(),
        awaited: RwSignal::new(false),
    });
}

pub fn use_search() -> Search {
    expect_context()
}

/// The palette itself, beside the bar and not in it: the bar is drawn anew when its counts change.
#[component]
pub fn SearchPalette() -> impl IntoView {
    let Search { open, loaded, who, .. } = use_search();
    let palette = move |who| {
        Suspend::new(async move { palette(open, who).await.unwrap_or_else(|NotLoaded| ().into_any()) })
    };
    view! { <Suspense>{move || loaded.get().then(|| who.get().map(palette))}</Suspense> }
}

lazy_part!(palette(open: RwSignal<bool>, who: String) = Palette, load = load_palette, in search_palette);

/// Loads the palette ahead, as whoever comes to the box will want it.
fn expect_palette() {
    spawn_local(async {
        // Whether it worked is told when the palette is shown.
        _ = load_palette().await;
    });
}

/// The box in the bar.
#[component]
pub fn SearchBox() -> impl IntoView {
    let search = use_search();
    let navigate = use_navigate();
    let open = move |event: PointerEvent| {
        // The palette's own field takes the focus.
        if search.open() {
            event.prevent_default();
        }
    };
    let submitted = move |event: SubmitEvent| {
        event.prevent_default();
        // It goes to the page of results now, and no palette is wanted over it.
        search.awaited.set(false);
        let typed = search.field.get_untracked().map(|field| field.value());
        navigate(&paths::search(&typed.unwrap_or_default()), NavigateOptions::default());
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
                node_ref=search.field
                on:pointerdown=open
                on:pointerenter=move |_| expect_palette()
                on:focus=move |_| expect_palette()
            />
            <kbd class="search-box__key" aria-hidden="true">
                "/"
            </kbd>
        </form>
        <a class="search-link" href=paths::SEARCH aria-label="Search">
            <Icon symbol=Symbol::Search />
        </a>
    }
}
