//! A few exclusive choices in one line, each of which acts at once.

use super::icon::{Icon, Symbol};
use leptos::prelude::*;

/// One of the choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    pub value: &'static str,
    pub label: &'static str,
    pub symbol: Option<Symbol>,
}

/// Buttons that send their form with the value that was chosen; stands in a form.
#[component]
pub fn Segments(
    /// What is chosen, for those who do not see where it stands.
    #[prop(into)]
    label: String,
    /// The field's name.
    name: &'static str,
    segments: Vec<Segment>,
    /// The value that holds now. A closure, not a signal of the caller: what is chosen may change while the page
    /// around is being read anew, when such a signal would be gone already.
    chosen: impl Fn() -> &'static str + Copy + Send + Sync + 'static,
    /// Called with the value when it is chosen.
    on_choose: impl Fn(&'static str) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let segment = move |Segment { value, label, symbol }| {
        let pressed = move || if chosen() == value { "true" } else { "false" };
        view! {
            <button
                type="submit"
                class="segments__segment"
                name=name
                value=value
                aria-pressed=pressed
                on:click=move |_| on_choose(value)
            >
                {symbol.map(|symbol| view! { <Icon symbol=symbol /> })}
                {label}
            </button>
        }
    };
    view! {
        <div class="segments" role="group" aria-label=label>
            {segments.into_iter().map(segment).collect_view()}
        </div>
    }
}
