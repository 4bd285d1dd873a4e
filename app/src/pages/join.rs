//! Joining by a one-time link.

use leptos::prelude::*;

#[component]
pub fn JoinPage() -> impl IntoView {
    view! { <main id="main" class="page"></main> }
}
