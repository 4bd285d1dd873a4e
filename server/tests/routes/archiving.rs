//! Archiving a project, and what it then answers.

use crate::support::World;
use insta::assert_snapshot;
use serde_json::json;

#[tokio::test]
async fn an_archived_project_is_listed_when_asked_for() {
    let world = World::with_shop().await;
    let nothing = json!({});
    assert_snapshot!(world.post("/projects/shop/archive", &world.ana, nothing.clone()).await, @r#"
    200 OK
    {
      "archived_at": "2026-01-31T09:30:00Z",
      "created_at": "2026-01-31T09:30:00Z",
      "slug": "shop",
      "title": "Shop"
    }
    "#);
    let slugs = async |path: &str| {
        let body = world.get(path, &world.ana).await.body;
        let items = body["items"].as_array().expect("items").clone();
        items.iter().map(|item| item["slug"].as_str().expect("a slug").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(slugs("/projects").await, ["global"]);
    assert_eq!(slugs("/projects?archived=true").await, ["shop"]);
    world.post("/projects/shop/restore", &world.ana, nothing).await;
    assert_eq!(slugs("/projects").await, ["global", "shop"]);
    assert_eq!(slugs("/projects?archived=true").await, [""; 0]);
}

#[tokio::test]
async fn a_change_in_an_archived_project_is_blocked_in_clear_words() {
    let world = World::with_shop().await;
    world.post("/projects/shop/archive", &world.ana, json!({})).await;
    let new = json!({"slug": "dev", "title": "Dev", "stream": "dev"});
    assert_snapshot!(world.post("/projects/shop/environments", &world.ana, new).await, @r#"
    409 Conflict
    {
      "detail": "The project shop is archived: it can be read and pulled from, and nothing in it changes. Whoever may configure it can restore it on its page.",
      "request_id": "a-request",
      "status": 409,
      "title": "A rule blocks it",
      "type": "/problems/blocked"
    }
    "#);
    assert_snapshot!(world.post("/projects/shop/archive", &world.ana, json!({})).await, @r#"
    409 Conflict
    {
      "detail": "The project shop is archived already.",
      "request_id": "a-request",
      "status": 409,
      "title": "Something stands against it",
      "type": "/problems/conflict"
    }
    "#);
    assert_snapshot!(world.post("/projects/global/archive", &world.ana, json!({})).await, @r#"
    409 Conflict
    {
      "detail": "The project global holds what all projects share and cannot be archived.",
      "request_id": "a-request",
      "status": 409,
      "title": "A rule blocks it",
      "type": "/problems/blocked"
    }
    "#);
}
