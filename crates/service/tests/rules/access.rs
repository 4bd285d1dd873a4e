//! What a viewer sees but may not do, and what a stranger never learns of.

use crate::engines::on_both_engines;
use crate::images::name;
use crate::shop::{
    Shop, checkout, decision, integration, make_integration, make_workflow, stage, wish, workflow,
};
use std::fmt::Debug;
use towpath_domain::access::{Actor, Place, Role};
use towpath_domain::digests::{Algorithm, Digest};
use towpath_domain::environments::EnvironmentForm;
use towpath_domain::projects::Listed;
use towpath_domain::promotions::{Choice, Promotion};
use towpath_domain::timeline::Filter;
use towpath_domain::tokens::TokenForm;
use towpath_service::buckets::{RollBack, resolve, resume, roll_back};
use towpath_service::promotions::{cancel, decide, explain, request};
use towpath_service::{Error, boards, builds, environments, images, inbox, projects, streams, tokens};

/// Everything that can be asked of the shop, tried by one person: what each door answered.
struct Doors(Vec<(&'static str, Result<(), Error>)>);

impl Doors {
    fn note<T>(&mut self, door: &'static str, outcome: Result<T, Error>) {
        self.0.push((door, outcome.map(drop)));
    }

    fn image<T: Debug>(&mut self, door: &'static str, outcome: Result<T, images::Error>) {
        let outcome = match outcome {
            Ok(_) => Ok(()),
            Err(images::Error::Other(error)) => Err(error),
            Err(other) => panic!("{door}: {other:?}"),
        };
        self.0.push((door, outcome));
    }

    /// Doors behind which something is only seen.
    async fn seen(shop: &Shop, actor: &Actor, promotion: &Promotion) -> Self {
        let digest = promotion.digest.to_string();
        let mut doors = Self(Vec::new());
        doors.note("project", projects::whole(shop, actor, "shop").await);
        doors.note("board", boards::view(shop, actor, "shop", "checkout").await);
        doors.note("promotion", inbox::promotion(shop, actor, "shop", promotion.number).await);
        doors.note("promotions", inbox::page(shop, actor, "shop", None, 9).await);
        doors.note("build", builds::view(shop, actor, &digest, builds::Part::PAGE).await);
        doors.note("images of an environment", resolve(shop, actor, "shop", "qa").await);
        doors.note("dry run", explain(shop, actor, wish(&digest, "staging", "prod")).await);
        doors.image("pull", shop.pull(actor, "shop/checkout/qa", "current").await);
        doors.image("tags", images::list_tags(shop, actor, &name("shop/checkout/qa"), "", 9).await);
        doors
    }

    /// Doors behind which something is changed.
    async fn changed(shop: &Shop, actor: &Actor, promotion: &Promotion) -> Self {
        let digest = promotion.digest.to_string();
        let placement = shop.column("qa").await.current.and_then(|card| card.placement).expect("a placement");
        let back = RollBack { at: checkout("qa"), to: placement, reason: "why".to_owned(), expected: None };
        let environment =
            EnvironmentForm { slug: "dev".to_owned(), title: "Dev".to_owned(), stream: "dev".to_owned() };
        let release = workflow("other", "environment", &[stage("qa", "")]);
        let billing = integration("billing", "environment", ":none");
        let repository = name("shop/checkout/qa");
        let mut doors = Self(Vec::new());
        doors.note("request", request(shop, actor, wish(&digest, "staging", "prod")).await);
        doors.note("approve", decide(shop, actor, decision(promotion, Choice::Approve)).await);
        doors.note("reject", decide(shop, actor, decision(promotion, Choice::Reject)).await);
        doors.note("cancel", cancel(shop, actor, "shop", promotion.number, "").await);
        doors.note("roll back", roll_back(shop, actor, back).await);
        doors.note("resume", resume(shop, actor, &checkout("qa"), "").await);
        doors.note("new environment", environments::create(shop, actor, "shop", environment).await);
        doors.note("new workflow", make_workflow(shop, actor, "shop", release).await);
        doors.note("new integration", make_integration(shop, actor, "shop", billing).await);
        doors.image("push", shop.push(actor, "shop/checkout/qa", "9.0").await);
        doors.image("upload", images::begin_upload(shop, actor, &repository, Algorithm::Sha256).await);
        let blob = Digest::of(Algorithm::Sha256, b"");
        doors.image("mount", images::mount_blob(shop, actor, &repository, &blob, &repository).await);
        let reference = images::Reference::Digest(promotion.digest.clone());
        doors.image("delete", images::delete_manifest(shop, actor, &repository, &reference).await);
        doors
    }
}

/// The shop with a promotion of Ana's that waits.
async fn waiting(shop: &Shop) -> Promotion {
    let digest = shop.push(&shop.dora, "shop/checkout/qa", "1.0").await.expect("arrives");
    shop.promote(&shop.dora, &digest, "qa", "staging").await.expect("goes to staging");
    shop.promote(&shop.ana, &digest, "staging", "prod").await.expect("waits")
}

#[test]
fn a_viewer_sees_everything_of_the_project_and_changes_nothing() {
    on_both_engines(async |shop: Shop| {
        let promotion = waiting(&shop).await;
        let place = Place::Project { project: shop.project.id };
        let vera = shop.person("Vera", Role::viewer(), place).await;
        let before = shop.timeline(&shop.ana, Filter::default()).await.len();
        for (door, outcome) in Doors::seen(&shop, &vera, &promotion).await.0 {
            assert!(outcome.is_ok(), "{door}: {outcome:?}");
        }
        for (door, outcome) in Doors::changed(&shop, &vera, &promotion).await.0 {
            let Err(Error::Forbidden(refusal)) = outcome else { panic!("{door}: {outcome:?}") };
            assert!(refusal.to_string().contains("an admin can grant the role"), "{door}: {refusal}");
        }
        assert_eq!(shop.timeline(&shop.ana, Filter::default()).await.len(), before);
        let page = inbox::promotion(&shop, &vera, "shop", promotion.number).await.expect("may see");
        assert!(page.may_decide.is_err() && page.may_cancel.is_err());
    });
}

#[test]
fn to_a_stranger_the_project_does_not_exist() {
    on_both_engines(async |shop: Shop| {
        let promotion = waiting(&shop).await;
        let bank =
            towpath_domain::projects::ProjectForm { slug: "bank".to_owned(), title: "Bank".to_owned() };
        let bank = projects::create(&shop, &shop.ana, bank).await.expect("a project");
        let sam = shop.stranger("Sam").await;
        let olga = shop.person("Olga", Role::release_manager(), Place::Project { project: bank.id }).await;
        for actor in [&sam, &olga] {
            let seen = Doors::seen(&shop, actor, &promotion).await.0;
            let changed = Doors::changed(&shop, actor, &promotion).await.0;
            for (door, outcome) in seen.into_iter().chain(changed) {
                assert!(matches!(outcome, Err(Error::NotFound(_))), "{door}: {outcome:?}");
            }
            let hidden = projects::whole(&shop, actor, "shop").await.expect_err("hidden").to_string();
            let missing = projects::whole(&shop, actor, "ship").await.expect_err("missing").to_string();
            assert_eq!(hidden.replace("shop", "ship"), missing, "the two answers differ in nothing");
        }
    });
}

#[test]
fn lists_and_the_timeline_leave_out_what_a_stranger_may_not_see() {
    on_both_engines(async |shop: Shop| {
        waiting(&shop).await;
        let bank =
            towpath_domain::projects::ProjectForm { slug: "bank".to_owned(), title: "Bank".to_owned() };
        let bank = projects::create(&shop, &shop.ana, bank).await.expect("a project");
        let sam = shop.stranger("Sam").await;
        let olga = shop.person("Olga", Role::release_manager(), Place::Project { project: bank.id }).await;
        for (actor, visible) in [(&sam, vec![]), (&olga, vec!["bank"])] {
            let seen =
                projects::list(&shop, actor, Listed::InUse, None, projects::PAGE).await.expect("reads");
            let slugs: Vec<&str> = seen.projects.iter().map(|line| line.project.slug.as_str()).collect();
            assert_eq!(slugs, visible);
            let streams = streams::list(&shop, actor).await.expect("reads").streams;
            assert!(streams.iter().all(|line| line.environments.is_empty()));
            let items = inbox::list(&shop, actor).await.expect("reads");
            assert!(items.to_decide.is_empty() && items.asked.is_empty());
            let scopes = tokens::list(&shop, actor).await.expect("reads").scopes;
            assert_eq!(scopes, visible);
            let entries = shop.timeline(actor, Filter::default()).await;
            assert!(entries.iter().all(|entry| entry.kind == "project_created"), "{entries:?}");
            assert_eq!(entries.len(), visible.len());
            for filter in [
                Filter { project: "shop".to_owned(), ..Filter::default() },
                Filter { integration: "shop/checkout".to_owned(), ..Filter::default() },
                Filter { bucket: "qa".to_owned(), ..Filter::default() },
                Filter { person: shop.dora.person().to_string(), ..Filter::default() },
            ] {
                assert_eq!(shop.timeline(actor, filter).await, []);
            }
            let form = TokenForm {
                title: "CI".to_owned(),
                scope: "shop".to_owned(),
                actions: vec!["push".to_owned()],
                days: "1".to_owned(),
            };
            let refused = tokens::create(&shop, actor, form).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        }
    });
}

#[test]
fn a_role_in_a_stream_shows_projects_but_not_what_concerns_the_installation() {
    on_both_engines(async |shop: Shop| {
        let view = projects::whole(&shop, &shop.ana, "shop").await.expect("the shop");
        let qa = view.streams.iter().find(|stream| stream.slug.as_str() == "qa").expect("a stream");
        let quinn = shop.person("Quinn", Role::viewer(), Place::Stream { stream: qa.id }).await;
        let link = towpath_domain::people::InvitationForm {
            email: "secret@example.org".to_owned(),
            role: "viewer".to_owned(),
            place: "installation".to_owned(),
        };
        towpath_service::people::invite(&shop, &shop.ana, link).await.expect("may invite");
        let entries = shop.timeline(&quinn, Filter::default()).await;
        assert!(entries.iter().any(|entry| entry.kind == "environment_created"));
        let own = ["person_invited", "installation_created", "role_granted", "admin_link_issued"];
        let leaked = entries.iter().find(|entry| own.contains(&entry.kind.as_str()));
        assert_eq!(leaked, None);
    });
}

#[test]
fn only_an_admin_of_the_installation_creates_projects_and_streams() {
    on_both_engines(async |shop: Shop| {
        for actor in [&shop.ben, &shop.dora] {
            let form =
                towpath_domain::projects::ProjectForm { slug: "bank".to_owned(), title: "Bank".to_owned() };
            let refused = projects::create(&shop, actor, form).await;
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
            let form = towpath_domain::streams::StreamForm {
                slug: "edge".to_owned(),
                title: "Edge".to_owned(),
                production: None,
            };
            let refused = streams::create(&shop, actor, form).await;
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        }
    });
}
