use super::*;
use towpath_domain::workflows::{StageForm, WorkflowForm};

fn plan(buckets: &[&str]) -> Plan {
    let row = |bucket: &&str| StageForm { bucket: (*bucket).to_owned(), ..StageForm::default() };
    Plan::of(&WorkflowForm { stages: buckets.iter().map(row).collect(), ..WorkflowForm::default() })
}

fn line() -> Plan {
    plan(&["qa", "staging", "prod"])
}

fn stage(bucket: &str) -> Load {
    Load::Stage(bucket.to_owned())
}

fn way(from: &str) -> Load {
    Load::Way(from.to_owned())
}

fn after(bucket: &str) -> Goal {
    Goal::At(Spot::After(bucket.to_owned()))
}

fn beside(bucket: &str) -> Goal {
    Goal::At(Spot::Beside(bucket.to_owned()))
}

fn to(bucket: &str) -> Goal {
    Goal::To(bucket.to_owned())
}

/// Does one thing after another in a line, and yields what came of the last.
fn done(acts: &[Act]) -> Turn {
    let nothing = Turn::quiet(Arranging::Nothing);
    acts.iter().fold(nothing, |turn, act| turn.arranging.turn(act.clone(), &line()))
}

fn words(acts: &[Act]) -> String {
    done(acts).says.unwrap_or_default()
}

fn taken(load: Load, hand: Hand) -> Act {
    Act::TakeUp(load, hand)
}

#[test]
fn the_keys_go_round_all_places_on_the_line_that_change_something() {
    let step = |count| {
        let steps = vec![Act::Step(Way::Forward); count];
        words(&[vec![taken(stage("prod"), Hand::Keys)], steps].concat())
    };
    assert_eq!(step(1), "Before qa: prod, then qa, then staging.");
    assert_eq!(step(2), "After qa: qa, then prod, then staging.");
    assert_eq!(step(3), "On its own: qa and prod, then staging.");
    assert_eq!(step(4), "Out of the workflow: qa, then staging.");
    assert_eq!(step(5), step(1), "after staging is where it was");
    let back = words(&[taken(stage("prod"), Hand::Keys), Act::Step(Way::Back)]);
    assert_eq!(back, step(4));
}

#[test]
fn both_sides_of_a_gap_are_places_though_one_is_enough_for_the_keys() {
    let (perf, line) = (stage("perf"), line());
    let (all, choices) = (perf.goals(&line), perf.choices(&line));
    let gap = [after("qa"), Goal::At(Spot::Before("staging".to_owned()))];
    assert!(gap.iter().all(|goal| all.contains(goal)));
    assert_eq!(choices.iter().filter(|goal| gap.contains(goal)).count(), 1);
    assert_eq!((all.len(), choices.len()), (10, 8));
}

#[test]
fn up_and_down_find_the_places_beside() {
    let fork = |count| {
        let steps = vec![Act::Fork(Way::Forward); count];
        words(&[vec![taken(stage("perf"), Hand::Keys)], steps].concat())
    };
    assert_eq!(fork(1), "Beside qa: qa and perf, then staging, then prod.");
    assert_eq!(fork(2), "Beside staging: qa, then staging and perf, then prod.");
    assert_eq!(fork(4), fork(1));
}

#[test]
fn it_is_put_where_it_hangs_by_whatever_hand() {
    for hand in [Hand::Mouse, Hand::Touch, Hand::Keys] {
        let turn = done(&[taken(stage("prod"), hand), Act::Over(after("qa")), Act::Drop]);
        assert_eq!(turn.plan, Some(plan(&["qa", "prod", "staging"])), "{hand:?}");
        assert_eq!(turn.says.as_deref(), Some("Builds will pass qa, then prod, then staging."));
        assert_eq!(turn.arranging, Arranging::Nothing);
        let tapped = done(&[taken(stage("prod"), hand), Act::DropOn(after("qa"))]);
        assert_eq!(tapped, turn, "{hand:?}");
    }
}

#[test]
fn a_new_stage_comes_in_beside_another_and_the_first_one_anywhere() {
    let turn = done(&[taken(stage("perf"), Hand::Mouse), Act::DropOn(beside("staging"))]);
    assert_eq!(turn.plan.unwrap().words(), "qa, then staging and perf, then prod");
    let empty = Plan::default();
    let picked = Arranging::Nothing.turn(taken(stage("qa"), Hand::Touch), &empty);
    let turn = picked.arranging.turn(Act::DropOn(Goal::At(Spot::Alone)), &empty);
    assert_eq!(turn.plan, Some(plan(&["qa"])));
}

#[test]
fn a_way_is_drawn_and_taken_away() {
    let drawn = done(&[taken(way("qa"), Hand::Keys), Act::Step(Way::Forward)]);
    assert_eq!(drawn.says.as_deref(), Some("No longer to staging: qa and staging, then prod."));
    let drawn = done(&[taken(way("qa"), Hand::Touch), Act::DropOn(to("prod"))]).plan.unwrap();
    assert!(drawn.leads("qa", "prod") && drawn.leads("qa", "staging"));
}

#[test]
fn a_way_back_is_refused_and_only_the_mouse_loses_it() {
    for (hand, kept) in [(Hand::Mouse, false), (Hand::Touch, true), (Hand::Keys, true)] {
        let turn = done(&[taken(way("prod"), hand), Act::DropOn(to("qa"))]);
        assert_eq!(turn.says.as_deref(), Some("A way must not lead back: qa already leads to prod."));
        assert_eq!((turn.arranging.held().is_some(), turn.plan), (kept, None), "{hand:?}");
    }
    let nowhere = words(&[taken(way("prod"), Hand::Keys)]);
    assert_eq!(nowhere, format!("Drawing a way from prod. {NOWHERE}"));
    assert_eq!(words(&[taken(way("prod"), Hand::Keys), Act::Step(Way::Forward)]), NOWHERE);
}

#[test]
fn it_is_left_as_it_was() {
    let as_it_was = put_back();
    let picked = taken(stage("qa"), Hand::Keys);
    assert_eq!(done(&[picked.clone(), Act::Drop]), as_it_was, "over no place");
    assert_eq!(done(&[picked.clone(), Act::DropOn(after("qa"))]), as_it_was, "on itself");
    assert_eq!(done(&[picked.clone(), Act::DropOn(to("prod"))]), as_it_was, "a stage is no way");
    assert_eq!(done(&[picked.clone(), picked.clone()]), as_it_was, "by a second tap");
    assert_eq!(done(&[picked.clone(), Act::PutBack]), as_it_was);
    assert_eq!(done(&[picked.clone(), Act::LetGo]), Turn::quiet(Arranging::Nothing));
    let left = done(&[picked, Act::Over(after("staging")), Act::Leave]);
    assert_eq!(left.arranging.over(), None);
}

#[test]
fn an_empty_hand_does_nothing() {
    let goal = after("qa");
    for act in [Act::Over(goal.clone()), Act::Leave, Act::Step(Way::Back), Act::Fork(Way::Forward), Act::Drop]
    {
        assert_eq!(done(std::slice::from_ref(&act)), Turn::quiet(Arranging::Nothing), "{act:?}");
    }
    assert_eq!(done(&[Act::DropOn(goal), Act::PutBack, Act::LetGo]), Turn::quiet(Arranging::Nothing));
}

#[test]
fn taking_up_another_lets_the_first_one_go() {
    let turn = done(&[taken(stage("qa"), Hand::Touch), taken(way("prod"), Hand::Mouse)]);
    assert!(turn.arranging.holds(&way("prod")) && turn.arranging.is_in(Hand::Mouse));
}
