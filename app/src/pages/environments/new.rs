//! The form for a new environment.

use crate::AppError;
use crate::components::button::{ButtonKind, LinkButton, SubmitButton};
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::select::{Select, SelectOption};
use crate::fns::environments::CreateEnvironment;
use crate::loaded::{ErrorPage, Loaded};
use crate::pages::forms::{Draft, NameFields, free};
use crate::pages::projects::use_project;
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use towpath_domain::projects::ProjectView;
use towpath_domain::slugs::Slug;
use towpath_domain::streams::Stream;

#[component]
pub fn NewEnvironmentPage() -> impl IntoView {
    let project = use_project();
    view! {
        <main id="main" class="page page--narrow">
            <Loaded resource=project let:view>
                {match refusal(&view) {
                    None => Either::Left(view! { <NewEnvironment view=view /> }),
                    Some(error) => Either::Right(view! { <ErrorPage error=error /> }),
                }}
            </Loaded>
        </main>
    }
}

fn refusal(view: &ProjectView) -> Option<AppError> {
    const GLOBAL: &str =
        "The global project has release streams only, since environments belong to one project.";
    if view.project.is_global() {
        return Some(AppError::Conflict(GLOBAL.to_owned()));
    }
    view.may_configure.clone().err().map(AppError::Forbidden)
}

#[component]
fn NewEnvironment(view: ProjectView) -> impl IntoView {
    let action = ServerAction::<CreateEnvironment>::new();
    let draft = Draft::of(action);
    let project = view.project.slug;
    let back = paths::project(&project);
    let taken = view.environments.into_iter().map(|environment| environment.slug);
    let validate =
        free(Slug::parse_new, taken, "There is an environment of this name in the project already.");
    view! {
        <Title text=format!("New environment in {project}") />
        <Breadcrumbs trail=Crumb::of_project(&project, [Crumb::here("New environment")]) />
        <PageHeader title="New environment" lead="One place where this product runs, such as qa or prod." />
        <ActionForm action=action attr:class="form" attr:novalidate="">
            <ErrorSummary errors=draft.errors() />
            <input type="hidden" name="project" value=project.to_string() />
            <NameFields draft=draft.clone() validate=validate />
            <Select
                name=draft.field("stream")
                label="Release stream"
                hint="The class of environments that it belongs to. Into production streams, builds are promoted, not pushed."
                options=stream_options(&view.streams)
                required=true
            />
            <div class="form__actions">
                <SubmitButton kind=ButtonKind::Primary pending=action.pending()>
                    "Create environment"
                </SubmitButton>
                <LinkButton href=back>"Cancel"</LinkButton>
            </div>
        </ActionForm>
    }
}

fn stream_options(streams: &[Stream]) -> Vec<SelectOption> {
    let option = |stream: &Stream| {
        let production = if stream.production { " (production)" } else { "" };
        SelectOption::new(stream.slug.to_string(), format!("{}{production}", stream.title))
    };
    let choose = SelectOption::new("", "Choose a stream");
    std::iter::once(choose).chain(streams.iter().map(option)).collect()
}
