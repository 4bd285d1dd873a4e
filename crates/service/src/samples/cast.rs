//! Who acts in the sample.

use crate::{Error, Service, links, people};
use std::net::{IpAddr, Ipv4Addr};
use towpath_domain::access::Actor;
use towpath_domain::ids::PersonId;
use towpath_domain::people::{InvitationForm, JoinForm};

/// Those who act. Whoever loads the sample alone is all of them, but never approves their own wishes.
pub struct Cast {
    /// Sets up, and asks to promote into production.
    pub admin: Actor,
    /// Pushes, and promotes outside production.
    pub developer: Actor,
    /// Decides and rolls back, where there is somebody else to do it.
    pub manager: Option<Actor>,
}

/// An account that was made for a demonstration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub name: &'static str,
    pub email: &'static str,
    /// Made at random just now, and kept nowhere else.
    pub password: String,
}

const ADMIN: (&str, &str) = ("Demo admin", "admin@example.org");
const MANAGER: (&str, &str) = ("Demo release manager", "manager@example.org");
const DEVELOPER: (&str, &str) = ("Demo developer", "developer@example.org");

impl Cast {
    pub fn alone(actor: &Actor) -> Self {
        Self { admin: actor.clone(), developer: actor.clone(), manager: None }
    }

    /// Makes an admin, a release manager and a developer of an installation that has nobody yet.
    pub async fn engage(service: &Service) -> Result<(Self, Vec<Account>), Error> {
        if !service.is_empty().await? {
            return Err(Error::Conflict(
                "There are people here already, so no demonstration is made. Start it on an empty data folder."
                    .to_owned(),
            ));
        }
        let mut accounts = Vec::new();
        let link = links::issue_admin(service).await?;
        let admin = join(service, &link, ADMIN, &mut accounts).await?;
        let manager = invite(service, &admin, MANAGER, "release-manager", &mut accounts).await?;
        let developer = invite(service, &admin, DEVELOPER, "developer", &mut accounts).await?;
        Ok((Self { admin, developer, manager: Some(manager) }, accounts))
    }
}

async fn invite(
    service: &Service,
    admin: &Actor,
    who: (&'static str, &'static str),
    role: &str,
    accounts: &mut Vec<Account>,
) -> Result<Actor, Error> {
    let form =
        InvitationForm { email: who.1.to_owned(), role: role.to_owned(), place: "installation".to_owned() };
    match people::invite(service, admin, form).await? {
        people::Invited::Link(link) => join(service, &link, who, accounts).await,
        people::Invited::Granted => Err(Error::Internal(format!("{} had joined already", who.1))),
    }
}

async fn join(
    service: &Service,
    link: &str,
    (name, email): (&'static str, &'static str),
    accounts: &mut Vec<Account>,
) -> Result<Actor, Error> {
    let password = hex::encode(service.random::<8>());
    let form = JoinForm { name: name.to_owned(), email: email.to_owned(), password: password.clone() };
    let secret = link.rsplit('/').next().unwrap_or_default();
    let person: PersonId = links::join(service, secret, form, IpAddr::V4(Ipv4Addr::LOCALHOST)).await?;
    accounts.push(Account { name, email, password });
    // They have just chosen their password.
    let actor = people::actor(service, person).await?.1;
    Ok(Actor { proven_at: Some(service.now()), ..actor })
}
