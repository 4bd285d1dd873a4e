//! Calls to a real server on this machine, which is as far from public as can be.

use axum::Router;
use axum::body::Body;
use axum::response::Redirect;
use axum::routing::get;
use bytes::Bytes;
use http::Request;
use towpath_outgoing::{Allowed, Error, LARGEST, Outgoing};

/// Serves on a free port, and gives the port.
async fn server() -> u16 {
    let router = Router::new()
        .route("/hello", get(async || "hello"))
        .route("/away", get(async || Redirect::temporary("/hello")))
        .route("/inside", get(async || Redirect::temporary("http://10.0.0.1/")))
        .route("/large", get(async || Body::from(vec![b'x'; LARGEST])))
        .route("/larger", get(async || Body::from(vec![b'x'; LARGEST + 1])));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
    port
}

async fn call(allowed: &str, address: &str) -> Result<(u16, Bytes), Error> {
    let outgoing = Outgoing::new(Allowed::parse(allowed).expect("hosts")).expect("a client");
    let request = Request::get(address).body(Bytes::new()).expect("a request");
    outgoing.send(request).await.map(|answer| (answer.status().as_u16(), answer.into_body()))
}

#[tokio::test]
async fn what_is_allowed_is_called() {
    let port = server().await;
    for host in ["127.0.0.1", "localhost"] {
        let answer = call(&format!("http://{host}"), &format!("http://{host}:{port}/hello")).await;
        assert_eq!(answer, Ok((200, Bytes::from("hello"))), "{host}");
    }
}

#[tokio::test]
async fn a_name_is_judged_by_the_addresses_that_it_has() {
    assert_eq!(call("", "https://localhost/").await, Err(Error::NotPublic("localhost".to_owned())));
    assert_eq!(call("127.0.0.1", "https://localhost/").await, Err(Error::NotPublic("localhost".to_owned())));
}

#[tokio::test]
async fn an_address_inside_is_refused_in_every_spelling() {
    for (spelling, host) in [
        ("127.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("017700000001", "127.0.0.1"),
        ("0x7f.0x0.0x0.0x1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("[::1]", "[::1]"),
        ("[0:0:0:0:0:0:0:1]", "[::1]"),
        ("[::ffff:127.0.0.1]", "[::ffff:127.0.0.1]"),
        ("[::ffff:7f00:1]", "[::ffff:127.0.0.1]"),
        ("169.254.169.254", "169.254.169.254"),
        ("0", "0.0.0.0"),
        ("10.0.0.1", "10.0.0.1"),
    ] {
        let refused = call("", &format!("https://{spelling}/")).await;
        let Err(Error::NotPublic(named)) = refused else { panic!("{spelling}: {refused:?}") };
        assert_eq!(named.replace("7f00:1", "127.0.0.1"), host, "{spelling}");
    }
}

#[tokio::test]
async fn nothing_is_sent_unencrypted_but_where_it_is_allowed() {
    let port = server().await;
    let address = format!("http://127.0.0.1:{port}/hello");
    assert_eq!(call("127.0.0.1", &address).await, Err(Error::NotEncrypted("127.0.0.1".to_owned())));
    assert_eq!(call("", "http://example.org/").await, Err(Error::NotEncrypted("example.org".to_owned())));
    assert!(matches!(call("", "ftp://example.org/").await, Err(Error::Address(_))));
}

#[tokio::test]
async fn an_answer_that_leads_elsewhere_is_not_followed() {
    let port = server().await;
    let answer = call("http://127.0.0.1", &format!("http://127.0.0.1:{port}/away")).await;
    assert_eq!(answer.map(|(status, _)| status), Ok(307));
}

#[tokio::test]
async fn an_answer_is_read_up_to_a_megabyte() {
    let port = server().await;
    let large = call("http://127.0.0.1", &format!("http://127.0.0.1:{port}/large")).await;
    assert_eq!(large.map(|(_, body)| body.len()), Ok(LARGEST));
    let larger = call("http://127.0.0.1", &format!("http://127.0.0.1:{port}/larger")).await;
    assert_eq!(larger, Err(Error::TooLarge("127.0.0.1".to_owned())));
}

#[tokio::test]
async fn where_nobody_listens_the_answer_says_so() {
    let port = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    let refused = call("http://127.0.0.1", &format!("http://127.0.0.1:{port}/")).await;
    let Err(Error::Unreachable { host, reason }) = refused else { panic!("{refused:?}") };
    assert_eq!(host, "127.0.0.1");
    assert!(reason.contains("refused"), "{reason}");
}

#[tokio::test]
async fn a_stream_follows_only_where_it_may_call() {
    let port = server().await;
    let outgoing = Outgoing::new(Allowed::parse("http://127.0.0.1").expect("hosts")).expect("a client");
    let streams = outgoing.streams().expect("a client");
    let get = async |path: &str| streams.get(format!("http://127.0.0.1:{port}{path}")).send().await;
    assert_eq!(get("/away").await.expect("is followed").text().await.expect("text"), "hello");
    assert!(get("/inside").await.expect_err("leads inside").is_redirect());
    let larger = get("/larger").await.expect("is of any length").bytes().await.expect("all of it");
    assert_eq!(larger.len(), LARGEST + 1);
}
