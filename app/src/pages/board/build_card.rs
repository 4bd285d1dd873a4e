//! A build on the board: what it is, how it came there, and the ways to move it.

use super::carry::{Act, Hand, Load, Way};
use super::move_menu::MoveMenu;
use super::runs::Runs;
use super::{Table, lies_there, load};
use crate::components::avatar::Avatar;
use crate::components::digest::DigestView;
use crate::components::icon::{Icon, Symbol};
use crate::components::time::TimeView;
use crate::paths;
use leptos::ev::{DragEvent, KeyboardEvent};
use leptos::prelude::*;
use towpath_domain::boards::{Card, Passed};
use towpath_domain::buckets::BucketKey;
use towpath_domain::builds::Origin;
use towpath_domain::digests::Digest;

#[component]
pub(super) fn BuildCard(table: Table, key: BucketKey, card: Card) -> impl IntoView {
    let (carry, load) = (table.carry, load(&card, key));
    let start = move |event: DragEvent| {
        if let Some(data) = event.data_transfer() {
            // Some browsers start no drag without data; what counts is in the signal.
            let _ = data.set_data("text/plain", "build");
            data.set_effect_allowed("move");
        }
        table.act(Act::PickUp(load, Hand::Mouse));
    };
    // A card that is taken away loses the focus too; that is for the board to tell.
    let blur = move |_| {
        let held =
            carry.try_get_untracked().is_some_and(|carry| carry.holds(load) && carry.is_in(Hand::Keys));
        if held && lies_there(&table.board.read_untracked(), load) {
            table.act(Act::LetGo);
        }
    };
    let slug = table.board.read_untracked().column(key).map(|column| column.slot.slug.to_string());
    let title_id = format!("card-{}", slug.unwrap_or_default());
    let labelled_by = title_id.clone();
    let verb = match card.cause.as_str() {
        "promotion" => " promoted it ",
        "rollback" => " rolled back to it ",
        "assignment" => " assigned it ",
        "reclassification" => " reclassified it ",
        "carry-over" => " carried it over ",
        _ => " pushed it ",
    };
    let tag = card.build.tag.to_string();
    let dragged = move || carry.get().holds(load) && carry.get().is_in(Hand::Mouse);
    let picked = move || carry.get().holds(load) && !carry.get().is_in(Hand::Mouse);
    view! {
        <article
            class="build-card"
            class:build-card--dragging=dragged
            class:build-card--picked=picked
            class:build-card--arrived=table.stands.get_value()
            draggable="true"
            tabindex="0"
            aria-labelledby=labelled_by
            aria-describedby="board-help"
            on:dragstart=start
            on:dragend=move |_| table.act(Act::LetGo)
            on:keydown=move |event| steer(table, &event, load)
            on:blur=blur
        >
            <header class="build-card__header">
                <Handle table=table load=load tag=tag.clone() />
                <h3 class="build-card__tag" id=title_id>
                    <a href=paths::build(&card.build.digest) draggable="false">
                        {tag}
                    </a>
                </h3>
                <MoveMenu table=table from=key card=card.clone() />
            </header>
            <DigestView value=card.build.digest.to_string() />
            {origin(card.build.origin)}
            <p class="build-card__by">
                <Avatar name=card.by.clone() />
                <span>
                    {card.by} {verb} {card.by_token.then_some("by token ")} <TimeView at=card.at now=table.now />
                </span>
            </p>
            <BadMark table=table digest=card.build.digest.clone() />
            {card.emergency.map(|passed| emergency_mark(table, passed))}
            <Runs table=table bucket=key should=card.build.id />
        </article>
    }
}

/// That a hold marks the build bad, with the way to it.
#[component]
fn BadMark(table: Table, digest: Digest) -> impl IntoView {
    let mark = Memo::new(move |_| {
        let (board, now) = (table.board.read(), table.present.get());
        board.bad_mark(&digest, now).map(|hold| hold.number)
    });
    move || {
        mark.get().map(|number| {
            view! {
                <p class="build-card__bad">
                    <Icon symbol=Symbol::Ban />
                    <a href=paths::hold(number)>{format!("Marked bad by hold {number}")}</a>
                </p>
            }
        })
    }
}

/// That it is here past its gates, with the way to why.
fn emergency_mark(table: Table, passed: Passed) -> impl IntoView {
    let href = paths::promotion(&table.board.read_untracked().project.slug, passed.number);
    let review = if passed.reviewed { "reviewed" } else { "not reviewed yet" };
    view! {
        <p class="build-card__bad">
            <Icon symbol=Symbol::Warning />
            <span>
                <a href=href>{format!("Emergency #{}", passed.number)}</a>
                ", "
                {review}
            </span>
        </p>
    }
}

/// For fingers, which drag the page: one tap picks the build up, another puts it down. The style shows it to them
/// alone, and only where script runs.
#[component]
fn Handle(table: Table, load: Load, tag: String) -> impl IntoView {
    let carry = table.carry;
    let held = move || carry.get().holds(load) && carry.get().is_in(Hand::Touch);
    view! {
        <button
            type="button"
            class="build-card__handle"
            aria-label=format!("Pick up {tag}")
            aria-pressed=move || if held() { "true" } else { "false" }
            on:click=move |event| {
                event.stop_propagation();
                table.act(Act::PickUp(load, Hand::Touch));
            }
        >
            <Icon symbol=Symbol::Grip />
        </button>
    }
}

fn origin(origin: Origin) -> impl IntoView {
    let Origin { commit, git_ref, title, .. } = origin;
    let known = commit.is_some() || git_ref.is_some();
    let commit = commit.map(|commit| {
        let short: String = commit.value.chars().take(7).collect();
        view! {
            <Icon symbol=Symbol::Commit />
            <code title=commit.value>{short}</code>
        }
    });
    let branch = git_ref.map(|branch| {
        view! {
            " "
            <span class="build-card__branch">
                <Icon symbol=Symbol::Branch />
                {branch.value}
            </span>
        }
    });
    view! {
        {known.then(|| view! { <p class="build-card__commit">{commit} {branch}</p> })}
        {title.map(|title| view! { <p class="build-card__message">{title.value}</p> })}
    }
}

/// The keyboard path: Space picks up and drops, arrows move, Escape puts back.
fn steer(table: Table, event: &KeyboardEvent, load: Load) {
    // Keys on the card's own links and buttons keep their meaning.
    if event.target() != event.current_target() {
        return;
    }
    // A key that is held down for a moment is one press.
    if event.repeat() && [" ", "Enter"].contains(&event.key().as_str()) {
        event.prevent_default();
        return;
    }
    let held = table.carry.get_untracked().is_held();
    let act = match (event.key().as_str(), held) {
        (" ", false) => Act::PickUp(load, Hand::Keys),
        (" " | "Enter", true) => Act::Drop,
        ("Escape", true) => Act::PutBack,
        ("ArrowRight", true) => Act::Step(Way::Forward),
        ("ArrowLeft", true) => Act::Step(Way::Back),
        ("ArrowDown", true) => Act::Look(Way::Forward),
        ("ArrowUp", true) => Act::Look(Way::Back),
        _ => return,
    };
    event.prevent_default();
    table.act(act);
}
