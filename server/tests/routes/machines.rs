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
    for hidden in ["/projects/shop", "/projects/shop/environments/staging/images", &format!("{path}/pins")] {
        assert_eq!(world.get(hidden, secret).await.status, 404, "{hidden}");
    }
    let listed = world.get(&format!("{path}/read-tokens"), &world.ana).await;
    assert_eq!(listed.body["items"][0]["title"], "Cluster");
}
