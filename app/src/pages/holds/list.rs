//! The holds that stand, or by `?ended=1` those that have ended.

use super::line::{PhaseBadge, When};
use crate::components::card::Card;
use crate::components::empty::EmptyState;
use crate::components::page::PageHeader;
use crate::components::pager::Pager;
use crate::components::time::TimeView;
use crate::fns::holds::view_holds;
use crate::live::{read_at, use_changes};
use crate::loaded::Loaded;
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use towpath_domain::holds::{HoldLine, HoldsView, Listed, next_turn};
use towpath_domain::live::Notice;
use towpath_domain::times::Time;

#[component]
pub fn HoldsPage() -> impl IntoView {
    let query = use_query_map();
    let listed = move || match query.with(|query| query.get("ended")).as_deref() {
        Some("1" | "true") => Listed::Ended,
        _ => Listed::Standing,
    };
    let before = move || query.with(|query| query.get("before")).and_then(|before| before.parse().ok());
    let changes = use_changes(Notice::is_of_hold);
    let holds = Resource::new(
        move || (listed(), before(), changes.get()),
        |(listed, before, _)| async move { Ok((view_holds(listed, before).await?, listed, before.is_none())) },
    );
    view! {
        <main id="main" class="page">
            <Loaded resource=holds let:shown>
                {follow(&shown.0, move || holds.refetch())}
                <Holds view=shown.0 listed=shown.1 first=shown.2 />
            </Loaded>
        </main>
    }
}

/// Reads the list anew when the next of its holds begins or ends by itself.
fn follow(view: &HoldsView, read: impl Fn() + Copy + Send + Sync + 'static) {
    let turns_at = next_turn(view.holds.iter().map(|line| &line.hold), view.now);
    read_at(move || turns_at, Signal::stored(view.now), read);
}

#[component]
fn Holds(
    view: HoldsView,
    listed: Listed,
    /// Whether this is the first page.
    first: bool,
) -> impl IntoView {
    let HoldsView { holds, older, may_hold, now } = view;
    let (title, lead, other) = match listed {
        Listed::Standing => (
            "Holds",
            "What is stopped now, and the freezes to come. Promotions wait for the end of a hold, and arrivals are refused.",
            view! { <a href=paths::ENDED_HOLDS>"Holds that have ended"</a> },
        ),
        Listed::Ended => (
            "Ended holds",
            "What was stopped, by whom and why.",
            view! { <a href=paths::HOLDS>"Holds in force and planned"</a> },
        ),
    };
    let none = holds.is_empty();
    let lines = holds.into_iter().map(|line| view! { <Line line=line now=now /> }).collect_view();
    let newest = (!first).then(|| paths::holds(listed, None));
    let older = older.map(|before| paths::holds(listed, Some(before)));
    view! {
        <Title text=title />
        <PageHeader title=title lead=lead>
            {(may_hold && listed == Listed::Standing)
                .then(|| {
                    view! {
                        <a class="button button--primary" href=paths::new_hold(None)>
                            "New hold"
                        </a>
                    }
                })}
        </PageHeader>
        {if none {
            Either::Left(
                view! {
                    <EmptyState title=if listed == Listed::Standing { "Nothing is on hold" } else { "No hold has ended yet" }>
                        <p>"A hold stops what may enter a bucket, an environment, a stream, a project or everything."</p>
                    </EmptyState>
                },
            )
        } else {
            Either::Right(
                view! {
                    <Card title=if listed == Listed::Standing { "In force and planned" } else { "Ended" }>
                        <ul class="rows">{lines}</ul>
                    </Card>
                },
            )
        }}
        <Pager newest=newest older=older />
        <p class="page__foot">{other}</p>
    }
}

#[component]
fn Line(line: HoldLine, now: Time) -> impl IntoView {
    let HoldLine { hold, made_by, released_by, .. } = line;
    let phase = hold.phase(now);
    let href = paths::hold(hold.number);
    let name = if hold.is_bad_mark() {
        format!("Hold {}: {} is marked bad", hold.number, hold.address.words())
    } else {
        format!("Hold {} on {}", hold.number, hold.address.words())
    };
    let when = match &hold.released {
        Some(released) => Either::Left(view! {
            "Released by " {released_by} " " <TimeView at=released.at now=now />
        }),
        None => Either::Right(view! { <When hold=hold.clone() now=now /> }),
    };
    view! {
        <li class="rows__item">
            <a class="rows__link" href=href>
                {name}
            </a>
            <PhaseBadge phase=phase />
            <span class="rows__meta rows__meta--line">{hold.reason.brief()}</span>
            <span class="rows__meta rows__meta--line">
                {made_by} " " <TimeView at=hold.made_at now=now /> " · " {when}
            </span>
        </li>
    }
}
