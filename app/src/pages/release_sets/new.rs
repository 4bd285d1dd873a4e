//! Comparing two stages, or a stage with itself at a time, and making a set of what differs.

use super::parts::Parts;
use super::{heading, trail};
use crate::components::button::{ButtonKind, LinkButton, SubmitButton};
use crate::components::card::Card;
use crate::components::choice::Checkbox;
use crate::components::disclosure::Disclosure;
use crate::components::field::{TextArea, TextField, Validate};
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::select::{Select, SelectOption};
use crate::echo::told;
use crate::fns::release_sets::{MakeReleaseSet, view_new_release_set};
use crate::loaded::Loaded;
use crate::pages::forms::{Draft, input_name};
use crate::pages::promote::check_reason;
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use towpath_domain::forms::FieldError;
use towpath_domain::release_sets::{Comparison, Course, CourseForm, Likeness, NewSetView};
use towpath_domain::slugs::Slug;
use towpath_domain::words::{Reason, Title as Words};

#[component]
pub fn NewReleaseSetPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let action = ServerAction::<MakeReleaseSet>::new();
    let project = move || params.with(|params| params.get("project")).unwrap_or_default();
    let value = move |name: &str| query.with(|query| query.get(name)).unwrap_or_default();
    let asks = move || query.with(|query| query.get("to").is_some());
    let course = move || asks().then(|| CourseForm { from: value("from"), to: value("to"), at: value("at") });
    let others = move || query.with(|query| query.get_all("projects")).unwrap_or_default();
    let found = Resource::new(
        move || (project(), course(), others()),
        |(project, course, others)| async move {
            let (view, mistakes) = view_new_release_set(project, course.clone(), others.clone()).await?;
            Ok((view, mistakes, course.unwrap_or_default(), others))
        },
    );
    view! {
        <main id="main" class="page">
            <Loaded resource=found let:found>
                <New view=found.0 mistakes=found.1 asked=found.2 chosen=found.3 action=action />
            </Loaded>
        </main>
    }
}

#[component]
fn New(
    view: NewSetView,
    mistakes: Vec<FieldError>,
    asked: CourseForm,
    /// The other projects that take part.
    chosen: Vec<String>,
    action: ServerAction<MakeReleaseSet>,
) -> impl IntoView {
    let NewSetView { project, buckets, others, comparison, .. } = view;
    let content = comparison.map(|(course, comparison)| {
        let (course_form, chosen) = (asked.clone(), chosen.clone());
        view! {
            <Outcome project=project.clone() course=course asked=course_form chosen=chosen comparison=comparison action=action />
        }
    });
    let crumbs = vec![Crumb::new("Release sets", paths::release_sets(&project, None)), Crumb::here("New")];
    view! {
        <Title text=format!("New release set of {project}") />
        <Breadcrumbs trail=trail(&project, crumbs) />
        <PageHeader
            title="Compare two stages"
            lead="Across all services: what one stage has, and another has not. What differs can go as one act."
        />
        <Question project=project buckets=buckets others=others chosen=chosen asked=asked mistakes=mistakes />
        {content}
    }
}

/// What is to be compared.
#[component]
fn Question(
    project: Slug,
    buckets: Vec<Slug>,
    others: Vec<Slug>,
    chosen: Vec<String>,
    asked: CourseForm,
    mistakes: Vec<FieldError>,
) -> impl IntoView {
    let mistake = |field: &str| told(&mistakes, field);
    let option = |slug: &Slug| SelectOption::new(slug.to_string(), slug.to_string());
    let choose = SelectOption::new("", "Choose a bucket");
    let all: Vec<SelectOption> = std::iter::once(choose).chain(buckets.iter().map(option)).collect();
    let projects = others
        .iter()
        .map(|other| {
            let name = other.to_string();
            let ticked = chosen.contains(&name);
            view! { <Checkbox name="projects" label=name.clone() value=name checked=ticked /> }
        })
        .collect_view();
    let other_mistake = mistake("projects").get_untracked();
    let mixes = !chosen.is_empty() || other_mistake.is_some();
    let (wrong_from, wrong_to, wrong_at) = (mistake("from"), mistake("to"), mistake("at"));
    let back_in_time = !asked.at.is_empty() || wrong_at.get_untracked().is_some();
    view! {
        // The browser's own, so that the same question can be asked again.
        <form method="get" action=paths::new_release_set(&project) class="form">
            <div class="form__row">
                <Select name="from" label="From" options=all.clone() value=asked.from.clone() error=wrong_from />
                <Select name="to" label="To" options=all value=asked.to.clone() error=wrong_to />
            </div>
            <Disclosure summary="Instead, return a stage to how it was" open=back_in_time>
                <TextField
                    name="at"
                    label="Moment"
                    hint="Leave “From” empty. With its offset, such as 2026-01-31T09:30:00Z."
                    value=asked.at
                    mono=true
                    error=wrong_at
                />
            </Disclosure>
            {(!others.is_empty())
                .then(|| {
                    view! {
                        <Disclosure summary="Also of other projects" open=mixes>
                            {other_mistake.map(|words| view! { <p class="parts__mistake">{words}</p> })}
                            <div class="fieldset__choices">{projects}</div>
                        </Disclosure>
                    }
                })}
            <div class="form__actions">
                <SubmitButton>"Compare"</SubmitButton>
            </div>
        </form>
    }
}

/// What the comparison shows, and the form that makes a set of it.
#[component]
fn Outcome(
    project: Slug,
    course: Course,
    asked: CourseForm,
    chosen: Vec<String>,
    comparison: Comparison,
    action: ServerAction<MakeReleaseSet>,
) -> impl IntoView {
    let draft = Draft::of(action);
    let any = comparison.parts.iter().any(|part| part.prospect.can());
    let asks_for = asked_forms(&comparison);
    let empty = comparison.parts.is_empty();
    let words = if comparison.parts.iter().all(|part| part.likeness() == Likeness::Same) {
        "All services have the same build in both."
    } else {
        "Nothing here can go. What keeps each back stands beside it."
    };
    let hidden = |name: &str, value: String| {
        let name = input_name(name);
        view! { <input type="hidden" name=name value=value /> }
    };
    let title = heading(&course);
    let suggestion = match &course {
        Course::Restore { bucket, at } => format!("{bucket} as of {}", at.day()),
        Course::Promote { .. } | Course::TakeBack { .. } => String::new(),
    };
    let content = if empty {
        Either::Left(view! {
            <p class="muted">
                "No service here has a build to move. Buckets of this name are empty, or no integration has them."
            </p>
        })
    } else {
        Either::Right(view! {
            <ActionForm action=action attr:class="form" attr:novalidate="">
                <ErrorSummary errors=draft.errors() />
                {hidden("project", project.to_string())}
                {hidden("from", asked.from)}
                {hidden("to", asked.to)}
                {hidden("at", asked.at)}
                {chosen.into_iter().map(|other| hidden("projects[]", other)).collect_view()}
                <Parts comparison=comparison draft=draft.clone() />
                {if any {
                    view! { <Naming draft=draft suggestion=suggestion asks_for=asks_for course=course action=action /> }.into_any()
                } else {
                    view! { <p class="muted">{words}</p> }.into_any()
                }}
            </ActionForm>
        })
    };
    view! { <Card title=title>{content}</Card> }
}

/// The name of the set, and why it goes.
#[component]
fn Naming(
    draft: Draft,
    suggestion: String,
    asks_for: Option<String>,
    course: Course,
    action: ServerAction<MakeReleaseSet>,
) -> impl IntoView {
    let (go, kind) = match &course {
        Course::Promote { to, .. } => (format!("Promote to {to}"), ButtonKind::Primary),
        Course::TakeBack { bucket } | Course::Restore { bucket, .. } => {
            (format!("Roll {bucket} back"), ButtonKind::Danger)
        }
    };
    view! {
        <TextField
            name=draft.field("title")
            label="Name of the set"
            hint="Such as “Spring release”. It keeps these builds, and can be carried on."
            value=draft.value_or("title", &suggestion)
            required=true
            validate=Validate::by(Words::parse)
        />
        <ReasonFields draft=draft asks_for=asks_for />
        <div class="form__actions">
            <SubmitButton kind=kind pending=action.pending()>
                {go}
            </SubmitButton>
        </div>
    }
}

/// The forms of the references that stages ask for, in words.
pub fn asked_forms(comparison: &Comparison) -> Option<String> {
    let mut forms: Vec<&str> = comparison.parts.iter().filter_map(|part| part.asks_for.as_deref()).collect();
    forms.sort_unstable();
    forms.dedup();
    match forms.as_slice() {
        [] => None,
        [one] => Some(format!("Such as a change ticket, of the form {one}.")),
        several => Some(format!(
            "The stages ask for different forms: {}. Move those that ask for one form at a time.",
            several.join(", ")
        )),
    }
}

/// Why, and what it refers to where a stage asks for that.
#[component]
pub fn ReasonFields(draft: Draft, asks_for: Option<String>) -> impl IntoView {
    let reference = asks_for.map(|hint| {
        view! {
            <TextField
                name=draft.field("reference")
                label="Reference"
                hint=hint
                required=true
                mono=true
            />
        }
    });
    view! {
        {reference}
        <TextArea
            name=draft.field("reason")
            label="Reason"
            hint="Stands in the audit timeline for good."
            max=Reason::LONGEST
            required=true
            validate=check_reason
        />
    }
}

/// The way back to a set.
#[component]
pub fn Cancel(project: Slug, number: i64) -> impl IntoView {
    view! { <LinkButton href=paths::release_set(&project, number)>"Cancel"</LinkButton> }
}
