//! Emergencies: who passes gates and how, what is marked for ever, and who reviews it.

use crate::engines::on_both_engines;
use crate::shop::{Shop, stage, wish, workflow};
use towpath_domain::access::{Place, Role};
use towpath_domain::delegations::DelegationForm;
use towpath_domain::holds::HoldForm;
use towpath_domain::promotions::State;
use towpath_domain::workflows::StageForm;
use towpath_service::promotions::{Pass, Request, explain_emergency, pass, request, review};
use towpath_service::{Error, boards, delegations, holds, inbox};

async fn staged(shop: &Shop, tag: &str) -> String {
    let digest = shop.push(&shop.dora, "shop/checkout/qa", tag).await.expect("arrives");
    shop.promote(&shop.ana, &digest, "qa", "staging").await.expect("goes to staging");
    digest
}

fn emergency(digest: &str) -> Request {
    Request { emergency: true, reason: "The shop is down".to_owned(), ..wish(digest, "staging", "prod") }
}

fn passing(number: i64, digest: &str) -> Pass {
    Pass {
        project: "shop".to_owned(),
        number,
        reason: "The shop is down".to_owned(),
        digest: digest.to_owned(),
    }
}

#[test]
fn a_waiting_promotion_is_passed_and_a_second_person_reviews_it() {
    on_both_engines(async |shop: Shop| {
        let digest = staged(&shop, "1.0").await;
        let asked = shop.promote(&shop.ana, &digest, "staging", "prod").await.expect("waits");
        // Ana is an admin, who does not approve and does not pass gates either.
        let refused = pass(&shop, &shop.ana, passing(asked.number, &digest)).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        let silent = Pass { reason: " ".to_owned(), ..passing(asked.number, &digest) };
        assert!(matches!(pass(&shop, &shop.ben, silent).await, Err(Error::Invalid(_))));
        let other = Pass { digest: format!("sha256:{}", "0".repeat(64)), ..passing(asked.number, &digest) };
        assert!(matches!(pass(&shop, &shop.ben, other).await, Err(Error::Conflict(_))));
        let applied = pass(&shop, &shop.ben, passing(asked.number, &digest)).await.expect("may");
        assert!(matches!(applied.state, State::Applied { .. }));
        assert_eq!(shop.history("prod").await, ["1.0"]);
        let told = applied.emergency.expect("a mark");
        assert_eq!(told.passed, ["1 approval by a release manager"]);

        let mine = inbox::list(&shop, &shop.ben).await.expect("an inbox");
        assert!(mine.to_review.is_empty(), "nobody reviews what they did themselves");
        let own = review(&shop, &shop.ben, "shop", asked.number, "Fine").await;
        assert!(matches!(own, Err(Error::Refused(_))), "{own:?}");
        let place = Place::Project { project: shop.project.id };
        let rita = shop.person("Rita", Role::release_manager(), place).await;
        let inbox = inbox::list(&shop, &rita).await.expect("an inbox");
        assert_eq!((inbox.to_review.len(), inbox.to_review[0].by.as_str()), (1, "Ben"));
        assert!(matches!(review(&shop, &rita, "shop", asked.number, "").await, Err(Error::Invalid(_))));
        let forbidden = review(&shop, &shop.dora, "shop", asked.number, "Fine").await;
        assert!(matches!(forbidden, Err(Error::Forbidden(_))), "{forbidden:?}");
        review(&shop, &rita, "shop", asked.number, "It was right").await.expect("may");
        assert!(inbox::list(&shop, &rita).await.expect("an inbox").to_review.is_empty());
        let again = review(&shop, &rita, "shop", asked.number, "Twice").await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
        assert_eq!(shop.history("prod").await, ["1.0"], "a review places nothing");
        for kind in ["gates_passed", "emergency_reviewed"] {
            assert_eq!(shop.told(&shop.ana, kind).await, 1, "{kind}");
        }
    });
}

#[test]
fn whoever_asked_for_it_does_not_review_it_by_any_name() {
    on_both_engines(async |shop: Shop| {
        let place = Place::Project { project: shop.project.id };
        let rita = shop.person("Rita", Role::release_manager(), place).await;
        let max = shop.person("Max", Role::release_manager(), place).await;
        let digest = staged(&shop, "1.0").await;
        let asked = shop.promote(&rita, &digest, "staging", "prod").await.expect("waits");
        pass(&shop, &shop.ben, passing(asked.number, &digest)).await.expect("may");
        let refused = review(&shop, &rita, "shop", asked.number, "Fine").await;
        assert!(
            matches!(&refused, Err(Error::Refused(why)) if why.starts_with("You asked for this promotion")),
            "{refused:?}"
        );
        assert!(inbox::list(&shop, &rita).await.expect("an inbox").to_review.is_empty());
        // Not even where Max has handed his decisions to her.
        let form = DelegationForm {
            delegate: "rita@example.org".to_owned(),
            until: "2h".to_owned(),
            reason: "On holiday".to_owned(),
            ..DelegationForm::default()
        };
        delegations::make(&shop, &max, form).await.expect("hands over");
        let refused = review(&shop, &rita, "shop", asked.number, "Fine").await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
        // And who has nothing but Max's decisions does not sign for him either.
        let form = DelegationForm {
            delegate: "dora@example.org".to_owned(),
            until: "2h".to_owned(),
            reason: "On holiday".to_owned(),
            ..DelegationForm::default()
        };
        delegations::make(&shop, &max, form).await.expect("hands over");
        let refused = review(&shop, &shop.dora, "shop", asked.number, "Fine").await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        review(&shop, &max, "shop", asked.number, "It was right").await.expect("a second person");
    });
}

#[test]
fn one_that_is_asked_for_in_an_emergency_enters_past_a_hold_and_supersedes_what_waits() {
    on_both_engines(async |shop: Shop| {
        let (first, second) = (staged(&shop, "1.0").await, staged(&shop, "1.1").await);
        let waiting = shop.promote(&shop.ana, &first, "staging", "prod").await.expect("waits");
        let form = HoldForm {
            on: "environment:shop/prod".to_owned(),
            reason: "Quiet days".to_owned(),
            ..HoldForm::default()
        };
        holds::place(&shop, &shop.ben, form).await.expect("may");
        let refused = request(&shop, &shop.ana, emergency(&second)).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        let applied = request(&shop, &shop.ben, emergency(&second)).await.expect("may");
        assert_eq!(applied.emergency.expect("a mark").passed.len(), 2, "the approval and the hold");
        assert_eq!(shop.history("prod").await, ["1.1"]);
        let view = inbox::promotion(&shop, &shop.ana, "shop", waiting.number).await.expect("a view");
        assert!(matches!(view.promotion.state, State::Superseded { .. }));
    });
}

#[test]
fn a_bad_build_is_not_passed_and_a_token_passes_nothing() {
    on_both_engines(async |shop: Shop| {
        let digest = staged(&shop, "1.0").await;
        let (token, _) = shop.token(&shop.ben, "", &["promote"]).await;
        let refused = request(&shop, &token, emergency(&digest)).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        let form = HoldForm {
            on: format!("build:shop/{digest}"),
            reason: "It loses orders".to_owned(),
            ..HoldForm::default()
        };
        holds::place(&shop, &shop.ben, form).await.expect("may");
        let refused = request(&shop, &shop.ben, emergency(&digest)).await;
        assert!(
            matches!(&refused, Err(Error::Refused(why)) if why.contains("Hold 1 marks this build bad")),
            "{refused:?}"
        );
        let board = boards::view(&shop, &shop.ben, "shop", "checkout").await.expect("a board");
        let prod = board.columns.iter().find(|column| column.slot.slug.as_str() == "prod").expect("a bucket");
        assert!(board.may_pass(prod));
    });
}

#[test]
fn an_emergency_does_not_wait_for_a_time() {
    on_both_engines(async |shop: Shop| {
        let digest = staged(&shop, "1.0").await;
        let both = Request { scheduled_for: "2h".to_owned(), ..emergency(&digest) };
        match request(&shop, &shop.ben, both).await {
            Err(Error::Invalid(invalid)) => assert_eq!(invalid.errors()[0].field, "scheduled_for"),
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn passing_one_that_waits_ends_the_others_so_that_they_do_not_undo_it() {
    on_both_engines(async |shop: Shop| {
        let last = StageForm {
            bucket: "prod".to_owned(),
            approvals: "1".to_owned(),
            contest: "queue".to_owned(),
            ..StageForm::default()
        };
        let stages = [stage("qa", ""), stage("staging", ""), last];
        let form = workflow("release", "environment", &stages);
        towpath_service::workflows::change(&shop, &shop.ana, "shop", "release", 1, form).await.expect("may");
        let (first, second) = (staged(&shop, "1.0").await, staged(&shop, "1.1").await);
        let one = shop.promote(&shop.ana, &first, "staging", "prod").await.expect("waits");
        let two = shop.promote(&shop.ana, &second, "staging", "prod").await.expect("waits");
        pass(&shop, &shop.ben, passing(two.number, &second)).await.expect("may");
        let late = shop.approve(&shop.ben, &one).await;
        assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
        assert_eq!(shop.history("prod").await, ["1.1"]);
    });
}

#[test]
fn a_reference_that_is_given_in_an_emergency_is_of_the_form_and_one_is_not_needed() {
    on_both_engines(async |shop: Shop| {
        let last = StageForm {
            bucket: "prod".to_owned(),
            reference: "OPS-[0-9]+".to_owned(),
            ..StageForm::default()
        };
        let form = workflow("release", "environment", &[stage("qa", ""), stage("staging", ""), last]);
        towpath_service::workflows::change(&shop, &shop.ana, "shop", "release", 1, form).await.expect("may");
        let digest = staged(&shop, "1.0").await;
        let wrong = Request { reference: "nonsense".to_owned(), ..emergency(&digest) };
        match request(&shop, &shop.ben, wrong).await {
            Err(Error::Invalid(invalid)) => assert_eq!(invalid.errors()[0].field, "reference"),
            other => panic!("{other:?}"),
        }
        let told = explain_emergency(&shop, &shop.ben, emergency(&digest)).await.expect("an answer");
        assert_eq!(told, Ok(vec!["a reference like OPS-[0-9]+".to_owned()]), "the dry run says the same");
        let applied = request(&shop, &shop.ben, emergency(&digest)).await.expect("may");
        assert_eq!(applied.emergency.expect("a mark").passed, ["a reference like OPS-[0-9]+"]);
    });
}
