//! Reaching registries elsewhere, as far as the installation lets its server call others.

use super::place;
use crate::{Error, Service};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use towpath_domain::forms::Invalid;
use towpath_domain::words::capitalised;
use towpath_oci::{Client, Credentials, Registry, Retries};
use towpath_outgoing::{Allowed, Outgoing};
use towpath_store::registries::Stored;

/// The pause before a request is sent once more.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// How often a request is sent before it counts as failed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Tries {
    /// Somebody waits for the answer.
    Once,
    /// What failed in passing is tried again within seconds.
    Some,
}

/// The client by which registries are reached, made when it is first needed: it reads the machine's certificates.
pub(crate) struct Reach {
    allowed: Allowed,
    made: OnceLock<Result<(Outgoing, Client), String>>,
}

impl Reach {
    pub const fn new(allowed: Allowed) -> Self {
        Self { allowed, made: OnceLock::new() }
    }

    fn made(&self) -> Result<&(Outgoing, Client), Error> {
        let begin = || {
            let outgoing = Outgoing::new(self.allowed.clone())?;
            let (http, judge) = (outgoing.streams()?, outgoing.clone());
            let judge = move |address: &str| judge.judge(address).map_err(|error| error.to_string());
            Ok((outgoing, Client::judged(http, Arc::new(judge))))
        };
        let made = self.made.get_or_init(begin).as_ref();
        made.map_err(|why: &String| Error::Internal(format!("the machine's certificates: {why}")))
    }

    /// Refuses an address that says by itself that it may not be called.
    pub fn judge(&self, address: &str) -> Result<(), Error> {
        let judged = self.made()?.0.judge(address);
        judged.map_err(|error| Invalid::field("address", format!("{error}.")).into())
    }
}

impl std::fmt::Debug for Reach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reach").field("allowed", &self.allowed).finish_non_exhaustive()
    }
}

impl Service {
    /// A registry, to speak with it as whoever is to sign in there.
    pub(crate) fn registry(&self, stored: &Stored, tries: Tries) -> Result<Registry, Error> {
        let known = &stored.registry;
        let credentials = match (&known.user, &stored.secret) {
            (Some(user), Some(sealed)) => {
                let secret = self.unseal(&place(known.id), sealed)?;
                let secret = String::from_utf8(secret).map_err(|error| Error::Internal(error.to_string()))?;
                Some(Credentials::new(user, &secret))
            }
            _ => None,
        };
        let attempts = match tries {
            Tries::Once => 1,
            Tries::Some => 3,
        };
        let dice = self.clone();
        let retries = Retries::new(attempts, FIRST_PAUSE, move || u32::from_le_bytes(dice.random()));
        let (_, client) = self.0.reach.made()?;
        let registry = Registry::new(client.clone(), known.address.as_str(), credentials, retries);
        registry.map_err(|error| Error::Internal(error.to_string()))
    }
}

/// Speaks with a registry on a thread of its own: the client tries again by `AsyncFn`, whose futures cannot be required to be
/// `Send` on stable Rust. It ends once nobody waits for it any more.
pub(crate) async fn aside<T, F>(work: impl FnOnce() -> F + Send + 'static) -> Result<T, Error>
where
    T: Send + 'static,
    F: Future<Output = T>,
{
    let (waits, gone) = oneshot::channel::<()>();
    let runtime = Handle::current();
    let running = tokio::task::spawn_blocking(move || {
        runtime.block_on(async move {
            tokio::select! {
                done = work() => Some(done),
                _ = gone => None,
            }
        })
    });
    let done = running.await;
    drop(waits);
    let broke_off = || Error::Internal("speaking with a registry broke off".to_owned());
    done.ok().flatten().ok_or_else(broke_off)
}

/// What failed, as a sentence.
pub(crate) fn words(error: &towpath_oci::Error) -> String {
    use towpath_oci::Error as Failed;
    let said = error.to_string();
    let hint = match error {
        Failed::Refused { status, .. } if matches!(status.as_u16(), 401 | 403) => {
            " Look at the user, the password and what it may do there."
        }
        _ => "",
    };
    let end = if said.ends_with('.') { "" } else { "." };
    // A host begins as it is written.
    let said = if said.starts_with("http") { said } else { capitalised(&said) };
    format!("{said}{end}{hint}")
}
