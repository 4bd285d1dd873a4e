//! Rolling a bucket back to an earlier build.

use crate::components::banner::Banner;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::digest::DigestView;
use crate::components::field::TextArea;
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::echo::{Echo, errors, mistake};
use crate::fns::buckets::{RollBack, view_placement};
use crate::loaded::Loaded;
use crate::pages::promote::{WhoMay, check_reason};
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use towpath_domain::access::Action;
use towpath_domain::boards::{Card, History};
use towpath_domain::deployments::Fed;
use towpath_domain::words::Reason;
use towpath_domain::workflows::Arrivals;

#[component]
pub fn RollBackPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let action = ServerAction::<RollBack>::new();
    let param = move |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
    let value = move |name: &str| query.with(|query| query.get(name)).unwrap_or_default();
    let placement = Resource::new(
        move || (param("project"), param("integration"), value("bucket"), value("to")),
        |(project, integration, bucket, to)| view_placement(project, integration, bucket, to),
    );
    view! {
        <main id="main" class="page page--narrow">
            <Loaded resource=placement let:history>
                {history.cards.first().cloned().map(|card| page(history, card, action))}
            </Loaded>
        </main>
    }
}

fn page(history: History, card: Card, action: ServerAction<RollBack>) -> impl IntoView {
    let errors = errors(move || action.value().get());
    let echo = Echo::of("/fn/roll_back");
    let (project, integration) = (history.project.slug.clone(), history.integration.slug.clone());
    let (bucket, tag) = (history.slot.slug.to_string(), card.build.tag.to_string());
    let title = format!("Roll {bucket} back to {tag}");
    let trail = Crumb::of_integration(&project, &integration, [Crumb::here("Roll back")]);
    let board = paths::integration(&project, &integration);
    let pauses = history.automatic || history.arrivals == Arrivals::Any;
    let current = history.current.clone();
    let now = history.now;
    let may = history.may_roll_back.clone();
    let reach = reach(&history.fed);
    let needs = history.rollback_needs.join(" and ");
    let asks = !needs.is_empty();
    let deed = if asks { format!("Ask to roll {bucket} back") } else { format!("Roll {bucket} back") };
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=trail />
        <PageHeader title=title />
        <ActionForm action=action attr:class="form" attr:novalidate="">
            <ErrorSummary errors=errors />
            <input type="hidden" name="project" value=project.to_string() />
            <input type="hidden" name="integration" value=integration.to_string() />
            <input type="hidden" name="bucket" value=bucket.clone() />
            <input type="hidden" name="to" value=card.placement.map(|id| id.to_string()) />
            <input type="hidden" name="expected" value=history.version.to_string() />
            <dl class="facts">
                <div class="facts__row">
                    <dt>{format!("Now in {bucket}")}</dt>
                    <dd>
                        {current
                            .map(|card| {
                                view! {
                                    <strong>{card.build.tag.to_string()}</strong>
                                    " "
                                    <DigestView value=card.build.digest.to_string() />
                                    " · "
                                    <TimeView at=card.at now=now />
                                }
                            })}
                    </dd>
                </div>
                <div class="facts__row">
                    <dt>"Back to"</dt>
                    <dd>
                        <strong>{tag}</strong>
                        " "
                        <DigestView value=card.build.digest.to_string() />
                        " · there "
                        <TimeView at=card.at now=now />
                    </dd>
                </div>
                {reach}
            </dl>
            <Banner tone=Tone::Info title="What this does">
                {asks.then(|| view! { <p>{format!("It waits for {needs}. Until then nothing changes.")}</p> })}
                <p>
                    {if pauses {
                        "The earlier build becomes what should run. Nothing is erased, and nothing is deployed by this alone. What enters here by itself pauses until someone resumes it, so that the rollback is not undone."
                    } else {
                        "The earlier build becomes what should run. Nothing is erased, and nothing is deployed by this alone."
                    }}
                </p>
            </Banner>
            {match may {
                Ok(()) => {
                    Either::Left(
                        view! {
                            <TextArea
                                name="reason"
                                label="Reason"
                                hint="Stands in the audit timeline for good."
                                max=Reason::LONGEST
                                value=echo.value("reason")
                                error=mistake(errors, "reason")
                                required=true
                                validate=check_reason
                            />
                            <div class="form__actions">
                                <SubmitButton kind=ButtonKind::Danger pending=action.pending()>
                                    {deed}
                                </SubmitButton>
                                <a class="button" href=board>
                                    "Cancel"
                                </a>
                            </div>
                        },
                    )
                }
                Err(why) => {
                    Either::Right(
                        view! {
                            <p class="muted">
                                {why} " " <WhoMay action=Action::RollBack project=project.clone() />
                            </p>
                            <a class="button" href=board>
                                "Back to the board"
                            </a>
                        },
                    )
                }
            }}
        </ActionForm>
    }
}

/// The environments that the rollback reaches, and those that a pin keeps out of it.
pub(super) fn reach(fed: &[Fed]) -> impl IntoView + use<> {
    let place = |fed: &Fed| {
        let page = paths::environment(&fed.project, &fed.environment, None);
        let pin =
            fed.pin.as_ref().map(|mark| format!(", pinned to {} until {}", mark.tag, mark.until.to_words()));
        let runs = fed.run.as_ref().and_then(|run| run.runs.as_ref()).filter(|_| pin.is_none());
        let runs = runs.map(|ran| format!(", runs {}", ran.name()));
        view! {
            <li>
                <a href=page>{format!("{}/{}", fed.project, fed.environment)}</a>
                {format!(" with {}", fed.service)}
                {pin}
                {runs}
            </li>
        }
    };
    let places = fed.iter().map(place).collect_view();
    (!fed.is_empty()).then(|| {
        view! {
            <div class="facts__row">
                <dt>"Reaches"</dt>
                <dd>
                    <ul>{places}</ul>
                </dd>
            </div>
        }
    })
}
