//! What came of testing a provider.

use crate::components::banner::Banner;
use crate::components::card::Card;
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use leptos::prelude::*;
use towpath_domain::providers::{Asserted, Refused, Trial, TrialOutcome, TrialRefused};
use towpath_domain::times::Time;

#[component]
pub fn TrialCard(trial: Trial, now: Time) -> impl IntoView {
    let Trial { provider, outcome, at } = trial;
    let outcome = match outcome {
        Ok(outcome) => view! { <Told outcome=outcome /> }.into_any(),
        Err(TrialRefused { refused, detail }) => {
            view! { <NotTold refused=refused detail=detail /> }.into_any()
        }
    };
    view! {
        <Card title=format!("Test of {provider}")>
            <p class="form__note">"Made " <TimeView at=at now=now /> ". Nobody was signed in, and no role has changed."</p>
            {outcome}
        </Card>
    }
}

#[component]
fn NotTold(refused: Refused, detail: String) -> impl IntoView {
    view! {
        <Banner tone=Tone::Danger title="It would refuse everyone like this" live=true>
            <p class="banner__text">{refused.to_string()}</p>
            <p class="banner__text">{format!("For who sets it up: {detail}.")}</p>
        </Banner>
    }
}

#[component]
fn Told(outcome: TrialOutcome) -> impl IntoView {
    let TrialOutcome { claims, asserted, grants, would_refuse } = outcome;
    let verdict = match would_refuse {
        None => view! {
            <Banner tone=Tone::Success title="It works" live=true>
                <p class="banner__text">"This person could sign in."</p>
            </Banner>
        }
        .into_any(),
        Some(why) => view! {
            <Banner tone=Tone::Warning title="It works, but this person could not sign in" live=true>
                <p class="banner__text">{why.to_string()}</p>
            </Banner>
        }
        .into_any(),
    };
    let grants = if grants.is_empty() { "nothing".to_owned() } else { grants.join("; ") };
    let claim = |(name, value): (String, String)| {
        view! {
            <div class="facts__row">
                <dt>{name}</dt>
                <dd>
                    <code>{value}</code>
                </dd>
            </div>
        }
    };
    view! {
        {verdict}
        <Person asserted=asserted grants=grants />
        <h3>"All claims"</h3>
        <dl class="facts">{claims.into_iter().map(claim).collect_view()}</dl>
    }
}

/// What Towpath reads from the claims.
#[component]
fn Person(asserted: Asserted, grants: String) -> impl IntoView {
    let Asserted { subject, name, email, email_verified, groups } = asserted;
    let none = || "not told".to_owned();
    let verified = match email_verified {
        Some(true) => "checked by the provider",
        Some(false) => "not checked by the provider",
        None => "the provider does not say whether it is checked",
    };
    let email = email.map_or_else(none, |email| format!("{email} ({verified})"));
    let groups = if groups.is_empty() { none() } else { groups.join(", ") };
    let facts = [
        ("Subject", subject),
        ("Name", name.unwrap_or_else(none)),
        ("E-mail", email),
        ("Groups", groups),
        ("Would be granted", grants),
    ];
    let fact = |(name, value): (&'static str, String)| {
        view! {
            <div class="facts__row">
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    view! { <dl class="facts">{facts.into_iter().map(fact).collect_view()}</dl> }
}
