//! The form for a new workflow.

use super::drawing::Drawing;
use super::rows::Rows;
use super::sketch::Sketch;
use super::{KindChoice, first_kind};
use crate::AppError;
use crate::components::button::{ButtonKind, LinkButton, SubmitButton};
use crate::components::choice::{Checkbox, Fieldset};
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::fns::workflows::CreateWorkflow;
use crate::loaded::{ErrorPage, Loaded};
use crate::pages::forms::{Draft, NameFields, free, input_name, typed};
use crate::pages::projects::use_project;
use crate::paths;
use leptos::either::Either;
use leptos::html;
use leptos::prelude::*;
use leptos_meta::Title;
use towpath_domain::projects::ProjectView;
use towpath_domain::slugs::Slug;
use towpath_domain::workflows::WorkflowForm;

#[component]
pub fn NewWorkflowPage() -> impl IntoView {
    let project = use_project();
    view! {
        <main id="main" class="page">
            <Loaded resource=project let:view>
                {match view.may_configure.clone() {
                    Ok(()) => Either::Left(view! { <NewWorkflow view=view /> }),
                    Err(why) => Either::Right(view! { <ErrorPage error=AppError::Forbidden(why) /> }),
                }}
            </Loaded>
        </main>
    }
}

#[component]
fn NewWorkflow(view: ProjectView) -> impl IntoView {
    let action = ServerAction::<CreateWorkflow>::new();
    let draft = Draft::of(action);
    let form = NodeRef::<html::Form>::new();
    let project = view.project.slug.clone();
    let back = paths::project(&project);
    let kind = draft.value_or("kind", first_kind(&view).name());
    let forget = Callback::new(move |()| action.clear());
    let sketch = Sketch::new(&view, form, (kind.clone(), None), read, forget);
    let taken = view.workflows.iter().map(|workflow| workflow.name.slug.clone());
    let global = view.project.is_global();
    let default = draft.ticked("is_default", "on", !has_default(&view));
    let (kind_mistake, stages_mistake) = (draft.mistake("kind"), draft.mistake("stages"));
    let validate = free(Slug::parse_new, taken, "There is a workflow of this name in the project already.");
    view! {
        <Title text=format!("New workflow in {project}") />
        <Breadcrumbs trail=Crumb::of_project(&project, [Crumb::here("New workflow")]) />
        <PageHeader title="New workflow" lead="The stages that a build passes, one after the other, and who lets it in." />
        <ActionForm
            action=action
            node_ref=form
            attr:class="form form--drawn"
            attr:novalidate=""
            on:change=move |_| sketch.look()
            on:input=move |_| sketch.look()
        >
            <ErrorSummary errors=draft.errors() />
            <input type="hidden" name="project" value=project.to_string() />
            <NameFields draft=draft.clone() validate=validate />
            <Fieldset name="kind" legend="Type" error=kind_mistake live=sketch.mistake("kind") tiles=true>
                <KindChoice global=global chosen=kind />
            </Fieldset>
            <Fieldset
                name="stages"
                legend="Stages"
                hint="In the order in which builds pass them. Rows without a bucket are left out."
                error=stages_mistake
                live=sketch.mistake("stages")
            >
                <Drawing sketch=sketch />
                <Rows view=view draft=draft sketch=sketch />
            </Fieldset>
            <Checkbox
                name=input_name("is_default")
                label="Default of the project"
                hint="Integrations of its type that follow the default take this way."
                checked=default
            />
            <div class="form__actions">
                <SubmitButton kind=ButtonKind::Primary pending=action.pending()>
                    "Create workflow"
                </SubmitButton>
                <LinkButton href=back>"Cancel"</LinkButton>
            </div>
        </ActionForm>
    }
}

fn read(node: NodeRef<html::Form>) -> Option<WorkflowForm> {
    typed(node).map(|CreateWorkflow { form, .. }| form)
}

fn has_default(view: &ProjectView) -> bool {
    let kind = first_kind(view);
    view.workflows.iter().any(|workflow| workflow.is_default && workflow.name.kind == kind)
}
