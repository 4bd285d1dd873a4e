//! Backups: what was carried elsewhere and back answers as before, on either engine, and its log is the one that was signed.

use crate::engines::on_both_engines;
use crate::images::name;
use crate::shop::Shop;
use crate::stored::Stored;
use bytes::Bytes;
use futures::TryStreamExt;
use std::path::Path;
use towpath_domain::digests::{Algorithm, Digest};
use towpath_domain::timeline::Filter;
use towpath_service::Error;
use towpath_service::audit::signing::{adopt, make_key, sign};
use towpath_service::audit::verifying::verify;
use towpath_service::images::{Reference, open_blob, read_blob, read_manifest};
use towpath_service::installation::Blobs;
use towpath_service::moving::{contents, examine, rows};
use towpath_service::{Service, Sources, boards, timeline};

const QA: &str = "shop/checkout/qa";

fn url(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

/// An installation with a history, which is signed.
async fn lived_in(shop: &Shop) -> String {
    let digest = shop.push(&shop.dora, QA, "1.0").await.expect("arrives");
    shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("goes to staging");
    // A default build and its integration name each other.
    shop.sql(
        "update integrations set default_at = 1, default_build = (select id from builds order by id limit 1)",
    )
    .await;
    let key = make_key(shop).await.expect("a key");
    assert!(adopt(shop, &key).await.expect("is adopted"));
    sign(shop, key, None).await.expect("signs").expect("there is something new");
    shop.push(&shop.dora, QA, "1.1").await.expect("arrives");
    digest
}

/// What the installation answers.
async fn answers(service: &Service, shop: &Shop) -> (String, Vec<String>) {
    let board = boards::view(service, &shop.ana, "shop", "checkout").await.expect("a board");
    let page = timeline::page(service, &shop.ana, &Filter::default(), None, 500).await.expect("a page");
    (format!("{:?}", board.columns), page.entries.iter().map(|entry| format!("{entry:?}")).collect())
}

/// Whether an image can be read with its configuration.
async fn whole(service: &Service, shop: &Shop, digest: &str) -> bool {
    let (name, digest) = (name(QA), Digest::parse(digest).expect("a digest"));
    let reference = Reference::Digest(digest);
    let (_, manifest) = read_manifest(service, &shop.ana, &name, &reference).await.expect("a manifest");
    let document: serde_json::Value = serde_json::from_slice(&manifest).expect("JSON");
    let config = Digest::parse(document["config"]["digest"].as_str().expect("a digest")).expect("a digest");
    let blob = open_blob(service, &shop.ana, &name, &config).await.expect("a blob");
    let all = 0..blob.size();
    let pieces: Vec<Bytes> =
        read_blob(service, &config, blob, all).await.expect("reads").try_collect().await.expect("to its end");
    Digest::of(Algorithm::Sha256, &pieces.concat()) == config
}

#[test]
fn what_was_backed_up_and_restored_answers_as_before() {
    on_both_engines(async |shop: Shop| {
        let digest = lived_in(&shop).await;
        let (before, sources) = (answers(&shop, &shop).await, Sources::system());
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (backup, kept) = (url(&folder.path().join("towpath.db")), folder.path().join("blobs"));

        let copied = rows(shop.database(), &backup).await.expect("copies the rows");
        let carried =
            contents(&backup, shop.stored().place(), Blobs::Folder(&kept), &sources).await.expect("copies");
        assert_eq!((carried.named, carried.carried, carried.damaged.as_slice()), (6, 6, &[][..]));
        let again =
            contents(&backup, shop.stored().place(), Blobs::Folder(&kept), &sources).await.expect("copies");
        assert_eq!((again.named, again.carried), (6, 0), "only what is new is copied");
        let examined = examine(&backup, Blobs::Folder(&kept), &sources).await.expect("reads");
        assert_eq!((examined.named, examined.damaged.len()), (6, 0));

        let (elsewhere, stored) = (shop.empty_database(folder.path()).await, Stored::fresh());
        contents(&backup, Blobs::Folder(&kept), stored.place(), &sources)
            .await
            .expect("restores the contents");
        assert_eq!(rows(&backup, &elsewhere).await.expect("restores the rows"), copied);
        let restored = shop.opened_on(&elsewhere, &stored).await;
        assert_eq!(answers(&restored, &shop).await, before);
        let verified = verify(&restored, Vec::new()).await.expect("verifies");
        assert!(
            verified.differs.is_none() && verified.signed > 0 && verified.size > verified.signed,
            "{verified:?}"
        );
        assert!(whole(&restored, &shop, &digest).await, "its bytes came along");
        assert!(matches!(rows(&backup, &elsewhere).await, Err(Error::Store(_))), "it is occupied");
        restored.close().await;
        shop.drop_database(&elsewhere).await;
    });
}

#[test]
fn what_is_damaged_is_named_and_all_else_is_kept() {
    on_both_engines(async |shop: Shop| {
        lived_in(&shop).await;
        let (damaged, _) = shop.upload(&shop.ana, &name(QA), "a layer".into()).await.expect("uploads");
        shop.stored().overwrite(&damaged, Some(b"a laser")).await;
        let (missing, _) = shop.upload(&shop.ana, &name(QA), "another".into()).await.expect("uploads");
        shop.stored().overwrite(&missing, None).await;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (backup, kept) = (url(&folder.path().join("towpath.db")), folder.path().join("blobs"));
        rows(shop.database(), &backup).await.expect("copies the rows");
        let sources = Sources::system();
        let carried =
            contents(&backup, shop.stored().place(), Blobs::Folder(&kept), &sources).await.expect("copies");
        let mut expected = vec![damaged, missing];
        expected.sort();
        assert_eq!((carried.named, carried.carried, carried.damaged), (8, 6, expected.clone()));
        let examined = examine(&backup, Blobs::Folder(&kept), &sources).await.expect("reads");
        assert_eq!(examined.damaged, expected);
    });
}
