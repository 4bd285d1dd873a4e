//! What acts: buttons that submit, buttons that do something in the page, and links that look like them.

use leptos::{ev::MouseEvent, prelude::*};

/// How much a button asks to be pressed. One `Primary` on a page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ButtonKind {
    #[default]
    Default,
    Primary,
    Danger,
    Ghost,
}

impl ButtonKind {
    /// The classes of a button of this kind.
    pub fn class(self, small: bool) -> String {
        let kind = match self {
            Self::Default => "",
            Self::Primary => " button--primary",
            Self::Danger => " button--danger",
            Self::Ghost => " button--ghost",
        };
        let size = if small { " button--small" } else { "" };
        format!("button{kind}{size}")
    }
}

/// Sends its form. While the answer is pending it keeps its words and its focus, and cannot be pressed again.
#[component]
pub fn SubmitButton(
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] small: bool,
    #[prop(optional, into)] pending: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// With `value`, what the form says about which of its buttons was pressed.
    #[prop(optional, into)]
    name: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    children: Children,
) -> impl IntoView {
    let hold_back = move |event: MouseEvent| {
        if pending.get_untracked() {
            event.prevent_default();
        }
    };
    view! {
        <button
            type="submit"
            class=kind.class(small)
            class:button--pending=pending
            name=name
            value=value
            disabled=disabled
            aria-busy=move || pending.get().then_some("true")
            on:click=hold_back
        >
            {move || pending.get().then(|| view! { <span class="button__spinner" aria-hidden="true"></span> })}
            {children()}
        </button>
    }
}

/// Does something in the page; needs script, so nothing may depend on it alone.
#[component]
pub fn Button(
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] small: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// The name for those who do not see the shape, where the button has no words.
    #[prop(optional, into)]
    label: Option<String>,
    #[prop(into)] on_click: Callback<()>,
    children: Children,
) -> impl IntoView {
    view! {
        <button type="button" class=kind.class(small) disabled=disabled aria-label=label on:click=move |_| on_click.run(())>
            {children()}
        </button>
    }
}

/// Goes somewhere, with the weight of a button.
#[component]
pub fn LinkButton(
    #[prop(into)] href: String,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] small: bool,
    children: Children,
) -> impl IntoView {
    view! { <a class=kind.class(small) href=href>{children()}</a> }
}
