//! Promotion workflows.

use leptos::prelude::*;

#[component]
pub fn NewWorkflowPage() -> impl IntoView {
    view! { <main id="main" class="page"></main> }
}
