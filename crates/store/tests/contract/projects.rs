//! Projects.

use crate::engines::on_both_engines;
use crate::fixture::{Store, at, id, project, slug};
use towpath_domain::projects::{Project, Sample};
use towpath_store::Error;
use towpath_store::projects::{find, finish_sample, insert, list, load, next_promotion, save_archived};

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

#[test]
fn what_is_archived_or_a_sample_comes_back_so() {
    on_both_engines(async |store: Store| {
        let sample =
            Project { sample: Some(Sample::Unfinished), archived_at: Some(at(5)), ..project(1, "sample") };
        let saved = sample.clone();
        store.save(async move |tx| insert(tx, &saved).await).await;
        assert_eq!(load(&mut store.conn().await, id(1)).await.expect("reads"), sample);
        store.save(async move |tx| finish_sample(tx, id(1)).await).await;
        let whole = Project { sample: Some(Sample::Whole), ..sample };
        assert_eq!(load(&mut store.conn().await, id(1)).await.expect("reads"), whole);
    });
}

#[test]
fn of_two_who_archive_at_the_same_time_one_is_told_that_it_changed() {
    on_both_engines(async |store: Store| {
        save(&store, &["shop"]).await;
        let before = project(1, "shop");
        let after = Project { archived_at: Some(at(5)), ..before.clone() };
        let (first, second) = ((before.clone(), after.clone()), (before.clone(), after.clone()));
        store.save(async move |tx| save_archived(tx, &first.0, &first.1).await).await;
        assert_eq!(load(&mut store.conn().await, id(1)).await.expect("reads"), after);
        let late = store.write(async move |tx| save_archived(tx, &second.0, &second.1).await).await;
        assert!(matches!(late, Err(Error::Changed)));
        store.save(async move |tx| save_archived(tx, &after, &before).await).await;
        assert_eq!(load(&mut store.conn().await, id(1)).await.expect("reads"), project(1, "shop"));
    });
}
