//! People who may not act any more.

use crate::engines::on_both_engines;
use crate::shop::{Shop, decision, integration, make_integration, make_workflow, stage, wish, workflow};
use crate::world::{HOME, PASSWORD};
use towpath_domain::access::{Place, Role};
use towpath_domain::promotions::{Choice, State};
use towpath_domain::timeline::Filter;
use towpath_domain::timeline::sentence::plain;
use towpath_service::promotions::{Request, decide, request};
use towpath_service::sessions::{origin, secrets};
use towpath_service::{Error, links, people, tokens};

#[test]
fn who_is_deactivated_acts_no_more_by_session_or_token_and_comes_back_with_their_roles() {
    on_both_engines(async |shop: Shop| {
        let ben = shop.ben.person();
        let (_, secret) = shop.token(&shop.ben, "shop", &["push"]).await;
        let (session, _) = secrets::begin(&shop, ben, origin("", HOME)).await.expect("a session");
        people::deactivate(&shop, &shop.ana, ben).await.expect("is deactivated");
        let by_token = tokens::actor(&shop, &secret, HOME).await;
        assert!(matches!(by_token, Err(Error::Token(why)) if why.contains("revoked")), "{by_token:?}");
        assert!(secrets::actor(&shop, &session).await.is_err());
        let acting = people::actor(&shop, ben).await;
        assert!(matches!(acting, Err(Error::NotFound(_))), "{acting:?}");
        let again = people::deactivate(&shop, &shop.ana, ben).await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
        let view = people::list(&shop, &shop.ana).await.expect("reads");
        let gone = view.people.iter().find(|member| member.person.id == ben).expect("is listed still");
        assert_eq!((gone.deactivated_at, gone.roles.len()), (Some(shop.now()), 1));

        people::reactivate(&shop, &shop.ana, ben).await.expect("is reactivated");
        let (_, actor) = people::actor(&shop, ben).await.expect("acts again");
        assert_eq!(actor.grants, shop.ben.grants);
        assert!(tokens::actor(&shop, &secret, HOME).await.is_err(), "what was revoked stays so");
        let twice = people::reactivate(&shop, &shop.ana, ben).await;
        assert!(matches!(twice, Err(Error::Conflict(_))), "{twice:?}");
        let told = shop.timeline(&shop.ana, Filter::default()).await;
        let told: Vec<String> = told.iter().map(|entry| plain(&entry.sentence)).take(2).collect();
        assert_eq!(
            told,
            ["reactivated Ben", "deactivated Ben, which ended 1 token and took back no approval"]
        );
    });
}

#[test]
fn what_they_approved_is_undecided_again_where_it_waits() {
    on_both_engines(async |shop: Shop| {
        let stages = [stage("qa", ""), stage("staging", "2")];
        make_workflow(&shop, &shop.ana, "shop", workflow("double", "environment", &stages))
            .await
            .expect("one");
        make_integration(&shop, &shop.ana, "shop", integration("web", "environment", "double"))
            .await
            .expect("an integration");
        let digest = shop.push(&shop.dora, "shop/web/qa", "1.0").await.expect("arrives");
        let wish = Request { integration: "web".to_owned(), ..wish(&digest, "qa", "staging") };
        let waiting = request(&shop, &shop.dora, wish).await.expect("waits");
        let first = decide(&shop, &shop.ben, decision(&waiting, Choice::Approve)).await.expect("one of two");
        people::deactivate(&shop, &shop.ana, shop.ben.person()).await.expect("is deactivated");
        let carl = shop.person("Carl", Role::release_manager(), Place::Installation).await;
        let one = decide(&shop, &carl, decision(&first, Choice::Approve)).await.expect("is one of two again");
        assert!(matches!(one.state, State::Waiting), "{one:?}");
        assert_eq!(one.decisions.len(), 1);
        // Back again, they may decide anew.
        people::reactivate(&shop, &shop.ana, shop.ben.person()).await.expect("is reactivated");
        let both = decide(&shop, &shop.ben, decision(&one, Choice::Approve)).await.expect("two of two");
        assert!(matches!(both.state, State::Applied { .. }), "{both:?}");
        // What was decided stays so.
        people::deactivate(&shop, &shop.ana, shop.ben.person()).await.expect("is deactivated");
        assert_eq!(shop.text("select cast(count(*) as text) from decisions").await, "2");
    });
}

#[test]
fn somebody_is_left_who_can_let_others_in_again() {
    on_both_engines(async |shop: Shop| {
        let own = people::deactivate(&shop, &shop.ana, shop.ana.person()).await;
        assert!(matches!(own, Err(Error::Refused(_))), "{own:?}");
        let zoe = shop.person("Zoe", Role::admin(), Place::Installation).await;
        people::deactivate(&shop, &zoe, shop.ana.person()).await.expect("is deactivated");
        // As it was read before that.
        let last = people::deactivate(&shop, &shop.ana, zoe.person()).await;
        assert!(matches!(&last, Err(Error::Refused(why)) if why.contains("at least one admin")), "{last:?}");
        for who in [&shop.ben, &shop.dora] {
            let refused = people::deactivate(&shop, who, zoe.person()).await;
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        }
        // The shell lets an admin in again, whatever happened.
        let link = links::issue_admin(&shop).await.expect("a link");
        let back = shop.join(&link, "Ana").await.expect("is restored");
        assert_eq!(back.person(), shop.ana.person());
        people::sign_in(&shop, "ana@example.org", PASSWORD.to_owned(), HOME).await.expect("signs in");
        people::deactivate(&shop, &zoe, shop.ana.person()).await.expect("is deactivated");
        let refused = people::sign_in(&shop, "ana@example.org", PASSWORD.to_owned(), HOME).await;
        assert!(matches!(refused, Err(Error::Credentials)), "{refused:?}");
    });
}
