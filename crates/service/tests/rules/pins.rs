//! Pins: how they are asked for and judged, what they change, what they leave alone, and how they end.

use crate::engines::on_both_engines;
use crate::shop::{Shop, integration, make_environment, make_integration, stage, workflow};
use crate::world::line;
use towpath_domain::access::{Place, Role};
use towpath_domain::builds::life::Link;
use towpath_domain::deployments::{Likeness, Outcome, ReportForm, summary};
use towpath_domain::holds::HoldForm;
use towpath_domain::home::Filter;
use towpath_domain::insights::InsightsForm;
use towpath_domain::pins::{PinForm, Source};
use towpath_domain::promotions::{Choice, Promotion, State};
use towpath_domain::timeline;
use towpath_domain::workflows::StageForm;
use towpath_service::buckets::resolve;
use towpath_service::builds::{self, Part};
use towpath_service::pins::{Listed, PinRequest, end_over, list, pin, release, view};
use towpath_service::promotions::look_again;
use towpath_service::{Error, boards, deployments, holds, home, images, inbox, insights, integrations};

/// The shop with two environments of production, which the bucket `production` of `mailer` feeds: 1.0 and then 1.1 were
/// released there, and 1.2 is in staging.
struct Fleet {
    shop: Shop,
    first: String,
    second: String,
    third: String,
}

impl Fleet {
    async fn of(shop: Shop) -> Self {
        Self::with(shop, "").await
    }

    /// The same, where promotions into production stand to each other in a way.
    async fn with(shop: Shop, contest: &str) -> Self {
        let last = StageForm { contest: contest.to_owned(), ..stage("production", "1") };
        Box::pin(Self::behind(shop, last)).await
    }

    /// The same, with this stage of production.
    async fn behind(shop: Shop, last: StageForm) -> Self {
        make_environment(&shop, &shop.ana, "shop", "prod-eu", "production").await;
        let soaks = !last.soak.is_empty();
        let stages = [stage("staging", ""), last];
        crate::shop::make_workflow(&shop, &shop.ana, "shop", workflow("train", "release_stream", &stages))
            .await
            .expect("a workflow");
        make_integration(&shop, &shop.ana, "shop", integration("mailer", "release_stream", "train"))
            .await
            .expect("an integration");
        let mut pushed = Vec::new();
        for version in ["1.0", "1.1", "1.2"] {
            let digest = shop.push(&shop.dora, "shop/mailer/staging", version).await.expect("arrives");
            pushed.push(digest.clone());
            if version != "1.2" {
                shop.clock.advance(60);
                let asked = promote(&shop, &digest).await;
                if soaks {
                    shop.clock.advance(3_600);
                    look_again(&shop).await.expect("looks");
                } else {
                    shop.approve(&shop.ben, &asked).await.expect("enters");
                }
            }
        }
        let [first, second, third] = pushed.try_into().expect("three builds");
        Self { shop, first, second, third }
    }

    /// Pins a build that has been in production.
    async fn pin_back(&self, digest: &str, until: &str) -> Promotion {
        pin(&self.shop, &self.shop.ben, wish(digest, until)).await.expect("may pin")
    }

    /// The tag that the mailer should run in an environment, and what says so.
    async fn should_run(&self, environment: &str) -> (Option<String>, Source) {
        let images = resolve(&self.shop, &self.shop.dora, "shop", environment).await.expect("images");
        let mut services = images.services.into_iter().map(|resolved| resolved.should);
        let should = services.find(|should| should.service.as_str() == "mailer").expect("the mailer");
        (should.build.map(|(_, _, tag)| tag.to_string()), should.source)
    }

    /// The tag that is current in the bucket itself.
    async fn current(&self) -> String {
        let board = boards::view(&self.shop, &self.shop.ana, "shop", "mailer").await.expect("a board");
        let column = board.columns.iter().find(|column| column.slot.slug.as_str() == "production");
        let card = column.and_then(|column| column.current.as_ref()).expect("a build");
        card.build.tag.to_string()
    }

    async fn report(&self, environment: &str, digest: &str) {
        let form = ReportForm {
            service: "mailer".to_owned(),
            digest: digest.to_owned(),
            outcome: Outcome::Succeeded.name().to_owned(),
            ..ReportForm::default()
        };
        deployments::report(&self.shop, &self.shop.ben, "shop", environment, form).await.expect("may");
    }

    /// What the card of production says of the environments that it feeds.
    async fn summary(&self) -> (Likeness, String) {
        let board = boards::view(&self.shop, &self.shop.ana, "shop", "mailer").await.expect("a board");
        let column =
            board.columns.iter().find(|column| column.slot.slug.as_str() == "production").expect("it");
        summary(&column.fed, column.current.as_ref().map(|card| card.build.id))
    }

    async fn in_force(&self) -> usize {
        list(&self.shop, &self.shop.ana, ("shop", "prod-eu"), Listed::InForce)
            .await
            .expect("pins")
            .lines
            .len()
    }
}

/// A wish to pin a build of the mailer in `prod-eu`.
fn wish(digest: &str, until: &str) -> PinRequest {
    let form = PinForm {
        service: "mailer".to_owned(),
        digest: digest.to_owned(),
        until: until.to_owned(),
        reason: "One region first".to_owned(),
        ..PinForm::default()
    };
    PinRequest { project: "shop".to_owned(), environment: "prod-eu".to_owned(), form }
}

async fn promote(shop: &Shop, digest: &str) -> Promotion {
    let wish = towpath_service::promotions::Request {
        integration: "mailer".to_owned(),
        ..crate::shop::wish(digest, "staging", "production")
    };
    towpath_service::promotions::request(shop, &shop.ana, wish).await.expect("may ask")
}

async fn state(shop: &Shop, number: i64) -> State {
    inbox::promotion(shop, &shop.ana, "shop", number).await.expect("a promotion").promotion.state
}

fn mistake(result: Result<Promotion, Error>) -> (String, String) {
    match result {
        Err(Error::Invalid(invalid)) => {
            let first = &invalid.errors()[0];
            (first.field.clone(), first.message.clone())
        }
        other => panic!("no mistake: {other:?}"),
    }
}

#[test]
fn one_environment_is_held_back_while_the_stream_moves_on() {
    on_both_engines(async |shop: Shop| {
        let fleet = Fleet::of(shop).await;
        let asked = fleet.pin_back(&fleet.first, "7d").await;
        assert_eq!(asked.state.name(), "applied", "what has been there passes no gate again");
        assert_eq!((asked.from.slug.as_str(), asked.to.slug.as_str()), ("production", "production"));
        assert_eq!(fleet.should_run("prod").await, (Some("1.1".to_owned()), Source::Bucket));
        let (tag, source) = fleet.should_run("prod-eu").await;
        let mark = source.pin().expect("a pin").clone();
        assert_eq!((tag.as_deref(), mark.number), (Some("1.0"), asked.number));

        let third = promote(&fleet.shop, &fleet.third).await;
        fleet.shop.approve(&fleet.shop.ben, &third).await.expect("enters");
        assert_eq!(fleet.should_run("prod").await.0.as_deref(), Some("1.2"));
        assert_eq!(fleet.should_run("prod-eu").await.0.as_deref(), Some("1.0"));

        // It ends by itself, to the second, whether or not anything looks.
        fleet.shop.clock.advance(7 * 86_400 - 1);
        assert_eq!(fleet.should_run("prod-eu").await.0.as_deref(), Some("1.0"));
        fleet.shop.clock.advance(1);
        assert_eq!(fleet.should_run("prod-eu").await, (Some("1.2".to_owned()), Source::Bucket));
        assert_eq!(fleet.in_force().await, 0);
        assert_eq!(end_over(&fleet.shop).await.expect("looks"), 1);
        assert_eq!(end_over(&fleet.shop).await.expect("looks"), 0);
        assert_eq!(fleet.shop.told(&fleet.shop.ana, "pin_ended").await, 1);
    });
}

#[test]
fn a_build_is_given_to_one_environment_first_by_the_gates_of_the_stage() {
    on_both_engines(async |shop: Shop| {
        let fleet = Fleet::of(shop).await;
        let denied = pin(&fleet.shop, &fleet.shop.dora, wish(&fleet.third, "2h")).await;
        assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");
        let asked = pin(&fleet.shop, &fleet.shop.ana, wish(&fleet.third, "2h")).await.expect("may ask");
        assert_eq!((asked.state.name(), asked.from.slug.as_str()), ("waiting", "staging"));
        assert_eq!(fleet.should_run("prod-eu").await.0.as_deref(), Some("1.1"));
        let own = fleet.shop.approve(&fleet.shop.ana, &asked).await;
        assert!(matches!(&own, Err(Error::Refused(why)) if why.contains("someone else")), "{own:?}");
        fleet.shop.approve(&fleet.shop.ben, &asked).await.expect("may approve");
        assert_eq!(fleet.should_run("prod-eu").await.0.as_deref(), Some("1.2"));
        // Nothing became current, nothing counts as that.
        assert_eq!(fleet.current().await, "1.1");
        let told = insights::view(&fleet.shop, &fleet.shop.ana, "shop", &InsightsForm::default())
            .await
            .expect("insights");
        assert_eq!(told.hops.iter().map(|hop| hop.parts.iter().sum::<usize>()).collect::<Vec<_>>(), [2]);
        assert!(
            refusal_of_never_there(&fleet).await.contains("never been current in production, nor in staging")
        );
    });
}

async fn refusal_of_never_there(fleet: &Fleet) -> String {
    let loose = fleet.shop.push(&fleet.shop.dora, "shop/mailer/qa", "0.9").await.expect("arrives");
    let (field, message) = mistake(pin(&fleet.shop, &fleet.shop.ana, wish(&loose, "2h")).await);
    assert_eq!(field, "digest");
    message
}

#[test]
fn a_pin_stands_beside_the_contest_for_the_bucket() {
    on_both_engines(async |shop: Shop| {
        let fleet = Fleet::of(shop).await;
        let waiting = promote(&fleet.shop, &fleet.third).await;
        let first = pin(&fleet.shop, &fleet.shop.ana, wish(&fleet.third, "2h")).await.expect("may ask");
        assert_eq!(state(&fleet.shop, waiting.number).await, State::Waiting);
        // A newer one for the same place supersedes it; one for another place does not.
        let other = PinRequest { environment: "prod".to_owned(), ..wish(&fleet.third, "2h") };
        let other = pin(&fleet.shop, &fleet.shop.ana, other).await.expect("may ask");
        let newer = pin(&fleet.shop, &fleet.shop.ana, wish(&fleet.third, "3h")).await.expect("may ask");
        assert!(
            matches!(state(&fleet.shop, first.number).await, State::Superseded { by, .. } if by == newer.number)
        );
        assert_eq!(state(&fleet.shop, other.number).await, State::Waiting);
        assert_eq!(state(&fleet.shop, waiting.number).await, State::Waiting);
        let cells =
            home::view(&fleet.shop, &fleet.shop.ana, &Filter::default(), None, 50).await.expect("home");
        let mailer = cells.groups[0].services.iter().find(|service| service.slug.as_str() == "mailer");
        let counts: Vec<i64> = mailer.expect("it").cells.iter().map(|cell| cell.waiting).collect();
        assert_eq!(counts, [0, 0, 2, 2]);

        // Neither a newer promotion nor a rollback ends what waits to pin.
        let fourth = fleet.shop.push(&fleet.shop.dora, "shop/mailer/staging", "1.3").await.expect("arrives");
        let entering = promote(&fleet.shop, &fourth).await;
        assert!(matches!(state(&fleet.shop, waiting.number).await, State::Superseded { .. }));
        for pinning in [&other, &newer] {
            assert_eq!(state(&fleet.shop, pinning.number).await, State::Waiting);
        }
        fleet.shop.approve(&fleet.shop.ben, &entering).await.expect("enters");
        assert_eq!(fleet.current().await, "1.3");
        let column = fleet.shop.board_of("mailer", "production").await;
        let back = towpath_service::buckets::RollBack {
            at: towpath_service::buckets::BucketAddress {
                integration: "mailer".to_owned(),
                ..crate::shop::checkout("production")
            },
            to: column.history[0].placement.expect("a placement"),
            reason: "It fails".to_owned(),
            expected: None,
        };
        towpath_service::buckets::roll_back(&fleet.shop, &fleet.shop.ben, back).await.expect("back");
        look_again(&fleet.shop).await.expect("looks");
        assert_eq!(state(&fleet.shop, newer.number).await, State::Waiting);
        fleet.shop.approve(&fleet.shop.ben, &newer).await.expect("pins");
        assert_eq!(
            (fleet.current().await.as_str(), fleet.should_run("prod-eu").await.0.as_deref()),
            ("1.1", Some("1.2"))
        );
    });
}

#[test]
fn a_stage_that_takes_one_at_a_time_or_in_turn_takes_no_notice_of_what_waits_to_pin() {
    on_both_engines(async |shop: Shop| {
        let fleet = Fleet::with(shop, "refuse").await;
        pin(&fleet.shop, &fleet.shop.ana, wish(&fleet.third, "2h")).await.expect("may ask");
        // Of the same build, too.
        let entering = promote(&fleet.shop, &fleet.third).await;
        let other = PinRequest { environment: "prod".to_owned(), ..wish(&fleet.third, "2h") };
        pin(&fleet.shop, &fleet.shop.ana, other).await.expect("is not refused");
        fleet.shop.approve(&fleet.shop.ben, &entering).await.expect("enters");
        assert_eq!(fleet.current().await, "1.2");
    });
    on_both_engines(async |shop: Shop| {
        let fleet = Fleet::with(shop, "queue").await;
        let before = pin(&fleet.shop, &fleet.shop.ana, wish(&fleet.third, "2h")).await.expect("may ask");
        let entering = promote(&fleet.shop, &fleet.third).await;
        let other = PinRequest { environment: "prod".to_owned(), ..wish(&fleet.third, "2h") };
        let after = pin(&fleet.shop, &fleet.shop.ana, other).await.expect("may ask");
        for waiting in [&after, &entering, &before] {
            let over = fleet.shop.approve(&fleet.shop.ben, waiting).await.expect("may approve");
            assert_eq!(over.state.name(), "applied", "#{} waits for no turn", over.number);
        }
    });
}

#[test]
fn a_newer_pin_takes_the_place_of_the_one_in_force_and_the_timeline_tells_all_of_it() {
    on_both_engines(async |shop: Shop| {
        let fleet = Fleet::of(shop).await;
        let seen = fleet.shop.timeline(&fleet.shop.ana, timeline::Filter::default()).await.len();
        fleet.pin_back(&fleet.first, "7d").await;
        let again = pin(&fleet.shop, &fleet.shop.ben, wish(&fleet.first, "7d")).await;
        assert!(
            matches!(&again, Err(Error::Conflict(why)) if why.contains("pinned there until")),
            "{again:?}"
        );
        fleet.pin_back(&fleet.second, "1d").await;
        assert_eq!(fleet.in_force().await, 1);
        release(&fleet.shop, &fleet.shop.ben, ("shop", "prod-eu"), "mailer", None, "All is well")
            .await
            .expect("may");
        assert_eq!(fleet.should_run("prod-eu").await, (Some("1.1".to_owned()), Source::Bucket));
        let gone = release(&fleet.shop, &fleet.shop.ben, ("shop", "prod-eu"), "mailer", None, "Again").await;
        assert!(matches!(gone, Err(Error::NotFound(_))), "{gone:?}");
        let ended = Listed::Ended { before: None, limit: 1 };
        let page = list(&fleet.shop, &fleet.shop.ana, ("shop", "prod-eu"), ended).await.expect("pins");
        assert_eq!(page.lines[0].released_by.as_deref(), Some("Ben"));
        let ended = Listed::Ended { before: page.older, limit: 5 };
        let rest = list(&fleet.shop, &fleet.shop.ana, ("shop", "prod-eu"), ended).await.expect("pins");
        assert_eq!((rest.lines.len(), rest.older), (1, None));

        let told = fleet.shop.timeline(&fleet.shop.ana, timeline::Filter::default()).await;
        let lines: Vec<String> = told.iter().rev().skip(seen).map(line).collect();
        insta::allow_duplicates! {
            insta::assert_snapshot!(lines.join("\n"), @r#"
            25 09:02 Ben asked to pin 1.0 (085e312d1c71) as mailer in shop/prod-eu until 2026-11-30 09:02:00 UTC as #3 — “One region first”
            26 09:02 Ben pinned 1.0 (085e312d1c71) as mailer in shop/prod-eu until 2026-11-30 09:02:00 UTC by #3
            27 09:02 Ben asked to pin 1.1 (93d1108fc66a) as mailer in shop/prod-eu until 2026-11-24 09:02:00 UTC as #4 — “One region first”
            28 09:02 Ben pinned 1.1 (93d1108fc66a) as mailer in shop/prod-eu until 2026-11-24 09:02:00 UTC by #4, in place of 1.0 (085e312d1c71)
            29 09:02 Ben released the pin of 1.1 (93d1108fc66a) as mailer in shop/prod-eu, made by #4 — “All is well”
            "#);
        }
    });
}

#[test]
fn a_hold_that_stops_rollbacks_and_a_mark_stop_what_goes_back_and_others_stop_what_is_new() {
    on_both_engines(async |shop: Shop| {
        let fleet = Fleet::of(shop).await;
        let hold = |on: &str, rollbacks| HoldForm {
            on: on.to_owned(),
            reason: "Payments are down".to_owned(),
            rollbacks,
            ..HoldForm::default()
        };
        let soft = holds::place(&fleet.shop, &fleet.shop.ben, hold("environment:shop/prod-eu", false)).await;
        fleet.pin_back(&fleet.first, "7d").await;
        let asked = pin(&fleet.shop, &fleet.shop.ana, wish(&fleet.third, "2h")).await.expect("may ask");
        fleet.shop.approve(&fleet.shop.ben, &asked).await.expect("may approve");
        assert_eq!(state(&fleet.shop, asked.number).await, State::Waiting, "a hold stops what is new");
        // What stops another environment that the bucket feeds is nothing to it.
        holds::release(&fleet.shop, &fleet.shop.ben, soft.expect("a hold").number, "").await.expect("may");
        let other = holds::place(&fleet.shop, &fleet.shop.ben, hold("environment:shop/prod", false)).await;
        look_again(&fleet.shop).await.expect("looks");
        assert!(matches!(state(&fleet.shop, asked.number).await, State::Applied { .. }));
        holds::release(&fleet.shop, &fleet.shop.ben, other.expect("a hold").number, "").await.expect("may");

        let strict =
            holds::place(&fleet.shop, &fleet.shop.ben, hold("bucket:shop/mailer/production", true)).await;
        let denied = pin(&fleet.shop, &fleet.shop.ben, wish(&fleet.second, "7d")).await;
        assert!(
            matches!(&denied, Err(Error::Refused(why)) if why.contains("is stopped by hold")),
            "{denied:?}"
        );
        holds::release(&fleet.shop, &fleet.shop.ben, strict.expect("a hold").number, "").await.expect("may");
        let bad = hold(&format!("build:shop/{}", fleet.second), false);
        holds::place(&fleet.shop, &fleet.shop.ana, bad).await.expect("marks");
        let denied = pin(&fleet.shop, &fleet.shop.ben, wish(&fleet.second, "7d")).await;
        assert!(matches!(&denied, Err(Error::Refused(why)) if why.contains("marked bad")), "{denied:?}");
    });
}

#[test]
fn what_runs_is_compared_with_the_pin() {
    on_both_engines(async |shop: Shop| {
        let fleet = Fleet::of(shop).await;
        fleet.pin_back(&fleet.first, "7d").await;
        fleet.report("prod", &fleet.second).await;
        fleet.report("prod-eu", &fleet.first).await;
        assert_eq!(fleet.summary().await, (Likeness::Same, "Runs; 1 is pinned.".to_owned()));
        let home =
            home::view(&fleet.shop, &fleet.shop.ana, &Filter::default(), None, 50).await.expect("home");
        let mailer =
            home.groups[0].services.iter().find(|service| service.slug.as_str() == "mailer").expect("it");
        let cell = &mailer.cells[3];
        assert_eq!(cell.run.as_ref().map(|(_, likeness)| *likeness), Some(Likeness::Same));
        assert_eq!(cell.build.as_ref().map(|placed| placed.tag.to_string()).as_deref(), Some("1.0"));
        assert!(cell.source.pin().is_some());
        let seen = view(&fleet.shop, &fleet.shop.dora, "shop", "prod-eu", None, 50).await.expect("a view");
        let effective =
            seen.services.iter().find(|service| service.service.as_str() == "mailer").expect("it");
        assert_eq!(effective.run.as_ref().map(|(_, likeness)| *likeness), Some(Likeness::Same));
        assert_eq!((seen.in_force.len(), seen.in_force[0].may_release.is_ok()), (1, false));
        // After its end, the same is not what should run any more.
        release(&fleet.shop, &fleet.shop.ben, ("shop", "prod-eu"), "mailer", None, "All is well")
            .await
            .expect("may");
        assert_eq!(fleet.summary().await, (Likeness::Differs, "Runs in 1 of 2 environments.".to_owned()));
    });
}

#[test]
fn a_build_tells_where_it_was_pinned_and_how_that_ended() {
    on_both_engines(async |shop: Shop| {
        let fleet = Fleet::of(shop).await;
        let told = async || {
            let view = builds::view(&fleet.shop, &fleet.shop.dora, &fleet.first, Part::PAGE).await;
            let life = view.expect("a build").lives.remove(0);
            let pinned = life.chain.into_iter().filter_map(|link| match link {
                Link::Pinned { environment, by, how, .. } => Some(format!("{environment} by {by}: {how}")),
                _ => None,
            });
            (pinned.collect::<Vec<_>>(), life.pinned.len(), life.current.len())
        };
        fleet.pin_back(&fleet.first, "2h").await;
        assert_eq!(told().await, (vec!["prod-eu by Ben: in force".to_owned()], 1, 0));
        fleet.shop.clock.advance(2 * 3_600);
        assert_eq!(told().await, (vec!["prod-eu by Ben: over".to_owned()], 0, 0));
    });
}

#[test]
fn a_pinned_environment_keeps_no_build_from_having_run_in_the_stage_before() {
    on_both_engines(async |shop: Shop| {
        make_environment(&shop, &shop.ana, "shop", "staging-eu", "staging").await;
        let last = StageForm { soak: "1h".to_owned(), ..stage("production", "") };
        let fleet = Fleet::behind(shop, last).await;
        let back = PinRequest { environment: "staging-eu".to_owned(), ..wish(&fleet.first, "2d") };
        fleet.report("staging", &fleet.third).await;
        fleet.report("staging-eu", &fleet.first).await;
        let entering = promote(&fleet.shop, &fleet.third).await;
        fleet.shop.clock.advance(3_600);
        look_again(&fleet.shop).await.expect("looks");
        assert_eq!(state(&fleet.shop, entering.number).await, State::Waiting, "it does not run everywhere");
        pin(&fleet.shop, &fleet.shop.ben, back).await.expect("may pin");
        look_again(&fleet.shop).await.expect("looks");
        assert!(matches!(state(&fleet.shop, entering.number).await, State::Applied { .. }));
    });
}

#[test]
fn a_pin_is_no_witness_of_a_build_that_ran_nowhere() {
    on_both_engines(async |shop: Shop| {
        let last = StageForm { soak: "1h".to_owned(), ..stage("production", "") };
        let fleet = Fleet::behind(shop, last).await;
        fleet.report("staging", &fleet.second).await;
        let entering = promote(&fleet.shop, &fleet.third).await;
        // The only environment that tells what runs is pinned away.
        let away = PinRequest { environment: "staging".to_owned(), ..wish(&fleet.first, "2d") };
        pin(&fleet.shop, &fleet.shop.ben, away).await.expect("may pin");
        fleet.shop.clock.advance(3_600);
        look_again(&fleet.shop).await.expect("looks");
        assert_eq!(state(&fleet.shop, entering.number).await, State::Waiting);
    });
}

#[test]
fn taking_the_place_of_somebody_elses_pin_takes_what_releasing_it_takes() {
    on_both_engines(async |shop: Shop| {
        let fleet = Fleet::of(shop).await;
        let at = |digest: &str| PinRequest { environment: "staging".to_owned(), ..wish(digest, "2d") };
        let here = ("shop", "staging");
        pin(&fleet.shop, &fleet.shop.ben, at(&fleet.first)).await.expect("may pin");
        let other = pin(&fleet.shop, &fleet.shop.dora, at(&fleet.second)).await;
        assert!(matches!(other, Err(Error::Forbidden(_))), "{other:?}");
        let own = pin(&fleet.shop, &fleet.shop.ben, at(&fleet.second)).await.expect("their own");
        // Only what was looked at is released.
        let wrong = release(&fleet.shop, &fleet.shop.ben, here, "mailer", Some(own.number - 1), "Done").await;
        assert!(matches!(wrong, Err(Error::Conflict(_))), "{wrong:?}");
        release(&fleet.shop, &fleet.shop.ben, here, "mailer", Some(own.number), "Done").await.expect("may");
    });
}

#[test]
fn whoever_has_a_role_in_the_environment_alone_may_pin_there_and_nowhere_else() {
    on_both_engines(async |shop: Shop| {
        let fleet = Fleet::of(shop).await;
        let (project, environment) = fleet.shop.environment("prod-eu").await;
        let place = Place::Environment { project, environment };
        let eve = fleet.shop.world.person("Eve", Role::release_manager(), place).await;
        pin(&fleet.shop, &eve, wish(&fleet.first, "7d")).await.expect("may pin there");
        let other = PinRequest { environment: "prod".to_owned(), ..wish(&fleet.first, "7d") };
        let denied = pin(&fleet.shop, &eve, other).await;
        assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");
        let asked = pin(&fleet.shop, &fleet.shop.ana, wish(&fleet.third, "2h")).await.expect("may ask");
        let items = inbox::list(&fleet.shop, &eve).await.expect("an inbox").to_decide;
        assert_eq!(items.iter().map(|item| item.number).collect::<Vec<_>>(), [asked.number]);
        fleet.shop.decide(&eve, &asked, Choice::Approve).await.expect("may approve there");
        // Ana, who asked, may release it; so may whoever may hold there.
        let dora = release(&fleet.shop, &fleet.shop.dora, ("shop", "prod-eu"), "mailer", None, "No").await;
        assert!(matches!(dora, Err(Error::Forbidden(_))), "{dora:?}");
        release(&fleet.shop, &eve, ("shop", "prod-eu"), "mailer", None, "All is well").await.expect("may");
    });
}

#[test]
fn a_pin_that_would_be_over_before_it_is_applied_expires() {
    on_both_engines(async |shop: Shop| {
        let fleet = Fleet::of(shop).await;
        let asked = pin(&fleet.shop, &fleet.shop.ana, wish(&fleet.third, "2h")).await.expect("may ask");
        fleet.shop.clock.advance(2 * 3_600);
        look_again(&fleet.shop).await.expect("looks");
        assert!(matches!(state(&fleet.shop, asked.number).await, State::Expired { because, .. }
            if because.starts_with("Its pin would have ended")));
        for (until, wrong) in [("", "Say until when"), ("2020-01-01T00:00", "in the past"), ("365d", "")] {
            let asked = pin(&fleet.shop, &fleet.shop.ben, wish(&fleet.first, until)).await;
            if wrong.is_empty() {
                asked.expect("may");
                continue;
            }
            let (field, message) = mistake(asked);
            assert_eq!((field.as_str(), message.contains(wrong)), ("until", true), "{message}");
        }
        let long = PinForm { until: "2030-01-01T00:00Z".to_owned(), ..wish(&fleet.first, "").form };
        let (field, message) =
            mistake(pin(&fleet.shop, &fleet.shop.ben, PinRequest { form: long, ..wish("", "") }).await);
        assert_eq!((field.as_str(), message.contains("365 days")), ("until", true), "{message}");
    });
}

#[test]
fn a_pinned_build_can_be_pulled_by_the_name_that_feeds_the_environment() {
    on_both_engines(async |shop: Shop| {
        let fleet = Fleet::of(shop).await;
        let name = "shop/mailer/production";
        let unknown = fleet.shop.pull_digest(&fleet.shop.dora, name, &fleet.third).await;
        assert!(matches!(unknown, Err(images::Error::ManifestUnknown)), "{unknown:?}");
        let asked = pin(&fleet.shop, &fleet.shop.ana, wish(&fleet.third, "2h")).await.expect("may ask");
        fleet.shop.approve(&fleet.shop.ben, &asked).await.expect("pins");
        assert_eq!(
            fleet.shop.pull_digest(&fleet.shop.dora, name, &fleet.third).await.expect("is there"),
            fleet.third
        );
    });
}

#[test]
fn a_default_build_is_what_services_run_where_nothing_else_says_anything() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        let should = async |environment: &str| {
            let images = resolve(&shop, &shop.dora, "shop", environment).await.expect("images");
            let should = images.services.into_iter().next().expect("checkout").should;
            (should.build.map(|(_, _, tag)| tag.to_string()), should.source)
        };
        assert_eq!(should("prod").await, (None, Source::Bucket));
        let denied = integrations::set_default(&shop, &shop.ben, "shop", "checkout", &digest).await;
        assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");
        for _ in 0..2 {
            integrations::set_default(&shop, &shop.ana, "shop", "checkout", &digest).await.expect("may");
        }
        assert_eq!(shop.told(&shop.ana, "default_build_set").await, 1);
        assert_eq!(should("prod").await, (Some("1.0".to_owned()), Source::Default));
        assert_eq!(should("qa").await, (Some("1.0".to_owned()), Source::Bucket));
        assert_eq!(
            shop.pull_digest(&shop.dora, "shop/checkout/prod", &digest).await.expect("is there"),
            digest
        );
        integrations::clear_default(&shop, &shop.ana, "shop", "checkout").await.expect("may");
        assert_eq!(should("prod").await, (None, Source::Bucket));
        assert_eq!(shop.told(&shop.ana, "default_build_cleared").await, 1);
        let bad = HoldForm {
            on: format!("build:shop/{digest}"),
            reason: "It leaks".to_owned(),
            ..HoldForm::default()
        };
        holds::place(&shop, &shop.ana, bad).await.expect("marks");
        let denied = integrations::set_default(&shop, &shop.ana, "shop", "checkout", &digest).await;
        assert!(matches!(&denied, Err(Error::Refused(why)) if why.contains("marked bad")), "{denied:?}");
    });
}
