//! The first page: the projects, and on an empty installation what to do first.

use crate::components::card::Card;
use crate::components::empty::EmptyState;
use crate::components::page::PageHeader;
use crate::fns::projects::view_home;
use crate::loaded::Loaded;
use crate::pages::projects::{ArchivedLink, SampleButton};
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use towpath_domain::projects::{Home, ProjectLine};

#[component]
pub fn HomePage() -> impl IntoView {
    let home = Resource::new(|| (), |()| view_home());
    view! {
        <main id="main" class="page">
            <Loaded resource=home let:home>
                <Projects home=home />
            </Loaded>
        </main>
    }
}

#[component]
fn Projects(home: Home) -> impl IntoView {
    let own = home.projects.iter().any(|line| !line.project.is_global());
    let may_create = home.may_create.is_ok();
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
        {(!own).then(|| view! { <FirstSteps may_create=home.may_create /> })}
        <div class="cards">{home.projects.into_iter().map(|line| view! { <Project line=line /> }).collect_view()}</div>
        <ArchivedLink />
    }
}

#[component]
pub fn FirstSteps(may_create: Result<(), String>) -> impl IntoView {
    view! {
        <EmptyState title="Nothing here yet">
            <p>
                "A project holds the environments of one product, the workflow that its builds follow, and an integration for each service."
            </p>
            {match may_create {
                Ok(()) => {
                    view! {
                        <a class="button button--primary" href=paths::NEW_PROJECT>
                            "Create the first project"
                        </a>
                        <SampleButton />
                    }
                        .into_any()
                }
                Err(why) => view! { <p class="muted">{why}</p> }.into_any(),
            }}
        </EmptyState>
    }
}

#[component]
fn Project(line: ProjectLine) -> impl IntoView {
    let ProjectLine { project, integrations } = line;
    let about = if project.is_global() { "What all projects share" } else { "Integrations" };
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
        <Card title=project.title.to_string()>
            <p class="muted">{about}</p>
            <ul class="rows">{items}</ul>
            {none.then(|| view! { <p class="muted">"No integration yet."</p> })}
            <a class="button button--small" href=href>
                {format!("Open {}", project.slug)}
            </a>
        </Card>
    }
}
