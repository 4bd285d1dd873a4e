//! Blobs in a real folder and in a real bucket.

mod contents;
mod failures;
mod places;
mod proxy;
mod replicas;
#[path = "../support/s3.rs"]
mod s3;
mod uploads;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;
