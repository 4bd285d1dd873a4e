//! The difference between two builds of an integration, by what their images say.

use crate::manifests::{self, Descriptor, Manifest, RunConfig};
use crate::scenes::Located;
use crate::{Error, Service, scenes};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use towpath_domain::access::Actor;
use towpath_domain::builds::Build;
use towpath_domain::differences::{
    Comparison, Contents, Difference, Layer, SideAddress, commits_link, compare,
};
use towpath_domain::digests::Digest;
use towpath_domain::forms::{Check, Invalid};
use towpath_store::{Conn, buckets, builds};

/// More than any manifest, and any configuration, that is worth reading.
const MANIFEST_LIMIT: u64 = 16 * 1024 * 1024;
const CONFIG_LIMIT: u64 = 4 * 1024 * 1024;
/// How many names, labels and layers of each kind are told.
const TOLD: usize = 200;
/// The platform by which indexes are compared, where they have it.
const USUAL: &str = "linux/amd64";

/// Compares two builds of an integration, each named by a [`SideAddress`]. Where nothing is or was in the bucket that `from`
/// names, there is nothing to compare with.
pub async fn view(
    service: &Service,
    actor: &Actor,
    (project, integration): (&str, &str),
    from: &str,
    to: &str,
) -> Result<Comparison, Error> {
    let mut conn = service.read().await?;
    let located = scenes::integration(&mut conn, actor, project, integration).await?;
    let mut check = Check::default();
    let sides = check.field("from", SideAddress::parse(from)).zip(check.field("to", SideAddress::parse(to)));
    let (from, to) = check.finish(sides)?;
    let from = find(&mut conn, &located, "from", &from).await?;
    let to = find(&mut conn, &located, "to", &to).await?;
    let to = to.ok_or_else(|| Invalid::field("to", "Nothing is, or was, current there."))?;
    drop(conn);
    let difference = match &from {
        Some(from) => between(service, from, &to).await?,
        None => None,
    };
    Ok(Comparison {
        commits_link: from.as_ref().and_then(|from| commits_link(from, &to)),
        project: located.project,
        integration: located.integration,
        from,
        to,
        difference,
        now: service.now(),
    })
}

/// The build that one side names; absent where nothing is or was there.
async fn find(
    conn: &mut Conn,
    located: &Located,
    field: &str,
    side: &SideAddress,
) -> Result<Option<Build>, Error> {
    let integration = located.integration.id;
    let (bucket, moment) = match side {
        SideAddress::Build(digest) => {
            let found = builds::find(conn, integration, digest, "").await?;
            let missing = || Invalid::field(field, "There is no build of this digest in the integration.");
            return Ok(Some(found.ok_or_else(missing)?.build));
        }
        SideAddress::Bucket(bucket) => (bucket, None),
        SideAddress::Moment(bucket, time) => (bucket, Some(*time)),
    };
    let slot =
        located.slot(conn, bucket.as_str()).await.map_err(|error| crate::rules::beside(field, error))?;
    let Some(bucket) = buckets::find(conn, integration, slot.key).await? else { return Ok(None) };
    let build = match moment {
        None => bucket.current.map(|placement| placement.build),
        Some(time) => buckets::current_at(conn, bucket.id, time).await?,
    };
    match build {
        Some(build) => Ok(Some(builds::load(conn, build).await?.build)),
        None => Ok(None),
    }
}

/// What differs between two builds; absent where an image cannot be read.
pub(crate) async fn between(
    service: &Service,
    from: &Build,
    to: &Build,
) -> Result<Option<Difference>, Error> {
    let (from, to) = (read(service, from).await?, read(service, to).await?);
    Ok(from.zip(to).map(|(from, to)| short(compare(&from, &to))))
}

fn short(mut told: Difference) -> Difference {
    for names in [&mut told.platforms, &mut told.environment, &mut told.ports] {
        for list in [&mut names.added, &mut names.removed, &mut names.changed] {
            list.truncate(TOLD);
        }
    }
    told.labels.truncate(TOLD);
    told.added.truncate(TOLD);
    told.removed.truncate(TOLD);
    for changed in told.settings.iter_mut().chain(&mut told.labels) {
        changed.from = towpath_domain::words::brief(&changed.from, TOLD);
        changed.to = towpath_domain::words::brief(&changed.to, TOLD);
    }
    told
}

/// What is in a build's image.
async fn read(service: &Service, build: &Build) -> Result<Option<Contents>, Error> {
    let Some(manifest) = read_manifest(service, &build.media_type, &build.digest).await? else {
        return Ok(None);
    };
    let (config, layers) = match manifest.contents {
        manifests::Contents::Image { config, layers } => (config, layers),
        manifests::Contents::Index { children } => {
            let images = || children.iter().filter(|child| child.is_for_a_platform());
            let usual = |child: &&Descriptor| {
                child.platform.as_ref().is_some_and(|platform| platform.to_string() == USUAL)
            };
            let Some(child) = images().find(usual).or_else(|| images().next()) else { return Ok(None) };
            match read_manifest(service, &child.media_type, &child.digest).await? {
                Some(Manifest { contents: manifests::Contents::Image { config, layers }, .. }) => {
                    (config, layers)
                }
                _ => return Ok(None),
            }
        }
    };
    let content = match service.blobs().read_small(&config.digest, CONFIG_LIMIT).await {
        Ok(content) => content.unwrap_or_default(),
        Err(towpath_blobs::Error::TooLarge { .. }) => return Ok(None),
        Err(other) => return Err(other.into()),
    };
    let RunConfig { entrypoint, cmd, user, working_dir, env, exposed_ports, labels } =
        RunConfig::read(&content);
    let layer = |layer: Descriptor| Layer {
        digest: layer.digest,
        size: i64::try_from(layer.size).unwrap_or(i64::MAX),
    };
    Ok(Some(Contents {
        platforms: build.platforms.clone(),
        entrypoint,
        command: cmd,
        user,
        working_directory: working_dir,
        environment: env.iter().map(|variable| hashed(variable)).collect::<BTreeMap<_, _>>(),
        ports: exposed_ports,
        labels,
        layers: layers.into_iter().map(layer).collect(),
    }))
}

/// A variable's name, with a hash of its value: whether it is another is told, what it is is not.
fn hashed(variable: &str) -> (String, String) {
    let (name, value) = variable.split_once('=').unwrap_or((variable, ""));
    (name.to_owned(), hex::encode(Sha256::digest(value.as_bytes())))
}

async fn read_manifest(
    service: &Service,
    media_type: &str,
    digest: &Digest,
) -> Result<Option<Manifest>, Error> {
    let content = service.blobs().read_small(digest, MANIFEST_LIMIT).await?;
    Ok(content.and_then(|content| Manifest::read(media_type, &content).ok()))
}
