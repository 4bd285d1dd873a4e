//! The one row about the installation.

use crate::engines::on_both_engines;
use crate::fixture::{Store, at};
use towpath_store::installation::{insert, signing_key};

#[test]
fn the_first_start_happens_once_and_its_key_stays() {
    on_both_engines(async |store: Store| {
        let mut conn = store.conn().await;
        assert_eq!(signing_key(&mut conn).await.expect("reads"), None);
        assert!(store.save(async |tx| insert(tx, at(0), b"first").await).await);
        assert!(!store.save(async |tx| insert(tx, at(1), b"second").await).await);
        assert_eq!(signing_key(&mut conn).await.expect("reads").as_deref(), Some(&b"first"[..]));
    });
}
