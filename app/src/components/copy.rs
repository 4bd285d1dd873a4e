//! Copying to the clipboard, and saying so.

use super::button::ButtonKind;
use super::icon::{Icon, Symbol};
use leptos::{ev::MouseEvent, prelude::*};
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

/// Puts the text at an address on the clipboard. Without script, or where the browser gives no clipboard, it is a link there.
#[component]
pub fn CopyLink(#[prop(into)] href: String, children: Children) -> impl IntoView {
    let answer = RwSignal::new(None);
    let at = href.clone();
    let copy = move |event: MouseEvent| {
        // Who wants another tab gets it.
        if event.ctrl_key() || event.meta_key() || event.shift_key() || !gives_clipboard() {
            return;
        }
        event.prevent_default();
        let at = at.clone();
        leptos::task::spawn_local(async move {
            answer.set(Some(copy_from(&at).await));
            set_timeout(move || answer.set(None), SHOWN);
        });
    };
    view! {
        <span class="copy-link">
            <a class=ButtonKind::Default.class(false) href=href rel="external" on:click=copy>
                {children()}
            </a>
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
    if !gives_clipboard() {
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

#[cfg(feature = "hydrate")]
fn gives_clipboard() -> bool {
    window().is_secure_context()
}

#[cfg(not(feature = "hydrate"))]
fn gives_clipboard() -> bool {
    false
}

#[cfg(feature = "hydrate")]
async fn copy_from(address: &str) -> &'static str {
    match text_at(address).await {
        Some(text) => copy_text(&text),
        None => "It could not be read. Reload the page and try again.",
    }
}

#[cfg(not(feature = "hydrate"))]
async fn copy_from(_: &str) -> &'static str {
    ""
}

/// The text at an address of this site, if it is there.
#[cfg(feature = "hydrate")]
async fn text_at(address: &str) -> Option<String> {
    use wasm_bindgen::JsCast;
    use wasm_bindgen_futures::JsFuture;
    let answer = JsFuture::from(window().fetch_with_str(address)).await.ok()?;
    let answer: web_sys::Response = answer.dyn_into().ok()?;
    if !answer.ok() {
        return None;
    }
    JsFuture::from(answer.text().ok()?).await.ok()?.as_string()
}
