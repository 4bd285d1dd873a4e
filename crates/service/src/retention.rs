//! Retention: what an integration lets go of, told before it is set and done once a day.

use crate::projects::in_use;
use crate::{Error, Service, allow, explain, scenes};
use towpath_domain::access::{Action, Actor};
use towpath_domain::builds::Build;
use towpath_domain::digests::Digest;
use towpath_domain::ids::IntegrationId;
use towpath_domain::retention::{
    Facts, Going, LetGo, Preview, Retention, RetentionForm, RetentionView, days_before,
};
use towpath_domain::timeline::{Change, EventActor, Named, Scene};
use towpath_domain::times::Time;
use towpath_store::retention as stored;
use towpath_store::{Conn, Tx};

/// How many builds are named before they go.
const NAMED: usize = 50;
/// How many go in one transaction, so that pushes go in between.
const BATCH: usize = 100;

/// An integration's retention and what it lets go of now; of another one, where that is given.
pub async fn view(
    service: &Service,
    actor: &Actor,
    (project, integration): (&str, &str),
    other: Option<RetentionForm>,
) -> Result<RetentionView, Error> {
    let mut conn = service.read().await?;
    let located = scenes::integration(&mut conn, actor, project, integration).await?;
    let retention = stored::load(&mut conn, located.integration.id).await?;
    let looked_at = other.map(|form| form.check()).transpose()?.unwrap_or(retention);
    let now = service.now();
    let due = Due::find(&mut conn, located.integration.id, looked_at, now).await?;
    Ok(RetentionView {
        integration: located.integration.slug.clone(),
        retention,
        looked_at,
        preview: due.preview(),
        may_configure: in_use(&located.project, explain(actor, Action::Configure, &located.target())),
        project: located.project,
        now,
    })
}

/// Sets how long an integration keeps its images. What goes, goes by the next day.
pub async fn set(
    service: &Service,
    actor: &Actor,
    (project, integration): (&str, &str),
    form: RetentionForm,
) -> Result<Retention, Error> {
    let mut conn = service.read().await?;
    let located = scenes::integration(&mut conn, actor, project, integration).await?;
    drop(conn);
    allow(actor, Action::Configure, &located.target())?;
    let after = form.check()?;
    let (clerk, by) = (service.clone(), Service::event_actor(actor));
    service
        .db()
        .write(async move |tx| {
            scenes::check_in_use(tx, located.project.id).await?;
            let before = stored::load(tx, located.integration.id).await?;
            if before != after {
                stored::save(tx, located.integration.id, after).await?;
                let change = Change::RetentionSet { before: before.to_string(), after: after.to_string() };
                tx.tell(clerk.event(by, located.scene(), change));
            }
            Ok(after)
        })
        .await
}

/// Lets go of what is due in every integration, and says how many images that were. Their bytes go as garbage.
pub async fn apply(service: &Service) -> Result<usize, Error> {
    let mut gone = 0;
    for (integration, slug, project, name) in stored::integrations(&mut service.read().await?).await? {
        let scene = Scene {
            project: Some(Named { id: project, slug: name }),
            integration: Some(Named { id: integration, slug }),
            ..Scene::default()
        };
        // What is due is asked anew in each transaction, so that a promotion in between keeps what it needs.
        loop {
            let (clerk, scene) = (service.clone(), scene.clone());
            let went =
                service.db().write(async move |tx| let_go(tx, &clerk, integration, scene).await).await?;
            gone += went;
            if went < BATCH {
                break;
            }
        }
    }
    Ok(gone)
}

async fn let_go(
    tx: &mut Tx,
    service: &Service,
    integration: IntegrationId,
    scene: Scene,
) -> Result<usize, Error> {
    let retention = stored::load(tx, integration).await?;
    let now = service.now();
    let due = Due::find(tx, integration, retention, now).await?;
    let builds: Vec<_> = due.builds.into_iter().take(BATCH).collect();
    let images: Vec<_> = due.images.into_iter().take(BATCH - builds.len()).collect();
    for (digest, facts, _) in &builds {
        stored::retire(tx, facts.build, now).await?;
        stored::unlink(tx, integration, digest).await?;
    }
    for digest in &images {
        stored::unlink(tx, integration, digest).await?;
    }
    let count = builds.len() + images.len();
    if count > 0 {
        let tags = builds.into_iter().map(|(_, facts, _)| facts.tag).collect();
        let change = Change::ImagesLetGo { builds: tags, others: images.len() };
        tx.tell(service.event(EventActor::System, scene, change));
    }
    Ok(count)
}

/// What a retention lets go of at a time.
struct Due {
    builds: Vec<(Digest, Facts, LetGo)>,
    /// Beside the builds.
    images: Vec<Digest>,
}

impl Due {
    async fn find(
        conn: &mut Conn,
        integration: IntegrationId,
        retention: Retention,
        now: Time,
    ) -> Result<Self, Error> {
        let mut due = Self { builds: Vec::new(), images: Vec::new() };
        if !retention.is_on() {
            return Ok(due);
        }
        for (digest, facts) in stored::facts(conn, integration).await? {
            if let Some(why) = retention.judge(&facts, now) {
                due.builds.push((digest, facts, why));
            }
        }
        if let Some(days) = retention.untagged_days {
            due.images = stored::untagged(conn, integration, days_before(now, days)).await?;
        }
        Ok(due)
    }

    fn preview(self) -> Preview {
        let (build_count, images) = (self.builds.len(), self.images.len());
        let going = |(digest, facts, why): (Digest, Facts, LetGo)| Going {
            tag: facts.tag,
            digest: digest.to_string(),
            why,
            received_at: facts.received_at,
        };
        Preview { builds: self.builds.into_iter().take(NAMED).map(going).collect(), build_count, images }
    }
}

/// Refuses to make something of a build whose image is not kept any more.
pub(crate) async fn check_kept(conn: &mut Conn, build: &Build) -> Result<(), Error> {
    match stored::retired_at(conn, build.id).await? {
        None => Ok(()),
        Some(at) => Err(Error::Refused(format!(
            "The image of {} is not kept since {}: somebody deleted it, or the integration's retention let it go. Push it again.",
            build.tag,
            at.day()
        ))),
    }
}
