//! What was sent to a subscription, or waits.

use crate::components::badge::Badge;
use crate::components::button::SubmitButton;
use crate::components::card::Card;
use crate::components::code::CodeBlock;
use crate::components::disclosure::Disclosure;
use crate::components::icon::Symbol;
use crate::components::pager::Pager;
use crate::components::time::{TimeView, ago};
use crate::components::tone::Tone;
use crate::fns::subscriptions::ReplayDelivery;
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use towpath_domain::ids::{DeliveryId, SubscriptionId};
use towpath_domain::subscriptions::{Attempt, Delivery, DeliveryState};
use towpath_domain::timeline::KINDS;
use towpath_domain::times::Time;

#[component]
pub fn Deliveries(
    deliveries: Vec<Delivery>,
    older: Option<DeliveryId>,
    waiting: i64,
    now: Time,
    of: SubscriptionId,
    /// Whether this is a page of older ones.
    paged: bool,
    replay: ServerAction<ReplayDelivery>,
) -> impl IntoView {
    let none = deliveries.is_empty();
    let line = move |delivery| view! { <Line delivery=delivery now=now of=of replay=replay /> };
    let lines = deliveries.into_iter().map(line).collect_view();
    let words = match waiting {
        0 => None,
        1 => Some("One event waits to be sent.".to_owned()),
        count => Some(format!("{count} events wait to be sent, in their order.")),
    };
    view! {
        <Card title="Deliveries">
            {words.map(|words| view! { <p class="muted">{words}</p> })}
            {if none {
                Either::Left(view! { <p class="muted">"Nothing was sent yet. What was is kept for 30 days."</p> })
            } else {
                Either::Right(view! { <ul class="rows">{lines}</ul> })
            }}
            <Pager
                newest=paged.then(|| paths::subscription(of, None))
                older=older.map(|older| paths::subscription(of, Some(older)))
                label="Pages of deliveries"
            />
        </Card>
    }
}

#[component]
fn Line(
    delivery: Delivery,
    now: Time,
    of: SubscriptionId,
    replay: ServerAction<ReplayDelivery>,
) -> impl IntoView {
    let Delivery { id, seq, kind, made_at, state, attempts, due_at, last } = delivery;
    let (tone, symbol) = match state {
        DeliveryState::Waiting => (Tone::Warning, Symbol::Clock),
        DeliveryState::Delivered => (Tone::Success, Symbol::Check),
        DeliveryState::Failed => (Tone::Danger, Symbol::Ban),
    };
    let known = KINDS.iter().find(|(known, _)| *known == kind);
    let words = known.map_or_else(|| "Test".to_owned(), |(_, words)| (*words).to_owned());
    let number = seq.map(|seq| view! { <span class="rows__meta">{format!("event {seq}")}</span> });
    let tries = match (state, attempts) {
        (_, 0) => None,
        (DeliveryState::Waiting, tries) => Some(Either::Left((tries, due_at))),
        (_, 1) => None,
        (_, tries) => Some(Either::Right(tries)),
    };
    let tries = tries.map(|tries| match tries {
        Either::Left((tries, due_at)) => {
            let next = ago(due_at, now);
            Either::Left(move || format!(" {}, again {}.", tried(tries), next()))
        }
        Either::Right(tries) => Either::Right(format!(" {}.", tried(tries))),
    });
    let outcome = last.as_ref().map(|last| format!(" {}", sentence(last)));
    view! {
        <li class="rows__item">
            <span class="rows__name">{words}</span>
            {number}
            <Badge tone=tone symbol=symbol>
                {state.name()}
            </Badge>
            <span class="rows__meta rows__meta--line">
                "Queued " <TimeView at=made_at now=now /> "." {outcome} {tries}
            </span>
            {last.map(|last| view! { <Told id=id of=of last=last replay=replay /> })}
        </li>
    }
}

fn tried(times: i64) -> String {
    if times == 1 { "Tried once".to_owned() } else { format!("Tried {times} times") }
}

/// How a try ended.
pub fn sentence(last: &Attempt) -> String {
    match (&last.error, last.status) {
        (Some(error), _) => format!("Not sent: {error}."),
        (None, Some(status)) => format!("The address answered {status}."),
        (None, None) => "The address did not answer.".to_owned(),
    }
}

/// The last try, and sending it again.
#[component]
fn Told(
    id: DeliveryId,
    of: SubscriptionId,
    last: Attempt,
    replay: ServerAction<ReplayDelivery>,
) -> impl IntoView {
    let answer = (!last.answer.is_empty()).then(|| {
        view! { <CodeBlock label="The beginning of the answer" text=last.answer.clone() /> }
    });
    view! {
        <Disclosure summary="Request and answer" class="rows__more">
            <p class="muted">{format!("Sent on {}; it took {} ms.", last.at.to_words(), last.took)}</p>
            <CodeBlock label="Request" text=last.request />
            {answer}
            <ActionForm action=replay>
                <input type="hidden" name="subscription" value=of.to_string() />
                <input type="hidden" name="delivery" value=id.to_string() />
                <SubmitButton small=true pending=replay.pending()>
                    "Send it again"
                </SubmitButton>
            </ActionForm>
        </Disclosure>
    }
}
