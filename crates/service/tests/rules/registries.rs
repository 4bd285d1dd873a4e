//! Registries elsewhere: who connects them, what a test of the connection tells, and what keeps one from being removed.

use crate::elsewhere::Elsewhere;
use crate::engines::on_both_engines;
use crate::shop::Shop;
use towpath_domain::outside_steps::StepForm;
use towpath_domain::registries::{Registry, RegistryForm};
use towpath_service::registries::{change, connect, list, remove, tags, test, view};
use towpath_service::{Error, outside_steps};

pub fn form(elsewhere: &Elsewhere) -> RegistryForm {
    RegistryForm {
        name: "elsewhere".to_owned(),
        address: elsewhere.url.clone(),
        user: "robot".to_owned(),
        secret: "open sesame".to_owned(),
        below: String::new(),
    }
}

pub async fn connected(shop: &Shop, elsewhere: &Elsewhere) -> Registry {
    elsewhere.admit("robot", "open sesame");
    connect(shop, &shop.ana, "shop", form(elsewhere)).await.expect("connects")
}

/// Lets promotions into a bucket, or into every other one, copy their images to a repository of that registry.
pub fn copies(bucket: &str) -> StepForm {
    StepForm {
        bucket: bucket.to_owned(),
        does: "copy".to_owned(),
        registry: "elsewhere".to_owned(),
        repository: "acme/checkout".to_owned(),
        tags: "{bucket} {bucket}-{number}".to_owned(),
    }
}

fn fields<T>(refused: Result<T, Error>) -> Vec<String> {
    match refused {
        Err(Error::Invalid(invalid)) => invalid.errors().iter().map(|error| error.field.clone()).collect(),
        Err(other) => panic!("{other:?}"),
        Ok(_) => Vec::new(),
    }
}

#[test]
fn a_password_is_kept_sealed_and_told_to_nobody() {
    on_both_engines(async |shop: Shop| {
        let elsewhere = Elsewhere::start().await;
        let registry = connected(&shop, &elsewhere).await;
        let shown = view(&shop, &shop.ana, registry.id).await.expect("is there");
        assert_eq!(shown.registry, registry);
        let hex = if shop.is_postgres() { "encode(secret, 'hex')" } else { "lower(hex(secret))" };
        let kept = shop.text(&format!("select {hex} from registries")).await;
        assert!(!kept.is_empty() && !kept.contains(&hex::encode("open sesame")), "{kept}");
        let told = shop.told(&shop.ana, "registry_connected").await;
        assert_eq!(told, 1);
    });
}

#[test]
fn only_who_configures_the_project_has_to_do_with_its_registries() {
    on_both_engines(async |shop: Shop| {
        let elsewhere = Elsewhere::start().await;
        let registry = connected(&shop, &elsewhere).await;
        for actor in [&shop.ben, &shop.dora] {
            assert!(matches!(list(&shop, actor, "shop").await, Err(Error::Forbidden(_))));
            assert!(matches!(view(&shop, actor, registry.id).await, Err(Error::Forbidden(_))));
            assert!(matches!(test(&shop, actor, registry.id).await, Err(Error::Forbidden(_))));
            assert!(matches!(remove(&shop, actor, registry.id).await, Err(Error::Forbidden(_))));
            assert!(matches!(connect(&shop, actor, "", form(&elsewhere)).await, Err(Error::Forbidden(_))));
        }
        let stranger = shop.stranger("Sam").await;
        assert!(matches!(view(&shop, &stranger, registry.id).await, Err(Error::NotFound(_))));
    });
}

#[test]
fn what_cannot_be_is_told_beside_its_field() {
    on_both_engines(async |shop: Shop| {
        let elsewhere = Elsewhere::start().await;
        let registry = connected(&shop, &elsewhere).await;
        let new = form(&elsewhere);
        assert_eq!(fields(connect(&shop, &shop.ana, "shop", new.clone()).await), ["name"], "it is taken");
        assert!(
            connect(&shop, &shop.ana, "", new.clone()).await.is_ok(),
            "the installation's may be called so"
        );
        for inside in ["http://10.0.0.1", "https://169.254.169.254", "http://example.org"] {
            let new = RegistryForm { name: "other".into(), address: inside.into(), ..new.clone() };
            assert_eq!(fields(connect(&shop, &shop.ana, "shop", new).await), ["address"], "{inside}");
        }
        let elsewhere = RegistryForm { address: "https://example.org".into(), secret: String::new(), ..new };
        assert_eq!(fields(change(&shop, &shop.ana, registry.id, elsewhere).await), ["secret"]);
    });
}

#[test]
fn a_test_tells_what_failed() {
    on_both_engines(async |shop: Shop| {
        let elsewhere = Elsewhere::start().await;
        let registry = connected(&shop, &elsewhere).await;
        let tried = async |registry: &Registry| {
            shop.clock.advance(60);
            let tried = test(&shop, &shop.ana, registry.id).await.expect("is tried");
            (tried.works, tried.words)
        };
        let words = "It is a registry, and it answers. It takes the password of robot.";
        assert_eq!(tried(&registry).await, (true, words.to_owned()));
        elsewhere.admit("robot", "another");
        let (reached, words) = tried(&registry).await;
        assert!(!reached && words.contains("401") && words.contains("Look at the user"), "{words}");
        elsewhere.turn_into_a_page();
        let (reached, words) = tried(&registry).await;
        assert!(!reached && words.contains("a page for people"), "{words}");
        let nobody = RegistryForm { address: "http://127.0.0.1:9".to_owned(), ..form(&elsewhere) };
        let gone = change(&shop, &shop.ana, registry.id, nobody).await.expect("is changed");
        let (reached, words) = tried(&gone).await;
        assert!(!reached && words.contains("cannot be reached"), "{words}");
    });
}

#[test]
fn a_registry_that_promotions_use_stays_and_says_for_whom() {
    on_both_engines(async |shop: Shop| {
        let elsewhere = Elsewhere::start().await;
        let registry = connected(&shop, &elsewhere).await;
        outside_steps::set(&shop, &shop.ana, "shop", "checkout", copies("prod")).await.expect("is set");
        let used = view(&shop, &shop.ana, registry.id).await.expect("is there").used_by;
        assert_eq!(used.iter().map(ToString::to_string).collect::<Vec<_>>(), ["shop/checkout into prod"]);
        let Err(Error::Conflict(words)) = remove(&shop, &shop.ana, registry.id).await else {
            panic!("is used")
        };
        assert!(words.contains("shop/checkout into prod"), "{words}");
        let narrow = RegistryForm { below: "other".to_owned(), secret: String::new(), ..form(&elsewhere) };
        assert_eq!(fields(change(&shop, &shop.ana, registry.id, narrow).await), ["below"]);
        outside_steps::remove(&shop, &shop.ana, "shop", "checkout", "prod").await.expect("is removed");
        remove(&shop, &shop.ana, registry.id).await.expect("nothing uses it");
        assert!(matches!(view(&shop, &shop.ana, registry.id).await, Err(Error::NotFound(_))));
    });
}

#[test]
fn the_tags_of_a_repository_are_listed_as_the_registry_tells_them() {
    on_both_engines(async |shop: Shop| {
        let elsewhere = Elsewhere::start().await;
        let registry = connected(&shop, &elsewhere).await;
        let found = tags(&shop, &shop.ana, registry.id, "acme/checkout", "").await.expect("answers");
        assert_eq!((found.tags.len(), found.after), (0, None));
        assert_eq!(fields(tags(&shop, &shop.ana, registry.id, "ACME", "").await), ["repository"]);
        elsewhere.admit("robot", "another");
        let refused = tags(&shop, &shop.ana, registry.id, "acme/checkout", "").await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    });
}
