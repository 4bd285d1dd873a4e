//! Approvals: so many people of a role must agree, each once, and never who asked.

use super::behind::{ACTOR, AUTHOR, Bar, Behind};
use super::{Gate, Verdict};
use crate::access::{Refusal, Target};
use crate::delegations::Voice;
use crate::ids::PersonId;
use crate::slugs::Slug;
use serde::{Deserialize, Serialize};

/// So many people of a role must approve. The requester never counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approvals {
    pub count: u8,
    pub role: Slug,
    /// The person who pushed the build does not count either.
    pub bar_pusher: bool,
    /// Whether who wrote the commit may approve it, and who made the CI run.
    #[serde(default, skip_serializing_if = "Bar::is_no")]
    pub bar_author: Bar,
    #[serde(default, skip_serializing_if = "Bar::is_no")]
    pub bar_actor: Bar,
}

/// The people whose say in a wish to enter a stage is weighed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Involved {
    pub requester: PersonId,
    /// Who made the machine that asked, or could act as it then; nobody where a person asked.
    pub makers: Vec<PersonId>,
    pub behind: Behind,
    pub approvals: Vec<Approval>,
}

/// One person's approval, with the roles that they held at the target when they gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    pub person: PersonId,
    /// Who gave it in that person's name, where somebody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    pub roles: Vec<Slug>,
}

/// Why someone's approval of a promotion would not count, or must not be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Barred {
    #[error("You asked for this promotion, so someone else has to approve it.")]
    Requester,
    #[error(
        "You made the service account that asked for this promotion, or a token of it, so someone else has to approve it."
    )]
    Maker,
    #[error("You pushed this build, and this stage wants someone else to approve it.")]
    Pusher,
    #[error("The build names you as its commit's author, and this stage wants someone else to approve it.")]
    Author,
    #[error("The build names you as who made its CI run, and this stage wants someone else to approve it.")]
    CiActor,
    #[error(
        "This stage wants approvals by the role “{0}”, which you do not hold here. An admin can grant it."
    )]
    Role(Slug),
    #[error("You have decided on this promotion already.")]
    Decided,
    #[error("Somebody has decided on this promotion in your name already.")]
    DecidedFor,
    /// What bars the person in whose name one would decide.
    #[error("You would decide for someone else. {}", of_principal(.0))]
    Principal(Box<Barred>),
    #[error("Nothing here waits for an approval.")]
    NothingToApprove,
    #[error(transparent)]
    Forbidden(#[from] Refusal),
}

/// Whether an approval by this voice would count towards at least one approvals gate.
pub fn may_approve(
    gates: &[Gate],
    involved: &Involved,
    voice: &Voice,
    target: &Target,
) -> Result<(), Barred> {
    let mut wanted = gates.iter().filter_map(|gate| match gate {
        Gate::Approvals(approvals) => Some(approvals),
        _ => None,
    });
    let Some(first) = wanted.next() else { return Err(Barred::NothingToApprove) };
    // Whoever asked is told so, rather than that a role is missing which would not help.
    let names = (voice.person(), voice.by());
    by_either(names, |person| involved.asked(person))?;
    let principal = |barred: Barred| match voice.by() {
        None => barred,
        Some(_) => Barred::Principal(Box::new(barred)),
    };
    match voice.may_approve(target) {
        Err(Refusal::Token) => return Err(Refusal::Token.into()),
        allowed => allowed.map_err(|refusal| principal(refusal.into()))?,
    }
    let mut barred = Barred::NothingToApprove;
    for approvals in std::iter::once(first).chain(wanted) {
        match approvals.counts(names, |role| voice.holds(role, target), involved) {
            Ok(()) => return Ok(()),
            Err(reason) => barred = reason,
        }
    }
    Err(barred)
}

/// Asks a rule about who acts and about the person as whom it counts: being barred by either name is being barred.
fn by_either(
    (person, by): (PersonId, Option<PersonId>),
    rule: impl Fn(PersonId) -> Result<(), Barred>,
) -> Result<(), Barred> {
    let Some(by) = by else { return rule(person) };
    rule(by)?;
    rule(person).map_err(|barred| Barred::Principal(Box::new(barred)))
}

/// What bars them, said to whoever acts for them.
fn of_principal(barred: &Barred) -> String {
    match barred {
        Barred::Requester => {
            "They asked for this promotion, so neither they nor you for them may approve it.".to_owned()
        }
        Barred::Maker => "They made the service account that asked for this promotion, or a token of it, so neither they nor \
                          you for them may approve it."
            .to_owned(),
        Barred::Pusher => {
            "They pushed this build, and this stage wants someone else to approve it.".to_owned()
        }
        Barred::Author => {
            "The build names them as its commit's author, and this stage wants someone else to approve it."
                .to_owned()
        }
        Barred::CiActor => {
            "The build names them as who made its CI run, and this stage wants someone else to approve it."
                .to_owned()
        }
        Barred::Role(role) => {
            format!(
                "This stage wants approvals by the role “{role}”, which they do not hold here, or did not hand over."
            )
        }
        Barred::Decided | Barred::DecidedFor => "They have decided on this promotion already.".to_owned(),
        Barred::Forbidden(_) => "They may not approve here, or did not hand that over.".to_owned(),
        Barred::NothingToApprove | Barred::Principal(_) => barred.to_string(),
    }
}

impl Involved {
    /// Bars whoever asked, by themselves or by a machine that they made.
    fn asked(&self, person: PersonId) -> Result<(), Barred> {
        if person == self.requester {
            return Err(Barred::Requester);
        }
        if self.makers.contains(&person) { Err(Barred::Maker) } else { Ok(()) }
    }
}

impl Approvals {
    pub(super) fn judge(&self, involved: &Involved) -> Verdict {
        let Behind { author, actor, .. } = &involved.behind;
        let stopped = self.bar_author.stops(author.as_ref(), AUTHOR);
        if let Some(stopped) = stopped.or_else(|| self.bar_actor.stops(actor.as_ref(), ACTOR)) {
            return stopped;
        }
        let counts = |approval: &&Approval| {
            let names = (approval.person, approval.by);
            self.counts(names, |role| approval.roles.contains(role), involved).is_ok()
        };
        // Nobody counts twice, by which name or hand so ever.
        let (mut people, mut number) = (Vec::new(), 0_usize);
        for approval in involved.approvals.iter().filter(counts) {
            let names: Vec<PersonId> = std::iter::once(approval.person).chain(approval.by).collect();
            if names.iter().all(|name| !people.contains(name)) {
                people.extend(names);
                number += 1;
            }
        }
        match usize::from(self.count).saturating_sub(number) {
            0 => Verdict::Passes,
            missing => Verdict::waits(by_role(missing, &self.role)),
        }
    }

    /// The rule as people read it on a stage.
    pub(super) fn words(&self) -> String {
        let pusher = self.bar_pusher.then(|| "who pushed it".to_owned());
        let others = [self.bar_author.words(AUTHOR), self.bar_actor.words(ACTOR)];
        let barred: Vec<String> = std::iter::once(pusher).chain(others).flatten().collect();
        let barred = match barred.split_last() {
            None => String::new(),
            Some((only, [])) => format!(", not by {only}"),
            Some((last, others)) => format!(", not by {} or {last}", others.join(", ")),
        };
        format!("{}{barred}", by_role(usize::from(self.count), &self.role))
    }

    /// Whom the build names and nobody knows.
    pub(super) fn note(&self, involved: &Involved) -> Option<String> {
        let Behind { author, actor, .. } = &involved.behind;
        let author = self.bar_author.note(author.as_ref(), AUTHOR);
        let notes: Vec<String> =
            author.into_iter().chain(self.bar_actor.note(actor.as_ref(), ACTOR)).collect();
        (!notes.is_empty()).then(|| notes.join(" "))
    }

    /// Whether it asks whom the build names.
    pub const fn asks_whom_it_names(&self) -> bool {
        !matches!((self.bar_author, self.bar_actor), (Bar::No, Bar::No))
    }

    fn counts(
        &self,
        names: (PersonId, Option<PersonId>),
        holds: impl Fn(&Slug) -> bool,
        involved: &Involved,
    ) -> Result<(), Barred> {
        by_either(names, |person| self.bars(person, involved))?;
        match (holds(&self.role), names.1) {
            (true, _) => Ok(()),
            (false, None) => Err(Barred::Role(self.role.clone())),
            (false, Some(_)) => Err(Barred::Principal(Box::new(Barred::Role(self.role.clone())))),
        }
    }

    fn bars(&self, person: PersonId, involved: &Involved) -> Result<(), Barred> {
        involved.asked(person)?;
        let Behind { pusher, author, actor } = &involved.behind;
        if self.bar_pusher && person == *pusher {
            return Err(Barred::Pusher);
        }
        if self.bar_author.bars(author.as_ref(), person) {
            return Err(Barred::Author);
        }
        if self.bar_actor.bars(actor.as_ref(), person) {
            return Err(Barred::CiActor);
        }
        Ok(())
    }
}

/// “1 approval by a release manager”, “2 approvals by release managers”.
fn by_role(count: usize, role: &Slug) -> String {
    let role = role.as_str().replace('-', " ");
    if count == 1 { format!("1 approval by a {role}") } else { format!("{count} approvals by {role}s") }
}
