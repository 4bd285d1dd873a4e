//! One's own account: name, password, where one is signed in, and what is chosen for this browser.

mod delegations;
mod password;
mod preferences;
mod profile;
mod providers;
mod sessions;

use super::forms::{announce, successes};
use crate::components::page::PageHeader;
use crate::fns::accounts::{
    ChangeName, ChangePassword, DisconnectProvider, EndDelegation, EndOtherSessions, EndSession,
    MakeDelegation, view_account,
};
use crate::loaded::Loaded;
use crate::shell::Deeds;
use delegations::Delegations;
use leptos::prelude::*;
use leptos_meta::Title;
use password::Password;
use preferences::BrowserPreferences;
use profile::Profile;
use providers::Providers;
use sessions::Sessions;
use towpath_domain::accounts::AccountView;

/// What can be done on the page.
#[derive(Clone, Copy)]
struct Actions {
    name: ServerAction<ChangeName>,
    password: ServerAction<ChangePassword>,
    end: ServerAction<EndSession>,
    end_others: ServerAction<EndOtherSessions>,
    disconnect: ServerAction<DisconnectProvider>,
    hand_over: ServerAction<MakeDelegation>,
    take_back: ServerAction<EndDelegation>,
}

#[component]
pub fn AccountPage() -> impl IntoView {
    let actions = Actions {
        name: ServerAction::new(),
        password: ServerAction::new(),
        end: ServerAction::new(),
        end_others: ServerAction::new(),
        disconnect: ServerAction::new(),
        hand_over: ServerAction::new(),
        take_back: ServerAction::new(),
    };
    announce(actions.disconnect, "Provider disconnected.");
    let disconnected = successes(actions.disconnect);
    let renamed = successes(actions.name);
    let (changed, ended, others) =
        (successes(actions.password), successes(actions.end), successes(actions.end_others));
    let delegated = (successes(actions.hand_over), successes(actions.take_back));
    let delegated = move || delegated.0.get() + delegated.1.get();
    let account = Resource::new(
        move || (renamed.get(), changed.get(), ended.get(), others.get(), disconnected.get(), delegated()),
        |_| view_account(),
    );
    // The bar shows the name too.
    let Deeds(deeds) = expect_context();
    Effect::new(move |last: Option<usize>| {
        let now = renamed.get();
        if last.is_some_and(|last| last != now) {
            deeds.update(|deeds| *deeds += 1);
        }
        now
    });
    view! {
        <Title text="Account" />
        <main id="main" class="page page--narrow">
            <Loaded resource=account let:view>
                <Account view=view actions=actions />
            </Loaded>
        </main>
    }
}

#[component]
fn Account(view: AccountView, actions: Actions) -> impl IntoView {
    let AccountView { person, has_password, providers, sessions, delegations, now } = view;
    view! {
        <PageHeader title="Account" lead="What is yours here. Your tokens have a page of their own." />
        <Profile person=person change=actions.name />
        {has_password.then(|| view! { <Password change=actions.password /> })}
        <Providers providers=providers now=now disconnect=actions.disconnect />
        <Delegations view=delegations hand_over=actions.hand_over take_back=actions.take_back />
        <Sessions sessions=sessions now=now end=actions.end end_others=actions.end_others />
        <BrowserPreferences />
    }
}
