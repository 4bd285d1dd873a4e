//! What manifests say that is needed to carry an image: what they refer to (OCI image-spec, `manifest.md`,
//! `image-index.md`, `descriptor.md`; Docker image manifest version 2, schema 2).

use crate::Error;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use towpath_domain::digests::{Algorithm, Digest};

pub(crate) const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub(crate) const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
pub(crate) const OCI_LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
pub(crate) const OCI_LAYER_GZIP: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";

/// What a registry is asked for.
pub(crate) const ACCEPTED: [&str; 4] = [OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST];
/// The most bytes of a manifest (distribution-spec, “Pushing Manifests”).
pub(crate) const LIMIT: usize = 4 * 1024 * 1024;

/// A reference to content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    pub media_type: String,
    pub digest: Digest,
    /// Bytes.
    pub size: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<BTreeMap<String, String>>,
}

/// What an image runs on, such as `linux/arm64/v8`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Platform {
    pub os: String,
    pub architecture: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
}

/// A manifest with its bytes, which are sent as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    pub descriptor: Descriptor,
    pub bytes: Bytes,
    pub(crate) contents: Contents,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Contents {
    /// A configuration and layers.
    Image(Vec<Descriptor>),
    /// One image for each platform, and what is told of them.
    Index(Vec<Descriptor>),
}

impl Manifest {
    /// Reads a manifest that is of this type, or says itself of which it is.
    pub(crate) fn read(media_type: Option<&str>, bytes: Bytes) -> Result<Self, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Document {
            media_type: Option<String>,
            config: Option<Descriptor>,
            layers: Option<Vec<Descriptor>>,
            manifests: Option<Vec<Descriptor>>,
        }
        let broken =
            |message: String| Error::Source(format!("this is not the manifest of an image: {message}"));
        let document: Document = serde_json::from_slice(&bytes).map_err(|error| broken(error.to_string()))?;
        let (kind, contents) = match (document.config, document.manifests) {
            (Some(config), None) => {
                let layers = document.layers.unwrap_or_default();
                (OCI_MANIFEST, Contents::Image(std::iter::once(config).chain(layers).collect()))
            }
            (None, Some(manifests)) => (OCI_INDEX, Contents::Index(manifests)),
            _ => return Err(broken("it names neither a configuration nor other manifests".to_owned())),
        };
        let media_type = document.media_type.as_deref().or(media_type).unwrap_or(kind).to_owned();
        if !ACCEPTED.contains(&media_type.as_str()) {
            return Err(broken(format!("{media_type} is not known")));
        }
        let descriptor = Descriptor::of(media_type, &bytes);
        Ok(Self { descriptor, bytes, contents })
    }
}

impl Descriptor {
    pub(crate) fn of(media_type: impl Into<String>, bytes: &[u8]) -> Self {
        let digest = Digest::of(Algorithm::Sha256, bytes);
        let size = bytes.len() as u64;
        Self { media_type: media_type.into(), digest, size, platform: None, annotations: None }
    }

    /// Whether its licence forbids to push it (layer.md, “Non-Distributable Layers”).
    pub(crate) fn is_foreign(&self) -> bool {
        self.media_type.contains(".nondistributable.") || self.media_type.contains(".foreign.")
    }

    pub(crate) fn annotation(&self, name: &str) -> Option<&str> {
        self.annotations.as_ref()?.get(name).map(String::as_str)
    }
}

impl Platform {
    /// Reads `OS/ARCHITECTURE`, with a variant or without.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = text.split('/').map(|part| Some(part.to_owned()).filter(|part| !part.is_empty()));
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(Some(os)), Some(Some(architecture)), variant, None) if variant != Some(None) => {
                Ok(Self { os, architecture, variant: variant.flatten() })
            }
            _ => Err("write it as OS/ARCHITECTURE, such as linux/amd64 or linux/arm64/v8".to_owned()),
        }
    }

    /// Whether this is what is asked for; a variant only counts where one is named.
    pub(crate) fn is(&self, asked: &Self) -> bool {
        (&self.os, &self.architecture) == (&asked.os, &asked.architecture)
            && (asked.variant.is_none() || self.variant == asked.variant)
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        self.variant.iter().try_for_each(|variant| write!(f, "/{variant}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_is_read_and_met() {
        let read = |text: &str| Platform::parse(text).unwrap();
        assert_eq!(read("linux/arm64/v8").to_string(), "linux/arm64/v8");
        assert!(read("linux/arm64/v8").is(&read("linux/arm64")));
        assert!(!read("linux/arm64").is(&read("linux/arm64/v8")));
        assert!(!read("linux/amd64").is(&read("linux/arm64")));
        for wrong in ["", "linux", "linux/", "/amd64", "linux/arm64/", "a/b/c/d"] {
            assert!(Platform::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_manifest_is_known_by_what_it_holds() {
        let part = r#"{"mediaType":"x","digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","size":0}"#;
        let read = |text: String| Manifest::read(None, Bytes::from(text));
        let image = read(format!(r#"{{"schemaVersion":2,"config":{part},"layers":[{part}]}}"#)).unwrap();
        assert_eq!(image.descriptor.media_type, OCI_MANIFEST);
        assert!(matches!(image.contents, Contents::Image(parts) if parts.len() == 2));
        let index = read(format!(r#"{{"schemaVersion":2,"manifests":[{part}]}}"#)).unwrap();
        assert!(matches!(index.contents, Contents::Index(_)));
        for wrong in ["{}", "[]", "", r#"{"mediaType":"text/html","manifests":[]}"#] {
            assert!(read(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
