//! API tokens.

use leptos::prelude::*;

#[component]
pub fn TokensPage() -> impl IntoView {
    view! { <main id="main" class="page"></main> }
}
