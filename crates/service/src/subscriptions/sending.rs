//! Sending events to subscriptions: each in order of the log, at least once, by one server at a time.

use super::{disable, signing};
use crate::{Error, Service};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{Request, Response};
use std::sync::OnceLock;
use towpath_domain::forms::Invalid;
use towpath_domain::ids::{DeliveryId, PersonId, SubscriptionId};
use towpath_domain::subscriptions::messages::{Message, TEST};
use towpath_domain::subscriptions::retries::{Next, next};
use towpath_domain::subscriptions::{Attempt, DeliveryState};
use towpath_domain::timeline::Event;
use towpath_domain::times::Time;
use towpath_outgoing::{Allowed, Outgoing};
use towpath_store::subscriptions::{self, Head, Stored};
use towpath_store::timeline::Criteria;
use towpath_store::{Conn, Tx, people, timeline};

/// How many events are looked at in one turn of the write queue.
const READ: i64 = 256;
/// How many events are sent to one subscription before others have their turn.
const TURN: usize = 50;
/// How long a server has a subscription for itself without a sign of life, in seconds: longer than a call may take.
const LEASE: i64 = 60;
/// How much of an answer is kept, in bytes.
const ANSWER: usize = 1_024;
/// How long it is kept what was sent, in seconds.
const KEPT: i64 = 30 * 86_400;

/// The client by which messages are sent, made when it is first needed: it reads the machine's certificates, which not
/// every machine has.
#[derive(Debug)]
pub struct Sender {
    allowed: Allowed,
    client: OnceLock<Result<Outgoing, String>>,
}

impl Sender {
    pub(crate) const fn new(allowed: Allowed) -> Self {
        Self { allowed, client: OnceLock::new() }
    }

    fn client(&self) -> Result<&Outgoing, Error> {
        let client = self.client.get_or_init(|| Outgoing::new(self.allowed.clone()));
        client.as_ref().map_err(|why| Error::Internal(format!("the machine's certificates: {why}")))
    }

    /// Refuses an address that says by itself that it may not be called.
    pub(crate) fn judge(&self, address: &str) -> Result<(), Error> {
        let judged = self.client()?.judge(address);
        judged.map_err(|error| Invalid::field("address", format!("{error}.")).into())
    }
}

/// Puts what has happened in the queues of those who subscribed to it, for one turn. How many events it looked at.
pub async fn queue(service: &Service) -> Result<usize, Error> {
    let mut conn = service.read().await?;
    let Some((_, after)) = to_look_at(&mut conn).await? else { return Ok(0) };
    if timeline::size(&mut conn).await? <= after {
        return Ok(0);
    }
    drop(conn);
    let clerk = service.clone();
    let queue = async move |tx: &mut Tx| {
        // Another server may have done it meanwhile.
        let Some((active, after)) = to_look_at(tx).await? else { return Ok(0) };
        let events = timeline::list_after(tx, after, READ).await?;
        for (seq, event) in &events {
            for stored in active.iter().filter(|stored| wants(stored, *seq, event)) {
                let at = (*seq, event.change.kind());
                let now = clerk.now();
                subscriptions::queue(tx, clerk.id(), stored.subscription.id, at, now).await?;
            }
        }
        if let Some((last, _)) = events.last() {
            subscriptions::advance(tx, *last).await?;
        }
        Ok::<_, Error>(events.len())
    };
    service.db().write(queue).await
}

/// Those to whom something is sent, and after which event it begins. What happened while nobody subscribed is passed over.
async fn to_look_at(conn: &mut Conn) -> Result<Option<(Vec<Stored>, i64)>, Error> {
    let active = subscriptions::active(conn).await?;
    let Some(since) = active.iter().map(|stored| stored.since).min() else { return Ok(None) };
    let after = subscriptions::cursor(conn).await?.max(since);
    Ok(Some((active, after)))
}

/// Whether a subscription is of an event: one that happened in its project, if it has one.
fn wants(stored: &Stored, seq: i64, event: &Event) -> bool {
    let (subscription, scene) = (&stored.subscription, &event.scene);
    let project = scene.project.as_ref().map(|project| project.id);
    let integration = scene.integration.as_ref().map(|integration| integration.id);
    let stage = scene.bucket.as_ref().map(|bucket| &bucket.slug);
    seq > stored.since
        && (stored.project.is_none() || stored.project == project)
        && (stored.integration.is_none() || stored.integration == integration)
        && (subscription.stage.is_none() || subscription.stage.as_ref() == stage)
        && (subscription.kinds.is_empty()
            || subscription.kinds.iter().any(|kind| kind == event.change.kind()))
}

/// Takes subscriptions to which something is due for this server, up to so many.
pub async fn claim(service: &Service, most: usize) -> Result<Vec<SubscriptionId>, Error> {
    let (now, most) = (service.now(), i64::try_from(most).unwrap_or(i64::MAX));
    let due = subscriptions::due(&mut service.read().await?, now, most).await?;
    if due.is_empty() {
        return Ok(due);
    }
    let claim = async move |tx: &mut Tx| {
        let mut claimed = Vec::new();
        for id in due {
            if subscriptions::lease(tx, id, now, now.plus_seconds(LEASE)).await? {
                claimed.push(id);
            }
        }
        Ok(claimed)
    };
    service.db().write(claim).await
}

/// Sends what waits for a subscription that was claimed, one after the other, until one is not taken.
///
/// # Errors
/// Those of this server. The subscription is then left alone until its lease is over.
pub async fn drain(service: &Service, id: SubscriptionId) -> Result<(), Error> {
    for _ in 0..TURN {
        let mut conn = service.read().await?;
        let stored = subscriptions::find(&mut conn, id).await?;
        let Some(stored) = stored.filter(|stored| stored.subscription.disabled.is_none()) else { break };
        let head = subscriptions::head(&mut conn, id).await?;
        let Some(head) = head.filter(|head| head.due_at <= service.now()) else { break };
        drop(conn);
        if !send(service, &stored, head).await? {
            break;
        }
    }
    service.db().write(async move |tx| Ok(subscriptions::release(tx, id).await?)).await
}

/// Sends the next event. Whether it was taken.
async fn send(service: &Service, stored: &Stored, head: Head) -> Result<bool, Error> {
    let message = message(service, head.seq).await?;
    let (attempt, retry_after) = attempt(service, stored, &message).await?;
    let tries = head.attempts + 1;
    let [dice] = service.random();
    let (state, due_at, because) = if attempt.succeeded() {
        (DeliveryState::Delivered, head.due_at, None)
    } else {
        match next(tries, attempt.status, retry_after, dice) {
            Next::Again { seconds } => (DeliveryState::Waiting, service.now().plus_seconds(seconds), None),
            Next::Disable { because } => (DeliveryState::Failed, head.due_at, Some(because)),
        }
    };
    let (id, until) = (stored.subscription.id, service.now().plus_seconds(LEASE));
    let record = async move |tx: &mut Tx| {
        subscriptions::record(tx, head.id, &attempt, state, due_at).await?;
        Ok::<_, Error>(subscriptions::extend(tx, id, until).await?)
    };
    service.db().write(record).await?;
    if let Some(because) = because {
        disable(service, stored, &because).await?;
    }
    Ok(state == DeliveryState::Delivered)
}

/// What somebody asks to be sent at once.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sent {
    Test {
        delivery: DeliveryId,
        by: PersonId,
    },
    /// Something that was sent, or waits. How it stands changes only for the better.
    Event {
        delivery: DeliveryId,
        seq: i64,
        state: DeliveryState,
        due_at: Time,
    },
}

impl Sent {
    pub const fn delivery(self) -> DeliveryId {
        match self {
            Self::Test { delivery, .. } | Self::Event { delivery, .. } => delivery,
        }
    }
}

/// Sends something at once, whatever waits and whether or not the subscription is disabled.
pub(super) async fn send_now(service: &Service, stored: &Stored, sent: Sent) -> Result<(), Error> {
    let message = match sent {
        Sent::Test { by, .. } => test_message(service, stored, by).await?,
        Sent::Event { seq, .. } => message(service, seq).await?,
    };
    let (attempt, _) = attempt(service, stored, &message).await?;
    let (id, now) = (stored.subscription.id, service.now());
    let record = async move |tx: &mut Tx| {
        let (state, due_at) = match sent {
            Sent::Test { delivery, .. } => {
                subscriptions::record_test(tx, delivery, id, TEST, now).await?;
                (DeliveryState::Failed, now)
            }
            Sent::Event { state, due_at, .. } => (state, due_at),
        };
        let state = if attempt.succeeded() { DeliveryState::Delivered } else { state };
        Ok::<_, Error>(subscriptions::record(tx, sent.delivery(), &attempt, state, due_at).await?)
    };
    service.db().write(record).await
}

/// An event as it is sent: with what is known of its people now, so that what was erased is not sent again.
async fn message(service: &Service, seq: i64) -> Result<Message, Error> {
    let missing = || Error::Internal(format!("the event {seq} is missing"));
    let mut conn = service.read().await?;
    let logged = timeline::export(&mut conn, &Criteria::default(), seq - 1, seq, 1).await?;
    let event = logged.first().ok_or_else(missing)?.event()?;
    let entry = crate::timeline::entries(&mut conn, vec![(seq, event.clone())]).await?.pop();
    Ok(Message::of(&event, entry.ok_or_else(missing)?, service.public_url()))
}

async fn test_message(service: &Service, stored: &Stored, by: PersonId) -> Result<Message, Error> {
    let names = people::names(&mut service.read().await?, &[by]).await?;
    let who = names.get(&by).map_or("Someone", String::as_str);
    let subscription = &stored.subscription;
    let page = format!("{}/subscriptions/{}", service.public_url(), subscription.id);
    Ok(Message::test(service.id(), service.now(), who, subscription.title.as_str(), page))
}

/// Tries to send a message. With it goes how many seconds the receiver asks to wait.
async fn attempt(
    service: &Service,
    stored: &Stored,
    message: &Message,
) -> Result<(Attempt, Option<i64>), Error> {
    let at = service.now();
    let (media_type, body) = message.write(stored.subscription.format, service.public_url());
    let (id, timestamp) = (message.data.id.to_string(), at.micros() / 1_000_000);
    let signature = signing::sign(service, stored, (&id, timestamp, &body))?;
    let address = service.unseal(&signing::place(stored.subscription.id), &stored.address)?;
    let mut request = Request::post(address.as_slice())
        .header(CONTENT_TYPE, media_type)
        .header("webhook-id", id)
        .header("webhook-timestamp", timestamp);
    if let Some(signature) = signature {
        request = request.header("webhook-signature", signature);
    }
    let answered = match request.body(Bytes::from(body.clone())) {
        Ok(request) => service.0.sender.client()?.send(request).await.map_err(|error| error.to_string()),
        Err(error) => Err(format!("its address cannot be called: {error}")),
    };
    let took = (service.now().micros() - at.micros()) / 1_000;
    let sent = Attempt { at, took, request: body, ..Attempt::default() };
    Ok(match answered {
        Ok(answer) => {
            let retry_after = retry_after(&answer);
            let status = Some(answer.status().as_u16());
            (Attempt { status, answer: first(answer.body()), ..sent }, retry_after)
        }
        Err(error) => (Attempt { error: Some(error), ..sent }, None),
    })
}

fn retry_after(answer: &Response<Bytes>) -> Option<i64> {
    answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()
}

/// The beginning of an answer as text, without what databases do not take.
fn first(answer: &Bytes) -> String {
    let begin = answer.get(..ANSWER).unwrap_or(answer);
    String::from_utf8_lossy(begin).replace('\0', "\u{fffd}")
}

/// Forgets what was sent long ago, and tells how many there were.
pub async fn sweep(service: &Service) -> Result<u64, Error> {
    let before = service.now().plus_seconds(-KEPT);
    service.db().write(async move |tx| Ok(subscriptions::sweep(tx, before).await?)).await
}
