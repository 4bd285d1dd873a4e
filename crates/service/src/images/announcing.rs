//! Announcing a build: its image was pushed by digest alone, and now it arrives, with all that the CI knows of it. So a
//! rule sees the whole of it at once (decisions.md 10).

use super::pushing::{Pushed, describe};
use super::reading::MANIFEST_LIMIT;
use super::{Error, Name, Opened, open_to_push};
use crate::builds::Received;
use crate::manifests;
use crate::{Service, scenes};
use towpath_domain::access::Actor;
use towpath_domain::builds::{AnnounceForm, Build};
use towpath_domain::digests::Digest;
use towpath_domain::forms::Invalid;
use towpath_domain::slugs::Slug;
use towpath_store::images as stored;
use towpath_store::{Tx, builds, rules};

/// What became of an announced build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    pub build: Build,
    pub received: Received,
    /// The bucket that was named, or that a rule led it to.
    pub bucket: Option<Slug>,
    /// The rule that led it, with the version of that.
    pub rule: Option<(Slug, i64)>,
}

/// Receives an image of the repository as a build. The same again is answered with what is known, and changes nothing.
pub async fn announce(
    service: &Service,
    actor: &Actor,
    (project, integration, bucket): (&str, &str, &str),
    form: AnnounceForm,
) -> Result<Announced, crate::Error> {
    let digest = form.digest.clone();
    let (tag, said) = form.check()?;
    let unknown = || {
        let name =
            [project, integration, bucket].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
        crate::Error::not_found(format_args!(
            "The image {digest} in {}; push it there first. It",
            name.join("/")
        ))
    };
    let mut conn = service.read().await?;
    // What is named wrongly is told in the words of a page, not of a registry.
    let located = scenes::integration(&mut conn, actor, project, integration).await?;
    let bucket = match bucket {
        "" => None,
        named => Some(located.slot(&mut conn, named).await?.slug),
    };
    let name = Name { project: located.project.slug, integration: located.integration.slug, bucket };
    let opened = open_to_push(&mut conn, actor, &name).await.map_err(told)?;
    let digest = Digest::parse(&digest).map_err(|error| Invalid::field("digest", error))?;
    let manifest = stored::find_manifest(&mut conn, opened.repository, &digest).await?.ok_or_else(unknown)?;
    drop(conn);
    if !manifest.runnable || manifest.subject.is_some() {
        return Err(
            Invalid::field("digest", "This is no image, but something that is kept beside images.").into()
        );
    }
    let content = service.blobs().read_small(&digest, MANIFEST_LIMIT).await?;
    let content = content.ok_or_else(|| crate::Error::Internal(format!("the bytes of {digest} are gone")))?;
    let document = manifests::Manifest::read(&manifest.media_type, &content)
        .map_err(|error| crate::Error::Internal(format!("{digest} cannot be read again: {error}")))?;
    let image = describe(service.blobs(), &document).await.map_err(told)?;
    let pushed = Pushed { opened, manifest, contents: Vec::new(), tags: vec![tag], image: Some(image), said };
    let (clerk, actor) = (service.clone(), actor.clone());
    service.db().write(async move |tx| save(tx, &clerk, &actor, pushed).await).await.map_err(told)
}

async fn save(tx: &mut Tx, service: &Service, actor: &Actor, mut pushed: Pushed) -> Result<Announced, Error> {
    pushed.opened.check_in_use(tx).await?;
    let received = pushed.arrive(tx, service, actor).await?;
    let received = received.ok_or_else(|| crate::Error::Internal("an image is no build".to_owned()))?;
    let Opened { located, slot, .. } = &pushed.opened;
    let known = builds::find(tx, located.integration.id, &pushed.manifest.digest, "").await?;
    let missing = || crate::Error::Internal("an announced build was not recorded".to_owned());
    let mut build = known.ok_or_else(missing)?.build;
    if let Some(tag) = pushed.tags.first() {
        // As it was announced now, whatever it was called before.
        build = build.called(tag);
    }
    let mut announced =
        Announced { build, received, bucket: slot.as_ref().map(|slot| slot.slug.clone()), rule: None };
    if slot.is_none()
        && let Some(Some(routing)) = rules::routing(tx, announced.build.id).await?
    {
        let slots = located.slots(tx).await?;
        announced.bucket = slots.into_iter().find(|slot| slot.key == routing.bucket).map(|slot| slot.slug);
        let rule = rules::load(tx, routing.rule).await?;
        announced.rule = Some((rule.name.slug, routing.version));
    }
    Ok(announced)
}

/// A refusal of the registry, as the other doors tell it.
fn told(error: Error) -> crate::Error {
    match error {
        Error::Other(error) => error,
        Error::Denied(words) => crate::Error::Refused(words),
        other => crate::Error::Internal(other.to_string()),
    }
}
