//! People.

use leptos::prelude::*;

#[component]
pub fn PeoplePage() -> impl IntoView {
    view! { <main id="main" class="page"></main> }
}
