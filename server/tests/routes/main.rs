//! The REST API through its own router: each module stands for the routes of the same name.

mod archiving;
mod audit;
mod builds;
mod chassis;
mod deletions;
mod deployments;
mod holds;
mod hooks;
mod idempotency;
mod images;
mod machines;
mod openapi;
mod people;
mod pins;
mod projects;
mod promotions;
mod release_sets;
mod rules;
mod search;
mod sessions;
mod streams;
mod strict;
mod subscriptions;
mod support;
mod timeline;
mod tokens;
