//! One-time links: they work once, expire, and never take over an account.

use crate::engines::on_both_engines;
use crate::world::{HOME, PASSWORD, World, secret};
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::ids::PersonId;
use towpath_domain::people::{InvitationForm, JoinForm};
use towpath_service::people::{Invited, invite, sign_in};
use towpath_service::{Error, links};

async fn signs_in(world: &World, email: &str, password: &str) -> Result<PersonId, Error> {
    sign_in(world, email, password.to_owned(), HOME).await
}

async fn admin(world: &World) -> Actor {
    let link = links::issue_admin(world).await.expect("a link");
    world.join(&link, "Ana").await.expect("joins")
}

fn form(email: &str, role: &str) -> InvitationForm {
    InvitationForm { email: email.to_owned(), role: role.to_owned(), place: "installation".to_owned() }
}

async fn link_for(world: &World, actor: &Actor, email: &str, role: &str) -> String {
    match invite(world, actor, form(email, role)).await.expect("may invite") {
        Invited::Link(link) => link,
        Invited::Granted => panic!("{email} has an account"),
    }
}

#[test]
fn the_first_link_makes_an_admin_and_works_once() {
    on_both_engines(async |world: World| {
        assert!(world.is_empty().await.expect("reads"));
        let link = links::issue_admin(&world).await.expect("a link");
        assert!(link.starts_with("http://localhost:3000/join/"));
        let view = links::view(&world, secret(&link), HOME).await.expect("works");
        assert!(view.admin && view.email.is_none());
        let ana = world.join(&link, "Ana").await.expect("looking at it did not use it up");
        assert!(ana.may(Action::Configure, &Target::installation()));
        assert!(!ana.may(Action::Approve, &Target::installation()));
        assert!(!world.is_empty().await.expect("reads"));
        assert_eq!(
            signs_in(&world, "ANA@example.org", PASSWORD).await.expect("the password fits"),
            ana.person()
        );
        for outcome in [
            world.join(&link, "Mallory").await.map(drop),
            links::view(&world, secret(&link), HOME).await.map(drop),
            links::view(&world, "0000", HOME).await.map(drop),
        ] {
            assert!(matches!(outcome, Err(Error::LinkGone)), "{outcome:?}");
        }
    });
}

#[test]
fn a_link_expires() {
    on_both_engines(async |world: World| {
        let link = links::issue_admin(&world).await.expect("a link");
        world.clock.advance(3_599);
        links::view(&world, secret(&link), HOME).await.expect("works still");
        world.clock.advance(1);
        let late = world.join(&link, "Ana").await;
        assert!(matches!(late, Err(Error::LinkGone)), "{late:?}");
        assert!(world.is_empty().await.expect("reads"));
    });
}

#[test]
fn a_bad_form_does_not_use_the_link_up() {
    on_both_engines(async |world: World| {
        let link = links::issue_admin(&world).await.expect("a link");
        let short =
            JoinForm { name: "Ana".into(), email: "ana@example.org".into(), password: "short".into() };
        let refused = links::join(&world, secret(&link), short, HOME).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        world.join(&link, "Ana").await.expect("joins");
    });
}

#[test]
fn of_many_who_use_a_link_at_once_one_joins() {
    on_both_engines(async |world: World| {
        let link = links::issue_admin(&world).await.expect("a link");
        let names = ["Ana", "Ben", "Cem", "Dora", "Eve", "Finn"];
        let joins = names.map(|name| world.join(&link, name));
        let (won, lost): (Vec<_>, Vec<_>) =
            futures::future::join_all(joins).await.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, 5));
        for outcome in lost {
            assert!(matches!(outcome, Err(Error::LinkGone)), "{outcome:?}");
        }
        let ana = won.into_iter().flatten().next().expect("one");
        assert_eq!(world.told(&ana, "person_joined").await, 1);
    });
}

#[test]
fn an_invitation_is_for_its_address_and_its_role() {
    on_both_engines(async |world: World| {
        let ana = admin(&world).await;
        let link = link_for(&world, &ana, "Ben@example.org", "release-manager").await;
        let view = links::view(&world, secret(&link), HOME).await.expect("works");
        assert_eq!(view.email.expect("an address").as_str(), "ben@example.org");
        let form =
            JoinForm { name: "Ben".into(), email: "other@example.org".into(), password: PASSWORD.into() };
        let ben = links::join(&world, secret(&link), form, HOME).await.expect("joins");
        assert_eq!(signs_in(&world, "ben@example.org", PASSWORD).await.expect("the password fits"), ben);
        let other = signs_in(&world, "other@example.org", PASSWORD).await;
        assert!(matches!(other, Err(Error::Credentials)), "{other:?}");
        let ben = world.actor(ben).await;
        assert_eq!(
            ben.grants.iter().map(|grant| grant.role.slug.as_str()).collect::<Vec<_>>(),
            ["release-manager"]
        );
    });
}

#[test]
fn an_invitation_of_someone_with_an_account_grants_the_role_and_leaves_the_password() {
    on_both_engines(async |world: World| {
        let ana = admin(&world).await;
        let early = link_for(&world, &ana, "ben@example.org", "viewer").await;
        let link = link_for(&world, &ana, "ben@example.org", "developer").await;
        let ben = world.join(&link, "Ben").await.expect("joins");

        let granted = invite(&world, &ana, form("BEN@example.org", "release-manager")).await;
        assert_eq!(granted.expect("may invite"), Invited::Granted);
        let roles: Vec<String> =
            world.actor(ben.person()).await.grants.iter().map(|grant| grant.role.slug.to_string()).collect();
        assert_eq!(roles.len(), 2);
        assert!(roles.iter().any(|role| role == "release-manager"));
        let twice = invite(&world, &ana, form("ben@example.org", "release-manager")).await;
        assert!(
            matches!(&twice, Err(Error::Invalid(invalid)) if invalid.errors()[0].field == "role"),
            "{twice:?}"
        );

        // A link from before the account was made does not reach it either.
        let form =
            JoinForm { name: "Mallory".into(), email: String::new(), password: "another password".into() };
        let refused = links::join(&world, secret(&early), form, HOME).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        signs_in(&world, "ben@example.org", PASSWORD).await.expect("the password is the same");
        let taken = signs_in(&world, "ben@example.org", "another password").await;
        assert!(matches!(taken, Err(Error::Credentials)), "{taken:?}");
    });
}

#[test]
fn an_admin_link_restores_an_account_with_a_new_password() {
    on_both_engines(async |world: World| {
        let ana = admin(&world).await;
        let link = links::issue_admin(&world).await.expect("a link");
        let form = JoinForm {
            name: "Ana".into(),
            email: "ana@example.org".into(),
            password: "a wholly new password".into(),
        };
        let same = links::join(&world, secret(&link), form, HOME).await.expect("restores");
        assert_eq!(same, ana.person());
        assert_eq!(world.actor(same).await.grants, ana.grants, "the role is held once");
        signs_in(&world, "ana@example.org", "a wholly new password").await.expect("the new password");
        let old = signs_in(&world, "ana@example.org", PASSWORD).await;
        assert!(matches!(old, Err(Error::Credentials)), "{old:?}");
        assert_eq!(world.told(&ana, "password_reset").await, 1);
    });
}
