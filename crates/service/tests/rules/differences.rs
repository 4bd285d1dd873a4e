//! The difference between two builds, as far as their images tell.

use crate::engines::on_both_engines;
use crate::shop::Shop;
use serde_json::json;
use towpath_domain::differences::{Changed, Comparison};
use towpath_service::differences::view;
use towpath_service::{Error, inbox};

/// An image with a secret in its environment, on a layer that all versions share.
async fn push(shop: &Shop, version: &str, user: &str, secret: &str) -> String {
    let config = json!({"User": user, "Cmd": ["serve"], "Env": ["PATH=/bin", format!("TOKEN={secret}")]});
    let annotations = json!({
        "org.opencontainers.image.source": "https://git.example.org/shop/checkout.git",
        "org.opencontainers.image.revision": format!("{version:0<40}").replace('.', "a"),
    });
    let layers = ["the base of all", version];
    shop.push_image(&shop.dora, "shop/checkout/qa", version, config, &layers, annotations)
        .await
        .expect("arrives")
}

async fn compare(shop: &Shop, from: &str, to: &str) -> Result<Comparison, Error> {
    view(shop, &shop.dora, ("shop", "checkout"), from, to).await
}

#[test]
fn what_is_in_two_buckets_is_compared() {
    on_both_engines(async |shop: Shop| {
        let first = push(&shop, "1.0", "app", "hunter2").await;
        shop.release(&first).await;
        push(&shop, "1.1", "root", "hunter3").await;
        let told = compare(&shop, "prod", "qa").await.expect("both are there");
        assert_eq!(told.from.as_ref().map(|build| build.tag.as_str()), Some("1.0"));
        assert_eq!(told.to.tag.as_str(), "1.1");
        let link = told.commits_link.as_deref().expect("both claim their source");
        assert!(link.starts_with("https://git.example.org/shop/checkout/compare/1a0"), "{link}");
        let difference = told.difference.as_ref().expect("both can be read");
        let user =
            Changed { name: "user".to_owned(), from: Some("app".to_owned()), to: Some("root".to_owned()) };
        assert_eq!(difference.settings, [user]);
        assert_eq!(difference.environment.changed, ["TOKEN"]);
        let layers = &difference.layers;
        assert_eq!((layers.shared, layers.added_count, layers.removed_count), (1, 1, 1));
        assert_eq!(difference.platform.as_deref(), Some("linux/amd64"));
        let all = serde_json::to_string(&told).expect("a text");
        assert!(!all.contains("hunter"), "the values of variables are never told");
        let same = compare(&shop, &first, "prod").await.expect("a digest names a build");
        assert!(same.difference.is_some_and(|difference| difference.is_empty()));
    });
}

#[test]
fn a_bucket_is_compared_with_itself_in_the_past() {
    on_both_engines(async |shop: Shop| {
        let before = shop.now();
        shop.world.clock.advance(60);
        push(&shop, "1.0", "app", "").await;
        let then = shop.now();
        shop.world.clock.advance(3_600);
        push(&shop, "1.1", "app", "").await;
        let told = compare(&shop, &format!("qa@{then}"), "qa").await.expect("both were there");
        assert_eq!(told.from.as_ref().map(|build| build.tag.as_str()), Some("1.0"));
        assert_eq!(told.to.tag.as_str(), "1.1");
        let told = compare(&shop, &format!("qa@{before}"), "qa").await.expect("nothing was there");
        assert_eq!((told.from, told.difference), (None, None));
        let told = compare(&shop, "prod", "qa").await.expect("nothing is there");
        assert_eq!((told.from, told.difference), (None, None));
    });
}

#[test]
fn who_asks_for_what_is_not_there_is_told_beside_the_field() {
    on_both_engines(async |shop: Shop| {
        push(&shop, "1.0", "app", "").await;
        let words = async |from: &str, to: &str| match compare(&shop, from, to).await {
            Err(Error::Invalid(invalid)) => invalid.to_string(),
            other => panic!("{from} {to}: {other:?}"),
        };
        let none = format!("sha256:{}", "0".repeat(64));
        for (from, to, field) in [
            ("qa", "prod", "to"),
            ("moon", "qa", "from"),
            (&none, "qa", "from"),
            ("qa", "", "to"),
            ("qa@", "qa", "from"),
        ] {
            let told = words(from, to).await;
            assert!(told.starts_with(field), "{from} {to}: {told}");
        }
        let stranger = shop.world.stranger("Sam").await;
        let outcome = view(&shop, &stranger, ("shop", "checkout"), "qa", "qa").await;
        assert!(matches!(outcome, Err(Error::NotFound(_))), "{outcome:?}");
    });
}

#[test]
fn a_promotion_tells_what_would_change() {
    on_both_engines(async |shop: Shop| {
        let first = push(&shop, "1.0", "app", "").await;
        shop.release(&first).await;
        let second = push(&shop, "1.1", "root", "").await;
        shop.promote(&shop.ana, &second, "qa", "staging").await.expect("goes on");
        let asked = shop.promote(&shop.ana, &second, "staging", "prod").await.expect("waits");
        let seen = inbox::promotion(&shop, &shop.ben, "shop", asked.number).await.expect("a promotion");
        let difference = seen.difference.expect("prod has a build");
        assert_eq!(difference.settings.len(), 1);
        assert!(seen.commits_link.is_some());
    });
}
