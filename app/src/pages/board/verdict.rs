//! What a stage says to the build in the hand.

use crate::components::icon::{Icon, Symbol};
use leptos::prelude::*;
use towpath_domain::promotions::{Outlook, RequestRefused};

/// The verdict as the stylesheet knows it.
pub(super) const fn name(outlook: &Outlook) -> &'static str {
    match outlook {
        Outlook::Enters => "enter",
        Outlook::Waits { .. } => "waits",
        Outlook::Refused { refused: RequestRefused::Forbidden(_) } => "forbidden",
        Outlook::Refused { .. } => "blocked",
    }
}

/// One line with its reason. With a finger it is the place to tap, where the stage takes the build.
pub(super) fn line(outlook: &Outlook, touched: bool) -> impl IntoView + use<> {
    let (symbol, word, reason) = match outlook {
        Outlook::Enters => (Symbol::Check, "May enter", "at once".to_owned()),
        Outlook::Waits { needs, .. } => (Symbol::Clock, "Waits", format!("for {}", needs.join(" and "))),
        Outlook::Refused { refused: RequestRefused::Forbidden(refusal) } => {
            (Symbol::Ban, "You may not.", refusal.to_string())
        }
        Outlook::Refused { refused } => (Symbol::Close, "No.", refused.to_string()),
    };
    let class = format!("verdict verdict--{}", name(outlook));
    let words = view! {
        <Icon symbol=symbol />
        <span>
            <strong class="verdict__word">{word}</strong>
            " "
            <span class="verdict__reason">{reason}</span>
        </span>
    };
    if touched && !matches!(outlook, Outlook::Refused { .. }) {
        // The stage around it takes the tap.
        return view! {
            <button type="button" class=format!("{class} verdict--button")>
                {words}
                <span class="verdict__act">"Put here"</span>
            </button>
        }
        .into_any();
    }
    view! { <p class=class>{words}</p> }.into_any()
}
