//! Confirming that it is still oneself, in a browser without script and by providers.

use crate::support::{Answer, Browser, Evil, Member, PASSWORD, Provider, Server};
use axum::body::Body;
use http::Request;
use serde_json::{Value, json};
use towpath_domain::timeline::Filter;
use towpath_domain::timeline::sentence::plain;
use towpath_service::timeline;

const DEMANDS: (&str, &str) = ("TOWPATH_FRESH_SIGN_IN_MINUTES", "15");
const LATER: i64 = 16 * 60;

/// What is typed into the form for a role.
const ROLE: [(&str, &str); 3] =
    [("form[slug]", "deployer"), ("form[title]", "Who deploys"), ("form[permissions][push]", "everywhere")];

async fn make_role(server: &Server, session: &str) -> Answer {
    server.submit("/roles/new?from=viewer", "/fn/create_role", session, &ROLE).await
}

async fn told(server: &Server, reader: &Member, kind: &str) -> Vec<String> {
    let filter = Filter { kind: kind.to_owned(), ..Filter::default() };
    let page = timeline::page(&server.service, &reader.actor, &filter, None, 50).await.expect("reads");
    page.entries.iter().map(|entry| format!("{} {}", entry.who, plain(&entry.sentence))).collect()
}

#[tokio::test]
async fn without_script_a_refused_form_leads_there_and_back_with_what_was_typed() {
    let server = Server::start_with(&[DEMANDS]).await;
    let admin = server.admin("Ada").await;
    let session = server.sign_in(&admin).await;
    server.clock.advance(LATER);
    let refused = make_role(&server, &session).await;
    let confirm = refused.location().unwrap().to_owned();
    assert!(confirm.starts_with("/confirm?next=%2Froles%2Fnew%3Ffrom%3Dviewer%26__path%3D"), "{confirm}");
    assert!(refused.cookie("towpath-echo").unwrap().contains("Max-Age=600;"));
    let echo = refused.sent_back("towpath-echo");
    let page = server.page(&confirm, &session).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("Confirm that it is you"), "{}", page.text());
    assert!(page.text().contains("You are signed in as Ada, ada@example.org"), "{}", page.text());

    // A wrong password leaves what was typed, and the way back, as they are.
    let (_, next) = confirm.split_once("next=").unwrap();
    let next: String = form_urlencoded::parse(format!("x={next}").as_bytes()).next().unwrap().1.into();
    let wrong = [("password", "not the password"), ("next", next.as_str())];
    let failed = server.submit(&confirm, "/fn/confirm", &session, &wrong).await;
    assert!(failed.cookie("towpath-echo").is_none(), "{:?}", failed.headers);
    let again = server.page(failed.location().unwrap(), &session).await;
    assert!(again.text().contains("This is not your password."), "{}", again.text());

    let right = [("password", PASSWORD), ("next", next.as_str())];
    let confirmed = server.submit(&confirm, "/fn/confirm", &session, &right).await;
    assert!(confirmed.cookie("towpath-echo").is_none(), "{:?}", confirmed.headers);
    let fresh = confirmed.sent_back("towpath");
    assert_ne!(fresh, session, "the session goes on under another id");
    assert_eq!(server.page("/roles", &session).await.location(), Some("/sign-in?next=%2Froles"));
    let back = server.page(confirmed.location().unwrap(), &format!("{fresh}; {echo}")).await;
    for shown in ["value=\"deployer\"", "value=\"Who deploys\"", "You have confirmed that it is you."] {
        assert!(back.text().contains(shown), "{shown}: {}", back.text());
    }
    assert!(!back.text().contains("This was not accepted"), "{}", back.text());
    assert_eq!(make_role(&server, &fresh).await.location(), Some("/roles/deployer"));
    assert_eq!(
        told(&server, &admin, "presence_confirmed").await,
        ["Ada confirmed by their password that it is them"]
    );
    server.stop().await;
}

#[tokio::test]
async fn nobody_is_led_to_another_site_by_confirming() {
    let server = Server::start_with(&[DEMANDS]).await;
    let admin = server.admin("Ada").await;
    let session = server.sign_in(&admin).await;
    for elsewhere in ["https://example.org", "//example.org", "/fn/sign_out", ""] {
        let fields = [("password", PASSWORD), ("next", elsewhere)];
        let session = server.sign_in(&admin).await;
        let confirmed = server.submit("/confirm", "/fn/confirm", &session, &fields).await;
        assert_eq!(confirmed.location(), Some("/"), "{elsewhere}");
    }
    assert_eq!(server.page("/confirm", "").await.location(), Some("/sign-in?next=%2Fconfirm"));
    assert_eq!(server.page("/confirm?done=on", &session).await.status, 200);
    server.stop().await;
}

/// A server with a provider called `idp`, by which Ada is signed in as an admin. It remembered her, so nothing is proved.
async fn start(more: &str) -> (Provider, Server, Member, Browser) {
    let provider = Provider::start().await;
    let file = format!("outgoing_allow = 'http://127.0.0.1'\n{}", provider.table("idp", more));
    let server = Server::start_configured(&file, &[DEMANDS]).await;
    let admin = server.admin("Ada").await;
    let mut browser = Browser::at(&server);
    let fields = [("email", admin.person.email.as_str()), ("password", PASSWORD), ("next", "/")];
    browser.keep(&server.submit("/sign-in", "/fn/sign_in", "", &fields).await);
    provider.admit("ada", &[]);
    let back = browser.go("/sign-in/with/idp?for=account").await;
    browser.open_from("cross-site", &back).await;
    browser.sign_in("idp").await;
    (provider, server, admin, browser)
}

const CONFIRM: &str = "/sign-in/with/idp?for=confirm&next=%2Froles%2Fnew";

#[tokio::test]
async fn a_provider_confirms_it_by_letting_them_sign_in_anew() {
    let (_provider, server, admin, mut browser) = start("").await;
    let refused = make_role(&server, &browser.cookies()).await;
    assert!(refused.location().unwrap().starts_with("/confirm?"), "{:?}", refused.location());
    let page = browser.open("/confirm?next=%2Froles%2Fnew").await;
    assert!(page.text().contains("for=confirm"), "{}", page.text());
    let sent = browser.open(CONFIRM).await.location().unwrap().to_owned();
    assert!(sent.contains("prompt=login") && sent.contains("max_age=0"), "{sent}");
    let back = browser.go(CONFIRM).await;
    let confirmed = browser.open_from("cross-site", &back).await;
    assert_eq!(confirmed.location(), Some("/roles/new"));
    assert_eq!(make_role(&server, &browser.cookies()).await.location(), Some("/roles/deployer"));
    assert_eq!(told(&server, &admin, "presence_confirmed").await, ["Ada confirmed by idp that it is them"]);
    // Once more takes another answer.
    assert_eq!(
        browser.open_from("cross-site", &back).await.location(),
        Some("/sign-in?refused=unknown_attempt")
    );
    server.stop().await;
}

#[tokio::test]
async fn a_provider_that_does_not_say_when_confirms_nothing() {
    for (evil, reason) in [
        (Evil::NoAuthTime, "not_fresh"),
        (Evil::OldAuthTime, "not_fresh"),
        (Evil::Denies, "denied"),
        (Evil::KeySwapped, "signature"),
    ] {
        let (provider, server, admin, mut browser) = start("").await;
        provider.be(evil);
        let back = browser.go(CONFIRM).await;
        let answer = browser.open_from("cross-site", &back).await.location().unwrap().to_owned();
        assert_eq!(answer, format!("/confirm?refused={reason}&next=%2Froles%2Fnew"), "{evil:?}");
        let page = browser.open(&answer).await;
        assert_eq!(page.status, 403);
        assert!(page.text().contains("It was not confirmed"), "{}", page.text());
        let refused = make_role(&server, &browser.cookies()).await;
        assert!(refused.location().unwrap().starts_with("/confirm?"), "{evil:?}");
        let shown = format!("The server refused a sign-in by idp ({reason})");
        assert_eq!(told(&server, &admin, "sign_in_refused").await, [shown]);
        assert!(told(&server, &admin, "presence_confirmed").await.is_empty());
        server.stop().await;
    }
}

#[tokio::test]
async fn somebody_elses_sign_in_confirms_nothing_nor_does_another_site() {
    let (provider, server, _admin, mut browser) = start("").await;
    let lured = browser.open_from("cross-site", CONFIRM).await;
    assert_eq!(lured.location(), Some("/confirm?next=%2Froles%2Fnew"));
    provider.assert(json!({"sub": "bob", "name": "Bob", "email": "bob@example.org"}));
    let back = browser.go(CONFIRM).await;
    let answer = browser.open_from("cross-site", &back).await;
    assert_eq!(answer.location(), Some("/confirm?refused=other_person&next=%2Froles%2Fnew"));
    // Nor in another session than the one that asked.
    let back = browser.go(CONFIRM).await;
    browser.keep(&server.submit("/", "/fn/sign_out", &browser.cookies(), &[]).await);
    let answer = browser.open_from("cross-site", &back).await;
    assert_eq!(answer.location(), Some("/confirm?refused=other_browser&next=%2Froles%2Fnew"));
    server.stop().await;
}

#[tokio::test]
async fn a_provider_that_never_tells_counts_if_it_is_configured_so() {
    let (provider, server, admin, mut browser) = start("auth_time = false").await;
    provider.be(Evil::NoAuthTime);
    let back = browser.go(CONFIRM).await;
    assert_eq!(browser.open_from("cross-site", &back).await.location(), Some("/roles/new"));
    assert_eq!(told(&server, &admin, "presence_confirmed").await.len(), 1);
    assert_eq!(make_role(&server, &browser.cookies()).await.location(), Some("/roles/deployer"));
    server.stop().await;
}

#[tokio::test]
async fn connecting_a_provider_takes_a_fresh_sign_in() {
    let (_provider, server, _admin, mut browser) = start("").await;
    let led = browser.open("/sign-in/with/idp?for=account").await;
    assert_eq!(led.location(), Some("/confirm?next=%2Faccount"));
    server.stop().await;
}

async fn post(server: &Server, path: &str, bearer: &str, body: &Value) -> (u16, Value) {
    let request = Request::post(format!("/api/v1{path}"))
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {bearer}"));
    let answer = server.send(request.body(Body::from(body.to_string())).expect("a request")).await;
    (answer.status, serde_json::from_slice(&answer.body).expect("JSON"))
}

#[tokio::test]
async fn the_api_has_a_problem_of_its_own_for_it() {
    let server = Server::start_with(&[DEMANDS]).await;
    let admin = server.admin("Ada").await;
    let who = json!({"email": admin.person.email.as_str(), "password": PASSWORD});
    let role = json!({"slug": "deployer", "title": "Deployer", "permissions": {"push": "everywhere"}});
    let (_, begun) = post(&server, "/sessions", "", &who).await;
    let session = begun["session"].as_str().unwrap().to_owned();
    server.clock.advance(LATER);
    let (status, problem) = post(&server, "/roles", &session, &role).await;
    assert_eq!((status, &problem["type"]), (403, &json!("/problems/confirmation-needed")), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("the last 15 minutes"), "{problem}");
    let (_, begun) = post(&server, "/sessions", "", &who).await;
    let (status, made) = post(&server, "/roles", begun["session"].as_str().unwrap(), &role).await;
    assert_eq!(status, 201, "{made}");
    server.stop().await;
}
