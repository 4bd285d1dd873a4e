//! Promotion workflows: the form for a new one, the page of one, and how its stages are drawn in a line.

mod arranging;
mod change;
mod drawing;
mod line;
mod new;
mod rows;
mod sketch;

pub use change::WorkflowPage;
pub use line::StageLine;
pub use new::NewWorkflowPage;

use super::forms::input_name;
use crate::components::choice::Radio;
use leptos::prelude::*;
use towpath_domain::buckets::BucketKind;
use towpath_domain::projects::ProjectView;

/// The types that a workflow or an integration of a project can have; stands in a fieldset `kind`.
#[component]
pub fn KindChoice(
    /// Environments belong to one project, so what is global has streams only.
    global: bool,
    /// The name of the type that is chosen at first.
    chosen: String,
) -> impl IntoView {
    let kinds = BucketKind::ALL.into_iter().filter(move |kind| !global || *kind == BucketKind::ReleaseStream);
    kinds
        .map(|kind| {
            let (label, hint) = match kind {
                BucketKind::Environment => {
                    ("Environment", "One bucket for each environment of this project.")
                }
                BucketKind::ReleaseStream => {
                    ("Release stream", "One bucket for each stream, such as qa or production.")
                }
            };
            view! {
                <Radio
                    name=input_name("kind")
                    value=kind.name()
                    label=label
                    hint=hint
                    checked=chosen == kind.name()
                />
            }
        })
        .collect_view()
}

/// The type that a form starts with: environments, where there are any.
pub const fn first_kind(view: &ProjectView) -> BucketKind {
    if view.environments.is_empty() { BucketKind::ReleaseStream } else { BucketKind::Environment }
}
