//! What was current in each bucket at a moment.

use crate::engines::on_both_engines;
use crate::shop::Shop;
use towpath_service::Error;
use towpath_service::moments::view;

/// What was where then: `qa 1.0`, with a star for what still is.
async fn state(shop: &Shop, at: &str) -> Vec<String> {
    let view = view(shop, &shop.dora, ("shop", "checkout"), at).await.expect("a moment");
    let told = view.buckets.into_iter().map(|bucket| match bucket.then {
        None => format!("{} -", bucket.slot.slug),
        Some(then) => format!("{} {}{}", bucket.slot.slug, then.build.tag, if then.still { "*" } else { "" }),
    });
    told.collect()
}

#[test]
fn an_integration_is_told_as_it_was() {
    on_both_engines(async |shop: Shop| {
        let before = shop.now().to_string();
        shop.world.clock.advance(60);
        let first = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.release(&first).await;
        let released = shop.now().to_string();
        shop.world.clock.advance(3_600);
        shop.push(&shop.dora, "shop/checkout/qa", "1.1").await.expect("arrives");
        assert_eq!(state(&shop, &before).await, ["qa -", "staging -", "prod -"]);
        assert_eq!(state(&shop, &released).await, ["qa 1.0", "staging 1.0*", "prod 1.0*"]);
        assert_eq!(state(&shop, "").await, ["qa 1.1*", "staging 1.0*", "prod 1.0*"]);
    });
}

#[test]
fn a_moment_that_is_none_is_refused() {
    on_both_engines(async |shop: Shop| {
        let future = shop.now().plus_seconds(1).to_string();
        for at in [future.as_str(), "yesterday", "2026-01-31", "2026-01-31T25:00"] {
            let outcome = view(&shop, &shop.dora, ("shop", "checkout"), at).await;
            assert!(
                matches!(&outcome, Err(Error::Invalid(invalid)) if invalid.errors()[0].field == "at"),
                "{at}: {outcome:?}"
            );
        }
        let stranger = shop.world.stranger("Sam").await;
        let outcome = view(&shop, &stranger, ("shop", "checkout"), "").await;
        assert!(matches!(outcome, Err(Error::NotFound(_))), "{outcome:?}");
    });
}
