//! Integrations and the workflows that they follow, in a project and in `global`.

use crate::engines::on_both_engines;
use crate::shop::{Shop, integration, make_integration, make_workflow, stage, wish, workflow};
use towpath_domain::environments::EnvironmentForm;
use towpath_domain::projects::{Listed, Part, ProjectForm, ProjectLine};
use towpath_domain::promotions::Choice;
use towpath_domain::slugs::Slug;
use towpath_domain::streams::StreamForm;
use towpath_domain::workflows::WorkflowForm;
use towpath_service::promotions::{Decide, Request, decide, request};
use towpath_service::{Error, boards, environments, projects, streams};

/// The fields that a refusal names.
fn fields<T: std::fmt::Debug>(outcome: Result<T, Error>) -> Vec<String> {
    match outcome {
        Err(Error::Invalid(invalid)) => invalid.errors().iter().map(|error| error.field.clone()).collect(),
        other => panic!("expected mistakes, got {other:?}"),
    }
}

#[test]
fn an_integration_and_its_workflow_are_of_one_type() {
    on_both_engines(async |shop: Shop| {
        let mismatch = integration("billing", "release_stream", "release");
        assert_eq!(fields(make_integration(&shop, &shop.ana, "shop", mismatch).await), ["workflow"]);
        let unknown = integration("billing", "environment", "nothing");
        assert_eq!(fields(make_integration(&shop, &shop.ana, "shop", unknown).await), ["workflow"]);
        let streams = workflow("streams", "release_stream", &[stage("qa", ""), stage("production", "1")]);
        make_workflow(&shop, &shop.ana, "shop", streams).await.expect("a workflow");
        let fits = integration("billing", "release_stream", "streams");
        make_integration(&shop, &shop.ana, "shop", fits).await.expect("an integration");
        let mixed = workflow("mixed", "environment", &[stage("qa", ""), stage("production", "")]);
        assert_eq!(fields(make_workflow(&shop, &shop.ana, "shop", mixed).await), ["stages[1][bucket]"]);
    });
}

#[test]
fn a_name_that_is_taken_is_told_beside_its_field() {
    on_both_engines(async |shop: Shop| {
        let taken = integration("checkout", "environment", ":none");
        assert_eq!(fields(make_integration(&shop, &shop.ana, "shop", taken).await), ["slug"]);
        let taken = workflow("release", "environment", &[stage("qa", "")]);
        assert_eq!(fields(make_workflow(&shop, &shop.ana, "shop", taken).await), ["slug"]);
        let taken = EnvironmentForm { slug: "qa".into(), title: "QA".into(), stream: "qa".into() };
        assert_eq!(fields(environments::create(&shop, &shop.ana, "shop", taken).await), ["slug"]);
        let taken = ProjectForm { slug: "shop".into(), title: "Shop".into() };
        assert_eq!(fields(projects::create(&shop, &shop.ana, taken).await), ["slug"]);
        let taken = StreamForm { slug: "qa".into(), title: "QA".into(), production: None };
        assert_eq!(fields(streams::create(&shop, &shop.ana, taken).await), ["slug"]);
        for slug in ["global", "current", "Shop", ""] {
            let form = ProjectForm { slug: slug.into(), title: "Shop".into() };
            assert_eq!(fields(projects::create(&shop, &shop.ana, form).await), ["slug"], "{slug}");
        }
    });
}

#[test]
fn who_follows_the_default_follows_whichever_it_is() {
    on_both_engines(async |shop: Shop| {
        let form = integration("billing", "environment", ":default");
        make_integration(&shop, &shop.ana, "shop", form).await.expect("an integration");
        let followed = async || {
            let board = boards::view(&shop, &shop.ana, "shop", "billing").await.expect("a board");
            board.workflow.map(|workflow| workflow.name.slug.to_string())
        };
        assert_eq!(followed().await, None);
        for slug in ["first", "second"] {
            let stages = [stage("qa", ""), stage("staging", "")];
            let form =
                WorkflowForm { is_default: Some("on".to_owned()), ..workflow(slug, "environment", &stages) };
            make_workflow(&shop, &shop.ana, "shop", form).await.expect("a workflow");
            assert_eq!(followed().await.as_deref(), Some(slug));
        }
        let defaults = projects::whole(&shop, &shop.ana, "shop").await.expect("the shop").workflows;
        let defaults: Vec<&str> = defaults
            .iter()
            .filter(|workflow| workflow.is_default)
            .map(|workflow| workflow.name.slug.as_str())
            .collect();
        assert_eq!(defaults, ["second"], "there is one default at a time");
        let own = shop.board().await.workflow.expect("its own");
        assert_eq!(own.name.slug.as_str(), "release", "who has its own keeps it");
    });
}

#[test]
fn an_integration_brings_a_service_of_its_name_except_in_global() {
    on_both_engines(async |shop: Shop| {
        let services = async |project: &str| {
            let view = projects::whole(&shop, &shop.ana, project).await.expect("a project");
            view.services.iter().map(|served| served.service.slug.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(services("shop").await, ["checkout"]);
        let form = integration("base", "release_stream", ":none");
        make_integration(&shop, &shop.ana, "global", form).await.expect("an integration");
        assert_eq!(services("global").await, Vec::<String>::new());
    });
}

#[test]
fn the_global_project_promotes_from_stream_to_stream() {
    on_both_engines(async |shop: Shop| {
        let of_environments = integration("base", "environment", ":none");
        assert_eq!(fields(make_integration(&shop, &shop.ana, "global", of_environments).await), ["kind"]);
        let form = EnvironmentForm { slug: "qa".into(), title: "QA".into(), stream: "qa".into() };
        assert_eq!(fields(environments::create(&shop, &shop.ana, "global", form).await), ["slug"]);

        let stages = [stage("dev", ""), stage("qa", ""), stage("production", "1")];
        let form = workflow("release", "release_stream", &stages);
        make_workflow(&shop, &shop.ana, "global", form).await.expect("a workflow");
        let form = integration("base", "release_stream", "release");
        make_integration(&shop, &shop.ana, "global", form).await.expect("an integration");
        let view = projects::whole(&shop, &shop.ana, "global").await.expect("the project");
        let place = towpath_domain::access::Place::Project { project: view.project.id };
        let gil = shop.person("Gil", towpath_domain::access::Role::release_manager(), place).await;

        let digest = shop.push(&gil, "global/base/dev", "1.0").await.expect("arrives");
        let ask = async |from: &str, to: &str| {
            let wish = Request {
                project: "global".to_owned(),
                integration: "base".to_owned(),
                ..wish(&digest, from, to)
            };
            request(&shop, &shop.ana, wish).await.expect("may ask")
        };
        assert_eq!(ask("dev", "qa").await.state.name(), "applied");
        let waiting = ask("qa", "production").await;
        assert_eq!(waiting.state.name(), "waiting");
        let approval =
            Decide { project: "global".to_owned(), ..crate::shop::decision(&waiting, Choice::Approve) };
        decide(&shop, &gil, approval).await.expect("may approve");
        assert_eq!(shop.pull(&gil, "global/base/production", "current").await.expect("is there"), digest);
    });
}

#[test]
fn a_project_shows_its_integrations_and_services_by_pages() {
    on_both_engines(async |shop: Shop| {
        for slug in ["basket", "web"] {
            let form = integration(slug, "environment", ":none");
            make_integration(&shop, &shop.ana, "shop", form).await.expect("an integration");
        }
        let page = async |part: Part| {
            let view = projects::view(&shop, &shop.ana, "shop", &part, 2).await.expect("a page");
            assert!(view.has_integration);
            let integrations: Vec<String> =
                view.integrations.iter().map(|own| own.slug.to_string()).collect();
            let services: Vec<String> = view
                .services
                .iter()
                .map(|served| {
                    let (project, integration) = served.built_by.as_ref().expect("what builds it");
                    format!("{} by {project}/{integration}", served.service.slug)
                })
                .collect();
            (integrations.join(" "), services.join(", "), view.next)
        };
        let own =
            |text: &str| (text.to_owned(), "basket by shop/basket, checkout by shop/checkout".to_owned());
        let after = |text: &str| Slug::parse(text).ok();
        let (first, last) = (page(Part::default()).await, after("checkout"));
        assert_eq!((first.0, first.1), own("basket checkout"));
        assert_eq!(first.2, Part { integrations: last.clone(), services: last.clone() });
        // One list goes on while the other stays.
        let second = page(Part { integrations: last.clone(), services: None }).await;
        assert_eq!((second.0, second.1), own("web"));
        assert_eq!(second.2, Part { integrations: None, services: last });
        let beyond = page(Part { integrations: after("web"), services: after("web") }).await;
        assert_eq!(beyond, (String::new(), String::new(), Part::default()));
    });
}

#[test]
fn projects_are_listed_by_pages_with_their_first_integrations() {
    on_both_engines(async |shop: Shop| {
        for slug in ["bank", "zoo"] {
            let form = ProjectForm { slug: slug.to_owned(), title: slug.to_owned() };
            projects::create(&shop, &shop.ana, form).await.expect("a project");
        }
        for number in 1..=9 {
            let form = integration(&format!("part-{number}"), "environment", ":none");
            make_integration(&shop, &shop.ana, "shop", form).await.expect("an integration");
        }
        let page = async |after: Option<&Slug>| {
            let view = projects::list(&shop, &shop.ana, Listed::InUse, after, 2).await.expect("a page");
            let line = |line: &ProjectLine| {
                format!("{} {}+{}", line.project.slug, line.integrations.len(), line.more)
            };
            (view.projects.iter().map(line).collect::<Vec<_>>(), view.next)
        };
        let (first, next) = page(None).await;
        assert_eq!(first, ["bank 0+0", "global 0+0"]);
        assert_eq!(next.as_ref().map(Slug::as_str), Some("global"));
        let (second, next) = page(next.as_ref()).await;
        assert_eq!(second, ["shop 8+2", "zoo 0+0"]);
        assert_eq!(next, None);
    });
}
