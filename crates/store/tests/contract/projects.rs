//! Projects.

use crate::engines::on_both_engines;
use crate::fixture::{Store, id, project, slug};
use towpath_store::projects::{find, insert, list, load, next_promotion};

async fn save(store: &Store, names: &'static [&'static str]) {
    store
        .save(async move |tx| {
            for (number, name) in (1..).zip(names) {
                insert(tx, &project(number, name)).await?;
            }
            Ok(())
        })
        .await;
}

#[test]
fn a_project_comes_back_as_saved() {
    on_both_engines(async |store: Store| {
        save(&store, &["shop"]).await;
        let mut conn = store.conn().await;
        assert_eq!(find(&mut conn, &slug("shop")).await.expect("reads"), Some(project(1, "shop")));
        assert_eq!(find(&mut conn, &slug("other")).await.expect("reads"), None);
        assert_eq!(load(&mut conn, id(1)).await.expect("reads"), project(1, "shop"));
    });
}

#[test]
fn a_slug_names_one_project() {
    on_both_engines(async |store: Store| {
        save(&store, &["shop"]).await;
        let again = store.write(async |tx| insert(tx, &project(2, "shop")).await).await;
        assert!(again.expect_err("it is taken").is_duplicate());
    });
}

#[test]
fn projects_are_paged_by_slug() {
    on_both_engines(async |store: Store| {
        save(&store, &["d", "b", "a", "c", "b-2"]).await;
        let mut conn = store.conn().await;
        let mut pages = Vec::new();
        let mut after = String::new();
        loop {
            let page = list(&mut conn, &after, 2).await.expect("reads");
            let Some(last) = page.last() else { break };
            after = last.slug.to_string();
            pages.push(page.iter().map(|project| project.slug.to_string()).collect::<Vec<_>>().join(" "));
        }
        assert_eq!(pages, ["a b", "b-2 c", "d"]);
    });
}

#[test]
fn promotion_numbers_count_up_in_each_project() {
    on_both_engines(async |store: Store| {
        save(&store, &["shop", "bank"]).await;
        let next = async |number| store.save(async move |tx| next_promotion(tx, id(number)).await).await;
        assert_eq!([next(1).await, next(1).await, next(2).await, next(1).await], [1, 2, 1, 3]);
    });
}
