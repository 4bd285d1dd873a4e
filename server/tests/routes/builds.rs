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
          "source": "bucket",
          "tag": "1.4.2"
        }
      ],
      "missing": [
        {
          "bucket": "shop/web/qa",
          "detail": "Nothing is current in shop/web/qa yet, and the integration has no default build. Push or promote a build there.",
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

#[tokio::test]
async fn two_builds_are_compared_by_buckets_moments_and_digests() {
    const AT: &str = "/projects/shop/integrations/checkout/difference";
    let world = World::with_shop().await;
    let first = world.push("qa", "1.0").await;
    let second = world.push("qa", "1.1").await;
    let told = world.get(&format!("{AT}?from={first}&to=qa"), &world.ana).await;
    assert_eq!(told.body["from"]["digest"], json!(first));
    assert_eq!(told.body["to"]["digest"], json!(second));
    assert_snapshot!(serde_json::to_string_pretty(&told.body["difference"]).expect("a text"), @r#"
    {
      "environment": {
        "added": [],
        "changed": [],
        "removed": []
      },
      "labels": [
        {
          "from": "1.0",
          "name": "version",
          "to": "1.1"
        }
      ],
      "layers": {
        "added": [
          {
            "digest": "sha256:a358e725ead7c45927c0def73d6ee903c7a5d7802d20ecd80bd0fafa5676897e",
            "size": 14
          }
        ],
        "added_count": 1,
        "added_size": 14,
        "removed": [
          {
            "digest": "sha256:92b5af5bacd9946358a11e0b9aec5108bd571cadae69be05454b557a8a4da4ee",
            "size": 14
          }
        ],
        "removed_count": 1,
        "reordered": false,
        "shared": 0,
        "shared_size": 0
      },
      "platform": "linux/amd64",
      "platforms": {
        "added": [],
        "changed": [],
        "removed": []
      },
      "ports": {
        "added": [],
        "changed": [],
        "removed": []
      },
      "settings": [],
      "shortened": false
    }
    "#);
    assert_snapshot!(world.get(&format!("{AT}?from=moon&to=prod"), &world.ana).await, @r##"
    422 Unprocessable Entity
    {
      "detail": "The bucket “shop/checkout/moon” was not found.",
      "errors": [
        {
          "detail": "The bucket “shop/checkout/moon” was not found.",
          "parameter": "from"
        }
      ],
      "request_id": "a-request",
      "status": 422,
      "title": "Something in the request is wrong",
      "type": "/problems/invalid"
    }
    "##);
    assert_snapshot!(world.get(AT, &world.ana).await, @r#"
    422 Unprocessable Entity
    {
      "detail": "“from” is missing.",
      "errors": [
        {
          "detail": "“from” is missing.",
          "parameter": "from"
        }
      ],
      "request_id": "a-request",
      "status": 422,
      "title": "Something in the request is wrong",
      "type": "/problems/invalid"
    }
    "#);
}
