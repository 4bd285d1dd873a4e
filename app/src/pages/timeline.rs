//! The audit timeline: what happened, newest first, with the filter in the address.

mod days;
mod entries;
mod filter;
mod new_events;
mod proof;

use crate::AppError;
use crate::components::empty::EmptyState;
use crate::components::page::PageHeader;
use crate::components::pager::Pager;
use crate::fns::timeline::view_timeline;
use crate::later::Later;
use crate::live::keep;
use crate::loaded::Loaded;
use crate::paths;
use entries::Days;
use filter::{FilterForm, FilterWords};
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use new_events::NewEvents;
use proof::Proof;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use towpath_domain::live::Notice;
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::{Filter, TimelinePage as Page, Unmatched};

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
    let gone = Callback::new(move |()| page.refetch());
    view! {
        <Title text="Timeline" />
        <main id="main" class="page">
            <Loaded resource=page let:shown>
                <Timeline shown=shown gone=gone />
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
fn Timeline(shown: Shown, gone: Callback<()>) -> impl IntoView {
    let Shown { page: first, query: Query { filter, before } } = shown;
    let narrowed = filter != Filter::default();
    let newest = before.is_some().then(|| paths::timeline(&filter, None));
    // What is read anew is held back until the reader asks for it: a list that grows by itself cannot be read.
    let fresh = follow(&first, &filter, before, gone);
    let page = RwSignal::new(Arc::new(first.clone()));
    let read_up_to = RwSignal::new(i64::MAX);
    let empty = Memo::new(move |_| page.read().entries.is_empty());
    let entries = Signal::derive(move || page.read().entries.clone());
    let now = Signal::derive(move || fresh.read().now);
    let signed = Signal::derive(move || fresh.read().signed);
    let older = {
        let filter = filter.clone();
        Memo::new(move |_| page.read().older.map(|older| paths::timeline(&filter, Some(older))))
    };
    view! {
        <PageHeader title="Timeline" lead="Every change with who made it, when and why. Nothing here is ever altered." />
        <FilterWords page=first.clone() filter=filter.clone() />
        <FilterForm page=first filter=filter.clone() />
        <Proof signed=signed now=now filter=filter />
        <NewEvents fresh=fresh page=page read_up_to=read_up_to />
        {move || {
            if empty.get() {
                Either::Left(view! { <Nothing narrowed=narrowed unmatched=page.read().unmatched.clone() /> })
            } else {
                Either::Right(
                    view! {
                        <Later>
                            <Days entries=entries now=now signed=signed read_up_to=read_up_to />
                        </Later>
                    },
                )
            }
        }}
        {move || view! { <Pager newest=newest.clone() older=older.get() /> }}
    }
}

/// The page as it would be by now. Only the first page grows.
fn follow(first: &Page, filter: &Filter, before: Option<i64>, gone: Callback<()>) -> Signal<Arc<Page>> {
    let (wanted, filter) = (filter.clone(), filter.clone());
    let concerns = move |notice: &Notice| before.is_none() && fits(&wanted, notice);
    let read = move || view_timeline(filter.clone(), before);
    keep(first.clone(), concerns, read, move || gone.run(())).view
}

/// Whether an event may be one that the filter lets through; who made it a notice does not say.
fn fits(filter: &Filter, notice: &Notice) -> bool {
    let same =
        |wanted: &str, is: Option<&Slug>| wanted.is_empty() || is.is_some_and(|is| is.as_str() == wanted);
    let (of, integration) = filter.integration.split_once('/').unwrap_or_default();
    same(&filter.project, notice.project.as_ref())
        && same(of, notice.project.as_ref())
        && same(integration, notice.integration.as_ref())
        && same(&filter.bucket, notice.bucket.as_ref())
        && (filter.kind.is_empty() || filter.kind == notice.kind)
}

#[component]
fn Nothing(narrowed: bool, unmatched: Option<Unmatched>) -> impl IntoView {
    let (title, words) = match unmatched {
        Some(nothing) => ("Nothing matches", nothing.to_string()),
        None if narrowed => (
            "Nothing matches",
            "No event fits this filter. Take a part of it away, or start again.".to_owned(),
        ),
        None => ("Nothing here", "There is no event at this place of the timeline.".to_owned()),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_looked_after_only_where_the_filter_may_let_it_through() {
        let slug = |text| Some(Slug::parse(text).unwrap());
        let notice = Notice {
            seq: 7,
            kind: "build_placed".to_owned(),
            project: slug("shop"),
            integration: slug("checkout"),
            bucket: slug("qa"),
            promotion: None,
        };
        let none = Filter::default;
        let fitting = [
            none(),
            Filter { project: "shop".into(), ..none() },
            Filter { integration: "shop/checkout".into(), bucket: "qa".into(), ..none() },
            Filter { kind: "build_placed".into(), person: "someone".into(), ..none() },
        ];
        assert!(fitting.iter().all(|filter| fits(filter, &notice)));
        let others = [
            Filter { project: "lab".into(), ..none() },
            Filter { integration: "shop/billing".into(), ..none() },
            Filter { integration: "lab/checkout".into(), ..none() },
            Filter { bucket: "prod".into(), ..none() },
            Filter { kind: "rolled_back".into(), ..none() },
        ];
        assert!(!others.iter().any(|filter| fits(filter, &notice)));
    }
}
