//! People: who is here with which roles, the open invitations, and the form for another.

mod invitations;
mod members;

pub use invitations::{Invitations, InviteForm};
pub use members::{MemberLine, RoleLine};

use super::forms::{Failure, announce, successes};
use crate::components::banner::Banner;
use crate::components::code::CodeBlock;
use crate::components::page::PageHeader;
use crate::components::tone::Tone;
use crate::echo::errors;
use crate::fns::people::{
    DeactivatePerson, Invite, ReactivatePerson, RevokeRole, WithdrawInvitation, shown_once, view_people,
};
use crate::fns::tokens::RevokeTokens;
use crate::loaded::Loaded;
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use members::Members;
use towpath_domain::people::PeopleView;

/// What can be done about people on a page, and how often it was done.
#[derive(Clone, Copy)]
pub struct PeopleActions {
    pub invite: ServerAction<Invite>,
    pub revoke: ServerAction<RevokeRole>,
    pub withdraw: ServerAction<WithdrawInvitation>,
}

impl PeopleActions {
    pub fn new() -> Self {
        let actions =
            Self { invite: ServerAction::new(), revoke: ServerAction::new(), withdraw: ServerAction::new() };
        announce(actions.revoke, "Role revoked.");
        announce(actions.withdraw, "Invitation withdrawn.");
        actions
    }

    /// Changes when one of them has succeeded, and the page is to be read anew.
    pub fn done(self) -> Memo<[usize; 3]> {
        let done = (successes(self.invite), successes(self.revoke), successes(self.withdraw));
        Memo::new(move |_| [done.0.get(), done.1.get(), done.2.get()])
    }
}

/// What went wrong with, or came of, the last of them.
#[component]
pub fn Outcome(actions: PeopleActions) -> impl IntoView {
    let PeopleActions { invite, revoke, withdraw } = actions;
    view! {
        <Failure errors=errors(move || revoke.value().get()) />
        <Failure errors=errors(move || withdraw.value().get()) />
        <Invited invite=invite />
    }
}

#[component]
pub fn PeoplePage() -> impl IntoView {
    let actions = PeopleActions::new();
    let (deactivate, reactivate) =
        (ServerAction::<DeactivatePerson>::new(), ServerAction::<ReactivatePerson>::new());
    let revoke_tokens = ServerAction::<RevokeTokens>::new();
    announce(revoke_tokens, "Their tokens are revoked.");
    announce(deactivate, "Person deactivated.");
    announce(reactivate, "Person reactivated.");
    let (done, ended, begun) = (actions.done(), successes(deactivate), successes(reactivate));
    let people = Resource::new(move || (done.get(), ended.get(), begun.get()), |_| view_people());
    view! {
        <main id="main" class="page">
            <Loaded resource=people let:view>
                <Title text="People" />
                <PageHeader title="People" lead="Who is here, what each may do, and where.">
                    <a class="button" href=paths::service_accounts(None)>
                        "Service accounts"
                    </a>
                    <a class="button" href=paths::GROUPS>
                        "Groups"
                    </a>
                    <a class="button" href=paths::ROLES>
                        "Roles"
                    </a>
                    <a class="button" href=paths::PROPOSALS>
                        "Proposals"
                    </a>
                    <a class="button" href=paths::RIGHTS>
                        "Who may do what"
                    </a>
                    <a class="button" href=paths::REFUSED_ATTEMPTS>
                        "Refused attempts"
                    </a>
                    <a class="button" href=paths::SIGN_IN_WAYS>
                        "Sign-in"
                    </a>
                    <a class="button" href=paths::registries(None)>
                        "Registries"
                    </a>
                    <a class="button" href=paths::subscriptions(None)>
                        "Webhooks"
                    </a>
                </PageHeader>
                <Outcome actions=actions />
                <Failure errors=errors(move || deactivate.value().get()) />
                <Failure errors=errors(move || reactivate.value().get()) />
                <Failure errors=errors(move || revoke_tokens.value().get()) />
                <People
                    view=view
                    actions=actions
                    deactivate=deactivate
                    reactivate=reactivate
                    revoke_tokens=revoke_tokens
                />
            </Loaded>
        </main>
    }
}

#[component]
fn People(
    view: PeopleView,
    actions: PeopleActions,
    deactivate: ServerAction<DeactivatePerson>,
    reactivate: ServerAction<ReactivatePerson>,
    revoke_tokens: ServerAction<RevokeTokens>,
) -> impl IntoView {
    let PeopleView { invitations, roles, places, now, .. } = view.clone();
    view! {
        <div class="columns">
            <div class="stack">
                <Members
                    view=view
                    revoke=actions.revoke
                    deactivate=deactivate
                    reactivate=reactivate
                    revoke_tokens=revoke_tokens
                />
                <Invitations invitations=invitations withdraw=actions.withdraw now=now />
            </div>
            <InviteForm roles=roles places=places invite=actions.invite />
        </div>
    }
}

/// What came of an invitation: its link, from the action with script and else by way of a cookie.
#[component]
fn Invited(invite: ServerAction<Invite>) -> impl IntoView {
    let carried = Resource::new(|| (), |()| shown_once("invitation".to_owned()));
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                let carried = carried.await.ok().flatten();
                move || match invite.value().get() {
                    Some(Ok(None)) => view! { <Granted /> }.into_any(),
                    Some(Ok(Some(link))) => view! { <OneTimeLink link=link /> }.into_any(),
                    _ => carried.clone().map(|link| view! { <OneTimeLink link=link /> }).into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn OneTimeLink(link: String) -> impl IntoView {
    view! {
        <Banner tone=Tone::Success title="Invitation made" live=true>
            <p class="banner__text">
                "Send this link to the person yourself: it is shown this once, works once and expires in a week."
            </p>
            <CodeBlock label="One-time link, shown once" text=link secret=true />
        </Banner>
    }
}

#[component]
fn Granted() -> impl IntoView {
    view! {
        <Banner tone=Tone::Success title="Role given" live=true>
            <p class="banner__text">"There is an account under this e-mail already, and it has the role from now on."</p>
        </Banner>
    }
}
