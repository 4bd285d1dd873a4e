//! Release sets.

use crate::support::World;
use insta::assert_snapshot;
use serde_json::json;

const SETS: &str = "/projects/shop/release-sets";

#[tokio::test]
async fn a_set_is_compared_made_carried_on_and_decided_on() {
    let world = World::with_shop().await;
    world.push("qa", "1.4.2").await;
    let dry = json!({"from": "qa", "to": "staging", "dry_run": true});
    assert_snapshot!(world.post(SETS, &world.ana, dry).await, @r#"
    200 OK
    {
      "more": false,
      "parts": [
        {
          "comes": {
            "digest": "[digest]",
            "tag": "1.4.2"
          },
          "integration": "checkout",
          "likeness": "new",
          "project": "shop"
        }
      ]
    }
    "#);
    let new = json!({"title": "Spring", "from": "qa", "to": "staging", "reason": "Tested"});
    assert_snapshot!(world.post(SETS, &world.ana, new).await, @r#"
    201 Created
    location: /api/v1/projects/shop/release-sets/1
    {
      "acts": [
        {
          "by": "Ana",
          "course": "promote",
          "done_at": "2026-01-31T09:30:00Z",
          "from": "qa",
          "reason": "Tested",
          "results": [
            {
              "digest": "[digest]",
              "integration": "checkout",
              "needs": [],
              "outcome": "asked",
              "project": "shop",
              "promotion": 1,
              "state": "applied",
              "tag": "1.4.2"
            }
          ],
          "to": "staging"
        }
      ],
      "back": [
        "staging"
      ],
      "made_at": "2026-01-31T09:30:00Z",
      "made_by": "Ana",
      "members": [
        {
          "current_in": [
            "qa",
            "staging"
          ],
          "digest": "[digest]",
          "integration": "checkout",
          "project": "shop",
          "tag": "1.4.2"
        }
      ],
      "number": 1,
      "onward": [
        {
          "from": "staging",
          "to": "prod"
        }
      ],
      "project": "shop",
      "title": "Spring",
      "to_decide": []
    }
    "#);
    let rita = world.person("Rita", "release-manager", "project:shop").await;
    let on = json!({"from": "staging", "to": "prod", "reason": "Release of the week"});
    let carried = world.post(&format!("{SETS}/1/promotions"), &world.ana, on).await;
    assert_eq!(carried.status, 201, "{carried}");
    assert_snapshot!(world.get(SETS, &world.ana).await, @r#"
    200 OK
    {
      "items": [
        {
          "last": {
            "course": "promote",
            "from": "staging",
            "to": "prod"
          },
          "made_at": "2026-01-31T09:30:00Z",
          "made_by": "Ana",
          "number": 1,
          "size": 1,
          "title": "Spring"
        }
      ]
    }
    "#);
    let decision = json!({"choice": "approve", "promotions": ["shop#2"]});
    assert_snapshot!(world.post(&format!("{SETS}/1/decisions"), &world.ana, decision.clone()).await, @r#"
    409 Conflict
    {
      "detail": "shop#2 is no promotion of release set 1 that waits for your decision.",
      "request_id": "a-request",
      "status": 409,
      "title": "Something stands against it",
      "type": "/problems/conflict"
    }
    "#);
    assert_snapshot!(world.post(&format!("{SETS}/1/decisions"), &rita, decision).await, @r#"
    200 OK
    {
      "done": [
        "shop#2"
      ],
      "refused": []
    }
    "#);
    let view = world.get(&format!("{SETS}/1"), &world.ana).await;
    assert_eq!(view.body["members"][0]["current_in"], json!(["prod", "qa", "staging"]), "{view}");
}

#[tokio::test]
async fn what_names_no_course_or_no_part_is_told_beside_its_field() {
    let world = World::with_shop().await;
    world.push("qa", "1.4.2").await;
    for (new, pointer) in [
        (json!({"dry_run": true}), "#/to"),
        (json!({"to": "staging", "dry_run": true}), "#/from"),
        (json!({"from": "qa", "to": "qa", "dry_run": true}), "#/to"),
        (json!({"to": "staging", "at": "yesterday", "dry_run": true}), "#/at"),
        (json!({"from": "qa", "to": "staging", "projects": ["lab"], "dry_run": true}), "#/projects"),
        (json!({"from": "qa", "to": "staging", "reason": "Tested"}), "#/title"),
        (json!({"title": "Spring", "from": "qa", "to": "staging"}), "#/reason"),
        (
            json!({"title": "Spring", "from": "qa", "to": "staging", "reason": "Tested", "parts": ["x"]}),
            "#/parts",
        ),
    ] {
        let answer = world.post(SETS, &world.ana, new.clone()).await;
        assert_eq!(answer.status, 422, "{new} {answer}");
        assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{new} {answer}");
    }
    let none = json!({"title": "Spring", "from": "staging", "to": "prod", "reason": "Tested"});
    assert_snapshot!(world.post(SETS, &world.ana, none).await, @r#"
    409 Conflict
    {
      "detail": "There is nothing that could be moved.",
      "request_id": "a-request",
      "status": 409,
      "title": "A rule blocks it",
      "type": "/problems/blocked"
    }
    "#);
    assert_eq!(world.get(&format!("{SETS}/one"), &world.ana).await.status, 404);
    assert_eq!(world.get(&format!("{SETS}/1"), &world.ana).await.status, 404);
}
