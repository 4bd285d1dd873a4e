//! One hook: its address, what came to it, and what was turned away.

use super::{SecretShown, trail};
use crate::AppError;
use crate::components::badge::Badge;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::code::CodeBlock;
use crate::components::disclosure::Disclosure;
use crate::components::icon::Symbol;
use crate::components::page::{Breadcrumbs, PageHeader};
use crate::components::pager::Pager;
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::echo::errors;
use crate::fns::hooks::{DeleteHook, ReplayHookDelivery, RotateHook, view_hook};
use crate::loaded::Loaded;
use crate::pages::forms::{Failure, announce, successes};
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use towpath_domain::hooks::{Hook, HookDelivery, HookView, TurnedAway, Verdict};
use towpath_domain::ids::HookId;
use towpath_domain::times::Time;

#[component]
pub fn HookPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let id = move || params.with(|params| params.get("hook")).unwrap_or_default();
    let before = move || query.with(|query| query.get("before")).and_then(|before| before.parse().ok());
    let rotate = ServerAction::<RotateHook>::new();
    let delete = ServerAction::<DeleteHook>::new();
    let replay = ServerAction::<ReplayHookDelivery>::new();
    let (rotated, replayed) = (successes(rotate), successes(replay));
    let view = Resource::new(
        move || (id(), before(), rotated.get(), replayed.get()),
        |(id, before, ..)| async move {
            let missing = || AppError::NotFound("This hook was not found".to_owned());
            view_hook(id.parse().map_err(|_| missing())?, before).await
        },
    );
    announce(rotate, "The secret was rotated.");
    announce(replay, "It was replayed.");
    let secret = Signal::derive(move || rotate.value().get().and_then(Result::ok));
    view! {
        <main id="main" class="page">
            <Loaded resource=view let:view>
                <Failure errors=errors(move || rotate.value().get()) />
                <Failure errors=errors(move || delete.value().get()) />
                <Failure errors=errors(move || replay.value().get()) />
                <SecretShown made=secret />
                <One view=view rotate=rotate delete=delete replay=replay />
            </Loaded>
        </main>
    }
}

#[component]
fn One(
    view: HookView,
    rotate: ServerAction<RotateHook>,
    delete: ServerAction<DeleteHook>,
    replay: ServerAction<ReplayHookDelivery>,
) -> impl IntoView {
    let HookView { hook, address, deliveries, older, turned_away, now } = view;
    let title = hook.title.to_string();
    let paged = use_query_map().with_untracked(|query| query.get("before").is_some());
    let page = |before| paths::hook(&hook.project, &hook.integration, hook.id, before);
    let (newest, older) = (paged.then(|| page(None)), older.map(|older| page(Some(older))));
    let none = deliveries.is_empty();
    let of = hook.id;
    let line = move |delivery| view! { <Line delivery=delivery now=now of=of replay=replay /> };
    let lines = deliveries.into_iter().map(line).collect_view();
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=trail(&hook.project, &hook.integration, Some(&title)) />
        <PageHeader title=title lead=hook.source.instructions() />
        <div class="columns">
            <div class="stack">
                <Card title="What came">
                    {if none {
                        Either::Left(view! { <p class="muted">"Nothing yet. What comes is kept for 30 days."</p> })
                    } else {
                        Either::Right(view! { <ul class="rows">{lines}</ul> })
                    }}
                    <Pager newest=newest older=older label="Pages of what came" />
                </Card>
                <Refusals turned_away=turned_away now=now />
            </div>
            <Facts hook=hook address=address now=now rotate=rotate delete=delete />
        </div>
    }
}

#[component]
fn Line(
    delivery: HookDelivery,
    now: Time,
    of: HookId,
    replay: ServerAction<ReplayHookDelivery>,
) -> impl IntoView {
    let HookDelivery { id, sent_as, received_at, verdict, detail, headers, body, replayed_at } = delivery;
    let (tone, symbol) = match verdict {
        Verdict::Registered => (Tone::Success, Symbol::Check),
        Verdict::Ignored => (Tone::Neutral, Symbol::Info),
        Verdict::NotHere | Verdict::Unfinished => (Tone::Warning, Symbol::Clock),
        Verdict::Refused => (Tone::Danger, Symbol::Ban),
    };
    let headers: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let again = replayed_at.map(|at| view! { ", replayed " <TimeView at=at now=now /> });
    view! {
        <li class="rows__item">
            <span class="rows__name">{detail}</span>
            <Badge tone=tone symbol=symbol>
                {verdict.words()}
            </Badge>
            <span class="rows__meta rows__meta--line">"Came " <TimeView at=received_at now=now /> {again}</span>
            <Disclosure summary="Request" class="rows__more">
                <p class="muted">"Sent as " <code>{sent_as}</code></p>
                <CodeBlock label="Headers, without secrets" text=headers.join("\n") />
                <CodeBlock label="Body" text=body />
                <ActionForm action=replay>
                    <input type="hidden" name="hook" value=of.to_string() />
                    <input type="hidden" name="delivery" value=id.to_string() />
                    <SubmitButton small=true pending=replay.pending()>
                        "Replay it"
                    </SubmitButton>
                </ActionForm>
            </Disclosure>
        </li>
    }
}

/// What was not from who knows the secret.
#[component]
fn Refusals(turned_away: Vec<TurnedAway>, now: Time) -> impl IntoView {
    let line = move |TurnedAway { at, because }| {
        view! {
            <li class="rows__item">
                <span class="rows__name">{because}</span>
                <span class="rows__meta">
                    <TimeView at=at now=now />
                </span>
            </li>
        }
    };
    (!turned_away.is_empty()).then(|| {
        view! {
            <Card title="Turned away">
                <p class="muted">
                    "These did not show that their sender knows the secret, so nothing of them was read or kept. They came to this server since it was started."
                </p>
                <ul class="rows">{turned_away.into_iter().map(line).collect_view()}</ul>
            </Card>
        }
    })
}

#[component]
fn Facts(
    hook: Hook,
    address: String,
    now: Time,
    rotate: ServerAction<RotateHook>,
    delete: ServerAction<DeleteHook>,
) -> impl IntoView {
    let Hook { id, title, source, created_at, former_until, .. } = hook;
    let former = former_until
        .filter(|until| *until > now)
        .map(|until| view! { <p class="muted">"The secret before counts until " {until.to_words()} "."</p> });
    view! {
        <Card title="The address">
            <CodeBlock label="Send webhooks here" text=address />
            <p class="muted">
                {format!("{source}, made ")} <TimeView at=created_at now=now /> ". "
                <a href=paths::docs("webhooks#webhooks-in")>"How to send"</a>
            </p>
            {former}
            <Disclosure summary="Rotate the secret…" class="rows__more">
                <ActionForm action=rotate attr:class="form form--confirm">
                    <input type="hidden" name="hook" value=id.to_string() />
                    <p class="form__note">"The secret before counts for a day more."</p>
                    <SubmitButton small=true pending=rotate.pending()>
                        "Rotate the secret"
                    </SubmitButton>
                </ActionForm>
            </Disclosure>
            <Disclosure summary="Delete…" class="rows__more">
                <ActionForm action=delete attr:class="form form--confirm">
                    <input type="hidden" name="hook" value=id.to_string() />
                    <p class="form__note">"Whatever is sent there is refused from now on, and what came is forgotten."</p>
                    <SubmitButton kind=ButtonKind::Danger small=true pending=delete.pending()>
                        "Delete "
                        <span class="visually-hidden">{title.to_string()}</span>
                    </SubmitButton>
                </ActionForm>
            </Disclosure>
        </Card>
    }
}
