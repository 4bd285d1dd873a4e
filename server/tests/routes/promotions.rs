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
    fn state(item: &Value) -> Option<(i64, &str)> {
        Some((item["number"].as_i64()?, item["state"].as_str()?))
    }
    let items = answer.body["items"].as_array().expect("a list").iter();
    items.map(|item| state(item).expect("a number and a state")).collect()
}

#[tokio::test]
async fn a_promotion_without_gates_is_applied_at_once() {
    let world = World::with_shop().await;
    let digest = world.push("qa", "1.4.2").await;
    assert_snapshot!(world.post(PROMOTIONS, &world.ana, wish(&digest, "qa", "staging")).await, @r#"
    201 Created
    location: /api/v1/projects/shop/promotions/1
    {
      "automatic": false,
      "barred": "This promotion is applied already.",
      "decisions": [],
      "digest": "[digest]",
      "ended_at": "2026-01-31T09:30:00Z",
      "from": "qa",
      "gates": [],
      "integration": "checkout",
      "needs": [],
      "number": 1,
      "project": "shop",
      "reason": "Release 1.4",
      "requested_at": "2026-01-31T09:30:00Z",
      "requested_by": "Ana",
      "state": "applied",
      "tag": "1.4.2",
      "to": "staging",
      "workflow_version": 1
    }
    "#);
    assert_snapshot!(world.post(PROMOTIONS, &world.ana, wish(&digest, "qa", "staging")).await, @r#"
    409 Conflict
    {
      "detail": "It is already current in staging.",
      "request_id": "a-request",
      "status": 409,
      "title": "Something stands against it",
      "type": "/problems/conflict"
    }
    "#);
}

#[tokio::test]
async fn a_promotion_waits_for_what_its_gates_need() {
    let (world, _) = waiting().await;
    assert_snapshot!(world.get("/projects/shop/promotions/2", &world.ana).await, @r#"
    200 OK
    {
      "automatic": false,
      "barred": "You asked for this promotion, so someone else has to approve it.",
      "decisions": [],
      "digest": "[digest]",
      "from": "staging",
      "gates": [
        {
          "needs": "1 approval by a release manager",
          "passes": false,
          "rule": "1 approval by a release manager"
        }
      ],
      "integration": "checkout",
      "needs": [
        "1 approval by a release manager"
      ],
      "number": 2,
      "project": "shop",
      "reason": "Release 1.4",
      "requested_at": "2026-01-31T09:30:00Z",
      "requested_by": "Ana",
      "state": "waiting",
      "tag": "1.4.2",
      "to": "prod",
      "workflow_version": 1
    }
    "#);
}

#[tokio::test]
async fn a_dry_run_tells_and_changes_nothing() {
    let world = World::with_shop().await;
    let digest = world.push("qa", "1.4.2").await;
    let dry = |from: &str, to: &str| json!({"digest": digest, "from": from, "to": to, "dry_run": true});
    assert_snapshot!(world.post(PROMOTIONS, &world.ana, dry("qa", "staging")).await, @r#"
    200 OK
    {
      "outlook": "enters"
    }
    "#);
    assert_snapshot!(world.post(PROMOTIONS, &world.ana, dry("qa", "prod")).await, @r#"
    200 OK
    {
      "outlook": "refused",
      "problem": {
        "detail": "The workflow release does not lead from qa to prod.",
        "status": 409,
        "title": "A rule blocks it",
        "type": "/problems/blocked"
      }
    }
    "#);
    world.post(PROMOTIONS, &world.ana, wish(&digest, "qa", "staging")).await;
    assert_snapshot!(world.post(PROMOTIONS, &world.ana, dry("staging", "prod")).await, @r#"
    200 OK
    {
      "needs": [
        "1 approval by a release manager"
      ],
      "outlook": "waits"
    }
    "#);
    assert_eq!(states(&world.get("/projects/shop/promotions", &world.ana).await), [(1, "applied")]);
}

#[tokio::test]
async fn what_no_workflow_leads_to_is_blocked() {
    let world = World::with_shop().await;
    let digest = world.push("qa", "1.4.2").await;
    assert_snapshot!(world.post(PROMOTIONS, &world.ana, wish(&digest, "qa", "prod")).await, @r#"
    409 Conflict
    {
      "detail": "The workflow release does not lead from qa to prod.",
      "request_id": "a-request",
      "status": 409,
      "title": "A rule blocks it",
      "type": "/problems/blocked"
    }
    "#);
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
    assert_snapshot!(world.post(PROMOTIONS, &world.ana, nameless).await, @r##"
    422 Unprocessable Entity
    {
      "detail": "Fill this in.",
      "errors": [
        {
          "detail": "Fill this in.",
          "pointer": "#/reason"
        }
      ],
      "request_id": "a-request",
      "status": 422,
      "title": "Something in the request is wrong",
      "type": "/problems/invalid"
    }
    "##);
    assert_eq!(world.get("/projects/shop/promotions/one", &world.ana).await.status, 404);
    assert_eq!(world.get("/projects/shop/promotions/7", &world.ana).await.status, 404);
}

#[tokio::test]
async fn a_second_person_approves_and_it_is_applied_in_that_moment() {
    let (world, digest) = waiting().await;
    let rita = world.person("Rita", "release-manager", "project:shop").await;
    world.pass(60);
    let approval = json!({"choice": "approve", "comment": "Looks good", "digest": digest});
    assert_snapshot!(world.post("/projects/shop/promotions/2/decisions", &rita, approval.clone()).await, @r#"
    200 OK
    {
      "automatic": false,
      "barred": "This promotion is applied already.",
      "decisions": [
        {
          "at": "2026-01-31T09:31:00Z",
          "choice": "approve",
          "comment": "Looks good",
          "person": "Rita"
        }
      ],
      "digest": "[digest]",
      "ended_at": "2026-01-31T09:31:00Z",
      "from": "staging",
      "gates": [
        {
          "passes": true,
          "rule": "1 approval by a release manager"
        }
      ],
      "integration": "checkout",
      "needs": [],
      "number": 2,
      "project": "shop",
      "reason": "Release 1.4",
      "requested_at": "2026-01-31T09:30:00Z",
      "requested_by": "Ana",
      "state": "applied",
      "tag": "1.4.2",
      "to": "prod",
      "workflow_version": 1
    }
    "#);
    assert_snapshot!(world.post("/projects/shop/promotions/2/decisions", &rita, approval).await, @r#"
    409 Conflict
    {
      "detail": "This promotion is applied already.",
      "request_id": "a-request",
      "status": 409,
      "title": "Something stands against it",
      "type": "/problems/conflict"
    }
    "#);
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
    assert_snapshot!(world.post("/projects/shop/promotions/2/decisions", &rita, approval).await, @r#"
    409 Conflict
    {
      "detail": "You asked for this promotion, so someone else has to approve it.",
      "request_id": "a-request",
      "status": 409,
      "title": "A rule blocks it",
      "type": "/problems/blocked"
    }
    "#);
}

#[tokio::test]
async fn an_admin_does_not_approve() {
    let world = World::with_shop().await;
    let digest = world.push("qa", "1.4.2").await;
    let rita = world.person("Rita", "release-manager", "project:shop").await;
    for (from, to) in [("qa", "staging"), ("staging", "prod")] {
        world.post(PROMOTIONS, &rita, wish(&digest, from, to)).await;
    }
    let approval = json!({"choice": "approve", "digest": digest});
    assert_snapshot!(world.post("/projects/shop/promotions/2/decisions", &world.ana, approval).await, @r#"
    403 Forbidden
    {
      "detail": "You need the permission “approve” here. Release managers have it; an admin can grant the role.",
      "permission": "approve",
      "request_id": "a-request",
      "status": 403,
      "title": "You may not do this",
      "type": "/problems/forbidden"
    }
    "#);
}

#[tokio::test]
async fn a_token_cannot_approve_whoever_owns_it() {
    let (world, digest) = waiting().await;
    let rita = world.person("Rita", "release-manager", "project:shop").await;
    let new = json!({"title": "Robot", "actions": ["view", "promote"], "days": 1});
    let token = world.post("/tokens", &rita, new).await;
    let approval = json!({"choice": "approve", "digest": digest});
    let path = "/projects/shop/promotions/2/decisions";
    assert_snapshot!(world.post(path, token.body["secret"].as_str().unwrap(), approval).await, @r#"
    403 Forbidden
    {
      "detail": "Approving and passing gates take a person. Sign in and do it on the promotion's page.",
      "request_id": "a-request",
      "status": 403,
      "title": "You may not do this",
      "type": "/problems/forbidden"
    }
    "#);
}

#[tokio::test]
async fn a_decision_is_bound_to_the_digest_that_was_looked_at() {
    let (world, _) = waiting().await;
    let rita = world.person("Rita", "release-manager", "project:shop").await;
    let other = format!("sha256:{}", "0".repeat(64));
    let approval = json!({"choice": "approve", "digest": other});
    assert_snapshot!(world.post("/projects/shop/promotions/2/decisions", &rita, approval).await, @r#"
    409 Conflict
    {
      "detail": "The build is not the one you looked at. Reload the page and look again.",
      "request_id": "a-request",
      "status": 409,
      "title": "Something stands against it",
      "type": "/problems/conflict"
    }
    "#);
}

#[tokio::test]
async fn a_rejection_says_why() {
    let (world, digest) = waiting().await;
    let rita = world.person("Rita", "release-manager", "project:shop").await;
    let rejection = |comment: &str| json!({"choice": "reject", "comment": comment, "digest": digest});
    let silent = world.post("/projects/shop/promotions/2/decisions", &rita, rejection("")).await;
    assert_snapshot!(silent, @r##"
    422 Unprocessable Entity
    {
      "detail": "Say why you reject it.",
      "errors": [
        {
          "detail": "Say why you reject it.",
          "pointer": "#/comment"
        }
      ],
      "request_id": "a-request",
      "status": 422,
      "title": "Something in the request is wrong",
      "type": "/problems/invalid"
    }
    "##);
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
    assert_snapshot!(cancel().await, @r#"
    409 Conflict
    {
      "detail": "This promotion is cancelled already.",
      "request_id": "a-request",
      "status": 409,
      "title": "Something stands against it",
      "type": "/problems/conflict"
    }
    "#);
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
    assert_snapshot!(world.get("/projects/shop/promotions?cursor=42", &world.ana).await, @r#"
    422 Unprocessable Entity
    {
      "detail": "This is not a cursor of this list. Pass on what `next` held, or leave it out to start anew.",
      "errors": [
        {
          "detail": "This is not a cursor of this list. Pass on what `next` held, or leave it out to start anew.",
          "parameter": "cursor"
        }
      ],
      "request_id": "a-request",
      "status": 422,
      "title": "Something in the request is wrong",
      "type": "/problems/invalid"
    }
    "#);
    assert_snapshot!(world.get("/projects/shop/promotions?limit=0", &world.ana).await, @r#"
    422 Unprocessable Entity
    {
      "detail": "Use a number from 1 to 200.",
      "errors": [
        {
          "detail": "Use a number from 1 to 200.",
          "parameter": "limit"
        }
      ],
      "request_id": "a-request",
      "status": 422,
      "title": "Something in the request is wrong",
      "type": "/problems/invalid"
    }
    "#);
    assert_snapshot!(world.get("/projects/shop/promotions?limit=all", &world.ana).await, @r#"
    422 Unprocessable Entity
    {
      "detail": "“all” is no whole number from 0.",
      "errors": [
        {
          "detail": "“all” is no whole number from 0.",
          "parameter": "limit"
        }
      ],
      "request_id": "a-request",
      "status": 422,
      "title": "Something in the request is wrong",
      "type": "/problems/invalid"
    }
    "#);
    let unknown = world.get("/projects/shop/promotions?page=2", &world.ana).await;
    assert_eq!((unknown.status.as_u16(), &unknown.body["errors"][0]["parameter"]), (422, &json!("page")));
}

#[tokio::test]
async fn who_expects_something_else_there_asks_for_nothing() {
    let world = World::with_shop().await;
    let first = world.push("qa", "1.4.1").await;
    let expecting = |digest: &str, there: &str, dry_run: bool| {
        let mut wish = wish(digest, "qa", "staging");
        wish["expected_current"] = json!(there);
        wish["dry_run"] = json!(dry_run);
        wish
    };
    assert_eq!(world.post(PROMOTIONS, &world.ana, expecting(&first, "none", false)).await.status, 201);
    let second = world.push("qa", "1.4.2").await;
    for dry_run in [true, false] {
        let late = world.post(PROMOTIONS, &world.ana, expecting(&second, "none", dry_run)).await;
        assert_eq!(late.status, 409);
        let detail = late.body["detail"].as_str().expect("a sentence");
        assert!(detail.starts_with("1.4.1 (") && detail.contains("is current in staging by now"), "{detail}");
    }
    let wrong = world.post(PROMOTIONS, &world.ana, expecting(&second, "1.4.1", false)).await;
    assert_eq!(
        (wrong.status.as_u16(), &wrong.body["errors"][0]["pointer"]),
        (422, &json!("#/expected_current"))
    );
    assert_eq!(world.post(PROMOTIONS, &world.ana, expecting(&second, &first, false)).await.status, 201);
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
    let back =
        |version: &Value| json!({"placement": placement, "reason": "Broken", "expected_version": version});
    let rollbacks = format!("{STAGING}/rollbacks");
    let foreseen = world.post(&rollbacks, &world.ana, json!({"placement": placement, "dry_run": true})).await;
    assert_eq!((foreseen.status.as_u16(), foreseen.body), (200, json!({"outlook": "enters"})));
    assert_snapshot!(world.post(&rollbacks, &world.ana, back(&staging["version"])).await, @r#"
    200 OK
    {
      "bucket": "staging",
      "digest": "[digest]",
      "integration": "checkout",
      "project": "shop",
      "state": "applied"
    }
    "#);
    // The bucket has changed since it was looked at.
    let stale = world.post(&rollbacks, &world.ana, back(&staging["version"])).await;
    let detail = stale.body["detail"].as_str().unwrap_or_default();
    assert_eq!((stale.status.as_u16(), &stale.body["type"]), (409, &json!("/problems/conflict")));
    assert!(detail.starts_with("staging was changed in the meantime: 1.4.1 (sha256:"), "{stale}");
    let now = world.get("/projects/shop/integrations/checkout", &world.ana).await;
    let version = &now.body["buckets"][1]["version"];
    assert!(detail.contains(&format!(" at version {version}. ")), "{stale}");
    let nonsense = json!({"placement": "1.4.1", "reason": "Broken"});
    assert_snapshot!(world.post(&rollbacks, &world.ana, nonsense).await, @r##"
    422 Unprocessable Entity
    {
      "detail": "Name a placement of the bucket's history by its id.",
      "errors": [
        {
          "detail": "Name a placement of the bucket's history by its id.",
          "pointer": "#/placement"
        }
      ],
      "request_id": "a-request",
      "status": 422,
      "title": "Something in the request is wrong",
      "type": "/problems/invalid"
    }
    "##);
}

#[tokio::test]
async fn the_history_of_a_bucket_is_read_page_by_page() {
    let world = World::with_shop().await;
    for tag in ["1.4.0", "1.4.1", "1.4.2"] {
        world.push("qa", tag).await;
    }
    let placements = "/projects/shop/integrations/checkout/buckets/qa/placements";
    let tags = |answer: &Value| {
        let items = answer["items"].as_array().cloned().unwrap_or_default();
        items.iter().map(|card| card["build"]["tag"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let first = world.get(&format!("{placements}?limit=2"), &world.ana).await;
    assert_eq!(
        (first.status.as_u16(), tags(&first.body)),
        (200, vec!["1.4.2".to_owned(), "1.4.1".to_owned()])
    );
    let next = first.body["next"].as_str().expect("a next page");
    let second = world.get(&format!("{placements}?limit=2&cursor={next}"), &world.ana).await;
    assert_eq!((tags(&second.body), second.body.get("next")), (vec!["1.4.0".to_owned()], None));
    // A cursor of another list, or one that names no placement, says so.
    for cursor in ["MXAxMg", "MWgxMg", "!"] {
        let refused = world.get(&format!("{placements}?cursor={cursor}"), &world.ana).await;
        assert_eq!(refused.status, 422, "{cursor}");
    }
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
    assert_snapshot!(resume().await, @r#"
    409 Conflict
    {
      "detail": "Nothing is paused in qa.",
      "request_id": "a-request",
      "status": 409,
      "title": "Something stands against it",
      "type": "/problems/conflict"
    }
    "#);
}
