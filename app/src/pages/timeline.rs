//! The audit timeline: what happened, newest first, with the filter in the address.

mod days;
mod entries;
mod filter;

use crate::AppError;
use crate::components::empty::EmptyState;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::pager::Pager;
use crate::fns::timeline::view_timeline;
use crate::loaded::Loaded;
use crate::paths;
use entries::Days;
use filter::FilterForm;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};
use towpath_domain::timeline::{Filter, TimelinePage as Page};

/// What the address asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Query {
    filter: Filter,
    before: Option<i64>,
}

/// What was found, with what was asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Shown {
    page: Page,
    query: Query,
}

#[component]
pub fn TimelinePage() -> impl IntoView {
    let query = use_query();
    let page = Resource::new(
        move || query.get(),
        |query| async move {
            let page = view_timeline(query.filter.clone(), query.before).await?;
            Ok::<_, AppError>(Shown { page, query })
        },
    );
    view! {
        <Title text="Timeline" />
        <main id="main" class="page">
            <Loaded resource=page let:shown>
                <Timeline shown=shown />
            </Loaded>
        </main>
    }
}

fn use_query() -> Memo<Query> {
    let map = use_query_map();
    Memo::new(move |_| {
        let map = map.get();
        let part = |name: &str| map.get(name).unwrap_or_default();
        Query {
            filter: Filter {
                project: part("project"),
                integration: part("integration"),
                bucket: part("bucket"),
                person: part("person"),
                kind: part("kind"),
            },
            before: part("before").parse().ok(),
        }
    })
}

#[component]
fn Timeline(shown: Shown) -> impl IntoView {
    let Shown { page, query: Query { filter, before } } = shown;
    let narrowed = filter != Filter::default();
    let newest = before.is_some().then(|| paths::timeline(&filter, None));
    let older = page.older.map(|older| paths::timeline(&filter, Some(older)));
    let entries = if page.entries.is_empty() {
        Either::Left(view! { <Nothing narrowed=narrowed /> })
    } else {
        Either::Right(view! { <Days entries=page.entries.clone() now=page.now /> })
    };
    view! {
        <Breadcrumbs trail=vec![Crumb::new("Home", paths::HOME), Crumb::here("Timeline")] />
        <PageHeader title="Timeline" lead="Every change with who made it, when and why. Nothing here is ever altered." />
        <FilterForm page=page filter=filter />
        {entries}
        <Pager newest=newest older=older />
    }
}

#[component]
fn Nothing(narrowed: bool) -> impl IntoView {
    let (title, words) = if narrowed {
        ("Nothing matches", "No event fits this filter. Take a part of it away, or start again.")
    } else {
        ("Nothing here", "There is no event at this place of the timeline.")
    };
    view! {
        <EmptyState title=title>
            <p>{words}</p>
            <a class="button" href=paths::TIMELINE>
                "Show everything"
            </a>
        </EmptyState>
    }
}
