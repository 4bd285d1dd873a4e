//! Release streams with their environments, and the form for a new one.

use super::forms::{Draft, NameFields, announce, empty_after, free, input_name, successes};
use crate::components::badge::Badge;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::choice::Checkbox;
use crate::components::form::ErrorSummary;
use crate::components::page::PageHeader;
use crate::components::tone::Tone;
use crate::fns::streams::{CreateStream, view_streams};
use crate::loaded::Loaded;
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use towpath_domain::deletions::Subject;
use towpath_domain::slugs::Slug;
use towpath_domain::streams::{StreamLine, StreamsView, parse_slug};

#[component]
pub fn StreamsPage() -> impl IntoView {
    let create = ServerAction::<CreateStream>::new();
    let streams = Resource::new(move || successes(create).get(), |_| view_streams());
    announce(create, "Stream created.");
    view! {
        <main id="main" class="page">
            <Loaded resource=streams let:view>
                <Streams view=view create=create />
            </Loaded>
        </main>
    }
}

#[component]
fn Streams(view: StreamsView, create: ServerAction<CreateStream>) -> impl IntoView {
    let StreamsView { streams, may_configure } = view;
    let taken: Vec<Slug> = streams.iter().map(|line| line.stream.slug.clone()).collect();
    let refused = may_configure.err();
    let may_configure = refused.is_none();
    let aside = match refused {
        None => view! { <NewStream taken=taken create=create /> }.into_any(),
        Some(why) => view! { <p class="muted">{why}</p> }.into_any(),
    };
    view! {
        <Title text="Release streams" />
        <PageHeader
            title="Release streams"
            lead="Classes of environments, the same in all projects. An integration can have one bucket for each stream."
        />
        <div class="columns">
            <Card title="Streams">
                <ul class="rows">
                    {streams.into_iter().map(|line| view! { <Stream line=line may_configure=may_configure /> }).collect_view()}
                </ul>
            </Card>
            {aside}
        </div>
    }
}

#[component]
fn Stream(line: StreamLine, may_configure: bool) -> impl IntoView {
    let StreamLine { stream, environments } = line;
    let delete = (may_configure && !stream.built_in).then(|| {
        let subject = Subject::Stream { slug: stream.slug.to_string() };
        let label = format!("Delete the stream {}", stream.slug);
        view! {
            <a class="button button--small" href=paths::delete(&subject) aria-label=label>
                "Delete…"
            </a>
        }
    });
    let environments =
        if environments.is_empty() { "No environments yet".to_owned() } else { environments.join(", ") };
    view! {
        <li class="rows__item">
            <span class="rows__name">{stream.title.to_string()}</span>
            <code class="rows__meta">{stream.slug.to_string()}</code>
            {stream.production.then(|| view! { <Badge tone=Tone::Warning>"production"</Badge> })}
            {stream.built_in.then(|| view! { <Badge>"built in"</Badge> })}
            {delete}
            <span class="rows__meta rows__meta--line">{environments}</span>
        </li>
    }
}

#[component]
fn NewStream(taken: Vec<Slug>, create: ServerAction<CreateStream>) -> impl IntoView {
    let draft = Draft::of(create);
    let form = NodeRef::new();
    empty_after(create, form);
    let validate = free(parse_slug, taken, "There is a stream of this name already.");
    let production = draft.ticked("production", "on", false);
    view! {
        <Card title="New stream">
            <ActionForm action=create node_ref=form attr:class="form" attr:novalidate="">
                <ErrorSummary errors=draft.errors() />
                <NameFields draft=draft validate=validate aside=true />
                <Checkbox
                    name=input_name("production")
                    label="Production"
                    hint="Builds enter by promotion only, and developers do not promote into it."
                    checked=production
                />
                <div class="form__actions">
                    <SubmitButton kind=ButtonKind::Primary pending=create.pending()>
                        "Create stream"
                    </SubmitButton>
                </div>
            </ActionForm>
        </Card>
    }
}
