//! Server functions: each finds out who asks and hands over to `service`. They are public endpoints
//! under `/fn`, protected by the same-origin check of the server and authorised in `service`.

pub mod accounts;
pub mod boards;
pub mod buckets;
pub mod builds;
pub mod changes;
pub mod deletions;
pub mod differences;
pub mod docs;
pub mod environments;
pub mod holds;
pub mod home;
pub mod hooks;
pub mod inbox;
pub mod insights;
pub mod integrations;
pub(crate) mod json;
pub mod links;
pub mod members;
pub mod moments;
pub mod people;
pub mod pins;
pub mod preferences;
pub mod projects;
pub mod promotions;
pub mod providers;
pub mod publishers;
pub mod release_sets;
pub mod rules;
pub mod search;
pub mod storage;
pub mod streams;
pub mod subscriptions;
pub mod timeline;
pub mod tokens;
pub mod workflows;
