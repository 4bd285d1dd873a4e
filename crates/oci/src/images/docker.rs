//! Archives of `docker save`, which hold a configuration and layers but no manifest.
//!
//! One is made. Layers go as they lie in the archive, compressed or not: then the digest of the image follows from the
//! archive alone, whichever version of this program pushes it, and a repeated job is known again. Compressing here would
//! make every version of the compressor another image. It also spares reading what the registry has, since the
//! configuration names the layers by the digests of their plain content (image-spec, `config.md`, `diff_ids`).

use super::Files;
use super::layouts::several;
use crate::Error;
use crate::manifests::{Descriptor, Manifest, OCI_CONFIG, OCI_LAYER, OCI_LAYER_GZIP, OCI_MANIFEST};
use crate::registry::digest_of;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use towpath_domain::digests::Digest;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Saved {
    config: String,
    repo_tags: Option<Vec<String>>,
    layers: Vec<String>,
}

#[derive(Deserialize)]
struct Config {
    rootfs: RootFs,
}

#[derive(Deserialize)]
struct RootFs {
    diff_ids: Vec<Digest>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Made<'a> {
    schema_version: u8,
    media_type: &'a str,
    config: &'a Descriptor,
    layers: &'a [Descriptor],
}

/// The image of an archive, or the one of several that has the chosen tag; with the files of its contents.
pub(super) async fn read(
    files: &Files,
    choice: Option<&str>,
    shown: &str,
) -> Result<(Manifest, HashMap<Digest, String>), Error> {
    let broken =
        |message: String| Error::Source(format!("{shown} is not what `docker save` writes: {message}"));
    let list = files.read("manifest.json").await?.unwrap_or_default();
    let all: Vec<Saved> = serde_json::from_slice(&list).map_err(|error| broken(error.to_string()))?;
    let tags = |saved: &Saved| saved.repo_tags.clone().unwrap_or_default();
    let chosen = |saved: &&Saved| choice.is_none_or(|choice| tags(saved).iter().any(|tag| tag == choice));
    let found: Vec<&Saved> = all.iter().filter(chosen).collect();
    let [saved] = found[..] else {
        let names: Vec<String> = all.iter().flat_map(tags).collect();
        return Err(several(shown, choice, names.iter().map(String::as_str)));
    };
    let missing = |name: &str| broken(format!("{name} is missing"));
    let config = files.read(&saved.config).await?.ok_or_else(|| missing(&saved.config))?;
    check_name(&saved.config, &config).map_err(broken)?;
    let Config { rootfs } = serde_json::from_slice(&config).map_err(|error| broken(error.to_string()))?;
    if rootfs.diff_ids.len() != saved.layers.len() {
        return Err(broken("its layers are not those of its configuration".to_owned()));
    }
    let config = Descriptor::of(OCI_CONFIG, &config);
    let mut names = HashMap::from([(config.digest.clone(), saved.config.clone())]);
    let mut layers = Vec::new();
    for (name, plain) in saved.layers.iter().zip(rootfs.diff_ids) {
        let size = files.size(name).ok_or_else(|| missing(name))?;
        let (media_type, digest) = if files.is_gzip(name).await? {
            let content = files.part(name, 0..size).await?.ok_or_else(|| missing(name))?;
            (OCI_LAYER_GZIP, digest_of(content).await?)
        } else {
            (OCI_LAYER, plain)
        };
        names.insert(digest.clone(), name.clone());
        layers.push(Descriptor {
            media_type: media_type.to_owned(),
            digest,
            size,
            platform: None,
            annotations: None,
        });
    }
    let made = Made { schema_version: 2, media_type: OCI_MANIFEST, config: &config, layers: &layers };
    let bytes = serde_json::to_vec(&made).map_err(|error| broken(error.to_string()))?;
    Ok((Manifest::read(Some(OCI_MANIFEST), Bytes::from(bytes))?, names))
}

/// A configuration is called by its hash, so that a damaged one is found out here.
fn check_name(name: &str, content: &Bytes) -> Result<(), String> {
    let hex = name.rsplit('/').next().unwrap_or_default().trim_end_matches(".json");
    match super::digest_of_hex(hex) {
        Some(digest) => super::check(&digest, content).map_err(|error| error.to_string()),
        None => Ok(()),
    }
}
