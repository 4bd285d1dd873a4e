//! Automatic stages: what they promote by themselves, what they leave alone, and what stops them.

use crate::engines::on_both_engines;
use crate::gates::{gated, wish};
use crate::shop::Shop;
use towpath_domain::boards::Column;
use towpath_domain::inbox::InboxItem;
use towpath_domain::promotions::State;
use towpath_domain::workflows::StageForm;
use towpath_service::buckets::{BucketAddress, RollBack, resume, roll_back};
use towpath_service::promotions::{look_again, promote_on, request};
use towpath_service::{Error, boards, inbox, workflows};

fn automatic(stage: StageForm) -> StageForm {
    StageForm { automatic: Some("on".to_owned()), ..stage }
}

async fn column(shop: &Shop, bucket: &str) -> Column {
    let board = boards::view(shop, &shop.ana, "shop", "parcel").await.expect("a board");
    board.columns.into_iter().find(|column| column.slot.slug.as_str() == bucket).expect("a bucket")
}

async fn current(shop: &Shop, bucket: &str) -> Option<String> {
    column(shop, bucket).await.current.map(|card| card.build.tag.to_string())
}

async fn promotions(shop: &Shop) -> Vec<InboxItem> {
    inbox::promotions(shop, &shop.ana, "shop", None, 50).await.expect("a list")
}

/// Lets everything happen that happens by itself.
pub async fn settle(shop: &Shop) {
    for _ in 0..4 {
        promote_on(shop).await.expect("asks");
        look_again(shop).await.expect("looks");
    }
}

async fn to_staging(shop: &Shop, tag: &str) -> String {
    shop.world.clock.advance(60);
    let digest = shop.push(&shop.dora, "shop/parcel/qa", tag).await.expect("arrives");
    request(shop, &shop.dora, wish(&digest, "qa", "staging", "")).await.expect("goes to staging");
    digest
}

fn parcel(bucket: &str) -> BucketAddress {
    BucketAddress { project: "shop".to_owned(), integration: "parcel".to_owned(), bucket: bucket.to_owned() }
}

async fn back(shop: &Shop, bucket: &str) {
    let column = column(shop, bucket).await;
    let wish = RollBack {
        at: parcel(bucket),
        to: column.history[0].placement.expect("a placement"),
        reason: "it fails".to_owned(),
        expected: None,
    };
    roll_back(shop, &shop.ben, wish).await.expect("may");
}

#[test]
fn what_comes_into_the_stage_before_goes_on_by_itself_once() {
    on_both_engines(async |shop: Shop| {
        gated(&shop, automatic(StageForm::default())).await;
        to_staging(&shop, "1.0").await;
        assert_eq!(promote_on(&shop).await.expect("asks"), 1);
        assert_eq!(current(&shop, "prod").await.as_deref(), Some("1.0"));
        let asked = promotions(&shop).await.remove(0).promotion;
        assert!(asked.automatic && matches!(asked.state, State::Applied { .. }));
        assert_eq!(asked.reason.as_str(), "It became current in staging, and prod is automatic.");
        settle(&shop).await;
        assert_eq!(promotions(&shop).await.len(), 2, "nothing is asked for again");
    });
}

#[test]
fn it_waits_for_its_gates_and_a_newer_one_takes_its_place() {
    on_both_engines(async |shop: Shop| {
        let stage = StageForm { soak: "1h".to_owned(), ..StageForm::default() };
        gated(&shop, automatic(stage)).await;
        to_staging(&shop, "1.0").await;
        settle(&shop).await;
        assert_eq!(current(&shop, "prod").await, None);
        to_staging(&shop, "1.1").await;
        settle(&shop).await;
        let states: Vec<&str> =
            promotions(&shop).await.iter().map(|item| item.promotion.state.name()).collect();
        assert_eq!(states, ["waiting", "applied", "superseded", "applied"]);
        shop.world.clock.advance(3_600);
        settle(&shop).await;
        assert_eq!(current(&shop, "prod").await.as_deref(), Some("1.1"));
    });
}

#[test]
fn whoever_brought_it_there_cannot_approve_what_the_stage_asks_for() {
    on_both_engines(async |shop: Shop| {
        let stage = StageForm { approvals: "1".to_owned(), ..StageForm::default() };
        gated(&shop, automatic(stage)).await;
        let digest = shop.push(&shop.dora, "shop/parcel/qa", "1.0").await.expect("arrives");
        request(&shop, &shop.ben, wish(&digest, "qa", "staging", "")).await.expect("goes to staging");
        settle(&shop).await;
        let number = promotions(&shop).await[0].promotion.number;
        let view = inbox::promotion(&shop, &shop.ben, "shop", number).await.expect("a view");
        assert!(view.may_decide.expect_err("barred").contains("someone else"), "Ben asked for the move");
    });
}

#[test]
fn a_rollback_pauses_it_until_a_person_resumes_it_and_nothing_is_undone() {
    on_both_engines(async |shop: Shop| {
        gated(&shop, automatic(StageForm::default())).await;
        to_staging(&shop, "1.0").await;
        settle(&shop).await;
        to_staging(&shop, "1.1").await;
        settle(&shop).await;
        assert_eq!(current(&shop, "prod").await.as_deref(), Some("1.1"));
        back(&shop, "prod").await;
        assert!(column(&shop, "prod").await.paused_at.is_some());
        settle(&shop).await;
        assert_eq!(current(&shop, "prod").await.as_deref(), Some("1.0"), "what was rolled back stays away");
        to_staging(&shop, "1.2").await;
        settle(&shop).await;
        assert_eq!(current(&shop, "prod").await.as_deref(), Some("1.0"), "it is paused");
        resume(&shop, &shop.ben, &parcel("prod"), "").await.expect("may");
        settle(&shop).await;
        assert_eq!(current(&shop, "prod").await.as_deref(), Some("1.2"));
    });
}

#[test]
fn resuming_does_not_bring_back_what_was_rolled_back() {
    on_both_engines(async |shop: Shop| {
        gated(&shop, automatic(StageForm::default())).await;
        to_staging(&shop, "1.0").await;
        settle(&shop).await;
        to_staging(&shop, "1.1").await;
        settle(&shop).await;
        back(&shop, "prod").await;
        resume(&shop, &shop.ben, &parcel("prod"), "").await.expect("may");
        settle(&shop).await;
        assert_eq!(current(&shop, "prod").await.as_deref(), Some("1.0"));
    });
}

#[test]
fn a_rollback_in_the_stage_before_moves_nothing_behind_it() {
    on_both_engines(async |shop: Shop| {
        gated(&shop, automatic(StageForm { soak: "1h".to_owned(), ..StageForm::default() })).await;
        to_staging(&shop, "1.0").await;
        to_staging(&shop, "1.1").await;
        back(&shop, "staging").await;
        settle(&shop).await;
        assert_eq!(promotions(&shop).await.len(), 2, "both were asked for by people");
    });
}

#[test]
fn a_stage_that_asks_for_a_reference_cannot_be_automatic() {
    on_both_engines(async |shop: Shop| {
        let last = automatic(StageForm { reference: "OPS-[0-9]+".to_owned(), ..StageForm::default() });
        let last = StageForm { bucket: "prod".to_owned(), ..last };
        let form = crate::shop::workflow("auto", "environment", &[crate::shop::stage("qa", ""), last]);
        match workflows::create(&shop, &shop.ana, "shop", form).await {
            Err(Error::Invalid(invalid)) => assert_eq!(invalid.errors()[0].field, "stages[1][reference]"),
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn it_gives_way_to_what_people_asked_for_and_asks_once_that_is_over() {
    on_both_engines(async |shop: Shop| {
        let stage = StageForm { approvals: "1".to_owned(), ..StageForm::default() };
        gated(&shop, stage).await;
        let first = to_staging(&shop, "1.0").await;
        let mine = request(&shop, &shop.ana, wish(&first, "staging", "prod", "")).await.expect("waits");
        let last = automatic(StageForm { bucket: "prod".to_owned(), ..StageForm::default() });
        let stages = [crate::shop::stage("qa", ""), crate::shop::stage("staging", ""), last];
        let form = crate::shop::workflow("gated", "environment", &stages);
        workflows::change(&shop, &shop.ana, "shop", "gated", 1, form).await.expect("may");
        to_staging(&shop, "1.1").await;
        settle(&shop).await;
        assert_eq!(current(&shop, "prod").await, None, "a person's promotion waits");
        towpath_service::promotions::cancel(&shop, &shop.ana, "shop", mine.number, "").await.expect("may");
        settle(&shop).await;
        assert_eq!(current(&shop, "prod").await.as_deref(), Some("1.1"));
    });
}

#[test]
fn what_it_could_not_take_follows_when_the_way_is_free_and_what_was_rejected_does_not() {
    on_both_engines(async |shop: Shop| {
        let stage =
            StageForm { approvals: "1".to_owned(), contest: "refuse".to_owned(), ..StageForm::default() };
        gated(&shop, automatic(stage)).await;
        to_staging(&shop, "1.0").await;
        settle(&shop).await;
        let first = promotions(&shop).await[0].promotion.clone();
        to_staging(&shop, "1.1").await;
        settle(&shop).await;
        assert_eq!(promotions(&shop).await.iter().filter(|item| item.promotion.automatic).count(), 1);
        shop.decide(&shop.ben, &first, towpath_domain::promotions::Choice::Reject).await.expect("may reject");
        settle(&shop).await;
        let asked = promotions(&shop).await.remove(0).promotion;
        assert_eq!((asked.tag.as_str(), asked.state.name()), ("1.1", "waiting"));
        shop.decide(&shop.ben, &asked, towpath_domain::promotions::Choice::Reject).await.expect("may reject");
        settle(&shop).await;
        assert!(
            promotions(&shop).await.iter().all(|item| item.promotion.state.name() != "waiting"),
            "once each"
        );
    });
}
