//! What was current in an integration's buckets at a moment.

use crate::{Error, Service, boards, scenes};
use std::collections::HashMap;
use towpath_domain::access::Actor;
use towpath_domain::forms::Invalid;
use towpath_domain::moments::{BucketThen, MomentView, Then};
use towpath_domain::times::Time;
use towpath_store::{buckets, builds};

/// An integration as it was at a time, or as it is where none is named.
pub async fn view(
    service: &Service,
    actor: &Actor,
    (project, integration): (&str, &str),
    at: &str,
) -> Result<MomentView, Error> {
    let mut conn = service.read().await?;
    let located = scenes::integration(&mut conn, actor, project, integration).await?;
    let now = service.now();
    let at = match at.trim() {
        "" => now,
        text => Time::parse_in_utc(text).map_err(|error| Invalid::field("at", error))?,
    };
    if at > now {
        return Err(Invalid::field("at", "This moment has not come yet.").into());
    }
    let found = buckets::current_at(&mut conn, located.integration.id, at).await?;
    let ids: Vec<_> = found.iter().map(|then| then.build).collect();
    let builds: HashMap<_, _> = builds::list(&mut conn, &ids)
        .await?
        .into_iter()
        .map(|pushed| (pushed.build.id, pushed.build))
        .collect();
    let current: HashMap<_, _> = buckets::list(&mut conn, located.integration.id)
        .await?
        .into_iter()
        .filter_map(|bucket| Some((bucket.key, bucket.current?.build)))
        .collect();
    let then = |key| {
        let then = found.iter().find(|then| then.bucket == key)?;
        let still = current.get(&key) == Some(&then.build);
        let build = builds.get(&then.build)?.clone().called(&then.tag);
        Some(Then { build, placement: then.placement, since: then.since, still })
    };
    let workflow = located.workflow(&mut conn).await?;
    let mut slots = located.slots(&mut conn).await?;
    slots.sort_by_key(|slot| boards::position(workflow.as_ref(), slot));
    let buckets = slots.into_iter().map(|slot| BucketThen { then: then(slot.key), slot }).collect();
    Ok(MomentView { project: located.project, integration: located.integration, at, buckets, now })
}
