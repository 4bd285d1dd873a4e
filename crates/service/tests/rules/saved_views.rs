//! Saved views: whose they are, who sees them, and what one begins with.

use crate::engines::on_both_engines;
use crate::shop::Shop;
use towpath_domain::access::Actor;
use towpath_domain::home::Filter;
use towpath_domain::saved_views::{MOST, SavedViewForm};
use towpath_domain::timeline;
use towpath_service::Error;
use towpath_service::saved_views::{change, delete, list, save, set_start, start};

fn form(title: &str, share: &str) -> SavedViewForm {
    let [title, share, q] = [title, share, "pay"].map(str::to_owned);
    SavedViewForm { title, share, q, ..SavedViewForm::default() }
}

async fn titles(shop: &Shop, actor: &Actor) -> Vec<String> {
    let views = list(shop, actor).await.expect("reads").views;
    views.into_iter().map(|view| format!("{} by {}", view.title, view.by)).collect()
}

async fn told(shop: &Shop, kind: &str) -> usize {
    shop.timeline(&shop.ana, timeline::Filter { kind: kind.into(), ..timeline::Filter::default() })
        .await
        .len()
}

#[test]
fn a_view_is_its_owners_until_it_is_shared() {
    on_both_engines(async |shop: Shop| {
        let sam = shop.stranger("Sam").await;
        save(&shop, &shop.ben, form("Own", "")).await.expect("saves");
        let ours = save(&shop, &shop.ben, form("Ours", "shop")).await.expect("saves");
        assert_eq!(titles(&shop, &shop.ben).await, ["Ours by Ben", "Own by Ben"]);
        assert_eq!(titles(&shop, &shop.dora).await, ["Ours by Ben"]);
        assert_eq!(titles(&shop, &sam).await, Vec::<String>::new());
        assert_eq!((told(&shop, "view_shared").await, told(&shop, "view_unshared").await), (1, 0));
        for (actor, act) in [(&sam, "sees nothing"), (&shop.dora, "is not hers")] {
            let changed = change(&shop, actor, ours.id, form("Mine", "")).await;
            let right = match act {
                "sees nothing" => matches!(changed, Err(Error::NotFound(_))),
                _ => matches!(changed, Err(Error::Refused(_))),
            };
            assert!(right, "{act}: {changed:?}");
            assert!(delete(&shop, actor, ours.id).await.is_err(), "{act}");
        }
        let hidden = save(&shop, &sam, form("Mine", "shop")).await;
        assert!(matches!(hidden, Err(Error::Invalid(_))), "{hidden:?}");
    });
}

#[test]
fn the_project_hears_when_a_view_comes_changes_and_goes() {
    on_both_engines(async |shop: Shop| {
        let view = save(&shop, &shop.ben, form("Mine", "")).await.expect("saves");
        let events = async || (told(&shop, "view_shared").await, told(&shop, "view_unshared").await);
        assert_eq!(events().await, (0, 0));
        change(&shop, &shop.ben, view.id, form("Ours", "shop")).await.expect("shares");
        change(&shop, &shop.ben, view.id, form("Ours", "shop")).await.expect("the same");
        assert_eq!(events().await, (1, 0));
        change(&shop, &shop.ben, view.id, form("All of ours", "shop")).await.expect("renames");
        assert_eq!(events().await, (2, 0));
        // Who configures the project takes it away from there; Ben keeps it.
        delete(&shop, &shop.ana, view.id).await.expect("takes it away");
        assert_eq!((events().await, titles(&shop, &shop.dora).await.len()), ((2, 1), 0));
        assert_eq!(titles(&shop, &shop.ben).await, ["All of ours by Ben"]);
        delete(&shop, &shop.ben, view.id).await.expect("deletes");
        assert_eq!((events().await, titles(&shop, &shop.ben).await.len()), ((2, 1), 0));
    });
}

#[test]
fn one_begins_with_a_view_as_long_as_one_sees_it() {
    on_both_engines(async |shop: Shop| {
        let everything = Filter::default();
        assert_eq!(start(&shop, &shop.dora).await.expect("reads"), everything);
        let view = save(&shop, &shop.ben, form("Ours", "shop")).await.expect("saves");
        set_start(&shop, &shop.dora, Some(view.id)).await.expect("begins with it");
        assert_eq!(start(&shop, &shop.dora).await.expect("reads"), view.filter);
        change(&shop, &shop.ben, view.id, form("Ours", "")).await.expect("takes it back");
        assert_eq!(start(&shop, &shop.dora).await.expect("reads"), everything);
        let hers = set_start(&shop, &shop.dora, Some(view.id)).await;
        assert!(matches!(hers, Err(Error::NotFound(_))), "{hers:?}");
        let started = SavedViewForm { start: Some("on".to_owned()), ..form("Second", "") };
        let second = save(&shop, &shop.ben, started.clone()).await.expect("saves");
        assert!(second.start);
        let not = SavedViewForm { start: None, ..started };
        assert!(!change(&shop, &shop.ben, second.id, not).await.expect("changes").start);
        assert_eq!(start(&shop, &shop.ben).await.expect("reads"), everything);
    });
}

#[test]
fn titles_are_ones_own_and_so_many_at_most_and_tokens_have_none() {
    on_both_engines(async |shop: Shop| {
        for number in 0..MOST {
            save(&shop, &shop.dora, form(&format!("View {number}"), "")).await.expect("saves");
        }
        let more = save(&shop, &shop.dora, form("One more", "")).await;
        assert!(matches!(more, Err(Error::Conflict(_))), "{more:?}");
        let first = save(&shop, &shop.ben, form("View 1", "")).await.expect("another's may be called so");
        save(&shop, &shop.ben, form("View 2", "")).await.expect("saves");
        let again = change(&shop, &shop.ben, first.id, form("View 2", "")).await;
        assert!(matches!(again, Err(Error::Invalid(_))), "{again:?}");
        let (token, _) = shop.token(&shop.ben, "shop", &["view"]).await;
        assert!(matches!(list(&shop, &token).await, Err(Error::Refused(_))));
        assert!(matches!(save(&shop, &token, form("Mine", "")).await, Err(Error::Refused(_))));
    });
}
