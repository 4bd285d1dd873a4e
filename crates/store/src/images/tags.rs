//! Tags of registry names, and what is current in a bucket.

use super::Repository;
use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use towpath_domain::digests::Digest;
use towpath_domain::references::Tag;
use towpath_domain::times::Time;

/// What a tag points at.
pub async fn find_tag(conn: &mut Conn, repository: Repository, tag: &Tag) -> Result<Option<Digest>, Error> {
    let row = fetch!(
        fetch_optional,
        (String,),
        conn,
        "select manifest from tags where integration = $1 and bucket = $2 and name = $3",
        repository.integration(),
        repository.bucket(),
        tag.as_str(),
    )?;
    row.map(|(digest,)| digest_of("tags", &digest)).transpose()
}

/// The digest that is current in the bucket of this name.
pub async fn current(conn: &mut Conn, repository: Repository) -> Result<Option<Digest>, Error> {
    let row = fetch!(
        fetch_optional,
        (String,),
        conn,
        "select b.digest from buckets k join placements p on p.id = k.placement join builds b on b.id = p.build
         where k.integration = $1 and k.key = $2",
        repository.integration(),
        repository.bucket(),
    )?;
    row.map(|(digest,)| digest_of("builds", &digest)).transpose()
}

/// The names of up to `limit` tags after `after`, in the order of ASCII.
pub async fn list_tags(
    conn: &mut Conn,
    repository: Repository,
    after: &str,
    limit: i64,
) -> Result<Vec<String>, Error> {
    let rows = fetch!(
        fetch_all,
        (String,),
        conn,
        "select name from tags where integration = $1 and bucket = $2 and name > $3 order by name limit $4",
        repository.integration(),
        repository.bucket(),
        after,
        limit,
    )?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// Points a tag at a manifest, wherever it pointed before.
pub async fn set_tag(
    tx: &mut Tx,
    repository: Repository,
    tag: &Tag,
    digest: &Digest,
    at: Time,
) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into tags (integration, bucket, name, manifest, updated_at) values ($1, $2, $3, $4, $5)
         on conflict (integration, bucket, name) do update
         set manifest = excluded.manifest, updated_at = excluded.updated_at",
        repository.integration(),
        repository.bucket(),
        tag.as_str(),
        digest.to_string(),
        at.micros(),
    )
    .map(drop)
}

/// Adds a tag if it is free, as a promotion does; one that exists stays as it is.
pub async fn add_tag(
    tx: &mut Tx,
    repository: Repository,
    tag: &Tag,
    digest: &Digest,
    at: Time,
) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into tags (integration, bucket, name, manifest, updated_at) values ($1, $2, $3, $4, $5)
         on conflict (integration, bucket, name) do nothing",
        repository.integration(),
        repository.bucket(),
        tag.as_str(),
        digest.to_string(),
        at.micros(),
    )
    .map(drop)
}

/// How many digits of a digest name an image whose tag is another's, more where those are taken, too.
const DIGITS: [usize; 3] = [12, 24, 64];

/// Gives an image its tag where that is free or its own already, and yields by what it goes from now on: where the tag is
/// another image's, by the first digits of its digest, so that no name ever stands for an image that it does not give. Absent
/// where somebody gave all of these names to other images.
pub async fn name(
    tx: &mut Tx,
    repository: Repository,
    tag: &Tag,
    digest: &Digest,
    now: Time,
) -> Result<Option<Tag>, Error> {
    let digits = DIGITS.iter().filter_map(|count| Tag::parse(digest.hex().get(..*count)?).ok());
    for tag in std::iter::once(tag.clone()).chain(digits) {
        add_tag(tx, repository, &tag, digest, now).await?;
        if find_tag(tx, repository, &tag).await?.as_ref() == Some(digest) {
            return Ok(Some(tag));
        }
    }
    Ok(None)
}

/// Removes a tag; false where there was none.
pub async fn delete_tag(tx: &mut Tx, repository: Repository, tag: &Tag) -> Result<bool, Error> {
    let rows = execute!(
        tx.conn(),
        "delete from tags where integration = $1 and bucket = $2 and name = $3",
        repository.integration(),
        repository.bucket(),
        tag.as_str(),
    )?;
    Ok(rows == 1)
}

fn digest_of(table: &'static str, text: &str) -> Result<Digest, Error> {
    Digest::parse(text).map_err(|error| Error::inconsistent(table, error))
}
