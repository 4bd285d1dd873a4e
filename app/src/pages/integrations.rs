//! CI integrations.

use leptos::prelude::*;

#[component]
pub fn NewIntegrationPage() -> impl IntoView {
    view! { <main id="main" class="page"></main> }
}
