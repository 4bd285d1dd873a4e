//! Rollbacks that wait for approvals: promotions from a bucket into the same.

use super::*;

/// The same world, where rollbacks of prod need the approvals, too, and promotions into it also a stay in qa.
fn strict() -> World {
    let mut world = world(1, false);
    let mut stages = world.workflow.graph.stages().to_vec();
    stages[1].gates.push(Gate::Soak { time: Span::parse("1h").expect("a time") });
    stages[1].rollbacks_ask = true;
    world.workflow.graph = Graph::linear(stages).expect("sound");
    world
}

/// Back to an earlier build, from what was placed as 40.
fn back<'a>(world: &'a World, actor: &'a Actor) -> Move<'a> {
    Move { from: &world.prod, takes_back: Some(id(40)), current: Some(id(41)), ..world.wish(actor) }
}

fn standing(placement: u128) -> Standing {
    Standing { current: Some(id(41)), placement: Some(id(placement)), ..FREE }
}

#[test]
fn it_waits_for_the_approvals_alone_and_the_last_one_takes_the_bucket_back() {
    let (mut world, manager) = (strict(), person(2, Role::release_manager()));
    let admin = person(1, Role::admin());
    let needs = vec!["1 approval by a release manager".to_owned()];
    assert_eq!(consider(&back(&world, &admin)), Outlook::Waits { needs, until: None });
    let asked = request(&back(&world, &admin), &world.build, asking()).expect("may ask").into_promotion();
    assert_eq!((asked.action(), asked.gates.len(), asked.in_turn), (Action::RollBack, 1, false));
    world.circumstances.current = Some(BuildName { id: id(41), ..world.build_name() });
    let step = asked
        .decide(&manager, &world.place, world.approval(&manager), &world.circumstances, id(21))
        .expect("may approve");
    assert_eq!(step.placement(), Some(id(21)));
    let told = step.changes().last().expect("a change");
    assert!(
        matches!(told, Change::RolledBack { number: Some(2), before: Some(before), .. } if before.id == id(41))
    );
}

#[test]
fn it_takes_the_right_to_roll_back_and_no_hold_that_stops_rollbacks() {
    let mut world = strict();
    let (developer, admin) = (person(1, Role::developer()), person(2, Role::admin()));
    let refused = request(&back(&world, &developer), &world.build, asking()).expect_err("may not");
    assert!(matches!(refused, RequestRefused::Forbidden(Refusal::Missing { action: Action::RollBack })));
    for (rollbacks, stops) in [(false, false), (true, true)] {
        world.circumstances.holds =
            vec![Hold { rollbacks, ..hold(HoldOn::Installation, Time::from_micros(0), None) }];
        let told = consider(&back(&world, &admin));
        let refused = matches!(told, Outlook::Refused { refused: RequestRefused::Blocked { .. } });
        assert_eq!(refused, stops);
    }
}

#[test]
fn it_ends_when_what_it_takes_back_is_not_current_any_more() {
    let (world, admin) = (strict(), person(1, Role::admin()));
    let asked = request(&back(&world, &admin), &world.build, asking()).expect("may ask").into_promotion();
    let look = |standing: Standing| {
        let looked = asked.clone().look_again(&standing, &world.circumstances, id(21), world.now);
        looked.expect("it waits").into_promotion().state
    };
    assert_eq!(look(standing(40)), State::Waiting);
    // That another rollback has paused the bucket does not keep this one out.
    assert_eq!(look(Standing { paused: true, ..standing(40) }), State::Waiting);
    assert!(matches!(look(standing(42)), State::Expired { because, .. }
        if because == "Something else became current in prod after it was asked for. Ask again."));
    assert_eq!(asked.lapsed(&standing(40)), None, "so an approval takes it back");
    assert!(asked.lapsed(&standing(42)).is_some(), "and one that comes late does not");
}

#[test]
fn neither_its_turn_nor_another_promotion_keeps_it_out() {
    let (mut world, admin) = (strict(), person(1, Role::admin()));
    for contest in Contest::ALL {
        contests::contested(&mut world, contest);
        let wish = Move { rival: Some(1), ..back(&world, &admin) };
        let needs = vec!["1 approval by a release manager".to_owned()];
        assert_eq!(consider(&wish), Outlook::Waits { needs, until: None }, "{contest:?}");
    }
}
