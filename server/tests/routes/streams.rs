//! Release streams.

use crate::support::World;
use insta::assert_snapshot;
use serde_json::json;

#[tokio::test]
async fn streams_are_listed_with_the_environments_that_one_sees() {
    let world = World::with_shop().await;
    let vic = world.person("Vic", "viewer", "project:global").await;
    let own = world.get("/streams", &world.ana).await;
    assert_eq!(own.body["items"][1]["environments"], json!(["shop/qa"]));
    let other = world.get("/streams", &vic).await;
    assert_eq!(other.body["items"][1]["environments"], json!([]));
}

#[tokio::test]
async fn a_stream_is_created_for_the_whole_installation() {
    let world = World::new().await;
    let new = json!({"slug": "preview", "title": "Preview"});
    assert_snapshot!(world.post("/streams", &world.ana, new).await, @r#"
    201 Created
    location: /api/v1/streams
    {
      "built_in": false,
      "environments": [],
      "production": false,
      "slug": "preview",
      "title": "Preview"
    }
    "#);
    let wrong = json!({"slug": "p", "title": "P", "production": true});
    assert_snapshot!(world.post("/streams", &world.ana, wrong).await, @r##"
    422 Unprocessable Entity
    {
      "detail": "Use at least 2 characters.",
      "errors": [
        {
          "detail": "Use at least 2 characters.",
          "pointer": "#/slug"
        }
      ],
      "request_id": "a-request",
      "status": 422,
      "title": "Something in the request is wrong",
      "type": "/problems/invalid"
    }
    "##);
}
