//! Saved views.

use crate::engines::on_both_engines;
use crate::fixture::{Store, at, id};
use crate::shop::Shop;
use towpath_domain::home::Filter;
use towpath_domain::saved_views::SavedView;
use towpath_domain::words::Title;
use towpath_store::saved_views::{delete, find, insert, own, set_start, shared, start, update};

fn view(shop: &Shop, number: u128, title: &str) -> SavedView {
    SavedView {
        id: id(number),
        owner: shop.ana.id,
        title: Title::parse(title).expect("a title"),
        filter: Filter { project: "shop".to_owned(), q: "pay".to_owned() },
        shared: None,
        created_at: at(1),
    }
}

#[test]
fn views_are_listed_by_title_and_shared_ones_with_the_others() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let mine = view(&shop, 300, "Mine");
        let ours = SavedView { shared: Some(shop.project.id), ..view(&shop, 301, "All of ours") };
        for view in [mine.clone(), ours.clone()] {
            store.save(async move |tx| insert(tx, &view).await).await;
        }
        let mut conn = store.conn().await;
        let listed = own(&mut conn, shop.ana.id).await.expect("reads");
        assert_eq!(listed.iter().map(|found| &found.view).collect::<Vec<_>>(), [&ours, &mine]);
        assert_eq!(listed[0].shared.as_ref(), Some(&shop.project.slug));
        assert_eq!(listed[0].by, "Ana");
        let seen = [shop.project.id];
        assert_eq!(shared(&mut conn, shop.ana.id, &seen, 9).await.expect("reads"), []);
        assert_eq!(shared(&mut conn, id(2), &[], 9).await.expect("reads"), [], "of no project that one sees");
        assert_eq!(shared(&mut conn, id(2), &[id(999)], 9).await.expect("reads"), []);
        assert_eq!(shared(&mut conn, id(2), &seen, 9).await.expect("reads"), listed[..1]);
        assert_eq!(own(&mut conn, id(2)).await.expect("reads"), []);
    });
}

#[test]
fn two_views_of_a_person_do_not_share_a_title() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let first = view(&shop, 300, "Mine");
        store.save(async move |tx| insert(tx, &first).await).await;
        let second = view(&shop, 301, "Mine");
        let again = store.write(async move |tx| insert(tx, &second).await).await;
        assert!(again.expect_err("the title is taken").is_duplicate());
    });
}

#[test]
fn a_view_changes_and_whoever_begins_with_it_begins_with_everything_once_it_is_gone() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let (view, ana) = (view(&shop, 300, "Mine"), shop.ana.id);
        let of = view.id;
        let stored = view.clone();
        store
            .save(async move |tx| {
                insert(tx, &stored).await?;
                set_start(tx, ana, Some(of)).await?;
                set_start(tx, ana, Some(of)).await
            })
            .await;
        assert_eq!(start(&mut store.conn().await, ana).await.expect("reads"), Some(of));
        let other = SavedView { shared: Some(shop.project.id), filter: Filter::default(), ..view };
        let next = other.clone();
        store.save(async move |tx| update(tx, &next).await).await;
        let found = find(&mut store.conn().await, of).await.expect("reads").expect("is there");
        assert_eq!(found.view, other);
        store.save(async move |tx| delete(tx, of).await).await;
        let mut conn = store.conn().await;
        assert_eq!(start(&mut conn, ana).await.expect("reads"), None);
        assert_eq!(find(&mut conn, of).await.expect("reads"), None);
    });
}
