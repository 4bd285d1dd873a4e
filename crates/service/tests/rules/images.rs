//! Images as a client pushes and pulls them: real manifests and real blobs.

use crate::world::World;
use bytes::Bytes;
use serde_json::{Value, json};
use std::convert::Infallible;
use towpath_domain::access::Actor;
use towpath_domain::digests::{Algorithm, Digest};
use towpath_domain::references::Tag;
use towpath_domain::slugs::Slug;
use towpath_service::images::{
    Error, Name, Push, Reference, append_upload, begin_upload, find_manifest, finish_upload, list_tags,
    push_manifest,
};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// `PROJECT/INTEGRATION` or `PROJECT/INTEGRATION/BUCKET`.
pub fn name(text: &str) -> Name {
    let mut parts = text.split('/').map(|part| Slug::parse(part).expect("a slug"));
    let (project, integration) = (parts.next().expect("a project"), parts.next().expect("an integration"));
    Name { project, integration, bucket: parts.next() }
}

fn tag(text: &str) -> Tag {
    Tag::parse(text).expect("a tag")
}

impl World {
    /// Pushes the image of a version under the version as its tag, and says its digest.
    pub async fn push(&self, actor: &Actor, repository: &str, version: &str) -> Result<String, Error> {
        self.push_as(actor, repository, version, version).await
    }

    /// Pushes the image of a version under any tag.
    pub async fn push_as(
        &self,
        actor: &Actor,
        repository: &str,
        version: &str,
        under: &str,
    ) -> Result<String, Error> {
        let labels = json!({"org.opencontainers.image.revision": format!("commit of {version}")});
        self.push_labelled(actor, repository, under, labels).await
    }

    /// Pushes an image with these labels, as labels of its configuration and as annotations.
    pub async fn push_labelled(
        &self,
        actor: &Actor,
        repository: &str,
        under: &str,
        labels: Value,
    ) -> Result<String, Error> {
        let config = json!({"Labels": labels});
        self.push_image(actor, repository, under, config, &[&format!("the files of {labels}")], labels).await
    }

    /// Pushes an image of this configuration for running it, with layers of these contents; without a tag, by its digest.
    pub async fn push_image(
        &self,
        actor: &Actor,
        repository: &str,
        under: &str,
        config: Value,
        contents: &[&str],
        annotations: Value,
    ) -> Result<String, Error> {
        let name = name(repository);
        let config = json!({"os": "linux", "architecture": "amd64", "config": config});
        let config = self.upload(actor, &name, config.to_string()).await?;
        let mut layers = Vec::new();
        for content in contents {
            let (digest, size) = self.upload(actor, &name, (*content).to_owned()).await?;
            layers.push(json!({"mediaType": LAYER, "digest": digest, "size": size}));
        }
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "digest": config.0, "size": config.1},
            "layers": layers,
            "annotations": annotations,
        });
        let content = Bytes::from(manifest.to_string());
        let reference = match under {
            "" => Reference::Digest(Digest::of(Algorithm::Sha256, &content)),
            under => Reference::Tag(tag(under)),
        };
        let push = Push { reference, tags: Vec::new(), content_type: MANIFEST.to_owned(), content };
        Ok(push_manifest(self, actor, &name, push).await?.digest.to_string())
    }

    /// Uploads a blob, and says its digest and size.
    pub async fn upload(
        &self,
        actor: &Actor,
        name: &Name,
        content: String,
    ) -> Result<(Digest, usize), Error> {
        let (digest, size) = (Digest::of(Algorithm::Sha256, content.as_bytes()), content.len());
        let id = begin_upload(self, actor, name, Algorithm::Sha256).await?;
        let content = futures::stream::iter([Ok::<_, Infallible>(Bytes::from(content))]);
        append_upload(self, actor, name, id, None, content).await?;
        finish_upload(self, actor, name, id, &digest).await?;
        Ok((digest, size))
    }

    /// The digest that a tag names.
    pub async fn pull(&self, actor: &Actor, repository: &str, under: &str) -> Result<String, Error> {
        let found = find_manifest(self, actor, &name(repository), &Reference::Tag(tag(under))).await?;
        Ok(found.digest.to_string())
    }

    /// The same by the digest itself.
    pub async fn pull_digest(&self, actor: &Actor, repository: &str, digest: &str) -> Result<String, Error> {
        let digest = Digest::parse(digest).expect("a digest");
        let found = find_manifest(self, actor, &name(repository), &Reference::Digest(digest)).await?;
        Ok(found.digest.to_string())
    }

    pub async fn tags(&self, actor: &Actor, repository: &str) -> Vec<String> {
        list_tags(self, actor, &name(repository), "", 100).await.expect("tags")
    }
}

/// Why a push was refused.
pub fn refusal(outcome: Result<String, Error>) -> String {
    match outcome {
        Err(Error::Denied(why)) => why,
        other => panic!("expected a refusal, got {other:?}"),
    }
}
