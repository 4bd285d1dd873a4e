//! Blobs as files.
//!
//! ```text
//! blobs/sha256/ab/abcd…    what is stored, read-only from then on
//! uploads/<uuid>           upload sessions and other files in the making, or about to be removed
//! damaged/sha256-abcd…     what was found to be other bytes than its digest says
//! ```

mod appending;
mod collecting;
mod layout;
mod reading;
mod scrubbing;
mod uploads;
mod writing;

use std::{path::Path, sync::Arc};

use self::{layout::Layout, uploads::Sessions};
use crate::Error;

pub(crate) use self::{
    appending::{Taken, Writer},
    collecting::AsideFile,
    reading::{Reader, pieces},
};

/// A folder of blobs. All clones share the same upload sessions.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    layout: Arc<Layout>,
    sessions: Arc<Sessions>,
}

impl Folder {
    pub(crate) fn open(root: &Path) -> Result<Self, Error> {
        let layout = Layout::create(root)?;
        Ok(Self { layout: Arc::new(layout), sessions: Arc::default() })
    }
}
