//! Copying to the clipboard, and saying so.

use super::icon::{Icon, Symbol};
use leptos::prelude::*;
use std::time::Duration;

/// How long the button shows that it did its work.
const SHOWN: Duration = Duration::from_secs(2);

/// Puts a text on the clipboard. The style hides it where there is no script.
#[component]
pub fn CopyButton(
    #[prop(into)] text: String,
    /// What is copied: “Copy digest”.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let answer = RwSignal::new(None);
    let copied = move || answer.get() == Some(COPIED);
    let symbol = Signal::derive(move || if copied() { Symbol::Check } else { Symbol::Copy });
    let copy = move |_| {
        answer.set(Some(copy_text(&text)));
        set_timeout(move || answer.set(None), SHOWN);
    };
    view! {
        <span class="copy" class:copy--done=copied>
            <button type="button" class="copy__button" aria-label=label.clone() title=label on:click=copy>
                <Icon symbol=symbol />
            </button>
            <span class="copy__answer" role="status">
                {move || answer.get()}
            </span>
        </span>
    }
}

const COPIED: &str = "Copied";

/// The browser gives the clipboard to pages on HTTPS or localhost only.
#[cfg(feature = "hydrate")]
fn copy_text(text: &str) -> &'static str {
    let window = window();
    if !window.is_secure_context() {
        return "Copying needs HTTPS. Select the text instead.";
    }
    // A click is all the permission it takes; the promise fails only when the page has lost the focus.
    let _ = window.navigator().clipboard().write_text(text);
    COPIED
}

#[cfg(not(feature = "hydrate"))]
fn copy_text(_: &str) -> &'static str {
    ""
}
