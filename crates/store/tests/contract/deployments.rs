//! Deployment reports and what runs by them.

use crate::engines::on_both_engines;
use crate::fixture::{Store, at, digest, id, slug};
use crate::shop::Shop;
use towpath_domain::deployments::{Deployment, Outcome};
use towpath_domain::services::Service;
use towpath_domain::words::Link;
use towpath_store::deployments::{
    Running, Standing, adopt, build_of, insert, keep, list, lock, of_integration, of_services, where_runs,
};
use towpath_store::services;

async fn service(shop: &Shop, store: &Store) -> Service {
    let service = Service {
        id: id(90),
        project: shop.project.id,
        slug: slug("web"),
        title: crate::fixture::title("Web"),
        integration: shop.integration.id,
    };
    let saved = service.clone();
    store.save(async move |tx| services::insert(tx, &saved).await).await;
    service
}

fn report(shop: &Shop, number: u128, outcome: Outcome) -> Deployment {
    Deployment {
        id: id(700 + number),
        service: id(90),
        environment: shop.prod.id,
        digest: shop.build.digest.clone(),
        build: Some(shop.build.id),
        tag: None,
        outcome,
        link: Link::parse("https://ci.example.org/7").ok(),
        at: at(10 + i64::try_from(number).expect("a number")),
        by: shop.by(),
        reported_at: at(50),
    }
}

#[test]
fn what_runs_and_the_newest_report_are_told_apart() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let web = service(&shop, &store).await;
        let place = (web.id, shop.prod.id);
        let ran = report(&shop, 1, Outcome::Succeeded);
        let none = store.save(async move |tx| lock(tx, place.0, place.1).await).await;
        assert_eq!(none, None);
        let first = Standing {
            runs: Some(Running { report: ran.clone(), since: at(11), known_since: at(50) }),
            last: ran.clone(),
        };
        let failed =
            Deployment { digest: digest("elsewhere"), build: None, ..report(&shop, 2, Outcome::Failed) };
        let second = Standing { last: failed.clone(), ..first.clone() };
        for (standing, report) in [(first, ran.clone()), (second.clone(), failed.clone())] {
            store
                .save(async move |tx| {
                    insert(tx, &report).await?;
                    keep(tx, &standing).await
                })
                .await;
        }
        let locked = store.save(async move |tx| lock(tx, place.0, place.1).await).await;
        assert_eq!(locked, Some(second));

        let mut conn = store.conn().await;
        let runs = of_services(&mut conn, &[web.id]).await.expect("reads");
        let run = runs.get(&place).expect("was reported");
        let told = run.runs.as_ref().expect("it runs");
        assert_eq!((told.build, told.tag.as_ref(), told.since), (ran.build, Some(&shop.build.tag), at(11)));
        let last = run.last.as_ref().expect("another one came after it");
        assert_eq!((last.outcome, &last.digest, &last.tag), (Outcome::Failed, &failed.digest, &None));
        assert_eq!(last.link, failed.link);

        let places = of_integration(&mut conn, shop.integration.id, at(0)).await.expect("reads");
        let told: Vec<(&str, bool)> =
            places.iter().map(|place| (place.fed.environment.as_str(), place.fed.run.is_some())).collect();
        assert_eq!(told, [("qa", false), ("prod", true)]);
        assert!(places[1].is_of(shop.prod_key()) && !places[1].is_of(shop.qa_key()));
        let runs_in = where_runs(&mut conn, shop.build.id).await.expect("reads");
        assert_eq!((runs_in.len(), runs_in[0].environment.as_str(), runs_in[0].since), (1, "prod", at(11)));

        let ids = async |conn: &mut _, of, before| {
            let page = list(conn, shop.prod.id, of, before, 10).await.expect("reads");
            page.into_iter().map(|report| report.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(&mut conn, None, None).await, [failed.id, ran.id]);
        assert_eq!(ids(&mut conn, Some(web.id), Some(failed.id)).await, [ran.id]);
        assert!(ids(&mut conn, Some(id(91)), None).await.is_empty());
    });
}

#[test]
fn a_digest_leads_to_its_build_and_to_none_of_another_integration() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let mut conn = store.conn().await;
        let of = async |conn: &mut _, integration, digest: &_| {
            build_of(conn, integration, digest, None).await.expect("reads")
        };
        assert_eq!(of(&mut conn, shop.integration.id, &shop.build.digest).await, Some(shop.build.id));
        assert_eq!(of(&mut conn, id(999), &shop.build.digest).await, None);
        assert_eq!(of(&mut conn, shop.integration.id, &digest("unknown")).await, None);
    });
}

#[test]
fn a_report_that_came_before_its_build_is_of_it_afterwards() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        service(&shop, &store).await;
        let early = Deployment { build: None, ..report(&shop, 1, Outcome::Succeeded) };
        let (saved, build) = (early.clone(), shop.build.clone());
        store
            .save(async move |tx| {
                insert(tx, &saved).await?;
                adopt(tx, &build).await
            })
            .await;
        let all = list(&mut store.conn().await, shop.prod.id, None, None, 10).await.expect("reads");
        assert_eq!(all[0].build, Some(shop.build.id));
    });
}
