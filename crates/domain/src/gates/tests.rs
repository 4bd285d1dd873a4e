//! Each gate by examples, and what holds for all of them.

use super::*;
use crate::holds::HoldOn;
use crate::ids::{EnvironmentId, PersonId};
use crate::slugs::Slug;
use proptest::prelude::*;
use uuid::Uuid;

fn person(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

fn manager() -> Slug {
    crate::access::Role::release_manager().slug
}

fn approvals(count: u8, bar_pusher: bool) -> Gate {
    let (role, bar_author, bar_actor) = (manager(), Bar::No, Bar::No);
    Gate::Approvals(Approvals { count, role, bar_pusher, bar_author, bar_actor })
}

/// So many minutes after the build was received.
fn minute(number: i64) -> Time {
    Time::from_micros(1_700_000_000_000_000).plus_seconds(number * 60)
}

fn span(text: &str) -> Span {
    Span::parse(text).expect("a length of time")
}

fn bucket(number: u128, slug: &str) -> BucketName {
    let key = BucketKey::Environment(EnvironmentId(Uuid::from_u128(number)));
    BucketName { key, slug: Slug::parse(slug).expect("a slug") }
}

/// A build that was received at minute 0 and has been in qa since.
fn facts(approvers: &[u128]) -> Facts {
    let approvals =
        approvers.iter().map(|number| Approval { person: person(*number), by: None, roles: vec![manager()] });
    Facts {
        involved: Involved {
            requester: person(1),
            makers: Vec::new(),
            behind: person(2).into(),
            approvals: approvals.collect(),
        },
        has_reference: false,
        scheduled_for: None,
        circumstances: Circumstances {
            checks: Vec::new(),
            witnesses: Vec::new(),
            verified: false,
            ahead: None,
            received_at: minute(0),
            stay: Some(Stay { from: minute(0), to: None }),
            ran: Reported::Nobody,
            been: vec![bucket(1, "qa").key],
            openings: Vec::new(),
            holds: Vec::new(),
            pinned: None,
            current: None,
            outside: false,
        },
    }
}

#[test]
fn a_build_that_no_ci_vouches_for_never_enters_where_that_is_asked() {
    let mut facts = facts(&[]);
    assert!(matches!(verdict(&Gate::Verified, &facts, minute(1)), Verdict::Blocked { .. }));
    facts.circumstances.verified = true;
    assert_eq!(verdict(&Gate::Verified, &facts, minute(1)), Verdict::Passes);
}

fn verdict(gate: &Gate, facts: &Facts, now: Time) -> Verdict {
    // What follows is of holds.
    let gate = judge(std::slice::from_ref(gate), facts, now).0.into_iter().next().expect("a verdict");
    gate.verdict
}

fn waits(needs: &str, until: Option<Time>) -> Verdict {
    Verdict::Waits { needs: needs.to_owned(), until }
}

#[test]
fn no_gate_lets_everything_pass() {
    assert!(judge(&[], &facts(&[]), minute(0)).pass());
}

#[test]
fn the_requester_never_counts_and_the_pusher_only_where_the_stage_allows() {
    let passes = |gate: Gate, approver: u128| judge(&[gate], &facts(&[approver]), minute(0)).pass();
    assert!(!passes(approvals(1, false), 1));
    assert!(passes(approvals(1, false), 2));
    assert!(!passes(approvals(1, true), 2));
    assert!(passes(approvals(1, true), 3));
}

/// Approvals of these, each by the hand of another.
fn handed(approvals: &[(u128, u128)]) -> Facts {
    let mut facts = facts(&[]);
    let approval = |(as_whom, by): &(u128, u128)| Approval {
        person: person(*as_whom),
        by: (as_whom != by).then(|| person(*by)),
        roles: vec![manager()],
    };
    facts.involved.approvals = approvals.iter().map(approval).collect();
    facts
}

#[test]
fn whoever_is_barred_is_so_by_either_name() {
    let passes = |gate: Gate, given| judge(&[gate], &handed(&[given]), minute(0)).pass();
    assert!(passes(approvals(1, true), (3, 4)));
    // Person 1 asked, and person 2 pushed.
    assert!(!passes(approvals(1, false), (1, 4)) && !passes(approvals(1, false), (3, 1)));
    assert!(!passes(approvals(1, true), (2, 4)) && !passes(approvals(1, true), (3, 2)));
    assert!(passes(approvals(1, false), (2, 4)) && passes(approvals(1, false), (3, 2)));
}

#[test]
fn whoever_made_the_machine_that_asked_never_counts_by_either_name() {
    let passes = |given| {
        let mut facts = handed(&[given]);
        facts.involved.makers = vec![person(5), person(6)];
        judge(&[approvals(1, false)], &facts, minute(0)).pass()
    };
    assert!(passes((3, 3)) && passes((3, 4)));
    assert!(!passes((5, 5)) && !passes((6, 6)) && !passes((5, 3)) && !passes((3, 6)));
}

#[test]
fn one_person_counts_once_by_whichever_name_and_hand() {
    let passes = |given: &[(u128, u128)]| judge(&[approvals(2, false)], &handed(given), minute(0)).pass();
    assert!(passes(&[(3, 3), (4, 5)]));
    assert!(!passes(&[(3, 3), (3, 4)]), "her own, and one in her name");
    assert!(!passes(&[(3, 5), (4, 5)]), "one hand in two names");
    assert!(!passes(&[(5, 5), (4, 5)]), "one's own, and one in another's name");
    assert!(!passes(&[(3, 5), (4, 3)]), "in her name, and by her hand");
}

/// Approvals by one person, on a build that names whom these words may mean.
fn named(bar: Bar, party: Option<&[u128]>) -> (Gate, Facts) {
    let gate = Gate::Approvals(Approvals {
        count: 1,
        role: manager(),
        bar_pusher: false,
        bar_author: bar,
        bar_actor: Bar::No,
    });
    let mut facts = facts(&[3]);
    facts.involved.behind.author = party.map(|people| Party {
        said: "Dev <dev@example.org>".to_owned(),
        people: people.iter().map(|number| person(*number)).collect(),
    });
    (gate, facts)
}

#[test]
fn whom_the_build_names_does_not_count_where_the_stage_bars_them() {
    let passes = |bar, party| {
        let (gate, facts) = named(bar, party);
        verdict(&gate, &facts, minute(0)) == Verdict::Passes
    };
    assert!(passes(Bar::No, Some(&[3])));
    for bar in [Bar::IfKnown, Bar::Always] {
        assert!(!passes(bar, Some(&[3])));
        // A name that may be that of several bars them all.
        assert!(!passes(bar, Some(&[4, 3])));
        assert!(passes(bar, Some(&[4])));
    }
    assert!(passes(Bar::IfKnown, Some(&[])) && passes(Bar::IfKnown, None));
}

#[test]
fn whom_nobody_knows_is_shown_or_stops_the_build_as_the_stage_says() {
    let judged = |bar, party| {
        let (gate, facts) = named(bar, party);
        judge(&[gate], &facts, minute(0)).0.remove(0)
    };
    let shown = judged(Bar::IfKnown, Some(&[]));
    let note = "“Dev <dev@example.org>”, the commit's author, is nobody who is known here.";
    assert_eq!((shown.verdict, shown.note.as_deref()), (Verdict::Passes, Some(note)));
    assert_eq!(judged(Bar::IfKnown, Some(&[4])).note, None);
    for (party, words) in
        [(Some(&[][..]), "Nobody knows “Dev <dev@example.org>”"), (None, "does not say who")]
    {
        let Verdict::Blocked { because } = judged(Bar::Always, party).verdict else { panic!("{words}") };
        assert!(because.contains(words), "{because}");
    }
    let rule = judged(Bar::Always, None).rule;
    assert_eq!(rule, "1 approval by a release manager, not by the commit's author (who must be known here)");
}

#[test]
fn somebody_is_looked_for_by_address_name_and_account() {
    for (said, keys) in [
        ("Ana Lima <Ana@Example.org>", &["ana lima", "ana@example.org"][..]),
        ("\"Lima, Ana\" <ana@example.org>", &["ana@example.org", "lima, ana"]),
        ("ana+ci@example.org", &["ana+ci@example.org", "ana@example.org"]),
        (
            "7+ana-l@users.noreply.GitHub.com",
            &["7+ana-l@users.noreply.github.com", "7@users.noreply.github.com", "ana-l"],
        ),
        ("ana-l@users.noreply.github.com", &["ana-l", "ana-l@users.noreply.github.com"]),
        ("7-ana-l@users.noreply.gitlab.com", &["7-ana-l@users.noreply.gitlab.com", "ana-l"]),
        (" ana-l ", &["ana-l"]),
        ("A <", &["a <"]),
        ("<>", &[]),
    ] {
        assert_eq!(Party::keys(said), keys, "{said}");
    }
}

#[test]
fn one_person_counts_once() {
    let verdicts = judge(&[approvals(2, false)], &facts(&[3, 3]), minute(0));
    assert_eq!(verdicts.needs(), ["1 approval by a release manager"]);
}

#[test]
fn an_approval_without_the_role_does_not_count() {
    let mut facts = facts(&[3]);
    facts.involved.approvals[0].roles.clear();
    assert!(!judge(&[approvals(1, false)], &facts, minute(0)).pass());
}

#[test]
fn a_soak_waits_for_its_end_and_breaks_off_where_the_build_was_replaced() {
    let gate = Gate::Soak { time: span("30m") };
    let mut facts = facts(&[]);
    let needs = "30 minutes in the stage before";
    assert_eq!(verdict(&gate, &facts, minute(29)), waits(needs, Some(minute(30))));
    assert_eq!(verdict(&gate, &facts, minute(30)), Verdict::Passes);
    facts.circumstances.stay = Some(Stay { from: minute(0), to: Some(minute(29)) });
    let Verdict::Blocked { because } = verdict(&gate, &facts, minute(60)) else { panic!("it was replaced") };
    assert_eq!(because, "It was replaced in the stage before after 29 minutes, not 30 minutes.");
    facts.circumstances.stay = Some(Stay { from: minute(0), to: Some(minute(30)) });
    assert_eq!(verdict(&gate, &facts, minute(60)), Verdict::Passes);
    facts.circumstances.stay = None;
    assert_eq!(verdict(&gate, &facts, minute(60)), waits(needs, None));
}

#[test]
fn a_fan_in_names_the_stages_that_are_missing() {
    let gate = Gate::WasIn { buckets: vec![bucket(1, "qa"), bucket(2, "perf"), bucket(3, "eu")] };
    let mut facts = facts(&[]);
    assert_eq!(verdict(&gate, &facts, minute(0)), waits("a stay in perf and eu", None));
    facts.circumstances.been.extend([bucket(2, "perf").key, bucket(3, "eu").key]);
    assert_eq!(verdict(&gate, &facts, minute(0)), Verdict::Passes);
}

#[test]
fn a_window_is_open_until_before_its_end_and_waits_for_the_next_opening() {
    let window = Window::parse("UTC", "Mon 09:00-10:00").expect("a window");
    let gate = Gate::Window(window.clone());
    let mut facts = facts(&[]);
    let opening = |from: i64, to: i64| Opening { from: minute(from), to: minute(to) };
    facts.circumstances.openings = vec![(window, vec![opening(10, 20), opening(30, 40)])];
    let needs = "its hours, Mon 09:00-10:00 (UTC)";
    assert_eq!(verdict(&gate, &facts, minute(9)), waits(needs, Some(minute(10))));
    assert_eq!(verdict(&gate, &facts, minute(10)), Verdict::Passes);
    assert_eq!(verdict(&gate, &facts, minute(20)), waits(needs, Some(minute(30))));
    assert_eq!(verdict(&gate, &facts, minute(40)), waits(needs, None));
    // Without its openings nobody knows, so it stays shut.
    facts.circumstances.openings.clear();
    assert_eq!(verdict(&gate, &facts, minute(10)), waits(needs, None));
}

#[test]
fn a_build_grows_too_old_at_once_and_for_ever() {
    let gate = Gate::MaximumAge { age: span("1h") };
    let facts = facts(&[]);
    assert_eq!(verdict(&gate, &facts, minute(60)), Verdict::Passes);
    let after = turns(std::slice::from_ref(&gate), &facts, minute(0)).expect("it turns");
    let Verdict::Blocked { because } = verdict(&gate, &facts, after) else { panic!("it is too old") };
    assert_eq!(because, "The build is older than 1 hour.");
    assert_eq!(after, Time::from_micros(minute(60).micros() + 1));
    let note = |now| judge(std::slice::from_ref(&gate), &facts, now).0.remove(0).note;
    let told = format!("Until {}. What still waits then ends by itself.", minute(60).to_words());
    assert_eq!((note(minute(0)), note(after)), (Some(told), None));
}

#[test]
fn a_reference_is_asked_for_until_it_is_given() {
    let gate = Gate::Reference { pattern: Pattern::parse("OPS-[0-9]+").expect("a pattern") };
    let mut facts = facts(&[]);
    assert_eq!(verdict(&gate, &facts, minute(0)), waits("a reference like OPS-[0-9]+", None));
    facts.has_reference = true;
    assert_eq!(verdict(&gate, &facts, minute(0)), Verdict::Passes);
}

#[test]
fn a_soak_counts_from_when_the_build_is_reported_to_run() {
    let gate = Gate::Soak { time: span("30m") };
    let mut facts = facts(&[]);
    facts.circumstances.ran = Reported::NotYet;
    let Verdict::Waits { needs, until: None } = verdict(&gate, &facts, minute(90)) else {
        panic!("it waits")
    };
    assert_eq!(needs, "30 minutes in the stage before, from when it is reported to run there");
    facts.circumstances.ran = Reported::Since(minute(20));
    assert!(
        matches!(verdict(&gate, &facts, minute(49)), Verdict::Waits { until: Some(at), .. } if at == minute(50))
    );
    assert_eq!(verdict(&gate, &facts, minute(50)), Verdict::Passes);
    // It ran before it became current there: only the stay counts.
    facts.circumstances.ran = Reported::Since(minute(-60));
    assert!(matches!(verdict(&gate, &facts, minute(29)), Verdict::Waits { .. }));
    facts.circumstances.ran = Reported::Since(minute(20));
    facts.circumstances.stay = Some(Stay { from: minute(0), to: Some(minute(40)) });
    let because = "It was replaced in the stage before after 20 minutes, not 30 minutes.".to_owned();
    assert_eq!(verdict(&gate, &facts, minute(60)), Verdict::Blocked { because });
    facts.circumstances.ran = Reported::NotYet;
    assert!(matches!(verdict(&gate, &facts, minute(60)), Verdict::Blocked { .. }));
    let once = |from, to| Reported::Once { from: minute(from), to: minute(to) };
    facts.circumstances.ran = once(5, 35);
    assert_eq!(verdict(&gate, &facts, minute(60)), Verdict::Passes);
    facts.circumstances.ran = once(5, 34);
    assert!(matches!(verdict(&gate, &facts, minute(60)), Verdict::Blocked { .. }));
    facts.circumstances.stay = Some(Stay { from: minute(0), to: None });
    assert!(matches!(verdict(&gate, &facts, minute(60)), Verdict::Waits { until: None, .. }));
}

#[test]
fn a_build_has_run_everywhere_only_while_it_ran_in_each_environment() {
    let (since, once) = (Reported::Since(minute(5)), Reported::Once { from: minute(1), to: minute(9) });
    assert_eq!(since.and(Reported::Since(minute(7))), Reported::Since(minute(7)));
    assert_eq!(since.and(once), Reported::Once { from: minute(5), to: minute(9) });
    assert_eq!(
        once.and(Reported::Once { from: minute(2), to: minute(8) }),
        Reported::Once { from: minute(2), to: minute(8) }
    );
    assert_eq!(once.and(Reported::NotYet), Reported::NotYet);
    assert_eq!(Reported::Nobody.and(since), since);
}

#[test]
fn all_gates_pass_by_themselves_only_where_nobody_has_to_act() {
    let gates = [Gate::Soak { time: span("30m") }, Gate::Soak { time: span("1h") }];
    let facts = facts(&[]);
    for gates in [gates.clone(), [gates[1].clone(), gates[0].clone()]] {
        assert_eq!(passes(&gates, &facts, minute(0)), Some(minute(60)));
    }
    assert_eq!(turns(&gates, &facts, minute(0)), Some(minute(30)));
    let with_people = [gates[0].clone(), approvals(1, false)];
    assert_eq!(passes(&with_people, &facts, minute(0)), None);
}

#[test]
fn a_window_that_shuts_before_the_soak_is_over_is_waited_for_again() {
    let window = Window::parse("UTC", "Mon 09:00-10:00").expect("a window");
    let gates = [Gate::Soak { time: span("30m") }, Gate::Window(window.clone())];
    let mut facts = facts(&[]);
    let opening = |from: i64, to: i64| Opening { from: minute(from), to: minute(to) };
    facts.circumstances.openings = vec![(window, vec![opening(0, 20), opening(50, 70)])];
    assert_eq!(passes(&gates, &facts, minute(0)), Some(minute(50)));
    let aged = [&gates[..], &[Gate::MaximumAge { age: span("40m") }]].concat();
    assert_eq!(passes(&aged, &facts, minute(0)), None);
}

/// Any gate that time has a say in.
fn timed() -> impl Strategy<Value = Gate> {
    let length = (1_i64..200).prop_map(|minutes| Span::minutes(minutes).expect("in range"));
    let window = || Window::parse("UTC", "Mon 09:00-10:00").expect("a window");
    prop_oneof![
        length.clone().prop_map(|time| Gate::Soak { time }),
        length.prop_map(|age| Gate::MaximumAge { age }),
        Just(Gate::Window(window())),
    ]
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let window = Window::parse("UTC", "Mon 09:00-10:00").expect("a window");
    let stay = (0_i64..200, proptest::option::of(0_i64..200));
    let openings = proptest::collection::vec((1_i64..60, 1_i64..60), 0..4);
    let holds = proptest::collection::vec((0_i64..200, proptest::option::of(1_i64..200)), 0..3);
    (stay, openings, holds).prop_map(move |((from, length), gaps, holds)| {
        let mut facts = facts(&[]);
        let hold = |(from, length): (i64, Option<i64>)| {
            let until = length.map(|length| minute(from + length));
            crate::holds::tests::hold(HoldOn::Installation, minute(from), until)
        };
        facts.circumstances.holds = holds.into_iter().map(hold).collect();
        let to = length.map(|length| minute(from + length));
        facts.circumstances.stay = Some(Stay { from: minute(from), to });
        let mut at = 0;
        let opening = |(shut, open): (i64, i64)| {
            let from = at + shut;
            at = from + open;
            Opening { from: minute(from), to: minute(at) }
        };
        facts.circumstances.openings = vec![(window.clone(), gaps.into_iter().map(opening).collect())];
        facts
    })
}

proptest! {
    #[test]
    fn another_approval_never_turns_a_pass_into_a_wait(
        count in 1_u8..5, approvers in proptest::collection::vec(1_u128..9, 0..8), another in 1_u128..9
    ) {
        let gates = [approvals(count, true)];
        let before = judge(&gates, &facts(&approvers), minute(0)).pass();
        let after = judge(&gates, &facts(&[approvers, vec![another]].concat()), minute(0)).pass();
        prop_assert!(!before || after);
    }

    // Whoever looks again only when told to misses nothing.
    #[test]
    fn nothing_turns_before_it_is_said_to(
        gates in proptest::collection::vec(timed(), 1..4), facts in any_facts(), now in 0_i64..300, later in 0_i64..300
    ) {
        let (now, later) = (minute(now), minute(now + later));
        let next = turns(&gates, &facts, now);
        if next.is_none_or(|next| later < next) {
            let verdicts = |at| judge(&gates, &facts, at);
            prop_assert_eq!(verdicts(now).pass(), verdicts(later).pass());
            prop_assert_eq!(verdicts(now).blocked().map(str::to_owned), verdicts(later).blocked().map(str::to_owned));
        }
    }

    #[test]
    fn what_is_blocked_never_passes_again(gate in timed(), facts in any_facts(), now in 0_i64..300, later in 0_i64..300) {
        if let Verdict::Blocked { .. } = verdict(&gate, &facts, minute(now)) {
            let still = verdict(&gate, &facts, minute(now + later));
            prop_assert_eq!(still, verdict(&gate, &facts, minute(now)));
        }
    }
}

#[test]
fn a_check_waits_for_its_success_and_tells_of_failures_before() {
    use crate::checks::{Check, CheckName, CheckState, Wanted};
    use crate::placements::Placer;
    let name = CheckName::parse("tests").expect("a name");
    let gates = [Gate::Check(Wanted { name: name.clone(), bucket: None, by: Vec::new() })];
    let mut facts = facts(&[]);
    let reported = |state, failures| Check {
        build: Uuid::nil().into(),
        name: name.clone(),
        bucket: None,
        state,
        link: None,
        summary: None,
        by: Placer { person: Uuid::nil().into(), token: None },
        reported_at: minute(1),
        failures,
    };
    let mut judged = |checks: Vec<Check>| {
        facts.circumstances.checks = checks;
        let verdict = judge(&gates, &facts, minute(1)).0.remove(0);
        (verdict.verdict, verdict.note)
    };
    let waits = |needs: &str| (Verdict::waits(needs.to_owned()), None);
    assert_eq!(judged(vec![]), waits("a success of tests"));
    assert_eq!(
        judged(vec![reported(CheckState::Pending, 0)]),
        waits("a success of tests, which is under way")
    );
    assert_eq!(judged(vec![reported(CheckState::Failure, 1)]), waits("a success of tests, which failed"));
    assert_eq!(
        judged(vec![reported(CheckState::Success, 2)]),
        (Verdict::Passes, Some("It failed 2 times before.".to_owned()))
    );
}

#[test]
fn a_turn_is_after_now_and_an_opening_that_begins_now_is_open() {
    let soak = Gate::Soak { time: span("1h") };
    assert_eq!(turns(std::slice::from_ref(&soak), &facts(&[]), minute(59)), Some(minute(60)));
    assert_eq!(turns(std::slice::from_ref(&soak), &facts(&[]), minute(60)), None);
    let scheduled = Facts { scheduled_for: Some(minute(5)), ..facts(&[]) };
    assert_eq!(turns(&[], &scheduled, minute(4)), Some(minute(5)));
    assert_eq!(turns(&[], &scheduled, minute(5)), None);
    let window = Window::parse("UTC", "09:00-17:00").expect("hours");
    let opening = |from, to| Opening { from: minute(from), to: minute(to) };
    let mut facts = facts(&[]);
    facts.circumstances.openings = vec![(window.clone(), vec![opening(10, 20), opening(40, 50)])];
    let gate = Gate::Window(window);
    assert_eq!(verdict(&gate, &facts, minute(10)), Verdict::Passes);
    assert!(
        matches!(verdict(&gate, &facts, minute(20)), Verdict::Waits { until: Some(at), .. } if at == minute(40))
    );
}

#[test]
fn what_waits_for_somebody_passes_at_no_known_time() {
    let gates = [approvals(1, false), Gate::Soak { time: span("1h") }];
    assert_eq!(passes(&gates, &facts(&[]), minute(0)), None);
    assert_eq!(passes(&gates, &facts(&[3]), minute(0)), Some(minute(60)));
    let age = Gate::MaximumAge { age: span("30m") };
    assert_eq!(passes(&[gates[1].clone(), age], &facts(&[]), minute(0)), None, "it is too old by then");
}

#[test]
fn gates_say_what_they_ask_for() {
    assert_eq!(approvals(1, false).words(), "1 approval by a release manager");
    assert_eq!(approvals(2, true).words(), "2 approvals by release managers, not by who pushed it");
    assert!(!approvals(1, false).asks_for_circumstances());
    assert!(Gate::Soak { time: span("1h") }.asks_for_circumstances());
    for wrong in ["", " ", "a\u{7}b", &"x".repeat(201)] {
        assert!(Pattern::parse(wrong).is_err(), "{wrong}");
    }
    let pattern = Pattern::parse(" OPS-[0-9]+ ").expect("a pattern");
    assert_eq!(String::from(pattern), "OPS-[0-9]+");
}

#[test]
fn hours_know_their_days_and_whether_they_end_on_the_next() {
    let hours = Window::read_hours("Fri 22:00-02:00, Mon 09:00-17:00").expect("hours");
    assert!(hours[0].begin_on(4) && !hours[0].begin_on(5));
    assert!(hours[0].end_next_day());
    assert!(!hours[1].end_next_day());
    let all = |count: usize| vec!["09:00-10:00"; count].join(",");
    assert!(Window::read_hours(&all(20)).is_ok());
    assert!(Window::read_hours(&all(21)).is_err());
    assert!(Window::parse(&"z".repeat(64), "09:00-10:00").is_ok());
    assert!(Window::parse(&"z".repeat(65), "09:00-10:00").is_err());
}
