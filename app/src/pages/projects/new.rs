//! The form for a new project.

use crate::AppError;
use crate::components::button::{ButtonKind, LinkButton, SubmitButton};
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::fns::projects::{CreateProject, view_projects};
use crate::loaded::{ErrorPage, Loaded};
use crate::pages::forms::{Draft, NameFields, free};
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use towpath_domain::projects::{Listed, ProjectsView};
use towpath_domain::slugs::Slug;

#[component]
pub fn NewProjectPage() -> impl IntoView {
    let projects = Resource::new(|| (), |()| view_projects(Listed::InUse, None));
    view! {
        <main id="main" class="page page--narrow">
            <Loaded resource=projects let:projects>
                {match projects.may_create.clone() {
                    Ok(()) => Either::Left(view! { <NewProject projects=projects /> }),
                    Err(why) => Either::Right(view! { <ErrorPage error=AppError::Forbidden(why) /> }),
                }}
            </Loaded>
        </main>
    }
}

#[component]
fn NewProject(projects: ProjectsView) -> impl IntoView {
    let action = ServerAction::<CreateProject>::new();
    let draft = Draft::of(action);
    let taken = projects.projects.into_iter().map(|line| line.project.slug);
    let validate = free(Slug::parse_new, taken, "There is a project of this name already.");
    view! {
        <Title text="New project" />
        <Breadcrumbs trail=vec![Crumb::new("Projects", paths::PROJECTS), Crumb::here("New project")] />
        <PageHeader
            title="New project"
            lead="One software product with its environments, its workflow and an integration for each service."
        />
        <ActionForm action=action attr:class="form" attr:novalidate="">
            <ErrorSummary errors=draft.errors() />
            <NameFields draft=draft validate=validate />
            <div class="form__actions">
                <SubmitButton kind=ButtonKind::Primary pending=action.pending()>
                    "Create project"
                </SubmitButton>
                <LinkButton href=paths::PROJECTS>"Cancel"</LinkButton>
            </div>
        </ActionForm>
    }
}
