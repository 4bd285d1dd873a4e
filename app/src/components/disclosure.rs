//! What is wanted now and then, opened on demand.

use leptos::prelude::*;

/// A line that opens what belongs to it; works without script.
#[component]
pub fn Disclosure(
    #[prop(into)] summary: String,
    /// How many things are inside.
    #[prop(optional, into)]
    count: Signal<Option<usize>>,
    /// A further class, such as `history` or `refusals`.
    #[prop(optional)]
    class: &'static str,
    #[prop(optional)] open: bool,
    children: Children,
) -> impl IntoView {
    let class = if class.is_empty() { "disclosure".to_owned() } else { format!("disclosure {class}") };
    view! {
        <details class=class open=open>
            <summary class="disclosure__summary">
                {summary}
                {move || count.get().map(|count| view! { <span class="count">{count}</span> })}
            </summary>
            <div class="disclosure__body">{children()}</div>
        </details>
    }
}
