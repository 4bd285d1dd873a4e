//! Two builds of an integration side by side: chosen by buckets, moments or digests.

mod told;

pub use told::DifferenceView;

use crate::components::banner::Banner;
use crate::components::button::SubmitButton;
use crate::components::card::Card;
use crate::components::digest::DigestView;
use crate::components::field::{TextField, Validate};
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::tone::Tone;
use crate::fns::differences::view_difference;
use crate::loaded::Loaded;
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Form;
use leptos_router::hooks::{use_params_map, use_query_map};
use towpath_domain::boards::Board;
use towpath_domain::builds::Build;
use towpath_domain::differences::{Comparison, SideAddress};

#[component]
pub fn DifferencePage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let param = move |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
    let value = move |name: &str| query.with(|query| query.get(name)).unwrap_or_default();
    let found = Resource::new(
        move || (param("project"), param("integration"), value("from"), value("to")),
        |(project, integration, from, to)| async move {
            let (board, outcome) = view_difference(project, integration, from.clone(), to.clone()).await?;
            Ok((board, outcome, from, to))
        },
    );
    view! {
        <main id="main" class="page">
            <Loaded resource=found let:found>
                <Page board=found.0 outcome=found.1 from=found.2 to=found.3 />
            </Loaded>
        </main>
    }
}

#[component]
fn Page(
    board: Board,
    outcome: Result<Option<Comparison>, String>,
    from: String,
    to: String,
) -> impl IntoView {
    let (project, integration) = (board.project.slug.clone(), board.integration.slug.clone());
    let action = paths::difference(&project, &integration);
    let moment = paths::moment(&project, &integration);
    // The stage before the last one, and the last: what people mostly ask.
    let slugs: Vec<String> = board.columns.iter().map(|column| column.slot.slug.to_string()).collect();
    let usual = |back: usize| slugs.len().checked_sub(back).and_then(|at| slugs.get(at)).cloned();
    let from = if from.is_empty() { usual(1).unwrap_or_default() } else { from };
    let to = if to.is_empty() { usual(2).unwrap_or_default() } else { to };
    let content = match outcome {
        Ok(None) => ().into_any(),
        Ok(Some(comparison)) => view! { <Compared comparison=comparison /> }.into_any(),
        Err(words) => view! {
            <Banner tone=Tone::Danger title="These cannot be compared">
                <p class="banner__text">{words}</p>
            </Banner>
        }
        .into_any(),
    };
    view! {
        <Title text=format!("Difference in {project}/{integration}") />
        <Breadcrumbs trail=Crumb::of_integration(&project, &integration, [Crumb::here("Difference")]) />
        <PageHeader title="Difference" lead="What one build has that another has not: commits, what is run, and layers.">
            <a class="button" href=moment>
                "State at a moment"
            </a>
        </PageHeader>
        <Form method="GET" action=action attr:class="form">
            <div class="form__row">
                <TextField
                    name="from"
                    label="From"
                    hint="A bucket, or a digest."
                    value=from
                    mono=true
                    validate=Validate::by(SideAddress::parse)
                />
                <TextField
                    name="to"
                    label="To"
                    hint="Or as it was: prod@2026-01-31T09:30:00Z."
                    value=to
                    mono=true
                    validate=Validate::by(SideAddress::parse)
                />
            </div>
            <div class="form__actions">
                <SubmitButton>"Compare"</SubmitButton>
            </div>
        </Form>
        {content}
    }
}

#[component]
fn Compared(comparison: Comparison) -> impl IntoView {
    let Comparison { from, to, commits_link, difference, .. } = comparison;
    let nothing = from.is_none();
    let same = from.as_ref().is_some_and(|from| from.id == to.id);
    let side = |build: Build| {
        let commit = build.origin.commit.map(|claim| claim.value.chars().take(12).collect::<String>());
        view! {
            <a href=paths::build(&build.digest)>
                <strong>{build.tag.to_string()}</strong>
            </a>
            " "
            <DigestView value=build.digest.to_string() />
            {commit.map(|commit| view! { " · " <code>{commit}</code> })}
        }
    };
    let told = match (nothing, same, difference) {
        (true, ..) => view! { <p class="muted">"Nothing was there to compare with."</p> }.into_any(),
        (_, true, _) => view! { <p class="muted">"Both are the same build."</p> }.into_any(),
        (.., Some(difference)) => {
            view! { <DifferenceView difference=difference commits_link=commits_link /> }.into_any()
        }
        (.., None) => view! { <p class="muted">"One of the images could not be read."</p> }.into_any(),
    };
    view! {
        <Card title="What differs">
            <dl class="facts">
                <div class="facts__row">
                    <dt>"From"</dt>
                    <dd>{from.map(side)}</dd>
                </div>
                <div class="facts__row">
                    <dt>"To"</dt>
                    <dd>{side(to)}</dd>
                </div>
            </dl>
            {told}
        </Card>
    }
}
