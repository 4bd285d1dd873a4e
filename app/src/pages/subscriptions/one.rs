//! One subscription: how it stands, what can be done with it, and what was sent.

use super::deliveries::{Deliveries, sentence};
use super::{SecretShown, trail};
use crate::AppError;
use crate::components::banner::Banner;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::code::CodeBlock;
use crate::components::disclosure::Disclosure;
use crate::components::page::{Breadcrumbs, PageHeader};
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::echo::errors;
use crate::fns::subscriptions::{
    DeleteSubscription, EnableSubscription, ReplayDelivery, RotateSubscription, TestSubscription,
    view_subscription,
};
use crate::loaded::Loaded;
use crate::pages::forms::{Failure, announce, successes};
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use towpath_domain::ids::SubscriptionId;
use towpath_domain::subscriptions::{Delivery, Disabled, Subscription, SubscriptionView};
use towpath_domain::times::Time;

/// What can be done with a subscription.
#[derive(Clone, Copy)]
struct Actions {
    test: ServerAction<TestSubscription>,
    rotate: ServerAction<RotateSubscription>,
    enable: ServerAction<EnableSubscription>,
    delete: ServerAction<DeleteSubscription>,
    replay: ServerAction<ReplayDelivery>,
}

#[component]
pub fn SubscriptionPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let id = move || params.with(|params| params.get("subscription")).unwrap_or_default();
    let before = move || query.with(|query| query.get("before")).and_then(|before| before.parse().ok());
    let actions = Actions {
        test: ServerAction::new(),
        rotate: ServerAction::new(),
        enable: ServerAction::new(),
        delete: ServerAction::new(),
        replay: ServerAction::new(),
    };
    let done = [
        successes(actions.test),
        successes(actions.rotate),
        successes(actions.enable),
        successes(actions.replay),
    ];
    let view = Resource::new(
        move || (id(), before(), done.map(|done| done.get())),
        |(id, before, _)| async move {
            let missing = || AppError::NotFound("This subscription was not found".to_owned());
            view_subscription(id.parse().map_err(|_| missing())?, before).await
        },
    );
    announce(actions.enable, "Enabled. What waits is sent now.");
    announce(actions.rotate, "The key was rotated.");
    view! {
        <main id="main" class="page">
            <Loaded resource=view let:view>
                <One view=view actions=actions />
            </Loaded>
        </main>
    }
}

#[component]
fn One(view: SubscriptionView, actions: Actions) -> impl IntoView {
    let SubscriptionView { subscription, deliveries, older, waiting, now } = view;
    let title = subscription.title.to_string();
    let failed = errors(move || {
        let failures = [
            actions.test.value().get().map(|done| done.map(drop)),
            actions.rotate.value().get().map(|done| done.map(drop)),
            actions.enable.value().get(),
            actions.delete.value().get(),
            actions.replay.value().get().map(|done| done.map(drop)),
        ];
        failures.into_iter().flatten().find(Result::is_err)
    });
    let secret = Signal::derive(move || actions.rotate.value().get().and_then(Result::ok).flatten());
    let tried = Signal::derive(move || {
        let tests = actions.test.value().get().and_then(Result::ok);
        tests.or_else(|| actions.replay.value().get().and_then(Result::ok))
    });
    let id = subscription.id;
    let paged = use_query_map().with_untracked(|query| query.get("before").is_some());
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=trail(subscription.project.as_ref(), Some(&title)) />
        <PageHeader title=title lead=format!("Gets {}.", subscription.told()) />
        <Failure errors=failed />
        <SecretShown made=secret />
        <Outcome tried=tried />
        {subscription
            .disabled
            .clone()
            .map(|disabled| view! { <DisabledBanner id=id disabled=disabled now=now enable=actions.enable /> })}
        <div class="columns">
            <Deliveries deliveries=deliveries older=older waiting=waiting now=now of=id paged=paged replay=actions.replay />
            <div class="stack">
                <Try id=id test=actions.test />
                <Facts subscription=subscription actions=actions now=now />
            </div>
        </div>
    }
}

/// What became of something that was just sent by hand.
#[component]
fn Outcome(tried: Signal<Option<Delivery>>) -> impl IntoView {
    move || {
        let last = tried.get().and_then(|delivery| delivery.last)?;
        let (tone, title) = if last.succeeded() {
            (Tone::Success, "It was taken")
        } else {
            (Tone::Danger, "It was not taken")
        };
        let words = format!("{} It took {} ms.", sentence(&last), last.took);
        Some(view! {
            <Banner tone=tone title=title live=true>
                <p class="banner__text">{words}</p>
            </Banner>
        })
    }
}

#[component]
fn DisabledBanner(
    id: SubscriptionId,
    disabled: Disabled,
    now: Time,
    enable: ServerAction<EnableSubscription>,
) -> impl IntoView {
    view! {
        <Banner tone=Tone::Danger title="Nothing is sent any more">
            <p class="banner__text">
                {disabled.because} " It was disabled " <TimeView at=disabled.at now=now />
                ". Enabled again, it gets what waits, and what happens from then on."
            </p>
            <ActionForm action=enable>
                <input type="hidden" name="subscription" value=id.to_string() />
                <SubmitButton small=true pending=enable.pending()>
                    "Enable it"
                </SubmitButton>
            </ActionForm>
        </Banner>
    }
}

#[component]
fn Try(id: SubscriptionId, test: ServerAction<TestSubscription>) -> impl IntoView {
    view! {
        <Card title="Try it">
            <ActionForm action=test attr:class="form">
                <input type="hidden" name="subscription" value=id.to_string() />
                <p class="form__note">"Sends a message of the kind “test” at once, and shows what the address answers."</p>
                <div class="form__actions">
                    <SubmitButton kind=ButtonKind::Primary pending=test.pending()>
                        "Send a test"
                    </SubmitButton>
                </div>
            </ActionForm>
        </Card>
    }
}

#[component]
fn Facts(subscription: Subscription, actions: Actions, now: Time) -> impl IntoView {
    let Subscription { id, title, shown, format, signing, public_key, created_at, .. } = subscription;
    let signed = signing.map(|signing| {
        view! {
            <p class="muted">
                {format!("Signed with {}. ", signing.words())}
                <a href=paths::docs("webhooks")>"How to check a signature"</a>
            </p>
        }
    });
    let key = public_key.map(|key| view! { <CodeBlock label="Public key" text=key /> });
    let rotate = signing.map(|_| {
        view! {
            <Disclosure summary="Rotate the key…" class="rows__more">
                <ActionForm action=actions.rotate attr:class="form form--confirm">
                    <input type="hidden" name="subscription" value=id.to_string() />
                    <p class="form__note">"The key before signs beside the new one for a day."</p>
                    <SubmitButton small=true pending=actions.rotate.pending()>
                        "Rotate the key"
                    </SubmitButton>
                </ActionForm>
            </Disclosure>
        }
    });
    view! {
        <Card title="The address">
            <p>
                <code>{shown}</code>
            </p>
            <p class="muted">{format!("{format}, subscribed ")} <TimeView at=created_at now=now /></p>
            {signed}
            {key}
            {rotate}
            <Disclosure summary="Delete…" class="rows__more">
                <ActionForm action=actions.delete attr:class="form form--confirm">
                    <input type="hidden" name="subscription" value=id.to_string() />
                    <p class="form__note">"Nothing is sent there any more, and the log of what was sent goes with it."</p>
                    <SubmitButton kind=ButtonKind::Danger small=true pending=actions.delete.pending()>
                        "Delete "
                        <span class="visually-hidden">{title.to_string()}</span>
                    </SubmitButton>
                </ActionForm>
            </Disclosure>
        </Card>
    }
}
