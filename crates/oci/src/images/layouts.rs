//! OCI layouts (image-spec 1.1, `image-layout.md`), in a folder or an archive.

use super::Files;
use crate::Error;
use crate::manifests::{Contents, Descriptor, Manifest, OCI_INDEX};
use towpath_domain::digests::Digest;

const REF_NAME: &str = "org.opencontainers.image.ref.name";
/// What containerd, and so newer Docker, calls an image by in full.
const IMAGE_NAME: &str = "io.containerd.image.name";

/// The file of a content.
pub(super) fn name(digest: &Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm().name(), digest.hex())
}

/// The image of a layout, or the one of several that is chosen by its name.
pub(super) async fn read(files: &Files, choice: Option<&str>, shown: &str) -> Result<Manifest, Error> {
    let bytes = files.read("index.json").await?.unwrap_or_default();
    let index = Manifest::read(Some(OCI_INDEX), bytes)?;
    let Contents::Index(listed) = &index.contents else {
        return Err(Error::Source(format!("the index.json of {shown} is no index")));
    };
    let named =
        |descriptor: &&Descriptor| choice.is_none_or(|choice| names(descriptor).any(|name| name == choice));
    let found: Vec<&Descriptor> = listed.iter().filter(named).collect();
    let descriptor = match found[..] {
        [only] => only,
        // Some builders list the platforms of one image there, without an index of its own.
        [_, ..]
            if choice.is_none()
                && found.iter().all(|one| one.platform.is_some() && names(one).next().is_none()) =>
        {
            return Ok(index);
        }
        _ => return Err(several(shown, choice, listed.iter().flat_map(names))),
    };
    let file = name(&descriptor.digest);
    let missing = || Error::Missing { digest: descriptor.digest.clone(), place: shown.to_owned() };
    let bytes = files.read(&file).await?.ok_or_else(missing)?;
    super::check(&descriptor.digest, &bytes)?;
    Manifest::read(Some(&descriptor.media_type), bytes)
}

fn names(descriptor: &Descriptor) -> impl Iterator<Item = &str> {
    [REF_NAME, IMAGE_NAME].into_iter().filter_map(|name| descriptor.annotation(name))
}

/// Not exactly one image is meant.
pub(super) fn several<'a>(shown: &str, choice: Option<&str>, names: impl Iterator<Item = &'a str>) -> Error {
    let names: Vec<&str> = names.collect();
    let listed = if names.is_empty() { "no image by a name".to_owned() } else { names.join(", ") };
    Error::Source(match choice {
        Some(choice) => format!("{shown} has no image “{choice}” alone; it has {listed}"),
        None => format!("{shown} has not exactly one image, but {listed}; name one, such as oci:PATH:NAME"),
    })
}
