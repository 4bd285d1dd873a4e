//! The first page: what every service should run in every environment, and on an empty installation what to do
//! first.

mod filter;
mod inbox;
mod matrix;

use crate::AppError;
use crate::components::empty::EmptyState;
use crate::components::page::PageHeader;
use crate::components::pager::Pager;
use crate::fns::home::view_home;
use crate::loaded::Loaded;
use crate::pages::projects::SampleButton;
use crate::paths;
use filter::FilterForm;
use inbox::InboxBeside;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use matrix::Group;
use serde::{Deserialize, Serialize};
use towpath_domain::home::{Filter, Home, Place};

/// What the address asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Query {
    filter: Filter,
    after: Option<Place>,
}

/// What was found, with what was asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Shown {
    home: Home,
    query: Query,
}

#[component]
pub fn HomePage() -> impl IntoView {
    let query = use_query();
    let home = Resource::new(
        move || query.get(),
        |query| async move {
            let home = view_home(query.filter.clone(), query.after.clone()).await?;
            Ok::<_, AppError>(Shown { home, query })
        },
    );
    view! {
        <Title text="Home" />
        <main id="main" class="page page--wide">
            <Loaded resource=home let:shown>
                <Overview shown=shown />
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
            filter: Filter { project: part("project"), q: part("q") },
            after: Place::parse(&part("after")),
        }
    })
}

#[component]
fn Overview(shown: Shown) -> impl IntoView {
    let Shown { home, query: Query { filter, after } } = shown;
    let Home { groups, next, projects, to_decide, waiting, may_create, now, .. } = home;
    let own = !projects.is_empty();
    let newest = after.is_some().then(|| paths::home(&filter, None));
    let older = next.as_ref().map(|next| paths::home(&filter, Some(next)));
    let nothing = groups.is_empty();
    let groups = groups.into_iter().map(|group| view! { <Group group=group now=now /> }).collect_view();
    view! {
        <PageHeader title="Home" lead="What each service should run in each environment, and since when.">
            <a class="button" href=paths::PROJECTS>
                "Projects"
            </a>
        </PageHeader>
        {if own {
            Either::Left(
                view! {
                    <div class="home">
                        <InboxBeside items=to_decide waiting=waiting now=now />
                        <div class="home__matrix">
                            <FilterForm projects=projects filter=filter />
                            {nothing.then(|| view! { <Nothing /> })}
                            {groups}
                            <Pager newest=newest older=older words=("First", "Next") />
                        </div>
                    </div>
                },
            )
        } else {
            Either::Right(view! { <FirstSteps may_create=may_create /> })
        }}
    }
}

#[component]
fn Nothing() -> impl IntoView {
    view! {
        <EmptyState title="Nothing matches">
            <p>"No service fits this filter. Take a part of it away, or start again."</p>
            <a class="button" href=paths::HOME>
                "Show everything"
            </a>
        </EmptyState>
    }
}

#[component]
pub fn FirstSteps(may_create: Result<(), String>) -> impl IntoView {
    view! {
        <EmptyState title="Nothing here yet">
            <p>
                "A project holds the environments of one product, the workflow that its builds follow, and an integration for each service."
            </p>
            {match may_create {
                Ok(()) => {
                    view! {
                        <a class="button button--primary" href=paths::NEW_PROJECT>
                            "Create the first project"
                        </a>
                        <SampleButton />
                    }
                        .into_any()
                }
                Err(why) => view! { <p class="muted">{why}</p> }.into_any(),
            }}
        </EmptyState>
    }
}
