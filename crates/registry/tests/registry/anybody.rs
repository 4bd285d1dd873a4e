//! Pulling without signing in, where a project lets anybody.

use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use towpath_domain::access::Action;
use towpath_service::storage;

use crate::harness::{Answer, Outcome, Registry, refusal};

const QA: &str = "shop/checkout/qa";

/// Sends a request with this bearer token, or without any.
async fn send(registry: &Registry, method: Method, path: &str, bearer: Option<&str>) -> Outcome<Answer> {
    let request = Request::builder().method(method).uri(path);
    let request = match bearer {
        Some(bearer) => request.header(header::AUTHORIZATION, format!("Bearer {bearer}")),
        None => request,
    };
    registry.raw(request.body(Body::empty())?).await
}

/// What a client without credentials gets from the token service for a name.
async fn token(registry: &Registry, name: &str) -> Outcome<Answer> {
    let path = format!("/v2/token?service=registry.example&scope=repository:{name}:pull");
    send(registry, Method::GET, &path, None).await
}

#[tokio::test]
async fn nobody_pulls_without_signing_in_unless_the_project_lets_them() -> Outcome {
    let registry = Registry::start().await?;
    let digest = registry.push_image(QA, "1.0", "one").await?;
    let manifest = registry.get(&format!("/v2/{QA}/manifests/1.0")).await?.json();
    let layer = manifest["layers"][0]["digest"].as_str().unwrap_or_default().to_owned();
    let reads = [
        format!("/v2/{QA}/manifests/1.0"),
        format!("/v2/{QA}/manifests/{digest}"),
        format!("/v2/{QA}/blobs/{layer}"),
        format!("/v2/{QA}/tags/list"),
        format!("/v2/{QA}/referrers/{digest}"),
    ];
    for allowed in [false, true, false] {
        storage::set_anonymous_pull(&registry.service, &registry.admin, "shop", allowed).await?;
        let status = if allowed { StatusCode::OK } else { StatusCode::UNAUTHORIZED };
        assert_eq!(token(&registry, QA).await?.status, status);
        for path in &reads {
            let answer = send(&registry, Method::GET, path, None).await?;
            assert_eq!(answer.status, status, "{path}: {answer:?}");
            assert_eq!(answer.header("www-authenticate").is_empty(), allowed, "{path}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_token_for_nobody_reads_there_and_does_nothing_else() -> Outcome {
    let registry = Registry::start().await?;
    registry.push_image(QA, "1.0", "one").await?;
    storage::set_anonymous_pull(&registry.service, &registry.admin, "shop", true).await?;
    let bearer = token(&registry, QA).await?.json()["token"].as_str().unwrap_or_default().to_owned();
    let path = format!("/v2/{QA}/manifests/1.0");
    assert_eq!(send(&registry, Method::GET, &path, Some(&bearer)).await?.status, StatusCode::OK);
    for (method, path) in [
        (Method::GET, "/v2/".to_owned()),
        (Method::GET, "/v2/_catalog".to_owned()),
        (Method::PUT, path.clone()),
        (Method::DELETE, path.clone()),
        (Method::POST, format!("/v2/{QA}/blobs/uploads/")),
        (Method::GET, "/v2/global/checkout/manifests/1.0".to_owned()),
        (Method::GET, "/v2/nowhere/checkout/manifests/1.0".to_owned()),
    ] {
        let answer = send(&registry, method.clone(), &path, Some(&bearer)).await?;
        assert_eq!(answer.refusal(), refusal(401, "UNAUTHORIZED"), "{method} {path}");
    }
    let unknown = send(&registry, Method::GET, "/v2/shop/nothing/tags/list", Some(&bearer)).await?;
    assert_eq!(unknown.refusal(), refusal(404, "NAME_UNKNOWN"));
    storage::set_anonymous_pull(&registry.service, &registry.admin, "shop", false).await?;
    assert_eq!(send(&registry, Method::GET, &path, Some(&bearer)).await?.status, StatusCode::UNAUTHORIZED);
    for scope in ["nowhere/x", "global/x", "shop", "%00", "shop/checkout/qa/x"] {
        assert_eq!(token(&registry, scope).await?.status, StatusCode::UNAUTHORIZED, "{scope}");
    }
    Ok(())
}

#[tokio::test]
async fn the_catalogue_is_an_admins_and_has_pages() -> Outcome {
    let mut registry = Registry::start().await?;
    for name in ["shop/tools", QA, "shop/checkout"] {
        registry.push_image(name, "1.0", "one").await?;
    }
    let names = ["shop/checkout", QA, "shop/tools"];
    assert_eq!(registry.get("/v2/_catalog").await?.json()["repositories"], serde_json::json!(names));
    let mut path = "/v2/_catalog?n=1".to_owned();
    for name in names {
        let page = registry.get(&path).await?;
        assert_eq!(page.json()["repositories"], serde_json::json!([name]));
        let link = page.header("link").to_owned();
        assert_eq!(link.is_empty(), name == "shop/tools");
        path = link.trim_start_matches('<').split('>').next().unwrap_or_default().to_owned();
    }
    registry.secret = registry.token("shop", &[Action::Pull]).await?;
    assert_eq!(registry.get("/v2/_catalog").await?.refusal(), refusal(403, "DENIED"));
    Ok(())
}
