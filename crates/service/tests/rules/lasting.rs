//! How tokens last: where they were used from, another secret, a notice of their end, and what ends all of them.

use crate::engines::on_both_engines;
use crate::shop::Shop;
use crate::world::HOME;
use std::net::IpAddr;
use towpath_domain::inbox::Ending;
use towpath_domain::timeline::Filter;
use towpath_domain::timeline::sentence::plain;
use towpath_domain::tokens::{RotationForm, Token};
use towpath_service::sessions::{origin, secrets};
use towpath_service::{Error, Service, inbox, tokens};

const DAY: i64 = 86_400;

fn form(days: &str, overlap: &str) -> RotationForm {
    RotationForm { days: days.to_owned(), overlap_hours: overlap.to_owned(), end_overlap: None }
}

/// Whether a secret works, or why not.
async fn works(service: &Service, secret: &str) -> Result<(), &'static str> {
    match tokens::actor(service, secret, HOME).await {
        Ok(_) => Ok(()),
        Err(Error::Token(why)) => Err(why),
        Err(other) => panic!("{other}"),
    }
}

async fn only(shop: &Shop) -> Token {
    tokens::list(shop, &shop.dora).await.expect("her own").tokens.remove(0)
}

#[test]
fn a_token_tells_when_and_from_where_it_was_used_last() {
    on_both_engines(async |shop: Shop| {
        let (_, secret) = shop.token(&shop.dora, "shop", &["push"]).await;
        assert_eq!(only(&shop).await.last_used_from.as_deref(), Some("127.0.0.1"));
        shop.clock.advance(61);
        let away: IpAddr = [192, 0, 2, 7].into();
        let bearer = tokens::bearer(&shop, &secret, away).await.expect("works");
        let used = only(&shop).await;
        assert_eq!(
            (used.last_used_at, used.last_used_from.as_deref()),
            (Some(shop.now()), Some("192.0.2.7"))
        );
        shop.clock.advance(61);
        tokens::bearer_actor(&shop, &bearer, HOME).await.expect("works");
        assert_eq!(only(&shop).await.last_used_from.as_deref(), Some("127.0.0.1"));
    });
}

#[test]
fn the_secret_before_works_for_as_long_as_was_chosen() {
    on_both_engines(async |shop: Shop| {
        let (ci, first) = shop.token(&shop.dora, "shop", &["push"]).await;
        let id = ci.token().expect("a token");
        let (token, second) = tokens::rotate(&shop, &shop.dora, id, form("90", "2")).await.expect("her own");
        assert_eq!(token.expires_at, shop.now().plus_seconds(90 * DAY));
        for secret in [&first, second.reveal()] {
            assert_eq!(works(&shop, secret).await, Ok(()));
        }
        // A bearer token by the secret before ends with it.
        shop.clock.advance(2 * 3_600 - 60);
        let bearer = tokens::bearer(&shop, &first, HOME).await.expect("works still");
        shop.clock.advance(60);
        assert!(tokens::bearer_actor(&shop, &bearer, HOME).await.is_err());
        assert!(works(&shop, &first).await.is_err_and(|why| why.contains("replaced")));
        assert_eq!(works(&shop, second.reveal()).await, Ok(()));

        let bearer = tokens::bearer(&shop, second.reveal(), HOME).await.expect("works");
        let (_, third) = tokens::rotate(&shop, &shop.dora, id, form("1", "0")).await.expect("her own");
        assert!(tokens::bearer_actor(&shop, &bearer, HOME).await.is_err(), "the bearer token goes with it");
        assert!(works(&shop, second.reveal()).await.is_err_and(|why| why.contains("replaced")), "at once");
        tokens::revoke(&shop, &shop.dora, id).await.expect("her own");
        assert!(works(&shop, third.reveal()).await.is_err_and(|why| why.contains("revoked")));
        assert_eq!(shop.told(&shop.ana, "token_rotated").await, 2);
    });
}

#[test]
fn no_other_secret_cuts_an_overlap_short_unless_that_is_said() {
    on_both_engines(async |shop: Shop| {
        let (ci, first) = shop.token(&shop.dora, "shop", &["push"]).await;
        let id = ci.token().expect("a token");
        let (_, second) = tokens::rotate(&shop, &shop.dora, id, form("90", "24")).await.expect("her own");
        let refused = tokens::rotate(&shop, &shop.dora, id, form("90", "24")).await;
        let Err(Error::Invalid(invalid)) = refused else { panic!("{refused:?}") };
        assert_eq!(invalid.errors()[0].field, "end_overlap");
        assert_eq!((works(&shop, &first).await, works(&shop, second.reveal()).await), (Ok(()), Ok(())));

        let said = RotationForm { end_overlap: Some(String::new()), ..form("90", "24") };
        let (_, third) = tokens::rotate(&shop, &shop.dora, id, said).await.expect("it is said");
        assert!(works(&shop, &first).await.is_err_and(|why| why.contains("not known")));
        assert_eq!(
            (works(&shop, second.reveal()).await, works(&shop, third.reveal()).await),
            (Ok(()), Ok(()))
        );
        shop.clock.advance(DAY);
        tokens::rotate(&shop, &shop.dora, id, form("90", "24")).await.expect("the overlap is over");
    });
}

#[test]
fn a_secret_never_works_for_longer_than_it_was_made_for() {
    on_both_engines(async |shop: Shop| {
        let (ci, first) = shop.token(&shop.dora, "shop", &["push"]).await;
        shop.clock.advance(30 * DAY - 3_600);
        let id = ci.token().expect("a token");
        let (_, second) = tokens::rotate(&shop, &shop.dora, id, form("30", "24")).await.expect("her own");
        shop.clock.advance(3_600);
        assert!(works(&shop, &first).await.is_err(), "its days are over");
        assert_eq!(works(&shop, second.reveal()).await, Ok(()));
    });
}

#[test]
fn nobody_renews_what_is_not_theirs_and_no_token_renews_itself() {
    on_both_engines(async |shop: Shop| {
        let (ci, _) = shop.token(&shop.dora, "shop", &["push"]).await;
        let id = ci.token().expect("a token");
        for other in [&shop.ben, &shop.ana] {
            let hidden = tokens::rotate(&shop, other, id, form("1", "")).await;
            assert!(matches!(hidden, Err(Error::NotFound(_))), "{hidden:?}");
        }
        let refused = tokens::rotate(&shop, &ci, id, form("1", "")).await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
        shop.clock.advance(30 * DAY);
        let late = tokens::rotate(&shop, &shop.dora, id, form("1", "")).await;
        assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
    });
}

#[test]
fn all_of_somebodys_tokens_end_at_once() {
    on_both_engines(async |shop: Shop| {
        let (ci, one) = shop.token(&shop.dora, "shop", &["push"]).await;
        let (_, two) = shop.token(&shop.dora, "", &["pull"]).await;
        let (_, bens) = shop.token(&shop.ben, "", &["pull"]).await;
        let refused = tokens::revoke_all(&shop, &ci, None).await;
        assert!(matches!(refused, Err(Error::Refused(_))), "a token ends itself only: {refused:?}");
        let forbidden = tokens::revoke_all(&shop, &shop.ben, Some(shop.dora.person())).await;
        assert!(matches!(forbidden, Err(Error::Forbidden(_))), "{forbidden:?}");
        assert_eq!(tokens::revoke_all(&shop, &shop.dora, None).await.expect("her own"), 2);
        for secret in [&one, &two] {
            assert!(works(&shop, secret).await.is_err_and(|why| why.contains("revoked")));
        }
        assert_eq!(tokens::revoke_all(&shop, &shop.dora, None).await.expect("none is left"), 0);
        assert_eq!(works(&shop, &bens).await, Ok(()));
        let bens_own = Some(shop.ben.person());
        assert_eq!(tokens::revoke_all(&shop, &shop.ana, bens_own).await.expect("an admin may"), 1);
        assert_eq!(shop.told(&shop.ana, "tokens_revoked").await, 2, "nothing is told of none");
    });
}

#[test]
fn the_end_of_a_token_is_told_a_week_before_and_once() {
    on_both_engines(async |shop: Shop| {
        shop.token(&shop.dora, "shop/checkout", &["push"]).await;
        shop.clock.advance(23 * DAY - 1);
        assert_eq!(tokens::warn(&shop).await.expect("looks"), 0);
        shop.clock.advance(1);
        assert_eq!(tokens::warn(&shop).await.expect("looks"), 1);
        assert_eq!(tokens::warn(&shop).await.expect("looks"), 0);
        // Whoever is sent what happens in the project hears of it.
        let of_project =
            Filter { project: "shop".into(), kind: "token_about_to_expire".into(), ..Filter::default() };
        let told = shop.timeline(&shop.ben, of_project).await;
        let words: Vec<String> = told.iter().map(|entry| plain(&entry.sentence)).collect();
        assert_eq!(words, ["noticed that the token CI of Dora expires on 2026-12-23"]);
        let ending = inbox::list(&shop, &shop.dora).await.expect("her own").ending;
        assert!(matches!(&ending[0].what, Ending::Token { title } if title.as_str() == "CI"), "{ending:?}");
        assert!(inbox::list(&shop, &shop.ben).await.expect("his own").ending.is_empty());
    });
}

#[test]
fn tokens_stand_still_while_their_owner_is_away_for_long() {
    on_both_engines(async |shop: Shop| {
        let lapsing = shop.lapsing(10 * DAY).await;
        let dora = shop.dora.person();
        let (session, _) = secrets::begin(&shop, dora, origin("", HOME)).await.expect("a session");
        let (_, secret) = shop.token(&shop.dora, "shop", &["push"]).await;
        shop.clock.advance(3_600);
        secrets::actor(&shop, &session).await.expect("is here still");
        shop.clock.advance(10 * DAY - 1);
        assert_eq!(works(&lapsing, &secret).await, Ok(()));
        shop.clock.advance(1);
        assert!(works(&lapsing, &secret).await.is_err_and(|why| why.contains("sign in")));
        secrets::begin(&shop, dora, origin("", HOME)).await.expect("a session");
        assert_eq!(works(&lapsing, &secret).await, Ok(()));
        lapsing.close().await;
    });
}
