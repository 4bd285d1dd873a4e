//! Who may do what, and machines that act: service accounts and read tokens.

use crate::support::World;
use insta::assert_snapshot;
use serde_json::json;

#[tokio::test]
async fn who_may_do_something_is_told_with_the_roles_through_which_they_do() {
    let world = World::with_shop().await;
    world.person("Dora", "developer", "project:shop").await;
    assert_snapshot!(world.get("/rights?action=push&place=environment:shop/qa", &world.ana).await, @r#"
    200 OK
    {
      "action": "push",
      "anybody": false,
      "items": [
        {
          "kind": "person",
          "name": "Ana",
          "person": "[id]",
          "through": [
            {
              "outside_production": false,
              "place": "the whole installation",
              "role": "admin"
            }
          ]
        },
        {
          "kind": "person",
          "name": "Dora",
          "person": "[id]",
          "through": [
            {
              "outside_production": false,
              "place": "the project shop",
              "role": "developer"
            }
          ]
        }
      ],
      "partly": [],
      "place": "the environment shop/qa"
    }
    "#);
    let unknown = world.get("/rights?action=fly&place=project:shop", &world.ana).await;
    assert_eq!(unknown.status, 422, "{unknown}");
    let nowhere = world.get("/rights?action=push&place=project:nowhere", &world.ana).await;
    assert_eq!(nowhere.status, 404, "{nowhere}");
}

#[tokio::test]
async fn a_service_account_has_roles_and_tokens_of_its_own() {
    let world = World::with_shop().await;
    let made = world.post("/service-accounts", &world.ana, json!({"name": "Robot", "project": "shop"})).await;
    assert_eq!(made.status, 201, "{made}");
    let path = format!("/service-accounts/{}", made.body["id"].as_str().expect("an id"));
    let role = json!({"role": "developer", "place": "project:shop"});
    assert_eq!(world.post(&format!("{path}/roles"), &world.ana, role).await.status, 204);
    let new = json!({"title": "Cluster", "actions": ["view"], "days": 9});
    let token = world.post(&format!("{path}/tokens"), &world.ana, new).await;
    let secret = token.body["secret"].as_str().expect("a secret").to_owned();
    let me = world.get("/me", &secret).await;
    assert_eq!(me.body["person"]["name"], "Robot");
    assert_eq!(world.get("/projects/shop", &secret).await.status, 200);
    let seen = world.get(&path, &world.ana).await;
    assert_eq!(seen.body["tokens"][0]["title"], "Cluster");
    assert_eq!(seen.body["roles"][0]["role"], "developer");
    assert_eq!(world.post(&format!("{path}/disable"), &world.ana, json!({})).await.status, 204);
    assert_eq!(world.get("/projects/shop", &secret).await.status, 401);
    assert_eq!(world.delete(&path, &world.ana).await.status, 204);
    assert_eq!(world.get(&path, &world.ana).await.status, 404);
}

#[tokio::test]
async fn a_read_token_resolves_its_environment_and_finds_nothing_else() {
    let world = World::with_shop().await;
    world.push("qa", "1.0").await;
    let path = "/projects/shop/environments/qa";
    let new = json!({"title": "Cluster", "days": 9});
    let made = world.post(&format!("{path}/read-tokens"), &world.ana, new).await;
    assert_eq!(made.status, 201, "{made}");
    let secret = made.body["secret"].as_str().expect("a secret");
    let images = world.get(&format!("{path}/images"), secret).await;
    assert_eq!(images.body["images"][0]["tag"], "1.0", "{images}");
    let elsewhere = world.get("/projects/shop/environments/staging/images", secret).await;
    assert_eq!(elsewhere.status, 404, "{elsewhere}");
    for other in
        ["/projects/shop", "/me", "/tokens", "/streams", "/audit/checkpoint", &format!("{path}/pins")]
    {
        let refused = world.get(other, secret).await;
        assert_eq!(refused.status, 403, "{other}: {refused}");
        assert!(refused.to_string().contains("A read token resolves its environment"), "{refused}");
    }
    let listed = world.get(&format!("{path}/read-tokens"), &world.ana).await;
    assert_eq!(listed.body["items"][0]["title"], "Cluster");
    assert_eq!(listed.body["items"][0]["environment"], "shop / qa");
    assert_eq!(listed.body["items"][0]["made_by"], json!(["Ana"]));
}

#[tokio::test]
async fn another_secret_waits_for_the_end_of_an_overlap_unless_that_is_ended() {
    let world = World::with_shop().await;
    let new = json!({"title": "CI", "actions": ["view"], "days": 30});
    let made = world.post("/tokens", &world.ana, new).await;
    let path = format!("/tokens/{}/rotation", made.body["token"]["id"].as_str().expect("an id"));
    assert_eq!(world.post(&path, &world.ana, json!({"days": 30})).await.status, 200);
    let refused = world.post(&path, &world.ana, json!({"days": 30})).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.body["errors"][0]["pointer"]),
        (422, &json!("#/end_overlap"))
    );
    let wrong = world.post(&path, &world.ana, json!({"days": 30, "overlap_hours": 721})).await;
    assert_eq!(wrong.body["errors"][0]["pointer"], "#/overlap_hours");
    let ended = world.post(&path, &world.ana, json!({"days": 30, "end_overlap": true})).await;
    assert_eq!(ended.status, 200, "{ended}");
}

#[tokio::test]
async fn the_tokens_of_a_service_account_end_at_once_and_its_name_is_its_own() {
    let world = World::with_shop().await;
    let new = json!({"name": "Robot", "project": "shop"});
    let made = world.post("/service-accounts", &world.ana, new.clone()).await;
    let twice = world.post("/service-accounts", &world.ana, new).await;
    assert_eq!((twice.status.as_u16(), &twice.body["errors"][0]["pointer"]), (422, &json!("#/name")));
    let path = format!("/service-accounts/{}/tokens", made.body["id"].as_str().expect("an id"));
    let token = json!({"title": "Cluster", "actions": ["view"], "days": 9});
    let token = world.post(&path, &world.ana, token).await;
    let ended = world.delete(&path, &world.ana).await;
    assert_eq!((ended.status.as_u16(), &ended.body["revoked"]), (200, &json!(1)));
    assert_eq!(world.get("/me", token.body["secret"].as_str().expect("a secret")).await.status, 401);
}

#[tokio::test]
async fn a_trust_root_is_taken_by_its_own_fields_alone() {
    let world = World::with_shop().await;
    let path = "/projects/shop/trust-roots";
    let unknown = json!({"name": "release", "kind": "key", "key": "none", "pem": "none"});
    let refused = world.post(path, &world.ana, unknown).await;
    assert_eq!(refused.status, 422, "{refused}");
    assert!(refused.to_string().contains("pem"), "{refused}");
    let wrong = world.post(path, &world.ana, json!({"name": "Release!", "kind": "key", "key": ""})).await;
    let pointers = ["#/name", "#/key"].map(|pointer| json!(pointer));
    let told: Vec<_> = (0..2).map(|at| wrong.body["errors"][at]["pointer"].clone()).collect();
    assert_eq!(told, pointers, "{wrong}");
}
