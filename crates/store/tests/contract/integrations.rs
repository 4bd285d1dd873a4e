//! CI integrations.

use crate::engines::on_both_engines;
use crate::fixture::{Store, id, integration, project, slug};
use crate::shop::Shop;
use towpath_domain::buckets::BucketKind;
use towpath_domain::integrations::{Follows, Integration};
use towpath_store::integrations::{find, first_of, insert, list, list_all, load};
use towpath_store::projects;

#[test]
fn an_integration_comes_back_with_what_it_follows() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let default = integration(51, shop.project.id, "api", Follows::Default);
        let none = Integration {
            kind: BucketKind::ReleaseStream,
            ..integration(52, shop.project.id, "worker", Follows::None)
        };
        for integration in [none.clone(), default.clone()] {
            store.save(async move |tx| insert(tx, &integration).await).await;
        }
        let mut conn = store.conn().await;
        assert_eq!(load(&mut conn, none.id).await.expect("reads"), none);
        let found = find(&mut conn, shop.project.id, &slug("api")).await.expect("reads");
        assert_eq!(found.as_ref(), Some(&default));
        assert_eq!(find(&mut conn, id(11), &slug("api")).await.expect("reads"), None);
        let page = async |conn: &mut _, after: &str, limit| {
            list(conn, shop.project.id, after, limit).await.expect("reads")
        };
        assert_eq!(page(&mut conn, "", 2).await, [default.clone(), shop.integration.clone()]);
        assert_eq!(page(&mut conn, "checkout", 2).await, std::slice::from_ref(&none));
        let first = first_of(&mut conn, &[shop.project.id, id(11)], 2).await.expect("reads");
        assert_eq!(first, [(shop.project.id, (vec![default, shop.integration], 3))].into());
    });
}

#[test]
fn a_slug_names_one_integration_of_a_project() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let bank = project(11, "bank");
        let elsewhere = integration(51, bank.id, "checkout", Follows::None);
        let twin = integration(52, shop.project.id, "checkout", Follows::None);
        let saved = elsewhere.clone();
        store
            .save(async move |tx| {
                projects::insert(tx, &bank).await?;
                insert(tx, &saved).await
            })
            .await;
        let again = store.write(async move |tx| insert(tx, &twin).await).await;
        assert!(again.expect_err("it is taken").is_duplicate());
        let all = list_all(&mut store.conn().await).await.expect("reads");
        assert_eq!(all[&shop.project.id], [shop.integration]);
        assert_eq!(all[&elsewhere.project], [elsewhere]);
    });
}
