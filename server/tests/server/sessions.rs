//! The session's cookie, and how long a session lasts.

use crate::support::{PASSWORD, Server};
use axum::body::Body;
use http::Request;

#[tokio::test]
async fn the_cookie_is_for_this_site_and_not_for_scripts() {
    let server = Server::start().await;
    let admin = server.admin("Ada").await;
    let fields = [("email", admin.person.email.as_str()), ("password", PASSWORD), ("next", "/")];
    let answer = server.submit("/sign-in", "/fn/sign_in", "", &fields).await;
    let (_, attributes) = answer.cookie("towpath").unwrap().split_once(';').unwrap();
    assert_eq!(attributes, " HttpOnly; SameSite=Lax; Path=/; Max-Age=604800");
    server.stop().await;
}

#[tokio::test]
async fn on_https_the_cookie_is_bound_to_this_host() {
    let server = Server::start_with(&[("TOWPATH_PUBLIC_URL", "https://towpath.example")]).await;
    let admin = server.admin("Ada").await;
    let fields = [("email", admin.person.email.as_str()), ("password", PASSWORD), ("next", "/")];
    let answer = server.submit("/sign-in", "/fn/sign_in", "", &fields).await;
    let (_, attributes) = answer.cookie("__Host-towpath").unwrap().split_once(';').unwrap();
    assert_eq!(attributes, " HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=604800");

    // Browsers only let go of such a cookie by a removal that is as strict.
    let session = answer.sent_back("__Host-towpath");
    let out = server.submit("/", "/fn/sign_out", &session, &[]).await;
    assert_eq!(
        out.cookie("__Host-towpath"),
        Some("__Host-towpath=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure")
    );
    server.stop().await;
}

#[tokio::test]
async fn signing_in_begins_a_session_under_a_new_id() {
    let server = Server::start().await;
    let admin = server.admin("Ada").await;
    let first = server.sign_in(&admin).await;
    let fields = [("email", admin.person.email.as_str()), ("password", PASSWORD), ("next", "/")];
    let again = server.submit("/sign-in", "/fn/sign_in", &first, &fields).await.sent_back("towpath");
    assert_ne!(first, again);
    assert_eq!(server.page("/", &first).await.location(), Some("/sign-in"), "the earlier one has ended");
    assert_eq!(server.page("/", &again).await.status, 200);
    server.stop().await;
}

#[tokio::test]
async fn a_session_id_that_someone_chose_is_not_taken_over() {
    let server = Server::start().await;
    let admin = server.admin("Ada").await;
    let chosen = "towpath=AAAAAAAAAAAAAAAAAAAAAA";
    let fields = [("email", admin.person.email.as_str()), ("password", PASSWORD), ("next", "/")];
    let given = server.submit("/sign-in", "/fn/sign_in", chosen, &fields).await.sent_back("towpath");
    assert_ne!(given, chosen);
    assert_eq!(server.page("/", chosen).await.location(), Some("/sign-in"));
    server.stop().await;
}

#[tokio::test]
async fn reading_pages_sets_no_cookie() {
    let server = Server::start().await;
    let admin = server.admin("Ada").await;
    let session = server.sign_in(&admin).await;
    assert!(server.page("/", &session).await.cookie("towpath").is_none());
    assert!(server.get("/sign-in").await.cookie("towpath").is_none());
    server.stop().await;
}

const HOUR: i64 = 3_600;

#[tokio::test]
async fn a_session_that_nobody_uses_ends_after_its_idle_time() {
    let server = Server::start().await;
    let admin = server.admin("Ada").await;
    let session = server.sign_in(&admin).await;
    server.clock.advance(12 * HOUR - 1);
    assert_eq!(server.page("/", &session).await.status, 200);
    server.clock.advance(2 * 12 * HOUR);
    assert_eq!(server.page("/", &session).await.location(), Some("/sign-in"));
    server.stop().await;
}

#[tokio::test]
async fn a_session_in_use_goes_on_until_its_absolute_end() {
    let server = Server::start().await;
    let admin = server.admin("Ada").await;
    let session = server.sign_in(&admin).await;
    for _ in 0..16 {
        server.clock.advance(10 * HOUR);
        assert_eq!(server.page("/", &session).await.status, 200);
    }
    server.clock.advance(10 * HOUR);
    assert_eq!(server.page("/", &session).await.location(), Some("/sign-in"), "a week is over");
    server.stop().await;
}

#[tokio::test]
async fn a_new_password_signs_out_everyone_but_who_set_it() {
    let server = Server::start().await;
    let admin = server.admin("Ada").await;
    let (here, elsewhere) = (server.sign_in(&admin).await, server.sign_in(&admin).await);
    let fields = [("form[current_password]", PASSWORD), ("form[new_password]", "a wholly new password")];
    let done = server.submit("/account", "/fn/change_password", &here, &fields).await;
    assert_eq!(done.location(), Some("/account"));
    assert_eq!(server.page("/account", &here).await.status, 200);
    assert_eq!(server.page("/account", &elsewhere).await.location(), Some("/sign-in?next=%2Faccount"));
    server.stop().await;
}

#[tokio::test]
async fn the_account_page_tells_where_someone_is_signed_in_and_no_secret_of_it() {
    let server = Server::start().await;
    let admin = server.admin("Ada").await;
    let fields = [("email", admin.person.email.as_str()), ("password", PASSWORD), ("next", "/")];
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = Request::post("/fn/sign_in")
        .header("accept", "text/html")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .header("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
    let session = server.send(request.body(Body::from(body)).unwrap()).await.sent_back("towpath");
    let page = server.page("/account", &session).await;
    assert!(page.text().contains("Firefox on Linux"), "{}", page.text());
    assert!(page.text().contains("127.0.0.1"));
    let (_, secret) = session.split_once('=').unwrap();
    assert!(!page.text().contains(secret));
    server.stop().await;
}
