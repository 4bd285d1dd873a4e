//! One build.

use leptos::prelude::*;

#[component]
pub fn BuildPage() -> impl IntoView {
    view! { <main id="main" class="page"></main> }
}
