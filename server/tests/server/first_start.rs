//! Becoming the first admin by a one-time link.

use crate::support::{PASSWORD, Server};
use towpath_service::links;

#[tokio::test]
async fn the_first_admin_joins_by_a_link_that_then_is_worth_nothing() {
    let server = Server::start().await;
    assert!(server.service.is_empty().await.unwrap());
    let link = links::issue_admin(&server.service).await.unwrap();
    let page = link.strip_prefix(&server.url).unwrap();
    let secret = page.strip_prefix("/join/").unwrap();

    // Looking uses nothing up: chat programs look at links before people do.
    for _ in 0..2 {
        assert_eq!(server.get(page).await.status, 200);
    }
    let fields = [
        ("secret", secret),
        ("form[name]", "Ada"),
        ("form[email]", "ada@example.org"),
        ("form[password]", PASSWORD),
    ];
    let joined = server.submit(page, "/fn/join", "", &fields).await;
    assert_eq!((joined.status, joined.location()), (302, Some("/")));
    let home = server.page("/", &joined.sent_back("towpath")).await;
    assert_eq!(home.status, 200);
    assert!(home.text().contains("ada@example.org"));

    let again = server.submit(page, "/fn/join", "", &fields).await;
    assert!(again.location().unwrap().starts_with(&format!("{page}?__path=")), "{:?}", again.location());
    assert!(again.cookie("towpath").is_none());
    server.stop().await;
}
