//! Environments.

use crate::engines::on_both_engines;
use crate::fixture::{Store, environment, project};
use crate::shop::Shop;
use towpath_store::environments::{insert, list, of_stream};
use towpath_store::projects;

#[test]
fn environments_come_back_in_the_order_in_which_they_were_made() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let another = environment(19, shop.project.id, "a", &shop.qa.stream);
        let saved = another.clone();
        store.save(async move |tx| insert(tx, &saved).await).await;
        let listed = list(&mut store.conn().await, shop.project.id).await.expect("reads");
        assert_eq!(listed, [shop.qa, shop.prod, another]);
    });
}

#[test]
fn a_slug_names_one_environment_of_a_project() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let bank = project(11, "bank");
        let elsewhere = environment(22, bank.id, "qa", &shop.qa.stream);
        let twin = environment(23, shop.project.id, "qa", &shop.qa.stream);
        let saved = elsewhere.clone();
        store
            .save(async move |tx| {
                projects::insert(tx, &bank).await?;
                insert(tx, &saved).await
            })
            .await;
        let again = store.write(async move |tx| insert(tx, &twin).await).await;
        assert!(again.expect_err("it is taken").is_duplicate());
        let of = of_stream(&mut store.conn().await, shop.qa.stream.id).await.expect("reads");
        let names: Vec<_> = of.iter().map(|(_, project, own, _)| format!("{project}/{own}")).collect();
        assert_eq!(names, ["bank/qa", "shop/qa"]);
        assert_eq!((of[0].0, of[0].3), (elsewhere.project, elsewhere.id));
    });
}
