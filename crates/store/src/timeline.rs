//! The audit log: appending at the end of a transaction, and reading by key.

use crate::query::{execute, fetch, fetch_in};
use crate::{Conn, Error, Tx};
use towpath_domain::ids::{BucketId, IntegrationId, PersonId, ProjectId};
use towpath_domain::timeline::canonical::{PersonalText, open, seal};
use towpath_domain::timeline::{Event, EventActor};
use towpath_domain::times::Time;
use uuid::Uuid;

/// Which events to read; empty parts do not narrow.
#[derive(Debug, Clone, Default)]
pub struct Criteria {
    pub project: Option<ProjectId>,
    pub integration: Option<IntegrationId>,
    pub buckets: Option<Vec<BucketId>>,
    pub person: Option<PersonId>,
    pub kind: Option<String>,
    /// Any of these kinds; all where there are none.
    pub kinds: &'static [&'static str],
    /// From this time on, and before the other.
    pub within: Option<(Time, Time)>,
    /// The projects that the reader may see; absent for whoever sees all, events of no project included.
    pub visible: Option<Vec<ProjectId>>,
    /// The integrations to which the reader is narrowed.
    pub narrowed: Option<Vec<IntegrationId>>,
}

/// Which numbers to read, both ends left out, and in which order.
#[derive(Debug, Clone, Copy)]
struct Between {
    after: i64,
    before: i64,
    oldest_first: bool,
}

/// An event as it lies in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    pub seq: i64,
    pub bytes: Vec<u8>,
    /// The texts that its bytes commit to, as far as they were not erased.
    pub personal: Vec<PersonalText>,
}

impl Logged {
    /// The event that the bytes tell.
    pub fn event(&self) -> Result<Event, Error> {
        open(&self.bytes, &self.personal).map_err(|error| Error::inconsistent("events", error))
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    bytes: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct TextRow {
    seq: i64,
    commitment: String,
    salt: Vec<u8>,
    text: Option<String>,
}

/// By what an event is found beside its bytes.
#[derive(Debug, PartialEq, Eq, sqlx::FromRow)]
struct Filed {
    seq: i64,
    id: Uuid,
    at: i64,
    kind: String,
    person: Option<Uuid>,
    subject: Option<Uuid>,
    token: Option<Uuid>,
    project: Option<Uuid>,
    integration: Option<Uuid>,
    bucket: Option<Uuid>,
}

impl Filed {
    fn of(seq: i64, event: &Event) -> Self {
        let token = match event.actor {
            EventActor::Token { token, .. } => Some(token.uuid()),
            _ => None,
        };
        let scene = &event.scene;
        Self {
            seq,
            id: event.id.uuid(),
            at: event.at.micros(),
            kind: event.change.kind().to_owned(),
            person: event.actor.person().map(PersonId::uuid),
            subject: event.change.person().map(PersonId::uuid),
            token,
            project: scene.project.as_ref().map(|project| project.id.uuid()),
            integration: scene.integration.as_ref().map(|integration| integration.id.uuid()),
            bucket: scene.bucket.as_ref().map(|bucket| bucket.id.uuid()),
        }
    }
}

/// The number of the first of these events that is not found by what its bytes say, so that a list of the timeline would
/// leave it out or show it in a wrong place.
pub async fn misfiled(conn: &mut Conn, events: &[(i64, Event)]) -> Result<Option<i64>, Error> {
    let mut filed = fetch_in!(
        Filed,
        conn,
        "select seq, id, at, kind, person, subject, token, project, integration, bucket from events where seq in (",
        events.iter().map(|(seq, _)| *seq).collect(),
        ")"
    )?;
    filed.sort_unstable_by_key(|filed| filed.seq);
    let wrong = |(seq, event): &&(i64, Event)| {
        let found = filed.binary_search_by_key(seq, |filed| filed.seq).ok().map(|place| &filed[place]);
        found.is_none_or(|found| *found != Filed::of(*seq, event))
    };
    Ok(events.iter().find(wrong).map(|(seq, _)| *seq))
}

/// Gives events their numbers and writes them; the head stays locked until the commit. Yields the last number.
pub(crate) async fn append(
    tx: &mut Tx,
    events: &[Event],
    salt: &mut impl FnMut() -> [u8; 16],
) -> Result<Option<i64>, Error> {
    if events.is_empty() {
        return Ok(None);
    }
    let count = i64::try_from(events.len()).map_err(|error| Error::inconsistent("events", error))?;
    let (size,): (i64,) = fetch!(
        fetch_one,
        (i64,),
        tx.conn(),
        "update audit_head set size = size + $1 where id = 1 returning size",
        count
    )?;
    for (seq, event) in (size - count + 1..).zip(events) {
        insert(tx, seq, event, salt).await?;
    }
    Ok(Some(size))
}

async fn insert(
    tx: &mut Tx,
    seq: i64,
    event: &Event,
    salt: &mut impl FnMut() -> [u8; 16],
) -> Result<(), Error> {
    let sealed = seal(event, salt).map_err(|error| Error::inconsistent("events", error))?;
    let filed = Filed::of(seq, event);
    execute!(
        tx.conn(),
        "insert into events (seq, id, at, kind, person, subject, token, project, integration, bucket, bytes, leaf)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        seq,
        filed.id,
        filed.at,
        filed.kind,
        filed.person,
        filed.subject,
        filed.token,
        filed.project,
        filed.integration,
        filed.bucket,
        sealed.bytes.as_slice(),
        sealed.leaf.as_slice(),
    )?;
    for text in sealed.personal {
        execute!(
            tx.conn(),
            "insert into event_texts (seq, commitment, salt, text) values ($1, $2, $3, $4)",
            seq,
            text.commitment.as_str(),
            text.salt.as_slice(),
            text.text.as_deref(),
        )?;
    }
    Ok(())
}

/// How many events the log holds: the number of the newest.
pub async fn size(conn: &mut Conn) -> Result<i64, Error> {
    fetch!(fetch_one, (i64,), conn, "select size from audit_head where id = 1").map(|(size,)| size)
}

/// Reads up to `limit` events that fit, newest first, older than `before`.
pub async fn list(
    conn: &mut Conn,
    criteria: &Criteria,
    before: i64,
    limit: i64,
) -> Result<Vec<(i64, Event)>, Error> {
    let between = Between { after: 0, before, oldest_first: false };
    let logged = logged(conn, criteria, between, limit).await?;
    logged.iter().map(|logged| Ok((logged.seq, logged.event()?))).collect()
}

/// Reads up to `limit` events that fit, oldest first, after one number and up to another, as they lie in the log.
pub async fn export(
    conn: &mut Conn,
    criteria: &Criteria,
    after: i64,
    up_to: i64,
    limit: i64,
) -> Result<Vec<Logged>, Error> {
    let between = Between { after, before: up_to.saturating_add(1), oldest_first: true };
    logged(conn, criteria, between, limit).await
}

async fn logged(
    conn: &mut Conn,
    criteria: &Criteria,
    between: Between,
    limit: i64,
) -> Result<Vec<Logged>, Error> {
    let rows = rows(conn, criteria, between, limit).await?;
    // By number and not by range: between two events that fit there may lie the whole log.
    let texts: Vec<TextRow> = fetch_in!(
        TextRow,
        conn,
        "select seq, commitment, salt, text from event_texts where seq in (",
        rows.iter().map(|row| row.seq).collect(),
        ")"
    )?;
    rows.into_iter()
        .map(|Row { seq, bytes }| Ok(Logged { personal: personal(seq, &texts)?, seq, bytes }))
        .collect()
}

/// Reads up to `limit` events after a number, oldest first. Their personal texts are left out.
pub async fn list_after(conn: &mut Conn, after: i64, limit: i64) -> Result<Vec<(i64, Event)>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select seq, bytes from events where seq > $1 order by seq limit $2",
        after,
        limit
    )?;
    rows.into_iter()
        .map(|Row { seq, bytes }| Ok((seq, Logged { seq, bytes, personal: Vec::new() }.event()?)))
        .collect()
}

fn personal(seq: i64, texts: &[TextRow]) -> Result<Vec<PersonalText>, Error> {
    let mut personal = Vec::new();
    for text in texts.iter().filter(|text| text.seq == seq) {
        let salt = text.salt.as_slice().try_into();
        personal.push(PersonalText {
            commitment: text.commitment.clone(),
            salt: salt.map_err(|error| Error::inconsistent("event_texts", error))?,
            text: text.text.clone(),
        });
    }
    Ok(personal)
}

/// Builds the conditions one by one, so that the planner sees only those that narrow and can walk one
/// index from the newest event down.
async fn rows(conn: &mut Conn, criteria: &Criteria, between: Between, limit: i64) -> Result<Vec<Row>, Error> {
    macro_rules! build {
        ($engine:ty, $conn:expr) => {{
            let mut query = sqlx::QueryBuilder::<$engine>::new("select seq, bytes from events where seq < ");
            query.push_bind(between.before);
            if between.after > 0 {
                query.push(" and seq > ").push_bind(between.after);
            }
            let equal = [
                (" and project = ", criteria.project.map(ProjectId::uuid)),
                (" and integration = ", criteria.integration.map(IntegrationId::uuid)),
                (" and person = ", criteria.person.map(PersonId::uuid)),
            ];
            for (condition, value) in equal {
                if let Some(value) = value {
                    query.push(condition).push_bind(value);
                }
            }
            if let Some(kind) = &criteria.kind {
                query.push(" and kind = ").push_bind(kind.clone());
            }
            for (place, kind) in criteria.kinds.iter().enumerate() {
                query.push(if place == 0 { " and kind in (" } else { ", " }).push_bind(*kind);
            }
            if !criteria.kinds.is_empty() {
                query.push(")");
            }
            if let Some((from, to)) = criteria.within {
                query.push(" and at >= ").push_bind(from.micros());
                query.push(" and at < ").push_bind(to.micros());
            }
            if let Some(buckets) = &criteria.buckets {
                let ids: Vec<Uuid> = buckets.iter().map(|bucket| bucket.uuid()).collect();
                one_of!(query, " and bucket in (", ids, ")");
            }
            if let Some(visible) = &criteria.visible {
                let ids: Vec<Uuid> = visible.iter().map(|project| project.uuid()).collect();
                one_of!(query, " and project in (", ids, ")");
            }
            if let Some(narrowed) = &criteria.narrowed {
                let ids: Vec<Uuid> = narrowed.iter().map(|integration| integration.uuid()).collect();
                one_of!(query, " and integration in (", ids, ")");
            }
            query.push(if between.oldest_first { " order by seq" } else { " order by seq desc" });
            query.push(" limit ").push_bind(limit);
            query.build_query_as::<Row>().fetch_all(&mut **$conn).await
        }};
    }
    macro_rules! one_of {
        ($query:ident, $open:literal, $ids:expr, $close:literal) => {
            if $ids.is_empty() {
                $query.push(" and 1 = 0");
            } else {
                $query.push($open);
                let mut list = $query.separated(", ");
                for id in $ids {
                    list.push_bind(id);
                }
                $query.push($close);
            }
        };
    }
    let rows = match conn {
        Conn::Sqlite(conn) => build!(sqlx::Sqlite, conn),
        Conn::Postgres(conn) => build!(sqlx::Postgres, conn),
    };
    Ok(rows?)
}
