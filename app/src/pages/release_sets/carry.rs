//! Carrying a set on, or taking it back: what that would do, asked before it is done.

use super::new::{Cancel, ReasonFields, asked_forms};
use super::parts::Parts;
use super::{heading, trail};
use crate::AppError;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::fns::release_sets::{CarryReleaseSet, view_course};
use crate::loaded::Loaded;
use crate::pages::forms::{Draft, input_name};
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use towpath_domain::release_sets::{Course, CourseView};

#[component]
pub fn CarryPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let action = ServerAction::<CarryReleaseSet>::new();
    let param = move |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
    let value = move |name: &str| query.with(|query| query.get(name)).unwrap_or_default();
    let view = Resource::new(
        move || (param("project"), param("number"), value("from"), value("to")),
        |(project, number, from, to)| async move {
            match number.parse() {
                Ok(number) => view_course(project, number, from, to).await,
                Err(_) => Err(AppError::NotFound(format!("The release set “{number}” was not found"))),
            }
        },
    );
    view! {
        <main id="main" class="page">
            <Loaded resource=view let:view>
                <Carry view=view action=action />
            </Loaded>
        </main>
    }
}

#[component]
fn Carry(view: CourseView, action: ServerAction<CarryReleaseSet>) -> impl IntoView {
    let CourseView { project, number, title, course, comparison, .. } = view;
    let draft = Draft::of(action);
    let any = comparison.parts.iter().any(|part| part.prospect.can());
    let asks_for = asked_forms(&comparison);
    let (from, to, kind, go) = match &course {
        Course::Promote { from, to } => {
            (from.to_string(), to, ButtonKind::Primary, format!("Promote to {to}"))
        }
        Course::TakeBack { bucket } | Course::Restore { bucket, .. } => {
            (String::new(), bucket, ButtonKind::Danger, format!("Roll {bucket} back"))
        }
    };
    let to = to.to_string();
    let hidden = |name: &str, value: String| {
        let name = input_name(name);
        view! { <input type="hidden" name=name value=value /> }
    };
    let words = heading(&course);
    let crumbs = vec![
        Crumb::new("Release sets", paths::release_sets(&project, None)),
        Crumb::new(title.to_string(), paths::release_set(&project, number)),
        Crumb::here(words.clone()),
    ];
    let lead = match &course {
        Course::Promote { .. } => format!("With the builds that “{title}” has, whatever came after them."),
        Course::TakeBack { .. } | Course::Restore { .. } => {
            format!(
                "Each service goes back to what was there before “{title}”, unless something else came since."
            )
        }
    };
    view! {
        <Title text=format!("{words}: {title}") />
        <Breadcrumbs trail=trail(&project, crumbs) />
        <PageHeader title=words lead=lead />
        <ActionForm action=action attr:class="form" attr:novalidate="">
            <ErrorSummary errors=draft.errors() />
            {hidden("project", project.to_string())}
            {hidden("number", number.to_string())}
            {hidden("from", from)}
            {hidden("to", to)}
            <Parts comparison=comparison draft=draft.clone() />
            {any.then(|| view! { <ReasonFields draft=draft asks_for=asks_for /> })}
            <div class="form__actions">
                {any
                    .then(|| {
                        view! {
                            <SubmitButton kind=kind pending=action.pending()>
                                {go}
                            </SubmitButton>
                        }
                    })}
                <Cancel project=project number=number />
            </div>
        </ActionForm>
    }
}
