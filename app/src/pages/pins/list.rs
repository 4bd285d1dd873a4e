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
use std::sync::Arc;
use towpath_domain::forms::FieldError;
use towpath_domain::pins::{End, EnvironmentView, Phase, PinLine};
use towpath_domain::times::Time;

#[component]
pub fn Pins(
    view: Signal<Arc<EnvironmentView>>,
    /// Whether the first page of the ended ones is shown.
    first: bool,
    release: ServerAction<ReleasePin>,
) -> impl IntoView {
    let failed = errors(move || release.value().get());
    let typed = Echo::of("/fn/release_pin");
    let now = Memo::new(move |_| view.read().now);
    let in_force = Memo::new(move |_| view.read().in_force.clone());
    let none = Memo::new(move |_| in_force.read().is_empty());
    let ended = Memo::new(move |_| view.read().ended.clone());
    let older = Memo::new(move |_| view.read().older);
    let any_ended = Memo::new(move |_| !ended.read().is_empty() || !first);
    let (project, environment) = {
        let view = view.read_untracked();
        (view.project.slug.clone(), view.environment.slug.clone())
    };
    let at = (project.to_string(), environment.to_string());
    let item = move |line: PinLine| {
        let form = line.may_release.is_ok().then(|| {
            let (at, typed, name) = (at.clone(), typed.clone(), line.service.to_string());
            let number = line.pin.number;
            view! { <Release at=at service=name number=number release=release failed=failed typed=typed /> }
        });
        view! {
            <li class="rows__item">
                <Line line=line now=now />
                {form}
            </li>
        }
    };
    let pages = move || {
        let newest = (!first).then(|| paths::environment(&project, &environment, None));
        let older = older.get().map(|before| paths::environment(&project, &environment, Some(before)));
        view! { <Pager newest=newest older=older label="Pages of ended pins" /> }
    };
    view! {
        <Card title="Pins in force" id="pins">
            <ErrorSummary errors=failed />
            {move || {
                none.get()
                    .then(|| {
                        view! {
                            <p class="muted">
                                "None. A pin makes this environment run, for one service, another build than its bucket says, until a time."
                            </p>
                        }
                    })
            }}
            // What is opened and typed stays while other things change.
            <ul class="rows">
                <For
                    each=move || in_force.get()
                    key=|line| (line.pin.promotion, line.may_release.is_ok())
                    children=item
                />
            </ul>
        </Card>
        {move || {
            let pages = pages.clone();
            any_ended
                .get()
                .then(|| {
                    view! {
                        <Card title="Ended pins" id="ended-pins">
                            <ul class="rows">
                                <For each=move || ended.get() key=|line| line.pin.promotion let:line>
                                    <li class="rows__item">
                                        <Line line=line now=now />
                                    </li>
                                </For>
                            </ul>
                            {pages}
                        </Card>
                    }
                })
        }}
    }
}

#[component]
fn Line(line: PinLine, #[prop(into)] now: Signal<Time>) -> impl IntoView {
    let PinLine { pin, service, board, by, released_by, .. } = line;
    let phase = pin.phase(now.get_untracked());
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
