//! The audit timeline.

use crate::support::World;
use insta::assert_snapshot;
use serde_json::{Value, json};

fn told(page: &Value) -> String {
    let items = page["items"].as_array().expect("a list").iter();
    let lines = items.map(|item| {
        let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
        let line = format!("{} {} {} {}", item["seq"], text("who"), text("sentence"), text("reason"));
        line.trim_end().to_owned() + "\n"
    });
    lines.collect()
}

async fn after_a_promotion() -> World {
    let world = World::with_shop().await;
    let digest = world.push("qa", "1.4.2").await;
    let wish = json!({"digest": digest, "from": "qa", "to": "staging", "reason": "Release 1.4"});
    world.post("/projects/shop/integrations/checkout/promotions", &world.ana, wish).await;
    world
}

#[tokio::test]
async fn it_tells_in_sentences_who_did_what_and_why() {
    let world = after_a_promotion().await;
    let page = world.get("/timeline?integration=shop/checkout", &world.ana).await;
    assert_snapshot!(told(&page.body), @r#"
    15 Ana promoted 1.4.2 (4ba8324c019b) from qa to staging in shop/checkout by #1
    14 Ana asked to promote 1.4.2 (4ba8324c019b) from qa to staging in shop/checkout as #1 Release 1.4
    13 Ana placed 1.4.2 (4ba8324c019b) in qa in shop/checkout, which was empty
    12 Ana pushed 1.4.2 (4ba8324c019b) to shop/checkout
    11 Ana created the service checkout in shop/checkout
    10 Ana created the integration shop/checkout
    "#);
    assert_snapshot!(serde_json::to_string_pretty(&page.body["items"][0]).unwrap(), @r#"
    {
      "at": "2026-01-31T09:30:00Z",
      "kind": "promotion_applied",
      "sentence": "promoted 1.4.2 (4ba8324c019b) from qa to staging in shop/checkout by #1",
      "seq": 15,
      "who": "Ana"
    }
    "#);
}

#[tokio::test]
async fn filters_narrow_and_pages_lead_on() {
    let world = after_a_promotion().await;
    let me = world.get("/me", &world.ana).await;
    let person = me.body["person"]["id"].as_str().unwrap();
    let path = format!("/timeline?project=shop&person={person}&kind=environment_created&limit=2");
    let first = world.get(&path, &world.ana).await;
    assert_eq!(first.body["items"].as_array().unwrap().len(), 2);
    let cursor = first.body["next"].as_str().unwrap();
    let second = world.get(&format!("{path}&cursor={cursor}"), &world.ana).await;
    assert_eq!(second.body["items"].as_array().unwrap().len(), 1);
    assert_eq!(second.body["next"], json!(null));
    let none = world.get("/timeline?bucket=mars", &world.ana).await;
    assert_eq!(none.body, json!({"items": []}));
}

#[tokio::test]
async fn nobody_reads_of_projects_that_they_do_not_see() {
    let world = after_a_promotion().await;
    let vic = world.person("Vic", "viewer", "project:global").await;
    let page = world.get("/timeline?project=shop", &vic).await;
    assert_eq!(page.body, json!({"items": []}));
    let page = world.get("/timeline", &vic).await;
    assert!(!page.to_string().contains("shop"), "{page}");
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    let world = World::new().await;
    // What the promotions of a project would hand out as the cursor before 1.
    assert_snapshot!(world.get("/timeline?cursor=MXAx", &world.ana).await, @r#"
    422 Unprocessable Entity
    {
      "detail": "This is not a cursor of this list. Pass on what `next` held, or leave it out to start anew.",
      "errors": [
        {
          "detail": "This is not a cursor of this list. Pass on what `next` held, or leave it out to start anew.",
          "parameter": "cursor"
        }
      ],
      "request_id": "a-request",
      "status": 422,
      "title": "Something in the request is wrong",
      "type": "/problems/invalid"
    }
    "#);
    assert_eq!(world.get("/timeline?colour=red", &world.ana).await.status, 422);
}
