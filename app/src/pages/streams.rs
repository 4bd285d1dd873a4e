//! Release streams.

use leptos::prelude::*;

#[component]
pub fn StreamsPage() -> impl IntoView {
    view! { <main id="main" class="page"></main> }
}
