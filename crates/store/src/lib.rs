//! Persistence on SQLite and Postgres: the only room with SQL in it.
//!
//! One SQL text serves both engines; where an engine needs its own words, they stand in [`db`] or
//! `migrations/`. Functions that read take a [`Conn`]; functions that write take a [`Tx`], which only
//! [`Db::write`] hands out.

mod db;
mod diagnosis;
mod error;
mod heads;
mod query;
mod queue;

pub mod access;
pub mod attempts;
pub mod audit;
pub mod buckets;
pub mod builds;
pub mod carry_overs;
pub mod changes;
pub mod checks;
pub mod circumstances;
pub mod declarations;
pub mod delegations;
pub mod deletions;
pub mod deployments;
pub mod environments;
pub mod evidence;
pub mod garbage;
pub mod groups;
pub mod holds;
pub mod home;
pub mod hooks;
pub mod idempotency;
pub mod images;
pub mod insights;
pub mod installation;
pub mod integrations;
pub mod links;
pub mod makers;
pub mod moving;
pub mod outside_steps;
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
pub mod roles;
pub mod rules;
pub mod saved_views;
pub mod scrub;
pub mod search;
pub mod service_accounts;
pub mod services;
pub mod sessions;
pub mod storage;
pub mod streams;
pub mod subscriptions;
pub mod timeline;
pub mod tokens;
pub mod trust_roots;
pub mod workflows;

pub use db::{Conn, Db};
pub use diagnosis::Diagnosis;
pub use error::Error;
pub use queue::Tx;
