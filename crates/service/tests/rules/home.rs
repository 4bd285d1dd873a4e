//! The first page: what should run where, for those who may see it.

use crate::engines::on_both_engines;
use crate::shop::{Shop, integration, make_environment, make_integration};
use towpath_domain::access::{Actor, Place, Role};
use towpath_domain::holds::HoldForm;
use towpath_domain::home::{self, Cell, Filter, Home};
use towpath_domain::projects::{ProjectForm, Step};
use towpath_service::buckets::resolve;
use towpath_service::home::view;
use towpath_service::{holds, pins, projects};

async fn seen(shop: &Shop, actor: &Actor, filter: Filter) -> Home {
    view(shop, actor, &filter, None, 50).await.expect("reads")
}

/// The rows, each cell by its tag and what stands beside it.
fn rows(home: &Home) -> Vec<String> {
    let cell = |cell: &Cell| {
        let tag = cell.build.as_ref().map_or("-", |build| build.tag.as_str());
        let waiting = if cell.waiting > 0 { format!("+{}", cell.waiting) } else { String::new() };
        format!("{}={tag}{waiting}{}", cell.bucket, if cell.paused { "!" } else { "" })
    };
    let of = |group: &home::HomeGroup| {
        let row = |service: &home::HomeService| {
            let cells: Vec<String> = service.cells.iter().map(cell).collect();
            format!("{}/{} {}", group.project, service.slug, cells.join(" "))
        };
        if group.services.is_empty() {
            return vec![format!("{} {:?}", group.project, group.step)];
        }
        group.services.iter().map(row).collect()
    };
    home.groups.iter().flat_map(of).collect()
}

/// Makes another project with an environment of the stream `qa`.
async fn bank(shop: &Shop) -> Actor {
    let form = ProjectForm { slug: "bank".to_owned(), title: "Bank".to_owned() };
    let bank = projects::create(shop, &shop.ana, form).await.expect("a project");
    shop.person("Olga", Role::viewer(), Place::Project { project: bank.id }).await
}

#[test]
fn each_cell_tells_what_should_run_what_waits_and_what_is_paused() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("goes to staging");
        shop.promote(&shop.ana, &digest, "staging", "prod").await.expect("waits");
        shop.push(&shop.dora, "shop/checkout/qa", "1.1").await.expect("arrives");
        shop.roll_back(&shop.ben, "qa").await.expect("rolls back");
        let home = seen(&shop, &shop.dora, Filter::default()).await;
        assert_eq!(rows(&home), ["shop/checkout qa=1.0! staging=1.0 prod=-+1"]);
        assert_eq!(home.as_of, shop.board().await.as_of);
        let [group] = home.groups.try_into().expect("one project");
        assert_eq!(
            group.services[0].board,
            Some((shop.project.slug.clone(), "checkout".to_owned().try_into().unwrap()))
        );
        assert!(!group.may_configure);
    });
}

#[test]
fn an_integration_of_streams_feeds_each_environment_by_its_stream() {
    on_both_engines(async |shop: Shop| {
        let form = integration("feed", "release_stream", ":none");
        make_integration(&shop, &shop.ana, "shop", form).await.expect("an integration");
        shop.push(&shop.dora, "shop/feed/qa", "3.0").await.expect("arrives");
        make_environment(&shop, &shop.ana, "shop", "qa-two", "qa").await;
        let home = seen(&shop, &shop.ana, Filter { q: "feed".to_owned(), ..Filter::default() }).await;
        assert_eq!(rows(&home), ["shop/feed qa=3.0 staging=- production=- qa=3.0"]);
    });
}

#[test]
fn a_project_without_services_shows_its_next_step() {
    on_both_engines(async |shop: Shop| {
        bank(&shop).await;
        let home = seen(&shop, &shop.ana, Filter::default()).await;
        assert_eq!(rows(&home)[0], format!("bank {:?}", Some(Step::Environments)));
        make_environment(&shop, &shop.ana, "bank", "qa", "qa").await;
        let home = seen(&shop, &shop.ana, Filter::default()).await;
        assert_eq!(rows(&home)[0], format!("bank {:?}", Some(Step::Workflow)));
        assert!(home.groups[0].may_configure);
    });
}

#[test]
fn nobody_sees_or_counts_what_they_may_not() {
    on_both_engines(async |shop: Shop| {
        let olga = bank(&shop).await;
        let sam = shop.stranger("Sam").await;
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("goes to staging");
        shop.promote(&shop.ana, &digest, "staging", "prod").await.expect("waits");
        for (actor, visible) in [(&olga, vec!["bank"]), (&sam, vec![])] {
            let home = seen(&shop, actor, Filter::default()).await;
            let slugs: Vec<&str> = home.groups.iter().map(|group| group.project.as_str()).collect();
            assert_eq!(slugs, visible);
            assert_eq!(home.projects.iter().map(|(slug, _)| slug.as_str()).collect::<Vec<_>>(), visible);
            assert_eq!((home.waiting, home.to_decide.len(), home.next), (0, 0, None));
            for filter in [
                Filter { project: "shop".to_owned(), ..Filter::default() },
                Filter { q: "checkout".to_owned(), ..Filter::default() },
            ] {
                assert_eq!(seen(&shop, actor, filter).await.groups, []);
            }
        }
        let ben = seen(&shop, &shop.ben, Filter::default()).await;
        assert_eq!((ben.waiting, ben.to_decide[0].number), (1, 2));
        // Who asked may not decide, so nothing waits for her.
        assert_eq!(seen(&shop, &shop.ana, Filter::default()).await.waiting, 0);
        let (narrow, _) = shop.token(&shop.ana, "shop/checkout", &["view"]).await;
        let form = integration("billing", "environment", ":none");
        make_integration(&shop, &shop.ana, "shop", form).await.expect("an integration");
        let home = seen(&shop, &narrow, Filter::default()).await;
        assert_eq!(rows(&home), ["shop/checkout qa=1.0 staging=1.0 prod=-+1"]);
    });
}

#[test]
fn pages_go_on_over_projects() {
    on_both_engines(async |shop: Shop| {
        bank(&shop).await;
        for name in ["a", "b", "c"] {
            let form = integration(name, "environment", ":none");
            make_integration(&shop, &shop.ana, "shop", form).await.expect("an integration");
        }
        let (mut walked, mut after) = (Vec::new(), None);
        loop {
            let page = view(&shop, &shop.ana, &Filter::default(), after.as_ref(), 2).await.expect("reads");
            walked.extend(rows(&page).iter().map(|row| row.split(' ').next().unwrap_or_default().to_owned()));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(walked, ["bank", "shop/a", "shop/b", "shop/c", "shop/checkout"]);
    });
}

#[test]
fn strange_filters_are_answered_calmly() {
    on_both_engines(async |shop: Shop| {
        for q in ["%", "_", "'", "\\", "🚀", "\u{202e}", &"x".repeat(5_000)] {
            let filter = Filter { q: q.to_owned(), ..Filter::default() };
            assert_eq!(seen(&shop, &shop.ana, filter).await.groups, [], "{q:.9}");
        }
        for project in ["nowhere", "\0", "../.."] {
            let filter = Filter { project: project.to_owned(), ..Filter::default() };
            assert_eq!(seen(&shop, &shop.ana, filter).await.groups, []);
        }
        assert_eq!(
            rows(&seen(&shop, &shop.ana, Filter { q: "\0".to_owned(), ..Filter::default() }).await),
            [""; 0]
        );
    });
}

#[test]
fn what_should_run_and_is_marked_bad_says_so_everywhere() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.ana, "shop/checkout/qa", "1.0.0").await.expect("enters");
        let bad = async || {
            let home = seen(&shop, &shop.dora, Filter::default()).await;
            let cell = home.groups[0].services[0].cells[0].bad;
            let page = pins::view(&shop, &shop.dora, "shop", "qa", None, 5).await.expect("an environment");
            let images = resolve(&shop, &shop.dora, "shop", "qa").await.expect("images");
            [cell, page.services[0].bad, images.services[0].bad]
        };
        let mark = async |on: String| {
            let form = HoldForm { on, reason: "It loses orders".to_owned(), ..HoldForm::default() };
            holds::place(&shop, &shop.ana, form).await.expect("marks").number
        };
        assert_eq!(bad().await, [false; 3]);
        let here = mark(format!("build:shop/{digest}")).await;
        assert_eq!(bad().await, [true; 3]);
        holds::release(&shop, &shop.ana, here, "Mended.").await.expect("releases");
        assert_eq!(bad().await, [false; 3]);
    });
}
