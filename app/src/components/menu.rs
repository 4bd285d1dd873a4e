//! A few actions behind one button. It opens without script; script closes it by Escape and on leaving.

use super::icon::{Icon, Symbol};
use leptos::{
    ev::{self, FocusEvent, KeyboardEvent},
    html,
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{EventTarget, HtmlElement, Node},
};

/// Links and buttons of class `menu__item`, under headings of class `menu__heading`.
///
/// A disclosure, not an ARIA menu: Tab goes through the items as through any others.
#[component]
pub fn Menu(
    /// What the menu is about, for those who do not see where it stands; read after the text if there is one.
    #[prop(into)]
    label: String,
    /// The words on the button: “Move to…”. Three dots if absent.
    #[prop(optional, into)]
    text: Option<String>,
    /// What the button shows instead, with all its words, and the class that draws it.
    #[prop(optional, into)]
    face: Option<ViewFn>,
    #[prop(optional)] face_class: &'static str,
    /// A further class of the whole, such as `topbar__account`.
    #[prop(optional)]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Details>::new();
    let close = move || {
        if let Some(menu) = node.get_untracked()
            && menu.open()
        {
            menu.set_open(false);
            true
        } else {
            false
        }
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" && close() {
            event.stop_propagation();
            focus_trigger(node);
        }
    };
    // A focus that goes nowhere is no leaving: some browsers give buttons none when they are clicked.
    let on_focus_out = move |event: FocusEvent| {
        if event.related_target().is_some_and(|target| outside(node, target)) {
            close();
        }
    };
    Effect::new(move |_| {
        let listener = window_event_listener(ev::pointerdown, move |event| {
            if event.target().is_some_and(|target| outside(node, target)) {
                close();
            }
        });
        on_cleanup(move || listener.remove());
    });
    let on_choose = move |_| {
        if close() {
            focus_trigger(node);
        }
    };
    let (trigger, face) = match (face, text) {
        (Some(face), _) => (format!("menu__trigger {face_class}"), face.run()),
        (None, Some(text)) => (
            "menu__trigger button button--small".to_owned(),
            view! {
                {text}
                <span class="visually-hidden">{format!(" {label}")}</span>
                <Icon symbol=Symbol::ChevronDown class="icon--chevron" />
            }
            .into_any(),
        ),
        (None, None) => (
            "menu__trigger button button--ghost button--small button--icon".to_owned(),
            view! {
                <Icon symbol=Symbol::More />
                <span class="visually-hidden">{label}</span>
            }
            .into_any(),
        ),
    };
    let class = if class.is_empty() { "menu".to_owned() } else { format!("menu {class}") };
    view! {
        <details class=class node_ref=node on:keydown=on_key on:focusout=on_focus_out>
            <summary class=trigger>
                {face}
            </summary>
            <div class="menu__list" on:click=on_choose>
                {children()}
            </div>
        </details>
    }
}

fn outside(node: NodeRef<html::Details>, target: EventTarget) -> bool {
    node.get_untracked().is_some_and(|menu| !menu.contains(target.dyn_into::<Node>().ok().as_ref()))
}

/// The focus goes back to where it came from before the items are hidden from it.
fn focus_trigger(node: NodeRef<html::Details>) {
    let trigger = node
        .get_untracked()
        .and_then(|menu| menu.query_selector("summary").ok().flatten())
        .and_then(|summary| summary.dyn_into::<HtmlElement>().ok());
    if let Some(trigger) = trigger {
        let _ = trigger.focus();
    }
}
