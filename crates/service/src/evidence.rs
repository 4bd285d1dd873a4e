//! Evidence: what is pushed beside images and says something about them. It is read and held against the trust roots of its
//! project when it comes, and again when those change; gates go by what was found.

use crate::builds::build_name;
use crate::manifests::{self, Contents, Descriptor};
use crate::scenes::{self, Located};
use crate::{Error, Service, allow};
use bytes::Bytes;
use std::collections::BTreeSet;
use tokio::task::spawn_blocking;
use towpath_domain::access::{Action, Actor};
use towpath_domain::digests::Digest;
use towpath_domain::evidence::{EvidenceLine, Said, Statement};
use towpath_domain::ids::{IntegrationId, TrustRootId};
use towpath_domain::references::Tag;
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::{Change, EventActor};
use towpath_domain::times::Time;
use towpath_domain::words::brief;
use towpath_evidence::{Image, Layer, Root, is_evidence};
use towpath_store::evidence::{self as stored, Found, Queued};
use towpath_store::images::Manifest;
use towpath_store::{Conn, Tx, builds, integrations, projects, promotions, trust_roots};

/// How many layers of one manifest are looked at.
const LAYERS: usize = 64;
/// The largest layer that is read, in bytes; a larger one is kept, and nothing is known of it.
const LARGEST: u64 = 10 * 1024 * 1024;
/// More than any manifest that is accepted.
const MANIFEST_LIMIT: u64 = 16 * 1024 * 1024;
/// How many statements about an image are kept, and how many if a trust root vouches for them: what anybody who may push
/// can add must not keep out what counts.
const MOST: i64 = 200;
const MOST_VOUCHED: i64 = 1_000;
/// How many manifests a worker looks at in one turn.
const BATCH: i64 = 20;
/// How many statements are shown of an image.
const SHOWN: usize = 100;

/// Notes that a manifest says something about an image: by its subject, or by a tag that clients make of the image's digest.
pub(crate) async fn notice(
    tx: &mut Tx,
    integration: IntegrationId,
    manifest: &Manifest,
    tags: &[Tag],
    now: Time,
) -> Result<(), Error> {
    for subject in manifest.subject.iter().cloned().chain(tags.iter().filter_map(named_by)) {
        let queued = Queued { integration, manifest: manifest.digest.clone(), subject, at: now };
        stored::enqueue(tx, &queued).await?;
    }
    Ok(())
}

/// The image that a tag such as `sha256-….sig` is about (cosign, `specs/SIGNATURE_SPEC.md`).
fn named_by(tag: &Tag) -> Option<Digest> {
    let (name, kind) = tag.as_str().split_once('.')?;
    let digest = Digest::parse(&name.replacen('-', ":", 1)).ok()?;
    matches!(kind, "sig" | "att" | "sbom").then_some(digest)
}

/// Looks at a manifest that just came, so that whoever signs and then promotes need not wait. A worker looks at what this
/// could not.
pub(crate) async fn look_at(service: &Service, integration: IntegrationId, manifest: &Digest) {
    if let Err(error) = try_look_at(service, integration, manifest).await {
        tracing::error!(%manifest, %error, "what was pushed beside an image could not be looked at yet");
    }
}

async fn try_look_at(service: &Service, integration: IntegrationId, manifest: &Digest) -> Result<(), Error> {
    let queued = stored::queued(&mut service.read().await?, integration, manifest).await?;
    for queued in queued {
        examine(service, queued).await?;
    }
    Ok(())
}

/// Looks at what waits to be held against trust roots; answers how much that was.
pub async fn go_on(service: &Service) -> Result<usize, Error> {
    let queue = stored::queue(&mut service.read().await?, BATCH).await?;
    let count = queue.len();
    for queued in queue {
        examine(service, queued).await?;
    }
    Ok(count)
}

/// Everything that is known before a manifest is looked at.
struct Examining {
    located: Located,
    roots: Vec<(TrustRootId, Slug, Root)>,
    manifest: manifests::Manifest,
    arrived_at: Time,
    /// The manifest of the image itself, where it is stored.
    image: Option<Bytes>,
}

async fn examine(service: &Service, queued: Queued) -> Result<(), Error> {
    let examining = prepare(service, &queued).await?;
    let found = match &examining {
        Some(examining) => examining.find(service, &queued).await?,
        // It was deleted meanwhile.
        None => Vec::new(),
    };
    let clerk = service.clone();
    service.db().write(async move |tx| keep(tx, &clerk, examining, &queued, found).await).await
}

async fn prepare(service: &Service, queued: &Queued) -> Result<Option<Examining>, Error> {
    let mut conn = service.read().await?;
    let arrived = stored::arrived(&mut conn, queued.integration, &queued.manifest).await?;
    let Some((media_type, arrived_at)) = arrived else { return Ok(None) };
    let integration = integrations::load(&mut conn, queued.integration).await?;
    let project = projects::load(&mut conn, integration.project).await?;
    let roots = trust_roots::list(&mut conn, project.id).await?.into_iter();
    drop(conn);
    let roots =
        roots.filter_map(|root| Some((root.id, root.slug, Root::parse(&root.trusts).ok()?))).collect();
    let content = read(service, &queued.manifest, MANIFEST_LIMIT).await?;
    let manifest = content.and_then(|content| manifests::Manifest::read(&media_type, &content).ok());
    let image = read(service, &queued.subject, MANIFEST_LIMIT).await?;
    let located = Located { project, integration };
    Ok(manifest.map(|manifest| Examining { located, roots, manifest, arrived_at, image }))
}

/// A small content, if it is stored and is what its digest says.
async fn read(service: &Service, digest: &Digest, limit: u64) -> Result<Option<Bytes>, Error> {
    match service.blobs().read_small(digest, limit).await {
        Ok(content) => Ok(content.filter(|content| Digest::of(digest.algorithm(), content) == *digest)),
        Err(towpath_blobs::Error::TooLarge { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl Examining {
    /// What each layer says, and what the trust roots make of it.
    async fn find(&self, service: &Service, queued: &Queued) -> Result<Vec<Found>, Error> {
        let layers: &[Descriptor] = match &self.manifest.contents {
            Contents::Image { layers, .. } => &layers[..layers.len().min(LAYERS)],
            Contents::Index { .. } => &[],
        };
        let mut found = Vec::new();
        for (part, layer) in (0_i64..).zip(layers) {
            if is_evidence(&layer.media_type)
                && let Some(content) = read(service, &layer.digest, LARGEST).await?
            {
                found.push(self.hold(queued, part, layer, content).await?);
            }
        }
        if found.is_empty() {
            found.push((self.artifact(queued, layers.first()), Vec::new()));
        }
        Ok(found)
    }

    async fn hold(
        &self,
        queued: &Queued,
        part: i64,
        layer: &Descriptor,
        content: Bytes,
    ) -> Result<Found, Error> {
        let (media_type, annotations) = (layer.media_type.clone(), layer.annotations.clone());
        let size = i64::try_from(content.len()).unwrap_or(i64::MAX);
        // It may be some megabytes of JSON.
        let read = spawn_blocking(move || {
            towpath_evidence::read(Layer {
                media_type: &media_type,
                annotations: &annotations,
                content: &content,
            })
        });
        let read = read.await.map_err(|error| Error::Internal(format!("reading evidence: {error}")))?;
        let image = Image { digest: &queued.subject, content: self.image.as_deref() };
        let findings = self
            .roots
            .iter()
            .filter_map(|(id, _, root)| Some((*id, read.verify(root, image, self.arrived_at)?)));
        let findings = findings.collect();
        let statement = Statement {
            manifest: queued.manifest.clone(),
            part,
            content: layer.digest.clone(),
            size,
            signed: read.is_signed(),
            said: read.said,
            at: self.arrived_at,
        };
        Ok((statement, findings))
    }

    /// Something of which no more is known than what it says to be.
    fn artifact(&self, queued: &Queued, layer: Option<&Descriptor>) -> Statement {
        let kind = self.manifest.artifact_type.as_ref().unwrap_or(&self.manifest.media_type);
        let size = layer.map_or(0, |layer| i64::try_from(layer.size).unwrap_or(i64::MAX));
        Statement {
            manifest: queued.manifest.clone(),
            part: 0,
            content: layer.map_or_else(|| queued.manifest.clone(), |layer| layer.digest.clone()),
            size,
            said: Said::Artifact { media_type: brief(kind, 200) },
            signed: false,
            at: self.arrived_at,
        }
    }

    /// The roots that vouch for something of it, by their slugs.
    fn vouched(&self, found: &[Found]) -> BTreeSet<Slug> {
        let findings = found.iter().flat_map(|(_, findings)| findings);
        let ids: BTreeSet<TrustRootId> =
            findings.filter(|(_, finding)| finding.counts()).map(|(id, _)| *id).collect();
        self.roots.iter().filter(|(id, ..)| ids.contains(id)).map(|(_, slug, _)| slug.clone()).collect()
    }
}

/// Keeps what was found, tells of it where it is new, and has what waits of the build looked at again.
async fn keep(
    tx: &mut Tx,
    service: &Service,
    examining: Option<Examining>,
    queued: &Queued,
    found: Vec<Found>,
) -> Result<(), Error> {
    // Another server was faster, or the trust roots changed since: then it is looked at again.
    if !stored::take_out(tx, queued).await? {
        return Ok(());
    }
    let Some(examining) = examining else {
        return Ok(stored::put(tx, queued, &[]).await?);
    };
    let vouched = examining.vouched(&found);
    let most = if vouched.is_empty() { MOST } else { MOST_VOUCHED };
    if stored::count_beside(tx, queued).await? >= most {
        return Ok(());
    }
    let known = stored::list(tx, queued.integration, &queued.subject).await?.into_iter();
    let before: Vec<EvidenceLine> = known.filter(|line| line.statement.manifest == queued.manifest).collect();
    stored::put(tx, queued, &found).await?;
    let judged = before.iter().flat_map(|line| &line.judged);
    let vouched_before: BTreeSet<Slug> =
        judged.filter(|judged| judged.finding.counts()).map(|judged| judged.root.clone()).collect();
    if !before.is_empty() && vouched_before == vouched {
        return Ok(());
    }
    let pushed = builds::with_digest(tx, &queued.subject).await?.into_iter();
    let own: Vec<_> = pushed.filter(|pushed| pushed.build.integration == queued.integration).collect();
    for pushed in &own {
        promotions::look_soon_of(tx, pushed.build.id, service.now()).await?;
    }
    // Of something that is no build yet, the page of the build tells when it is one.
    if let Some(newest) = own.last() {
        let said: BTreeSet<String> = found.iter().map(|(statement, _)| statement.said.title()).collect();
        let change = Change::EvidenceFound {
            build: build_name(&newest.build),
            manifest: queued.manifest.clone(),
            said: said.into_iter().collect(),
            vouched_by: vouched.into_iter().collect(),
        };
        tx.tell(service.event(EventActor::System, examining.located.scene(), change));
    }
    Ok(())
}

/// What is said about an image of an integration: what counts first, then the newest; the same only once.
pub(crate) async fn of_image(
    conn: &mut Conn,
    integration: IntegrationId,
    digest: &Digest,
) -> Result<Vec<EvidenceLine>, Error> {
    let mut lines: Vec<EvidenceLine> = Vec::new();
    // Clients that keep several signatures in one manifest push all of them again with each that they add.
    for line in stored::list(conn, integration, digest).await? {
        let same = |known: &EvidenceLine| {
            known.statement.content == line.statement.content && known.judged == line.judged
        };
        if !lines.iter().any(same) {
            lines.push(line);
        }
    }
    lines.reverse();
    lines.sort_by_key(|line| !line.counts());
    lines.truncate(SHOWN);
    Ok(lines)
}

/// What is said about a build.
pub async fn list(
    service: &Service,
    actor: &Actor,
    (project, integration): (&str, &str),
    digest: &str,
) -> Result<Vec<EvidenceLine>, Error> {
    let mut conn = service.read().await?;
    let (located, digest) = find(&mut conn, actor, (project, integration), digest).await?;
    of_image(&mut conn, located.integration.id, &digest).await
}

/// The bytes of one thing that is said about a build, for who may see that; of an artifact, for who may pull.
pub async fn content(
    service: &Service,
    actor: &Actor,
    at: (&str, &str),
    (digest, content): (&str, &str),
) -> Result<Bytes, Error> {
    let missing = || Error::not_found("This evidence");
    let mut conn = service.read().await?;
    let (located, digest) = find(&mut conn, actor, at, digest).await?;
    let content = Digest::parse(content).map_err(|_| missing())?;
    let mut lines = stored::list(&mut conn, located.integration.id, &digest).await?.into_iter();
    drop(conn);
    let line = lines.find(|line| line.statement.content == content).ok_or_else(missing)?;
    // It may be anything, such as a part of an image.
    if matches!(line.statement.said, Said::Artifact { .. }) {
        allow(actor, Action::Pull, &located.target())?;
    }
    read(service, &content, LARGEST).await?.ok_or_else(|| {
        Error::Refused(
            "This is too large to be handed out here. Pull it by a client of registries.".to_owned(),
        )
    })
}

async fn find(
    conn: &mut Conn,
    actor: &Actor,
    (project, integration): (&str, &str),
    digest: &str,
) -> Result<(Located, Digest), Error> {
    let located = scenes::integration(conn, actor, project, integration).await?;
    let missing = || Error::not_found(format_args!("A build “{digest}” in {project}/{integration}"));
    let digest = Digest::parse(digest).map_err(|_| missing())?;
    builds::find(conn, located.integration.id, &digest, "").await?.ok_or_else(missing)?;
    Ok((located, digest))
}
