//! What is handed over, and what is not.

use super::*;
use crate::access::{Grant, Identity, Place, Role};
use crate::ids::{EnvironmentId, StreamId, TokenId};
use crate::words::{Email, PersonName};
use uuid::Uuid;

fn id<T: From<Uuid>>(number: u128) -> T {
    Uuid::from_u128(number).into()
}

fn time(seconds: i64) -> Time {
    Time::from_micros(0).plus_seconds(seconds)
}

fn person(number: u128) -> Person {
    Person {
        id: id(number),
        name: PersonName::parse("Rita").expect("a name"),
        email: Email::parse("rita@example.org").expect("an address"),
        joined_at: time(0),
    }
}

fn actor(number: u128, grants: Vec<Grant>) -> Actor {
    Actor { identity: Identity::Person { person: id(number) }, grants, scope: None, proven_at: None }
}

fn grant(role: Role, place: Place) -> Grant {
    Grant { role, place }
}

fn delegation(role: Option<Slug>, project: Option<ProjectId>) -> Delegation {
    Delegation {
        id: id(1),
        from: id(2),
        to: id(3),
        role,
        project,
        reason: Reason::parse("On holiday").expect("a reason"),
        at: time(10),
        until: time(20),
        ended_at: None,
    }
}

/// Rita, who manages releases in every project.
fn rita(delegation: &Delegation) -> Principal {
    let grants = vec![grant(Role::release_manager(), Place::Installation)];
    delegation.principal(person(2), actor(2, grants))
}

#[test]
fn it_counts_from_its_making_until_its_end() {
    let delegation = delegation(None, None);
    let counts = |at| delegation.is_in_force(time(at));
    assert_eq!([counts(9), counts(10), counts(19), counts(20)], [false, true, true, false]);
    assert!(!Delegation { ended_at: Some(time(12)), ..delegation.clone() }.is_in_force(time(15)));
}

#[test]
fn in_another_project_nothing_was_handed_over() {
    let principal = rita(&delegation(None, Some(id(5))));
    let max = actor(3, Vec::new());
    let voice = Voice::of(&max, &principal);
    assert!(voice.may_approve(&Target::project(id(5))).is_ok());
    assert!(voice.may_approve(&Target::project(id(6))).is_err());
    assert_eq!((voice.person(), voice.by()), (id(2), Some(id(3))));
}

#[test]
fn of_several_roles_only_the_one_that_was_handed_over_counts() {
    let role = Role::release_manager();
    let own = vec![
        grant(role.clone(), Place::Project { project: id(5) }),
        grant(Role::viewer(), Place::Installation),
    ];
    let max = actor(3, Vec::new());
    let wide = delegation(None, None).principal(person(2), actor(2, own.clone()));
    let target = Target::project(id(5));
    assert_eq!(Voice::of(&max, &wide).roles(&target), [role.slug.clone(), Role::viewer().slug]);
    let narrow = delegation(Some(role.slug.clone()), None).principal(person(2), actor(2, own.clone()));
    assert_eq!(Voice::of(&max, &narrow).roles(&target), [role.slug]);
    let viewer = delegation(Some(Role::viewer().slug), None).principal(person(2), actor(2, own));
    assert!(!viewer.decides() && Voice::of(&max, &viewer).may_approve(&target).is_err());
}

#[test]
fn a_token_decides_in_nobodys_name() {
    let principal = rita(&delegation(None, None));
    let identity = Identity::Token { token: TokenId(Uuid::from_u128(9)), owner: id(3) };
    let machine = Actor { identity, ..actor(3, Vec::new()) };
    assert_eq!(Voice::of(&machine, &principal).may_approve(&Target::default()), Err(Refusal::Token));
}

#[test]
fn a_role_elsewhere_leaves_nothing_to_decide_in_the_project() {
    let decides = |place: Place, project: Option<ProjectId>| {
        let grants = vec![grant(Role::release_manager(), place)];
        delegation(None, project).principal(person(2), actor(2, grants)).decides()
    };
    assert!(decides(Place::Project { project: id(5) }, Some(id(5))));
    assert!(!decides(Place::Project { project: id(6) }, Some(id(5))));
    assert!(decides(
        Place::Environment { project: id(5), environment: EnvironmentId(Uuid::nil()) },
        Some(id(5))
    ));
    assert!(decides(Place::Stream { stream: StreamId(Uuid::nil()) }, Some(id(5))));
    assert!(decides(Place::Project { project: id(6) }, None));
}

#[test]
fn the_form_names_every_mistake() {
    let form = DelegationForm {
        delegate: "max".into(),
        role: "Über".into(),
        until: "91d".into(),
        ..DelegationForm::default()
    };
    let mistakes = form.check(time(0)).expect_err("wrong");
    let fields: Vec<&str> = mistakes.errors().iter().map(|mistake| mistake.field.as_str()).collect();
    assert_eq!(fields, ["delegate", "role", "until", "reason"]);
    assert!(mistakes.to_string().contains("90 days at most"));
    let form = DelegationForm {
        delegate: "max@example.org".into(),
        until: "90d".into(),
        reason: "On holiday".into(),
        ..DelegationForm::default()
    };
    let new = form.check(time(0)).expect("right");
    assert_eq!((new.role, new.project, new.until), (None, None, LONGEST.after(time(0))));
}
