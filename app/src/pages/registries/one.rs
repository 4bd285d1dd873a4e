//! One registry: whether it answers, what uses it, what is there, and how it is changed and removed.

use super::fields::RegistryFields;
use super::tags::TagsCard;
use super::trail;
use crate::AppError;
use crate::components::banner::Banner;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, PageHeader};
use crate::components::tone::Tone;
use crate::echo::errors;
use crate::fns::registries::{ChangeRegistry, RemoveRegistry, TestRegistry, view_registry};
use crate::loaded::Loaded;
use crate::pages::forms::{Draft, Failure, announce, successes};
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use towpath_domain::ids::RegistryId;
use towpath_domain::outside_steps::StepOf;
use towpath_domain::registries::{Below, Registry, RegistryView, Tried};

#[component]
pub fn RegistryPage() -> impl IntoView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("registry")).unwrap_or_default();
    let change = ServerAction::<ChangeRegistry>::new();
    let changed = successes(change);
    let view = Resource::new(
        move || (id(), changed.get()),
        |(id, _)| async move {
            let missing = || AppError::NotFound("This registry was not found".to_owned());
            view_registry(id.parse().map_err(|_| missing())?).await
        },
    );
    announce(change, "The registry was changed.");
    view! {
        <main id="main" class="page">
            <Loaded resource=view let:view>
                <One view=view change=change />
            </Loaded>
        </main>
    }
}

#[component]
fn One(view: RegistryView, change: ServerAction<ChangeRegistry>) -> impl IntoView {
    let RegistryView { registry, used_by, .. } = view;
    let (test, remove) = (ServerAction::<TestRegistry>::new(), ServerAction::<RemoveRegistry>::new());
    let failed = errors(move || {
        let failures = [test.value().get().map(|done| done.map(drop)), remove.value().get()];
        failures.into_iter().flatten().find(Result::is_err)
    });
    let tried = Signal::derive(move || test.value().get().and_then(Result::ok));
    let (id, name) = (registry.id, registry.slug.to_string());
    let user =
        registry.user.as_deref().map_or_else(|| "without signing in".to_owned(), |user| format!("as {user}"));
    let lead = format!("{}, {user}.", registry.address);
    view! {
        <Title text=name.clone() />
        <Breadcrumbs trail=trail(registry.project.as_ref(), Some(&name)) />
        <PageHeader title=name.clone() lead=lead />
        <Failure errors=failed />
        <Outcome tried=tried />
        <div class="columns">
            <div class="stack"><TagsCard id=id /> <Users used_by=used_by /></div>
            <div class="stack">
                <Card title="Try it">
                    <ActionForm action=test attr:class="form">
                        <input type="hidden" name="registry" value=id.to_string() />
                        <p class="form__note">"Speaks with the registry as it is set up here, and tells what failed."</p>
                        <div class="form__actions">
                            <SubmitButton kind=ButtonKind::Primary pending=test.pending()>
                                "Test the connection"
                            </SubmitButton>
                        </div>
                    </ActionForm>
                </Card>
                <Change registry=registry change=change />
                <Remove id=id name=name remove=remove />
            </div>
        </div>
    }
}

/// What came of the test.
#[component]
fn Outcome(tried: Signal<Option<Tried>>) -> impl IntoView {
    move || {
        let Tried { works, words } = tried.get()?;
        let (tone, title) = if works {
            (Tone::Success, "The connection works")
        } else {
            (Tone::Danger, "The connection does not work")
        };
        Some(view! {
            <Banner tone=tone title=title live=true>
                <p class="banner__text">{words}</p>
            </Banner>
        })
    }
}

/// The promotions that go there.
#[component]
fn Users(used_by: Vec<StepOf>) -> impl IntoView {
    if used_by.is_empty() {
        return Either::Left(view! {
            <Card title="Used by">
                <p class="muted">"No promotion goes there. What promotions do is set on an integration’s page “Steps elsewhere”."</p>
            </Card>
        });
    }
    let line = |step: StepOf| {
        let href = paths::outside_steps(&step.project, &step.integration);
        let into = step.bucket.as_ref().map_or_else(|| "every other bucket".to_owned(), ToString::to_string);
        view! {
            <li class="rows__item">
                <a class="rows__link" href=href>
                    {format!("{}/{}", step.project, step.integration)}
                </a>
                <span class="rows__meta rows__meta--line">{format!("into {into}: {}", step.words)}</span>
            </li>
        }
    };
    Either::Right(view! {
        <Card title="Used by">
            <ul class="rows">{used_by.into_iter().map(line).collect_view()}</ul>
        </Card>
    })
}

#[component]
fn Change(registry: Registry, change: ServerAction<ChangeRegistry>) -> impl IntoView {
    let Registry { id, address, user, below, .. } = registry;
    let start = [
        ("address".to_owned(), address.to_string()),
        ("user".to_owned(), user.unwrap_or_default()),
        ("below".to_owned(), below.as_ref().map(Below::as_str).unwrap_or_default().to_owned()),
    ];
    let draft = Draft::of(change).starting(start);
    let open = !draft.errors().read_untracked().is_empty();
    view! {
        <Card title="Change it">
            <Disclosure summary="Address, user, password…" open=open>
                <ActionForm action=change attr:class="form" attr:novalidate="">
                    <ErrorSummary errors=draft.errors() />
                    <input type="hidden" name="registry" value=id.to_string() />
                    <RegistryFields draft=draft new=false />
                    <div class="form__actions">
                        <SubmitButton pending=change.pending()>"Save"</SubmitButton>
                    </div>
                </ActionForm>
            </Disclosure>
        </Card>
    }
}

#[component]
fn Remove(id: RegistryId, name: String, remove: ServerAction<RemoveRegistry>) -> impl IntoView {
    view! {
        <Card title="Remove it">
            <Disclosure summary="Remove…">
                <ActionForm action=remove attr:class="form form--confirm">
                    <input type="hidden" name="registry" value=id.to_string() />
                    <p class="form__note">"The password is forgotten with it. What lies in the registry stays there."</p>
                    <SubmitButton kind=ButtonKind::Danger small=true pending=remove.pending()>
                        "Remove "
                        <span class="visually-hidden">{name}</span>
                    </SubmitButton>
                </ActionForm>
            </Disclosure>
        </Card>
    }
}
