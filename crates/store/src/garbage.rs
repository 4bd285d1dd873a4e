//! Contents that nothing needs any more: finding them, and letting them go in two steps, rows before bytes.
//!
//! All writes of an installation follow each other, on however many servers. So what a transaction here finds unneeded is
//! so until it ends; and whoever records a content looks in the same order whether its bytes were just taken away.

use crate::images::Repository;
use crate::query::{execute, fetch, fetch_in};
use crate::{Conn, Error, Tx};
use towpath_domain::digests::Digest;
use towpath_domain::times::Time;

/// Whether a manifest (`$m`, an expression) is needed by itself, whatever it lies in: it was pushed through a name and not
/// deleted since, has a tag, is younger than `$since`, or is the image of a build that is or was current, waits, is pinned
/// or is a default.
macro_rules! rooted {
    ($m:literal, $since:literal) => {
        concat!(
            "(exists (select 1 from repository_manifests r where r.manifest = ",
            $m,
            ") or exists (select 1 from tags t where t.manifest = ",
            $m,
            ") or exists (select 1 from manifests y where y.digest = ",
            $m,
            " and y.created_at >= ",
            $since,
            ") or exists (select 1 from builds b where b.digest = ",
            $m,
            " and b.retired_at is null
              and (exists (select 1 from placements p where p.build = b.id)
                   or exists (select 1 from refused_arrivals a where a.build = b.id)
                   or exists (select 1 from promotions w where w.build = b.id and w.state = 'waiting')
                   or exists (select 1 from pins x where x.build = b.id and x.open)
                   or exists (select 1 from integrations i where i.default_build = b.id))))"
        )
    };
}

/// Whether nothing needs a manifest (`m`). What an index reaches is all recorded with it, so one look upwards is enough.
macro_rules! unneeded_manifest {
    ($since:literal) => {
        concat!(
            "not ",
            rooted!("m.digest", $since),
            " and not exists (select 1 from manifest_contents c where c.content = m.digest and ",
            rooted!("c.manifest", $since),
            ")"
        )
    };
}

/// Whether nothing needs a blob (`b`): no manifest that is needed, and no name through which it was uploaded of late.
macro_rules! unneeded_blob {
    ($since:literal) => {
        concat!(
            "b.created_at < ",
            $since,
            " and not exists (select 1 from repository_blobs l where l.blob = b.digest and l.uploaded_at >= ",
            $since,
            ") and not exists (select 1 from manifest_contents c where c.content = b.digest and ",
            rooted!("c.manifest", $since),
            ")"
        )
    };
}

/// A content with its size in bytes.
pub type Sized = (Digest, i64);

fn sized(rows: Vec<(String, i64)>, table: &'static str) -> Result<Vec<Sized>, Error> {
    let digest = |text: &str| Digest::parse(text).map_err(|error| Error::inconsistent(table, error));
    rows.into_iter().map(|(text, size)| Ok((digest(&text)?, size))).collect()
}

/// What is looked through for garbage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Manifest,
    Blob,
}

impl Kind {
    const fn table(self) -> &'static str {
        match self {
            Self::Manifest => "manifests",
            Self::Blob => "blobs",
        }
    }
}

/// Up to `limit` contents that nothing needs and that are older than `since`, after one of them.
pub async fn unneeded(
    conn: &mut Conn,
    kind: Kind,
    since: Time,
    after: &str,
    limit: i64,
) -> Result<Vec<Sized>, Error> {
    let sql = match kind {
        Kind::Manifest => concat!(
            "select m.digest, m.size from manifests m where m.digest > $2 and ",
            unneeded_manifest!("$1"),
            " order by m.digest limit $3"
        ),
        Kind::Blob => concat!(
            "select b.digest, b.size from blobs b where b.digest > $2 and ",
            unneeded_blob!("$1"),
            " order by b.digest limit $3"
        ),
    };
    sized(fetch!(fetch_all, (String, i64), conn, sql, since.micros(), after, limit)?, kind.table())
}

/// Takes the rows of a content out if nothing needs it by now, and marks its bytes to follow.
pub async fn take_out(
    tx: &mut Tx,
    kind: Kind,
    digest: &Digest,
    since: Time,
    now: Time,
) -> Result<bool, Error> {
    let (find, links, row) = match kind {
        Kind::Manifest => (
            concat!("select m.size from manifests m where m.digest = $2 and ", unneeded_manifest!("$1")),
            "delete from manifest_contents where manifest = $1",
            "delete from manifests where digest = $1",
        ),
        Kind::Blob => (
            concat!("select b.size from blobs b where b.digest = $2 and ", unneeded_blob!("$1")),
            "delete from repository_blobs where blob = $1",
            "delete from blobs where digest = $1",
        ),
    };
    let text = digest.to_string();
    let found = fetch!(fetch_optional, (i64,), tx.conn(), find, since.micros(), text.as_str())?;
    let Some((size,)) = found else { return Ok(false) };
    execute!(tx.conn(), links, text.as_str())?;
    if kind == Kind::Manifest {
        // What a manifest said goes with it, and with what it was said about.
        for sql in [
            "delete from findings where manifest = $1 or subject = $1",
            "delete from statements where manifest = $1 or subject = $1",
        ] {
            execute!(tx.conn(), sql, text.as_str())?;
        }
    }
    execute!(tx.conn(), row, text.as_str())?;
    doom(tx, digest, size, now).await?;
    Ok(true)
}

/// Marks bytes that no row names to be taken away.
pub async fn doom(tx: &mut Tx, digest: &Digest, size: i64, now: Time) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into doomed_contents (digest, size, doomed_at) values ($1, $2, $3) on conflict (digest) do nothing",
        digest.to_string(),
        size,
        now.micros()
    )
    .map(drop)
}

/// Up to `limit` contents whose bytes are to be taken away.
pub async fn doomed(conn: &mut Conn, limit: i64) -> Result<Vec<Sized>, Error> {
    let sql = "select digest, size from doomed_contents where gone_at is null order by digest limit $1";
    sized(fetch!(fetch_all, (String, i64), conn, sql, limit)?, "doomed_contents")
}

/// Whether the bytes of a doomed content may be taken away in this transaction. One that has rows again is let go.
pub async fn is_doomed(tx: &mut Tx, digest: &Digest) -> Result<bool, Error> {
    let text = digest.to_string();
    execute!(
        tx.conn(),
        "delete from doomed_contents where digest = $1
            and (exists (select 1 from blobs where digest = $1) or exists (select 1 from manifests where digest = $1))",
        text.as_str()
    )?;
    let sql = "select digest from doomed_contents where digest = $1 and gone_at is null";
    let row = fetch!(fetch_optional, (String,), tx.conn(), sql, text.as_str())?;
    Ok(row.is_some())
}

/// Notes that the bytes of a doomed content are gone. The note stays for a while, for whoever was about to record it.
pub async fn note_gone(tx: &mut Tx, digest: &Digest, now: Time) -> Result<(), Error> {
    let sql = "update doomed_contents set gone_at = $2 where digest = $1";
    execute!(tx.conn(), sql, digest.to_string(), now.micros()).map(drop)
}

/// Forgets what went before a time.
pub async fn forget_gone(tx: &mut Tx, before: Time) -> Result<(), Error> {
    execute!(tx.conn(), "delete from doomed_contents where gone_at < $1", before.micros()).map(drop)
}

/// Takes a content out of those that are doomed, as it is recorded anew; true where its bytes may have been taken away.
pub async fn reprieve(tx: &mut Tx, digest: &Digest) -> Result<bool, Error> {
    let sql = "delete from doomed_contents where digest = $1";
    Ok(execute!(tx.conn(), sql, digest.to_string())? > 0)
}

/// Those of some digests that a row names: a blob, a manifest or a doomed content.
pub async fn known(conn: &mut Conn, digests: &[Digest]) -> Result<Vec<Digest>, Error> {
    let texts = || digests.iter().map(Digest::to_string).collect::<Vec<_>>();
    let mut known = Vec::new();
    macro_rules! of {
        ($table:literal) => {{
            let texts = texts();
            let list: Vec<&str> = texts.iter().map(String::as_str).collect();
            let sql = concat!("select digest from ", $table, " where digest in (");
            let rows: Vec<(String,)> = fetch_in!((String,), &mut *conn, sql, list, ")")?;
            for (text,) in rows {
                known.push(Digest::parse(&text).map_err(|error| Error::inconsistent($table, error))?);
            }
        }};
    }
    of!("blobs");
    of!("manifests");
    of!("doomed_contents");
    Ok(known)
}

/// When a blob was last uploaded through a name, or asked for by someone who pushes there.
pub async fn uploaded_at(
    conn: &mut Conn,
    repository: Repository,
    digest: &Digest,
) -> Result<Option<Time>, Error> {
    let row = fetch!(
        fetch_optional,
        (i64,),
        conn,
        "select uploaded_at from repository_blobs where integration = $1 and bucket = $2 and blob = $3",
        repository.integration(),
        repository.bucket(),
        digest.to_string()
    )?;
    Ok(row.map(|(at,)| Time::from_micros(at)))
}

/// Notes that someone who pushes through a name asked for a blob.
pub async fn renew(tx: &mut Tx, repository: Repository, digest: &Digest, at: Time) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "update repository_blobs set uploaded_at = $4 where integration = $1 and bucket = $2 and blob = $3",
        repository.integration(),
        repository.bucket(),
        digest.to_string(),
        at.micros()
    )
    .map(drop)
}

/// Takes a turn at a chore that is done once in a while by one of all servers: true for the one whose turn it is. Whoever
/// took it holds it until `until`, or until it is done.
pub async fn take_turn(
    tx: &mut Tx,
    chore: &str,
    not_after: Time,
    now: Time,
    until: Time,
) -> Result<bool, Error> {
    execute!(
        tx.conn(),
        "insert into chores (name, leased_until, done_at, position) values ($1, 0, 0, '')
         on conflict (name) do nothing",
        chore
    )?;
    let rows = execute!(
        tx.conn(),
        "update chores set leased_until = $4 where name = $1 and done_at <= $2 and leased_until <= $3",
        chore,
        not_after.micros(),
        now.micros(),
        until.micros()
    )?;
    Ok(rows == 1)
}

/// Notes that a chore is done, or how far it came.
pub async fn end_turn(tx: &mut Tx, chore: &str, done: Time, position: &str) -> Result<(), Error> {
    let sql = "update chores set leased_until = 0, done_at = $2, position = $3 where name = $1";
    execute!(tx.conn(), sql, chore, done.micros(), position).map(drop)
}

/// How far a chore came.
pub async fn position(conn: &mut Conn, chore: &str) -> Result<String, Error> {
    let sql = "select position from chores where name = $1";
    let row = fetch!(fetch_optional, (String,), conn, sql, chore)?;
    Ok(row.map(|(position,)| position).unwrap_or_default())
}
