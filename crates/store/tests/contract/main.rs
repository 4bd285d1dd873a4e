//! The contract of the store: every rule holds on SQLite and on Postgres alike.

mod deployments;
mod engines;
mod fixture;
mod shop;

mod access;
mod audit;
mod buckets;
mod builds;
mod circumstances;
mod environments;
mod heads;
mod holds;
mod home;
mod idempotency;
mod images;
mod installation;
mod integrations;
mod links;
mod opening;
mod people;
mod projects;
mod promotions;
mod providers;
mod rules;
mod saved_views;
mod search;
mod services;
mod sessions;
mod streams;
mod timeline;
mod tokens;
mod workflows;
mod writing;
