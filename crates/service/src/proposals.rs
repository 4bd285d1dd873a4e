//! Changes that take a second person: proposed here instead of done, and done by whoever confirms them, through the use case of
//! their noun and in the same transaction.

use crate::{Error, Service, holds, workflows};
use std::collections::HashMap;
use towpath_domain::access::{Actor, Grant, Identity};
use towpath_domain::confirmations::Guarded;
use towpath_domain::forms::Invalid;
use towpath_domain::ids::PersonId;
use towpath_domain::people::Person;
use towpath_domain::proposals::{
    Command, Demanded, Proposal, ProposalLine, ProposalView, ProposalsView, Subject, Transition,
};
use towpath_domain::timeline::{EventActor, Named, Scene};
use towpath_domain::words::Reason;
use towpath_store::{Conn, Tx, access, people, proposals};

/// How many that are over a page shows.
const OVER: i64 = 50;
/// How many are named who can decide.
const NAMED: usize = 8;

/// What came of a wish that can take a second person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<T> {
    Done(T),
    /// It waits for a second person.
    Proposed(Box<Proposal>),
}

impl<T> Outcome<T> {
    /// What was done; absent where it waits.
    pub fn done(self) -> Option<T> {
        match self {
            Self::Done(done) => Some(done),
            Self::Proposed(_) => None,
        }
    }
}

impl Service {
    /// What takes a second person here.
    pub(crate) fn second_person(&self) -> Demanded {
        self.0.second_person
    }
}

/// Proposes something that who acts may do, and would do but for the second person.
pub(crate) async fn propose(
    tx: &mut Tx,
    service: &Service,
    actor: &Actor,
    subject: Subject,
) -> Result<Proposal, Error> {
    let number = proposals::next_number(tx).await?;
    let step = Proposal::make((service.id(), number), subject, actor, service.now());
    save(tx, service, Service::event_actor(actor), step).await
}

async fn save(tx: &mut Tx, service: &Service, who: EventActor, step: Transition) -> Result<Proposal, Error> {
    proposals::save(tx, &step).await?;
    let (proposal, change) = step.into_parts();
    let project = proposal.subject.project.clone().map(|(id, slug)| Named { id, slug });
    let production = proposal.subject.target.production;
    tx.tell(service.event(who, Scene { project, production, ..Scene::default() }, change));
    Ok(proposal)
}

/// A proposal of which who asks is told.
async fn find(conn: &mut Conn, actor: &Actor, number: i64) -> Result<Proposal, Error> {
    let missing = || Error::not_found(format_args!("Proposal {number}"));
    let found = proposals::find(conn, number).await?.ok_or_else(missing)?;
    if found.is_seen_by(actor) { Ok(found) } else { Err(missing()) }
}

/// The proposals of which who asks is told.
pub async fn list(service: &Service, actor: &Actor) -> Result<ProposalsView, Error> {
    let mut conn = service.read().await?;
    let (waiting, over) = (proposals::waiting(&mut conn).await?, proposals::over(&mut conn, OVER).await?);
    let now = service.now();
    Ok(ProposalsView {
        waiting: lines(&mut conn, service, actor, waiting).await?,
        over: lines(&mut conn, service, actor, over).await?,
        demanded: service.second_person() != Demanded::default(),
        now,
    })
}

async fn lines(
    conn: &mut Conn,
    service: &Service,
    actor: &Actor,
    mut found: Vec<Proposal>,
) -> Result<Vec<ProposalLine>, Error> {
    found.retain(|proposal| proposal.is_seen_by(actor));
    let of = |proposal: &Proposal| [Some(proposal.by), proposal.state.decided_by()];
    let ids: Vec<PersonId> = found.iter().flat_map(of).flatten().collect();
    let (names, now) = (people::names(conn, &ids).await?, service.now());
    let line = |proposal: Proposal| ProposalLine {
        proposer: names.get(&proposal.by).cloned().unwrap_or_default(),
        decided_by: proposal.state.decided_by().and_then(|by| names.get(&by).cloned()),
        may_decide: proposal.may_decide(actor, now).map_err(|why| why.to_string()),
        proposal,
    };
    Ok(found.into_iter().map(line).collect())
}

/// How many wait for the word of who asks.
pub(crate) async fn waiting_for(conn: &mut Conn, service: &Service, actor: &Actor) -> Result<usize, Error> {
    let (waiting, now) = (proposals::waiting(conn).await?, service.now());
    Ok(waiting.iter().filter(|proposal| proposal.may_decide(actor, now).is_ok()).count())
}

/// One proposal.
pub async fn view(service: &Service, actor: &Actor, number: i64) -> Result<ProposalView, Error> {
    let mut conn = service.read().await?;
    let proposal = find(&mut conn, actor, number).await?;
    let now = service.now();
    let decided_by = match proposal.state.decided_by() {
        Some(by) => people::names(&mut conn, &[by]).await?.remove(&by),
        None => None,
    };
    let others = if proposal.is_open() { others(&mut conn, &proposal).await? } else { Vec::new() };
    Ok(ProposalView {
        proposer: people::load(&mut conn, proposal.by).await?,
        decided_by,
        may_decide: proposal.may_decide(actor, now).map_err(|why| why.to_string()),
        may_withdraw: proposal.may_withdraw(actor, now).is_ok(),
        others,
        proposal,
        now,
    })
}

/// Those who can decide on a proposal, by name, as far as they are named.
async fn others(conn: &mut Conn, proposal: &Proposal) -> Result<Vec<String>, Error> {
    let mut held: HashMap<PersonId, Vec<Grant>> = HashMap::new();
    for bound in access::bindings(conn).await? {
        let grant = Grant { role: bound.role, place: bound.binding.place };
        held.entry(bound.binding.person).or_default().push(grant);
    }
    let mut may = |person: &Person| {
        let grants = held.remove(&person.id).unwrap_or_default();
        proposal.may_decide(&in_person(person.id, grants), proposal.at).is_ok()
    };
    let people = people::list(conn).await?.into_iter();
    Ok(people.filter(&mut may).take(NAMED).map(|person| person.name.to_string()).collect())
}

fn in_person(person: PersonId, grants: Vec<Grant>) -> Actor {
    Actor { identity: Identity::Person { person }, grants, scope: None, proven_at: None }
}

/// Someone with what they may now; absent where they are deactivated.
async fn acting(conn: &mut Conn, person: PersonId) -> Result<Option<Actor>, Error> {
    if !people::deactivated(conn, &[person]).await?.is_empty() {
        return Ok(None);
    }
    Ok(Some(in_person(person, access::grants(conn, person).await?)))
}

/// How confirming ended without it.
enum Halted {
    /// What it holds cannot be done any more, for this reason.
    Void(String),
    Failed(Error),
}

impl From<towpath_store::Error> for Halted {
    fn from(error: towpath_store::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Error> for Halted {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Confirms a proposal, which does what it holds. Where that is not possible any more, as when it was changed meanwhile, the
/// proposal is void and nothing is done.
pub async fn confirm(service: &Service, actor: &Actor, number: i64) -> Result<Proposal, Error> {
    let found = find(&mut service.read().await?, actor, number).await?;
    found.may_decide(actor, service.now())?;
    service.check_fresh(actor, Guarded::Rights)?;
    let (writer, by) = (service.clone(), actor.clone());
    let confirmed = service
        .db()
        .write(async move |tx| {
            let current = find(tx, &by, number).await?;
            let who = Service::event_actor(&by);
            let (command, proposer) = (current.subject.command.clone(), current.by);
            let target = current.subject.target;
            let step = current.confirm(&by, writer.now()).map_err(Error::from)?;
            let proposer = acting(tx, proposer).await?;
            if !proposer.is_some_and(|proposer| proposer.may(command.action(), &target)) {
                return Err(Halted::Void("Who proposed it may not do it any more.".to_owned()));
            }
            // The word comes before what it does, in the log as in fact.
            let proposal = save(tx, &writer, who, step).await?;
            match apply(tx, &writer, &by, command).await {
                Ok(()) => Ok(proposal),
                Err(error) => Err(match error.refusal() {
                    Ok(why) => Halted::Void(why),
                    Err(error) => Halted::Failed(error),
                }),
            }
        })
        .await;
    match confirmed {
        Ok(proposal) => Ok(proposal),
        Err(Halted::Failed(error)) => Err(error),
        Err(Halted::Void(why)) => {
            void(service, number, why.clone()).await?;
            Err(Error::Conflict(format!("Nothing was done, and the proposal is void. {why}")))
        }
    }
}

async fn apply(tx: &mut Tx, service: &Service, actor: &Actor, command: Command) -> Result<(), Error> {
    match command {
        Command::ChangeWorkflow { after } => {
            workflows::apply(tx, service, Service::event_actor(actor), *after).await
        }
        Command::ReleaseHold { number, reason } => {
            holds::apply_release(tx, service, actor, number, reason).await
        }
    }
}

async fn void(service: &Service, number: i64, because: String) -> Result<(), Error> {
    let writer = service.clone();
    service
        .db()
        .write(async move |tx| {
            let found = proposals::find(tx, number).await?;
            match found.and_then(|found| found.void(because, writer.now())) {
                Some(step) => save(tx, &writer, EventActor::System, step).await.map(drop),
                None => Ok(()),
            }
        })
        .await
}

/// Rejects a proposal, for a reason.
pub async fn reject(service: &Service, actor: &Actor, number: i64, comment: &str) -> Result<Proposal, Error> {
    let found = find(&mut service.read().await?, actor, number).await?;
    found.may_decide(actor, service.now())?;
    let comment = match comment.trim() {
        "" => return Err(Invalid::field("comment", "Say why you reject it.").into()),
        text => Reason::parse(text).map_err(|error| Invalid::field("comment", error))?,
    };
    let (writer, by) = (service.clone(), actor.clone());
    service
        .db()
        .write(async move |tx| {
            let step = find(tx, &by, number).await?.reject(&by, comment, writer.now())?;
            save(tx, &writer, Service::event_actor(&by), step).await
        })
        .await
}

/// Withdraws a proposal of one's own.
pub async fn withdraw(service: &Service, actor: &Actor, number: i64) -> Result<Proposal, Error> {
    let (writer, by) = (service.clone(), actor.clone());
    service
        .db()
        .write(async move |tx| {
            let step = find(tx, &by, number).await?.withdraw(&by, writer.now())?;
            save(tx, &writer, Service::event_actor(&by), step).await
        })
        .await
}

/// Ends the proposals on which nobody decided in time, and tells how many there were.
pub async fn expire(service: &Service) -> Result<u64, Error> {
    let writer = service.clone();
    service
        .db()
        .write(async move |tx| {
            let mut ended = 0;
            for proposal in proposals::waiting(tx).await? {
                if let Some(step) = proposal.look_again(writer.now()) {
                    save(tx, &writer, EventActor::System, step).await?;
                    ended += 1;
                }
            }
            Ok::<_, Error>(ended)
        })
        .await
}
