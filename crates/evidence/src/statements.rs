//! Statements about software (in-toto attestation framework, `spec/v1/statement.md`), and lists of contents: what they say.

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use std::collections::BTreeMap;
use towpath_domain::digests::Digest;
use towpath_domain::evidence::{ContentsFormat, Said};
use towpath_domain::words::{brief, is_plain};

/// The statement's own kind, of which two versions are in use.
const KINDS: [&str; 2] = ["https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1"];
/// What cosign 3 signs images by.
const IMAGE_SIGNED: &str = "https://sigstore.dev/cosign/sign/v1";
const SLSA_V1: &str = "https://slsa.dev/provenance/v1";
const SLSA_V0: [&str; 2] = ["https://slsa.dev/provenance/v0.2", "https://slsa.dev/provenance/v0.1"];
const CYCLONE_DX: &str = "https://cyclonedx.org/bom";
const SPDX: &str = "https://spdx.dev/Document";
/// The longest text that is kept, in bytes.
const LONGEST: usize = 500;

/// A statement, without what it says.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Subject>,
    predicate_type: String,
}

#[derive(Debug, Deserialize)]
struct Subject {
    #[serde(default)]
    digest: BTreeMap<String, String>,
}

/// A document with what a statement says.
#[derive(Deserialize)]
struct Says<T> {
    predicate: T,
}

impl Statement {
    pub(crate) fn read(payload: &[u8]) -> Option<Self> {
        let statement: Self = serde_json::from_slice(payload).ok()?;
        KINDS.contains(&statement.kind.as_str()).then_some(statement)
    }

    /// Whether it is about an image.
    pub(crate) fn is_about(&self, image: &Digest) -> bool {
        let (name, hex) = (image.algorithm().name(), image.hex());
        self.subject.iter().any(|subject| subject.digest.get(name).map(String::as_str) == Some(hex))
    }

    /// The first that it is about, to tell people.
    pub(crate) fn about(&self) -> String {
        let digests = self.subject.iter().flat_map(|subject| &subject.digest);
        let first = digests.map(|(name, value)| format!("{name}:{value}")).next();
        brief(&first.unwrap_or_else(|| "nothing".to_owned()), 100)
    }

    /// What it says. Whatever cannot be read of it is left out.
    pub(crate) fn said(&self, payload: &[u8]) -> Said {
        let kind = self.predicate_type.as_str();
        match kind {
            IMAGE_SIGNED => Said::Signature,
            SLSA_V1 => provenance_v1(&predicate(payload).unwrap_or_default()),
            _ if SLSA_V0.contains(&kind) => provenance_v0(&predicate(payload).unwrap_or_default()),
            _ if kind.starts_with(CYCLONE_DX) => contents::<CycloneDx>(predicate(payload)),
            _ if kind.starts_with(SPDX) => contents::<Spdx>(predicate(payload)),
            other => Said::Attestation { predicate: brief(other, 200) },
        }
    }
}

fn predicate<T: DeserializeOwned>(payload: &[u8]) -> Option<T> {
    serde_json::from_slice::<Says<T>>(payload).ok().map(|says| says.predicate)
}

/// A list of contents that stands by itself, if it is one of its kind.
pub(crate) fn listed(format: ContentsFormat, content: &[u8]) -> Option<Said> {
    let packages = match format {
        ContentsFormat::Spdx => serde_json::from_slice::<Spdx>(content).ok()?.count(),
        ContentsFormat::CycloneDx => serde_json::from_slice::<CycloneDx>(content).ok()?.count(),
    };
    Some(Said::Contents { format, packages })
}

trait List: Default {
    const FORMAT: ContentsFormat;
    fn count(&self) -> u64;
}

fn contents<T: List>(list: Option<T>) -> Said {
    Said::Contents { format: T::FORMAT, packages: list.unwrap_or_default().count() }
}

#[derive(Default, Deserialize)]
struct Spdx {
    packages: Vec<IgnoredAny>,
}

impl List for Spdx {
    const FORMAT: ContentsFormat = ContentsFormat::Spdx;

    fn count(&self) -> u64 {
        self.packages.len() as u64
    }
}

#[derive(Default, Deserialize)]
struct CycloneDx {
    #[serde(default)]
    components: Vec<IgnoredAny>,
}

impl List for CycloneDx {
    const FORMAT: ContentsFormat = ContentsFormat::CycloneDx;

    fn count(&self) -> u64 {
        self.components.len() as u64
    }
}

/// SLSA provenance 1 (slsa.dev/spec/v1.0/provenance), as far as it is told.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ProvenanceV1 {
    build_definition: Definition,
    run_details: Run,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Definition {
    external_parameters: Parameters,
    resolved_dependencies: Vec<Material>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Parameters {
    workflow: Workflow,
}

/// What GitHub and GitLab name as the source.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Workflow {
    repository: String,
    #[serde(rename = "ref")]
    git_ref: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Run {
    builder: Builder,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Builder {
    id: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Material {
    uri: String,
    digest: BTreeMap<String, String>,
}

/// SLSA provenance 0.2.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ProvenanceV0 {
    builder: Builder,
    invocation: Invocation,
    materials: Vec<Material>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Invocation {
    config_source: Material,
}

impl Material {
    fn revision(&self) -> &str {
        let of = |name: &str| self.digest.get(name).map(String::as_str);
        of("gitCommit").or_else(|| of("sha1")).unwrap_or_default()
    }
}

fn provenance_v1(provenance: &ProvenanceV1) -> Said {
    let Definition { external_parameters, resolved_dependencies } = &provenance.build_definition;
    let Workflow { repository, git_ref } = &external_parameters.workflow;
    let first = resolved_dependencies.first();
    let source = match (repository.as_str(), git_ref.as_str()) {
        ("", _) => first.map(|first| first.uri.clone()).unwrap_or_default(),
        (repository, "") => repository.to_owned(),
        (repository, git_ref) => format!("{repository}@{git_ref}"),
    };
    told(&provenance.run_details.builder.id, &source, first.map(Material::revision).unwrap_or_default())
}

fn provenance_v0(provenance: &ProvenanceV0) -> Said {
    let ProvenanceV0 { builder, invocation, materials } = provenance;
    let source = Some(&invocation.config_source).filter(|source| !source.uri.is_empty());
    let source = source.or_else(|| materials.first());
    told(
        &builder.id,
        source.map(|source| source.uri.as_str()).unwrap_or_default(),
        source.map(Material::revision).unwrap_or_default(),
    )
}

fn told(builder: &str, source: &str, revision: &str) -> Said {
    // Gates compare these, so that a text which does not show as it is counts as none.
    let plain = |text: &str| {
        if text.len() <= LONGEST && is_plain(text) { text.to_owned() } else { String::new() }
    };
    Said::Provenance { builder: plain(builder), source: plain(source), revision: plain(revision) }
}
