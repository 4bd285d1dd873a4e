//! Every project that someone sees, with its integrations.

use crate::components::card::Card;
use crate::components::page::PageHeader;
use crate::fns::projects::view_projects;
use crate::loaded::Loaded;
use crate::pages::home::FirstSteps;
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use towpath_domain::projects::{ProjectLine, ProjectsView};

#[component]
pub fn ProjectsPage() -> impl IntoView {
    let projects = Resource::new(|| (), |()| view_projects());
    view! {
        <main id="main" class="page">
            <Loaded resource=projects let:view>
                <Projects view=view />
            </Loaded>
        </main>
    }
}

#[component]
fn Projects(view: ProjectsView) -> impl IntoView {
    let own = view.projects.iter().any(|line| !line.project.is_global());
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
        {(!own).then(|| view! { <FirstSteps may_create=view.may_create /> })}
        <div class="cards">{view.projects.into_iter().map(|line| view! { <Project line=line /> }).collect_view()}</div>
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
