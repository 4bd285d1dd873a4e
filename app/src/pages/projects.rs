//! Projects.

use leptos::prelude::*;

#[component]
pub fn ProjectPage() -> impl IntoView {
    view! { <main id="main" class="page"></main> }
}

#[component]
pub fn NewProjectPage() -> impl IntoView {
    view! { <main id="main" class="page"></main> }
}
