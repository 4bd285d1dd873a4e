//! An installation as documents declare it: what there is as documents, what they would change, and changing it.
//!
//! Every step is one of the use cases by which people do the same, with its permission, its rules and its event; so there is
//! no second way to write. Each is a transaction of its own: where one is refused, those before it stay, those behind it are
//! left, and the same documents applied again go on.

mod state;
mod steps;

use crate::{Error, Service, allow, scenes};
use std::collections::HashMap;
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::declarations::{self as domain, Declaration, Kind, Name, Plan, Step, Verb, World};
use towpath_domain::forms::Invalid;
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::{Change, Scene};
use towpath_store::declarations;
use uuid::Uuid;

/// What shall be as documents declare it.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub documents: Vec<Declaration>,
    /// The set that they are, by its name; empty for none.
    pub set: String,
    /// Whether what the set declared before in the same projects, and does not declare any more, is deleted.
    pub prune: bool,
    /// Whether what another set declares becomes this one's.
    pub take_over: bool,
}

/// What became of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// It was refused, in words.
    Refused(String),
    /// One before it was refused.
    Left,
}

/// The steps that had something to do, each with what became of it.
pub type Applied = Vec<(Step, Outcome)>;

/// Which documents are exported.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// The project; empty for the whole installation.
    pub project: String,
    /// One thing: what it is, and its name. Empty for all.
    pub kind: String,
    pub slug: String,
}

/// What there is, as documents that would change nothing: of the installation, of a project, or of one thing in it.
pub async fn export(service: &Service, actor: &Actor, wish: &Wish) -> Result<Vec<Declaration>, Error> {
    if wish.project.is_empty() && wish.kind.is_empty() {
        return Ok(state::whole(service, actor).await?.declarations());
    }
    let (named, one) = named(wish)?;
    if let Some(project) = &named {
        // Also tells whoever may not see it that there is none.
        scenes::project(&mut service.read().await?, actor, project.as_str()).await?;
    }
    let world = state::of(service, actor, named.as_slice()).await?;
    let Some(one) = one else { return Ok(of_project(&world)) };
    let missing = || Error::not_found(format_args!("The {one}"));
    Ok(vec![world.declaration(&one).ok_or_else(missing)?])
}

/// The project that is asked for, and the thing.
fn named(wish: &Wish) -> Result<(Option<Slug>, Option<Name>), Error> {
    let project =
        |slug: &str| Slug::parse(slug).map_err(|_| Error::not_found(format_args!("The project “{slug}”")));
    if wish.kind.is_empty() {
        return Ok((Some(project(&wish.project)?), None));
    }
    let kinds = || Kind::ALL.map(Kind::name).join(", ");
    let kind =
        Kind::parse(&wish.kind).ok_or_else(|| Invalid::field("kind", format!("Use one of {}.", kinds())))?;
    let name = |project: &str| Name { kind, project: project.to_owned(), slug: wish.slug.clone() };
    Ok(match kind {
        Kind::Stream | Kind::Role => (None, Some(name(""))),
        Kind::Project => (Some(project(&wish.slug)?), Some(name(""))),
        _ => (Some(project(&wish.project)?), Some(name(&wish.project))),
    })
}

/// A project's own, with the streams and roles that it names.
fn of_project(world: &World) -> Vec<Declaration> {
    let mut all = world.declarations();
    let (streams, roles) = (world.streams_used(), world.roles_used());
    all.retain(|declaration| match declaration {
        Declaration::Stream(form) => streams.iter().any(|stream| stream.slug.as_str() == form.slug),
        Declaration::Role(form) => roles.iter().any(|role| role.slug.as_str() == form.slug),
        _ => true,
    });
    all
}

/// A plan with what it was made of.
struct Planned {
    plan: Plan,
    world: World,
    set: Option<Slug>,
}

/// What the documents would change.
pub async fn plan(service: &Service, actor: &Actor, wanted: &Wanted) -> Result<Plan, Error> {
    Ok(make(service, actor, wanted).await?.plan)
}

/// Makes it as the documents declare. `fingerprint` is that of the plan that was looked at, where one was: another plan by
/// now is a conflict, and nothing is done.
pub async fn apply(
    service: &Service,
    actor: &Actor,
    wanted: &Wanted,
    fingerprint: Option<&str>,
) -> Result<Applied, Error> {
    let Planned { plan, world, set } = make(service, actor, wanted).await?;
    if fingerprint.is_some_and(|looked_at| looked_at != plan.fingerprint()) {
        return Err(Error::Conflict(
            "What these documents would change is not what the plan said any more. Plan again and look."
                .to_owned(),
        ));
    }
    for step in &plan.steps {
        check(actor, &world, step)?;
    }
    let refused = plan.steps.iter().filter_map(|step| Some((&step.name, step.refused.as_ref()?)));
    let refused: Vec<String> = refused.map(|(name, why)| format!("{name}: {why}")).collect();
    if !refused.is_empty() {
        return Err(Error::Refused(refused.join(" ")));
    }
    let mut applied = Applied::new();
    let mut stopped = false;
    for step in plan.to_do() {
        let outcome = if stopped {
            Outcome::Left
        } else {
            match steps::take(service, actor, &world, step).await {
                Ok(()) => Outcome::Done,
                Err(error) => {
                    stopped = true;
                    Outcome::Refused(error.refusal()?)
                }
            }
        };
        applied.push((step.clone(), outcome));
    }
    note(service, actor, set, &plan, &applied).await?;
    Ok(applied)
}

async fn make(service: &Service, actor: &Actor, wanted: &Wanted) -> Result<Planned, Error> {
    let set = Some(wanted.set.trim()).filter(|set| !set.is_empty());
    let set = set.map(Slug::parse).transpose().map_err(|error| Invalid::field("set", error))?;
    if wanted.prune && set.is_none() {
        let message = "Name the set that these documents are: only what it declared before is deleted.";
        return Err(Invalid::field("set", message).into());
    }
    let projects = projects(&wanted.documents);
    let world = state::of(service, actor, &projects).await?;
    let (doomed, owners) = owned(service, wanted, set.as_ref(), &world).await?;
    let mut plan = domain::plan(&world, &wanted.documents, &doomed, || service.id())?;
    for step in &mut plan.steps {
        let refused = step.refused.take();
        let forbidden = check(actor, &world, step).err().map(|error| error.to_string());
        step.refused = refused.or(forbidden).or_else(|| {
            let owner = owners.get(&step.name).filter(|_| !wanted.take_over)?;
            Some(format!("The set {owner} declares it. Leave it out here, or take it over."))
        });
        if step.verb() == Verb::Delete {
            step.note = steps::loss(service, actor, &step.name).await?;
        }
    }
    Ok(Planned { plan, world, set })
}

/// The projects that documents are about.
fn projects(documents: &[Declaration]) -> Vec<Slug> {
    let mut slugs: Vec<Slug> = documents
        .iter()
        .map(Declaration::name)
        .filter_map(|name| match name.kind {
            Kind::Stream | Kind::Role => None,
            Kind::Project => Slug::parse(&name.slug).ok(),
            _ => Slug::parse(&name.project).ok(),
        })
        .collect();
    slugs.sort_unstable();
    slugs.dedup();
    slugs
}

/// What a set declared before and does not declare any more, where that is to go; and what other sets declare.
async fn owned(
    service: &Service,
    wanted: &Wanted,
    set: Option<&Slug>,
    world: &World,
) -> Result<(Vec<Name>, HashMap<Name, Slug>), Error> {
    let ids = world.ids();
    let named: Vec<Name> = wanted.documents.iter().map(Declaration::name).collect();
    let mut conn = service.read().await?;
    let things: Vec<Uuid> = ids.iter().map(|(id, _)| *id).collect();
    let owners = declarations::owners(&mut conn, &things).await?;
    let mut doomed = Vec::new();
    let mut others = HashMap::new();
    for (id, name) in ids {
        match owners.get(&id) {
            Some(owner) if Some(owner) == set => {
                // Projects are archived, and what is shared belongs to none.
                let goes = !name.kind.is_shared();
                if wanted.prune && goes && !named.contains(&name) {
                    doomed.push(name);
                }
            }
            Some(owner) => drop(others.insert(name, owner.clone())),
            None => {}
        }
    }
    Ok((doomed, others))
}

/// Refuses a step to who may not take it; what stays as it is asks for nothing.
fn check(actor: &Actor, world: &World, step: &Step) -> Result<(), Error> {
    if step.verb() == Verb::Keep { Ok(()) } else { allow_step(actor, world, step) }
}

/// Whether who asks may do anything about what a step is about.
fn allow_step(actor: &Actor, world: &World, step: &Step) -> Result<(), Error> {
    if step.name.kind == Kind::Role {
        return allow(actor, Action::ManagePeople, &Target::installation());
    }
    match step.project().and_then(|project| world.holding(project.as_str())) {
        Some(holding) => {
            allow(actor, Action::Configure, &Target::project(holding.project.id))?;
            Ok(holding.project.check_in_use()?)
        }
        // A stream, a project that is not there yet, or something in one.
        None => allow(actor, Action::Configure, &Target::installation()),
    }
}

/// Notes whose everything is from now on, and tells what was done. What stays as it is, and is not theirs to change, goes
/// into no set: nobody takes anything over by naming it.
async fn note(
    service: &Service,
    actor: &Actor,
    set: Option<Slug>,
    plan: &Plan,
    applied: &Applied,
) -> Result<(), Error> {
    let done = |verb| {
        applied.iter().filter(|(step, outcome)| *outcome == Outcome::Done && step.verb() == verb).count()
    };
    let (created, changed, deleted) = (done(Verb::Create), done(Verb::Change), done(Verb::Delete));
    let missing: Vec<&Name> =
        applied.iter().filter(|(_, outcome)| *outcome != Outcome::Done).map(|(step, _)| &step.name).collect();
    let declared = plan.steps.iter().filter(|step| step.after.is_some() && !missing.contains(&&step.name));
    let declared: Vec<&Step> = declared.collect();
    let documents: Vec<Declaration> = plan.steps.iter().filter_map(|step| step.after.clone()).collect();
    let projects = projects(&documents);
    let world = state::of(service, actor, &projects).await?;
    let scene = match world.projects.as_slice() {
        [one] => scenes::project_scene(&one.project),
        _ => Scene::default(),
    };
    let ids: HashMap<Name, Uuid> = world.ids().into_iter().map(|(id, name)| (name, id)).collect();
    let things: Vec<(Uuid, Kind)> = declared
        .into_iter()
        .filter(|step| allow_step(actor, &world, step).is_ok())
        .filter_map(|step| Some((*ids.get(&step.name)?, step.name.kind)))
        .collect();
    let (clerk, who) = (service.clone(), Service::event_actor(actor));
    service
        .db()
        .write(async move |tx| {
            if let Some(set) = &set {
                for (thing, kind) in things {
                    declarations::put(tx, thing, kind, set, clerk.now()).await?;
                }
            }
            if created + changed + deleted > 0 {
                let change = Change::DeclarationsApplied { set, created, changed, deleted };
                tx.tell(clerk.event(who, scene, change));
            }
            Ok(())
        })
        .await
}
