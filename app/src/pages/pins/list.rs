//! The pins of an environment: those in force, with the forms to release them, and those that have ended.

use crate::components::badge::Badge;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::field::TextField;
use crate::components::form::ErrorSummary;
use crate::components::icon::Symbol;
use crate::components::pager::Pager;
use crate::components::time::{ExactTime, TimeView};
use crate::components::tone::Tone;
use crate::echo::{Echo, errors, mistake};
use crate::fns::pins::ReleasePin;
use crate::paths;
use leptos::prelude::*;
use towpath_domain::forms::FieldError;
use towpath_domain::pins::{End, EnvironmentView, Phase, PinLine};
use towpath_domain::times::Time;

#[component]
pub fn Pins(
    view: EnvironmentView,
    /// Whether the first page of the ended ones is shown.
    first: bool,
    release: ServerAction<ReleasePin>,
) -> impl IntoView {
    let EnvironmentView { project, environment, in_force, ended, older, now, .. } = view;
    let failed = errors(move || release.value().get());
    let typed = Echo::of("/fn/release_pin");
    let (none, any_ended) = (in_force.is_empty(), !ended.is_empty() || !first);
    let at = (project.slug.to_string(), environment.slug.to_string());
    let lines = in_force.into_iter().map(|line| {
        let form = line.may_release.is_ok().then(|| {
            let (at, typed, name) = (at.clone(), typed.clone(), line.service.to_string());
            let number = line.pin.number;
            view! { <Release at=at service=name number=number release=release failed=failed typed=typed /> }
        });
        view! { <Line line=line.clone() now=now /> {form} }
    });
    let lines = lines.map(|line| view! { <li class="rows__item">{line}</li> }).collect_view();
    let over = ended.into_iter().map(|line| view! { <li class="rows__item"><Line line=line now=now /></li> });
    let over = over.collect_view();
    let newest = (!first).then(|| paths::environment(&project.slug, &environment.slug, None));
    let older = older.map(|before| paths::environment(&project.slug, &environment.slug, Some(before)));
    view! {
        <Card title="Pins in force" id="pins">
            <ErrorSummary errors=failed />
            {none
                .then(|| {
                    view! {
                        <p class="muted">
                            "None. A pin makes this environment run, for one service, another build than its bucket says, until a time."
                        </p>
                    }
                })}
            <ul class="rows">{lines}</ul>
        </Card>
        {any_ended
            .then(|| {
                view! {
                    <Card title="Ended pins" id="ended-pins">
                        <ul class="rows">{over}</ul>
                        <Pager newest=newest older=older label="Pages of ended pins" />
                    </Card>
                }
            })}
    }
}

#[component]
fn Line(line: PinLine, now: Time) -> impl IntoView {
    let PinLine { pin, service, board, by, released_by, .. } = line;
    let phase = pin.phase(now);
    let home = board.0;
    let href = paths::promotion(&home, pin.number);
    let when = match pin.end.clone() {
        Some(End::Released { at, reason, .. }) => {
            let by = released_by.unwrap_or_default();
            view! { "released by " {by} " " <TimeView at=at now=now /> {format!(": “{}”", reason.brief())} }
                .into_any()
        }
        Some(End::Replaced { by, at }) => {
            let href = paths::promotion(&home, by);
            view! { "replaced by " <a href=href>{format!("#{by}")}</a> " " <TimeView at=at now=now /> }
                .into_any()
        }
        None if phase == Phase::Over => view! { "ended " <TimeView at=pin.until now=now /> }.into_any(),
        None => view! { "until " <ExactTime at=pin.until /> " (" <TimeView at=pin.until now=now /> ")" }
            .into_any(),
    };
    let tone = if phase == Phase::InForce { Tone::Accent } else { Tone::Neutral };
    let symbol = if phase == Phase::InForce { Symbol::Hold } else { Symbol::Check };
    view! {
        <span class="rows__name">{service.to_string()}</span>
        <span>
            "pinned to " <a href=paths::build(&pin.build.digest)>{pin.build.tag.to_string()}</a>
        </span>
        <Badge tone=tone symbol=symbol>
            {phase.words()}
        </Badge>
        <span class="rows__meta rows__meta--line">{pin.reason.brief()}</span>
        <span class="rows__meta rows__meta--line">
            <a href=href>{format!("#{}", pin.number)}</a> " by " {by} ", " <TimeView at=pin.at now=now /> " · " {when}
        </span>
    }
}

#[component]
fn Release(
    /// The project and the environment.
    at: (String, String),
    service: String,
    /// Of the promotion that made the pin which is shown.
    number: i64,
    release: ServerAction<ReleasePin>,
    failed: Memo<Vec<FieldError>>,
    typed: Echo,
) -> impl IntoView {
    // The form that failed without script is open, with what was typed.
    let this = typed.value("of") == service;
    let reason = if this { typed.value("reason") } else { String::new() };
    let (project, environment) = at;
    let id = format!("field-reason-{service}");
    view! {
        <Disclosure summary="Release…" class="rows__more" open=this>
            <ActionForm action=release attr:class="form form--confirm" attr:novalidate="">
                <input type="hidden" name="project" value=project />
                <input type="hidden" name="environment" value=environment />
                <input type="hidden" name="of" value=service.clone() />
                <input type="hidden" name="number" value=number.to_string() />
                <TextField
                    id=id
                    name="reason"
                    label="Reason"
                    hint="Stands in the audit timeline. The environment should run what its bucket says from then on."
                    value=reason
                    error=mistake(failed, "reason")
                    required=true
                />
                <SubmitButton kind=ButtonKind::Primary small=true pending=release.pending()>
                    {format!("Release the pin of {service}")}
                </SubmitButton>
            </ActionForm>
        </Disclosure>
    }
}
