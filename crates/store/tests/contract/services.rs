//! Services, and what each should run.

use crate::engines::on_both_engines;
use crate::fixture::{Store, at, id, integration, slug, title};
use crate::shop::Shop;
use towpath_domain::buckets::{BucketKey, BucketKind};
use towpath_domain::integrations::{Follows, Integration};
use towpath_domain::pins::Source;
use towpath_domain::services::Service;
use towpath_store::services::{Built, ShouldRun, insert, is_taken, list, should_run};
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
        let mut conn = store.conn().await;
        let mut page =
            async |after: &str, limit| list(&mut conn, shop.project.id, after, limit).await.expect("reads");
        let built = |service: Service| Built {
            service,
            kind: shop.integration.kind,
            home: shop.project.id,
            board: (shop.project.slug.clone(), shop.integration.slug.clone()),
        };
        assert_eq!(page("", 1).await, [built(api)]);
        assert_eq!(page("api", 2).await, [built(web)]);
        for (name, taken) in [("web", true), ("worker", false)] {
            assert_eq!(is_taken(&mut conn, shop.project.id, &slug(name)).await.expect("reads"), taken);
        }
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
        let (saved, made, second) = (shop.clone(), build.clone(), worker.clone());
        store
            .save(async move |tx| {
                integrations::insert(tx, &second).await?;
                builds::insert(tx, &made, saved.by()).await?;
                for service in [service(90, &saved.integration, "web"), service(91, &second, "worker")] {
                    insert(tx, &service).await?;
                }
                let of_stream = BucketKey::ReleaseStream(saved.qa.stream.id);
                let bucket = buckets::lock(tx, second.id, of_stream, id(80)).await?;
                buckets::place(tx, &bucket, &saved.placement(100, &made), None).await?;
                let bucket = buckets::lock(tx, saved.integration.id, saved.qa_key(), id(81)).await?;
                buckets::place(tx, &bucket, &saved.placement(101, &saved.build), None).await
            })
            .await;
        let mut conn = store.conn().await;
        let run = |number: u128, service: &str, of: &Integration, bucket: &str, build| ShouldRun {
            id: id(number),
            service: slug(service),
            built_by: of.id,
            home: of.project,
            project: slug("shop"),
            integration: of.slug.clone(),
            bucket: slug(bucket),
            build,
            source: Source::Bucket,
        };
        let there =
            |build: &towpath_domain::builds::Build| Some((build.id, build.digest.clone(), build.tag.clone()));
        assert_eq!(
            should_run(&mut conn, shop.project.id, (shop.qa.id, shop.qa.stream.id), at(0))
                .await
                .expect("reads"),
            [
                run(90, "web", &shop.integration, "qa", there(&shop.build)),
                run(91, "worker", &worker, "qa", there(&build))
            ]
        );
        assert_eq!(
            should_run(&mut conn, shop.project.id, (shop.prod.id, shop.prod.stream.id), at(0))
                .await
                .expect("reads"),
            [run(90, "web", &shop.integration, "prod", None), run(91, "worker", &worker, "production", None)]
        );
    });
}
