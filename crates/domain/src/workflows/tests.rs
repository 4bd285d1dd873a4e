//! The rules of workflows, and what their forms mean.

use super::*;
use crate::forms::Invalid;
use crate::ids::{EnvironmentId, StreamId};
use crate::spans::Span;
use proptest::prelude::*;
use uuid::Uuid;

fn stage(number: u128) -> Stage {
    Stage::bare(bucket(number))
}

fn bucket(number: u128) -> BucketKey {
    BucketKey::Environment(EnvironmentId(Uuid::from_u128(number)))
}

#[test]
fn a_line_leads_forward_only() {
    let graph = Graph::linear((1..=3).map(stage).collect()).expect("sound");
    assert!(graph.leads(bucket(1), bucket(2)));
    assert!(!graph.leads(bucket(1), bucket(3)));
    assert!(!graph.leads(bucket(2), bucket(1)));
    assert_eq!(graph.before(bucket(3)), [bucket(2)]);
    assert_eq!(graph.after(bucket(3)), []);
}

#[test]
fn unsound_graphs_are_refused() {
    let stream = Stage { bucket: BucketKey::ReleaseStream(StreamId(Uuid::nil())), ..stage(1) };
    assert_eq!(Graph::linear(vec![]), Err(GraphError::Empty));
    assert_eq!(Graph::linear(vec![stage(1), stage(1)]), Err(GraphError::Twice));
    assert_eq!(Graph::linear(vec![stage(1), stream]), Err(GraphError::Mixed));
    assert_eq!(Graph::new(vec![stage(1)], vec![(0, 1)]), Err(GraphError::Edge));
    assert_eq!(Graph::new(vec![stage(1)], vec![(0, 0)]), Err(GraphError::Cycle(vec![stage(1).bucket])));
    let ring = vec![(0, 1), (1, 2), (2, 1)];
    assert_eq!(
        Graph::new((1..=3).map(stage).collect(), ring),
        Err(GraphError::Cycle(vec![stage(3).bucket, stage(2).bucket]))
    );
}

fn slots() -> Vec<Slot> {
    let slot = |number: u128, slug: &str| {
        let slug = Slug::parse(slug).expect("a slug");
        let title = Title::parse("A title").expect("a title");
        let id = StreamId(Uuid::nil());
        let stream = crate::streams::Stream {
            id,
            slug: slug.clone(),
            title: title.clone(),
            production: false,
            built_in: false,
        };
        Slot { key: bucket(number), slug, title, stream }
    };
    vec![slot(1, "qa"), slot(2, "staging"), slot(3, "prod")]
}

fn checked(form: &WorkflowForm) -> Result<NewWorkflow, Invalid> {
    checked_after(form, None)
}

/// Checks the form for the next version after one.
fn checked_after(form: &WorkflowForm, before: Option<&Graph>) -> Result<NewWorkflow, Invalid> {
    let (project, slots) = (Slug::parse("shop").expect("a slug"), slots());
    let roles = [crate::access::Role::release_manager().slug];
    let given = Given {
        project: &project,
        slots: &slots,
        roles: &roles,
        reporters: &[],
        roots: &[],
        before,
        is_zone: |_| true,
        pattern: |_| Ok(()),
    };
    form.check(&given)
}

fn workflow_of(graph: Graph) -> Workflow {
    let name = WorkflowName {
        id: WorkflowId(Uuid::nil()),
        slug: Slug::parse("release").expect("a slug"),
        title: Title::parse("Release").expect("a title"),
        kind: BucketKind::Environment,
    };
    Workflow { name, project: ProjectId(Uuid::nil()), is_default: true, version: 1, graph }
}

#[test]
fn the_form_of_a_workflow_makes_the_same_again() {
    let rows = [
        StageForm { bucket: "qa".into(), arrivals: "any".into(), ..StageForm::default() },
        StageForm {
            bucket: "staging".into(),
            soak: "90m".into(),
            was_in: "qa".into(),
            ..StageForm::default()
        },
        StageForm {
            bucket: "prod".into(),
            approvals: "2".into(),
            bar_pusher: Some("on".into()),
            bar_author: "always".into(),
            bar_actor: "if_known".into(),
            hours: "mon-fri 9:00-17:00, Sat 22:00-02:00".into(),
            zone: "Europe/Berlin".into(),
            maximum_age: "30d".into(),
            also_approvals: "1".into(),
            also_role: "release-manager".into(),
            checks: "tests, smoke in qa".into(),
            automatic: Some("on".into()),
            contest: "queue".into(),
            ..StageForm::default()
        },
    ];
    let form = WorkflowForm {
        slug: "release".into(),
        title: "Release".into(),
        kind: "environment".into(),
        is_default: Some("on".into()),
        stages: rows.to_vec(),
        drops: None,
    };
    let workflow = workflow_of(checked(&form).expect("sound").graph);
    let again = WorkflowForm::of(&workflow, &slots()).expect("the form can hold it");
    assert_eq!(checked(&again).expect("sound").graph, workflow.graph);
    assert_eq!((again.title.as_str(), again.is_default.as_deref()), ("Release", Some("on")));
}

fn row(bucket: &str, from: &str) -> StageForm {
    StageForm { bucket: bucket.into(), from: from.into(), ..StageForm::default() }
}

fn form_of(rows: &[StageForm]) -> WorkflowForm {
    let kind = "environment".to_owned();
    WorkflowForm {
        slug: "x".into(),
        title: "X".into(),
        kind,
        stages: rows.to_vec(),
        ..WorkflowForm::default()
    }
}

#[test]
fn a_form_draws_forks_and_joins_by_where_builds_come_from() {
    for (edges, from) in [
        (vec![(0, 1), (0, 2)], ["", "", "qa"]),
        (vec![(0, 2), (1, 2)], ["", "-", "qa, staging"]),
        (vec![(0, 1), (0, 2), (1, 2)], ["", "", "qa, staging"]),
        (vec![(0, 2), (2, 1)], ["", "prod", "qa"]),
    ] {
        let graph = Graph::new((1..=3).map(stage).collect(), edges).expect("sound");
        let form = WorkflowForm::of(&workflow_of(graph.clone()), &slots()).expect("the form can hold it");
        let told: Vec<&str> = form.stages.iter().map(|stage| stage.from.as_str()).collect();
        assert_eq!(told, from);
        assert_eq!(checked(&form).expect("sound").graph, graph);
    }
    let wrong = |rows: &[StageForm]| {
        let invalid = checked(&form_of(rows)).expect_err("a mistake");
        invalid.errors().iter().map(|error| error.field.clone()).collect::<Vec<_>>()
    };
    assert_eq!(wrong(&[row("qa", ""), row("prod", "staging")]), ["stages[1][from]"]);
    assert_eq!(wrong(&[row("qa", ""), row("prod", "prod")]), ["stages[1][from]"]);
    assert_eq!(wrong(&[row("qa", "prod"), row("prod", "qa")]), ["stages"]);
    assert_eq!(wrong(&[row("qa", ""), row("", ""), row("qa", "")]), ["stages[2][bucket]"]);
    // A row that is left out is not the one above.
    let gap = form_of(&[row("qa", ""), row("", ""), row("prod", "")]);
    assert_eq!(checked(&gap).expect("sound").graph, Graph::linear(vec![stage(1), stage(3)]).expect("sound"));
}

#[test]
fn gates_without_a_field_are_kept() {
    let soak = |minutes| Gate::Soak { time: Span::minutes(minutes).expect("a length") };
    let first = Stage { gates: vec![soak(1)], ..stage(1) };
    let twice = Stage { gates: vec![soak(1), soak(2)], ..stage(2) };
    let graph = Graph::linear(vec![first, twice]).expect("sound");
    let form = WorkflowForm::of(&workflow_of(graph.clone()), &slots()).expect("the form can hold it");
    let kept: Vec<_> = form.stages.iter().map(|stage| stage.kept.join(" ")).collect();
    assert_eq!(kept, ["qa.0", "staging.1"]);
    assert_eq!(checked_after(&form, Some(&graph)).expect("sound").graph, graph);
    // One that is not named any more is dropped, and none is made up.
    let mut fewer = form.clone();
    fewer.stages[1].kept.clear();
    let next = checked_after(&fewer, Some(&graph)).expect("sound").graph;
    assert_eq!(next.stages()[1].gates, [soak(1)]);
    for wrong in ["staging.7", "prod.0", "moon.0", "staging", ""] {
        fewer.stages[1].kept = vec![wrong.to_owned()];
        let invalid = checked_after(&fewer, Some(&graph)).expect_err("no such gate");
        assert_eq!(invalid.errors()[0].field, "stages[1][kept]", "{wrong}");
    }
    fewer.stages[1].kept = vec!["staging.1".to_owned()];
    assert!(checked(&fewer).is_err(), "a new workflow has no gates to keep");
}

#[test]
fn the_form_begins_with_what_nothing_leads_to() {
    let backwards = Graph::new((1..=3).map(stage).collect(), vec![(1, 0), (0, 2)]).expect("sound");
    let form = WorkflowForm::of(&workflow_of(backwards), &slots()).expect("the form can hold it");
    let rows: Vec<_> = form.stages.iter().map(|stage| (stage.bucket.as_str(), stage.from.as_str())).collect();
    assert_eq!(rows, [("staging", ""), ("qa", ""), ("prod", "")]);
    let gone = Graph::linear(vec![stage(1), stage(9)]).expect("sound");
    assert_eq!(WorkflowForm::of(&workflow_of(gone), &slots()), None, "a bucket is gone");
}

#[test]
fn what_nothing_could_ever_pass_is_refused() {
    let wrong = |rows: &[StageForm]| {
        let invalid = checked(&form_of(rows)).expect_err("a mistake");
        invalid.errors().iter().map(|error| (error.field.clone(), error.message.clone())).collect::<Vec<_>>()
    };
    let later = StageForm { was_in: "prod".into(), ..row("staging", "") };
    let why = "Nothing would ever pass: builds come to prod only after staging.";
    let told = |field: &str, why: &str| vec![(field.to_owned(), why.to_owned())];
    assert_eq!(wrong(&[row("qa", ""), later.clone(), row("prod", "")]), told("stages[1][was_in]", why));
    // What CI may push there can have been there before.
    let pushed = StageForm { arrivals: "any".into(), ..row("prod", "") };
    assert!(checked(&form_of(&[row("qa", ""), later, pushed])).is_ok());
    let old = StageForm { soak: "2d".into(), maximum_age: "1d".into(), ..row("staging", "") };
    let why = "Nothing would ever pass: what has been in the stage before for 2 days is older than 1 day.";
    assert_eq!(wrong(&[row("qa", ""), old]), told("stages[1][maximum_age]", why));
    let ring = [row("qa", "prod"), row("staging", ""), row("prod", "")];
    let why = "staging → prod → qa → staging leads back to where it came from. Take one of these ways out.";
    assert_eq!(wrong(&ring), told("stages", why));
}

#[test]
fn a_stored_graph_is_checked_again() {
    let text = r#"{"stages":[],"edges":[]}"#;
    assert!(serde_json::from_str::<Graph>(text).is_err());
    let graph = Graph::linear(vec![stage(1), stage(2)]).expect("sound");
    let text = serde_json::to_string(&graph).expect("serialises");
    assert_eq!(serde_json::from_str::<Graph>(&text).expect("reads back"), graph);
}

proptest! {
    #[test]
    fn edges_that_only_lead_forward_never_make_a_cycle(
        edges in proptest::collection::vec((0_usize..8, 0_usize..8), 0..20)
    ) {
        let forward: Vec<_> = edges.into_iter().filter(|(from, to)| from < to).collect();
        prop_assert!(Graph::new((0..8).map(stage).collect(), forward).is_ok());
    }
}
