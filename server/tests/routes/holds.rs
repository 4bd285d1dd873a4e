//! Holds.

use crate::support::World;
use insta::assert_snapshot;
use serde_json::json;

#[tokio::test]
async fn a_hold_is_placed_met_and_released() {
    let world = World::with_shop().await;
    let digest = world.push("qa", "1.0").await;
    let new = json!({"on": "environment:shop/staging", "reason": "Payments are down", "until": "2h"});
    assert_snapshot!(world.post("/holds", &world.ana, new).await, @r#"
    201 Created
    location: /api/v1/holds/1
    {
      "from": "2026-01-31T09:30:00Z",
      "made_at": "2026-01-31T09:30:00Z",
      "made_by": "Ana",
      "number": 1,
      "on": "environment:shop/staging",
      "reason": "Payments are down",
      "rollbacks": false,
      "state": "in_force",
      "until": "2026-01-31T11:30:00Z"
    }
    "#);
    let wish = json!({"digest": digest, "from": "qa", "to": "staging", "reason": "Tested", "dry_run": true});
    let outlook = world.post("/projects/shop/integrations/checkout/promotions", &world.ana, wish).await;
    assert_snapshot!(outlook, @r#"
    200 OK
    {
      "needs": [
        "the end of hold 1 on the environment shop/staging"
      ],
      "outlook": "waits",
      "until": "2026-01-31T11:30:00Z"
    }
    "#);
    let board = world.get("/projects/shop/integrations/checkout", &world.ana).await;
    assert_eq!(board.body["holds"][0]["number"], 1);
    let released = world.post("/holds/1/release", &world.ana, json!({"reason": "They are back"})).await;
    assert_snapshot!(released, @r#"
    200 OK
    {
      "from": "2026-01-31T09:30:00Z",
      "made_at": "2026-01-31T09:30:00Z",
      "made_by": "Ana",
      "number": 1,
      "on": "environment:shop/staging",
      "reason": "Payments are down",
      "released": {
        "at": "2026-01-31T09:30:00Z",
        "by": "Ana",
        "reason": "They are back"
      },
      "rollbacks": false,
      "state": "released",
      "until": "2026-01-31T11:30:00Z"
    }
    "#);
    assert_snapshot!(world.post("/holds/1/release", &world.ana, json!({})).await, @r#"
    409 Conflict
    {
      "detail": "Hold 1 has ended already.",
      "request_id": "a-request",
      "status": 409,
      "title": "Something stands against it",
      "type": "/problems/conflict"
    }
    "#);
    assert_eq!(world.get("/holds", &world.ana).await.body["items"], json!([]));
    assert_eq!(world.get("/holds?ended=true", &world.ana).await.body["items"][0]["state"], "released");
}

#[tokio::test]
async fn what_is_wrong_with_a_hold_is_told_beside_its_field() {
    let world = World::with_shop().await;
    let new = json!({"on": "environment:shop/mars", "reason": " ", "from": "yesterday", "until": "2020-01-01T00:00Z"});
    assert_snapshot!(world.post("/holds", &world.ana, new).await, @r##"
    422 Unprocessable Entity
    {
      "detail": "3 things in the request are wrong.",
      "errors": [
        {
          "detail": "Fill this in.",
          "pointer": "#/reason"
        },
        {
          "detail": "“yesterday” is no time such as 2026-01-31T09:30, in UTC, or 2026-01-31T09:30:00Z, and no length of time such as 2h or 14d, up to 365d.",
          "pointer": "#/from"
        },
        {
          "detail": "This is in the past. A hold ends after now.",
          "pointer": "#/until"
        }
      ],
      "request_id": "a-request",
      "status": 422,
      "title": "Something in the request is wrong",
      "type": "/problems/invalid"
    }
    "##);
    let new = json!({"on": "environment:shop/mars", "reason": "Freeze"});
    assert_snapshot!(world.post("/holds", &world.ana, new).await, @r##"
    422 Unprocessable Entity
    {
      "detail": "The environment “shop/mars” was not found.",
      "errors": [
        {
          "detail": "The environment “shop/mars” was not found.",
          "pointer": "#/on"
        }
      ],
      "request_id": "a-request",
      "status": 422,
      "title": "Something in the request is wrong",
      "type": "/problems/invalid"
    }
    "##);
    for number in ["7", "x", "-1", "99999999999999999999"] {
        assert_eq!(world.get(&format!("/holds/{number}"), &world.ana).await.status, 404, "{number}");
    }
    assert_eq!(world.get("/holds?limit=0", &world.ana).await.status, 422);
    assert_eq!(world.get("/holds?cursor=abc", &world.ana).await.status, 422);
}
