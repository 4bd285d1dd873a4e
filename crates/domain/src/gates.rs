//! Gates: the conditions on entering a stage, and the one function that judges them.
//!
//! [`judge`] is pure. The board in the browser, the service and every door call it, so that what a
//! person is told before a drop is what the server decides after it.

use crate::access::{Action, Actor, Refusal, Target, may};
use crate::ids::PersonId;
use crate::slugs::Slug;
use serde::{Deserialize, Serialize};

/// A condition on entering a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "gate", rename_all = "snake_case")]
pub enum Gate {
    Approvals(Approvals),
}

/// So many people of a role must approve. The requester never counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approvals {
    pub count: u8,
    pub role: Slug,
    /// The person who pushed the build does not count either.
    pub bar_pusher: bool,
}

/// What is known about one wish to enter a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    pub requester: PersonId,
    pub pusher: PersonId,
    pub approvals: Vec<Approval>,
}

/// One person's approval, with the roles that they held at the target when they gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    pub person: PersonId,
    pub roles: Vec<Slug>,
}

/// How one gate stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    Passes,
    /// Something is still missing; `needs` says what would satisfy the gate.
    Waits {
        needs: String,
    },
}

/// How one gate stands, with the gate's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateVerdict {
    pub rule: String,
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// How all gates of a stage stand, in the order in which the stage lists them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Verdicts(pub Vec<GateVerdict>);

/// Judges every gate by the facts.
pub fn judge(gates: &[Gate], facts: &Facts) -> Verdicts {
    let verdict = |gate: &Gate| match gate {
        Gate::Approvals(approvals) => approvals.judge(facts),
    };
    Verdicts(gates.iter().map(|gate| GateVerdict { rule: gate.words(), verdict: verdict(gate) }).collect())
}

impl Verdicts {
    pub fn pass(&self) -> bool {
        self.0.iter().all(|gate| gate.verdict == Verdict::Passes)
    }

    /// What is still missing, gate by gate.
    pub fn needs(&self) -> Vec<String> {
        let needs = |gate: &GateVerdict| match &gate.verdict {
            Verdict::Passes => None,
            Verdict::Waits { needs } => Some(needs.clone()),
        };
        self.0.iter().filter_map(needs).collect()
    }
}

/// Why someone's approval of a promotion would not count, or must not be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Barred {
    #[error("You asked for this promotion, so someone else has to approve it.")]
    Requester,
    #[error("You pushed this build, and this stage wants someone else to approve it.")]
    Pusher,
    #[error(
        "This stage wants approvals by the role “{0}”, which you do not hold here. An admin can grant it."
    )]
    Role(Slug),
    #[error("You have decided on this promotion already.")]
    Decided,
    #[error("Nothing here waits for an approval.")]
    NothingToApprove,
    #[error(transparent)]
    Forbidden(#[from] Refusal),
}

/// Whether an actor's approval would count towards at least one approvals gate.
pub fn may_approve(gates: &[Gate], facts: &Facts, actor: &Actor, target: &Target) -> Result<(), Barred> {
    let person = actor.person();
    // Whoever asked is told so, rather than that a role is missing which would not help.
    if person == facts.requester && !gates.is_empty() {
        return Err(Barred::Requester);
    }
    may(actor, Action::Approve, target)?;
    let mut barred = Barred::NothingToApprove;
    for Gate::Approvals(approvals) in gates {
        let holds = |role: &Slug| actor.holds(role, target);
        match approvals.counts(person, holds, facts) {
            Ok(()) => return Ok(()),
            Err(reason) => barred = reason,
        }
    }
    Err(barred)
}

impl Gate {
    /// The rule as people read it on a stage: “2 approvals by release managers”.
    pub fn words(&self) -> String {
        match self {
            Self::Approvals(Approvals { count, role, bar_pusher }) => {
                let pusher = if *bar_pusher { ", not by who pushed it" } else { "" };
                format!("{}{pusher}", approvals_by(usize::from(*count), role))
            }
        }
    }
}

impl Approvals {
    fn judge(&self, facts: &Facts) -> Verdict {
        let counts = |approval: &&Approval| {
            self.counts(approval.person, |role| approval.roles.contains(role), facts).is_ok()
        };
        let mut people: Vec<PersonId> =
            facts.approvals.iter().filter(counts).map(|approval| approval.person).collect();
        people.sort_unstable();
        people.dedup();
        match usize::from(self.count).saturating_sub(people.len()) {
            0 => Verdict::Passes,
            missing => Verdict::Waits { needs: approvals_by(missing, &self.role) },
        }
    }

    fn counts(&self, person: PersonId, holds: impl Fn(&Slug) -> bool, facts: &Facts) -> Result<(), Barred> {
        if person == facts.requester {
            return Err(Barred::Requester);
        }
        if self.bar_pusher && person == facts.pusher {
            return Err(Barred::Pusher);
        }
        if !holds(&self.role) {
            return Err(Barred::Role(self.role.clone()));
        }
        Ok(())
    }
}

/// “1 approval by a release manager”, “2 approvals by release managers”.
fn approvals_by(count: usize, role: &Slug) -> String {
    let role = role.as_str().replace('-', " ");
    if count == 1 { format!("1 approval by a {role}") } else { format!("{count} approvals by {role}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn person(number: u128) -> PersonId {
        PersonId(Uuid::from_u128(number))
    }

    fn manager() -> Slug {
        crate::access::Role::release_manager().slug
    }

    fn gate(count: u8, bar_pusher: bool) -> Gate {
        Gate::Approvals(Approvals { count, role: manager(), bar_pusher })
    }

    fn facts(approvers: &[u128]) -> Facts {
        Facts {
            requester: person(1),
            pusher: person(2),
            approvals: approvers
                .iter()
                .map(|number| Approval { person: person(*number), roles: vec![manager()] })
                .collect(),
        }
    }

    #[test]
    fn no_gate_lets_everything_pass() {
        assert!(judge(&[], &facts(&[])).pass());
    }

    #[test]
    fn the_requester_never_counts_and_the_pusher_only_where_the_stage_allows() {
        assert!(!judge(&[gate(1, false)], &facts(&[1])).pass());
        assert!(judge(&[gate(1, false)], &facts(&[2])).pass());
        assert!(!judge(&[gate(1, true)], &facts(&[2])).pass());
        assert!(judge(&[gate(1, true)], &facts(&[3])).pass());
    }

    #[test]
    fn one_person_counts_once() {
        let verdicts = judge(&[gate(2, false)], &facts(&[3, 3]));
        assert_eq!(verdicts.needs(), ["1 approval by a release manager"]);
    }

    #[test]
    fn an_approval_without_the_role_does_not_count() {
        let mut facts = facts(&[3]);
        facts.approvals[0].roles.clear();
        assert!(!judge(&[gate(1, false)], &facts).pass());
    }

    proptest! {
        #[test]
        fn another_approval_never_turns_a_pass_into_a_wait(
            count in 1_u8..5, approvers in proptest::collection::vec(1_u128..9, 0..8), another in 1_u128..9
        ) {
            let gates = [gate(count, true)];
            let before = judge(&gates, &facts(&approvers)).pass();
            let after = judge(&gates, &facts(&[approvers, vec![another]].concat())).pass();
            prop_assert!(!before || after);
        }
    }
}
