//! What a project needs before a build can arrive, one step after the other.

use crate::components::button::ButtonKind;
use crate::components::empty::EmptyState;
use crate::paths;
use leptos::prelude::*;
use towpath_domain::projects::Step;
use towpath_domain::slugs::Slug;

/// What the project needs next, with the way there for who may do it.
#[component]
pub fn NextStep(project: Slug, step: Step, may_configure: bool) -> impl IntoView {
    let (title, words, button) = words(step);
    let href = match step {
        Step::Environments => paths::new_environment(&project),
        Step::Workflow => paths::new_workflow(&project),
        Step::Integration => paths::new_integration(&project),
    };
    view! {
        <EmptyState title=title>
            <p>{words}</p>
            {may_configure
                .then(|| {
                    view! {
                        <a class=ButtonKind::Primary.class(false) href=href>
                            {button}
                        </a>
                    }
                })}
        </EmptyState>
    }
}

const fn words(step: Step) -> (&'static str, &'static str, &'static str) {
    match step {
        Step::Environments => (
            "First, the environments",
            "Add the places where this product runs, such as qa, staging and prod.",
            "Add an environment",
        ),
        Step::Workflow => {
            ("Next, the workflow", "Say in which order builds pass, and who approves what.", "Add a workflow")
        }
        Step::Integration => (
            "Last, an integration",
            "Add one for each service: CI pushes its builds there, and its board shows where they are.",
            "Add an integration",
        ),
    }
}
