//! Environments.

use leptos::prelude::*;

#[component]
pub fn NewEnvironmentPage() -> impl IntoView {
    view! { <main id="main" class="page"></main> }
}
