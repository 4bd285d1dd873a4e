//! People with roles, and their tokens.

use super::Server;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use towpath_domain::access::Actor;
use towpath_domain::people::{InvitationForm, JoinForm, Person};
use towpath_domain::tokens::TokenForm;
use towpath_service::people::Invited;
use towpath_service::{links, people, tokens};

pub const PASSWORD: &str = "correct horse battery staple";

/// A person who has joined.
pub struct Member {
    pub person: Person,
    pub actor: Actor,
}

impl Server {
    /// Makes an admin of the installation, by a link from the shell.
    pub async fn admin(&self, name: &str) -> Member {
        let link = links::issue_admin(&self.service).await.expect("a link");
        self.join(&link, name).await
    }

    /// Makes someone who holds a role, such as `developer`, at a place, such as `installation` or
    /// `project:shop`.
    pub async fn member(&self, admin: &Member, name: &str, role: &str, place: &str) -> Member {
        let form = InvitationForm { email: email(name), role: role.to_owned(), place: place.to_owned() };
        match people::invite(&self.service, &admin.actor, form).await.expect("an invitation") {
            Invited::Link(link) => self.join(&link, name).await,
            Invited::Granted => panic!("{name} had joined already"),
        }
    }

    /// Gives a role to someone who has an account.
    pub async fn member_again(&self, admin: &Member, name: &str, role: &str, place: &str) {
        let form = InvitationForm { email: email(name), role: role.to_owned(), place: place.to_owned() };
        let invited = people::invite(&self.service, &admin.actor, form).await.expect("it is given");
        assert_eq!(invited, Invited::Granted);
    }

    async fn join(&self, link: &str, name: &str) -> Member {
        let (_, secret) = link.rsplit_once('/').expect("a link ends in its secret");
        let form = JoinForm { name: name.to_owned(), email: email(name), password: PASSWORD.to_owned() };
        let id = links::join(&self.service, secret, form, [127, 0, 0, 1].into()).await.expect("joins");
        let (person, actor) = people::actor(&self.service, id).await.expect("a person");
        // As in the session that joining begins.
        Member { person, actor: Actor { proven_at: Some(self.service.now()), ..actor } }
    }

    /// A new token of someone, for everything that they may and these actions allow.
    pub async fn token(&self, member: &Member, actions: &[&str]) -> String {
        let form = TokenForm {
            title: "test".to_owned(),
            scope: String::new(),
            actions: actions.iter().map(|action| (*action).to_owned()).collect(),
            days: "1".to_owned(),
        };
        let (_, secret) = tokens::create(&self.service, &member.actor, form).await.expect("a token");
        secret.reveal().to_owned()
    }

    /// Signs in through the form, and gives the session's cookie as a browser sends it back.
    pub async fn sign_in(&self, member: &Member) -> String {
        let fields = [("email", member.person.email.as_str()), ("password", PASSWORD), ("next", "/")];
        self.submit("/sign-in", "/fn/sign_in", "", &fields).await.sent_back("towpath")
    }
}

fn email(name: &str) -> String {
    format!("{}@example.org", name.to_lowercase())
}

/// The value of an `Authorization` header for a registry client.
pub fn basic(token: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("token:{token}")))
}
