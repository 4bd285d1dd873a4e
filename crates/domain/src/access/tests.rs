use super::*;
use uuid::Uuid;

fn id<T: From<Uuid>>(number: u128) -> T {
    T::from(Uuid::from_u128(number))
}

fn actor(role: Role, place: Place) -> Actor {
    Actor {
        identity: Identity::Person { person: id(1) },
        grants: vec![Grant { role, place }],
        scope: None,
        proven_at: None,
    }
}

fn bucket(production: bool) -> Target {
    Target {
        project: Some(id(10)),
        integration: Some(id(20)),
        environment: Some(id(30)),
        stream: Some(id(40)),
        production,
    }
}

/// A role at a place counts there and nowhere else, but to see and pull from the project around it.
#[test]
fn a_role_counts_at_its_place_alone() {
    let here = bucket(false);
    let elsewhere = Target { environment: Some(id(31)), stream: Some(id(41)), ..here };
    let abroad = Target { project: Some(id(11)), ..elsewhere };
    let (project, environment) = (id(10), id(30));
    for (place, here_alone) in [
        (Place::Environment { project, environment }, true),
        (Place::Stream { stream: id(40) }, true),
        (Place::Project { project }, false),
    ] {
        let actor = actor(Role::release_manager(), place);
        assert!(actor.may(Action::Promote, &here), "{place:?}");
        assert_eq!(actor.may(Action::Promote, &elsewhere), !here_alone, "{place:?}");
        assert!(actor.may(Action::View, &elsewhere), "{place:?}");
        let stream = matches!(place, Place::Stream { .. });
        assert_eq!(actor.may(Action::View, &abroad), stream, "{place:?}");
        let role = Role::release_manager().slug;
        assert!(actor.holds(&role, &here), "{place:?}");
        assert_eq!(actor.holds(&role, &elsewhere), !here_alone, "{place:?}");
        assert!(!actor.holds(&Role::developer().slug, &here), "{place:?}");
    }
}

#[test]
fn names_and_places_are_what_they_say() {
    for action in Action::ALL {
        assert_eq!(Action::parse(action.name()), Some(action));
    }
    let target = Target::integration(id(10), id(20));
    assert_eq!((target.project, target.integration), (Some(id(10)), Some(id(20))));
    assert_eq!(Target::installation(), Target { project: None, ..Target::default() });
    let person = actor(Role::viewer(), Place::Installation);
    assert_eq!(person.token(), None);
    let identity = Identity::Token { token: id(5), owner: id(1) };
    assert_eq!(Actor { identity, ..person }.token(), Some(id(5)));
}

/// The whole table of built-in roles, so that a change of what a role means is seen in review.
#[test]
fn the_matrix_of_roles_and_actions_is_as_committed() {
    let mut table = Vec::new();
    for role in Role::built_in() {
        for (place, name) in [(bucket(false), "outside production"), (bucket(true), "production")] {
            let actor = actor(role.clone(), Place::Installation);
            let allowed: Vec<&str> = Action::ALL
                .into_iter()
                .filter(|action| actor.may(*action, &place))
                .map(Action::name)
                .collect();
            table.push(format!("{:<16} {:<19} {}", role.slug, name, allowed.join(" ")));
        }
    }
    insta::assert_snapshot!(table.join("\n"));
}

#[test]
fn the_guide_tells_what_each_role_may() {
    let mut table = "| role |".to_owned();
    table.extend(Action::ALL.map(|action| format!(" {action} |")));
    table.push_str("\n|");
    table.push_str(&"---|".repeat(Action::ALL.len() + 1));
    for role in Role::built_in() {
        table.extend(["\n| ", &role.title, " |"]);
        table.extend(Action::ALL.map(|action| match role.permissions.get(&action) {
            Some(Reach::Everywhere) => " yes |",
            Some(Reach::OutsideProduction) => " outside production |",
            None => " |",
        }));
    }
    let guide = include_str!("../../../../docs/roles.md");
    assert!(guide.contains(&table), "docs/roles.md does not hold:\n{table}");
}

#[test]
fn a_role_reaches_what_is_inside_its_place_and_nothing_else() {
    let project = Place::Project { project: id(10) };
    let elsewhere = Place::Project { project: id(11) };
    let environment = Place::Environment { project: id(10), environment: id(30) };
    let sibling = Place::Environment { project: id(10), environment: id(31) };
    let stream = Place::Stream { stream: id(40) };
    for (place, approves) in
        [(project, true), (elsewhere, false), (environment, true), (sibling, false), (stream, true)]
    {
        let actor = actor(Role::release_manager(), place);
        assert_eq!(actor.may(Action::Approve, &bucket(true)), approves, "{place:?}");
    }
}

#[test]
fn a_role_in_one_environment_shows_its_project() {
    let actor = actor(Role::viewer(), Place::Environment { project: id(10), environment: id(30) });
    assert!(actor.may(Action::View, &Target::project(id(10))));
    assert!(!actor.may(Action::View, &Target::project(id(11))));
    assert!(!actor.may(Action::Pull, &Target::project(id(10))));
}

#[test]
fn a_developer_is_told_that_production_is_the_obstacle() {
    let actor = actor(Role::developer(), Place::Installation);
    let refusal = may(&actor, Action::Promote, &bucket(true)).expect_err("production");
    assert_eq!(refusal, Refusal::Production { action: Action::Promote });
    assert!(refusal.to_string().contains("Release managers and admins have it"));
}

#[test]
fn nobody_gives_more_than_they_have() {
    let target = Target::project(id(10));
    let admin = actor(Role::admin(), Place::Project { project: id(10) });
    for role in Role::built_in() {
        assert_eq!(may_grant(&admin, &role, &target), Ok(()), "{}", role.slug);
    }
    let elsewhere = Target::project(id(11));
    let missing = Err(Refusal::Missing { action: Action::ManagePeople });
    assert_eq!(may_grant(&admin, &Role::viewer(), &elsewhere), missing);

    let mut host = Role::developer();
    host.permissions.insert(Action::ManagePeople, Reach::Everywhere);
    let host = actor(host, Place::Project { project: id(10) });
    assert_eq!(may_grant(&host, &Role::developer(), &target), Ok(()));
    let beyond = |action| Err(Refusal::Beyond { action });
    assert_eq!(may_grant(&host, &Role::admin(), &target), beyond(Action::Delete), "what they have not");
    assert_eq!(may_grant(&host, &Role::release_manager(), &target), beyond(Action::Promote));
}

#[test]
fn a_role_tells_what_it_permits() {
    assert_eq!(Role::auditor().words(), "view");
    assert_eq!(Role::viewer().words(), "view and pull");
    assert_eq!(
        Role::developer().words(),
        "view, pull, push, promote outside production, and report outside production"
    );
}

#[test]
fn a_token_never_approves_and_never_exceeds_its_scope_or_its_owner() {
    let mut token = actor(Role::release_manager(), Place::Installation);
    token.identity = Identity::Token { token: id(2), owner: id(1) };
    token.scope = Some(Scope {
        actions: vec![Action::Push, Action::Approve, Action::Configure],
        project: Some(id(10)),
        ..Scope::default()
    });
    assert_eq!(may(&token, Action::Approve, &bucket(false)), Err(Refusal::Token));
    assert_eq!(may(&token, Action::Push, &bucket(false)), Ok(()));
    assert_eq!(may(&token, Action::Promote, &bucket(false)), Err(Refusal::Scope { action: Action::Promote }));
    assert_eq!(
        may(&token, Action::Configure, &bucket(false)),
        Err(Refusal::Missing { action: Action::Configure })
    );
    let elsewhere = Target { project: Some(id(11)), ..bucket(false) };
    assert_eq!(may(&token, Action::Push, &elsewhere), Err(Refusal::Scope { action: Action::Push }));
}

#[test]
fn a_read_token_pulls_from_its_environment_and_sees_nothing() {
    let reading = Reading { project: id(10), environment: id(30), stream: id(40) };
    let mut token = actor(Role::admin(), Place::Installation);
    token.identity = Identity::Token { token: id(2), owner: id(1) };
    token.scope = Some(Scope { actions: Action::ALL.to_vec(), reading: Some(reading), ..Scope::default() });
    let here = bucket(true);
    let allowed: Vec<Action> = Action::ALL.into_iter().filter(|action| token.may(*action, &here)).collect();
    assert_eq!(allowed, [Action::Pull]);
    let sibling = Target { environment: Some(id(31)), ..here };
    let of_stream = Target { environment: None, ..here };
    assert!(!token.may(Action::Pull, &sibling), "of the same stream");
    assert!(token.may(Action::Pull, &of_stream));
    assert!(!token.may(Action::Pull, &Target { stream: Some(id(41)), ..of_stream }));
    assert!(!token.may(Action::Pull, &Target::integration(id(10), id(20))));
}

#[test]
fn a_token_scoped_to_an_integration_stays_in_it() {
    let mut token = actor(Role::developer(), Place::Installation);
    token.identity = Identity::Token { token: id(2), owner: id(1) };
    token.scope = Some(Scope {
        actions: vec![Action::Push],
        project: Some(id(10)),
        integration: Some(id(20)),
        ..Scope::default()
    });
    assert!(token.may(Action::Push, &bucket(false)));
    assert!(!token.may(Action::Push, &Target { integration: Some(id(21)), ..bucket(false) }));
    assert!(!token.may(Action::View, &Target { integration: Some(id(21)), ..bucket(false) }));
    assert!(token.may(Action::View, &Target::project(id(10))));
}
