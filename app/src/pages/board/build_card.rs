//! A build on the board: what it is, how it came there, and the ways to move it.

use super::carry::{Carry, Way};
use super::{Table, Wish};
use crate::components::avatar::Avatar;
use crate::components::digest::DigestView;
use crate::components::icon::{Icon, Symbol};
use crate::components::menu::Menu;
use crate::components::time::TimeView;
use crate::paths;
use leptos::ev::{DragEvent, KeyboardEvent, MouseEvent};
use leptos::prelude::*;
use towpath_domain::boards::Card;
use towpath_domain::buckets::BucketKey;
use towpath_domain::promotions::Outlook;

#[component]
pub(super) fn BuildCard(table: Table, key: BucketKey, card: Card) -> impl IntoView {
    let (carry, build) = (table.carry, card.build.id);
    let start = move |event: DragEvent| {
        if let Some(data) = event.data_transfer() {
            // Some browsers start no drag without data; what counts is in the signal.
            let _ = data.set_data("text/plain", "build");
            data.set_effect_allowed("move");
        }
        carry.set(Carry::pick_up(build, key));
    };
    // The board may be read anew, and this card be gone, before the browser tells these: hence `try_`.
    let end = move |_| {
        carry.try_set(Carry::Nothing);
    };
    let on_key = {
        let table = table.clone();
        move |event: KeyboardEvent| steer(&table, &event, build, key)
    };
    let blur = move |_| {
        if carry.try_get_untracked().is_some_and(|carry| carry.holds(build, key)) {
            carry.try_set(Carry::Nothing);
        }
    };
    let slug = table.board.column(key).map(|column| column.slot.slug.to_string()).unwrap_or_default();
    let title_id = format!("card-{slug}");
    let labelled_by = title_id.clone();
    let now = table.board.now;
    let verb = match card.cause.as_str() {
        "promotion" => " promoted it ",
        "rollback" => " rolled back to it ",
        _ => " pushed it ",
    };
    let origin = card.build.origin.clone();
    view! {
        <article
            class="build-card"
            class:build-card--dragging=move || carry.get().holds(build, key)
            draggable="true"
            tabindex="0"
            aria-labelledby=labelled_by
            aria-describedby="board-help"
            on:dragstart=start
            on:dragend=end
            on:keydown=on_key
            on:blur=blur
        >
            <header class="build-card__header">
                <h3 class="build-card__tag" id=title_id>
                    <a href=paths::build(&card.build.digest) draggable="false">
                        {card.build.tag.to_string()}
                    </a>
                </h3>
                <MoveMenu table=table key=key card=card.clone() />
            </header>
            <DigestView value=card.build.digest.to_string() />
            {(origin.commit.is_some() || origin.git_ref.is_some())
                .then(|| {
                    view! {
                        <p class="build-card__commit">
                            {origin
                                .commit
                                .map(|commit| {
                                    let short: String = commit.value.chars().take(7).collect();
                                    view! {
                                        <Icon symbol=Symbol::Commit />
                                        <code title=commit.value>{short}</code>
                                    }
                                })}
                            {origin
                                .git_ref
                                .map(|branch| {
                                    view! {
                                        " "
                                        <span class="build-card__branch">
                                            <Icon symbol=Symbol::Branch />
                                            {branch.value}
                                        </span>
                                    }
                                })}
                        </p>
                    }
                })} {origin.title.map(|title| view! { <p class="build-card__message">{title.value}</p> })}
            <p class="build-card__by">
                <Avatar name=card.by.clone() />
                <span>{card.by} {verb} {card.by_token.then_some("by token ")} <TimeView at=card.at now=now /></span>
            </p>
            <p class="build-card__runs" data-state="unknown">
                <Icon symbol=Symbol::Pulse />
                "Should run."
            </p>
        </article>
    }
}

/// The keyboard path: Space picks up and drops, arrows move, Escape puts back.
fn steer(table: &Table, event: &KeyboardEvent, build: towpath_domain::ids::BuildId, key: BucketKey) {
    // Keys on the card's own links and buttons keep their meaning.
    if event.target() != event.current_target() {
        return;
    }
    let carry = table.carry.get_untracked();
    let way = match (event.key().as_str(), carry.is_held()) {
        (" ", false) => {
            event.prevent_default();
            table.carry.set(Carry::pick_up(build, key));
            table.say("Picked up. Arrow keys choose a stage, Space drops, Escape puts it back.".to_owned());
            return;
        }
        (" " | "Enter", true) => {
            event.prevent_default();
            table.let_go();
            return;
        }
        ("Escape", true) => {
            event.prevent_default();
            table.carry.set(Carry::Nothing);
            table.say("Put back where it was.".to_owned());
            return;
        }
        ("ArrowRight" | "ArrowDown", true) => Way::Forward,
        ("ArrowLeft" | "ArrowUp", true) => Way::Back,
        _ => return,
    };
    event.prevent_default();
    let stages: Vec<BucketKey> = table.board.columns.iter().map(|column| column.slot.key).collect();
    let carry = carry.step(way, &stages);
    table.carry.set(carry);
    if let Some(drop) = carry.drop_it()
        && let Some(to) = table.board.column(drop.to)
        && let Some(outlook) = table.board.consider(drop.build, drop.from, drop.to)
    {
        table.say(format!("Over {}. {}", to.slot.slug, outlook.words()));
    }
}

/// The stages that the workflow leads to from here: links that work without script, and open the
/// confirmation in place with it.
#[component]
fn MoveMenu(table: Table, key: BucketKey, card: Card) -> impl IntoView {
    let board = table.board.clone();
    let workflow = board.workflow.as_ref()?;
    let from = board.column(key)?.slot.slug.clone();
    let items: Vec<_> = workflow
        .graph
        .after(key)
        .into_iter()
        .filter_map(|to| {
            let column = board.column(to)?;
            let outlook = board.consider(card.build.id, key, to)?;
            let slug = column.slot.slug.clone();
            let href = paths::promote(
                &board.project.slug,
                &board.integration.slug,
                &card.build.digest,
                &from,
                &slug,
            );
            let (words, refused) = (outlook.words(), matches!(outlook, Outlook::Refused { .. }));
            let wish = Wish {
                build: card.build.clone(),
                from: from.clone(),
                to: slug.clone(),
                current: column.current.clone(),
                outlook,
            };
            let table = table.clone();
            let choose = move |event: MouseEvent| {
                if !refused && !event.ctrl_key() && !event.meta_key() {
                    event.prevent_default();
                    table.wish.set(Some(wish.clone()));
                }
            };
            Some(view! {
                <a class="menu__item" href=href on:click=choose draggable="false">
                    {format!("Promote to {slug}")}
                    <span class="menu__note">{words}</span>
                </a>
            })
        })
        .collect();
    (!items.is_empty()).then(|| {
        view! {
            <Menu label=card.build.tag.to_string() text="Move to…">
                {items}
            </Menu>
        }
    })
}
