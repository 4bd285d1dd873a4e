//! API tokens: those one has, and the form for a new one.

mod list;
mod new;

use super::forms::{Failure, announce, successes};
use super::shown_once::ShownOnce;
use crate::components::page::PageHeader;
use crate::echo::errors;
use crate::fns::tokens::{CreateToken, RevokeToken, view_tokens};
use crate::loaded::Loaded;
use leptos::prelude::*;
use leptos_meta::Title;
use list::Tokens;
use new::NewToken;

#[component]
pub fn TokensPage() -> impl IntoView {
    let create = ServerAction::<CreateToken>::new();
    let revoke = ServerAction::<RevokeToken>::new();
    let (created, revoked) = (successes(create), successes(revoke));
    let tokens = Resource::new(move || (created.get(), revoked.get()), |_| view_tokens());
    let failed = errors(move || revoke.value().get());
    announce(create, "Token created. It is shown above the form.");
    announce(revoke, "Token revoked.");
    view! {
        <Title text="Tokens" />
        <main id="main" class="page">
            <Loaded resource=tokens let:view>
                <PageHeader
                    title="Tokens"
                    lead="A machine, such as a CI job, signs in with a token of yours and may do at most what you may."
                />
                <Failure errors=failed />
                <Secret create=create />
                <div class="columns">
                    <Tokens view=view.clone() revoke=revoke />
                    <NewToken view=view create=create />
                </div>
            </Loaded>
        </main>
    }
}

/// The secret of the token that was just made.
#[component]
fn Secret(create: ServerAction<CreateToken>) -> impl IntoView {
    let made = Signal::derive(move || create.value().get().and_then(Result::ok));
    view! {
        <ShownOnce of="token" title="Your new token" label="Token, shown once" made=made>
            "Copy it now and keep it as a secret of your CI: it is shown this once. With docker, podman or skopeo, sign in as "
            <code>"token"</code> " with it as the password."
        </ShownOnce>
    }
}
