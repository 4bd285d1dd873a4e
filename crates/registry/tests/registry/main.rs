//! The protocol through the router, on a real service: what clients send and what they get.

mod access;
mod blobs;
mod harness;
mod manifests;
mod referrers;
mod sign_in;
mod tags;
mod uploads;
