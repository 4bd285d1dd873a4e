//! The proof of the log as it is kept, and that nobody can change it.

use crate::engines::on_both_engines;
use crate::fixture::{Store, at};
use std::collections::BTreeSet;
use towpath_proof::tree::{Nodes, leaf_hash};
use towpath_proof::{TileId, Tiles};
use towpath_store::audit::{
    Key, Signed, held, insert_checkpoint, insert_key, keys, newest, save, tiled, tiles,
};

/// Appends leaves by the edge of the tree alone, as it is kept.
async fn append(store: &Store, count: u64) {
    store
        .save(async move |tx| {
            let size = tiled(tx).await?;
            let mut edge = tiles(tx, size, &BTreeSet::from_iter(TileId::edge(size))).await?;
            for number in size..size + count {
                assert!(edge.push(leaf_hash(&number.to_be_bytes())));
            }
            save(tx, &mut edge).await
        })
        .await;
}

#[test]
fn a_tree_grows_by_its_edge_and_keeps_its_leaves() {
    on_both_engines(async |store: Store| {
        assert_eq!(tiled(&mut store.conn().await).await.expect("reads"), 0);
        let mut expected = Tiles::default();
        for step in [1, 254, 1, 1, 300, 255] {
            append(&store, step).await;
            for _ in 0..step {
                expected.push(leaf_hash(&expected.size().to_be_bytes()));
            }
            let mut conn = store.conn().await;
            let size = tiled(&mut conn).await.expect("reads");
            assert_eq!(size, expected.size());
            let whole = 0..size;
            let wanted = TileId::of(std::slice::from_ref(&whole));
            let read = tiles(&mut conn, size, &wanted).await.expect("reads");
            assert_eq!(read.hash(&whole), expected.hash(&whole), "{size}");
        }
        let leaves = held(&mut store.conn().await, &[1, 256, 257, 812, 813, 9_999]).await.expect("reads");
        assert_eq!(leaves.keys().copied().collect::<Vec<_>>(), [1, 256, 257, 812]);
        assert_eq!(leaves.get(&257), expected.leaf(256).as_ref());
    });
}

fn key(public: &str, handover: Option<&str>) -> Key {
    Key { public: public.to_owned(), made_at: at(1), handover: handover.map(ToOwned::to_owned) }
}

#[test]
fn keys_and_checkpoints_come_back_in_their_order() {
    on_both_engines(async |store: Store| {
        assert_eq!(newest(&mut store.conn().await).await.expect("reads"), None);
        let signed = |size| Signed { size, at: at(size), note: format!("note {size}") };
        for number in [3, 9, 4] {
            store.save(async move |tx| insert_checkpoint(tx, &signed(number)).await).await;
        }
        let again = Signed { note: "another".to_owned(), ..signed(9) };
        store.save(async move |tx| insert_checkpoint(tx, &again).await).await;
        assert_eq!(newest(&mut store.conn().await).await.expect("reads"), Some(signed(9)));
        let both = [key("b+1+x", None), key("a+2+y", Some("note"))];
        for key in both.clone() {
            store.save(async move |tx| insert_key(tx, &key).await).await;
        }
        assert_eq!(keys(&mut store.conn().await).await.expect("reads"), both);
    });
}

#[test]
fn proof_is_final() {
    on_both_engines(async |store: Store| {
        append(&store, 300).await;
        store
            .save(async |tx| {
                insert_key(tx, &key("a+1+x", None)).await?;
                insert_checkpoint(tx, &Signed { size: 300, at: at(1), note: "note".to_owned() }).await
            })
            .await;
        let mut attempts = vec![
            "update audit_tiles set hashes = (select hashes from audit_tiles where place = 1) where place = 0 and level = 0",
            "update audit_tiles set place = 7 where place = 0 and level = 0",
            "delete from audit_tiles",
            "update audit_checkpoints set note = 'forged'",
            "delete from audit_checkpoints",
            "update audit_keys set public_key = 'forged'",
            "delete from audit_keys",
        ];
        if store.is_postgres() {
            attempts.extend(["truncate audit_tiles", "truncate audit_checkpoints", "truncate audit_keys"]);
        }
        for attempt in attempts {
            let error = store.sql(attempt).await.expect_err(attempt).to_string();
            assert!(error.contains("are final") || error.contains("only grow"), "{attempt}: {error}");
        }
        assert_eq!(tiled(&mut store.conn().await).await.expect("reads"), 300);
    });
}
