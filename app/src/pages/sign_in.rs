//! Signing in: by a provider, by links, or with e-mail and password, by a plain form, so that a first visit loads no code for
//! either.

use crate::components::banner::Banner;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::field::TextField;
use crate::components::form::ErrorSummary;
use crate::components::icon::{Icon, Symbol};
use crate::components::tone::Tone;
use crate::echo::{Echo, mistake, refusal};
use crate::fns::people::SignIn;
use crate::fns::providers::view_sign_in_ways;
use crate::loaded::Loaded;
use crate::paths;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use towpath_domain::providers::{ProviderButton, SignInWays};

#[component]
pub fn SignInPage() -> impl IntoView {
    let query = use_query_map();
    let asked = move |name: &str| query.with_untracked(|query| query.get(name)).unwrap_or_default();
    let ways = Resource::new(move || asked("refused"), view_sign_in_ways);
    view! {
        <Title text="Sign in" />
        <main id="main" class="sign-in">
            <Loaded resource=ways let:ways>
                <Ways ways=ways next=asked("next") />
            </Loaded>
        </main>
    }
}

#[component]
fn Ways(ways: SignInWays, next: String) -> impl IntoView {
    let SignInWays { providers, passwords, nobody, refused } = ways;
    let several = passwords && !providers.is_empty();
    let button = |ProviderButton { slug, text }: ProviderButton| {
        // Leaves the app: the door behind it is no page.
        view! {
            <a class="button" href=paths::sign_in_with(&slug, &next) rel="external">
                {text}
            </a>
        }
    };
    let buttons = (!providers.is_empty()).then(|| {
        view! { <div class="sign-in__providers">{providers.iter().cloned().map(button).collect_view()}</div> }
    });
    view! {
        <div class="sign-in__card">
            <p class="sign-in__brand">
                <Icon symbol=Symbol::Mark />
                "Towpath"
            </p>
            <h1 class="sign-in__title">"Sign in"</h1>
            {refused
                .map(|why| {
                    view! {
                        <Banner tone=Tone::Danger title="You are not signed in" live=true>
                            <p class="banner__text">{why}</p>
                        </Banner>
                    }
                })}
            {nobody
                .then(|| {
                    view! {
                        <Banner tone=Tone::Info title="Nobody has joined yet">
                            <p class="banner__text">
                                "The server printed a link for the first admin when it started. Open that first."
                            </p>
                        </Banner>
                    }
                })}
            {buttons}
            {several.then(|| view! { <p class="sign-in__or">"or"</p> })}
            {passwords.then(|| view! { <PasswordForm next=next.clone() alone=!several /> })}
            <p class="sign-in__note">
                {if passwords && !nobody { "No account? Ask an admin for an invitation. " } else { "" }}
                {if nobody { "For another link, run " } else { "Admins without a way in run " }}
                <code>"towpath-server admin-link"</code> " on the server."
            </p>
        </div>
    }
}

#[component]
fn PasswordForm(
    next: String,
    /// Whether it is the only way in, so that typing may begin at once.
    alone: bool,
) -> impl IntoView {
    let errors = refusal(SignIn::PATH);
    let echo = Echo::of(SignIn::PATH);
    view! {
        <form method="post" action=SignIn::PATH class="form" novalidate>
            <ErrorSummary errors=errors />
            <input type="hidden" name="next" value=next />
            <TextField
                name="email"
                label="E-mail"
                input_type="email"
                autocomplete="username"
                value=echo.value("email")
                error=mistake(errors, "email")
                required=true
                autofocus=alone
            />
            <TextField
                name="password"
                label="Password"
                input_type="password"
                autocomplete="current-password"
                required=true
            />
            <div class="form__actions">
                <SubmitButton kind=ButtonKind::Primary>"Sign in"</SubmitButton>
            </div>
        </form>
    }
}
