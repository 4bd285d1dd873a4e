//! The sets of a project, the newest first.

use super::{heading, trail};
use crate::components::button::{ButtonKind, LinkButton};
use crate::components::card::Card;
use crate::components::empty::EmptyState;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::pager::Pager;
use crate::components::time::TimeView;
use crate::fns::release_sets::view_release_sets;
use crate::live::use_changes;
use crate::loaded::Loaded;
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use towpath_domain::live::Notice;
use towpath_domain::release_sets::{ReleaseSetLine, ReleaseSetsView};

#[component]
pub fn ReleaseSetsPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let project = move || params.with(|params| params.get("project")).unwrap_or_default();
    let before = move || query.with(|query| query.get("before")).and_then(|before| before.parse().ok());
    let changes = use_changes(Notice::is_of_release_set);
    let sets = Resource::new(
        move || (project(), before(), changes.get()),
        |(project, before, _)| async move { Ok((view_release_sets(project, before).await?, before.is_none())) },
    );
    view! {
        <main id="main" class="page">
            <Loaded resource=sets let:shown>
                <Sets view=shown.0 first=shown.1 />
            </Loaded>
        </main>
    }
}

#[component]
fn Sets(
    view: ReleaseSetsView,
    /// Whether this is the first page.
    first: bool,
) -> impl IntoView {
    let ReleaseSetsView { project, sets, older, now } = view;
    let new = paths::new_release_set(&project);
    let none = sets.is_empty();
    let newest = (!first).then(|| paths::release_sets(&project, None));
    let older = older.map(|before| paths::release_sets(&project, Some(before)));
    let at = project.clone();
    let line = move |set: ReleaseSetLine| {
        let builds = if set.size == 1 { "1 build".to_owned() } else { format!("{} builds", set.size) };
        view! {
            <li class="rows__item">
                <a class="rows__link" href=paths::release_set(&at, set.number)>
                    {format!("{} {}", set.number, set.title)}
                </a>
                <span class="rows__meta">{builds}</span>
                <span class="rows__meta rows__meta--line">
                    {heading(&set.last)} " · " {set.made_by} " made it " <TimeView at=set.made_at now=now />
                </span>
            </li>
        }
    };
    let content = if none {
        let new = new.clone();
        view! {
            <EmptyState title="No release set yet">
                <p>
                    "A release set moves the builds of several services between two stages as one act, and can be carried on or taken back. It can also return a stage to how it was at a time."
                </p>
                <LinkButton href=new kind=ButtonKind::Primary>
                    "Compare two stages"
                </LinkButton>
            </EmptyState>
        }
        .into_any()
    } else {
        view! {
            <Card>
                <ul class="rows">{sets.into_iter().map(line).collect_view()}</ul>
            </Card>
        }
        .into_any()
    };
    view! {
        <Title text=format!("Release sets of {project}") />
        <Breadcrumbs trail=trail(&project, vec![Crumb::here("Release sets")]) />
        <PageHeader title="Release sets" lead="Builds of several services that are promoted, carried on and taken back together.">
            {(!none).then(|| view! { <LinkButton href=new kind=ButtonKind::Primary>"Compare two stages"</LinkButton> })}
        </PageHeader>
        {content}
        <Pager newest=newest older=older />
    }
}
