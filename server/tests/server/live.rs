//! Live events over HTTP.

use crate::support::{Member, Server};
use std::time::Duration;
use towpath_domain::projects::ProjectForm;
use towpath_service::live::STREAMS;
use towpath_service::{projects, timeline};

async fn make_project(server: &Server, admin: &Member, slug: &str) {
    let form = ProjectForm { slug: slug.to_owned(), title: slug.to_owned() };
    projects::create(&server.service, &admin.actor, form).await.expect("a project");
}

async fn head(server: &Server) -> i64 {
    timeline::head(&server.service).await.expect("reads")
}

#[tokio::test]
async fn a_stream_tells_what_happens_and_first_how_far_it_is() {
    let server = Server::start().await;
    let admin = server.admin("Ada").await;
    let session = server.sign_in(&admin).await;
    let before = head(&server).await;
    let mut stream = server.stream("/live", &[("cookie", &session)]).await;
    assert_eq!(stream.status, 200);
    for (name, value) in [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-store"),
        ("x-accel-buffering", "no"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(stream.header(name), Some(value), "{name}");
    }
    let beat = stream.next().await.expect("a beat");
    assert_eq!((&*beat.event, &*beat.id), ("beat", &*before.to_string()));

    make_project(&server, &admin, "shop").await;
    let notice = stream.next().await.expect("a notice");
    assert_eq!((&*notice.event, &*notice.id), ("notice", &*(before + 1).to_string()));
    assert_eq!(notice.data, format!(r#"{{"seq":{},"kind":"project_created","project":"shop"}}"#, before + 1));
    drop(stream);
    server.stop().await;
}

#[tokio::test]
async fn nobody_follows_without_signing_in_and_none_is_led_elsewhere() {
    let server = Server::start().await;
    for cookie in ["", "towpath=AAAAAAAAAAAAAAAAAAAAAA"] {
        let stream = server.stream("/live", &[("cookie", cookie)]).await;
        assert_eq!(stream.status, 401);
        assert_eq!(stream.header("location"), None);
        assert_eq!(stream.header("content-type"), Some("application/problem+json"));
    }
    server.stop().await;
}

#[tokio::test]
async fn a_stream_goes_on_after_the_event_that_the_browser_saw_last() {
    let server = Server::start().await;
    let admin = server.admin("Ada").await;
    let session = server.sign_in(&admin).await;
    let before = head(&server).await;
    for slug in ["one", "two", "three"] {
        make_project(&server, &admin, slug).await;
    }
    let after = |number: i64| format!("/live?after={number}");
    let cookie = ("cookie", session.as_str());
    let mut stream = server.stream(&after(before + 1), &[cookie]).await;
    assert!(stream.next().await.expect("a notice").data.contains(r#""project":"two""#));
    // The address stays what it was when the page was opened; the header is newer.
    let last = (before + 2).to_string();
    let mut stream = server.stream(&after(before), &[cookie, ("last-event-id", &last)]).await;
    assert!(stream.next().await.expect("a notice").data.contains(r#""project":"three""#));
    assert_eq!(stream.next().await.expect("a beat").event, "beat");
    let mut stream = server.stream(&after(before + 4), &[cookie]).await;
    assert_eq!(stream.next().await.expect("a reset").event, "reset", "of another log");
    drop(stream);
    server.stop().await;
}

#[tokio::test]
async fn what_is_no_number_of_an_event_is_refused_clearly() {
    let server = Server::start().await;
    let admin = server.admin("Ada").await;
    let session = server.sign_in(&admin).await;
    for after in ["-1", "soon", "", "99999999999999999999"] {
        let answer = server.page(&format!("/live?after={after}"), &session).await;
        assert_eq!(answer.status, 422, "{after:?}");
        let expected = "after: Use the number of an event, or leave it away to hear of new ones only.";
        assert!(answer.text().contains(expected), "{}", answer.text());
        assert!(answer.text().contains(r#""parameter":"after""#), "{}", answer.text());
    }
    let stream = server.stream("/live", &[("cookie", &session), ("last-event-id", "soon")]).await;
    assert_eq!(stream.status, 422);
    server.stop().await;
}

#[tokio::test]
async fn streams_end_at_once_when_the_server_stops() {
    let server = Server::start_with(&[("TOWPATH_SHUTDOWN_SECONDS", "3600")]).await;
    let admin = server.admin("Ada").await;
    let session = server.sign_in(&admin).await;
    let mut stream = server.stream("/live", &[("cookie", &session)]).await;
    assert_eq!(stream.next().await.expect("a beat").event, "beat");
    server.begin_to_stop();
    assert_eq!(stream.next().await, None);
    tokio::time::timeout(Duration::from_secs(20), server.stop()).await.expect("nothing holds the server up");
}

#[tokio::test]
async fn a_stream_ends_when_its_reader_signs_out_and_their_roles_change() {
    let server = Server::start().await;
    let admin = server.admin("Ada").await;
    make_project(&server, &admin, "shop").await;
    let developer = server.member(&admin, "Bo", "developer", "project:shop").await;
    let session = server.sign_in(&developer).await;
    let mut stream = server.stream("/live", &[("cookie", &session)]).await;
    assert_eq!(stream.next().await.expect("a beat").event, "beat");
    let out = server.submit("/", "/fn/sign_out", &session, &[]).await;
    assert_eq!(out.status, 302);
    let form = towpath_domain::people::InvitationForm {
        email: developer.person.email.to_string(),
        role: "viewer".to_owned(),
        place: "installation".to_owned(),
    };
    towpath_service::people::invite(&server.service, &admin.actor, form).await.expect("a role");
    assert_eq!(stream.next().await, None);
    server.stop().await;
}

#[tokio::test]
async fn one_person_has_so_many_streams_and_a_closed_one_makes_room() {
    let server = Server::start().await;
    let admin = server.admin("Ada").await;
    let session = server.sign_in(&admin).await;
    let mut streams = Vec::new();
    for _ in 0..STREAMS {
        let stream = server.stream("/live", &[("cookie", &session)]).await;
        assert_eq!(stream.status, 200);
        streams.push(stream);
    }
    let refused = server.page("/live", &session).await;
    assert_eq!(refused.status, 429);
    assert!(refused.text().contains("You follow 50 pages or environments already"), "{}", refused.text());
    streams.clear();
    // The server hears of closed connections when it hears of them.
    let room = async { while server.stream("/live", &[("cookie", &session)]).await.status != 200 {} };
    tokio::time::timeout(Duration::from_secs(20), room).await.expect("there is room again");
    server.stop().await;
}
