//! The images of the sample: small, real, and the same bytes each time they are made.

use super::layer::{File, archive};
use super::program::printing;
use bytes::Bytes;
use serde_json::json;
use towpath_domain::digests::{Algorithm, Digest};

pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

/// When its builds claim to have been made: no time passes in a sample.
const CREATED: &str = "2026-01-01T00:00:00Z";

/// An image with what it consists of (OCI image-spec, `manifest.md` and `config.md`).
pub struct Image {
    pub manifest: Bytes,
    pub config: Bytes,
    pub layer: Bytes,
}

impl Image {
    /// The image of a version of a service.
    pub fn of(service: &str, version: &str) -> Self {
        let line = format!("I am {service} {version}, a sample image that Towpath made.\n");
        let layer = Bytes::from(archive(&[
            File { name: "hello", mode: 0o755, content: &printing(&line) },
            File { name: "etc/towpath-sample", mode: 0o644, content: line.as_bytes() },
        ]));
        let config = json!({
            "created": CREATED,
            "architecture": "amd64",
            "os": "linux",
            "config": {"Entrypoint": ["/hello"], "Labels": labels(service, version)},
            "rootfs": {"type": "layers", "diff_ids": [digest(&layer)]},
            "history": [{"created": CREATED, "created_by": "Towpath's sample"}],
        });
        let config = Bytes::from(config.to_string());
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "digest": digest(&config), "size": config.len()},
            "layers": [{"mediaType": LAYER, "digest": digest(&layer), "size": layer.len()}],
        });
        Self { manifest: Bytes::from(manifest.to_string()), config, layer }
    }

    pub fn digest(&self) -> Digest {
        digest(&self.manifest)
    }
}

fn labels(service: &str, version: &str) -> serde_json::Value {
    // As long as a commit's name, and plainly of this image alone.
    let commit =
        Digest::of(Algorithm::Sha256, format!("{service} {version}").as_bytes()).hex()[..40].to_owned();
    json!({
        "org.opencontainers.image.title": format!("{service} {version}"),
        "org.opencontainers.image.description":
            "A sample image that Towpath made. It prints one line; its commit and source are made up.",
        "org.opencontainers.image.version": version,
        "org.opencontainers.image.revision": commit,
        "org.opencontainers.image.ref.name": if version.contains('-') { "next" } else { "main" },
        "org.opencontainers.image.source": format!("https://example.org/sample/{service}"),
        "towpath.sample": "true",
    })
}

fn digest(content: &[u8]) -> Digest {
    Digest::of(Algorithm::Sha256, content)
}

#[cfg(test)]
mod tests {
    use super::Image;

    #[test]
    fn the_same_version_is_the_same_image_and_another_is_another() {
        let image = |version| Image::of("storefront", version).digest();
        assert_eq!(image("1.0.0"), image("1.0.0"));
        assert_ne!(image("1.0.0"), image("1.1.0"));
    }
}
