//! An installation as documents declare it.

use crate::engines::on_both_engines;
use crate::evidence::support::Signer;
use crate::shop::{Shop, wish};
use towpath_domain::access::{Place, Role};
use towpath_domain::declarations::{Declaration, DeclaredIntegration, Plan, Verb};
use towpath_domain::environments::EnvironmentForm;
use towpath_domain::integrations::{FOLLOW_DEFAULT, FOLLOW_NONE, IntegrationForm};
use towpath_domain::projects::ProjectForm;
use towpath_domain::retention::Retention;
use towpath_domain::roles::RoleForm;
use towpath_domain::rules::{CriterionForm, RuleForm};
use towpath_domain::streams::StreamForm;
use towpath_domain::timeline::Filter;
use towpath_domain::timeline::sentence::plain;
use towpath_domain::trust_roots::TrustRootForm;
use towpath_service::declarations::{Outcome, Wanted, Wish, apply, export, plan};
use towpath_service::promotions::request;
use towpath_service::{Error, projects};

fn set(documents: Vec<Declaration>) -> Wanted {
    Wanted { documents, set: "platform".to_owned(), ..Wanted::default() }
}

fn environment(project: &str, slug: &str, stream: &str) -> Declaration {
    let form = EnvironmentForm { slug: slug.into(), title: slug.to_uppercase(), stream: stream.into() };
    Declaration::Environment { project: project.into(), form }
}

fn rule(project: &str, branch: &str) -> Declaration {
    let row = CriterionForm {
        key: "branch".into(),
        operator: "equals".into(),
        value: branch.into(),
        bucket: "qa".into(),
    };
    let form = RuleForm {
        slug: "branches".into(),
        title: "Branches".into(),
        kind: "environment".into(),
        is_default: None,
        criteria: vec![row],
    };
    Declaration::Rule { project: project.into(), form }
}

fn integration(project: &str, workflow: &str, rule: &str) -> DeclaredIntegration {
    DeclaredIntegration {
        project: project.into(),
        form: IntegrationForm {
            slug: "checkout".into(),
            title: "Checkout".into(),
            kind: "environment".into(),
            workflow: workflow.into(),
        },
        rule: rule.into(),
        retention: Retention { last: Some(10), ..Retention::default() },
    }
}

/// A project that is not there, with all that it needs, in an order in which nothing could be made.
fn bank() -> Vec<Declaration> {
    vec![
        Declaration::Integration(integration("bank", FOLLOW_NONE, "branches")),
        rule("bank", "main"),
        environment("bank", "qa", "preview"),
        Declaration::Project(ProjectForm { slug: "bank".into(), title: "The bank".into() }),
        Declaration::Stream(StreamForm { slug: "preview".into(), title: "Preview".into(), production: None }),
    ]
}

fn to_do(plan: &Plan) -> Vec<String> {
    plan.to_do().map(|step| format!("{:?} {}", step.verb(), step.name)).collect()
}

async fn of(shop: &Shop, project: &str) -> Vec<Declaration> {
    let wish = Wish { project: project.to_owned(), ..Wish::default() };
    export(shop, &shop.ana, &wish).await.expect("reads")
}

#[test]
fn what_is_declared_comes_to_be_and_stays() {
    on_both_engines(async |shop: Shop| {
        let wanted = set(bank());
        let first = plan(&shop, &shop.ana, &wanted).await.expect("sound");
        assert_eq!(
            to_do(&first),
            [
                "Create stream preview",
                "Create project bank",
                "Create environment bank/qa",
                "Create rule bank/branches",
                "Create integration bank/checkout"
            ]
        );
        // A plan is no change.
        assert!(projects::whole(&shop, &shop.ana, "bank").await.is_err());

        let applied = apply(&shop, &shop.ana, &wanted, Some(&first.fingerprint())).await.expect("is done");
        assert!(applied.iter().all(|(_, outcome)| *outcome == Outcome::Done), "{applied:?}");
        assert_eq!(apply(&shop, &shop.ana, &wanted, None).await.expect("again"), []);
        let told = Filter { kind: "declarations_applied".to_owned(), ..Filter::default() };
        let lines = shop.timeline(&shop.ana, told).await;
        let line: Vec<String> = lines.iter().map(|entry| plain(&entry.sentence)).collect();
        assert_eq!(
            line,
            ["applied declarations of the set platform in bank: 5 created, 0 changed, 0 deleted"]
        );
    });
}

#[test]
fn what_was_exported_changes_nothing() {
    on_both_engines(async |shop: Shop| {
        apply(&shop, &shop.ana, &set(bank()), None).await.expect("is done");
        let whole = export(&shop, &shop.ana, &Wish::default()).await.expect("reads");
        for exported in [of(&shop, "shop").await, of(&shop, "bank").await, whole] {
            assert!(exported.len() >= 5, "{exported:?}");
            let again = plan(&shop, &shop.ana, &set(exported)).await.expect("sound");
            assert_eq!(to_do(&again), [""; 0]);
        }
        // Also by who may only look.
        let shown = plan(&shop, &shop.dora, &set(of(&shop, "shop").await)).await.expect("sound");
        assert!(shown.steps.iter().all(|step| step.refused.is_none()));
    });
}

#[test]
fn a_change_is_made_by_the_use_case_of_its_noun() {
    on_both_engines(async |shop: Shop| {
        apply(&shop, &shop.ana, &set(bank()), None).await.expect("is done");
        let mut after = bank();
        after[0] = Declaration::Integration(DeclaredIntegration {
            retention: Retention::default(),
            ..integration("bank", FOLLOW_DEFAULT, FOLLOW_NONE)
        });
        after[1] = rule("bank", "trunk");
        after[2] = environment("bank", "qa", "staging");
        let wanted = set(after);
        let planned = plan(&shop, &shop.ana, &wanted).await.expect("sound");
        assert_eq!(
            to_do(&planned),
            ["Change environment bank/qa", "Change rule bank/branches", "Change integration bank/checkout"]
        );
        let applied = apply(&shop, &shop.ana, &wanted, None).await.expect("is done");
        assert!(applied.iter().all(|(_, outcome)| *outcome == Outcome::Done), "{applied:?}");
        let again = plan(&shop, &shop.ana, &set(of(&shop, "bank").await)).await.expect("sound");
        assert_eq!(to_do(&again), [""; 0]);
        for (kind, times) in [("environment_moved", 1), ("workflow_chosen", 1), ("rule_chosen", 2)] {
            assert_eq!(shop.told(&shop.ana, kind).await, times, "{kind}");
        }
    });
}

#[test]
fn a_plan_of_another_state_is_not_applied() {
    on_both_engines(async |shop: Shop| {
        let wanted = set(bank());
        let looked_at = plan(&shop, &shop.ana, &wanted).await.expect("sound").fingerprint();
        let form = ProjectForm { slug: "bank".into(), title: "The bank".into() };
        projects::create(&shop, &shop.ana, form).await.expect("somebody is faster");
        let refused = apply(&shop, &shop.ana, &wanted, Some(&looked_at)).await;
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
        assert_eq!(of(&shop, "bank").await.len(), 1);
    });
}

#[test]
fn who_may_not_configure_applies_nothing() {
    on_both_engines(async |shop: Shop| {
        let place = Place::Project { project: shop.project.id };
        let team = shop.person("Tim", Role::admin(), place).await;
        let wanted = set(vec![environment("shop", "eu", "production"), bank().remove(4)]);
        let planned = plan(&shop, &team, &wanted).await.expect("sound");
        let refused: Vec<bool> = planned.steps.iter().map(|step| step.refused.is_some()).collect();
        // The stream is not the project's.
        assert_eq!(refused, [true, false]);
        assert!(matches!(apply(&shop, &team, &wanted, None).await, Err(Error::Forbidden(_))));
        assert_eq!(of(&shop, "shop").await.len(), 6);
        let own = set(vec![environment("shop", "eu", "production")]);
        apply(&shop, &team, &own, None).await.expect("may");

        let stranger = shop.stranger("Eve").await;
        let unseen = plan(&shop, &stranger, &own).await;
        assert!(
            matches!(unseen, Err(Error::Invalid(ref invalid)) if invalid.errors()[0].field == "documents[0][project]")
        );
        let wish = Wish { project: "shop".to_owned(), ..Wish::default() };
        assert!(matches!(export(&shop, &stranger, &wish).await, Err(Error::NotFound(_))));
        assert_eq!(export(&shop, &stranger, &Wish::default()).await.expect("reads"), []);
    });
}

#[test]
fn only_what_the_set_declared_is_pruned() {
    on_both_engines(async |shop: Shop| {
        apply(&shop, &shop.ana, &set(bank()), None).await.expect("is done");
        let by_hand = EnvironmentForm { slug: "own".into(), title: "Own".into(), stream: "qa".into() };
        towpath_service::environments::create(&shop, &shop.ana, "bank", by_hand).await.expect("one");
        // Another project of the set, of which no document speaks this time.
        apply(&shop, &shop.ana, &set(vec![environment("shop", "eu", "qa")]), None).await.expect("is done");

        let project = || bank().remove(3);
        let unnamed = Wanted { documents: vec![project()], prune: true, ..Wanted::default() };
        assert!(matches!(plan(&shop, &shop.ana, &unnamed).await, Err(Error::Invalid(_))));
        let less = Wanted { prune: true, ..set(vec![project()]) };
        let planned = plan(&shop, &shop.ana, &less).await.expect("sound");
        assert_eq!(
            to_do(&planned),
            ["Delete integration bank/checkout", "Delete rule bank/branches", "Delete environment bank/qa"]
        );
        apply(&shop, &shop.ana, &less, Some(&planned.fingerprint())).await.expect("is done");
        let left = of(&shop, "bank").await;
        let left: Vec<String> = left.iter().map(|one| one.name().to_string()).collect();
        assert_eq!(left, ["project bank", "environment bank/own"]);

        // What was made anew by hand is nobody's, though it has the name.
        let qa = EnvironmentForm { slug: "qa".into(), title: "QA".into(), stream: "qa".into() };
        towpath_service::environments::create(&shop, &shop.ana, "bank", qa).await.expect("one");
        let planned = plan(&shop, &shop.ana, &less).await.expect("sound");
        assert_eq!(planned.steps.iter().filter(|step| step.verb() == Verb::Delete).count(), 0);
    });
}

#[test]
fn what_another_set_declares_is_not_touched_unless_it_is_taken_over() {
    on_both_engines(async |shop: Shop| {
        apply(&shop, &shop.ana, &set(bank()), None).await.expect("is done");
        let other = Wanted { set: "team".into(), ..set(vec![environment("bank", "qa", "staging")]) };
        let refused = apply(&shop, &shop.ana, &other, None).await;
        assert!(
            matches!(refused, Err(Error::Refused(ref words)) if words.contains("set platform")),
            "{refused:?}"
        );
        let taken = Wanted { take_over: true, ..other };
        // Who only looks changes nothing by it, and takes nothing over either.
        let looks = shop.person("Vera", Role::viewer(), Place::Installation).await;
        let same = Wanted { set: "team".into(), take_over: true, ..set(bank()) };
        apply(&shop, &looks, &same, None).await.expect("has nothing to do");
        let still = plan(&shop, &shop.ana, &set(bank())).await.expect("sound");
        assert!(still.steps.iter().all(|step| step.refused.is_none()), "{:?}", still.steps);
        apply(&shop, &shop.ana, &taken, None).await.expect("is done");
        let back = plan(&shop, &shop.ana, &set(bank())).await.expect("sound");
        assert!(
            back.steps.iter().any(|step| step.refused.as_ref().is_some_and(|why| why.contains("set team")))
        );
    });
}

#[test]
fn what_was_done_before_a_refusal_stays_and_applying_again_goes_on() {
    on_both_engines(async |shop: Shop| {
        let first = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
        request(&shop, &shop.ana, wish(&first, "qa", "staging")).await.expect("goes to staging");
        request(&shop, &shop.ana, wish(&first, "staging", "prod")).await.expect("waits");
        let mut exported = of(&shop, "shop").await;
        for declaration in &mut exported {
            if let Declaration::Integration(declared) = declaration {
                declared.form.workflow = FOLLOW_NONE.to_owned();
            }
        }
        exported.push(environment("shop", "eu", "production"));
        let wanted = set(exported);
        let applied = apply(&shop, &shop.ana, &wanted, None).await.expect("is told");
        let told: Vec<(String, bool)> = applied
            .iter()
            .map(|(step, outcome)| (step.name.to_string(), *outcome == Outcome::Done))
            .collect();
        assert_eq!(
            told,
            [("environment shop/eu".to_owned(), true), ("integration shop/checkout".to_owned(), false)]
        );
        assert!(matches!(&applied[1].1, Outcome::Refused(why) if why.contains("shop#2")), "{applied:?}");
        let again = plan(&shop, &shop.ana, &wanted).await.expect("sound");
        assert_eq!(to_do(&again), ["Change integration shop/checkout"]);
    });
}

fn role(permissions: &[(&str, &str)]) -> Declaration {
    let permissions = permissions.iter().map(|(name, reach)| ((*name).to_owned(), (*reach).to_owned()));
    Declaration::Role(RoleForm {
        slug: "keeper".into(),
        title: "Keeper".into(),
        from: String::new(),
        permissions: permissions.collect(),
    })
}

#[test]
fn a_role_is_made_and_changed_by_who_manages_people() {
    on_both_engines(async |shop: Shop| {
        let keeps = [("view", "everywhere"), ("approve", "everywhere")];
        let place = Place::Project { project: shop.project.id };
        let team = shop.person("Tim", Role::admin(), place).await;
        let refused = apply(&shop, &team, &set(vec![role(&keeps)]), None).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        apply(&shop, &shop.ana, &set(vec![role(&keeps)]), None).await.expect("is made");
        let more = [("view", "everywhere"), ("approve", "everywhere"), ("promote", "outside_production")];
        let planned = plan(&shop, &shop.ana, &set(vec![role(&more)])).await.expect("sound");
        assert_eq!(to_do(&planned), ["Change role keeper"]);
        apply(&shop, &shop.ana, &set(vec![role(&more)]), None).await.expect("is changed");
        let wish = Wish { kind: "role".to_owned(), slug: "keeper".to_owned(), ..Wish::default() };
        assert_eq!(export(&shop, &shop.ana, &wish).await.expect("reads"), [role(&more)]);
        // What nobody may hold is no role by a document either.
        let both = [("approve", "everywhere"), ("configure", "everywhere")];
        let invalid = plan(&shop, &shop.ana, &set(vec![role(&both)])).await;
        assert!(matches!(invalid, Err(Error::Invalid(_))), "{invalid:?}");
    });
}

#[test]
fn a_trust_root_is_declared_and_removed_with_its_set() {
    on_both_engines(async |shop: Shop| {
        let form = TrustRootForm {
            name: "cosign".into(),
            kind: "key".into(),
            key: Signer::new().pem(),
            ..TrustRootForm::default()
        };
        let root = |form: TrustRootForm| Declaration::TrustRoot { project: "shop".into(), form };
        let unreadable = TrustRootForm { key: "no key".into(), ..form.clone() };
        let invalid = plan(&shop, &shop.ana, &set(vec![root(unreadable)])).await;
        assert!(
            matches!(invalid, Err(Error::Invalid(ref invalid)) if invalid.errors()[0].field == "documents[0][trusts][key]"),
            "{invalid:?}"
        );
        apply(&shop, &shop.ana, &set(vec![root(form.clone())]), None).await.expect("is added");
        let again = plan(&shop, &shop.ana, &set(of(&shop, "shop").await)).await.expect("sound");
        assert_eq!(to_do(&again), [""; 0]);
        let less = Wanted { prune: true, ..set(vec![environment("shop", "eu", "qa")]) };
        let planned = plan(&shop, &shop.ana, &less).await.expect("sound");
        assert_eq!(to_do(&planned), ["Create environment shop/eu", "Delete trust root shop/cosign"]);
        assert!(planned.steps[1].note.is_some());
        apply(&shop, &shop.ana, &less, None).await.expect("is done");
        assert_eq!(shop.told(&shop.ana, "trust_root_removed").await, 1);
    });
}
