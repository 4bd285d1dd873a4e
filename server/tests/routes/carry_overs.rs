//! Carrying an integration over to the other type by REST.

use crate::support::World;
use insta::assert_snapshot;
use serde_json::json;

const PATH: &str = "/projects/shop/integrations/checkout/carry-over";

#[tokio::test]
async fn an_integration_is_looked_at_and_carried_over_once() {
    let world = World::with_shop().await;
    world.push("qa", "1.4.1").await;
    world.push("qa", "1.4.2").await;
    let new = json!({"slug": "web", "title": "Web", "services": true});
    let mut dry = new.clone();
    dry["dry_run"] = json!(true);
    let seen = world.post(PATH, &world.ana, dry).await;
    assert_eq!(world.get("/projects/shop/integrations/web", &world.ana).await.status, 404, "only looked at");
    let made = world.post(PATH, &world.ana, new.clone()).await;
    assert_eq!(seen.body, made.body);
    assert_snapshot!(made, @r##"
    200 OK
    {
      "already": false,
      "buckets": [
        {
          "beside": [],
          "bucket": "dev",
          "earlier": 0,
          "older": 0
        },
        {
          "beside": [],
          "bucket": "qa",
          "digest": "[digest]",
          "earlier": 1,
          "from": "qa",
          "older": 0,
          "tag": "1.4.2"
        },
        {
          "beside": [],
          "bucket": "staging",
          "earlier": 0,
          "older": 0
        },
        {
          "beside": [],
          "bucket": "production",
          "earlier": 0,
          "older": 0
        }
      ],
      "builds": 2,
      "in_the_way": [],
      "integration": "web",
      "kind": "release_stream",
      "left": [],
      "services": [
        {
          "changes": [],
          "service": "checkout"
        }
      ],
      "staying": []
    }
    "##);
    assert_eq!(world.get("/projects/shop/integrations/web", &world.ana).await.status, 200);
    let again = world.post(PATH, &world.ana, new).await;
    assert_eq!(
        (again.status.as_u16(), &again.body["already"], &again.body["builds"]),
        (200, &json!(true), &json!(0))
    );
}

#[tokio::test]
async fn what_is_wrong_stands_at_its_field() {
    let world = World::with_shop().await;
    world.push("qa", "1.4.2").await;
    let wrong = json!({
        "slug": "checkout!",
        "title": "",
        "feeds": [{"bucket": "production", "from": "qa"}, {"bucket": "mars", "from": null}],
    });
    assert_snapshot!(world.post(PATH, &world.ana, wrong).await, @r##"
    422 Unprocessable Entity
    {
      "detail": "4 things in the request are wrong.",
      "errors": [
        {
          "detail": "Fill this in.",
          "pointer": "#/title"
        },
        {
          "detail": "Use lowercase letters, digits and single hyphens between them; “!” does not fit.",
          "pointer": "#/slug"
        },
        {
          "detail": "There is no bucket “mars” among the release streams.",
          "pointer": "#/feeds/1/bucket"
        },
        {
          "detail": "qa is of the stream qa, and this bucket of production. Builds are carried over only within a stream; elsewhere they are promoted.",
          "pointer": "#/feeds/0/from"
        }
      ],
      "request_id": "a-request",
      "status": 422,
      "title": "Something in the request is wrong",
      "type": "/problems/invalid"
    }
    "##);
    let taken = json!({"slug": "checkout", "title": "Checkout"});
    assert_eq!(world.post(PATH, &world.ana, taken).await.body["errors"][0]["pointer"], "#/slug");
}
