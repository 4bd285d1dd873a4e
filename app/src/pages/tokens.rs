//! API tokens: those one has, and the form for a new one.

mod list;
mod new;

pub use list::TokenLine;
pub use new::TokenFields;

use super::forms::{Failure, announce, successes};
use super::shown_once::ShownOnce;
use crate::components::page::PageHeader;
use crate::echo::errors;
use crate::fns::tokens::{CreateToken, RevokeToken, RevokeTokens, RotateToken, view_tokens};
use crate::loaded::Loaded;
use leptos::prelude::*;
use leptos_meta::Title;
use list::Tokens;
use new::NewToken;

#[component]
pub fn TokensPage() -> impl IntoView {
    let create = ServerAction::<CreateToken>::new();
    let actions = TokenActions::new();
    let (created, done) = (successes(create), actions.done());
    let tokens = Resource::new(move || (created.get(), done.get()), |_| view_tokens());
    announce(create, "Token created. It is shown above the form.");
    view! {
        <Title text="Tokens" />
        <main id="main" class="page">
            <Loaded resource=tokens let:view>
                <PageHeader
                    title="Tokens"
                    lead="A machine, such as a CI job, signs in with a token of yours and may do at most what you may."
                />
                <Failure errors=errors(move || actions.revoke.value().get()) />
                <Failure errors=errors(move || actions.rotate.value().get()) />
                <Failure errors=errors(move || actions.revoke_all.value().get()) />
                <Secret create=create />
                <Replaced rotate=actions.rotate />
                <div class="columns">
                    <Tokens view=view.clone() actions=actions />
                    <NewToken view=view create=create />
                </div>
            </Loaded>
        </main>
    }
}

/// What can be done about tokens that one has.
#[derive(Clone, Copy)]
pub struct TokenActions {
    pub revoke: ServerAction<RevokeToken>,
    pub rotate: ServerAction<RotateToken>,
    revoke_all: ServerAction<RevokeTokens>,
}

impl TokenActions {
    pub fn new() -> Self {
        let actions = Self {
            revoke: ServerAction::new(),
            rotate: ServerAction::new(),
            revoke_all: ServerAction::new(),
        };
        announce(actions.revoke, "Token revoked.");
        announce(actions.rotate, "Secret replaced. The new one is shown above.");
        announce(actions.revoke_all, "All of your tokens are revoked.");
        actions
    }

    /// Changes when one of them has succeeded, and the page is to be read anew.
    pub fn done(self) -> Memo<[usize; 3]> {
        let done = (successes(self.revoke), successes(self.rotate), successes(self.revoke_all));
        Memo::new(move |_| [done.0.get(), done.1.get(), done.2.get()])
    }
}

/// The other secret of a token.
#[component]
pub fn Replaced(rotate: ServerAction<RotateToken>) -> impl IntoView {
    let made = Signal::derive(move || rotate.value().get().and_then(Result::ok));
    view! {
        <ShownOnce of="rotation" title="The new secret" label="Secret, shown once" made=made>
            "Copy it now, and give it to whatever uses the token before the one before stops working: it is shown this once."
        </ShownOnce>
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
