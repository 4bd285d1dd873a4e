//! API tokens: those one has, and the form for a new one.

mod list;
mod new;

use super::forms::{Failure, announce, successes};
use crate::components::banner::Banner;
use crate::components::code::CodeBlock;
use crate::components::page::PageHeader;
use crate::components::tone::Tone;
use crate::echo::errors;
use crate::fns::people::shown_once;
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

/// The secret of the token that was just made; from the action with script, and else by way of a cookie.
#[component]
fn Secret(create: ServerAction<CreateToken>) -> impl IntoView {
    let carried = Resource::new(|| (), |()| shown_once("token".to_owned()));
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                let carried = carried.await.ok().flatten();
                move || {
                    let made = create.value().get().and_then(Result::ok);
                    made.or_else(|| carried.clone()).map(|secret| view! { <Shown secret=secret /> })
                }
            })}
        </Suspense>
    }
}

#[component]
fn Shown(secret: String) -> impl IntoView {
    view! {
        <Banner tone=Tone::Success title="Your new token" live=true>
            <p class="banner__text">
                "Copy it now and keep it as a secret of your CI: it is shown this once. With docker, podman or skopeo, sign in as "
                <code>"token"</code> " with it as the password."
            </p>
            <CodeBlock label="Token, shown once" text=secret secret=true />
        </Banner>
    }
}
