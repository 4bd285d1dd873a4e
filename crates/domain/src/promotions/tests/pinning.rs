//! The rules of promotions that pin.

use super::*;
use crate::pins::Mark;
use crate::timeline::Named;

fn named<T: From<Uuid>>(number: u128, slug: &str) -> Named<T> {
    Named { id: id(number), slug: Slug::parse(slug).expect("a slug") }
}

/// In one of the environments that prod stands for, for 100 seconds.
fn pinning() -> Pinning {
    Pinning {
        project: named(PROJECT, "shop"),
        environment: named(31, "prod-eu"),
        service: named(32, "checkout"),
        until: Time::from_micros(0).plus_seconds(100),
    }
}

fn mark(world: &World) -> Mark {
    Mark {
        build: world.build.id,
        digest: world.build.digest.clone(),
        tag: world.build.tag.clone(),
        reason: Reason::parse("earlier").expect("a reason"),
        by: PersonId(Uuid::nil()),
        at: Time::from_micros(0),
        until: pinning().until,
        project: Slug::parse("shop").expect("a slug"),
        number: 1,
    }
}

#[test]
fn what_is_new_to_the_stage_passes_its_gates_and_makes_a_pin_instead_of_a_placement() {
    let (world, pin) = (world(1, false), pinning());
    let (admin, approver) = (person(1, Role::admin()), person(2, Role::release_manager()));
    let wish = Move { pin: Some(&pin), ..world.wish(&admin) };
    let asked = request(&wish, &world.build, asking()).expect("may ask").into_promotion();
    assert_eq!((asked.state.name(), asked.in_turn), ("waiting", false));
    let before = Circumstances { pinned: Some(mark(&world)), ..world.circumstances.clone() };
    let step = asked
        .decide(&approver, &world.place, world.approval(&approver), &before, id(21))
        .expect("may approve");
    assert_eq!((step.placement(), step.pins()), (None, true));
    assert!(matches!(step.promotion().state, State::Applied { placement: None, .. }));
    let told = step.changes().last().expect("a change");
    assert!(matches!(told, Change::PinApplied { before: Some(before), .. } if before.id == world.build.id));
}

#[test]
fn what_has_been_there_passes_no_gate_but_takes_the_right_to_roll_back() {
    let (world, pin) = (world(1, false), pinning());
    let manager = person(1, Role::release_manager());
    let back = |actor| Move { from: &world.prod, pin: Some(&pin), ..world.wish(actor) };
    let wish = Move { current: Some(world.build.id), ..back(&manager) };
    assert_eq!(consider(&wish), Outlook::Enters, "also what is current there");
    let step = request(&wish, &world.build, asking()).expect("may ask");
    assert!(step.pins() && step.promotion().gates.is_empty() && step.promotion().goes_back());
    assert_eq!(step.promotion().action(), Action::RollBack);
    let developer = person(1, Role::developer());
    let refused = request(&back(&developer), &world.build, asking()).expect_err("may not");
    assert!(matches!(refused, RequestRefused::Forbidden(Refusal::Missing { action: Action::RollBack })));
    let never = Move { was_current: false, ..back(&manager) };
    let refused = request(&never, &world.build, asking()).expect_err("never there");
    assert!(matches!(refused, RequestRefused::NeverThere { .. }));
    // The same without a pin is no promotion at all.
    let none = Move { pin: None, ..back(&manager) };
    assert!(matches!(consider(&none), Outlook::Refused { refused: RequestRefused::AlreadyThere { .. } }));
}

#[test]
fn what_goes_back_is_stopped_by_holds_that_stop_rollbacks_only() {
    let (mut world, pin) = (world(0, false), pinning());
    let manager = person(1, Role::release_manager());
    for (rollbacks, stops) in [(false, false), (true, true)] {
        let hold = Hold { rollbacks, ..hold(HoldOn::Installation, Time::from_micros(0), None) };
        world.circumstances.holds = vec![hold];
        let back = Move { from: &world.prod, pin: Some(&pin), ..world.wish(&manager) };
        let refused = matches!(consider(&back), Outlook::Refused { refused: RequestRefused::Blocked { .. } });
        assert_eq!(refused, stops);
        let new = Move { pin: Some(&pin), ..world.wish(&manager) };
        assert!(matches!(consider(&new), Outlook::Waits { .. }), "what is new waits for any of them");
    }
}

#[test]
fn nothing_is_pinned_twice_but_longer_or_shorter() {
    let (mut world, pin) = (world(0, false), pinning());
    world.circumstances.pinned = Some(mark(&world));
    let admin = person(1, Role::admin());
    let same = Move { pin: Some(&pin), ..world.wish(&admin) };
    assert!(matches!(consider(&same), Outlook::Refused { refused: RequestRefused::AlreadyPinned { .. } }));
    let longer = Pinning { until: pin.until.plus_seconds(1), ..pinning() };
    assert_eq!(consider(&Move { pin: Some(&longer), ..world.wish(&admin) }), Outlook::Enters);
}

#[test]
fn it_stands_beside_what_happens_in_the_bucket_and_expires_with_its_own_time() {
    let (world, pin) = (world(1, false), pinning());
    let admin = person(1, Role::admin());
    let wish = Move { pin: Some(&pin), ..world.wish(&admin) };
    let step = request(&wish, &world.build, asking()).expect("may ask");
    assert_eq!(step.due(), Some(pin.until));
    let asked = step.into_promotion();
    let standing = Standing { current: Some(world.build.id), paused: true, rolled_back: true, ..FREE };
    let look = |promotion: Promotion, now| {
        promotion.look_again(&standing, &world.circumstances, id(21), now).expect("it waits").into_promotion()
    };
    assert_eq!(look(asked.clone(), Time::from_micros(5)).state, State::Waiting);
    assert!(matches!(look(asked.clone(), pin.until).state, State::Expired { .. }));
    let manager = person(3, Role::release_manager());
    let late = asked.may_pass(&manager, &world.place, &world.circumstances, pin.until);
    assert!(matches!(late, Err(PassRefused::Over(_))));
    assert!(asked.may_pass(&manager, &world.place, &world.circumstances, Time::from_micros(5)).is_ok());
}
