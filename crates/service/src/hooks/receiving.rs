//! What happens when a webhook comes: known or turned away, kept, and its builds received.

use super::verifying::{Known, Suspect, verify};
use super::{find, place};
use crate::images::announce;
use crate::{Error, Service, builds::Received, tokens};
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use towpath_domain::access::Actor;
use towpath_domain::hooks::bodies::{self, Announced, Said};
use towpath_domain::hooks::{HookDelivery, TurnedAway, Verdict};
use towpath_domain::ids::{HookDeliveryId, HookId};
use towpath_domain::words::{brief, is_plain};
use towpath_store::Tx;
use towpath_store::hooks::{self, Stored};

/// How long it is kept what came, in seconds.
const KEPT: i64 = 30 * 86_400;
/// The most bytes of an id that a sender gives.
const LONGEST: usize = 200;
/// How long one is worked on at most, in seconds; what is unfinished then was left so.
const WORKED_ON: i64 = 60;
/// What stands at one that is worked on, and stays where the server stops before it is done.
const UNFINISHED: &str = "It is worked on. If the server stopped before it was done, it is taken up again when its sender \
                          sends it again, or by a replay.";
/// The header by which the kind of event is known again at a replay.
const EVENT: &str = "x-github-event";

/// A request as it came. Names of headers are in lowercase.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    pub headers: Vec<(String, String)>,
    pub body: &'a [u8],
}

impl Request<'_> {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Why a request is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Not from who knows the secret, as far as it shows.
    #[error("{0}")]
    Unknown(String),
    /// Too old, or of the future.
    #[error("{0}")]
    Untimely(String),
    /// The same came before, and is not done yet: its sender is to ask again.
    #[error("The same is being worked on. Send it again in a moment.")]
    WorkedOn,
    /// Kept, but nothing can be made of it.
    #[error("{}", .0.detail)]
    Unreadable(Box<HookDelivery>),
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Takes a webhook in. The same again is answered with what became of it, and changes nothing, unless it was left unfinished.
pub async fn receive(
    service: &Service,
    id: HookId,
    request: Request<'_>,
    from: IpAddr,
) -> Result<HookDelivery, Refused> {
    service.0.limits.knock_at_hook(from, service.now())?;
    let stored = load(service, id).await?;
    let known = match check(service, &stored, &request) {
        Ok(known) => known,
        Err(Checked::Suspect(suspect)) => return Err(turn_away(service, id, suspect, from)),
        Err(Checked::Failed(error)) => return Err(error.into()),
    };
    service.0.limits.receive_by_hook(id, service.now())?;
    let said = bodies::read(stored.hook.source, &known.event, request.body);
    let delivery = match keep(service, id, &known, &request).await? {
        Kept::ToDo(delivery) => delivery,
        Kept::Done(delivery) => return Ok(delivery),
        Kept::WorkedOn => return Err(Refused::WorkedOn),
    };
    let (verdict, detail) = match &said {
        Ok(said) => act(service, &stored, said).await?,
        Err(unreadable) => (Verdict::Refused, unreadable.to_string()),
    };
    let judged = judge(service, delivery, (verdict, detail), false).await?;
    if said.is_err() { Err(Refused::Unreadable(Box::new(judged))) } else { Ok(judged) }
}

async fn load(service: &Service, id: HookId) -> Result<Stored, Error> {
    let found = hooks::find(&mut service.read().await?, id).await?;
    found.ok_or_else(|| Error::not_found("This hook"))
}

enum Checked {
    Suspect(Suspect),
    Failed(Error),
}

fn check(service: &Service, stored: &Stored, request: &Request<'_>) -> Result<Known, Checked> {
    let now = service.now();
    let former = stored.former.iter().filter(|(_, until)| *until > now).map(|(secret, _)| secret);
    let mut secrets = Vec::new();
    for sealed in std::iter::once(&stored.secret).chain(former) {
        let secret = service.unseal(&place(stored.hook.id), sealed).map_err(Checked::Failed)?;
        secrets.push(String::from_utf8_lossy(&secret).into_owned());
    }
    let mut known = verify(stored.hook.source, &secrets, request, now).map_err(Checked::Suspect)?;
    // An id that is too long to be kept is kept as its hash.
    if known.sent_as.len() > LONGEST || !is_plain(&known.sent_as) {
        known.sent_as = hex::encode(Sha256::digest(&known.sent_as));
    }
    Ok(known)
}

fn turn_away(service: &Service, id: HookId, suspect: Suspect, from: IpAddr) -> Refused {
    let now = service.now();
    service.0.limits.turned_away_from_hook(from, now);
    let because = suspect.to_string();
    service.0.doorkeeper.note(id, TurnedAway { at: now, because: because.clone() });
    if suspect == Suspect::Untimely { Refused::Untimely(because) } else { Refused::Unknown(because) }
}

/// What is to be done with what came.
enum Kept {
    /// It is the first of its id, or the earlier one was left unfinished.
    ToDo(HookDelivery),
    Done(HookDelivery),
    WorkedOn,
}

/// Keeps what came, before anything is done with it.
async fn keep(service: &Service, id: HookId, known: &Known, request: &Request<'_>) -> Result<Kept, Error> {
    let now = service.now();
    let delivery = HookDelivery {
        id: service.id(),
        sent_as: known.sent_as.clone(),
        received_at: now,
        verdict: Verdict::Unfinished,
        detail: UNFINISHED.to_owned(),
        headers: shown(&request.headers),
        body: storable(&String::from_utf8_lossy(request.body)),
        replayed_at: None,
    };
    let keep = async move |tx: &mut Tx| {
        if hooks::insert_delivery(tx, id, &delivery).await? {
            return Ok(Kept::ToDo(delivery));
        }
        let earlier = hooks::find_sent(tx, id, &delivery.sent_as).await?;
        let Some(earlier) = earlier else { return Ok(Kept::WorkedOn) };
        if earlier.verdict != Verdict::Unfinished {
            return Ok(Kept::Done(earlier));
        }
        let resumed = hooks::resume_delivery(tx, earlier.id, now.plus_seconds(-WORKED_ON), now).await?;
        let earlier = HookDelivery { replayed_at: Some(now), ..earlier };
        Ok(if resumed { Kept::ToDo(earlier) } else { Kept::WorkedOn })
    };
    service.db().write(keep).await
}

/// Postgres keeps no NUL in a text.
fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// The headers that tell something and give nothing away.
fn shown(headers: &[(String, String)]) -> Vec<(String, String)> {
    let told = |name: &str| {
        let own =
            ["webhook-id", "webhook-timestamp", "content-type", "user-agent", EVENT, "x-github-delivery"];
        own.contains(&name)
    };
    let short = |(name, value): &(String, String)| (name.clone(), brief(value, 500));
    headers.iter().filter(|(name, _)| told(name)).map(short).collect()
}

/// Receives the builds that a body tells of, one after the other. The worst of what became of them counts.
async fn act(service: &Service, stored: &Stored, said: &Said) -> Result<(Verdict, String), Error> {
    let builds = match said {
        Said::Nothing(what) => return Ok((Verdict::Ignored, what.clone())),
        Said::Builds(builds) => builds,
    };
    let actor = match tokens::of_hook(service, stored.token).await {
        Ok(actor) => actor,
        Err(Error::Token(_)) => {
            let words = "The token by which it acts was revoked. Make a new hook.";
            return Ok((Verdict::Refused, words.to_owned()));
        }
        Err(error) => return Err(error),
    };
    let (mut worst, mut details) = (Verdict::Registered, Vec::new());
    for told in builds {
        let (verdict, detail) = announce_one(service, &actor, stored, told).await?;
        details.push(detail);
        worst = match (worst, verdict) {
            (Verdict::Refused, _) | (_, Verdict::Refused) => Verdict::Refused,
            (Verdict::NotHere, _) | (_, Verdict::NotHere) => Verdict::NotHere,
            _ => Verdict::Registered,
        };
    }
    Ok((worst, details.join(" ")))
}

async fn announce_one(
    service: &Service,
    actor: &Actor,
    stored: &Stored,
    told: &Announced,
) -> Result<(Verdict, String), Error> {
    let (project, integration) = (stored.hook.project.as_str(), stored.hook.integration.as_str());
    let (digest, tag) = (&told.build.digest, brief(&told.build.tag, 128));
    let at = (project, integration, told.bucket.as_str());
    let announced = match announce(service, actor, at, told.build.clone()).await {
        Ok(announced) => announced,
        Err(Error::NotFound(what)) if !digest.is_empty() && what.contains(digest.as_str()) => {
            let words = format!(
                "{tag} ({digest}) is not in {project}/{integration}: push it there, then replay this."
            );
            return Ok((Verdict::NotHere, words));
        }
        Err(error) => return error.refusal().map(|why| (Verdict::Refused, format!("{tag}: {why}"))),
    };
    let bucket = announced.bucket.map(|bucket| bucket.to_string()).unwrap_or_default();
    Ok(match announced.received {
        Received::Placed => (Verdict::Registered, format!("{tag} is current in {bucket}.")),
        Received::AlreadyThere => (Verdict::Registered, format!("{tag} was received before.")),
        Received::Unclassified => {
            (Verdict::Registered, format!("{tag} is kept, and no rule leads it anywhere."))
        }
        Received::Refused { bucket, refused } => {
            (Verdict::Refused, format!("{tag} is kept, but {bucket} {refused}."))
        }
    })
}

async fn judge(
    service: &Service,
    delivery: HookDelivery,
    (verdict, detail): (Verdict, String),
    replayed: bool,
) -> Result<HookDelivery, Error> {
    let replayed_at = replayed.then(|| service.now());
    // The words may repeat what was sent.
    let detail = storable(&detail);
    let judged =
        HookDelivery { verdict, detail, replayed_at: replayed_at.or(delivery.replayed_at), ..delivery };
    let kept = judged.clone();
    let judge = async move |tx: &mut Tx| {
        Ok::<_, Error>(hooks::judge(tx, kept.id, kept.verdict, &kept.detail, replayed_at).await?)
    };
    service.db().write(judge).await?;
    Ok(judged)
}

/// Does once more what a webhook asked for, for someone who may configure the integration. It was known when it came.
pub async fn replay(
    service: &Service,
    actor: &Actor,
    id: HookId,
    delivery: HookDeliveryId,
) -> Result<HookDelivery, Error> {
    let mut conn = service.read().await?;
    let stored = find(&mut conn, actor, id).await?;
    let kept = hooks::find_delivery(&mut conn, delivery).await?.filter(|(hook, _)| *hook == id);
    let (_, kept) = kept.ok_or_else(|| Error::not_found("This delivery"))?;
    drop(conn);
    let event = kept.headers.iter().find(|(name, _)| name == EVENT).map_or("", |(_, value)| value);
    let judged = match bodies::read(stored.hook.source, event, kept.body.as_bytes()) {
        Ok(said) => act(service, &stored, &said).await?,
        Err(unreadable) => (Verdict::Refused, unreadable.to_string()),
    };
    judge(service, kept, judged, true).await
}

/// Forgets what came long ago, and tells how much it was.
pub async fn sweep(service: &Service) -> Result<u64, Error> {
    let before = service.now().plus_seconds(-KEPT);
    service.db().write(async move |tx| Ok(hooks::sweep(tx, before).await?)).await
}
