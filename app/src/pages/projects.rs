//! Projects: the list of them, a project's page, the form for a new one, and archiving one.

mod archive;
mod list;
mod new;
mod overview;
mod sample;
mod steps;

pub use archive::ArchivePage;
pub use list::ProjectsPage;
pub use new::NewProjectPage;
pub use sample::SampleButton;
pub use steps::NextStep;

use crate::fns::projects::{LoadSample, RestoreProject, view_project};
use crate::loaded::Loaded;
use crate::pages::forms::successes;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use overview::Overview;
use towpath_domain::projects::{Part, ProjectView};
use towpath_domain::slugs::Slug;

use crate::AppError;

/// The project that the address names.
pub fn use_project() -> Resource<Result<ProjectView, AppError>> {
    let params = use_params_map();
    let slug = move || params.with(|params| params.get("project")).unwrap_or_default();
    Resource::new(slug, |slug| view_project(slug, Part::default()))
}

/// The page of its integrations and services that the address names.
fn use_part() -> Memo<Part> {
    let query = use_query_map();
    let slug = move |name: &str| {
        let named = query.with(|query| query.get(name))?;
        Slug::parse(&named).ok()
    };
    Memo::new(move |_| Part { integrations: slug("integrations"), services: slug("services") })
}

#[component]
pub fn ProjectPage() -> impl IntoView {
    let params = use_params_map();
    let slug = move || params.with(|params| params.get("project")).unwrap_or_default();
    let (restore, load_sample) = (ServerAction::<RestoreProject>::new(), ServerAction::<LoadSample>::new());
    let (restored, loaded) = (successes(restore), successes(load_sample));
    let part = use_part();
    let project = Resource::new(
        move || (slug(), part.get(), restored.get(), loaded.get()),
        |(slug, part, ..)| async move { Ok((view_project(slug, part.clone()).await?, part)) },
    );
    view! {
        <main id="main" class="page">
            <Loaded resource=project let:shown>
                <Overview view=shown.0 part=shown.1 restore=restore load_sample=load_sample />
            </Loaded>
        </main>
    }
}
