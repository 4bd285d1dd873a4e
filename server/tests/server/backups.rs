//! The commands by which an installation is backed up and restored, as whoever runs it calls them.

use crate::support::{Server, basic};
use axum::body::Body;
use http::Request;
use std::process::Output;
use towpath_domain::digests::{Algorithm, Digest};

const LAYER: &[u8] = b"a layer";

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A server with an image's layer in it.
async fn lived_in() -> Server {
    let server = Server::start().await;
    let admin = server.admin("Ada").await;
    server.integration(&admin, "shop", "checkout").await;
    let developer = server.member(&admin, "Bo", "developer", "project:shop").await;
    let token = basic(&server.token(&developer, &["push"]).await);
    let path = format!("/v2/shop/checkout/blobs/uploads/?digest={}", Digest::of(Algorithm::Sha256, LAYER));
    let request =
        Request::post(path).header("authorization", token).body(Body::from(LAYER)).expect("a request");
    assert_eq!(server.send(request).await.status, 201);
    server
}

#[tokio::test]
async fn a_backup_is_made_beside_a_server_looked_at_and_restored() {
    let server = lived_in().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let backup = folder.path().join("backup").display().to_string();
    let none = server.command(&["verify", &backup], &[]);
    assert!(!none.status.success() && text(&none).contains("there is no backup in"), "{none:?}");
    for new in [1, 0] {
        let made = server.command(&["backup", &backup], &[]);
        let expected = format!("rows and 1 contents, {new} of them new");
        assert!(made.status.success() && text(&made).contains(&expected), "{made:?}");
    }
    let verified = server.command(&["verify", &backup], &[]);
    assert!(
        verified.status.success() && text(&verified).contains("events are as they were signed"),
        "{verified:?}"
    );

    let data = folder.path().join("restored").display().to_string();
    let url = format!("sqlite:{data}/towpath.db");
    let place = [("TOWPATH_DATA", data.as_str()), ("TOWPATH_DATABASE_URL", url.as_str())];
    let restored = server.command(&["restore", &backup], &place);
    assert!(restored.status.success(), "{restored:?}");
    let scrubbed = server.command(&["scrub"], &place);
    assert!(text(&scrubbed).contains("1 contents read again") && scrubbed.status.success(), "{scrubbed:?}");
    let again = server.command(&["restore", &backup], &place);
    assert!(!again.status.success() && text(&again).contains("name an empty one"), "{again:?}");
    server.stop().await;
}

#[tokio::test]
async fn a_backup_that_is_not_whole_is_told_by_what_it_lacks() {
    let server = lived_in().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let backup = folder.path().display().to_string();
    assert!(server.command(&["backup", &backup], &[]).status.success());
    let digest = Digest::of(Algorithm::Sha256, LAYER);
    let path = folder.path().join("blobs/blobs/sha256").join(&digest.hex()[..2]).join(digest.hex());
    std::fs::write(&path, b"a laser").expect("is written");
    let verified = server.command(&["verify", &backup], &[]);
    assert_eq!(verified.status.code(), Some(1));
    assert!(text(&verified).contains(&digest.to_string()), "{verified:?}");
    std::fs::write(folder.path().join("towpath.db"), b"no database").expect("is written");
    let verified = server.command(&["verify", &backup], &[]);
    assert!(!verified.status.success() && text(&verified).contains("restoring the rows"), "{verified:?}");
    server.stop().await;
}
