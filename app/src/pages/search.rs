//! What a search finds: some of each kind, or all builds page by page. The term stands in the address.

use crate::AppError;
use crate::components::empty::EmptyState;
use crate::components::icon::{Icon, Symbol};
use crate::components::page::PageHeader;
use crate::components::pager::Pager;
use crate::components::time::TimeView;
use crate::fns::people::SignOut;
use crate::fns::search::{view_found_builds, view_search};
use crate::loaded::Loaded;
use crate::paths;
use crate::search::entries::{Entry, Goes, about};
use leptos::ev::SubmitEvent;
use leptos::form::FromFormData;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_navigate, use_query_map};
use serde::{Deserialize, Serialize};
use towpath_domain::search::{FoundBuild, FoundBuilds, Group, Kind, Results};
use towpath_domain::times::Time;

/// What the address asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Query {
    q: String,
    builds: bool,
    after: Option<String>,
}

/// What was found, with what was asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Shown {
    Some(Query, Results),
    Builds(Query, FoundBuilds),
}

/// The form's field.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Typed {
    q: String,
}

#[component]
pub fn SearchPage() -> impl IntoView {
    let query = use_query();
    let shown = Resource::new(
        move || query.get(),
        |query| async move {
            Ok::<_, AppError>(if query.builds {
                let found = view_found_builds(query.q.clone(), query.after.clone()).await?;
                Shown::Builds(query, found)
            } else {
                let found = view_search(query.q.clone()).await?;
                Shown::Some(query, found)
            })
        },
    );
    view! {
        <main id="main" class="page page--narrow">
            <PageHeader title="Search" />
            <Loaded resource=shown let:shown>
                <Found shown=shown />
            </Loaded>
        </main>
    }
}

fn title(q: &str) -> String {
    if q.trim().is_empty() { "Search".to_owned() } else { format!("Search for {}", q.trim()) }
}

fn use_query() -> Memo<Query> {
    let map = use_query_map();
    Memo::new(move |_| {
        let map = map.get();
        Query {
            q: map.get("q").unwrap_or_default(),
            builds: map.get("kind").as_deref() == Some("builds"),
            after: map.get("after"),
        }
    })
}

#[component]
fn Found(shown: Shown) -> impl IntoView {
    let (query, content) = match shown {
        Shown::Some(query, results) => {
            let content = view! { <Groups q=query.q.clone() results=results /> }.into_any();
            (query, content)
        }
        Shown::Builds(query, found) => {
            let content = view! { <Builds query=query.clone() found=found /> }.into_any();
            (query, content)
        }
    };
    view! {
        <Title text=title(&query.q) />
        <Form q=query.q />
        {content}
    }
}

#[component]
fn Form(q: String) -> impl IntoView {
    let navigate = use_navigate();
    let submitted = move |event: SubmitEvent| {
        if let Ok(Typed { q }) = Typed::from_event(&event) {
            event.prevent_default();
            navigate(&paths::search(&q), leptos_router::NavigateOptions::default());
        }
    };
    view! {
        <form class="search-form" method="get" action=paths::SEARCH on:submit=submitted>
            <label class="search-form__label" for="search-q">
                "A name, a tag, the first digits of a commit or a digest, or a promotion as #12"
            </label>
            <input
                class="input"
                id="search-q"
                type="search"
                name="q"
                value=q
                maxlength="200"
                autocomplete="off"
                spellcheck="false"
            />
            <button class="button button--primary" type="submit">
                "Search"
            </button>
        </form>
    }
}

#[component]
fn Groups(q: String, results: Results) -> impl IntoView {
    if q.trim().is_empty() {
        return ().into_any();
    }
    if results.groups.is_empty() {
        return view! {
            <EmptyState title="Nothing found">
                <p>
                    "Nothing that is in use and that you may see is called so; archived projects are left out. A digest or a commit is found by its first four digits, a name by the start of any of its words."
                </p>
            </EmptyState>
        }
        .into_any();
    }
    let groups = results.groups.into_iter().map(|group| section(&q, group)).collect_view();
    view! { {groups} }.into_any()
}

fn section(q: &str, group: Group) -> impl IntoView + use<> {
    let Group { kind, hits, more } = group;
    let id = format!("found-{}", kind.words().to_lowercase());
    let labelled_by = id.clone();
    let more = more.then(|| {
        if kind == Kind::Build {
            let href = paths::found_builds(q, None);
            view! { <a class="found__more" href=href>"All builds that match"</a> }.into_any()
        } else {
            view! { <p class="found__more muted">"There are more. Type more of the name."</p> }.into_any()
        }
    });
    let items = hits.into_iter().map(|hit| item(Entry::of(hit))).collect_view();
    view! {
        <section class="card" aria-labelledby=labelled_by>
            <header class="card__header">
                <h2 class="card__title" id=id>
                    {kind.words()}
                </h2>
            </header>
            <ul class="rows">{items}</ul>
            {more}
        </section>
    }
}

fn item(entry: Entry) -> impl IntoView {
    let symbol = entry.symbol();
    let Entry { title, note, goes, .. } = entry;
    let way = match goes {
        Goes::To(href) => view! {
            <a class="rows__link" href=href>
                {title}
            </a>
        }
        .into_any(),
        Goes::Out => {
            let action = ServerAction::<SignOut>::new();
            view! {
                <ActionForm action=action>
                    <button class="button button--small" type="submit">
                        {title}
                    </button>
                </ActionForm>
            }
            .into_any()
        }
    };
    view! {
        <li class="rows__item found">
            <Icon symbol=symbol />
            {way}
            <span class="rows__meta">{note}</span>
        </li>
    }
}

#[component]
fn Builds(query: Query, found: FoundBuilds) -> impl IntoView {
    let FoundBuilds { builds, next, now } = found;
    let Query { q, after, .. } = query;
    let newest = after.is_some().then(|| paths::found_builds(&q, None));
    let older = next.map(|next| paths::found_builds(&q, Some(&next)));
    let nothing = builds.is_empty();
    let items = builds.into_iter().map(|build| build_item(&build, now)).collect_view();
    view! {
        <section class="card" aria-labelledby="found-builds">
            <header class="card__header">
                <h2 class="card__title" id="found-builds">
                    "Builds"
                </h2>
                <div class="card__actions">
                    <a class="button button--small" href=paths::search(&q)>
                        "All kinds"
                    </a>
                </div>
            </header>
            {nothing.then(|| view! { <p class="found__more muted">"No build that you may see is known by this."</p> })}
            <ul class="rows">{items}</ul>
        </section>
        <Pager newest=newest older=older words=("First", "Next") />
    }
}

fn build_item(build: &FoundBuild, now: Time) -> impl IntoView + use<> {
    view! {
        <li class="rows__item found">
            <Icon symbol=Symbol::Tag />
            <a class="rows__link" href=paths::build(&build.digest)>
                {build.tag.to_string()}
            </a>
            <span class="rows__meta">{about(build)} ", received " <TimeView at=build.received_at now=now /></span>
        </li>
    }
}
