//! Projects, and what is configured in them.

use crate::support::World;
use insta::assert_snapshot;
use serde_json::json;

#[tokio::test]
async fn a_project_is_created_where_its_location_says() {
    let world = World::new().await;
    let new = json!({"slug": "shop", "title": "Shop"});
    assert_snapshot!(world.post("/projects", &world.ana, new.clone()).await, @"");
    assert_snapshot!(world.get("/projects/shop", &world.ana).await, @"");
    assert_snapshot!(world.post("/projects", &world.ana, new).await, @"");
}

#[tokio::test]
async fn every_mistake_of_a_new_project_is_told_at_once() {
    let world = World::new().await;
    let new = json!({"slug": "Shop!", "title": ""});
    assert_snapshot!(world.post("/projects", &world.ana, new).await, @"");
}

#[tokio::test]
async fn lists_show_what_one_may_see_and_nothing_else() {
    let world = World::with_shop().await;
    let vic = world.person("Vic", "viewer", "project:shop").await;
    assert_snapshot!(world.get("/projects", &vic).await, @"");
    assert_snapshot!(world.get("/projects/global", &vic).await, @"");
}

#[tokio::test]
async fn whoever_may_see_but_not_create_reads_which_permission_is_missing() {
    let world = World::with_shop().await;
    let dev = world.person("Dev", "developer", "installation").await;
    let new = json!({"slug": "web", "title": "Web"});
    assert_snapshot!(world.post("/projects", &dev, new).await, @"");
}

#[tokio::test]
async fn an_environment_needs_a_stream_that_exists() {
    let world = World::with_shop().await;
    let new = json!({"slug": "eu", "title": "EU", "stream": "mars"});
    assert_snapshot!(world.post("/projects/shop/environments", &world.ana, new).await, @"");
    let new = json!({"slug": "eu", "title": "EU", "stream": "production"});
    assert_snapshot!(world.post("/projects/shop/environments", &world.ana, new).await, @"");
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
    assert_snapshot!(world.post("/projects/shop/workflows", &world.ana, new).await, @"");
    let listed = world.get("/projects/shop/workflows", &world.ana).await;
    assert_eq!(listed.body["items"].as_array().unwrap().len(), 2);
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
    assert_snapshot!(world.post("/projects/shop/workflows", &world.ana, new).await, @"");
}

#[tokio::test]
async fn an_integration_and_its_workflow_are_of_one_type() {
    let world = World::with_shop().await;
    let own = json!({"follows": "own", "workflow": "release"});
    let new = json!({"slug": "web", "title": "Web", "kind": "release_stream", "workflow": own});
    assert_snapshot!(world.post("/projects/shop/integrations", &world.ana, new).await, @"");
    let new = json!({"slug": "web", "title": "Web", "kind": "environment", "workflow": own});
    assert_snapshot!(world.post("/projects/shop/integrations", &world.ana, new).await, @"");
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
