//! Changes that take a second person, without script and through REST.

use crate::support::{PASSWORD, Server};
use axum::body::Body;
use http::Request;
use serde_json::{Value, json};

const DEMANDS: (&str, &str) = ("TOWPATH_SECOND_PERSON", "gates holds");

async fn send(server: &Server, method: &str, path: &str, bearer: &str, body: Value) -> (u16, String, Value) {
    let request = Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {bearer}"));
    let answer = server.send(request.body(Body::from(body.to_string())).expect("a request")).await;
    let location = answer.location().unwrap_or_default().to_owned();
    (answer.status, location, serde_json::from_slice(&answer.body).unwrap_or_default())
}

#[tokio::test]
async fn without_script_one_proposes_and_another_confirms() {
    let server = Server::start_with(&[DEMANDS]).await;
    let ada = server.admin("Ada").await;
    let bea = server.admin("Bea").await;
    let (one, other) = (server.sign_in(&ada).await, server.sign_in(&bea).await);
    let hold =
        [("form[on]", "installation"), ("form[reason]", "Frozen"), ("form[from]", ""), ("form[until]", "")];
    let placed = server.submit("/holds/new", "/fn/place_hold", &one, &hold).await;
    assert_eq!(placed.location(), Some("/holds/1"));
    let fields = [("number", "1"), ("reason", "All is well")];
    let proposed = server.submit("/holds/1", "/fn/release_hold", &one, &fields).await;
    assert_eq!(proposed.location(), Some("/proposals/1"));
    let page = server.page("/proposals/1", &one).await;
    for shown in ["It waits for somebody else", "Who can: Bea.", "Withdraw it"] {
        assert!(page.text().contains(shown), "{shown}: {}", page.text());
    }
    assert!(!page.text().contains("Confirm and do it"), "{}", page.text());
    let inbox = server.page("/inbox", &other).await;
    assert!(inbox.text().contains("1 proposal waits for your word"), "{}", inbox.text());
    assert!(server.page("/proposals", &other).await.text().contains("for you to decide"));
    let page = server.page("/proposals/1", &other).await;
    assert!(page.text().contains("Confirm and do it"), "{}", page.text());
    let own = server.submit("/proposals/1", "/fn/confirm_proposal", &one, &[("number", "1")]).await;
    assert!(own.location().unwrap().contains("__err="), "{:?}", own.location());
    let silent = [("number", "1"), ("comment", "")];
    let silent = server.submit("/proposals/1", "/fn/reject_proposal", &other, &silent).await;
    let told = server.page(silent.location().unwrap().split('#').next().unwrap(), &other).await;
    assert!(told.text().contains("Say why you reject it."), "{}", told.text());
    let confirmed = server.submit("/proposals/1", "/fn/confirm_proposal", &other, &[("number", "1")]).await;
    assert_eq!(confirmed.location(), Some("/proposals/1"));
    let page = server.page("/proposals/1", &one).await;
    assert!(page.text().contains("applied") && page.text().contains(" by Bea"), "{}", page.text());
    assert!(server.page("/holds/1", &one).await.text().contains("All is well"));
    let timeline = server.page("/timeline", &one).await;
    for shown in ["touches production", "admin by the shell", "(proposal 1), which "] {
        assert!(timeline.text().contains(shown), "{shown}: {}", timeline.text());
    }
    server.stop().await;
}

#[tokio::test]
async fn the_api_answers_that_it_waits() {
    let server = Server::start_with(&[DEMANDS]).await;
    let (ada, bea) = (server.admin("Ada").await, server.admin("Bea").await);
    let mut sessions = Vec::new();
    for member in [&ada, &bea] {
        let who = json!({"email": member.person.email.as_str(), "password": PASSWORD});
        let (_, _, begun) = send(&server, "POST", "/sessions", "", who).await;
        sessions.push(begun["session"].as_str().unwrap().to_owned());
    }
    let (one, other) = (&sessions[0], &sessions[1]);
    let hold = json!({"on": "installation", "reason": "Frozen"});
    assert_eq!(send(&server, "POST", "/holds", one, hold).await.0, 201);
    let (status, location, proposal) = send(&server, "POST", "/holds/1/release", one, json!({})).await;
    assert_eq!((status, location.as_str()), (202, "/api/v1/proposals/1"));
    assert_eq!((&proposal["state"], &proposal["proposed_by"]), (&json!("waiting"), &json!("Ada")));
    let (status, _, own) = send(&server, "POST", "/proposals/1/confirmation", one, json!({})).await;
    assert_eq!((status, &own["type"]), (409, &json!("/problems/blocked")), "{own}");
    let rejection = json!({"comment": "Not yet."});
    let (status, _, rejected) = send(&server, "POST", "/proposals/1/rejection", other, rejection).await;
    assert_eq!((status, &rejected["because"]), (200, &json!("Not yet.")), "{rejected}");
    let (status, _, late) = send(&server, "POST", "/proposals/1/withdrawal", one, json!({})).await;
    assert_eq!((status, &late["type"]), (409, &json!("/problems/conflict")), "{late}");
    assert_eq!(send(&server, "POST", "/holds/1/release", one, json!({})).await.0, 202);
    let (status, _, done) = send(&server, "POST", "/proposals/2/confirmation", other, json!({})).await;
    assert_eq!((status, &done["decided_by"]), (200, &json!("Bea")), "{done}");
    let (_, _, list) = send(&server, "GET", "/proposals", other, json!({})).await;
    assert_eq!(list["items"].as_array().map(Vec::len), Some(2), "{list}");
    assert_eq!(send(&server, "GET", "/holds/1", one, json!({})).await.2["state"], json!("released"));
    server.stop().await;
}
