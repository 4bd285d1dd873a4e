//! Something about the whole page or block, said once, with what to do next.

use super::{icon::Icon, tone::Tone};
use leptos::prelude::*;

/// A message with its shape. Paragraphs of class `banner__text`, actions in `banner__actions`.
#[component]
pub fn Banner(
    #[prop(optional)] tone: Tone,
    #[prop(optional, into)] title: Option<String>,
    /// Whether it answers something the person just did, and is to be read out.
    #[prop(optional)]
    live: bool,
    children: Children,
) -> impl IntoView {
    let role = live.then_some(if tone == Tone::Danger { "alert" } else { "status" });
    let title = title.map(|title| view! { <p class="banner__title">{title}</p> });
    view! {
        <div class=format!("banner banner--{}", tone.name()) role=role>
            <Icon symbol=tone.symbol() />
            <div class="banner__content">
                {title}
                {children()}
            </div>
        </div>
    }
}

/// On a page that the reader may see and not change: what it says of that, and why, with who can help.
#[component]
pub fn OnlyLook(#[prop(into)] words: String, #[prop(into)] why: String) -> impl IntoView {
    view! {
        <Banner tone=Tone::Info title=words>
            <p class="banner__text">{why}</p>
        </Banner>
    }
}
