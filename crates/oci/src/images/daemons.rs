//! Images of a Docker or Podman daemon on this machine (Docker Engine API, `GET /images/{name}/get`, which Podman has,
//! too). What is sent is an archive of `docker save`.

use super::Files;
use crate::Error;
use crate::errors::refusal;
use futures::TryStreamExt;
use http::StatusCode;
use reqwest::Url;
use tokio_util::io::StreamReader;

/// How errors call it.
const DAEMON: &str = "the container daemon";

/// Takes an image from the daemon that the client is connected with, into a temporary file.
pub(super) async fn save(http: &reqwest::Client, name: &str) -> Result<Files, Error> {
    let mut url = Url::parse("http://daemon/images").map_err(|error| Error::Source(error.to_string()))?;
    if let Ok(mut path) = url.path_segments_mut() {
        path.push(name).push("get");
    }
    let response = http.get(url).send().await.map_err(|error| Error::unreachable(DAEMON, &error))?;
    if response.status() == StatusCode::NOT_FOUND {
        return Err(Error::NoImage(format!("“{name}” in {DAEMON}, and no file of that name")));
    }
    if !response.status().is_success() {
        return Err(refusal(DAEMON, response).await);
    }
    let pieces = response.bytes_stream().map_err(std::io::Error::other);
    Files::spool(StreamReader::new(pieces)).await
}
