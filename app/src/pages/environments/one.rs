//! One environment: what every service should run there and what says so, what runs, and its pins.

use crate::components::badge::Badge;
use crate::components::button::LinkButton;
use crate::components::card::Card;
use crate::components::copy::CopyLink;
use crate::components::icon::Symbol;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::time::{ExactTime, TimeView};
use crate::components::tone::Tone;
use crate::fns::pins::{ReleasePin, view_environment};
use crate::live::{Kept, keep, read_at};
use crate::loaded::Loaded;
use crate::pages::deletions::DeleteLink;
use crate::pages::forms::{announce, successes};
use crate::pages::pins::Pins;
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use towpath_domain::deletions::Subject;
use towpath_domain::deployments::{Likeness, Outcome, Run};
use towpath_domain::ids::PromotionId;
use towpath_domain::live::Notice;
use towpath_domain::pins::{Effective, EnvironmentView, Source};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;

#[component]
pub fn EnvironmentPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let param = move |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
    let before =
        move || query.with(|query| query.get("before")).and_then(|text| text.parse::<PromotionId>().ok());
    let release = ServerAction::<ReleasePin>::new();
    announce(release, "Pin released.");
    let view = Resource::new(
        move || (param("project"), param("environment"), before()),
        |(project, environment, before)| async move {
            Ok((view_environment(project, environment, before).await?, before))
        },
    );
    let gone = Callback::new(move |()| view.refetch());
    view! {
        <main id="main" class="page">
            <Loaded resource=view let:shown>
                <One first=shown.0 before=shown.1 release=release gone=gone />
            </Loaded>
        </main>
    }
}

/// The environment, kept true: by what happens in its project and to what all share, and when one of its pins ends by itself.
#[component]
fn One(
    first: EnvironmentView,
    /// The promotion before which the page of ended pins starts, where it is not the first.
    before: Option<PromotionId>,
    release: ServerAction<ReleasePin>,
    gone: Callback<()>,
) -> impl IntoView {
    let (project, environment) = (first.project.slug.clone(), first.environment.clone());
    let (at, here) = (project.clone(), environment.slug.clone());
    let concerns = {
        let project = project.clone();
        move |notice: &Notice| {
            notice.project.as_ref().is_some_and(|of| *of == project || *of == Slug::global())
        }
    };
    let pin = first.may_pin.is_ok().then(|| paths::new_pin(&project, &environment.slug, None));
    let readers = paths::read_tokens(&project, &environment.slug);
    let declared = paths::declared("environment", &project, &environment.slug);
    let may_pin = pin.is_some();
    let may_delete = first.may_delete;
    let moving = paths::move_environment(&project, &environment.slug);
    let subject = Subject::Environment { project: project.to_string(), slug: environment.slug.to_string() };
    let again = {
        let (project, environment) = (project.to_string(), environment.slug.to_string());
        move || view_environment(project.clone(), environment.clone(), before)
    };
    let Kept { view, read } = keep(first, concerns, again, move || gone.run(()));
    let released = successes(release);
    Effect::new(move |last: Option<usize>| {
        let now = released.get();
        if last.is_some_and(|last| last != now) {
            read.run(());
        }
        now
    });
    let now = Memo::new(move |_| view.read().now);
    read_at(move || view.read().in_force.iter().map(|line| line.pin.until).min(), now, move || read.run(()));
    let title = environment.title.to_string();
    let stream = environment.stream.slug.to_string();
    let tone = if environment.stream.production { Tone::Warning } else { Tone::Neutral };
    let none = Memo::new(move |_| view.read().services.is_empty());
    let services = move || {
        let EnvironmentView { services, now, .. } = (*view.get()).clone();
        services.into_iter().map(|of| service(&at, &here, of, may_pin, now)).collect_view()
    };
    view! {
        <Title text=format!("{project}/{}", environment.slug) />
        <Breadcrumbs trail=Crumb::of_project(&project, [Crumb::here(environment.slug.to_string())]) />
        <PageHeader title=title lead="What every service should run here, what says so, and what runs.">
            <Badge tone=tone>{format!("{stream} stream")}</Badge>
            <CopyLink href=declared>"Copy as YAML"</CopyLink>
            <LinkButton href=readers>"Read tokens"</LinkButton>
            {pin.map(|href| view! { <LinkButton href=href>"Pin a build here…"</LinkButton> })}
        </PageHeader>
        <Card title="Services" id="services">
            {move || {
                none.get()
                    .then(|| {
                        view! { <p class="muted">"No service yet. Each CI integration makes one of its name."</p> }
                    })
            }}
            <ul class="rows">{services}</ul>
        </Card>
        <Pins view=view first=before.is_none() release=release />
        {may_delete
            .then(|| {
                view! {
                    <p class="page__foot">
                        <a href=moving>"Move to another stream…"</a>
                    </p>
                    <DeleteLink subject=subject />
                }
            })}
    }
}

fn service(
    project: &Slug,
    environment: &Slug,
    of: Effective,
    may_pin: bool,
    now: Time,
) -> impl IntoView + use<> {
    let Effective { service, board, bucket, build, bad, source, run, waiting } = of;
    let name = service.to_string();
    let name = match &board {
        Some((home, integration)) => {
            let href = paths::stage(home, integration, &bucket);
            view! { <a href=href>{name}</a> }.into_any()
        }
        None => name.into_any(),
    };
    let empty = build.is_none();
    let should = match build {
        Some((digest, tag)) => view! { <a href=paths::build(&digest)>{tag.to_string()}</a> }.into_any(),
        None => view! { <span class="muted">"nothing yet"</span> }.into_any(),
    };
    let home = board.map(|(home, _)| home);
    let waiting = home.map(|home| {
        let link =
            |number: i64| view! { " " <a href=paths::promotion(&home, number)>{format!("#{number}")}</a> };
        let one = waiting.len() == 1;
        let words = if one { " waits to pin another build." } else { " wait to pin another build." };
        let any = !waiting.is_empty();
        let links = waiting.into_iter().map(link).collect_view();
        any.then(|| view! { <span class="rows__meta rows__meta--line">{links} {words}</span> })
    });
    let pin = may_pin.then(|| {
        let (href, label) =
            (paths::new_pin(project, environment, Some(&service)), format!("Pin a build of {service}"));
        view! { <a class="button button--small" href=href aria-label=label>"Pin…"</a> }
    });
    view! {
        <li class="rows__item">
            <span class="rows__name">{name}</span>
            <span>"should run " {should}</span>
            {bad
                .then(|| {
                    view! {
                        <Badge tone=Tone::Danger symbol=Symbol::Ban>
                            "marked bad"
                        </Badge>
                    }
                })}
            {badge(&source)}
            {pin}
            {told(source, &bucket, empty, now)}
            {run.map(|run| runs(run, now))}
            {waiting}
        </li>
    }
}

fn badge(source: &Source) -> Option<impl IntoView + use<>> {
    let (tone, symbol, word) = match source {
        Source::Bucket => return None,
        Source::Pin(_) => (Tone::Accent, Symbol::Hold, "pinned"),
        Source::Default => (Tone::Neutral, Symbol::Tag, "default build"),
    };
    Some(view! { <Badge tone=tone symbol=symbol>{word}</Badge> })
}

/// What says what should run.
fn told(source: Source, bucket: &Slug, empty: bool, now: Time) -> impl IntoView + use<> {
    let words = match source {
        Source::Bucket if empty => {
            format!("The bucket {bucket} is empty, and there is no default build.").into_any()
        }
        Source::Bucket => format!("By the bucket {bucket}.").into_any(),
        Source::Default => format!("As the bucket {bucket} is empty.").into_any(),
        Source::Pin(mark) => {
            let href = paths::promotion(&mark.project, mark.number);
            let reason = mark.reason.brief();
            view! {
                "Until " <ExactTime at=mark.until /> " (" <TimeView at=mark.until now=now /> "), by "
                <a href=href>{format!("#{}", mark.number)}</a> {format!(": {reason}")}
            }
            .into_any()
        }
    };
    view! { <span class="rows__meta rows__meta--line">{words}</span> }
}

/// What runs beside what should, and a deployment that is under way or failed.
fn runs((run, likeness): (Run, Likeness), now: Time) -> impl IntoView {
    let ran = run.runs.map(|ran| {
        let words = match likeness {
            Likeness::Same => "Runs, deployed ".to_owned(),
            _ => format!("Runs {} instead, deployed ", ran.name()),
        };
        view! { {words} <TimeView at=ran.since now=now /> ". " }
    });
    let last = run.last.map(|last| {
        let word = match last.outcome {
            Outcome::Failed => "failed ",
            Outcome::Started | Outcome::Succeeded => "is being deployed, begun ",
        };
        view! { {last.name()} " " {word} <TimeView at=last.at now=now /> "." }
    });
    view! {
        <span class="rows__meta rows__meta--line">
            {ran} {last}
        </span>
    }
}
