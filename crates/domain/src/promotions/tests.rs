//! The rules of promotions, as examples and as properties over any sequence of steps.

mod contests;
mod deciding;
mod emergencies;
mod pinning;
mod readiness;
mod rollbacks;
mod sending;

use super::*;
use crate::access::{Action, Actor, Grant, Identity, Place, Refusal, Role, Target};
use crate::buckets::{BucketKey, BucketKind, Slot};
use crate::builds::{Arrival, Build, Origin};
use crate::delegations::{Delegation, Principal, Voice};
use crate::digests::Algorithm;
use crate::gates::{Approvals, Bar, Barred, Pattern, Stay};
use crate::holds::tests::hold;
use crate::holds::{Hold, HoldOn};
use crate::ids::{EnvironmentId, StreamId};
use crate::people::Person;
use crate::projects::{Archived, Project};
use crate::spans::Span;
use crate::streams::Stream;
use crate::words::{Email, PersonName, Title};
use crate::workflows::{Contest, Graph, Stage, Workflow, WorkflowName};
use proptest::prelude::*;
use uuid::Uuid;

const PROJECT: u128 = 10;
/// A target that keeps nothing from entering.
const FREE: Standing =
    Standing { current: None, placement: None, paused: false, rolled_back: false, requester_may: true };

fn id<T: From<Uuid>>(number: u128) -> T {
    T::from(Uuid::from_u128(number))
}

fn person(number: u128, role: Role) -> Actor {
    Actor {
        identity: Identity::Person { person: id(number) },
        grants: vec![Grant { role, place: Place::Installation }],
        scope: None,
        proven_at: None,
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
        current: None,
        outside: false,
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
            takes_back: None,
            automatic: false,
            scheduled_for: None,
            circumstances: &self.circumstances,
            now: self.now,
        }
    }

    fn build_name(&self) -> BuildName {
        BuildName { id: self.build.id, digest: self.build.digest.clone(), tag: self.build.tag.clone() }
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
        (
            Move { from: &world.prod, to: &world.qa, ..wish },
            RequestRefused::NoWay { workflow: world.workflow.name.slug.clone(), from: prod(), to: qa() },
        ),
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
