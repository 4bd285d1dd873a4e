//! Subscriptions by the API. What is sent, and when, is told in the rules of the use cases.

use crate::support::World;
use http::StatusCode;
use serde_json::{Value, json};
use towpath_api::subscriptions::EventMessage;

fn deployer() -> Value {
    json!({"project": "shop", "title": "Deployer", "address": "https://localhost/in?key=1", "format": "standard",
           "signing": "hmac", "kinds": ["rolled_back"], "integration": "checkout", "stage": "prod"})
}

#[tokio::test]
async fn a_subscription_is_made_shown_and_deleted() {
    let world = World::with_shop().await;
    let made = world.post("/subscriptions", &world.ana, deployer()).await;
    insta::assert_snapshot!(redact(&made.to_string()), @r##"
    201 Created
    location: /api/v1/subscriptions/[id]
    {
      "secret": "whsec_…",
      "subscription": {
        "address": "https://localhost/…",
        "created_at": "2026-01-31T09:30:00Z",
        "format": "standard",
        "id": "[id]",
        "integration": "checkout",
        "kinds": [
          "rolled_back"
        ],
        "project": "shop",
        "signing": "hmac",
        "stage": "prod",
        "title": "Deployer"
      }
    }
    "##);
    let id = made.body["subscription"]["id"].as_str().expect("an id");
    let one = format!("/subscriptions/{id}");
    let shown = world.get(&one, &world.ana).await;
    assert_eq!(shown.body, made.body["subscription"], "without the secret");
    let listed = world.get("/subscriptions?project=shop", &world.ana).await;
    assert_eq!(listed.body["items"], json!([shown.body]));
    assert_eq!(world.get("/subscriptions", &world.ana).await.body["items"], json!([]));
    assert_eq!(world.delete(&one, &world.ana).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.get(&one, &world.ana).await.status, StatusCode::NOT_FOUND);
    let told = world.get("/timeline?project=shop&limit=2", &world.ana).await;
    assert_eq!(told.body["items"][0]["sentence"], "deleted the subscription Deployer in shop");
    assert_eq!(
        told.body["items"][1]["sentence"],
        "subscribed https://localhost/… to events as Deployer in shop"
    );
}

#[tokio::test]
async fn what_is_wrong_is_told_where_it_stands() {
    let world = World::with_shop().await;
    let wrong = json!({"project": "shop", "title": "", "address": "ftp://example.org", "format": "telex",
                       "kinds": ["exploded"], "stage": "PROD"});
    insta::assert_snapshot!(world.post("/subscriptions", &world.ana, wrong).await, @r##"
    422 Unprocessable Entity
    {
      "detail": "5 things in the request are wrong.",
      "errors": [
        {
          "detail": "Fill this in.",
          "pointer": "#/title"
        },
        {
          "detail": "Enter an address that starts with https:// or http://.",
          "pointer": "#/address"
        },
        {
          "detail": "Choose one of the formats.",
          "pointer": "#/format"
        },
        {
          "detail": "There is no kind of event called “exploded”.",
          "pointer": "#/kinds"
        },
        {
          "detail": "Start with a lowercase letter.",
          "pointer": "#/stage"
        }
      ],
      "request_id": "a-request",
      "status": 422,
      "title": "Something in the request is wrong",
      "type": "/problems/invalid"
    }
    "##);
    let inside =
        json!({"title": "All", "address": "https://10.0.0.1/", "format": "slack", "integration": "x"});
    insta::assert_snapshot!(world.post("/subscriptions", &world.ana, inside).await, @r##"
    422 Unprocessable Entity
    {
      "detail": "Subscribe in the project of the integration, not in the installation.",
      "errors": [
        {
          "detail": "Subscribe in the project of the integration, not in the installation.",
          "pointer": "#/integration"
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
async fn the_same_request_makes_one_subscription() {
    let world = World::with_shop().await;
    let send = async || {
        let request = crate::support::request("POST", "/subscriptions", &world.ana)
            .header("content-type", "application/json")
            .header("idempotency-key", "once");
        world.send(request.body(deployer().to_string().into()).expect("a request")).await
    };
    assert_eq!(send().await.status, StatusCode::CREATED);
    assert_eq!(send().await.status, StatusCode::CONFLICT, "its secret is not shown again");
    let listed = world.get("/subscriptions?project=shop", &world.ana).await;
    assert_eq!(listed.body["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_message_is_what_the_description_says() {
    let world = World::with_shop().await;
    let made = world.post("/subscriptions", &world.ana, deployer()).await;
    let one = format!("/subscriptions/{}", made.body["subscription"]["id"].as_str().expect("an id"));
    let tried = world.post(&format!("{one}/test"), &world.ana, Value::Null).await;
    assert_eq!(tried.body["state"], "failed", "{tried}");
    let request = tried.body["last_attempt"]["request"].as_str().expect("a body");
    let message: EventMessage = serde_json::from_str(request).expect("has no member that is not described");
    assert_eq!((message.kind.as_str(), message.data.who.as_str()), ("test", "Ana"));
    let again = format!("{one}/deliveries/{}/replay", tried.body["id"].as_str().expect("an id"));
    assert_eq!(world.post(&again, &world.ana, Value::Null).await.status, StatusCode::OK);
    let first = world.get(&format!("{one}/deliveries?limit=1"), &world.ana).await;
    let next = first.body["next"].as_str().expect("there are two");
    let second = world.get(&format!("{one}/deliveries?limit=1&cursor={next}"), &world.ana).await;
    assert_eq!(second.body["items"][0]["id"], tried.body["id"]);
    assert_eq!(second.body["next"], Value::Null);
}

fn redact(text: &str) -> String {
    let (before, rest) = text.split_once("whsec_").expect("a secret");
    let (_, after) = rest.split_once('"').expect("its end");
    format!("{before}whsec_…\"{after}")
}
