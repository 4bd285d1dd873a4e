//! What an environment should run, for those that deploy it.

use crate::support::{Answer, World, request};
use axum::body::Body;
use serde_json::json;
use std::time::Duration;
use tokio::time::sleep;

const QA: &str = "/projects/shop/environments/qa";

/// Asks for the images of `qa`, where they are others than what an entity tag names.
async fn newer(world: &World, secret: &str, tag: &str, wait: u64) -> Answer {
    let request = request("GET", &format!("{QA}/images?wait={wait}"), secret).header("if-none-match", tag);
    world.send(request.body(Body::empty()).expect("a request")).await
}

async fn read_token(world: &World) -> (String, String) {
    let new = json!({"title": "Cluster", "days": 9});
    let made = world.post(&format!("{QA}/read-tokens"), &world.ana, new).await;
    let part = |part: &serde_json::Value| part.as_str().expect("text").to_owned();
    (part(&made.body["token"]["id"]), part(&made.body["secret"]))
}

fn tag(answer: &Answer) -> String {
    answer.header("etag").expect("an entity tag").to_owned()
}

#[tokio::test]
async fn what_should_run_has_an_entity_tag_until_it_changes() {
    let world = World::with_shop().await;
    let (_, secret) = read_token(&world).await;
    let none = tag(&world.get(&format!("{QA}/images"), &secret).await);
    let digest = world.push("qa", "1.0").await;
    let first = newer(&world, &secret, &none, 0).await;
    assert_eq!((first.status.as_u16(), tag(&first) == none), (200, false));

    let same = newer(&world, &secret, &format!("\"other\", {}", tag(&first)), 0).await;
    assert_eq!((same.status.as_u16(), same.body.as_str(), tag(&same)), (304, Some(""), tag(&first)));
    // What runs there is no other thing to run.
    let report = json!({"service": "checkout", "digest": digest, "outcome": "succeeded"});
    assert_eq!(world.post(&format!("{QA}/deployments"), &world.ana, report).await.status, 201);
    assert_eq!(newer(&world, &secret, &tag(&first), 0).await.status, 304);

    world.push("qa", "1.1").await;
    let second = newer(&world, &secret, &tag(&first), 0).await;
    assert_eq!(second.body["images"][0]["tag"], "1.1");
    let digest = second.body["images"][0]["digest"].as_str().expect("a digest");
    let bad = json!({"on": format!("build:{digest}"), "reason": "It loses carts."});
    assert_eq!(world.post("/holds", &world.ana, bad).await.status, 201);
    assert_eq!(newer(&world, &secret, &tag(&second), 0).await.body["images"][0]["bad"], true);
}

#[tokio::test]
async fn a_deployer_waits_for_the_next_change() {
    let world = World::with_shop().await;
    world.push("qa", "1.0").await;
    let (id, secret) = read_token(&world).await;
    let known = tag(&world.get(&format!("{QA}/images"), &secret).await);
    let (heard, _) = tokio::join!(newer(&world, &secret, &known, 50), async {
        sleep(Duration::from_millis(50)).await;
        world.push("qa", "1.1").await
    });
    assert_eq!((heard.status.as_u16(), &heard.body["images"][0]["tag"]), (200, &json!("1.1")));

    let known = tag(&heard);
    assert_eq!(newer(&world, &secret, &known, 1).await.status, 304);
    let (ended, _) = tokio::join!(newer(&world, &secret, &known, 50), async {
        sleep(Duration::from_millis(50)).await;
        world.delete(&format!("/tokens/{id}"), &world.ana).await
    });
    assert_eq!(ended.status, 401, "{ended}");
}

#[tokio::test]
async fn nobody_waits_for_ever() {
    let world = World::with_shop().await;
    for wait in ["51", "-1", "soon"] {
        let refused = world.get(&format!("{QA}/images?wait={wait}"), &world.ana).await;
        assert!(refused.status.is_client_error(), "{wait}: {refused}");
    }
}

#[tokio::test]
async fn an_application_set_gets_the_parameters_of_each_service() {
    let world = World::with_shop().await;
    let (_, secret) = read_token(&world).await;
    let call = |parameters| json!({"applicationSetName": "shop-qa", "input": {"parameters": parameters}});
    let qa = json!({"project": "shop", "environment": "qa", "cluster": "east"});
    let refused = world.post("/getparams.execute", &secret, call(qa.clone())).await;
    assert_eq!(refused.status, 409, "{refused}");
    let detail = refused.body["detail"].as_str().expect("a detail");
    assert!(detail.contains("checkout has no image") && detail.contains("missing: skip"), "{detail}");
    let skipping = json!({"project": "shop", "environment": "qa", "missing": "skip"});
    let none = world.post("/getparams.execute", &secret, call(skipping)).await;
    assert_eq!(none.body, json!({"output": {"parameters": []}}));

    let digest = world.push("qa", "1.0").await;
    let generated = world.post("/getparams.execute", &secret, call(qa)).await;
    let expected = json!({"output": {"parameters": [{
        "project": "shop", "environment": "qa", "stream": "qa", "service": "checkout", "tag": "1.0", "digest": digest,
        "repository": "towpath.example/shop/checkout/qa", "image": format!("towpath.example/shop/checkout/qa@{digest}"),
        "source": "bucket",
    }]}});
    assert_eq!(generated.body, expected);

    let elsewhere = json!({"project": "shop", "environment": "staging"});
    assert_eq!(world.post("/getparams.execute", &secret, call(elsewhere)).await.status, 404);
    let wrong = world.post("/getparams.execute", &secret, call(json!({"project": "shop"}))).await;
    assert_eq!(
        (wrong.status.as_u16(), &wrong.body["errors"][0]["pointer"]),
        (422, &json!("#/input/parameters/environment")),
        "{wrong}"
    );
}
