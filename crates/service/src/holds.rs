//! Holds: stopping what may enter buckets, marking builds bad, and letting go again, which is in `releasing`.

mod releasing;

pub(crate) use releasing::apply as apply_release;
pub use releasing::release;

use crate::{Error, Service, explain, scenes};
use std::collections::HashMap;
use towpath_domain::access::{Action, Actor, Target, may};
use towpath_domain::digests::Digest;
use towpath_domain::forms::Invalid;
use towpath_domain::holds::{
    Hold, HoldAddress, HoldChoices, HoldForm, HoldLine, HoldOn, HoldView, HoldsView, Listed, NewHold,
    next_turn,
};
use towpath_domain::ids::{IntegrationId, PersonId, ProjectId, StreamId};
use towpath_domain::projects::Project;
use towpath_domain::streams::Stream;
use towpath_domain::timeline::{Change, Personal, Scene};
use towpath_domain::times::Time;
use towpath_domain::words::brief;
use towpath_store::{Conn, Tx, buckets, environments, holds, people, projects, promotions, streams};

/// How many projects and environments the form of a new hold offers.
const CHOICES: usize = 300;

/// The holds that stand at a moment, in force or still to begin, as far as builds of some digests may meet them.
pub(crate) struct Standing(Vec<Hold>);

impl Standing {
    pub(crate) async fn load(conn: &mut Conn, digests: &[&Digest], now: Time) -> Result<Self, Error> {
        let mut standing = holds::standing(conn, now).await?;
        standing.extend(holds::marks(conn, digests, now).await?);
        Ok(Self(standing))
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those that concern a build on its way into a bucket.
    pub(crate) fn concerning(&self, bucket: &Target, digest: &Digest) -> Vec<Hold> {
        self.0.iter().filter(|hold| hold.concerns(bucket, digest)).cloned().collect()
    }

    /// Those that concern a build on its way to a place that a bucket feeds.
    pub(crate) fn concerning_place(&self, place: &Target, bucket: &Target, digest: &Digest) -> Vec<Hold> {
        self.0.iter().filter(|hold| hold.concerns_place(place, bucket, digest)).cloned().collect()
    }

    /// The same as lines.
    pub(crate) async fn lines_at(
        self,
        conn: &mut Conn,
        actor: &Actor,
        (place, bucket): (&Target, &Target),
        digest: &Digest,
    ) -> Result<Vec<HoldLine>, Error> {
        lines(conn, actor, self.concerning_place(place, bucket, digest)).await
    }

    /// Whether a hold in force stops a bucket, whatever the build.
    pub(crate) fn stops(&self, bucket: &Target, now: Time) -> bool {
        self.0.iter().any(|hold| hold.covers(bucket) && hold.is_in_force(now))
    }

    /// Whether a hold in force marks a build of a bucket bad.
    pub(crate) fn marks_bad(&self, bucket: &Target, digest: &Digest, now: Time) -> bool {
        let marks =
            |hold: &Hold| hold.is_bad_mark() && hold.concerns(bucket, digest) && hold.is_in_force(now);
        self.0.iter().any(marks)
    }

    /// When the first of them begins or ends by itself.
    pub(crate) fn next_turn(&self, now: Time) -> Option<Time> {
        next_turn(self.0.iter(), now)
    }

    /// Those that concern any of these buckets or builds, as lines.
    pub(crate) async fn lines(
        self,
        conn: &mut Conn,
        actor: &Actor,
        buckets: &[Target],
        digests: &[&Digest],
    ) -> Result<Vec<HoldLine>, Error> {
        let concerns = |hold: &Hold| {
            buckets.iter().any(|bucket| {
                hold.covers(bucket) || digests.iter().any(|digest| hold.concerns(bucket, digest))
            })
        };
        let holds = self.0.into_iter().filter(concerns).collect();
        lines(conn, actor, holds).await
    }
}

/// The holds on the installation itself that are in force, for the first page.
pub(crate) async fn of_installation(
    conn: &mut Conn,
    actor: &Actor,
    standing: &Standing,
    now: Time,
) -> Result<Vec<HoldLine>, Error> {
    let stops = |hold: &&Hold| hold.on == HoldOn::Installation && hold.is_in_force(now);
    lines(conn, actor, standing.0.iter().filter(stops).cloned().collect()).await
}

/// Holds with the names of people and with what who asks may do about them, in a fixed number of queries.
async fn lines(conn: &mut Conn, actor: &Actor, holds: Vec<Hold>) -> Result<Vec<HoldLine>, Error> {
    if holds.is_empty() {
        return Ok(Vec::new());
    }
    let mut acted: Vec<PersonId> = holds
        .iter()
        .flat_map(|hold| {
            std::iter::once(hold.made_by).chain(hold.released.as_ref().map(|released| released.by))
        })
        .collect();
    acted.sort_unstable();
    acted.dedup();
    let names = people::names(conn, &acted).await?;
    let streams = streams::list(conn).await?;
    let name = |person: PersonId| names.get(&person).cloned().unwrap_or_else(|| "someone".to_owned());
    let line = |hold: Hold| HoldLine {
        made_by: name(hold.made_by),
        released_by: hold.released.as_ref().map(|released| name(released.by)),
        may_release: explain(actor, Action::Hold, &target(&hold.on, &streams)),
        hold,
    };
    Ok(holds.into_iter().map(line).collect())
}

fn target(on: &HoldOn, streams: &[Stream]) -> Target {
    // A stream that nobody knows is taken for one of production.
    on.target(|id: StreamId| streams.iter().find(|stream| stream.id == id).is_none_or(|of| of.production))
}

/// Which of these holds someone sees. What stops more than one project is seen by everyone, as it concerns everyone; a
/// build that is marked bad, by those who see it in an integration.
pub(crate) async fn seen(conn: &mut Conn, actor: &Actor, holds: Vec<Hold>) -> Result<Vec<Hold>, Error> {
    let marked = |hold: &Hold| match &hold.on {
        HoldOn::Build { digest, .. } => Some(digest.clone()),
        _ => None,
    };
    let marked: Vec<Digest> = holds.iter().filter_map(marked).collect();
    let digests: Vec<&Digest> = marked.iter().collect();
    let mut homes: HashMap<Digest, Vec<(ProjectId, IntegrationId)>> = HashMap::new();
    for (digest, project, integration) in holds::integrations_with(conn, &digests).await? {
        homes.entry(digest).or_default().push((project, integration));
    }
    let sees = |hold: &Hold| match &hold.on {
        HoldOn::Installation | HoldOn::Stream { .. } => true,
        HoldOn::Project { project } | HoldOn::Environment { project, .. } => {
            actor.may(Action::View, &Target::project(*project))
        }
        HoldOn::Bucket { project, integration, .. } => {
            actor.may(Action::View, &Target::integration(*project, *integration))
        }
        HoldOn::Build { digest, project: within } => homes.get(digest).is_some_and(|homes| {
            let mut homes = homes.iter().filter(|(home, _)| within.is_none_or(|within| within == *home));
            homes
                .any(|(home, integration)| actor.may(Action::View, &Target::integration(*home, *integration)))
        }),
    };
    Ok(holds.into_iter().filter(sees).collect())
}

/// A page of the holds that who asks sees, the newest first, with a number below `before`. It may have fewer than
/// `limit` where others are not seen.
pub async fn list(
    service: &Service,
    actor: &Actor,
    listed: Listed,
    before: Option<i64>,
    limit: usize,
) -> Result<HoldsView, Error> {
    let mut conn = service.read().await?;
    let now = service.now();
    let (mut found, mut before, mut more) = (Vec::new(), before.unwrap_or(i64::MAX), true);
    let fetch = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    while more && found.len() <= limit {
        let page = holds::list(&mut conn, listed, now, before, fetch).await?;
        more = page.len() > limit;
        before = page.last().map_or(before, |hold| hold.number);
        found.extend(seen(&mut conn, actor, page).await?);
    }
    let older = found.len() > limit;
    found.truncate(limit);
    let older = found.last().filter(|_| older).map(|hold| hold.number);
    Ok(HoldsView {
        holds: lines(&mut conn, actor, found).await?,
        older,
        may_hold: actor.grants.iter().any(|grant| grant.role.permissions.contains_key(&Action::Hold)),
        now,
    })
}

/// One hold, for someone who sees it.
pub async fn view(service: &Service, actor: &Actor, number: i64) -> Result<HoldView, Error> {
    let mut conn = service.read().await?;
    let hold = find(&mut conn, actor, number).await?;
    let line = lines(&mut conn, actor, vec![hold]).await?.pop();
    let line = line.ok_or_else(|| Error::not_found(format_args!("Hold {number}")))?;
    Ok(HoldView { line, now: service.now() })
}

async fn find(conn: &mut Conn, actor: &Actor, number: i64) -> Result<Hold, Error> {
    let missing = || Error::not_found(format_args!("Hold {number}"));
    let hold = holds::find(conn, number).await?.ok_or_else(missing)?;
    seen(conn, actor, vec![hold]).await?.pop().ok_or_else(missing)
}

/// What who asks may hold; `on` is what the form was opened for.
pub async fn choices(service: &Service, actor: &Actor, on: &str) -> Result<HoldChoices, Error> {
    let mut conn = service.read().await?;
    let streams = streams::list(&mut conn).await?;
    let on = match on.trim() {
        "" => None,
        text => {
            let address = HoldAddress::parse(text)
                .map_err(|_| Error::not_found(format_args!("What “{}” names", brief(text, 80))))?;
            let place = locate(&mut conn, actor, &address).await?;
            Some((address, explain(actor, Action::Hold, &target(&place.on, &streams))))
        }
    };
    let may = |on: HoldOn| actor.may(Action::Hold, &target(&on, &streams));
    let mut choices = Vec::new();
    if may(HoldOn::Installation) {
        choices.push(HoldAddress::Installation);
    }
    for stream in streams.iter().filter(|stream| may(HoldOn::Stream { stream: stream.id })) {
        choices.push(HoldAddress::Stream { stream: stream.slug.clone() });
    }
    let mut seen = projects::list(&mut conn, "", i64::MAX).await?;
    seen.retain(|project| {
        project.archived_at.is_none() && actor.may(Action::View, &Target::project(project.id))
    });
    for project in seen.iter().filter(|project| may(HoldOn::Project { project: project.id })).take(CHOICES) {
        choices.push(HoldAddress::Project { project: project.slug.clone() });
    }
    let names: HashMap<ProjectId, _> = seen.iter().map(|project| (project.id, &project.slug)).collect();
    let ids: Vec<ProjectId> = seen.iter().map(|project| project.id).take(CHOICES).collect();
    for of in environments::list_of(&mut conn, &ids).await? {
        let on = HoldOn::Environment { project: of.project, environment: of.id, stream: of.stream.id };
        if let Some(project) = names.get(&of.project)
            && may(on)
        {
            choices.push(HoldAddress::Environment { project: (*project).clone(), environment: of.slug });
        }
    }
    choices.truncate(CHOICES);
    Ok(HoldChoices { on, choices, now: service.now() })
}

/// Where a hold is, by ids and as events tell it.
struct Place {
    on: HoldOn,
    scene: Scene,
    /// The bucket whose row the event is about.
    bucket: Option<scenes::Located>,
}

/// Finds what an address names, for someone who sees it.
async fn locate(conn: &mut Conn, actor: &Actor, address: &HoldAddress) -> Result<Place, Error> {
    let anywhere = |on| Place { on, scene: Scene::default(), bucket: None };
    Ok(match address {
        HoldAddress::Installation => anywhere(HoldOn::Installation),
        HoldAddress::Stream { stream } => {
            let found = streams::list(conn).await?.into_iter().find(|known| known.slug == *stream);
            let missing = || Error::not_found(format_args!("The release stream “{stream}”"));
            anywhere(HoldOn::Stream { stream: found.ok_or_else(missing)?.id })
        }
        HoldAddress::Project { project } => {
            let project = scenes::project(conn, actor, project.as_str()).await?;
            let on = HoldOn::Project { project: project.id };
            Place { on, scene: scenes::project_scene(&project), bucket: None }
        }
        HoldAddress::Environment { project, environment } => {
            let project = scenes::project(conn, actor, project.as_str()).await?;
            let all = environments::list(conn, project.id).await?;
            let missing =
                || Error::not_found(format_args!("The environment “{}/{environment}”", project.slug));
            let found = all.into_iter().find(|known| known.slug == *environment).ok_or_else(missing)?;
            let on =
                HoldOn::Environment { project: project.id, environment: found.id, stream: found.stream.id };
            Place { on, scene: scenes::project_scene(&project), bucket: None }
        }
        HoldAddress::Bucket { project, integration, bucket } => {
            let located = scenes::integration(conn, actor, project.as_str(), integration.as_str()).await?;
            let slot = located.slot(conn, bucket.as_str()).await?;
            let on = HoldOn::Bucket {
                project: located.project.id,
                integration: located.integration.id,
                bucket: slot.key,
                stream: slot.stream.id,
            };
            Place { on, scene: located.scene(), bucket: Some(located) }
        }
        HoldAddress::Build { project, digest } => {
            let missing = || Error::not_found(format_args!("A build “{digest}”"));
            let project = match project {
                Some(project) => Some(scenes::project(conn, actor, project.as_str()).await?),
                None => None,
            };
            let homes = holds::integrations_with(conn, &[digest]).await?;
            let known = homes.iter().any(|(_, home, integration)| {
                project.as_ref().is_none_or(|project| project.id == *home)
                    && actor.may(Action::View, &Target::integration(*home, *integration))
            });
            if !known {
                return Err(missing());
            }
            let on =
                HoldOn::Build { digest: digest.clone(), project: project.as_ref().map(|project| project.id) };
            let scene = project.as_ref().map(scenes::project_scene).unwrap_or_default();
            Place { on, scene, bucket: None }
        }
    })
}

/// Places a hold. What waits goes on waiting until its end; a promotion of a build that is marked bad ends.
pub async fn place(service: &Service, actor: &Actor, form: HoldForm) -> Result<Hold, Error> {
    let now = service.now();
    let new = form.check(now)?;
    let mut conn = service.read().await?;
    let place = locate(&mut conn, actor, &new.on).await.map_err(|error| match error {
        Error::NotFound(what) => Invalid::field("on", format!("{what} was not found.")).into(),
        other => other,
    })?;
    let target = target(&place.on, &streams::list(&mut conn).await?);
    may(actor, Action::Hold, &target)?;
    drop(conn);
    let (writer, actor) = (service.clone(), actor.clone());
    let production = target.production;
    service.db().write(async move |tx| keep(tx, (&writer, now), &actor, (place, production), new).await).await
}

async fn keep(
    tx: &mut Tx,
    (service, now): (&Service, Time),
    actor: &Actor,
    (place, production): (Place, bool),
    new: NewHold,
) -> Result<Hold, Error> {
    if let Some(project) = place.on.project() {
        scenes::check_in_use(tx, project).await?;
    }
    let scene = match (&place.on, &place.bucket, &new.on) {
        (
            HoldOn::Bucket { integration, bucket, .. },
            Some(located),
            HoldAddress::Bucket { bucket: slug, .. },
        ) => {
            let row = buckets::lock(tx, *integration, *bucket, service.id()).await?;
            located.bucket_scene(row.id, slug)
        }
        _ => place.scene,
    };
    let hold = Hold {
        id: service.id(),
        number: holds::next_number(tx).await?,
        on: place.on,
        address: new.on,
        reason: new.reason,
        from: new.from,
        until: new.until,
        rollbacks: new.rollbacks,
        made_by: actor.person(),
        made_at: now,
        released: None,
    };
    holds::insert(tx, &hold).await?;
    // What is ready falls back then, and what is of a bad build ends.
    promotions::look_soon_at(tx, &hold.on, hold.from).await?;
    let change = Change::HoldPlaced {
        number: hold.number,
        on: hold.address.clone(),
        from: hold.from,
        until: hold.until,
        rollbacks: hold.rollbacks,
        reason: Personal::new(&hold.reason),
    };
    let scene = Scene { production, ..scene };
    tx.tell(service.event(Service::event_actor(actor), scene, change));
    Ok(hold)
}

/// The marks on builds of a digest that stand, as far as who asks sees them.
pub(crate) async fn marks(
    conn: &mut Conn,
    actor: &Actor,
    digest: &Digest,
    now: Time,
) -> Result<Vec<HoldLine>, Error> {
    let marks = holds::marks(conn, &[digest], now).await?;
    let marks = seen(conn, actor, marks).await?;
    lines(conn, actor, marks).await
}

/// Where someone may mark a build bad that lies in these projects: everywhere, or in those of them. Where it is marked
/// already, nobody does it again.
pub(crate) fn may_mark(
    actor: &Actor,
    digest: &Digest,
    homes: &[Project],
    marks: &[HoldLine],
) -> Vec<HoldAddress> {
    let mark = |project: Option<&Project>| HoldAddress::Build {
        project: project.map(|project| project.slug.clone()),
        digest: digest.clone(),
    };
    let may = |project: Option<&Project>| {
        let project = project.map(|project| project.id);
        actor.may(Action::Hold, &target(&HoldOn::Build { digest: digest.clone(), project }, &[]))
    };
    let marked = |address: &HoldAddress| {
        let everywhere = mark(None);
        marks.iter().any(|line| line.hold.address == *address || line.hold.address == everywhere)
    };
    let mut all = vec![mark(None)];
    if !may(None) {
        let homes = homes.iter().filter(|home| home.archived_at.is_none() && may(Some(home)));
        all = homes.map(|home| mark(Some(home))).collect();
    }
    all.retain(|address| !marked(address));
    all
}
