//! A state or a class, in one or two words.

use super::{
    icon::{Icon, Symbol},
    tone::Tone,
};
use leptos::prelude::*;

/// Words on a tinted ground. The words say what the colour says.
#[component]
pub fn Badge(
    #[prop(optional)] tone: Tone,
    #[prop(optional)] symbol: Option<Symbol>,
    /// Draws it quietly, for what stands on every stage: its release stream.
    #[prop(optional)]
    stream: bool,
    children: Children,
) -> impl IntoView {
    let class =
        if stream { "badge badge--stream".to_owned() } else { format!("badge badge--{}", tone.name()) };
    view! {
        <span class=class>
            {symbol.map(|symbol| view! { <Icon symbol=symbol /> })}
            {children()}
        </span>
    }
}
