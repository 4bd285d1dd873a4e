//! What other sites, and other credentials than those that a door asks for, do not open.

use crate::callers::Caller;
use crate::calls::{Call, Class};
use crate::doors::{self, Door, Kind};
use crate::installation::Installation;
use crate::world::World;

/// Sends what the admin of the installation would, made to look otherwise.
async fn send(world: &World, installation: &Installation, door: &Door, change: impl Fn(Call) -> Call) -> u16 {
    let call = door.call(&installation.shop, installation.caller("root"));
    world.send(change(call)).await.status
}

#[tokio::test]
async fn another_site_calls_no_server_function() {
    let installation = Installation::shared().await;
    let world = installation.world().await;
    let before = world.head().await;
    for door in doors::of(Kind::Function) {
        for site in ["cross-site", "same-site"] {
            let other = |mut call: Call| {
                call.headers.retain(|(name, _)| *name != "sec-fetch-site");
                call.with("sec-fetch-site", site)
            };
            assert_eq!(send(&world, &installation, &door, other).await, 403, "{} from {site}", door.label());
        }
        let old_browser = |mut call: Call| {
            call.headers.retain(|(name, _)| *name != "sec-fetch-site");
            call.with("origin", "https://evil.example")
        };
        assert_eq!(send(&world, &installation, &door, old_browser).await, 403, "{}", door.label());
    }
    assert_eq!(world.head().await, before);
}

#[tokio::test]
async fn no_link_calls_a_server_function() {
    let installation = Installation::shared().await;
    let world = installation.world().await;
    for door in doors::of(Kind::Function) {
        let link = |call: Call| {
            let query = String::from_utf8(call.body.to_vec()).expect("a form");
            Call { method: "GET", path: format!("{}?{query}", call.path), ..call }
        };
        assert_eq!(send(&world, &installation, &door, link).await, 405, "{}", door.label());
    }
}

#[tokio::test]
async fn the_session_of_a_browser_opens_neither_the_api_nor_the_registry() {
    let installation = Installation::shared().await;
    let world = installation.world().await;
    let cookie = installation.caller("root").cookie.clone().expect("a session");
    for door in doors::of(Kind::Rest).chain(doors::of(Kind::Registry)) {
        let call = door.call(&installation.shop, &Caller::nobody()).with("cookie", &cookie);
        let class = world.send(call).await.class();
        let expected = if door.path == "/api/v1/sessions" { Class::Ok } else { Class::SignIn };
        assert_eq!(class, Some(expected), "{}", door.label());
    }
}

/// Whatever its owner may, and whatever it is for.
#[tokio::test]
async fn no_token_approves() {
    let installation = Installation::shared().await;
    let world = installation.world().await;
    for person in installation.callers.iter().filter(|caller| caller.cookie.is_some()) {
        let token = Caller::by_token(person.name, person.token.as_deref().expect("a token"));
        let decisions = doors::of(Kind::Rest).filter(|door| door.path.ends_with("/decisions"));
        for door in decisions {
            let class = world.send(door.call(&installation.shop, &token)).await.class();
            assert_ne!(class, Some(Class::Ok), "{} by the token of {}", door.label(), person.name);
        }
    }
}
