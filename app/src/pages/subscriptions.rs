//! Subscriptions: the addresses to which events are sent, the form for a new one, and what became of each event.

mod deliveries;
mod new;
mod one;

pub use one::SubscriptionPage;

use super::forms::{announce, successes};
use super::shown_once::ShownOnce;
use crate::components::badge::Badge;
use crate::components::card::Card;
use crate::components::empty::EmptyState;
use crate::components::icon::Symbol;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::tone::Tone;
use crate::fns::subscriptions::{CreateSubscription, view_subscriptions};
use crate::loaded::Loaded;
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use new::NewSubscription;
use towpath_domain::ids::SubscriptionId;
use towpath_domain::slugs::Slug;
use towpath_domain::subscriptions::{Subscription, SubscriptionsView};

/// Those of the project in the address, or else of the installation.
#[component]
pub fn SubscriptionsPage() -> impl IntoView {
    let params = use_params_map();
    let project = move || params.with(|params| params.get("project")).unwrap_or_default();
    let create = ServerAction::<CreateSubscription>::new();
    let created = successes(create);
    let view = Resource::new(move || (project(), created.get()), |(project, _)| view_subscriptions(project));
    announce(create, "Subscribed. It stands in the list.");
    let secret = Signal::derive(move || create.value().get().and_then(Result::ok).flatten());
    view! {
        <main id="main" class="page">
            <Loaded resource=view let:view>
                <Subscriptions view=view create=create secret=secret />
            </Loaded>
        </main>
    }
}

#[component]
fn Subscriptions(
    view: SubscriptionsView,
    create: ServerAction<CreateSubscription>,
    secret: Signal<Option<String>>,
) -> impl IntoView {
    let slug = view.project.as_ref().map(|project| project.slug.clone());
    let title = match &view.project {
        Some(project) => format!("Webhooks of {}", project.title),
        None => "Webhooks of the installation".to_owned(),
    };
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=trail(slug.as_ref(), None) />
        <PageHeader
            title=title
            lead="What happens here is sent to these addresses: to a deployer, to a chat, to whatever follows. Each gets the events in their order, and again until it takes them."
        />
        <SecretShown made=secret />
        <div class="columns">
            <List subscriptions=view.subscriptions.clone() failing=view.failing.clone() />
            <NewSubscription view=view create=create />
        </div>
    }
}

/// The way to the subscriptions, and to one of them.
fn trail(project: Option<&Slug>, one: Option<&str>) -> Vec<Crumb> {
    let mut trail = match project {
        Some(project) => Crumb::of_project(project, []),
        None => vec![Crumb::new("People", paths::PEOPLE)],
    };
    match one {
        Some(title) => {
            trail.push(Crumb::new("Webhooks", paths::subscriptions(project)));
            trail.push(Crumb::here(title.to_owned()));
        }
        None => trail.push(Crumb::here("Webhooks")),
    }
    trail
}

#[component]
fn List(subscriptions: Vec<Subscription>, failing: Vec<SubscriptionId>) -> impl IntoView {
    if subscriptions.is_empty() {
        return Either::Left(view! {
            <EmptyState title="Nobody is told yet">
                <p>"Subscribe an address, and then send it a test."</p>
            </EmptyState>
        });
    }
    let line = |subscription: Subscription| {
        let fails = failing.contains(&subscription.id);
        let told = subscription.told();
        let Subscription { id, title, shown, format, disabled, .. } = subscription;
        view! {
            <li class="rows__item">
                <a class="rows__link" href=paths::subscription(id, None)>
                    {title.to_string()}
                </a>
                <Badge>{format.to_string()}</Badge>
                {fails.then(|| view! { <Badge tone=Tone::Warning symbol=Symbol::Warning>"not taken"</Badge> })}
                {disabled.map(|_| view! { <Badge tone=Tone::Danger symbol=Symbol::Ban>"disabled"</Badge> })}
                <span class="rows__meta rows__meta--line">
                    <code>{shown}</code>
                </span>
                <span class="rows__meta rows__meta--line">{format!("Gets {told}")}</span>
            </li>
        }
    };
    let lines = subscriptions.into_iter().map(line).collect_view();
    Either::Right(view! {
        <Card title="Subscriptions">
            <ul class="rows">{lines}</ul>
        </Card>
    })
}

/// The secret of a subscription that was just made, or has a new key.
#[component]
fn SecretShown(made: Signal<Option<String>>) -> impl IntoView {
    view! {
        <ShownOnce
            of="subscription"
            title="The secret that signs its messages"
            label="Secret, shown once"
            made=made
        >
            "Copy it now and give it to the receiver: it is shown this once."
        </ShownOnce>
    }
}
