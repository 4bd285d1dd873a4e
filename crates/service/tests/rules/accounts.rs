//! One's own account: its name, its password, its sessions.

use crate::engines::on_both_engines;
use crate::world::{HOME, PASSWORD, World, line};
use towpath_domain::access::Actor;
use towpath_domain::accounts::{NameForm, PasswordForm};
use towpath_domain::timeline::Filter;
use towpath_service::people::sign_in;
use towpath_service::sessions::{self, origin, secrets};
use towpath_service::{Error, accounts, links};

const NEW: &str = "a wholly new password";

async fn admin(world: &World, name: &str) -> Actor {
    let link = links::issue_admin(world).await.expect("a link");
    world.join(&link, name).await.expect("joins")
}

/// Begins a session: its secret id.
async fn begin(world: &World, actor: &Actor, user_agent: &str) -> Vec<u8> {
    let (secret, _) =
        secrets::begin(world, actor.person(), origin(user_agent, HOME)).await.expect("a session");
    secrets::id(&secret)
}

fn form(current: &str, new: &str) -> PasswordForm {
    PasswordForm { current_password: current.to_owned(), new_password: new.to_owned() }
}

#[test]
fn a_name_is_changed_and_both_stand_on_the_timeline() {
    on_both_engines(async |world: World| {
        let ana = admin(&world, "Ana").await;
        let rename =
            async |name: &str| accounts::rename(&world, &ana, NameForm { name: name.to_owned() }).await;
        rename(" Ana Maria ").await.expect("a name");
        assert_eq!(accounts::view(&world, &ana, b"").await.expect("reads").person.name.as_str(), "Ana Maria");
        rename("Ana Maria").await.expect("nothing changes");
        let refused = rename("\u{200b}").await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        let filter = Filter { kind: "name_changed".to_owned(), ..Filter::default() };
        let told: Vec<String> = world.timeline(&ana, filter).await.iter().map(line).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].ends_with("Ana Maria changed their name from Ana to Ana Maria"), "{told:?}");
    });
}

#[test]
fn a_new_password_takes_the_current_one_and_ends_all_other_sessions() {
    on_both_engines(async |world: World| {
        let ana = admin(&world, "Ana").await;
        let here = begin(&world, &ana, "Firefox/1").await;
        let elsewhere = begin(&world, &ana, "Chrome/1").await;
        let change = async |form| accounts::change_password(&world, &ana, form, HOME, &here).await;

        for wrong in [form("not the password", NEW), form(PASSWORD, "short"), form("", NEW)] {
            let refused = change(wrong).await;
            assert!(matches!(refused, Err(Error::Invalid(_) | Error::Password { .. })), "{refused:?}");
        }
        assert!(sessions::load(&world, &elsewhere).await.expect("reads").is_some(), "nothing has ended");
        assert_eq!(world.told(&ana, "password_changed").await, 0);

        change(form(PASSWORD, NEW)).await.expect("it fits");
        assert!(sessions::load(&world, &here).await.expect("reads").is_some());
        assert!(sessions::load(&world, &elsewhere).await.expect("reads").is_none());
        assert_eq!(world.told(&ana, "password_changed").await, 1);
        assert_eq!(world.told(&ana, "session_ended").await, 1);
        sign_in(&world, "ana@example.org", NEW.to_owned(), HOME).await.expect("the new password");
        let old = sign_in(&world, "ana@example.org", PASSWORD.to_owned(), HOME).await;
        assert!(matches!(old, Err(Error::Credentials)), "{old:?}");
    });
}

#[test]
fn guessing_the_current_password_is_slowed_down_as_signing_in_is() {
    on_both_engines(async |world: World| {
        let ana = admin(&world, "Ana").await;
        let guess = async || accounts::change_password(&world, &ana, form("a guess", NEW), HOME, b"").await;
        for _ in 0..10 {
            let refused = guess().await;
            assert!(matches!(refused, Err(Error::Password { .. })), "{refused:?}");
        }
        let refused = guess().await;
        assert!(matches!(refused, Err(Error::TooMany { .. })), "{refused:?}");
        let right = accounts::change_password(&world, &ana, form(PASSWORD, NEW), HOME, b"").await;
        assert!(matches!(right, Err(Error::TooMany { .. })), "{right:?}");
    });
}

#[test]
fn sessions_are_listed_with_where_they_are_used_and_the_one_that_asks_first() {
    on_both_engines(async |world: World| {
        let ana = admin(&world, "Ana").await;
        let here = begin(&world, &ana, "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0").await;
        world.clock.advance(120);
        begin(&world, &ana, &"towpath/1.0".repeat(99)).await;
        let listed = sessions::list(&world, &ana, &here).await.expect("reads");
        let told: Vec<_> = listed.iter().map(|one| (one.agent.as_str(), one.current)).collect();
        assert_eq!(told, [("Firefox on Linux", true), ("The command towpath", false)]);
        assert_eq!(listed[0].address, HOME.to_string());
        assert_eq!(listed[0].used_at, listed[0].signed_in_at);
        assert_eq!(listed[1].signed_in_at, listed[0].signed_in_at.plus_seconds(120));
    });
}

#[test]
fn the_use_of_a_session_is_noted_once_a_minute() {
    on_both_engines(async |world: World| {
        let ana = admin(&world, "Ana").await;
        let (secret, _) = secrets::begin(&world, ana.person(), origin("", HOME)).await.expect("a session");
        let used_after = async |seconds: i64| {
            world.clock.advance(seconds);
            secrets::actor(&world, &secret).await.expect("goes on");
            let one = sessions::list(&world, &ana, &secrets::id(&secret)).await.expect("reads").remove(0);
            (one.used_at.micros() - one.signed_in_at.micros()) / 1_000_000
        };
        assert_eq!([used_after(59).await, used_after(1).await, used_after(30).await], [0, 60, 60]);
    });
}

#[test]
fn one_ends_ones_own_sessions_and_nobody_elses() {
    on_both_engines(async |world: World| {
        let (ana, ben) = (admin(&world, "Ana").await, admin(&world, "Ben").await);
        let here = begin(&world, &ana, "Firefox/1").await;
        for agent in ["Chrome/1", "Safari/1", "curl/1"] {
            begin(&world, &ana, agent).await;
        }
        let of_ben = begin(&world, &ben, "Firefox/1").await;
        let listed = sessions::list(&world, &ana, &here).await.expect("reads");
        let foreign = sessions::end(&world, &ben, listed[1].id).await;
        assert!(matches!(foreign, Err(Error::NotFound(_))), "{foreign:?}");

        sessions::end(&world, &ana, listed[1].id).await.expect("her own");
        let again = sessions::end(&world, &ana, listed[1].id).await;
        assert!(matches!(again, Err(Error::NotFound(_))), "{again:?}");
        assert_eq!(sessions::end_others(&world, &ana, &here).await.expect("ends"), 2);
        assert_eq!(sessions::list(&world, &ana, &here).await.expect("reads").len(), 1);
        assert!(sessions::load(&world, &of_ben).await.expect("reads").is_some());
        assert_eq!(world.told(&ana, "session_ended").await, 3);
    });
}

#[test]
fn a_token_does_not_reach_the_account_of_its_owner() {
    on_both_engines(async |world: World| {
        let ana = admin(&world, "Ana").await;
        let (token, _) = world.token(&ana, "", &["view", "push"]).await;
        let name = NameForm { name: "Mallory".to_owned() };
        for outcome in [
            accounts::view(&world, &token, b"").await.map(drop),
            accounts::rename(&world, &token, name).await,
            accounts::change_password(&world, &token, form(PASSWORD, NEW), HOME, b"").await,
            sessions::list(&world, &token, b"").await.map(drop),
            sessions::end_others(&world, &token, b"").await.map(drop),
        ] {
            assert!(matches!(outcome, Err(Error::Refused(_))), "{outcome:?}");
        }
    });
}
