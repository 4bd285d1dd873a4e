//! Listing and deleting tags.

use super::{Error, Name, Opened, Reference, open, open_to_delete};
use crate::Service;
use towpath_domain::access::{Action, Actor};
use towpath_domain::digests::Digest;
use towpath_domain::references::Tag;
use towpath_domain::storage::told;
use towpath_domain::timeline::Change;
use towpath_store::{Tx, images as stored, retention};

/// Up to `limit` tags after `after`, in the order of ASCII; `current` is among them if the bucket is not empty.
pub async fn list_tags(
    service: &Service,
    actor: &Actor,
    name: &Name,
    after: &str,
    limit: usize,
) -> Result<Vec<String>, Error> {
    let mut conn = service.read().await?;
    let opened = open(&mut conn, actor, name, &[Action::Pull]).await?;
    if opened.only.is_some() {
        // Tags also name what was never current.
        return Err(crate::Error::not_found("A list of tags").into());
    }
    let count = i64::try_from(limit).unwrap_or(i64::MAX);
    // No tag has a NUL, and Postgres takes none in a text.
    let after = after.split('\0').next().unwrap_or_default();
    let mut tags = stored::list_tags(&mut conn, opened.repository, after, count).await?;
    let current = Tag::current();
    if current.as_str() > after && stored::current(&mut conn, opened.repository).await?.is_some() {
        let place = tags.partition_point(|tag| tag.as_str() < current.as_str());
        tags.insert(place, current.into());
        tags.truncate(limit);
    }
    Ok(tags)
}

/// Deletes a tag, or a manifest with its tags, from a repository. What a bucket, a promotion or an index needs stays.
pub async fn delete_manifest(
    service: &Service,
    actor: &Actor,
    name: &Name,
    reference: &Reference,
) -> Result<(), Error> {
    let mut conn = service.read().await?;
    let opened = open_to_delete(&mut conn, actor, name).await?;
    drop(conn);
    let (reference, clerk, by) = (reference.clone(), service.clone(), Service::event_actor(actor));
    service
        .db()
        .write(async move |tx| {
            opened.check_in_use(tx).await?;
            let change = match reference {
                Reference::Tag(tag) => delete_tag(tx, &opened, tag).await?,
                Reference::Digest(digest) => {
                    refuse_needed(tx, &opened, &digest).await?;
                    if !stored::delete_manifest(tx, opened.repository, &digest).await? {
                        return Err(Error::ManifestUnknown);
                    }
                    let integration = opened.repository.integration;
                    retention::retire_deleted(tx, integration, &digest, clerk.now()).await?;
                    Change::ManifestDeleted { digest }
                }
            };
            let scene = opened.scene(tx).await?;
            tx.tell(clerk.event(by, scene, change));
            Ok(())
        })
        .await
}

async fn delete_tag(tx: &mut Tx, opened: &Opened, tag: Tag) -> Result<Change, Error> {
    if let (Some(slot), true) = (&opened.slot, tag.is_current()) {
        return Err(Error::Needed(format!("the tag “current” tells what is current in {}", slot.slug)));
    }
    let digest = stored::find_tag(tx, opened.repository, &tag).await?.ok_or(Error::ManifestUnknown)?;
    // Tags of the integration itself are only names that builds arrived under; they may go.
    if opened.slot.is_some() {
        refuse_needed(tx, opened, &digest).await?;
    }
    stored::delete_tag(tx, opened.repository, &tag).await?;
    Ok(Change::TagDeleted { tag, digest })
}

/// Refuses to delete an image as long as something needs it, and says what.
async fn refuse_needed(tx: &mut Tx, opened: &Opened, digest: &Digest) -> Result<(), Error> {
    let needs = stored::needs(tx, opened.repository.integration, digest).await?;
    if !needs.is_empty() {
        return Err(Error::Needed(told(&needs)));
    }
    if stored::is_in_index(tx, opened.repository, digest).await? { Err(Error::ReferredTo) } else { Ok(()) }
}
