use super::*;
use towpath_domain::buckets::BucketKind;
use towpath_domain::promotions::RequestRefused;
use towpath_domain::slugs::Slug;

fn stage(number: u128) -> BucketKey {
    BucketKey::new(BucketKind::Environment, format!("{number:032x}").parse().unwrap())
}

const QA: u128 = 1;
const STAGING: u128 = 2;
const PERF: u128 = 3;
const PROD: u128 = 4;

/// The build lies in `staging`. It may not go back to `qa`, enters `perf` at once, and waits before `prod`.
fn around() -> Around {
    let refused = || RequestRefused::NoWay {
        workflow: Slug::parse("release").unwrap(),
        from: Slug::parse("staging").unwrap(),
        to: Slug::parse("qa").unwrap(),
    };
    let berth = |number, name: &str, outlook| Berth { bucket: stage(number), name: name.to_owned(), outlook };
    Around {
        tag: "1.4.2".to_owned(),
        stages: vec![
            berth(QA, "qa", Some(Outlook::Refused { refused: refused() })),
            berth(STAGING, "staging", None),
            berth(PERF, "perf", Some(Outlook::Enters)),
            berth(PROD, "prod", Some(Outlook::Waits { needs: vec!["1 approval".to_owned()], until: None })),
        ],
    }
}

fn load() -> Load {
    let build = format!("{:032x}", 9).parse().unwrap();
    Load { build, placement: Some(format!("{:032x}", 8).parse().unwrap()), from: stage(STAGING) }
}

fn held(hand: Hand) -> Carry {
    Carry::Nothing.turn(Act::PickUp(load(), hand), &around()).carry
}

/// Does one thing after another, and yields what came of the last.
fn after(carry: Carry, acts: &[Act]) -> Turn {
    acts.iter().fold(Turn::quiet(carry), |turn, act| turn.carry.turn(*act, &around()))
}

fn drop_to(number: u128) -> Drop {
    Drop { build: load().build, from: stage(STAGING), to: stage(number) }
}

#[test]
fn the_keyboard_is_told_where_it_may_go_and_how() {
    let turn = Carry::Nothing.turn(Act::PickUp(load(), Hand::Keys), &around());
    assert!(turn.carry.holds(load()) && turn.carry.is_in(Hand::Keys));
    assert_eq!(
        turn.says.as_deref(),
        Some(
            "Picked up 1.4.2 from staging. It may go to perf or prod. Left and right choose, up and down read \
             every stage, Space drops, Escape puts it back."
        )
    );
}

#[test]
fn stepping_goes_round_the_stages_that_take_it() {
    let forward = Act::Step(Way::Forward);
    let words = |count| after(held(Hand::Keys), &vec![forward; count]).says.unwrap();
    assert_eq!(words(1), "Over perf. May enter now");
    assert_eq!(words(2), "Over prod. Waits for 1 approval");
    assert_eq!(words(3), "Over perf. May enter now", "qa refuses and is skipped");
    let back = after(held(Hand::Keys), &[Act::Step(Way::Back)]);
    assert!(back.carry.hangs_over(stage(PROD)));
}

#[test]
fn looking_reads_every_other_stage_with_its_reason() {
    let back = after(held(Hand::Keys), &[Act::Look(Way::Back)]);
    assert!(back.carry.hangs_over(stage(QA)));
    assert_eq!(back.says.unwrap(), "Over qa. No. The workflow release does not lead from staging to qa.");
    let on = after(back.carry, &[Act::Look(Way::Forward)]);
    assert!(on.carry.hangs_over(stage(PERF)), "not where it comes from");
}

#[test]
fn where_no_stage_takes_it_stepping_says_so() {
    let mut around = around();
    around.stages.truncate(2);
    let picked = Carry::Nothing.turn(Act::PickUp(load(), Hand::Keys), &around);
    assert_eq!(picked.says.unwrap(), format!("Picked up 1.4.2 from staging. {NOWHERE}"));
    let stepped = picked.carry.turn(Act::Step(Way::Forward), &around);
    assert_eq!((stepped.carry, stepped.says.as_deref()), (picked.carry, Some(NOWHERE)));
    let looked = picked.carry.turn(Act::Look(Way::Forward), &around);
    assert!(looked.carry.hangs_over(stage(QA)));
    let again = looked.carry.turn(Act::Look(Way::Forward), &around);
    assert_eq!(again, looked, "the only one there is");
}

#[test]
fn it_is_dropped_where_it_hangs_by_whatever_hand() {
    for hand in [Hand::Mouse, Hand::Touch, Hand::Keys] {
        let turn = after(held(hand), &[Act::Over(stage(PROD)), Act::Drop]);
        assert_eq!(turn, Turn { dropped: Some(drop_to(PROD)), ..Turn::quiet(Carry::Nothing) }, "{hand:?}");
    }
    let tapped = after(held(Hand::Touch), &[Act::DropOn(stage(PERF))]);
    assert_eq!(tapped.dropped, Some(drop_to(PERF)));
}

#[test]
fn a_stage_that_refuses_says_why_and_only_the_mouse_loses_it() {
    let words = "Not moved to qa. The workflow release does not lead from staging to qa.";
    for (hand, kept) in [(Hand::Mouse, false), (Hand::Touch, true), (Hand::Keys, true)] {
        let turn = after(held(hand), &[Act::DropOn(stage(QA))]);
        assert_eq!((turn.says.as_deref(), turn.dropped), (Some(words), None), "{hand:?}");
        assert_eq!(turn.carry.is_held(), kept, "{hand:?}");
    }
}

#[test]
fn it_is_put_back_where_it_came_from() {
    let put_back = put_back();
    assert_eq!(after(held(Hand::Keys), &[Act::Drop]), put_back, "over no stage");
    assert_eq!(after(held(Hand::Touch), &[Act::DropOn(stage(STAGING))]), put_back);
    assert_eq!(after(held(Hand::Touch), &[Act::PickUp(load(), Hand::Touch)]), put_back, "by a second tap");
    assert_eq!(after(held(Hand::Keys), &[Act::PutBack]), put_back);
    assert_eq!(after(held(Hand::Keys), &[Act::LetGo]), Turn::quiet(Carry::Nothing));
}

#[test]
fn leaving_a_stage_counts_for_that_stage_alone() {
    let over = after(held(Hand::Mouse), &[Act::Over(stage(PERF))]).carry;
    assert!(after(over, &[Act::Leave(stage(PROD))]).carry.hangs_over(stage(PERF)));
    assert!(!after(over, &[Act::Leave(stage(PERF))]).carry.hangs_over(stage(PERF)));
}

#[test]
fn a_card_that_vanishes_is_put_down_with_a_word() {
    let turn = after(held(Hand::Keys), &[Act::Step(Way::Forward), Act::Vanish]);
    assert_eq!(turn.carry, Carry::Nothing);
    assert_eq!(turn.says.unwrap(), "1.4.2 is no longer current in staging, so it was put down.");
}

#[test]
fn an_empty_hand_does_nothing() {
    for act in [
        Act::Over(stage(QA)),
        Act::Leave(stage(QA)),
        Act::Step(Way::Forward),
        Act::Look(Way::Back),
        Act::Drop,
        Act::DropOn(stage(PROD)),
        Act::PutBack,
        Act::LetGo,
        Act::Vanish,
    ] {
        assert_eq!(Carry::Nothing.turn(act, &around()), Turn::quiet(Carry::Nothing), "{act:?}");
    }
}

#[test]
fn picking_up_another_card_lets_the_first_one_go() {
    let other = Load { from: stage(PERF), ..load() };
    let turn = held(Hand::Touch).turn(Act::PickUp(other, Hand::Mouse), &around());
    assert_eq!(turn.carry, Carry::Held(Held { load: other, hand: Hand::Mouse, over: None }));
}
