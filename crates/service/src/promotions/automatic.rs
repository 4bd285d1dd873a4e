//! Automatic stages: what becomes current in a stage before is promoted without anybody asking.

use super::Wish;
use super::turns::LATER;
use crate::scenes::Located;
use crate::{Error, Service};
use towpath_domain::access::{Actor, Identity};
use towpath_domain::buckets::{BucketKey, Slot};
use towpath_domain::placements::{Cause, Placement};
use towpath_domain::words::Reason;
use towpath_domain::workflows::Contest;
use towpath_store::buckets::Moved;
use towpath_store::{Tx, buckets, builds, promotions};

/// How many buckets are looked at in one turn.
const TURN: i64 = 200;

/// Lets the automatic stages behind the buckets that have moved ask for their promotions. Answers how many were asked for.
pub async fn promote_on(service: &Service) -> Result<u64, Error> {
    let moved = buckets::moved(&mut service.read().await?, service.now(), TURN).await?;
    let mut asked = 0;
    for moved in moved {
        match follow(service, moved).await {
            Ok(count) => asked += count,
            // One that cannot be followed keeps nobody from the others.
            Err(error) => {
                tracing::error!(bucket = %moved.id, %error, "an automatic stage could not ask");
                let later = service.now().plus_seconds(LATER);
                service.db().write(async move |tx| buckets::tell_later(tx, &moved, later).await).await?;
            }
        }
    }
    Ok(asked)
}

/// Asks for what is current in one bucket, in each automatic stage behind it.
async fn follow(service: &Service, moved: Moved) -> Result<u64, Error> {
    let writer = service.clone();
    service
        .db()
        .write(async move |tx| {
            let integration = towpath_store::integrations::load(tx, moved.integration).await?;
            let project = towpath_store::projects::load(tx, integration.project).await?;
            let located = Located { project, integration };
            if located.project.archived_at.is_some() {
                // It is told when the project is restored.
                return Ok(0);
            }
            buckets::heard(tx, &moved).await?;
            let Some(workflow) = located.workflow(tx).await? else { return Ok(0) };
            let behind = workflow.graph.after(moved.key);
            let automatic = |key: &BucketKey| workflow.graph.stage(*key).is_some_and(|stage| stage.automatic);
            let behind: Vec<BucketKey> = behind.into_iter().filter(automatic).collect();
            if behind.is_empty() {
                return Ok(0);
            }
            let current = buckets::find(tx, moved.integration, moved.key).await?;
            let Some(current) = current.and_then(|bucket| bucket.current) else { return Ok(0) };
            // Whoever goes back in one stage has not said that the next ones shall follow.
            if matches!(current.cause, Cause::Rollback) {
                return Ok(0);
            }
            let slots = located.slots(tx).await?;
            let slot = |key: BucketKey| slots.iter().find(|slot| slot.key == key);
            let mut asked = 0;
            for (from, to) in behind.into_iter().filter_map(|to| slot(moved.key).zip(slot(to))) {
                let contest =
                    workflow.graph.stage(to.key).map_or_else(Contest::default, |stage| stage.contest);
                asked += u64::from(ask(tx, &writer, &located, &current, (from, to), contest).await?);
            }
            Ok::<_, Error>(asked)
        })
        .await
}

/// Asks for one build to enter one stage, once. What has been there already is left alone, and so is what a rollback has
/// paused; a stage in which the newest wins gives way while something waits that a person asked for.
async fn ask(
    tx: &mut Tx,
    service: &Service,
    located: &Located,
    current: &Placement,
    (from, to): (&Slot, &Slot),
    contest: Contest,
) -> Result<bool, Error> {
    if let Some(bucket) = buckets::find(tx, located.integration.id, to.key).await? {
        let there = buckets::was_current(tx, bucket.id, current.build).await?;
        if there || bucket.paused_at.is_some() {
            return Ok(false);
        }
    }
    if promotions::was_asked_by_itself(tx, current.build, to.key).await? {
        return Ok(false);
    }
    let waiting = promotions::waiting_for(tx, located.integration.id, to.key).await?;
    let by_people = waiting.iter().any(|waiting| !waiting.automatic);
    if contest == Contest::NewestWins && by_people {
        return Ok(false);
    }
    let wish = Wish {
        service: service.clone(),
        // In the name of whoever made it current there, who therefore cannot approve it.
        actor: Actor {
            identity: match current.by.token {
                Some(token) => Identity::Token { token, owner: current.by.person },
                None => Identity::Person { person: current.by.person },
            },
            grants: Vec::new(),
            scope: None,
            proven_at: None,
        },
        located: Located { project: located.project.clone(), integration: located.integration.clone() },
        place: located.slot_target(to),
        pin: None,
        takes_back: None,
        from: from.clone(),
        to: to.clone(),
        pushed: builds::load(tx, current.build).await?,
        scheduled_for: None,
        automatic: true,
        expected_current: String::new(),
    };
    let reason = format!("It became current in {}, and {} is automatic.", from.slug, to.slug);
    let reason = Reason::parse(&reason).map_err(|error| Error::Internal(error.to_string()))?;
    match wish.ask(tx, reason, None, false).await {
        Ok(_) => Ok(true),
        Err(Error::Internal(error)) => Err(Error::Internal(error)),
        Err(Error::Store(error)) => Err(error.into()),
        Err(refused) => {
            tracing::info!(project = %located.project.slug, integration = %located.integration.slug, to = %to.slug,
                           %refused, "an automatic stage asks for nothing");
            Ok(false)
        }
    }
}
