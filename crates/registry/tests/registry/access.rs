//! Who may do what: every request with every scope, and names outside a token's scope.

use axum::body::Body;
use http::{Method, header};
use towpath_domain::access::Action;
use towpath_domain::digests::{Algorithm, Digest};
use towpath_service::projects;

use crate::harness::{Outcome, Registry, refusal};

/// What a request needs.
enum Needs {
    Pull,
    Push,
    Delete,
    /// A client asks before it pushes, so either will do.
    Either,
}

#[tokio::test]
async fn each_request_needs_its_own_permission() -> Outcome {
    let mut registry = Registry::start().await?;
    let id = "00000000-0000-4000-8000-000000000000";
    let digest = Digest::of(Algorithm::Sha256, b"unknown");
    let requests = [
        (Method::GET, format!("blobs/{digest}"), Needs::Pull),
        (Method::HEAD, format!("blobs/{digest}"), Needs::Either),
        (Method::DELETE, format!("blobs/{digest}"), Needs::Delete),
        (Method::POST, "blobs/uploads/".to_owned(), Needs::Push),
        (Method::POST, format!("blobs/uploads/?mount={digest}&from=shop/tools/qa"), Needs::Push),
        (Method::POST, format!("blobs/uploads/?digest={digest}"), Needs::Push),
        (Method::GET, format!("blobs/uploads/{id}"), Needs::Push),
        (Method::PATCH, format!("blobs/uploads/{id}"), Needs::Push),
        (Method::PUT, format!("blobs/uploads/{id}?digest={digest}"), Needs::Push),
        (Method::DELETE, format!("blobs/uploads/{id}"), Needs::Push),
        (Method::GET, "manifests/1.0".to_owned(), Needs::Pull),
        (Method::GET, format!("manifests/{digest}"), Needs::Pull),
        (Method::HEAD, "manifests/1.0".to_owned(), Needs::Either),
        (Method::PUT, "manifests/1.0".to_owned(), Needs::Push),
        (Method::DELETE, "manifests/1.0".to_owned(), Needs::Delete),
        (Method::DELETE, format!("manifests/{digest}"), Needs::Delete),
        (Method::GET, "tags/list".to_owned(), Needs::Pull),
        (Method::GET, format!("referrers/{digest}"), Needs::Pull),
    ];
    let scopes = [
        vec![Action::View],
        vec![Action::Pull],
        vec![Action::Push],
        vec![Action::Delete],
        vec![Action::Pull, Action::Push],
        vec![Action::Pull, Action::Push, Action::Delete],
    ];
    for scope in scopes {
        registry.secret = registry.token("", &scope).await?;
        for (method, path, needs) in &requests {
            let request = registry
                .request(method.clone(), &format!("/v2/shop/checkout/qa/{path}"))
                .header(header::CONTENT_TYPE, "application/vnd.oci.image.manifest.v1+json")
                .body(Body::empty())?;
            let allowed = match needs {
                Needs::Pull => scope.contains(&Action::Pull),
                Needs::Push => scope.contains(&Action::Push),
                Needs::Delete => scope.contains(&Action::Delete),
                Needs::Either => scope.contains(&Action::Pull) || scope.contains(&Action::Push),
            };
            let status = registry.raw(request).await?.status.as_u16();
            assert_eq!(status != 403, allowed, "{method} {path} with {scope:?}: {status}");
            assert!(status < 500, "{method} {path} with {scope:?}: {status}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_a_token_is_not_for_it_may_not_touch() -> Outcome {
    let mut registry = Registry::start().await?;
    registry.push_image("shop/checkout/qa", "1.0", "one").await?;
    registry.secret = registry.token("shop/tools", &[Action::Pull, Action::Push]).await?;
    let read = registry.get("/v2/shop/checkout/qa/manifests/1.0").await?;
    assert!(matches!(read.status.as_u16(), 403 | 404), "{read:?}");
    let begun = registry.send(Method::POST, "/v2/shop/checkout/qa/blobs/uploads/", Body::empty()).await?;
    assert!(matches!(begun.status.as_u16(), 403 | 404), "{begun:?}");
    Ok(())
}

#[tokio::test]
async fn unknown_shapes_and_methods_get_answers_of_the_protocol() -> Outcome {
    let registry = Registry::start().await?;
    for (method, path, status, code) in [
        (Method::GET, "/v2/_catalog/x", 404, "UNSUPPORTED"),
        (Method::DELETE, "/v2/_catalog", 405, "UNSUPPORTED"),
        (Method::GET, "/v2/_catalog?n=x", 400, "UNSUPPORTED"),
        (Method::GET, "/v2/shop/checkout", 404, "UNSUPPORTED"),
        (Method::GET, "/v2/SHOP/checkout/tags/list", 400, "NAME_INVALID"),
        (Method::GET, "/v2/shop/..%2fcheckout/tags/list", 400, "NAME_INVALID"),
        (Method::GET, "/v2/shop/%ff/tags/list", 400, "NAME_INVALID"),
        (Method::GET, "/v2/shop/tags/list", 404, "NAME_UNKNOWN"),
        (Method::PUT, "/v2/shop/checkout/tags/list", 405, "UNSUPPORTED"),
        (Method::POST, "/v2/", 405, "UNSUPPORTED"),
        (Method::DELETE, "/v2/token", 405, "UNSUPPORTED"),
        (Method::GET, "/v2/shop/checkout/blobs/uploads/", 405, "UNSUPPORTED"),
        (Method::GET, "/v2/shop/checkout/blobs/uploads/7", 404, "BLOB_UPLOAD_UNKNOWN"),
    ] {
        let answer = registry.send(method.clone(), path, Body::empty()).await?;
        assert_eq!(answer.refusal(), refusal(status, code), "{method} {path}");
    }
    Ok(())
}

#[tokio::test]
async fn an_archived_project_is_pulled_from_and_refuses_every_change() -> Outcome {
    let registry = Registry::start().await?;
    let name = "shop/checkout/qa";
    let digest = registry.push_image(name, "1.0", "one").await?;
    let loose = registry.push_blob(name, b"loose").await?;
    let upload = registry.begin(name).await?;
    let manifest = registry.image(name, "two").await?;
    projects::archive(&registry.service, &registry.admin, "shop").await?;
    for reference in ["1.0", "current", &digest.to_string()] {
        let pulled = registry.get(&format!("/v2/{name}/manifests/{reference}")).await?;
        assert_eq!(pulled.status.as_u16(), 200, "{pulled:?}");
    }
    for (method, path) in [
        (Method::POST, format!("/v2/{name}/blobs/uploads/")),
        (Method::POST, format!("/v2/{name}/blobs/uploads/?mount={loose}&from={name}")),
        (Method::PATCH, upload.clone()),
        (Method::PUT, format!("{upload}?digest={digest}")),
        (Method::DELETE, upload),
        (Method::DELETE, format!("/v2/{name}/blobs/{loose}")),
        (Method::DELETE, format!("/v2/{name}/manifests/1.0")),
    ] {
        let answer = registry.send(method.clone(), &path, Body::empty()).await?;
        assert_eq!(answer.refusal(), refusal(403, "DENIED"), "{method} {path}");
        assert!(answer.message().starts_with("The project shop is archived"), "{answer:?}");
    }
    let pushed = registry.put(name, "2.0", &manifest).await?;
    assert_eq!(pushed.refusal(), refusal(403, "DENIED"));
    projects::restore(&registry.service, &registry.admin, "shop").await?;
    assert_eq!(registry.put(name, "2.0", &manifest).await?.status.as_u16(), 201);
    Ok(())
}
