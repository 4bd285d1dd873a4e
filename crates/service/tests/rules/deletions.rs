//! Deleting: what is in use stays, what is not leaves lists and addresses, and an integration comes back as it was.

use crate::engines::on_both_engines;
use crate::shop::{
    Shop, integration, make_environment, make_integration, make_workflow, stage, wish, workflow,
};
use crate::world::line;
use std::fmt::Debug;
use towpath_domain::access::{Place, Role};
use towpath_domain::deletions::{RESTORABLE, Subject, User};
use towpath_domain::holds::HoldForm;
use towpath_domain::integrations::Follows;
use towpath_domain::people::InvitationForm;
use towpath_domain::rules::{CriterionForm, RuleForm};
use towpath_domain::streams::StreamForm;
use towpath_domain::timeline::Filter;
use towpath_domain::workflows::{StageForm, WorkflowForm};
use towpath_service::deletions::{delete, list, preview, restore};
use towpath_service::promotions::{Request, promote_on, request};
use towpath_service::{Error, boards, builds, holds, inbox, people, projects, rules, streams, workflows};

fn checkout() -> Subject {
    Subject::Integration { project: "shop".into(), slug: "checkout".into() }
}

fn environment(slug: &str) -> Subject {
    Subject::Environment { project: "shop".into(), slug: slug.into() }
}

fn release() -> Subject {
    Subject::Workflow { project: "shop".into(), slug: "release".into() }
}

fn in_use<T: Debug>(outcome: Result<T, Error>) -> String {
    match outcome {
        Err(Error::Conflict(why)) => why,
        other => panic!("expected that it is in use, got {other:?}"),
    }
}

fn missing<T: Debug>(outcome: Result<T, Error>) -> String {
    match outcome {
        Err(error @ Error::NotFound(_)) => error.to_string(),
        other => panic!("expected that nothing is there, got {other:?}"),
    }
}

fn mistake<T: Debug>(outcome: Result<T, Error>) -> String {
    match outcome {
        Err(Error::Invalid(invalid)) => {
            let error = &invalid.errors()[0];
            format!("{}: {}", error.field, error.message)
        }
        other => panic!("expected a mistake, got {other:?}"),
    }
}

#[test]
fn a_deleted_integration_leaves_addresses_and_comes_back_as_it_was() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.ana, "shop/checkout/qa", "1.0.0").await.expect("enters");
        let view = preview(&shop, &shop.dora, &checkout()).await.expect("whoever sees it may look");
        assert!(view.may_delete.is_err());
        assert_eq!((view.consequences.used_by, view.consequences.lost), (0, 1));
        assert_eq!(view.consequences.losses[0].tag.as_str(), "1.0.0");
        assert!(matches!(delete(&shop, &shop.dora, &checkout(), None).await, Err(Error::Forbidden(_))));
        let typed = delete(&shop, &shop.ana, &checkout(), Some("checkouts")).await;
        assert_eq!(mistake(typed), "name: Type checkout to say that this is the integration you mean.");
        delete(&shop, &shop.ana, &checkout(), Some(" checkout ")).await.expect("deletes");

        let gone = missing(boards::view(&shop, &shop.ana, "shop", "checkout").await);
        assert!(gone.starts_with("The integration “shop/checkout”, which was deleted on "), "{gone}");
        assert!(gone.ends_with("can be restored for 30 days, was not found"), "{gone}");
        missing(delete(&shop, &shop.ana, &checkout(), None).await);
        assert!(shop.push(&shop.ana, "shop/checkout/qa", "1.0.1").await.is_err());
        assert!(shop.pull(&shop.dora, "shop/checkout/qa", "current").await.is_err());
        let view = projects::whole(&shop, &shop.ana, "shop").await.expect("the project");
        assert!(view.integrations.is_empty() && view.services.is_empty());
        // Its build is told of on, by its own name.
        let view = builds::view(&shop, &shop.ana, &digest, builds::Part::WHOLE).await.expect("a build");
        assert_eq!(view.lives[0].integration.as_str(), "checkout");
        // Whoever sees nothing of the shop learns nothing.
        let stranger = shop.stranger("Eve").await;
        assert!(missing(list(&shop, &stranger, "shop").await).contains("The project"));

        let kept = integration("checkout", "environment", "release");
        let kept = mistake(make_integration(&shop, &shop.ana, "shop", kept).await);
        assert!(kept.starts_with("slug: An integration of this name was deleted on "), "{kept}");
        let deleted = list(&shop, &shop.dora, "shop").await.expect("a list");
        assert_eq!(deleted.integrations.len(), 1);
        assert!(matches!(restore(&shop, &shop.dora, "shop", "checkout").await, Err(Error::Forbidden(_))));
        restore(&shop, &shop.ana, "shop", "checkout").await.expect("restores");
        missing(restore(&shop, &shop.ana, "shop", "checkout").await);
        assert_eq!(shop.history("qa").await, ["1.0.0"]);
        assert_eq!(shop.pull(&shop.dora, "shop/checkout/qa", "current").await.expect("pulls"), digest);
        shop.promote(&shop.ana, &digest, "qa", "staging").await.expect("goes on");

        let filter = Filter { integration: "shop/checkout".into(), ..Filter::default() };
        let told: Vec<String> = shop.timeline(&shop.ana, filter).await.iter().map(line).collect();
        let told = told.join("\n");
        assert!(told.contains("Ana deleted the integration shop/checkout, with one current build"), "{told}");
        assert!(told.contains("Ana restored the integration shop/checkout"), "{told}");
    });
}

#[test]
fn after_its_time_the_name_is_free_and_the_timeline_still_tells() {
    on_both_engines(async |shop: Shop| {
        shop.push(&shop.ana, "shop/checkout/qa", "1.0.0").await.expect("enters");
        delete(&shop, &shop.ana, &checkout(), None).await.expect("deletes");
        let filter = Filter { integration: "shop/checkout".into(), ..Filter::default() };
        let told = shop.timeline(&shop.ana, filter).await;
        assert!(told.iter().map(line).any(|line| line.contains("pushed 1.0.0")), "{told:?}");
        shop.clock.advance(RESTORABLE.seconds());
        missing(restore(&shop, &shop.ana, "shop", "checkout").await);
        assert!(list(&shop, &shop.ana, "shop").await.expect("a list").integrations.is_empty());
        let again = integration("checkout", "environment", "release");
        make_integration(&shop, &shop.ana, "shop", again).await.expect("the name is free");
        assert!(shop.history("qa").await.is_empty());
        let view = projects::whole(&shop, &shop.ana, "shop").await.expect("the project");
        assert_eq!(view.services.len(), 1);
        shop.push(&shop.ana, "shop/checkout/qa", "2.0.0").await.expect("enters the new one");
        assert_eq!(shop.history("qa").await, ["2.0.0"]);
    });
}

#[test]
fn what_waits_stands_in_the_way_of_deleting() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.ana, "shop/checkout/qa", "1.0.0").await.expect("enters");
        shop.promote(&shop.ana, &digest, "qa", "staging").await.expect("goes to staging");
        let waiting = shop.promote(&shop.ana, &digest, "staging", "prod").await.expect("waits");
        let why = in_use(delete(&shop, &shop.ana, &checkout(), None).await);
        assert_eq!(
            why,
            format!("The integration checkout is in use: the promotion shop#{} waits.", waiting.number)
        );
        let why = in_use(delete(&shop, &shop.ana, &release(), None).await);
        assert!(why.contains("the integration shop/checkout follows it, the promotion shop#"), "{why}");
        let why = in_use(delete(&shop, &shop.ana, &environment("prod"), None).await);
        assert!(why.contains("the workflow shop/release names it, the promotion shop#"), "{why}");
        shop.approve(&shop.ben, &waiting).await.expect("goes to prod");
        delete(&shop, &shop.ana, &checkout(), None).await.expect("nothing waits any more");
        delete(&shop, &shop.ana, &release(), None).await.expect("nothing follows it");
        delete(&shop, &shop.ana, &environment("prod"), None).await.expect("nothing names it");
        let view = projects::whole(&shop, &shop.ana, "shop").await.expect("the project");
        let slugs: Vec<&str> = view.environments.iter().map(|own| own.slug.as_str()).collect();
        assert_eq!((view.workflows.len(), slugs), (0, vec!["qa", "staging"]));
        // What it followed is gone by then.
        restore(&shop, &shop.ana, "shop", "checkout").await.expect("restores");
        let board = boards::view(&shop, &shop.ana, "shop", "checkout").await.expect("a board");
        assert_eq!(board.integration.workflow, Follows::Default);
        assert_eq!(board.columns.len(), 2);
        // Names of what was deleted for good can be taken.
        make_environment(&shop, &shop.ana, "shop", "prod", "production").await;
        let stages = [stage("qa", ""), stage("prod", "")];
        make_workflow(&shop, &shop.ana, "shop", workflow("release", "environment", &stages))
            .await
            .expect("the name is free");
        let board = boards::view(&shop, &shop.ana, "shop", "checkout").await.expect("a board");
        let prod = board.columns.iter().find(|column| column.slot.slug.as_str() == "prod");
        assert!(prod.expect("a bucket").current.is_none(), "it is another environment");
    });
}

#[test]
fn rules_and_streams_go_when_nothing_uses_them() {
    on_both_engines(async |shop: Shop| {
        let form = StreamForm { slug: "canary".into(), title: "Canary".into(), production: None };
        streams::create(&shop, &shop.ana, form).await.expect("a stream");
        make_environment(&shop, &shop.ana, "shop", "edge", "canary").await;
        let criterion = CriterionForm {
            key: "branch".into(),
            operator: "equals".into(),
            value: "edge".into(),
            bucket: "edge".into(),
        };
        let form = RuleForm {
            slug: "branches".into(),
            title: "Branches".into(),
            kind: "environment".into(),
            is_default: Some("on".into()),
            criteria: vec![criterion],
        };
        rules::create(&shop, &shop.ana, "shop", form).await.expect("a rule");
        let (canary, rule) = (
            Subject::Stream { slug: "canary".into() },
            Subject::Rule { project: "shop".into(), slug: "branches".into() },
        );
        let used = preview(&shop, &shop.ana, &canary).await.expect("a preview").consequences;
        assert!(
            matches!(&used.users[..], [User::Environment { slug, .. }] if slug.as_str() == "edge"),
            "{used:?}"
        );
        in_use(delete(&shop, &shop.ana, &canary, None).await);
        let why = in_use(delete(&shop, &shop.ana, &environment("edge"), None).await);
        assert!(why.contains("the CI rule shop/branches leads builds there"), "{why}");
        let why = in_use(delete(&shop, &shop.ana, &rule, None).await);
        assert!(why.contains("the integration shop/checkout follows it"), "the default: {why}");
        delete(&shop, &shop.ana, &checkout(), None).await.expect("deletes");
        delete(&shop, &shop.ana, &rule, None).await.expect("nothing follows it");
        delete(&shop, &shop.ana, &environment("edge"), None).await.expect("nothing names it");
        assert!(matches!(preview(&shop, &shop.ben, &canary).await, Err(Error::Forbidden(_))));
        assert!(matches!(delete(&shop, &shop.ben, &canary, None).await, Err(Error::Forbidden(_))));
        delete(&shop, &shop.ana, &canary, None).await.expect("nothing is of it");
        let left = streams::list(&shop, &shop.ana).await.expect("streams").streams;
        assert!(left.iter().all(|line| line.stream.built_in));
        let built_in = Subject::Stream { slug: "qa".into() };
        let why = delete(&shop, &shop.ana, &built_in, None).await.expect_err("built in").to_string();
        assert_eq!(why, "The stream qa is built in and cannot be deleted.");
    });
}

#[test]
fn nothing_moves_in_what_was_deleted() {
    on_both_engines(async |shop: Shop| {
        let on = StageForm { automatic: Some("on".to_owned()), ..stage("staging", "") };
        let stages = [stage("qa", ""), on];
        let form =
            WorkflowForm { is_default: Some("on".into()), ..workflow("by-itself", "environment", &stages) };
        make_workflow(&shop, &shop.ana, "shop", form).await.expect("a workflow");
        let follows = integration("billing", "environment", ":default");
        make_integration(&shop, &shop.ana, "shop", follows).await.expect("an integration");
        let digest = shop.push(&shop.ana, "shop/billing/qa", "1.0.0").await.expect("enters");
        let billing = Subject::Integration { project: "shop".into(), slug: "billing".into() };
        delete(&shop, &shop.ana, &billing, None).await.expect("deletes");
        let wish = Request { integration: "billing".into(), ..wish(&digest, "qa", "staging") };
        missing(request(&shop, &shop.ana, wish).await);
        assert_eq!(promote_on(&shop).await.expect("looks"), 0);
        restore(&shop, &shop.ana, "shop", "billing").await.expect("restores");
        assert_eq!(promote_on(&shop).await.expect("goes on"), 1);
    });
}

#[test]
fn nothing_is_found_by_the_name_of_its_row() {
    on_both_engines(async |shop: Shop| {
        delete(&shop, &shop.ana, &checkout(), None).await.expect("deletes");
        delete(&shop, &shop.ana, &release(), None).await.expect("deletes");
        for table in ["integrations", "workflows"] {
            let row = shop.text(&format!("select slug from {table} where deleted_at is not null")).await;
            assert!(row.starts_with("deleted-"), "{row}");
            let subject = match table {
                "integrations" => Subject::Integration { project: "shop".into(), slug: row.clone() },
                _ => Subject::Workflow { project: "shop".into(), slug: row.clone() },
            };
            missing(preview(&shop, &shop.ana, &subject).await);
            missing(boards::view(&shop, &shop.ana, "shop", &row).await);
            missing(workflows::view(&shop, &shop.ana, "shop", &row).await);
        }
    });
}

#[test]
fn rights_end_with_the_place_that_they_were_bound_at_and_holds_stand_in_its_way() {
    on_both_engines(async |shop: Shop| {
        make_environment(&shop, &shop.ana, "shop", "edge", "qa").await;
        let view = projects::whole(&shop, &shop.ana, "shop").await.expect("the project");
        let edge = view.environments.iter().find(|own| own.slug.as_str() == "edge").expect("edge").id;
        let place = Place::Environment { project: shop.project.id, environment: edge };
        let eve = shop.person("Eve", Role::developer(), place).await;
        projects::whole(&shop, &eve, "shop").await.expect("sees the project");
        let invitation = InvitationForm {
            email: "mei@example.org".into(),
            role: "viewer".into(),
            place: "environment:shop/edge".into(),
        };
        people::invite(&shop, &shop.ana, invitation).await.expect("invites");
        let form =
            HoldForm { on: "environment:shop/edge".into(), reason: "Payments".into(), ..HoldForm::default() };
        let hold = holds::place(&shop, &shop.ana, form).await.expect("holds").number;
        let why = in_use(delete(&shop, &shop.ana, &environment("edge"), None).await);
        assert!(why.ends_with(&format!("hold {hold} is on it.")), "{why}");
        holds::release(&shop, &shop.ana, hold, "Mended.").await.expect("releases");
        let told = preview(&shop, &shop.ana, &environment("edge")).await.expect("a preview").consequences;
        assert_eq!((told.roles, told.invitations), (1, 1));
        delete(&shop, &shop.ana, &environment("edge"), None).await.expect("deletes");
        let eve = shop.actor(eve.person()).await;
        missing(projects::whole(&shop, &eve, "shop").await);
        assert_eq!(shop.told(&shop.ana, "invitation_withdrawn").await, 1);
    });
}

#[test]
fn what_went_to_a_deleted_environment_is_told_on() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.ana, "shop/checkout/qa", "1.0.0").await.expect("enters");
        let promoted = shop.promote(&shop.ana, &digest, "qa", "staging").await.expect("goes to staging");
        let stages = [stage("qa", ""), stage("prod", "1")];
        let form =
            WorkflowForm { is_default: Some("on".into()), ..workflow("short", "environment", &stages) };
        make_workflow(&shop, &shop.ana, "shop", form).await.expect("a workflow");
        delete(&shop, &shop.ana, &checkout(), None).await.expect("deletes");
        delete(&shop, &shop.ana, &release(), None).await.expect("nothing follows it");
        let lost =
            preview(&shop, &shop.ana, &environment("staging")).await.expect("a preview").consequences.lost;
        assert_eq!(lost, 1, "what a restored integration would have there counts, too");
        delete(&shop, &shop.ana, &environment("staging"), None).await.expect("deletes");
        restore(&shop, &shop.ana, "shop", "checkout").await.expect("restores");
        make_environment(&shop, &shop.ana, "shop", "staging", "staging").await;
        let view = inbox::promotion(&shop, &shop.ana, "shop", promoted.number).await.expect("is told of on");
        assert_eq!(view.promotion.to.slug.as_str(), "staging");
    });
}
