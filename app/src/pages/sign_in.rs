//! Signing in with e-mail and password: a plain form, so that a first visit loads no code for it.

use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::field::TextField;
use crate::components::form::ErrorSummary;
use crate::components::icon::{Icon, Symbol};
use crate::echo::{Echo, mistake, refusal};
use crate::fns::people::SignIn;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[component]
pub fn SignInPage() -> impl IntoView {
    let errors = refusal(SignIn::PATH);
    let echo = Echo::of(SignIn::PATH);
    let next = use_query_map().with_untracked(|query| query.get("next")).unwrap_or_default();
    view! {
        <Title text="Sign in" />
        <main id="main" class="sign-in">
            <div class="sign-in__card">
                <p class="sign-in__brand">
                    <Icon symbol=Symbol::Mark />
                    "Towpath"
                </p>
                <h1 class="sign-in__title">"Sign in"</h1>
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
                        autofocus=true
                    />
                    <TextField
                        name="password"
                        label="Password"
                        input_type="password"
                        autocomplete="current-password"
                        required=true
                    />
                    <div class="form__actions">
                        <SubmitButton kind=ButtonKind::Primary>
                            "Sign in"
                        </SubmitButton>
                    </div>
                </form>
                <p class="sign-in__note">
                    "No account? Ask an admin for an invitation. Admins without a way in run "
                    <code>"towpath-server admin-link"</code> " on the server."
                </p>
            </div>
        </main>
    }
}
