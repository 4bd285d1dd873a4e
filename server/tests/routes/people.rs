//! People, invitations and role bindings.

use crate::support::World;
use insta::assert_snapshot;
use serde_json::json;

#[tokio::test]
async fn who_has_no_account_is_invited_by_a_link() {
    let world = World::with_shop().await;
    let new = json!({"email": "rita@example.org", "role": "release-manager", "place": "project:shop"});
    assert_snapshot!(world.post("/invitations", &world.ana, new).await, @r#"
    201 Created
    location: /api/v1/people
    {
      "link": "https://towpath.example/join/[secret]",
      "outcome": "invited"
    }
    "#);
    let people = world.get("/people", &world.ana).await;
    assert_eq!(people.body["invitations"][0]["email"], "rita@example.org");
}

#[tokio::test]
async fn who_has_an_account_is_given_the_role_and_it_is_taken_away_again() {
    let world = World::with_shop().await;
    let dev = world.person("Dev", "developer", "project:shop").await;
    let new = json!({"email": "dev@example.org", "role": "auditor", "place": "installation"});
    assert_snapshot!(world.post("/invitations", &world.ana, new.clone()).await, @r#"
    200 OK
    {
      "outcome": "granted"
    }
    "#);
    assert_snapshot!(world.post("/invitations", &world.ana, new).await, @r#"
    409 Conflict
    {
      "detail": "They hold this role there already.",
      "request_id": "a-request",
      "status": 409,
      "title": "Something stands against it",
      "type": "/problems/conflict"
    }
    "#);
    let people = world.get("/people", &world.ana).await;
    let members = people.body["items"].as_array().unwrap();
    let roles = members.iter().flat_map(|member| member["roles"].as_array().unwrap());
    let role = roles.clone().find(|role| role["role"] == "auditor").unwrap();
    let path = format!("/bindings/{}", role["binding"].as_str().unwrap());
    assert_snapshot!(world.delete(&path, &dev).await, @r#"
    403 Forbidden
    {
      "detail": "You need the permission “manage people” here. Admins have it; an admin can grant the role.",
      "permission": "manage_people",
      "request_id": "a-request",
      "status": 403,
      "title": "You may not do this",
      "type": "/problems/forbidden"
    }
    "#);
    assert_eq!(world.delete(&path, &world.ana).await.status, 204);
    assert_eq!(world.delete(&path, &world.ana).await.status, 404);
}

#[tokio::test]
async fn the_last_admin_stays() {
    let world = World::new().await;
    let people = world.get("/people", &world.ana).await;
    let path = format!("/bindings/{}", people.body["items"][0]["roles"][0]["binding"].as_str().unwrap());
    assert_snapshot!(world.delete(&path, &world.ana).await, @r#"
    409 Conflict
    {
      "detail": "The installation keeps at least one admin.",
      "request_id": "a-request",
      "status": 409,
      "title": "A rule blocks it",
      "type": "/problems/blocked"
    }
    "#);
}

#[tokio::test]
async fn every_mistake_of_an_invitation_is_told() {
    let world = World::new().await;
    let new = json!({"email": "rita", "role": "Queen", "place": ""});
    assert_snapshot!(world.post("/invitations", &world.ana, new).await, @r##"
    422 Unprocessable Entity
    {
      "detail": "3 things in the request are wrong.",
      "errors": [
        {
          "detail": "Enter an e-mail address such as name@example.org.",
          "pointer": "#/email"
        },
        {
          "detail": "Choose a role.",
          "pointer": "#/role"
        },
        {
          "detail": "Choose where the role holds.",
          "pointer": "#/place"
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
async fn an_invitation_is_withdrawn_by_its_id() {
    let world = World::with_shop().await;
    let new = json!({"email": "rita@example.org", "role": "viewer", "place": "project:shop"});
    world.post("/invitations", &world.ana, new).await;
    let people = world.get("/people", &world.ana).await;
    let path = format!("/invitations/{}", people.body["invitations"][0]["id"].as_str().unwrap());
    let dev = world.person("Dev", "developer", "project:shop").await;
    assert_eq!(world.delete(&path, &dev).await.status, 403);
    assert_eq!(world.delete(&path, &world.ana).await.status, 204);
    assert_eq!(world.delete(&path, &world.ana).await.status, 404);
    let people = world.get("/people", &world.ana).await;
    assert_eq!(people.body["invitations"], json!([]));
}
