//! One bucket as a stage of the board, with its verdict while a build is carried.

use super::Table;
use super::build_card::BuildCard;
use crate::components::badge::Badge;
use crate::components::disclosure::Disclosure;
use crate::components::icon::{Icon, Symbol};
use crate::components::time::TimeView;
use crate::paths;
use leptos::ev::DragEvent;
use leptos::prelude::*;
use std::sync::Arc;
use towpath_domain::boards::{Board, Card, Column, RefusedCard, Waiting};
use towpath_domain::buckets::BucketKey;
use towpath_domain::promotions::{Outlook, RequestRefused};
use towpath_domain::slugs::Slug;
use towpath_domain::workflows::Arrivals;

#[component]
pub(super) fn Stage(table: Table, key: BucketKey) -> impl IntoView {
    let board = table.board.clone();
    let column = board.column(key).cloned()?;
    let carry = table.carry;
    let outlook = {
        let board = board.clone();
        Memo::new(move |_| match carry.get() {
            super::Carry::Held { build, from, .. } => {
                Some(if from == key { None } else { board.consider(build, from, key) })
            }
            super::Carry::Nothing => None,
        })
    };
    let verdict = move || match outlook.get() {
        None => "none",
        Some(None) => "source",
        Some(Some(outlook)) => word(&outlook),
    };
    let over = move |event: DragEvent| {
        if carry.get_untracked().is_held() {
            event.prevent_default();
            carry.update(|carry| *carry = carry.over(key));
        }
    };
    let leave = move |event: DragEvent| {
        if !stays_inside(&event) {
            carry.try_update(|carry| *carry = carry.leave(key));
        }
    };
    let dropped = {
        let table = table.clone();
        move |event: DragEvent| {
            event.prevent_default();
            table.let_go();
        }
    };
    let slug = column.slot.slug.clone();
    let title_id = format!("stage-{slug}");
    let labelled_by = title_id.clone();
    let gated = if column.gates.is_empty() { "stage__way" } else { "stage__way stage__way--gated" };
    let stream = format!("{} stream", column.slot.stream.slug);
    Some(view! {
        <li
            class="stage"
            class:stage--over=move || carry.get().hangs_over(key)
            data-verdict=verdict
            data-bucket=slug.to_string()
            aria-labelledby=labelled_by
            on:dragover=over
            on:dragleave=leave
            on:drop=dropped
        >
            <div class=gated aria-hidden="true"></div>
            <header class="stage__header">
                <h2 class="stage__title" id=title_id>
                    {slug.to_string()}
                </h2>
                <Badge stream=true>{stream}</Badge>
                <div class="stage__rule">
                    <p class="stage__gates">
                        <Icon symbol=Symbol::Gate />
                        {gates(&column)}
                    </p>
                    {move || outlook.get().flatten().map(verdict_line)}
                </div>
                <p class="stage__arrivals">{arrivals(&column)}</p>
            </header>
            <div class="stage__body">
                {match column.current.clone() {
                    Some(card) => view! { <BuildCard table=table.clone() key=key card=card /> }.into_any(),
                    None => view! { <div class="stage__empty"><p>"Nothing here yet"</p></div> }.into_any(),
                }}
                {waiting(&board, &column)} {refused(&board, column.refused.clone())}
                {paused(&table, &column)} {history(&board, &column)}
            </div>
        </li>
    })
}

/// Whether the pointer only moved between parts of the stage.
fn stays_inside(event: &DragEvent) -> bool {
    use leptos::wasm_bindgen::JsCast;
    use leptos::web_sys::{EventTarget, Node};
    let node = |target: Option<EventTarget>| target.and_then(|target| target.dyn_into::<Node>().ok());
    let stage = node(event.current_target());
    let entered = node(event.related_target());
    entered.is_some_and(|entered| stage.is_some_and(|stage| stage.contains(Some(&entered))))
}

/// The verdict as the stylesheet knows it.
fn word(outlook: &Outlook) -> &'static str {
    match outlook {
        Outlook::Enters => "enter",
        Outlook::Waits { .. } => "waits",
        Outlook::Refused { refused: RequestRefused::Forbidden(_) } => "forbidden",
        Outlook::Refused { .. } => "blocked",
    }
}

fn verdict_line(outlook: Outlook) -> impl IntoView {
    let (symbol, strong, reason) = match &outlook {
        Outlook::Enters => (Symbol::Check, "May enter", "at once".to_owned()),
        Outlook::Waits { needs } => (Symbol::Clock, "Waits", format!("for {}", needs.join(" and "))),
        Outlook::Refused { refused: RequestRefused::Forbidden(refusal) } => {
            (Symbol::Ban, "You may not.", refusal.to_string())
        }
        Outlook::Refused { refused } => (Symbol::Hold, "No.", refused.to_string()),
    };
    let class = format!("verdict verdict--{}", word(&outlook));
    view! {
        <p class=class>
            <Icon symbol=symbol />
            <span>
                <strong class="verdict__word">{strong}</strong>
                " "
                <span class="verdict__reason">{reason}</span>
            </span>
        </p>
    }
}

fn gates(column: &Column) -> String {
    if column.gates.is_empty() { "No gates".to_owned() } else { column.gates.join(" · ") }
}

fn arrivals(column: &Column) -> &'static str {
    match (column.arrivals, column.paused_at) {
        (Arrivals::PromotionOnly, _) => "Arrivals: by promotion only",
        (Arrivals::Any, Some(_)) => "Arrivals: paused",
        (Arrivals::Any, None) => "Arrivals: any push",
    }
}

fn waiting(board: &Board, column: &Column) -> Option<impl IntoView + use<>> {
    let label = format!("Waiting for {}", column.slot.slug);
    let (project, now) = (board.project.slug.clone(), board.now);
    let item = |waiting: &Waiting| {
        let name = format!("#{} · {}", waiting.number, waiting.tag);
        let needs = format!("Needs {}.", waiting.needs.join(" and "));
        let (by, at) = (waiting.requested_by.clone(), waiting.requested_at);
        view! {
            <li class="waiting__item">
                <a class="waiting__link" href=paths::promotion(&project, waiting.number)>
                    {name}
                </a>
                <span class="waiting__reason">{needs}</span>
                <span class="waiting__meta">{by} ", " <TimeView at=at now=now /></span>
            </li>
        }
    };
    let items: Vec<_> = column.waiting.iter().map(item).collect();
    (!items.is_empty()).then(|| {
        view! {
            <section class="waiting" aria-label=label>
                <h3 class="waiting__title">
                    <Icon symbol=Symbol::Clock />
                    "Waiting"
                </h3>
                <ul class="waiting__list">{items}</ul>
            </section>
        }
    })
}

fn refused(board: &Arc<Board>, cards: Vec<RefusedCard>) -> Option<impl IntoView + use<>> {
    let now = board.now;
    let count = cards.len();
    let item = move |card: RefusedCard| {
        let why = sentence(&card.why);
        view! {
            <li class="refusals__item">
                <a class="refusals__what" href=paths::build(&card.build.digest)>
                    {card.tag.to_string()}
                </a>
                <span class="refusals__reason">{why}</span>
                <span class="refusals__meta">{card.by} ", " <TimeView at=card.at now=now /></span>
            </li>
        }
    };
    (count > 0).then(|| {
        view! {
            <Disclosure summary="Refused arrivals" count=count>
                <ul class="refusals__list">{cards.into_iter().map(item).collect_view()}</ul>
            </Disclosure>
        }
    })
}

fn sentence(words: &str) -> String {
    let mut characters = words.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", characters.as_str())
}

/// After a rollback: what that means, and the way out.
fn paused(table: &Table, column: &Column) -> Option<impl IntoView + use<>> {
    column.paused_at?;
    let (project, integration) =
        (table.board.project.slug.to_string(), table.board.integration.slug.to_string());
    let (bucket, action, may) = (column.slot.slug.to_string(), table.resume, column.may_resume.clone());
    Some(view! {
        <div class="banner banner--warning">
            <p>"A rollback paused arrivals here, so that the next push does not undo it."</p>
            {match may {
                Ok(()) => {
                    view! {
                        <ActionForm action=action>
                            <input type="hidden" name="project" value=project />
                            <input type="hidden" name="integration" value=integration />
                            <input type="hidden" name="bucket" value=bucket />
                            <button class="button button--small" type="submit">
                                "Resume arrivals"
                            </button>
                        </ActionForm>
                    }
                        .into_any()
                }
                Err(why) => view! { <p class="muted">{why}</p> }.into_any(),
            }}
        </div>
    })
}

fn history(board: &Arc<Board>, column: &Column) -> Option<impl IntoView + use<>> {
    let count = column.history.len();
    let slug = column.slot.slug.clone();
    let may = column.may_roll_back.clone();
    let current = column.current.as_ref().map(|card| card.build.id);
    let whole = paths::bucket(&board.project.slug, &board.integration.slug, &slug, None);
    let board = board.clone();
    let items = column.history.clone();
    (count > 0).then(|| {
        let lines = items
            .into_iter()
            .map(|card| {
                let offered = may.is_ok() && current != Some(card.build.id);
                history_line(&board, &slug, card, offered)
            })
            .collect_view();
        view! {
            <Disclosure summary="History" count=count>
                <ol class="history__list">{lines}</ol>
                <p class="history__all">
                    <a href=whole>"The whole history"</a>
                </p>
            </Disclosure>
        }
    })
}

fn history_line(board: &Board, bucket: &Slug, card: Card, offered: bool) -> impl IntoView + use<> {
    let href = card
        .placement
        .filter(|_| offered)
        .map(|placement| paths::roll_back(&board.project.slug, &board.integration.slug, bucket, placement));
    let now = board.now;
    let tag = card.build.tag.to_string();
    // Begins with the words on the button, for those who say what they see.
    let label = format!("Roll back {bucket} to {tag}");
    view! {
        <li class="history__item">
            <a class="history__tag" href=paths::build(&card.build.digest)>
                {tag}
            </a>
            <span class="history__meta">{card.cause} " by " {card.by} {card.by_token.then_some(" (token)")} ", " <TimeView at=card.at now=now /></span>
            {href
                .map(|href| {
                    view! {
                        <a class="button button--small" href=href aria-label=label>
                            "Roll back"
                        </a>
                    }
                })}
        </li>
    }
}
