//! Retention: off it lets go of nothing; on, of what its words say, and never of what anything needs.

use crate::engines::on_both_engines;
use crate::images::name;
use crate::shop::{Shop, checkout, integration, wish};
use crate::world::line;
use bytes::Bytes;
use serde_json::{Value, json};
use towpath_domain::digests::{Algorithm, Digest};
use towpath_domain::references::Tag;
use towpath_domain::retention::{LetGo, RetentionForm, RetentionView};
use towpath_domain::timeline::{EventActor, Filter};
use towpath_service::garbage::{AGE, collect};
use towpath_service::images::{
    Push, Reference, delete_manifest, find_manifest, push_manifest, read_manifest, referrers,
};
use towpath_service::promotions::request;
use towpath_service::retention::{apply, set, view};
use towpath_service::rules::assign;
use towpath_service::{Error, integrations};

const CHECKOUT: (&str, &str) = ("shop", "checkout");
const QA: &str = "shop/checkout/qa";
const DAY: i64 = 86_400;

fn keep(last: &str, production: bool, untagged: &str, unclassified: &str) -> RetentionForm {
    RetentionForm {
        last: last.into(),
        production: production.then(|| "on".into()),
        untagged_days: untagged.into(),
        unclassified_days: unclassified.into(),
    }
}

async fn preview(shop: &Shop, form: RetentionForm) -> RetentionView {
    view(shop, &shop.ana, CHECKOUT, Some(form)).await.expect("looks")
}

fn going(view: &RetentionView) -> Vec<(&str, LetGo)> {
    view.preview.builds.iter().map(|build| (build.tag.as_str(), build.why)).collect()
}

/// Builds `1.0` to `1.4` in qa, of which `1.1` went to production and `1.2` to staging.
async fn history(shop: &Shop) -> Vec<String> {
    let mut digests = Vec::new();
    for number in 0..5 {
        shop.clock.advance(1);
        let digest = shop.push(&shop.ana, QA, &format!("1.{number}")).await.expect("arrives");
        if (1..=2).contains(&number) {
            shop.promote(&shop.ana, &digest, "qa", "staging").await.expect("goes on");
        }
        if number == 1 {
            let promotion = shop.promote(&shop.ana, &digest, "staging", "prod").await.expect("waits");
            shop.approve(&shop.ben, &promotion).await.expect("goes live");
        }
        digests.push(digest);
    }
    digests
}

#[test]
fn the_history_keeps_its_last_builds_and_what_was_in_production() {
    on_both_engines(async |shop: Shop| {
        let digests = history(&shop).await;
        assert_eq!(apply(&shop).await.expect("does nothing"), 0);
        let all = preview(&shop, keep("2", false, "", "")).await;
        // 1.1 is current in prod, and 1.2 in staging.
        assert_eq!(going(&all), [("1.0", LetGo::History)]);
        assert_eq!(going(&preview(&shop, keep("5", false, "", "")).await), []);
        assert!(!all.retention.is_on(), "it is not set yet");
        set(&shop, &shop.ana, CHECKOUT, keep("2", true, "", "")).await.expect("sets");
        assert_eq!(apply(&shop).await.expect("lets go"), 1);
        assert_eq!(apply(&shop).await.expect("does nothing"), 0);

        let gone = Digest::parse(&digests[0]).expect("a digest");
        let read =
            async || read_manifest(&shop, &shop.ana, &name(QA), &Reference::Digest(gone.clone())).await;
        assert!(read().await.is_err(), "at once");
        shop.clock.advance(2 * DAY);
        let collected = collect(&shop, EventActor::System, AGE).await.expect("collects");
        assert_eq!(collected.manifests, 1);
        for (number, digest) in (1..).zip(&digests[1..]) {
            let found = shop.pull_digest(&shop.ana, QA, digest).await.expect("is kept");
            assert_eq!(found, *digest, "1.{number}");
        }
        let told =
            shop.timeline(&shop.ana, Filter { kind: "images_let_go".into(), ..Filter::default() }).await;
        assert!(line(&told[0]).contains("let go of 1.0"), "{}", line(&told[0]));
        // It is told why nothing can be made of it, until it is pushed again.
        let again = request(&shop, &shop.ana, wish(&digests[0], "qa", "staging")).await;
        assert!(matches!(&again, Err(Error::Refused(why)) if why.contains("is not kept since")), "{again:?}");
        shop.push(&shop.ana, QA, "1.0").await.expect("comes again");
        assert!(read().await.is_ok());
        request(&shop, &shop.ana, wish(&digests[0], "qa", "staging")).await.expect("goes on");
    });
}

#[test]
fn what_waits_is_pinned_or_is_a_default_stays() {
    on_both_engines(async |shop: Shop| {
        let digests = history(&shop).await;
        shop.promote(&shop.ana, &digests[2], "staging", "prod").await.expect("waits");
        integrations::set_default(&shop, &shop.ana, "shop", "checkout", &digests[0]).await.expect("is set");
        shop.push(&shop.ana, "shop/checkout/staging", "9.9").await.expect_err("is kept beside it");
        set(&shop, &shop.ana, CHECKOUT, keep("1", false, "1", "1")).await.expect("sets");
        shop.clock.advance(3 * DAY);
        let view = view(&shop, &shop.ana, CHECKOUT, None).await.expect("looks");
        assert_eq!(going(&view), [("1.3", LetGo::History)], "1.0 is the default, 1.1 in prod, 1.2 waits");
        assert_eq!(apply(&shop).await.expect("lets go"), 1);
    });
}

#[test]
fn what_never_was_in_a_bucket_goes_by_its_tag_and_its_age() {
    on_both_engines(async |shop: Shop| {
        let form = integration("tools", "environment", ":none");
        integrations::create(&shop, &shop.ana, "shop", form).await.expect("an integration");
        let tools = ("shop", "tools");
        shop.push_as(&shop.ana, "shop/tools", "1.0", "nightly").await.expect("arrives");
        shop.push_as(&shop.ana, "shop/tools", "1.1", "nightly").await.expect("takes the tag over");
        let labels = serde_json::json!({"a": "untagged"});
        let loose = shop.push_labelled(&shop.ana, "shop/tools", "", labels).await.expect("is kept by digest");
        shop.clock.advance(4 * DAY);
        let look = async |form| view(&shop, &shop.ana, tools, Some(form)).await.expect("looks");
        let untagged = look(keep("", false, "3", "")).await;
        assert_eq!((going(&untagged), untagged.preview.images), (vec![("nightly", LetGo::Untagged)], 1));
        let young = look(keep("", false, "5", "")).await;
        assert_eq!((young.preview.build_count, young.preview.images), (0, 0));
        let unclassified = look(keep("", false, "", "3")).await;
        assert_eq!(unclassified.preview.build_count, 2);
        set(&shop, &shop.ana, tools, keep("", false, "3", "")).await.expect("sets");
        assert_eq!(apply(&shop).await.expect("lets go"), 2);
        assert!(shop.pull(&shop.ana, "shop/tools", "nightly").await.is_ok());
        assert!(shop.pull_digest(&shop.ana, "shop/tools", &loose).await.is_err());
    });
}

/// Pushes a manifest as it is, under its digest or a tag.
async fn put(shop: &Shop, repository: &str, under: &str, document: &Value) -> Value {
    let media_type = document["mediaType"].as_str().expect("a media type").to_owned();
    let content = Bytes::from(document.to_string());
    let digest = Digest::of(Algorithm::Sha256, &content);
    let reference = match under {
        "" => Reference::Digest(digest.clone()),
        tag => Reference::Tag(Tag::parse(tag).expect("a tag")),
    };
    let size = content.len();
    let push = Push { reference, tags: Vec::new(), content_type: media_type.clone(), content };
    push_manifest(shop, &shop.ana, &name(repository), push).await.expect("arrives");
    json!({"mediaType": media_type, "digest": digest, "size": size})
}

#[test]
fn what_lies_in_an_index_and_what_was_said_of_it_go_with_it() {
    on_both_engines(async |shop: Shop| {
        const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
        let mut indexes = Vec::new();
        let (empty, size) = shop.upload(&shop.ana, &name(QA), "{}".into()).await.expect("uploads");
        let empty = json!({"mediaType": "application/vnd.oci.empty.v1+json", "digest": empty, "size": size});
        let shared =
            shop.push_image(&shop.ana, QA, "", json!({}), &["shared"], json!({})).await.expect("by digest");
        for number in 0..2 {
            let layer = format!("layer {number}");
            let own =
                shop.push_image(&shop.ana, QA, "", json!({}), &[&layer], json!({})).await.expect("by digest");
            let mut children = Vec::new();
            for digest in [&own, &shared] {
                let reference = Reference::Digest(Digest::parse(digest).expect("a digest"));
                let found = find_manifest(&shop, &shop.ana, &name(QA), &reference).await;
                let size = found.expect("is there").size;
                children.push(json!({"mediaType": MANIFEST, "digest": digest, "size": size}));
            }
            let index = json!({
                "schemaVersion": 2, "mediaType": towpath_service::images::OCI_INDEX, "manifests": children,
            });
            let index = put(&shop, QA, &format!("1.{number}"), &index).await;
            let said = json!({
                "schemaVersion": 2, "mediaType": MANIFEST, "config": empty, "layers": [empty], "subject": index,
            });
            put(&shop, QA, "", &said).await;
            indexes.push(index);
            shop.clock.advance(1);
        }
        set(&shop, &shop.ana, CHECKOUT, keep("1", false, "", "")).await.expect("sets");
        assert_eq!(apply(&shop).await.expect("lets go"), 1);
        shop.clock.advance(2 * DAY);
        let collected = collect(&shop, EventActor::System, AGE).await.expect("collects");
        assert_eq!((collected.manifests, collected.blobs), (3, 1), "an index, its own image and a signature");
        assert!(shop.pull_digest(&shop.ana, QA, &shared).await.is_ok());
        let kept = Digest::parse(indexes[1]["digest"].as_str().expect("a digest")).expect("a digest");
        assert_eq!(referrers(&shop, &shop.ana, &name(QA), &kept).await.expect("lists").len(), 1);
    });
}

/// An image that is a build of its own and lies in an index: as long as that is kept, so is what was said of the image.
#[test]
fn what_a_kept_index_holds_stays_with_its_signature() {
    on_both_engines(async |shop: Shop| {
        const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
        let (empty, size) = shop.upload(&shop.ana, &name(QA), "{}".into()).await.expect("uploads");
        let empty = json!({"mediaType": "application/vnd.oci.empty.v1+json", "digest": empty, "size": size});
        let digest = shop.push(&shop.ana, QA, "7.0-amd64").await.expect("arrives");
        let parsed = Digest::parse(&digest).expect("a digest");
        let found = find_manifest(&shop, &shop.ana, &name(QA), &Reference::Digest(parsed.clone())).await;
        let child = json!({"mediaType": MANIFEST, "digest": digest, "size": found.expect("is there").size});
        let said = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "config": empty, "layers": [empty], "subject": child,
        });
        put(&shop, QA, "", &said).await;
        let index = json!({
            "schemaVersion": 2, "mediaType": towpath_service::images::OCI_INDEX, "manifests": [child],
        });
        shop.clock.advance(1);
        put(&shop, QA, "7.0", &index).await;
        set(&shop, &shop.ana, CHECKOUT, keep("1", false, "", "")).await.expect("sets");
        assert_eq!(going(&view(&shop, &shop.ana, CHECKOUT, None).await.expect("looks")), []);
        assert_eq!(apply(&shop).await.expect("lets go"), 0);
        assert_eq!(referrers(&shop, &shop.ana, &name(QA), &parsed).await.expect("lists").len(), 1);
    });
}

#[test]
fn of_a_deleted_image_nothing_can_be_made() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.ana, "shop/checkout", "1.0").await.expect("is unclassified");
        let reference = Reference::Digest(Digest::parse(&digest).expect("a digest"));
        delete_manifest(&shop, &shop.ana, &name("shop/checkout"), &reference).await.expect("is deleted");
        assert!(shop.board().await.unclassified.is_empty());
        let placed = assign(&shop, &shop.ana, &checkout("qa"), &digest, "by hand").await;
        assert!(
            matches!(&placed, Err(Error::Refused(why)) if why.contains("is not kept since")),
            "{placed:?}"
        );
        let default = integrations::set_default(&shop, &shop.ana, "shop", "checkout", &digest).await;
        assert!(matches!(&default, Err(Error::Refused(_))), "{default:?}");
        shop.push(&shop.ana, "shop/checkout", "1.0").await.expect("comes again");
        assign(&shop, &shop.ana, &checkout("qa"), &digest, "by hand").await.expect("is placed");
        assert_eq!(shop.pull(&shop.ana, QA, "current").await.expect("is there"), digest);
    });
}

#[test]
fn who_may_configure_sets_it_and_its_words_are_told() {
    on_both_engines(async |shop: Shop| {
        let refused = set(&shop, &shop.dora, CHECKOUT, keep("2", false, "", "")).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))));
        assert!(view(&shop, &shop.dora, CHECKOUT, None).await.expect("looks").may_configure.is_err());
        let wrong = set(&shop, &shop.ana, CHECKOUT, keep("0", false, "", "")).await;
        assert!(matches!(wrong, Err(Error::Invalid(_))));
        for _ in 0..2 {
            set(&shop, &shop.ana, CHECKOUT, keep("10", true, "30", "")).await.expect("sets");
        }
        let told =
            shop.timeline(&shop.ana, Filter { kind: "retention_set".into(), ..Filter::default() }).await;
        assert_eq!(told.len(), 1);
        let words = "keep the last 10 builds of each bucket and all that was in production; untagged images go after 30 days";
        assert!(line(&told[0]).contains(words), "{}", line(&told[0]));
    });
}
