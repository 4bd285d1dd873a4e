//! The first page: what every service should run in every environment, and on an empty installation what to do
//! first.

mod filter;
mod inbox;
mod matrix;
mod views;

use crate::AppError;
use crate::components::banner::Banner;
use crate::components::empty::EmptyState;
use crate::components::page::PageHeader;
use crate::components::pager::Pager;
use crate::components::tone::Tone;
use crate::fns::home::view_home;
use crate::fns::saved_views::SaveView;
use crate::live::{Kept, keep, read_at};
use crate::loaded::Loaded;
use crate::pages::forms::successes;
use crate::pages::holds::HoldNote;
use crate::pages::projects::SampleButton;
use crate::paths;
use filter::FilterForm;
use inbox::InboxBeside;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use matrix::Group;
use serde::{Deserialize, Serialize};
use towpath_domain::holds::HoldLine;
use towpath_domain::home::{Filter, Home, HomeGroup, Place};
use towpath_domain::times::Time;
use views::Views;

/// What the address asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Query {
    filter: Filter,
    after: Option<Place>,
    /// Whether nothing is asked for, so that the page begins with the person's start view.
    start: bool,
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
    let save = ServerAction::<SaveView>::new();
    let saved = successes(save);
    let home = Resource::new(
        move || (query.get(), saved.get()),
        |(query, _)| async move {
            let home = view_home(query.filter.clone(), query.after.clone(), query.start).await?;
            Ok::<_, AppError>(Shown { home, query })
        },
    );
    let gone = Callback::new(move |()| home.refetch());
    view! {
        <Title text="Home" />
        <main id="main" class="page page--wide">
            <Loaded resource=home let:shown>
                <Overview shown=shown gone=gone save=save />
            </Loaded>
        </main>
    }
}

fn use_query() -> Memo<Query> {
    let map = use_query_map();
    Memo::new(move |_| {
        let map = map.get();
        let part = |name: &str| map.get(name).unwrap_or_default();
        let filter = Filter { project: part("project"), q: part("q") };
        let after = Place::parse(&part("after"));
        let start = filter == Filter::default() && after.is_none() && part("everything").is_empty();
        Query { filter, after, start }
    })
}

/// The page of the matrix, kept true: where something arrives, its cell is drawn anew and nothing else.
#[component]
fn Overview(shown: Shown, gone: Callback<()>, save: ServerAction<SaveView>) -> impl IntoView {
    let Shown { home: first, query: Query { after, .. } } = shown;
    // That of the start view, where nothing was asked for.
    let filter = first.filter.clone();
    let newest = after.is_some().then(|| paths::home(&filter, None));
    let asked = filter.clone();
    let Kept { view: home, read } = keep(
        first,
        |notice| notice.project.is_some() || notice.is_of_hold(),
        move || view_home(asked.clone(), after.clone(), false),
        move || gone.run(()),
    );
    read_at(move || home.read().turns_at, Signal::derive(move || home.read().now), move || read.run(()));
    let projects = Memo::new(move |_| home.read().projects.clone());
    let own = Memo::new(move |_| !projects.read().is_empty());
    let start = Memo::new(move |_| (home.read().may_create.clone(), home.read().archived));
    let roleless = Memo::new(move |_| home.read().roleless.clone());
    let layout =
        Memo::new(move |_| home.read().groups.iter().cloned().map(HomeGroup::bare).collect::<Vec<_>>());
    let groups = move || {
        let groups = layout.get();
        let nothing = groups.is_empty().then(|| view! { <Nothing /> });
        (nothing, groups.into_iter().map(|group| view! { <Group group=group home=home /> }).collect_view())
    };
    let stopped = Memo::new(move |_| home.read().stopped.clone());
    let now = Memo::new(move |_| home.read().now);
    let next = Memo::new(move |_| home.read().next.clone());
    let views = Memo::new(move |_| home.read().views.clone());
    let starts = Memo::new(move |_| views.read().views.iter().any(|view| view.start));
    let (narrowed, pages) = (filter.clone(), filter);
    let content = move || {
        let narrowed = narrowed.clone();
        let shown = narrowed.clone();
        view! {
            <div class="home">
                <InboxBeside home=home />
                <div class="home__matrix">
                    {move || view! { <FilterForm projects=projects.get() filter=narrowed.clone() starts=starts.get() /> }}
                    {move || view! { <Views views=views.get() filter=shown.clone() save=save /> }}
                    {groups}
                    {
                        let (newest, pages) = (newest.clone(), pages.clone());
                        move || {
                            let older = next.get().map(|next| paths::home(&pages, Some(&next)));
                            view! { <Pager newest=newest.clone() older=older words=("First", "Next") /> }
                        }
                    }
                </div>
            </div>
        }
    };
    view! {
        <PageHeader title="Home" lead="What each service should run in each environment, since when, and what runs." />
        {move || stopped.get().into_iter().map(|line| view! { <Stopped line=line now=now /> }).collect_view()}
        {move || {
            if own.get() {
                content().into_any()
            } else if let Some(contact) = roleless.get() {
                view! { <NoRole contact=contact /> }.into_any()
            } else {
                let (may_create, archived) = start.get();
                view! { <FirstSteps may_create=may_create archived=archived /> }.into_any()
            }
        }}
    }
}

/// That everything is stopped, for everyone to see first.
#[component]
fn Stopped(line: HoldLine, #[prop(into)] now: Signal<Time>) -> impl IntoView {
    view! {
        <Banner tone=Tone::Warning title="Everything is on hold">
            <HoldNote line=line now=now />
        </Banner>
    }
}

#[component]
fn Nothing() -> impl IntoView {
    view! {
        <EmptyState title="Nothing matches">
            <p>"No service fits this filter, or there is none from this place on."</p>
            <a class="button" href=paths::EVERYTHING>
                "Show everything"
            </a>
        </EmptyState>
    }
}

/// For someone who is known, and may see nothing yet.
#[component]
fn NoRole(
    /// Whom to ask; empty where nobody is named.
    contact: String,
) -> impl IntoView {
    let ask = if contact.is_empty() { "an admin of this installation".to_owned() } else { contact };
    view! {
        <EmptyState title="You have no role here yet">
            <p>"Your account is made, and whoever gives you a role finds you by your name. Until then you see no project."</p>
            <p>"Ask " <strong>{ask}</strong> " for a role."</p>
        </EmptyState>
    }
}

#[component]
pub fn FirstSteps(
    may_create: Result<(), String>,
    /// Whether there are projects that were put away.
    archived: bool,
) -> impl IntoView {
    let put_away = archived.then(|| {
        view! {
            <p>
                "What was here is archived, and can be restored. " <a href=paths::ARCHIVED_PROJECTS>"See it"</a>
            </p>
        }
    });
    let first = if archived { "Create a project" } else { "Create the first project" };
    view! {
        <EmptyState title=if archived { "No project is in use" } else { "Nothing here yet" }>
            {put_away}
            <p>
                "A project holds the environments of one product, the workflow that its builds follow, and an integration for each service."
            </p>
            {match may_create {
                Ok(()) => {
                    view! {
                        <a class="button button--primary" href=paths::NEW_PROJECT>
                            {first}
                        </a>
                        {(!archived).then(|| view! { <SampleButton /> })}
                    }
                        .into_any()
                }
                Err(why) => view! { <p class="muted">{why}</p> }.into_any(),
            }}
        </EmptyState>
    }
}
