//! The whole history of a bucket: everything that was ever current there, a page at a time.

use crate::components::avatar::Avatar;
use crate::components::badge::Badge;
use crate::components::digest::DigestView;
use crate::components::empty::EmptyState;
use crate::components::icon::Symbol;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::pager::Pager;
use crate::components::time::{ExactTime, TimeView};
use crate::components::tone::Tone;
use crate::fns::buckets::view_history;
use crate::live::{Kept, keep};
use crate::loaded::Loaded;
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use std::sync::Arc;
use towpath_domain::boards::{Card, History};
use towpath_domain::ids::PlacementId;
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::Filter;

#[component]
pub fn BucketPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let param = move |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
    // What is no placement's id shows the newest page.
    let before = move || query.with(|query| query.get("before")).and_then(|before| before.parse().ok());
    let history = Resource::new(
        move || (param("project"), param("integration"), param("bucket"), before()),
        |(project, integration, bucket, before)| view_history(project, integration, bucket, before),
    );
    let gone = Callback::new(move |()| history.refetch());
    view! {
        <main id="main" class="page">
            <Loaded resource=history let:history>
                {page(history, before(), gone)}
            </Loaded>
        </main>
    }
}

fn page(history: History, before: Option<PlacementId>, gone: Callback<()>) -> impl IntoView {
    let (project, integration) = (history.project.slug.clone(), history.integration.slug.clone());
    let bucket = history.slot.slug.clone();
    let title = format!("History of {bucket}");
    let trail = Crumb::of_integration(&project, &integration, [Crumb::here(bucket.to_string())]);
    let filter = Filter {
        integration: format!("{project}/{integration}"),
        bucket: bucket.to_string(),
        ..Filter::default()
    };
    let here = (project.clone(), integration.clone());
    let asked = (project.to_string(), integration.to_string(), bucket.to_string());
    let Kept { view: history, .. } = keep(
        history,
        move |notice| notice.touches(&here.0, &here.1),
        move || {
            let (project, integration, bucket) = asked.clone();
            view_history(project, integration, bucket, before)
        },
        move || gone.run(()),
    );
    let older = Memo::new(move |_| history.read().older);
    let place = (project.clone(), integration.clone(), bucket.clone());
    let pager = move || {
        let (project, integration, bucket) = &place;
        let page = |before| paths::bucket(project, integration, bucket, before);
        view! { <Pager newest=before.map(|_| page(None)) older=older.get().map(|older| page(Some(older))) /> }
    };
    view! {
        <Title text=format!("{title} · {project}/{integration}") />
        <Breadcrumbs trail=trail />
        <PageHeader title=title lead="Everything that was ever current here, newest first. Nothing is erased.">
            <a class="button" href=paths::timeline(&filter, None)>
                "Timeline"
            </a>
        </PageHeader>
        {lines(history, before.is_some())}
        {pager}
    }
}

fn lines(history: Signal<Arc<History>>, paged: bool) -> impl IntoView {
    let none = Memo::new(move |_| history.read().cards.is_empty());
    move || {
        if none.get() {
            let (title, words) = if paged {
                ("Nothing before this place", "The history begins later than this.")
            } else {
                (
                    "Nothing was ever here",
                    "The first build that is pushed or promoted to this bucket begins its history.",
                )
            };
            return Either::Left(view! {
                <EmptyState title=title>
                    <p>{words}</p>
                </EmptyState>
            });
        }
        Either::Right(view! {
            <ol class="history__list history__list--page">
                <For each=move || history.read().cards.clone() key=|card| card.placement let:card>
                    {line(history, card)}
                </For>
            </ol>
        })
    }
}

fn line(history: Signal<Arc<History>>, card: Card) -> impl IntoView {
    let (placement, build) = (card.placement, card.build.id);
    let now = Memo::new(move |_| history.read().now);
    let is_current = Memo::new(move |_| {
        history.read().current.as_ref().is_some_and(|current| current.placement == placement)
    });
    let offered = Memo::new(move |_| {
        let history = history.read();
        history.may_roll_back.is_ok()
            && history.current.as_ref().is_some_and(|current| current.build.id != build)
    });
    let back = {
        let first = history.read_untracked();
        let bucket = &first.slot.slug;
        let href = placement.map(|placement| {
            paths::roll_back(&first.project.slug, &first.integration.slug, bucket, placement)
        });
        // Begins with the words on the button, for those who say what they see.
        let label = format!("Roll back {bucket} to {}", card.build.tag);
        move || {
            href.clone().filter(|_| offered.get()).map(|href| {
                view! {
                    <a class="button button--small" href=href aria-label=label.clone()>
                        "Roll back"
                    </a>
                }
            })
        }
    };
    let onward = {
        let first = history.read_untracked();
        let (project, integration, from) = (&first.project.slug, &first.integration.slug, &first.slot.slug);
        let way = |to: &Slug| {
            let href = paths::promote(project, integration, &card.build.digest, from, to);
            let label = format!("Promote to {to}: {}", card.build.tag);
            view! {
                <a class="button button--small" href=href aria-label=label>
                    {format!("Promote to {to}")}
                </a>
            }
        };
        first.leads_to.iter().map(way).collect_view()
    };
    let badge = move || {
        is_current.get().then(|| {
            view! {
                <Badge tone=Tone::Accent symbol=Symbol::Tag>
                    "current"
                </Badge>
            }
        })
    };
    let by = format!("{} by {}{}, ", card.cause, card.by, if card.by_token { " (token)" } else { "" });
    view! {
        <li class="history__item">
            <span class="history__what">
                <a class="history__tag" href=paths::build(&card.build.digest)>
                    {card.build.tag.to_string()}
                </a>
                <DigestView value=card.build.digest.to_string() />
                {badge}
            </span>
            <span class="history__meta">
                <Avatar name=card.by.clone() />
                <span>{by} <TimeView at=card.at now=now /> " (" <ExactTime at=card.at /> ")"</span>
            </span>
            {card.reason.map(|reason| view! { <q class="history__reason">{reason}</q> })}
            <span class="history__ways">{onward} {back}</span>
        </li>
    }
}
