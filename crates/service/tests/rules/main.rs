//! The rules of the use cases, each on SQLite and on Postgres, through the doors that every edge uses.

#[path = "../../../store/tests/contract/engines.rs"]
mod engines;
mod images;
mod shop;
mod world;

mod access;
mod buckets;
mod builds;
mod home;
mod integrations;
mod links;
mod people;
mod promotions;
mod replicas;
mod search;
mod story;
mod timeline;
mod tokens;
