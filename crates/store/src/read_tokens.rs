//! Read tokens of environments, and what they show.

use crate::images::Repository;
use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx, people};
use towpath_domain::digests::Digest;
use towpath_domain::ids::{EnvironmentId, PersonId, TokenId};
use towpath_domain::people::Person;
use uuid::Uuid;

/// The account in whose name the read tokens of an environment act, once there was one.
pub async fn account(conn: &mut Conn, environment: EnvironmentId) -> Result<Option<PersonId>, Error> {
    let sql = "select account from readers where environment = $1";
    let row = fetch!(fetch_optional, (Uuid,), conn, sql, environment.uuid())?;
    Ok(row.map(|(id,)| id.into()))
}

/// The environment whose read tokens act in the name of an account.
pub async fn of_account(conn: &mut Conn, account: PersonId) -> Result<Option<EnvironmentId>, Error> {
    let sql = "select environment from readers where account = $1";
    let row = fetch!(fetch_optional, (Uuid,), conn, sql, account.uuid())?;
    Ok(row.map(|(id,)| id.into()))
}

/// Adds the account of an environment's read tokens.
pub async fn insert(tx: &mut Tx, environment: EnvironmentId, account: &Person) -> Result<(), Error> {
    people::insert_machine(tx, account).await?;
    let sql = "insert into readers (environment, account) values ($1, $2)";
    execute!(tx.conn(), sql, environment.uuid(), account.id.uuid()).map(drop)
}

/// Makes a token a read token of an environment.
pub async fn narrow(tx: &mut Tx, token: TokenId, environment: EnvironmentId) -> Result<(), Error> {
    let sql = "update tokens set environment = $2 where id = $1";
    execute!(tx.conn(), sql, token.uuid(), environment.uuid()).map(drop)
}

/// Whether the bucket of a name feeds an environment, or did: its own, or that of a stream that it is or was of, of an
/// integration of its project or of one by which a service of the project is built.
pub async fn feeds(
    conn: &mut Conn,
    repository: Repository,
    environment: EnvironmentId,
) -> Result<bool, Error> {
    let row = fetch!(
        fetch_optional,
        (Uuid,),
        conn,
        "select i.id from integrations i join environments e on e.id = $3 and e.deleted_at is null
         where i.id = $1 and i.deleted_at is null
           and (case i.kind when 'environment' then $2 = e.id else $2 = e.stream
                    or $2 in (select f.stream from former_streams f where f.environment = e.id) end)
           and (i.project = e.project
                or exists (select 1 from services s where s.project = e.project and s.integration = i.id))",
        repository.integration(),
        repository.bucket(),
        environment.uuid(),
    )?;
    Ok(row.is_some())
}

/// Whether a content belongs to what is or was current in the bucket of a name (in that of a stream that it is of no more, by
/// the time that it was moved), is or was pinned in an environment that it
/// feeds, or is the integration's default; or to what says something of that, such as a signature. An image says nothing of
/// another, whatever it points to: else whoever may push opened any image by pointing from it.
pub async fn shows(
    conn: &mut Conn,
    repository: Repository,
    environment: EnvironmentId,
    content: &Digest,
) -> Result<bool, Error> {
    let row = fetch!(
        fetch_optional,
        (Uuid,),
        conn,
        "with whole as (select cast($4 as text) as digest union
                        select c.manifest from manifest_contents c where c.content = $4),
              wanted as (select digest from whole union
                         select m.subject from manifests m
                         join repository_manifests r on r.manifest = m.digest and r.integration = $1 and r.bucket = $2
                         where m.subject is not null and not m.runnable and m.digest in (select digest from whole)
                           and not exists (select 1 from manifest_contents c
                                           where c.manifest = m.digest and c.kind = 'manifest'))
         select b.id from builds b
         where b.integration = $1 and b.retired_at is null and b.digest in (select digest from wanted)
           and (exists (select 1 from placements p join buckets k on k.id = p.bucket
                        where p.build = b.id and k.integration = $1 and k.key = $2
                          and (k.key in (select e.id from environments e where e.id = $3
                                         union select e.stream from environments e where e.id = $3)
                               or p.at < (select f.until from former_streams f
                                          where f.environment = $3 and f.stream = k.key)))
                or exists (select 1 from pins x where x.build = b.id and x.environment = $3)
                or exists (select 1 from integrations i where i.id = $1 and i.default_build = b.id))
         limit 1",
        repository.integration(),
        repository.bucket(),
        environment.uuid(),
        content.to_string(),
    )?;
    Ok(row.is_some())
}
