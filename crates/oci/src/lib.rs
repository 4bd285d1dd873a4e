//! A client of OCI registries, and of images wherever they lie: in a registry, an archive, a folder or a daemon.
//!
//! [`Registry`] speaks the distribution protocol; [`Image`] reads one image from its source; [`push`] sends the one to
//! the other. Contents are streamed and never held: memory does not grow with an image. The HTTP client is an
//! argument, so that whoever calls decides what it may reach; so is randomness.

mod errors;
mod images;
mod manifests;
mod pushing;
mod registry;
mod retries;

pub use errors::Error;
pub use images::{Contents, Image, Place, Source};
pub use manifests::{Descriptor, Manifest, Platform};
pub use pushing::{Pushed, Step, push, push_beside};
pub use registry::{Client, Credentials, Judge, Registry, Repository};
pub use retries::Retries;

use bytes::Bytes;
use futures::stream::BoxStream;

/// Content as it is read, piece by piece.
pub type Pieces = BoxStream<'static, Result<Bytes, std::io::Error>>;
