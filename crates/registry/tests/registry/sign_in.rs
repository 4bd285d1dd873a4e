//! Challenges, credentials and the token service.

use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use towpath_domain::access::Action;

use crate::harness::{Outcome, Registry, basic, refusal};

fn with(authorization: &str, path: &str) -> Outcome<Request<Body>> {
    Ok(Request::builder().uri(path).header(header::AUTHORIZATION, authorization).body(Body::empty())?)
}

#[tokio::test]
async fn without_credentials_the_client_is_sent_to_the_token_service() -> Outcome {
    let registry = Registry::start().await?;
    let realm = "Bearer realm=\"http://registry.example:3000/v2/token\",service=\"registry.example:3000\"";
    for (method, path, scope) in [
        (Method::GET, "/v2/", ""),
        (Method::GET, "/v2", ""),
        (Method::GET, "/v2/shop/checkout/qa/tags/list", ",scope=\"repository:shop/checkout/qa:pull\""),
        (Method::POST, "/v2/shop/checkout/blobs/uploads/", ",scope=\"repository:shop/checkout:pull,push\""),
        (Method::DELETE, "/v2/shop/checkout/manifests/1", ",scope=\"repository:shop/checkout:delete\""),
        (Method::GET, "/v2/no/such/manifests/1", ",scope=\"repository:no/such:pull\""),
    ] {
        let request = Request::builder().method(method).uri(path).body(Body::empty())?;
        let answer = registry.raw(request).await?;
        assert_eq!(answer.refusal(), refusal(401, "UNAUTHORIZED"), "{path}");
        assert_eq!(answer.header("www-authenticate"), format!("{realm}{scope}"));
        assert_eq!(answer.header("docker-distribution-api-version"), "registry/2.0");
    }
    Ok(())
}

#[tokio::test]
async fn an_api_token_as_password_lets_in_at_once() -> Outcome {
    let registry = Registry::start().await?;
    for path in ["/v2/", "/v2"] {
        let answer = registry.raw(with(&basic(&registry.secret), path)?).await?;
        assert_eq!(answer.status, StatusCode::OK);
    }
    Ok(())
}

#[tokio::test]
async fn wrong_credentials_are_refused_with_the_challenge_and_a_reason() -> Outcome {
    let registry = Registry::start().await?;
    for authorization in [&basic("tpt_0"), "Bearer no.token", "Bearer ", "Basic ?", "Negotiate x"] {
        let answer = registry.raw(with(authorization, "/v2/")?).await?;
        assert_eq!(answer.refusal(), refusal(401, "UNAUTHORIZED"), "{authorization}");
        assert!(answer.header("www-authenticate").starts_with("Bearer realm="));
        assert!(!answer.message().is_empty());
    }
    Ok(())
}

#[tokio::test]
async fn the_token_service_gives_a_bearer_token_for_an_api_token() -> Outcome {
    let registry = Registry::start().await?;
    let path = "/v2/token?service=registry.example:3000&scope=repository:shop/checkout:pull,push";
    let answer = registry.raw(with(&basic(&registry.secret), path)?).await?;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    assert_eq!(answer.header("cache-control"), "no-store");
    let granted = answer.json();
    assert_eq!(granted["token"], granted["access_token"]);
    assert_eq!(granted["expires_in"], 300);
    assert!(granted["issued_at"].as_str().is_some_and(|at| at.ends_with('Z')));
    let bearer = format!("Bearer {}", granted["token"].as_str().unwrap_or_default());
    assert_eq!(registry.raw(with(&bearer, "/v2/")?).await?.status, StatusCode::OK);
    Ok(())
}

#[tokio::test]
async fn a_password_grant_gives_the_same() -> Outcome {
    let registry = Registry::start().await?;
    let grant = |body: String| {
        Request::post("/v2/token")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
    };
    let form = format!(
        "grant_type=password&username=ana&password={}&service=s&client_id=docker&scope=repository:a:pull",
        registry.secret
    );
    let answer = registry.raw(grant(form)?).await?;
    let bearer = format!("Bearer {}", answer.json()["access_token"].as_str().unwrap_or_default());
    assert_eq!(registry.raw(with(&bearer, "/v2/")?).await?.status, StatusCode::OK);
    let refresh = registry.raw(grant("grant_type=refresh_token&refresh_token=x".into())?).await?;
    assert_eq!(refresh.status, StatusCode::BAD_REQUEST);
    let wrong = registry.raw(grant("grant_type=password&password=x".into())?).await?;
    assert_eq!(wrong.refusal(), refusal(401, "UNAUTHORIZED"));
    Ok(())
}

#[tokio::test]
async fn the_token_service_gives_nothing_for_nothing() -> Outcome {
    let registry = Registry::start().await?;
    let answer = registry.raw(Request::get("/v2/token").body(Body::empty())?).await?;
    assert_eq!(answer.refusal(), refusal(401, "UNAUTHORIZED"));
    assert_eq!(answer.header("www-authenticate"), "Basic realm=\"towpath\"");
    Ok(())
}

#[tokio::test]
async fn revoking_an_api_token_ends_its_bearer_tokens() -> Outcome {
    let registry = Registry::start().await?;
    let secret = registry.token("", &[Action::Pull]).await?;
    let granted = registry.raw(with(&basic(&secret), "/v2/token")?).await?.json();
    let bearer = format!("Bearer {}", granted["token"].as_str().unwrap_or_default());
    assert_eq!(registry.raw(with(&bearer, "/v2/")?).await?.status, StatusCode::OK);
    let (service, admin) = (&registry.service, &registry.admin);
    for token in towpath_service::tokens::list(service, admin).await?.tokens {
        towpath_service::tokens::revoke(service, admin, token.id).await?;
    }
    let answer = registry.raw(with(&bearer, "/v2/")?).await?;
    assert_eq!(answer.refusal(), refusal(401, "UNAUTHORIZED"));
    assert!(answer.message().contains("revoked"), "{answer:?}");
    Ok(())
}
