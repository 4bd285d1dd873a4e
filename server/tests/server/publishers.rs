//! Exchanging the tokens of CI jobs, whose issuer publishes its keys.

use crate::support::{Evil, Member, Provider, Server};
use axum::body::Body;
use http::Request;
use serde_json::{Value, json};
use towpath_domain::publishers::PublisherForm;
use towpath_service::publishers;

/// A server that trusts one job of an issuer.
async fn start() -> (Provider, Server, Member) {
    let issuer = Provider::start().await;
    let server = Server::start_configured("outgoing_allow = 'http://127.0.0.1'", &[]).await;
    let admin = server.admin("Ada").await;
    server.integration(&admin, "shop", "checkout").await;
    let form = PublisherForm {
        title: "CI".to_owned(),
        system: "other".to_owned(),
        issuer: issuer.issuer.clone(),
        claims: [("sub".to_owned(), "job".to_owned())].into(),
        by_rule: Some("on".to_owned()),
        ..PublisherForm::default()
    };
    publishers::add(&server.service, &admin.actor, "shop", form).await.expect("a publisher");
    (issuer, server, admin)
}

/// The status, and the reason or else the secret.
async fn exchange(issuer: &Provider, server: &Server, jti: &str) -> (u16, String) {
    let token = issuer.job_token(&server.url, &json!({"sub": "job", "jti": jti}));
    let body = json!({"project": "shop", "token": token}).to_string();
    let request = Request::post("/api/v1/publishing/tokens").header("content-type", "application/json");
    let answer = server.send(request.body(Body::from(body)).expect("a request")).await;
    let told: Value = serde_json::from_str(answer.text()).expect("JSON");
    let text = told.get("secret").or(told.get("detail")).and_then(Value::as_str).unwrap_or_default();
    (answer.status, text.to_owned())
}

#[tokio::test]
async fn the_keys_of_an_issuer_are_fetched_and_followed() {
    let (issuer, server, _) = start().await;
    let (status, secret) = exchange(&issuer, &server, "1").await;
    assert!(status == 201 && secret.starts_with("tpt_"), "{status} {secret}");
    let replayed = exchange(&issuer, &server, "1").await;
    assert!(replayed.0 == 401 && replayed.1.contains("exchanged before"), "{replayed:?}");
    // A new key is read, but anyone can make tokens, so not at every one that is signed by an unknown key.
    issuer.change_key();
    let early = exchange(&issuer, &server, "2").await;
    assert!(early.0 == 401 && early.1.contains("its page Publishers"), "{early:?}");
    server.clock.advance(61);
    assert_eq!(exchange(&issuer, &server, "2").await.0, 201);
    // The keys that were read last go on while the issuer is down.
    issuer.be(Evil::Down);
    server.clock.advance(120);
    assert_eq!(exchange(&issuer, &server, "3").await.0, 201);
    server.stop().await;
}

#[tokio::test]
async fn an_issuer_that_lies_is_not_believed() {
    for (evil, told) in [
        (Evil::Unsigned, "not signed, or by an algorithm"),
        (Evil::Hmac, "not signed, or by an algorithm"),
        (Evil::KeySwapped, "none of the keys"),
        (Evil::KeyUnknown, "none of the keys"),
        (Evil::MetadataOfAnother, "describes another issuer"),
        (Evil::Down, "answered with status 503"),
    ] {
        let (issuer, server, admin) = start().await;
        issuer.be(evil);
        assert_eq!(exchange(&issuer, &server, "1").await.0, 401);
        let seen = publishers::view(&server.service, &admin.actor, "shop").await.expect("reads");
        let reason = seen.refused[0].refused.refusal.to_string();
        assert!(reason.contains(told), "{evil:?}: {reason}");
        server.stop().await;
    }
}
