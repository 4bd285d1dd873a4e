//! Forms that are sent without script.

use crate::support::{Answer, PASSWORD, Server};
use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Request;

#[tokio::test]
async fn a_form_that_fails_leads_back_to_its_page_with_what_was_typed() {
    let server = Server::start().await;
    let admin = server.admin("Ada").await;
    let session = server.sign_in(&admin).await;
    let typed = [("form[slug]", "Not a slug"), ("form[title]", "My shop")];
    let failed = server.submit("/projects/new?from=home", "/fn/create_project", &session, &typed).await;
    assert_eq!(failed.status, 302);
    let location = failed.location().unwrap();
    assert!(location.starts_with("/projects/new?from=home&__path="), "{location}");

    let echo = failed.sent_back("towpath-echo");
    let page = server.page(location, &format!("{session}; {echo}")).await;
    assert!(page.text().contains("value=\"Not a slug\""), "{}", page.text());
    assert!(page.text().contains("value=\"My shop\""));
    server.stop().await;
}

#[tokio::test]
async fn passwords_do_not_come_back() {
    let server = Server::start().await;
    let fields = [("email", "ada@example.org"), ("password", "wrong"), ("next", "/")];
    let failed = server.submit("/sign-in", "/fn/sign_in", "", &fields).await;
    let cookie = failed.cookie("towpath-echo").unwrap();
    let (value, attributes) = cookie.split_once(';').unwrap();
    assert_eq!(attributes, " Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
    let value = URL_SAFE_NO_PAD.decode(value.strip_prefix("towpath-echo=").unwrap()).unwrap();
    assert_eq!(
        String::from_utf8(value).unwrap(),
        r#"{"path":"/fn/sign_in","fields":[["email","ada@example.org"],["next","/"]]}"#
    );
    server.stop().await;
}

#[tokio::test]
async fn a_form_that_succeeds_takes_the_echo_away() {
    let server = Server::start().await;
    let admin = server.admin("Ada").await;
    let fields = [("email", admin.person.email.as_str()), ("password", PASSWORD), ("next", "/inbox")];
    let done = server.submit("/sign-in?__err=x", "/fn/sign_in", "", &fields).await;
    assert_eq!(done.location(), Some("/inbox"));
    assert!(done.cookie("towpath-echo").unwrap().starts_with("towpath-echo=; Path=/; Max-Age=0"));
    server.stop().await;
}

#[tokio::test]
async fn no_referrer_leads_to_another_site() {
    let server = Server::start().await;
    for referer in ["https://evil.example/projects/new", "//evil.example", "javascript:alert(1)"] {
        let request = Request::post("/fn/sign_in")
            .header("accept", "text/html")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("referer", referer);
        let answer = server.send(request.body(Body::from("email=a&password=b&next=/")).unwrap()).await;
        assert!(answer.location().unwrap().starts_with("/?__path="), "{:?}", answer.location());
    }
    server.stop().await;
}

#[tokio::test]
async fn a_form_of_more_than_256_kib_is_refused() {
    let server = Server::start().await;
    let large = "x".repeat(256 * 1_024);
    let answer = server.submit("/sign-in", "/fn/sign_in", "", &[("email", &large)]).await;
    assert_eq!(answer.status, 413);
    assert_eq!(answer.text(), "This form is too large: 256 KiB are allowed.\n");
    server.stop().await;
}

#[tokio::test]
async fn server_functions_are_not_reachable_by_a_link() {
    let server = Server::start().await;
    assert_eq!(server.get("/fn/sign_out").await.status, 405);
    assert_eq!(server.get("/fn/unheard_of").await.status, 404);
    server.stop().await;
}

/// Calls a server function as the script of a page does.
async fn call(server: &Server, session: &str, function: &str, body: &'static str) -> Answer {
    let request = Request::post(function)
        .header("accept", "application/json")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", session)
        .header("sec-fetch-site", "same-origin");
    server.send(request.body(Body::from(body)).expect("a request")).await
}

#[tokio::test]
async fn malformed_arguments_are_a_fault_of_the_call_and_not_ours() {
    let server = Server::start().await;
    let admin = server.admin("Ada").await;
    let session = server.sign_in(&admin).await;
    for (function, body) in [
        ("/fn/revoke_role", "binding=none"),
        ("/fn/revoke_role", ""),
        ("/fn/end_session", "session=1"),
        ("/fn/choose_theme", "theme=purple"),
        ("/fn/view_promotion", "project=shop&number=many"),
        ("/fn/create_project", "form=x"),
        ("/fn/create_project", "form[slug]=a&form[slug]=b"),
    ] {
        let answer = call(&server, &session, function, body).await;
        assert_eq!(answer.status, 400, "{function} {body}: {}", answer.text());
        assert!(answer.text().contains("The form was incomplete"), "{}", answer.text());
    }
    let plain = server.submit("/people", "/fn/revoke_role", &session, &[("binding", "none")]).await;
    assert_eq!(plain.status, 302, "a plain form is led back and told");
    assert!(plain.location().unwrap().starts_with("/people?__path="));
    server.stop().await;
}

#[tokio::test]
async fn a_form_whose_session_has_ended_stays_on_its_page_with_script_and_a_page_leads_to_sign_in() {
    let server = Server::start().await;
    let typed = "form[slug]=shop&form[title]=Shop";
    let form = call(&server, "", "/fn/create_project", typed).await;
    assert_eq!((form.status, form.location(), form.header("serverfnredirect")), (401, None, None));
    let page = call(&server, "", "/fn/view_home", "").await;
    assert_eq!((page.status, page.location()), (401, Some("/sign-in")));
    let plain = server.submit("/projects/new", "/fn/create_project", "", &[("form[slug]", "shop")]).await;
    assert_eq!((plain.status, plain.location()), (302, Some("/sign-in?next=%2Fprojects%2Fnew")));
    server.stop().await;
}
