//! Workflows: changing one, and what that touches.

use crate::engines::on_both_engines;
use crate::shop::{Shop, integration, make_integration, stage};
use towpath_domain::access::{Place, Role};
use towpath_domain::promotions::State;
use towpath_domain::timeline::Filter;
use towpath_domain::workflows::{StageForm, Workflow, WorkflowForm};
use towpath_service::workflows::{change, view};
use towpath_service::{Error, projects};

/// The form of the shop's workflow as it is now.
async fn form(shop: &Shop) -> (Workflow, WorkflowForm) {
    let workflow = view(shop, &shop.ana, "shop", "release").await.expect("the workflow").workflow;
    let slots = projects::whole(shop, &shop.ana, "shop").await.expect("the shop").slots();
    let form = WorkflowForm::of(&workflow, &slots).expect("a line");
    (workflow, form)
}

async fn save(shop: &Shop, version: i64, form: WorkflowForm) -> Result<Workflow, Error> {
    let changed = change(shop, &shop.ana, "shop", "release", version, form).await?;
    Ok(changed.done().expect("nothing takes a second person"))
}

fn words(workflow: &Workflow) -> Vec<Vec<String>> {
    let stages = workflow.graph.stages().iter();
    stages.map(|stage| stage.gates.iter().map(towpath_domain::gates::Gate::words).collect()).collect()
}

#[test]
fn a_change_is_the_next_version_and_holds_for_what_is_asked_from_then_on() {
    on_both_engines(async |shop: Shop| {
        let first = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.promote(&shop.dora, &first, "qa", "staging").await.expect("goes to staging");
        let waiting = shop.promote(&shop.ana, &first, "staging", "prod").await.expect("may ask");
        let (before, mut form) = form(&shop).await;
        assert_eq!(
            (before.version, view(&shop, &shop.ana, "shop", "release").await.expect("reads").waiting),
            (1, 1)
        );
        form.stages[1].soak = "1h".to_owned();
        form.stages[2].approvals = "2".to_owned();
        let after = save(&shop, 1, form.clone()).await.expect("is saved");
        assert_eq!(after.version, 2);
        assert_eq!(
            words(&after)[1..],
            [vec!["1 hour in the stage before"], vec!["2 approvals by release managers"]]
        );
        // What waits keeps the gates that it was asked for under.
        let applied = shop.approve(&shop.ben, &waiting).await.expect("one approval is enough");
        assert!(matches!(applied.state, State::Applied { .. }));
        let second = shop.push(&shop.dora, "shop/checkout/qa", "1.1").await.expect("arrives");
        let asked = shop.promote(&shop.dora, &second, "qa", "staging").await.expect("may ask");
        assert_eq!((asked.state, asked.workflow_version), (State::Waiting, 2));
        let told =
            shop.timeline(&shop.ana, Filter { kind: "workflow_changed".into(), ..Filter::default() }).await;
        let [entry] = told.as_slice() else { panic!("one event") };
        let sentence = towpath_domain::timeline::sentence::plain(&entry.sentence);
        assert!(
            sentence.ends_with(
                ": staging with 1 hour in the stage before; prod with 2 approvals by release managers"
            ),
            "{sentence}"
        );
    });
}

#[test]
fn who_looked_at_an_older_version_changes_nothing_and_neither_does_who_changes_nothing() {
    on_both_engines(async |shop: Shop| {
        let (_, form) = form(&shop).await;
        assert_eq!(save(&shop, 1, form.clone()).await.expect("stays").version, 1);
        let named = WorkflowForm { title: "The way".to_owned(), ..form.clone() };
        let changed = save(&shop, 1, named).await.expect("is saved");
        assert_eq!((changed.version, changed.name.title.as_str()), (2, "The way"));
        let late = save(&shop, 1, form).await;
        assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
        assert_eq!(shop.told(&shop.ana, "workflow_changed").await, 1);
    });
}

#[test]
fn a_new_default_takes_the_place_of_the_other_and_its_followers_with_it() {
    on_both_engines(async |shop: Shop| {
        let (_, form) = form(&shop).await;
        for slug in ["one", "two"] {
            let form = integration(slug, "environment", ":default");
            make_integration(&shop, &shop.ana, "shop", form).await.expect("an integration");
        }
        let followers = async || {
            let view = view(&shop, &shop.ana, "shop", "release").await.expect("the workflow");
            (view.followers.iter().map(ToString::to_string).collect::<Vec<_>>(), view.followed_by)
        };
        assert_eq!(followers().await, (vec!["checkout".to_owned()], 1));
        let default = WorkflowForm { is_default: Some("on".to_owned()), ..form };
        save(&shop, 1, default).await.expect("is saved");
        assert_eq!(followers().await.1, 3);
        // Another takes its place: that is a change of this one, too.
        let other = WorkflowForm {
            is_default: Some("on".to_owned()),
            ..crate::shop::workflow("other", "environment", &[stage("qa", "")])
        };
        crate::shop::make_workflow(&shop, &shop.ana, "shop", other).await.expect("a workflow");
        assert_eq!(followers().await, (vec!["checkout".to_owned()], 1));
        let (now, form) = self::form(&shop).await;
        assert_eq!((now.version, now.is_default), (3, false));
        assert_eq!(shop.told(&shop.ana, "workflow_changed").await, 2);
        save(&shop, 3, WorkflowForm { is_default: Some("on".to_owned()), ..form }).await.expect("is saved");
        assert_eq!(followers().await.0, ["checkout", "one", "two"]);
    });
}

#[test]
fn mistakes_and_missing_rights_change_nothing() {
    on_both_engines(async |shop: Shop| {
        let (before, form) = form(&shop).await;
        let twice = WorkflowForm { stages: vec![stage("qa", ""), stage("qa", "")], ..form.clone() };
        assert!(matches!(save(&shop, 1, twice).await, Err(Error::Invalid(_))));
        let none = WorkflowForm { stages: vec![StageForm::default()], ..form.clone() };
        assert!(matches!(save(&shop, 1, none).await, Err(Error::Invalid(_))));
        let untitled = WorkflowForm { title: " ".to_owned(), ..form.clone() };
        assert!(matches!(save(&shop, 1, untitled).await, Err(Error::Invalid(_))));
        let vera = shop.person("Vera", Role::viewer(), Place::Project { project: shop.project.id }).await;
        let other = WorkflowForm { title: "Mine".to_owned(), ..form.clone() };
        for (actor, hidden) in [(&shop.dora, false), (&vera, false), (&shop.stranger("Sam").await, true)] {
            let outcome = change(&shop, actor, "shop", "release", 1, other.clone()).await;
            match outcome {
                Err(Error::Forbidden(_)) => assert!(!hidden),
                Err(Error::NotFound(_)) => assert!(hidden),
                other => panic!("expected a refusal, got {other:?}"),
            }
        }
        let missing = change(&shop, &shop.ana, "shop", "nothing", 1, other.clone()).await;
        assert!(matches!(missing, Err(Error::NotFound(_))));
        projects::archive(&shop, &shop.ana, "shop").await.expect("is put away");
        assert!(matches!(save(&shop, 1, other).await, Err(Error::Refused(_))));
        assert_eq!(self::form(&shop).await.0, before);
    });
}

#[test]
fn gates_that_a_change_drops_have_to_be_let_go_of() {
    on_both_engines(async |shop: Shop| {
        let (_, mut form) = form(&shop).await;
        form.stages.truncate(2);
        match save(&shop, 1, form.clone()).await {
            Err(Error::Invalid(invalid)) => {
                let [mistake] = invalid.errors() else { panic!("{invalid}") };
                assert_eq!(mistake.field, "drops");
                assert!(mistake.message.ends_with("prod: 1 approval by a release manager."), "{invalid}");
            }
            other => panic!("{other:?}"),
        }
        let meant = WorkflowForm { drops: Some("on".to_owned()), ..form };
        assert_eq!(save(&shop, 1, meant).await.expect("is meant").version, 2);
    });
}
