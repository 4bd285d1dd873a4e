//! Outside steps: that a build becomes current only after what is done elsewhere, whatever happens meanwhile.

use crate::elsewhere::Elsewhere;
use crate::engines::on_both_engines;
use crate::registries::{connected, copies};
use crate::shop::{Shop, wish};
use std::collections::BTreeMap;
use towpath_domain::holds::HoldForm;
use towpath_domain::outside_steps::{MOST_TRIES, StepForm};
use towpath_domain::promotions::{ELSEWHERE, Outlook, Promotion, State};
use towpath_service::buckets::Rolled;
use towpath_service::outside_steps::{claim, set, work};
use towpath_service::promotions::{Request, cancel, explain, look_again, request, retry};
use towpath_service::{Error, Service, holds, inbox};

/// Everything that is due elsewhere is done, or tried.
async fn turn(service: &Service) -> usize {
    let claimed = claim(service, 16).await.expect("claims");
    for due in &claimed {
        work(service, *due).await.expect("works");
    }
    claimed.len()
}

async fn now(shop: &Shop, number: i64) -> Promotion {
    inbox::promotion(shop, &shop.ana, "shop", number).await.expect("is there").promotion
}

/// A shop whose promotions of `checkout` into `staging` go elsewhere first, and a build in `qa`.
async fn sends(shop: &Shop) -> (Elsewhere, String) {
    let elsewhere = Elsewhere::start().await;
    connected(shop, &elsewhere).await;
    set(shop, &shop.ana, "shop", "checkout", copies("staging")).await.expect("is set");
    let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
    (elsewhere, digest)
}

fn named(names: &[&str], digest: &str) -> BTreeMap<String, String> {
    names.iter().map(|name| ((*name).to_owned(), digest.to_owned())).collect()
}

#[test]
fn a_build_becomes_current_after_its_image_was_copied() {
    on_both_engines(async |shop: Shop| {
        let (elsewhere, digest) = sends(&shop).await;
        let outlook = explain(&shop, &shop.dora, wish(&digest, "qa", "staging")).await.expect("is known");
        assert_eq!(outlook, Outlook::Waits { needs: vec![ELSEWHERE.to_owned()], until: None });
        let asked = shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("may ask");
        assert_eq!((asked.state.name(), asked.is_sending()), ("ready", true));
        assert_eq!(shop.column("staging").await.current, None);
        assert_eq!(turn(&shop).await, 1);
        assert_eq!(now(&shop, asked.number).await.state.name(), "applied");
        assert_eq!(shop.history("staging").await, ["1.0"]);
        assert_eq!(elsewhere.tags("acme/checkout"), named(&["staging", "staging-1"], &digest));
        assert_eq!(elsewhere.blobs("acme/checkout"), 2, "a configuration and a layer");
        assert_eq!(turn(&shop).await, 0, "nothing is left to do");
        for kind in ["promotion_sending", "promotion_applied"] {
            assert_eq!(shop.told(&shop.ana, kind).await, 1, "{kind}");
        }
    });
}

#[test]
fn what_is_there_is_not_sent_again_and_comes_from_beside_where_it_can() {
    on_both_engines(async |shop: Shop| {
        let (elsewhere, digest) = sends(&shop).await;
        let prod = StepForm { repository: "acme/live".to_owned(), ..copies("prod") };
        set(&shop, &shop.ana, "shop", "checkout", prod).await.expect("is set");
        shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("may ask");
        turn(&shop).await;
        elsewhere.writes();
        let asked = shop.promote(&shop.ana, &digest, "staging", "prod").await.expect("waits");
        shop.approve(&shop.ben, &asked).await.expect("may");
        turn(&shop).await;
        assert_eq!(shop.history("prod").await, ["1.0"]);
        let sent = elsewhere.writes();
        assert_eq!(sent.iter().filter(|write| write.starts_with("PATCH")).count(), 0, "{sent:?}");
        assert_eq!(elsewhere.blobs("acme/live"), 2);
    });
}

#[test]
fn what_fails_for_good_leaves_everything_as_it_was_until_somebody_retries() {
    on_both_engines(async |shop: Shop| {
        let (elsewhere, digest) = sends(&shop).await;
        elsewhere.admit("robot", "another");
        let asked = shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("may ask");
        turn(&shop).await;
        let failed = now(&shop, asked.number).await;
        let State::Failed { because, .. } = &failed.state else { panic!("{:?}", failed.state) };
        assert!(because.contains("401"), "{because}");
        assert_eq!(shop.column("staging").await.current, None);
        assert_eq!(elsewhere.tags("acme/checkout"), BTreeMap::new());
        assert_eq!(turn(&shop).await, 0, "nobody tries by themselves");
        assert!(shop.column("staging").await.waiting[0].failed);
        let inbox = inbox::list(&shop, &shop.dora).await.expect("an inbox");
        assert_eq!(inbox.to_retry.len(), 1);

        let viewer = shop.viewer().await;
        assert!(matches!(retry(&shop, &viewer, "shop", asked.number).await, Err(Error::Forbidden(_))));
        elsewhere.admit("robot", "open sesame");
        let again = retry(&shop, &shop.dora, "shop", asked.number).await.expect("whoever may promote may");
        assert!(again.is_sending());
        let twice = retry(&shop, &shop.dora, "shop", asked.number).await;
        assert!(matches!(twice, Err(Error::Conflict(_))), "{twice:?}");
        turn(&shop).await;
        assert_eq!(now(&shop, asked.number).await.state.name(), "applied");
        for kind in ["promotion_failed", "promotion_retried", "promotion_applied"] {
            assert_eq!(shop.told(&shop.ana, kind).await, 1, "{kind}");
        }
    });
}

#[test]
fn what_fails_in_passing_is_tried_again_later_and_not_for_ever() {
    on_both_engines(async |shop: Shop| {
        let (elsewhere, digest) = sends(&shop).await;
        elsewhere.fail([503; 200]);
        let asked = shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("may ask");
        assert_eq!(turn(&shop).await, 1);
        assert_eq!(turn(&shop).await, 0, "not at once");
        let view = inbox::promotion(&shop, &shop.ana, "shop", asked.number).await.expect("is there");
        let progress = view.progress.expect("is under way");
        assert_eq!(progress.tries, 1);
        assert!(progress.trouble.expect("it failed").contains("503"));
        for _ in 1..MOST_TRIES {
            shop.clock.advance(2_000);
            assert_eq!(turn(&shop).await, 1);
        }
        assert_eq!(now(&shop, asked.number).await.state.name(), "failed");
        elsewhere.mend();
        retry(&shop, &shop.dora, "shop", asked.number).await.expect("may");
        turn(&shop).await;
        assert_eq!(shop.history("staging").await, ["1.0"]);
    });
}

#[test]
fn a_hold_that_comes_meanwhile_keeps_it_out_and_its_names_too() {
    on_both_engines(async |shop: Shop| {
        let (elsewhere, digest) = sends(&shop).await;
        let asked = shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("may ask");
        let due = claim(&shop, 16).await.expect("claims");
        let hold = HoldForm {
            on: "environment:shop/staging".to_owned(),
            reason: "the line stands".to_owned(),
            ..HoldForm::default()
        };
        let hold = holds::place(&shop, &shop.ana, hold).await.expect("holds");
        for due in due {
            work(&shop, due).await.expect("works");
        }
        assert_eq!(now(&shop, asked.number).await.state, State::Waiting);
        assert_eq!(shop.column("staging").await.current, None);
        assert_eq!(elsewhere.tags("acme/checkout"), BTreeMap::new(), "the image is there, without a name");
        holds::release(&shop, &shop.ana, hold.number, "it goes on").await.expect("is released");
        look_again(&shop).await.expect("looks");
        turn(&shop).await;
        assert_eq!(now(&shop, asked.number).await.state.name(), "applied");
        assert_eq!(elsewhere.tags("acme/checkout").len(), 2);
    });
}

#[test]
fn what_is_taken_back_meanwhile_is_not_applied() {
    on_both_engines(async |shop: Shop| {
        let (elsewhere, digest) = sends(&shop).await;
        let asked = shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("may ask");
        let due = claim(&shop, 16).await.expect("claims");
        cancel(&shop, &shop.dora, "shop", asked.number, "").await.expect("may");
        for due in due {
            work(&shop, due).await.expect("works");
        }
        assert_eq!(now(&shop, asked.number).await.state.name(), "cancelled");
        assert_eq!(shop.column("staging").await.current, None);
        assert_eq!(elsewhere.tags("acme/checkout"), BTreeMap::new());
    });
}

#[test]
fn another_server_goes_on_where_one_went_away() {
    on_both_engines(async |shop: Shop| {
        let (elsewhere, digest) = sends(&shop).await;
        let other = shop.replica().await;
        shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("may ask");
        assert_eq!(claim(&shop, 16).await.expect("claims").len(), 1);
        assert_eq!(turn(&other).await, 0, "somebody has it");
        shop.clock.advance(61);
        assert_eq!(turn(&other).await, 1);
        assert_eq!(shop.history("staging").await, ["1.0"]);
        assert_eq!(elsewhere.tags("acme/checkout").len(), 2);
        other.close().await;
    });
}

#[test]
fn only_what_is_there_is_named_and_a_number_names_one_image_for_good() {
    on_both_engines(async |shop: Shop| {
        let (elsewhere, digest) = sends(&shop).await;
        let tags = StepForm { does: "tag".to_owned(), ..copies("staging") };
        set(&shop, &shop.ana, "shop", "checkout", tags).await.expect("is set");
        let asked = shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("may ask");
        turn(&shop).await;
        let State::Failed { because, .. } = now(&shop, asked.number).await.state else {
            panic!("is not there")
        };
        assert!(because.contains("does not have"), "{because}");
        set(&shop, &shop.ana, "shop", "checkout", copies("staging")).await.expect("is set");
        retry(&shop, &shop.dora, "shop", asked.number).await.expect("goes by what is set now");
        turn(&shop).await;
        assert_eq!(elsewhere.tags("acme/checkout").len(), 2);

        // The tag of the number is somebody else's.
        let other = shop.push(&shop.dora, "shop/checkout/qa", "1.1").await.expect("arrives");
        let fixed = StepForm { tags: "release-1 x{number}".to_owned(), ..copies("staging") };
        set(&shop, &shop.ana, "shop", "checkout", fixed).await.expect("is set");
        shop.promote(&shop.dora, &other, "qa", "staging").await.expect("may ask");
        turn(&shop).await;
        assert_eq!(shop.history("staging").await, ["1.1", "1.0"]);
        let taken = StepForm {
            tags: "{bucket} x{number}".to_owned(),
            repository: "acme/taken".into(),
            ..copies("staging")
        };
        set(&shop, &shop.ana, "shop", "checkout", taken).await.expect("is set");
        let third = shop.push(&shop.dora, "shop/checkout/qa", "1.2").await.expect("arrives");
        elsewhere.take_name("acme/checkout", "x2", "acme/taken", "x3");
        let asked = shop.promote(&shop.dora, &third, "qa", "staging").await.expect("may ask");
        turn(&shop).await;
        let State::Failed { because, .. } = now(&shop, asked.number).await.state else {
            panic!("it is taken")
        };
        assert!(because.contains("names another image"), "{because}");
        // No name that clusters may pull by was moved for what did not come to be.
        assert_eq!(elsewhere.tags("acme/taken").into_keys().collect::<Vec<_>>(), ["x3"]);
    });
}

#[test]
fn an_emergency_and_a_rollback_go_the_same_way() {
    on_both_engines(async |shop: Shop| {
        let (elsewhere, first) = sends(&shop).await;
        set(&shop, &shop.ana, "shop", "checkout", copies("")).await.expect("is set for every bucket");
        shop.promote(&shop.dora, &first, "qa", "staging").await.expect("may ask");
        turn(&shop).await;
        let emergency = Request { emergency: true, ..wish(&first, "staging", "prod") };
        let passed = request(&shop, &shop.ben, emergency).await.expect("may");
        assert!(passed.is_sending() && passed.is_to_review(), "it is marked at once");
        assert_eq!(shop.column("prod").await.current, None);
        turn(&shop).await;
        assert_eq!(shop.history("prod").await, ["1.0"]);
        assert_eq!(elsewhere.tags("acme/checkout")["prod"], first);

        let second = shop.push(&shop.dora, "shop/checkout/qa", "1.1").await.expect("arrives");
        shop.promote(&shop.dora, &second, "qa", "staging").await.expect("may ask");
        turn(&shop).await;
        assert_eq!(elsewhere.tags("acme/checkout")["staging"], second);
        let Rolled::Asked(back) = shop.ask_back(&shop.ben, "staging").await.expect("may") else {
            panic!("it is made after what is done elsewhere")
        };
        assert!(back.is_sending() && back.is_rollback());
        turn(&shop).await;
        assert_eq!(shop.history("staging").await, ["1.0", "1.1", "1.0"]);
        assert_eq!(elsewhere.tags("acme/checkout")["staging"], first);
    });
}

#[test]
fn a_step_that_is_taken_away_lets_what_waits_for_it_enter() {
    on_both_engines(async |shop: Shop| {
        let (elsewhere, digest) = sends(&shop).await;
        elsewhere.fail([503; 10]);
        let asked = shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("may ask");
        turn(&shop).await;
        let record = StepForm { does: "record".to_owned(), ..copies("staging") };
        set(&shop, &shop.ana, "shop", "checkout", record).await.expect("is set");
        shop.clock.advance(60);
        turn(&shop).await;
        assert_eq!(now(&shop, asked.number).await.state.name(), "applied");
        assert_eq!(shop.told(&shop.ana, "outside_step_set").await, 2);
    });
}
