//! What a project consists of.

use super::archive::{ArchiveLink, ArchivedBanner};
use super::sample::SampleNote;
use super::steps::NextStep;
use crate::components::badge::Badge;
use crate::components::banner::OnlyLook;
use crate::components::button::LinkButton;
use crate::components::card::Card;
use crate::components::copy::CopyLink;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::pager::Pager;
use crate::components::tone::Tone;
use crate::fns::projects::{LoadSample, RestoreProject};
use crate::pages::workflows::StageLine;
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use towpath_domain::buckets::Slot;
use towpath_domain::environments::Environment;
use towpath_domain::integrations::{Follows, Integration};
use towpath_domain::projects::{Part, ProjectView, Served};
use towpath_domain::rules::{Criterion, Rule};
use towpath_domain::streams::Stream;
use towpath_domain::workflows::Workflow;

#[component]
pub fn Overview(
    view: ProjectView,
    /// The page of its integrations and services that is shown.
    part: Part,
    restore: ServerAction<RestoreProject>,
    load_sample: ServerAction<LoadSample>,
) -> impl IntoView {
    let project = view.project.clone();
    let title = project.title.to_string();
    let lead = if project.is_global() {
        "What all projects share. Its buckets stand for release streams."
    } else {
        "Where its builds arrive, the places where it runs, and the way between them."
    };
    // What is looked at every day stands first, once it is there.
    let new = !view.has_integration;
    let archived = project.archived_at.is_some();
    let refused = view.may_configure.clone().err().filter(|_| !archived);
    let places = if project.is_global() {
        view! { <Streams streams=view.streams.clone() /> }.into_any()
    } else {
        view! { <Environments view=view.clone() /> }.into_any()
    };
    let insights = paths::insights(&project.slug);
    let changes = paths::production_changes(&project.slug);
    let sets = paths::release_sets(&project.slug, None);
    let members = paths::members(&project.slug);
    let webhooks = view.may_configure.is_ok().then(|| paths::subscriptions(Some(&project.slug)));
    let registries = view.may_configure.is_ok().then(|| paths::registries(Some(&project.slug)));
    let publishers = paths::publishers(&project.slug);
    let trust_roots = paths::trust_roots(&project.slug);
    let storage = paths::storage(&project.slug);
    let declared = paths::declared_project(&project.slug);
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=vec![Crumb::new("Projects", paths::PROJECTS), Crumb::here(project.slug.to_string())] />
        <PageHeader title=title lead=lead>
            <LinkButton href=sets>"Release sets"</LinkButton>
            <LinkButton href=insights>"Insights"</LinkButton>
            <LinkButton href=changes>"Production changes"</LinkButton>
            <LinkButton href=publishers>"Publishers"</LinkButton>
            <LinkButton href=trust_roots>"Trust roots"</LinkButton>
            <LinkButton href=members>"Members"</LinkButton>
            {webhooks.map(|href| view! { <LinkButton href=href>"Webhooks"</LinkButton> })}
            {registries.map(|href| view! { <LinkButton href=href>"Registries"</LinkButton> })}
            <LinkButton href=storage>"Storage"</LinkButton>
            <CopyLink href=declared>"Copy as YAML"</CopyLink>
        </PageHeader>
        {archived.then(|| view! { <ArchivedBanner view=view.clone() action=restore /> })}
        {project
            .sample
            .filter(|_| !archived)
            .map(|sample| {
                view! { <SampleNote sample=sample may_load=view.may_load_sample.clone() action=load_sample /> }
            })}
        {refused.map(|why| view! { <OnlyLook words="You can look around here, not change it" why=why /> })}
        {view
            .step()
            .map(|step| {
                view! { <NextStep project=project.slug.clone() step=step may_configure=view.may_configure.is_ok() /> }
            })}
        {(!new).then(|| view! { <Integrations view=view.clone() part=part.clone() /> })}
        {places}
        <Workflows view=view.clone() />
        <Rules view=view.clone() />
        {new.then(|| view! { <Integrations view=view.clone() part=part.clone() /> })}
        {(part.services.is_some() || !view.services.is_empty())
            .then(|| view! { <Services view=view.clone() part=part /> })}
        <ArchiveLink view=view />
    }
}

/// The link that adds something, for those who may.
fn add(view: &ProjectView, href: String, words: &'static str) -> ViewFn {
    let href = view.may_configure.is_ok().then_some(href);
    ViewFn::from(move || {
        href.clone().map(|href| {
            view! {
                <LinkButton href=href small=true>
                    {words}
                </LinkButton>
            }
        })
    })
}

#[component]
fn Environments(view: ProjectView) -> impl IntoView {
    let actions = add(&view, paths::new_environment(&view.project.slug), "Add environment");
    let none = view.environments.is_empty();
    let project = view.project.slug.clone();
    let item = move |Environment { slug, title, stream, .. }: Environment| {
        view! {
            <li class="rows__item">
                <a class="rows__link" href=paths::environment(&project, &slug, None)>
                    {title.to_string()}
                </a>
                <code class="rows__meta">{slug.to_string()}</code>
                <StreamBadge stream=stream />
            </li>
        }
    };
    view! {
        <Card title="Environments" actions=actions>
            {if none {
                view! { <p class="muted">"None yet."</p> }.into_any()
            } else {
                view! { <ul class="rows">{view.environments.into_iter().map(item).collect_view()}</ul> }.into_any()
            }}
        </Card>
    }
}

#[component]
fn StreamBadge(stream: Stream) -> impl IntoView {
    let words = format!("{} stream", stream.slug);
    if stream.production {
        view! { <Badge tone=Tone::Warning>{words}</Badge> }.into_any()
    } else {
        view! { <Badge stream=true>{words}</Badge> }.into_any()
    }
}

#[component]
fn Streams(streams: Vec<Stream>) -> impl IntoView {
    let actions = ViewFn::from(|| {
        view! {
            <LinkButton href=paths::STREAMS small=true>
                "All streams"
            </LinkButton>
        }
    });
    let item = |stream: Stream| {
        view! {
            <li class="rows__item">
                <span class="rows__name">{stream.title.to_string()}</span>
                <StreamBadge stream=stream />
            </li>
        }
    };
    view! {
        <Card title="Release streams" actions=actions>
            <ul class="rows">{streams.into_iter().map(item).collect_view()}</ul>
        </Card>
    }
}

#[component]
fn Workflows(view: ProjectView) -> impl IntoView {
    let actions = add(&view, paths::new_workflow(&view.project.slug), "Add workflow");
    let slots = view.slots();
    let project = view.project.slug.clone();
    let none = view.workflows.is_empty();
    let item = move |workflow: Workflow| {
        let Workflow { name, is_default, graph, .. } = workflow;
        view! {
            <li class="rows__item">
                <a class="rows__link" href=paths::workflow(&project, &name.slug)>
                    {name.title.to_string()}
                </a>
                {is_default
                    .then(|| {
                        view! { <Badge tone=Tone::Accent>{format!("default for {}", name.kind.plural())}</Badge> }
                    })}
                <span class="rows__meta">{name.kind.plural()}</span>
                <StageLine graph=graph slots=slots.clone() />
            </li>
        }
    };
    view! {
        <Card title="Workflows" actions=actions>
            {if none {
                view! { <p class="muted">"None yet. Without one, builds stay where CI pushed them."</p> }.into_any()
            } else {
                view! { <ul class="rows">{view.workflows.into_iter().map(item).collect_view()}</ul> }.into_any()
            }}
        </Card>
    }
}

/// A criterion with the bucket that it leads to.
fn told(criterion: &Criterion, slots: &[Slot]) -> String {
    let bucket = slots.iter().find(|slot| slot.key == criterion.bucket);
    let bucket = bucket.map(|slot| format!(" → {}", slot.slug)).unwrap_or_default();
    format!("{}{bucket}", criterion.words())
}

#[component]
fn Rules(view: ProjectView) -> impl IntoView {
    let actions = add(&view, paths::new_rule(&view.project.slug), "Add rule");
    let project = view.project.slug.clone();
    let none = view.rules.is_empty();
    let slots = view.slots();
    let item = move |rule: Rule| {
        let Rule { name, is_default, criteria, .. } = rule;
        let words: Vec<String> = criteria.iter().map(|criterion| told(criterion, &slots)).collect();
        view! {
            <li class="rows__item">
                <a class="rows__link" href=paths::rule(&project, &name.slug)>
                    {name.title.to_string()}
                </a>
                {is_default
                    .then(|| {
                        view! { <Badge tone=Tone::Accent>{format!("default for {}", name.kind.plural())}</Badge> }
                    })}
                <span class="rows__meta">{name.kind.plural()}</span>
                <span class="rows__meta rows__meta--line">{words.join(" · ")}</span>
            </li>
        }
    };
    view! {
        <Card title="CI rules" actions=actions>
            {if none {
                view! { <p class="muted">"None yet. A rule leads builds to buckets by their branch or tag, so that CI need not name one."</p> }
                    .into_any()
            } else {
                view! { <ul class="rows">{view.rules.into_iter().map(item).collect_view()}</ul> }.into_any()
            }}
        </Card>
    }
}

#[component]
fn Integrations(view: ProjectView, part: Part) -> impl IntoView {
    let actions = add(&view, paths::new_integration(&view.project.slug), "Add integration");
    let none = view.integrations.is_empty();
    let words = if view.has_integration {
        "None after this place in the list."
    } else {
        "None yet. Builds arrive in an integration."
    };
    let page = |integrations| {
        paths::project_part(&view.project.slug, &Part { integrations, services: part.services.clone() })
    };
    let first = part.integrations.is_some().then(|| page(None));
    let next = view.next.integrations.clone().map(|after| page(Some(after)));
    let workflows = view.workflows;
    let item = move |integration: Integration| {
        let follows = follows(&integration, &workflows);
        view! {
            <li class="rows__item">
                <a class="rows__link" href=paths::integration(&view.project.slug, &integration.slug)>
                    {integration.title.to_string()}
                </a>
                <span class="rows__meta">{follows}</span>
                <Badge>{integration.kind.plural()}</Badge>
            </li>
        }
    };
    view! {
        <Card title="CI integrations" actions=actions>
            {if none {
                view! { <p class="muted">{words}</p> }.into_any()
            } else {
                view! { <ul class="rows">{view.integrations.into_iter().map(item).collect_view()}</ul> }.into_any()
            }}
            <Pager newest=first older=next words=("First", "Next") label="Pages of integrations" />
        </Card>
    }
}

/// Which workflow an integration follows, in words.
fn follows(integration: &Integration, workflows: &[Workflow]) -> String {
    let titled = |found: Option<&Workflow>| found.map(|workflow| workflow.name.title.to_string());
    let default =
        || workflows.iter().find(|workflow| workflow.is_default && workflow.name.kind == integration.kind);
    let words = match integration.workflow {
        Follows::None => None,
        Follows::Default => titled(default()).map(|title| format!("follows the default, {title}")),
        Follows::Own(id) => titled(workflows.iter().find(|workflow| workflow.name.id == id))
            .map(|title| format!("follows {title}")),
    };
    words.unwrap_or_else(|| "follows no workflow".to_owned())
}

#[component]
fn Services(view: ProjectView, part: Part) -> impl IntoView {
    let ProjectView { project, services, next, .. } = view;
    let page = |services| {
        paths::project_part(&project.slug, &Part { integrations: part.integrations.clone(), services })
    };
    let first = part.services.is_some().then(|| page(None));
    let next = next.services.map(|after| page(Some(after)));
    let none = services.is_empty();
    let item = move |served: Served| {
        let Served { service, built_by } = served;
        let built_by = built_by.map(|(home, integration)| {
            let name = if home == project.slug { integration.to_string() } else { format!("{home}/{integration}") };
            view! {
                <span class="rows__meta">"built by " <a href=paths::integration(&home, &integration)>{name}</a></span>
            }
        });
        view! {
            <li class="rows__item">
                <span class="rows__name">{service.title.to_string()}</span>
                <code class="rows__meta">{service.slug.to_string()}</code>
                {built_by}
            </li>
        }
    };
    view! {
        <Card title="Services">
            {none.then(|| view! { <p class="muted">"None after this place in the list."</p> })}
            <ul class="rows">{services.into_iter().map(item).collect_view()}</ul>
            <Pager newest=first older=next words=("First", "Next") label="Pages of services" />
        </Card>
    }
}
