//! Hooks by the API, and what stands at their addresses. What becomes of builds is told in the rules of the use cases.

use crate::support::{Answer, World};
use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};

const HOOKS: &str = "/projects/shop/integrations/checkout/hooks";

async fn make(world: &World) -> (String, String) {
    let made = world.post(HOOKS, &world.ana, json!({"title": "Registry", "source": "distribution"})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made}");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    (text(&made.body["hook"]["id"]), text(&made.body["secret"]))
}

async fn send(world: &World, id: &str, secret: &str, body: impl Into<Body>) -> Answer {
    let request = Request::post(format!("/hooks/{id}"))
        .header("x-request-id", "a-request")
        .header("authorization", format!("Bearer {secret}"));
    world.send(request.body(body.into()).expect("a request")).await
}

#[tokio::test]
async fn a_webhook_is_taken_kept_and_replayed() {
    let world = World::with_shop().await;
    let (id, secret) = make(&world).await;
    let digest = world.push("qa", "1.0").await;
    let target =
        json!({"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest, "tag": "1.0"});
    let body = json!({"events": [{"action": "push", "target": target}]}).to_string();
    let taken = send(&world, &id, &secret, body.clone()).await;
    assert_eq!(taken.status, StatusCode::ACCEPTED, "{taken}");
    assert_eq!(taken.body["verdict"], "not_here", "it was pushed into a bucket, and not to the integration");
    let again = send(&world, &id, &secret, body).await;
    assert_eq!(again.body, taken.body);
    let listed = world.get(&format!("/hooks/{id}/deliveries"), &world.ana).await;
    assert_eq!(listed.body["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(listed.body["items"][0]["headers"], json!({}), "no secret stands there");
    let delivery = taken.body["delivery"].as_str().expect("an id");
    let replayed =
        world.post(&format!("/hooks/{id}/deliveries/{delivery}/replay"), &world.ana, Value::Null).await;
    assert_eq!(replayed.body["verdict"], "not_here", "{replayed}");
    assert_ne!(replayed.body["replayed_at"], Value::Null);
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_with_the_right_status() {
    let world = World::with_shop().await;
    let (id, secret) = make(&world).await;
    let wrong = send(&world, &id, "wrong", "{}").await;
    insta::assert_snapshot!(wrong, @r#"
    401 Unauthorized
    www-authenticate: Bearer realm="towpath"
    {
      "detail": "There is no such hook, or this request is not signed with its secret. The hook's page tells its owner why.",
      "request_id": "a-request",
      "status": 401,
      "title": "Sign in first",
      "type": "/problems/unauthenticated"
    }
    "#);
    insta::assert_snapshot!(send(&world, &id, &secret, "{").await, @r#"
    422 Unprocessable Entity
    {
      "detail": "The body cannot be read as one of Distribution registry: it is no JSON, EOF while parsing an object at line 1 column 1.",
      "request_id": "a-request",
      "status": 422,
      "title": "Something in the request is wrong",
      "type": "/problems/invalid"
    }
    "#);
    let large = send(&world, &id, &secret, vec![b' '; 1024 * 1024 + 1]).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE, "{large}");
    for unknown in ["00000000-0000-7000-8000-000000000000", "nothing"] {
        let missing = send(&world, unknown, &secret, "{}").await;
        assert_eq!(missing.body, wrong.body, "nobody learns which hooks there are");
    }
    let bare = Request::post(format!("/hooks/{id}")).body(Body::from("{}")).expect("a request");
    assert_eq!(world.send(bare).await.status, StatusCode::UNAUTHORIZED);
    let gone = format!("/hooks/{id}");
    assert_eq!(world.delete(&gone, &world.ana).await.status, StatusCode::NO_CONTENT);
    assert_eq!(send(&world, &id, &secret, "{}").await.body, wrong.body);
}

#[tokio::test]
async fn a_new_secret_is_shown_once() {
    let world = World::with_shop().await;
    let (id, before) = make(&world).await;
    let rotated = world.post(&format!("/hooks/{id}/rotation"), &world.ana, Value::Null).await;
    let after = rotated.body["secret"].as_str().expect("a secret");
    assert_ne!(before, after);
    for secret in [&before, after] {
        let body = json!({"events": [], "id": secret.len()}).to_string();
        assert_eq!(send(&world, &id, secret, body).await.status, StatusCode::ACCEPTED);
    }
    let listed = world.get(HOOKS, &world.ana).await;
    assert_eq!(listed.body["items"][0]["address"], format!("https://towpath.example/hooks/{id}"));
    assert!(!listed.body.to_string().contains(after));
}
