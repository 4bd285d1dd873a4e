//! Promotions that wait for a hand once their gates pass.

use super::*;

/// The same world, where prod takes one approval and is applied by hand.
fn by_hand(approvals: u8) -> World {
    let mut world = world(approvals, false);
    let mut stages = world.workflow.graph.stages().to_vec();
    stages[1].by_hand = true;
    world.workflow.graph = Graph::linear(stages).expect("sound");
    world
}

fn kinds(step: &Transition) -> Vec<&'static str> {
    step.changes().iter().map(Change::kind).collect()
}

#[test]
fn its_last_approval_makes_it_ready_and_a_hand_applies_it() {
    let world = by_hand(1);
    let (admin, manager) = (person(1, Role::admin()), person(2, Role::release_manager()));
    let needs = vec!["1 approval by a release manager".to_owned(), HAND.to_owned()];
    assert_eq!(consider(&world.wish(&admin)), Outlook::Waits { needs, until: None });
    let asked = world.asked(&admin);
    assert_eq!(asked.may_apply(&admin, &world.place), Err(ApplyRefused::NotReady));
    let step = asked
        .decide(&manager, &world.place, world.approval(&manager), &world.circumstances, id(30))
        .expect("may approve");
    assert_eq!((kinds(&step), step.placement()), (vec!["promotion_decided", "promotion_ready"], None));
    assert_eq!(step.due(), Some(LONGEST_WAIT.after(world.now)), "it waits no longer than any other");
    let ready = step.into_promotion();
    assert_eq!(ready.state, State::Ready { since: Time::from_micros(2) });

    let viewer = person(3, Role::viewer());
    assert!(matches!(ready.may_apply(&viewer, &world.place), Err(ApplyRefused::Forbidden(_))));
    let apply = |promotion: Promotion, digest: &Digest| {
        promotion.apply_by_hand(&admin, &world.place, digest, &world.circumstances, id(30), world.now)
    };
    let other = Digest::of(Algorithm::Sha256, b"another");
    assert_eq!(apply(ready.clone(), &other), Err(ApplyRefused::OtherDigest));
    let step = apply(ready, &world.build.digest).expect("whoever may promote may apply");
    assert_eq!(step.placement(), Some(id(30)));
    let again = step.into_promotion().may_apply(&admin, &world.place);
    assert_eq!(again, Err(ApplyRefused::Over("applied".to_owned())));
}

#[test]
fn nothing_applies_it_by_itself_and_a_pause_does_not_concern_it() {
    let (world, admin) = (by_hand(0), person(1, Role::admin()));
    let ready = world.asked(&admin);
    assert_eq!(ready.state, State::Ready { since: world.now });
    assert_eq!(ready.passes_at(&world.circumstances, world.now), None);
    for target in [FREE, Standing { paused: true, ..FREE }] {
        let looked = ready.clone().look_again(&target, &world.circumstances, id(30), world.now);
        let looked = looked.expect("it is open");
        assert!(looked.changes().is_empty() && looked.placement().is_none());
        assert_eq!(looked.promotion().state, ready.state);
    }
    let rolled_back = Standing { rolled_back: true, ..FREE };
    let ended = ready.clone().look_again(&rolled_back, &world.circumstances, id(30), world.now);
    assert!(matches!(ended.expect("it is open").promotion().state, State::Expired { .. }));
    let end = LONGEST_WAIT.after(world.now);
    let late = ready.look_again(&FREE, &world.circumstances, id(30), end).expect("it is open");
    assert!(matches!(late.promotion().state, State::Expired { .. }));
}

#[test]
fn it_waits_again_where_a_gate_does_not_pass_any_more() {
    let (mut world, admin) = (by_hand(0), person(1, Role::admin()));
    let ready = world.asked(&admin);
    world.circumstances.holds = vec![hold(HoldOn::Installation, Time::from_micros(0), None)];
    let looked =
        ready.clone().look_again(&FREE, &world.circumstances, id(30), world.now).expect("it is open");
    assert_eq!((kinds(&looked), &looked.promotion().state), (vec!["promotion_unready"], &State::Waiting));
    let digest = &world.build.digest;
    let late = ready.apply_by_hand(&admin, &world.place, digest, &world.circumstances, id(30), world.now);
    let late = late.expect("is judged again");
    assert_eq!((kinds(&late), late.placement()), (vec!["promotion_unready"], None));
    world.circumstances.holds.clear();
    let again = late.into_promotion().look_again(&FREE, &world.circumstances, id(30), world.now);
    assert_eq!(kinds(&again.expect("it is open")), ["promotion_ready"]);
}

#[test]
fn it_can_be_rejected_taken_back_and_passed_as_any_that_waits() {
    let (world, admin, manager) = (by_hand(1), person(1, Role::admin()), person(2, Role::release_manager()));
    let approved = world.asked(&admin).decide(
        &manager,
        &world.place,
        world.approval(&manager),
        &world.circumstances,
        id(30),
    );
    let ready = approved.expect("may approve").into_promotion();
    let other = person(3, Role::release_manager());
    let no = world.decision(&other, Choice::Reject);
    let rejected = ready.clone().decide(&other, &world.place, no, &world.circumstances, id(30));
    assert!(matches!(rejected.expect("may").promotion().state, State::Rejected { .. }));
    assert!(ready.clone().cancel(&admin, &world.place, None, world.now).is_ok());
    assert!(ready.may_pass(&other, &world.place, &world.circumstances, world.now).is_ok());
    assert!(ready.supersede(3, world.now).is_some());
}

#[test]
fn a_turn_that_has_come_is_not_lost_to_one_that_was_scheduled() {
    let (mut world, admin) = (by_hand(0), person(1, Role::admin()));
    contests::contested(&mut world, Contest::Queue);
    let ready = world.asked(&admin);
    let ahead = Circumstances { ahead: Some(1), ..world.circumstances.clone() };
    let looked = ready.look_again(&FREE, &ahead, id(30), world.now).expect("it is open");
    assert!(matches!(looked.promotion().state, State::Ready { .. }));
}
