//! How the gates of a promotion stand.

use super::View;
use crate::components::badge::Badge;
use crate::components::card::Card as Panel;
use crate::components::icon::Symbol;
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use leptos::prelude::*;
use towpath_domain::gates::{GateVerdict, Verdict};
use towpath_domain::times::Time;

#[component]
pub(super) fn Gates(view: View) -> impl IntoView {
    let verdicts = Memo::new(move |_| view.read().verdicts.clone());
    let now = Memo::new(move |_| view.read().now);
    let none = view.read_untracked().verdicts.is_empty();
    let no_gate = if view.read_untracked().promotion.goes_back() {
        "It has been there before, so that no gate kept it out."
    } else {
        "This stage had no gate."
    };
    let waits = Memo::new(move |_| view.read().promotion.is_open());
    view! {
        <Panel title="Gates">
            <ul class="rows">{move || verdicts.read().iter().map(|verdict| gate(verdict, waits.get(), now)).collect_view()}</ul>
            {none.then(|| view! { <p class="muted">{no_gate}</p> })}
        </Panel>
    }
}

fn gate(gate: &GateVerdict, waits: bool, now: Memo<Time>) -> impl IntoView + use<> {
    if !waits && gate.verdict != Verdict::Passes {
        // It is over, and nothing is waited for any more.
        let rule = gate.rule.clone();
        return view! {
            <li class="rows__item">
                <span>{rule}</span>
                <Badge>"not passed"</Badge>
            </li>
        }
        .into_any();
    }
    let (tone, symbol, word, needs) = match &gate.verdict {
        Verdict::Passes => (Tone::Success, Symbol::Check, "passed", None),
        Verdict::Waits { until: Some(until), .. } => {
            let until = *until;
            let told = view! { "Passes by itself " <TimeView at=until now=now /> "." }.into_any();
            (Tone::Info, Symbol::Clock, "waiting", Some(told))
        }
        Verdict::Waits { needs, .. } => {
            // A rule of which nothing is done yet says what it needs by itself.
            let told = match needs.strip_prefix(gate.rule.as_str()) {
                // It says of the rule's own words how they stand.
                Some(rest) if !rest.is_empty() => {
                    Some(format!("It {}.", rest.trim_start_matches(", which ")).into_any())
                }
                _ if gate.rule.starts_with(needs.as_str()) => None,
                _ => Some(format!("Still needs {needs}.").into_any()),
            };
            (Tone::Warning, Symbol::Clock, "waiting", told)
        }
        Verdict::Blocked { because } => {
            (Tone::Danger, Symbol::Ban, "blocked", Some(because.clone().into_any()))
        }
    };
    let (rule, note) = (gate.rule.clone(), gate.note.clone());
    view! {
        <li class="rows__item">
            <span>{rule}</span>
            {note.map(|note| view! { <span class="rows__meta">{note}</span> })}
            {needs.map(|needs| view! { <span class="rows__meta">{needs}</span> })}
            <Badge tone=tone symbol=symbol>
                {word}
            </Badge>
        </li>
    }
    .into_any()
}
