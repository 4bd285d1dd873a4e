//! How often doors may be tried.

use crate::support::{Answer, Member, PASSWORD, Server};
use axum::body::Body;
use http::Request;

async fn try_password(server: &Server, member: &Member, password: &str, from: &str) -> Answer {
    let email = member.person.email.as_str();
    let body = format!("email={email}&password={}&next=/", password.replace(' ', "+"));
    let request = Request::post("/fn/sign_in")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .header("x-forwarded-for", from);
    server.send(request.body(Body::from(body)).expect("a request")).await
}

#[tokio::test]
async fn ten_wrong_passwords_close_an_account_for_a_while_to_where_they_came_from() {
    let server = Server::start_with(&[("TOWPATH_PROXIES", "1")]).await;
    let admin = server.admin("Ada").await;
    let (guesser, owner) = ("10.0.0.1", "10.0.1.1");
    for _ in 0..10 {
        let answer = try_password(&server, &admin, "wrong", guesser).await;
        assert!(answer.text().contains("The e-mail address or the password is wrong"), "{}", answer.text());
    }
    let closed = try_password(&server, &admin, PASSWORD, guesser).await;
    assert!(closed.text().contains("Too many tries. Wait 15 minutes and try again."), "{}", closed.text());
    let untouched = try_password(&server, &admin, PASSWORD, owner).await;
    assert!(untouched.cookie("towpath").is_some(), "nobody shuts the owner out: {}", untouched.text());
    server.clock.advance(15 * 60);
    let open = try_password(&server, &admin, PASSWORD, guesser).await;
    assert!(open.cookie("towpath").is_some());
    server.stop().await;
}

#[tokio::test]
async fn links_cannot_be_guessed_by_trying_many() {
    let server = Server::start().await;
    let link = towpath_service::links::issue_admin(&server.service).await.unwrap();
    let page = link.strip_prefix(&server.url).unwrap();
    for number in 0..30 {
        assert_eq!(server.get(&format!("/join/{number}")).await.status, 410);
    }
    assert!(server.get(page).await.text().contains("Too many tries"));
    server.clock.advance(60);
    assert_eq!(server.get(page).await.status, 200);
    server.stop().await;
}
