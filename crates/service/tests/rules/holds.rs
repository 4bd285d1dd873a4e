//! Holds: what they stop at every door, who places and releases them, and what happens when they end.

use crate::engines::on_both_engines;
use crate::images::refusal;
use crate::shop::{Shop, checkout};
use towpath_domain::access::{Place, Role};
use towpath_domain::holds::{HoldForm, Listed, Phase};
use towpath_domain::projects::{Project, ProjectForm};
use towpath_domain::promotions::{Promotion, State};
use towpath_service::buckets::{RollBack, roll_back};
use towpath_service::holds::{choices, list, place, release, view};
use towpath_service::promotions::look_again;
use towpath_service::{Error, boards, home, inbox, projects};

fn on(address: &str) -> HoldForm {
    let (on, reason) = (address.to_owned(), "Payments are down".to_owned());
    HoldForm { on, reason, ..HoldForm::default() }
}

fn until(address: &str, until: &str) -> HoldForm {
    HoldForm { until: until.to_owned(), ..on(address) }
}

async fn other_project(shop: &Shop) -> Project {
    let form = ProjectForm { slug: "lab".to_owned(), title: "The lab".to_owned() };
    projects::create(shop, &shop.ana, form).await.expect("a project")
}

async fn state(shop: &Shop, promotion: &Promotion) -> State {
    let view = inbox::promotion(shop, &shop.ana, "shop", promotion.number).await.expect("a promotion");
    view.promotion.state
}

#[test]
fn what_is_promoted_into_a_held_bucket_waits_and_enters_at_the_release() {
    on_both_engines(async |shop: Shop| {
        for (version, address) in [
            ("1.0", "bucket:shop/checkout/staging"),
            ("1.1", "environment:shop/staging"),
            ("1.2", "stream:staging"),
            ("1.3", "project:shop"),
            ("1.4", "installation"),
        ] {
            let digest = shop.push(&shop.dora, "shop/checkout/qa", version).await.expect("arrives");
            let by = if address.contains(":shop") { &shop.ben } else { &shop.ana };
            let hold = place(&shop, by, on(address)).await.expect("may");
            let board = boards::view(&shop, &shop.dora, "shop", "checkout").await.expect("a board");
            let asked = shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("may ask");
            assert_eq!(asked.state, State::Waiting, "{address}");
            let view = inbox::promotion(&shop, &shop.dora, "shop", asked.number).await.expect("a view");
            let needs = view.verdicts.iter().find_map(|gate| match &gate.verdict {
                towpath_domain::gates::Verdict::Waits { needs, .. } => Some(needs.clone()),
                _ => None,
            });
            let words = format!("the end of hold {} on {}", hold.number, hold.address.words());
            assert_eq!(needs, Some(words), "{address}");
            assert_eq!(view.holds.len(), 1);
            // The browser says the same before the drop.
            let key = |slug: &str| {
                let column = board.columns.iter().find(|column| column.slot.slug.as_str() == slug);
                column.expect("a bucket").slot.key
            };
            let told = board.consider(asked.build, key("qa"), key("staging"), board.now).expect("told");
            assert!(told.words().contains(&format!("hold {}", hold.number)), "{told:?}");
            assert_eq!(look_again(&shop).await.expect("looks"), 0);
            release(&shop, by, hold.number, "").await.expect("may");
            assert_eq!(look_again(&shop).await.expect("looks"), 1, "{address}");
            assert!(matches!(state(&shop, &asked).await, State::Applied { .. }), "{address}");
        }
    });
}

#[test]
fn a_hold_that_ends_by_itself_lets_in_what_waited() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        place(&shop, &shop.ben, until("environment:shop/staging", "2h")).await.expect("may");
        let asked = shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("may ask");
        shop.world.clock.advance(2 * 3_600 - 1);
        assert_eq!(look_again(&shop).await.expect("looks"), 0);
        shop.world.clock.advance(1);
        assert_eq!(look_again(&shop).await.expect("looks"), 1);
        assert!(matches!(state(&shop, &asked).await, State::Applied { .. }));
    });
}

#[test]
fn a_freeze_stops_nothing_before_it_begins() {
    on_both_engines(async |shop: Shop| {
        let now = shop.now();
        let form = HoldForm { from: now.plus_seconds(3_600).to_string(), ..on("project:shop") };
        let hold = place(&shop, &shop.ben, form).await.expect("may");
        assert_eq!(hold.phase(now), Phase::Planned);
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        let applied = shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("may ask");
        assert!(matches!(applied.state, State::Applied { .. }));
        let home = home::view(&shop, &shop.ana, &home_filter(), None, 50).await.expect("home");
        assert!(home.groups[0].services.iter().flat_map(|row| &row.cells).all(|cell| !cell.held));
        shop.world.clock.advance(3_600);
        refusal(shop.push(&shop.dora, "shop/checkout/qa", "1.1").await);
        let home = home::view(&shop, &shop.ana, &home_filter(), None, 50).await.expect("home");
        assert!(home.groups[0].services.iter().flat_map(|row| &row.cells).all(|cell| cell.held));
    });
}

fn home_filter() -> towpath_domain::home::Filter {
    towpath_domain::home::Filter::default()
}

#[test]
fn arrivals_are_refused_and_say_by_which_hold() {
    on_both_engines(async |shop: Shop| {
        let hold = place(&shop, &shop.ben, on("bucket:shop/checkout/qa")).await.expect("may");
        let why = refusal(shop.push(&shop.dora, "shop/checkout/qa", "1.0").await);
        assert_eq!(why, "qa is stopped by hold 1 on the bucket shop/checkout/qa (Payments are down)");
        assert!(shop.history("qa").await.is_empty());
        release(&shop, &shop.ben, hold.number, "They are back").await.expect("may");
        shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        assert_eq!(shop.history("qa").await, ["1.0"]);
    });
}

#[test]
fn rollbacks_pass_a_hold_unless_it_says_otherwise() {
    on_both_engines(async |shop: Shop| {
        for version in ["1.0", "2.0", "3.0"] {
            shop.push(&shop.dora, "shop/checkout/qa", version).await.expect("arrives");
        }
        place(&shop, &shop.ben, on("environment:shop/qa")).await.expect("may");
        shop.roll_back(&shop.ben, "qa").await.expect("passes");
        let strict = HoldForm { rollbacks: true, ..on("environment:shop/qa") };
        place(&shop, &shop.ben, strict).await.expect("may");
        let refused = shop.roll_back(&shop.ben, "qa").await;
        let why = "qa is stopped by hold 2 on the environment shop/qa (Payments are down). Hold 2 has to be released first.";
        assert!(matches!(&refused, Err(Error::Refused(told)) if told == why), "{refused:?}");
    });
}

#[test]
fn a_build_that_is_marked_bad_enters_nothing_by_any_way() {
    on_both_engines(async |shop: Shop| {
        let good = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        let bad = shop.push(&shop.dora, "shop/checkout/qa", "2.0").await.expect("arrives");
        shop.promote(&shop.dora, &bad, "qa", "staging").await.expect("goes to staging");
        let asked = shop.promote(&shop.ana, &bad, "staging", "prod").await.expect("waits for Ben");
        assert_eq!(asked.state, State::Waiting);
        shop.push(&shop.dora, "shop/checkout/qa", "3.0").await.expect("arrives");

        let hold = place(&shop, &shop.ben, on(&format!("build:shop/{bad}"))).await.expect("may");
        assert_eq!(look_again(&shop).await.expect("looks"), 1);
        let because = format!("It is marked bad by hold {}.", hold.number);
        assert!(
            matches!(state(&shop, &asked).await, State::Expired { because: told, .. } if told == because)
        );
        let again = shop.promote(&shop.ana, &bad, "staging", "prod").await;
        assert!(matches!(&again, Err(Error::Refused(told)) if *told == because), "{again:?}");
        let board = boards::view(&shop, &shop.dora, "shop", "checkout").await.expect("a board");
        let qa = board.columns.iter().find(|column| column.slot.slug.as_str() == "qa").expect("qa");
        let earlier = qa.history.iter().find(|card| card.build.digest.to_string() == bad).expect("was there");
        let wish = RollBack {
            at: checkout("qa"),
            to: earlier.placement.expect("a placement"),
            reason: "no".to_owned(),
            expected: None,
        };
        let back = roll_back(&shop, &shop.ben, wish).await;
        let told = format!(
            "qa takes no build that is marked bad, as this one is by hold {0} (Payments are down). Hold {0} has to be \
             released first.",
            hold.number
        );
        assert!(matches!(&back, Err(Error::Refused(why)) if *why == told), "{back:?}");
        assert!(board.bad_mark(&earlier.build.digest, board.now).is_some());
        let fine = board.columns.iter().flat_map(towpath_domain::boards::Column::cards);
        let fine = fine.into_iter().find(|card| card.build.digest.to_string() == good).expect("is there");
        assert!(board.bad_mark(&fine.build.digest, board.now).is_none());
    });
}

#[test]
fn a_mark_for_later_keeps_nothing_from_entering_before() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        place(&shop, &shop.ben, until("environment:shop/staging", "30m")).await.expect("may");
        let asked = shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("may ask");
        let later = HoldForm { from: "2h".to_owned(), ..on(&format!("build:shop/{digest}")) };
        place(&shop, &shop.ben, later).await.expect("may");
        shop.world.clock.advance(30 * 60);
        assert_eq!(look_again(&shop).await.expect("looks"), 1);
        assert!(matches!(state(&shop, &asked).await, State::Applied { .. }));
    });
}

#[test]
fn a_bad_build_is_refused_where_it_was_before_too() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        place(&shop, &shop.ben, on(&format!("build:shop/{digest}"))).await.expect("may");
        place(&shop, &shop.ben, on("bucket:shop/checkout/qa")).await.expect("may");
        let why = refusal(shop.push(&shop.dora, "shop/checkout/qa", "1.0").await);
        assert!(why.contains("marked bad"), "what is for good comes first: {why}");
        let view =
            towpath_service::builds::view(&shop, &shop.ben, &digest, towpath_service::builds::Part::PAGE);
        assert!(view.await.expect("a build").may_mark.is_empty(), "it is marked already");
    });
}

#[test]
fn a_token_of_one_integration_hears_of_no_marks_in_another() {
    on_both_engines(async |shop: Shop| {
        let form = crate::shop::integration("parcel", "environment", ":default");
        let parcel = crate::shop::make_integration(&shop, &shop.ana, "shop", form).await.expect("made");
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        let mark = place(&shop, &shop.ben, on(&format!("build:shop/{digest}"))).await.expect("may");
        let scope = towpath_domain::access::Scope {
            actions: vec![towpath_domain::access::Action::View],
            project: Some(shop.project.id),
            integration: Some(parcel.id),
            ..towpath_domain::access::Scope::default()
        };
        let identity = towpath_domain::access::Identity::Token {
            token: towpath_domain::ids::TokenId(uuid_of(7)),
            owner: shop.ben.person(),
        };
        let token = towpath_domain::access::Actor { identity, scope: Some(scope), ..shop.ben.clone() };
        assert!(matches!(view(&shop, &token, mark.number).await, Err(Error::NotFound(_))));
        assert!(list(&shop, &token, Listed::Standing, None, 10).await.expect("a list").holds.is_empty());
        let unknown = choices(&shop, &shop.ben, "bucket:nope/x/y").await;
        assert!(matches!(unknown, Err(Error::NotFound(_))), "{unknown:?}");
    });
}

fn uuid_of(number: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(number)
}

#[test]
fn who_may_not_hold_a_place_neither_places_nor_releases() {
    on_both_engines(async |shop: Shop| {
        let denied = place(&shop, &shop.dora, on("bucket:shop/checkout/qa")).await;
        assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");
        // A release manager of one project stops no others.
        for address in ["installation", "stream:production"] {
            let denied = place(&shop, &shop.ben, on(address)).await;
            assert!(matches!(denied, Err(Error::Forbidden(_))), "{address}: {denied:?}");
        }
        let hold = place(&shop, &shop.ana, on("stream:production")).await.expect("may");
        let denied = release(&shop, &shop.ben, hold.number, "").await;
        assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");
        release(&shop, &shop.ana, hold.number, "").await.expect("may");
        let again = release(&shop, &shop.ana, hold.number, "").await;
        assert!(
            matches!(&again, Err(Error::Conflict(why)) if why == "Hold 1 has ended already."),
            "{again:?}"
        );
        let offered = choices(&shop, &shop.ben, "stream:production").await.expect("choices");
        let names: Vec<String> = offered.choices.iter().map(ToString::to_string).collect();
        assert_eq!(
            names,
            ["project:shop", "environment:shop/qa", "environment:shop/staging", "environment:shop/prod"]
        );
        assert!(matches!(offered.on, Some((_, Err(_)))));
    });
}

#[test]
fn what_one_does_not_see_cannot_be_held_or_found() {
    on_both_engines(async |shop: Shop| {
        let lab = other_project(&shop).await;
        let eve = shop.world.person("Eve", Role::admin(), Place::Project { project: lab.id }).await;
        let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        for address in ["project:shop", "environment:shop/qa", "bucket:shop/checkout/qa", "project:none"] {
            let refused = place(&shop, &eve, on(address)).await;
            assert!(
                matches!(&refused, Err(Error::Invalid(invalid)) if invalid.errors()[0].field == "on"),
                "{address}: {refused:?}"
            );
        }
        let build = place(&shop, &eve, on(&format!("build:lab/{digest}"))).await;
        assert!(matches!(build, Err(Error::Invalid(_))), "{build:?}");
        let hidden = place(&shop, &shop.ben, on("project:shop")).await.expect("may");
        let mark = place(&shop, &shop.ana, on(&format!("build:{digest}"))).await.expect("may");
        for number in [hidden.number, mark.number, 99] {
            assert!(matches!(view(&shop, &eve, number).await, Err(Error::NotFound(_))));
            assert!(matches!(release(&shop, &eve, number, "").await, Err(Error::NotFound(_))));
        }
        assert!(list(&shop, &eve, Listed::Standing, None, 10).await.expect("a list").holds.is_empty());
        let stream = place(&shop, &shop.ana, on("stream:qa")).await.expect("may");
        let seen = list(&shop, &eve, Listed::Standing, None, 10).await.expect("a list");
        assert_eq!(seen.holds.len(), 1);
        assert!(view(&shop, &eve, stream.number).await.expect("seen").line.may_release.is_err());
    });
}

#[test]
fn a_long_list_goes_on_from_page_to_page_past_what_is_hidden() {
    on_both_engines(async |shop: Shop| {
        let lab = other_project(&shop).await;
        let eve = shop.world.person("Eve", Role::admin(), Place::Project { project: lab.id }).await;
        for number in 0..6 {
            let address = if number % 3 == 0 { "project:lab" } else { "project:shop" };
            place(&shop, &shop.ana, on(address)).await.expect("may");
        }
        let mut told = Vec::new();
        let mut before = None;
        loop {
            let page = list(&shop, &eve, Listed::Standing, before, 1).await.expect("a page");
            told.extend(page.holds.iter().map(|line| line.hold.number));
            before = page.older;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(told, [4, 1]);
    });
}
