//! What someone may not see is for them as if it were not there: the answers differ in nothing.

use crate::calls::{Answer, Call};
use crate::doors::{self, Kind, Subject};
use crate::installation::Installation;

/// An answer with the names of the subject, and what differs from answer to answer, taken out.
fn neutral(answer: &Answer, subject: &Subject) -> String {
    let (hold, page) = (format!("Hold {}", subject.hold), format!("holds%2F{}", subject.hold));
    let (proposal, its_page) =
        (format!("Proposal {}", subject.proposal), format!("proposals%2F{}", subject.proposal));
    let event = format!("The event {}", subject.event);
    let names = [
        (&hold, "HOLD"),
        (&event, "EVENT"),
        (&page, "holds%2FHOLD"),
        (&proposal, "PROPOSAL"),
        (&its_page, "proposals%2FPROPOSAL"),
        (&subject.integration, "INTEGRATION"),
        (&subject.project, "PROJECT"),
        (&subject.digest, "DIGEST"),
        (&subject.newest, "NEWEST"),
        (&subject.unnamed, "UNNAMED"),
        (&subject.oldest, "OLDEST"),
        (&subject.layer, "LAYER"),
        (&subject.loose, "LOOSE"),
        (&subject.placement, "PLACEMENT"),
        (&subject.subscription, "PLACEMENT"),
        (&subject.delivery, "PLACEMENT"),
        (&subject.registry, "PLACEMENT"),
        (&subject.hook, "PLACEMENT"),
        (&subject.came, "PLACEMENT"),
        (&subject.person, "PLACEMENT"),
        (&subject.account, "PLACEMENT"),
    ];
    let neutral = |text: &str| {
        let text = without_nonces(text).replace("%3A", ":");
        let text = without_ages(&text);
        without_times(&names.iter().fold(text, |text, (name, word)| text.replace(*name, word)))
    };
    let location = answer.location.as_deref().unwrap_or_default();
    format!("{} {} {}", answer.status, neutral(location), neutral(&answer.body))
}

/// Cuts the nonces of scripts out, which are new in each page.
fn without_nonces(text: &str) -> String {
    let mut parts = text.split("nonce=\"");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('"').map_or(part, |(_, rest)| rest))
}

/// Cuts out how long ago something was, which is another from second to second.
fn without_ages(text: &str) -> String {
    let text = text.replace("just now", " ago");
    let mut parts: Vec<&str> = text.split(" ago").collect();
    let rest = parts.pop().unwrap_or_default();
    let of_age = |letter: char| letter.is_ascii_alphanumeric() || letter == ' ';
    let before = parts.into_iter().map(|part| part.trim_end_matches(of_age));
    before.chain([rest]).collect()
}

/// Cuts the present time out of what views carry, in microseconds.
fn without_times(text: &str) -> String {
    let pieces = text.split_inclusive(|letter: char| !letter.is_ascii_digit());
    let digits = |piece: &str| piece.bytes().take_while(u8::is_ascii_digit).count();
    pieces.map(|piece| if digits(piece) == 16 { &piece[16..] } else { piece }).collect()
}

/// Where two texts begin to differ.
fn difference<'a>(one: &'a str, other: &'a str) -> (&'a str, &'a str) {
    let same = one.char_indices().zip(other.chars()).find(|((_, one), other)| one != other);
    let start = same.map_or(one.len().min(other.len()), |((at, _), _)| at);
    let window = |text: &'a str| text[start..].get(..120).unwrap_or(&text[start..]);
    (window(one), window(other))
}

/// Calls each door about something hidden, and about nothing at all; gives the pairs of answers that differ.
async fn differences(installation: &Installation, caller: &str, hidden: &Subject) -> Vec<String> {
    let (caller, nothing) = (installation.caller(caller), hidden.nothing_like());
    let world = installation.world().await;
    let mut differences = Vec::new();
    for door in doors::all().into_iter().filter(|door| door.names(hidden, &nothing)) {
        let of_hidden = neutral(&world.send(door.call(hidden, caller)).await, hidden);
        let of_nothing = neutral(&world.send(door.call(&nothing, caller)).await, &nothing);
        if of_hidden != of_nothing {
            let (hidden, nothing) = difference(&of_hidden, &of_nothing);
            differences.push(format!("{} by {}:\n  {hidden}\n  {nothing}", door.label(), caller.name));
        }
    }
    world.close().await;
    differences
}

#[tokio::test]
async fn to_someone_without_a_role_the_project_does_not_exist() {
    let installation = Installation::shared().await;
    let mut told = Vec::new();
    for caller in ["nobody", "stranger", "expired", "revoked"] {
        told.extend(differences(&installation, caller, &installation.shop).await);
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[tokio::test]
async fn to_those_of_another_project_the_project_does_not_exist() {
    let installation = Installation::shared().await;
    let mut told = Vec::new();
    for caller in installation.callers.iter().filter(|caller| caller.name != "root") {
        told.extend(differences(&installation, caller.name, &installation.lab).await);
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[tokio::test]
async fn no_blob_comes_across_from_a_project_that_the_caller_does_not_see() {
    let installation = Installation::shared().await;
    let world = installation.world().await;
    let (shop, lab) = (&installation.shop, &installation.lab);
    let blobs = format!("/v2/{}/{}/qa/blobs", shop.project, shop.integration);
    let source = format!("mount={}&from={}/{}/qa", lab.layer, lab.project, lab.integration);
    for name in ["developer", "manager", "admin", "qa-manager", "token"] {
        let caller = installation.caller(name);
        let mount = Call::new("POST", format!("{blobs}/uploads/?{source}"));
        let mounted = world.send(caller.sign(Kind::Registry, mount)).await;
        assert_eq!(mounted.status, 202, "{name} has to upload it");
        let read = Call::new("GET", format!("{blobs}/{}", lab.layer));
        assert_eq!(world.send(caller.sign(Kind::Registry, read)).await.status, 404, "{name}");
    }
    world.close().await;
}
