//! Projects, and what is configured in them.

use crate::support::World;
use insta::assert_snapshot;
use serde_json::json;

#[tokio::test]
async fn a_project_is_created_where_its_location_says() {
    let world = World::new().await;
    let new = json!({"slug": "shop", "title": "Shop"});
    assert_snapshot!(world.post("/projects", &world.ana, new.clone()).await, @r#"
    201 Created
    location: /api/v1/projects/shop
    {
      "created_at": "2026-01-31T09:30:00Z",
      "slug": "shop",
      "title": "Shop"
    }
    "#);
    assert_snapshot!(world.get("/projects/shop", &world.ana).await, @r#"
    200 OK
    {
      "created_at": "2026-01-31T09:30:00Z",
      "environments": [],
      "integrations": [],
      "services": [],
      "slug": "shop",
      "title": "Shop",
      "workflows": []
    }
    "#);
    assert_snapshot!(world.post("/projects", &world.ana, new).await, @r##"
    422 Unprocessable Entity
    {
      "detail": "There is a project of this name already.",
      "errors": [
        {
          "detail": "There is a project of this name already.",
          "pointer": "#/slug"
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
async fn every_mistake_of_a_new_project_is_told_at_once() {
    let world = World::new().await;
    let new = json!({"slug": "Shop!", "title": ""});
    assert_snapshot!(world.post("/projects", &world.ana, new).await, @r##"
    422 Unprocessable Entity
    {
      "detail": "2 things in the request are wrong.",
      "errors": [
        {
          "detail": "Fill this in.",
          "pointer": "#/title"
        },
        {
          "detail": "Start with a lowercase letter.",
          "pointer": "#/slug"
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
async fn lists_show_what_one_may_see_and_nothing_else() {
    let world = World::with_shop().await;
    let vic = world.person("Vic", "viewer", "project:shop").await;
    assert_snapshot!(world.get("/projects", &vic).await, @r#"
    200 OK
    {
      "items": [
        {
          "created_at": "2026-01-31T09:30:00Z",
          "slug": "shop",
          "title": "Shop"
        }
      ]
    }
    "#);
    assert_snapshot!(world.get("/projects/global", &vic).await, @r#"
    404 Not Found
    {
      "detail": "The project “global” was not found.",
      "request_id": "a-request",
      "status": 404,
      "title": "Not found",
      "type": "/problems/not-found"
    }
    "#);
}

#[tokio::test]
async fn whoever_may_see_but_not_create_reads_which_permission_is_missing() {
    let world = World::with_shop().await;
    let dev = world.person("Dev", "developer", "installation").await;
    let new = json!({"slug": "web", "title": "Web"});
    assert_snapshot!(world.post("/projects", &dev, new).await, @r#"
    403 Forbidden
    {
      "detail": "You need the permission “configure” here. Admins have it; an admin can grant the role.",
      "permission": "configure",
      "request_id": "a-request",
      "status": 403,
      "title": "You may not do this",
      "type": "/problems/forbidden"
    }
    "#);
}

#[tokio::test]
async fn an_environment_needs_a_stream_that_exists() {
    let world = World::with_shop().await;
    let new = json!({"slug": "eu", "title": "EU", "stream": "mars"});
    assert_snapshot!(world.post("/projects/shop/environments", &world.ana, new).await, @r##"
    422 Unprocessable Entity
    {
      "detail": "Choose the release stream that this environment belongs to.",
      "errors": [
        {
          "detail": "Choose the release stream that this environment belongs to.",
          "pointer": "#/stream"
        }
      ],
      "request_id": "a-request",
      "status": 422,
      "title": "Something in the request is wrong",
      "type": "/problems/invalid"
    }
    "##);
    let new = json!({"slug": "eu", "title": "EU", "stream": "production"});
    assert_snapshot!(world.post("/projects/shop/environments", &world.ana, new).await, @r#"
    201 Created
    location: /api/v1/projects/shop/environments/eu/images
    {
      "production": true,
      "slug": "eu",
      "stream": "production",
      "title": "EU"
    }
    "#);
    let listed = world.get("/projects/shop/environments", &world.ana).await;
    assert_eq!(listed.body["items"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn a_workflow_may_fan_out_and_in() {
    let world = World::with_shop().await;
    let new = json!({
        "slug": "wide", "title": "Wide", "kind": "environment",
        "stages": [
            {"bucket": "qa", "arrivals": "any"},
            {"bucket": "staging"},
            {"bucket": "prod", "gates": [{"gate": "approvals", "count": 2, "bar_pusher": true}]},
        ],
        "edges": [{"from": "qa", "to": "staging"}, {"from": "qa", "to": "prod"}],
    });
    assert_snapshot!(world.post("/projects/shop/workflows", &world.ana, new).await, @r#"
    201 Created
    location: /api/v1/projects/shop/workflows/wide
    {
      "edges": [
        {
          "from": "qa",
          "to": "staging"
        },
        {
          "from": "qa",
          "to": "prod"
        }
      ],
      "is_default": false,
      "kind": "environment",
      "slug": "wide",
      "stages": [
        {
          "arrivals": "any",
          "automatic": false,
          "bucket": "qa",
          "contest": "newest_wins",
          "gates": []
        },
        {
          "automatic": false,
          "bucket": "staging",
          "contest": "newest_wins",
          "gates": []
        },
        {
          "automatic": false,
          "bucket": "prod",
          "contest": "newest_wins",
          "gates": [
            {
              "bar_pusher": true,
              "count": 2,
              "gate": "approvals",
              "role": "release-manager"
            }
          ]
        }
      ],
      "title": "Wide",
      "version": 1
    }
    "#);
    let listed = world.get("/projects/shop/workflows", &world.ana).await;
    assert_eq!(listed.body["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_workflow_is_changed_by_versions() {
    let world = World::with_shop().await;
    let path = "/projects/shop/workflows/release";
    let before = world.get(path, &world.ana).await;
    assert_eq!(before.body["version"], 1);
    let gates = json!([{"gate": "soak", "time": "90m"}, {"gate": "maximum_age", "age": "30d"}]);
    let changed = json!({
        "version": 1, "title": "Release", "is_default": before.body["is_default"],
        "stages": [{"bucket": "qa"}, {"bucket": "prod", "gates": gates}],
    });
    let after = world.put(path, &world.ana, changed.clone()).await;
    assert_eq!(after.status, 200);
    assert_eq!(after.body["version"], 2);
    let gates = json!([{"gate": "soak", "time": "1h 30m"}, {"gate": "maximum_age", "age": "30d"}]);
    let stage = |bucket: &str, gates: &serde_json::Value| json!({"bucket": bucket, "gates": gates, "automatic": false, "contest": "newest_wins"});
    assert_eq!(after.body["stages"], json!([stage("qa", &json!([])), stage("prod", &gates)]));
    assert_eq!(world.get(path, &world.ana).await.body, after.body);
    // Whoever looked at the first version is told, and the second stays.
    let late = world.put(path, &world.ana, changed).await;
    assert_eq!(late.status, 409);
    assert_eq!(late.body["type"], "/problems/conflict");
    assert_eq!(world.get(path, &world.ana).await.body, after.body);
}

#[tokio::test]
async fn the_mistakes_of_a_workflow_are_told_where_they_are() {
    let world = World::with_shop().await;
    let new = json!({
        "slug": "wide", "title": "Wide", "kind": "environment",
        "stages": [
            {"bucket": "qa"},
            {"bucket": "mars", "gates": [{"gate": "approvals", "count": 0, "role": "viewer"}]},
        ],
        "edges": [{"from": "qa", "to": "venus"}],
    });
    assert_snapshot!(world.post("/projects/shop/workflows", &world.ana, new).await, @r##"
    422 Unprocessable Entity
    {
      "detail": "4 things in the request are wrong.",
      "errors": [
        {
          "detail": "“mars” is not one of the environments here.",
          "pointer": "#/stages/1/bucket"
        },
        {
          "detail": "Use a number from 1 to 20.",
          "pointer": "#/stages/1/gates/0/count"
        },
        {
          "detail": "“viewer” is no role that may approve. These may: release-manager.",
          "pointer": "#/stages/1/gates/0/role"
        },
        {
          "detail": "“venus” is not one of the stages.",
          "pointer": "#/edges/0/to"
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
async fn an_integration_and_its_workflow_are_of_one_type() {
    let world = World::with_shop().await;
    let own = json!({"follows": "own", "workflow": "release"});
    let new = json!({"slug": "web", "title": "Web", "kind": "release_stream", "workflow": own});
    assert_snapshot!(world.post("/projects/shop/integrations", &world.ana, new).await, @r##"
    422 Unprocessable Entity
    {
      "detail": "“Release” is a workflow of environments; this integration is of release streams. Choose a workflow of the same type.",
      "errors": [
        {
          "detail": "“Release” is a workflow of environments; this integration is of release streams. Choose a workflow of the same type.",
          "pointer": "#/workflow"
        }
      ],
      "request_id": "a-request",
      "status": 422,
      "title": "Something in the request is wrong",
      "type": "/problems/invalid"
    }
    "##);
    let new = json!({"slug": "web", "title": "Web", "kind": "environment", "workflow": own});
    assert_snapshot!(world.post("/projects/shop/integrations", &world.ana, new).await, @r#"
    201 Created
    location: /api/v1/projects/shop/integrations/web
    {
      "created_at": "2026-01-31T09:30:00Z",
      "kind": "environment",
      "slug": "web",
      "title": "Web",
      "workflow": {
        "follows": "own",
        "workflow": "release"
      }
    }
    "#);
}

#[tokio::test]
async fn the_global_project_has_integrations_of_streams() {
    let world = World::new().await;
    let new = json!({"slug": "base", "title": "Base", "kind": "release_stream"});
    let made = world.post("/projects/global/integrations", &world.ana, new).await;
    assert_eq!(made.status, 201, "{made}");
    let board = world.get("/projects/global/integrations/base", &world.ana).await;
    let buckets = board.body["buckets"].as_array().unwrap().iter();
    let names: Vec<_> = buckets.map(|bucket| bucket["slug"].as_str().unwrap()).collect();
    assert_eq!(names, ["dev", "qa", "staging", "production"]);
}

#[tokio::test]
async fn projects_are_listed_by_pages() {
    let world = World::new().await;
    for slug in ["bank", "shop"] {
        let new = json!({"slug": slug, "title": slug});
        assert_eq!(world.post("/projects", &world.ana, new).await.status, 201);
    }
    let slugs = |body: &serde_json::Value| {
        let items = body["items"].as_array().cloned().unwrap_or_default();
        items.iter().map(|item| item["slug"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let first = world.get("/projects?limit=2", &world.ana).await.body;
    assert_eq!(slugs(&first), ["bank", "global"]);
    let next = first["next"].as_str().expect("a cursor");
    let second = world.get(&format!("/projects?limit=2&cursor={next}"), &world.ana).await.body;
    assert_eq!(slugs(&second), ["shop"]);
    assert!(second.get("next").is_none());
    for wrong in ["cursor=shop", "limit=0", "limit=201"] {
        assert_eq!(world.get(&format!("/projects?{wrong}"), &world.ana).await.status, 422, "{wrong}");
    }
}
