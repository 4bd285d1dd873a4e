//! Environments that go into another release stream.

use crate::engines::on_both_engines;
use crate::shop::{Shop, integration, make_integration, make_workflow, stage, wish, workflow};
use towpath_domain::access::{Place, Role};
use towpath_domain::environments::{MoveOutlook, MoveView, Named};
use towpath_domain::holds::HoldForm;
use towpath_domain::timeline::Filter;
use towpath_domain::timeline::sentence::plain;
use towpath_service::buckets::resolve;
use towpath_service::environments::{move_to, preview};
use towpath_service::promotions::{Request, request};
use towpath_service::{Error, holds};

/// An integration with a bucket for each stream, of which qa and staging hold a build each.
async fn streamed(shop: &Shop) {
    let stages = [stage("qa", ""), stage("staging", "")];
    make_workflow(shop, &shop.ana, "shop", workflow("flow", "release_stream", &stages)).await.expect("one");
    make_integration(shop, &shop.ana, "shop", integration("web", "release_stream", "flow"))
        .await
        .expect("one");
    let first = shop.push(&shop.dora, "shop/web/qa", "1.0").await.expect("arrives");
    let wish = Request { integration: "web".to_owned(), ..wish(&first, "qa", "staging") };
    request(shop, &shop.ana, wish).await.expect("goes to staging");
    shop.push(&shop.dora, "shop/web/qa", "1.1").await.expect("arrives");
}

async fn looked(shop: &Shop, to: &str) -> MoveView {
    preview(shop, &shop.ana, ("shop", "qa"), to).await.expect("reads")
}

/// The services of which another image should run there, with the tags before and after.
fn changes(outlook: &MoveOutlook) -> Vec<String> {
    let tag =
        |named: &Option<Named>| named.as_ref().map_or("nothing".to_owned(), |named| named.tag.to_string());
    let changing = outlook.services.iter().filter(|service| service.changes());
    changing.map(|one| format!("{}: {} then {}", one.service, tag(&one.before), tag(&one.after))).collect()
}

#[test]
fn what_should_run_is_told_before_and_is_so_after() {
    on_both_engines(async |shop: Shop| {
        streamed(&shop).await;
        shop.push(&shop.dora, "shop/checkout/qa", "7.0").await.expect("arrives");
        let view = looked(&shop, "").await;
        assert!(view.outlook.is_none() && view.streams.iter().all(|stream| stream.slug.as_str() != "qa"));
        let outlook = looked(&shop, "staging").await.outlook.expect("of staging");
        // What is of the environment itself stays.
        assert_eq!(changes(&outlook), ["web: 1.1 then 1.0"]);
        assert!(outlook.check().is_ok() && outlook.words().is_empty());

        move_to(&shop, &shop.ana, ("shop", "qa"), "staging", "qa").await.expect("is moved");
        let should = resolve(&shop, &shop.ana, "shop", "qa").await.expect("reads").services;
        let tag = |name: &str| {
            let found = should.iter().find(|one| one.should.service.as_str() == name).expect("a service");
            found.should.build.as_ref().map(|(.., tag)| tag.to_string())
        };
        assert_eq!((tag("web").as_deref(), tag("checkout").as_deref()), (Some("1.0"), Some("7.0")));
        let told = shop
            .timeline(&shop.ana, Filter { kind: "environment_moved".to_owned(), ..Filter::default() })
            .await;
        assert_eq!(
            plain(&told[0].sentence),
            "moved the environment qa from the stream qa to staging in shop; another build of web should run there"
        );
    });
}

#[test]
fn production_and_the_roles_of_streams_are_told() {
    on_both_engines(async |shop: Shop| {
        let view = looked(&shop, "production").await;
        let stream = view.streams.iter().find(|stream| stream.production).expect("a stream").id;
        shop.person("Carl", Role::release_manager(), Place::Stream { stream }).await;
        let words = looked(&shop, "production").await.outlook.expect("of production").words();
        assert!(words[0].starts_with("It becomes a place of production"), "{words:?}");
        assert_eq!(words[1], "1 role at the stream production count here.");
    });
}

#[test]
fn what_goes_by_its_stream_stands_in_the_way() {
    on_both_engines(async |shop: Shop| {
        let form = HoldForm {
            on: "environment:shop/qa".to_owned(),
            reason: "Payments are down".to_owned(),
            ..HoldForm::default()
        };
        let hold = holds::place(&shop, &shop.ana, form).await.expect("is placed");
        let refused = move_to(&shop, &shop.ana, ("shop", "qa"), "staging", "").await;
        assert!(
            matches!(&refused, Err(Error::Conflict(why)) if why.contains("hold 1 is on it")),
            "{refused:?}"
        );
        holds::release(&shop, &shop.ana, hold.number, "").await.expect("is released");
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.promote(&shop.ana, &digest, "qa", "staging").await.expect("goes on");
        shop.promote(&shop.ana, &digest, "staging", "prod").await.expect("waits");
        let refused = move_to(&shop, &shop.ana, ("shop", "prod"), "staging", "").await;
        assert!(matches!(&refused, Err(Error::Conflict(why)) if why.contains("shop#2 waits")), "{refused:?}");
        move_to(&shop, &shop.ana, ("shop", "qa"), "staging", "").await.expect("is moved");
    });
}

#[test]
fn a_way_out_of_production_and_back_leads_past_no_hold_and_no_gate() {
    on_both_engines(async |shop: Shop| {
        let pia = shop.person("Pia", Role::admin(), Place::Project { project: shop.project.id }).await;
        for (environment, stream) in [("prod", "qa"), ("qa", "production")] {
            let refused = move_to(&shop, &pia, ("shop", environment), stream, "").await;
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{environment} to {stream}: {refused:?}");
        }
        let seen = preview(&shop, &pia, ("shop", "prod"), "qa").await.expect("reads");
        assert!(seen.may_move.is_err());
        move_to(&shop, &pia, ("shop", "qa"), "staging", "").await.expect("outside production");

        let form = HoldForm {
            on: "stream:production".to_owned(),
            reason: "The year ends".to_owned(),
            ..HoldForm::default()
        };
        let hold = holds::place(&shop, &shop.ana, form).await.expect("is placed");
        for (environment, stream) in [("prod", "qa"), ("qa", "production")] {
            let refused = move_to(&shop, &shop.ana, ("shop", environment), stream, "").await;
            assert!(
                matches!(&refused, Err(Error::Conflict(why)) if why.contains("hold 1")),
                "{environment} to {stream}: {refused:?}"
            );
        }
        holds::release(&shop, &shop.ana, hold.number, "").await.expect("is released");
        move_to(&shop, &shop.ana, ("shop", "prod"), "qa", "").await.expect("is moved");
    });
}

#[test]
fn it_takes_who_configures_who_looked_and_another_stream() {
    on_both_engines(async |shop: Shop| {
        let at = ("shop", "qa");
        let may = move_to(&shop, &shop.ben, at, "staging", "").await;
        assert!(matches!(may, Err(Error::Forbidden(_))), "{may:?}");
        let vic = shop.viewer().await;
        let tried = preview(&shop, &vic, at, "staging").await;
        assert!(matches!(tried, Err(Error::Forbidden(_))), "nor to try it: {tried:?}");
        assert!(preview(&shop, &vic, at, "").await.expect("sees it").may_move.is_err());
        let unseen = move_to(&shop, &shop.ana, ("shop", "mars"), "staging", "").await;
        assert!(matches!(unseen, Err(Error::NotFound(_))), "{unseen:?}");
        let unknown = move_to(&shop, &shop.ana, at, "mars", "").await;
        assert!(matches!(unknown, Err(Error::Invalid(_))), "{unknown:?}");
        let same = move_to(&shop, &shop.ana, at, "qa", "").await;
        assert!(matches!(&same, Err(Error::Conflict(why)) if why.contains("already")), "{same:?}");
        let other = move_to(&shop, &shop.ana, at, "staging", "production").await;
        assert!(matches!(&other, Err(Error::Conflict(why)) if why.contains("look again")), "{other:?}");
    });
}
