//! Refused attempts: noted at the doors, counted in memory, written down every minute, and shown to who configures the
//! installation. `book` is what is counted.

mod book;

pub(crate) use book::Book;

use crate::{Error, Service, allow};
use book::{Key, Tally};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use towpath_domain::access::{Action, Actor, Refusal, Target};
use towpath_domain::attempts::{Attempt, AttemptKind, AttemptsForm, AttemptsView};
use towpath_domain::ids::{AttemptId, PersonId, uuid_v7};
use towpath_store::attempts;

/// How many a page shows.
pub const PAGE: i64 = 100;
/// How many lines are kept at most, whoever floods them.
const MOST: i64 = 100_000;
/// How many are read at once for an export.
const PIECE: i64 = 1_000;

/// What was refused, and why, in words that repeat nothing of what was sent.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Refused {
    pub kind: AttemptKind,
    pub because: String,
}

impl Refused {
    pub fn new(kind: AttemptKind, because: impl Into<String>) -> Self {
        Self { kind, because: because.into() }
    }

    /// What an error refuses; nothing, where it is a mistake, a rule or a fault of ours. Whoever may not know that a thing is
    /// there is told that it is not, and that is no attempt: it would tell apart what answers must not.
    pub fn of(error: &Error) -> Option<Self> {
        let sign_in = |because: &str| Some(Self::new(AttemptKind::SignIn, because));
        match error {
            Error::Forbidden(refusal) => Some(Self::new(AttemptKind::Permission, permission(refusal))),
            Error::Credentials => sign_in("wrong e-mail address or password"),
            Error::Password { .. } => sign_in("a wrong password of who is signed in"),
            Error::NotFresh(_) => Some(Self::new(AttemptKind::Permission, "what takes a fresh sign-in")),
            // What follows tells whoever shows it what to do.
            Error::Token(why) => sign_in(why.split_once('.').map_or(*why, |(first, _)| first)),
            Error::LinkGone => sign_in("a one-time link that works no more"),
            Error::TooMany { .. } => sign_in("tried too often"),
            Error::Untrusted(_) => {
                Some(Self::new(AttemptKind::Signature, "the token of a CI job that is not trusted"))
            }
            _ => None,
        }
    }
}

fn permission(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Missing { action } => action.to_string(),
        Refusal::Production { action } => format!("{action} in production"),
        Refusal::Scope { action } => format!("{action}, beyond the scope of a token"),
        Refusal::Reading { .. } => "more than a read token opens".to_owned(),
        Refusal::Token => "what takes a person, by a token".to_owned(),
        Refusal::Beyond { action } => format!("giving the permission to {action}"),
    }
}

/// Goes along with a request as an extension: the doors write on it who acts, and why they were turned away.
#[derive(Debug, Clone, Default)]
pub struct Slip(Arc<Mutex<Written>>);

#[derive(Debug, Default)]
struct Written {
    account: Option<PersonId>,
    refused: Option<Refused>,
}

impl Slip {
    pub fn acts(&self, actor: &Actor) {
        // Whoever does not say who they are has no account.
        let account = Some(actor.person()).filter(|person| !person.uuid().is_nil());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).account = account;
    }

    /// What is written last counts.
    pub fn refuse(&self, refused: Option<Refused>) {
        if let Some(refused) = refused {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).refused = Some(refused);
        }
    }

    /// Counts what stands on it, once a request from an address to a door is answered. Nothing is written to the database yet.
    pub fn hand_in(&self, service: &Service, door: &str, from: IpAddr) {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(refused) = written.refused.take() {
            service.0.attempts.note(Key::new(refused, door, written.account, from), service.now());
        }
    }
}

/// Writes down what was counted since the last time, and tells how many lines that made.
pub async fn write_down(service: &Service) -> Result<u64, Error> {
    let lines: Vec<_> = service.0.attempts.take().into_iter().map(|counted| line(service, counted)).collect();
    let count = lines.len() as u64;
    if lines.is_empty() {
        return Ok(0);
    }
    service
        .db()
        .write(async move |tx| {
            for (attempt, account) in &lines {
                attempts::insert(tx, attempt, *account).await?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    Ok(count)
}

/// Its id sorts by when the last of them was.
fn line(service: &Service, (key, tally): (Key, Tally)) -> (Attempt, Option<PersonId>) {
    let attempt = Attempt {
        id: AttemptId(uuid_v7(tally.last, service.random())),
        kind: key.refused.kind,
        door: key.door,
        because: key.refused.because,
        who: None,
        from: key.from.map(|network| network.to_string()),
        count: tally.count,
        at: tally.first,
        last_at: tally.last,
    };
    (attempt, key.account)
}

/// Forgets what is old, and tells how much it was.
pub async fn sweep(service: &Service) -> Result<u64, Error> {
    let before = service.now().plus_seconds(-service.0.attempts_kept);
    service.db().write(async move |tx| Ok(attempts::sweep(tx, before, MOST).await?)).await
}

/// A page of them, for who may configure the installation. What was counted by now is among them.
pub async fn list(
    service: &Service,
    actor: &Actor,
    form: &AttemptsForm,
    before: Option<AttemptId>,
    limit: i64,
) -> Result<AttemptsView, Error> {
    allow(actor, Action::Configure, &Target::installation())?;
    let kind = form.check()?;
    write_down(service).await?;
    let mut found = attempts::list(&mut service.read().await?, kind, before, limit + 1).await?;
    let more = i64::try_from(found.len()).is_ok_and(|count| count > limit);
    if more {
        found.pop();
    }
    Ok(AttemptsView {
        older: found.last().map(|last| last.id).filter(|_| more),
        attempts: found,
        kind,
        kept_days: service.0.attempts_kept / 86_400,
        now: service.now(),
    })
}

/// All of them, piece by piece and the newest first.
#[derive(Debug)]
pub struct Export {
    service: Service,
    kind: Option<AttemptKind>,
    before: Option<AttemptId>,
}

/// Begins an export, for who may configure the installation.
pub async fn export(service: &Service, actor: &Actor, form: &AttemptsForm) -> Result<Export, Error> {
    allow(actor, Action::Configure, &Target::installation())?;
    let kind = form.check()?;
    write_down(service).await?;
    Ok(Export { service: service.clone(), kind, before: None })
}

impl Export {
    /// The next ones; none at the end.
    pub async fn next(&mut self) -> Result<Vec<Attempt>, Error> {
        let mut conn = self.service.read().await?;
        let piece = attempts::list(&mut conn, self.kind, self.before, PIECE).await?;
        self.before = piece.last().map(|last| last.id).or(self.before);
        Ok(piece)
    }
}
