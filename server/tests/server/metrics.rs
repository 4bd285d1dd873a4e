//! What a monitoring system reads, on its own listener.

use crate::support::Server;
use axum::body::Body;
use http::Request;

/// The value of a line that begins with a name and its labels.
fn value(text: &str, name: &str) -> f64 {
    let found = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok());
    found.unwrap_or_else(|| panic!("no {name} in {text}"))
}

#[tokio::test]
async fn requests_are_counted_by_the_pattern_of_their_address() {
    let server = Server::start().await;
    for project in ["one", "two"] {
        server.get(&format!("/api/v1/projects/{project}")).await;
    }
    let odd = Request::builder().method("BREW").uri("/livez").body(Body::empty()).unwrap();
    server.send(odd).await;
    let answer = server.metrics().await;
    assert_eq!(answer.status, 200);
    let text = answer.text();
    let of = "towpath_http_request_duration_seconds_count{route=\"/api/v1/projects/{project}\",method=\"GET\",status=\"401\"}";
    assert!((value(text, of) - 2.0).abs() < 0.1, "{text}");
    assert!(
        text.contains("method=\"other\"") && !text.contains("BREW"),
        "a client cannot make up labels: {text}"
    );
    assert!((value(text, "towpath_http_requests_under_way")).abs() < 0.1, "{text}");
    assert!(text.ends_with("# EOF\n"), "{text}");
    server.stop().await;
}

#[tokio::test]
async fn they_tell_how_far_behind_the_work_is_and_of_the_process() {
    let server = Server::start().await;
    server.admin("Ada").await;
    let answer = server.metrics().await;
    let text = answer.text();
    assert!((value(text, "towpath_database_up") - 1.0).abs() < 0.1);
    let (events, signed) = (value(text, "towpath_audit_events"), value(text, "towpath_audit_signed_events"));
    assert!(events >= 1.0 && signed <= events, "{text}");
    for name in ["towpath_promotions_waiting", "towpath_promotions_overdue", "towpath_buckets_to_follow"] {
        assert!(value(text, name).abs() < 0.1, "{text}");
    }
    assert!(text.contains("towpath_build_info{version="), "{text}");
    if cfg!(target_os = "linux") {
        assert!(value(text, "process_resident_memory_bytes") > 1e6, "{text}");
        assert!(value(text, "process_cpu_seconds_total") >= 0.0, "{text}");
    }
    server.stop().await;
}

#[tokio::test]
async fn they_are_not_told_to_the_public() {
    let server = Server::start().await;
    let answer = server.get("/metrics").await;
    assert!(!answer.text().contains("towpath_http_request"), "{}", answer.status);
    server.stop().await;
}

#[tokio::test]
async fn what_the_guide_the_alerts_and_the_dashboard_name_is_there() {
    let server = Server::start().await;
    server.get("/livez").await;
    let answer = server.metrics().await;
    let text = answer.text();
    for file in [
        include_str!("../../../docs/monitoring.md"),
        include_str!("../../../deploy/prometheus/towpath.rules.yml"),
        include_str!("../../../deploy/grafana/towpath.json"),
    ] {
        let words = file.split(|character: char| !character.is_ascii_lowercase() && character != '_');
        let names: Vec<&str> =
            words.filter(|word| word.starts_with("towpath_") || word.starts_with("process_")).collect();
        assert!(names.len() > 5);
        for name in names {
            assert!(text.lines().any(|line| line.starts_with(name)), "{name}");
        }
    }
    server.stop().await;
}
