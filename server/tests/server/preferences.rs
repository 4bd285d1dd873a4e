//! What is chosen for a browser, and right in the first bytes of a page.

use crate::support::Server;

#[tokio::test]
async fn the_chosen_theme_is_in_the_document_also_for_who_is_not_signed_in() {
    let server = Server::start().await;
    let page = server.get("/sign-in").await;
    assert!(page.text().contains("<html lang=\"en\">"), "the system decides");
    assert!(page.text().contains("content=\"light dark\""));

    let chosen = server.submit("/sign-in", "/fn/choose_theme", "", &[("theme", "dark")]).await;
    assert_eq!((chosen.status, chosen.location()), (302, Some("/sign-in")));
    let cookie = chosen.cookie("towpath-theme").unwrap();
    assert_eq!(cookie, "towpath-theme=dark; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax");
    let page = server.page("/sign-in", &chosen.sent_back("towpath-theme")).await;
    assert!(page.text().contains("<html lang=\"en\" data-theme=\"dark\">"), "{}", page.text());
    assert!(page.text().contains("content=\"dark\"") && !page.text().contains("content=\"#ffffff\""));

    let system = server.submit("/sign-in", "/fn/choose_theme", "", &[("theme", "system")]).await;
    assert!(system.cookie("towpath-theme").unwrap().starts_with("towpath-theme=; Path=/; Max-Age=0"));
    server.stop().await;
}

#[tokio::test]
async fn a_cookie_that_names_no_theme_changes_nothing() {
    let server = Server::start().await;
    for theme in ["purple", "\"><script>", ""] {
        let page = server.page("/sign-in", &format!("towpath-theme={theme}")).await;
        assert!(page.text().contains("<html lang=\"en\">"), "{theme}");
    }
    server.stop().await;
}

#[tokio::test]
async fn shortcuts_are_switched_off_and_on() {
    let server = Server::start().await;
    let off = server.submit("/sign-in", "/fn/switch_shortcuts", "", &[("on", "false")]).await;
    let page = server.page("/sign-in", &off.sent_back("towpath-shortcuts")).await;
    assert!(page.text().contains("data-no-shortcuts"), "{}", page.text());
    let on = server.submit("/sign-in", "/fn/switch_shortcuts", "", &[("on", "true")]).await;
    assert!(on.cookie("towpath-shortcuts").unwrap().starts_with("towpath-shortcuts=; Path=/; Max-Age=0"));
    server.stop().await;
}
