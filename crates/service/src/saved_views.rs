//! Saved views of the first page. What someone keeps for their own eyes is no event; what they share with a project is.

use crate::{Error, Service, scenes};
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::forms::Invalid;
use towpath_domain::home::Filter;
use towpath_domain::ids::{PersonId, ProjectId, SavedViewId};
use towpath_domain::projects::Project;
use towpath_domain::saved_views::{MOST, NewSavedView, SavedView, SavedViewForm, SavedViewLine, SavedViews};
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::{Change, Event};
use towpath_store::saved_views::Found;
use towpath_store::{Conn, Tx, projects, saved_views};

/// How many views of others are shown.
const SHARED: i64 = 200;
/// How many views one person shares with one project at most, as they stand on everybody's first page.
const SHARED_BY_ONE: usize = 10;

/// The views that who asks may use, and the projects that they can share one with.
pub async fn list(service: &Service, actor: &Actor) -> Result<SavedViews, Error> {
    let person = person(actor)?;
    let mut conn = service.read().await?;
    let start = saved_views::start(&mut conn, person).await?;
    let mut views = saved_views::own(&mut conn, person).await?;
    let mut seen = projects::list(&mut conn, "", i64::MAX).await?;
    seen.retain(|project| {
        actor.may(Action::View, &Target::project(project.id)) && project.archived_at.is_none()
    });
    let visible: Vec<ProjectId> = seen.iter().map(|project| project.id).collect();
    let shared = saved_views::shared(&mut conn, person, &visible, SHARED).await?;
    views.extend(shared.into_iter().filter(|found| sees(actor, &found.view)));
    Ok(SavedViews {
        views: views.into_iter().map(|found| line(actor, found, start)).collect(),
        projects: seen.into_iter().map(|project| project.slug).collect(),
    })
}

/// The filter that a person begins with; that of everything, if they chose none or do not see it any more.
pub async fn start(service: &Service, actor: &Actor) -> Result<Filter, Error> {
    let mut conn = service.read().await?;
    let Some(id) = saved_views::start(&mut conn, actor.person()).await? else { return Ok(Filter::default()) };
    let found = saved_views::find(&mut conn, id).await?.filter(|found| sees(actor, &found.view));
    Ok(found.map(|found| found.view.filter).unwrap_or_default())
}

/// Saves a view.
pub async fn save(service: &Service, actor: &Actor, form: SavedViewForm) -> Result<SavedViewLine, Error> {
    let owner = person(actor)?;
    let NewSavedView { title, share, start, filter } = form.check()?;
    let mut conn = service.read().await?;
    let shared = shared_with(&mut conn, actor, share.as_ref()).await?;
    let view = SavedView {
        id: service.id(),
        owner,
        title,
        filter,
        shared: shared.as_ref().map(|project| project.id),
        created_at: service.now(),
    };
    let events = sharing(service, actor, None, (&view, shared.as_ref()));
    let stored = view.clone();
    service
        .db()
        .write(async move |tx| {
            if saved_views::own(tx, owner).await?.len() >= MOST {
                return Err(Error::Conflict(format!("You keep {MOST} views already. Delete one first.")));
            }
            if let Some(project) = stored.shared {
                scenes::check_in_use(tx, project).await?;
                check_room(tx, &stored).await?;
            }
            saved_views::insert(tx, &stored).await.map_err(taken)?;
            if start {
                saved_views::set_start(tx, owner, Some(stored.id)).await?;
            }
            tell(tx, events);
            Ok(())
        })
        .await?;
    load(service, actor, view.id).await
}

/// Gives one's own view another title, filter or project, and begins with it, or not any more.
pub async fn change(
    service: &Service,
    actor: &Actor,
    id: SavedViewId,
    form: SavedViewForm,
) -> Result<SavedViewLine, Error> {
    let owner = person(actor)?;
    let NewSavedView { title, share, start, filter } = form.check()?;
    let mut conn = service.read().await?;
    let before = find(&mut conn, actor, id).await?;
    if before.view.owner != owner {
        return Err(Error::Refused(format!("{} saved this view. Save one of your own instead.", before.by)));
    }
    let shared = shared_with(&mut conn, actor, share.as_ref()).await?;
    let earlier = match before.view.shared {
        Some(project) => Some(projects::load(&mut conn, project).await?),
        None => None,
    };
    let shared_id = shared.as_ref().map(|project| project.id);
    let view = SavedView { title, filter, shared: shared_id, ..before.view.clone() };
    let events = sharing(service, actor, Some((&before.view, earlier.as_ref())), (&view, shared.as_ref()));
    let began = saved_views::start(&mut conn, owner).await? == Some(id);
    service
        .db()
        .write(async move |tx| {
            if let Some(project) = view.shared {
                scenes::check_in_use(tx, project).await?;
                check_room(tx, &view).await?;
            }
            saved_views::update(tx, &view).await.map_err(taken)?;
            if start || began {
                saved_views::set_start(tx, owner, start.then_some(id)).await?;
            }
            tell(tx, events);
            Ok::<_, Error>(())
        })
        .await?;
    load(service, actor, id).await
}

/// Deletes one's own view. Who configures the project that another's is shared with takes it away from there.
pub async fn delete(service: &Service, actor: &Actor, id: SavedViewId) -> Result<(), Error> {
    let owner = person(actor)?;
    let mut conn = service.read().await?;
    let Found { view, by, .. } = find(&mut conn, actor, id).await?;
    let project = match view.shared {
        Some(project) => Some(projects::load(&mut conn, project).await?),
        None => None,
    };
    if !may_delete(actor, &view) {
        let ask = "They, or whoever configures the project, can take it away.";
        return Err(Error::Refused(format!("{by} saved this view. {ask}")));
    }
    let without = SavedView { shared: None, ..view.clone() };
    let events = sharing(service, actor, Some((&view, project.as_ref())), (&without, None));
    service
        .db()
        .write(async move |tx| {
            if without.owner == owner {
                saved_views::delete(tx, id).await?;
            } else {
                saved_views::update(tx, &without).await?;
            }
            tell(tx, events);
            Ok(())
        })
        .await
}

/// Begins with a view from now on, or with everything.
pub async fn set_start(service: &Service, actor: &Actor, id: Option<SavedViewId>) -> Result<(), Error> {
    let person = person(actor)?;
    if let Some(id) = id {
        find(&mut service.read().await?, actor, id).await?;
    }
    service.db().write(async move |tx| Ok(saved_views::set_start(tx, person, id).await?)).await
}

async fn load(service: &Service, actor: &Actor, id: SavedViewId) -> Result<SavedViewLine, Error> {
    let mut conn = service.read().await?;
    let start = saved_views::start(&mut conn, actor.person()).await?;
    Ok(line(actor, find(&mut conn, actor, id).await?, start))
}

/// A view that who asks may use.
async fn find(conn: &mut Conn, actor: &Actor, id: SavedViewId) -> Result<Found, Error> {
    let found = saved_views::find(conn, id).await?.filter(|found| sees(actor, &found.view));
    found.ok_or_else(|| Error::not_found("This saved view"))
}

fn line(actor: &Actor, found: Found, start: Option<SavedViewId>) -> SavedViewLine {
    let Found { view, shared, by } = found;
    SavedViewLine {
        own: view.owner == actor.person(),
        start: start == Some(view.id),
        may_delete: may_delete(actor, &view),
        id: view.id,
        title: view.title,
        filter: view.filter,
        shared,
        by,
    }
}

fn sees(actor: &Actor, view: &SavedView) -> bool {
    let shared = view.shared.is_some_and(|project| actor.may(Action::View, &Target::project(project)));
    view.owner == actor.person() || shared
}

fn may_delete(actor: &Actor, view: &SavedView) -> bool {
    let configures = |project| actor.may(Action::Configure, &Target::project(project));
    view.owner == actor.person() || view.shared.is_some_and(configures)
}

/// Views are a person's own: a token has none.
fn person(actor: &Actor) -> Result<PersonId, Error> {
    match actor.token() {
        None => Ok(actor.person()),
        Some(_) => Err(Error::Refused("Saved views are a person's. Sign in to use them.".to_owned())),
    }
}

async fn shared_with(conn: &mut Conn, actor: &Actor, slug: Option<&Slug>) -> Result<Option<Project>, Error> {
    let Some(slug) = slug else { return Ok(None) };
    let found = scenes::project(conn, actor, slug.as_str()).await;
    found.map(Some).map_err(|error| match error {
        Error::NotFound(_) => Invalid::field("share", "Choose a project that you see.").into(),
        other => other,
    })
}

async fn check_room(conn: &mut Conn, view: &SavedView) -> Result<(), Error> {
    let own = saved_views::own(conn, view.owner).await?;
    let others = own.iter().filter(|other| other.view.id != view.id && other.view.shared == view.shared);
    if others.count() >= SHARED_BY_ONE {
        let full = format!("You share {SHARED_BY_ONE} views with this project already. Take one back first.");
        return Err(Invalid::field("share", full).into());
    }
    Ok(())
}

fn taken(error: towpath_store::Error) -> Error {
    Error::taken(error, "title", "You have a view of this name already.")
}

fn tell(tx: &mut Tx, events: Vec<Event>) {
    for event in events {
        tx.tell(event);
    }
}

/// What projects hear of it: where a view came, changed, or went.
fn sharing(
    service: &Service,
    actor: &Actor,
    before: Option<(&SavedView, Option<&Project>)>,
    (after, project): (&SavedView, Option<&Project>),
) -> Vec<Event> {
    let who = Service::event_actor(actor);
    let event = |project: &Project, change| service.event(who, scenes::project_scene(project), change);
    let earlier = before.and_then(|(view, project)| Some((view, project?)));
    let same = earlier.is_some_and(|(view, _)| {
        view.shared == after.shared && view.title == after.title && view.filter == after.filter
    });
    let mut events = Vec::new();
    if let Some((view, from)) = earlier.filter(|_| earlier.map(|(view, _)| view.shared) != Some(after.shared))
    {
        events.push(event(from, Change::ViewUnshared { title: view.title.to_string() }));
    }
    if let Some(project) = project.filter(|_| !same) {
        let Filter { project: of, q } = after.filter.clone();
        events.push(event(project, Change::ViewShared { title: after.title.to_string(), project: of, q }));
    }
    events
}
