//! Builds on the board, by digest, and as what should run.

use crate::support::World;
use insta::assert_snapshot;
use serde_json::json;

#[tokio::test]
async fn the_board_tells_what_is_in_each_bucket() {
    let world = World::with_shop().await;
    world.push("qa", "1.4.2").await;
    let board = world.get("/projects/shop/integrations/checkout", &world.ana).await;
    assert_snapshot!(board, @r#"
    200 OK
    {
      "as_of": 13,
      "buckets": [
        {
          "arrivals": "any",
          "current": {
            "at": "2026-01-31T09:30:00Z",
            "build": {
              "digest": "[digest]",
              "media_type": "application/vnd.oci.image.manifest.v1+json",
              "origin": {
                "commit": {
                  "value": "0a1b2c",
                  "verified": false
                },
                "labels": {
                  "org.opencontainers.image.revision": "0a1b2c",
                  "version": "1.4.2"
                }
              },
              "platforms": [
                "linux/amd64"
              ],
              "received_at": "2026-01-31T09:30:00Z",
              "size": 533,
              "tag": "1.4.2"
            },
            "by": "Ana",
            "cause": "push",
            "placement": "[id]"
          },
          "fed": [
            {
              "environment": "qa",
              "project": "shop",
              "service": "checkout"
            }
          ],
          "gates": [],
          "history": [],
          "is_stage": true,
          "paused_at": null,
          "production": false,
          "refused": [],
          "slug": "qa",
          "stream": "qa",
          "title": "qa",
          "version": 1,
          "waiting": []
        },
        {
          "arrivals": "promotion_only",
          "current": null,
          "fed": [
            {
              "environment": "staging",
              "project": "shop",
              "service": "checkout"
            }
          ],
          "gates": [],
          "history": [],
          "is_stage": true,
          "paused_at": null,
          "production": false,
          "refused": [],
          "slug": "staging",
          "stream": "staging",
          "title": "staging",
          "version": 0,
          "waiting": []
        },
        {
          "arrivals": "promotion_only",
          "current": null,
          "fed": [
            {
              "environment": "prod",
              "project": "shop",
              "service": "checkout"
            }
          ],
          "gates": [
            "1 approval by a release manager"
          ],
          "history": [],
          "is_stage": true,
          "paused_at": null,
          "production": true,
          "refused": [],
          "slug": "prod",
          "stream": "production",
          "title": "prod",
          "version": 0,
          "waiting": []
        }
      ],
      "holds": [],
      "integration": {
        "created_at": "2026-01-31T09:30:00Z",
        "kind": "environment",
        "slug": "checkout",
        "title": "Checkout",
        "workflow": {
          "follows": "default"
        }
      },
      "project": "shop",
      "unclassified": [],
      "workflow": "release"
    }
    "#);
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
    assert_snapshot!(serde_json::to_string(&answer.body["lives"][0]["placements"]).unwrap(), @r#"[{"at":"2026-01-31T09:30:00Z","bucket":"qa","by":"Ana","cause":"push","current":true}]"#);
}

#[tokio::test]
async fn a_digest_that_one_may_not_see_is_not_found() {
    let world = World::with_shop().await;
    let digest = world.push("qa", "1.4.2").await;
    let vic = world.person("Vic", "viewer", "project:global").await;
    assert_snapshot!(world.get(&format!("/builds/{digest}"), &vic).await, @r#"
    404 Not Found
    {
      "detail": "A build with the digest “[digest]” was not found.",
      "request_id": "a-request",
      "status": 404,
      "title": "Not found",
      "type": "/problems/not-found"
    }
    "#);
    assert_eq!(world.get("/builds/nonsense", &world.ana).await.status, 404);
}

#[tokio::test]
async fn an_environment_resolves_to_what_to_pull() {
    let world = World::with_shop().await;
    let web = json!({"slug": "web", "title": "Web", "kind": "release_stream"});
    world.post("/projects/shop/integrations", &world.ana, web).await;
    world.push("qa", "1.4.2").await;
    let token = world.token(&["view"], "shop").await;
    assert_snapshot!(world.get("/projects/shop/environments/qa/images", &token).await, @r#"
    200 OK
    {
      "environment": "qa",
      "images": [
        {
          "digest": "[digest]",
          "reference": "towpath.example/shop/checkout/qa@[digest]",
          "service": "checkout",
          "tag": "1.4.2"
        }
      ],
      "missing": [
        {
          "bucket": "shop/web/qa",
          "detail": "Nothing is current in shop/web/qa yet. Push or promote a build there.",
          "service": "web"
        }
      ],
      "project": "shop",
      "stream": "qa"
    }
    "#);
    assert_snapshot!(world.get("/projects/shop/environments/mars/images", &token).await, @r#"
    404 Not Found
    {
      "detail": "The environment “shop/mars” was not found.",
      "request_id": "a-request",
      "status": 404,
      "title": "Not found",
      "type": "/problems/not-found"
    }
    "#);
}
