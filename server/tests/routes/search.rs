//! Search.

use crate::support::World;
use insta::assert_snapshot;
use serde_json::json;

#[tokio::test]
async fn a_build_is_found_by_its_commit_with_where_it_is_current() {
    let world = World::with_shop().await;
    let digest = world.push("qa", "1.4.2").await;
    let found = world.get("/search?q=0A1B2C", &world.ana).await;
    assert_snapshot!(found, @r#"
    200 OK
    {
      "items": [
        {
          "commit": "0a1b2c",
          "current_in": [
            "qa"
          ],
          "digest": "[digest]",
          "integration": "checkout",
          "kind": "build",
          "project": "shop",
          "received_at": "2026-01-31T09:30:00Z",
          "tag": "1.4.2"
        }
      ],
      "more": false
    }
    "#);
    assert_eq!(world.get(&format!("/search?q={digest}"), &world.ana).await.body, found.body);
}

#[tokio::test]
async fn kinds_are_told_apart() {
    let world = World::with_shop().await;
    let found = world.get("/search?q=checkout", &world.ana).await;
    assert_eq!(
        found.body["items"],
        json!([
            {"kind": "service", "project": "shop", "slug": "checkout", "title": "Checkout",
             "built_by": "shop/checkout"},
            {"kind": "integration", "project": "shop", "slug": "checkout", "title": "Checkout"},
        ])
    );
    let found = world.get("/search?q=ana", &world.ana).await;
    assert_eq!(found.body["items"][0]["kind"], "person");
}

#[tokio::test]
async fn what_is_done_on_pages_is_nothing_for_a_client() {
    let world = World::new().await;
    let found = world.get("/search?q=new+project", &world.ana).await;
    assert_eq!(found.body, json!({"items": [], "more": false}));
}

#[tokio::test]
async fn strange_words_and_none_find_nothing() {
    let world = World::with_shop().await;
    for q in ["", "%25", "%00", "_", "%27", "%F0%9F%9A%80"] {
        let found = world.get(&format!("/search?q={q}"), &world.ana).await;
        assert_eq!((found.status.as_u16(), &found.body), (200, &json!({"items": [], "more": false})), "{q}");
    }
    assert_eq!(world.get("/search?q=shop&limit=0", &world.ana).await.status, 422);
    assert_eq!(world.get("/search?q=shop&page=2", &world.ana).await.status, 422);
}

#[tokio::test]
async fn nobody_finds_what_they_do_not_see() {
    let world = World::with_shop().await;
    world.push("qa", "1.4.2").await;
    let vic = world.person("Vic", "viewer", "project:global").await;
    for q in ["shop", "1.4", "0a1b2c", "ana"] {
        let found = world.get(&format!("/search?q={q}"), &vic).await;
        assert!(!found.body.to_string().contains("shop"), "{q}: {found}");
    }
}
