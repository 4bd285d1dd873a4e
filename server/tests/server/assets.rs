//! Files of the site.

use crate::support::Server;
use axum::body::Body;
use http::Request;

async fn serve(files: &[(&str, &str)]) -> (Server, tempfile::TempDir) {
    let site = tempfile::tempdir().expect("a temporary folder");
    for (name, content) in files {
        let file = site.path().join(name);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("the folder is made");
        std::fs::write(file, content).expect("the file is written");
    }
    let folder = site.path().to_str().expect("a folder named in UTF-8");
    let server = Server::start_with(&[("TOWPATH_SITE", folder)]).await;
    (server, site)
}

#[tokio::test]
async fn a_file_that_has_not_changed_is_not_sent_again() {
    let (server, site) = serve(&[("pkg/towpath.css", "a{}")]).await;
    let first = server.get("/pkg/towpath.css").await;
    assert_eq!((first.status, first.text()), (200, "a{}"));
    assert_eq!(first.header("content-type"), Some("text/css; charset=utf-8"));
    assert_eq!(first.header("cache-control"), Some("no-cache"));

    let again = || {
        let request = Request::get("/pkg/towpath.css").header("if-none-match", first.header("etag").unwrap());
        request.body(Body::empty()).unwrap()
    };
    let same = server.send(again()).await;
    assert_eq!((same.status, same.text()), (304, ""));
    std::fs::write(site.path().join("pkg/towpath.css"), "b{}").unwrap();
    assert_eq!(server.send(again()).await.text(), "b{}");
    server.stop().await;
}

#[tokio::test]
async fn a_page_names_the_site_whose_files_it_loads() {
    let (server, site) = serve(&[("pkg/towpath.css", "a{}"), ("pkg/site-name", "0123")]).await;
    let page = server.get("/sign-in").await;
    assert!(page.text().contains("href=\"/pkg/0123/towpath.css\""), "{}", page.text());
    assert_eq!(server.get("/pkg/0123/towpath.css").await.text(), "a{}");

    std::fs::write(site.path().join("pkg/site-name"), "4567").unwrap();
    assert_eq!(server.get("/pkg/0123/towpath.css").await.status, 404);
    assert_eq!(server.get("/pkg/4567/towpath.css").await.text(), "a{}");
    server.stop().await;
}

#[tokio::test]
async fn compressed_copies_go_to_those_who_understand_them() {
    let files = [("start.js", "plain"), ("start.js.br", "brotli"), ("start.js.gz", "gzip")];
    let (server, _site) = serve(&files).await;
    for (accepted, content, encoding) in
        [("gzip, br", "brotli", Some("br")), ("gzip", "gzip", Some("gzip")), ("identity", "plain", None)]
    {
        let request = Request::get("/start.js").header("accept-encoding", accepted);
        let answer = server.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!((answer.text(), answer.header("content-encoding")), (content, encoding));
        assert_eq!(answer.header("content-type"), Some("text/javascript; charset=utf-8"));
        assert_eq!(answer.header("vary"), Some("accept-encoding"));
    }
    server.stop().await;
}

#[tokio::test]
async fn a_slash_at_the_end_leads_to_the_page() {
    let (server, _site) = serve(&[]).await;
    let answer = server.get("/sign-in/?next=/inbox").await;
    assert_eq!((answer.status, answer.header("location")), (308, Some("/sign-in?next=/inbox")));
    server.stop().await;
}

#[tokio::test]
async fn what_is_no_file_is_a_page_that_says_so() {
    let (server, _site) = serve(&[]).await;
    for path in ["/missing.css", "/nowhere", "/pkg/", "/..%2fetc/hosts.txt"] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.text().contains("There is no page at this address"), "{path}: {}", answer.text());
    }
    server.stop().await;
}
