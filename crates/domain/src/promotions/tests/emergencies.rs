//! Passing gates in an emergency, and its review.

use super::*;

fn emergency() -> Asking {
    Asking { emergency: true, ..asking() }
}

#[test]
fn an_emergency_passes_what_waits_and_what_is_blocked_and_says_so_for_good() {
    let age = Gate::MaximumAge { age: Span::minutes(1).expect("a length") };
    let mut world = gated(age);
    world.now = Time::from_micros(0).plus_seconds(3_600);
    let manager = person(1, Role::release_manager());
    assert!(matches!(
        consider(&world.wish(&manager)),
        Outlook::Refused { refused: RequestRefused::Blocked { .. } }
    ));
    assert_eq!(
        consider_emergency(&world.wish(&manager), true),
        Ok(vec!["The build is older than 1 minute".to_owned()])
    );
    let step = request(&world.wish(&manager), &world.build, emergency()).expect("may pass");
    assert_eq!(step.placement(), Some(id(21)));
    let kinds: Vec<&str> = step.changes().iter().map(Change::kind).collect();
    assert_eq!(kinds, ["promotion_requested", "gates_passed", "promotion_applied"]);
    let promotion = step.into_promotion();
    let told = promotion.emergency.clone().expect("a mark");
    assert_eq!((told.by, told.passed), (id(1), vec!["The build is older than 1 minute".to_owned()]));
    // Whoever passed the gates does not review it, and it is reviewed once.
    let comment = || Reason::parse("It was right").expect("a comment");
    let own = promotion.clone().review(&manager, &world.place, comment(), world.now);
    assert_eq!(own, Err(ReviewRefused::Own));
    let second = person(2, Role::release_manager());
    let reviewed = promotion.review(&second, &world.place, comment(), world.now).expect("may review");
    assert!(!reviewed.promotion().is_to_review());
    let again = reviewed.into_promotion().review(&second, &world.place, comment(), world.now);
    assert_eq!(again, Err(ReviewRefused::Reviewed));
}

#[test]
fn an_emergency_needs_its_permission_and_a_person_and_passes_no_bad_build() {
    let mut world = world(1, false);
    let admin = person(1, Role::admin());
    assert_eq!(
        consider_emergency(&world.wish(&admin), true),
        Err(RequestRefused::Forbidden(Refusal::Missing { action: Action::PassGates }))
    );
    let manager = person(1, Role::release_manager());
    let token = Actor {
        identity: Identity::Token { token: id(30), owner: id(1) },
        scope: Some(crate::access::Scope { actions: Action::ALL.to_vec(), ..Default::default() }),
        ..manager.clone()
    };
    assert_eq!(consider_emergency(&world.wish(&token), true), Err(RequestRefused::Forbidden(Refusal::Token)));
    world.circumstances.holds =
        vec![hold(HoldOn::Build { digest: world.build.digest.clone(), project: None }, world.now, None)];
    let bad = world.circumstances.holds[0].number;
    assert_eq!(consider_emergency(&world.wish(&manager), true), Err(RequestRefused::Bad { hold: bad }));
}

#[test]
fn an_emergency_leaves_its_mark_also_where_nothing_kept_it_out() {
    let world = world(0, false);
    let manager = person(1, Role::release_manager());
    let step = request(&world.wish(&manager), &world.build, emergency()).expect("may ask");
    let told = step.promotion().emergency.clone().expect("a mark");
    assert_eq!((told.reason.as_str(), told.passed.len()), ("release", 0));
}

#[test]
fn a_waiting_promotion_is_passed_in_an_emergency_once() {
    let world = world(2, false);
    let asked = world.asked(&person(1, Role::admin()));
    let manager = person(2, Role::release_manager());
    let why = || Reason::parse("The shop is down").expect("a reason");
    let (circumstances, place) = (&world.circumstances, &world.place);
    let passed = asked.pass_in_emergency(&manager, place, why(), circumstances, id(22), world.now);
    let passed = passed.expect("may pass");
    assert_eq!(passed.placement(), Some(id(22)));
    let again =
        passed.into_promotion().pass_in_emergency(&manager, place, why(), circumstances, id(23), world.now);
    assert_eq!(again, Err(PassRefused::Over("applied".into())));
}
