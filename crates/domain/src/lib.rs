//! What is true everywhere: the types and rules of Towpath, without input or output.
//!
//! This crate compiles for the server and for the browser, so that a form, a drop verdict or a
//! permission is decided by the same code on both sides. Each noun of the glossary has a module here,
//! and a module of the same name in every other room that deals with it.

pub mod access;
pub mod accounts;
pub mod attempts;
pub mod boards;
pub mod buckets;
pub mod builds;
pub mod carry_overs;
pub mod changes;
pub mod checks;
pub mod delegations;
pub mod deletions;
pub mod deployments;
pub mod differences;
pub mod digests;
pub mod environments;
pub mod evidence;
pub mod forms;
pub mod garbage;
pub mod gates;
pub mod groups;
pub mod holds;
pub mod home;
pub mod hooks;
pub mod ids;
pub mod inbox;
pub mod insights;
pub mod integrations;
pub mod live;
pub mod members;
pub mod moments;
pub mod people;
pub mod pins;
pub mod placements;
pub mod preferences;
pub mod projects;
pub mod promotions;
pub mod providers;
pub mod publishers;
pub mod read_tokens;
pub mod references;
pub mod release_sets;
pub mod retention;
pub mod rights;
pub mod roles;
pub mod rules;
pub mod saved_views;
pub mod search;
pub mod service_accounts;
pub mod services;
pub mod sessions;
pub mod sheets;
pub mod slugs;
pub mod spans;
pub mod storage;
pub mod streams;
pub mod subscriptions;
pub mod timeline;
pub mod times;
pub mod tokens;
pub mod trust_roots;
pub mod words;
pub mod workflows;
