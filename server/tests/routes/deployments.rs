//! Deployment reports.

use crate::support::World;
use insta::assert_snapshot;
use serde_json::json;

const QA: &str = "/projects/shop/environments/qa/deployments";

#[tokio::test]
async fn a_deployer_reports_and_is_answered_the_same_again() {
    let world = World::with_shop().await;
    let digest = world.push("qa", "1.0").await;
    let report = json!({
        "service": "checkout", "digest": digest, "outcome": "succeeded", "link": "https://ci.example.org/7",
    });
    assert_snapshot!(world.post(QA, &world.ana, report.clone()).await, @r#"
    201 Created
    location: /api/v1/projects/shop/environments/qa/deployments
    {
      "at": "2026-01-31T09:30:00Z",
      "by": "Ana",
      "digest": "[digest]",
      "id": "[id]",
      "link": "https://ci.example.org/7",
      "outcome": "succeeded",
      "reported_at": "2026-01-31T09:30:00Z",
      "service": "checkout",
      "tag": "1.0"
    }
    "#);
    assert_eq!(world.post(QA, &world.ana, report).await.status, 200);
    let listed = world.get(QA, &world.ana).await;
    assert_eq!(listed.body["items"].as_array().map(Vec::len), Some(1));
    let images = world.get("/projects/shop/environments/qa/images", &world.ana).await;
    assert_snapshot!(images, @r#"
    200 OK
    {
      "environment": "qa",
      "images": [
        {
          "digest": "[digest]",
          "reference": "towpath.example/shop/checkout/qa@[digest]",
          "runs": {
            "digest": "[digest]",
            "since": "2026-01-31T09:30:00Z",
            "tag": "1.0"
          },
          "service": "checkout",
          "source": "bucket",
          "tag": "1.0"
        }
      ],
      "missing": [],
      "project": "shop",
      "stream": "qa"
    }
    "#);
    let board = world.get("/projects/shop/integrations/checkout", &world.ana).await;
    assert_eq!(board.body["buckets"][0]["fed"][0]["runs"]["tag"], "1.0");
}

#[tokio::test]
async fn what_is_wrong_with_a_report_is_told_beside_its_field() {
    let world = World::with_shop().await;
    let digest = world.push("qa", "1.0").await;
    let wrong = json!({"service": "X", "digest": "1.0", "outcome": "failed", "link": "javascript:x", "at": "9999-01-01T00:00:00Z"});
    assert_snapshot!(world.post(QA, &world.ana, wrong).await, @r##"
    422 Unprocessable Entity
    {
      "detail": "4 things in the request are wrong.",
      "errors": [
        {
          "detail": "Start with a lowercase letter.",
          "pointer": "#/service"
        },
        {
          "detail": "a digest is an algorithm, a colon and hexadecimal digits, such as [digest]…",
          "pointer": "#/digest"
        },
        {
          "detail": "Enter an address that starts with https:// or http://.",
          "pointer": "#/link"
        },
        {
          "detail": "This is in the future. Report what has happened.",
          "pointer": "#/at"
        }
      ],
      "request_id": "a-request",
      "status": 422,
      "title": "Something in the request is wrong",
      "type": "/problems/invalid"
    }
    "##);
    let report = json!({"service": "billing", "digest": digest, "outcome": "succeeded"});
    assert_eq!(world.post(QA, &world.ana, report).await.status, 422);
    let report = json!({"service": "checkout", "digest": digest, "outcome": "done"});
    assert_eq!(world.post(QA, &world.ana, report.clone()).await.status, 422);
    let mars = "/projects/shop/environments/mars/deployments";
    let report = json!({"service": "checkout", "digest": digest, "outcome": "failed"});
    assert_eq!(world.post(mars, &world.ana, report).await.status, 404);
    assert_eq!(world.get(&format!("{QA}?service=billing"), &world.ana).await.status, 404);
    assert_eq!(world.get(&format!("{QA}?cursor=x"), &world.ana).await.status, 422);
}
