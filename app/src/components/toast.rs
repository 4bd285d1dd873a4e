//! What a page says without moving: at the foot of the window, until it is over or dealt with.

use super::{icon::Icon, tone::Tone};
use leptos::prelude::*;

/// Where toasts stand, one above the other; each new one is read out. One in a page.
#[component]
pub fn Toasts(children: Children) -> impl IntoView {
    view! {
        <div class="toasts" role="status">
            {children()}
        </div>
    }
}

/// One sentence with its shape, and what can be done about it.
#[component]
pub fn Toast(
    #[prop(optional)] tone: Tone,
    #[prop(optional, into)] actions: Option<ViewFn>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class=format!("toast toast--{}", tone.name())>
            <Icon symbol=tone.symbol() />
            <p class="toast__text">{children()}</p>
            {actions.map(|actions| actions.run())}
        </div>
    }
}
