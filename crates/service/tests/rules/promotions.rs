//! Promotions: who may ask and decide, and that each is applied exactly once.

use crate::engines::on_both_engines;
use crate::people::binding;
use crate::shop::{Shop, checkout, decision, make_integration, make_workflow, stage, wish, workflow};
use futures::future::join_all;
use towpath_domain::access::{Grant, Place, Role};
use towpath_domain::gates::Verdicts;
use towpath_domain::promotions::{Choice, Outlook, Promotion, State};
use towpath_service::promotions::{Decide, cancel, decide, explain, request};
use towpath_service::rules::assign;
use towpath_service::{Error, inbox, people};

/// A build that is current in `staging`.
async fn staged(shop: &Shop) -> String {
    let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
    shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("goes to staging");
    digest
}

/// A request of Ana's to promote a build to `prod`, which waits for one approval.
async fn asked(shop: &Shop) -> Promotion {
    let digest = staged(shop).await;
    shop.promote(&shop.ana, &digest, "staging", "prod").await.expect("may ask")
}

#[test]
fn without_gates_a_promotion_is_applied_at_once_and_copies_the_tag() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        let outlook = explain(&shop, &shop.dora, wish(&digest, "qa", "staging")).await.expect("is known");
        assert_eq!(outlook, Outlook::Enters);
        let applied = shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("may ask");
        assert_eq!((applied.number, applied.state.name()), (1, "applied"));
        assert_eq!(shop.history("staging").await, ["1.0"]);
        assert_eq!(shop.tags(&shop.dora, "shop/checkout/staging").await, ["1.0", "current"]);
        for tag in ["1.0", "current"] {
            let pulled = shop.pull(&shop.dora, "shop/checkout/staging", tag).await;
            assert_eq!(pulled.expect("is there"), digest);
        }
    });
}

#[test]
fn a_tag_that_is_taken_in_the_target_keeps_its_meaning() {
    on_both_engines(async |shop: Shop| {
        let first = staged(&shop).await;
        // The same tag on another image, which a bucket would not take but the integration does.
        let second = shop.push_as(&shop.dora, "shop/checkout", "2.0", "1.0").await.expect("is unclassified");
        assign(&shop, &shop.dora, &checkout("qa"), &second, "by hand").await.expect("is placed");
        let promotion = shop.promote(&shop.dora, &second, "qa", "staging").await.expect("goes to staging");
        let name = promotion.digest.short();
        assert_eq!(promotion.tag.as_str(), name, "it is not called 1.0 in qa");
        let pull = async |tag| shop.pull(&shop.dora, "shop/checkout/staging", tag).await.expect("is there");
        assert_eq!(pull("1.0").await, first);
        assert_eq!(pull("current").await, second);
        let mut tags = vec!["1.0", "current", name];
        tags.sort_unstable();
        assert_eq!(shop.tags(&shop.dora, "shop/checkout/staging").await, tags);
    });
}

#[test]
fn a_stage_with_a_gate_waits_for_someone_else() {
    on_both_engines(async |shop: Shop| {
        let promotion = asked(&shop).await;
        assert_eq!((promotion.number, promotion.state.name()), (2, "waiting"));
        let view = inbox::promotion(&shop, &shop.ana, "shop", 2).await.expect("a promotion");
        assert_eq!(Verdicts(view.verdicts).needs(), ["1 approval by a release manager"]);
        assert!(shop.history("prod").await.is_empty());
        let items = inbox::list(&shop, &shop.ben).await.expect("reads");
        assert_eq!(items.to_decide.iter().map(|item| item.number).collect::<Vec<_>>(), [2]);
        let own = inbox::list(&shop, &shop.ana).await.expect("reads");
        assert_eq!((own.to_decide.len(), own.asked.len()), (0, 1));

        let applied = shop.approve(&shop.ben, &promotion).await.expect("may approve");
        assert_eq!(applied.state.name(), "applied");
        assert_eq!(shop.history("prod").await, ["1.0"]);
        let items = inbox::list(&shop, &shop.ben).await.expect("reads");
        assert!(items.to_decide.is_empty());
    });
}

#[test]
fn nobody_approves_their_own_request() {
    on_both_engines(async |shop: Shop| {
        let digest = staged(&shop).await;
        let own = shop.promote(&shop.ben, &digest, "staging", "prod").await.expect("may ask");
        let view = inbox::promotion(&shop, &shop.ben, "shop", own.number).await.expect("may see");
        assert!(view.may_decide.expect_err("reads why").contains("someone else has to approve it"));
        let refused = shop.approve(&shop.ben, &own).await;
        assert!(matches!(&refused, Err(Error::Refused(why)) if why.contains("someone else")), "{refused:?}");
        assert!(shop.history("prod").await.is_empty());
    });
}

#[test]
fn an_admin_a_developer_and_a_manager_of_elsewhere_do_not_approve() {
    on_both_engines(async |shop: Shop| {
        let promotion = asked(&shop).await;
        let (project, qa) = shop.environment("qa").await;
        let elsewhere = Place::Environment { project, environment: qa };
        let zoe = shop.person("Zoe", Role::admin(), Place::Installation).await;
        let quinn = shop.person("Quinn", Role::release_manager(), elsewhere).await;
        for actor in [&zoe, &shop.dora, &quinn] {
            for choice in [Choice::Approve, Choice::Reject] {
                let refused = shop.decide(actor, &promotion, choice).await;
                assert!(matches!(refused, Err(Error::Forbidden(_))), "{actor:?} {refused:?}");
            }
        }
        let (project, prod) = shop.environment("prod").await;
        let here = Place::Environment { project, environment: prod };
        let pia = shop.person("Pia", Role::release_manager(), here).await;
        shop.approve(&pia, &promotion).await.expect("a manager of this environment does");
    });
}

#[test]
fn a_stage_can_bar_who_pushed_the_build() {
    on_both_engines(async |shop: Shop| {
        let last =
            towpath_domain::workflows::StageForm { bar_pusher: Some("on".to_owned()), ..stage("prod", "1") };
        let form = workflow("strict", "environment", &[stage("qa", ""), last]);
        make_workflow(&shop, &shop.ana, "shop", form).await.expect("a workflow");
        let form = crate::shop::integration("billing", "environment", "strict");
        make_integration(&shop, &shop.ana, "shop", form).await.expect("an integration");
        let digest = shop.push(&shop.ben, "shop/billing/qa", "1.0").await.expect("arrives");
        let wish = towpath_service::promotions::Request {
            integration: "billing".to_owned(),
            ..wish(&digest, "qa", "prod")
        };
        let promotion = request(&shop, &shop.ana, wish).await.expect("may ask");
        let refused = shop.approve(&shop.ben, &promotion).await;
        assert!(matches!(&refused, Err(Error::Refused(why)) if why.contains("You pushed")), "{refused:?}");
    });
}

#[test]
fn a_developer_promotes_outside_production_only() {
    on_both_engines(async |shop: Shop| {
        let digest = staged(&shop).await;
        let refused = shop.promote(&shop.dora, &digest, "staging", "prod").await;
        let Err(Error::Forbidden(why)) = refused else { panic!("{refused:?}") };
        assert!(why.to_string().contains("outside production only"), "{why}");
    });
}

#[test]
fn each_refusal_to_ask_is_of_its_kind() {
    on_both_engines(async |shop: Shop| {
        let digest = staged(&shop).await;
        let unplaced = shop.push(&shop.dora, "shop/checkout", "2.0").await.expect("is unclassified");
        let ask = async |digest: &str, from: &str, to: &str| {
            shop.promote(&shop.ben, digest, from, to).await.expect_err("refused")
        };
        assert!(matches!(ask(&digest, "qa", "staging").await, Error::Conflict(_)), "it is there already");
        assert!(matches!(ask(&digest, "qa", "prod").await, Error::Refused(_)), "no way leads there");
        assert!(matches!(ask(&digest, "staging", "qa").await, Error::Refused(_)), "no way leads back");
        assert!(matches!(ask(&unplaced, "qa", "staging").await, Error::Refused(_)), "it never was there");
        assert!(matches!(ask(&digest, "qa", "moon").await, Error::NotFound(_)), "no such bucket");
        let unknown = format!("sha256:{}", "0".repeat(64));
        assert!(matches!(ask(&unknown, "qa", "staging").await, Error::NotFound(_)), "no such build");
        assert!(matches!(ask("latest", "qa", "staging").await, Error::NotFound(_)), "no digest at all");
        let silent = towpath_service::promotions::Request {
            reason: " \n".to_owned(),
            ..wish(&digest, "staging", "prod")
        };
        let silent = request(&shop, &shop.ben, silent).await;
        assert!(matches!(silent, Err(Error::Invalid(_))), "{silent:?}");
    });
}

#[test]
fn a_decision_is_about_the_build_that_was_looked_at() {
    on_both_engines(async |shop: Shop| {
        let promotion = asked(&shop).await;
        let other =
            Decide { digest: format!("sha256:{}", "0".repeat(64)), ..decision(&promotion, Choice::Approve) };
        let refused = decide(&shop, &shop.ben, other).await;
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
        let silent = Decide { comment: " ".to_owned(), ..decision(&promotion, Choice::Reject) };
        let refused = decide(&shop, &shop.ben, silent).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "a rejection says why: {refused:?}");
    });
}

#[test]
fn what_is_over_stays_over() {
    on_both_engines(async |shop: Shop| {
        let promotion = asked(&shop).await;
        shop.decide(&shop.ben, &promotion, Choice::Reject).await.expect("may reject");
        let late = shop.approve(&shop.ben, &promotion).await;
        assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
        let late = cancel(&shop, &shop.ana, "shop", promotion.number, "").await;
        assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
        assert!(shop.history("prod").await.is_empty());

        let digest = promotion.digest.to_string();
        let again = shop.promote(&shop.ana, &digest, "staging", "prod").await.expect("may ask anew");
        assert_eq!(again.number, promotion.number + 1);
        cancel(&shop, &shop.ana, "shop", again.number, "not now").await.expect("its requester may");
        let late = shop.approve(&shop.ben, &again).await;
        assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
    });
}

#[test]
fn a_promotion_is_judged_by_the_gates_it_was_asked_under() {
    on_both_engines(async |shop: Shop| {
        let promotion = asked(&shop).await;
        let view = inbox::promotion(&shop, &shop.dora, "shop", promotion.number).await.expect("may see");
        assert_eq!((view.promotion.workflow_version, view.verdicts.len()), (1, 1));
        assert_eq!(view.promotion, promotion);
    });
}

/// Two hundred release managers of the shop.
async fn managers(shop: &Shop) -> Vec<towpath_domain::access::Actor> {
    let place = Place::Project { project: shop.project.id };
    let names: Vec<String> = (1..=200).map(|number| format!("Manager{number}")).collect();
    shop.crowd(&names, &[Grant { role: Role::release_manager(), place }]).await
}

#[test]
fn two_hundred_approvals_at_once_apply_it_exactly_once() {
    on_both_engines(async |shop: Shop| {
        let promotion = asked(&shop).await;
        let managers = managers(&shop).await;
        let outcomes = join_all(managers.iter().map(|manager| shop.approve(manager, &promotion))).await;
        let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, 199));
        for outcome in lost {
            assert!(
                matches!(&outcome, Err(Error::Conflict(why)) if why.contains("applied already")),
                "{outcome:?}"
            );
        }
        assert_eq!(shop.history("prod").await, ["1.0"]);
        assert_eq!(shop.told(&shop.ana, "promotion_decided").await, 1);
        assert_eq!(shop.told(&shop.ana, "promotion_applied").await, 2, "once to staging, once to prod");
        let view = inbox::promotion(&shop, &shop.ana, "shop", promotion.number).await.expect("may see");
        assert_eq!(view.promotion.decisions.len(), 1);
        assert!(matches!(view.promotion.state, State::Applied { .. }));
    });
}

#[test]
fn of_two_hundred_approvals_as_many_count_as_the_gate_asks_for() {
    on_both_engines(async |shop: Shop| {
        let form = workflow("strict", "environment", &[stage("qa", ""), stage("prod", "3")]);
        make_workflow(&shop, &shop.ana, "shop", form).await.expect("a workflow");
        let form = crate::shop::integration("billing", "environment", "strict");
        make_integration(&shop, &shop.ana, "shop", form).await.expect("an integration");
        let digest = shop.push(&shop.dora, "shop/billing/qa", "1.0").await.expect("arrives");
        let wish = towpath_service::promotions::Request {
            integration: "billing".to_owned(),
            ..wish(&digest, "qa", "prod")
        };
        let promotion = request(&shop, &shop.ana, wish).await.expect("may ask");
        let managers = managers(&shop).await;
        let outcomes = join_all(managers.iter().map(|manager| shop.approve(manager, &promotion))).await;
        let mut states: Vec<&str> =
            outcomes.iter().flatten().map(|promotion| promotion.state.name()).collect();
        states.sort_unstable();
        assert_eq!(states, ["applied", "waiting", "waiting"]);
        assert_eq!(shop.told(&shop.ana, "promotion_decided").await, 3);
    });
}

#[test]
fn fifty_equal_requests_at_once_are_one() {
    on_both_engines(async |shop: Shop| {
        let digest = staged(&shop).await;
        let asks = (0..50).map(|_| shop.promote(&shop.ben, &digest, "staging", "prod"));
        let (won, lost): (Vec<_>, Vec<_>) = join_all(asks).await.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, 49));
        for outcome in lost {
            assert!(
                matches!(&outcome, Err(Error::Conflict(why)) if why.contains("asks for the same")),
                "{outcome:?}"
            );
        }
        let next = shop.push(&shop.dora, "shop/checkout/qa", "2.0").await.expect("arrives");
        let next = shop.promote(&shop.dora, &next, "qa", "staging").await.expect("may ask");
        assert_eq!(next.number, 3, "the refused requests took no numbers");
    });
}

#[test]
fn an_approval_and_a_cancellation_at_once_end_it_in_one_way() {
    on_both_engines(async |shop: Shop| {
        for version in ["1.0", "2.0", "3.0", "4.0", "5.0"] {
            let digest = shop.push(&shop.dora, "shop/checkout/qa", version).await.expect("arrives");
            shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("goes to staging");
            let before = shop.history("prod").await.len();
            let promotion = shop.promote(&shop.ana, &digest, "staging", "prod").await.expect("may ask");
            let (approved, cancelled) = tokio::join!(
                shop.approve(&shop.ben, &promotion),
                cancel(&shop, &shop.ana, "shop", promotion.number, ""),
            );
            assert!(approved.is_ok() != cancelled.is_ok(), "{approved:?} {cancelled:?}");
            let placed = shop.history("prod").await.len() - before;
            assert_eq!(placed, usize::from(approved.is_ok()));
        }
    });
}

#[test]
fn an_approval_applies_nothing_that_whoever_asked_may_not_do_any_more() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.promote(&shop.ana, &digest, "qa", "staging").await.expect("goes");
        let place = Place::Project { project: shop.project.id };
        let temp = shop.world.person("Temp", Role::release_manager(), place).await;
        let asked = shop.promote(&temp, &digest, "staging", "prod").await.expect("waits");
        let binding = binding(&shop, &temp).await;
        people::revoke(&shop, &shop.ana, binding).await.expect("may");
        let ended = shop.approve(&shop.ben, &asked).await.expect("is taken");
        assert!(matches!(ended.state, State::Expired { .. }), "{:?}", ended.state);
        assert!(shop.column("prod").await.current.is_none());
    });
}
