//! `push` by the token that a CI makes for its job, without any secret.

use crate::pushing::{answer, archive, github, push};
use crate::signing::Ci;
use crate::terminal::Terminal;
use axum::extract::Query;
use axum::routing::get;
use axum::{Json, Router};
use http::HeaderMap;
use serde_json::{Value, json};
use std::collections::HashMap;
use tempfile::TempDir;
use tokio::net::TcpListener;

/// Of GitHub Enterprise Server: the keys of GitHub.com are its own.
const ISSUER: &str = "https://ghe.example/_services/token";
const AUDIENCE: &str = "https://towpath.example";

/// A server that trusts the jobs of acme/shop, which nobody is signed in to.
async fn trusting() -> (Terminal, Ci, TempDir) {
    let (terminal, ci) = (Terminal::new().await, Ci::new());
    let new = json!({
        "title": "CI of acme/shop", "system": "github", "issuer": ISSUER, "keys": ci.keys(),
        "buckets": ["environment:qa"], "by_rule": true, "claims": {"repository_owner_id": "42", "repository": "acme/shop"},
    });
    let made = terminal.world.post("/projects/shop/publishers", &terminal.world.ana, new).await;
    assert_eq!(made.status, 201, "{made}");
    (terminal, ci, TempDir::new().expect("a folder"))
}

fn claims(terminal: &Terminal, owner: &str) -> Value {
    let now = terminal.world.service.now().micros() / 1_000_000;
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "a job", "iat": now, "exp": now + 300,
        "jti": owner, "repository": "acme/shop", "repository_owner_id": owner,
        "event_name": "push", "ref": "refs/heads/main", "sha": "c0ffee", "run_id": "42",
    })
}

/// What GitHub's runner offers to a job: an address that makes this token for the right audience.
async fn runner(token: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/token?api-version=2.0", listener.local_addr().expect("an address"));
    let answer = move |headers: HeaderMap, Query(asked): Query<HashMap<String, String>>| async move {
        assert_eq!(headers["authorization"], "Bearer of the job");
        assert_eq!((asked["audience"].as_str(), asked["api-version"].as_str()), (AUDIENCE, "2.0"));
        Json(json!({"value": token}))
    };
    let router = Router::new().route("/token", get(answer));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_on_github_pushes_by_the_token_that_it_asks_for() {
    let (terminal, ci, folder) = trusting().await;
    let token = ci.token(&claims(&terminal, "42"));
    let url = runner(token.clone()).await;
    let mut variables = github("refs/heads/other");
    variables.extend([
        ("ACTIONS_ID_TOKEN_REQUEST_URL", url.as_str()),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "of the job"),
        ("TOWPATH_SERVER", &terminal.url),
        ("TOWPATH_AUDIENCE", AUDIENCE),
    ]);
    let ran = push(&terminal, &archive(&folder, "a layer"), &["--output", "json"], &variables);
    assert!(ran.stderr.contains("trusted as “CI of acme/shop”, until 2026-01-31T09:45:00Z"), "{ran}");
    let origin = &answer(&ran)["build"]["origin"];
    // What the variables say of the ref is outweighed by what GitHub has signed.
    assert_eq!(origin["git_ref"], json!({"value": "refs/heads/main", "verified": true}));
    assert_eq!(origin["commit"], json!({"value": "c0ffee", "verified": true}));
    assert!(!ran.to_string().contains(&token) && !ran.to_string().contains("tpt_"), "{ran}");
    assert_eq!(terminal.credential(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_not_trusted_is_told_where_to_look_and_shows_no_secret() {
    let (terminal, ci, folder) = trusting().await;
    let image = archive(&folder, "a layer");
    let token = ci.token(&claims(&terminal, "43"));
    let server = [("TOWPATH_SERVER", terminal.url.as_str())];
    let given = [&server[..], &[("TOWPATH_ID_TOKEN", token.as_str())]].concat();
    let ran = push(&terminal, &image, &["--tag", "1"], &given);
    assert!(ran.code == 3 && ran.stderr.contains("its page Publishers"), "{ran}");
    assert!(!ran.to_string().contains(&token), "{ran}");
    // Without a token to show, it is told how to get one.
    let ran =
        push(&terminal, &image, &["--tag", "1"], &[&server[..], &[("GITHUB_ACTIONS", "true")]].concat());
    assert!(ran.code == 3 && ran.stderr.contains("permissions: id-token: write"), "{ran}");
}
