//! The form for a new CI rule.

use super::fields::Fields;
use super::trial::Tester;
use crate::AppError;
use crate::components::button::{ButtonKind, LinkButton, SubmitButton};
use crate::components::choice::Fieldset;
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::fns::rules::CreateRule;
use crate::loaded::{ErrorPage, Loaded};
use crate::pages::forms::{Draft, NameFields, free, scripted, typed};
use crate::pages::projects::use_project;
use crate::pages::workflows::{KindChoice, first_kind};
use crate::paths;
use leptos::either::Either;
use leptos::html;
use leptos::prelude::*;
use leptos_meta::Title;
use towpath_domain::buckets::BucketKind;
use towpath_domain::projects::ProjectView;
use towpath_domain::rules::RuleForm;
use towpath_domain::slugs::Slug;

#[component]
pub fn NewRulePage() -> impl IntoView {
    let project = use_project();
    view! {
        <main id="main" class="page page--narrow">
            <Loaded resource=project let:view>
                {match view.may_configure.clone() {
                    Ok(()) => Either::Left(view! { <NewRule view=view /> }),
                    Err(why) => Either::Right(view! { <ErrorPage error=AppError::Forbidden(why) /> }),
                }}
            </Loaded>
        </main>
    }
}

#[component]
fn NewRule(view: ProjectView) -> impl IntoView {
    let action = ServerAction::<CreateRule>::new();
    let draft = Draft::of(action);
    let form = NodeRef::<html::Form>::new();
    let project = view.project.slug.clone();
    let back = paths::project(&project);
    let first = draft.value_or("kind", first_kind(&view).name());
    let (chosen, scripted) = (RwSignal::new(BucketKind::parse(&first)), scripted());
    let kind = Signal::derive(move || chosen.get().filter(|_| scripted.get()));
    let look = move |_| {
        if let Some(form) = read(form) {
            chosen.set(BucketKind::parse(&form.kind));
        }
    };
    let taken = view.rules.iter().map(|rule| rule.name.slug.clone());
    let (global, slots, tried) = (view.project.is_global(), view.slots(), project.clone());
    let validate = free(Slug::parse_new, taken, "There is a CI rule of this name in the project already.");
    view! {
        <Title text=format!("New CI rule in {project}") />
        <Breadcrumbs trail=Crumb::of_project(&project, [Crumb::here("New CI rule")]) />
        <PageHeader title="New CI rule" lead="Leads what is pushed without a bucket's name to one, by what the build says of itself." />
        <ActionForm action=action node_ref=form attr:class="form" attr:novalidate="" on:change=look>
            <ErrorSummary errors=draft.errors() />
            <input type="hidden" name="project" value=project.to_string() />
            <NameFields draft=draft.clone() validate=validate />
            <Fieldset name="kind" legend="Type" error=draft.mistake("kind") tiles=true>
                <KindChoice global=global chosen=first />
            </Fieldset>
            <Fields draft=draft slots=slots kind=kind />
            <div class="form__actions">
                <SubmitButton kind=ButtonKind::Primary pending=action.pending()>
                    "Create rule"
                </SubmitButton>
                <LinkButton href=back>"Cancel"</LinkButton>
            </div>
        </ActionForm>
        <Tester project=tried saved=None read=Callback::new(move |()| read(form)) />
    }
}

fn read(node: NodeRef<html::Form>) -> Option<RuleForm> {
    typed(node).map(|CreateRule { form, .. }| form)
}
