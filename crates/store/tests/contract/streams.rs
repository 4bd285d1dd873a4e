//! Release streams.

use crate::engines::on_both_engines;
use crate::fixture::{Store, stream};
use towpath_domain::streams::Stream;
use towpath_store::streams::{insert, list};

#[test]
fn streams_come_back_in_the_order_in_which_they_were_added() {
    on_both_engines(async |store: Store| {
        let streams =
            [stream(3, "qa"), Stream { built_in: true, ..stream(1, "production") }, stream(2, "edge")];
        for stream in streams.clone() {
            store.save(async move |tx| insert(tx, &stream).await).await;
        }
        assert_eq!(list(&mut store.conn().await).await.expect("reads"), streams);
    });
}

#[test]
fn a_slug_names_one_stream() {
    on_both_engines(async |store: Store| {
        store.save(async |tx| insert(tx, &stream(1, "qa")).await).await;
        let again = store.write(async |tx| insert(tx, &stream(2, "qa")).await).await;
        assert!(again.expect_err("it is taken").is_duplicate());
    });
}
