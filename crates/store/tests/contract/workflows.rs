//! Promotion workflows.

use crate::engines::on_both_engines;
use crate::fixture::{Store, at, id};
use crate::shop::{Shop, workflow};
use towpath_domain::buckets::BucketKind;
use towpath_domain::workflows::Workflow;
use towpath_store::Error;
use towpath_store::workflows::{change, find_default, insert, list, load};

#[test]
fn a_workflow_comes_back_with_its_stages_and_gates() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let mut conn = store.conn().await;
        assert_eq!(load(&mut conn, shop.workflow.name.id).await.expect("reads"), shop.workflow);
        assert_eq!(list(&mut conn, shop.project.id).await.expect("reads"), [shop.workflow]);
        assert_eq!(list(&mut conn, id(11)).await.expect("reads"), []);
    });
}

#[test]
fn a_slug_names_one_workflow_of_a_project() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let twin = workflow(41, shop.project.id, "release", &[&shop.qa]);
        let again = store.write(async move |tx| insert(tx, &twin, at(0)).await).await;
        assert!(again.expect_err("it is taken").is_duplicate());
    });
}

#[test]
fn a_default_waits_until_the_one_before_has_left_its_place() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let mut conn = store.conn().await;
        let environment = BucketKind::Environment;
        assert_eq!(find_default(&mut conn, shop.project.id, environment).await.expect("reads"), None);
        let default = |number, name| Workflow {
            is_default: true,
            ..workflow(number, shop.project.id, name, &[&shop.qa])
        };
        let (first, second) = (default(41, "first"), default(42, "second"));
        let (saved, twin) = (first.clone(), second.clone());
        store.save(async move |tx| insert(tx, &saved, at(0)).await).await;
        let early = store.write(async move |tx| insert(tx, &twin, at(0)).await).await;
        assert!(early.expect_err("there is one").is_duplicate());
        let left = Workflow { is_default: false, version: 2, ..first };
        let late = left.clone();
        store
            .save(async move |tx| {
                change(tx, &left, at(1)).await?;
                insert(tx, &second, at(1)).await
            })
            .await;
        // Whoever looked at the first version saves nothing.
        let again = store.write(async move |tx| change(tx, &late, at(2)).await).await;
        assert!(matches!(again, Err(Error::Changed)));
        let found = find_default(&mut conn, shop.project.id, environment).await.expect("reads");
        assert_eq!(found, Some(default(42, "second")));
        assert!(!load(&mut conn, id(41)).await.expect("reads").is_default);
        let other = find_default(&mut conn, shop.project.id, BucketKind::ReleaseStream).await;
        assert_eq!(other.expect("reads"), None);
    });
}
