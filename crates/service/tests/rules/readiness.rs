//! Stages that are entered by hand: what passes their gates is ready, and waits for a person.

use crate::automatic::settle;
use crate::engines::on_both_engines;
use crate::gates::{gated, staged, wish};
use crate::shop::Shop;
use towpath_domain::checks::CheckForm;
use towpath_domain::holds::HoldForm;
use towpath_domain::promotions::{Promotion, State};
use towpath_domain::workflows::StageForm;
use towpath_service::promotions::{Apply, apply, look_again, request};
use towpath_service::{Error, boards, checks, holds, inbox, people};

fn by_hand(stage: StageForm) -> StageForm {
    StageForm { by_hand: Some("on".to_owned()), ..stage }
}

fn approved() -> StageForm {
    by_hand(StageForm { approvals: "1".to_owned(), ..StageForm::default() })
}

fn hand(of: &Promotion) -> Apply {
    Apply { project: "shop".to_owned(), number: of.number, digest: of.digest.to_string() }
}

async fn state(shop: &Shop, of: &Promotion) -> State {
    inbox::promotion(shop, &shop.ana, "shop", of.number).await.expect("a view").promotion.state
}

/// What waits before prod on the board, in words, and whether it is ready.
async fn waits(shop: &Shop) -> (Vec<String>, bool) {
    let board = boards::view(shop, &shop.ana, "shop", "parcel").await.expect("a board");
    let prod =
        board.columns.into_iter().find(|column| column.slot.slug.as_str() == "prod").expect("a bucket");
    let waiting = prod.waiting.into_iter().next().expect("something waits");
    (waiting.needs, waiting.ready)
}

#[test]
fn what_is_approved_is_ready_and_stands_in_the_inbox_of_whoever_may_apply_it() {
    on_both_engines(async |shop: Shop| {
        gated(&shop, approved()).await;
        let digest = staged(&shop, "1.0").await;
        let asked = request(&shop, &shop.ana, wish(&digest, "staging", "prod", "")).await.expect("waits");
        let early = apply(&shop, &shop.ana, hand(&asked)).await;
        assert!(matches!(early, Err(Error::Refused(_))), "{early:?}");
        let ready = shop.approve(&shop.ben, &asked).await.expect("may approve");
        assert!(matches!(ready.state, State::Ready { .. }), "{:?}", ready.state);
        settle(&shop).await;
        assert!(shop.board_of("parcel", "prod").await.current.is_none(), "nothing applies it by itself");
        assert_eq!(waits(&shop).await, (vec!["a person to apply it".to_owned()], true));
        for (actor, some) in [(&shop.ana, 1), (&shop.ben, 1), (&shop.dora, 0)] {
            let inbox = inbox::list(&shop, actor).await.expect("an inbox");
            assert_eq!((inbox.to_apply.len(), inbox.to_decide.len()), (some, 0));
            assert_eq!(inbox.waiting(), some);
        }
        let forbidden = apply(&shop, &shop.dora, hand(&asked)).await;
        assert!(matches!(forbidden, Err(Error::Forbidden(_))), "{forbidden:?}");
        let other = Apply { digest: format!("sha256:{}", "0".repeat(64)), ..hand(&asked) };
        assert!(matches!(apply(&shop, &shop.ana, other).await, Err(Error::Conflict(_))));
        // Whoever asked for it may be the hand: others have approved it.
        let applied = apply(&shop, &shop.ana, hand(&asked)).await.expect("may");
        assert!(matches!(applied.state, State::Applied { .. }), "{:?}", applied.state);
        assert_eq!(shop.board_of("parcel", "prod").await.current.expect("is current").by, "Ana");
        let again = apply(&shop, &shop.ana, hand(&asked)).await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
        for kind in ["promotion_ready", "promotion_decided"] {
            assert_eq!(shop.told(&shop.ana, kind).await, 1, "{kind}");
        }
    });
}

#[test]
fn it_waits_again_while_a_hold_or_a_failure_stands_against_it() {
    on_both_engines(async |shop: Shop| {
        gated(&shop, by_hand(StageForm { checks: "tests".to_owned(), ..StageForm::default() })).await;
        let digest = staged(&shop, "1.0").await;
        let asked = request(&shop, &shop.ana, wish(&digest, "staging", "prod", "")).await.expect("waits");
        let report = async |state: &str| {
            shop.clock.advance(1);
            let form =
                CheckForm { name: "tests".to_owned(), state: state.to_owned(), ..CheckForm::default() };
            checks::report(&shop, &shop.dora, ("shop", "parcel"), &digest, form).await.expect("may");
            look_again(&shop).await.expect("looks");
        };
        report("success").await;
        assert!(matches!(state(&shop, &asked).await, State::Ready { .. }));
        report("failure").await;
        assert_eq!(state(&shop, &asked).await, State::Waiting);
        assert_eq!(waits(&shop).await.0, ["a success of tests, which failed", "a person to apply it"]);
        report("success").await;
        let form = HoldForm {
            on: "bucket:shop/parcel/prod".to_owned(),
            reason: "Payments are down".to_owned(),
            ..HoldForm::default()
        };
        let hold = holds::place(&shop, &shop.ben, form.clone()).await.expect("may");
        // Before the next look, the hand finds it shut and says so.
        let shut = apply(&shop, &shop.ana, hand(&asked)).await.expect("is judged again");
        assert_eq!(shut.state, State::Waiting);
        holds::release(&shop, &shop.ben, hold.number, "").await.expect("may");
        look_again(&shop).await.expect("looks");
        // Nor does it say that it is ready until somebody tries.
        let hold = holds::place(&shop, &shop.ben, form).await.expect("may");
        look_again(&shop).await.expect("looks");
        assert_eq!(state(&shop, &asked).await, State::Waiting);
        holds::release(&shop, &shop.ben, hold.number, "").await.expect("may");
        look_again(&shop).await.expect("looks");
        apply(&shop, &shop.ana, hand(&asked)).await.expect("may");
        assert_eq!(shop.told(&shop.ana, "promotion_unready").await, 3);
        assert_eq!(shop.told(&shop.ana, "promotion_ready").await, 4);
    });
}

#[test]
fn whoever_leaves_takes_their_approval_along() {
    on_both_engines(async |shop: Shop| {
        gated(&shop, approved()).await;
        let digest = staged(&shop, "1.0").await;
        let asked = request(&shop, &shop.ana, wish(&digest, "staging", "prod", "")).await.expect("waits");
        shop.approve(&shop.ben, &asked).await.expect("may approve");
        people::deactivate(&shop, &shop.ana, shop.ben.person()).await.expect("may");
        look_again(&shop).await.expect("looks");
        assert_eq!(state(&shop, &asked).await, State::Waiting);
    });
}

#[test]
fn an_automatic_stage_asks_by_itself_and_is_entered_by_hand() {
    on_both_engines(async |shop: Shop| {
        let stage = StageForm { automatic: Some("on".to_owned()), ..StageForm::default() };
        gated(&shop, by_hand(stage)).await;
        let digest = staged(&shop, "1.0").await;
        settle(&shop).await;
        let all = inbox::promotions(&shop, &shop.ana, "shop", None, 9).await.expect("a list");
        let asked = &all[0].promotion;
        assert!(asked.automatic && matches!(asked.state, State::Ready { .. }), "{:?}", asked.state);
        apply(&shop, &shop.ana, hand(asked)).await.expect("may");
        assert_eq!(
            shop.board_of("parcel", "prod").await.current.expect("it").build.digest.to_string(),
            digest
        );
    });
}

#[test]
fn one_without_a_hand_is_applied_by_itself_and_by_nobody() {
    on_both_engines(async |shop: Shop| {
        gated(&shop, StageForm { approvals: "1".to_owned(), ..StageForm::default() }).await;
        let digest = staged(&shop, "1.0").await;
        let asked = request(&shop, &shop.ana, wish(&digest, "staging", "prod", "")).await.expect("waits");
        let nobody = apply(&shop, &shop.ana, hand(&asked)).await;
        assert!(matches!(nobody, Err(Error::Conflict(_))), "{nobody:?}");
        let applied = shop.approve(&shop.ben, &asked).await.expect("may approve");
        assert!(matches!(applied.state, State::Applied { .. }));
    });
}
