//! Confirming that it is still oneself.

use crate::engines::on_both_engines;
use crate::shop::{Shop, decision, wish};
use crate::world::{HOME, PASSWORD, World, line};
use towpath_domain::access::Actor;
use towpath_domain::confirmations::NotFresh;
use towpath_domain::groups::{GroupForm, GroupMemberForm};
use towpath_domain::people::InvitationForm;
use towpath_domain::promotions::Choice;
use towpath_domain::roles::RoleForm;
use towpath_domain::timeline::Filter;
use towpath_domain::times::Time;
use towpath_domain::tokens::{RotationForm, TokenForm};
use towpath_service::confirmations::{confirm, view};
use towpath_service::promotions::{Pass, decide, pass, request};
use towpath_service::sessions::{origin, secrets};
use towpath_service::{Error, Service, groups, links, people, roles, tokens};

const MINUTES: i64 = 15;

fn proven(actor: &Actor, at: Time) -> Actor {
    Actor { proven_at: Some(at), ..actor.clone() }
}

fn asks<T: std::fmt::Debug>(result: Result<T, Error>) {
    match result {
        Err(Error::NotFresh(why)) => assert_eq!(why, NotFresh::Stale { minutes: MINUTES }),
        other => panic!("{other:?}"),
    }
}

fn token(actions: &[&str]) -> TokenForm {
    TokenForm {
        title: "CI".to_owned(),
        scope: "shop".to_owned(),
        actions: actions.iter().map(ToString::to_string).collect(),
        days: "30".to_owned(),
    }
}

async fn every_change_of_rights(service: &Service, by: &Actor) -> Vec<Result<(), Error>> {
    let role = RoleForm { slug: "mine".to_owned(), title: "Mine".to_owned(), ..RoleForm::default() };
    let invitation = InvitationForm {
        email: "zoe@example.org".to_owned(),
        role: "viewer".to_owned(),
        place: "project:shop".to_owned(),
    };
    let crew = GroupMemberForm { email: "ben@example.org".to_owned() };
    vec![
        roles::create(service, by, role.clone()).await.map(drop),
        roles::change(service, by, "mine", RoleForm { title: "Ours".to_owned(), ..role }).await.map(drop),
        roles::delete(service, by, "mine").await,
        people::invite(service, by, invitation).await.map(drop),
        groups::add(service, by, "crew", crew).await,
        groups::delete(service, by, "crew").await,
        tokens::create(service, by, token(&["push"])).await.map(drop),
    ]
}

#[test]
fn what_gives_power_away_takes_a_fresh_sign_in() {
    on_both_engines(async |shop: Shop| {
        let service = shop.demanding(MINUTES).await;
        let form = GroupForm { slug: "crew".to_owned(), title: "Crew".to_owned() };
        groups::create(&service, &shop.ana, form).await.expect("an empty group gives nothing");
        let fresh = proven(&shop.ana, service.now());
        for refused in every_change_of_rights(&service, &shop.ana).await {
            asks(refused);
        }
        // Who may not do it at all is told so, and is not led anywhere first.
        let forbidden = roles::delete(&service, &shop.dora, "mine").await;
        assert!(matches!(forbidden, Err(Error::Forbidden(_))), "{forbidden:?}");
        shop.clock.advance(MINUTES * 60 - 1);
        let by_now = proven(&fresh, fresh.proven_at.expect("is known"));
        for done in every_change_of_rights(&service, &by_now).await {
            done.expect("a proof of a while ago");
        }
        shop.clock.advance(1);
        asks(roles::delete(&service, &by_now, "mine").await);
    });
}

#[test]
fn a_token_that_only_looks_takes_none_and_its_secret_neither() {
    on_both_engines(async |shop: Shop| {
        let service = shop.demanding(MINUTES).await;
        let (looks, _) = tokens::create(&service, &shop.ana, token(&["view", "pull"])).await.expect("looks");
        let rotation = RotationForm { days: "30".to_owned(), ..RotationForm::default() };
        tokens::rotate(&service, &shop.ana, looks.id, rotation.clone()).await.expect("the same again");
        let fresh = proven(&shop.ana, service.now());
        let (pushes, _) = tokens::create(&service, &fresh, token(&["push"])).await.expect("is fresh");
        asks(tokens::rotate(&service, &shop.ana, pushes.id, rotation.clone()).await);
        tokens::rotate(&service, &fresh, pushes.id, rotation).await.expect("is fresh");
    });
}

#[test]
fn production_can_ask_for_it_before_an_approval() {
    on_both_engines(async |shop: Shop| {
        let service = shop.demanding(MINUTES).await;
        let digest = shop.push(&shop.ana, "shop/checkout/qa", "1.0").await.expect("pushes");
        shop.promote(&shop.ana, &digest, "qa", "staging").await.expect("goes to staging");
        let past = request(&service, &shop.ben, {
            let mut wish = wish(&digest, "staging", "prod");
            wish.emergency = true;
            wish
        });
        asks(past.await);
        let asked = shop.promote(&shop.ana, &digest, "staging", "prod").await.expect("waits");
        let take = async |by: &Actor, choice| decide(&service, by, decision(&asked, choice)).await;
        asks(take(&shop.ben, Choice::Approve).await);
        let emergency = Pass {
            project: "shop".to_owned(),
            number: asked.number,
            reason: "it burns".to_owned(),
            digest: digest.clone(),
        };
        asks(pass(&service, &shop.ben, emergency.clone()).await);
        // Who may not approve is told that, fresh or not.
        let forbidden = take(&shop.dora, Choice::Approve).await;
        assert!(matches!(forbidden, Err(Error::Forbidden(_))), "{forbidden:?}");
        let forbidden = pass(&service, &shop.dora, emergency).await;
        assert!(matches!(forbidden, Err(Error::Forbidden(_))), "{forbidden:?}");
        assert!(shop.history("prod").await.is_empty());
        take(&proven(&shop.ben, service.now()), Choice::Approve).await.expect("goes to prod");
        assert_eq!(shop.history("prod").await, ["1.0"]);
        let again = shop.push(&shop.ana, "shop/checkout/qa", "2.0").await.expect("pushes");
        shop.promote(&shop.ana, &again, "qa", "staging").await.expect("goes to staging");
        let asked = shop.promote(&shop.ana, &again, "staging", "prod").await.expect("waits");
        let mut rejection = decision(&asked, Choice::Reject);
        rejection.comment = "Not now.".to_owned();
        decide(&service, &shop.ben, rejection).await.expect("to stop something takes none");
    });
}

#[test]
fn a_password_confirms_it_and_a_wrong_one_does_not() {
    on_both_engines(async |world: World| {
        let link = links::issue_admin(&world).await.expect("a link");
        let ana = world.join(&link, "Ana").await.expect("joins");
        let service = world.demanding(MINUTES).await;
        let refused = confirm(&service, &ana, "not the password".to_owned(), HOME).await;
        assert!(matches!(refused, Err(Error::Password { field: "password" })), "{refused:?}");
        assert!(view(&service, &ana, "").await.expect("reads").password);
        let at = confirm(&service, &ana, PASSWORD.to_owned(), HOME).await.expect("it is her");
        assert_eq!(at, service.now());
        let filter = Filter { kind: "presence_confirmed".to_owned(), ..Filter::default() };
        let told: Vec<String> = world.timeline(&ana, filter).await.iter().map(line).collect();
        assert_eq!(told.len(), 1);
        assert!(told[0].ends_with("Ana confirmed by their password that it is them"), "{told:?}");
        for _ in 0..10 {
            _ = confirm(&service, &ana, "not the password".to_owned(), HOME).await;
        }
        let locked = confirm(&service, &ana, PASSWORD.to_owned(), HOME).await;
        assert!(matches!(locked, Err(Error::TooMany { .. })), "{locked:?}");
    });
}

#[test]
fn a_session_outside_a_browser_is_fresh_once() {
    on_both_engines(async |shop: Shop| {
        let service = shop.demanding(MINUTES).await;
        let begun = secrets::begin(&service, shop.ana.person(), origin("towpath", HOME)).await;
        let (secret, _) = begun.expect("a session");
        let role = RoleForm { slug: "mine".to_owned(), title: "Mine".to_owned(), ..RoleForm::default() };
        let (actor, _) = secrets::actor(&service, &secret).await.expect("is known");
        roles::create(&service, &actor, role).await.expect("was just begun");
        shop.clock.advance(MINUTES * 60);
        let (actor, _) = secrets::actor(&service, &secret).await.expect("is known still");
        asks(roles::delete(&service, &actor, "mine").await);
    });
}
