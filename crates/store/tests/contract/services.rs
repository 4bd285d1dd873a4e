//! Services, and what each should run.

use crate::engines::on_both_engines;
use crate::fixture::{Store, id, integration, slug, title};
use crate::shop::Shop;
use towpath_domain::buckets::{BucketKey, BucketKind};
use towpath_domain::integrations::{Follows, Integration};
use towpath_domain::services::Service;
use towpath_store::services::{ShouldRun, insert, list, should_run};
use towpath_store::{buckets, builds, integrations};

fn service(number: u128, of: &Integration, name: &str) -> Service {
    Service { id: id(number), project: of.project, slug: slug(name), title: title(name), integration: of.id }
}

#[test]
fn a_slug_names_one_service_of_a_project() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let (web, api) = (service(90, &shop.integration, "web"), service(91, &shop.integration, "api"));
        let twin = service(92, &shop.integration, "web");
        for service in [web.clone(), api.clone()] {
            store.save(async move |tx| insert(tx, &service).await).await;
        }
        let again = store.write(async move |tx| insert(tx, &twin).await).await;
        assert!(again.expect_err("it is taken").is_duplicate());
        assert_eq!(list(&mut store.conn().await, shop.project.id).await.expect("reads"), [api, web]);
    });
}

#[test]
fn a_service_should_run_what_is_current_for_its_environment_or_its_stream() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let worker = Integration {
            kind: BucketKind::ReleaseStream,
            ..integration(51, shop.project.id, "worker", Follows::None)
        };
        let build = crate::fixture::build(61, worker.id, "2.0");
        let (saved, made) = (shop.clone(), build.clone());
        store
            .save(async move |tx| {
                integrations::insert(tx, &worker).await?;
                builds::insert(tx, &made, saved.by()).await?;
                for service in [service(90, &saved.integration, "web"), service(91, &worker, "worker")] {
                    insert(tx, &service).await?;
                }
                let of_stream = BucketKey::ReleaseStream(saved.qa.stream.id);
                let bucket = buckets::lock(tx, worker.id, of_stream, id(80)).await?;
                buckets::place(tx, &bucket, &saved.placement(100, &made), None).await?;
                let bucket = buckets::lock(tx, saved.integration.id, saved.qa_key(), id(81)).await?;
                buckets::place(tx, &bucket, &saved.placement(101, &saved.build), None).await
            })
            .await;
        let mut conn = store.conn().await;
        let run = |service: &str, integration: &str, bucket: &str, build| ShouldRun {
            service: slug(service),
            project: slug("shop"),
            integration: slug(integration),
            bucket: slug(bucket),
            build,
        };
        let there = |build: &towpath_domain::builds::Build| Some((build.digest.clone(), build.tag.clone()));
        assert_eq!(
            should_run(&mut conn, shop.project.id, shop.qa.id).await.expect("reads"),
            [run("web", "checkout", "qa", there(&shop.build)), run("worker", "worker", "qa", there(&build))]
        );
        assert_eq!(
            should_run(&mut conn, shop.project.id, shop.prod.id).await.expect("reads"),
            [run("web", "checkout", "prod", None), run("worker", "worker", "production", None)]
        );
    });
}
