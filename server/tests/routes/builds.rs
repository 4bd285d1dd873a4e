//! Builds on the board, by digest, and as what should run.

use crate::support::World;
use insta::assert_snapshot;
use serde_json::json;

#[tokio::test]
async fn the_board_tells_what_is_in_each_bucket() {
    let world = World::with_shop().await;
    world.push("qa", "1.4.2").await;
    let board = world.get("/projects/shop/integrations/checkout", &world.ana).await;
    assert_snapshot!(board, @"");
}

#[tokio::test]
async fn a_refused_arrival_is_kept_beside_its_bucket_with_why() {
    let world = World::with_shop().await;
    world.push("prod", "1.4.2").await;
    let board = world.get("/projects/shop/integrations/checkout", &world.ana).await;
    let prod = &board.body["buckets"][2];
    assert_eq!(prod["current"], json!(null));
    assert_eq!(prod["refused"][0]["why"], "takes builds by promotion only; promote it from staging");
}

#[tokio::test]
async fn a_digest_tells_its_life() {
    let world = World::with_shop().await;
    let digest = world.push("qa", "1.4.2").await;
    let answer = world.get(&format!("/builds/{digest}"), &world.ana).await;
    assert_snapshot!(serde_json::to_string(&answer.body["lives"][0]["placements"]).unwrap(), @"");
}

#[tokio::test]
async fn a_digest_that_one_may_not_see_is_not_found() {
    let world = World::with_shop().await;
    let digest = world.push("qa", "1.4.2").await;
    let vic = world.person("Vic", "viewer", "project:global").await;
    assert_snapshot!(world.get(&format!("/builds/{digest}"), &vic).await, @"");
    assert_eq!(world.get("/builds/nonsense", &world.ana).await.status, 404);
}

#[tokio::test]
async fn an_environment_resolves_to_what_to_pull() {
    let world = World::with_shop().await;
    let web = json!({"slug": "web", "title": "Web", "kind": "release_stream"});
    world.post("/projects/shop/integrations", &world.ana, web).await;
    world.push("qa", "1.4.2").await;
    let token = world.token(&["view"], "shop").await;
    assert_snapshot!(world.get("/projects/shop/environments/qa/images", &token).await, @"");
    assert_snapshot!(world.get("/projects/shop/environments/mars/images", &token).await, @"");
}
