//! What changed about people: how they come, what they may do, how they sign in.

use super::{Telling, several};
use crate::delegations::words;
use crate::roles::difference;
use crate::timeline::Change;

pub(super) fn tell(told: &mut Telling<'_>, change: &Change) -> bool {
    match change {
        Change::AdminLinkIssued { .. } => told.text("issued a one-time admin link"),
        Change::PersonInvited { email, role, place: at, .. } => {
            told.text("invited ").name(email.text()).text(" as ").name(role).text(" in ").at(at)
        }
        Change::PersonJoined { name, .. } => told.text("joined as ").name(name.text()),
        Change::PasswordReset { person, .. } => {
            told.text("set a new password for ").person(*person).text(" by a one-time link")
        }
        Change::RoleGranted { person, role, place: at, source, .. } => told
            .text("gave ")
            .person(*person)
            .text(" the role ")
            .name(role)
            .text(" in ")
            .at(at)
            .source(", ", source.as_ref()),
        Change::RoleRevoked { person, role, place: at, source, .. } => told
            .text("took the role ")
            .name(role)
            .text(" in ")
            .at(at)
            .text(" from ")
            .person(*person)
            .source(", who had it ", source.as_ref()),
        Change::RoleMade { after, .. } => {
            let words = after.words();
            told.text("made the role ").name(&after.title).text(&format!(", which may {words}"))
        }
        Change::RoleChanged { before, after, .. } => {
            let words = difference(before, after);
            told.text("changed the role ").name(&before.title).text(&format!(": {words}"))
        }
        Change::RoleDeleted { before, .. } => told.text("deleted the role ").name(&before.title),
        Change::GroupMade { title, .. } => told.text("made the group ").name(title),
        Change::GroupDeleted { title, members, roles, .. } => told
            .text("deleted the group ")
            .name(title)
            .text(&format!(", with {} and {}", several(*members, "member"), several(*roles, "role"))),
        Change::GroupJoined { title, person, .. } => {
            told.text("put ").person(*person).text(" into the group ").name(title)
        }
        Change::GroupLeft { title, person, .. } => {
            told.text("took ").person(*person).text(" out of the group ").name(title)
        }
        Change::GroupRoleGranted { title, role, place: at, .. } => {
            told.text("gave the group ").name(title).text(" the role ").name(role).text(" in ").at(at)
        }
        Change::GroupRoleRevoked { title, role, place: at, .. } => {
            told.text("took the role ").name(role).text(" in ").at(at).text(" from the group ").name(title)
        }
        Change::PersonDeactivated { person, tokens, approvals } => {
            told.text("deactivated ").person(*person).text(&format!(
                ", which ended {} and took back {}",
                several(*tokens, "token"),
                several(*approvals, "approval")
            ))
        }
        Change::PersonReactivated { person } => told.text("reactivated ").person(*person),
        Change::DelegationMade { to, role, project, until, .. } => {
            let what = words(role.as_ref(), project.as_ref());
            told.text(&format!("handed their {what} to "))
                .person(*to)
                .text(&format!(", until {}", until.to_words()))
        }
        Change::DelegationEnded { from, to, role, project, .. } => {
            let what = words(role.as_ref(), project.as_ref());
            told.text("ended that ").person(*to).text(&format!(" takes the {what} of ")).person(*from)
        }
        Change::InvitationWithdrawn { email, role, place: at, .. } => told
            .text("withdrew the invitation of ")
            .name(email.text())
            .text(" as ")
            .name(role)
            .text(" in ")
            .at(at),
        Change::NameChanged { before, name, .. } => {
            told.text("changed their name from ").name(before.text()).text(" to ").name(name.text())
        }
        Change::PasswordChanged { .. } => told.text("changed their password"),
        Change::SessionEnded { .. } => told.text("ended a session of theirs"),
        Change::PresenceConfirmed { provider: Some(provider), .. } => {
            told.text("confirmed by ").name(provider).text(" that it is them")
        }
        Change::PresenceConfirmed { provider: None, .. } => {
            told.text("confirmed by their password that it is them")
        }
        Change::AccountMade { provider, name, .. } => {
            told.text("joined as ").name(name.text()).text(" by ").name(provider)
        }
        Change::SignedIn { provider, .. } => told.text("signed in by ").name(provider),
        Change::SignInRefused { provider, reason } => {
            told.text("refused a sign-in by ").name(provider).text(&format!(" ({})", reason.name()))
        }
        Change::IdentityDisconnected { provider, .. } => {
            told.text("disconnected ").name(provider).text(" from their account")
        }
        Change::IdentityConnected { provider, .. } => {
            told.text("connected ").name(provider).text(" with their account")
        }
        _ => return false,
    };
    true
}
