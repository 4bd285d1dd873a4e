//! People: signing in and out, who is signed in, invitations and roles.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use serde::{Deserialize, Serialize};
use towpath_domain::ids::{BindingId, LinkId, PersonId};
use towpath_domain::people::{InvitationForm, PeopleView};
use towpath_domain::preferences::Preferences;

#[cfg(feature = "ssr")]
use crate::visitors::{peer, service, session, signed_in, visitor};

/// Who is signed in, for the bar on top.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    pub name: String,
    pub email: String,
    /// How many promotions wait for this person's decision.
    pub waiting: usize,
    pub manages_people: bool,
    /// The audit log's size when this was read.
    pub as_of: i64,
    /// What was chosen for this browser, perhaps in another tab.
    pub preferences: Preferences,
    /// The name of the site that the server has now.
    pub site: String,
}

#[server(prefix = "/fn", endpoint = "who_am_i", output = Answer)]
pub async fn who_am_i() -> Result<Option<Me>, AppError> {
    use towpath_domain::access::{Action, Target};
    let Some((person, actor)) = visitor().person else { return Ok(None) };
    let inbox = towpath_service::inbox::list(&service()?, &actor).await?;
    Ok(Some(Me {
        name: person.name.to_string(),
        email: person.email.to_string(),
        waiting: inbox.waiting(),
        as_of: inbox.as_of,
        manages_people: actor.may(Action::ManagePeople, &Target::installation()),
        preferences: crate::preferences::read(),
        site: crate::visitors::site(),
    }))
}

/// Signs in with e-mail and password, under a new session id, and leads to `next`.
#[server(prefix = "/fn", endpoint = "sign_in", output = Answer)]
pub async fn sign_in(email: String, password: String, next: String) -> Result<(), AppError> {
    let service = service()?;
    let person = towpath_service::people::sign_in(&service, &email, password, peer()).await?;
    crate::visitors::start_session(&service, person).await?;
    leptos_axum::redirect(crate::visitors::own_path(&next));
    Ok(())
}

#[server(prefix = "/fn", endpoint = "sign_out", output = Answer)]
pub async fn sign_out() -> Result<(), AppError> {
    use crate::visitors::END_SESSION;
    let session = session()?;
    let broken = |error: tower_sessions::session::Error| AppError::broken(&error.to_string());
    let elsewhere = session.get::<String>(END_SESSION).await.map_err(broken)?;
    session.flush().await.map_err(broken)?;
    match elsewhere {
        // The page that follows takes it from a session of nobody, and leads there.
        Some(address) => {
            session.insert(END_SESSION, address).await.map_err(broken)?;
            leptos_axum::redirect(crate::paths::SIGN_OUT);
        }
        None => leptos_axum::redirect(crate::paths::SIGN_IN),
    }
    Ok(())
}

#[server(prefix = "/fn", endpoint = "view_people", output = Answer)]
pub async fn view_people() -> Result<PeopleView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::people::list(&service()?, &actor).await?)
}

#[server(prefix = "/fn", endpoint = "deactivate_person", output = Answer)]
pub async fn deactivate_person(person: PersonId) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::people::deactivate(&service()?, &actor, person).await?)
}

#[server(prefix = "/fn", endpoint = "reactivate_person", output = Answer)]
pub async fn reactivate_person(person: PersonId) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::people::reactivate(&service()?, &actor, person).await?)
}

/// Invites someone; the answer is the one-time link, or nothing where they have an account already
/// and hold the role now.
#[server(prefix = "/fn", endpoint = "invite", output = Answer)]
pub async fn invite(form: InvitationForm) -> Result<Option<String>, AppError> {
    use towpath_service::people::Invited;
    let (_, actor) = signed_in()?;
    let invited = towpath_service::people::invite(&service()?, &actor, form).await?;
    let link = match invited {
        Invited::Link(link) => Some(link),
        Invited::Granted => None,
    };
    crate::visitors::show_once("invitation", link.as_deref());
    Ok(link)
}

#[server(prefix = "/fn", endpoint = "revoke_role", output = Answer)]
pub async fn revoke_role(binding: BindingId) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::people::revoke(&service()?, &actor, binding).await?)
}

/// Takes an invitation back; its link works no more.
#[server(prefix = "/fn", endpoint = "withdraw_invitation", output = Answer)]
pub async fn withdraw_invitation(link: LinkId) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::people::withdraw(&service()?, &actor, link).await?)
}

/// A secret that a form without script has just made: shown on the next page, and then never again.
#[server(prefix = "/fn", endpoint = "shown_once", output = Answer)]
pub async fn shown_once(kind: String) -> Result<Option<String>, AppError> {
    signed_in()?;
    Ok(crate::visitors::take_shown(&kind))
}
