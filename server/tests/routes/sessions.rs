//! Signing in without a browser, and who one is then.

use crate::support::{PASSWORD, World};
use insta::assert_snapshot;
use serde_json::json;

#[tokio::test]
async fn a_session_begins_works_and_ends() {
    let world = World::new().await;
    let new = json!({"email": "ana@example.org", "password": PASSWORD});
    let begun = world.post("/sessions", "", new).await;
    assert_snapshot!(begun, @r#"
    201 Created
    {
      "expires_at": "2026-01-31T21:30:00Z",
      "session": "[secret]"
    }
    "#);
    let session = begun.body["session"].as_str().unwrap();
    assert_snapshot!(world.get("/me", session).await, @r#"
    200 OK
    {
      "credential": "session",
      "expires_at": "2026-01-31T21:30:00Z",
      "grants": [
        {
          "place": "installation",
          "role": "admin",
          "words": "the whole installation"
        }
      ],
      "person": {
        "email": "ana@example.org",
        "id": "[id]",
        "joined_at": "2026-01-31T09:30:00Z",
        "name": "Ana"
      }
    }
    "#);
    assert_eq!(world.delete("/sessions/current", session).await.status, 204);
    assert_snapshot!(world.get("/me", session).await, @r#"
    401 Unauthorized
    www-authenticate: Bearer realm="towpath"
    {
      "detail": "This session is not known here or has ended. Sign in again.",
      "request_id": "a-request",
      "status": 401,
      "title": "Sign in first",
      "type": "/problems/unauthenticated"
    }
    "#);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_get_the_same_answer() {
    let world = World::new().await;
    let wrong = json!({"email": "ana@example.org", "password": "wrong horse battery"});
    let unknown = json!({"email": "eve@example.org", "password": PASSWORD});
    let wrong = world.post("/sessions", "", wrong).await;
    assert_snapshot!(wrong, @r#"
    401 Unauthorized
    www-authenticate: Bearer realm="towpath"
    {
      "detail": "The e-mail address or the password is wrong.",
      "request_id": "a-request",
      "status": 401,
      "title": "Sign in first",
      "type": "/problems/unauthenticated"
    }
    "#);
    assert_eq!(world.post("/sessions", "", unknown).await.body, wrong.body);
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let world = World::new().await;
    let guess = json!({"email": "ana@example.org", "password": "wrong horse battery"});
    let mut answer = world.post("/sessions", "", guess.clone()).await;
    for _ in 0..100 {
        if answer.status == 429 {
            break;
        }
        answer = world.post("/sessions", "", guess.clone()).await;
    }
    assert_eq!(answer.status, 429);
    assert_eq!(answer.body["type"], "/problems/too-many-requests");
    assert!(answer.to_string().contains("retry-after: "));
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let world = World::new().await;
    world.pass(12 * 3_600 - 1);
    assert_eq!(world.get("/me", &world.ana).await.status, 200);
    world.pass(1);
    assert_eq!(world.get("/me", &world.ana).await.status, 401);
}

#[tokio::test]
async fn a_token_is_no_session() {
    let world = World::new().await;
    let token = world.token(&["view"], "").await;
    assert_snapshot!(world.delete("/sessions/current", &token).await, @r#"
    409 Conflict
    {
      "detail": "A token is no session. Revoke it with DELETE /api/v1/tokens/ and its id.",
      "request_id": "a-request",
      "status": 409,
      "title": "Something stands against it",
      "type": "/problems/conflict"
    }
    "#);
    let me = world.get("/me", &token).await;
    assert_eq!((&me.body["credential"], &me.body["actions"]), (&json!("token"), &json!(["view"])));
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_their_public_ids() {
    let world = World::new().await;
    let new = json!({"email": "ana@example.org", "password": PASSWORD});
    let begun = world.post("/sessions", "", new).await;
    let other = begun.body["session"].as_str().unwrap();
    let listed = world.get("/me/sessions", &world.ana).await;
    assert_snapshot!(listed, @r#"
    200 OK
    {
      "items": [
        {
          "address": "127.0.0.1",
          "agent": "The command towpath",
          "current": true,
          "expires_at": "2026-01-31T21:30:00Z",
          "id": "[id]",
          "signed_in_at": "2026-01-31T09:30:00Z",
          "used_at": "2026-01-31T09:30:00Z"
        },
        {
          "address": "0.0.0.0",
          "agent": "An unknown browser",
          "current": false,
          "expires_at": "2026-01-31T21:30:00Z",
          "id": "[id]",
          "signed_in_at": "2026-01-31T09:30:00Z",
          "used_at": "2026-01-31T09:30:00Z"
        }
      ]
    }
    "#);
    let path = format!("/me/sessions/{}", listed.body["items"][1]["id"].as_str().unwrap());
    let dev = world.person("Dev", "developer", "installation").await;
    assert_eq!(world.delete(&path, &dev).await.status, 404, "it is not hers");
    assert_eq!(world.delete(&path, &world.ana).await.status, 204);
    assert_eq!(world.get("/me", other).await.status, 401);
    assert_eq!(world.delete(&path, &world.ana).await.status, 404);
    assert_eq!(world.delete("/me/sessions/none", &world.ana).await.status, 404);
}

#[tokio::test]
async fn a_token_does_not_see_the_sessions_of_its_owner() {
    let world = World::new().await;
    let token = world.token(&["view"], "").await;
    assert_snapshot!(world.get("/me/sessions", &token).await, @r#"
    409 Conflict
    {
      "detail": "A token cannot see or change its owner’s account. Sign in.",
      "request_id": "a-request",
      "status": 409,
      "title": "A rule blocks it",
      "type": "/problems/blocked"
    }
    "#);
}
