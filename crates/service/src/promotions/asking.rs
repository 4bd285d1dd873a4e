//! Asking for a promotion, and what one would meet.

use super::saving::save_as;
use crate::builds::current_name;
use crate::retention::check_kept;
use crate::scenes::Located;
use crate::{Error, Service, circumstances, outside_steps, patterns, scenes};
use towpath_domain::access::{Actor, Target};
use towpath_domain::buckets::Slot;
use towpath_domain::confirmations::Guarded;
use towpath_domain::digests::Digest;
use towpath_domain::forms::Invalid;
use towpath_domain::gates::Gate;
use towpath_domain::ids::PlacementId;
use towpath_domain::pins::Pinning;
use towpath_domain::promotions::{
    Asking, LONGEST_WAIT, Move, Outlook, Promotion, RequestRefused, consider, consider_emergency,
    request as ask,
};
use towpath_domain::references::Tag;
use towpath_domain::spans::read_moment;
use towpath_domain::timeline::EventActor;
use towpath_domain::times::Time;
use towpath_domain::words::{Reason, Reference};
use towpath_domain::workflows::{Contest, Workflow};
use towpath_store::buckets::Bucket;
use towpath_store::builds::Pushed;
use towpath_store::{Conn, Tx, buckets, builds, promotions};

/// A wish to promote a build, as a form or a request names it.
#[derive(Debug, Clone, Default)]
pub struct Request {
    pub project: String,
    pub integration: String,
    pub digest: String,
    /// Buckets by their slugs.
    pub from: String,
    pub to: String,
    pub reason: String,
    /// What it refers to, such as a change ticket, where the stage asks for one; empty for none.
    pub reference: String,
    /// Before when it shall not be applied; empty for at once.
    pub scheduled_for: String,
    /// Whether its gates are passed in an emergency, for the reason that is given.
    pub emergency: bool,
    /// The digest of what has to be current in `to` still, or [`NOTHING`]; empty for whatever is.
    pub expected_current: String,
}

/// What is expected to be current in a bucket that is empty.
pub const NOTHING: &str = "none";

/// Asks for a promotion. One without gates, or whose gates pass, is applied in the same transaction.
pub async fn request(service: &Service, actor: &Actor, request: Request) -> Result<Promotion, Error> {
    let wish = Wish::find(service, actor, &request).await?;
    let reference = read_reference(&request.reference);
    let reason = match Reason::parse(&request.reason).map_err(|error| Invalid::field("reason", error)) {
        Ok(reason) => reason,
        Err(mistake) => {
            // Both fields are told of at once, so that nobody comes back for the second one.
            let workflow = wish.located.workflow(&mut service.read().await?).await?;
            let gates = if request.emergency { Vec::new() } else { wish.gates(workflow.as_ref()) };
            let other = reference.and_then(|reference| check_reference(&gates, reference.as_ref())).err();
            return Err(other.map_or(mistake.clone(), |other| mistake.and(other)).into());
        }
    };
    let (reference, emergency) = (reference?, request.emergency);
    check_emergency(&request)?;
    service.db().write(async move |tx| wish.ask(tx, reason, reference, emergency).await).await
}

/// Reads a time to come, within the time that a promotion waits at most.
pub(super) fn read_schedule(text: &str, now: Time) -> Result<Option<Time>, Invalid> {
    let wrong = |why: &str| Invalid::field("scheduled_for", why);
    if text.trim().is_empty() {
        return Ok(None);
    }
    let at = read_moment(text.trim(), now).map_err(|error| wrong(&error))?;
    if at <= now {
        return Err(wrong("This time is over. Name one to come, or leave it out to promote now."));
    }
    if at >= LONGEST_WAIT.after(now) {
        return Err(wrong("A promotion waits for 30 days at most. Name an earlier time."));
    }
    Ok(Some(at))
}

/// Refuses a reference that is not of the form that one of the gates asks for, beside its field.
fn check_reference(gates: &[Gate], reference: Option<&Reference>) -> Result<(), Invalid> {
    let given = reference.map(Reference::as_str);
    let wrong = gates
        .iter()
        .filter_map(Gate::reference)
        .find(|pattern| !given.is_some_and(|given| patterns::matches(pattern, given)));
    match (wrong, given) {
        (None, _) => Ok(()),
        (Some(pattern), None) => {
            let asked = format!("The stage asks for a reference of the form {}.", pattern.as_str());
            Err(Invalid::field("reference", asked))
        }
        (Some(pattern), Some(given)) => {
            let form = format!("“{given}” is not of the form {}.", pattern.as_str());
            Err(Invalid::field("reference", form))
        }
    }
}

/// What a promotion would meet now, without asking for it.
pub async fn explain(service: &Service, actor: &Actor, request: Request) -> Result<Outlook, Error> {
    let wish = Wish::find(service, actor, &request).await?;
    let mut conn = service.read().await?;
    wish.foresee(&mut conn, &request.reference).await
}

/// What a promotion would pass in an emergency now, without asking for it: what is missing, in words.
pub async fn explain_emergency(
    service: &Service,
    actor: &Actor,
    request: Request,
) -> Result<Result<Vec<String>, RequestRefused>, Error> {
    check_emergency(&request)?;
    let wish = Wish::find(service, actor, &request).await?;
    wish.foresee_emergency(&mut service.read().await?, &request.reference).await
}

fn check_emergency(request: &Request) -> Result<(), Invalid> {
    check_at_once(request.emergency, &request.scheduled_for)
}

pub(super) fn check_at_once(emergency: bool, scheduled_for: &str) -> Result<(), Invalid> {
    if emergency && !scheduled_for.trim().is_empty() {
        let both = "An emergency does not wait. Leave out the time, or the emergency.";
        return Err(Invalid::field("scheduled_for", both));
    }
    Ok(())
}

pub(crate) fn read_reference(text: &str) -> Result<Option<Reference>, Invalid> {
    match text.trim() {
        "" => Ok(None),
        text => Reference::parse(text).map(Some).map_err(|error| Invalid::field("reference", error)),
    }
}

/// A wish whose names are found.
pub(crate) struct Wish {
    pub(crate) service: Service,
    pub(crate) actor: Actor,
    pub(crate) located: Located,
    pub(crate) from: Slot,
    pub(crate) to: Slot,
    /// Where one must be permitted to: the bucket, or the one environment of a pin.
    pub(crate) place: Target,
    pub(crate) pin: Option<Pinning>,
    /// What it is to take back, where it is a rollback.
    pub(crate) takes_back: Option<PlacementId>,
    pub(crate) pushed: Pushed,
    pub(crate) scheduled_for: Option<Time>,
    /// Whether a stage asks by itself.
    pub(crate) automatic: bool,
    /// What has to be current where it goes, as [`Request`] has it.
    pub(crate) expected_current: String,
}

impl Wish {
    async fn find(service: &Service, actor: &Actor, request: &Request) -> Result<Self, Error> {
        let mut conn = service.read().await?;
        let located = scenes::integration(&mut conn, actor, &request.project, &request.integration).await?;
        let from = located.slot(&mut conn, &request.from).await?;
        let to = located.slot(&mut conn, &request.to).await?;
        let missing = || {
            Error::not_found(format_args!(
                "A build “{}” in {}/{}",
                request.digest, request.project, request.integration
            ))
        };
        let digest = Digest::parse(&request.digest).map_err(|_| missing())?;
        let pushed = builds::find(&mut conn, located.integration.id, &digest, "").await?;
        let pushed = pushed.ok_or_else(missing)?;
        check_kept(&mut conn, &pushed.build).await?;
        let scheduled_for = read_schedule(&request.scheduled_for, service.now())?;
        let expected_current = request.expected_current.trim().to_lowercase();
        if !matches!(expected_current.as_str(), "" | NOTHING) && Digest::parse(&expected_current).is_err() {
            let wrong = format!("Name the digest of what you saw there, or “{NOTHING}” where nothing was.");
            return Err(Invalid::field("expected_current", wrong).into());
        }
        let wish = Self::between(service, actor, located, (from, to), pushed);
        Ok(Self { scheduled_for, expected_current, ..wish })
    }

    /// A wish that a build becomes current in a bucket, at once.
    pub(crate) fn between(
        service: &Service,
        actor: &Actor,
        located: Located,
        (from, to): (Slot, Slot),
        pushed: Pushed,
    ) -> Self {
        let (service, actor) = (service.clone(), actor.clone());
        let place = located.slot_target(&to);
        Self {
            service,
            actor,
            located,
            from,
            to,
            place,
            pin: None,
            takes_back: None,
            pushed,
            scheduled_for: None,
            automatic: false,
            expected_current: String::new(),
        }
    }

    /// Refuses what was wished for by who saw something else where it goes.
    async fn check_current(&self, conn: &mut Conn, to: Option<&Bucket>) -> Result<(), Error> {
        if self.expected_current.is_empty() {
            return Ok(());
        }
        let there = match to.and_then(|bucket| bucket.current.as_ref()) {
            Some(placement) => Some(builds::load(conn, placement.build).await?.build.called(&placement.tag)),
            None => None,
        };
        let digest = there.as_ref().map_or_else(|| NOTHING.to_owned(), |build| build.digest.to_string());
        if digest == self.expected_current {
            return Ok(());
        }
        let slug = &self.to.slug;
        let found = there.as_ref().map_or_else(
            || format!("Nothing is current in {slug}"),
            |build| format!("{} ({}) is current in {slug}", build.tag, build.digest),
        );
        Err(Error::Conflict(format!(
            "{found} by now, and not what was expected. Nothing was asked for: look again, and expect what is there."
        )))
    }

    /// What it would meet now, with this reference.
    pub(super) async fn foresee(&self, conn: &mut Conn, reference: &str) -> Result<Outlook, Error> {
        let current = buckets::find(conn, self.located.integration.id, self.to.key).await?;
        self.check_current(conn, current.as_ref()).await?;
        let outlook = self.outlook(conn).await?;
        if !matches!(outlook, Outlook::Refused { .. }) {
            let workflow = self.located.workflow(conn).await?;
            check_reference(&self.gates(workflow.as_ref()), read_reference(reference)?.as_ref())?;
        }
        Ok(outlook)
    }

    pub(super) async fn foresee_emergency(
        &self,
        conn: &mut Conn,
        reference: &str,
    ) -> Result<Result<Vec<String>, RequestRefused>, Error> {
        let current = buckets::find(conn, self.located.integration.id, self.to.key).await?;
        let has_reference = read_reference(reference)?.is_some();
        self.weigh(conn, current.as_ref(), |wish| consider_emergency(wish, has_reference)).await
    }

    /// The gates that it has to pass.
    fn gates(&self, workflow: Option<&Workflow>) -> Vec<Gate> {
        workflow.map(|workflow| workflow.graph.gates(self.from.key, self.to.key)).unwrap_or_default()
    }

    /// What it would meet now.
    pub(crate) async fn outlook(&self, conn: &mut Conn) -> Result<Outlook, Error> {
        let current = buckets::find(conn, self.located.integration.id, self.to.key).await?;
        self.weigh(conn, current.as_ref(), consider).await
    }

    /// Gathers the facts and hands them to a rule of the domain.
    async fn weigh<T>(
        &self,
        conn: &mut Conn,
        to: Option<&Bucket>,
        rule: impl FnOnce(&Move) -> T,
    ) -> Result<T, Error> {
        let integration = self.located.integration.id;
        let workflow = self.located.workflow(conn).await?;
        let build = self.pushed.build.id;
        let from = buckets::find(conn, integration, self.from.key).await?;
        let was_current = match &from {
            Some(bucket) => buckets::was_current(conn, bucket.id, build).await?,
            None => false,
        };
        let gates = self.gates(workflow.as_ref());
        let behind = builds::behind(conn, &self.pushed, &gates).await?;
        let from = from.map(|bucket| bucket.id);
        let now = self.service.now();
        let (place, bucket, pin) = (self.place, self.located.slot_target(&self.to), self.pin.as_ref());
        let about = (&self.pushed.build, pin);
        let mut circumstances =
            circumstances::of_wish(conn, &gates, (from, &place, &bucket), about, now).await?;
        circumstances.outside =
            pin.is_none() && outside_steps::is_set(conn, integration, self.to.key).await?;
        if let (Some(to), Some(_)) = (to, self.takes_back) {
            circumstances.current = current_name(conn, to).await?;
        }
        // A pin takes no part in the contest for the bucket.
        let (open, rival) = match pin {
            Some(_) => (None, None),
            None => (
                promotions::open(conn, integration, build, self.to.key).await?,
                promotions::rival(conn, integration, self.to.key, now).await?,
            ),
        };
        let current = to.and_then(|bucket| bucket.current.as_ref()).map(|placement| placement.build);
        Ok(rule(&Move {
            actor: &self.actor,
            project: &self.located.project,
            workflow: workflow.as_ref(),
            from: &self.from,
            to: &self.to,
            place: &place,
            build,
            behind: &behind,
            was_current,
            current,
            open,
            rival,
            pin,
            takes_back: self.takes_back,
            automatic: self.automatic,
            scheduled_for: self.scheduled_for,
            circumstances: &circumstances,
            now,
        }))
    }

    /// The tag that the promotion carries on: by which the build goes where it comes from, whatever it was called before.
    async fn called(&self, conn: &mut Conn) -> Result<Tag, Error> {
        let from = buckets::find(conn, self.located.integration.id, self.from.key).await?;
        let called = match from {
            Some(from) => buckets::called_in(conn, from.id, self.pushed.build.id).await?,
            None => None,
        };
        Ok(called.unwrap_or_else(|| self.pushed.build.tag.clone()))
    }

    /// Asks for it. What is refused has written nothing.
    pub(crate) async fn ask(
        mut self,
        tx: &mut Tx,
        reason: Reason,
        reference: Option<Reference>,
        emergency: bool,
    ) -> Result<Promotion, Error> {
        let integration = self.located.integration.id;
        // It may have been archived since the wish was found.
        self.located.project = towpath_store::projects::load(tx, self.located.project.id).await?;
        if let Some(pin) = &self.pin {
            scenes::check_in_use(tx, pin.project.id).await?;
        }
        check_kept(tx, &self.pushed.build).await?;
        let bucket = buckets::lock(tx, integration, self.to.key, self.service.id()).await?;
        self.check_current(tx, Some(&bucket)).await?;
        // What is refused for another reason is not sent back for its reference.
        let refused = self.weigh(tx, Some(&bucket), |wish| {
            if emergency {
                return consider_emergency(wish, reference.is_some()).err();
            }
            match consider(wish) {
                Outlook::Refused { refused } => Some(refused),
                Outlook::Enters | Outlook::Waits { .. } => None,
            }
        });
        if let Some(refused) = refused.await? {
            return Err(refused.into());
        }
        if emergency {
            let production = self.place.production;
            self.service.check_fresh(&self.actor, Guarded::Deciding { production })?;
        }
        let workflow = self.located.workflow(tx).await?;
        let stage = workflow.as_ref().and_then(|workflow| workflow.graph.stage(self.to.key));
        // An emergency passes without a reference, but none that is given is wrong.
        if !emergency || reference.is_some() {
            check_reference(&self.gates(workflow.as_ref()), reference.as_ref())?;
        }
        let contest = stage.map_or_else(Contest::default, |stage| stage.contest);
        let waiting = match &self.pin {
            Some(pin) => promotions::waiting_to_pin(tx, pin.service.id, pin.environment.id).await?,
            None => promotions::waiting_for(tx, integration, self.to.key).await?,
        };
        let asking = Asking {
            id: self.service.id(),
            number: promotion_number(tx, &self.located).await?,
            placement: bucket.next(self.service.id()),
            reason,
            reference,
            emergency,
        };
        let number = asking.number;
        let build = self.pushed.build.clone().called(&self.called(tx).await?);
        let step = self.weigh(tx, Some(&bucket), |wish| ask(wish, &build, asking)).await??;
        let who = if self.automatic { EventActor::System } else { Service::event_actor(&self.actor) };
        // Where it is an emergency, saving it has ended the others already.
        let newest_wins = self.pin.is_some() || (contest == Contest::NewestWins && !emergency);
        // A rollback ends others when it is made, and ends itself when something else enters.
        let newest_wins = newest_wins && self.takes_back.is_none();
        let mut superseded = if newest_wins { waiting } else { Vec::new() };
        // What people asked for is ended by people.
        superseded.retain(|earlier| !earlier.is_rollback() && (earlier.automatic || !self.automatic));
        let now = self.service.now();
        let promotion = save_as(tx, &self.service, who, &self.located, &bucket, step).await?;
        for earlier in superseded {
            if let Some(step) = earlier.supersede(number, now) {
                save_as(tx, &self.service, who, &self.located, &bucket, step).await?;
            }
        }
        Ok(promotion)
    }
}

async fn promotion_number(tx: &mut Tx, located: &Located) -> Result<i64, Error> {
    Ok(towpath_store::projects::next_promotion(tx, located.project.id).await?)
}
