//! Reading manifests: what the bytes that a client pushed refer to, and whether they are an image.
//!
//! The bytes themselves are stored as they came; nothing is ever written back from what is read here. Sources:
//! OCI image-spec, `manifest.md`, `image-index.md`, `descriptor.md` and `config.md`; Docker image manifest
//! version 2, schema 2.

use std::collections::BTreeMap;

use serde::Deserialize;
use towpath_domain::digests::Digest;

/// Media type of an OCI image index; referrers are listed as one, too.
pub const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";

/// Configurations that a runtime can run; every other configuration makes an artifact.
const IMAGE_CONFIGS: [&str; 2] =
    ["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"];

/// What a manifest says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// One of the four that are accepted; the `Content-Type` that it is served with.
    pub media_type: String,
    /// What kind of artifact it is; for one without a type, its configuration's media type.
    pub artifact_type: Option<String>,
    /// The manifest that this one says something about.
    pub subject: Option<Digest>,
    pub annotations: BTreeMap<String, String>,
    pub contents: Contents,
}

/// What a manifest refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contents {
    Image { config: Descriptor, layers: Vec<Descriptor> },
    Index { children: Vec<Descriptor> },
}

/// A reference from a manifest to content (descriptor.md).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    pub media_type: String,
    pub digest: Digest,
    pub size: u64,
    #[serde(default, deserialize_with = "null_as_empty")]
    pub annotations: BTreeMap<String, String>,
    pub platform: Option<Platform>,
}

/// What an image runs on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Platform {
    pub os: String,
    pub architecture: String,
    pub variant: Option<String>,
}

/// What is read of an image's configuration (config.md).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageConfig {
    pub platform: Option<Platform>,
    pub labels: BTreeMap<String, String>,
}

/// Why bytes are not a manifest that is accepted.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    #[error("“{0}” is not a media type of manifests that is accepted here")]
    MediaType(String),
    #[error("the Content-Type says {declared}, the manifest says {stated}")]
    MediaTypesDiffer { declared: String, stated: String },
    #[error("schemaVersion must be 2")]
    SchemaVersion,
    #[error("it says that {digest} has {stated} bytes, but {stored} are stored")]
    Size { digest: Digest, stated: u64, stored: i64 },
    #[error("it says that {digest} has {stated} bytes, which is more than any content has")]
    Huge { digest: Digest, stated: u64 },
    #[error("it refers to {count} contents; {most} are the most")]
    Crowded { count: usize, most: usize },
    #[error("more than {deepest} indexes lie within each other")]
    Depth { deepest: i64 },
    #[error("it is not a manifest: {0}")]
    Json(#[from] serde_json::Error),
}

/// How many contents a manifest may refer to. Each is looked up when it is pushed.
const MOST: usize = 2_000;

/// More bytes than any content has: so that no sum of what manifests claim overflows.
const LARGEST: u64 = 1 << 44;

impl Manifest {
    /// Reads a manifest that was sent with this `Content-Type`.
    pub fn read(content_type: &str, bytes: &[u8]) -> Result<Self, ManifestError> {
        let declared = content_type.split(';').next().unwrap_or_default().trim();
        let document: Document = serde_json::from_slice(bytes)?;
        if let Some(stated) = document.media_type.filter(|stated| stated != declared) {
            let declared = declared.to_owned();
            return Err(ManifestError::MediaTypesDiffer { declared, stated });
        }
        if document.schema_version != 2 {
            return Err(ManifestError::SchemaVersion);
        }
        let mut contents = match declared {
            OCI_MANIFEST | DOCKER_MANIFEST => {
                let Image { config, layers } = serde_json::from_slice(bytes)?;
                Contents::Image { config, layers }
            }
            OCI_INDEX | DOCKER_LIST => {
                let Index { manifests } = serde_json::from_slice(bytes)?;
                Contents::Index { children: manifests }
            }
            other => return Err(ManifestError::MediaType(other.to_owned())),
        };
        let described: Vec<&Descriptor> = match &contents {
            Contents::Image { config, layers } => std::iter::once(config).chain(layers).collect(),
            Contents::Index { children } => children.iter().collect(),
        };
        if described.len() > MOST {
            return Err(ManifestError::Crowded { count: described.len(), most: MOST });
        }
        if let Some(huge) = described.iter().find(|descriptor| descriptor.size > LARGEST) {
            return Err(ManifestError::Huge { digest: huge.digest.clone(), stated: huge.size });
        }
        let config_type = match &mut contents {
            Contents::Image { config, .. } => Some(config.media_type.clone()),
            Contents::Index { children } => {
                for child in children {
                    child.platform = child.platform.take().filter(Platform::is_storable);
                }
                None
            }
        };
        let artifact_type = document.artifact_type.filter(|text| !text.is_empty()).or(config_type);
        Ok(Self {
            media_type: declared.to_owned(),
            artifact_type: artifact_type.filter(|text| is_storable(text)),
            subject: document.subject.map(|subject| subject.digest),
            annotations: storable(document.annotations),
            contents,
        })
    }

    /// Whether a runtime could run it; an index is judged by its children.
    pub fn is_image(&self) -> bool {
        match &self.contents {
            Contents::Image { config, .. } => IMAGE_CONFIGS.contains(&config.media_type.as_str()),
            Contents::Index { .. } => false,
        }
    }
}

impl Descriptor {
    /// Whether the content may be missing here because its licence forbids to push it (layer.md,
    /// “Non-Distributable Layers”).
    pub fn is_foreign(&self) -> bool {
        self.media_type.contains(".nondistributable.") || self.media_type.contains(".foreign.")
    }

    /// Whether this child of an index stands for a platform. Attestations that builders add are for the platform `unknown`;
    /// what else is said of them no client looks at.
    pub fn is_for_a_platform(&self) -> bool {
        self.platform.as_ref().is_none_or(|platform| platform.os != "unknown")
    }
}

impl ImageConfig {
    /// Reads a configuration; what cannot be read is left out, since nothing depends on it.
    pub fn read(bytes: &[u8]) -> Self {
        #[derive(Default, Deserialize)]
        struct Document {
            config: Option<Inner>,
        }
        #[derive(Deserialize)]
        struct Inner {
            #[serde(rename = "Labels")]
            labels: Option<BTreeMap<String, String>>,
        }
        let document: Document = serde_json::from_slice(bytes).unwrap_or_default();
        let platform: Option<Platform> = serde_json::from_slice(bytes).ok();
        Self {
            platform: platform.filter(Platform::is_storable),
            labels: storable(document.config.and_then(|config| config.labels).unwrap_or_default()),
        }
    }
}

/// How an image is run, as its configuration says (config.md).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunConfig {
    pub entrypoint: Vec<String>,
    pub cmd: Vec<String>,
    pub user: String,
    pub working_dir: String,
    /// `NAME=value`
    pub env: Vec<String>,
    /// Such as `8080/tcp`.
    pub exposed_ports: Vec<String>,
    pub labels: BTreeMap<String, String>,
}

impl RunConfig {
    /// Absent where it cannot be read as a whole: half of it would be taken for all.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Document {
            config: Option<Inner>,
        }
        #[derive(Default, Deserialize)]
        #[serde(rename_all = "PascalCase", default)]
        struct Inner {
            entrypoint: Option<Vec<String>>,
            cmd: Option<Vec<String>>,
            user: Option<String>,
            working_dir: Option<String>,
            env: Option<Vec<String>>,
            exposed_ports: Option<BTreeMap<String, serde_json::Value>>,
            labels: Option<BTreeMap<String, String>>,
        }
        let document: Document = serde_json::from_slice(bytes).ok()?;
        let Inner { entrypoint, cmd, user, working_dir, env, exposed_ports, labels } =
            document.config.unwrap_or_default();
        Some(Self {
            entrypoint: entrypoint.unwrap_or_default(),
            cmd: cmd.unwrap_or_default(),
            user: user.unwrap_or_default(),
            working_dir: working_dir.unwrap_or_default(),
            env: env.unwrap_or_default(),
            exposed_ports: exposed_ports.unwrap_or_default().into_keys().collect(),
            labels: labels.unwrap_or_default(),
        })
    }
}

impl Platform {
    fn is_storable(&self) -> bool {
        is_storable(&self.to_string())
    }
}

/// Whether both databases can keep a text: Postgres has no NUL character, which JSON can write.
fn is_storable(text: &str) -> bool {
    !text.contains('\0')
}

fn storable(mut texts: BTreeMap<String, String>) -> BTreeMap<String, String> {
    texts.retain(|key, value| is_storable(key) && is_storable(value));
    texts
}

/// `linux/arm64/v8`
impl std::fmt::Display for Platform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        match self.variant.as_deref() {
            None | Some("") => Ok(()),
            Some(variant) => write!(f, "/{variant}"),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    schema_version: u64,
    media_type: Option<String>,
    artifact_type: Option<String>,
    subject: Option<Subject>,
    #[serde(default, deserialize_with = "null_as_empty")]
    annotations: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Subject {
    digest: Digest,
}

#[derive(Deserialize)]
struct Image {
    config: Descriptor,
    #[serde(default, deserialize_with = "null_as_empty")]
    layers: Vec<Descriptor>,
}

#[derive(Deserialize)]
struct Index {
    #[serde(default, deserialize_with = "null_as_empty")]
    manifests: Vec<Descriptor>,
}

/// Some clients write an empty list or map as `null`.
fn null_as_empty<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn descriptor(media_type: &str) -> Value {
        json!({"mediaType": media_type, "digest": format!("sha256:{}", "0".repeat(64)), "size": 7})
    }

    fn read(content_type: &str, document: &Value) -> Result<Manifest, ManifestError> {
        Manifest::read(content_type, document.to_string().as_bytes())
    }

    #[test]
    fn an_image_is_known_by_its_configuration() {
        for config in IMAGE_CONFIGS {
            let image = json!({"schemaVersion": 2, "config": descriptor(config), "layers": []});
            assert!(read(OCI_MANIFEST, &image).is_ok_and(|manifest| manifest.is_image()));
        }
        let chart = "application/vnd.cncf.helm.config.v1+json";
        let artifact = json!({"schemaVersion": 2, "config": descriptor(chart), "layers": []});
        let artifact = read(OCI_MANIFEST, &artifact).expect("a manifest");
        assert!(!artifact.is_image());
        assert_eq!(artifact.artifact_type.as_deref(), Some(chart));
    }

    #[test]
    fn parameters_of_the_content_type_are_left_out() {
        let index = json!({"schemaVersion": 2, "manifests": null, "annotations": null});
        let index = read(&format!("{OCI_INDEX}; charset=utf-8"), &index).expect("an index");
        assert_eq!(index.media_type, OCI_INDEX);
    }

    #[test]
    fn the_two_media_types_must_agree() {
        let index = json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []});
        let error = read(DOCKER_LIST, &index).expect_err("they differ");
        assert!(matches!(error, ManifestError::MediaTypesDiffer { .. }), "{error}");
    }

    #[test]
    fn what_is_no_manifest_is_refused() {
        let config = descriptor(IMAGE_CONFIGS[0]);
        for (content_type, document) in [
            (OCI_MANIFEST, json!({})),
            (OCI_MANIFEST, json!([])),
            (OCI_MANIFEST, json!({"schemaVersion": 2})),
            (OCI_MANIFEST, json!({"schemaVersion": 1, "config": config})),
            (OCI_MANIFEST, json!({"schemaVersion": 2, "config": {"digest": "sha256:1"}})),
            ("application/json", json!({"schemaVersion": 2, "config": config})),
            ("", json!({"schemaVersion": 2, "config": config})),
        ] {
            assert!(read(content_type, &document).is_err(), "{content_type} {document}");
        }
        assert!(Manifest::read(OCI_MANIFEST, b"\xff").is_err());
    }

    #[test]
    fn labels_and_platform_come_from_the_configuration() {
        let bytes =
            br#"{"os":"linux","architecture":"arm64","variant":"v8","config":{"Labels":{"team":"pay"}}}"#;
        let config = ImageConfig::read(bytes);
        assert_eq!(config.platform.map(|platform| platform.to_string()).as_deref(), Some("linux/arm64/v8"));
        assert_eq!(config.labels.get("team").map(String::as_str), Some("pay"));
        assert_eq!(ImageConfig::read(b"not json"), ImageConfig::default());
        assert_eq!(ImageConfig::read(br#"{"config":{"Labels":null}}"#), ImageConfig::default());
    }

    #[test]
    fn what_no_database_could_keep_is_left_out() {
        let bytes =
            br#"{"os":"li\u0000nux","architecture":"arm64","config":{"Labels":{"a\u0000":"b","c":"d"}}}"#;
        let config = ImageConfig::read(bytes);
        assert_eq!((config.platform, config.labels.len()), (None, 1));
        let config = descriptor("application/x\0");
        let image = json!({"schemaVersion": 2, "config": config, "annotations": {"a": "b\0", "c": "d"}});
        let manifest = read(OCI_MANIFEST, &image).expect("a manifest");
        assert_eq!((manifest.artifact_type, manifest.annotations.len()), (None, 1));
    }

    #[test]
    fn a_configuration_is_read_as_a_whole_or_not_at_all() {
        let read = RunConfig::read(br#"{"config":{"User":"app","Cmd":["a b"],"Env":null}}"#).expect("is one");
        assert_eq!((read.user.as_str(), read.cmd.len(), read.env.len()), ("app", 1, 0));
        assert_eq!(RunConfig::read(b"{}"), Some(RunConfig::default()));
        for wrong in
            ["", "42", "[]", "{", r#"{"config":{"User":5,"Cmd":["a"]}}"#, r#"{"config":{"Env":[1]}}"#]
        {
            assert_eq!(RunConfig::read(wrong.as_bytes()), None, "{wrong}");
        }
    }

    #[test]
    fn no_content_is_larger_than_any_can_be() {
        let mut layer = descriptor("application/vnd.oci.image.layer.nondistributable.v1.tar");
        layer["size"] = json!(1_u64 << 62);
        let image = json!({"schemaVersion": 2, "config": descriptor(IMAGE_CONFIGS[0]), "layers": [layer]});
        assert!(matches!(read(OCI_MANIFEST, &image), Err(ManifestError::Huge { .. })));
    }

    #[test]
    fn an_attestation_stands_for_no_platform() {
        let mut child = descriptor(OCI_MANIFEST);
        child["platform"] = json!({"os": "unknown", "architecture": "unknown"});
        let child: Descriptor = serde_json::from_value(child).expect("a descriptor");
        assert!(!child.is_for_a_platform());
    }
}
