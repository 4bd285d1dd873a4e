//! What became of changes that take a second person.

use super::Telling;
use crate::timeline::Change;

pub(super) fn tell(told: &mut Telling<'_>, change: &Change) -> bool {
    match change {
        Change::ProposalMade { number, title, changes } => told
            .text("proposed ")
            .name(title)
            .text(&format!(" (proposal {number})"))
            .text(&if changes.is_empty() { String::new() } else { format!(": {}", changes.join(" ")) }),
        Change::ProposalConfirmed { number, title, proposer } => told
            .text("confirmed ")
            .name(title)
            .text(&format!(" (proposal {number}), which "))
            .person(*proposer)
            .text(" proposed"),
        Change::ProposalRejected { number, title, proposer, .. } => told
            .text("rejected ")
            .name(title)
            .text(&format!(" (proposal {number}), which "))
            .person(*proposer)
            .text(" proposed"),
        Change::ProposalWithdrawn { number, title } => {
            told.text("withdrew ").name(title).text(&format!(" (proposal {number})"))
        }
        Change::ProposalExpired { number, title } => {
            told.text("ended ").name(title).text(&format!(" (proposal {number}), which nobody decided on"))
        }
        Change::ProposalVoid { number, title, because } => {
            told.text("ended ").name(title).text(&format!(" (proposal {number}): {because}"))
        }
        _ => return false,
    };
    true
}
