//! What holds for the whole server, tried over HTTP.

mod assets;
mod attempts;
mod backups;
mod commands;
mod confirmations;
mod first_start;
mod forms;
mod guards;
mod limits;
mod live;
mod metrics;
mod preferences;
mod proposals;
mod providers;
mod publishers;
mod replicas;
#[allow(dead_code, reason = "other tests look into the bucket, too")]
#[path = "../../../crates/blobs/tests/support/s3.rs"]
mod s3;
mod sessions;
mod shutdown;
#[path = "../support/mod.rs"]
mod support;
