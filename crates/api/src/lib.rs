//! The REST contract: what requests and answers under `/api/v1` look like, and how failures are told.
//!
//! Types of its own, so that the domain can change without breaking a client; each is made from what the
//! service answers. Requests refuse fields that they do not know. The feature `client` adds the typed client.

pub mod attempts;
pub mod audit;
pub mod boards;
pub mod buckets;
pub mod builds;
pub mod carry_overs;
pub mod changes;
pub mod checks;
#[cfg(feature = "client")]
pub mod client;
pub mod cursors;
pub mod declarations;
pub mod delegations;
pub mod deletions;
pub mod deployments;
pub mod differences;
pub mod environments;
pub mod evidence;
pub mod generators;
pub mod groups;
pub mod holds;
pub mod hooks;
pub mod insights;
pub mod integrations;
pub mod moments;
pub mod outside_steps;
pub mod pages;
pub mod people;
pub mod pins;
pub mod problems;
pub mod projects;
pub mod promotions;
pub mod publishers;
pub mod read_tokens;
pub mod registries;
pub mod release_sets;
pub mod retention;
pub mod rights;
pub mod roles;
pub mod rules;
pub mod saved_views;
pub mod search;
pub mod service_accounts;
pub mod sessions;
pub mod storage;
pub mod streams;
pub mod subscriptions;
pub mod timeline;
pub mod times;
pub mod tokens;
pub mod trust_roots;
pub mod workflows;
pub mod yaml;
