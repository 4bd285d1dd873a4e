//! From one page of a long list to the next. Pages are cut by the server, so these are links.

use super::{
    button::ButtonKind,
    icon::{Icon, Symbol},
};
use leptos::prelude::*;

/// Links back to the start and on to what is older, as far as there is any.
#[component]
pub fn Pager(
    newest: Option<String>,
    older: Option<String>,
    /// What leads back and on, where the list is not one of moments.
    #[prop(default = ("Newest", "Older"))]
    words: (&'static str, &'static str),
    /// What the links are called together, where a page has several lists.
    #[prop(default = "Pages")]
    label: &'static str,
) -> impl IntoView {
    let class = ButtonKind::Default.class(true);
    let newest = newest.map(|href| {
        view! {
            <a class=class.clone() href=href rel="first">
                <Icon symbol=Symbol::ChevronLeft />
                {words.0}
            </a>
        }
    });
    let older = older.map(|href| {
        view! {
            <a class=format!("{class} pager__older") href=href rel="next">
                {words.1}
                <Icon symbol=Symbol::ChevronRight />
            </a>
        }
    });
    (newest.is_some() || older.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label=label>
                {newest}
                {older}
            </nav>
        }
    })
}
