//! What a project needs before a build can arrive, one step after the other.

use crate::components::button::ButtonKind;
use crate::components::empty::EmptyState;
use crate::paths;
use leptos::prelude::*;
use towpath_domain::projects::ProjectView;

/// The next step, as long as the project has no integration.
#[component]
pub fn NextStep(view: ProjectView) -> impl IntoView {
    let may = view.may_configure.is_ok();
    let step = Step::next(&view).filter(|_| view.project.archived_at.is_none());
    step.map(|step| {
        let (title, words, button) = step.words();
        let href = match step {
            Step::Environments => paths::new_environment(&view.project.slug),
            Step::Workflow => paths::new_workflow(&view.project.slug),
            Step::Integration => paths::new_integration(&view.project.slug),
        };
        view! {
            <EmptyState title=title>
                <p>{words}</p>
                {may
                    .then(|| {
                        view! {
                            <a class=ButtonKind::Primary.class(false) href=href>
                                {button}
                            </a>
                        }
                    })}
            </EmptyState>
        }
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Environments,
    Workflow,
    Integration,
}

impl Step {
    fn next(view: &ProjectView) -> Option<Self> {
        if !view.integrations.is_empty() {
            None
        } else if view.environments.is_empty() && !view.project.is_global() {
            Some(Self::Environments)
        } else if view.workflows.is_empty() {
            Some(Self::Workflow)
        } else {
            Some(Self::Integration)
        }
    }

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Environments => (
                "First, the environments",
                "Add the places where this product runs, such as qa, staging and prod.",
                "Add an environment",
            ),
            Self::Workflow => (
                "Next, the workflow",
                "Say in which order builds pass, and who approves what.",
                "Add a workflow",
            ),
            Self::Integration => (
                "Last, an integration",
                "Add one for each service: CI pushes its builds there, and its board shows where they are.",
                "Add an integration",
            ),
        }
    }
}
