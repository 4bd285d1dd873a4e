//! A moment in words.

use leptos::prelude::*;
use towpath_domain::times::Time;

/// How long ago it was, with the exact moment as the title.
///
/// `now` is given, not asked for: the server's moment of rendering travels with the page, so that the
/// browser renders the same words. Where it moves on, the words follow.
#[component]
pub fn TimeView(#[prop(into)] at: Time, #[prop(into)] now: Signal<Time>) -> impl IntoView {
    view! {
        <time datetime=at.to_string() title=at.to_words()>
            {move || at.relative(now.get())}
        </time>
    }
}
