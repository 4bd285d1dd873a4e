//! Promotions that do something in a registry elsewhere before they are applied.

use super::*;

/// The same world, where what enters prod goes elsewhere first.
fn sends(approvals: u8) -> World {
    let mut world = world(approvals, false);
    world.circumstances.outside = true;
    world
}

fn kinds(step: &Transition) -> Vec<&'static str> {
    step.changes().iter().map(Change::kind).collect()
}

fn done(world: &World, promotion: Promotion) -> Option<Transition> {
    promotion.sent(&FREE, &world.circumstances, id(30), world.now)
}

#[test]
fn it_is_applied_by_what_is_done_elsewhere_and_by_nothing_else() {
    let (world, admin) = (sends(0), person(1, Role::admin()));
    let needs = vec![ELSEWHERE.to_owned()];
    assert_eq!(consider(&world.wish(&admin)), Outlook::Waits { needs, until: None });
    let asked = world.asked(&admin);
    assert_eq!(asked.state, State::Sending { since: world.now });
    assert_eq!((asked.state.name(), asked.is_open()), ("ready", true));
    assert_eq!(asked.may_apply(&admin, &world.place), Err(ApplyRefused::Elsewhere));
    let looked = asked.clone().look_again(&FREE, &world.circumstances, id(30), world.now).expect("is open");
    assert!(looked.changes().is_empty() && looked.placement().is_none());
    let step = done(&world, asked).expect("it waits for that");
    assert_eq!((kinds(&step), step.placement()), (vec!["promotion_applied"], Some(id(30))));
    assert_eq!(done(&world, step.into_promotion()), None, "once");
}

#[test]
fn its_last_approval_begins_it_and_one_more_changes_nothing() {
    let (world, admin, manager) = (sends(1), person(1, Role::admin()), person(2, Role::release_manager()));
    let asked = world.asked(&admin);
    assert_eq!(done(&world, asked.clone()), None, "its gates do not pass yet");
    let approve = |promotion: Promotion, who: &Actor| {
        promotion.decide(who, &world.place, world.approval(who), &world.circumstances, id(30)).expect("may")
    };
    let step = approve(asked, &manager);
    assert_eq!((kinds(&step), step.placement()), (vec!["promotion_decided", "promotion_sending"], None));
    let more = approve(step.into_promotion(), &person(3, Role::release_manager()));
    assert_eq!(kinds(&more), ["promotion_decided"]);
    assert!(more.promotion().is_sending());
}

#[test]
fn what_failed_waits_for_somebody_who_may_ask_for_it() {
    let (mut world, admin) = (sends(0), person(1, Role::admin()));
    let failed = world.asked(&admin).not_sent("No room.".to_owned(), world.now).expect("is under way");
    assert_eq!(kinds(&failed), ["promotion_failed"]);
    let failed = failed.into_promotion();
    assert_eq!(done(&world, failed.clone()), None);
    let looked = failed.clone().look_again(&FREE, &world.circumstances, id(30), world.now).expect("is open");
    assert_eq!(looked.promotion().state, failed.state, "nothing is tried by itself");
    let retry = |world: &World, who: &Actor| {
        failed.clone().retry(who, &world.place, &world.circumstances, id(30), world.now)
    };
    assert!(matches!(retry(&world, &person(3, Role::viewer())), Err(RetryRefused::Forbidden(_))));
    let again = retry(&world, &admin).expect("may");
    assert_eq!(kinds(&again), ["promotion_retried", "promotion_sending"]);
    let again = again.into_promotion();
    let twice = again.may_retry(&admin, &world.place);
    assert_eq!(twice, Err(RetryRefused::NotFailed("ready".to_owned())));
    let told = again.may_retry(&person(3, Role::viewer()), &world.place);
    assert!(matches!(told, Err(RetryRefused::Forbidden(_))), "who may not is not told how it stands");
    world.circumstances.holds = vec![hold(HoldOn::Installation, Time::from_micros(0), None)];
    let held = retry(&world, &admin).expect("is judged again");
    assert_eq!((kinds(&held), &held.promotion().state), (vec!["promotion_retried"], &State::Waiting));
    let end = LONGEST_WAIT.after(world.now);
    let late = failed.clone().look_again(&FREE, &world.circumstances, id(30), end).expect("is open");
    assert!(matches!(late.promotion().state, State::Expired { .. }));
    assert!(failed.clone().supersede(3, world.now).is_some());
    assert!(failed.cancel(&admin, &world.place, None, world.now).is_ok());
}

#[test]
fn its_gates_are_judged_again_at_the_end() {
    let (mut world, admin) = (sends(0), person(1, Role::admin()));
    let asked = world.asked(&admin);
    world.circumstances.holds = vec![hold(HoldOn::Installation, Time::from_micros(0), None)];
    let step = done(&world, asked.clone()).expect("is under way");
    assert_eq!((kinds(&step), &step.promotion().state), (vec!["promotion_unready"], &State::Waiting));
    let rolled_back = Standing { rolled_back: true, ..FREE };
    world.circumstances.holds.clear();
    let step = asked.sent(&rolled_back, &world.circumstances, id(30), world.now).expect("is under way");
    assert!(matches!(step.promotion().state, State::Expired { .. }));
}

#[test]
fn an_emergency_goes_elsewhere_first_and_only_a_bad_mark_stops_it() {
    let (mut world, manager) = (sends(1), person(2, Role::release_manager()));
    let reason = Reason::parse("it burns").expect("words");
    let passed = world.asked(&manager).pass_in_emergency(
        &manager,
        &world.place,
        reason,
        &world.circumstances,
        id(30),
        world.now,
    );
    let passed = passed.expect("may");
    assert_eq!((kinds(&passed), passed.placement()), (vec!["gates_passed", "promotion_sending"], None));
    let passed = passed.into_promotion();
    world.circumstances.holds = vec![hold(HoldOn::Installation, Time::from_micros(0), None)];
    let step = done(&world, passed).expect("is under way");
    assert_eq!(step.placement(), Some(id(30)), "past its gates, and past a hold");
}

#[test]
fn a_hand_is_given_before_it_goes_elsewhere() {
    let (mut world, admin) = (sends(0), person(1, Role::admin()));
    let mut stages = world.workflow.graph.stages().to_vec();
    stages[1].by_hand = true;
    world.workflow.graph = Graph::linear(stages).expect("sound");
    let ready = world.asked(&admin);
    assert!(matches!(ready.state, State::Ready { .. }));
    let digest = world.build.digest.clone();
    let step = ready.apply_by_hand(&admin, &world.place, &digest, &world.circumstances, id(30), world.now);
    let step = step.expect("may");
    assert_eq!((kinds(&step), step.promotion().is_sending()), (vec!["promotion_sending"], true));
    assert_eq!(done(&world, step.into_promotion()).expect("is under way").placement(), Some(id(30)));
}

/// Anything that can happen to a promotion that goes elsewhere.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Sent,
    NotSent,
    Retry,
    Approve(u128),
    Look,
    Hold(bool),
    Cancel,
}

proptest! {
    /// Whatever happens in whatever order: what was applied went elsewhere right before, once, and nothing is over twice.
    #[test]
    fn nothing_is_applied_but_by_what_was_done_elsewhere(
        approvals in 0_u8..2,
        deeds in prop::collection::vec(
            prop_oneof![
                3 => Just(Deed::Sent),
                2 => Just(Deed::NotSent),
                2 => Just(Deed::Retry),
                3 => (2_u128..5).prop_map(Deed::Approve),
                2 => Just(Deed::Look),
                2 => any::<bool>().prop_map(Deed::Hold),
                1 => Just(Deed::Cancel),
            ],
            0..30,
        ),
    ) {
        let (mut world, admin) = (sends(approvals), person(1, Role::admin()));
        let mut promotion = world.asked(&admin);
        for deed in deeds {
            let (before, now) = (promotion.clone(), world.now);
            let circumstances = &world.circumstances;
            let step = match deed {
                Deed::Sent => done(&world, promotion),
                Deed::NotSent => promotion.not_sent("No room.".to_owned(), now),
                Deed::Retry => promotion.retry(&admin, &world.place, circumstances, id(30), now).ok(),
                Deed::Look => promotion.look_again(&FREE, circumstances, id(30), now),
                Deed::Cancel => promotion.cancel(&admin, &world.place, None, now).ok(),
                Deed::Approve(who) => {
                    let who = person(who, Role::release_manager());
                    let approval = world.approval(&who);
                    promotion.decide(&who, &world.place, approval, circumstances, id(30)).ok()
                }
                Deed::Hold(held) => {
                    let hold = hold(HoldOn::Installation, Time::from_micros(0), None);
                    world.circumstances.holds = if held { vec![hold] } else { Vec::new() };
                    None
                }
            };
            let Some(step) = step else {
                promotion = before;
                continue;
            };
            prop_assert!(before.is_open(), "{:?} after {:?}", deed, before.state);
            prop_assert_eq!(step.promotion().version, before.version + 1);
            if step.placement().is_some() {
                prop_assert!(matches!(deed, Deed::Sent) && before.is_sending());
                prop_assert!(world.circumstances.holds.is_empty());
            }
            prop_assert_eq!(step.due().is_some(), step.promotion().is_open());
            promotion = step.into_promotion();
        }
    }
}
