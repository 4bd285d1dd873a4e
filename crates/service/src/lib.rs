//! Use cases: authorise, load, decide, save with its audit event, commit. The only writer.
//!
//! Pages, REST, registry and CLI all come through here, so every rule holds at every door. A use case
//! takes who asks and answers what the caller shows; only the caller knows about protocols.

mod circumstances;
mod error;
mod patterns;
mod scenes;
mod sealing;
mod sources;

pub mod accounts;
pub mod attempts;
pub mod audit;
pub mod boards;
pub mod buckets;
pub mod builds;
pub mod carry_overs;
pub mod changes;
pub mod checks;
pub mod confirmations;
pub mod declarations;
pub mod delegations;
pub mod deletions;
pub mod deployments;
pub mod differences;
pub mod environments;
pub mod evidence;
pub mod garbage;
pub mod groups;
pub mod holds;
pub mod home;
pub mod hooks;
pub mod idempotency;
pub mod images;
pub mod inbox;
pub mod insights;
pub mod installation;
pub mod integrations;
mod limits;
pub mod links;
pub mod live;
mod manifests;
pub mod members;
pub mod moments;
pub mod moving;
pub mod outside_steps;
pub mod passwords;
pub mod people;
pub mod pins;
pub mod projects;
pub mod promotions;
pub mod proposals;
pub mod providers;
pub mod publishers;
pub mod read_tokens;
pub mod registries;
pub mod release_sets;
pub mod retention;
pub mod rights;
pub mod roles;
pub mod rules;
pub mod samples;
pub mod saved_views;
pub mod scrub;
pub mod search;
pub mod service_accounts;
pub mod sessions;
pub mod storage;
pub mod streams;
pub mod subscriptions;
pub mod timeline;
pub mod tokens;
pub mod trust_roots;
pub mod workflows;

pub use error::Error;
pub use sealing::SealingKey;
pub use sources::Sources;

use std::net::IpAddr;
use std::sync::Arc;
use towpath_blobs::BlobStore;
use towpath_domain::access::{Action, Actor, Target, may};
use towpath_domain::confirmations::Freshness;
use towpath_domain::proposals::Demanded;
use towpath_domain::timeline::{Change, Event, EventActor, Scene};
use towpath_domain::times::Time;
use towpath_store::{Conn, Db};

/// Everything that use cases need; clones share it.
#[derive(Debug, Clone)]
pub struct Service(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    db: Db,
    blobs: BlobStore,
    sources: Sources,
    public_url: String,
    signing_key: Vec<u8>,
    passwords: passwords::Hasher,
    limits: limits::Limits,
    attempts: attempts::Book,
    /// For how many seconds refused attempts are kept.
    attempts_kept: i64,
    live: live::Live,
    providers: providers::Providers,
    /// After how many seconds without a sign-in the tokens of a person stop.
    token_lapse: Option<i64>,
    /// How fresh a sign-in has to be for what is guarded.
    freshness: Freshness,
    /// What takes a second person.
    second_person: Demanded,
    sealing: SealingKey,
    sender: subscriptions::Sender,
    reach: registries::Reach,
    doorkeeper: hooks::Doorkeeper,
    issuers: publishers::Issuers,
    found_whole: images::FoundWhole,
}

/// The address that a request came from, as an extension of the request.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

impl Service {
    pub fn now(&self) -> Time {
        self.0.sources.now()
    }

    /// Where people and clients reach this installation, without a slash at the end.
    pub fn public_url(&self) -> &str {
        &self.0.public_url
    }

    /// The host and port by which clients name images here.
    pub fn registry_host(&self) -> &str {
        let url = self.public_url();
        url.split_once("://").map_or(url, |(_, rest)| rest)
    }

    /// Whether the database answers and blobs can be written.
    pub async fn ready(&self) -> Result<(), Error> {
        self.db().ping().await?;
        Ok(self.blobs().check().await?)
    }

    /// Lets the writes under way finish and closes the database.
    pub async fn close(&self) {
        self.db().close().await;
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(crate) fn blobs(&self) -> &BlobStore {
        &self.0.blobs
    }

    pub(crate) fn found_whole(&self) -> &images::FoundWhole {
        &self.0.found_whole
    }

    pub(crate) fn live(&self) -> &live::Live {
        &self.0.live
    }

    pub(crate) async fn read(&self) -> Result<Conn, Error> {
        Ok(self.db().read().await?)
    }

    /// A fresh id of whichever type is wanted.
    pub(crate) fn id<Id: From<uuid::Uuid>>(&self) -> Id {
        self.0.sources.uuid().into()
    }

    pub(crate) fn random<const N: usize>(&self) -> [u8; N] {
        self.0.sources.random()
    }

    pub(crate) fn event(&self, actor: EventActor, scene: Scene, change: Change) -> Event {
        Event { id: self.id(), at: self.now(), actor, scene, change }
    }
}

/// The policy at the door of a use case.
pub(crate) fn allow(actor: &Actor, action: Action, target: &Target) -> Result<(), Error> {
    Ok(may(actor, action, target)?)
}

/// Whether an actor may, in words for a page that explains why something is not offered.
pub(crate) fn explain(actor: &Actor, action: Action, target: &Target) -> Result<(), String> {
    may(actor, action, target).map_err(|refusal| refusal.to_string())
}
