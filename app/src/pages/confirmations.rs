//! Confirming that it is still oneself, by a plain form or by a provider, on the way to what asks for it.

use crate::components::banner::Banner;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::field::TextField;
use crate::components::form::ErrorSummary;
use crate::components::icon::{Icon, Symbol};
use crate::components::tone::Tone;
use crate::echo::{mistake, refusal};
use crate::fns::confirmations::{Confirm, view_confirmation};
use crate::loaded::Loaded;
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use towpath_domain::confirmations::ConfirmationView;
use towpath_domain::providers::ProviderButton;

#[component]
pub fn ConfirmPage() -> impl IntoView {
    let query = use_query_map();
    let asked = move |name: &str| query.with_untracked(|query| query.get(name)).unwrap_or_default();
    let view = Resource::new(move || asked("refused"), view_confirmation);
    let done = !asked("done").is_empty();
    view! {
        <Title text="Confirm that it is you" />
        <main id="main" class="sign-in">
            <Loaded resource=view let:view>
                <div class="sign-in__card">
                    <p class="sign-in__brand">
                        <Icon symbol=Symbol::Mark />
                        "Towpath"
                    </p>
                    {if done {
                        Either::Left(view! { <Done /> })
                    } else {
                        Either::Right(view! { <Ways view=view next=asked("next") /> })
                    }}
                </div>
            </Loaded>
        </main>
    }
}

/// For who came here from another tab, where what they typed still stands.
#[component]
fn Done() -> impl IntoView {
    view! {
        <h1 class="sign-in__title">"Thank you, it is you"</h1>
        <p class="sign-in__lead">
            "Close this tab and go back to the one you came from. What you typed stands there; send it again."
        </p>
        <a class="button" href=paths::HOME>
            "Go to the first page"
        </a>
    }
}

#[component]
fn Ways(view: ConfirmationView, next: String) -> impl IntoView {
    let ConfirmationView { person, password, providers, refused } = view;
    let several = password && !providers.is_empty();
    let nothing = !password && providers.is_empty();
    let button = |ProviderButton { slug, .. }: ProviderButton| {
        // Leaves the app: the door behind it is no page.
        view! {
            <a class="button" href=paths::confirm_with(&slug, &next) rel="external">
                {format!("Confirm with {slug}")}
            </a>
        }
    };
    let buttons = (!providers.is_empty()).then(|| {
        view! { <div class="sign-in__providers">{providers.iter().cloned().map(button).collect_view()}</div> }
    });
    view! {
        <h1 class="sign-in__title">"Confirm that it is you"</h1>
        <p class="sign-in__lead">
            "What you are about to do takes a fresh sign-in. Afterwards you are back where you were, and nothing that you typed is lost."
        </p>
        {refused
            .map(|why| {
                view! {
                    <Banner tone=Tone::Danger title="It was not confirmed" live=true>
                        <p class="banner__text">{why}</p>
                    </Banner>
                }
            })}
        {nothing
            .then(|| {
                view! {
                    <Banner tone=Tone::Warning title="There is nothing to confirm it by">
                        <p class="banner__text">
                            "You have no password here, and your account is connected with no provider. Sign out and in again, or ask an admin."
                        </p>
                    </Banner>
                }
            })}
        {buttons}
        {several.then(|| view! { <p class="sign-in__or">"or"</p> })}
        {password.then(|| view! { <PasswordForm email=person.email.to_string() next=next.clone() alone=!several /> })}
        <p class="sign-in__note">
            {format!("You are signed in as {}, {}. ", person.name, person.email)}
            <a href=paths::WHY_CONFIRM>"Why this is asked"</a>
        </p>
    }
}

#[component]
fn PasswordForm(
    email: String,
    next: String,
    /// Whether it is the only way, so that typing may begin at once.
    alone: bool,
) -> impl IntoView {
    let errors = refusal(Confirm::PATH);
    view! {
        <form method="post" action=Confirm::PATH class="form" novalidate>
            <ErrorSummary errors=errors />
            <input type="hidden" name="next" value=next />
            // For password managers, which go by the account.
            <input type="hidden" name="username" autocomplete="username" value=email />
            <TextField
                name="password"
                label="Password"
                input_type="password"
                autocomplete="current-password"
                error=mistake(errors, "password")
                required=true
                autofocus=alone
            />
            <div class="form__actions">
                <SubmitButton kind=ButtonKind::Primary>"Confirm"</SubmitButton>
            </div>
        </form>
    }
}
