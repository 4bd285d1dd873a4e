//! Every project that someone sees, with its integrations: those in use, or by `?archived=1` those put away.

use crate::components::badge::Badge;
use crate::components::card::Card;
use crate::components::empty::EmptyState;
use crate::components::page::PageHeader;
use crate::components::pager::Pager;
use crate::components::time::TimeView;
use crate::fns::projects::view_projects;
use crate::loaded::Loaded;
use crate::pages::home::FirstSteps;
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use towpath_domain::projects::{Listed, Project as ProjectRow, ProjectLine, ProjectsView};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;

#[component]
pub fn ProjectsPage() -> impl IntoView {
    let query = use_query_map();
    let listed = move || match query.with(|query| query.get("archived")).as_deref() {
        Some("1" | "true") => Listed::Archived,
        _ => Listed::InUse,
    };
    let after = move || query.with(|query| query.get("after")).and_then(|after| Slug::parse(&after).ok());
    let projects = Resource::new(
        move || (listed(), after()),
        |(listed, after)| async move {
            let first = after.is_none();
            Ok((view_projects(listed, after).await?, first))
        },
    );
    view! {
        <main id="main" class="page">
            <Loaded resource=projects let:shown>
                {match shown.0.listed {
                    Listed::InUse => Either::Left(view! { <Projects view=shown.0 first=shown.1 /> }),
                    Listed::Archived => Either::Right(view! { <ArchivedProjects view=shown.0 first=shown.1 /> }),
                }}
            </Loaded>
        </main>
    }
}

#[component]
fn Projects(
    view: ProjectsView,
    /// Whether this is the first page.
    first: bool,
) -> impl IntoView {
    let own = !first || view.projects.iter().any(|line| !line.project.is_global());
    let may_create = view.may_create.is_ok();
    view! {
        <Title text="Projects" />
        <PageHeader title="Projects" lead="Every project with its integrations: where builds arrive and move on.">
            {(own && may_create)
                .then(|| {
                    view! {
                        <a class="button button--primary" href=paths::NEW_PROJECT>
                            "New project"
                        </a>
                    }
                })}
        </PageHeader>
        {(!own).then(|| view! { <FirstSteps may_create=view.may_create archived=view.archived /> })}
        <Cards projects=view.projects now=view.now first=first />
        <Pages listed=Listed::InUse first=first next=view.next />
        <ArchivedLink />
    }
}

#[component]
fn ArchivedProjects(view: ProjectsView, first: bool) -> impl IntoView {
    let none = first && view.projects.is_empty();
    view! {
        <Title text="Archived projects" />
        <PageHeader
            title="Archived projects"
            lead="Put away: they can be read and pulled from, and restored on their pages."
        >
            <a class="button" href=paths::PROJECTS>
                "Projects in use"
            </a>
        </PageHeader>
        {none
            .then(|| {
                view! {
                    <EmptyState title="No project is archived">
                        <p>"A project that is no longer worked on can be archived at the foot of its page."</p>
                    </EmptyState>
                }
            })}
        <Cards projects=view.projects now=view.now first=first />
        <Pages listed=Listed::Archived first=first next=view.next />
    }
}

#[component]
fn Pages(listed: Listed, first: bool, next: Option<Slug>) -> impl IntoView {
    let next = next.map(|after| paths::projects(listed, Some(&after)));
    view! { <Pager newest=(!first).then(|| paths::projects(listed, None)) older=next words=("First", "Next") /> }
}

/// Leads to the projects that are archived, from the foot of a list of those in use.
#[component]
pub fn ArchivedLink() -> impl IntoView {
    view! {
        <p class="page__foot">
            <a href=paths::ARCHIVED_PROJECTS>"Archived projects"</a>
        </p>
    }
}

#[component]
fn Cards(projects: Vec<ProjectLine>, now: Time, first: bool) -> impl IntoView {
    let beyond = !first && projects.is_empty();
    let card = |line: ProjectLine| view! { <Project line=line now=now /> };
    view! {
        {beyond.then(|| view! { <p class="muted">"There are none after this place in the list."</p> })}
        <div class="cards">{projects.into_iter().map(card).collect_view()}</div>
    }
}

#[component]
fn Project(line: ProjectLine, now: Time) -> impl IntoView {
    let ProjectLine { project, integrations, more } = line;
    let none = integrations.is_empty();
    let items = integrations
        .into_iter()
        .map(|integration| {
            view! {
                <li class="rows__item">
                    <a class="rows__link" href=paths::integration(&project.slug, &integration.slug)>
                        {integration.title.to_string()}
                    </a>
                    <span class="rows__meta">{integration.kind.plural()}</span>
                </li>
            }
        })
        .collect_view();
    let href = paths::project(&project.slug);
    view! {
        <Card title=project.title.to_string() href=href>
            {about(&project, now)} <ul class="rows">{items}</ul>
            {(more > 0)
                .then(|| view! { <p class="muted"><a href=paths::project(&project.slug)>{format!("and {more} more")}</a></p> })}
            {none.then(|| view! { <p class="muted">"No integration yet."</p> })}
        </Card>
    }
}

/// What is said of a project above its integrations.
fn about(project: &ProjectRow, now: Time) -> impl IntoView + use<> {
    let words = if project.is_global() { "What all projects share" } else { "Integrations" };
    let archived = project.archived_at.map(|at| view! { ", archived " <TimeView at=at now=now /> });
    let sample = project.sample.map(|_| view! { " " <Badge>"sample"</Badge> });
    view! { <p class="muted">{words} {archived} {sample}</p> }
}
