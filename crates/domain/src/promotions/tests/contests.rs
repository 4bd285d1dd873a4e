//! What waits for its time, for its turn, or for another's end; and what a stage asks for by itself.

use super::*;

/// The same world, where prod treats those that ask in one way.
pub(super) fn contested(world: &mut World, contest: Contest) {
    let mut stages = world.workflow.graph.stages().to_vec();
    stages[1].contest = contest;
    world.workflow.graph = Graph::linear(stages).expect("sound");
}

#[test]
fn a_schedule_keeps_it_out_until_its_time_and_it_is_judged_again_then() {
    let world = world(1, false);
    let (admin, manager) = (person(1, Role::admin()), person(2, Role::release_manager()));
    let later = world.now.plus_seconds(3_600);
    let wish = Move { scheduled_for: Some(later), ..world.wish(&admin) };
    let asked = request(&wish, &world.build, asking()).expect("may ask").into_promotion();
    let approved = asked
        .decide(&manager, &world.place, world.approval(&manager), &world.circumstances, id(22))
        .expect("may approve");
    assert_eq!(approved.promotion().state, State::Waiting);
    assert_eq!(approved.due(), Some(later));
    let approved = approved.into_promotion();
    assert_eq!(approved.passes_at(&world.circumstances, world.now), Some(later));
    let early = approved.clone().look_again(&FREE, &world.circumstances, id(23), world.now);
    assert_eq!(early.expect("still waiting").placement(), None);
    let entered = approved.look_again(&FREE, &world.circumstances, id(23), later).expect("its time has come");
    assert_eq!(entered.placement(), Some(id(23)));
}

#[test]
fn one_that_waits_for_its_turn_enters_when_nobody_is_ahead() {
    let mut world = world(0, false);
    contested(&mut world, Contest::Queue);
    let admin = person(1, Role::admin());
    let wish = Move { rival: Some(1), ..world.wish(&admin) };
    let needs = vec!["its turn after #1".to_owned()];
    assert_eq!(consider(&wish), Outlook::Waits { needs, until: None });
    let asked = request(&wish, &world.build, asking()).expect("may ask").into_promotion();
    assert!(asked.in_turn && asked.state == State::Waiting);
    let ahead = Circumstances { ahead: Some(1), ..world.circumstances.clone() };
    let waits = asked.clone().look_again(&FREE, &ahead, id(22), world.now).expect("it waits");
    assert_eq!(waits.placement(), None);
    let entered = asked.look_again(&FREE, &world.circumstances, id(22), world.now).expect("its turn");
    assert_eq!(entered.placement(), Some(id(22)));
}

#[test]
fn a_stage_that_takes_one_at_a_time_refuses_the_second() {
    let mut world = world(1, false);
    contested(&mut world, Contest::Refuse);
    let admin = person(1, Role::admin());
    let wish = Move { rival: Some(1), ..world.wish(&admin) };
    let refused = RequestRefused::OneAtATime { number: 1, to: world.prod.slug.clone() };
    assert_eq!(consider(&wish), Outlook::Refused { refused });
}

#[test]
fn what_is_superseded_is_over() {
    let world = world(1, false);
    let asked = world.asked(&person(1, Role::admin()));
    let ended = asked.supersede(3, world.now).expect("it waited");
    assert_eq!(ended.promotion().state, State::Superseded { at: world.now, by: 3 });
    assert_eq!(ended.into_promotion().supersede(4, world.now), None);
}

#[test]
fn an_automatic_promotion_needs_nobodys_permission_and_its_cause_cannot_approve_it() {
    let world = world(1, false);
    let manager = Actor { grants: Vec::new(), ..person(2, Role::viewer()) };
    let wish = Move { automatic: true, ..world.wish(&manager) };
    let asked = request(&wish, &world.build, asking()).expect("it asks by itself").into_promotion();
    assert!(asked.automatic);
    let manager = person(2, Role::release_manager());
    let refused = asked.may_decide(&manager, &world.place);
    assert_eq!(refused, Err(DecideRefused::Barred(Barred::Requester)));
}
