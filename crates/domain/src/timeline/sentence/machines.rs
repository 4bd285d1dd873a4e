//! What changed about what machines come with and what is sent to them: tokens, trusted jobs, service accounts,
//! webhooks, registries elsewhere, keys.

use super::{Telling, several};
use crate::slugs::Slug;
use crate::timeline::Change;

/// The bucket for which an outside step holds, in words.
fn into_words(bucket: Option<&Slug>) -> String {
    bucket.map_or_else(|| "every other bucket".to_owned(), Slug::to_string)
}

pub(super) fn tell(told: &mut Telling<'_>, change: &Change) -> bool {
    match change {
        Change::TokenCreated { title, expires_at, owner, .. } => {
            told.text("created the token ").name(title);
            if let Some(owner) = owner {
                told.text(" of ").person(*owner);
            }
            told.text(&format!(", which expires on {}", expires_at.day()))
        }
        Change::TokenRevoked { title, .. } => told.text("revoked the token ").name(title),
        Change::TokensRevoked { person, tokens } => told
            .text("revoked all tokens of ")
            .person(*person)
            .text(&format!(", {}", several(*tokens, "token"))),
        Change::TokenRotated { title, expires_at, former_until, .. } => {
            let former = former_until
                .map(|until| format!("; the one before works until {}", until.to_words()))
                .unwrap_or_default();
            told.text("replaced the secret of the token ")
                .name(title)
                .text(&format!(", which expires on {}{former}", expires_at.day()))
        }
        Change::TokenAboutToExpire { title, owner, expires_at, .. } => told
            .text("noticed that the token ")
            .name(title)
            .text(" of ")
            .person(*owner)
            .text(&format!(" expires on {}", expires_at.day())),
        Change::PublisherAdded { title, issuer, conditions, reach, .. } => told
            .text("lets ")
            .name(title)
            .text(&format!(" push {reach}, by tokens of {issuer} that say {}", conditions.join(", "))),
        Change::PublisherRemoved { title, .. } => told.text("removed the publisher ").name(title),
        Change::JobAdmitted { repository, run, .. } => {
            let run = run.as_ref().map(|run| format!(" run {run}")).unwrap_or_default();
            let of = repository.as_ref().map(|repository| format!(" of {repository}")).unwrap_or_default();
            told.text(&format!("was admitted as the CI job{run}{of}"))
        }
        Change::TrustedPublishingDemanded { after: true, .. } => {
            told.text("lets nothing but trusted CI jobs push into ").project()
        }
        Change::TrustedPublishingDemanded { .. } => {
            told.text("lets tokens push into ").project().text(" again, beside trusted CI jobs")
        }
        Change::TrustRootAdded { slug, about, .. } => {
            told.text("trusts the signatures of ").name(slug).text(&format!(": {about}"))
        }
        Change::TrustRootRemoved { slug, .. } => {
            told.text("trusts the signatures of ").name(slug).text(" no more")
        }
        Change::ServiceAccountMade { name, .. } => {
            told.text("made the service account ").name(name).of_project()
        }
        Change::ServiceAccountDisabled { name, .. } => {
            told.text("disabled the service account ").name(name).of_project()
        }
        Change::ServiceAccountEnabled { name, .. } => {
            told.text("enabled the service account ").name(name).of_project()
        }
        Change::ServiceAccountDeleted { name, tokens, .. } => told
            .text("deleted the service account ")
            .name(name)
            .of_project()
            .text(&format!(", which ended {}", several(*tokens, "token"))),
        Change::SubscriptionMade { title, to, .. } => {
            told.text("subscribed ").name(to).text(" to events as ").name(title).of_project()
        }
        Change::SubscriptionDeleted { title, .. } => {
            told.text("deleted the subscription ").name(title).of_project()
        }
        Change::SubscriptionRotated { title, .. } => {
            told.text("rotated the key of the subscription ").name(title).of_project()
        }
        Change::SubscriptionEnabled { title, .. } => {
            told.text("enabled the subscription ").name(title).of_project()
        }
        Change::SubscriptionDisabled { title, because, .. } => {
            told.text("disabled the subscription ").name(title).of_project().text(&format!(": {because}"))
        }
        Change::HookMade { title, source, .. } => {
            told.text("made the hook ").name(title).text(&format!(" for webhooks of {source}")).place()
        }
        Change::HookDeleted { title, .. } => told.text("deleted the hook ").name(title).place(),
        Change::HookRotated { title, .. } => told.text("rotated the secret of the hook ").name(title).place(),
        Change::RegistryConnected { slug, address, user, .. } => {
            let user =
                user.as_ref().map_or_else(|| "without signing in".to_owned(), |user| format!("as {user}"));
            told.text("connected the registry ").name(slug).of_project().text(&format!(": {address}, {user}"))
        }
        Change::RegistryChanged { slug, before, after, new_secret, .. } => {
            told.text("changed the registry ").name(slug).of_project();
            if before != after {
                told.text(&format!(" from {before} to {after}"));
            }
            told.text(if *new_secret { ", with another password" } else { "" })
        }
        Change::RegistryRemoved { slug, .. } => told.text("removed the registry ").name(slug).of_project(),
        Change::OutsideStepSet { into, after, .. } => {
            told.text("set what promotions into ").text(&into_words(into.as_ref())).place();
            told.text(&format!(" do elsewhere: each {after}"))
        }
        Change::OutsideStepRemoved { into, before } => {
            told.text("removed what promotions into ").text(&into_words(into.as_ref())).place();
            told.text(&format!(" do elsewhere, where each {before}"))
        }
        Change::AuditKeyRotated { after, .. } => {
            told.text("rotated the key of the audit log to ").name(after.split('+').nth(1).unwrap_or(after))
        }
        _ => return false,
    };
    true
}
