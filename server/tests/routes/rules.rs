//! CI rules, the builds that none has led, and reclassification.

use crate::support::World;
use insta::assert_snapshot;
use serde_json::{Value, json};

fn criterion(key: &str, operator: &str, value: &str, bucket: &str) -> Value {
    json!({"key": key, "operator": operator, "value": value, "bucket": bucket})
}

#[tokio::test]
async fn a_rule_is_made_tried_out_and_changed() {
    let world = World::with_shop().await;
    let criteria = json!([criterion("image_tag", "semver", ">=1, <2", "qa")]);
    let new = json!({"slug": "versions", "title": "Versions", "kind": "environment", "is_default": true,
                     "criteria": criteria});
    assert_snapshot!(world.post("/projects/shop/rules", &world.ana, new).await, @r#"
    201 Created
    location: /api/v1/projects/shop/rules/versions
    {
      "criteria": [
        {
          "bucket": "qa",
          "key": "image_tag",
          "operator": "semver",
          "value": ">=1, <2"
        }
      ],
      "is_default": true,
      "kind": "environment",
      "slug": "versions",
      "title": "Versions",
      "version": 1
    }
    "#);
    let trial = json!({"kind": "environment", "rule": "versions", "image_tag": "1.4.2", "git_ref": "main",
                       "criteria": [criterion("branch", "equals", "next", "qa"), criterion("label:team", "glob", "p*", "staging")],
                       "labels": {"team": "payments"}});
    assert_snapshot!(world.post("/projects/shop/rules/trial", &world.ana, trial).await, @r#"
    200 OK
    {
      "bucket": "staging",
      "builds": 0,
      "criterion": 2,
      "elsewhere": [],
      "elsewhere_count": 0
    }
    "#);
    let wrong = json!({"version": 1, "title": " ", "criteria": [
        criterion("events", "like", "push", "qa"), criterion("ref", "regex", "(", "mars")]});
    assert_snapshot!(world.put("/projects/shop/rules/versions", &world.ana, wrong).await, @r##"
    422 Unprocessable Entity
    {
      "detail": "5 things in the request are wrong.",
      "errors": [
        {
          "detail": "Fill this in.",
          "pointer": "#/title"
        },
        {
          "detail": "Use ref, branch, tag, image_tag, commit, repository, version, title, event, one of ref, branch, tag, commit, repository and event after verified:, or label: or meta: with a name of up to 200 characters.",
          "pointer": "#/criteria/0/key"
        },
        {
          "detail": "Choose how it is compared: by equals, starts_with, ends_with, contains, glob, regex, semver.",
          "pointer": "#/criteria/0/operator"
        },
        {
          "detail": "This is no regular expression: unclosed group.",
          "pointer": "#/criteria/1/value"
        },
        {
          "detail": "There is no bucket “mars” of this type.",
          "pointer": "#/criteria/1/bucket"
        }
      ],
      "request_id": "a-request",
      "status": 422,
      "title": "Something in the request is wrong",
      "type": "/problems/invalid"
    }
    "##);
    let next = json!({"version": 1, "title": "Versions", "criteria": [criterion("ref", "glob", "**", "qa")]});
    assert_eq!(world.put("/projects/shop/rules/versions", &world.ana, next.clone()).await.body["version"], 2);
    assert_eq!(world.put("/projects/shop/rules/versions", &world.ana, next).await.status, 409);
    assert_eq!(world.get("/projects/shop/rules/nothing", &world.ana).await.status, 404);
    let at = "/projects/shop/integrations/checkout/rule";
    assert_eq!(world.get(at, &world.ana).await.body, json!({"follows": "default"}));
    let own = json!({"follows": "own", "rule": "versions"});
    assert_eq!(world.put(at, &world.ana, own.clone()).await.body, own);
    assert_eq!(world.put(at, &world.ana, json!({"follows": "own", "rule": "x"})).await.status, 422);
}
