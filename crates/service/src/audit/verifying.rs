//! Whether the log is what was signed: all of it is hashed again.

use super::{newest, signed, unsigned};
use crate::{Error, Service};
use towpath_domain::timeline::canonical::opens;
use towpath_proof::{Checkpoint, Differs, Replay};
use towpath_store::timeline::{Criteria, Logged};
use towpath_store::{audit, timeline};

/// How many events are read at once.
const READ: i64 = 256;

/// What a log was found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// How many events it has.
    pub size: i64,
    /// How many of them are signed.
    pub signed: i64,
    /// The first place where it is not what was signed.
    pub differs: Option<Differs>,
}

/// Hashes the whole log again, and holds it against its newest checkpoint and those that were kept elsewhere.
///
/// It is for whoever runs the server: it asks for no permission.
pub async fn verify(service: &Service, kept: Vec<Checkpoint>) -> Result<Verified, Error> {
    let mut conn = service.read().await?;
    let newest = newest(&mut conn).await?.map(|(checkpoint, _)| checkpoint);
    let signed_size = signed(newest.as_ref().map_or(0, |newest| newest.size))?;
    let size = timeline::size(&mut conn).await?;
    let found = |differs| Ok(Verified { size, signed: signed_size, differs: Some(differs) });
    // What the walk below would never come to.
    let count = unsigned(audit::outside(&mut conn).await?)?;
    if count > 0 {
        return found(Differs::Outside { count, size: unsigned(size)? });
    }
    let mut replay = Replay::new(kept.into_iter().chain(newest).collect());
    loop {
        let after = signed(replay.size())?;
        let events = timeline::export(&mut conn, &Criteria::default(), after, i64::MAX - 1, READ).await?;
        let Some(last) = events.last().map(|event| event.seq) else { break };
        let seqs: Vec<i64> = events.iter().map(|event| event.seq).collect();
        let held = audit::held(&mut conn, &seqs).await?;
        for Logged { seq, bytes, personal } in &events {
            let entry = unsigned(*seq)?;
            if let Err(differs) = replay.take(entry, bytes, held.get(seq)) {
                return found(differs);
            }
            // One that was erased is no text any more.
            if personal.iter().any(|text| text.text.is_some() && !opens(bytes, text)) {
                return found(Differs::Text { entry });
            }
        }
        // All bytes are as they were logged, so that they can be read.
        let told: Result<Vec<_>, _> = events.iter().map(|logged| Ok((logged.seq, logged.event()?))).collect();
        if let Some(seq) =
            timeline::misfiled(&mut conn, &told.map_err(|error: towpath_store::Error| error)?).await?
        {
            return found(Differs::Misfiled { entry: unsigned(seq)? });
        }
        if last >= size {
            break;
        }
    }
    let (there, last) = (unsigned(size)?, replay.size());
    let differs = replay.finish().err().or((last < there).then_some(Differs::Cut { last, size: there }));
    Ok(Verified { size, signed: signed_size, differs })
}
