//! One bucket as a stage of the board, with its verdict while a build is carried.

use super::build_card::BuildCard;
use super::carry::{Act, Carry, Hand};
use super::drawing::comes_from;
use super::history::History;
use super::holds::{HoldLink, Holds};
use super::paused::Paused;
use super::refusals::Refusals;
use super::waiting::WaitingList;
use super::{Table, verdict};
use crate::components::badge::Badge;
use crate::components::icon::{Icon, Symbol};
use crate::later::Later;
use leptos::ev::{DragEvent, MouseEvent};
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsValue;
use leptos::web_sys::HtmlElement;
use towpath_domain::boards::Column;
use towpath_domain::buckets::BucketKey;
use towpath_domain::promotions::Outlook;
use towpath_domain::workflows::Arrivals;

#[component]
pub(super) fn Stage(table: Table, key: BucketKey) -> impl IntoView {
    let (board, carry, drawing) = (table.board, table.carry, table.drawing);
    let first = board.read_untracked().column(key).cloned()?;
    let Column { slot, .. } = first.clone();
    // A stage that goes away stays as it was until it has gone.
    let column = Memo::new(move |last: Option<&Column>| {
        let now = board.read().column(key).cloned();
        now.unwrap_or_else(|| last.unwrap_or(&first).clone())
    });
    let meeting = Memo::new(move |_| meeting(table, carry.get(), key));
    let touched = Memo::new(move |_| carry.get().is_in(Hand::Touch));
    let over = move |event: DragEvent| {
        let carry = carry.get_untracked();
        if carry.is_held() {
            event.prevent_default();
            if !carry.hangs_over(key) {
                table.act(Act::Over(key));
            }
        }
    };
    let leave = move |event: DragEvent| {
        if !stays_inside(&event) {
            table.act(Act::Leave(key));
        }
    };
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        table.act(Act::Drop);
    };
    // With a build in the hand a tap puts it down, whatever lies under the finger.
    let tapped = move |event: MouseEvent| {
        if touched.get_untracked() {
            event.prevent_default();
            event.stop_propagation();
            table.act(Act::DropOn(key));
        }
    };
    // A stage under the hand is in sight, also where the board is taller or wider than the window.
    let node = NodeRef::<html::Li>::new();
    Effect::new(move |_| {
        if carry.get().hangs_over(key)
            && carry.get().is_in(Hand::Keys)
            && let Some(stage) = node.get_untracked()
        {
            show(&stage);
        }
    });
    let name = slot.slug.to_string();
    let (bucket, title_id) = (name.clone(), format!("stage-{name}"));
    let labelled_by = title_id.clone();
    let rule = Memo::new(move |_| gates(&column.read()));
    let gated = Memo::new(move |_| !column.read().gates.is_empty());
    let way = move || if gated.get() { "stage__way stage__way--gated" } else { "stage__way" };
    // The workflow does not lead here.
    let aside = Memo::new(move |_| board.read().workflow.is_some() && !column.read().is_stage);
    let stream = format!("{} stream", slot.stream.slug);
    let empty = Memo::new(move |_| column.read().current.is_none());
    Some(view! {
        <li
            class="stage"
            node_ref=node
            class:stage--aside=move || aside.get()
            class:stage--over=move || carry.get().hangs_over(key)
            data-verdict=move || meeting.read().name()
            data-bucket=bucket
            data-level=move || drawing.read().as_ref().and_then(|drawing| drawing.level(key))
            data-lane=move || drawing.read().as_ref().map(|drawing| drawing.lane(key))
            data-ends=move || drawing.read().as_ref().map(|drawing| drawing.ends(key))
            aria-labelledby=labelled_by
            on:dragover=over
            on:dragleave=leave
            on:drop=dropped
            on:click:capture=tapped
        >
            <div class=way aria-hidden="true"></div>
            <Later>
                <header class="stage__header">
                    <h2 class="stage__title" id=title_id>
                        {name}
                    </h2>
                    <Badge stream=true>{stream}</Badge>
                    <div class="stage__rule">
                        <p class="stage__gates">
                            {move || gated.get().then(|| view! { <Icon symbol=Symbol::Gate /> })}
                            {move || rule.get()}
                        </p>
                        {move || meeting.read().outlook().map(|outlook| verdict::line(outlook, touched.get()))}
                    </div>
                    {move || {
                        let from = drawing.read().as_ref().and_then(|_| comes_from(&board.read(), key));
                        from.map(|from| view! { <p class="stage__from">{from}</p> })
                    }}
                    <p class="stage__arrivals">{move || arrivals(&column.read(), board.read().project.archived_at.is_some())}</p>
                </header>
            </Later>
            <Later>
                <div class="stage__body">
                    <For each=move || column.read().current.clone() key=|card| card.placement let:card>
                        <BuildCard table=table key=key card=card />
                    </For>
                    {move || {
                        empty.get().then(|| view! { <div class="stage__empty"><p>"Nothing here yet"</p></div> })
                    }}
                    <Holds table=table column=column />
                    <Paused table=table column=column />
                    <WaitingList table=table column=column />
                    <Refusals table=table column=column />
                    <History table=table column=column />
                    <HoldLink table=table column=column />
                </div>
            </Later>
        </li>
    })
}

/// Scrolls what does not stand in the window into it.
fn show(stage: &HtmlElement) {
    let (top, bottom) = (stage.get_bounding_client_rect().top(), stage.get_bounding_client_rect().bottom());
    let (left, right) = (stage.get_bounding_client_rect().left(), stage.get_bounding_client_rect().right());
    let size = |of: Result<JsValue, JsValue>| of.ok().and_then(|size| size.as_f64()).unwrap_or(f64::MAX);
    let (width, height) = (size(window().inner_width()), size(window().inner_height()));
    if top < 0.0 || left < 0.0 || bottom > height || right > width {
        stage.scroll_into_view_with_bool(top < 0.0 || bottom - top > height);
    }
}

/// How the stage meets what is in the hand.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Meeting {
    Nothing,
    /// The build in the hand comes from here.
    Source,
    Outlook(Outlook),
}

fn meeting(table: Table, carry: Carry, here: BucketKey) -> Meeting {
    let Some(held) = carry.held() else { return Meeting::Nothing };
    if held.load.from == here {
        return Meeting::Source;
    }
    let outlook = table.board.read().consider(held.load.build, held.load.from, here, table.present.get());
    outlook.map_or(Meeting::Nothing, Meeting::Outlook)
}

impl Meeting {
    const fn name(&self) -> &'static str {
        match self {
            Self::Nothing => "none",
            Self::Source => "source",
            Self::Outlook(outlook) => verdict::name(outlook),
        }
    }

    const fn outlook(&self) -> Option<&Outlook> {
        match self {
            Self::Outlook(outlook) => Some(outlook),
            Self::Nothing | Self::Source => None,
        }
    }
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

fn gates(column: &Column) -> String {
    if column.gates.is_empty() { "No gates".to_owned() } else { column.gates.join(" · ") }
}

const fn arrivals(column: &Column, archived: bool) -> &'static str {
    if archived {
        return "Arrivals: none, as the project is archived";
    }
    match (column.arrivals, column.paused_at) {
        (Arrivals::PromotionOnly, Some(_)) => "Arrivals: by promotion only; automatic promotion is paused",
        (Arrivals::PromotionOnly, None) => "Arrivals: by promotion only",
        (Arrivals::Any, Some(_)) => "Arrivals: paused",
        (Arrivals::Any, None) => "Arrivals: any push",
    }
}
