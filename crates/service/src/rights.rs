//! Who may do something somewhere and through what, and what one person may do: now, or as the audit log tells of the past.

use crate::people::{Places, target};
use crate::publishers::reach_words;
use crate::{Error, Service};
use std::collections::{BTreeMap, BTreeSet};
use towpath_domain::access::{Action, Actor, Place, Reach, Role, Target};
use towpath_domain::buckets::BucketKey;
use towpath_domain::forms::Invalid;
use towpath_domain::ids::{PersonId, ProjectId};
use towpath_domain::publishers::Publisher;
use towpath_domain::rights::{
    Cover, Held, Holder, HolderKind, Ledger, PersonRights, Question, Right, RightsForm, RightsView, TELLING,
    Through, WhoMay, covers, past,
};
use towpath_domain::times::Time;
use towpath_store::timeline::{Criteria, export};
use towpath_store::{
    Conn, access, delegations, environments, people, projects, publishers, service_accounts, storage, streams,
};

/// How many events are read at a time.
const PAGE: i64 = 1_000;

/// The question with its answer; an empty form has none. Whoever sees a place may ask about it; what counts in the whole
/// installation is for those who see all of it.
pub async fn who_may(service: &Service, actor: &Actor, form: &RightsForm) -> Result<RightsView, Error> {
    in_own_name(actor)?;
    let mut conn = service.read().await?;
    let places = Places::load(&mut conn).await?;
    let answer = if form.is_empty() {
        None
    } else {
        let question = form.check(service.now())?;
        Some(answer(&mut conn, actor, &places, question, service.now()).await?)
    };
    Ok(RightsView { form: form.clone(), places: places.named(|place| may_ask(actor, place)), answer })
}

/// The answer to a question.
pub async fn ask(service: &Service, actor: &Actor, form: &RightsForm) -> Result<WhoMay, Error> {
    in_own_name(actor)?;
    let question = form.check(service.now())?;
    let mut conn = service.read().await?;
    let places = Places::load(&mut conn).await?;
    answer(&mut conn, actor, &places, question, service.now()).await
}

/// A CI job has nothing to ask here, and is told nothing of people.
fn in_own_name(actor: &Actor) -> Result<(), Error> {
    if actor.publisher().is_some() { Err(Error::not_found("This page")) } else { Ok(()) }
}

fn may_ask(actor: &Actor, place: &Place) -> bool {
    actor.may(Action::View, &target(place))
}

async fn answer(
    conn: &mut Conn,
    actor: &Actor,
    places: &Places,
    question: Question,
    now: Time,
) -> Result<WhoMay, Error> {
    let Question { action, place: value, at } = question;
    let place = places.named_so(&value).filter(|place| may_ask(actor, place));
    let place = place.ok_or_else(|| Error::not_found(format_args!("The place “{value}”")))?;
    let standing = Standing::load(conn, at).await?;
    let wanted = whole_target(conn, &place).await?;
    let (mut all, mut partly) = (ByPerson::new(), ByPerson::new());
    for held in standing.acting() {
        let Some(role) = standing.roles.get(held.role.as_str()) else { continue };
        match covers(role, held.place, action, &wanted) {
            None => {}
            Some(Cover::Part) => partly.entry(held.person).or_default().push(through(places, held, role)),
            Some(cover) => {
                let mut through = through(places, held, role);
                through.outside_production = cover == Cover::AllOutsideProduction;
                all.entry(held.person).or_default().push(through);
            }
        }
    }
    if action == Action::Approve {
        for (person, cover, through) in
            handed_over(conn, &standing, places, &wanted, at.unwrap_or(now)).await?
        {
            let by = if cover == Cover::Part { &mut partly } else { &mut all };
            by.entry(person).or_default().push(through);
        }
    }
    partly.retain(|person, _| !all.contains_key(person));
    let mut holders = named(conn, all).await?;
    let mut anybody = false;
    if let Some(project) = wanted.project {
        holders.extend(jobs(conn, project, action, &wanted, at).await?);
        anybody = matches!(action, Action::Pull) && standing.is_open(conn, project).await?;
    }
    let partly = named(conn, partly).await?;
    Ok(WhoMay { action, place: places.words(&place), at, holders, partly, anybody })
}

/// Those who decide for others, by the roles of these.
async fn handed_over(
    conn: &mut Conn,
    standing: &Standing,
    places: &Places,
    wanted: &Target,
    at: Time,
) -> Result<Vec<(PersonId, Cover, Through)>, Error> {
    let mut found = Vec::new();
    let delegations = delegations::in_force(conn, at).await?;
    let givers: Vec<PersonId> = delegations.iter().map(|delegation| delegation.from).collect();
    let names = people::names(conn, &givers).await?;
    for delegation in delegations {
        let there = delegation.project.is_none() || delegation.project == wanted.project;
        if !there || standing.deactivated.contains(&delegation.to) {
            continue;
        }
        for held in standing.acting().filter(|held| held.person == delegation.from) {
            if delegation.role.as_ref().is_some_and(|role| *role != held.role) {
                continue;
            }
            let Some(role) = standing.roles.get(held.role.as_str()) else { continue };
            let Some(cover) = covers(role, held.place, Action::Approve, wanted) else { continue };
            let through = Through {
                outside_production: cover == Cover::AllOutsideProduction,
                in_name_of: names.get(&delegation.from).cloned(),
                ..through(places, held, role)
            };
            found.push((delegation.to, cover, through));
        }
    }
    Ok(found)
}

/// A place as what something is done to, with all that is known of it.
async fn whole_target(conn: &mut Conn, place: &Place) -> Result<Target, Error> {
    Ok(match *place {
        Place::Installation | Place::Project { .. } => target(place),
        Place::Environment { project, environment } => {
            let stream = environments::load(conn, environment).await?.stream;
            let at = Target {
                environment: Some(environment),
                stream: Some(stream.id),
                ..Target::project(project)
            };
            Target { production: stream.production, ..at }
        }
        Place::Stream { stream } => {
            let stream = streams::load(conn, stream).await?;
            Target { stream: Some(stream.id), production: stream.production, ..Target::default() }
        }
    })
}

fn through(places: &Places, held: &Held, role: &Role) -> Through {
    Through {
        role: role.slug.clone(),
        title: role.title.clone(),
        place: places.words(&held.place),
        source: held.source.clone(),
        group: held.group.clone(),
        outside_production: false,
        in_name_of: None,
    }
}

type ByPerson = BTreeMap<PersonId, Vec<Through>>;

/// People by name.
async fn named(conn: &mut Conn, through: ByPerson) -> Result<Vec<Holder>, Error> {
    let ids: Vec<PersonId> = through.keys().copied().collect();
    let names = people::names(conn, &ids).await?;
    let machines = people::machines(conn, &ids).await?;
    let holder = |(person, through): (PersonId, Vec<Through>)| Holder {
        kind: if machines.contains(&person) { HolderKind::ServiceAccount } else { HolderKind::Person },
        person: Some(person),
        name: names.get(&person).cloned().unwrap_or_else(|| "someone".to_owned()),
        through,
    };
    let mut holders: Vec<Holder> = through.into_iter().map(holder).collect();
    holders.sort_by_key(|holder| holder.name.to_lowercase());
    Ok(holders)
}

/// The publishers of a project whose jobs may.
async fn jobs(
    conn: &mut Conn,
    project: ProjectId,
    action: Action,
    wanted: &Target,
    at: Option<Time>,
) -> Result<Vec<Holder>, Error> {
    let all = publishers::ever(conn, project).await?;
    let there = |publisher: &Publisher| match at {
        None => publisher.removed_at.is_none(),
        Some(at) => publisher.created_at <= at && publisher.removed_at.is_none_or(|removed| at < removed),
    };
    let mut holders = Vec::new();
    for publisher in all.into_iter().filter(there) {
        if !admits(&publisher, action, wanted) {
            continue;
        }
        let role = Role::publisher();
        let through = Through {
            role: role.slug,
            title: role.title,
            place: reach_words(conn, &publisher).await?,
            source: None,
            group: None,
            outside_production: false,
            in_name_of: None,
        };
        let (kind, name) = (HolderKind::Publisher, publisher.title.to_string());
        holders.push(Holder { kind, person: None, name, through: vec![through] });
    }
    Ok(holders)
}

/// Whether the jobs of a publisher may do something at a place, in at least one integration.
fn admits(publisher: &Publisher, action: Action, wanted: &Target) -> bool {
    let bucket = wanted.environment.map(BucketKey::Environment);
    let bucket = bucket.or(wanted.stream.map(BucketKey::ReleaseStream));
    let reach = &publisher.reach;
    Role::publisher().permissions.contains_key(&action)
        && (action != Action::Push
            || bucket.is_none_or(|bucket| reach.by_rule || reach.buckets.contains(&bucket)))
}

/// What a person may do. One's own rights are no secret to oneself; of others, what counts where who asks sees.
pub async fn of_person(
    service: &Service,
    actor: &Actor,
    person: PersonId,
    at: &str,
) -> Result<PersonRights, Error> {
    in_own_name(actor)?;
    let missing = || Error::not_found("This person");
    let at = past(at, service.now()).map_err(|why| Invalid::field("at", why))?;
    let mut conn = service.read().await?;
    let name = people::names(&mut conn, &[person]).await?.remove(&person).ok_or_else(missing)?;
    // A publisher's account holds no role; what its jobs may stands with the publisher.
    let machine = !people::machines(&mut conn, &[person]).await?.is_empty();
    if machine && service_accounts::find(&mut conn, person).await?.is_none() {
        return Err(missing());
    }
    let places = Places::load(&mut conn).await?;
    let standing = Standing::load(&mut conn, at).await?;
    let own: Vec<&Held> = standing.held.iter().filter(|held| held.person == person).collect();
    let all =
        person == actor.person() && actor.scope.is_none() || actor.may(Action::View, &Target::installation());
    let shared = |place: &Place| match place {
        // Who counts in a whole project is shown to all of its members.
        Place::Installation | Place::Stream { .. } => !actor.grants.is_empty(),
        Place::Project { .. } | Place::Environment { .. } => may_ask(actor, place),
    };
    let seen: Vec<&Held> = own.into_iter().filter(|held| all || shared(&held.place)).collect();
    if seen.is_empty() && !all {
        return Err(missing());
    }
    let of = |action: Action| -> Vec<Through> {
        let by = |held: &&Held| {
            let role = standing.roles.get(held.role.as_str())?;
            let reach = role.permissions.get(&action)?;
            let outside_production = *reach == Reach::OutsideProduction;
            Some(Through { outside_production, ..through(&places, held, role) })
        };
        seen.iter().filter_map(by).collect()
    };
    let rights = Action::ALL.into_iter().map(|action| Right { action, through: of(action) });
    Ok(PersonRights {
        person,
        name,
        at,
        deactivated: standing.deactivated.contains(&person),
        rights: rights.filter(|right| !right.through.is_empty()).collect(),
        partial: !all,
    })
}

/// Who holds which role, now or at a moment.
struct Standing {
    held: Vec<Held>,
    deactivated: BTreeSet<PersonId>,
    /// Whether anybody could pull from a project then; absent for now, where its row tells.
    then: Option<BTreeSet<ProjectId>>,
    /// As they were then; the built-in ones as they are now.
    roles: BTreeMap<String, Role>,
}

impl Standing {
    async fn load(conn: &mut Conn, at: Option<Time>) -> Result<Self, Error> {
        let by_slug =
            |roles: Vec<Role>| roles.into_iter().map(|role| (role.slug.to_string(), role)).collect();
        let Some(at) = at else {
            let bound = access::bindings(conn).await?.into_iter();
            let held: Vec<Held> = bound
                .map(|bound| Held {
                    person: bound.binding.person,
                    role: bound.role.slug,
                    place: bound.binding.place,
                    source: bound.source,
                    group: bound.group,
                })
                .collect();
            let ids: Vec<PersonId> = held.iter().map(|held| held.person).collect();
            let deactivated = people::deactivated(conn, &ids).await?.into_keys().collect();
            let roles = by_slug(access::roles(conn).await?);
            return Ok(Self { held, deactivated, then: None, roles });
        };
        let ledger = read(conn, at).await?;
        let open = projects::list(conn, "", i64::MAX).await?.into_iter();
        let open = open.map(|project| project.id).filter(|project| ledger.is_open(*project)).collect();
        let (deactivated, roles) = (ledger.deactivated().clone(), by_slug(ledger.roles()));
        Ok(Self { held: ledger.held(), deactivated, then: Some(open), roles })
    }

    /// The roles of those who could act.
    fn acting(&self) -> impl Iterator<Item = &Held> {
        self.held.iter().filter(|held| !self.deactivated.contains(&held.person))
    }

    async fn is_open(&self, conn: &mut Conn, project: ProjectId) -> Result<bool, Error> {
        match &self.then {
            Some(then) => Ok(then.contains(&project)),
            None => Ok(storage::settings(conn, project).await?.anonymous_pull),
        }
    }
}

/// Reads what the log tells of roles until a moment.
async fn read(conn: &mut Conn, at: Time) -> Result<Ledger, Error> {
    let within = Some((Time::from_micros(0), Time::from_micros(at.micros() + 1)));
    let criteria = Criteria { kinds: &TELLING, within, ..Criteria::default() };
    let (mut ledger, mut after) = (Ledger::default(), 0);
    loop {
        let events = export(conn, &criteria, after, i64::MAX, PAGE).await?;
        let Some(last) = events.last() else { return Ok(ledger) };
        after = last.seq;
        for logged in &events {
            ledger.take(logged.event()?);
        }
    }
}
