//! Pins and default builds.

use crate::support::World;
use insta::assert_snapshot;
use serde_json::json;

const PINS: &str = "/projects/shop/environments/staging/pins";
const IMAGES: &str = "/projects/shop/environments/staging/images";

/// The shop with 1.0 and then 1.1 in staging.
async fn shop() -> (World, String) {
    let world = World::with_shop().await;
    let mut first = String::new();
    for tag in ["1.0", "1.1"] {
        let digest = world.push("qa", tag).await;
        let new = json!({"digest": digest, "from": "qa", "to": "staging", "reason": "Tested"});
        let path = "/projects/shop/integrations/checkout/promotions";
        assert_eq!(world.post(path, &world.ana, new).await.status, 201);
        first = if first.is_empty() { digest } else { first };
    }
    (world, first)
}

#[tokio::test]
async fn a_build_is_pinned_resolved_and_released() {
    let (world, first) = shop().await;
    let new = json!({"service": "checkout", "digest": first, "until": "7d", "reason": "1.1 loses orders"});
    let mut dry = new.clone();
    dry["dry_run"] = json!(true);
    assert_eq!(world.post(PINS, &world.ana, dry).await.body["outlook"], "enters");
    assert_snapshot!(world.post(PINS, &world.ana, new.clone()).await, @r#"
    201 Created
    location: /api/v1/projects/shop/promotions/3
    {
      "automatic": false,
      "barred": "This promotion is applied already.",
      "decisions": [],
      "digest": "[digest]",
      "ended_at": "2026-01-31T09:30:00Z",
      "from": "staging",
      "gates": [],
      "integration": "checkout",
      "needs": [],
      "number": 3,
      "pin": {
        "environment": "staging",
        "project": "shop",
        "service": "checkout",
        "until": "2026-02-07T09:30:00Z"
      },
      "project": "shop",
      "reason": "1.1 loses orders",
      "requested_at": "2026-01-31T09:30:00Z",
      "requested_by": "Ana",
      "state": "applied",
      "tag": "1.0",
      "to": "staging",
      "workflow_version": 1
    }
    "#);
    assert_eq!(world.post(PINS, &world.ana, new).await.status, 409);
    assert_snapshot!(world.get(PINS, &world.ana).await, @r#"
    200 OK
    {
      "items": [
        {
          "at": "2026-01-31T09:30:00Z",
          "by": "Ana",
          "digest": "[digest]",
          "number": 3,
          "project": "shop",
          "reason": "1.1 loses orders",
          "service": "checkout",
          "state": "in_force",
          "tag": "1.0",
          "until": "2026-02-07T09:30:00Z"
        }
      ]
    }
    "#);
    assert_snapshot!(world.get(IMAGES, &world.ana).await, @r#"
    200 OK
    {
      "environment": "staging",
      "images": [
        {
          "digest": "[digest]",
          "pin": {
            "digest": "[digest]",
            "number": 3,
            "project": "shop",
            "reason": "1.1 loses orders",
            "tag": "1.0",
            "until": "2026-02-07T09:30:00Z"
          },
          "reference": "towpath.example/shop/checkout/staging@[digest]",
          "service": "checkout",
          "source": "pin",
          "tag": "1.0"
        }
      ],
      "missing": [],
      "project": "shop",
      "stream": "staging"
    }
    "#);
    let board = world.get("/projects/shop/integrations/checkout", &world.ana).await;
    assert_eq!(board.body["buckets"][1]["fed"][0]["pin"]["tag"], "1.0");
    assert_eq!(board.body["buckets"][1]["current"]["build"]["tag"], "1.1");
    let release = format!("{PINS}/checkout/release");
    assert_eq!(world.post(&release, &world.ana, json!({"reason": " "})).await.status, 422);
    assert_eq!(world.post(&release, &world.ana, json!({"reason": "1.2 is out"})).await.status, 204);
    assert_eq!(world.post(&release, &world.ana, json!({"reason": "Again"})).await.status, 404);
    assert_eq!(world.get(IMAGES, &world.ana).await.body["images"][0]["source"], "bucket");
    assert_eq!(world.get(PINS, &world.ana).await.body["items"], json!([]));
    assert_snapshot!(world.get(&format!("{PINS}?ended=true"), &world.ana).await, @r#"
    200 OK
    {
      "items": [
        {
          "at": "2026-01-31T09:30:00Z",
          "by": "Ana",
          "digest": "[digest]",
          "number": 3,
          "project": "shop",
          "reason": "1.1 loses orders",
          "released": {
            "at": "2026-01-31T09:30:00Z",
            "by": "Ana",
            "reason": "1.2 is out"
          },
          "service": "checkout",
          "state": "released",
          "tag": "1.0",
          "until": "2026-02-07T09:30:00Z"
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn what_is_wrong_with_a_pin_is_told_beside_its_field() {
    let (world, first) = shop().await;
    let new = json!({"service": "Checkout", "digest": first, "until": "soon", "reason": " "});
    assert_snapshot!(world.post(PINS, &world.ana, new).await, @r##"
    422 Unprocessable Entity
    {
      "detail": "3 things in the request are wrong.",
      "errors": [
        {
          "detail": "Start with a lowercase letter.",
          "pointer": "#/service"
        },
        {
          "detail": "“soon” is no time such as 2026-01-31T09:30, in UTC, or 2026-01-31T09:30:00Z, and no length of time such as 2h or 14d, up to 365d.",
          "pointer": "#/until"
        },
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
    let loose = json!({"service": "checkout", "digest": first, "until": "2h", "reason": "A try"});
    let prod = world.post("/projects/shop/environments/prod/pins", &world.ana, loose).await;
    assert_eq!(prod.body["state"], "waiting", "{prod}");
    let unknown = json!({"service": "billing", "digest": first, "until": "2h", "reason": "A try"});
    let unknown = world.post(PINS, &world.ana, unknown).await;
    assert_eq!(unknown.body["errors"][0]["pointer"], "#/service");
    assert_eq!(world.get("/projects/shop/environments/mars/pins", &world.ana).await.status, 404);
    assert_eq!(world.get(&format!("{PINS}?ended=true&cursor=x"), &world.ana).await.status, 422);
}

#[tokio::test]
async fn a_default_build_is_what_an_empty_bucket_leaves_to_it() {
    let (world, first) = shop().await;
    let path = "/projects/shop/integrations/checkout/default-build";
    let images = "/projects/shop/environments/prod/images";
    assert_eq!(world.put(path, &world.ana, json!({"digest": "1.0"})).await.status, 422);
    assert_eq!(world.put(path, &world.ana, json!({"digest": first})).await.status, 204);
    let resolved = world.get(images, &world.ana).await;
    assert_eq!(
        (&resolved.body["images"][0]["source"], &resolved.body["images"][0]["tag"]),
        (&json!("default"), &json!("1.0"))
    );
    let board = world.get("/projects/shop/integrations/checkout", &world.ana).await;
    assert_eq!(board.body["default_build"]["tag"], "1.0");
    assert_eq!(world.delete(path, &world.ana).await.status, 204);
    let resolved = world.get(images, &world.ana).await;
    assert_eq!(resolved.body["missing"][0]["bucket"], "shop/checkout/prod");
}
