//! Archiving a project: it refuses every change, at every use case that makes one, and can be read and restored.

use crate::engines::on_both_engines;
use crate::images::{name, refusal};
use crate::shop::{
    Shop, checkout, decision, integration, make_integration, make_workflow, stage, wish, workflow,
};
use crate::world::line;
use std::fmt::Debug;
use towpath_domain::digests::{Algorithm, Digest};
use towpath_domain::environments::EnvironmentForm;
use towpath_domain::projects::{Listed, ProjectForm};
use towpath_domain::promotions::{Choice, Outlook, RequestRefused};
use towpath_domain::references::Tag;
use towpath_domain::timeline::Filter;
use towpath_service::images::{self, Reference};
use towpath_service::projects::{PAGE, archive, list, restore};
use towpath_service::{Error, buckets, environments, inbox, projects, promotions, streams, tokens};

const ARCHIVED: &str = "The project shop is archived";

/// What refuses, in words.
fn rule<T: Debug>(outcome: Result<T, Error>) -> String {
    match outcome {
        Err(Error::Refused(why)) => why,
        other => panic!("expected that a rule refuses, got {other:?}"),
    }
}

async fn slugs(shop: &Shop, listed: Listed) -> Vec<String> {
    let list = list(shop, &shop.ana, listed, None, PAGE).await.expect("a list");
    list.projects.iter().map(|line| line.project.slug.to_string()).collect()
}

#[test]
fn an_archived_project_leaves_the_lists_and_comes_back_as_it_was() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.ana, "shop/checkout/qa", "1.0.0").await.expect("enters");
        shop.promote(&shop.ana, &digest, "qa", "staging").await.expect("goes to staging");
        shop.promote(&shop.ana, &digest, "staging", "prod").await.expect("waits");
        let waiting = async || inbox::list(&shop, &shop.ben).await.expect("an inbox").to_decide.len();
        assert_eq!(
            (slugs(&shop, Listed::InUse).await, waiting().await),
            (vec!["global".into(), "shop".into()], 1)
        );

        archive(&shop, &shop.ana, "shop").await.expect("archives");
        assert_eq!((slugs(&shop, Listed::InUse).await, waiting().await), (vec!["global".to_owned()], 0));
        assert_eq!(slugs(&shop, Listed::Archived).await, ["shop"]);
        assert!(!tokens::list(&shop, &shop.ana).await.expect("tokens").scopes.contains(&"shop".to_owned()));
        let streams = streams::list(&shop, &shop.ana).await.expect("streams").streams;
        assert!(streams.iter().all(|line| line.environments.is_empty()));
        // It can still be read by its address, and pulled from.
        assert_eq!(shop.history("qa").await, ["1.0.0"]);
        assert_eq!(shop.pull(&shop.dora, "shop/checkout/qa", "current").await.expect("pulls"), digest);

        restore(&shop, &shop.ana, "shop").await.expect("restores");
        assert_eq!(
            (slugs(&shop, Listed::InUse).await, waiting().await),
            (vec!["global".into(), "shop".into()], 1)
        );
        shop.push(&shop.ana, "shop/checkout/qa", "1.0.1").await.expect("enters");
        let told = shop.timeline(&shop.ana, Filter { project: "shop".into(), ..Filter::default() }).await;
        let told: Vec<String> =
            told.iter().map(line).filter(|line| line.contains("ed the project")).collect();
        assert!(told[0].contains("Ana restored the project shop"), "{told:?}");
        assert!(told[1].contains("Ana archived the project shop"), "{told:?}");
    });
}

#[test]
fn an_archived_project_refuses_every_change_of_its_builds() {
    on_both_engines(async |shop: Shop| {
        let (old, new) = (
            shop.push(&shop.ana, "shop/checkout/qa", "1.0.0").await.expect("enters"),
            shop.push(&shop.ana, "shop/checkout/qa", "1.0.1").await.expect("enters"),
        );
        shop.promote(&shop.ana, &old, "qa", "staging").await.expect("goes to staging");
        let waiting = shop.promote(&shop.ana, &old, "staging", "prod").await.expect("waits");
        archive(&shop, &shop.ana, "shop").await.expect("archives");
        let before = shop.timeline(&shop.ana, Filter::default()).await.len();

        let denied = |outcome| assert!(refusal(outcome).starts_with(ARCHIVED));
        denied(shop.push(&shop.ana, "shop/checkout/qa", "1.0.2").await);
        denied(shop.push(&shop.ana, "shop/checkout", "1.0.2").await);
        let repository = name("shop/checkout/qa");
        let loose = images::delete_manifest(&shop, &shop.ana, &repository, &tag("1.0.1")).await;
        denied(loose.map(|()| String::new()));
        let blob = Digest::of(Algorithm::Sha256, b"a blob");
        denied(images::delete_blob(&shop, &shop.ana, &repository, &blob).await.map(|()| String::new()));
        let upload = images::begin_upload(&shop, &shop.ana, &repository, Algorithm::Sha256).await;
        denied(upload.map(|id| id.to_string()));

        let refused = |why: String| assert!(why.starts_with(ARCHIVED), "{why}");
        refused(rule(shop.promote(&shop.ana, &new, "qa", "staging").await));
        refused(rule(shop.approve(&shop.ben, &waiting).await));
        let reject = decision(&waiting, Choice::Reject);
        refused(rule(promotions::decide(&shop, &shop.ben, reject).await));
        refused(rule(promotions::cancel(&shop, &shop.ana, "shop", waiting.number, "").await));
        refused(rule(shop.roll_back(&shop.ana, "qa").await));
        refused(rule(buckets::resume(&shop, &shop.ana, &checkout("qa"), "").await));
        assert_eq!(shop.timeline(&shop.ana, Filter::default()).await.len(), before);
    });
}

#[test]
fn pages_and_dry_runs_say_that_the_project_is_archived() {
    on_both_engines(async |shop: Shop| {
        let digest = shop.push(&shop.ana, "shop/checkout/qa", "1.0.0").await.expect("enters");
        shop.promote(&shop.ana, &digest, "qa", "staging").await.expect("goes to staging");
        let waiting = shop.promote(&shop.ana, &digest, "staging", "prod").await.expect("waits");
        archive(&shop, &shop.ana, "shop").await.expect("archives");
        let says = |outcome: Result<(), String>| assert!(outcome.expect_err("refused").starts_with(ARCHIVED));
        let view = projects::whole(&shop, &shop.ana, "shop").await.expect("a view");
        says(view.may_configure);
        assert_eq!(view.may_archive, Ok(()));
        let column = shop.column("qa").await;
        says(column.may_roll_back);
        says(column.may_resume);
        let page = inbox::promotion(&shop, &shop.ben, "shop", waiting.number).await.expect("its page");
        says(page.may_decide);
        let outlook =
            promotions::explain(&shop, &shop.ana, wish(&digest, "qa", "staging")).await.expect("an outlook");
        assert!(matches!(outlook, Outlook::Refused { refused: RequestRefused::Archived(_) }));
    });
}

#[test]
fn an_archived_project_refuses_new_settings() {
    on_both_engines(async |shop: Shop| {
        archive(&shop, &shop.ana, "shop").await.expect("archives");
        let refused = |why: String| assert!(why.starts_with(ARCHIVED), "{why}");
        let form = EnvironmentForm { slug: "dev".into(), title: "Dev".into(), stream: "dev".into() };
        refused(rule(environments::create(&shop, &shop.ana, "shop", form).await));
        let form = workflow("hotfix", "environment", &[stage("qa", "")]);
        refused(rule(make_workflow(&shop, &shop.ana, "shop", form).await));
        let form = integration("billing", "environment", ":none");
        refused(rule(make_integration(&shop, &shop.ana, "shop", form).await));
        // Its name stays taken, so that its addresses keep their meaning.
        let form = ProjectForm { slug: "shop".into(), title: "Another".into() };
        assert!(matches!(projects::create(&shop, &shop.ana, form).await, Err(Error::Invalid(_))));
    });
}

#[test]
fn who_may_configure_archives_and_what_all_share_stays() {
    on_both_engines(async |shop: Shop| {
        for actor in [&shop.ben, &shop.dora] {
            assert!(matches!(archive(&shop, actor, "shop").await, Err(Error::Forbidden(_))));
            assert!(matches!(restore(&shop, actor, "shop").await, Err(Error::Forbidden(_))));
        }
        let stranger = shop.stranger("Eve").await;
        assert!(matches!(archive(&shop, &stranger, "shop").await, Err(Error::NotFound(_))));
        assert!(rule(archive(&shop, &shop.ana, "global").await).contains("cannot be archived"));
        assert!(matches!(restore(&shop, &shop.ana, "shop").await, Err(Error::Conflict(_))));
        archive(&shop, &shop.ana, "shop").await.expect("archives");
        assert!(matches!(archive(&shop, &shop.ana, "shop").await, Err(Error::Conflict(_))));
    });
}

fn tag(text: &str) -> Reference {
    Reference::Tag(Tag::parse(text).expect("a tag"))
}
