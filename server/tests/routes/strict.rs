//! Stages that want more of people: a hand on what is ready, and approvals of rollbacks.

use crate::support::World;
use insta::assert_snapshot;
use serde_json::{Value, json};

const PROMOTIONS: &str = "/projects/shop/integrations/checkout/promotions";

/// A shop where `prod` takes one approval, and more of these.
async fn strict(more: Value) -> (World, String) {
    let world = World::with_shop().await;
    let mut prod = json!({"bucket": "prod", "gates": [{"gate": "approvals", "count": 1}]});
    prod.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    let path = "/projects/shop/workflows/release";
    let before = world.get(path, &world.ana).await.body;
    let changed = json!({
        "version": 1, "title": "Release", "is_default": before["is_default"],
        "stages": [{"bucket": "qa"}, {"bucket": "staging"}, prod],
    });
    let after = world.put(path, &world.ana, changed).await;
    assert_eq!(after.status, 200, "{after}");
    for (name, value) in more.as_object().expect("an object") {
        assert_eq!(after.body["stages"][2][name], *value);
    }
    let rita = world.person("Rita", "release-manager", "project:shop").await;
    (world, rita)
}

/// A build that has come to staging, and waits for prod.
async fn asked(world: &World, tag: &str) -> (i64, String) {
    let digest = world.push("qa", tag).await;
    let mut number = Value::Null;
    for (from, to) in [("qa", "staging"), ("staging", "prod")] {
        let wish = json!({"digest": digest, "from": from, "to": to, "reason": "Release 1.4"});
        number = world.post(PROMOTIONS, &world.ana, wish).await.body["number"].clone();
    }
    (number.as_i64().expect("a number"), digest)
}

async fn approve(world: &World, rita: &str, number: i64, digest: &str) -> Value {
    let path = format!("/projects/shop/promotions/{number}/decisions");
    world.post(&path, rita, json!({"choice": "approve", "digest": digest})).await.body
}

#[tokio::test]
async fn what_is_ready_is_applied_by_hand() {
    let (world, rita) = strict(json!({"by_hand": true})).await;
    let (number, digest) = asked(&world, "1.4.2").await;
    let application = format!("/projects/shop/promotions/{number}/application");
    let hand = json!({"digest": digest});
    assert_snapshot!(world.post(&application, &world.ana, hand.clone()).await, @r#"
    409 Conflict
    {
      "detail": "Its gates do not pass yet. It can be applied once they do.",
      "request_id": "a-request",
      "status": 409,
      "title": "A rule blocks it",
      "type": "/problems/blocked"
    }
    "#);
    let ready = approve(&world, &rita, number, &digest).await;
    assert_eq!((&ready["state"], &ready["needs"]), (&json!("ready"), &json!(["a person to apply it"])));
    let applied = world.post(&application, &world.ana, hand.clone()).await;
    assert_eq!((applied.status.as_u16(), &applied.body["state"]), (200, &json!("applied")));
    assert_eq!(applied.body["needs"], json!([]));
    assert_eq!(world.post(&application, &world.ana, hand).await.status, 409);
}

#[tokio::test]
async fn a_rollback_that_needs_approvals_is_a_promotion_that_waits() {
    let (world, rita) = strict(json!({"rollbacks_ask": true})).await;
    for tag in ["1.4.1", "1.4.2"] {
        let (number, digest) = asked(&world, tag).await;
        assert_eq!(approve(&world, &rita, number, &digest).await["state"], "applied");
    }
    let board = world.get("/projects/shop/integrations/checkout", &world.ana).await;
    let prod = &board.body["buckets"][2];
    let back = json!({"placement": prod["history"][0]["placement"], "reason": "Broken"});
    let rollbacks = "/projects/shop/integrations/checkout/buckets/prod/rollbacks";
    let mut foreseen = back.clone();
    foreseen["dry_run"] = json!(true);
    let foreseen = world.post(rollbacks, &world.ana, foreseen).await.body;
    assert_eq!(foreseen, json!({"outlook": "waits", "needs": ["1 approval by a release manager"]}));
    assert_snapshot!(world.post(rollbacks, &world.ana, back).await, @r#"
    200 OK
    {
      "bucket": "prod",
      "digest": "[digest]",
      "integration": "checkout",
      "project": "shop",
      "promotion": 5,
      "state": "waiting"
    }
    "#);
    let digest = prod["history"][0]["build"]["digest"].as_str().expect("a digest");
    let made = approve(&world, &rita, 5, digest).await;
    assert_eq!((&made["state"], &made["rollback"]), (&json!("applied"), &json!(true)));
    let after = world.get("/projects/shop/integrations/checkout", &world.ana).await;
    assert_eq!(after.body["buckets"][2]["current"]["build"]["tag"], "1.4.1");
}
