//! Checks: results that CI, scanners and people report on builds.

use crate::builds::{build_name, placer};
use crate::scenes::Located;
use crate::{Error, Service, allow, scenes};
use std::collections::{BTreeMap, HashMap};
use towpath_domain::access::{Action, Actor};
use towpath_domain::buckets::{BucketName, Slot};
use towpath_domain::builds::Build;
use towpath_domain::checks::{Check, CheckForm, CheckLine, CheckState, NewCheck};
use towpath_domain::digests::Digest;
use towpath_domain::forms::Invalid;
use towpath_domain::ids::{PersonId, TokenId};
use towpath_domain::timeline::Change;
use towpath_store::{Conn, Tx, buckets, builds, checks, people, promotions, tokens};

/// How many results a build keeps of each reporter, so that none keeps the others out.
const MOST: usize = 100;

/// What became of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    pub line: CheckLine,
    /// Whether it said something new: the same again changes nothing.
    pub new: bool,
}

/// Keeps a result on a build, in place of what the same reporter said before. Promotions that wait for it are looked at
/// again soon.
pub async fn report(
    service: &Service,
    actor: &Actor,
    (project, integration): (&str, &str),
    digest: &str,
    form: CheckForm,
) -> Result<Reported, Error> {
    let mut conn = service.read().await?;
    let (located, build) = find(&mut conn, actor, project, integration, digest).await?;
    let new = form.check()?;
    let slot = match &new.bucket {
        None => None,
        Some(slug) => {
            let slots = located.slots(&mut conn).await?;
            let found = slots.into_iter().find(|slot| slot.slug == *slug);
            let kind = located.integration.kind;
            let missing =
                || Invalid::field("bucket", format!("“{slug}” is not one of its {}.", kind.plural()));
            Some(found.ok_or_else(missing)?)
        }
    };
    let place = slot.as_ref().map_or_else(|| located.target(), |slot| located.slot_target(slot));
    allow(actor, Action::Report, &place)?;
    if let Some(slot) = &slot {
        let bucket = buckets::find(&mut conn, located.integration.id, slot.key).await?;
        let was_there = match bucket {
            Some(bucket) => buckets::was_current(&mut conn, bucket.id, build.id).await?,
            None => false,
        };
        if !was_there {
            let words = format!("It has never been current in {}.", slot.slug);
            return Err(Invalid::field("bucket", words).into());
        }
    }
    drop(conn);
    let reporting = Reporting { service: service.clone(), actor: actor.clone(), located, build, slot, new };
    let (check, new) = service.db().write(async move |tx| reporting.run(tx).await).await?;
    let mut conn = service.read().await?;
    let line = lines(&mut conn, vec![check]).await?.pop();
    let line = line.ok_or_else(|| Error::Internal("a check has no line".to_owned()))?;
    Ok(Reported { line, new })
}

struct Reporting {
    service: Service,
    actor: Actor,
    located: Located,
    build: Build,
    slot: Option<Slot>,
    new: NewCheck,
}

impl Reporting {
    async fn run(self, tx: &mut Tx) -> Result<(Check, bool), Error> {
        scenes::check_in_use(tx, self.located.project.id).await?;
        let now = self.service.now();
        let NewCheck { name, state, bucket, link, summary } = self.new;
        let mut check = Check {
            build: self.build.id,
            name,
            bucket: self.slot.map(|slot| BucketName { key: slot.key, slug: slot.slug }),
            state,
            link,
            summary,
            by: placer(&self.actor),
            reported_at: now,
            failures: 0,
        };
        let known = checks::list(tx, &[self.build.id]).await?.remove(&self.build.id).unwrap_or_default();
        let mine: Vec<&Check> = known.iter().filter(|other| other.by.token == check.by.token).collect();
        let same = |other: &Check| (&other.name, &other.bucket) == (&check.name, &check.bucket);
        let before = mine.iter().copied().find(|mine| same(mine)).cloned();
        if let Some(before) = &before {
            let again =
                (before.state, &before.link, &before.summary) == (check.state, &check.link, &check.summary);
            // What somebody else has said since is answered by saying it again.
            if again && !known.iter().any(|other| same(other) && other.reported_at > before.reported_at) {
                return Ok((before.clone(), false));
            }
        }
        if before.is_none() && mine.len() >= MOST {
            let words = format!("You have reported {MOST} results on this build. Report on fewer checks.");
            return Err(Error::Refused(words));
        }
        check.failures = before.as_ref().map_or(0, |before| before.failures);
        if state == CheckState::Failure {
            check.failures += 1;
        }
        checks::put(tx, &check).await?;
        promotions::look_soon_of(tx, self.build.id, now).await?;
        let change = Change::CheckReported {
            build: build_name(&self.build),
            name: check.name.clone(),
            bucket,
            state,
            before: before.map(|before| before.state),
            link: check.link.clone(),
        };
        let who = Service::event_actor(&self.actor);
        tx.tell(self.service.event(who, self.located.scene(), change));
        Ok((check, true))
    }
}

/// The newest results on a build of an integration, by name.
pub async fn list(
    service: &Service,
    actor: &Actor,
    (project, integration): (&str, &str),
    digest: &str,
) -> Result<Vec<CheckLine>, Error> {
    let mut conn = service.read().await?;
    let (_, build) = find(&mut conn, actor, project, integration, digest).await?;
    let known = checks::list(&mut conn, &[build.id]).await?.remove(&build.id).unwrap_or_default();
    lines(&mut conn, known).await
}

async fn find(
    conn: &mut Conn,
    actor: &Actor,
    project: &str,
    integration: &str,
    digest: &str,
) -> Result<(Located, Build), Error> {
    let located = scenes::integration(conn, actor, project, integration).await?;
    let missing = || Error::not_found(format_args!("A build “{digest}” in {project}/{integration}"));
    let digest = Digest::parse(digest).map_err(|_| missing())?;
    let pushed = builds::find(conn, located.integration.id, &digest, "").await?;
    Ok((located, pushed.ok_or_else(missing)?.build))
}

/// Results with the names of who reported them.
pub(crate) async fn lines(conn: &mut Conn, checks: Vec<Check>) -> Result<Vec<CheckLine>, Error> {
    let mut acted: Vec<PersonId> = checks.iter().map(|check| check.by.person).collect();
    let mut with: Vec<TokenId> = checks.iter().filter_map(|check| check.by.token).collect();
    acted.sort_unstable();
    acted.dedup();
    with.sort_unstable();
    with.dedup();
    let names: BTreeMap<PersonId, String> = people::names(conn, &acted).await?;
    let titles: HashMap<TokenId, String> = tokens::titles(conn, &with).await?;
    let line = |check: Check| CheckLine {
        by: names.get(&check.by.person).cloned().unwrap_or_else(|| "someone".to_owned()),
        token: check
            .by
            .token
            .map(|token| titles.get(&token).cloned().unwrap_or_else(|| "a token".to_owned())),
        check,
    };
    Ok(checks.into_iter().map(line).collect())
}
