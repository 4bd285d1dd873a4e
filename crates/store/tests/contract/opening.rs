//! Opening a database: its schema, its version, and who may write.

use crate::engines::on_both_engines;
use crate::fixture::{Store, open, project, slug};
use towpath_store::{Conn, Diagnosis, Error, projects};

#[test]
fn what_was_written_is_there_after_reopening() {
    on_both_engines(async |store: Store| {
        store.save(async |tx| projects::insert(tx, &project(1, "shop")).await).await;
        store.close().await;
        let again = open(&store.url).await.expect("opens");
        let found = projects::find(&mut again.read().await.expect("reads"), &slug("shop")).await;
        assert_eq!(found.expect("reads"), Some(project(1, "shop")));
        again.ping().await.expect("answers");
        again.close().await;
    });
}

#[test]
fn a_database_of_a_newer_version_is_refused() {
    on_both_engines(async |store: Store| {
        store.close().await;
        let checksum = if store.is_postgres() { "'\\x00'" } else { "x'00'" };
        let newer = format!(
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
             values (9001, 'newer', true, {checksum}, 0)"
        );
        store.sql(&newer).await.expect("writes");
        let refused = open(&store.url).await;
        assert!(matches!(refused, Err(Error::Newer(9001))), "{refused:?}");
        let words = refused.expect_err("refused").to_string();
        assert!(words.contains("newer Towpath"), "{words}");
    });
}

#[test]
fn a_look_from_outside_tells_how_far_the_schema_is_and_changes_nothing() {
    on_both_engines(async |store: Store| {
        store.close().await;
        let look = async || Diagnosis::make(&store.url).await.expect("is looked at");
        let found = look().await;
        assert_eq!((found.pending, found.newer, found.damage), (0, None, None));
        assert_eq!(found.clock.is_some(), store.is_postgres());
        let newest = "(select max(version) from _sqlx_migrations)";
        store.sql(&format!("delete from _sqlx_migrations where version = {newest}")).await.expect("writes");
        assert_eq!(look().await.pending, 1);
        assert_eq!(look().await.pending, 1, "nothing was run");
        store
            .sql(&format!("update _sqlx_migrations set version = 9001 where version = {newest}"))
            .await
            .expect("writes");
        let found = look().await;
        assert_eq!((found.pending, found.newer), (2, Some(9001)));
        store.sql("drop table _sqlx_migrations").await.expect("writes");
        let found = look().await;
        assert!(found.pending > 2 && found.newest.is_none() && found.signed_by.is_none(), "{found:?}");
    });
}

#[test]
fn a_changed_migration_is_refused() {
    on_both_engines(async |store: Store| {
        store.close().await;
        let checksum = if store.is_postgres() { "'\\x00'" } else { "x'00'" };
        let tampered = format!("update _sqlx_migrations set checksum = {checksum} where version = 1");
        store.sql(&tampered).await.expect("writes");
        assert!(matches!(open(&store.url).await, Err(Error::Migration(_))));
    });
}

#[test]
fn an_address_of_neither_engine_is_refused() {
    on_both_engines(async |_: Store| {
        for address in ["", "mysql://localhost/towpath", "towpath.db", "postgres"] {
            let refused = open(address).await;
            assert!(matches!(refused, Err(Error::Address(_))), "{address}: {refused:?}");
        }
    });
}

#[test]
fn a_reading_connection_of_sqlite_cannot_write() {
    on_both_engines(async |store: Store| {
        let Conn::Sqlite(mut conn) = store.conn().await else { return };
        let attempt = sqlx::query("update audit_head set size = 7").execute(&mut *conn).await;
        let error = attempt.expect_err("it only reads").to_string();
        assert!(error.contains("readonly"), "{error}");
    });
}
