//! Asking for a pin: a promotion that pins its build for one service in one environment.

use super::asking::{Wish, check_at_once, read_reference, read_schedule};
use crate::retention::check_kept;
use crate::rules::beside;
use crate::scenes::Located;
use crate::{Error, Service, allow, deployments};
use towpath_domain::access::{Action, Actor};
use towpath_domain::buckets::{BucketKey, BucketKind, Slot};
use towpath_domain::digests::Digest;
use towpath_domain::forms::Invalid;
use towpath_domain::ids::BuildId;
use towpath_domain::pins::{PinForm, Pinning, read_until};
use towpath_domain::promotions::{Outlook, Promotion, RequestRefused};
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::Named;
use towpath_domain::words::brief;
use towpath_store::services::Built;
use towpath_store::{Conn, buckets, builds, integrations, projects, services};

/// The most characters that are repeated of what is no digest.
const SHOWN: usize = 60;

/// A wish for a pin, by the names of where it is to be.
#[derive(Debug, Clone, Default)]
pub struct PinRequest {
    pub project: String,
    pub environment: String,
    pub form: PinForm,
}

/// Asks for a pin, by a promotion. One without gates, or whose gates pass, is applied in the same transaction.
pub async fn pin(service: &Service, actor: &Actor, request: PinRequest) -> Result<Promotion, Error> {
    let asked = request.form.check(service.now())?;
    check_at_once(request.form.emergency, &request.form.scheduled_for)?;
    let wish = find(service, actor, &request).await?;
    let reference = read_reference(&request.form.reference)?;
    let emergency = request.form.emergency;
    service.db().write(async move |tx| wish.ask(tx, asked.reason, reference, emergency).await).await
}

/// What a pin would meet now, without asking for it.
pub async fn explain_pin(service: &Service, actor: &Actor, request: PinRequest) -> Result<Outlook, Error> {
    let wish = find(service, actor, &request).await?;
    wish.foresee(&mut service.read().await?, &request.form.reference).await
}

/// What a pin would pass in an emergency now, without asking for it: what is missing, in words.
pub async fn explain_pin_in_emergency(
    service: &Service,
    actor: &Actor,
    request: PinRequest,
) -> Result<Result<Vec<String>, RequestRefused>, Error> {
    check_at_once(request.form.emergency, &request.form.scheduled_for)?;
    let wish = find(service, actor, &request).await?;
    wish.foresee_emergency(&mut service.read().await?, &request.form.reference).await
}

async fn find(service: &Service, actor: &Actor, request: &PinRequest) -> Result<Wish, Error> {
    let PinRequest { project, environment, form } = request;
    let now = service.now();
    let mut conn = service.read().await?;
    let (project, environment) = deployments::find(&mut conn, actor, project, environment).await?;
    let slug = Slug::parse(&form.service).map_err(|error| Invalid::field("service", error))?;
    let until = read_until(&form.until, now).map_err(|error| Invalid::field("until", error))?;
    let built = services::find(&mut conn, project.id, &slug).await?.ok_or_else(|| {
        Invalid::field("service", format!("There is no service “{slug}” in {}.", project.slug))
    })?;
    let located = locate(&mut conn, actor, &built).await?;
    let to = feeding(&mut conn, &located, &environment).await?;
    let missing = || {
        let (at, of) = (&located.project.slug, &located.integration.slug);
        Invalid::field("digest", format!("There is no build “{}” in {at}/{of}.", form.digest))
    };
    if form.digest.trim().is_empty() {
        return Err(Invalid::field("digest", "Name the build to pin, by its digest.").into());
    }
    let digest = Digest::parse(form.digest.trim()).map_err(|_| {
        let words =
            format!("“{}” is no digest. Name the build by its own, sha256:…", brief(&form.digest, SHOWN));
        Invalid::field("digest", words)
    })?;
    let pushed = builds::find(&mut conn, located.integration.id, &digest, "").await?.ok_or_else(missing)?;
    check_kept(&mut conn, &pushed.build).await?;
    let from = match form.from.trim() {
        "" => nearest(&mut conn, &located, &to, pushed.build.id).await?,
        slug => located.slot(&mut conn, slug).await.map_err(|error| beside("from", error))?,
    };
    if until <= read_schedule(&form.scheduled_for, now)?.unwrap_or(now) {
        return Err(Invalid::field("until", "A pin ends after it begins. Name a later time.").into());
    }
    let pin = Pinning {
        project: Named { id: project.id, slug: project.slug },
        environment: Named { id: environment.id, slug: environment.slug },
        service: Named { id: built.service.id, slug },
        until,
    };
    Ok(Wish {
        service: service.clone(),
        actor: actor.clone(),
        place: pin.place(located.integration.id, &environment.stream),
        pin: Some(pin),
        takes_back: None,
        located,
        from,
        to,
        pushed,
        scheduled_for: read_schedule(&form.scheduled_for, now)?,
        automatic: false,
        expected_current: String::new(),
    })
}

/// The integration that builds a service, for someone who may see it.
pub(crate) async fn locate(conn: &mut Conn, actor: &Actor, built: &Built) -> Result<Located, Error> {
    let integration = integrations::load(conn, built.service.integration).await?;
    let project = projects::load(conn, integration.project).await?;
    let located = Located { project, integration };
    allow(actor, Action::View, &located.target())?;
    Ok(located)
}

/// The bucket of an integration that feeds an environment.
pub(crate) async fn feeding(
    conn: &mut Conn,
    located: &Located,
    environment: &towpath_domain::environments::Environment,
) -> Result<Slot, Error> {
    let key = match located.integration.kind {
        BucketKind::Environment => BucketKey::Environment(environment.id),
        BucketKind::ReleaseStream => BucketKey::ReleaseStream(environment.stream.id),
    };
    let slot = located.slots(conn).await?.into_iter().find(|slot| slot.key == key);
    slot.ok_or_else(|| Error::not_found(format_args!("The bucket that feeds “{}”", environment.slug)))
}

/// The bucket that a build comes from: the target itself where it has been there, or else the first stage before it where
/// it is or was current.
async fn nearest(conn: &mut Conn, located: &Located, to: &Slot, build: BuildId) -> Result<Slot, Error> {
    let before = located.workflow(conn).await?.map(|workflow| workflow.graph.before(to.key));
    let slots = located.slots(conn).await?;
    let before = before.unwrap_or_default();
    for key in std::iter::once(to.key).chain(before.iter().copied()) {
        let Some(slot) = slots.iter().find(|slot| slot.key == key) else { continue };
        if let Some(bucket) = buckets::find(conn, located.integration.id, key).await?
            && buckets::was_current(conn, bucket.id, build).await?
        {
            return Ok(slot.clone());
        }
    }
    let named = slots.iter().filter(|slot| before.contains(&slot.key)).map(|slot| slot.slug.to_string());
    let named: Vec<String> = named.collect();
    let or_before =
        if named.is_empty() { String::new() } else { format!(", nor in {} before it", named.join(" or ")) };
    let why =
        format!("It has never been current in {}{or_before}. Promote it as far as that first.", to.slug);
    Err(Invalid::field("digest", why).into())
}
