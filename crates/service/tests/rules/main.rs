//! The rules of the use cases, each on SQLite and on Postgres, through the doors that every edge uses.

#[path = "../../../store/tests/contract/engines.rs"]
mod engines;
mod images;
mod receivers;
mod shop;
mod world;

mod access;
mod accounts;
mod archiving;
mod audit;
mod automatic;
mod buckets;
mod builds;
mod changes;
mod checks;
mod contests;
mod deletions;
mod deployments;
mod differences;
mod emergencies;
mod gates;
mod holds;
mod home;
mod hooks;
mod inbox;
mod insights;
mod integrations;
mod links;
mod live;
mod members;
mod model;
mod moments;
mod people;
mod pins;
mod promotions;
mod release_sets;
mod replicas;
mod routing;
mod samples;
mod search;
mod story;
mod subscriptions;
mod timeline;
mod tokens;
mod workflows;
