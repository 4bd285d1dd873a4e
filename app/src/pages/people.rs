//! People: who is here with which roles, and the form for an invitation.

mod invitations;
mod members;

use super::forms::{Failure, announce, successes};
use crate::components::banner::Banner;
use crate::components::code::CodeBlock;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::tone::Tone;
use crate::echo::errors;
use crate::fns::people::{Invite, RevokeRole, shown_once, view_people};
use crate::loaded::Loaded;
use crate::paths;
use invitations::{Invitations, InviteForm};
use leptos::prelude::*;
use leptos_meta::Title;
use members::Members;

#[component]
pub fn PeoplePage() -> impl IntoView {
    let invite = ServerAction::<Invite>::new();
    let revoke = ServerAction::<RevokeRole>::new();
    let (invited, revoked) = (successes(invite), successes(revoke));
    let people = Resource::new(move || (invited.get(), revoked.get()), |_| view_people());
    let failed = errors(move || revoke.value().get());
    announce(revoke, "Role revoked.");
    view! {
        <main id="main" class="page">
            <Loaded resource=people let:view>
                <Title text="People" />
                <Breadcrumbs trail=vec![Crumb::new("Home", paths::HOME), Crumb::here("People")] />
                <PageHeader title="People" lead="Who is here, what each may do, and where." />
                <Failure errors=failed />
                <Invited invite=invite />
                <div class="columns">
                    <div class="stack">
                        <Members view=view.clone() revoke=revoke />
                        <Invitations invitations=view.invitations.clone() now=view.now />
                    </div>
                    <InviteForm view=view invite=invite />
                </div>
            </Loaded>
        </main>
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
