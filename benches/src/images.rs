//! Pushing and pulling images as clients do: upload, stream, finish, manifest.

use crate::figures::{Figure, Unit, note};
use crate::http::{Client, empty, full, pieces};
use anyhow::{Context, Result};
use bytes::Bytes;
use futures::future::try_join_all;
use http::Method;
use serde_json::json;
use std::time::{Duration, Instant};
use towpath_domain::digests::{Algorithm, Digest};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

const MEGABYTE: usize = 1_000_000;
const CLIENTS: usize = 16;

/// A repository, with a client that may push to it and pull from it.
#[derive(Clone)]
pub struct Target {
    pub client: Client,
    pub name: String,
}

/// Content of any size that is never in memory as a whole: a piece of its own, then the same piece again and again.
#[derive(Clone)]
struct Content {
    own: Bytes,
    piece: Bytes,
    size: usize,
    digest: Digest,
}

impl Content {
    fn new(seed: u64, size: usize) -> Self {
        let own = noise(seed, size.min(4_096));
        let piece = noise(0, MEGABYTE);
        let mut content = Self { own, piece, size, digest: Digest::of(Algorithm::Sha256, b"") };
        content.digest = digest(content.pieces());
        content
    }

    fn pieces(&self) -> impl Iterator<Item = Bytes> + Send + use<> {
        let (own, piece, rest) = (self.own.clone(), self.piece.clone(), self.size - self.own.len());
        let whole = rest / piece.len();
        let last = piece.slice(..rest % piece.len());
        std::iter::once(own).chain(std::iter::repeat_n(piece, whole)).chain(std::iter::once(last))
    }
}

/// The digest of all pieces one after the other.
fn digest(pieces: impl Iterator<Item = Bytes>) -> Digest {
    use sha2::Digest as _;
    let mut hasher = sha2::Sha256::new();
    for piece in pieces {
        hasher.update(&piece);
    }
    Digest::parse(&format!("sha256:{}", hex::encode(hasher.finalize()))).expect("a digest")
}

/// Bytes that do not compress: `SplitMix64` (Steele, Lea and Flood, 2014).
fn noise(seed: u64, size: usize) -> Bytes {
    let mut state = seed;
    let mut bytes = Vec::with_capacity(size + 8);
    while bytes.len() < size {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bytes.extend((mixed ^ (mixed >> 31)).to_le_bytes());
    }
    bytes.truncate(size);
    bytes.into()
}

/// An image of one layer.
#[derive(Clone)]
struct Image {
    tag: String,
    config: Bytes,
    layer: Content,
    manifest: Bytes,
}

impl Image {
    fn new(tag: String, seed: u64, size: usize) -> Self {
        let layer = Content::new(seed, size);
        let config = json!({
            "architecture": "amd64", "os": "linux", "config": {"Labels": {"org.opencontainers.image.version": tag}},
            "rootfs": {"type": "layers", "diff_ids": [layer.digest]},
        });
        let config = Bytes::from(config.to_string());
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "digest": of(&config), "size": config.len()},
            "layers": [{"mediaType": LAYER, "digest": layer.digest, "size": layer.size}],
        });
        Self { tag, config, layer, manifest: Bytes::from(manifest.to_string()) }
    }
}

fn of(content: &[u8]) -> Digest {
    Digest::of(Algorithm::Sha256, content)
}

impl Target {
    async fn push(&self, image: &Image) -> Result<()> {
        self.upload(image.layer.pieces(), &image.layer.digest).await?;
        self.upload(std::iter::once(image.config.clone()), &of(&image.config)).await?;
        let path = format!("/v2/{}/manifests/{}", self.name, image.tag);
        let headers = [("content-type", MANIFEST)];
        self.client.send(Method::PUT, &path, &headers, full(image.manifest.clone())).await?.expect(&path)?;
        Ok(())
    }

    async fn upload(
        &self,
        content: impl Iterator<Item = Bytes> + Send + 'static,
        digest: &Digest,
    ) -> Result<()> {
        let path = format!("/v2/{}/blobs/uploads/", self.name);
        let begun = self
            .client
            .send(Method::POST, &path, &[("content-length", "0")], empty())
            .await?
            .expect(&path)?;
        let headers = [("content-type", "application/octet-stream")];
        let place = begun.location()?.to_owned();
        let sent =
            self.client.send(Method::PATCH, &place, &headers, pieces(content)).await?.expect(&place)?;
        let place = sent.location()?;
        let sign = if place.contains('?') { '&' } else { '?' };
        let finish = format!("{place}{sign}digest={digest}");
        self.client.send(Method::PUT, &finish, &[("content-length", "0")], empty()).await?.expect(&finish)?;
        Ok(())
    }

    async fn pull(&self, image: &Image) -> Result<()> {
        let path = format!("/v2/{}/manifests/{}", self.name, image.tag);
        self.client.get(&path, &[("accept", MANIFEST)]).await?;
        for digest in [of(&image.config), image.layer.digest.clone()] {
            self.client.read(&format!("/v2/{}/blobs/{digest}", self.name)).await?;
        }
        Ok(())
    }

    /// The same repository, each on connections of its own.
    fn clients(&self, count: usize) -> Vec<Self> {
        (0..count).map(|_| Self { client: self.client.apart(), name: self.name.clone() }).collect()
    }
}

/// Images of several sizes, pushed and pulled by one client and by many at once.
pub async fn measure(target: &Target, quick: bool) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let (_, small) = push_small(target, 400).await?;
    figures.push(small);
    let sizes = [(1, 8), (50, 2), (500, 1)];
    for (megabytes, rounds) in sizes.into_iter().filter(|(megabytes, _)| !quick || *megabytes < 500) {
        for count in [1, CLIENTS] {
            note(&format!("pushing and pulling {megabytes} MB, {count} at once"));
            let images: Vec<Image> = (0..count * rounds)
                .map(|number| {
                    let tag = format!("{megabytes}-{count}-{number}");
                    Image::new(tag, (megabytes * 10_000 + count * 100 + number) as u64, megabytes * MEGABYTE)
                })
                .collect();
            let bytes = images.len() * megabytes;
            let clients = target.clients(count);
            let pushed = together(&clients, &images, async |client, image| client.push(image).await).await?;
            let pulled = together(&clients, &images, async |client, image| client.pull(image).await).await?;
            for (verb, time) in [("push", pushed), ("pull", pulled)] {
                let name = format!("{verb} {megabytes} MB, {count} at once");
                figures.push(Figure::new(name, rate(bytes, time), Unit::MegabytesPerSecond));
            }
        }
    }
    Ok(figures)
}

/// Pushes small images by many clients at once; tells their digests, and how many arrive in a second.
pub async fn push_small(target: &Target, count: usize) -> Result<(Vec<String>, Figure)> {
    let images: Vec<Image> =
        (0..count).map(|number| Image::new(format!("small-{number}"), number as u64, 2_048)).collect();
    let clients = target.clients(CLIENTS);
    let time = together(&clients, &images, async |client, image| client.push(image).await).await?;
    let digests = images.iter().map(|image| of(&image.manifest).to_string()).collect();
    let name = format!("push of small images, {CLIENTS} at once");
    Ok((digests, Figure::new(name, rate(count, time), Unit::PerSecond)))
}

/// Lets the clients share the images among them, and tells how long all of it took.
async fn together(
    clients: &[Target],
    images: &[Image],
    work: impl AsyncFn(&Target, &Image) -> Result<()>,
) -> Result<Duration> {
    let start = Instant::now();
    let share = |(position, client): (usize, _)| {
        let work = &work;
        async move {
            for image in images.iter().skip(position).step_by(clients.len()) {
                work(client, image).await.with_context(|| format!("image {}", image.tag))?;
            }
            anyhow::Ok(())
        }
    };
    try_join_all(clients.iter().enumerate().map(share)).await?;
    Ok(start.elapsed())
}

#[expect(clippy::cast_precision_loss, reason = "counts are small")]
fn rate(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}
