//! Integrations that are carried over to the other type.

use crate::engines::on_both_engines;
use crate::shop::{Shop, checkout, make_environment};
use towpath_domain::access::{Place, Role};
use towpath_domain::carry_overs::{CarryOverForm, CarryOverView, FEED_NOTHING, Feed, Filled, Outlook};
use towpath_domain::changes::ChangesForm;
use towpath_domain::checks::CheckForm;
use towpath_domain::deployments::{Likeness, Outcome, ReportForm};
use towpath_domain::forms::Invalid;
use towpath_domain::holds::HoldForm;
use towpath_domain::timeline::Filter;
use towpath_domain::timeline::sentence::plain;
use towpath_service::audit::verifying::verify;
use towpath_service::buckets::{BucketAddress, RollBack, Rolled, resolve, roll_back};
use towpath_service::builds::{self, Part};
use towpath_service::carry_overs::{carry_over, preview};
use towpath_service::changes::view as production_changes;
use towpath_service::{Error, boards, checks, deployments, holds, integrations};

fn form() -> CarryOverForm {
    CarryOverForm {
        slug: "web".to_owned(),
        title: "Web".to_owned(),
        services: Some("on".to_owned()),
        ..CarryOverForm::default()
    }
}

fn from(bucket: &str, from: &str) -> CarryOverForm {
    let feed = Feed { bucket: bucket.to_owned(), from: from.to_owned() };
    CarryOverForm { feeds: vec![feed], ..form() }
}

async fn carried(shop: &Shop, form: CarryOverForm) -> Result<Outlook, Error> {
    carry_over(shop, &shop.ana, ("shop", "checkout"), form).await
}

async fn looked(shop: &Shop, form: &CarryOverForm) -> Result<CarryOverView, Error> {
    preview(shop, &shop.ana, ("shop", "checkout"), Some(form)).await
}

/// Three builds: the first in production, the second in staging, the third in qa, each having been in all before.
async fn three(shop: &Shop) -> [String; 3] {
    let first = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
    shop.release(&first).await;
    let second = shop.push(&shop.dora, "shop/checkout/qa", "1.1").await.expect("arrives");
    shop.promote(&shop.ana, &second, "qa", "staging").await.expect("goes on");
    let third = shop.push(&shop.dora, "shop/checkout/qa", "1.2").await.expect("arrives");
    [first, second, third]
}

/// What comes into each bucket: `bucket<from: tag+earlier`.
fn told(outlook: &Outlook) -> Vec<String> {
    let line = |filled: &Filled| match (&filled.from, &filled.current) {
        (Some(from), Some((tag, _))) => format!("{}<{from}: {tag}+{}", filled.bucket, filled.earlier),
        _ => format!("{} stays empty", filled.bucket),
    };
    outlook.buckets.iter().map(line).collect()
}

async fn sentences(shop: &Shop, kind: &str) -> Vec<String> {
    let filter = Filter { kind: kind.to_owned(), ..Filter::default() };
    shop.timeline(&shop.ana, filter).await.iter().map(|entry| plain(&entry.sentence)).collect()
}

fn invalid(refused: Result<Outlook, Error>) -> Invalid {
    match refused {
        Err(Error::Invalid(invalid)) => invalid,
        other => panic!("{other:?}"),
    }
}

#[test]
fn builds_come_with_their_history_and_the_old_one_stays() {
    on_both_engines(async |shop: Shop| {
        let [first, _, third] = three(&shop).await;
        let seen = looked(&shop, &form()).await.expect("reads").outlook.expect("asked for");
        let made = carried(&shop, form()).await.expect("is carried over");
        assert_eq!(seen, made, "what is told before is so");
        assert_eq!(
            told(&made),
            ["dev stays empty", "qa<qa: 1.2+2", "staging<staging: 1.1+1", "production<prod: 1.0+0"]
        );
        assert_eq!((made.builds, made.left.len(), made.already), (3, 0, false));

        let qa = shop.board_of("web", "qa").await;
        let tags: Vec<String> = qa.cards().map(|card| card.build.tag.to_string()).collect();
        assert_eq!(tags, ["1.2", "1.1", "1.0"]);
        let cards: Vec<&str> = qa.cards().map(|card| card.cause.as_str()).collect();
        assert_eq!(cards, ["carry-over"; 3]);
        assert_eq!(shop.history("qa").await, ["1.2", "1.1", "1.0"], "nothing of the old is gone");

        // By tag, by digest and as what is current, under the new name.
        assert_eq!(
            shop.pull(&shop.dora, "shop/web/qa", "1.1").await.expect("pulls"),
            shop.pull(&shop.dora, "shop/checkout/qa", "1.1").await.expect("pulls")
        );
        assert_eq!(shop.pull(&shop.dora, "shop/web/qa", "current").await.expect("pulls"), third);
        assert_eq!(shop.pull_digest(&shop.dora, "shop/web/production", &first).await.expect("pulls"), first);
        assert!(
            shop.pull_digest(&shop.dora, "shop/web/production", &third).await.is_err(),
            "it never was there"
        );

        let earlier = qa.history.last().and_then(|card| card.placement).expect("an earlier build");
        let at = BucketAddress { integration: "web".to_owned(), ..checkout("qa") };
        let back = RollBack { at, to: earlier, reason: "it fails".to_owned(), expected: None };
        let back = roll_back(&shop, &shop.ana, back).await.expect("rolls back");
        assert!(matches!(back, Rolled::Back { digest, .. } if digest.to_string() == first));
    });
}

#[test]
fn it_is_told_in_both_and_history_is_no_change_of_production() {
    on_both_engines(async |shop: Shop| {
        let [first, second, third] = three(&shop).await;
        let asked = shop.promote(&shop.ana, &second, "staging", "prod").await.expect("waits");
        shop.approve(&shop.ben, &asked).await.expect("goes to prod");
        let changes = async || {
            let form = ChangesForm::default();
            production_changes(&shop, &shop.ana, "shop", &form).await.expect("reads").changes.len()
        };
        assert_eq!(changes().await, 2);
        carried(&shop, form()).await.expect("is carried over");
        assert_eq!(changes().await, 3, "what was current before did not run by the new bucket");
        assert_eq!(
            sentences(&shop, "integration_carried_over").await,
            ["carried 3 builds of shop/checkout over to web, an integration of release streams"]
        );
        let [two, three] = [&second, &third].map(|digest| digest[7..19].to_owned());
        let told = |build: String, way: &str, more: &str| {
            format!("carried {build} over from checkout/{way} in shop/web, with {more} of its history")
        };
        assert_eq!(
            sentences(&shop, "builds_carried_over").await,
            [
                told(format!("1.1 ({two})"), "prod into production", "one build"),
                told(format!("1.1 ({two})"), "staging into staging", "one build"),
                told(format!("1.2 ({three})"), "qa into qa", "2 builds"),
            ]
        );
        assert_eq!(
            sentences(&shop, "service_moved").await,
            ["moved the service checkout from checkout to web in shop/web"]
        );
        assert!(
            shop.pull_digest(&shop.dora, "shop/web/production", &first).await.is_ok(),
            "the first came, too"
        );
        let verified = verify(&shop, Vec::new()).await.expect("verifies");
        assert!(verified.differs.is_none(), "{verified:?}");
    });
}

#[test]
fn services_should_run_the_same_and_are_known_to_run_it() {
    on_both_engines(async |shop: Shop| {
        let [first, ..] = three(&shop).await;
        let runs = ReportForm {
            service: "checkout".to_owned(),
            digest: first.clone(),
            outcome: Outcome::Succeeded.name().to_owned(),
            link: String::new(),
            at: String::new(),
        };
        deployments::report(&shop, &shop.ana, "shop", "prod", runs).await.expect("may");
        let made = carried(&shop, form()).await.expect("is carried over");
        assert!(made.services.len() == 1 && made.services[0].changes.is_empty(), "{:?}", made.services);
        let should = resolve(&shop, &shop.ana, "shop", "prod").await.expect("reads").services;
        let one = &should[0];
        assert_eq!(one.should.integration.as_str(), "web");
        assert_eq!(one.should.build.as_ref().map(|(_, digest, _)| digest.to_string()), Some(first));
        let run = one.run.as_ref().expect("runs");
        assert_eq!(run.likeness(one.should.build.as_ref().map(|(id, ..)| *id)), Likeness::Same);
    });
}

#[test]
fn where_environments_of_a_stream_differ_somebody_who_may_chooses() {
    on_both_engines(async |shop: Shop| {
        let [_, second, _] = three(&shop).await;
        make_environment(&shop, &shop.ana, "shop", "test", "qa").await;
        shop.push(&shop.dora, "shop/checkout/test", "1.1").await.expect("arrives");
        let refused = invalid(carried(&shop, form()).await);
        assert_eq!(refused.errors()[0].field, "feeds[qa]");
        assert!(refused.errors()[0].message.starts_with("These differ: "), "{refused}");
        let view = preview(&shop, &shop.ana, ("shop", "checkout"), None).await.expect("reads");
        let differ: Vec<&str> =
            view.buckets.iter().filter(|choice| choice.differ).map(|choice| choice.bucket.as_str()).collect();
        assert_eq!(differ, ["qa"]);

        let made = carried(&shop, from("qa", "test")).await.expect("is carried over");
        assert_eq!(told(&made)[1], "qa<test: 1.1+2", "what was in the other comes as history");
        let changes = &made.services[0].changes;
        assert_eq!((changes.len(), changes[0].environment.as_str(), changes[0].production), (1, "qa", false));
        assert_eq!(shop.pull(&shop.dora, "shop/web/qa", "current").await.expect("pulls"), second);
    });
}

#[test]
fn what_production_should_run_is_changed_by_no_admin_of_a_project() {
    on_both_engines(async |shop: Shop| {
        three(&shop).await;
        let pia = shop.person("Pia", Role::admin(), Place::Project { project: shop.project.id }).await;
        let emptied = from("production", FEED_NOTHING);
        let refused = carry_over(&shop, &pia, ("shop", "checkout"), emptied.clone()).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        let seen = preview(&shop, &pia, ("shop", "checkout"), Some(&emptied)).await.expect("reads");
        assert!(seen.may_carry.is_err());
        let staying = CarryOverForm { services: None, ..emptied };
        let made = carry_over(&shop, &pia, ("shop", "checkout"), staying).await.expect("nothing changes");
        assert_eq!((made.left.len(), made.staying.len()), (1, 1));
        let later = carry_over(&shop, &pia, ("shop", "checkout"), form()).await;
        assert!(matches!(later, Err(Error::Forbidden(_))), "nor in a second step: {later:?}");
    });
}

#[test]
fn the_same_again_changes_nothing_and_services_may_come_later() {
    on_both_engines(async |shop: Shop| {
        three(&shop).await;
        let without = CarryOverForm { services: None, ..form() };
        carried(&shop, without.clone()).await.expect("is carried over");
        let pushed = shop.push(&shop.dora, "shop/web/qa", "2.0").await.expect("arrives");
        let again = carried(&shop, without).await.expect("is there");
        assert!(again.already && again.builds == 0 && again.staying.len() == 1, "{again:?}");
        assert_eq!(shop.pull(&shop.dora, "shop/web/qa", "current").await.expect("pulls"), pushed);
        assert_eq!(sentences(&shop, "integration_carried_over").await.len(), 1);

        let moved = carried(&shop, form()).await.expect("moves them");
        assert!(moved.already && moved.services.len() == 1, "{moved:?}");
        assert_eq!(
            moved.services[0].changes[0].after.as_ref().map(ToString::to_string).as_deref(),
            Some("2.0")
        );
        assert!(carried(&shop, form()).await.expect("is there").services.is_empty());
        // And back to environments, under a third name.
        let back = CarryOverForm { slug: "third".to_owned(), ..form() };
        let back = carry_over(&shop, &shop.ana, ("shop", "web"), back).await.expect("is carried over");
        assert_eq!(told(&back), ["qa<qa: 2.0+3", "staging<staging: 1.1+1", "prod<production: 1.0+0"]);
    });
}

#[test]
fn holds_pins_and_what_waits_stand_in_the_way() {
    on_both_engines(async |shop: Shop| {
        let [_, second, _] = three(&shop).await;
        let hold = HoldForm {
            on: "stream:production".to_owned(),
            reason: "The year ends".to_owned(),
            ..HoldForm::default()
        };
        let hold = holds::place(&shop, &shop.ana, hold).await.expect("is placed");
        let refused = carried(&shop, form()).await;
        assert!(matches!(&refused, Err(Error::Conflict(why)) if why.contains("hold 1")), "{refused:?}");
        holds::release(&shop, &shop.ana, hold.number, "").await.expect("is released");
        let waits = shop.promote(&shop.ana, &second, "staging", "prod").await.expect("waits");
        let refused = carried(&shop, form()).await;
        let number = format!("shop#{} waits", waits.number);
        assert!(matches!(&refused, Err(Error::Conflict(why)) if why.contains(&number)), "{refused:?}");
        let made = carried(&shop, CarryOverForm { services: None, ..form() }).await;
        assert!(made.is_ok(), "it goes on in the old one: {made:?}");
    });
}

#[test]
fn checks_pauses_and_the_default_build_come_too() {
    on_both_engines(async |shop: Shop| {
        let [first, ..] = three(&shop).await;
        for (name, state, bucket) in [("tests", "success", ""), ("smoke", "failure", "prod")] {
            let form = CheckForm {
                name: name.to_owned(),
                state: state.to_owned(),
                bucket: bucket.to_owned(),
                ..CheckForm::default()
            };
            checks::report(&shop, &shop.ana, ("shop", "checkout"), &first, form).await.expect("may");
        }
        shop.roll_back(&shop.ana, "qa").await.expect("rolls back");
        integrations::set_default(&shop, &shop.ana, "shop", "checkout", &first).await.expect("is set");
        carried(&shop, form()).await.expect("is carried over");
        let board = boards::view(&shop, &shop.ana, "shop", "web").await.expect("a board");
        let qa = board.columns.iter().find(|column| column.slot.slug.as_str() == "qa").expect("a bucket");
        assert!(qa.paused_at.is_some(), "a rollback still keeps arrivals out");
        let whole = builds::view(&shop, &shop.ana, &first, Part::WHOLE).await.expect("a build");
        let life = whole.lives.iter().find(|life| life.integration.as_str() == "web").expect("a life");
        assert!(life.is_default);
        let checks: Vec<String> = life
            .checks
            .iter()
            .map(|line| match &line.check.bucket {
                Some(bucket) => format!("{} in {}", line.check.name, bucket.slug),
                None => line.check.name.to_string(),
            })
            .collect();
        assert_eq!(checks, ["smoke in production", "tests"]);
    });
}

#[test]
fn it_takes_who_configures_a_free_name_and_another_type() {
    on_both_engines(async |shop: Shop| {
        three(&shop).await;
        let at = ("shop", "checkout");
        let ben = carry_over(&shop, &shop.ben, at, form()).await;
        assert!(matches!(ben, Err(Error::Forbidden(_))), "{ben:?}");
        let tried = preview(&shop, &shop.ben, at, Some(&form())).await;
        assert!(matches!(tried, Err(Error::Forbidden(_))), "nor to try it: {tried:?}");
        assert!(preview(&shop, &shop.ben, at, None).await.expect("sees it").may_carry.is_err());
        let unseen = carry_over(&shop, &shop.ana, ("shop", "mars"), form()).await;
        assert!(matches!(unseen, Err(Error::NotFound(_))), "{unseen:?}");

        let taken = invalid(carried(&shop, CarryOverForm { slug: "checkout".to_owned(), ..form() }).await);
        assert_eq!(taken.errors()[0].field, "slug");
        let empty = invalid(carried(&shop, CarryOverForm::default()).await);
        let fields: Vec<&str> = empty.errors().iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["title", "slug"]);
        let unknown = invalid(carried(&shop, from("mars", "qa")).await);
        assert_eq!(unknown.errors()[0].field, "feeds[0][bucket]");
        let elsewhere = invalid(carried(&shop, from("production", "qa")).await);
        assert_eq!(elsewhere.errors()[0].field, "feeds[0][from]");
        assert!(elsewhere.errors()[0].message.contains("elsewhere they are promoted"), "{elsewhere}");
        let own = invalid(carried(&shop, CarryOverForm { workflow: "release".to_owned(), ..form() }).await);
        assert_eq!(own.errors()[0].field, "workflow");
    });
}
