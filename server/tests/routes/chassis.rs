//! What holds for every route: how mistakes in a request are answered.

use crate::support::{World, request};
use axum::body::Body;
use insta::assert_snapshot;
use serde_json::json;

#[tokio::test]
async fn a_call_without_a_credential_is_told_how_to_sign_in() {
    let world = World::new().await;
    assert_snapshot!(world.get("/projects", "").await, @r#"
    401 Unauthorized
    www-authenticate: Bearer realm="towpath"
    {
      "detail": "Send a token or a session as “Authorization: Bearer …”. The Tokens page makes tokens; POST /api/v1/sessions begins a session.",
      "request_id": "a-request",
      "status": 401,
      "title": "Sign in first",
      "type": "/problems/unauthenticated"
    }
    "#);
}

#[tokio::test]
async fn what_is_no_credential_of_ours_is_refused() {
    let world = World::new().await;
    for secret in ["tpt_0", "tps_0", "nothing", &format!("tps_{}", "0".repeat(64))] {
        let answer = world.get("/projects", secret).await;
        assert_eq!(answer.status, 401, "{secret}");
        assert_eq!(answer.body["type"], "/problems/unauthenticated");
    }
    let basic = request("GET", "/projects", "").header("authorization", "Basic OnB3");
    assert_eq!(world.send(basic.body(Body::empty()).unwrap()).await.status, 401);
}

#[tokio::test]
async fn the_cookie_of_a_browser_is_no_credential() {
    let world = World::new().await;
    let secret = world.ana.strip_prefix("tps_").unwrap();
    let browser = request("GET", "/projects", "").header("cookie", format!("towpath={secret}"));
    assert_eq!(world.send(browser.body(Body::empty()).unwrap()).await.status, 401);
}

#[tokio::test]
async fn an_address_that_is_not_there_is_a_problem_too() {
    let world = World::new().await;
    assert_snapshot!(world.get("/nothing", "").await, @r#"
    404 Not Found
    {
      "detail": "There is nothing at /api/v1/nothing. /api/v1/openapi.json lists what there is.",
      "request_id": "a-request",
      "status": 404,
      "title": "Not found",
      "type": "/problems/not-found"
    }
    "#);
    assert_eq!(world.get("", "").await.status, 404);
    assert_eq!(world.get("/", "").await.status, 404);
}

#[tokio::test]
async fn a_method_that_is_not_there_names_those_that_are() {
    let world = World::new().await;
    assert_snapshot!(world.delete("/projects", &world.ana).await, @r#"
    405 Method Not Allowed
    allow: GET,HEAD,POST
    {
      "detail": "This address is there, but not for this method. The header Allow lists those that work.",
      "request_id": "a-request",
      "status": 405,
      "title": "This cannot be done here",
      "type": "/problems/method-not-allowed"
    }
    "#);
}

#[tokio::test]
async fn a_path_that_is_no_text_is_a_problem_too() {
    let world = World::new().await;
    let answer = world.get("/projects/%FF", &world.ana).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.body["type"], "/problems/malformed");
}

#[tokio::test]
async fn a_field_that_is_not_known_is_refused_by_its_name() {
    let world = World::new().await;
    let new = json!({"slug": "shop", "title": "Shop", "colour": "red"});
    assert_snapshot!(world.post("/projects", &world.ana, new).await, @r##"
    422 Unprocessable Entity
    {
      "detail": "There is no “colour” here. Taken are “slug” and “title”.",
      "errors": [
        {
          "detail": "There is no “colour” here. Taken are “slug” and “title”.",
          "pointer": "#/colour"
        }
      ],
      "request_id": "a-request",
      "status": 422,
      "title": "Something in the request is wrong",
      "type": "/problems/invalid"
    }
    "##);
}

#[tokio::test]
async fn a_wrong_value_is_refused_where_it_stands() {
    let world = World::new().await;
    let stages = json!([{"bucket": "qa"}, {"bucket": "prod", "gates": [{"gate": "luck"}]}]);
    let new = json!({"slug": "a", "title": "A", "kind": "environment", "stages": stages});
    assert_snapshot!(world.post("/projects/global/workflows", &world.ana, new).await, @r##"
    422 Unprocessable Entity
    {
      "detail": "“luck” is not known here. Taken are “approvals”, “soak”, “was_in”, “window”, “reference”, “maximum_age”, “check”, “verified”, “signed” and “built”.",
      "errors": [
        {
          "detail": "“luck” is not known here. Taken are “approvals”, “soak”, “was_in”, “window”, “reference”, “maximum_age”, “check”, “verified”, “signed” and “built”.",
          "pointer": "#/stages/1/gates/0/gate"
        }
      ],
      "request_id": "a-request",
      "status": 422,
      "title": "Something in the request is wrong",
      "type": "/problems/invalid"
    }
    "##);
}

#[tokio::test]
async fn what_is_no_json_is_refused() {
    let world = World::new().await;
    let json = |body: &'static str| {
        let request = request("POST", "/projects", &world.ana).header("content-type", "application/json");
        request.body(Body::from(body)).unwrap()
    };
    assert_snapshot!(world.send(json("{\"slug\": ")).await, @r#"
    400 Bad Request
    {
      "detail": "The body is no JSON: EOF while parsing a value at line 1 column 9.",
      "request_id": "a-request",
      "status": 400,
      "title": "The request cannot be read",
      "type": "/problems/malformed"
    }
    "#);
    for body in ["", r#"{"slug": "a", "title": "A"} {}"#, "\u{feff}{}"] {
        assert_eq!(world.send(json(body)).await.status, 400, "{body:?}");
    }
    for body in ["[]", "null", "{}"] {
        assert_eq!(world.send(json(body)).await.status, 422, "{body:?}");
    }
}

#[tokio::test]
async fn a_body_of_another_type_is_refused() {
    let world = World::new().await;
    for content_type in ["application/x-www-form-urlencoded", "text/plain", "application/json-seq"] {
        let request = request("POST", "/projects", &world.ana).header("content-type", content_type);
        let answer = world.send(request.body(Body::from("{}")).unwrap()).await;
        assert_eq!(answer.status, 415, "{content_type}");
        assert_eq!(answer.body["type"], "/problems/unsupported-media-type");
    }
}

#[tokio::test]
async fn a_body_is_bounded() {
    let world = World::new().await;
    let title = "a".repeat(256 * 1_024);
    let new = json!({"slug": "shop", "title": title});
    assert_snapshot!(world.post("/projects", &world.ana, new).await, @r#"
    413 Payload Too Large
    {
      "detail": "The body has more than 256 KiB.",
      "request_id": "a-request",
      "status": 413,
      "title": "The request is too large",
      "type": "/problems/too-large"
    }
    "#);
}

#[tokio::test]
async fn the_type_of_a_problem_leads_to_its_explanation() {
    let world = World::new().await;
    let page = |path: &str| http::Request::builder().uri(path).body(Body::empty()).unwrap();
    let answer = world.send(page("/problems/too-large")).await;
    assert_snapshot!(answer, @r#"
    200 OK
    too-large

    413, exit code 2. The body has more than 256 KiB.
    "#);
    assert_eq!(world.send(page("/problems/nothing")).await.status, 404);
}

#[tokio::test]
async fn hostile_text_stays_text() {
    let world = World::new().await;
    let answer = world.get("/projects/%3C%2Fscript%3E%22%0A", &world.ana).await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.body["detail"], "The project “</script>\"\n” was not found.");
}
