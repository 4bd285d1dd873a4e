//! What was refused since it was written down the last time: kept in memory, per process, bounded for each client and for all.

use super::Refused;
use crate::limits::Network;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use towpath_domain::attempts::AttemptKind;
use towpath_domain::ids::PersonId;
use towpath_domain::times::Time;

/// How many lines one client makes within a minute. What it tries beyond is counted in one line for each kind.
const BY_CLIENT: u32 = 10;
/// How many lines all clients make until they are written down. The rest is counted in one line for each kind.
const BY_ALL: usize = 500;
/// As much of a door as is kept, in bytes.
const DOOR: usize = 200;
const REST: &str = "more of the same client, counted together";
const REST_OF_ALL: &str = "more of many clients, counted together";
const MINUTE: i64 = 60_000_000;

/// Those that are counted as one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    pub refused: Refused,
    pub door: String,
    pub account: Option<PersonId>,
    pub from: Option<Network>,
}

impl Key {
    pub fn new(refused: Refused, door: &str, account: Option<PersonId>, from: IpAddr) -> Self {
        let end =
            (0..=door.len().min(DOOR)).rev().find(|end| door.is_char_boundary(*end)).unwrap_or_default();
        Self { refused, door: door[..end].to_owned(), account, from: Some(Network::of(from)) }
    }

    fn rest(kind: AttemptKind, from: Option<Network>) -> Self {
        let because = if from.is_some() { REST } else { REST_OF_ALL };
        Self { refused: Refused::new(kind, because), door: String::new(), account: None, from }
    }
}

/// How many there were, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    pub count: i64,
    pub first: Time,
    pub last: Time,
}

#[derive(Debug, Default)]
pub struct Book(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    /// The minute in which `spent` was.
    minute: i64,
    spent: HashMap<Network, u32>,
    tallies: HashMap<Key, Tally>,
}

impl Book {
    pub fn note(&self, key: Key, now: Time) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = counted.admit(key, now);
        let tally = counted.tallies.entry(key).or_insert(Tally { count: 0, first: now, last: now });
        tally.count += 1;
        tally.last = now;
    }

    /// What was counted, the first first; counting begins anew, but no client may write more within a minute for that.
    pub fn take(&self) -> Vec<(Key, Tally)> {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken: Vec<(Key, Tally)> = std::mem::take(&mut counted.tallies).into_iter().collect();
        taken.sort_by_key(|(_, tally)| tally.first);
        taken
    }
}

impl Counted {
    /// As which line it counts.
    fn admit(&mut self, key: Key, now: Time) -> Key {
        let minute = now.micros() / MINUTE;
        if minute != self.minute {
            self.minute = minute;
            self.spent.clear();
        }
        if self.tallies.contains_key(&key) {
            return key;
        }
        let kind = key.refused.kind;
        let Some(network) = key.from.filter(|_| self.tallies.len() < BY_ALL) else {
            return Key::rest(kind, None);
        };
        let spent = self.spent.entry(network).or_default();
        if *spent >= BY_CLIENT {
            return Key::rest(kind, Some(network));
        }
        *spent += 1;
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Time = Time::from_micros(60_000_000_000);

    fn key(door: &str, from: &str) -> Key {
        let refused = Refused::new(AttemptKind::SignIn, "wrong");
        Key::new(refused, door, None, from.parse().unwrap())
    }

    fn told(book: &Book) -> Vec<(String, i64)> {
        book.take().into_iter().map(|(key, tally)| (key.door, tally.count)).collect()
    }

    #[test]
    fn the_same_is_counted_and_not_repeated() {
        let book = Book::default();
        for second in 0..3 {
            book.note(key("GET /a", "10.0.0.1"), START.plus_seconds(second));
        }
        book.note(key("GET /a", "10.0.0.2"), START.plus_seconds(3));
        let taken = book.take();
        assert_eq!(taken[0].1, Tally { count: 3, first: START, last: START.plus_seconds(2) });
        assert_eq!(taken.len(), 2);
        assert!(book.take().is_empty());
    }

    #[test]
    fn a_client_fills_ten_lines_a_minute_and_the_rest_is_counted_in_one() {
        let book = Book::default();
        for door in 0..40 {
            book.note(key(&format!("GET /{door}"), "10.0.0.1"), START);
            // Taking them away makes no room.
            if door == 4 {
                assert_eq!(told(&book).len(), 5);
            }
        }
        book.note(key("GET /0", "10.0.0.2"), START);
        let lines = told(&book);
        assert_eq!(lines.len(), 7, "five, the rest, and the one of another client");
        assert!(lines.contains(&(String::new(), 30)), "{lines:?}");
        book.note(key("GET /0", "10.0.0.1"), START.plus_seconds(60));
        assert_eq!(told(&book), [("GET /0".to_owned(), 1)]);
    }

    #[test]
    fn many_clients_fill_no_more_than_so_many_lines() {
        let book = Book::default();
        for client in 0..2_000 {
            book.note(key("GET /", &format!("10.0.{}.{}", client / 250, client % 250)), START);
        }
        let lines = told(&book);
        assert_eq!(lines.len(), BY_ALL + 1);
        assert!(lines.contains(&(String::new(), 1_500)), "{lines:?}");
    }
}
