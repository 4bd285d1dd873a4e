//! Rolling back, resuming arrivals, and what should run where.

use crate::engines::on_both_engines;
use crate::images::refusal;
use crate::shop::{Shop, checkout, integration, make_integration};
use towpath_service::Error;
use towpath_service::boards::{history, placement};
use towpath_service::buckets::{Resolved, RollBack, resolve, resume, roll_back};

#[test]
fn a_rollback_makes_the_earlier_build_current_and_erases_nothing() {
    on_both_engines(async |shop: Shop| {
        for version in ["1.0", "2.0"] {
            let digest = shop.push(&shop.dora, "shop/checkout/qa", version).await.expect("arrives");
            shop.release(&digest).await;
        }
        let digest = shop.roll_back(&shop.ben, "prod").await.expect("back to 1.0");
        assert_eq!(shop.history("prod").await, ["1.0", "2.0", "1.0"]);
        assert_eq!(shop.pull(&shop.dora, "shop/checkout/prod", "current").await.expect("is there"), digest);
        let current = shop.column("prod").await.current.expect("is current");
        assert_eq!((current.cause.as_str(), current.reason.as_deref()), ("rollback", Some("it fails")));
    });
}

#[test]
fn a_rollback_pauses_what_arrives_until_someone_resumes_it() {
    on_both_engines(async |shop: Shop| {
        for version in ["1.0", "2.0"] {
            shop.push(&shop.dora, "shop/checkout/qa", version).await.expect("arrives");
        }
        shop.roll_back(&shop.ben, "qa").await.expect("back to 1.0");
        assert!(shop.column("qa").await.paused_at.is_some());
        let why = refusal(shop.push(&shop.dora, "shop/checkout/qa", "3.0").await);
        assert_eq!(why, "qa has paused arrivals since a rollback; resume them on the board");
        assert_eq!(shop.history("qa").await, ["1.0", "2.0", "1.0"]);

        let missing = resume(&shop, &shop.dora, &checkout("qa"), "").await;
        assert!(matches!(missing, Err(Error::Forbidden(_))), "{missing:?}");
        resume(&shop, &shop.ben, &checkout("qa"), "mended").await.expect("may");
        let again = resume(&shop, &shop.ben, &checkout("qa"), "").await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
        shop.push(&shop.dora, "shop/checkout/qa", "3.0").await.expect("arrives now");
        shop.push(&shop.dora, "shop/checkout/qa", "4.0").await.expect("arrives now");
        assert_eq!(shop.history("qa").await, ["4.0", "3.0", "1.0", "2.0", "1.0"]);
    });
}

#[test]
fn a_rollback_of_what_nothing_arrives_in_pauses_nothing() {
    on_both_engines(async |shop: Shop| {
        for version in ["1.0", "2.0"] {
            let digest = shop.push(&shop.dora, "shop/checkout/qa", version).await.expect("arrives");
            shop.release(&digest).await;
        }
        shop.roll_back(&shop.ben, "prod").await.expect("back to 1.0");
        assert_eq!(shop.column("prod").await.paused_at, None);
    });
}

#[test]
fn a_rollback_is_refused_to_who_looked_before_the_last_change() {
    on_both_engines(async |shop: Shop| {
        for version in ["1.0", "2.0"] {
            shop.push(&shop.dora, "shop/checkout/qa", version).await.expect("arrives");
        }
        let seen = shop.column("qa").await;
        shop.push(&shop.dora, "shop/checkout/qa", "3.0").await.expect("arrives");
        let earlier = seen.history[0].placement.expect("a placement");
        let back =
            |to, expected| RollBack { at: checkout("qa"), to, reason: "it fails".to_owned(), expected };
        let late = roll_back(&shop, &shop.ben, back(earlier, Some(seen.version))).await;
        assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
        let current = shop.column("qa").await.current.and_then(|card| card.placement).expect("a placement");
        let there = roll_back(&shop, &shop.ben, back(current, None)).await;
        assert!(matches!(there, Err(Error::Conflict(_))), "{there:?}");
        let elsewhere = RollBack { at: checkout("staging"), ..back(earlier, None) };
        let elsewhere = roll_back(&shop, &shop.ben, elsewhere).await;
        assert!(matches!(elsewhere, Err(Error::NotFound(_))), "{elsewhere:?}");
        let silent = RollBack { reason: " ".to_owned(), ..back(earlier, None) };
        let silent = roll_back(&shop, &shop.ben, silent).await;
        assert!(matches!(silent, Err(Error::Invalid(_))), "{silent:?}");
        assert_eq!(shop.history("qa").await, ["3.0", "2.0", "1.0"]);
    });
}

#[test]
fn the_whole_history_is_read_page_by_page_and_each_placement_by_itself() {
    on_both_engines(async |shop: Shop| {
        for version in ["1.0", "2.0", "3.0", "4.0", "5.0"] {
            shop.push(&shop.dora, "shop/checkout/qa", version).await.expect("arrives");
        }
        let mut pages = Vec::new();
        let mut before = None;
        loop {
            let page = history(&shop, &shop.dora, &checkout("qa"), before, 2).await.expect("may look");
            assert_eq!(page.current.as_ref().map(|card| card.build.tag.as_str()), Some("5.0"));
            pages.push(page.cards.iter().map(|card| card.build.tag.to_string()).collect::<Vec<_>>());
            before = page.older;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(pages, [vec!["5.0", "4.0"], vec!["3.0", "2.0"], vec!["1.0"]]);

        let whole = history(&shop, &shop.dora, &checkout("qa"), None, 50).await.expect("may look");
        let first = whole.cards.last().and_then(|card| card.placement).expect("a placement");
        let alone = placement(&shop, &shop.dora, &checkout("qa"), first).await.expect("may look");
        assert_eq!(alone.cards, whole.cards[4..]);
        // It is in the history of its own bucket only.
        let elsewhere = placement(&shop, &shop.dora, &checkout("staging"), first).await;
        assert!(matches!(elsewhere, Err(Error::NotFound(_))), "{elsewhere:?}");
        let empty = history(&shop, &shop.dora, &checkout("prod"), None, 50).await.expect("may look");
        assert_eq!((empty.cards, empty.current, empty.version), (Vec::new(), None, 0));
    });
}

#[test]
fn each_service_runs_what_is_current_for_the_environment_or_its_stream() {
    on_both_engines(async |shop: Shop| {
        let form = integration("worker", "release_stream", ":none");
        make_integration(&shop, &shop.ana, "shop", form).await.expect("an integration");
        let web = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        let worker = shop.push(&shop.dora, "shop/worker/qa", "7.0").await.expect("arrives");
        let images = async |environment: &str| {
            let images = resolve(&shop, &shop.dora, "shop", environment).await.expect("is known");
            let image = |resolved: &Resolved| {
                let run = &resolved.should;
                let build = run.build.as_ref().map(|(_, digest, tag)| format!("{tag}@{digest}"));
                format!("{}/{}: {}", run.service, run.bucket, build.unwrap_or_default())
            };
            images.services.iter().map(image).collect::<Vec<_>>()
        };
        assert_eq!(
            images("qa").await,
            [format!("checkout/qa: 1.0@{web}"), format!("worker/qa: 7.0@{worker}")]
        );
        assert_eq!(images("prod").await, ["checkout/prod: ", "worker/production: "]);
        let unknown = resolve(&shop, &shop.dora, "shop", "moon").await;
        assert!(matches!(unknown, Err(Error::NotFound(_))), "{unknown:?}");
    });
}
