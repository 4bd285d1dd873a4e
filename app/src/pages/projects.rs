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
use leptos_router::hooks::use_params_map;
use overview::Overview;
use towpath_domain::projects::ProjectView;

use crate::AppError;

/// The project that the address names.
pub fn use_project() -> Resource<Result<ProjectView, AppError>> {
    let params = use_params_map();
    let slug = move || params.with(|params| params.get("project")).unwrap_or_default();
    Resource::new(slug, view_project)
}

#[component]
pub fn ProjectPage() -> impl IntoView {
    let params = use_params_map();
    let slug = move || params.with(|params| params.get("project")).unwrap_or_default();
    let (restore, load_sample) = (ServerAction::<RestoreProject>::new(), ServerAction::<LoadSample>::new());
    let (restored, loaded) = (successes(restore), successes(load_sample));
    let project =
        Resource::new(move || (slug(), restored.get(), loaded.get()), |(slug, ..)| view_project(slug));
    view! {
        <main id="main" class="page">
            <Loaded resource=project let:view>
                <Overview view=view restore=restore load_sample=load_sample />
            </Loaded>
        </main>
    }
}
