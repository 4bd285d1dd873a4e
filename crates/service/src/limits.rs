//! How often a door may be tried by who is not signed in: kept in memory, per process, bounded.

use crate::Error;
use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use towpath_domain::ids::{HookId, RegistryId, SubscriptionId};
use towpath_domain::times::Time;
use towpath_domain::words::Email;

/// How many tries of one kind are let through within a time that begins with the first.
#[derive(Debug, Clone, Copy)]
struct Rate {
    tries: u32,
    seconds: i64,
}

/// Signing in, per address of the network.
const SIGN_INS: Rate = Rate { tries: 30, seconds: 60 };
/// Signing in to one account without success, per address of the network: counted for the account alone, it
/// would let anyone who knows an e-mail address shut its owner out.
const FAILURES: Rate = Rate { tries: 10, seconds: 15 * 60 };
/// One-time links that are not known, per address of the network.
const LINKS: Rate = Rate { tries: 30, seconds: 60 };

/// Being sent to a provider, per address of the network: the morning of a large office, in which nothing is computed here.
const SENT: Rate = Rate { tries: 300, seconds: 60 };
/// Coming back from a provider and being refused, per address of the network: each is told on the timeline.
const REFUSED: Rate = Rate { tries: 30, seconds: 60 };

/// Sending something to a subscription by hand, or looking at a registry, for each: enough to look for a mistake, too few to wear a receiver out.
const TRIED: Rate = Rate { tries: 20, seconds: 60 };

/// Webhooks that come to one hook: a registry that is filled tells of each of its images.
const BY_HOOK: Rate = Rate { tries: 600, seconds: 60 };
/// Requests to hooks that were turned away, per address of the network.
const TURNED_AWAY: Rate = Rate { tries: 60, seconds: 60 };
/// Showing the tokens of CI jobs, per address of the network: all runners of a large office.
const EXCHANGES: Rate = Rate { tries: 300, seconds: 60 };

/// How many keys of one kind are remembered. More can only be tried at once from many networks; then the
/// oldest are forgotten, as the memory of the server matters more.
const REMEMBERED: usize = 10_000;

/// What was tried lately.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    sign_ins: Windows<Network>,
    failures: Windows<(Email, Network)>,
    links: Windows<Network>,
    sent: Windows<Network>,
    refused: Windows<Network>,
    tried: Windows<SubscriptionId>,
    looked_at: Windows<RegistryId>,
    by_hook: Windows<HookId>,
    turned_away: Windows<Network>,
    exchanges: Windows<Network>,
}

impl Limits {
    /// Counts a sign-in, as one that fails: [`Self::signed_in`] takes that back. Counted before the password is
    /// looked at, so that tries at the same time do not pass together.
    pub fn sign_in(&self, from: IpAddr, email: Option<&Email>, now: Time) -> Result<(), Error> {
        self.sign_ins.count(Network::of(from), SIGN_INS, now)?;
        email.map_or(Ok(()), |email| self.failures.count((email.clone(), Network::of(from)), FAILURES, now))
    }

    /// The account's failures from there are forgotten: its owner knows the password.
    pub fn signed_in(&self, from: IpAddr, email: &Email) {
        self.failures.forget(&(email.clone(), Network::of(from)));
    }

    /// Counts someone who is to be sent to a provider.
    pub fn send_to_provider(&self, from: IpAddr, now: Time) -> Result<(), Error> {
        self.refused.check(&Network::of(from), REFUSED, now)?;
        self.sent.count(Network::of(from), SENT, now)
    }

    /// Counts the token of a CI job that is to be exchanged.
    pub fn exchange(&self, from: IpAddr, now: Time) -> Result<(), Error> {
        self.exchanges.count(Network::of(from), EXCHANGES, now)
    }

    /// Whether someone may come back from a provider, after what was counted by [`Self::refused_at_return`].
    pub fn return_from_provider(&self, from: IpAddr, now: Time) -> Result<(), Error> {
        self.refused.check(&Network::of(from), REFUSED, now)
    }

    pub fn refused_at_return(&self, from: IpAddr, now: Time) {
        // Whether it was one too many, the next one is told.
        _ = self.refused.count(Network::of(from), REFUSED, now);
    }

    /// Counts something that is to be sent to a subscription by hand.
    pub fn try_subscription(&self, id: SubscriptionId, now: Time) -> Result<(), Error> {
        self.tried.count(id, TRIED, now)
    }

    /// Counts a look by hand at a registry elsewhere.
    pub fn try_registry(&self, id: RegistryId, now: Time) -> Result<(), Error> {
        self.looked_at.count(id, TRIED, now)
    }

    /// Whether somebody may knock at a hook, after what was counted by [`Self::turned_away_from_hook`].
    pub fn knock_at_hook(&self, from: IpAddr, now: Time) -> Result<(), Error> {
        self.turned_away.check(&Network::of(from), TURNED_AWAY, now)
    }

    pub fn turned_away_from_hook(&self, from: IpAddr, now: Time) {
        // Whether it was one too many, the next one is told.
        _ = self.turned_away.count(Network::of(from), TURNED_AWAY, now);
    }

    /// Counts a webhook whose sender is known.
    pub fn receive_by_hook(&self, id: HookId, now: Time) -> Result<(), Error> {
        self.by_hook.count(id, BY_HOOK, now)
    }

    /// Whether a one-time link may be looked up, after what was counted by [`Self::unknown_link`].
    pub fn look_up_link(&self, from: IpAddr, now: Time) -> Result<(), Error> {
        self.links.check(&Network::of(from), LINKS, now)
    }

    pub fn unknown_link(&self, from: IpAddr, now: Time) {
        // Whether it was one too many, the next look-up tells.
        _ = self.links.count(Network::of(from), LINKS, now);
    }
}

/// Whom one address stands for: itself, or the /64 of IPv6 from which one customer has 2⁶⁴ addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Network(IpAddr);

impl Network {
    pub(crate) fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::from([a, b, c, d, 0, 0, 0, 0])
            }
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

/// An address, or of IPv6 the network as `2001:db8:0:1::/64`.
impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(address) => address.fmt(f),
            IpAddr::V6(address) => write!(f, "{address}/64"),
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Window {
    ends_at: Time,
    tries: u32,
}

impl Window {
    fn check(self, rate: Rate, now: Time) -> Result<(), Error> {
        let left = self.ends_at.micros() - now.micros();
        if left <= 0 || self.tries < rate.tries {
            return Ok(());
        }
        Err(Error::TooMany { retry_after_seconds: (left / 1_000_000).max(1) })
    }
}

#[derive(Debug)]
struct Windows<Key>(Mutex<HashMap<Key, Window>>);

impl<Key> Default for Windows<Key> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<Key: Clone + Eq + Hash> Windows<Key> {
    fn count(&self, key: Key, rate: Rate, now: Time) -> Result<(), Error> {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= REMEMBERED && !windows.contains_key(&key) {
            make_room(&mut windows, now);
        }
        let fresh = Window { ends_at: now.plus_seconds(rate.seconds), tries: 0 };
        let window = windows.entry(key).or_insert(fresh);
        if window.ends_at <= now {
            *window = fresh;
        }
        window.check(rate, now)?;
        window.tries += 1;
        Ok(())
    }

    fn check(&self, key: &Key, rate: Rate, now: Time) -> Result<(), Error> {
        let windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        windows.get(key).map_or(Ok(()), |window| window.check(rate, now))
    }

    fn forget(&self, key: &Key) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

/// Forgets what has ended, or else the window that ends next.
fn make_room<Key: Clone + Eq + Hash>(windows: &mut HashMap<Key, Window>, now: Time) {
    windows.retain(|_, window| window.ends_at > now);
    if windows.len() >= REMEMBERED {
        let next = windows.iter().min_by_key(|(_, window)| window.ends_at).map(|(key, _)| key.clone());
        next.and_then(|key| windows.remove(&key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Time = Time::from_micros(1_000_000_000_000);

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn email(text: &str) -> Email {
        Email::parse(text).unwrap()
    }

    #[test]
    fn ten_failures_close_an_account_for_a_while_to_the_network_that_they_came_from() {
        let limits = Limits::default();
        let (ada, from) = (email("ada@example.org"), ip("10.0.0.1"));
        for _ in 0..10 {
            limits.sign_in(from, Some(&ada), START).unwrap();
        }
        let later = START.plus_seconds(60);
        let refused = limits.sign_in(from, Some(&ada), later);
        assert!(matches!(refused, Err(Error::TooMany { retry_after_seconds: 840 })), "{refused:?}");
        limits.sign_in(ip("10.0.0.99"), Some(&ada), later).expect("its owner is not shut out");
        limits.sign_in(from, Some(&email("bob@example.org")), later).unwrap();
        limits.sign_in(from, Some(&ada), START.plus_seconds(15 * 60)).unwrap();
    }

    #[test]
    fn success_clears_the_failures_of_an_account() {
        let limits = Limits::default();
        let ada = email("ada@example.org");
        for _ in 0..3 {
            for _ in 0..9 {
                limits.sign_in(ip("10.0.0.1"), Some(&ada), START).unwrap();
            }
            limits.signed_in(ip("10.0.0.1"), &ada);
        }
    }

    #[test]
    fn an_address_signs_in_thirty_times_a_minute() {
        let limits = Limits::default();
        for _ in 0..30 {
            limits.sign_in(ip("10.0.0.1"), None, START).unwrap();
        }
        assert!(
            limits.sign_in(ip("::ffff:10.0.0.1"), None, START).is_err(),
            "the same address, written as IPv6"
        );
        limits.sign_in(ip("10.0.0.2"), None, START).unwrap();
        limits.sign_in(ip("10.0.0.1"), None, START.plus_seconds(60)).unwrap();
    }

    #[test]
    fn only_refusals_close_the_way_back_from_a_provider() {
        let limits = Limits::default();
        let from = ip("10.0.0.1");
        for _ in 0..300 {
            limits.send_to_provider(from, START).unwrap();
            limits.return_from_provider(from, START).unwrap();
        }
        limits.send_to_provider(from, START).unwrap_err();
        let later = START.plus_seconds(60);
        for _ in 0..30 {
            limits.return_from_provider(from, later).unwrap();
            limits.refused_at_return(from, later);
        }
        limits.return_from_provider(from, later).unwrap_err();
        limits.send_to_provider(from, later).unwrap_err();
        limits.return_from_provider(ip("10.0.0.2"), later).unwrap();
        limits.return_from_provider(from, START.plus_seconds(120)).unwrap();
    }

    #[test]
    fn one_customer_of_ipv6_is_one_address() {
        let limits = Limits::default();
        for number in 0..30 {
            let from = ip(&format!("2001:db8:0:1::{number}"));
            limits.look_up_link(from, START).unwrap();
            limits.unknown_link(from, START);
        }
        limits.look_up_link(ip("2001:db8:0:1:ffff::"), START).unwrap_err();
        limits.look_up_link(ip("2001:db8:0:2::"), START).unwrap();
        limits.look_up_link(ip("2001:db8:0:1::"), START.plus_seconds(60)).unwrap();
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_are_forgotten_first() {
        let windows = Windows::default();
        let rate = Rate { tries: 1, seconds: 60 };
        for number in 0..=REMEMBERED {
            let at = Time::from_micros(START.micros() + i64::try_from(number).unwrap());
            windows.count(number, rate, at).unwrap();
        }
        assert_eq!(windows.0.lock().unwrap().len(), REMEMBERED);
        windows.count(0, rate, START.plus_seconds(1)).unwrap();
        windows.count(REMEMBERED, rate, START.plus_seconds(1)).unwrap_err();
    }
}
