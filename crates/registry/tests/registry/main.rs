//! The protocol through the router, on a real service: what clients send and what they get.

mod access;
mod anybody;
mod blobs;
mod conformance;
mod deleting;
mod harness;
mod limits;
mod manifests;
mod referrers;
mod sign_in;
mod tags;
mod uploads;
