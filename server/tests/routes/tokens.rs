//! API tokens.

use crate::support::World;
use insta::assert_snapshot;
use serde_json::json;

#[tokio::test]
async fn the_secret_of_a_token_is_shown_once() {
    let world = World::with_shop().await;
    let new = json!({"title": "CI", "actions": ["push", "pull"], "scope": "shop/checkout", "days": 30});
    assert_snapshot!(world.post("/tokens", &world.ana, new).await, @r#"
    201 Created
    location: /api/v1/tokens/[id]
    {
      "secret": "[secret]",
      "token": {
        "actions": [
          "push",
          "pull"
        ],
        "created_at": "2026-01-31T09:30:00Z",
        "expires_at": "2026-03-02T09:30:00Z",
        "former_until": null,
        "id": "[id]",
        "last_used_at": null,
        "last_used_from": null,
        "revoked_at": null,
        "scope": "shop/checkout",
        "title": "CI"
      }
    }
    "#);
    let listed = world.get("/tokens", &world.ana).await;
    assert_eq!(listed.body["items"][0]["title"], "CI");
    assert!(!listed.to_string().contains("secret"));
}

#[tokio::test]
async fn a_token_cannot_make_another() {
    let world = World::new().await;
    let token = world.token(&["view"], "").await;
    let new = json!({"title": "Another", "actions": ["view"], "days": 30});
    assert_snapshot!(world.post("/tokens", &token, new).await, @r#"
    409 Conflict
    {
      "detail": "A token cannot make another. Sign in to make one.",
      "request_id": "a-request",
      "status": 409,
      "title": "A rule blocks it",
      "type": "/problems/blocked"
    }
    "#);
}

#[tokio::test]
async fn no_token_is_made_for_approving() {
    let world = World::new().await;
    let new = json!({"title": "Robot", "actions": ["approve"], "scope": "mars", "days": 0});
    assert_snapshot!(world.post("/tokens", &world.ana, new).await, @r##"
    422 Unprocessable Entity
    {
      "detail": "2 things in the request are wrong.",
      "errors": [
        {
          "detail": "Choose at least one thing that the token may do.",
          "pointer": "#/actions"
        },
        {
          "detail": "Enter a number of days from 1 to 365.",
          "pointer": "#/days"
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
async fn a_revoked_or_expired_token_ends_at_once() {
    let world = World::new().await;
    let (revoked, expired) = (world.token(&["view"], "").await, world.token(&["view"], "").await);
    let listed = world.get("/tokens", &world.ana).await;
    let tokens = listed.body["items"].as_array().unwrap();
    assert_eq!(tokens.len(), 2);
    let mine = world.get("/tokens", &revoked).await;
    let used = mine.body["items"].as_array().unwrap().iter().find(|token| !token["last_used_at"].is_null());
    let path = format!("/tokens/{}", used.unwrap()["id"].as_str().unwrap());
    assert_eq!(world.delete(&path, &world.ana).await.status, 204);
    assert_snapshot!(world.get("/projects", &revoked).await, @r#"
    401 Unauthorized
    www-authenticate: Bearer realm="towpath"
    {
      "detail": "This token was revoked. Make a new one on the Tokens page.",
      "request_id": "a-request",
      "status": 401,
      "title": "Sign in first",
      "type": "/problems/unauthenticated"
    }
    "#);
    assert_snapshot!(world.delete(&path, &world.ana).await, @r#"
    409 Conflict
    {
      "detail": "This token is revoked already.",
      "request_id": "a-request",
      "status": 409,
      "title": "Something stands against it",
      "type": "/problems/conflict"
    }
    "#);
    world.pass(30 * 86_400);
    assert_snapshot!(world.get("/projects", &expired).await, @r#"
    401 Unauthorized
    www-authenticate: Bearer realm="towpath"
    {
      "detail": "This token has expired. Make a new one on the Tokens page.",
      "request_id": "a-request",
      "status": 401,
      "title": "Sign in first",
      "type": "/problems/unauthenticated"
    }
    "#);
}

#[tokio::test]
async fn a_token_ends_itself_but_no_other() {
    let world = World::new().await;
    let token = world.token(&["view"], "").await;
    world.get("/me", &token).await;
    world.token(&["view"], "").await;
    let listed = world.get("/tokens", &token).await;
    let items = listed.body["items"].as_array().unwrap();
    let (own, other): (Vec<_>, Vec<_>) = items.iter().partition(|item| !item["last_used_at"].is_null());
    let path = |item: &serde_json::Value| format!("/tokens/{}", item["id"].as_str().unwrap());
    assert_snapshot!(world.delete(&path(other[0]), &token).await, @r#"
    409 Conflict
    {
      "detail": "A token can revoke itself only. Sign in to revoke others.",
      "request_id": "a-request",
      "status": 409,
      "title": "A rule blocks it",
      "type": "/problems/blocked"
    }
    "#);
    assert_eq!(world.delete(&path(own[0]), &token).await.status, 204);
}

#[tokio::test]
async fn the_token_of_someone_else_is_not_found() {
    let world = World::with_shop().await;
    let dev = world.person("Dev", "developer", "project:shop").await;
    world.token(&["view"], "").await;
    let listed = world.get("/tokens", &world.ana).await;
    let path = format!("/tokens/{}", listed.body["items"][0]["id"].as_str().unwrap());
    assert_snapshot!(world.delete(&path, &dev).await, @r#"
    404 Not Found
    {
      "detail": "This token was not found.",
      "request_id": "a-request",
      "status": 404,
      "title": "Not found",
      "type": "/problems/not-found"
    }
    "#);
    assert_eq!(world.delete("/tokens/nonsense", &dev).await.status, 404);
}

#[tokio::test]
async fn a_token_gets_another_secret_and_all_of_them_end_at_once() {
    let world = World::with_shop().await;
    let new = json!({"title": "CI", "actions": ["push", "pull"], "scope": "shop/checkout", "days": 30});
    let made = world.post("/tokens", &world.ana, new).await;
    let id = made.body["token"]["id"].as_str().expect("an id").to_owned();
    let path = format!("/tokens/{id}/rotation");
    let rotated = world.post(&path, &world.ana, json!({"days": 90, "overlap_hours": 2})).await;
    assert_eq!(rotated.status, 200, "{rotated}");
    assert_ne!(rotated.body["secret"], made.body["secret"]);
    assert_eq!(rotated.body["token"]["former_until"], "2026-01-31T11:30:00Z");
    let mistaken = world.post(&path, &world.ana, json!({"days": 0})).await;
    assert_eq!(mistaken.status, 422, "{mistaken}");
    let all = world.delete("/tokens", &world.ana).await;
    assert_eq!(all.body, json!({"revoked": 1}), "{all}");
}
