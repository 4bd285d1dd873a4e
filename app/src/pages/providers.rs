//! How people sign in, for those who manage them: the providers as the server's file has them, and trying each.

mod trial;

use crate::components::badge::Badge;
use crate::components::card::Card;
use crate::components::code::CodeBlock;
use crate::components::empty::EmptyState;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::tone::Tone;
use crate::fns::providers::view_providers;
use crate::loaded::Loaded;
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use towpath_domain::providers::{GroupView, ProviderView, ProvidersView};
use trial::TrialCard;

#[component]
pub fn ProvidersPage() -> impl IntoView {
    let query = use_query_map();
    let trial = move || query.with(|query| query.get("trial")).unwrap_or_default();
    let providers = Resource::new(trial, view_providers);
    view! {
        <Title text="Sign-in" />
        <main id="main" class="page">
            <Loaded resource=providers let:view>
                <Providers view=view />
            </Loaded>
        </main>
    }
}

#[component]
fn Providers(view: ProvidersView) -> impl IntoView {
    let ProvidersView { providers, passwords, trial, now } = view;
    let none = providers.is_empty();
    let passwords = if passwords {
        "People can also sign in with e-mail and password."
    } else {
        "Passwords are not taken (local_sign_in is false)."
    };
    view! {
        <Breadcrumbs trail=vec![Crumb::new("People", paths::PEOPLE), Crumb::here("Sign-in")] />
        <PageHeader
            title="Sign-in"
            lead="The providers by which people sign in. They are set up in the server’s configuration, and change when it starts anew."
        />
        {trial.map(|trial| view! { <TrialCard trial=trial now=now /> })}
        {none
            .then(|| {
                view! {
                    <EmptyState title="No provider is set up">
                        <p>"People sign in with e-mail and password. With a provider of OpenID Connect they sign in as elsewhere, and its groups give roles."</p>
                        <a class="button" href=paths::docs("sso")>
                            "How to set one up"
                        </a>
                    </EmptyState>
                }
            })}
        {providers.into_iter().map(|provider| view! { <Provider provider=provider /> }).collect_view()}
        {(!none).then(|| view! { <p class="muted">{passwords}</p> })}
    }
}

#[component]
fn Provider(provider: ProviderView) -> impl IntoView {
    let ProviderView {
        slug,
        text,
        issuer,
        client_id,
        callback,
        scopes,
        groups_claim,
        email_domains,
        default_role,
        groups,
    } = provider;
    let test = paths::test(&slug);
    let title = slug.to_string();
    let tested = title.clone();
    let actions = ViewFn::from(move || {
        view! {
            <a class="button button--small" href=test.clone() rel="external">
                "Test this provider"
                <span class="visually-hidden">{format!(": {tested}")}</span>
            </a>
        }
    });
    let domains = if email_domains.is_empty() { "all".to_owned() } else { email_domains.join(", ") };
    let role =
        default_role.map_or_else(|| "no role".to_owned(), |role| format!("{role} in the whole installation"));
    let fact = |name: &'static str, value: String| {
        view! {
            <div class="facts__row">
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    view! {
        <Card title=title actions=actions>
            <dl class="facts">
                {fact("Button", text)} {fact("Issuer", issuer)} {fact("Client", client_id)}
                {fact("Asks for", scopes.join(", "))} {fact("Domains", domains)} {fact("New people get", role)}
            </dl>
            <CodeBlock label="Redirect address, to be registered at the provider" text=callback />
            <Groups groups=groups claim=groups_claim />
        </Card>
    }
}

#[component]
fn Groups(groups: Vec<GroupView>, claim: String) -> impl IntoView {
    if groups.is_empty() {
        return view! { <p class="muted">"No group gives a role."</p> }.into_any();
    }
    let line = |GroupView { group, grants, problem }: GroupView| {
        view! {
            <li class="rows__item">
                <span class="rows__name">{group}</span>
                <span class="rows__meta">{grants}</span>
                {problem
                    .map(|problem| {
                        view! {
                            <Badge tone=Tone::Warning>"no effect"</Badge>
                            <span class="rows__meta rows__meta--line">{problem}</span>
                        }
                    })}
            </li>
        }
    };
    view! {
        <h3>"Roles by group"</h3>
        <p class="form__note">{format!("Who is in the group, by the claim {claim}, holds the role until the next sign-in without it.")}</p>
        <ul class="rows">{groups.into_iter().map(line).collect_view()}</ul>
    }
    .into_any()
}
