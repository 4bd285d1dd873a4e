//! Search finds by any name, and for nobody what they may not see.

use crate::engines::on_both_engines;
use crate::shop::{Shop, integration, make_integration};
use towpath_domain::access::{Actor, Place, Role};
use towpath_domain::projects::ProjectForm;
use towpath_domain::search::{Hit, Kind, Results};
use towpath_service::projects;
use towpath_service::search::{BRIEF, builds, find};

async fn search(shop: &Shop, actor: &Actor, typed: &str) -> Results {
    find(shop, actor, typed, BRIEF).await.expect("answers")
}

/// What was found, kind by kind, each by its name.
async fn found(shop: &Shop, actor: &Actor, typed: &str) -> Vec<String> {
    let groups = search(shop, actor, typed).await.groups;
    groups.into_iter().flat_map(|group| group.hits).map(|hit| name(&hit)).collect()
}

fn name(hit: &Hit) -> String {
    match hit {
        Hit::Project { slug, .. } => format!("project {slug}"),
        Hit::Integration { project, slug, .. } => format!("integration {project}/{slug}"),
        Hit::Service { project, slug, .. } => format!("service {project}/{slug}"),
        Hit::Environment { project, slug, .. } => format!("environment {project}/{slug}"),
        Hit::Build(build) => format!("build {} in {:?}", build.tag, build.current_in),
        Hit::Promotion { project, number, state, .. } => format!("promotion {project}#{number} {state}"),
        Hit::Person { name, .. } => format!("person {name}"),
        Hit::Errand { errand } => format!("errand {}", errand.words()),
    }
}

/// The shop with `1.0` waiting to enter prod, and a bank that is Olga's.
async fn town(shop: &Shop) -> (String, Actor) {
    let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
    shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("goes to staging");
    shop.promote(&shop.ana, &digest, "staging", "prod").await.expect("waits");
    let bank = ProjectForm { slug: "bank".to_owned(), title: "Bank of shops".to_owned() };
    let bank = projects::create(shop, &shop.ana, bank).await.expect("a project");
    let form = integration("checkout-bank", "release_stream", ":none");
    make_integration(shop, &shop.ana, "bank", form).await.expect("an integration");
    let place = Place::Project { project: bank.id };
    (digest, shop.person("Olga", Role::release_manager(), place).await)
}

#[test]
fn everything_is_found_by_its_names_the_best_first() {
    on_both_engines(async |shop: Shop| {
        let (digest, _) = town(&shop).await;
        assert_eq!(
            found(&shop, &shop.ana, "checkout").await,
            [
                "service shop/checkout",
                "service bank/checkout-bank",
                "integration shop/checkout",
                "integration bank/checkout-bank"
            ]
        );
        assert_eq!(found(&shop, &shop.ana, "SHOP").await[..1], ["project shop"]);
        assert!(found(&shop, &shop.ana, "shops").await.contains(&"project bank".to_owned()));
        assert_eq!(found(&shop, &shop.ana, "prod").await, ["environment shop/prod"]);
        assert_eq!(found(&shop, &shop.ana, "shop#2").await, ["promotion shop#2 waiting"]);
        assert_eq!(found(&shop, &shop.ana, "#2").await, ["promotion shop#2 waiting"]);
        assert_eq!(found(&shop, &shop.ana, "bank#2").await, [""; 0]);
        assert_eq!(found(&shop, &shop.ana, "dora").await, ["person Dora"]);
        assert_eq!(found(&shop, &shop.ana, "new proj").await, ["errand New project"]);
        let build = "build 1.0 in [\"qa\", \"staging\"]";
        for typed in ["1.", "1.0", &digest, &digest[..12], &digest["sha256:".len()..][..4]] {
            assert_eq!(found(&shop, &shop.ana, typed).await, [build], "{typed}");
        }
    });
}

#[test]
fn nobody_finds_or_counts_what_they_may_not_see() {
    on_both_engines(async |shop: Shop| {
        let (digest, olga) = town(&shop).await;
        let sam = shop.stranger("Sam").await;
        for typed in ["shop", "checkout", "1.0", &digest[..14], "#2", "shop#2", "qa", "dora", "ben"] {
            let seen = found(&shop, &olga, typed).await;
            assert!(seen.iter().all(|hit| hit.contains("bank")), "{typed}: {seen:?}");
            assert_eq!(found(&shop, &sam, typed).await, [""; 0], "{typed}");
            let page = builds(&shop, &olga, typed, None, 50).await.expect("answers");
            assert_eq!((page.builds, page.next), (Vec::new(), None), "{typed}");
        }
        assert!(search(&shop, &olga, "1").await.groups.iter().all(|group| !group.more));
        assert_eq!(found(&shop, &olga, "new project").await, [""; 0]);
        assert_eq!(found(&shop, &sam, "sign out").await, ["errand Sign out"]);
        let (narrow, _) = shop.token(&shop.ana, "bank/checkout-bank", &["view"]).await;
        assert_eq!(found(&shop, &narrow, "1.0").await, [""; 0]);
        assert_eq!(found(&shop, &narrow, "bank/check").await.len(), 2);
    });
}

#[test]
fn strange_words_are_answered_calmly() {
    on_both_engines(async |shop: Shop| {
        town(&shop).await;
        let long = "x".repeat(100_000);
        for typed in
            ["", " ", "\0", "%", "_", "'; drop table builds; --", "🚀", "\u{202e}pohs", "#", "sha256:", &long]
        {
            assert_eq!(search(&shop, &shop.ana, typed).await.groups, [], "{typed:.20}");
        }
        assert_eq!(found(&shop, &shop.ana, "sh\0op").await, [""; 0]);
    });
}

#[test]
fn a_few_are_listed_and_the_rest_is_paged() {
    on_both_engines(async |shop: Shop| {
        for number in 0..9 {
            shop.push(&shop.dora, "shop/checkout/qa", &format!("2.{number}")).await.expect("arrives");
        }
        let [group] = search(&shop, &shop.ana, "2.").await.groups.try_into().expect("one kind");
        assert_eq!((group.kind, group.hits.len(), group.more), (Kind::Build, BRIEF, true));
        let (mut walked, mut after) = (Vec::new(), None::<String>);
        loop {
            let page = builds(&shop, &shop.ana, "2.", after.as_deref(), 4).await.expect("answers");
            walked.extend(page.builds.iter().map(|build| build.tag.to_string()));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let expected: Vec<String> = (0..9).map(|number| format!("2.{number}")).collect();
        assert_eq!(walked, expected);
        let nonsense = builds(&shop, &shop.ana, "2.", Some("9.zz"), 4).await.expect("answers");
        assert_eq!(nonsense.builds.len(), 4);
    });
}
