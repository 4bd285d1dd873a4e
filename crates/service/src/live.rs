//! What happens, told as it does: each event of the audit log, to everyone who follows and may see it.
//!
//! The audit log is the outbox. One task of the process reads what was committed, once, and hands a line of it to
//! all who follow. Each of them passes on what the policy lets its reader see. Who falls behind, or asks for what
//! is too long ago, is told to read everything anew instead: nothing is kept for anybody.

use crate::{Error, Service, people, sessions};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::ids::{PersonId, ProjectId};
use towpath_domain::live::Notice;
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::Event;
use towpath_store::{Db, timeline};

/// How many streams one person may follow at a time: one for each open page.
pub const STREAMS: usize = 50;
/// How many events may have happened since a page was read, for them to be told one by one.
pub const BACKLOG: i64 = 500;
/// How many events a follower may fall behind.
pub const LAG: usize = 1_024;
/// How many events are read from the log at once.
const READ: i64 = 256;
/// A pause after the log could not be read.
const AGAIN: Duration = Duration::from_secs(1);

/// Everyone who follows, by this process.
#[derive(Debug)]
pub(crate) struct Live {
    told: broadcast::Sender<Told>,
    following: Mutex<HashMap<PersonId, usize>>,
}

impl Default for Live {
    fn default() -> Self {
        Self { told: broadcast::Sender::new(LAG), following: Mutex::default() }
    }
}

/// An event on its way to those who follow.
#[derive(Debug, Clone)]
struct Told {
    notice: Arc<Notice>,
    /// What one must be able to see to be told of it.
    target: Target,
    /// The person whom it was done to.
    person: Option<PersonId>,
    /// Whether it is of `global`, whose things all projects share.
    shared: bool,
    /// Whether what many hold was changed, of whom none is named.
    many: bool,
    /// Whether it concerns everyone: a hold that belongs to no project. Nothing of it is told but that it happened.
    everyone: bool,
}

impl Told {
    fn new(seq: i64, event: &Event) -> Self {
        let scene = &event.scene;
        let notice = Notice::of(seq, event);
        Self {
            everyone: notice.is_of_hold() && scene.project.is_none(),
            shared: scene.project.as_ref().is_some_and(|project| project.slug == Slug::global()),
            notice: Arc::new(notice),
            target: Target {
                project: scene.project.as_ref().map(|project| project.id),
                integration: scene.integration.as_ref().map(|integration| integration.id),
                ..Target::default()
            },
            person: event.change.person(),
            many: event.change.is_of_many(),
        }
    }
}

/// Hands on what is committed, until the database is closed.
pub(crate) fn start(service: &Service) {
    tokio::spawn(tail(service.db().clone(), service.live().told.clone()));
}

async fn tail(db: Db, told: broadcast::Sender<Told>) {
    let mut heads = db.heads();
    let mut position = *heads.borrow();
    while heads.changed().await.is_ok() {
        let head = *heads.borrow_and_update();
        while position < head {
            // Whoever begins to follow after this reads what is committed by then.
            if told.receiver_count() == 0 {
                position = head;
                break;
            }
            match read(&db, position).await {
                Ok(events) => {
                    for (seq, event) in events {
                        position = seq;
                        // Nobody is left who wants it.
                        _ = told.send(Told::new(seq, &event));
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "what happened could not be read; trying again");
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
    }
}

async fn read(db: &Db, after: i64) -> Result<Vec<(i64, Event)>, towpath_store::Error> {
    timeline::list_after(&mut db.read().await?, after, READ).await
}

/// Why someone cannot follow.
#[derive(Debug, thiserror::Error)]
pub enum FollowRefused {
    #[error("You follow {STREAMS} pages or environments already. Close one of them, then try again.")]
    Crowded,
    #[error(transparent)]
    Failed(#[from] Error),
}

/// What a follower is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    Notice(Arc<Notice>),
    /// Something may have been missed, or is seen otherwise now: read everything anew.
    Reset,
}

/// Whether a reader has to be looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Touched {
    No,
    /// What many hold was changed, and the reader may hold it.
    Perhaps,
    Yes,
}

/// How someone stands after their session and their roles were looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Same,
    /// They see more, or less, than before.
    Changed,
    /// Their session is over, or their account gone.
    Ended,
}

/// One stream: what happens, as far as its reader may see it.
#[derive(Debug)]
pub struct Follower {
    service: Service,
    actor: Actor,
    session: Vec<u8>,
    told: broadcast::Receiver<Told>,
    /// What happened before, still to be told.
    earlier: VecDeque<Message>,
    position: i64,
    /// Whether something was done to the reader, so that they have to be looked at again.
    touched: Touched,
    _seat: Seat,
}

/// Follows what happens after an event, or from now on, for the person behind a session.
pub async fn follow(
    service: &Service,
    actor: Actor,
    session: &[u8],
    after: Option<i64>,
) -> Result<Follower, FollowRefused> {
    let seat = Seat::take(service, actor.person())?;
    // Listens first and looks back afterwards, so that nothing falls in between.
    let told = service.live().told.subscribe();
    let head = crate::timeline::head(service).await?;
    let mut follower = Follower {
        service: service.clone(),
        actor,
        session: session.to_vec(),
        told,
        earlier: VecDeque::new(),
        position: head,
        touched: Touched::No,
        _seat: seat,
    };
    if let Some(after) = after {
        follower.look_back(after, head).await?;
    }
    Ok(follower)
}

impl Follower {
    /// The number of the newest event that was told, or would have been if its reader might see it.
    pub const fn position(&self) -> i64 {
        self.position
    }

    /// What happens next; nothing more once the session has ended. Nothing is lost where a caller stops waiting.
    pub async fn next(&mut self) -> Option<Message> {
        loop {
            if let Some(message) = self.earlier.pop_front() {
                return Some(message);
            }
            if self.touched != Touched::No {
                let standing = self.look_again().await;
                let perhaps = std::mem::replace(&mut self.touched, Touched::No) == Touched::Perhaps;
                match standing {
                    Standing::Ended => return None,
                    Standing::Same if perhaps => continue,
                    Standing::Same | Standing::Changed => return Some(Message::Reset),
                }
            }
            match self.told.recv().await {
                Ok(told) if told.notice.seq <= self.position => {}
                Ok(told) => {
                    self.position = told.notice.seq;
                    if told.person == Some(self.actor.person()) {
                        self.touched = Touched::Yes;
                    } else if told.many {
                        self.touched = Touched::Perhaps;
                        if self.sees(&told) {
                            self.earlier.push_back(Message::Notice(told.notice));
                        }
                    } else if self.sees(&told) {
                        return Some(Message::Notice(told.notice));
                    }
                }
                Err(RecvError::Lagged(_)) => {
                    self.told = self.told.resubscribe();
                    self.position = *self.service.db().heads().borrow();
                    return Some(Message::Reset);
                }
                Err(RecvError::Closed) => return None,
            }
        }
    }

    /// Looks at the session and the roles of the reader again; to be called now and then.
    pub async fn look_again(&mut self) -> Standing {
        match self.standing().await {
            Ok(Some(actor)) if actor == self.actor => Standing::Same,
            Ok(Some(actor)) => {
                self.actor = actor;
                Standing::Changed
            }
            Ok(None) => Standing::Ended,
            Err(error) => {
                // Whoever cannot be asked about is told nothing; they may come again.
                tracing::warn!(%error, "a follower could not be looked at again");
                Standing::Ended
            }
        }
    }

    async fn standing(&self) -> Result<Option<Actor>, Error> {
        let person = self.actor.person();
        let session = sessions::load(&self.service, &self.session).await?;
        if session.is_none_or(|session| session.person != Some(person)) {
            return Ok(None);
        }
        match people::actor(&self.service, person).await {
            // How lately they proved who they are changes nothing of what they see.
            Ok((_, actor)) => Ok(Some(Actor { proven_at: self.actor.proven_at, ..actor })),
            Err(Error::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Prepares to tell what happened after `after`; a number that is not yet there comes from another log.
    async fn look_back(&mut self, after: i64, head: i64) -> Result<(), Error> {
        if after > head || head - after > BACKLOG {
            self.earlier.push_back(Message::Reset);
            return Ok(());
        }
        let events = timeline::list_after(&mut self.service.read().await?, after, BACKLOG).await?;
        let told = events.iter().filter(|(seq, _)| *seq <= head).map(|(seq, event)| Told::new(*seq, event));
        let seen: Vec<Told> = told.filter(|told| self.sees(told)).collect();
        self.earlier.extend(seen.into_iter().map(|told| Message::Notice(told.notice)));
        Ok(())
    }

    fn sees(&self, told: &Told) -> bool {
        told.everyone || self.actor.may(Action::View, &told.target)
    }
}

/// Hears that something happened which may concern a project, without being told what.
#[derive(Debug)]
pub struct Listener {
    told: broadcast::Receiver<Told>,
    project: ProjectId,
    _seat: Seat,
}

/// Listens for what happens from now on in a project, or in `global`, whose things all projects share.
pub fn listen(service: &Service, actor: &Actor, project: ProjectId) -> Result<Listener, FollowRefused> {
    let seat = Seat::take(service, actor.person())?;
    Ok(Listener { told: service.live().told.subscribe(), project, _seat: seat })
}

impl Listener {
    /// Returns when something has happened that may concern the project, or some of what happened was missed.
    pub async fn heard(&mut self) {
        loop {
            match self.told.recv().await {
                Ok(told) if !told.shared && told.target.project.is_some_and(|of| of != self.project) => {}
                Ok(_) | Err(RecvError::Lagged(_)) => return,
                // The database is closed, and nothing happens any more.
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}

/// One of the streams that a person may have, given back when it ends.
#[derive(Debug)]
struct Seat {
    service: Service,
    person: PersonId,
}

impl Seat {
    fn take(service: &Service, person: PersonId) -> Result<Self, FollowRefused> {
        let mut following = service.live().following.lock().unwrap_or_else(PoisonError::into_inner);
        let count = following.entry(person).or_default();
        if *count >= STREAMS {
            return Err(FollowRefused::Crowded);
        }
        *count += 1;
        Ok(Self { service: service.clone(), person })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut following = self.service.live().following.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = following.get_mut(&self.person) {
            *count -= 1;
            if *count == 0 {
                following.remove(&self.person);
            }
        }
    }
}
