//! A build in one integration: where it is current, what it waits for, its chain of custody, and its facts.

use super::chain::Chain;
use super::evidence::Evidence;
use super::origin::{Labels, OriginFacts};
use super::pull::{From, PullCommands};
use crate::components::badge::Badge;
use crate::components::banner::Banner;
use crate::components::button::SubmitButton;
use crate::components::card::Card;
use crate::components::digest::DigestView;
use crate::components::form::ErrorSummary;
use crate::components::icon::{Icon, Symbol};
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::echo::errors;
use crate::fns::pins::{ClearDefaultBuild, SetDefaultBuild};
use crate::paths;
use leptos::prelude::*;
use towpath_domain::builds::Build;
use towpath_domain::builds::life::{Life, PinnedIn, RunsIn, Standing, Wait};
use towpath_domain::checks::{CheckLine, CheckState};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;

/// The ways to change the default build of an integration.
#[derive(Clone, Copy)]
pub struct Defaults {
    pub set: ServerAction<SetDefaultBuild>,
    pub clear: ServerAction<ClearDefaultBuild>,
}

#[component]
pub fn LifeView(life: Life, from: From, now: Time, acts: Defaults) -> impl IntoView {
    let (project, integration) = (life.project.clone(), life.integration.clone());
    let id = format!("life-{project}-{integration}");
    let labelled_by = id.clone();
    let board = paths::integration(&project, &integration);
    let image = from.image(&life);
    let (build, current) = (life.build.clone(), life.current.clone());
    let waiting = life.waiting.iter().cloned().map(|wait| waits(&project, wait, now)).collect_view();
    let (labels, metadata) = (build.origin.labels.clone(), build.origin.metadata.clone());
    let checks = life.checks.clone();
    let (default, said) = (life.clone(), life.clone());
    view! {
        <section class="life" aria-labelledby=labelled_by>
            <header class="section__header">
                <h2 id=id>{format!("{project} / {integration}")}</h2>
                <a class="button button--small" href=board>
                    "Open board"
                </a>
            </header>
            <Standings project=project integration=integration current=current now=now />
            <Running runs=life.runs.clone() now=now />
            <Pinned places=life.pinned.clone() now=now />
            {waiting}
            <div class="columns">
                <section class="stack stack--tight" aria-label="Chain of custody">
                    <h3>"Chain of custody"</h3>
                    <Chain life=life now=now />
                </section>
                <div class="stack">
                    <Checks checks=checks now=now />
                    <Evidence life=said now=now />
                    <Facts of=build />
                    <Labels labels=metadata title="Metadata" name="Name" />
                    <Labels labels=labels title="Labels" name="Label" />
                    <PullCommands image=image insecure=from.insecure />
                    <Default life=default acts=acts />
                </div>
            </div>
        </section>
    }
}

/// Where it is current now: the answer that most people come for.
#[component]
fn Standings(project: Slug, integration: Slug, current: Vec<Standing>, now: Time) -> impl IntoView {
    if current.is_empty() {
        return view! { <p class="life__nowhere">"It is current nowhere now."</p> }.into_any();
    }
    let standing = |Standing { bucket, production, since }: Standing| {
        view! {
            <li>
                <a
                    class="life__standing"
                    href=paths::stage(&project, &integration, &bucket)
                    data-production=production.then_some("")
                >
                    <Icon symbol=Symbol::Tag />
                    <span class="life__bucket">{bucket.to_string()}</span>
                    " "
                    <span class="life__since">
                        <TimeView at=since now=now />
                    </span>
                </a>
            </li>
        }
    };
    let standings = current.into_iter().map(standing).collect_view();
    view! {
        <div class="life__now">
            // The list says it to those who do not see it.
            <span class="life__since" aria-hidden="true">
                "Current in"
            </span>
            <ul class="life__standings" aria-label="Current in">
                {standings}
            </ul>
        </div>
    }
    .into_any()
}

/// Where deployers say that it runs.
#[component]
fn Running(runs: Vec<RunsIn>, now: Time) -> impl IntoView {
    let place = |RunsIn { project, environment, service, since }: RunsIn| {
        view! {
            <li>
                <a class="life__running" href=paths::environment(&project, &environment, None)>
                    <Icon symbol=Symbol::Pulse />
                    <span class="life__bucket">{environment.to_string()}</span>
                    " "
                    <span class="life__since">{format!("{project}/{service}, ")} <TimeView at=since now=now /></span>
                </a>
            </li>
        }
    };
    (!runs.is_empty()).then(|| {
        view! {
            <div class="life__now">
                <span class="life__since" aria-hidden="true">
                    "Runs in"
                </span>
                <ul class="life__standings" aria-label="Runs in">
                    {runs.into_iter().map(place).collect_view()}
                </ul>
            </div>
        }
    })
}

/// Where it is pinned, until when.
#[component]
fn Pinned(places: Vec<PinnedIn>, now: Time) -> impl IntoView {
    let place = |PinnedIn { project, environment, service, until }: PinnedIn| {
        view! {
            <li>
                <a class="life__standing" href=paths::environment(&project, &environment, None)>
                    <Icon symbol=Symbol::Hold />
                    <span class="life__bucket">{environment.to_string()}</span>
                    " "
                    <span class="life__since">
                        {format!("{project}/{service}, ends ")} <TimeView at=until now=now />
                    </span>
                </a>
            </li>
        }
    };
    (!places.is_empty()).then(|| {
        view! {
            <div class="life__now">
                <span class="life__since" aria-hidden="true">
                    "Pinned in"
                </span>
                <ul class="life__standings" aria-label="Pinned in">
                    {places.into_iter().map(place).collect_view()}
                </ul>
            </div>
        }
    })
}

/// That it is what services run where nothing else says anything, and the way to change that.
#[component]
fn Default(life: Life, acts: Defaults) -> impl IntoView {
    let Life { project, integration, build, is_default, may_configure, .. } = life;
    let of = format!("{project}/{integration}");
    let told = if is_default {
        format!("Services of {of} run this build where neither a pin nor a bucket says anything.")
    } else {
        format!("What services of {of} run where neither a pin nor a bucket says anything can be this build.")
    };
    let (project, integration) = (project.to_string(), integration.to_string());
    let form = match (may_configure, is_default) {
        (Err(_), _) => None,
        (Ok(()), true) => Some(
            view! {
                <ActionForm action=acts.clear attr:class="form">
                    <input type="hidden" name="project" value=project />
                    <input type="hidden" name="integration" value=integration />
                    <SubmitButton small=true pending=acts.clear.pending()>"Clear the default"</SubmitButton>
                </ActionForm>
            }
            .into_any(),
        ),
        (Ok(()), false) => Some(
            view! {
                <ActionForm action=acts.set attr:class="form">
                    <ErrorSummary errors=errors(move || acts.set.value().get()) />
                    <input type="hidden" name="project" value=project />
                    <input type="hidden" name="integration" value=integration />
                    <input type="hidden" name="digest" value=build.digest.to_string() />
                    <SubmitButton small=true pending=acts.set.pending()>"Make it the default"</SubmitButton>
                </ActionForm>
            }
            .into_any(),
        ),
    };
    (is_default || form.is_some()).then(|| {
        view! {
            <Card title="Default build">
                <p class=if is_default { "" } else { "muted" }>{told}</p>
                {form}
            </Card>
        }
    })
}

fn waits(project: &Slug, wait: Wait, now: Time) -> impl IntoView + use<> {
    let Wait { number, from, to, pins_in, needs, by, at, reason } = wait;
    let wish = pins_in.map_or_else(|| format!("enter {to}"), |place| format!("be pinned in {place}"));
    let title = match needs.as_slice() {
        // Its gates pass, and it is about to enter.
        [] => format!("Waits to {wish}"),
        needs => format!("Waits to {wish}: needs {}", needs.join(" and ")),
    };
    let href = paths::promotion(project, number);
    view! {
        <Banner tone=Tone::Info title=title>
            <p class="banner__text">
                <a href=href>{format!("Promotion #{number}")}</a>
                {format!(" from {from}, asked for by {by}, ")}
                <TimeView at=at now=now />
                {format!(": “{reason}”")}
            </p>
        </Banner>
    }
}

/// What CI, scanners and people reported on it.
#[component]
fn Checks(checks: Vec<CheckLine>, now: Time) -> impl IntoView {
    let item = move |line: CheckLine| {
        let note = line.check.after_failures();
        let CheckLine { check, by, token } = line;
        let (tone, symbol, word) = match check.state {
            CheckState::Success => (Tone::Success, Symbol::Check, "success"),
            CheckState::Failure => (Tone::Danger, Symbol::Ban, "failure"),
            CheckState::Pending => (Tone::Info, Symbol::Clock, "under way"),
        };
        let place = check.bucket.map(|bucket| format!(" in {}", bucket.slug));
        let who = token.map_or_else(|| by.clone(), |token| format!("{by} ({token})"));
        let name = check.name.to_string();
        let name = match check.link {
            Some(link) => view! { <a href=link.to_string() rel="noreferrer">{name}</a> }.into_any(),
            None => name.into_any(),
        };
        view! {
            <li class="rows__item">
                <span><strong>{name}</strong> {place}</span>
                <span class="rows__meta">
                    {who} ", " <TimeView at=check.reported_at now=now />
                    {check.summary.map(|summary| format!(": {summary}"))} {note.map(|note| format!(" · {note}"))}
                </span>
                <Badge tone=tone symbol=symbol>
                    {word}
                </Badge>
            </li>
        }
    };
    (!checks.is_empty()).then(|| {
        view! {
            <Card title="Checks">
                <ul class="rows">{checks.into_iter().map(item).collect_view()}</ul>
            </Card>
        }
    })
}

#[component]
fn Facts(of: Build) -> impl IntoView {
    let Build { digest, tag, size, platforms, media_type, origin, .. } = of;
    let platforms = if platforms.is_empty() { "not stated".to_owned() } else { platforms.join(", ") };
    view! {
        <dl class="facts">
            <div class="facts__row">
                <dt>"Tag"</dt>
                <dd>{tag.to_string()}</dd>
            </div>
            <div class="facts__row">
                <dt>"Digest"</dt>
                <dd>
                    <DigestView value=digest.to_string() />
                </dd>
            </div>
            <div class="facts__row">
                <dt>"Size"</dt>
                <dd>{towpath_domain::words::bytes(size)}</dd>
            </div>
            <div class="facts__row">
                <dt>"Platforms"</dt>
                <dd>{platforms}</dd>
            </div>
            <OriginFacts origin=origin />
            <div class="facts__row">
                <dt>"Media type"</dt>
                <dd>
                    <code>{media_type}</code>
                </dd>
            </div>
        </dl>
    }
}
