//! What guards every door: headers, the same-origin check, request ids; and the two doors for health checks.

use crate::support::{Answer, Server};
use axum::body::Body;
use http::Request;

const DOORS: [&str; 6] = ["/livez", "/readyz", "/v2/", "/api/v1/projects", "/sign-in", "/nowhere"];

#[tokio::test]
async fn every_answer_tells_browsers_what_not_to_do() {
    let server = Server::start().await;
    for door in DOORS {
        let answer = server.get(door).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{name} of {door}");
        }
        let policy = answer.header("content-security-policy").unwrap_or_default();
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{door}"
        );
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{door}");
        assert_eq!(answer.header("strict-transport-security"), None, "plain HTTP is what this one is for");
    }
    server.stop().await;
}

#[tokio::test]
async fn what_is_reached_by_https_stays_there() {
    let server = Server::start_with(&[("TOWPATH_PUBLIC_URL", "https://towpath.example")]).await;
    let answer = server.get("/livez").await;
    assert_eq!(answer.header("strict-transport-security"), Some("max-age=63072000; includeSubDomains"));
    server.stop().await;
}

#[tokio::test]
async fn whoever_finds_a_hole_reads_whom_to_tell_if_somebody_is_named() {
    let server = Server::start().await;
    let answer = server.get("/.well-known/security.txt").await;
    assert_eq!(answer.status, 404);
    server.stop().await;
    let contact = ("TOWPATH_SECURITY_CONTACT", "mailto:security@example.org");
    let server = Server::start_with(&[contact, ("TOWPATH_PUBLIC_URL", "https://towpath.example")]).await;
    let answer = server.get("/.well-known/security.txt").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/plain; charset=utf-8")));
    let text = answer.text();
    assert!(text.starts_with("Contact: mailto:security@example.org\nExpires: "), "{text}");
    assert!(
        text.ends_with(
            "Z\nPreferred-Languages: en\nCanonical: https://towpath.example/.well-known/security.txt\n"
        ),
        "{text}"
    );
    server.stop().await;
}

#[tokio::test]
async fn a_page_is_for_nobodys_cache() {
    let server = Server::start().await;
    assert_eq!(server.get("/sign-in").await.header("cache-control"), Some("no-store"));
    server.stop().await;
}

async fn sign_out(server: &Server, headers: &[(&str, &str)]) -> Answer {
    let mut request =
        Request::post("/fn/sign_out").header("content-type", "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    server.send(request.body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn another_site_cannot_sign_anyone_out() {
    let server = Server::start().await;
    let admin = server.admin("Ada").await;
    let session = server.sign_in(&admin).await;
    for headers in [
        [("cookie", session.as_str()), ("sec-fetch-site", "cross-site")],
        [("cookie", &session), ("sec-fetch-site", "same-site")],
        [("cookie", &session), ("origin", "https://evil.example")],
        [("cookie", &session), ("origin", "null")],
    ] {
        let refused = sign_out(&server, &headers).await;
        assert_eq!(refused.status, 403, "{headers:?}");
        assert!(refused.text().contains("did not come from a page of this Towpath"), "{}", refused.text());
    }
    assert_eq!(sign_out(&server, &[("cookie", &session)]).await.status, 403, "and nobody says where from");
    assert_eq!(server.page("/", &session).await.status, 200, "still signed in");

    let done = sign_out(&server, &[("cookie", &session), ("sec-fetch-site", "same-origin")]).await;
    assert_eq!(done.status, 200);
    assert_eq!(server.page("/", &session).await.location(), Some("/sign-in"));
    server.stop().await;
}

#[tokio::test]
async fn a_request_keeps_the_id_that_a_proxy_gave_it() {
    let server = Server::start().await;
    let request = Request::get("/livez").header("x-request-id", "proxy-7");
    let answer = server.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.header("x-request-id"), Some("proxy-7"));
    let own = server.get("/livez").await;
    assert_eq!(own.header("x-request-id").map(str::len), Some(36));
    server.stop().await;
}

#[tokio::test]
async fn without_its_database_the_server_lives_but_is_not_ready() {
    let server = Server::start().await;
    assert_eq!(server.get("/readyz").await.status, 200);
    server.service.close().await;
    assert_eq!(server.get("/livez").await.status, 200);
    let answer = server.get("/readyz").await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.text(), "Towpath cannot reach its database. Try again in a moment.\n");
    server.stop().await;
}
