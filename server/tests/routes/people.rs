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
    assert_snapshot!(world.post("/invitations", &world.ana, new).await, @r##"
    422 Unprocessable Entity
    {
      "detail": "They hold this role there already.",
      "errors": [
        {
          "detail": "They hold this role there already.",
          "pointer": "#/role"
        }
      ],
      "request_id": "a-request",
      "status": 422,
      "title": "Something in the request is wrong",
      "type": "/problems/invalid"
    }
    "##);
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

#[tokio::test]
async fn a_role_of_ones_own_is_cloned_changed_held_and_deleted() {
    let world = World::with_shop().await;
    let dev = world.person("Dev", "developer", "project:shop").await;
    let new = json!({"slug": "deployer", "title": "Deployer", "from": "viewer", "permissions": {"pull": "", "push": "outside_production"}});
    let made = world.post("/roles", &world.ana, new.clone()).await;
    assert_eq!(made.status, 201, "{made}");
    assert_eq!(made.body["permissions"], json!({"view": "everywhere", "push": "outside_production"}));
    assert_eq!(world.post("/roles", &world.ana, new.clone()).await.status, 422, "the name is taken");
    assert_eq!(world.post("/roles", &dev, new).await.status, 403);
    let both =
        json!({"slug": "both", "title": "Both", "from": "admin", "permissions": {"approve": "everywhere"}});
    let refused = world.post("/roles", &world.ana, both).await;
    assert_eq!(refused.status, 422, "{refused}");
    assert_eq!(refused.body["errors"][0]["pointer"], "#/permissions/approve", "{refused}");

    let given = json!({"email": "dev@example.org", "role": "deployer", "place": "project:shop"});
    assert_eq!(world.post("/invitations", &world.ana, given).await.status, 200);
    let change = json!({"title": "Pusher", "permissions": {"push": "everywhere"}});
    let changed = world.put("/roles/deployer", &world.ana, change.clone()).await;
    assert_eq!(changed.status, 200, "{changed}");
    assert_eq!(changed.body["title"], "Pusher", "{changed}");
    let seen = world.get("/roles/deployer", &world.ana).await;
    assert_eq!(seen.body["held_by"][0]["name"], "Dev", "{seen}");
    let seen = world.get("/roles/deployer", &dev).await;
    assert_eq!(seen.status, 200, "{seen}");
    assert_eq!(seen.body.get("held_by"), None, "{seen}");
    let held = world.delete("/roles/deployer", &world.ana).await;
    assert_eq!(held.status, 409, "{held}");
    assert_eq!(world.put("/roles/viewer", &world.ana, change).await.status, 409, "it is built in");
    assert_eq!(world.get("/roles/nothing", &world.ana).await.status, 404);
}

#[tokio::test]
async fn a_group_gives_its_roles_to_its_members() {
    let world = World::with_shop().await;
    let dev = world.person("Dev", "developer", "project:shop").await;
    let made = world.post("/groups", &world.ana, json!({"slug": "crew", "title": "Crew"})).await;
    assert_eq!(made.status, 201, "{made}");
    let role = json!({"role": "release-manager", "place": "project:shop"});
    assert_eq!(world.post("/groups/crew/roles", &world.ana, role).await.status, 204);
    let member = json!({"email": "dev@example.org"});
    assert_eq!(world.post("/groups/crew/members", &dev, member.clone()).await.status, 403);
    assert_eq!(world.post("/groups/crew/members", &world.ana, member).await.status, 204);
    let nobody = world.post("/groups/crew/members", &world.ana, json!({"email": "no@example.org"})).await;
    assert_eq!(nobody.status, 422, "{nobody}");
    assert_eq!(nobody.body["errors"][0]["pointer"], "#/email", "{nobody}");
    let group = world.get("/groups/crew", &world.ana).await;
    assert_eq!(group.body["people"][0]["name"], "Dev", "{group}");
    let who = world.get("/rights?action=approve&place=project:shop", &dev).await;
    assert_eq!(who.body["items"][0]["through"][0]["group"], "crew", "{who}");
    let binding = group.body["roles"][0]["binding"].as_str().expect("an id").to_owned();
    assert_eq!(world.delete(&format!("/bindings/{binding}"), &world.ana).await.status, 404);
    assert_eq!(world.delete(&format!("/groups/crew/roles/{binding}"), &world.ana).await.status, 204);
    let person = group.body["people"][0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(world.delete(&format!("/groups/crew/members/{person}"), &world.ana).await.status, 204);
    assert_eq!(world.delete("/groups/crew", &world.ana).await.status, 204);
    assert_eq!(world.get("/groups/crew", &world.ana).await.status, 404);
}
