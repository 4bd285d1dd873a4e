//! The bucket of a real S3 server, whose address is in `TOWPATH_TEST_S3` and which `scripts/s3 run` starts.

use object_store::aws::{AmazonS3, AmazonS3Builder};
use std::{env, time::Duration};
use towpath_blobs::{Bucket, Credentials};
use towpath_domain::digests::{Algorithm, Digest};
use uuid::Uuid;

/// A new prefix in it. None where there is no server, unless `TOWPATH_REQUIRE_S3` is set.
pub fn bucket() -> Option<Bucket> {
    let Ok(endpoint) = env::var("TOWPATH_TEST_S3") else {
        let required = env::var_os("TOWPATH_REQUIRE_S3").is_some();
        assert!(!required, "TOWPATH_TEST_S3 is not set; run this by `scripts/s3 run`");
        return None;
    };
    Some(Bucket {
        endpoint: Some(endpoint),
        bucket: "towpath".to_owned(),
        region: "us-east-1".to_owned(),
        prefix: fresh().to_string(),
        credentials: Some(Credentials {
            access_key: "towpath".to_owned(),
            secret_key: "not-a-secret".to_owned(),
        }),
        path_style: true,
        redirect: false,
        patience: Duration::from_secs(10),
    })
}

/// The bucket without what is under test.
pub fn raw(bucket: &Bucket) -> AmazonS3 {
    AmazonS3Builder::new()
        .with_endpoint(bucket.endpoint.as_deref().unwrap_or_default())
        .with_bucket_name(&bucket.bucket)
        .with_access_key_id("towpath")
        .with_secret_access_key("not-a-secret")
        .with_allow_http(true)
        .build()
        .expect("builds")
}

/// An id that no other test has, in this process or another.
pub fn fresh() -> Uuid {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let name = folder.path().file_name().expect("a name").to_string_lossy().into_owned();
    let digest = Digest::of(Algorithm::Sha256, format!("{name}{}", std::process::id()).as_bytes());
    Uuid::parse_str(&digest.hex()[..32]).expect("an id")
}
