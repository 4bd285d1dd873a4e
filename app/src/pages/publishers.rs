//! The publishers of a project: CI jobs that push without a secret, and those that were refused.

mod new;
mod refused;

pub use new::NewPublisherPage;

use super::forms::{Failure, announce, successes};
use crate::components::badge::Badge;
use crate::components::banner::OnlyLook;
use crate::components::button::{ButtonKind, LinkButton, SubmitButton};
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::empty::EmptyState;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::echo::errors;
use crate::fns::publishers::{DemandTrustedPublishing, RemovePublisher, view_publishers};
use crate::loaded::Loaded;
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use refused::RefusedExchanges;
use towpath_domain::publishers::{Condition, Publisher, PublisherLine, PublishersView};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;

#[component]
pub fn PublishersPage() -> impl IntoView {
    let params = use_params_map();
    let slug = move || params.with(|params| params.get("project")).unwrap_or_default();
    let remove = ServerAction::<RemovePublisher>::new();
    let demand = ServerAction::<DemandTrustedPublishing>::new();
    let (removed, demanded) = (successes(remove), successes(demand));
    let publishers = Resource::new(
        move || (slug(), removed.get(), demanded.get()),
        |(project, ..)| view_publishers(project),
    );
    let failed = errors(move || remove.value().get());
    let failed_demand = errors(move || demand.value().get());
    announce(remove, "Publisher removed.");
    announce(demand, "Changed who may push.");
    view! {
        <main id="main" class="page">
            <Loaded resource=publishers let:view>
                <Failure errors=failed />
                <Failure errors=failed_demand />
                <Publishers view=view remove=remove demand=demand />
            </Loaded>
        </main>
    }
}

#[component]
fn Publishers(
    view: PublishersView,
    remove: ServerAction<RemovePublisher>,
    demand: ServerAction<DemandTrustedPublishing>,
) -> impl IntoView {
    let PublishersView { project, demanded, publishers, refused, may_configure, now, .. } = view;
    let slug = project.slug.clone();
    let title = format!("Publishers of {}", project.title);
    let may = may_configure.is_ok();
    let trail = Crumb::of_project(&slug, [Crumb::here("Publishers")]);
    let none = publishers.is_empty();
    let add = paths::new_publisher(&slug, "");
    let line = {
        let slug = slug.clone();
        move |line| view! { <Line project=slug.clone() line=line now=now may=may remove=remove /> }
    };
    let list = if none {
        Either::Left(view! {
            <EmptyState title="No CI is trusted yet">
                <p>"A CI such as GitHub Actions signs a token for each of its jobs. Trust your own jobs, and they push with it: no secret lies in the CI."</p>
                {may.then(|| view! { <LinkButton href=add.clone()>"Trust a CI"</LinkButton> })}
                <LinkButton href=paths::docs("trusted-publishing")>"How it works"</LinkButton>
            </EmptyState>
        })
    } else {
        Either::Right(view! {
            <Card title="Trusted">
                <ul class="rows">{publishers.into_iter().map(line).collect_view()}</ul>
            </Card>
        })
    };
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=trail />
        <PageHeader title=title lead="CI jobs that push by the token that their CI signs for them, without a secret of ours.">
            {(may && !none)
                .then(|| view! { <LinkButton href=paths::new_publisher(&project.slug, "")>"Trust a CI"</LinkButton> })}
        </PageHeader>
        {may_configure.err().map(|why| view! { <OnlyLook words="You can look at the publishers here, not change them" why=why /> })}
        {list}
        <Demand project=slug.clone() demanded=demanded may=may trusted=!none demand=demand />
        {may.then(|| view! { <RefusedExchanges project=slug refused=refused now=now /> })}
    }
}

#[component]
fn Line(
    project: Slug,
    line: PublisherLine,
    now: Time,
    may: bool,
    remove: ServerAction<RemovePublisher>,
) -> impl IntoView {
    let PublisherLine { publisher, reach } = line;
    let Publisher { id, title, system, issuer, keys, conditions, pull_requests, used_at, .. } = publisher;
    let condition = |Condition { claim, value }: Condition| {
        view! {
            <div class="facts__row">
                <dt>
                    <code>{claim}</code>
                </dt>
                <dd>
                    <code>{value}</code>
                </dd>
            </div>
        }
    };
    let used = match used_at {
        Some(at) => Either::Left(view! { "Last job " <TimeView at=at now=now /> }),
        None => Either::Right("No job came yet"),
    };
    let keys = if keys.is_some() { "by keys that were uploaded" } else { "by the keys that it publishes" };
    let name = title.to_string();
    view! {
        <li class="rows__item">
            <span class="rows__name">{name.clone()}</span>
            <Badge>{system.title()}</Badge>
            {pull_requests.then(|| view! { <Badge tone=Tone::Warning>"pull requests, too"</Badge> })}
            <span class="rows__meta rows__meta--line">{format!("Pushes {reach}")}</span>
            <span class="rows__meta rows__meta--line">{used}</span>
            <Disclosure summary="What it trusts" class="rows__more">
                <p class="form__note">{format!("Tokens of {issuer}, signed {keys}, that say:")}</p>
                <dl class="facts">{conditions.into_iter().map(condition).collect_view()}</dl>
            </Disclosure>
            {may
                .then(|| {
                    view! {
                        <Disclosure summary="Remove…" class="rows__more">
                            <ActionForm action=remove attr:class="form form--confirm">
                                <input type="hidden" name="project" value=project.to_string() />
                                <input type="hidden" name="publisher" value=id.to_string() />
                                <p class="form__note">"Its jobs get no more tokens, and those that they have stop working."</p>
                                <SubmitButton kind=ButtonKind::Danger small=true pending=remove.pending()>
                                    "Remove "
                                    <span class="visually-hidden">{name}</span>
                                </SubmitButton>
                            </ActionForm>
                        </Disclosure>
                    }
                })}
        </li>
    }
}

/// Whether anybody else may push.
#[component]
fn Demand(
    project: Slug,
    demanded: bool,
    may: bool,
    /// Whether any job is trusted.
    trusted: bool,
    demand: ServerAction<DemandTrustedPublishing>,
) -> impl IntoView {
    let (title, words, button) = if demanded {
        (
            "Nothing but trusted jobs pushes",
            "Tokens that people made, and people themselves, are refused at every push into this project.",
            "Let tokens push again",
        )
    } else {
        (
            "Tokens push, too",
            "Whoever has a token for this project can push what no CI vouches for. Demand trusted jobs once all of your CI has moved.",
            "Demand trusted jobs",
        )
    };
    view! {
        <Card title=title>
            <p class="form__note">{words}</p>
            {(!demanded && !trusted)
                .then(|| view! { <p class="form__note">"No job is trusted yet, so nothing could push then."</p> })}
            {may
                .then(|| {
                    view! {
                        <ActionForm action=demand attr:class="form">
                            <input type="hidden" name="project" value=project.to_string() />
                            <input type="hidden" name="demanded" value=(!demanded).to_string() />
                            <div class="form__actions">
                                <SubmitButton pending=demand.pending()>{button}</SubmitButton>
                            </div>
                        </ActionForm>
                    }
                })}
        </Card>
    }
}
