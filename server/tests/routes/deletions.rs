//! Deleting by REST, and what stands in its way.

use crate::support::{Answer, World};
use insta::assert_snapshot;
use serde_json::json;

async fn delete(world: &World, path: &str) -> Answer {
    world.delete(path, &world.ana).await
}

#[tokio::test]
async fn an_integration_is_looked_at_deleted_and_restored() {
    let world = World::with_shop().await;
    world.push("qa", "1.4.2").await;
    let path = "/projects/shop/integrations/checkout";
    assert_snapshot!(delete(&world, &format!("{path}?dry_run=true")).await, @r#"
    200 OK
    {
      "current": [
        {
          "bucket": "qa",
          "integration": "checkout",
          "project": "shop",
          "tag": "1.4.2"
        }
      ],
      "current_count": 1,
      "invitations": 0,
      "roles": 0,
      "slug": "checkout",
      "title": "Checkout",
      "used_by": [],
      "used_by_count": 0
    }
    "#);
    assert_eq!(world.get(path, &world.ana).await.status, 200, "it was only looked at");
    assert_eq!(delete(&world, path).await.status, 200);
    assert_snapshot!(world.get(path, &world.ana).await, @r#"
    404 Not Found
    {
      "detail": "The integration “shop/checkout”, which was deleted on 2026-01-31 and can be restored for 30 days, was not found.",
      "request_id": "a-request",
      "status": 404,
      "title": "Not found",
      "type": "/problems/not-found"
    }
    "#);
    assert_snapshot!(world.get("/projects/shop/deleted-integrations", &world.ana).await, @r#"
    200 OK
    {
      "items": [
        {
          "deleted_at": "2026-01-31T09:30:00Z",
          "restorable_until": "2026-03-02T09:30:00Z",
          "slug": "checkout",
          "title": "Checkout"
        }
      ]
    }
    "#);
    let restored = world.post("/projects/shop/deleted-integrations/checkout/restore", &world.ana, json!({}));
    assert_eq!(restored.await.status, 200);
    assert_eq!(world.get(path, &world.ana).await.status, 200);
}

#[tokio::test]
async fn what_is_in_use_says_what_uses_it() {
    let world = World::with_shop().await;
    assert_snapshot!(delete(&world, "/projects/shop/environments/prod").await, @r#"
    409 Conflict
    {
      "detail": "The environment prod is in use: the workflow shop/release names it.",
      "request_id": "a-request",
      "status": 409,
      "title": "Something stands against it",
      "type": "/problems/conflict"
    }
    "#);
    assert_snapshot!(delete(&world, "/projects/shop/workflows/release").await, @r#"
    409 Conflict
    {
      "detail": "The workflow release is in use: the integration shop/checkout follows it.",
      "request_id": "a-request",
      "status": 409,
      "title": "Something stands against it",
      "type": "/problems/conflict"
    }
    "#);
    assert_snapshot!(delete(&world, "/streams/production").await, @r#"
    409 Conflict
    {
      "detail": "The stream production is built in and cannot be deleted.",
      "request_id": "a-request",
      "status": 409,
      "title": "A rule blocks it",
      "type": "/problems/blocked"
    }
    "#);
    assert_eq!(delete(&world, "/streams/moon").await.status, 404);
    assert_eq!(delete(&world, "/projects/shop/rules/moon").await.status, 404);
    assert_eq!(delete(&world, "/projects/shop/environments/prod?dry_run=perhaps").await.status, 422);
}
