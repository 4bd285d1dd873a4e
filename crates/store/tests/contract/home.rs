//! The rows and cells of the first page.

use crate::engines::on_both_engines;
use crate::fixture::{Store, at, id, integration, project, slug, title};
use crate::shop::Shop;
use towpath_domain::home::{Place, Placed};
use towpath_domain::ids::ProjectId;
use towpath_domain::integrations::Follows;
use towpath_domain::services::Service;
use towpath_domain::slugs::Slug;
use towpath_store::home::{Criteria, Line, current, lines, waiting};
use towpath_store::{Conn, buckets, integrations, projects, promotions, services};

fn name(line: &Line) -> String {
    let service = line.service.as_ref().map(|built| built.service.slug.clone());
    format!("{}/{}", line.project.slug, service.as_ref().map(Slug::as_str).unwrap_or_default())
}

async fn names(conn: &mut Conn, criteria: &Criteria) -> Vec<String> {
    lines(conn, criteria, None, 100).await.expect("reads").iter().map(name).collect()
}

/// The shop with services, and projects beside it: one before, one after, and one that has none.
async fn town(store: &Store) -> Shop {
    let shop = Shop::open(store).await;
    let saved = shop.clone();
    store
        .save(async move |tx| {
            for (number, of, names) in [
                (11_u128, "bank", &["ledger", "api"][..]),
                (12, "shop-two", &["web"]),
                (13, "empty", &[]),
                (14, "global", &["shared"]),
            ] {
                let of = project(number, of);
                projects::insert(tx, &of).await?;
                let build = integration(number * 10, of.id, "images", Follows::None);
                integrations::insert(tx, &build).await?;
                for (index, name) in (0..).zip(names) {
                    let service = Service {
                        id: id(number * 100 + index),
                        project: of.id,
                        slug: slug(name),
                        title: title("100 % “Ünique_”"),
                        integration: build.id,
                    };
                    services::insert(tx, &service).await?;
                }
            }
            for (index, name) in (0..).zip(["web", "web-admin", "w2", "api"]) {
                let service = Service {
                    id: id(900 + index),
                    project: saved.project.id,
                    slug: slug(name),
                    title: title(name),
                    integration: saved.integration.id,
                };
                services::insert(tx, &service).await?;
            }
            Ok(())
        })
        .await;
    shop
}

const ALL: [&str; 8] = [
    "bank/api",
    "bank/ledger",
    "empty/",
    "shop/api",
    "shop/w2",
    "shop/web",
    "shop/web-admin",
    "shop-two/web",
];

/// `shop-two` follows `shop`, and `web-admin` follows `web`, whatever a language makes of hyphens.
#[test]
fn pages_of_services_leave_no_gap_and_double_nothing() {
    on_both_engines(async |store: Store| {
        town(&store).await;
        let mut conn = store.conn().await;
        assert_eq!(names(&mut conn, &Criteria::default()).await, ALL);
        for size in 1..4 {
            let (mut walked, mut after) = (Vec::new(), None::<Place>);
            loop {
                let page = lines(&mut conn, &Criteria::default(), after.as_ref(), size).await.expect("reads");
                let Some(last) = page.last() else { break };
                after = Place::parse(&name(last));
                walked.extend(page.iter().map(name));
            }
            assert_eq!(walked, ALL, "pages of {size}");
        }
    });
}

#[test]
fn a_line_tells_what_its_project_has() {
    on_both_engines(async |store: Store| {
        town(&store).await;
        let mut conn = store.conn().await;
        let all = lines(&mut conn, &Criteria::default(), None, 100).await.expect("reads");
        let has = |of: &str| {
            all.iter().find(|line| name(line) == of).map(|line| (line.has_workflow, line.has_integration))
        };
        assert_eq!(has("shop/web"), Some((true, true)));
        assert_eq!(has("empty/"), Some((false, true)));
        let built = all[3].service.as_ref().expect("a service");
        assert_eq!(built.board, (slug("shop"), slug("checkout")));
    });
}

#[test]
fn a_filter_takes_what_is_typed_as_it_is() {
    on_both_engines(async |store: Store| {
        let shop = town(&store).await;
        let mut conn = store.conn().await;
        let by_name = |name: &str| Criteria { name: Some(name.to_owned()), ..Criteria::default() };
        assert_eq!(names(&mut conn, &by_name("EMPT")).await, ["empty/"]);
        assert_eq!(names(&mut conn, &by_name("web-")).await, ["shop/web-admin"]);
        assert_eq!(names(&mut conn, &by_name("0 % “")).await, ["bank/api", "bank/ledger", "shop-two/web"]);
        for strange in ["%%", "_e_", "\\", "' or 1=1 --", "🚀"] {
            assert_eq!(names(&mut conn, &by_name(strange)).await, [""; 0], "{strange}");
        }
        let of_shop = Criteria { project: Some(slug("shop")), ..Criteria::default() };
        assert_eq!(names(&mut conn, &of_shop).await, ALL[3..7]);
        let narrow = Criteria { integrations: Some(vec![shop.integration.id]), ..Criteria::default() };
        assert_eq!(names(&mut conn, &narrow).await, ALL[3..7]);
        let seen = Criteria { visible: Some(vec![id::<ProjectId>(11), id(13)]), ..Criteria::default() };
        assert_eq!(names(&mut conn, &seen).await, ALL[..3]);
        let nothing = Criteria { visible: Some(Vec::new()), ..Criteria::default() };
        assert_eq!(names(&mut conn, &nothing).await, [""; 0]);
    });
}

#[test]
fn a_bucket_shows_what_is_current_and_how_much_waits() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let saved = shop.clone();
        let steps = [shop.request(1, &shop.build), shop.request(2, &shop.push(&store, 700, "2.0").await)];
        store
            .save(async move |tx| {
                let bucket = buckets::lock(tx, saved.integration.id, saved.qa_key(), id(80)).await?;
                buckets::place(tx, &bucket, &saved.placement(100, &saved.build), None).await?;
                buckets::pause(tx, bucket.id, Some(at(9))).await?;
                for step in &steps {
                    promotions::save(tx, step).await?;
                }
                Ok(())
            })
            .await;
        let mut conn = store.conn().await;
        let of = [shop.integration.id];
        let [bucket] = current(&mut conn, &of).await.expect("reads").try_into().expect("one");
        let build = Placed { tag: shop.build.tag.clone(), digest: shop.build.digest.clone(), at: at(4) };
        assert_eq!((bucket.key, bucket.build, bucket.paused), (shop.qa_key(), Some(build), true));
        let waits = waiting(&mut conn, &of).await.expect("reads");
        assert_eq!(waits, [(shop.integration.id, shop.prod_key(), 2)]);
        assert_eq!(waiting(&mut conn, &[]).await.expect("reads"), []);
    });
}

#[test]
fn a_waiting_promotion_names_where_it_leads_as_a_place_of_permission() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let step = shop.request(1, &shop.build);
        let asked = step.promotion().clone();
        store.save(async move |tx| promotions::save(tx, &step).await).await;
        let mut conn = store.conn().await;
        let found = promotions::destinations(&mut conn, std::slice::from_ref(&asked)).await.expect("reads");
        let destination = &found[&asked.id];
        assert_eq!(destination.target, shop.place());
        assert_eq!((destination.project.as_str(), destination.integration.as_str()), ("shop", "checkout"));
    });
}
