//! Where time and randomness come from. Everything else takes them from here, so that tests decide.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use towpath_domain::ids::uuid_v7;
use towpath_domain::times::Time;
use uuid::Uuid;

type Now = dyn Fn() -> Time + Send + Sync;
type Fill = dyn Fn(&mut [u8]) + Send + Sync;

/// A clock and a source of random bytes.
#[derive(Clone)]
pub struct Sources {
    now: Arc<Now>,
    fill: Arc<Fill>,
    newest: Arc<Mutex<Uuid>>,
}

impl Sources {
    pub fn new(
        now: impl Fn() -> Time + Send + Sync + 'static,
        fill: impl Fn(&mut [u8]) + Send + Sync + 'static,
    ) -> Self {
        Self { now: Arc::new(now), fill: Arc::new(fill), newest: Arc::default() }
    }

    /// The machine's clock and the operating system's randomness.
    pub fn system() -> Self {
        Self::new(system_time, |bytes| {
            getrandom::fill(bytes).expect("the operating system has randomness");
        })
    }

    /// As [`system`](Self::system), with a clock that is behind by what this holds, in microseconds.
    pub fn behind(lead: Arc<AtomicI64>) -> Self {
        let now = move || Time::from_micros(system_time().micros() - lead.load(Ordering::Relaxed));
        Self { now: Arc::new(now), ..Self::system() }
    }

    pub fn now(&self) -> Time {
        (self.now)()
    }

    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.fill)(&mut bytes);
        bytes
    }

    /// A fresh id that sorts after all before it, even where they share a millisecond (RFC 9562 §6.2), since
    /// lists are read in the order of ids.
    pub fn uuid(&self) -> Uuid {
        let fresh = uuid_v7(self.now(), self.random());
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        *newest = fresh.max(Uuid::from_u128(newest.as_u128().saturating_add(1)));
        *newest
    }
}

fn system_time() -> Time {
    #[expect(clippy::disallowed_methods, reason = "the one home of the clock")]
    let now = SystemTime::now();
    let micros = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros());
    Time::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
}

impl std::fmt::Debug for Sources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sources")
    }
}
