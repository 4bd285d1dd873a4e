//! Approving, rejecting, taking back.

use super::*;

#[test]
fn nobody_approves_their_own_request() {
    let world = world(1, false);
    let manager = person(1, Role::release_manager());
    let promotion = world.asked(&manager);
    let refused =
        promotion.decide(&manager, &world.place, world.approval(&manager), &world.circumstances, id(22));
    assert_eq!(refused, Err(DecideRefused::Barred(Barred::Requester)));
}

/// A release manager for whom somebody else decides.
fn principal(number: u128) -> Principal {
    let them = Person {
        id: id(number),
        name: PersonName::parse("Rita").expect("a name"),
        email: Email::parse("rita@example.org").expect("an address"),
        joined_at: Time::from_micros(0),
    };
    let delegation = Delegation {
        id: id(50),
        from: id(number),
        to: id(60),
        role: None,
        project: None,
        reason: Reason::parse("On holiday").expect("a reason"),
        at: Time::from_micros(0),
        until: Time::from_micros(9),
        ended_at: None,
    };
    delegation.principal(them, person(number, Role::release_manager()))
}

#[test]
fn who_decides_for_another_counts_as_that_person_and_both_are_told() {
    let world = world(1, false);
    let (max, rita) = (person(2, Role::viewer()), principal(3));
    let voice = Voice::of(&max, &rita);
    let promotion = world.asked(&person(1, Role::admin()));
    let decision = Decision {
        person: voice.person(),
        by: voice.by(),
        roles: voice.roles(&world.place),
        ..world.approval(&max)
    };
    let applied =
        promotion.decide(voice, &world.place, decision, &world.circumstances, id(22)).expect("may approve");
    assert_eq!(applied.placement(), Some(id(22)));
    assert!(
        matches!(&applied.changes()[0], Change::PromotionDecided { in_name_of: Some(name), .. } if *name == id(3))
    );
    let name = |person: PersonId| if person == id(3) { "Rita" } else { "Max" }.to_owned();
    assert_eq!(applied.promotion().decisions[0].who(name), "Max for Rita");
}

#[test]
fn nobody_gets_round_a_bar_by_handing_over_or_being_handed() {
    let world = world(2, false);
    let (max, rita) = (person(2, Role::release_manager()), principal(3));
    let voice = Voice::of(&max, &rita);
    let barred = |promotion: &Promotion| promotion.may_decide(voice, &world.place);
    assert_eq!(barred(&world.asked(&person(2, Role::admin()))), Err(Barred::Requester.into()));
    let theirs = Barred::Principal(Box::new(Barred::Requester));
    assert_eq!(barred(&world.asked(&person(3, Role::admin()))), Err(theirs.into()));

    let decided = |by: &Actor| {
        let asked = world.asked(&person(1, Role::admin()));
        let step = asked.decide(by, &world.place, world.approval(by), &world.circumstances, id(22));
        step.expect("may approve").into_promotion()
    };
    assert_eq!(barred(&decided(&max)), Err(Barred::Decided.into()));
    let theirs = Barred::Principal(Box::new(Barred::Decided));
    let own = person(3, Role::release_manager());
    assert_eq!(barred(&decided(&own)), Err(theirs.into()));

    // After Max has decided for Rita, neither decides again.
    let asked = world.asked(&person(1, Role::admin()));
    let decision = Decision { person: voice.person(), by: voice.by(), ..world.approval(&max) };
    let step = asked.decide(voice, &world.place, decision, &world.circumstances, id(22));
    let once = step.expect("may approve").into_promotion();
    assert_eq!(once.may_decide(&own, &world.place), Err(Barred::DecidedFor.into()));
    assert_eq!(once.may_decide(&max, &world.place), Err(Barred::Decided.into()));
    let carl = person(4, Role::release_manager());
    assert_eq!(once.may_decide(&carl, &world.place), Ok(()));
    assert!(once.may_decide(Voice::of(&carl, &rita), &world.place).is_err(), "nor another for Rita");
}

#[test]
fn an_admin_does_not_approve() {
    let world = world(1, false);
    let promotion = world.asked(&person(1, Role::release_manager()));
    let admin = person(2, Role::admin());
    assert!(matches!(
        promotion.may_decide(&admin, &world.place),
        Err(DecideRefused::Barred(Barred::Forbidden(Refusal::Missing { action: Action::Approve })))
    ));
}

#[test]
fn the_last_approval_applies_it_in_the_same_step() {
    let world = world(2, false);
    let promotion = world.asked(&person(1, Role::admin()));
    let (second, third) = (person(2, Role::release_manager()), person(3, Role::release_manager()));
    let waiting = promotion
        .decide(&second, &world.place, world.approval(&second), &world.circumstances, id(22))
        .expect("may approve")
        .into_promotion();
    assert_eq!(waiting.state, State::Waiting);
    let again =
        waiting.clone().decide(&second, &world.place, world.approval(&second), &world.circumstances, id(22));
    assert_eq!(again, Err(DecideRefused::Barred(Barred::Decided)));
    let applied = waiting
        .decide(&third, &world.place, world.approval(&third), &world.circumstances, id(23))
        .expect("may approve");
    assert_eq!(applied.placement(), Some(id(23)));
}

#[test]
fn a_rejection_ends_it_and_nothing_follows() {
    let world = world(1, false);
    let manager = person(2, Role::release_manager());
    let promotion = world.asked(&person(1, Role::admin()));
    let rejection = world.decision(&manager, Choice::Reject);
    let rejected = promotion
        .decide(&manager, &world.place, rejection, &world.circumstances, id(22))
        .expect("may reject")
        .into_promotion();
    let refused =
        rejected.decide(&manager, &world.place, world.approval(&manager), &world.circumstances, id(22));
    assert_eq!(refused, Err(DecideRefused::Over("rejected".into())));
}

#[test]
fn a_decision_is_bound_to_the_digest_that_was_seen() {
    let world = world(1, false);
    let manager = person(2, Role::release_manager());
    let decision = Decision { digest: Digest::of(Algorithm::Sha256, b"other"), ..world.approval(&manager) };
    let promotion = world.asked(&person(1, Role::admin()));
    assert_eq!(
        promotion.decide(&manager, &world.place, decision, &world.circumstances, id(22)),
        Err(DecideRefused::OtherDigest)
    );
}

#[test]
fn its_requester_takes_it_back_and_a_viewer_does_not() {
    let world = world(1, false);
    let admin = person(1, Role::admin());
    let promotion = world.asked(&admin);
    let viewer = person(2, Role::viewer());
    assert!(promotion.clone().cancel(&viewer, &world.place, None, Time::from_micros(3)).is_err());
    let cancelled = promotion.cancel(&admin, &world.place, None, Time::from_micros(3)).expect("may");
    assert_eq!(cancelled.placement(), None);
    assert_eq!(cancelled.promotion().state.name(), "cancelled");
}

#[test]
fn who_brought_a_build_does_not_take_back_what_a_stage_asks_for_by_itself() {
    let world = world(1, false);
    let developer = person(2, Role::developer());
    let wish = Move { automatic: true, ..world.wish(&developer) };
    let asked = request(&wish, &world.build, asking()).expect("it asks by itself").into_promotion();
    assert!(matches!(asked.may_cancel(&developer, &world.place), Err(CancelRefused::Forbidden(_))));
}
