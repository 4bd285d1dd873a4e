//! Trust roots: by whose signatures a project goes.

use crate::scenes::{self, project_scene};
use crate::{Error, Service, allow, explain};
use std::collections::HashMap;
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::forms::Invalid;
use towpath_domain::ids::{ProjectId, TrustRootId};
use towpath_domain::projects::Project;
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::Change;
use towpath_domain::trust_roots::{
    NewTrustRoot, RootName, TrustRoot, TrustRootForm, TrustRootLine, TrustRootsView, Trusts,
};
use towpath_evidence::{Mistake, Root};
use towpath_store::{Conn, evidence, trust_roots, workflows};

/// How many a project has at most: each signature is held against all of them.
const MOST: usize = 50;

/// The trust roots of a project, each with the workflows that ask for it.
pub async fn view(service: &Service, actor: &Actor, project: &str) -> Result<TrustRootsView, Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, project).await?;
    let mut asked = HashMap::<TrustRootId, Vec<Slug>>::new();
    for workflow in workflows::list(&mut conn, project.id).await? {
        for root in workflow.named_roots() {
            asked.entry(root.id).or_default().push(workflow.name.slug.clone());
        }
    }
    let roots = trust_roots::list(&mut conn, project.id).await?.into_iter();
    let roots = roots.map(|root| line(root, &mut asked)).collect();
    let permitted = explain(actor, Action::Configure, &Target::project(project.id));
    let may_configure = crate::projects::in_use(&project, permitted);
    Ok(TrustRootsView { project, roots, may_configure, now: service.now() })
}

fn line(root: TrustRoot, asked: &mut HashMap<TrustRootId, Vec<Slug>>) -> TrustRootLine {
    let unreadable = |_| "cannot be read any more; nothing counts by it".to_owned();
    TrustRootLine {
        about: Root::parse(&root.trusts).map_or_else(unreadable, |parsed| parsed.about()),
        asked_by: asked.remove(&root.id).unwrap_or_default(),
        root,
    }
}

/// The trust roots that gates of a project can ask for.
pub(crate) async fn names(conn: &mut Conn, project: ProjectId) -> Result<Vec<RootName>, Error> {
    Ok(trust_roots::list(conn, project).await?.iter().map(TrustRoot::name).collect())
}

/// Reads keys and certificates, or says which fields cannot be read.
fn read(trusts: &Trusts) -> Result<Root, Vec<(&'static str, String)>> {
    let told = |mistakes: Vec<Mistake>| {
        mistakes.into_iter().map(|mistake| (mistake.field, mistake.message.to_string())).collect()
    };
    Root::parse(trusts).map_err(told)
}

/// Whether they can be read.
pub(crate) fn check(trusts: &Trusts) -> Result<(), Vec<(&'static str, String)>> {
    read(trusts).map(drop)
}

/// Trusts somebody's signatures. What is signed here already is looked at again soon.
pub async fn add(
    service: &Service,
    actor: &Actor,
    project: &str,
    form: TrustRootForm,
) -> Result<TrustRootLine, Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, project).await?;
    allow(actor, Action::Configure, &Target::project(project.id))?;
    project.check_in_use()?;
    drop(conn);
    let checked = form.check(read)?;
    let NewTrustRoot { slug, trusts, read } = checked;
    let about = read.about();
    let root = TrustRoot { id: service.id(), project: project.id, slug, trusts, created_at: service.now() };
    let change = Change::TrustRootAdded { root: root.id, slug: root.slug.clone(), about: about.clone() };
    let event = service.event(Service::event_actor(actor), project_scene(&project), change);
    let stored = root.clone();
    service
        .db()
        .write(async move |tx| {
            scenes::check_in_use(tx, project.id).await?;
            let known = trust_roots::list(tx, project.id).await?;
            if known.len() >= MOST {
                return Err(Error::Refused(format!(
                    "A project has at most {MOST} trust roots. Remove one that nothing asks for."
                )));
            }
            if !trust_roots::insert(tx, &stored).await? {
                let words = format!("There is a trust root “{}” already. Choose another name.", stored.slug);
                return Err(Invalid::field("name", words).into());
            }
            evidence::enqueue_all(tx, project.id, stored.created_at).await?;
            tx.tell(event);
            Ok::<_, Error>(())
        })
        .await?;
    Ok(TrustRootLine { root, about, asked_by: Vec::new() })
}

/// Trusts somebody's signatures no more: none of them counts from then on, old ones included.
pub async fn remove(service: &Service, actor: &Actor, project: &str, slug: &str) -> Result<(), Error> {
    let mut conn = service.read().await?;
    let project: Project = scenes::project(&mut conn, actor, project).await?;
    allow(actor, Action::Configure, &Target::project(project.id))?;
    let known = trust_roots::list(&mut conn, project.id).await?;
    drop(conn);
    let missing = || Error::not_found(format_args!("The trust root “{slug}”"));
    let root = known.into_iter().find(|root| root.slug.as_str() == slug).ok_or_else(missing)?;
    let change = Change::TrustRootRemoved { root: root.id, slug: root.slug.clone() };
    let event = service.event(Service::event_actor(actor), project_scene(&project), change);
    let now = service.now();
    service
        .db()
        .write(async move |tx| {
            if !trust_roots::remove(tx, root.id, now).await? {
                return Err(Error::Conflict("This trust root was removed already.".to_owned()));
            }
            tx.tell(event);
            Ok(())
        })
        .await
}
