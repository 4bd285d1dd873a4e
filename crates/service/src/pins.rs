//! Pins: environments that run another build than their bucket says, until a time or until somebody releases them. They are
//! asked for as promotions.

mod choices;

pub use crate::promotions::{PinRequest, explain_pin, explain_pin_in_emergency, pin};
pub use choices::choices;

use crate::holds::Standing;
use crate::projects::in_use;
use crate::scenes::Located;
use crate::{Error, Service, allow, deployments, scenes};
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::digests::Digest;
use towpath_domain::environments::Environment;
use towpath_domain::forms::Invalid;
use towpath_domain::ids::{PersonId, PromotionId, ServiceId};
use towpath_domain::pins::{Effective, End, EnvironmentView, Pin, PinLine, place};
use towpath_domain::projects::Project;
use towpath_domain::promotions::Promotion;
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::{Change, EventActor, PinTold, Scene};
use towpath_domain::times::Time;
use towpath_domain::words::Reason;
use towpath_store::services::Built;
use towpath_store::{
    Conn, Tx, buckets, integrations, people, pins, projects, promotions, services, timeline,
};

/// The project in which the promotion of a pin has its number and its page: that of the integration.
pub async fn home(service: &Service, promotion: &Promotion) -> Result<Slug, Error> {
    Ok(projects::load(&mut service.read().await?, promotion.project).await?.slug)
}

/// How many pins are ended in one turn.
const TURN: i64 = 200;

/// Which pins of an environment to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    InForce,
    /// Those that have ended, from before one of them.
    Ended {
        before: Option<PromotionId>,
        limit: usize,
    },
}

/// A page of the pins of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub lines: Vec<PinLine>,
    /// The promotion before which the next page starts, where there is one.
    pub older: Option<PromotionId>,
}

/// The pins of an environment: those in force by service, or those that have ended, the newest first. Those of integrations
/// that who asks may not see are left out, so that a page may be shorter than the next one.
pub async fn list(
    service: &Service,
    actor: &Actor,
    (project, environment): (&str, &str),
    listed: Listed,
) -> Result<Page, Error> {
    let mut conn = service.read().await?;
    let (project, environment) = deployments::find(&mut conn, actor, project, environment).await?;
    let reading = Reading::load(&mut conn, actor, project, environment).await?;
    reading.page(&mut conn, service, listed).await
}

/// An environment with what should run there, what runs, and its pins; of those that have ended, a page.
pub async fn view(
    service: &Service,
    actor: &Actor,
    project: &str,
    environment: &str,
    before: Option<PromotionId>,
    limit: usize,
) -> Result<EnvironmentView, Error> {
    let mut conn = service.read().await?;
    let as_of = timeline::size(&mut conn).await?;
    let now = service.now();
    let (project, environment) = deployments::find(&mut conn, actor, project, environment).await?;
    let reading = Reading::load(&mut conn, actor, project, environment).await?;
    let in_force = reading.page(&mut conn, service, Listed::InForce).await?.lines;
    let Page { lines: ended, older } =
        reading.page(&mut conn, service, Listed::Ended { before, limit }).await?;
    let services = reading.effective(&mut conn, service).await?;
    let Reading { project, environment, may_pin, .. } = reading;
    let may_delete = actor.may(Action::Configure, &Target::project(project.id));
    Ok(EnvironmentView {
        project,
        environment,
        services,
        may_pin,
        may_delete,
        in_force,
        ended,
        older,
        as_of,
        now,
    })
}

/// An environment, and the services of it that who asks sees.
struct Reading<'a> {
    actor: &'a Actor,
    project: Project,
    environment: Environment,
    services: Vec<Built>,
    may_pin: Result<(), String>,
}

impl<'a> Reading<'a> {
    async fn load(
        conn: &mut Conn,
        actor: &'a Actor,
        project: Project,
        environment: Environment,
    ) -> Result<Self, Error> {
        let mut services = services::list(conn, project.id, "", i64::MAX).await?;
        // A token of one integration is not told what others build.
        services.retain(|built| {
            actor.may(Action::View, &Target::integration(project.id, built.service.integration))
        });
        let may = |action| {
            let places = services.iter().map(|built| {
                place(project.id, environment.id, built.service.integration, &environment.stream)
            });
            let mut refused = Err("The project has no service yet.".to_owned());
            for place in places {
                refused = crate::explain(actor, action, &place);
                if refused.is_ok() {
                    break;
                }
            }
            refused
        };
        let may_pin = in_use(&project, may(Action::Promote).or_else(|_| may(Action::RollBack)));
        Ok(Self { actor, project, environment, services, may_pin })
    }

    async fn page(&self, conn: &mut Conn, service: &Service, listed: Listed) -> Result<Page, Error> {
        let now = service.now();
        let (mut found, older) = match listed {
            Listed::InForce => (pins::in_force(conn, self.environment.id, now).await?, None),
            Listed::Ended { before, limit } => {
                let read = i64::try_from(limit + 1).unwrap_or(i64::MAX);
                let mut found = pins::ended(conn, self.environment.id, now, before, read).await?;
                let more = found.len() > limit;
                found.truncate(limit);
                let older = found.last().filter(|_| more).map(|pin| pin.promotion);
                (found, older)
            }
        };
        found.retain(|pin| self.services.iter().any(|built| built.service.id == pin.service));
        Ok(Page { lines: self.lines(conn, found).await?, older })
    }

    async fn lines(&self, conn: &mut Conn, found: Vec<Pin>) -> Result<Vec<PinLine>, Error> {
        let released = |pin: &Pin| match pin.end {
            Some(End::Released { by, .. }) => Some(by),
            _ => None,
        };
        let mut acted: Vec<PersonId> =
            found.iter().flat_map(|pin| [Some(pin.by), released(pin)]).flatten().collect();
        acted.sort_unstable();
        acted.dedup();
        let names = people::names(conn, &acted).await?;
        let name = |person: PersonId| names.get(&person).cloned().unwrap_or_else(|| "someone".to_owned());
        let line = |pin: Pin| {
            let built = self.services.iter().find(|built| built.service.id == pin.service)?;
            let place =
                place(self.project.id, self.environment.id, pin.integration, &self.environment.stream);
            let may = pin.may_release(self.actor, &place).map_err(|refused| refused.to_string());
            Some(PinLine {
                service: built.service.slug.clone(),
                board: built.board.clone(),
                by: name(pin.by),
                released_by: released(&pin).map(name),
                may_release: in_use(&self.project, may),
                pin,
            })
        };
        Ok(found.into_iter().filter_map(line).collect())
    }

    async fn effective(&self, conn: &mut Conn, service: &Service) -> Result<Vec<Effective>, Error> {
        let here = self.environment.id;
        let ids: Vec<ServiceId> = self.services.iter().map(|built| built.service.id).collect();
        let mut runs = towpath_store::deployments::of_services(conn, &ids).await?;
        let mut waiting = promotions::to_pin(conn, &ids).await?;
        let now = service.now();
        let should =
            services::should_run(conn, self.project.id, (here, self.environment.stream.id), now).await?;
        let standing = marks(conn, &should, now).await?;
        let told = |should: services::ShouldRun| {
            let built = self.services.iter().find(|built| built.service.id == should.id)?;
            let board = Target::integration(built.home, built.service.integration);
            let id = should.build.as_ref().map(|(id, ..)| *id);
            let bad = is_bad(&standing, &should, now);
            Some(Effective {
                service: should.service,
                board: self.actor.may(Action::View, &board).then(|| built.board.clone()),
                bucket: should.bucket,
                build: should.build.map(|(_, digest, tag)| (digest, tag)),
                bad,
                source: should.source,
                run: runs.remove(&(should.id, here)).map(|run| {
                    let likeness = run.likeness(id);
                    (run, likeness)
                }),
                waiting: waiting.remove(&(should.id, here)).unwrap_or_default(),
            })
        };
        Ok(should.into_iter().filter_map(told).collect())
    }
}

/// The holds that may mark bad what should run.
pub(crate) async fn marks(
    conn: &mut Conn,
    should: &[services::ShouldRun],
    now: Time,
) -> Result<Standing, Error> {
    let builds = should.iter().filter_map(|run| run.build.as_ref());
    let digests: Vec<&Digest> = builds.map(|(_, digest, _)| digest).collect();
    Standing::load(conn, &digests, now).await
}

/// Whether what should run is marked bad: in the project whose integration made it, or in all.
pub(crate) fn is_bad(standing: &Standing, should: &services::ShouldRun, now: Time) -> bool {
    let home = Target::integration(should.home, should.built_by);
    should.build.as_ref().is_some_and(|(_, digest, _)| standing.marks_bad(&home, digest, now))
}

/// Makes the pin that a promotion asked for, in place of what was pinned there.
pub(crate) async fn apply(tx: &mut Tx, service: &Service, promotion: &Promotion) -> Result<(), Error> {
    let pin = promotion.pin.as_ref().ok_or_else(|| Error::Internal("it has nothing to pin".to_owned()))?;
    let (of, environment, now) = (pin.service.id, pin.environment.id, service.now());
    if let Some(before) = pins::open(tx, of, environment).await? {
        let end = End::Replaced { by: promotion.number, at: now };
        pins::close(tx, before.promotion, Some(&end)).await?;
    }
    let new = pins::New {
        promotion: promotion.id,
        service: of,
        environment,
        build: promotion.build,
        bucket: promotion.to.key,
        at: now,
        until: pin.until,
    };
    pins::insert(tx, new).await?;
    look_soon(tx, promotion, service).await
}

/// Looks again at what waits for a stay where a pinned environment does not count.
async fn look_soon(tx: &mut Tx, promotion: &Promotion, service: &Service) -> Result<(), Error> {
    let now = service.now();
    Ok(promotions::look_soon_from(tx, promotion.integration, promotion.to.key, now).await?)
}

/// Tells the end of what was pinned where a promotion is to pin, if its time is over and nothing has told so yet.
pub(crate) async fn tell_over(
    tx: &mut Tx,
    service: &Service,
    located: &Located,
    promotion: &Promotion,
) -> Result<(), Error> {
    let Some(pin) = &promotion.pin else { return Ok(()) };
    match pins::open(tx, pin.service.id, pin.environment.id).await? {
        Some(before) if !before.is_in_force(service.now()) => end(tx, service, located, &before).await,
        _ => Ok(()),
    }
}

/// Closes a pin whose time is over.
async fn end(tx: &mut Tx, service: &Service, located: &Located, pin: &Pin) -> Result<(), Error> {
    if !pins::close(tx, pin.promotion, None).await? {
        return Ok(());
    }
    let (promotion, pinned, scene) = tell(tx, located, pin).await?;
    let change = Change::PinEnded { number: pin.number, build: pin.build.clone(), pin: pinned };
    tx.tell(service.event(EventActor::System, scene, change));
    look_soon(tx, &promotion, service).await
}

/// What an event needs to know of a pin, and where it happened.
async fn tell(conn: &mut Conn, located: &Located, pin: &Pin) -> Result<(Promotion, PinTold, Scene), Error> {
    let promotion = promotions::of_ids(conn, &[pin.promotion]).await?.pop();
    let promotion = promotion.ok_or_else(|| Error::Internal("a pin without its promotion".to_owned()))?;
    let pinned = promotion.pin.as_ref().map(PinTold::of);
    let pinned = pinned.ok_or_else(|| Error::Internal("a promotion without its pin".to_owned()))?;
    let bucket = buckets::find(conn, promotion.integration, promotion.to.key).await?;
    let scene = match bucket {
        Some(bucket) => located.bucket_scene(bucket.id, &promotion.to.slug),
        None => located.scene(),
    };
    Ok((promotion, pinned, scene))
}

/// Tells of the pins whose time is over. They had ended by themselves; answers how many.
pub async fn end_over(service: &Service) -> Result<u64, Error> {
    let over = pins::over(&mut service.read().await?, service.now(), TURN).await?;
    let mut ended = 0;
    for pin in over {
        let (writer, number) = (service.clone(), pin.number);
        let told = service.db().write(async move |tx| {
            let integration = integrations::load(tx, pin.integration).await?;
            let project = projects::load(tx, integration.project).await?;
            end(tx, &writer, &Located { project, integration }, &pin).await
        });
        match told.await {
            Ok(()) => ended += 1,
            // One that cannot be told of keeps nobody from the others.
            Err(error) => tracing::error!(number, %error, "the end of a pin could not be told"),
        }
    }
    Ok(ended)
}

/// Releases the pin in force of a service in an environment, so that this should run what its bucket says again. Whoever knows
/// the number of the promotion that made it says so, and releases no other.
pub async fn release(
    service: &Service,
    actor: &Actor,
    (project, environment): (&str, &str),
    of: &str,
    expected: Option<i64>,
    reason: &str,
) -> Result<Pin, Error> {
    let mut conn = service.read().await?;
    let (project, environment) = deployments::find(&mut conn, actor, project, environment).await?;
    let missing =
        || Error::not_found(format_args!("A pin of “{of}” in {}/{}", project.slug, environment.slug));
    let slug = Slug::parse(of).map_err(|_| missing())?;
    let built = services::find(&mut conn, project.id, &slug).await?.ok_or_else(missing)?;
    let integration = built.service.integration;
    allow(actor, Action::View, &Target::integration(project.id, integration)).map_err(|_| missing())?;
    let place = place(project.id, environment.id, integration, &environment.stream);
    let pin = pins::open(&mut conn, built.service.id, environment.id).await?;
    let pin = pin.filter(|pin| pin.is_in_force(service.now())).ok_or_else(missing)?;
    pin.may_release(actor, &place)?;
    if expected.is_some_and(|expected| expected != pin.number) {
        let words = format!(
            "By now #{} is pinned there. Look at it, and release that one if it is meant.",
            pin.number
        );
        return Err(Error::Conflict(words));
    }
    let reason = Reason::parse(reason).map_err(|error| Invalid::field("reason", error))?;
    let located = {
        let integration = integrations::load(&mut conn, integration).await?;
        Located { project: projects::load(&mut conn, integration.project).await?, integration }
    };
    drop(conn);
    let (writer, actor) = (service.clone(), actor.clone());
    service
        .db()
        .write(async move |tx| {
            scenes::check_in_use(tx, project.id).await?;
            let at = writer.now();
            let end = End::Released { by: actor.person(), at, reason: reason.clone() };
            if !pin.is_in_force(at) || !pins::close(tx, pin.promotion, Some(&end)).await? {
                return Err(Error::Conflict("This pin has ended already.".to_owned()));
            }
            let (promotion, pinned, scene) = tell(tx, &located, &pin).await?;
            let change = Change::PinReleased {
                number: pin.number,
                build: pin.build.clone(),
                pin: pinned,
                reason: towpath_domain::timeline::Personal::new(&reason),
            };
            tx.tell(writer.event(Service::event_actor(&actor), scene, change));
            look_soon(tx, &promotion, &writer).await?;
            Ok(Pin { end: Some(end), ..pin })
        })
        .await
}
