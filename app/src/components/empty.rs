//! Nothing here yet, and what to do about it.

use leptos::prelude::*;

/// Says what is missing, with the next step as its content.
#[component]
pub fn EmptyState(#[prop(into)] title: String, children: Children) -> impl IntoView {
    view! {
        <section class="empty">
            <h2 class="empty__title">{title}</h2>
            <div class="empty__body">{children()}</div>
        </section>
    }
}
