//! Refused attempts, as every door notes them.

use crate::support::{Server, basic};
use axum::body::Body;
use http::Request;
use std::collections::BTreeSet;
use towpath_domain::attempts::AttemptsForm;
use towpath_service::attempts::{PAGE, list};

const HOOK: &str = "/hooks/00000000-0000-7000-8000-000000000000";

fn api(path: &str, secret: &str) -> Request<Body> {
    let request = Request::get(path).header("authorization", format!("Bearer {secret}"));
    request.body(Body::empty()).expect("a request")
}

#[tokio::test]
async fn whoever_is_turned_away_is_noted_by_every_kind_of_door_and_nothing_that_they_sent_is() {
    let server = Server::start().await;
    let ana = server.admin("Ana").await;
    let dora = server.member(&ana, "Dora", "developer", "installation").await;
    let (cookie, token) = (server.sign_in(&dora).await, server.token(&dora, &["view", "push"]).await);
    // What lets somebody in, what nobody said who they are for, and what is not there is none.
    server.send(api("/api/v1/me", &token)).await;
    server.get("/api/v1/projects").await;
    server.get("/v2/").await;
    server.send(api("/api/v1/projects/nowhere", &token)).await;

    let wrong = [("email", "dora@example.org"), ("password", "a wrong password"), ("next", "/")];
    server.submit("/sign-in", "/fn/sign_in", "", &wrong).await;
    let made_up = "tpt_0123456789abcdef0123456789abcdef0123456789abcdef";
    server.send(api("/api/v1/projects", made_up)).await;
    let registry = Request::get("/v2/").header("authorization", basic(made_up)).body(Body::empty());
    server.send(registry.expect("a request")).await;
    let new = Request::post("/api/v1/projects")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(Body::from(r#"{"slug": "bank", "title": "Bank"}"#));
    assert_eq!(server.send(new.expect("a request")).await.status, 403);
    assert_eq!(server.page("/refused-attempts", &cookie).await.status, 403);
    let unsigned = Request::post(HOOK).body(Body::from("{}")).expect("a request");
    assert_eq!(server.send(unsigned).await.status, 401);

    let view = list(&server.service, &ana.actor, &AttemptsForm::default(), None, PAGE).await.expect("may");
    let told: BTreeSet<(&str, String)> = view
        .attempts
        .iter()
        .map(|line| {
            let who = line.who.as_deref().unwrap_or("nobody");
            (line.kind.name(), format!("{}, {}: {who}", line.door, line.because))
        })
        .collect();
    let unknown = "This token is not known here";
    let expected = [
        ("permission", "GET /refused-attempts, configure: Dora".to_owned()),
        ("permission", "POST /api/v1/projects, configure, beyond the scope of a token: Dora".to_owned()),
        ("sign_in", format!("GET /api/v1/projects, {unknown}: nobody")),
        ("sign_in", format!("GET /v2/, {unknown}: nobody")),
        ("sign_in", "POST /fn/sign_in, wrong e-mail address or password: nobody".to_owned()),
        ("signature", "POST /hooks/{id}, there is no such hook: nobody".to_owned()),
    ];
    assert_eq!(told, expected.into());

    let sheet = server.page("/refused-attempts/export?format=csv", &server.sign_in(&ana).await).await;
    assert_eq!((sheet.status, sheet.header("content-type")), (200, Some("text/csv; charset=utf-8")));
    let sheet = sheet.text();
    assert!(
        sheet.starts_with("\"at\",\"last_at\",\"count\",\"kind\"") && sheet.lines().count() == 7,
        "{sheet}"
    );
    for sent in ["example.org", "wrong password", "tpt_", "00000000-0000", "bank"] {
        assert!(!sheet.contains(sent), "{sent} in {sheet}");
    }
    server.stop().await;
}
