//! What someone may not see is for them as if it were not there: the answers differ in nothing.

use crate::calls::{Answer, Class};
use crate::doors::{self, Door, Subject};
use crate::installation::Installation;
use crate::world::World;

/// An answer with the names of the subject, and what differs from answer to answer, taken out.
fn neutral(answer: &Answer, subject: &Subject) -> (u16, Option<String>, String) {
    let neutral = |text: &str| {
        let names = [
            (&subject.integration, "INTEGRATION"),
            (&subject.project, "PROJECT"),
            (&subject.digest, "DIGEST"),
            (&subject.newest, "NEWEST"),
            (&subject.oldest, "OLDEST"),
            (&subject.layer, "LAYER"),
            (&subject.loose, "LOOSE"),
            (&subject.placement, "PLACEMENT"),
        ];
        names.iter().fold(without_nonces(text), |text, (name, word)| text.replace(*name, word))
    };
    (answer.status, answer.location.as_deref().map(neutral), neutral(&answer.body))
}

/// Cuts the nonces of scripts out, which are new in each page.
fn without_nonces(text: &str) -> String {
    let mut parts = text.split("nonce=\"");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('"').map_or(part, |(_, rest)| rest))
}

/// Calls a door about something hidden, and about nothing at all.
async fn compare(
    installation: &Installation,
    world: &World,
    caller: &str,
    (door, hidden): (&Door, &Subject),
) {
    let (caller, nothing) = (installation.caller(caller), installation.nothing_like(hidden));
    if !door.names(hidden, &nothing) {
        return;
    }
    let of_hidden = world.send(door.call(hidden, caller)).await;
    let of_nothing = world.send(door.call(&nothing, caller)).await;
    let label = format!("{} of {} by {}", door.label(), hidden.project, caller.name);
    assert_ne!(of_hidden.class(), Some(Class::Forbidden), "{label}: says that it is there");
    assert_eq!(neutral(&of_hidden, hidden), neutral(&of_nothing, &nothing), "{label}");
}

#[tokio::test(flavor = "multi_thread")]
async fn to_someone_without_a_role_the_project_does_not_exist() {
    let installation = Installation::prepare().await;
    let world = installation.world().await;
    for caller in ["nobody", "stranger", "expired", "revoked"] {
        for door in doors::all() {
            compare(&installation, &world, caller, (&door, &installation.shop)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn to_those_of_another_project_the_project_does_not_exist() {
    let installation = Installation::prepare().await;
    let world = installation.world().await;
    for caller in installation.callers.iter().filter(|caller| caller.name != "root") {
        for door in doors::all() {
            compare(&installation, &world, caller.name, (&door, &installation.lab)).await;
        }
    }
}
