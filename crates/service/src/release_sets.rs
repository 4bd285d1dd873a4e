//! Release sets: comparing stages across services, making a set, carrying it on and taking it back. Every part is judged
//! for itself, by the use cases by which a single build is promoted or rolled back.

mod goings;
mod moving;
mod picking;
mod views;

pub use views::{list, view};

use crate::{Error, Service, allow, scenes};
use goings::Survey;
use moving::Moving;
use picking::{check_reference, pick};
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::buckets::BucketKind;
use towpath_domain::forms::Invalid;
use towpath_domain::ids::{IntegrationId, ProjectId};
use towpath_domain::projects::Project;
use towpath_domain::release_sets::{
    ActForm, Comparison, Course, CourseForm, CourseView, MOST, Member, NewAct, NewSetView, ReleaseSet,
};
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::Change;
use towpath_store::release_sets::{Called, Stand};
use towpath_store::{Conn, projects, release_sets};

/// How many other projects are offered, and may take part.
const OTHERS: usize = 50;
/// How many parts a comparison shows.
const SHOWN: usize = 2 * MOST;

/// A wish to compare two stages, or a bucket with itself at a time, across the integrations of projects.
#[derive(Debug, Clone, Default)]
pub struct Compare {
    pub project: String,
    /// Absent where nothing has been asked for yet.
    pub course: Option<CourseForm>,
    /// Other projects that take part, by their slugs.
    pub others: Vec<String>,
}

/// A wish to make a set of what a comparison shows, and to move it.
#[derive(Debug, Clone, Default)]
pub struct Make {
    pub compare: Compare,
    pub title: String,
    pub act: ActForm,
}

/// A wish to move a set.
#[derive(Debug, Clone)]
pub struct Carry {
    pub project: String,
    pub number: i64,
    pub course: Course,
    pub act: ActForm,
}

/// The form for a new set, with the comparison that it asks for.
pub async fn compare(service: &Service, actor: &Actor, wish: &Compare) -> Result<NewSetView, Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, &wish.project).await?;
    let now = service.now();
    let comparison = match &wish.course {
        None => None,
        Some(course) => {
            let course = course.check(now)?;
            let projects = taking_part(&mut conn, actor, &project, &wish.others).await?;
            check_names(&mut conn, &projects, &course).await?;
            let stands = stands(&mut conn, &projects, &course).await?;
            let survey = Survey::new(service, actor);
            Some((course.clone(), compared(survey, &mut conn, stands, &course).await?))
        }
    };
    let buckets = bucket_names(&mut conn, project.id).await?;
    let others = others(&mut conn, actor, &project).await?;
    Ok(NewSetView { project: project.slug, buckets, others, comparison, now })
}

/// What an act would do with a set.
pub async fn course(
    service: &Service,
    actor: &Actor,
    (project, number): (&str, i64),
    course: Course,
) -> Result<CourseView, Error> {
    let mut conn = service.read().await?;
    let (project, set) = find(service, &mut conn, actor, project, number).await?;
    let stands = stands_of(&mut conn, &set, &course).await?;
    let survey = survey_of(service, actor, &mut conn, &set, &course).await?;
    let comparison = compared(survey, &mut conn, stands, &course).await?;
    let (project, title) = (project.slug, set.title);
    Ok(CourseView { project, number: set.number, title, course, comparison, now: service.now() })
}

/// Makes a set of the parts that are picked and moves it, all in one transaction. What is refused for one part keeps no
/// other back; where all are refused, there is no set. Answers with its number.
pub async fn make(service: &Service, actor: &Actor, wish: Make) -> Result<i64, Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, &wish.compare.project).await?;
    let (title, NewAct { picked, reason, reference }) = wish.act.check_titled(&wish.title)?;
    let course = wish.compare.course.unwrap_or_default().check(service.now())?;
    let taking_part = taking_part(&mut conn, actor, &project, &wish.compare.others).await?;
    check_names(&mut conn, &taking_part, &course).await?;
    let stands = stands(&mut conn, &taking_part, &course).await?;
    let goings = Survey::new(service, actor).goings(&mut conn, stands, &course, &picked).await?;
    let goings = pick(goings, &picked)?;
    let reference = check_reference(&goings, &reference)?;
    let members = goings
        .iter()
        .filter_map(|going| Some((going.integration, going.build.clone()?)))
        .map(|(integration, Called { build, tag })| Member { integration, build, tag });
    let members: Vec<Member> = members.collect();
    let moving =
        Moving { service: service.clone(), actor: actor.clone(), project, course, reason, reference };
    service
        .db()
        .write(async move |tx| {
            scenes::check_in_use(tx, moving.project.id).await?;
            let set = ReleaseSet {
                id: moving.service.id(),
                project: moving.project.id,
                number: release_sets::next_number(tx, moving.project.id).await?,
                title,
                made_by: moving.actor.person(),
                made_at: moving.service.now(),
                members,
            };
            release_sets::insert(tx, &set).await?;
            moving.tell(tx, Change::ReleaseSetMade { number: set.number, title: set.title.to_string() });
            Box::pin(moving.run(tx, &set, goings)).await?;
            Ok(set.number)
        })
        .await
}

/// Moves a set: on to another stage, or back out of one. Like making it, one transaction, in which each part is judged for
/// itself.
pub async fn carry(service: &Service, actor: &Actor, wish: Carry) -> Result<(), Error> {
    let mut conn = service.read().await?;
    let (project, set) = find(service, &mut conn, actor, &wish.project, wish.number).await?;
    let NewAct { picked, reason, reference } = wish.act.check()?;
    let course = wish.course;
    let stands = stands_of(&mut conn, &set, &course).await?;
    let mut survey = survey_of(service, actor, &mut conn, &set, &course).await?;
    let goings = pick(survey.goings(&mut conn, stands, &course, &picked).await?, &picked)?;
    let reference = check_reference(&goings, &reference)?;
    let moving =
        Moving { service: service.clone(), actor: actor.clone(), project, course, reason, reference };
    service
        .db()
        .write(async move |tx| {
            scenes::check_in_use(tx, moving.project.id).await?;
            Box::pin(moving.run(tx, &set, goings)).await
        })
        .await
}

/// The set of this number, for someone who may see its project and one of its builds.
async fn find(
    service: &Service,
    conn: &mut Conn,
    actor: &Actor,
    project: &str,
    number: i64,
) -> Result<(Project, ReleaseSet), Error> {
    let project = scenes::project(conn, actor, project).await?;
    let missing = || Error::not_found(format_args!("Release set {number} of {}", project.slug));
    let set = release_sets::find(conn, project.id, number).await?.ok_or_else(missing)?;
    let members: Vec<IntegrationId> = set.members.iter().map(|member| member.integration).collect();
    if Survey::new(service, actor).visible(conn, &members).await?.is_empty() {
        return Err(missing());
    }
    Ok((project, set))
}

/// The other projects that can take part: those in use that who asks sees, by their names.
async fn others(conn: &mut Conn, actor: &Actor, project: &Project) -> Result<Vec<Slug>, Error> {
    const PAGE: i64 = 200;
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = projects::list(conn, &after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(found) };
        last.slug.as_str().clone_into(&mut after);
        for other in page {
            let sees = allow(actor, Action::View, &Target::project(other.id)).is_ok();
            if sees && other.id != project.id && other.archived_at.is_none() {
                found.push(other.slug);
            }
            if found.len() >= OTHERS {
                return Ok(found);
            }
        }
    }
}

/// Refuses a bucket's name that no project which takes part knows.
async fn check_names(conn: &mut Conn, projects: &[ProjectId], course: &Course) -> Result<(), Error> {
    let mut known = Vec::new();
    for project in projects {
        known.extend(bucket_names(conn, *project).await?);
    }
    let check = |field: &str, slug: &Slug| {
        if known.contains(slug) {
            return Ok(());
        }
        Err(Invalid::field(field, format!("There is no environment or release stream “{slug}” here.")))
    };
    if let Course::Promote { from, .. } = course {
        check("from", from)?;
    }
    Ok(check("to", course.bucket())?)
}

/// The project itself and the others that take part, each of which who asks may see.
async fn taking_part(
    conn: &mut Conn,
    actor: &Actor,
    project: &Project,
    others: &[String],
) -> Result<Vec<ProjectId>, Error> {
    if others.len() > OTHERS {
        return Err(Invalid::field("projects", format!("Name {OTHERS} other projects at most.")).into());
    }
    let mut found = vec![project.id];
    for other in others {
        let other = scenes::project(conn, actor, other.trim()).await;
        let other = other.map_err(|error| match error {
            Error::NotFound(what) => Invalid::field("projects", format!("{what} was not found.")).into(),
            error => error,
        })?;
        if !found.contains(&other.id) {
            found.push(other.id);
        }
    }
    Ok(found)
}

/// How the buckets stand that a course is about, where it is not about a set.
async fn stands(conn: &mut Conn, projects: &[ProjectId], course: &Course) -> Result<Vec<Stand>, Error> {
    Ok(match course {
        Course::Promote { from, to } => release_sets::ahead(conn, projects, from, to).await?,
        Course::Restore { bucket, at } => release_sets::then(conn, projects, bucket, *at).await?,
        Course::TakeBack { .. } => Vec::new(),
    })
}

/// How the buckets stand that a course of a set is about.
async fn stands_of(conn: &mut Conn, set: &ReleaseSet, course: &Course) -> Result<Vec<Stand>, Error> {
    let back = matches!(course, Course::TakeBack { .. });
    Ok(release_sets::of_set(conn, set.id, course.bucket(), back).await?)
}

/// What is read for an act on a set.
async fn survey_of<'a>(
    service: &'a Service,
    actor: &'a Actor,
    conn: &mut Conn,
    set: &ReleaseSet,
    course: &Course,
) -> Result<Survey<'a>, Error> {
    let mut survey = Survey::new(service, actor);
    if matches!(course, Course::TakeBack { .. }) {
        survey.own = views::own_placements(conn, set).await?;
    }
    Ok(survey)
}

async fn compared(
    mut survey: Survey<'_>,
    conn: &mut Conn,
    stands: Vec<Stand>,
    course: &Course,
) -> Result<Comparison, Error> {
    let (mut goings, more) = survey.goings(conn, stands, course, &[]).await?;
    let more = more || goings.len() > SHOWN;
    goings.truncate(SHOWN);
    Ok(Comparison { parts: goings.into_iter().map(|going| going.part).collect(), more })
}

/// The names of the buckets that a project's integrations can have: its environments and the release streams.
async fn bucket_names(conn: &mut Conn, project: ProjectId) -> Result<Vec<Slug>, Error> {
    let mut names = Vec::new();
    for kind in [BucketKind::Environment, BucketKind::ReleaseStream] {
        for slot in scenes::slots(conn, project, kind).await? {
            if !names.contains(&slot.slug) {
                names.push(slot.slug);
            }
        }
    }
    Ok(names)
}
