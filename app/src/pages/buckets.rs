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
use towpath_domain::boards::{Card, History};
use towpath_domain::ids::PlacementId;
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
    let trail = vec![
        Crumb::new("Projects", paths::PROJECTS),
        Crumb::new(project.to_string(), paths::project(&project)),
        Crumb::new(integration.to_string(), paths::integration(&project, &integration)),
        Crumb::here(bucket.to_string()),
    ];
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
        {move || lines(&history.read(), before.is_some())}
        {pager}
    }
}

fn lines(history: &History, paged: bool) -> impl IntoView + use<> {
    if history.cards.is_empty() {
        return Either::Left(view! {
            <EmptyState title=if paged { "Nothing before this place" } else { "Nothing was ever here" }>
                <p>"The first build that is pushed or promoted to this bucket begins its history."</p>
            </EmptyState>
        });
    }
    let lines = history.cards.iter().map(|card| line(history, card)).collect_view();
    Either::Right(view! { <ol class="history__list history__list--page">{lines}</ol> })
}

fn line(history: &History, card: &Card) -> impl IntoView + use<> {
    let current = history.current.as_ref();
    let is_current = current.is_some_and(|current| current.placement == card.placement);
    let offered =
        history.may_roll_back.is_ok() && current.is_some_and(|current| current.build.id != card.build.id);
    let bucket = &history.slot.slug;
    let back = card.placement.filter(|_| offered).map(|placement| {
        let href = paths::roll_back(&history.project.slug, &history.integration.slug, bucket, placement);
        // Begins with the words on the button, for those who say what they see.
        let label = format!("Roll back {bucket} to {}", card.build.tag);
        view! {
            <a class="button button--small" href=href aria-label=label>
                "Roll back"
            </a>
        }
    });
    let badge = is_current.then(|| {
        view! {
            <Badge tone=Tone::Accent symbol=Symbol::Tag>
                "current"
            </Badge>
        }
    });
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
                <span>{by} <TimeView at=card.at now=history.now /> " (" <ExactTime at=card.at /> ")"</span>
            </span>
            {card.reason.clone().map(|reason| view! { <q class="history__reason">{reason}</q> })}
            {back}
        </li>
    }
}
