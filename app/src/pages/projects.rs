//! Projects: the list of them, a project's page, and the form for a new one.

mod list;
mod new;
mod overview;
mod steps;

pub use list::ProjectsPage;
pub use new::NewProjectPage;
pub use steps::NextStep;

use crate::fns::projects::view_project;
use crate::loaded::Loaded;
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
    let project = use_project();
    view! {
        <main id="main" class="page">
            <Loaded resource=project let:view>
                <Overview view=view />
            </Loaded>
        </main>
    }
}
