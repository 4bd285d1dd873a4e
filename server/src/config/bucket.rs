//! The keys `s3_…`: a bucket for the bytes of images, in place of the data folder.

use super::{ConfigError, Given};
use http::Uri;
use std::fs;
use std::time::Duration;
use towpath_service::installation::{Bucket, Credentials};

/// All of them but the one that names the bucket.
const OTHERS: [&str; 8] = [
    "s3_endpoint",
    "s3_region",
    "s3_prefix",
    "s3_access_key",
    "s3_secret_key",
    "s3_secret_key_file",
    "s3_path_style",
    "s3_redirect",
];
/// How long a store may give no sign.
const PATIENCE: Duration = Duration::from_secs(30);

/// The bucket, if one is configured.
pub fn check(given: &Given) -> Result<Option<Bucket>, ConfigError> {
    let bucket =
        given.parse("s3_bucket", "the name of a bucket: letters, digits, dots and hyphens", plain)?;
    if bucket.is_empty() {
        // Else a server would quietly fill its own disk.
        for key in OTHERS {
            given.parse(key, "left out, as long as s3_bucket names no bucket", |_| {
                (given.get(key).1 == "default").then_some(())
            })?;
        }
        return Ok(None);
    }
    let endpoint = given.parse(
        "s3_endpoint",
        "https:// or http:// and a host, with a port if need be and no path; or nothing, for Amazon",
        |text| if text.is_empty() { Some(None) } else { address(text).map(Some) },
    )?;
    let path_style = given.parse("s3_path_style", "true, false or auto", |text| match text {
        "auto" => Some(endpoint.is_some()),
        text => text.parse().ok(),
    })?;
    Ok(Some(Bucket {
        endpoint,
        bucket,
        region: given.get("s3_region").0.to_owned(),
        prefix: given.parse("s3_prefix", "names with slashes between", prefix)?,
        credentials: credentials(given)?,
        path_style,
        redirect: given.parse("s3_redirect", "true or false", |text| text.parse().ok())?,
        patience: PATIENCE,
    }))
}

fn credentials(given: &Given) -> Result<Option<Credentials>, ConfigError> {
    let (access_key, secret) = (given.get("s3_access_key").0, given.get("s3_secret_key").0);
    let file = given.get("s3_secret_key_file").0;
    let secret_key = match (secret, file) {
        ("", "") => None,
        (secret, "") => Some(secret.to_owned()),
        ("", file) => {
            let read = fs::read_to_string(file);
            let read =
                read.map_err(|error| ConfigError::File { file: file.to_owned(), reason: error.to_string() })?;
            Some(read.trim_end_matches(['\r', '\n']).to_owned())
        }
        _ => return Err(ConfigError::Twice("s3_secret_key", "s3_secret_key_file")),
    };
    match (access_key, secret_key) {
        ("", None) => Ok(None),
        ("", Some(_)) => {
            Err(ConfigError::Missing("s3_access_key, to which the secret key belongs,".to_owned()))
        }
        (_, None) => Err(ConfigError::Missing("s3_secret_key or s3_secret_key_file".to_owned())),
        (access_key, Some(secret_key)) => {
            Ok(Some(Credentials { access_key: access_key.to_owned(), secret_key }))
        }
    }
}

/// What has only letters, digits, dots, hyphens and underscores.
fn plain(text: &str) -> Option<String> {
    let sound = |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'.' | b'-' | b'_');
    text.bytes().all(sound).then(|| text.to_owned())
}

fn address(text: &str) -> Option<String> {
    let address: Uri = text.parse().ok()?;
    let host = matches!(address.scheme_str(), Some("http" | "https"));
    let bare = address.path() == "/" && address.query().is_none();
    (host && bare).then(|| text.trim_end_matches('/').to_owned())
}

fn prefix(text: &str) -> Option<String> {
    let parts = text.split('/').filter(|part| !part.is_empty()).map(plain);
    parts.collect::<Option<Vec<_>>>().map(|parts| parts.join("/"))
}
