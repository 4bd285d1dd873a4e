//! Registries elsewhere that a project, or the installation, is connected with, and the form for another.

mod fields;
mod one;
mod tags;

pub use one::RegistryPage;

use super::forms::Draft;
use crate::components::badge::Badge;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::empty::EmptyState;
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::time::TimeView;
use crate::fns::registries::{ConnectRegistry, view_registries};
use crate::loaded::Loaded;
use crate::paths;
use fields::RegistryFields;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use towpath_domain::registries::{RegistriesView, Registry};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;

/// Those of the project in the address, or else of the installation.
#[component]
pub fn RegistriesPage() -> impl IntoView {
    let params = use_params_map();
    let project = move || params.with(|params| params.get("project")).unwrap_or_default();
    let connect = ServerAction::<ConnectRegistry>::new();
    let view = Resource::new(project, view_registries);
    view! {
        <main id="main" class="page">
            <Loaded resource=view let:view>
                <Registries view=view connect=connect />
            </Loaded>
        </main>
    }
}

#[component]
fn Registries(view: RegistriesView, connect: ServerAction<ConnectRegistry>) -> impl IntoView {
    let RegistriesView { project, registries, shared, now } = view;
    let slug = project.as_ref().map(|project| project.slug.clone());
    let title = match &project {
        Some(project) => format!("Registries of {}", project.title),
        None => "Registries of the installation".to_owned(),
    };
    let shared = (!shared.is_empty()).then(|| {
        view! {
            <Card title="Of the installation">
                <p class="muted">"Every project may use these. They are changed by who configures the installation."</p>
                <ul class="rows">{shared.into_iter().map(|one| view! { <Line registry=one now=now linked=false /> }).collect_view()}</ul>
            </Card>
        }
    });
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=trail(slug.as_ref(), None) />
        <PageHeader
            title=title
            lead="Where images go beside this one: a promotion can copy its image there, or name it there, before it counts here."
        />
        <div class="columns">
            <div class="stack"><List registries=registries now=now /> {shared}</div>
            <NewRegistry project=slug connect=connect />
        </div>
    }
}

/// The way to the registries, and to one of them.
fn trail(project: Option<&Slug>, one: Option<&str>) -> Vec<Crumb> {
    let mut trail = match project {
        Some(project) => Crumb::of_project(project, []),
        None => vec![Crumb::new("People", paths::PEOPLE)],
    };
    match one {
        Some(name) => {
            trail.push(Crumb::new("Registries", paths::registries(project)));
            trail.push(Crumb::here(name.to_owned()));
        }
        None => trail.push(Crumb::here("Registries")),
    }
    trail
}

#[component]
fn List(registries: Vec<Registry>, now: Time) -> impl IntoView {
    if registries.is_empty() {
        return Either::Left(view! {
            <EmptyState title="Not connected with any registry yet">
                <p>"Images are pushed here and pulled from here without any. Connect one where they are to go as well."</p>
            </EmptyState>
        });
    }
    let lines =
        registries.into_iter().map(|one| view! { <Line registry=one now=now linked=true /> }).collect_view();
    Either::Right(view! {
        <Card title="Connected">
            <ul class="rows">{lines}</ul>
        </Card>
    })
}

#[component]
fn Line(registry: Registry, now: Time, linked: bool) -> impl IntoView {
    let Registry { id, slug, address, user, below, created_at, .. } = registry;
    let name = if linked {
        Either::Left(view! {
            <a class="rows__link" href=paths::registry(id)>
                {slug.to_string()}
            </a>
        })
    } else {
        Either::Right(view! { <span class="rows__name">{slug.to_string()}</span> })
    };
    let below = below.map(|below| format!(", below {}/", below.as_str()));
    view! {
        <li class="rows__item">
            {name} <Badge>{user.map_or_else(|| "not signed in".to_owned(), |user| format!("as {user}"))}</Badge>
            <span class="rows__meta rows__meta--line">
                <code>{address.to_string()}</code>
                {below}
            </span>
            <span class="rows__meta rows__meta--line">"connected " <TimeView at=created_at now=now /></span>
        </li>
    }
}

#[component]
fn NewRegistry(project: Option<Slug>, connect: ServerAction<ConnectRegistry>) -> impl IntoView {
    let draft = Draft::of(connect);
    let project = project.map(|project| project.to_string()).unwrap_or_default();
    view! {
        <Card title="Connect a registry">
            <ActionForm action=connect attr:class="form" attr:novalidate="">
                <ErrorSummary errors=draft.errors() />
                <input type="hidden" name="project" value=project />
                <RegistryFields draft=draft new=true />
                <div class="form__actions">
                    <SubmitButton kind=ButtonKind::Primary pending=connect.pending()>
                        "Connect"
                    </SubmitButton>
                </div>
            </ActionForm>
        </Card>
    }
}
