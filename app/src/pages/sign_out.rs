//! After signing out, for those who signed in by a provider that offers to sign out there, too.

use crate::components::icon::{Icon, Symbol};
use crate::fns::providers::leave_provider;
use crate::loaded::Loaded;
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn SignOutPage() -> impl IntoView {
    let address = Resource::new(|| (), |()| leave_provider());
    view! {
        <Title text="Signed out" />
        <main id="main" class="sign-in">
            <Loaded resource=address let:address>
                <SignedOut address=address />
            </Loaded>
        </main>
    }
}

#[component]
fn SignedOut(
    /// Where to go on, unless the browser did so by itself.
    address: Option<String>,
) -> impl IntoView {
    let (lead, href, words) = match address {
        Some(address) => (
            "You are signed out here. Your session at the provider ends next.",
            address,
            "Sign out there, too",
        ),
        None => ("You are signed out.", paths::SIGN_IN.to_owned(), "Sign in again"),
    };
    view! {
        <div class="sign-in__card">
            <p class="sign-in__brand">
                <Icon symbol=Symbol::Mark />
                "Towpath"
            </p>
            <h1 class="sign-in__title">"Signed out"</h1>
            <p class="sign-in__lead">{lead}</p>
            <a class="button button--primary" href=href rel="external">
                {words}
            </a>
        </div>
    }
}
