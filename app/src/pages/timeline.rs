//! The audit timeline.

use leptos::prelude::*;

#[component]
pub fn TimelinePage() -> impl IntoView {
    view! { <main id="main" class="page"></main> }
}
