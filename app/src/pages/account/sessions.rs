//! Where one is signed in, and ending it.

use crate::components::badge::Badge;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::echo::errors;
use crate::fns::accounts::{EndOtherSessions, EndSession};
use crate::pages::forms::{Failure, announce};
use leptos::prelude::*;
use towpath_domain::sessions::Session;
use towpath_domain::times::Time;

#[component]
pub fn Sessions(
    sessions: Vec<Session>,
    now: Time,
    end: ServerAction<EndSession>,
    end_others: ServerAction<EndOtherSessions>,
) -> impl IntoView {
    announce(end, "Session ended.");
    announce(end_others, "All other sessions ended.");
    let several = sessions.len() > 1;
    let line = move |session| view! { <Line session=session now=now end=end /> };
    view! {
        <Failure errors=errors(move || end.value().get()) />
        <Failure errors=errors(move || end_others.value().get()) />
        <Card title="Sessions">
            <ul class="rows">{sessions.into_iter().map(line).collect_view()}</ul>
            {several.then(|| view! { <Others end_others=end_others /> })}
        </Card>
    }
}

#[component]
fn Line(session: Session, now: Time, end: ServerAction<EndSession>) -> impl IntoView {
    let Session { id, agent, address, signed_in_at, used_at, current, .. } = session;
    let which = format!(" {agent}, signed in {}", signed_in_at.to_words());
    let end = (!current).then(|| {
        view! {
            <ActionForm action=end attr:class="form form--bare">
                <input type="hidden" name="session" value=id.to_string() />
                <SubmitButton small=true pending=end.pending()>
                    "End"
                    <span class="visually-hidden">{which}</span>
                </SubmitButton>
            </ActionForm>
        }
    });
    view! {
        <li class="rows__item">
            <span class="rows__name">{agent}</span>
            {current.then(|| view! { <Badge tone=Tone::Success>"this one"</Badge> })}
            {end}
            <span class="rows__meta rows__meta--line">
                "Signed in " <TimeView at=signed_in_at now=now /> {format!(" from {address}, last used ")}
                <TimeView at=used_at now=now />
            </span>
        </li>
    }
}

/// Asks once more; opens without script.
#[component]
fn Others(end_others: ServerAction<EndOtherSessions>) -> impl IntoView {
    view! {
        <div class="card__foot">
            <Disclosure summary="End all other sessions…">
                <ActionForm action=end_others attr:class="form form--confirm">
                    <p class="form__note">"Only this browser stays signed in."</p>
                    <SubmitButton kind=ButtonKind::Danger small=true pending=end_others.pending()>
                        "End all others"
                    </SubmitButton>
                </ActionForm>
            </Disclosure>
        </div>
    }
}
