//! What happens where several promotions want to enter one bucket, and where one is wanted at a time to come.

use crate::engines::on_both_engines;
use crate::gates::{gated, now, staged, wish};
use crate::shop::Shop;
use towpath_domain::promotions::State;
use towpath_domain::workflows::StageForm;
use towpath_service::Error;
use towpath_service::promotions::{Request, cancel, look_again, request};

fn contest(contest: &str) -> StageForm {
    StageForm { approvals: "1".to_owned(), contest: contest.to_owned(), ..StageForm::default() }
}

fn into_prod(digest: &str) -> Request {
    wish(digest, "staging", "prod", "")
}

async fn approve(shop: &Shop, number: i64, digest: &str) -> Result<(), Error> {
    use towpath_service::promotions::{Decide, decide};
    let decision = Decide {
        project: "shop".to_owned(),
        number,
        choice: towpath_domain::promotions::Choice::Approve,
        comment: String::new(),
        digest: digest.to_owned(),
        in_name_of: String::new(),
    };
    decide(shop, &shop.ben, decision).await.map(drop)
}

#[test]
fn the_newest_supersedes_those_that_wait() {
    on_both_engines(async |shop: Shop| {
        gated(&shop, contest("")).await;
        let (first, second) = (staged(&shop, "1.0").await, staged(&shop, "1.1").await);
        let one = request(&shop, &shop.ana, into_prod(&first)).await.expect("may ask");
        let two = request(&shop, &shop.ana, into_prod(&second)).await.expect("may ask");
        let ended = now(&shop, &one).await.state;
        assert!(matches!(ended, State::Superseded { by, .. } if by == two.number), "{ended:?}");
        assert_eq!(now(&shop, &two).await.state, State::Waiting);
        let late = approve(&shop, one.number, &first).await;
        assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
        assert_eq!(shop.told(&shop.ana, "promotion_superseded").await, 1);
        // Asked for again it is the newest itself.
        request(&shop, &shop.ana, into_prod(&first)).await.expect("may ask again");
        assert!(matches!(now(&shop, &two).await.state, State::Superseded { .. }));
    });
}

#[test]
fn in_a_queue_each_waits_for_those_before_it() {
    on_both_engines(async |shop: Shop| {
        gated(&shop, contest("queue")).await;
        let digests = [staged(&shop, "1.0").await, staged(&shop, "1.1").await, staged(&shop, "1.2").await];
        let mut asked = Vec::new();
        for digest in &digests {
            asked.push(request(&shop, &shop.ana, into_prod(digest)).await.expect("may ask"));
        }
        approve(&shop, asked[2].number, &digests[2]).await.expect("may approve");
        approve(&shop, asked[1].number, &digests[1]).await.expect("may approve");
        assert_eq!(look_again(&shop).await.expect("looks"), 0, "the first has not been decided");
        approve(&shop, asked[0].number, &digests[0]).await.expect("may approve");
        assert!(matches!(now(&shop, &asked[0]).await.state, State::Applied { .. }));
        assert_eq!(look_again(&shop).await.expect("looks"), 2, "the others follow");
        let board = towpath_service::boards::view(&shop, &shop.ana, "shop", "parcel").await.expect("a board");
        let prod = board.columns.iter().find(|column| column.slot.slug.as_str() == "prod").expect("a bucket");
        let tags: Vec<&str> = prod.cards().map(|card| card.build.tag.as_str()).collect();
        assert_eq!(tags, ["1.2", "1.1", "1.0"], "in the order of asking");
    });
}

#[test]
fn one_that_is_taken_back_lets_the_next_one_through() {
    on_both_engines(async |shop: Shop| {
        gated(&shop, contest("queue")).await;
        let (first, second) = (staged(&shop, "1.0").await, staged(&shop, "1.1").await);
        let one = request(&shop, &shop.ana, into_prod(&first)).await.expect("may ask");
        let two = request(&shop, &shop.ana, into_prod(&second)).await.expect("may ask");
        approve(&shop, two.number, &second).await.expect("may approve");
        cancel(&shop, &shop.ana, "shop", one.number, "").await.expect("may take back");
        assert_eq!(look_again(&shop).await.expect("looks"), 1);
        assert!(matches!(now(&shop, &two).await.state, State::Applied { .. }));
    });
}

#[test]
fn where_one_is_taken_at_a_time_the_second_is_refused_and_told_of_the_first() {
    on_both_engines(async |shop: Shop| {
        gated(&shop, contest("refuse")).await;
        let (first, second) = (staged(&shop, "1.0").await, staged(&shop, "1.1").await);
        let one = request(&shop, &shop.ana, into_prod(&first)).await.expect("may ask");
        let refused = request(&shop, &shop.ana, into_prod(&second)).await;
        let words = format!("Promotion #{} waits to enter prod, which takes one at a time.", one.number);
        assert!(matches!(&refused, Err(Error::Conflict(told)) if told.starts_with(&words)), "{refused:?}");
        cancel(&shop, &shop.ana, "shop", one.number, "").await.expect("may take back");
        request(&shop, &shop.ana, into_prod(&second)).await.expect("the way is free");
    });
}

#[test]
fn what_is_scheduled_enters_at_its_time_if_it_still_may() {
    on_both_engines(async |shop: Shop| {
        gated(&shop, StageForm::default()).await;
        let digest = staged(&shop, "1.0").await;
        let at =
            |scheduled_for: &str| Request { scheduled_for: scheduled_for.to_owned(), ..into_prod(&digest) };
        for wrong in ["yesterday", "2026-11-01T00:00:00Z", "31d", "2027-11-01T00:00:00Z"] {
            match request(&shop, &shop.ana, at(wrong)).await {
                Err(Error::Invalid(invalid)) => assert_eq!(invalid.errors()[0].field, "scheduled_for"),
                other => panic!("{wrong}: {other:?}"),
            }
        }
        let asked = request(&shop, &shop.ana, at("2h")).await.expect("may ask");
        assert_eq!(asked.state, State::Waiting);
        shop.world.clock.advance(2 * 3_600 - 1);
        assert_eq!(look_again(&shop).await.expect("looks"), 0);
        shop.world.clock.advance(1);
        assert_eq!(look_again(&shop).await.expect("looks"), 1);
        assert!(matches!(now(&shop, &asked).await.state, State::Applied { .. }));
    });
}

#[test]
fn what_waits_to_enter_a_bucket_ends_when_that_is_rolled_back() {
    use towpath_service::buckets::{BucketAddress, RollBack, roll_back};
    on_both_engines(async |shop: Shop| {
        gated(&shop, StageForm::default()).await;
        for tag in ["1.0", "1.1"] {
            let digest = staged(&shop, tag).await;
            request(&shop, &shop.ana, into_prod(&digest)).await.expect("goes to prod");
            shop.world.clock.advance(60);
        }
        let third = staged(&shop, "1.2").await;
        let later = Request { scheduled_for: "20d".to_owned(), ..into_prod(&third) };
        let waiting = request(&shop, &shop.ana, later).await.expect("may ask");
        shop.world.clock.advance(60);
        let board = towpath_service::boards::view(&shop, &shop.ana, "shop", "parcel").await.expect("a board");
        let prod = board.columns.iter().find(|column| column.slot.slug.as_str() == "prod").expect("a bucket");
        let wish = RollBack {
            at: BucketAddress { project: "shop".into(), integration: "parcel".into(), bucket: "prod".into() },
            to: prod.history[0].placement.expect("a placement"),
            reason: "It fails".to_owned(),
            expected: None,
        };
        roll_back(&shop, &shop.ben, wish).await.expect("may");
        assert_eq!(look_again(&shop).await.expect("looks"), 1, "not when something else makes it due");
        assert!(matches!(now(&shop, &waiting).await.state, State::Expired { .. }));
    });
}

#[test]
fn what_was_stopped_before_its_time_waits_on() {
    on_both_engines(async |shop: Shop| {
        gated(&shop, StageForm::default()).await;
        let digest = staged(&shop, "1.0").await;
        let wish = Request { scheduled_for: "1h".to_owned(), ..into_prod(&digest) };
        let asked = request(&shop, &shop.ana, wish).await.expect("may ask");
        let form = towpath_domain::holds::HoldForm {
            on: "environment:shop/prod".to_owned(),
            reason: "Payments are down".to_owned(),
            ..Default::default()
        };
        towpath_service::holds::place(&shop, &shop.ben, form).await.expect("may");
        shop.world.clock.advance(3_600);
        assert_eq!(look_again(&shop).await.expect("looks"), 0);
        assert_eq!(now(&shop, &asked).await.state, State::Waiting);
    });
}

#[test]
fn one_that_waits_behind_another_is_woken_also_where_the_stage_became_a_queue_between_them() {
    on_both_engines(async |shop: Shop| {
        gated(&shop, contest("")).await;
        let (first, second) = (staged(&shop, "1.0").await, staged(&shop, "1.1").await);
        let one = request(&shop, &shop.ana, into_prod(&first)).await.expect("may ask");
        let last =
            StageForm { bucket: "prod".to_owned(), contest: "queue".to_owned(), ..StageForm::default() };
        let stages = [crate::shop::stage("qa", ""), crate::shop::stage("staging", ""), last];
        let form = crate::shop::workflow("gated", "environment", &stages);
        towpath_service::workflows::change(&shop, &shop.ana, "shop", "gated", 1, form).await.expect("may");
        let two = request(&shop, &shop.ana, into_prod(&second)).await.expect("may ask");
        assert_eq!(now(&shop, &two).await.state, State::Waiting, "#1 is ahead");
        cancel(&shop, &shop.ana, "shop", one.number, "").await.expect("may take back");
        assert_eq!(look_again(&shop).await.expect("looks"), 1);
        assert!(matches!(now(&shop, &two).await.state, State::Applied { .. }));
    });
}

#[test]
fn what_is_wanted_later_keeps_nobody_waiting_until_then() {
    on_both_engines(async |shop: Shop| {
        for kind in ["queue", "refuse"] {
            let tag = |number: u8| format!("{kind}-{number}");
            if kind == "queue" {
                gated(&shop, StageForm { contest: kind.to_owned(), ..StageForm::default() }).await;
            } else {
                let last =
                    StageForm { bucket: "prod".to_owned(), contest: kind.to_owned(), ..StageForm::default() };
                let stages = [crate::shop::stage("qa", ""), crate::shop::stage("staging", ""), last];
                let form = crate::shop::workflow("gated", "environment", &stages);
                towpath_service::workflows::change(&shop, &shop.ana, "shop", "gated", 1, form)
                    .await
                    .expect("may");
            }
            let (first, second) = (staged(&shop, &tag(1)).await, staged(&shop, &tag(2)).await);
            let later = Request { scheduled_for: "29d".to_owned(), ..into_prod(&first) };
            let later = request(&shop, &shop.ana, later).await.expect("may ask");
            let at_once = request(&shop, &shop.ana, into_prod(&second)).await.expect("may ask");
            assert!(matches!(at_once.state, State::Applied { .. }), "{kind}");
            cancel(&shop, &shop.ana, "shop", later.number, "").await.expect("may take back");
        }
    });
}
