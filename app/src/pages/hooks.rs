//! Hooks of an integration: the addresses at which other systems announce builds, and the form for a new one.

mod one;

pub use one::HookPage;

use super::forms::{Draft, announce, empty_after, successes};
use super::shown_once::ShownOnce;
use crate::components::badge::Badge;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::empty::EmptyState;
use crate::components::field::{TextField, Validate};
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::select::{Select, SelectOption};
use crate::components::time::TimeView;
use crate::fns::hooks::{CreateHook, view_hooks};
use crate::loaded::Loaded;
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use towpath_domain::hooks::{Hook, HooksView, Source};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::words;

#[component]
pub fn HooksPage() -> impl IntoView {
    let params = use_params_map();
    let param = move |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
    let create = ServerAction::<CreateHook>::new();
    let created = successes(create);
    let view = Resource::new(
        move || (param("project"), param("integration"), created.get()),
        |(project, integration, _)| view_hooks(project, integration),
    );
    announce(create, "The hook was made. It stands in the list.");
    let secret = Signal::derive(move || create.value().get().and_then(Result::ok));
    view! {
        <main id="main" class="page">
            <Loaded resource=view let:view>
                <Hooks view=view create=create secret=secret />
            </Loaded>
        </main>
    }
}

#[component]
fn Hooks(view: HooksView, create: ServerAction<CreateHook>, secret: Signal<Option<String>>) -> impl IntoView {
    let HooksView { project, integration, hooks, now } = view;
    let title = format!("Hooks of {integration}");
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=trail(&project, &integration, None) />
        <PageHeader
            title=title
            lead="Addresses at which a CI or another registry announces a build whose image was pushed here. Each has a secret of its own, and receives builds in the name of who made it."
        />
        <SecretShown made=secret />
        <div class="columns">
            <List hooks=hooks now=now />
            <NewHook project=project integration=integration create=create />
        </div>
    }
}

/// The way to the hooks of an integration, and to one of them.
fn trail(project: &Slug, integration: &Slug, one: Option<&str>) -> Vec<Crumb> {
    let mut trail = Crumb::of_integration(project, integration, []);
    match one {
        Some(title) => {
            trail.push(Crumb::new("Hooks", paths::hooks(project, integration)));
            trail.push(Crumb::here(title.to_owned()));
        }
        None => trail.push(Crumb::here("Hooks")),
    }
    trail
}

#[component]
fn List(hooks: Vec<Hook>, now: Time) -> impl IntoView {
    if hooks.is_empty() {
        return Either::Left(view! {
            <EmptyState title="No hooks yet">
                <p>"A push needs none. Make one for what tells of a build only after it was pushed."</p>
            </EmptyState>
        });
    }
    let line = move |hook: Hook| {
        let href = paths::hook(&hook.project, &hook.integration, hook.id, None);
        view! {
            <li class="rows__item">
                <a class="rows__link" href=href>
                    {hook.title.to_string()}
                </a>
                <Badge>{hook.source.to_string()}</Badge>
                <span class="rows__meta">"made " <TimeView at=hook.created_at now=now /></span>
            </li>
        }
    };
    let lines = hooks.into_iter().map(line).collect_view();
    Either::Right(view! {
        <Card title="Hooks">
            <ul class="rows">{lines}</ul>
        </Card>
    })
}

#[component]
fn NewHook(project: Slug, integration: Slug, create: ServerAction<CreateHook>) -> impl IntoView {
    let draft = Draft::of(create);
    let form = NodeRef::new();
    empty_after(create, form);
    let sources = Source::ALL.map(|source| SelectOption::new(source.name(), source.to_string())).to_vec();
    view! {
        <Card title="New hook">
            <ActionForm action=create node_ref=form attr:class="form" attr:novalidate="">
                <ErrorSummary errors=draft.errors() />
                <input type="hidden" name="project" value=project.to_string() />
                <input type="hidden" name="integration" value=integration.to_string() />
                <TextField
                    name=draft.field("title")
                    label="Title"
                    hint="What announces builds: “Release job”."
                    required=true
                    validate=Validate::by(words::Title::parse)
                />
                <Select
                    name=draft.field("source")
                    label="Whose webhooks come"
                    options=sources
                />
                <div class="form__actions">
                    <SubmitButton kind=ButtonKind::Primary pending=create.pending()>
                        "Make the hook"
                    </SubmitButton>
                </div>
            </ActionForm>
        </Card>
    }
}

/// The secret of a hook that was just made, or has a new one.
#[component]
fn SecretShown(made: Signal<Option<String>>) -> impl IntoView {
    view! {
        <ShownOnce of="hook" title="The secret of the hook" label="Secret, shown once" made=made>
            "Copy it now and give it to the sender: it is shown this once."
        </ShownOnce>
    }
}
