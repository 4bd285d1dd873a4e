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
/// How many images of an index are looked at.
const PLATFORMS: usize = 32;
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
    let from = find(service, &mut conn, &located, "from", &from).await?;
    let to = find(service, &mut conn, &located, "to", &to).await?;
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
    service: &Service,
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
        SideAddress::Moment(_, time) if *time > service.now() => {
            return Err(Invalid::field(field, "This moment has not come yet.").into());
        }
        SideAddress::Moment(bucket, time) => (bucket, Some(*time)),
    };
    let slot =
        located.slot(conn, bucket.as_str()).await.map_err(|error| crate::rules::beside(field, error))?;
    let build = match moment {
        None => {
            let bucket = buckets::find(conn, integration, slot.key).await?;
            bucket.and_then(|bucket| bucket.current).map(|placement| (placement.build, placement.tag))
        }
        Some(time) => {
            let all = buckets::current_at(conn, integration, time).await?;
            all.into_iter().find(|then| then.bucket == slot.key).map(|then| (then.build, then.tag))
        }
    };
    match build {
        Some((build, tag)) => Ok(Some(builds::load(conn, build).await?.build.called(&tag))),
        None => Ok(None),
    }
}

/// What differs between two builds; absent where an image cannot be read.
pub(crate) async fn between(
    service: &Service,
    from: &Build,
    to: &Build,
) -> Result<Option<Difference>, Error> {
    let (earlier, later) = (images(service, from).await?, images(service, to).await?);
    let (platform, (earlier, later)) = match common(&earlier, &later) {
        Some((platform, pair)) => (Some(platform), pair),
        // Other platforms are compared all the same: that they are others is told.
        None => match earlier.first().zip(later.first()) {
            Some((earlier, later)) => (None, (earlier, later)),
            None => return Ok(None),
        },
    };
    let (earlier, later) = (read(service, from, earlier).await?, read(service, to, later).await?);
    Ok(earlier.zip(later).map(|(earlier, later)| Difference { platform, ..compare(&earlier, &later) }))
}

/// An image of a build, with its platform.
struct Image {
    platform: String,
    config: Descriptor,
    layers: Vec<Descriptor>,
}

/// The images of two builds for the first platform that both have; the usual one is the first.
fn common<'a>(from: &'a [Image], to: &'a [Image]) -> Option<(String, (&'a Image, &'a Image))> {
    let both = |image: &'a Image| Some((image, to.iter().find(|other| other.platform == image.platform)?));
    let pairs: Vec<_> = from.iter().filter_map(both).collect();
    let pair = pairs.iter().find(|(image, _)| image.platform == USUAL).or_else(|| pairs.first())?;
    Some((pair.0.platform.clone(), *pair))
}

/// The images of a build that can be found, by platform; attestations are none.
async fn images(service: &Service, build: &Build) -> Result<Vec<Image>, Error> {
    let Some(manifest) = read_manifest(service, &build.media_type, &build.digest).await? else {
        return Ok(Vec::new());
    };
    let children = match manifest.contents {
        manifests::Contents::Image { config, layers } => {
            let platform = build.platforms.first().cloned().unwrap_or_default();
            return Ok(vec![Image { platform, config, layers }]);
        }
        manifests::Contents::Index { children } => children,
    };
    let mut images = Vec::new();
    for child in children.into_iter().filter(Descriptor::is_for_a_platform).take(PLATFORMS) {
        let platform = child.platform.as_ref().map(ToString::to_string).unwrap_or_default();
        if let Some(Manifest { contents: manifests::Contents::Image { config, layers }, .. }) =
            read_manifest(service, &child.media_type, &child.digest).await?
        {
            images.push(Image { platform, config, layers });
        }
    }
    Ok(images)
}

/// What is in an image.
async fn read(service: &Service, build: &Build, image: &Image) -> Result<Option<Contents>, Error> {
    let content = match service.blobs().read_small(&image.config.digest, CONFIG_LIMIT).await {
        Ok(content) => content,
        Err(towpath_blobs::Error::TooLarge { .. }) => None,
        Err(other) => return Err(other.into()),
    };
    let Some(RunConfig { entrypoint, cmd, user, working_dir, env, exposed_ports, labels }) =
        content.as_deref().and_then(RunConfig::read)
    else {
        return Ok(None);
    };
    let layer = |layer: &Descriptor| Layer {
        digest: layer.digest.clone(),
        size: i64::try_from(layer.size).unwrap_or(i64::MAX),
    };
    Ok(Some(Contents {
        platforms: build.platforms.clone(),
        entrypoint,
        command: cmd,
        user,
        working_directory: working_dir,
        environment: env.iter().filter_map(|variable| hashed(variable)).collect::<BTreeMap<_, _>>(),
        ports: exposed_ports,
        labels,
        layers: image.layers.iter().map(layer).collect(),
    }))
}

/// A variable's name, with a hash of its value: whether it is another is told, what it is is not. What has no name may be
/// all value.
fn hashed(variable: &str) -> Option<(String, String)> {
    let (name, value) = variable.split_once('=').filter(|(name, _)| !name.is_empty())?;
    Some((name.to_owned(), hex::encode(Sha256::digest(value.as_bytes()))))
}

async fn read_manifest(
    service: &Service,
    media_type: &str,
    digest: &Digest,
) -> Result<Option<Manifest>, Error> {
    let content = service.blobs().read_small(digest, MANIFEST_LIMIT).await?;
    Ok(content.and_then(|content| Manifest::read(media_type, &content).ok()))
}
