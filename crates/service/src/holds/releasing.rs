//! The end of a hold before its time: at once, or once a second person confirms it.

use super::{find, locate, target};
use crate::proposals::Outcome;
use crate::{Error, Service, allow, proposals, scenes};
use towpath_domain::access::{Action, Actor};
use towpath_domain::forms::Invalid;
use towpath_domain::holds::{Hold, HoldOn, Phase, Released};
use towpath_domain::proposals::{Command, Subject};
use towpath_domain::timeline::{Change, Personal, Scene};
use towpath_domain::words::Reason;
use towpath_store::{Conn, Tx, buckets, holds, promotions, streams};

/// Releases a hold before its time, or proposes it where that takes a second person. What waited for its end is looked at at
/// once.
pub async fn release(
    service: &Service,
    actor: &Actor,
    number: i64,
    reason: &str,
) -> Result<Outcome<Hold>, Error> {
    let mut conn = service.read().await?;
    let hold = find(&mut conn, actor, number).await?;
    let target = target(&hold.on, &streams::list(&mut conn).await?);
    allow(actor, Action::Hold, &target)?;
    let reason = match reason.trim() {
        "" => None,
        text => Some(Reason::parse(text).map_err(|error| Invalid::field("reason", error))?),
    };
    let scene = scene_of(&mut conn, actor, &hold).await?;
    drop(conn);
    let (writer, actor) = (service.clone(), actor.clone());
    service
        .db()
        .write(async move |tx| {
            if writer.second_person().holds && target.production {
                if !matches!(hold.phase(writer.now()), Phase::Planned | Phase::InForce) {
                    return Err(ended(number));
                }
                let subject = Subject {
                    command: Command::ReleaseHold { number, reason },
                    target,
                    project: scene.project.map(|project| (project.id, project.slug)),
                    title: format!("the release of hold {number} on {}", hold.address.words()),
                    changes: vec![format!(
                        "Builds may enter again, which hold {number} stops: {}",
                        hold.reason
                    )],
                };
                let proposal = proposals::propose(tx, &writer, &actor, subject).await?;
                return Ok(Outcome::Proposed(Box::new(proposal)));
            }
            let scene = Scene { production: target.production, ..scene };
            let_go(tx, &writer, &actor, (hold, scene), reason).await.map(Outcome::Done)
        })
        .await
}

fn ended(number: i64) -> Error {
    Error::Conflict(format!("Hold {number} has ended already."))
}

/// Where a hold is told of. What it stops may be gone by now; then the event stands for itself.
async fn scene_of(conn: &mut Conn, actor: &Actor, hold: &Hold) -> Result<Scene, Error> {
    match locate(conn, actor, &hold.address).await {
        Ok(place) => Ok(place.scene),
        Err(Error::NotFound(_)) => Ok(Scene::default()),
        Err(error) => Err(error),
    }
}

async fn let_go(
    tx: &mut Tx,
    service: &Service,
    actor: &Actor,
    (hold, scene): (Hold, Scene),
    reason: Option<Reason>,
) -> Result<Hold, Error> {
    if let Some(project) = hold.on.project() {
        scenes::check_in_use(tx, project).await?;
    }
    let now = service.now();
    let released = Released { by: actor.person(), at: now, reason };
    if !holds::release(tx, hold.id, &released).await? {
        return Err(ended(hold.number));
    }
    promotions::look_soon_at(tx, &hold.on, now).await?;
    if let HoldOn::Build { digest, .. } = &hold.on {
        // Automatic stages refused it while it was marked.
        buckets::tell_again_of(tx, digest).await?;
    }
    let change = Change::HoldReleased {
        number: hold.number,
        on: hold.address.clone(),
        reason: released.reason.as_ref().map(Personal::new),
    };
    tx.tell(service.event(Service::event_actor(actor), scene, change));
    Ok(Hold { released: Some(released), ..hold })
}

/// Releases a hold as it was proposed.
pub(crate) async fn apply(
    tx: &mut Tx,
    service: &Service,
    actor: &Actor,
    number: i64,
    reason: Option<Reason>,
) -> Result<(), Error> {
    let hold = find(tx, actor, number).await?;
    let production = target(&hold.on, &streams::list(tx).await?).production;
    let scene = Scene { production, ..scene_of(tx, actor, &hold).await? };
    let_go(tx, service, actor, (hold, scene), reason).await.map(drop)
}
