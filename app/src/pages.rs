//! The pages, by what they are about.

#![expect(clippy::needless_pass_by_value, reason = "components own their props")]

pub mod account;
pub mod attempts;
pub mod board;
pub mod buckets;
pub mod builds;
pub mod carry_overs;
pub mod changes;
pub mod confirmations;
pub mod deletions;
pub mod differences;
pub mod docs;
pub mod environments;
#[cfg(debug_assertions)]
pub mod gallery;
pub mod groups;
pub mod holds;
pub mod home;
pub mod hooks;
pub mod inbox;
pub mod insights;
pub mod integrations;
pub mod join;
pub mod members;
pub mod moments;
pub mod outside_steps;
pub mod people;
pub mod pins;
pub mod pipelines;
pub mod projects;
pub mod promote;
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
pub mod roll_back;
pub mod rules;
pub mod saved_views;
pub mod search;
pub mod service_accounts;
mod shown_once;
pub mod sign_in;
pub mod sign_out;
pub mod storage;
pub mod streams;
pub mod subscriptions;
pub mod timeline;
pub mod tokens;
pub mod trust_roots;
pub mod workflows;

mod deciding;
mod followers;
mod forms;
