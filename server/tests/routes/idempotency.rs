//! `Idempotency-Key`: what is sent again is answered as before and not done again.

use crate::support::{Answer, PASSWORD, World, request};
use axum::body::Body;
use serde_json::{Value, json};

async fn post(world: &World, secret: &str, path: &str, key: &str, body: &Value) -> Answer {
    let request = request("POST", path, secret).header("idempotency-key", key);
    let request = request.header("content-type", "application/json");
    world.send(request.body(Body::from(body.to_string())).expect("a request")).await
}

fn bank() -> Value {
    json!({"slug": "bank", "title": "Bank"})
}

#[tokio::test]
async fn the_same_request_with_its_key_is_done_once() {
    let world = World::new().await;
    let first = post(&world, &world.ana, "/projects", "k-1", &bank()).await;
    assert_eq!((first.status.as_u16(), first.header("idempotency-replayed")), (201, None));
    world.pass(3_600);
    let again = post(&world, &world.ana, "/projects", "k-1", &bank()).await;
    assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (201, Some("true")));
    assert_eq!(again.body, first.body);
    assert_eq!(again.header("location"), Some("/api/v1/projects/bank"));
    assert_eq!(again.header("content-type"), Some("application/json"));
    // Without the key it is another request.
    assert_eq!(world.post("/projects", &world.ana, bank()).await.status, 422);
}

#[tokio::test]
async fn a_key_stands_for_one_request_of_one_caller_for_a_day() {
    let world = World::new().await;
    post(&world, &world.ana, "/projects", "k-1", &bank()).await;
    let other = json!({"slug": "mint", "title": "Mint"});
    let refused = post(&world, &world.ana, "/projects", "k-1", &other).await;
    assert_eq!((refused.status.as_u16(), &refused.body["type"]), (422, &json!("/problems/invalid")));
    let elsewhere = post(&world, &world.ana, "/projects/bank/archive", "k-1", &bank()).await;
    assert_eq!(elsewhere.status, 422, "the address counts");
    let ben = world.person("Ben", "admin", "installation").await;
    assert_eq!(post(&world, &ben, "/projects", "k-1", &other).await.status, 201, "keys are the caller's own");
    world.pass(24 * 3_600);
    let third = json!({"slug": "vault", "title": "Vault"});
    let again = json!({"email": "ana@example.org", "password": PASSWORD});
    let session =
        world.post("/sessions", "", again).await.body["session"].as_str().expect("a session").to_owned();
    assert_eq!(post(&world, &session, "/projects", "k-1", &third).await.status, 201);
}

#[tokio::test]
async fn what_fails_frees_its_key() {
    let world = World::new().await;
    let wrong = json!({"slug": "Bank", "title": "Bank"});
    assert_eq!(post(&world, &world.ana, "/projects", "k-1", &wrong).await.status, 422);
    assert_eq!(post(&world, &world.ana, "/projects", "k-1", &bank()).await.status, 201);
    let viewer = world.person("Vic", "viewer", "installation").await;
    let mint = json!({"slug": "mint", "title": "Mint"});
    assert_eq!(post(&world, &viewer, "/projects", "k-1", &mint).await.status, 403);
}

#[tokio::test]
async fn a_secret_is_not_kept_to_be_told_again() {
    let world = World::new().await;
    let new = json!({"title": "CI", "actions": ["view"], "scope": "", "days": 30});
    let first = post(&world, &world.ana, "/tokens", "k-1", &new).await;
    assert_eq!(first.status, 201);
    let again = post(&world, &world.ana, "/tokens", "k-1", &new).await;
    assert_eq!((again.status.as_u16(), &again.body["type"]), (409, &json!("/problems/conflict")));
    let tokens = world.get("/tokens", &world.ana).await.body["items"].as_array().map(Vec::len);
    assert_eq!(tokens, Some(1), "it was made once");
    let invitation = json!({"email": "mei@example.org", "role": "viewer", "place": "installation"});
    assert_eq!(post(&world, &world.ana, "/invitations", "k-2", &invitation).await.status, 201);
    assert_eq!(post(&world, &world.ana, "/invitations", "k-2", &invitation).await.status, 409);
}

#[tokio::test]
async fn many_at_once_with_one_key_do_it_once() {
    let world = World::with_shop().await;
    let hold = json!({"on": "project:shop", "reason": "Payments are down."});
    let sent = (0..16).map(|_| post(&world, &world.ana, "/holds", "k-1", &hold));
    let answers = futures::future::join_all(sent).await;
    for answer in &answers {
        assert!(matches!(answer.status.as_u16(), 201 | 409), "{answer}");
    }
    assert!(answers.iter().any(|answer| answer.status == 201));
    let holds = world.get("/holds", &world.ana).await.body["items"].as_array().map(Vec::len);
    assert_eq!(holds, Some(1));
}

#[tokio::test]
async fn what_is_no_key_is_refused_and_reading_needs_none() {
    let world = World::new().await;
    for key in ["", " ", "a b", "ü", &"k".repeat(256)] {
        let refused = post(&world, &world.ana, "/projects", key, &bank()).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.body["type"]),
            (400, &json!("/problems/malformed")),
            "{key}"
        );
    }
    assert_eq!(post(&world, "tpt_0", "/projects", "k-1", &bank()).await.status, 401);
    let reading = request("GET", "/projects", &world.ana).header("idempotency-key", "k-1");
    let read = world.send(reading.body(Body::empty()).expect("a request")).await;
    assert_eq!((read.status.as_u16(), read.header("idempotency-replayed")), (200, None));
}
