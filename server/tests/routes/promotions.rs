//! Promotions and rollbacks.

use crate::support::{Answer, World};
use insta::assert_snapshot;
use serde_json::{Value, json};

const PROMOTIONS: &str = "/projects/shop/integrations/checkout/promotions";
const STAGING: &str = "/projects/shop/integrations/checkout/buckets/staging";

fn wish(digest: &str, from: &str, to: &str) -> Value {
    json!({"digest": digest, "from": from, "to": to, "reason": "Release 1.4"})
}

/// A build that has come to staging, and waits for prod as promotion #2.
async fn waiting() -> (World, String) {
    let world = World::with_shop().await;
    let digest = world.push("qa", "1.4.2").await;
    for (from, to) in [("qa", "staging"), ("staging", "prod")] {
        let answer = world.post(PROMOTIONS, &world.ana, wish(&digest, from, to)).await;
        assert_eq!(answer.status, 201, "{answer}");
    }
    (world, digest)
}

fn states(answer: &Answer) -> Vec<(i64, &str)> {
    let items = answer.body["items"].as_array().unwrap().iter();
    items.map(|item| (item["number"].as_i64().unwrap(), item["state"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn a_promotion_without_gates_is_applied_at_once() {
    let world = World::with_shop().await;
    let digest = world.push("qa", "1.4.2").await;
    assert_snapshot!(world.post(PROMOTIONS, &world.ana, wish(&digest, "qa", "staging")).await, @"");
    assert_snapshot!(world.post(PROMOTIONS, &world.ana, wish(&digest, "qa", "staging")).await, @"");
}

#[tokio::test]
async fn a_promotion_waits_for_what_its_gates_need() {
    let (world, _) = waiting().await;
    assert_snapshot!(world.get("/projects/shop/promotions/2", &world.ana).await, @"");
}

#[tokio::test]
async fn a_dry_run_tells_and_changes_nothing() {
    let world = World::with_shop().await;
    let digest = world.push("qa", "1.4.2").await;
    let dry = |from: &str, to: &str| json!({"digest": digest, "from": from, "to": to, "dry_run": true});
    assert_snapshot!(world.post(PROMOTIONS, &world.ana, dry("qa", "staging")).await, @"");
    assert_snapshot!(world.post(PROMOTIONS, &world.ana, dry("qa", "prod")).await, @"");
    world.post(PROMOTIONS, &world.ana, wish(&digest, "qa", "staging")).await;
    assert_snapshot!(world.post(PROMOTIONS, &world.ana, dry("staging", "prod")).await, @"");
    assert_eq!(states(&world.get("/projects/shop/promotions", &world.ana).await), [(1, "applied")]);
}

#[tokio::test]
async fn what_no_workflow_leads_to_is_blocked() {
    let world = World::with_shop().await;
    let digest = world.push("qa", "1.4.2").await;
    assert_snapshot!(world.post(PROMOTIONS, &world.ana, wish(&digest, "qa", "prod")).await, @"");
}

#[tokio::test]
async fn what_is_named_wrong_is_told() {
    let world = World::with_shop().await;
    let digest = world.push("qa", "1.4.2").await;
    let unknown = format!("sha256:{}", "0".repeat(64));
    for wrong in [wish(&unknown, "qa", "staging"), wish(&digest, "mars", "qa"), wish("x", "qa", "staging")] {
        assert_eq!(world.post(PROMOTIONS, &world.ana, wrong.clone()).await.status, 404, "{wrong}");
    }
    let nameless = json!({"digest": digest, "from": "qa", "to": "staging", "reason": " "});
    assert_snapshot!(world.post(PROMOTIONS, &world.ana, nameless).await, @"");
    assert_eq!(world.get("/projects/shop/promotions/one", &world.ana).await.status, 404);
    assert_eq!(world.get("/projects/shop/promotions/7", &world.ana).await.status, 404);
}

#[tokio::test]
async fn a_second_person_approves_and_it_is_applied_in_that_moment() {
    let (world, digest) = waiting().await;
    let rita = world.person("Rita", "release-manager", "project:shop").await;
    world.pass(60);
    let approval = json!({"choice": "approve", "comment": "Looks good", "digest": digest});
    assert_snapshot!(world.post("/projects/shop/promotions/2/decisions", &rita, approval.clone()).await, @"");
    assert_snapshot!(world.post("/projects/shop/promotions/2/decisions", &rita, approval).await, @"");
}

#[tokio::test]
async fn nobody_approves_their_own_request() {
    let world = World::with_shop().await;
    let digest = world.push("qa", "1.4.2").await;
    let rita = world.person("Rita", "release-manager", "project:shop").await;
    for (from, to) in [("qa", "staging"), ("staging", "prod")] {
        world.post(PROMOTIONS, &rita, wish(&digest, from, to)).await;
    }
    let approval = json!({"choice": "approve", "digest": digest});
    assert_snapshot!(world.post("/projects/shop/promotions/2/decisions", &rita, approval).await, @"");
}

#[tokio::test]
async fn an_admin_does_not_approve() {
    let (world, digest) = waiting().await;
    let approval = json!({"choice": "approve", "digest": digest});
    assert_snapshot!(world.post("/projects/shop/promotions/2/decisions", &world.ana, approval).await, @"");
}

#[tokio::test]
async fn a_token_cannot_approve_whoever_owns_it() {
    let (world, digest) = waiting().await;
    let token = world.token(&["promote"], "").await;
    let approval = json!({"choice": "approve", "digest": digest});
    assert_snapshot!(world.post("/projects/shop/promotions/2/decisions", &token, approval).await, @"");
}

#[tokio::test]
async fn a_decision_is_bound_to_the_digest_that_was_looked_at() {
    let (world, _) = waiting().await;
    let rita = world.person("Rita", "release-manager", "project:shop").await;
    let other = format!("sha256:{}", "0".repeat(64));
    let approval = json!({"choice": "approve", "digest": other});
    assert_snapshot!(world.post("/projects/shop/promotions/2/decisions", &rita, approval).await, @"");
}

#[tokio::test]
async fn a_rejection_says_why() {
    let (world, digest) = waiting().await;
    let rita = world.person("Rita", "release-manager", "project:shop").await;
    let rejection = |comment: &str| json!({"choice": "reject", "comment": comment, "digest": digest});
    let silent = world.post("/projects/shop/promotions/2/decisions", &rita, rejection("")).await;
    assert_snapshot!(silent, @"");
    let told = world.post("/projects/shop/promotions/2/decisions", &rita, rejection("Too early")).await;
    assert_eq!(told.body["state"], "rejected");
}

#[tokio::test]
async fn a_waiting_promotion_is_taken_back_once() {
    let (world, _) = waiting().await;
    let cancel = async || {
        world.post("/projects/shop/promotions/2/cancellation", &world.ana, json!({"reason": "Oops"})).await
    };
    assert_eq!(cancel().await.body["state"], "cancelled");
    assert_snapshot!(cancel().await, @"");
}

#[tokio::test]
async fn a_list_has_pages_and_a_cursor_leads_on() {
    let (world, _) = waiting().await;
    let first = world.get("/projects/shop/promotions?limit=1", &world.ana).await;
    assert_eq!(states(&first), [(2, "waiting")]);
    let cursor = first.body["next"].as_str().unwrap();
    let second = world.get(&format!("/projects/shop/promotions?limit=1&cursor={cursor}"), &world.ana).await;
    assert_eq!(states(&second), [(1, "applied")]);
    assert_eq!(second.body["next"], json!(null));
}

#[tokio::test]
async fn a_made_up_cursor_or_limit_is_refused() {
    let world = World::with_shop().await;
    assert_snapshot!(world.get("/projects/shop/promotions?cursor=42", &world.ana).await, @"");
    assert_snapshot!(world.get("/projects/shop/promotions?limit=0", &world.ana).await, @"");
    assert_snapshot!(world.get("/projects/shop/promotions?limit=all", &world.ana).await, @"");
    assert_eq!(world.get("/projects/shop/promotions?page=2", &world.ana).await.status, 400);
}

#[tokio::test]
async fn a_bucket_goes_back_to_an_earlier_placement() {
    let world = World::with_shop().await;
    for tag in ["1.4.1", "1.4.2"] {
        let digest = world.push("qa", tag).await;
        world.post(PROMOTIONS, &world.ana, wish(&digest, "qa", "staging")).await;
    }
    let board = world.get("/projects/shop/integrations/checkout", &world.ana).await;
    let staging = &board.body["buckets"][1];
    let placement = &staging["history"][0]["placement"];
    let back = |version: &Value| {
        json!({"placement": placement, "reason": "Broken", "expected_version": version})
    };
    let rollbacks = format!("{STAGING}/rollbacks");
    assert_snapshot!(world.post(&rollbacks, &world.ana, back(&staging["version"])).await, @"");
    // The bucket has changed since it was looked at.
    assert_snapshot!(world.post(&rollbacks, &world.ana, back(&staging["version"])).await, @"");
    let nonsense = json!({"placement": "1.4.1", "reason": "Broken"});
    assert_snapshot!(world.post(&rollbacks, &world.ana, nonsense).await, @"");
}

#[tokio::test]
async fn arrivals_that_a_rollback_paused_are_resumed_once() {
    let world = World::with_shop().await;
    for tag in ["1.4.1", "1.4.2"] {
        world.push("qa", tag).await;
    }
    let board = world.get("/projects/shop/integrations/checkout", &world.ana).await;
    let placement = &board.body["buckets"][0]["history"][0]["placement"];
    let qa = "/projects/shop/integrations/checkout/buckets/qa";
    let back = json!({"placement": placement, "reason": "Broken"});
    assert_eq!(world.post(&format!("{qa}/rollbacks"), &world.ana, back).await.status, 200);
    let resume = async || world.post(&format!("{qa}/resumption"), &world.ana, json!({})).await;
    assert_eq!(resume().await.status, 204);
    assert_snapshot!(resume().await, @"");
}
