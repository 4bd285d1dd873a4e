//! The one voice of a page for those who listen to it.

use leptos::prelude::*;

/// Reads out each new message, when the reader has finished the sentence before. One in a page.
#[component]
pub fn LiveRegion(#[prop(into)] message: Signal<String>) -> impl IntoView {
    view! {
        <div class="visually-hidden" role="status" aria-live="polite" aria-atomic="true">
            {move || message.get()}
        </div>
    }
}
