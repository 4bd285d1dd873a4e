//! A hold in words, the same wherever it is met.

use crate::components::badge::Badge;
use crate::components::icon::Symbol;
use crate::components::time::{ExactTime, TimeView, use_present};
use crate::components::tone::Tone;
use crate::paths;
use leptos::prelude::*;
use towpath_domain::holds::{Hold, HoldLine, Phase};
use towpath_domain::times::Time;
use towpath_domain::words::Reason;

/// How it stands, as a badge.
#[component]
pub(super) fn PhaseBadge(phase: Phase) -> impl IntoView {
    let (tone, symbol) = match phase {
        Phase::Planned => (Tone::Info, Symbol::Clock),
        Phase::InForce => (Tone::Warning, Symbol::Hold),
        Phase::Over | Phase::Released => (Tone::Neutral, Symbol::Check),
    };
    view! {
        <Badge tone=tone symbol=symbol>
            {phase.words()}
        </Badge>
    }
}

/// From when until when, as far as it is not over.
#[component]
pub(super) fn When(hold: Hold, #[prop(into)] now: Signal<Time>) -> impl IntoView {
    let present = use_present(now);
    let (from, until) = (hold.from, hold.until);
    let planned = Memo::new(move |_| hold.phase(present.get()) == Phase::Planned);
    let begins = move || planned.get().then(|| view! { "from " <ExactTime at=from /> ", " });
    let ends = match until {
        Some(until) => {
            view! { "until " <ExactTime at=until /> " (" <TimeView at=until now=now /> ")" }.into_any()
        }
        None => "until someone releases it".into_any(),
    };
    view! { {begins} {ends} }
}

/// The reason: the first of it where it is long, all of it on demand.
#[component]
fn ReasonText(reason: Reason) -> impl IntoView {
    let brief = reason.brief();
    if brief == reason.as_str() {
        return view! { <span class="hold__reason">{brief}</span> }.into_any();
    }
    view! {
        <span class="hold__reason" title=reason.to_string()>
            {brief}
        </span>
    }
    .into_any()
}

/// A hold where it is felt: its reason, how long it lasts, and the way to its page.
#[component]
pub fn HoldNote(line: HoldLine, #[prop(into)] now: Signal<Time>) -> impl IntoView {
    let HoldLine { hold, made_by, may_release, .. } = line;
    let way = if may_release.is_ok() { "Release…" } else { "Details" };
    let label = format!("{way} hold {}", hold.number);
    let reason = hold.reason.clone();
    view! {
        <p class="banner__text">
            <ReasonText reason=reason /> " — " {made_by} ", " <When hold=hold.clone() now=now /> ". "
            <a href=paths::hold(hold.number) aria-label=label>
                {way}
            </a>
        </p>
    }
}
