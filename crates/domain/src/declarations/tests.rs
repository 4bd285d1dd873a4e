use super::*;
use crate::access::Role;
use crate::forms::Invalid;
use crate::integrations::{FOLLOW_DEFAULT, FOLLOW_NONE};
use crate::rules::CriterionForm;
use crate::streams::Stream;
use crate::words::Title;
use crate::workflows::declared;
use crate::workflows::{Contest, Order};
use uuid::Uuid;

const MEANS: Means =
    Means { is_zone: |_| true, pattern: |_| Ok(()), readable: |_, _| Ok(()), trusts: |_| Ok(()) };

/// An installation as it is made: with a built-in stream, and nothing else.
fn world() -> World {
    let (slug, title) = ("qa".parse().expect("a slug"), Title::parse("QA").expect("a title"));
    let qa = Stream { id: Uuid::from_u128(1).into(), slug, title, production: false, built_in: true };
    let roles = vec![Role::release_manager()];
    World { streams: vec![qa], roles, projects: Vec::new(), means: MEANS }
}

fn project() -> Declaration {
    Declaration::Project(ProjectForm { slug: "shop".into(), title: "Shop".into() })
}

fn environment(slug: &str) -> Declaration {
    let form = EnvironmentForm { slug: slug.into(), title: slug.into(), stream: "qa".into() };
    Declaration::Environment { project: "shop".into(), form }
}

fn workflow(slug: &str, is_default: bool, edges: Option<&[(&str, &str)]>) -> Declaration {
    let stage = |bucket: &str| declared::Stage {
        bucket: bucket.to_owned(),
        arrivals: None,
        order: Order::default(),
        automatic: false,
        contest: Contest::default(),
        rollbacks_ask: false,
        by_hand: false,
        gates: vec![declared::Gate::Soak { time: "120m".to_owned() }],
    };
    let edge = |(from, to): &(&str, &str)| ((*from).to_owned(), (*to).to_owned());
    Declaration::Workflow {
        project: "shop".into(),
        workflow: Workflow {
            slug: slug.into(),
            title: "Release".into(),
            kind: crate::buckets::BucketKind::Environment,
            is_default,
            stages: ["qa", "eu", "us"].map(stage).to_vec(),
            edges: edges.map(|edges| edges.iter().map(edge).collect()),
        },
    }
}

fn rule() -> Declaration {
    let row = CriterionForm {
        key: "branch".into(),
        operator: "equals".into(),
        value: "main".into(),
        bucket: "qa".into(),
    };
    Declaration::Rule {
        project: "shop".into(),
        form: RuleForm {
            slug: "branches".into(),
            title: "Branches".into(),
            kind: "environment".into(),
            is_default: Some("on".into()),
            criteria: vec![row],
        },
    }
}

fn integration(workflow: &str) -> Declaration {
    Declaration::Integration(DeclaredIntegration {
        project: "shop".into(),
        form: IntegrationForm {
            slug: "checkout".into(),
            title: "Checkout".into(),
            kind: "environment".into(),
            workflow: workflow.into(),
        },
        rule: FOLLOW_DEFAULT.into(),
        retention: Retention::default(),
    })
}

/// All of it, in an order in which nothing could be made.
fn shop() -> Vec<Declaration> {
    let edges: &[(&str, &str)] = &[("qa", "us"), ("qa", "eu")];
    vec![
        integration("release"),
        rule(),
        workflow("release", true, Some(edges)),
        environment("us"),
        environment("eu"),
        environment("qa"),
        project(),
    ]
}

fn planned(world: &World, wanted: &[Declaration], doomed: &[Name]) -> Result<Plan, Invalid> {
    let mut last = 100;
    plan(world, wanted, doomed, || {
        last += 1;
        Uuid::from_u128(last)
    })
}

fn made(wanted: &[Declaration]) -> World {
    let mut world = world();
    let plan = planned(&world, wanted, &[]).expect("sound");
    for (number, step) in plan.steps.iter().enumerate() {
        let after = step.after.as_ref().expect("nothing is deleted");
        world.take(after, Uuid::from_u128(1_000 + number as u128)).expect("sound");
    }
    world
}

fn told(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(|step| format!("{:?} {}", step.verb(), step.name)).collect()
}

fn mistakes(wanted: &[Declaration]) -> Vec<String> {
    let invalid = planned(&world(), wanted, &[]).expect_err("a mistake");
    invalid.errors().iter().map(|error| error.field.clone()).collect()
}

#[test]
fn what_is_needed_comes_first_whatever_the_order_of_documents() {
    let plan = planned(&world(), &shop(), &[]).expect("sound");
    assert_eq!(
        told(&plan),
        [
            "Create project shop",
            "Create environment shop/us",
            "Create environment shop/eu",
            "Create environment shop/qa",
            "Create workflow shop/release",
            "Create rule shop/branches",
            "Create integration shop/checkout"
        ]
    );
    assert_eq!(plan.steps[0].document, Some(6));
}

#[test]
fn what_was_exported_changes_nothing() {
    let world = made(&shop());
    let exported = world.declarations();
    assert_eq!(exported.len(), shop().len());
    let plan = planned(&world, &exported, &[]).expect("sound");
    assert_eq!(plan.to_do().count(), 0, "{:?}", told(&plan));
}

#[test]
fn what_stays_is_not_refused_by_a_rule_that_came_later() {
    let mut world = made(&shop());
    world.means.readable = |_, _| Err("Nothing is read any more.".to_owned());
    let plan = planned(&world, &world.declarations(), &[]).expect("as it is");
    assert_eq!(plan.to_do().count(), 0);
    let Declaration::Rule { project, mut form } = rule() else { unreachable!() };
    form.criteria[0].value = "trunk".into();
    assert!(planned(&world, &[Declaration::Rule { project, form }], &[]).is_err());
}

#[test]
fn the_same_in_other_words_changes_nothing() {
    let world = made(&shop());
    let edges: &[(&str, &str)] = &[("qa", "eu"), ("qa", "us"), ("qa", "us")];
    let plan = planned(&world, &[workflow("release", true, Some(edges))], &[]).expect("sound");
    assert_eq!(plan.to_do().count(), 0);
}

#[test]
fn ways_are_left_out_where_stages_follow_one_another() {
    let mut documents = shop();
    documents[2] = workflow("release", true, Some(&[("qa", "eu"), ("eu", "us")]));
    let exported = made(&documents).declarations();
    let edges = exported.iter().find_map(|declaration| match declaration {
        Declaration::Workflow { workflow, .. } => Some(workflow.edges.clone()),
        _ => None,
    });
    assert_eq!(edges, Some(None));
}

#[test]
fn a_default_gives_its_place_up_before_another_takes_it() {
    let world = made(&shop());
    let both = [workflow("fast", true, None), workflow("release", false, None)];
    let plan = planned(&world, &both, &[]).expect("sound");
    assert_eq!(told(&plan), ["Change workflow shop/release", "Create workflow shop/fast"]);
}

#[test]
fn there_is_one_default_of_a_type() {
    let mut documents = shop();
    documents.push(workflow("fast", true, None));
    assert_eq!(mistakes(&documents), ["documents[7][is_default]"]);
}

#[test]
fn every_mistake_is_told_where_it_is() {
    let mut documents = shop();
    documents[0] = integration("slow");
    documents.remove(4);
    documents.push(environment("qa"));
    assert_eq!(
        mistakes(&documents),
        ["documents[6][slug]", "documents[2][stages][1][bucket]", "documents[0][workflow]"]
    );
    assert_eq!(mistakes(&[environment("qa")]), ["documents[0][project]"]);
}

#[test]
fn what_is_permanent_is_refused() {
    let world = made(&shop());
    let Declaration::Integration(mut declared) = integration("release") else { unreachable!() };
    declared.form.title = "Pay".into();
    let plan = planned(&world, &[Declaration::Integration(declared)], &[]).expect("sound");
    assert!(plan.steps[0].refused.as_ref().is_some_and(|words| words.contains("its title")));
    let plan = planned(&world, &[integration(FOLLOW_NONE)], &[]).expect("sound");
    assert_eq!(plan.steps[0].refused, None);
    assert_eq!(plan.steps[0].verb(), Verb::Change);
}

#[test]
fn what_uses_others_goes_before_them() {
    let world = made(&shop());
    let mut names: Vec<Name> = world.declarations().iter().skip(1).map(Declaration::name).collect();
    // What is gone already is no step.
    names.push(Name { kind: Kind::Rule, project: "shop".into(), slug: "gone".into() });
    let plan = planned(&world, &[], &names).expect("sound");
    let order: Vec<Kind> = plan.steps.iter().map(|step| step.name.kind).collect();
    assert_eq!(order.first(), Some(&Kind::Integration));
    assert!(order.is_sorted_by(|one, other| one >= other));
}

#[test]
fn a_plan_of_another_state_has_another_fingerprint() {
    let documents = shop();
    let first = planned(&world(), &documents, &[]).expect("sound").fingerprint();
    assert_eq!(planned(&world(), &documents, &[]).expect("sound").fingerprint(), first);
    assert_ne!(planned(&made(&documents), &documents, &[]).expect("sound").fingerprint(), first);
}

#[test]
fn gates_ask_for_roles_and_trust_roots_of_the_same_documents() {
    let mut documents = shop();
    let Declaration::Workflow { workflow, .. } = &mut documents[2] else { unreachable!() };
    let bars = (crate::gates::Bar::No, crate::gates::Bar::No);
    workflow.stages[1].gates = vec![
        declared::Gate::Approvals {
            count: 1,
            role: "keeper".into(),
            bar_pusher: false,
            bar_author: bars.0,
            bar_actor: bars.1,
        },
        declared::Gate::Signed { roots: vec!["cosign".into()], all: false },
    ];
    assert_eq!(
        mistakes(&documents),
        [
            "documents[2][stages][1][gates][0][role]",
            "documents[2][stages][1][gates][1][roots]",
            // And what follows it has nothing to follow.
            "documents[0][workflow]"
        ]
    );
    let permissions = [("approve".to_owned(), "everywhere".to_owned())].into();
    documents.push(Declaration::Role(RoleForm {
        slug: "keeper".into(),
        title: "Keeper".into(),
        from: String::new(),
        permissions,
    }));
    let key = TrustRootForm {
        name: "cosign".into(),
        kind: "key".into(),
        key: "a key".into(),
        ..Default::default()
    };
    documents.push(Declaration::TrustRoot { project: "shop".into(), form: key.clone() });
    let world = made(&documents);
    let exported = world.declarations();
    assert_eq!(exported.len(), documents.len());
    let again = planned(&world, &exported, &[]).expect("sound");
    assert_eq!(again.to_do().count(), 0, "{:?}", told(&again));
    let other = TrustRootForm { key: "another".into(), ..key };
    let plan = planned(&world, &[Declaration::TrustRoot { project: "shop".into(), form: other }], &[]);
    assert!(plan.expect("sound").steps[0].refused.is_some());
}
