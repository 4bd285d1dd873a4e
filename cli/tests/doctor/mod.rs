//! `doctor`, against the real routes and against servers that are not as they should be.

use crate::terminal::Terminal;
use axum::Router;
use axum::routing::get;
use http::StatusCode;
use serde_json::Value;
use tokio::net::TcpListener;

/// A server of these routes.
async fn serving(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_signed_in_reads_that_all_is_well_and_what_they_may() {
    let terminal = Terminal::signed_in().await;
    let ran = terminal.run(&["doctor", "--output", "json"], "");
    assert_eq!(ran.code, 0, "{ran}");
    let findings: Vec<Value> = serde_json::from_str(&ran.stdout).expect("JSON");
    let said = |what: &str| -> Vec<(&str, &str)> {
        let of = findings.iter().filter(|finding| finding["what"] == what);
        of.map(|finding| (finding["verdict"].as_str().unwrap(), finding["words"].as_str().unwrap())).collect()
    };
    assert_eq!(said("file")[0].0, "ok");
    assert!(said("server")[0].1.starts_with("answers in "), "{ran}");
    assert!(said("clock")[0].1.starts_with("differs from the server's by "), "{ran}");
    assert_eq!(said("api"), [("ok", "version 1, as this command speaks it")]);
    assert!(said("credential")[0].1.starts_with("Ana, admin in the whole installation; until "), "{ran}");
    // The server is called otherwise than by this test, which is worth a word.
    assert_eq!(said("registry")[0].0, "odd", "{ran}");
    assert!(said("registry")[0].1.contains("https://towpath.example"), "{ran}");
    assert_eq!(said("registry")[1], ("ok", "lets this credential in"));
    assert_eq!(said("ci"), [("ok", "none: `push` asks git what is built")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_tells_what_it_is_for_and_one_that_ended_is_wrong() {
    let terminal = Terminal::new().await;
    let token = terminal.world.token(&["view", "push"], "shop").await;
    let with = |token: &str| {
        terminal.run_with(&["doctor"], "", &[("TOWPATH_SERVER", &terminal.url), ("TOWPATH_TOKEN", token)])
    };
    let ran = with(&token);
    assert!(ran.code == 0 && ran.stdout.contains("a token of Ana, for "), "{ran}");
    let ran = with("tpt_nonsense");
    assert!(ran.code == 3 && ran.stdout.contains("does not let this credential in (status 401)"), "{ran}");
    assert!(!ran.to_string().contains("tpt_nonsense"), "{ran}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_credential_the_way_to_one_is_told_but_not_to_a_job_that_has_a_token() {
    let terminal = Terminal::new().await;
    let server = [("TOWPATH_SERVER", terminal.url.as_str())];
    let ran = terminal.run_with(&["doctor"], "", &server);
    assert!(ran.code == 3 && ran.stdout.contains("towpath login --server"), "{ran}");
    let job = [&server[..], &[("GITLAB_CI", "true"), ("TOWPATH_ID_TOKEN", "a.b.c")]].concat();
    let ran = terminal.run_with(&["doctor"], "", &job);
    assert!(ran.code == 0 && ran.stdout.contains("GitLab CI, with a token of the job"), "{ran}");
    let told = [&server[..], &[("GITHUB_ACTIONS", "true"), ("TOWPATH_TOKEN", "tpt_x")]].concat();
    let ran = terminal.run_with(&["doctor"], "", &told);
    assert!(ran.stdout.contains("permissions: id-token: write"), "{ran}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_not_ready_or_another_is_told_apart() {
    let terminal = Terminal::new().await;
    let ask = |server: &str| terminal.run(&["doctor", "--server", server], "");
    let away = ask(&Terminal::closed_port());
    assert!(away.code == 75 && away.stdout.contains("cannot be reached"), "{away}");
    let not_ready = get(async || StatusCode::SERVICE_UNAVAILABLE);
    let ran = ask(&serving(Router::new().route("/readyz", not_ready)).await);
    assert!(ran.code == 75 && ran.stdout.contains("runs, but is not ready"), "{ran}");
    let moved =
        get(async || (StatusCode::PERMANENT_REDIRECT, [("location", "https://elsewhere.example/readyz")]));
    let ran = ask(&serving(Router::new().route("/readyz", moved)).await);
    assert!(ran.code == 2 && ran.stdout.contains("leads to https://elsewhere.example"), "{ran}");
    let ran = ask(&serving(Router::new()).await);
    assert!(ran.code == 1 && ran.stdout.contains("is no Towpath"), "{ran}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_differs_is_wrong() {
    let terminal = Terminal::new().await;
    let late = get(async || [("date", "Mon, 01 Jan 2024 00:00:00 GMT")]);
    let server = serving(Router::new().route("/readyz", late)).await;
    let ran = terminal.run(&["doctor", "--server", &server], "");
    assert!(ran.code == 1 && ran.stdout.contains("let both follow NTP"), "{ran}");
}
