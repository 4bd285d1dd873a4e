//! The read tokens of an environment, and the form for a new one.

use super::forms::{Draft, Failure, announce, empty_after, successes};
use super::shown_once::ShownOnce;
use super::tokens::{Replaced, TokenActions, TokenLine};
use crate::components::banner::Banner;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::field::{TextField, Validate};
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::tone::Tone;
use crate::echo::errors;
use crate::fns::read_tokens::{CreateReadToken, view_read_tokens};
use crate::loaded::Loaded;
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use towpath_domain::read_tokens::ReadTokensView;
use towpath_domain::times::Time;
use towpath_domain::tokens::Token;
use towpath_domain::words;

#[component]
pub fn ReadTokensPage() -> impl IntoView {
    let params = use_params_map();
    let param = move |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
    let create = ServerAction::<CreateReadToken>::new();
    let actions = TokenActions::new();
    let (created, done) = (successes(create), actions.done());
    announce(create, "Token created. It is shown on top.");
    let view = Resource::new(
        move || (param("project"), param("environment"), created.get(), done.get()),
        |(project, environment, ..)| view_read_tokens(project, environment),
    );
    view! {
        <main id="main" class="page">
            <Loaded resource=view let:view>
                <ReadTokens view=view create=create actions=actions />
            </Loaded>
        </main>
    }
}

#[component]
fn ReadTokens(
    view: ReadTokensView,
    create: ServerAction<CreateReadToken>,
    actions: TokenActions,
) -> impl IntoView {
    let ReadTokensView { project, environment, tokens, may_make, now } = view;
    let title = format!("Read tokens of {}", environment.title);
    let secret = Signal::derive(move || create.value().get().and_then(Result::ok));
    let (slug, here) = (project.slug.to_string(), environment.slug.to_string());
    let form = may_make.is_ok().then(|| {
        view! {
            <div class="columns">
                <List tokens=tokens now=now actions=actions />
                <NewReadToken project=slug environment=here create=create />
            </div>
        }
    });
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=Crumb::of_project(&project.slug, [Crumb::new(
                environment.slug.to_string(),
                paths::environment(&project.slug, &environment.slug, None),
            ),
            Crumb::here("Read tokens")]) />
        <PageHeader
            title=title
            lead="For deployers: such a token tells what the environment should run, and pulls what is or was current there. Nothing else is to be found by it."
        />
        {may_make
            .err()
            .map(|why| {
                view! {
                    <Banner tone=Tone::Info title="You cannot make tokens for it">
                        <p class="banner__text">{why}</p>
                    </Banner>
                }
            })}
        <Failure errors=errors(move || actions.revoke.value().get()) />
        <Failure errors=errors(move || actions.rotate.value().get()) />
        <ShownOnce of="token" title="The new token" label="Token, shown once" made=secret>
            "Copy it now and give it to the deployer: it is shown this once. Registries take it as the password of any user name."
        </ShownOnce>
        <Replaced rotate=actions.rotate />
        {form}
    }
}

#[component]
fn List(tokens: Vec<Token>, now: Time, actions: TokenActions) -> impl IntoView {
    let none = tokens.is_empty();
    let line = move |token| view! { <TokenLine token=token now=now actions=actions /> };
    view! {
        <Card title="Tokens">
            <ul class="rows">{tokens.into_iter().map(line).collect_view()}</ul>
            {none.then(|| view! { <p class="muted">"None yet. Make one for each cluster or deployer."</p> })}
        </Card>
    }
}

#[component]
fn NewReadToken(
    project: String,
    environment: String,
    create: ServerAction<CreateReadToken>,
) -> impl IntoView {
    let draft = Draft::of(create);
    let form = NodeRef::new();
    empty_after(create, form);
    view! {
        <Card title="New read token">
            <ActionForm action=create node_ref=form attr:class="form" attr:novalidate="">
                <ErrorSummary errors=draft.errors() />
                <input type="hidden" name="project" value=project />
                <input type="hidden" name="environment" value=environment />
                <TextField
                    name=draft.field("title")
                    label="Title"
                    hint="What uses it: “Cluster in Dublin”."
                    required=true
                    validate=Validate::by(words::Title::parse)
                />
                <TextField
                    name=draft.field("days")
                    label="Days until it expires"
                    hint="From 1 to 365."
                    input_type="number"
                    value=draft.value_or("days", "90")
                    required=true
                />
                <div class="form__actions">
                    <SubmitButton kind=ButtonKind::Primary pending=create.pending()>
                        "Create token"
                    </SubmitButton>
                </div>
            </ActionForm>
        </Card>
    }
}
