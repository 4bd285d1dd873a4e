//! Deployment reports: what they change, what comes late or twice, and who may give them.

use crate::engines::on_both_engines;
use crate::shop::{Shop, integration, make_integration};
use towpath_domain::access::{Place, Role};
use towpath_domain::deployments::{Likeness, Outcome, ReportForm, summary};
use towpath_domain::home::{Cell, Filter};
use towpath_domain::times::Time;
use towpath_service::Error;
use towpath_service::buckets::{Resolved, resolve};
use towpath_service::builds::{self, Part};
use towpath_service::deployments::{Reported, list, report};
use towpath_service::home;

fn form(digest: &str, outcome: Outcome, at: Option<Time>) -> ReportForm {
    ReportForm {
        service: "checkout".to_owned(),
        digest: digest.to_owned(),
        outcome: outcome.name().to_owned(),
        link: String::new(),
        at: at.map(|at| at.to_string()).unwrap_or_default(),
    }
}

async fn told(shop: &Shop, digest: &str, outcome: Outcome) -> Reported {
    report(shop, &shop.dora, "shop", "qa", form(digest, outcome, None)).await.expect("may")
}

async fn cell(shop: &Shop) -> Cell {
    let home = home::view(shop, &shop.ana, &Filter::default(), None, 50).await.expect("home");
    home.groups[0].services[0].cells[0].clone()
}

/// What the cell of qa says: how it compares, what runs, and what came after.
async fn says(shop: &Shop) -> (Option<Likeness>, Option<String>, Option<Outcome>) {
    let (run, likeness) = cell(shop).await.run.map_or((None, None), |(run, like)| (Some(run), Some(like)));
    let runs = run.as_ref().and_then(|run| run.runs.as_ref()).map(towpath_domain::deployments::Ran::name);
    (likeness, runs, run.and_then(|run| run.last).map(|last| last.outcome))
}

#[test]
fn what_runs_stands_beside_what_should_run() {
    on_both_engines(async |shop: Shop| {
        let first = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        assert_eq!(says(&shop).await, (None, None, None));
        told(&shop, &first, Outcome::Started).await;
        assert_eq!(says(&shop).await, (Some(Likeness::Unknown), None, Some(Outcome::Started)));
        told(&shop, &first, Outcome::Succeeded).await;
        assert_eq!(says(&shop).await, (Some(Likeness::Same), Some("1.0".to_owned()), None));
        let column = shop.column("qa").await;
        let current = column.current.as_ref().map(|card| card.build.id);
        assert_eq!(summary(&column.fed, current), (Likeness::Same, "Runs.".to_owned()));

        let second = shop.push(&shop.dora, "shop/checkout/qa", "1.1").await.expect("arrives");
        assert_eq!(says(&shop).await, (Some(Likeness::Differs), Some("1.0".to_owned()), None));
        told(&shop, &second, Outcome::Failed).await;
        let failed = (Some(Likeness::Differs), Some("1.0".to_owned()), Some(Outcome::Failed));
        assert_eq!(says(&shop).await, failed);
        let images = resolve(&shop, &shop.dora, "shop", "qa").await.expect("images");
        let Resolved { should, run, .. } = &images.services[0];
        assert_eq!(should.build.as_ref().map(|(_, digest, _)| digest.to_string()), Some(second));
        let runs = run.as_ref().and_then(|run| run.runs.as_ref()).map(|ran| ran.digest.to_string());
        assert_eq!(runs.as_deref(), Some(first.as_str()));
        let view = builds::view(&shop, &shop.dora, &first, Part::PAGE).await.expect("a build");
        assert_eq!(view.lives[0].runs.len(), 1);
    });
}

#[test]
fn the_same_again_changes_nothing_and_what_comes_late_does_not_count() {
    on_both_engines(async |shop: Shop| {
        let first = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        let second = shop.push(&shop.dora, "shop/checkout/qa", "1.1").await.expect("arrives");
        assert!(told(&shop, &second, Outcome::Succeeded).await.new);
        let since = cell(&shop).await.run.and_then(|(run, _)| run.runs).map(|ran| ran.since);
        shop.world.clock.advance(60);
        assert!(!told(&shop, &second, Outcome::Succeeded).await.new);
        let late = shop.now().plus_seconds(-3_600);
        let late =
            report(&shop, &shop.dora, "shop", "qa", form(&first, Outcome::Succeeded, Some(late))).await;
        assert!(late.expect("may").new);
        assert_eq!(says(&shop).await, (Some(Likeness::Same), Some("1.1".to_owned()), None));
        // A deployment of the same image again does not begin its time anew.
        told(&shop, &second, Outcome::Started).await;
        shop.world.clock.advance(60);
        told(&shop, &second, Outcome::Succeeded).await;
        assert_eq!(cell(&shop).await.run.and_then(|(run, _)| run.runs).map(|ran| ran.since), since);
        let all = list(&shop, &shop.dora, ("shop", "qa"), Some("checkout"), None, 2).await.expect("a list");
        let rest = list(&shop, &shop.dora, ("shop", "qa"), None, all.older, 10).await.expect("a list");
        assert_eq!((all.lines.len(), rest.lines.len(), rest.older), (2, 2, None));
    });
}

#[test]
fn what_runs_is_the_newest_success_whatever_was_begun_since() {
    on_both_engines(async |shop: Shop| {
        let first = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        let second = shop.push(&shop.dora, "shop/checkout/qa", "1.1").await.expect("arrives");
        shop.world.clock.advance(600);
        let ago = |seconds: i64| Some(shop.now().plus_seconds(-seconds));
        let tell = async |digest: &str, outcome, at| {
            report(&shop, &shop.dora, "shop", "qa", form(digest, outcome, at)).await.expect("may").new
        };
        assert!(tell(&first, Outcome::Succeeded, ago(300)).await);
        assert!(tell(&first, Outcome::Started, ago(10)).await);
        let late = ago(60);
        assert!(tell(&second, Outcome::Succeeded, late).await);
        let told = (Some(Likeness::Same), Some("1.1".to_owned()), Some(Outcome::Started));
        assert_eq!(says(&shop).await, told);
        // Sent again since its answer was lost.
        assert!(!tell(&second, Outcome::Succeeded, late).await);
        // Another attempt that fails is told.
        assert!(tell(&second, Outcome::Failed, ago(5)).await);
        assert!(!tell(&second, Outcome::Failed, None).await);
        assert!(tell(&second, Outcome::Failed, ago(1)).await);
    });
}

#[test]
fn a_report_that_comes_before_its_build_is_of_it_afterwards() {
    on_both_engines(async |shop: Shop| {
        let form = integration("parcel", "environment", ":none");
        make_integration(&shop, &shop.ana, "shop", form).await.expect("an integration");
        let twin = shop.push(&shop.dora, "shop/parcel/qa", "1.0").await.expect("arrives");
        assert_eq!(told(&shop, &twin, Outcome::Succeeded).await.line.tag, None);
        shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        assert_eq!(says(&shop).await, (Some(Likeness::Same), Some("1.0".to_owned()), None));
    });
}

#[test]
fn an_image_that_is_no_build_here_is_told_as_such() {
    on_both_engines(async |shop: Shop| {
        shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        let foreign = format!("sha256:{}", "5".repeat(64));
        told(&shop, &foreign, Outcome::Succeeded).await;
        assert_eq!(says(&shop).await, (Some(Likeness::Differs), Some("555555555555".to_owned()), None));
    });
}

#[test]
fn a_bucket_of_a_stream_counts_the_environments_that_it_feeds() {
    on_both_engines(async |shop: Shop| {
        crate::shop::make_environment(&shop, &shop.ana, "shop", "qa-eu", "qa").await;
        make_integration(&shop, &shop.ana, "shop", integration("mailer", "release_stream", ":none"))
            .await
            .expect("an integration");
        let digest = shop.push(&shop.dora, "shop/mailer/qa", "1.0").await.expect("arrives");
        let of_mailer =
            ReportForm { service: "mailer".to_owned(), ..form(&digest, Outcome::Succeeded, None) };
        report(&shop, &shop.dora, "shop", "qa", of_mailer.clone()).await.expect("may");
        let board = towpath_service::boards::view(&shop, &shop.ana, "shop", "mailer").await.expect("a board");
        let column = board.columns.iter().find(|column| column.slot.slug.as_str() == "qa").expect("qa");
        let current = column.current.as_ref().map(|card| card.build.id);
        assert_eq!(summary(&column.fed, current).1, "Runs in 1 of 2 environments.");
        report(&shop, &shop.dora, "shop", "qa-eu", of_mailer).await.expect("may");
        let board = towpath_service::boards::view(&shop, &shop.ana, "shop", "mailer").await.expect("a board");
        let column = board.columns.iter().find(|column| column.slot.slug.as_str() == "qa").expect("qa");
        assert_eq!(summary(&column.fed, current).1, "Runs in all 2 environments.");
    });
}

#[test]
fn who_may_not_report_there_is_refused_and_what_is_not_there_is_named() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        let denied = report(&shop, &shop.dora, "shop", "prod", form(&digest, Outcome::Succeeded, None)).await;
        assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");
        let place = Place::Project { project: shop.project.id };
        let viewer = shop.world.person("Vic", Role::viewer(), place).await;
        let denied = report(&shop, &viewer, "shop", "qa", form(&digest, Outcome::Succeeded, None)).await;
        assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");
        let hidden = report(&shop, &shop.dora, "lab", "qa", form(&digest, Outcome::Succeeded, None)).await;
        assert!(matches!(hidden, Err(Error::NotFound(_))), "{hidden:?}");
        let missing = report(&shop, &shop.dora, "shop", "mars", form(&digest, Outcome::Failed, None)).await;
        assert!(matches!(missing, Err(Error::NotFound(_))), "{missing:?}");
        let other = ReportForm { service: "billing".to_owned(), ..form(&digest, Outcome::Failed, None) };
        let other = report(&shop, &shop.dora, "shop", "qa", other).await;
        assert!(matches!(&other, Err(Error::Invalid(invalid)) if invalid.errors()[0].field == "service"));
    });
}
