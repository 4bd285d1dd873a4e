//! An installation as documents declare it.

use crate::support::World;
use insta::assert_snapshot;
use serde_json::{Value, json};

fn environment(slug: &str, stream: &str) -> Value {
    json!({"kind": "environment", "project": "shop", "slug": slug, "title": "Europe", "stream": stream})
}

async fn exported(world: &World, query: &str) -> Value {
    let answer = world.get(&format!("/declarations/export{query}"), &world.ana).await;
    assert_eq!(answer.status, 200);
    answer.body["documents"].clone()
}

#[tokio::test]
async fn documents_are_planned_applied_and_exported() {
    let world = World::with_shop().await;
    let workflow = json!({
        "kind": "workflow", "project": "shop", "slug": "fast", "title": "Fast", "type": "environment",
        "stages": [{"bucket": "qa"}, {"bucket": "eu", "gates": [{"gate": "approvals", "count": 2}]}]
    });
    let new = json!({"documents": [workflow, environment("eu", "production")], "set": "platform"});
    let plan = world.post("/declarations/plan", &world.ana, new.clone()).await;
    let fingerprint = plan.body["fingerprint"].clone();
    assert_eq!(plan.body["steps"][0]["slug"], "eu");
    assert_snapshot!(serde_json::to_string_pretty(&plan.body["steps"][1]).unwrap(), @r#"
    {
      "action": "create",
      "changes": [
        {
          "field": "stages[0]",
          "to": "{\"automatic\":false,\"bucket\":\"qa\",\"contest\":\"newest_wins\",\"gates\":[]}"
        },
        {
          "field": "stages[1]",
          "to": "{\"automatic\":false,\"bucket\":\"eu\",\"contest\":\"newest_wins\",\"gates\":[{\"bar_pusher\":false,\"count\":2,\"gate\":\"approvals\",\"role\":\"release-manager\"}]}"
        },
        {
          "field": "title",
          "to": "\"Fast\""
        },
        {
          "field": "type",
          "to": "\"environment\""
        }
      ],
      "document": 0,
      "kind": "workflow",
      "project": "shop",
      "slug": "fast"
    }
    "#);
    let mut looked_at = new.clone();
    looked_at["fingerprint"] = fingerprint;
    let applied = world.post("/declarations/apply", &world.ana, looked_at.clone()).await;
    assert_eq!((applied.status, &applied.body["complete"]), (200.try_into().unwrap(), &json!(true)));
    assert_snapshot!(world.post("/declarations/apply", &world.ana, looked_at).await, @r#"
    409 Conflict
    {
      "detail": "What these documents would change is not what the plan said any more. Plan again and look.",
      "request_id": "a-request",
      "status": 409,
      "title": "Something stands against it",
      "type": "/problems/conflict"
    }
    "#);
    assert_snapshot!(world.post("/declarations/apply", &world.ana, new).await, @r#"
    200 OK
    {
      "complete": true,
      "steps": []
    }
    "#);

    let one = exported(&world, "?kind=workflow&project=shop&slug=fast").await;
    assert_snapshot!(serde_json::to_string_pretty(&one).unwrap(), @r#"
    [
      {
        "kind": "workflow",
        "project": "shop",
        "slug": "fast",
        "stages": [
          {
            "automatic": false,
            "bucket": "qa",
            "contest": "newest_wins",
            "gates": []
          },
          {
            "automatic": false,
            "bucket": "eu",
            "contest": "newest_wins",
            "gates": [
              {
                "bar_pusher": false,
                "count": 2,
                "gate": "approvals",
                "role": "release-manager"
              }
            ]
          }
        ],
        "title": "Fast",
        "type": "environment"
      }
    ]
    "#);
}

#[tokio::test]
async fn what_is_exported_changes_nothing() {
    let world = World::with_shop().await;
    for query in ["", "?project=shop", "?kind=integration&project=shop&slug=checkout"] {
        let documents = exported(&world, query).await;
        assert!(!documents.as_array().unwrap().is_empty());
        let plan = world.post("/declarations/plan", &world.ana, json!({"documents": documents})).await;
        assert_eq!(
            (&plan.body["changes"], &plan.body["can_be_applied"]),
            (&json!(false), &json!(true)),
            "{plan}"
        );
    }
}

#[tokio::test]
async fn every_mistake_is_told_at_its_place() {
    let world = World::with_shop().await;
    let misread = json!({"documents": [
        {"kind": "hold"},
        {"kind": "project", "slug": "bank", "titel": "Bank"},
        {"kind": "workflow", "project": "shop", "slug": "fast", "title": "Fast", "type": "environment",
         "stages": [{"bucket": "qa", "gates": [{"gate": "soak"}]}]}
    ]});
    assert_snapshot!(world.post("/declarations/plan", &world.ana, misread).await, @r##"
    422 Unprocessable Entity
    {
      "detail": "3 things in the request are wrong.",
      "errors": [
        {
          "detail": "“hold” is nothing that is declared. Use one of stream, role, project, environment, trust_root, workflow, rule, integration.",
          "pointer": "#/documents/0/kind"
        },
        {
          "detail": "There is no “titel” here. Taken are “slug” and “title”.",
          "pointer": "#/documents/1/titel"
        },
        {
          "detail": "“time” is missing.",
          "pointer": "#/documents/2/stages/0/gates/0/time"
        }
      ],
      "request_id": "a-request",
      "status": 422,
      "title": "Something in the request is wrong",
      "type": "/problems/invalid"
    }
    "##);
    let wrong = json!({"documents": [
        environment("eu", "mars"),
        {"kind": "integration", "project": "shop", "slug": "checkout", "title": "Checkout", "type": "environment",
         "workflow": {"follows": "own", "workflow": "slow"}, "retention": {"last": 0}},
        environment("eu", "qa")
    ]});
    let refused = world.post("/declarations/apply", &world.ana, wrong).await;
    let errors = refused.body["errors"].as_array().unwrap().iter();
    let pointers: Vec<&str> = errors.map(|error| error["pointer"].as_str().unwrap()).collect();
    let places = ["2/slug", "0/stream", "1/workflow", "1/retention/last"];
    assert_eq!(pointers, places.map(|place| format!("#/documents/{place}")));
    let prune = json!({"documents": [environment("eu", "qa")], "prune": true});
    let refused = world.post("/declarations/apply", &world.ana, prune).await;
    assert_eq!(refused.body["errors"][0]["pointer"], "#/set", "{refused}");
    let nothing = exported(&world, "?project=shop").await;
    assert!(nothing.as_array().unwrap().iter().all(|document| document["slug"] != "eu"));
}

#[tokio::test]
async fn an_installation_larger_than_other_bodies_is_taken() {
    let world = World::with_shop().await;
    let many: Vec<Value> = (0..3_000).map(|number| environment(&format!("eu-{number}"), "qa")).collect();
    let plan = world.post("/declarations/plan", &world.ana, json!({"documents": many})).await;
    assert_eq!(plan.status, 200);
    let most: Vec<Value> = (0..5_001).map(|number| environment(&format!("eu-{number}"), "qa")).collect();
    let plan = world.post("/declarations/plan", &world.ana, json!({"documents": most})).await;
    assert_eq!(plan.body["errors"][0]["pointer"], "#/documents", "{plan}");
}

#[tokio::test]
async fn an_integration_follows_another_workflow() {
    let world = World::with_shop().await;
    let at = "/projects/shop/integrations/checkout/workflow";
    assert_snapshot!(world.put(at, &world.ana, json!({"follows": "own", "workflow": "slow"})).await, @r##"
    422 Unprocessable Entity
    {
      "detail": "Choose the workflow that its builds follow.",
      "errors": [
        {
          "detail": "Choose the workflow that its builds follow.",
          "pointer": "#/workflow"
        }
      ],
      "request_id": "a-request",
      "status": 422,
      "title": "Something in the request is wrong",
      "type": "/problems/invalid"
    }
    "##);
    assert_snapshot!(world.put(at, &world.ana, json!({"follows": "none"})).await, @r#"
    200 OK
    {
      "follows": "none"
    }
    "#);
    let one = exported(&world, "?kind=integration&project=shop&slug=checkout").await;
    assert_eq!(one[0]["workflow"], json!({"follows": "none"}));
}
