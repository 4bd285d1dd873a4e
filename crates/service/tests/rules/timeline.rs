//! The timeline: filters and pages.

use crate::engines::on_both_engines;
use crate::shop::Shop;
use towpath_domain::timeline::Filter;
use towpath_service::timeline::{head, page};

#[test]
fn pages_follow_one_another_without_a_gap() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.release(&digest).await;
        let all: Vec<i64> =
            shop.timeline(&shop.ana, Filter::default()).await.iter().map(|entry| entry.seq).collect();
        assert_eq!(all[0], head(&shop).await.expect("reads"));
        let mut paged = Vec::new();
        let mut before = None;
        loop {
            let page = page(&shop, &shop.ana, &Filter::default(), before, 4).await.expect("reads");
            paged.extend(page.entries.iter().map(|entry| entry.seq));
            before = page.older;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(paged, all);
    });
}

#[test]
fn each_filter_narrows() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.release(&digest).await;
        let kinds = async |filter: Filter| {
            let mut kinds: Vec<String> =
                shop.timeline(&shop.ana, filter).await.into_iter().map(|entry| entry.kind).collect();
            kinds.reverse();
            kinds.join(" ")
        };
        let none = Filter::default;
        assert_eq!(
            kinds(Filter { bucket: "prod".into(), ..none() }).await,
            "promotion_requested promotion_decided promotion_applied"
        );
        assert_eq!(
            kinds(Filter { person: shop.dora.person().to_string(), ..none() }).await,
            "build_received build_placed"
        );
        assert_eq!(
            kinds(Filter { person: shop.ben.person().to_string(), bucket: "prod".into(), ..none() }).await,
            "promotion_decided promotion_applied"
        );
        assert_eq!(kinds(Filter { kind: "workflow_created".into(), ..none() }).await, "workflow_created");
        assert_eq!(
            kinds(Filter { integration: "shop/checkout".into(), bucket: "qa".into(), ..none() }).await,
            "build_placed"
        );
        assert_eq!(kinds(Filter { project: "global".into(), ..none() }).await, "");
        for nothing in [
            Filter { project: "moon".into(), ..none() },
            Filter { integration: "shop".into(), ..none() },
            Filter { bucket: "moon".into(), ..none() },
            Filter { person: "nobody".into(), ..none() },
            Filter { kind: "moon".into(), ..none() },
            Filter { kind: "\0".into(), ..none() },
            Filter { bucket: "\0".into(), ..none() },
        ] {
            assert_eq!(kinds(nothing.clone()).await, "", "{nothing:?}");
        }
    });
}

#[test]
fn a_part_of_the_filter_that_names_nothing_is_told() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.release(&digest).await;
        let none = Filter::default;
        let unmatched = async |filter: Filter| {
            let page = page(&shop, &shop.dora, &filter, None, 9).await.expect("reads");
            page.unmatched.map(|nothing| nothing.to_string())
        };
        let said = "There is no project “moon” that you can see.";
        assert_eq!(unmatched(Filter { project: "moon".into(), ..none() }).await.as_deref(), Some(said));
        // To her, what she does not see is like what is not there.
        let said = "There is no integration “global/x” that you can see.";
        assert_eq!(
            unmatched(Filter { integration: "global/x".into(), ..none() }).await.as_deref(),
            Some(said)
        );
        let said = "No bucket “moon” had a build yet.";
        assert_eq!(unmatched(Filter { bucket: "moon".into(), ..none() }).await.as_deref(), Some(said));
        let said = "There is no kind of change called “moon”.";
        assert_eq!(unmatched(Filter { kind: "moon".into(), ..none() }).await.as_deref(), Some(said));
        let said = "There is no such person that you can see.";
        for person in ["nobody", "00000000-0000-7000-8000-000000000000"] {
            assert_eq!(unmatched(Filter { person: person.into(), ..none() }).await.as_deref(), Some(said));
        }
        let nothing_yet =
            Filter { person: shop.ben.person().to_string(), kind: "rolled_back".into(), ..none() };
        assert_eq!(unmatched(nothing_yet).await, None, "each part names something");
        assert_eq!(unmatched(none()).await, None);
    });
}
