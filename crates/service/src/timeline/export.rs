//! The timeline as lines of a file, oldest first, with what it takes to verify them offline.
//!
//! It is read in pages of its own, so that neither its length nor a slow reader holds anything up.

use super::{Miss, criteria, entries, seen};
use crate::{Error, Service};
use towpath_domain::access::Actor;
use towpath_domain::timeline::canonical::PersonalText;
use towpath_domain::timeline::{Entry, Filter};
use towpath_proof::Hash;
use towpath_store::audit;
use towpath_store::timeline::{Criteria, Logged, export, size};

/// How many events are read at once.
const READ: i64 = 256;

/// An export under way.
#[derive(Debug, Clone)]
pub struct Export {
    service: Service,
    criteria: Criteria,
    /// The number of the event that was read last.
    after: i64,
    /// What happens while it is read is not part of it.
    up_to: i64,
    done: bool,
    /// The newest checkpoint when it began, as a signed note; absent while nothing is signed.
    pub checkpoint: Option<String>,
}

/// An event of an export.
#[derive(Debug, Clone)]
pub struct Line {
    pub entry: Entry,
    pub bytes: Vec<u8>,
    /// The hash that the log's tree holds for it, once it is in the tree.
    pub leaf: Option<Hash>,
    pub personal: Vec<PersonalText>,
}

/// Begins an export of the events that fit the filter and that who asks may see.
pub async fn begin(service: &Service, actor: &Actor, filter: &Filter) -> Result<Export, Error> {
    let mut conn = service.read().await?;
    // In this order, so that the export reaches as far as the checkpoint.
    let checkpoint = audit::newest(&mut conn).await?.map(|newest| newest.note);
    let up_to = size(&mut conn).await?;
    let seen = seen(&mut conn, actor).await?;
    let criteria = match criteria(&mut conn, actor, &seen, filter).await {
        Ok(criteria) => criteria,
        Err(Miss::Named(nothing)) => return Err(Error::NotFound(nothing.to_string())),
        Err(Miss::Failed(error)) => return Err(error),
    };
    Ok(Export { service: service.clone(), criteria, after: 0, up_to, done: false, checkpoint })
}

impl Export {
    /// The next lines; none at the end.
    pub async fn next(&mut self) -> Result<Vec<Line>, Error> {
        if self.done {
            return Ok(Vec::new());
        }
        let mut conn = self.service.read().await?;
        let logged = export(&mut conn, &self.criteria, self.after, self.up_to, READ).await?;
        let seqs: Vec<i64> = logged.iter().map(|logged| logged.seq).collect();
        self.done = logged.len() < usize::try_from(READ).unwrap_or_default();
        self.after = seqs.last().copied().unwrap_or(self.up_to);
        let held = audit::held(&mut conn, &seqs).await?;
        let events: Result<Vec<_>, _> =
            logged.iter().map(|logged| Ok((logged.seq, logged.event()?))).collect();
        let entries =
            entries(&mut conn, events.map_err(|error: towpath_store::Error| Error::from(error))?).await?;
        let line = |(entry, Logged { seq, bytes, personal }): (Entry, Logged)| Line {
            entry,
            bytes,
            leaf: held.get(&seq).copied(),
            personal,
        };
        Ok(entries.into_iter().zip(logged).map(line).collect())
    }
}
