//! What is pressed.

use crate::components::button::{Button, ButtonKind, LinkButton, SubmitButton};
use crate::components::copy::{CopyButton, CopyLink};
use crate::components::dialog::Dialog;
use crate::components::disclosure::Disclosure;
use crate::components::icon::{Icon, Symbol};
use crate::components::menu::Menu;
use crate::components::pager::Pager;
use crate::components::segments::{Segment, Segments};
use leptos::prelude::*;

const KINDS: [(ButtonKind, &str); 4] = [
    (ButtonKind::Default, "Default"),
    (ButtonKind::Primary, "Primary"),
    (ButtonKind::Danger, "Danger"),
    (ButtonKind::Ghost, "Ghost"),
];

#[component]
pub fn Buttons() -> impl IntoView {
    let kinds = |small: bool| {
        KINDS
            .map(|(kind, words)| {
                view! {
                    <Button kind=kind small=small on_click=|()| ()>
                        {words}
                    </Button>
                }
            })
            .into_iter()
            .collect_view()
    };
    view! {
        <div class="form__actions">{kinds(false)}</div>
        <div class="form__actions">{kinds(true)}</div>
        <div class="form__actions">
            <Button disabled=true on_click=|()| ()>
                "Disabled"
            </Button>
            <SubmitButton kind=ButtonKind::Primary pending=Signal::stored(true)>
                "Pending"
            </SubmitButton>
            <LinkButton href="#main">"A link"</LinkButton>
            <CopyButton text="copied" label="Copy a word" />
            <CopyLink href="#main">"Copy what is there"</CopyLink>
        </div>
        <Pager newest=Some("#main".to_owned()) older=Some("#main".to_owned()) />
    }
}

#[component]
pub fn Choices() -> impl IntoView {
    let chosen = RwSignal::new("one");
    let segments = vec![
        Segment { value: "one", label: "One", symbol: Some(Symbol::Check) },
        Segment { value: "two", label: "Two", symbol: None },
        Segment { value: "three", label: "Three", symbol: None },
    ];
    view! {
        // The buttons of a form that leads nowhere else.
        <form class="form form--bare" method="get" on:submit=|event| event.prevent_default()>
            <Segments label="How many" name="many" segments=segments chosen=move || chosen.get() on_choose=move |value| chosen.set(value) />
        </form>
    }
}

#[component]
pub fn Menus() -> impl IntoView {
    let open = RwSignal::new(false);
    let face = ViewFn::from(|| {
        view! {
            <Icon symbol=Symbol::Tag />
            " A face of its own"
        }
    });
    view! {
        <div class="form__actions">
            <Menu label="Actions of a card">
                <Items />
            </Menu>
            <Menu label="a build" text="Move to…">
                <Items />
            </Menu>
            <Menu label="Tags" face=face face_class="button">
                <Items />
            </Menu>
            <Button on_click=move |()| open.set(true)>"Open a dialog"</Button>
        </div>
        <Disclosure summary="Closed" count=3>
            <p>"What is inside."</p>
        </Disclosure>
        <Disclosure summary="Open" open=true>
            <p>"What is inside."</p>
        </Disclosure>
        <Dialog id="gallery-dialog" title="A dialog" open=open>
            <p>"A sheet over the page."</p>
            <div class="form__actions">
                <Button kind=ButtonKind::Primary on_click=move |()| open.set(false)>
                    "Done"
                </Button>
            </div>
        </Dialog>
    }
}

#[component]
fn Items() -> impl IntoView {
    view! {
        <p class="menu__heading">"A heading"</p>
        <a class="menu__item" href="#main">
            "A link"
        </a>
        <button class="menu__item" type="button">
            "A button"
            <span class="menu__note">"with a note"</span>
        </button>
        <button class="menu__item" type="button" disabled=true>
            "Not now"
        </button>
    }
}
