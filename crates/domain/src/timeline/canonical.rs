//! The bytes of an event that the audit log keeps for ever, version 1.
//!
//! They are the line `towpath audit 1`, a line feed, and the event as JSON in the canonical form of
//! RFC 8785, narrowed: no floating-point numbers, keys of ASCII. Wherever the event has a text that may
//! tell of a person, `{"$personal": TEXT}`, the bytes have `{"$sealed": HEX}` in its stead, where HEX is
//! SHA-256 of a salt of 16 bytes followed by the text. The leaf of an event in the log's Merkle tree is
//! SHA-256 of a zero byte followed by these bytes (RFC 6962 §2.1); its index is the event's sequence
//! number less one.

use super::Event;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

const HEAD: &[u8] = b"towpath audit 1\n";

/// A personal text beside the bytes that commit to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalText {
    /// Hexadecimal SHA-256 of the salt and the text, as in the bytes.
    pub commitment: String,
    pub salt: [u8; 16],
    /// Absent once it was erased.
    pub text: Option<String>,
}

/// An event ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    pub bytes: Vec<u8>,
    pub leaf: [u8; 32],
    pub personal: Vec<PersonalText>,
}

/// Why bytes are no event.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the bytes are not of a version that this server knows")]
    Version,
    #[error("the bytes do not hold an event: {0}")]
    Event(#[from] serde_json::Error),
}

/// Writes an event's bytes, with a fresh salt for each personal text.
pub fn seal(event: &Event, salt: &mut impl FnMut() -> [u8; 16]) -> Result<Sealed, serde_json::Error> {
    let mut personal = Vec::new();
    let value = close(serde_json::to_value(event)?, &mut |text| {
        let salt = salt();
        let commitment = commit(salt, &text);
        personal.push(PersonalText { commitment: commitment.clone(), salt, text: Some(text) });
        commitment
    });
    let mut bytes = HEAD.to_vec();
    write(&value, &mut bytes)?;
    Ok(Sealed { leaf: leaf_hash(&bytes), bytes, personal })
}

/// Reads an event back, with those personal texts that have not been erased.
pub fn open(bytes: &[u8], personal: &[PersonalText]) -> Result<Event, OpenError> {
    let json = bytes.strip_prefix(HEAD).ok_or(OpenError::Version)?;
    let value = reveal(serde_json::from_slice(json)?, personal);
    Ok(serde_json::from_value(value)?)
}

/// The leaf of some bytes in the log's Merkle tree: RFC 6962 §2.1.
pub fn leaf_hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update([0]).chain_update(bytes).finalize().into()
}

/// Whether a text is the one that some bytes commit to.
pub fn opens(bytes: &[u8], personal: &PersonalText) -> bool {
    let PersonalText { commitment, salt, text } = personal;
    let sealed = format!("{{\"$sealed\":\"{commitment}\"}}");
    let stands = bytes.windows(sealed.len()).any(|window| window == sealed.as_bytes());
    stands && text.as_ref().is_some_and(|text| commit(*salt, text) == *commitment)
}

fn commit(salt: [u8; 16], text: &str) -> String {
    hex::encode(Sha256::new().chain_update(salt).chain_update(text).finalize())
}

fn close(value: Value, seal: &mut impl FnMut(String) -> String) -> Value {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(text)) = map.get("$personal") {
                return single("$sealed", seal(text.clone()));
            }
            Value::Object(map.into_iter().map(|(key, value)| (key, close(value, seal))).collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(|value| close(value, seal)).collect()),
        plain => plain,
    }
}

fn reveal(value: Value, personal: &[PersonalText]) -> Value {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(commitment)) = map.get("$sealed") {
                let known = personal.iter().find(|personal| personal.commitment == *commitment);
                return match known.and_then(|personal| personal.text.clone()) {
                    Some(text) => single("$personal", text),
                    None => single("$erased", commitment.clone()),
                };
            }
            Value::Object(map.into_iter().map(|(key, value)| (key, reveal(value, personal))).collect())
        }
        Value::Array(values) => {
            Value::Array(values.into_iter().map(|value| reveal(value, personal)).collect())
        }
        plain => plain,
    }
}

fn single(key: &str, text: String) -> Value {
    Value::Object(Map::from_iter([(key.to_owned(), Value::String(text))]))
}

/// RFC 8785: keys in order, no space, strings with the fewest escapes (as `serde_json` writes them).
fn write(value: &Value, bytes: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_unstable();
            bytes.push(b'{');
            for (position, key) in keys.into_iter().enumerate() {
                if position > 0 {
                    bytes.push(b',');
                }
                serde_json::to_writer(&mut *bytes, key)?;
                bytes.push(b':');
                write(&map[key], bytes)?;
            }
            bytes.push(b'}');
        }
        Value::Array(values) => {
            bytes.push(b'[');
            for (position, value) in values.iter().enumerate() {
                if position > 0 {
                    bytes.push(b',');
                }
                write(value, bytes)?;
            }
            bytes.push(b']');
        }
        plain => serde_json::to_writer(&mut *bytes, plain)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{EventId, LinkId, PersonId};
    use crate::timeline::{Change, EventActor, Personal, Scene};
    use crate::times::Time;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn joined(name: &str, email: &str) -> Event {
        Event {
            id: EventId(Uuid::from_u128(1)),
            at: Time::from_micros(1_767_225_600_000_000),
            actor: EventActor::Shell,
            scene: Scene::default(),
            change: Change::PersonJoined {
                person: PersonId(Uuid::from_u128(2)),
                link: LinkId(Uuid::from_u128(3)),
                name: Personal::Known(name.to_owned()),
                email: Personal::Known(email.to_owned()),
            },
        }
    }

    fn sealed(event: &Event) -> Sealed {
        seal(event, &mut || [9; 16]).expect("events serialise")
    }

    /// These bytes are in the logs of installations: if this fails, a new version is needed, not a new snapshot.
    #[test]
    fn the_bytes_of_version_1_never_change() {
        let sealed = sealed(&joined("Ana", "ana@example.org"));
        insta::assert_snapshot!(String::from_utf8(sealed.bytes).expect("text"));
        insta::assert_snapshot!(hex::encode(sealed.leaf));
    }

    #[test]
    fn an_erased_text_leaves_the_bytes_and_the_leaf_as_they_were() {
        let event = joined("Ana", "ana@example.org");
        let mut sealed = sealed(&event);
        assert_eq!(open(&sealed.bytes, &sealed.personal).expect("opens"), event);
        let email =
            sealed.personal.iter_mut().find(|personal| personal.text.as_deref() == Some("ana@example.org"));
        email.expect("it was sealed").text = None;
        let erased = open(&sealed.bytes, &sealed.personal).expect("opens");
        let Change::PersonJoined { name, email, .. } = erased.change else {
            panic!("another change came back");
        };
        assert_eq!((name.text(), email.text()), ("Ana", "(erased)"));
        assert_eq!(leaf_hash(&sealed.bytes), sealed.leaf);
    }

    #[test]
    fn a_text_opens_its_own_commitment_alone() {
        let sealed = sealed(&joined("Ana", "ana@example.org"));
        let [one, other] = sealed.personal.as_slice() else { panic!("two texts were sealed") };
        assert!(opens(&sealed.bytes, one) && opens(&sealed.bytes, other));
        let with = |personal: PersonalText| opens(&sealed.bytes, &personal);
        assert!(!with(PersonalText { text: other.text.clone(), ..one.clone() }));
        assert!(!with(PersonalText { salt: [8; 16], ..one.clone() }));
        assert!(!with(PersonalText { text: None, ..one.clone() }));
        let elsewhere = commit([9; 16], "Eve");
        assert!(!with(PersonalText { commitment: elsewhere, text: Some("Eve".to_owned()), ..one.clone() }));
    }

    #[test]
    fn bytes_of_another_version_are_refused() {
        assert!(matches!(open(b"towpath audit 2\n{}", &[]), Err(OpenError::Version)));
        assert!(matches!(open(b"towpath audit 1\n{}", &[]), Err(OpenError::Event(_))));
    }

    proptest! {
        #[test]
        fn any_text_comes_back_and_none_stands_in_the_bytes(name in "\\PC{8,40}", email in "[a-z]{8,20}@b") {
            let event = joined(&name, &email);
            let sealed = sealed(&event);
            prop_assert_eq!(open(&sealed.bytes, &sealed.personal).expect("opens"), event);
            let text = String::from_utf8(sealed.bytes).expect("text");
            prop_assert!(!text.contains(&email));
        }
    }
}
