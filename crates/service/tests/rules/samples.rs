//! The sample: real images and a real history, loaded once, by whoever may.

use crate::engines::on_both_engines;
use crate::images::name;
use crate::shop::{make_environment, make_shop};
use crate::world::{World, line};
use towpath_domain::access::{Actor, Place, Role};
use towpath_domain::boards::Column;
use towpath_domain::digests::{Algorithm, Digest};
use towpath_domain::projects::{ProjectForm, Sample};
use towpath_domain::references::Tag;
use towpath_domain::timeline::Filter;
use towpath_service::images::{Reference, open_blob, read_manifest};
use towpath_service::projects::{archive, create, restore, whole};
use towpath_service::samples::{Past, demonstrate, load};
use towpath_service::{Error, boards, inbox, people};

async fn admin(world: &World) -> Actor {
    world.person("Ana", Role::admin(), Place::Installation).await
}

async fn column(world: &World, actor: &Actor, integration: &str, bucket: &str) -> Column {
    let board = boards::view(world, actor, "sample", integration).await.expect("a board");
    board.columns.into_iter().find(|column| column.slot.slug.as_str() == bucket).expect("a bucket")
}

/// The tag of what is current in a bucket of the sample.
async fn current(world: &World, actor: &Actor, integration: &str, bucket: &str) -> Option<String> {
    column(world, actor, integration, bucket).await.current.map(|card| card.build.tag.to_string())
}

fn conflict<T: std::fmt::Debug>(outcome: Result<T, Error>) -> String {
    match outcome {
        Err(Error::Conflict(why)) => why,
        other => panic!("expected a conflict, got {other:?}"),
    }
}

#[test]
fn it_has_something_for_every_page_and_is_loaded_once() {
    on_both_engines(async |world: World| {
        let ana = admin(&world).await;
        let project = load(&world, &ana).await.expect("loads");
        assert_eq!(project.sample, Some(Sample::Whole));
        let view = whole(&world, &ana, "sample").await.expect("a view");
        assert_eq!(view.project, project);
        assert_eq!((view.environments.len(), view.integrations.len(), view.services.len()), (3, 3, 3));

        assert_eq!(current(&world, &ana, "storefront", "qa").await.as_deref(), Some("1.1.0"), "rolled back");
        assert_eq!(current(&world, &ana, "storefront", "prod").await, None, "nobody approves their own wish");
        assert_eq!(current(&world, &ana, "mailer", "production").await.as_deref(), Some("1.0.0"));
        assert!(column(&world, &ana, "storefront", "qa").await.paused_at.is_some());
        assert_eq!(column(&world, &ana, "storefront", "prod").await.waiting.len(), 1, "the newest wins");
        assert_eq!(column(&world, &ana, "payments", "prod").await.refused.len(), 1);
        let board = boards::view(&world, &ana, "sample", "payments").await.expect("a board");
        assert_eq!(board.unclassified[0].build.tag.as_str(), "3.2.0-rc.1");

        let before = world.timeline(&ana, Filter::default()).await.len();
        assert!(conflict(load(&world, &ana).await).contains("loaded already"));
        assert_eq!(
            world.timeline(&ana, Filter::default()).await.len(),
            before,
            "the second time does nothing"
        );
        archive(&world, &ana, "sample").await.expect("archives");
        assert!(conflict(load(&world, &ana).await).contains("is archived"));
        restore(&world, &ana, "sample").await.expect("restores");
        assert!(conflict(load(&world, &ana).await).contains("loaded already"));
    });
}

/// The engine says what a client would find: the bytes are those that the digests name.
#[test]
fn its_images_are_whole_and_say_that_they_are_samples() {
    on_both_engines(async |world: World| {
        let ana = admin(&world).await;
        load(&world, &ana).await.expect("loads");
        let mailer = name("sample/mailer/production");
        let (found, manifest) =
            read_manifest(&world, &ana, &mailer, &Reference::Tag(Tag::current())).await.expect("pulls");
        assert_eq!(Digest::of(Algorithm::Sha256, &manifest), found.digest);
        let manifest: serde_json::Value = serde_json::from_slice(&manifest).expect("JSON");
        for part in [&manifest["config"], &manifest["layers"][0]] {
            let digest = Digest::parse(part["digest"].as_str().expect("a digest")).expect("a digest");
            let blob = open_blob(&world, &ana, &mailer, &digest).await.expect("it can be read");
            assert_eq!(Some(blob.size()), part["size"].as_u64());
        }
        let origin =
            column(&world, &ana, "mailer", "production").await.current.expect("a build").build.origin;
        assert_eq!(origin.labels["towpath.sample"], "true");
        assert!(origin.labels["org.opencontainers.image.description"].contains("made up"));
        assert!(origin.commit.is_some_and(|commit| commit.value.len() == 40 && !commit.verified));
    });
}

#[test]
fn what_broke_off_goes_on_where_it_stopped() {
    on_both_engines(async |world: World| {
        let ana = admin(&world).await;
        load(&world, &ana).await.expect("loads");
        let told = async || -> Vec<String> {
            let timeline = world.timeline(&ana, Filter::default()).await;
            timeline.iter().map(line).collect()
        };
        let whole = told().await;
        // As if it had stopped before the last word: every step was taken, and none is taken again.
        world.sql("update projects set sample = 'unfinished' where slug = 'sample'").await;
        load(&world, &ana).await.expect("goes on");
        assert_eq!(told().await, whole);
        // As if it had stopped half way: what is missing comes, what is there stays.
        world.sql("update projects set sample = 'unfinished' where slug = 'sample'").await;
        let mailer = "(select id from services where slug = 'mailer')";
        for of in ["runs", "deployments"] {
            world.sql(&format!("delete from {of} where service in {mailer}")).await;
        }
        world.sql("delete from services where slug = 'mailer'").await;
        world.sql("update integrations set slug = 'letters' where slug = 'mailer'").await;
        let project = load(&world, &ana).await.expect("goes on");
        assert_eq!(project.sample, Some(Sample::Whole));
        assert_eq!(current(&world, &ana, "mailer", "production").await.as_deref(), Some("1.0.0"));
        assert_eq!(column(&world, &ana, "storefront", "prod").await.waiting.len(), 1);
    });
}

#[test]
fn a_project_of_that_name_keeps_it() {
    on_both_engines(async |world: World| {
        let ana = admin(&world).await;
        let form = ProjectForm { slug: "sample".into(), title: "Our own".into() };
        create(&world, &ana, form).await.expect("a project");
        assert!(conflict(load(&world, &ana).await).contains("is not the sample"));
        let view = whole(&world, &ana, "sample").await.expect("a view");
        assert_eq!((view.project.sample, view.integrations.len()), (None, 0));
    });
}

#[test]
fn who_may_not_do_all_of_it_begins_nothing() {
    on_both_engines(async |world: World| {
        let ana = admin(&world).await;
        let shop = make_shop(&world, &ana).await;
        let project = world.person("Ben", Role::admin(), Place::Project { project: shop.id }).await;
        let manager = world.person("Mia", Role::release_manager(), Place::Installation).await;
        for actor in [project, manager] {
            assert!(matches!(load(&world, &actor).await, Err(Error::Forbidden(_))));
        }
        assert!(matches!(whole(&world, &ana, "sample").await, Err(Error::NotFound(_))));
    });
}

#[test]
fn a_demonstration_has_people_who_can_sign_in_and_who_acted() {
    on_both_engines(async |world: World| {
        let accounts = demonstrate(&world, &Past::default()).await.expect("it is empty");
        let mut actors = Vec::new();
        for account in &accounts {
            let from = crate::world::HOME;
            let person = people::sign_in(&world, account.email, account.password.clone(), from).await;
            actors.push(world.actor(person.expect("signs in")).await);
        }
        let [admin, manager, _] = actors.as_slice() else { panic!("three people: {accounts:?}") };
        assert_eq!(current(&world, admin, "storefront", "prod").await.as_deref(), Some("1.0.0"), "approved");
        assert_eq!(inbox::list(&world, manager).await.expect("an inbox").to_decide.len(), 1);
        assert_eq!(world.told(admin, "promotion_decided").await, 2);
        let again = demonstrate(&world, &Past::default()).await;
        assert!(conflict(again.map(|accounts| accounts.len())).contains("people here already"));
    });
}

#[test]
fn a_demonstration_needs_an_installation_without_people() {
    on_both_engines(async |world: World| {
        let ana = admin(&world).await;
        make_shop(&world, &ana).await;
        make_environment(&world, &ana, "shop", "dev", "dev").await;
        assert!(matches!(demonstrate(&world, &Past::default()).await, Err(Error::Conflict(_))));
        assert!(matches!(whole(&world, &ana, "sample").await, Err(Error::NotFound(_))));
    });
}
