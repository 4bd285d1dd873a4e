//! The rules of promotions, as examples and as properties over any sequence of steps.

mod pinning;

use super::*;
use crate::access::{Action, Grant, Identity, Place, Role};
use crate::buckets::{BucketKey, BucketKind, Slot};
use crate::builds::{Arrival, Build, Origin};
use crate::delegations::{Delegation, Principal};
use crate::digests::Algorithm;
use crate::gates::{Approvals, Bar, Pattern, Stay};
use crate::holds::tests::hold;
use crate::holds::{Hold, HoldOn};
use crate::ids::{EnvironmentId, StreamId};
use crate::people::Person;
use crate::projects::{Archived, Project};
use crate::streams::Stream;
use crate::words::{Email, PersonName, Title};
use crate::workflows::{Contest, Graph, Stage, Workflow, WorkflowName};
use proptest::prelude::*;
use uuid::Uuid;

const PROJECT: u128 = 10;
/// A target that keeps nothing from entering.
const FREE: Standing = Standing { current: None, paused: false, rolled_back: false, requester_may: true };

fn id<T: From<Uuid>>(number: u128) -> T {
    T::from(Uuid::from_u128(number))
}

fn person(number: u128, role: Role) -> Actor {
    Actor {
        identity: Identity::Person { person: id(number) },
        grants: vec![Grant { role, place: Place::Installation }],
        scope: None,
    }
}

fn slot(number: u128, slug: &str, production: bool) -> Slot {
    let stream = Stream {
        id: StreamId(Uuid::from_u128(number)),
        slug: Slug::parse(slug).expect("a slug"),
        title: Title::parse(slug).expect("a title"),
        production,
        built_in: false,
    };
    Slot {
        key: BucketKey::Environment(EnvironmentId(Uuid::from_u128(number))),
        slug: stream.slug.clone(),
        title: stream.title.clone(),
        stream,
    }
}

/// qa → prod, where prod needs `approvals` approvals.
struct World {
    project: Project,
    qa: Slot,
    prod: Slot,
    workflow: Workflow,
    build: Build,
    place: Target,
    behind: Behind,
    circumstances: Circumstances,
    now: Time,
}

fn world(approvals: u8, bar_pusher: bool) -> World {
    let (qa, prod) = (slot(1, "qa", false), slot(2, "prod", true));
    let gates = match approvals {
        0 => vec![],
        count => {
            let (role, bar) = (Role::release_manager().slug, Bar::No);
            vec![Gate::Approvals(Approvals { count, role, bar_pusher, bar_author: bar, bar_actor: bar })]
        }
    };
    let stages = vec![Stage::bare(qa.key), Stage { gates, ..Stage::bare(prod.key) }];
    let workflow = Workflow {
        name: WorkflowName {
            id: id(5),
            slug: Slug::parse("release").expect("a slug"),
            title: Title::parse("Release").expect("a title"),
            kind: BucketKind::Environment,
        },
        project: id(PROJECT),
        is_default: false,
        version: 1,
        graph: Graph::linear(stages).expect("sound"),
    };
    let build = Build {
        id: id(7),
        integration: id(8),
        digest: Digest::of(Algorithm::Sha256, b"image"),
        external_id: String::new(),
        tag: Tag::parse("1.4.2").expect("a tag"),
        media_type: String::new(),
        size: 0,
        platforms: vec![],
        origin: Origin::default(),
        received_at: Time::from_micros(0),
        received_via: Arrival::Push,
    };
    let place = prod.target(id(PROJECT), id(8));
    let project = Project {
        id: id(PROJECT),
        slug: Slug::parse("shop").expect("a slug"),
        title: Title::parse("Shop").expect("a title"),
        created_at: Time::from_micros(0),
        archived_at: None,
        sample: None,
    };
    let stay = Some(Stay { from: build.received_at, to: None });
    let circumstances = Circumstances {
        received_at: build.received_at,
        stay,
        ran: crate::gates::Reported::Nobody,
        been: vec![qa.key],
        checks: Vec::new(),
        witnesses: Vec::new(),
        verified: false,
        openings: Vec::new(),
        ahead: None,
        holds: Vec::new(),
        pinned: None,
    };
    let behind = Behind::from(id::<PersonId>(9));
    World { project, qa, prod, workflow, build, place, behind, circumstances, now: Time::from_micros(1) }
}

/// qa → prod, where prod has one gate.
fn gated(gate: Gate) -> World {
    let mut world = world(0, false);
    let mut stages = world.workflow.graph.stages().to_vec();
    stages[1].gates = vec![gate];
    world.workflow.graph = Graph::linear(stages).expect("sound");
    world
}

impl World {
    fn wish<'a>(&'a self, actor: &'a Actor) -> Move<'a> {
        Move {
            actor,
            project: &self.project,
            workflow: Some(&self.workflow),
            from: &self.qa,
            to: &self.prod,
            place: &self.place,
            build: self.build.id,
            behind: &self.behind,
            was_current: true,
            current: None,
            open: None,
            rival: None,
            pin: None,
            automatic: false,
            scheduled_for: None,
            circumstances: &self.circumstances,
            now: self.now,
        }
    }

    fn asked(&self, actor: &Actor) -> Promotion {
        request(&self.wish(actor), &self.build, asking()).expect("may ask").into_promotion()
    }

    fn approval(&self, by: &Actor) -> Decision {
        self.decision(by, Choice::Approve)
    }

    fn decision(&self, by: &Actor, choice: Choice) -> Decision {
        Decision {
            person: by.person(),
            by: None,
            choice,
            comment: None,
            digest: self.build.digest.clone(),
            roles: by.grants.iter().map(|grant| grant.role.slug.clone()).collect(),
            at: Time::from_micros(2),
        }
    }
}

fn asking() -> Asking {
    Asking {
        id: id(20),
        number: 2,
        placement: id(21),
        reason: Reason::parse("release").expect("a reason"),
        reference: None,
        emergency: false,
    }
}

#[test]
fn without_gates_it_is_applied_at_once_and_has_a_number_too() {
    let world = world(0, false);
    let admin = person(1, Role::admin());
    assert_eq!(consider(&world.wish(&admin)), Outlook::Enters);
    let transition = request(&world.wish(&admin), &world.build, asking()).expect("may ask");
    assert_eq!(transition.placement(), Some(id(21)));
    let kinds: Vec<&str> = transition.changes().iter().map(Change::kind).collect();
    assert_eq!(kinds, ["promotion_requested", "promotion_applied"]);
    assert_eq!(transition.promotion().number, 2);
}

#[test]
fn with_a_gate_it_waits_and_says_for_what() {
    let world = world(1, false);
    let admin = person(1, Role::admin());
    let needs = vec!["1 approval by a release manager".to_owned()];
    assert_eq!(consider(&world.wish(&admin)), Outlook::Waits { needs, until: None });
    assert_eq!(world.asked(&admin).state, State::Waiting);
}

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
fn each_refusal_to_ask_names_its_rule() {
    let world = world(1, false);
    let (admin, developer) = (person(1, Role::admin()), person(1, Role::developer()));
    let qa = || world.qa.slug.clone();
    let prod = || world.prod.slug.clone();
    let wish = world.wish(&admin);
    let archived = Project { archived_at: Some(Time::from_micros(1)), ..world.project.clone() };
    let cases = [
        (
            Move { project: &archived, ..wish },
            RequestRefused::Archived(Archived { project: archived.slug.clone() }),
        ),
        (Move { workflow: None, ..wish }, RequestRefused::NoWorkflow),
        (Move { from: &world.prod, to: &world.qa, ..wish }, RequestRefused::NoWay { from: prod(), to: qa() }),
        (Move { to: &world.qa, ..wish }, RequestRefused::AlreadyThere { to: qa() }),
        (Move { current: Some(world.build.id), ..wish }, RequestRefused::AlreadyThere { to: prod() }),
        (Move { was_current: false, ..wish }, RequestRefused::NeverThere { from: qa() }),
        (Move { open: Some(4), ..wish }, RequestRefused::AlreadyAsked { number: 4 }),
        (
            Move { actor: &developer, ..wish },
            RequestRefused::Forbidden(Refusal::Production { action: Action::Promote }),
        ),
    ];
    for (wish, refused) in cases {
        assert_eq!(consider(&wish), Outlook::Refused { refused: refused.clone() });
        assert_eq!(request(&wish, &world.build, asking()), Err(refused));
    }
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
fn it_is_applied_by_itself_when_time_has_let_it_in() {
    let mut world = gated(Gate::Soak { time: Span::minutes(30).expect("a length") });
    let admin = person(1, Role::admin());
    let half_past = Time::from_micros(0).plus_seconds(30 * 60);
    let needs = vec!["30 minutes in the stage before".to_owned()];
    assert_eq!(consider(&world.wish(&admin)), Outlook::Waits { needs, until: Some(half_past) });
    let asked = request(&world.wish(&admin), &world.build, asking()).expect("may ask");
    assert_eq!(asked.due(), Some(half_past));
    let early = asked
        .clone()
        .into_promotion()
        .look_again(&FREE, &world.circumstances, id(30), world.now)
        .expect("waits");
    assert_eq!((early.due(), early.placement()), (Some(half_past), None));
    world.now = half_past;
    let applied =
        asked.into_promotion().look_again(&FREE, &world.circumstances, id(30), world.now).expect("waits");
    assert_eq!((applied.due(), applied.placement()), (None, Some(id(30))));
    assert_eq!(applied.changes().iter().map(Change::kind).collect::<Vec<_>>(), ["promotion_applied"]);
    assert_eq!(applied.into_promotion().look_again(&FREE, &world.circumstances, id(31), world.now), None);
}

#[test]
fn what_waits_in_vain_expires_with_the_reason() {
    let mut world = gated(Gate::Soak { time: Span::minutes(30).expect("a length") });
    let promotion = world.asked(&person(1, Role::admin()));
    world.circumstances.stay = Some(Stay { from: Time::from_micros(0), to: Some(world.now) });
    let ended = promotion.look_again(&FREE, &world.circumstances, id(30), world.now).expect("waits");
    assert_eq!(ended.changes().iter().map(Change::kind).collect::<Vec<_>>(), ["promotion_expired"]);
    assert_eq!((ended.promotion().state.name(), ended.due()), ("expired", None));

    let world = self::world(1, false);
    let promotion = world.asked(&person(1, Role::admin()));
    let end = LONGEST_WAIT.after(world.now);
    let waiting =
        promotion.look_again(&FREE, &world.circumstances, id(30), Time::from_micros(end.micros() - 1));
    let waiting = waiting.expect("waits");
    assert_eq!((waiting.promotion().state.name(), waiting.due()), ("waiting", Some(end)));
    let ended = waiting.into_promotion().look_again(&FREE, &world.circumstances, id(30), end).expect("waits");
    assert!(
        matches!(&ended.promotion().state, State::Expired { because, .. } if because == "It waited for 30 days.")
    );
}

#[test]
fn nothing_enters_by_itself_that_a_person_would_have_to_look_at() {
    let mut world = gated(Gate::Soak { time: Span::minutes(30).expect("a length") });
    let promotion = world.asked(&person(1, Role::admin()));
    world.now = Time::from_micros(0).plus_seconds(30 * 60);
    let look = |target: Standing| {
        promotion.clone().look_again(&target, &world.circumstances, id(30), world.now).expect("waits")
    };
    let paused = look(Standing { paused: true, ..FREE });
    assert_eq!(paused.promotion().state, State::Waiting);
    assert_eq!(paused.due(), Some(world.now.plus_seconds(300)));
    for (target, words) in [
        (Standing { current: Some(world.build.id), ..FREE }, "It is current in prod already."),
        (Standing { rolled_back: true, ..FREE }, "prod was rolled back after it was asked for. Ask again."),
        (
            Standing { requester_may: false, ..FREE },
            "Whoever asked for it may not promote into prod any more.",
        ),
    ] {
        let ended = look(target);
        assert!(matches!(&ended.promotion().state, State::Expired { because, .. } if because == words));
        assert_eq!(ended.placement(), None);
    }
    assert_eq!(look(FREE).placement(), Some(id(30)));
    // Nothing that was put away for long is applied when it comes back.
    let late = LONGEST_WAIT.after(Time::from_micros(1));
    let late = promotion.clone().look_again(&FREE, &world.circumstances, id(30), late).expect("waits");
    assert_eq!(late.promotion().state.name(), "expired");
}

#[test]
fn a_reference_that_the_stage_asks_for_is_given_with_the_request() {
    let world = gated(Gate::Reference { pattern: Pattern::parse("OPS-[0-9]+").expect("a pattern") });
    let admin = person(1, Role::admin());
    let refused = request(&world.wish(&admin), &world.build, asking());
    let pattern = "OPS-[0-9]+".to_owned();
    assert_eq!(refused, Err(RequestRefused::NoReference { to: world.prod.slug.clone(), pattern }));
    let reference = Reference::parse("OPS-7").ok();
    let applied = request(&world.wish(&admin), &world.build, Asking { reference, ..asking() });
    assert_eq!(applied.expect("may ask").placement(), Some(id(21)));
}

#[test]
fn a_promotion_waits_for_a_hold_to_end_and_approvals_count_meanwhile() {
    let mut world = world(1, false);
    let end = world.now.plus_seconds(3_600);
    world.circumstances.holds = vec![hold(HoldOn::Installation, world.now, Some(end))];
    let (admin, manager) = (person(1, Role::admin()), person(2, Role::release_manager()));
    let outlook = consider(&world.wish(&admin));
    assert!(matches!(&outlook, Outlook::Waits { needs, until: None } if needs.len() == 2), "{outlook:?}");
    let promotion = world.asked(&admin);
    let approval = world.approval(&manager);
    let step = promotion.decide(&manager, &world.place, approval, &world.circumstances, id(22)).expect("may");
    assert_eq!((step.placement(), step.due()), (None, Some(end)));
    let step = step.into_promotion().look_again(&FREE, &world.circumstances, id(23), end).expect("waits");
    assert_eq!(step.placement(), Some(id(23)));
}

#[test]
fn a_build_that_is_marked_bad_enters_nothing() {
    let mut world = world(1, false);
    let admin = person(1, Role::admin());
    let promotion = world.asked(&admin);
    let on = HoldOn::Build { digest: world.build.digest.clone(), project: None };
    world.circumstances.holds = vec![hold(on, world.now, None)];
    let because = "It is marked bad by hold 7.".to_owned();
    let refused = RequestRefused::Blocked { because: because.clone() };
    assert_eq!(consider(&world.wish(&admin)), Outlook::Refused { refused });
    let ended = promotion.look_again(&FREE, &world.circumstances, id(23), world.now).expect("waits");
    assert_eq!(ended.promotion().state, State::Expired { at: world.now, because });
}

#[test]
fn what_can_never_enter_is_refused_at_once() {
    let mut world = gated(Gate::MaximumAge { age: Span::minutes(1).expect("a length") });
    world.now = Time::from_micros(0).plus_seconds(61);
    let because = "The build is older than 1 minute.".to_owned();
    let refused = RequestRefused::Blocked { because };
    assert_eq!(request(&world.wish(&person(1, Role::admin())), &world.build, asking()), Err(refused));
}

/// A step that somebody tries, whether or not it is allowed.
#[derive(Debug, Clone)]
enum Attempt {
    Approve(u128),
    Reject(u128),
    Cancel(u128),
}

fn attempts() -> impl Strategy<Value = Vec<Attempt>> {
    let attempt = (1_u128..7, 0..10).prop_map(|(who, what)| match what {
        0 => Attempt::Reject(who),
        1 => Attempt::Cancel(who),
        _ => Attempt::Approve(who),
    });
    proptest::collection::vec(attempt, 0..12)
}

proptest! {
    /// Whatever is tried in whatever order: it is applied at most once and only with enough approvals
    /// of others; what is over stays as it is; every accepted step counts up by one and tells a change.
    #[test]
    fn no_sequence_of_steps_breaks_the_rules(
        count in 1_u8..4, bar_pusher: bool, requester in 1_u128..7, attempts in attempts()
    ) {
        let mut world = world(count, bar_pusher);
        world.build.digest = Digest::of(Algorithm::Sha256, &[count]);
        let mut promotion = world.asked(&person(requester, Role::release_manager()));
        let mut applied = 0;
        for attempt in attempts {
            let before = promotion.clone();
            let (Attempt::Approve(who) | Attempt::Reject(who) | Attempt::Cancel(who)) = attempt;
            let actor = person(who, Role::release_manager());
            let step = match attempt {
                Attempt::Approve(_) => promotion.clone().decide(&actor, &world.place, world.approval(&actor), &world.circumstances, id(30)).ok(),
                Attempt::Reject(_) => {
                    let decision = world.decision(&actor, Choice::Reject);
                    promotion.clone().decide(&actor, &world.place, decision, &world.circumstances, id(30)).ok()
                }
                Attempt::Cancel(_) => promotion.clone().cancel(&actor, &world.place, None, Time::from_micros(3)).ok(),
            };
            let Some(step) = step else { continue };
            prop_assert_eq!(&before.state, &State::Waiting);
            prop_assert!(!step.changes().is_empty());
            applied += usize::from(step.placement().is_some());
            promotion = step.into_promotion();
            prop_assert_eq!(promotion.version, before.version + 1);
        }
        prop_assert!(applied <= 1);
        if let State::Applied { .. } = promotion.state {
            let mut others: Vec<PersonId> = promotion
                .decisions
                .iter()
                .filter(|decision| decision.choice == Choice::Approve && decision.person != id(requester))
                .map(|decision| decision.person)
                .collect();
            others.sort_unstable();
            others.dedup();
            prop_assert!(others.len() >= usize::from(count));
        }
    }
}

/// The same world, where prod treats those that ask in one way.
fn contested(world: &mut World, contest: Contest) {
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

#[test]
fn what_is_over_is_not_judged_by_what_came_later() {
    let world = gated(Gate::MaximumAge { age: Span::minutes(1).expect("a length") });
    let manager = person(1, Role::release_manager());
    let applied = request(&world.wish(&manager), &world.build, asking()).expect("may ask").into_promotion();
    let later = world.now.plus_seconds(3_600);
    assert!(!applied.verdicts(&world.circumstances, later).pass(), "by now it is too old");
    assert!(applied.final_verdicts(&world.circumstances, later).pass(), "it passed then");

    let world = self::world(2, false);
    let asked = world.asked(&person(3, Role::admin()));
    let (why, place) = (Reason::parse("It is down").expect("a reason"), &world.place);
    let passed = asked.pass_in_emergency(&manager, place, why, &world.circumstances, id(22), world.now);
    let passed = passed.expect("may pass").into_promotion();
    assert!(!passed.final_verdicts(&world.circumstances, later).pass(), "it never passed that gate");
}

#[test]
fn who_brought_a_build_does_not_take_back_what_a_stage_asks_for_by_itself() {
    let world = world(1, false);
    let developer = person(2, Role::developer());
    let wish = Move { automatic: true, ..world.wish(&developer) };
    let asked = request(&wish, &world.build, asking()).expect("it asks by itself").into_promotion();
    assert!(matches!(asked.may_cancel(&developer, &world.place), Err(CancelRefused::Forbidden(_))));
}
