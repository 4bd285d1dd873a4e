//! API tokens: their scope, their end, and what they never may.

use crate::engines::on_both_engines;
use crate::shop::{Shop, integration, make_integration, wish};
use crate::world::HOME;
use towpath_domain::access::{Place, Refusal, Role};
use towpath_domain::projects::Listed;
use towpath_domain::projects::ProjectForm;
use towpath_domain::timeline::Filter;
use towpath_domain::tokens::TokenForm;
use towpath_service::promotions::request;
use towpath_service::{Error, boards, images, people, projects, tokens};

fn is_scope(error: &images::Error) -> bool {
    matches!(error, images::Error::Other(Error::Forbidden(Refusal::Scope { .. })))
}

#[test]
fn a_token_pushes_in_the_name_of_its_owner() {
    on_both_engines(async |shop: Shop| {
        let (ci, _) = shop.token(&shop.dora, "shop/checkout", &["push"]).await;
        shop.push(&ci, "shop/checkout/qa", "1.0").await.expect("arrives");
        let card = shop.column("qa").await.current.expect("is current");
        assert_eq!((card.by.as_str(), card.by_token), ("Dora", true));
        let placed =
            shop.timeline(&shop.ana, Filter { kind: "build_placed".into(), ..Filter::default() }).await;
        assert_eq!((placed[0].who.as_str(), placed[0].with.as_deref()), ("Dora", Some("CI")));
    });
}

#[test]
fn a_token_does_nothing_outside_its_scope() {
    on_both_engines(async |shop: Shop| {
        let form = integration("billing", "environment", ":none");
        make_integration(&shop, &shop.ana, "shop", form).await.expect("an integration");
        let (push, _) = shop.token(&shop.ben, "shop/checkout", &["push"]).await;
        let digest = shop.push(&push, "shop/checkout/qa", "1.0").await.expect("arrives");
        let pulled = images::list_tags(&shop, &push, &crate::images::name("shop/checkout/qa"), "", 9).await;
        assert!(is_scope(&pulled.expect_err("it was not made for pulling")));
        let promoted = request(&shop, &push, wish(&digest, "qa", "staging")).await;
        assert!(matches!(promoted, Err(Error::Forbidden(Refusal::Scope { .. }))), "{promoted:?}");
        let elsewhere = shop.push(&push, "shop/billing/qa", "1.0").await.expect_err("another integration");
        assert!(matches!(elsewhere, images::Error::Other(Error::NotFound(_))), "{elsewhere:?}");

        let (pull, _) = shop.token(&shop.ben, "shop", &["pull"]).await;
        assert_eq!(shop.pull(&pull, "shop/checkout/qa", "1.0").await.expect("may pull"), digest);
        assert!(is_scope(&shop.push(&pull, "shop/checkout/qa", "2.0").await.expect_err("may not push")));
    });
}

#[test]
fn a_token_sees_nothing_beside_its_scope() {
    on_both_engines(async |shop: Shop| {
        let bank = ProjectForm { slug: "bank".to_owned(), title: "Bank".to_owned() };
        projects::create(&shop, &shop.ana, bank).await.expect("a project");
        let form = integration("billing", "environment", ":none");
        make_integration(&shop, &shop.ana, "shop", form).await.expect("an integration");
        let (narrow, _) = shop.token(&shop.ana, "shop/checkout", &["view"]).await;
        boards::view(&shop, &narrow, "shop", "checkout").await.expect("its own");
        let other = boards::view(&shop, &narrow, "shop", "billing").await;
        assert!(matches!(other, Err(Error::NotFound(_))), "{other:?}");
        let seen = projects::list(&shop, &narrow, Listed::InUse, None, projects::PAGE).await.expect("reads");
        let slugs: Vec<String> = seen
            .projects
            .iter()
            .flat_map(|line| {
                line.integrations.iter().map(|own| format!("{}/{}", line.project.slug, own.slug))
            })
            .collect();
        assert_eq!(slugs, ["shop/checkout"]);
        let entries = shop.timeline(&narrow, Filter::default()).await;
        let kinds: Vec<&str> = entries.iter().map(|entry| entry.kind.as_str()).collect();
        assert_eq!(kinds, ["service_created", "integration_created"], "of checkout alone");

        let (wide, _) = shop.token(&shop.ana, "bank", &["view"]).await;
        let kinds: Vec<String> =
            shop.timeline(&wide, Filter::default()).await.into_iter().map(|entry| entry.kind).collect();
        assert_eq!(kinds, ["project_created"], "nothing of the shop, and nothing of the installation");
    });
}

#[test]
fn a_token_never_approves_nor_makes_another() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("goes to staging");
        let asked = shop.promote(&shop.ana, &digest, "staging", "prod").await.expect("waits");
        let (ci, _) = shop.token(&shop.ben, "", &["view", "pull", "push", "promote", "roll_back"]).await;
        let refused = shop.approve(&ci, &asked).await;
        assert!(matches!(refused, Err(Error::Forbidden(Refusal::Token))), "{refused:?}");
        let form = TokenForm {
            title: "another".to_owned(),
            scope: String::new(),
            actions: vec!["push".to_owned()],
            days: "1".to_owned(),
        };
        let refused = tokens::create(&shop, &ci, form).await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    });
}

#[test]
fn a_token_ends_when_it_expires_or_is_revoked() {
    on_both_engines(async |shop: Shop| {
        let (ci, secret) = shop.token(&shop.dora, "shop", &["push"]).await;
        let bearer = tokens::bearer(&shop, &secret, HOME).await.expect("works");
        tokens::bearer_actor(&shop, &bearer, HOME).await.expect("works");
        tokens::revoke(&shop, &shop.dora, ci.token().expect("a token")).await.expect("her own");
        for outcome in [
            tokens::actor(&shop, &secret, HOME).await.map(drop),
            tokens::bearer_actor(&shop, &bearer, HOME).await.map(drop),
        ] {
            assert!(matches!(outcome, Err(Error::Token(why)) if why.contains("revoked")), "{outcome:?}");
        }
        let again = tokens::revoke(&shop, &shop.dora, ci.token().expect("a token")).await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");

        let (_, secret) = shop.token(&shop.dora, "shop", &["push"]).await;
        let bearer = tokens::bearer(&shop, &secret, HOME).await.expect("works");
        shop.clock.advance(tokens::BEARER_SECONDS);
        let stale = tokens::bearer_actor(&shop, &bearer, HOME).await;
        assert!(matches!(stale, Err(Error::Token(_))), "{stale:?}");
        tokens::actor(&shop, &secret, HOME).await.expect("the token itself works on");
        shop.clock.advance(30 * 86_400);
        let expired = tokens::actor(&shop, &secret, HOME).await;
        assert!(matches!(expired, Err(Error::Token(why)) if why.contains("expired")), "{expired:?}");
    });
}

#[test]
fn a_token_can_do_no_more_than_its_owner_by_now() {
    on_both_engines(async |shop: Shop| {
        let place = Place::Project { project: shop.project.id };
        let dan = shop.person("Dan", Role::developer(), place).await;
        let (_, secret) = shop.token(&dan, "", &["push"]).await;
        let members = people::list(&shop, &shop.ana).await.expect("an admin sees people").people;
        let member = members.iter().find(|member| member.person.id == dan.person()).expect("is there");
        people::revoke(&shop, &shop.ana, member.roles[0].binding).await.expect("may");
        let (ci, _) = tokens::actor(&shop, &secret, HOME).await.expect("the token itself works");
        let refused = shop.push(&ci, "shop/checkout/qa", "1.0").await.expect_err("its owner may not");
        assert!(matches!(refused, images::Error::Other(Error::NotFound(_))), "{refused:?}");
    });
}

#[test]
fn a_made_up_secret_or_bearer_is_refused() {
    on_both_engines(async |shop: Shop| {
        let (_, secret) = shop.token(&shop.dora, "shop", &["push"]).await;
        let made_up = towpath_domain::tokens::Secret::from_random([7; 20]);
        for secret in ["", "tpt_", "secret", made_up.reveal()] {
            let refused = tokens::actor(&shop, secret, HOME).await;
            assert!(matches!(refused, Err(Error::Token(_))), "{secret}: {refused:?}");
        }
        let bearer = tokens::bearer(&shop, &secret, HOME).await.expect("works");
        let (claim, signature) = bearer.split_once('.').expect("two parts");
        let other = signature.chars().rev().collect::<String>();
        for bearer in [String::new(), claim.to_owned(), format!("{claim}.{other}"), format!(".{signature}")] {
            let refused = tokens::bearer_actor(&shop, &bearer, HOME).await;
            assert!(matches!(refused, Err(Error::Token(_))), "{bearer}: {refused:?}");
        }
    });
}

#[test]
fn nobody_revokes_the_token_of_another_but_an_admin() {
    on_both_engines(async |shop: Shop| {
        let (ci, _) = shop.token(&shop.dora, "shop", &["push"]).await;
        let id = ci.token().expect("a token");
        let hidden = tokens::revoke(&shop, &shop.ben, id).await;
        assert!(matches!(hidden, Err(Error::NotFound(_))), "{hidden:?}");
        tokens::revoke(&shop, &shop.ana, id).await.expect("an admin may");
    });
}
