//! What was pushed to an integration without a bucket and led nowhere, and which rule leads the others.

use crate::components::button::{ButtonKind, LinkButton, SubmitButton};
use crate::components::card::Card;
use crate::components::digest::DigestView;
use crate::components::disclosure::Disclosure;
use crate::components::empty::EmptyState;
use crate::components::field::TextField;
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::pager::Pager;
use crate::components::select::{Select, SelectOption};
use crate::components::time::TimeView;
use crate::echo::{Echo, errors, mistake};
use crate::fns::rules::{AssignBuild, ChooseRule, view_unclassified};
use crate::live::use_changes;
use crate::loaded::Loaded;
use crate::pages::forms::{announce, successes};
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use towpath_domain::buckets::Slot;
use towpath_domain::forms::FieldError;
use towpath_domain::ids::BuildId;
use towpath_domain::integrations::{FOLLOW_DEFAULT, FOLLOW_NONE};
use towpath_domain::rules::{UnclassifiedBuild, UnclassifiedView};
use towpath_domain::times::Time;

#[component]
pub fn UnclassifiedPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let param = move |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
    let before =
        move || query.with(|query| query.get("before")).and_then(|before| before.parse::<BuildId>().ok());
    let (choose, assign) = (ServerAction::<ChooseRule>::new(), ServerAction::<AssignBuild>::new());
    let (chosen, assigned) = (successes(choose), successes(assign));
    announce(choose, "Rule chosen.");
    announce(assign, "Build assigned.");
    let changes = use_changes(|notice| {
        ["build_received", "build_routed", "build_assigned", "build_placed"].contains(&notice.kind.as_str())
    });
    let found = Resource::new(
        move || {
            (param("project"), param("integration"), before(), chosen.get(), assigned.get(), changes.get())
        },
        |(project, integration, before, ..)| async move {
            let view = view_unclassified(project, integration, before).await?;
            Ok((view, before.is_none()))
        },
    );
    view! {
        <main id="main" class="page">
            <Loaded resource=found let:found>
                <Page view=found.0 first=found.1 choose=choose assign=assign />
            </Loaded>
        </main>
    }
}

#[component]
fn Page(
    view: UnclassifiedView,
    /// Whether this is the first page.
    first: bool,
    choose: ServerAction<ChooseRule>,
    assign: ServerAction<AssignBuild>,
) -> impl IntoView {
    let (project, integration) = (view.project.slug.clone(), view.integration.slug.clone());
    let trail = Crumb::of_integration(&project, &integration, [Crumb::here("Unclassified")]);
    let failed = errors(move || assign.value().get());
    let typed = Echo::of("/fn/assign_build");
    let newest = (!first).then(|| paths::unclassified(&project, &integration, None));
    let older = view.older.map(|before| paths::unclassified(&project, &integration, Some(before)));
    let none = view.builds.is_empty();
    let (slots, now) = (view.may_assign.clone(), view.now);
    let at = (project.to_string(), integration.to_string());
    let line = move |one: UnclassifiedBuild| {
        view! {
            <Line
                one=one
                at=at.clone()
                slots=slots.clone()
                now=now
                assign=assign
                failed=failed
                typed=typed.clone()
            />
        }
    };
    let lines = view.builds.clone().into_iter().map(line).collect_view();
    view! {
        <Title text=format!("Unclassified in {project}/{integration}") />
        <Breadcrumbs trail=trail />
        <PageHeader
            title="Unclassified"
            lead="Pushed to the integration without a bucket's name, and led to none by its rule."
        />
        <ErrorSummary errors=failed />
        <div class="columns">
            <div class="stack">
                {if none {
                    Either::Left(
                        view! {
                            <EmptyState title="No build is unclassified">
                                <p>"What is pushed without a bucket, and matches no criterion, is listed here. What a bucket refused is listed under its stage on the board."</p>
                            </EmptyState>
                        },
                    )
                } else {
                    Either::Right(
                        view! {
                            <Card title="Builds">
                                <ul class="rows">{lines}</ul>
                            </Card>
                        },
                    )
                }}
                <Pager newest=newest older=older />
            </div>
            <Choice view=view action=choose />
        </div>
    }
}

/// Which rule leads the others, and the ways to change that.
#[component]
fn Choice(view: UnclassifiedView, action: ServerAction<ChooseRule>) -> impl IntoView {
    let errors = errors(move || action.value().get());
    let (project, integration) = (view.project.slug.clone(), view.integration.slug.clone());
    let told = match &view.rule {
        Some(rule) => {
            let href = paths::rule(&project, &rule.name.slug);
            let title = rule.name.title.to_string();
            let words = format!(", version {}, leads what is pushed here without a bucket.", rule.version);
            view! {
                <p>
                    <a href=href>{title}</a>
                    {words}
                </p>
            }
            .into_any()
        }
        None => view! { <p>"No rule leads what is pushed here without a bucket."</p> }.into_any(),
    };
    let options: Vec<SelectOption> =
        std::iter::once(SelectOption::new(FOLLOW_DEFAULT, "The project's default"))
            .chain(
                view.choices
                    .iter()
                    .map(|name| SelectOption::new(name.slug.to_string(), name.title.to_string())),
            )
            .chain([SelectOption::new(FOLLOW_NONE, "None")])
            .collect();
    let reclassify = paths::reclassify(&project, &integration);
    let form = match view.may_choose.clone() {
        Ok(()) => view! {
            <ActionForm action=action attr:class="form">
                <ErrorSummary errors=errors />
                <input type="hidden" name="project" value=project.to_string() />
                <input type="hidden" name="integration" value=integration.to_string() />
                <Select
                    name="rule"
                    label="CI rule"
                    options=options
                    value=view.choice.clone()
                    error=mistake(errors, "rule")
                />
                <div class="form__actions">
                    <SubmitButton pending=action.pending()>"Choose this rule"</SubmitButton>
                    <LinkButton href=paths::new_rule(&project)>"New rule"</LinkButton>
                </div>
            </ActionForm>
        }
        .into_any(),
        Err(why) => view! { <p class="muted">{why}</p> }.into_any(),
    };
    let reclassify = view.may_reclassify.is_ok().then(|| {
        view! {
            <p>
                <a href=reclassify>"Reclassify…"</a>
                " shows what the rule would change about builds that are here already."
            </p>
        }
    });
    view! {
        <Card title="What leads builds">
            {told}
            {form}
            {reclassify}
        </Card>
    }
}

#[component]
fn Line(
    one: UnclassifiedBuild,
    at: (String, String),
    slots: Vec<Slot>,
    now: Time,
    assign: ServerAction<AssignBuild>,
    failed: Memo<Vec<FieldError>>,
    typed: Echo,
) -> impl IntoView {
    let UnclassifiedBuild { build, by } = one;
    let digest = build.digest.to_string();
    let tag = build.tag.to_string();
    let git_ref = build.origin.git_ref.as_ref().map(|claim| claim.value.clone());
    // The form that failed without script is open, with what was typed.
    let this = typed.value("digest") == digest;
    let (bucket, reason) =
        if this { (typed.value("bucket"), typed.value("reason")) } else { (String::new(), String::new()) };
    let options: Vec<SelectOption> = std::iter::once(SelectOption::new("", "Choose a bucket"))
        .chain(slots.iter().map(|slot| SelectOption::new(slot.slug.to_string(), slot.slug.to_string())))
        .collect();
    let (project, integration) = at;
    let form = (!slots.is_empty()).then(|| {
        let id = build.id.to_string();
        let summary = "Assign…";
        view! {
            <Disclosure summary=summary class="rows__more" open=this>
                <ActionForm action=assign attr:class="form form--confirm">
                    <input type="hidden" name="project" value=project />
                    <input type="hidden" name="integration" value=integration />
                    <input type="hidden" name="digest" value=digest.clone() />
                    <Select
                        id=format!("field-bucket-{id}")
                        name="bucket"
                        label="Bucket"
                        options=options
                        value=bucket
                        error=mistake(failed, "bucket")
                    />
                    <TextField
                        id=format!("field-reason-{id}")
                        name="reason"
                        label="Reason"
                        value=reason
                        error=mistake(failed, "reason")
                        required=true
                    />
                    <SubmitButton kind=ButtonKind::Primary small=true pending=assign.pending()>
                        "Assign "
                        <span class="visually-hidden">{tag.clone()}</span>
                    </SubmitButton>
                </ActionForm>
            </Disclosure>
        }
    });
    view! {
        <li class="rows__item">
            <a class="rows__link" href=paths::build(&build.digest)>
                {build.tag.to_string()}
            </a>
            <DigestView value=build.digest.to_string() />
            <span class="rows__meta rows__meta--line">
                {git_ref.map(|git_ref| view! { <code>{git_ref}</code> " · " })} {by} ", "
                <TimeView at=build.received_at now=now />
            </span>
            {form}
        </li>
    }
}
