//! Rollbacks that need the approvals of their stage.

use crate::engines::on_both_engines;
use crate::shop::{Shop, stage, workflow};
use towpath_domain::access::{Actor, Place, Role};
use towpath_domain::pins::PinForm;
use towpath_domain::promotions::{Promotion, State};
use towpath_domain::workflows::StageForm;
use towpath_service::buckets::Rolled;
use towpath_service::promotions::{Pass, PinRequest, cancel, look_again, pass, pin};
use towpath_service::{Error, inbox, workflows};

/// Lets prod of `checkout` be what `last` says, with one approval that rollbacks need, too.
async fn strict(shop: &Shop, last: StageForm) {
    let last = StageForm { rollbacks_ask: Some("on".to_owned()), ..last };
    let form = workflow("release", "environment", &[stage("qa", ""), stage("staging", ""), last]);
    workflows::change(shop, &shop.ana, "shop", "release", 1, form).await.expect("may");
}

/// A shop with two builds in prod after each other.
async fn released(shop: &Shop) -> [String; 2] {
    let mut digests = Vec::new();
    for version in ["1.0", "2.0"] {
        let digest = shop.push(&shop.dora, "shop/checkout/qa", version).await.expect("arrives");
        shop.release(&digest).await;
        shop.clock.advance(60);
        digests.push(digest);
    }
    digests.try_into().expect("two")
}

async fn asked(shop: &Shop, actor: &Actor) -> Promotion {
    match shop.ask_back(actor, "prod").await.expect("may ask") {
        Rolled::Asked(asked) => *asked,
        other @ Rolled::Back { .. } => panic!("{other:?}"),
    }
}

async fn state(shop: &Shop, number: i64) -> State {
    inbox::promotion(shop, &shop.ana, "shop", number).await.expect("a view").promotion.state
}

#[test]
fn it_is_asked_for_and_the_approval_makes_it() {
    on_both_engines(async |shop: Shop| {
        strict(&shop, stage("prod", "1")).await;
        released(&shop).await;
        let asked = asked(&shop, &shop.ana).await;
        assert_eq!((asked.state.clone(), asked.is_rollback()), (State::Waiting, true));
        assert_eq!(shop.history("prod").await, ["2.0", "1.0"], "nothing has changed yet");
        let column = shop.column("prod").await;
        assert!(column.waiting[0].back && column.waiting[0].needs == ["1 approval by a release manager"]);
        let own = shop.ask_back(&shop.ana, "prod").await;
        assert!(matches!(own, Err(Error::Conflict(_))), "it waits already: {own:?}");
        let page = inbox::promotion(&shop, &shop.ben, "shop", asked.number).await.expect("a view");
        assert_eq!(page.reaches.len(), 1, "who approves sees what it reaches");

        shop.approve(&shop.ben, &asked).await.expect("goes back");
        assert_eq!(shop.history("prod").await, ["1.0", "2.0", "1.0"]);
        let current = shop.column("prod").await.current.expect("is current");
        assert_eq!((current.cause.as_str(), current.reason.as_deref()), ("rollback", Some("it fails")));
        assert_eq!(shop.told(&shop.ana, "rolled_back").await, 1);
        assert_eq!(shop.told(&shop.ana, "promotion_applied").await, 4, "it is no promotion to count");
    });
}

#[test]
fn other_stages_of_the_same_workflow_are_rolled_back_at_once() {
    on_both_engines(async |shop: Shop| {
        strict(&shop, stage("prod", "1")).await;
        released(&shop).await;
        shop.roll_back(&shop.ana, "staging").await.expect("at once");
        assert_eq!(shop.history("staging").await, ["1.0", "2.0", "1.0"]);
    });
}

#[test]
fn what_becomes_current_in_between_ends_it_and_it_supersedes_nothing() {
    on_both_engines(async |shop: Shop| {
        strict(&shop, stage("prod", "1")).await;
        released(&shop).await;
        let third = shop.push(&shop.dora, "shop/checkout/qa", "3.0").await.expect("arrives");
        shop.promote(&shop.ana, &third, "qa", "staging").await.expect("goes");
        let forward = shop.promote(&shop.ana, &third, "staging", "prod").await.expect("waits");
        let back = asked(&shop, &shop.ana).await;
        assert_eq!(state(&shop, forward.number).await, State::Waiting);
        let again = cancel(&shop, &shop.ana, "shop", forward.number, "").await.expect("may");
        assert!(again.number < back.number);
        let forward = shop.promote(&shop.ana, &third, "staging", "prod").await.expect("waits");
        assert_eq!(state(&shop, back.number).await, State::Waiting, "the newest does not win over it");
        shop.approve(&shop.ben, &forward).await.expect("enters");
        // Also an approval that comes before the next look changes nothing any more.
        let late = shop.approve(&shop.ben, &back).await.expect("is told");
        assert!(matches!(late.state, State::Expired { .. }), "{:?}", late.state);
        assert_eq!(shop.history("prod").await, ["3.0", "2.0", "1.0"]);
    });
}

#[test]
fn what_waits_to_enter_ends_once_it_is_made() {
    on_both_engines(async |shop: Shop| {
        strict(&shop, stage("prod", "1")).await;
        released(&shop).await;
        let third = shop.push(&shop.dora, "shop/checkout/qa", "3.0").await.expect("arrives");
        shop.promote(&shop.ana, &third, "qa", "staging").await.expect("goes");
        let forward = shop.promote(&shop.ana, &third, "staging", "prod").await.expect("waits");
        let back = asked(&shop, &shop.ana).await;
        shop.approve(&shop.ben, &back).await.expect("goes back");
        look_again(&shop).await.expect("looks");
        assert!(matches!(state(&shop, forward.number).await, State::Expired { .. }));
    });
}

#[test]
fn in_an_emergency_it_is_made_past_its_approvals_and_reviewed() {
    on_both_engines(async |shop: Shop| {
        strict(&shop, stage("prod", "1")).await;
        released(&shop).await;
        let back = asked(&shop, &shop.ben).await;
        let wish = Pass {
            project: "shop".to_owned(),
            number: back.number,
            reason: "The shop is down".to_owned(),
            digest: back.digest.to_string(),
        };
        pass(&shop, &shop.ben, wish).await.expect("may");
        assert_eq!(shop.history("prod").await, ["1.0", "2.0", "1.0"]);
        let place = Place::Project { project: shop.project.id };
        let rita = shop.person("Rita", Role::release_manager(), place).await;
        assert_eq!(inbox::list(&shop, &rita).await.expect("an inbox").to_review.len(), 1);
    });
}

#[test]
fn a_pin_that_goes_back_needs_them_too() {
    on_both_engines(async |shop: Shop| {
        strict(&shop, stage("prod", "1")).await;
        let [first, _] = released(&shop).await;
        let form = PinForm {
            service: "checkout".to_owned(),
            digest: first,
            until: "2h".to_owned(),
            reason: "it fails".to_owned(),
            ..PinForm::default()
        };
        let wish = PinRequest { project: "shop".to_owned(), environment: "prod".to_owned(), form };
        let asked = pin(&shop, &shop.ben, wish).await.expect("may ask");
        assert_eq!((asked.state, asked.gates.len()), (State::Waiting, 1));
    });
}

#[test]
fn a_stage_without_approvals_cannot_ask_for_them() {
    on_both_engines(async |shop: Shop| {
        let last = StageForm { rollbacks_ask: Some("on".to_owned()), ..stage("prod", "") };
        let form = workflow("release", "environment", &[stage("qa", ""), last]);
        match workflows::change(&shop, &shop.ana, "shop", "release", 1, form).await {
            Err(Error::Invalid(invalid)) => assert_eq!(invalid.errors()[0].field, "stages[1][approvals]"),
            other => panic!("{other:?}"),
        }
    });
}
