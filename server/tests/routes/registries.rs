//! Registries elsewhere and outside steps by the API. What is done there is told in the rules of the use cases.

use crate::support::World;
use http::StatusCode;
use serde_json::{Value, json};

fn ghcr() -> Value {
    json!({"project": "shop", "name": "ghcr", "address": "ghcr.io", "user": "acme-bot", "secret": "open sesame",
           "below": "acme/{project}"})
}

const STEPS: &str = "/projects/shop/integrations/checkout/outside-steps";

fn copies() -> Value {
    json!({"bucket": "prod", "does": "copy", "registry": "ghcr", "repository": "acme/shop/checkout",
           "tags": ["{bucket}", "{bucket}-{number}"]})
}

#[tokio::test]
async fn a_registry_is_connected_changed_and_removed_and_its_password_is_never_told() {
    let world = World::with_shop().await;
    let made = world.post("/registries", &world.ana, ghcr()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let id = made.body["id"].as_str().expect("an id");
    let one = format!("/registries/{id}");
    assert_eq!(made.header("location"), Some(&*format!("/api/v1{one}")));
    assert_eq!(
        made.body,
        json!({"id": id, "project": "shop", "name": "ghcr", "address": "https://ghcr.io", "user": "acme-bot",
               "below": "acme/{project}", "created_at": "2026-01-31T09:30:00Z"})
    );
    let listed = world.get("/registries?project=shop", &world.ana).await;
    assert_eq!(listed.body["items"], json!([made.body]));
    assert_eq!(world.get("/registries", &world.ana).await.body["items"], json!([]));

    assert_eq!(world.put(STEPS, &world.ana, copies()).await.body, copies());
    let shown = world.get(&one, &world.ana).await;
    let does = "copies to ghcr.io/acme/shop/checkout as {bucket}, {bucket}-{number}";
    let used = json!([{"project": "shop", "integration": "checkout", "bucket": "prod", "does": does}]);
    assert_eq!(shown.body["used_by"], used);
    let kept = world.delete(&one, &world.ana).await;
    assert_eq!(kept.status, StatusCode::CONFLICT);
    assert!(
        kept.body["detail"].as_str().expect("words").contains("shop/checkout into prod"),
        "{}",
        kept.body
    );

    let change = json!({"address": "ghcr.io", "user": "other-bot", "secret": "another"});
    let changed = world.put(&one, &world.ana, change).await;
    assert_eq!((changed.status, &changed.body["user"]), (StatusCode::OK, &json!("other-bot")));
    let gone = world.delete(&format!("{STEPS}?bucket=prod"), &world.ana).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(world.delete(&one, &world.ana).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.get(&one, &world.ana).await.status, StatusCode::NOT_FOUND);
    let told = world.get("/timeline?project=shop&limit=5", &world.ana).await;
    assert!(!told.body.to_string().contains("sesame"), "{}", told.body);
    let sentences: Vec<&str> = told.body["items"]
        .as_array()
        .expect("events")
        .iter()
        .filter_map(|event| event["sentence"].as_str())
        .collect();
    assert_eq!(
        sentences,
        [
            "removed the registry ghcr in shop",
            "removed what promotions into prod in shop/checkout do elsewhere, where each copies to \
             ghcr.io/acme/shop/checkout as {bucket}, {bucket}-{number}",
            "changed the registry ghcr in shop from https://ghcr.io as acme-bot, below acme/{project} to https://ghcr.io \
             as other-bot, with another password",
            "set what promotions into prod in shop/checkout do elsewhere: each copies to ghcr.io/acme/shop/checkout as \
             {bucket}, {bucket}-{number}",
            "connected the registry ghcr in shop: https://ghcr.io, as acme-bot",
        ]
    );
}

#[tokio::test]
async fn what_is_wrong_is_told_where_it_stands() {
    let world = World::with_shop().await;
    let wrong = json!({"project": "shop", "name": "GHCR", "address": "ftp://ghcr.io", "user": "a:b", "below": "ACME"});
    let refused = world.post("/registries", &world.ana, wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let errors = refused.body["errors"].as_array().expect("errors").iter();
    let pointers: Vec<&str> = errors.filter_map(|error| error["pointer"].as_str()).collect();
    assert_eq!(pointers, ["#/name", "#/address", "#/user", "#/secret", "#/below"]);
    world.post("/registries", &world.ana, ghcr()).await;
    for (change, pointer) in [
        (json!({"bucket": "nowhere"}), "#/bucket"),
        (json!({"does": "explode"}), "#/does"),
        (json!({"registry": "quay"}), "#/registry"),
        (json!({"repository": "acme/other"}), "#/repository"),
        (json!({"tags": ["{nonsense}"]}), "#/tags"),
    ] {
        let mut step = copies();
        for (name, value) in change.as_object().expect("fields") {
            step[name] = value.clone();
        }
        let refused = world.put(STEPS, &world.ana, step).await;
        assert_eq!(refused.body["errors"][0]["pointer"], pointer, "{}", refused.body);
    }
}

#[tokio::test]
async fn a_promotion_that_goes_elsewhere_is_ready_and_told_so() {
    let world = World::with_shop().await;
    world.post("/registries", &world.ana, ghcr()).await;
    let step = json!({"does": "copy", "registry": "ghcr", "repository": "acme/shop/checkout"});
    assert_eq!(world.put(STEPS, &world.ana, step).await.status, StatusCode::OK);
    let digest = world.push("qa", "1.0").await;
    let promote = "/projects/shop/integrations/checkout/promotions";
    let new = json!({"digest": digest, "from": "qa", "to": "staging", "reason": "it works"});
    let asked = world.post(promote, &world.ana, new).await;
    assert_eq!(asked.body["state"], "ready");
    assert_eq!(asked.body["needs"], json!(["what it does in a registry elsewhere"]));
    let outside = json!({"does": "copies to ghcr.io/acme/shop/checkout", "tries": 0, "sent_bytes": 0, "total_bytes": 0});
    assert_eq!(asked.body["outside"], outside);
    let retry = world.post("/projects/shop/promotions/1/retry", &world.ana, json!({})).await;
    assert_eq!(retry.status, StatusCode::CONFLICT, "{}", retry.body);
    let cancelled = world.post("/projects/shop/promotions/1/cancellation", &world.ana, json!({})).await;
    assert_eq!((&cancelled.body["state"], &cancelled.body["outside"]), (&json!("cancelled"), &Value::Null));
}
