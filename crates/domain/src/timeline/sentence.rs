//! How an event is told: a sentence in parts, so that a page can link what it names.

use super::{BuildName, Change, Event, PinTold, RuleShape, StageShape, WorkflowShape};
use crate::access::Place;
use crate::checks::CheckState;
use crate::delegations::words;
use crate::deployments::Outcome;
use crate::digests::Digest;
use crate::holds::HoldAddress;
use crate::ids::PersonId;
use crate::integrations::{FOLLOW_DEFAULT, FOLLOW_NONE};
use crate::promotions::Choice;
use crate::providers::RoleSource;
use crate::references::Tag;
use crate::release_sets::Course;
use crate::slugs::Slug;
use crate::words::bytes;
use crate::workflows::Contest;
use serde::{Deserialize, Serialize};

/// A part of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "part", rename_all = "snake_case")]
pub enum Part {
    Text {
        text: String,
    },
    /// A name that has no page.
    Name {
        text: String,
    },
    Build {
        digest: Digest,
        tag: Tag,
    },
    Project {
        project: Slug,
    },
    Integration {
        project: Slug,
        integration: Slug,
    },
    Bucket {
        bucket: Slug,
    },
    Promotion {
        project: Slug,
        number: i64,
    },
    ReleaseSet {
        project: Slug,
        number: i64,
    },
}

impl Part {
    /// The part in plain text.
    pub fn text(&self) -> String {
        match self {
            Self::Text { text } | Self::Name { text } => text.clone(),
            Self::Build { digest, tag } => format!("{tag} ({})", digest.short()),
            Self::Project { project } => project.to_string(),
            Self::Integration { project, integration } => format!("{project}/{integration}"),
            Self::Bucket { bucket } => bucket.to_string(),
            Self::Promotion { number, .. } => format!("#{number}"),
            Self::ReleaseSet { number, .. } => format!("release set {number}"),
        }
    }
}

/// The sentence in plain text.
pub fn plain(parts: &[Part]) -> String {
    parts.iter().map(Part::text).collect()
}

/// Tells an event after the name of who did it: “promoted 1.4.2 from qa to staging in shop/checkout”.
/// `name` finds a person's name, `place` the words for a place where a role is bound.
pub fn tell(event: &Event, name: impl Fn(PersonId) -> String, place: impl Fn(&Place) -> String) -> Vec<Part> {
    let mut telling = Telling { event, parts: Vec::new() };
    telling.change(&event.change, name, place);
    telling.parts
}

/// “no token”, “1 token” or “2 tokens”.
fn several(count: u64, what: &str) -> String {
    match count {
        0 => format!("no {what}"),
        1 => format!("1 {what}"),
        more => format!("{more} {what}s"),
    }
}

struct Telling<'a> {
    event: &'a Event,
    parts: Vec<Part>,
}

impl Telling<'_> {
    fn change(
        &mut self,
        change: &Change,
        name: impl Fn(PersonId) -> String,
        place: impl Fn(&Place) -> String,
    ) {
        match change {
            Change::InstallationCreated => self.text("created this installation"),
            Change::AdminLinkIssued { .. } => self.text("issued a one-time admin link"),
            Change::PersonInvited { email, role, place: at, .. } => {
                self.text("invited ").name(email.text()).text(" as ").name(role).text(" in ").text(&place(at))
            }
            Change::PersonJoined { name, .. } => self.text("joined as ").name(name.text()),
            Change::PasswordReset { person, .. } => {
                self.text("set a new password for ").name(&name(*person)).text(" by a one-time link")
            }
            Change::RoleGranted { person, role, place: at, source, .. } => self
                .text("gave ")
                .name(&name(*person))
                .text(" the role ")
                .name(role)
                .text(" in ")
                .text(&place(at))
                .source(", ", source.as_ref()),
            Change::RoleRevoked { person, role, place: at, source, .. } => self
                .text("took the role ")
                .name(role)
                .text(" in ")
                .text(&place(at))
                .text(" from ")
                .name(&name(*person))
                .source(", who had it ", source.as_ref()),
            Change::TokenCreated { title, expires_at, owner, .. } => {
                self.text("created the token ").name(title);
                if let Some(owner) = owner {
                    self.text(" of ").name(&name(*owner));
                }
                self.text(&format!(", which expires on {}", expires_at.day()))
            }
            Change::TokenRevoked { title, .. } => self.text("revoked the token ").name(title),
            Change::TokensRevoked { person, tokens } => self
                .text("revoked all tokens of ")
                .name(&name(*person))
                .text(&format!(", {}", several(*tokens, "token"))),
            Change::TokenRotated { title, expires_at, former_until, .. } => {
                let former = former_until
                    .map(|until| format!("; the one before works until {}", until.to_words()))
                    .unwrap_or_default();
                self.text("replaced the secret of the token ")
                    .name(title)
                    .text(&format!(", which expires on {}{former}", expires_at.day()))
            }
            Change::TokenAboutToExpire { title, owner, expires_at, .. } => self
                .text("noticed that the token ")
                .name(title)
                .text(" of ")
                .name(&name(*owner))
                .text(&format!(" expires on {}", expires_at.day())),
            Change::PublisherAdded { title, issuer, conditions, reach, .. } => self
                .text("lets ")
                .name(title)
                .text(&format!(" push {reach}, by tokens of {issuer} that say {}", conditions.join(", "))),
            Change::TrustRootAdded { slug, about, .. } => {
                self.text("trusts the signatures of ").name(slug).text(&format!(": {about}"))
            }
            Change::TrustRootRemoved { slug, .. } => {
                self.text("trusts the signatures of ").name(slug).text(" no more")
            }
            Change::PublisherRemoved { title, .. } => self.text("removed the publisher ").name(title),
            Change::JobAdmitted { repository, run, .. } => {
                let run = run.as_ref().map(|run| format!(" run {run}")).unwrap_or_default();
                let of =
                    repository.as_ref().map(|repository| format!(" of {repository}")).unwrap_or_default();
                self.text(&format!("was admitted as the CI job{run}{of}"))
            }
            Change::TrustedPublishingDemanded { after: true, .. } => {
                self.text("lets nothing but trusted CI jobs push into ").project()
            }
            Change::TrustedPublishingDemanded { .. } => {
                self.text("lets tokens push into ").project().text(" again, beside trusted CI jobs")
            }
            Change::PersonDeactivated { person, tokens, approvals } => {
                self.text("deactivated ").name(&name(*person)).text(&format!(
                    ", which ended {} and took back {}",
                    several(*tokens, "token"),
                    several(*approvals, "approval")
                ))
            }
            Change::PromotionDecided { in_name_of: Some(person), .. } => {
                self.build_change(change).text(" in the name of ").name(&name(*person))
            }
            Change::DelegationMade { to, role, project, until, .. } => {
                let what = words(role.as_ref(), project.as_ref());
                self.text(&format!("handed their {what} to "))
                    .name(&name(*to))
                    .text(&format!(", until {}", until.to_words()))
            }
            Change::DelegationEnded { from, to, role, project, .. } => {
                let what = words(role.as_ref(), project.as_ref());
                self.text("ended that ")
                    .name(&name(*to))
                    .text(&format!(" takes the {what} of "))
                    .name(&name(*from))
            }
            Change::PersonReactivated { person } => self.text("reactivated ").name(&name(*person)),
            Change::StreamCreated { slug, .. } => self.text("created the release stream ").name(slug),
            Change::ProjectCreated { .. } => self.text("created the project ").project(),
            Change::ProjectArchived => self.text("archived the project ").project(),
            Change::ProjectRestored => self.text("restored the project ").project(),
            Change::EnvironmentCreated { slug, stream, .. } => self
                .text("created the environment ")
                .name(slug)
                .text(&format!(" of the stream {stream}"))
                .place(),
            Change::EnvironmentMoved { slug, before, after, services, .. } => {
                self.text("moved the environment ")
                    .name(slug)
                    .text(&format!(" from the stream {before} to {after}"))
                    .place();
                match services.as_slice() {
                    [] => self,
                    [one] => self.text(&format!("; another build of {one} should run there")),
                    more => self.text(&format!("; other builds of {} services should run there", more.len())),
                }
            }
            Change::WorkflowCreated { slug, stages, .. } => {
                let stages: Vec<&str> = stages.iter().map(Slug::as_str).collect();
                self.text("created the workflow ")
                    .name(slug)
                    .text(&format!(" ({})", stages.join(" → ")))
                    .place()
            }
            Change::WorkflowChanged { slug, version, before, after } => {
                self.text("changed the workflow ").name(slug).text(&format!(" to version {version}")).place();
                self.text(&differences(before, after))
            }
            Change::RuleCreated { slug, criteria, .. } => self
                .text("created the CI rule ")
                .name(slug)
                .text(&format!(" ({})", criteria.join("; ")))
                .place(),
            Change::RuleChanged { slug, version, before, after } => {
                self.text("changed the CI rule ").name(slug).text(&format!(" to version {version}")).place();
                self.text(&rule_differences(before, after))
            }
            Change::RuleChosen { after, .. } => {
                let words = match after.as_str() {
                    FOLLOW_DEFAULT => "the project's default rule".to_owned(),
                    FOLLOW_NONE => "no rule".to_owned(),
                    rule => format!("the rule {rule}"),
                };
                self.text(&format!("chose {words} for ")).integration()
            }
            Change::IntegrationCreated { .. } => self.text("created the integration ").integration(),
            Change::ServiceCreated { slug } => self.text("created the service ").name(slug).place(),
            other => self.deletion(other, place),
        };
    }

    fn deletion(&mut self, change: &Change, place: impl Fn(&Place) -> String) -> &mut Self {
        match change {
            Change::IntegrationDeleted { current, .. } => {
                self.text("deleted the integration ").integration().with_current(*current)
            }
            Change::IntegrationRestored { .. } => self.text("restored the integration ").integration(),
            Change::EnvironmentDeleted { slug, current, .. } => {
                self.text("deleted the environment ").name(slug).place().with_current(*current)
            }
            Change::WorkflowDeleted { slug, .. } => self.text("deleted the workflow ").name(slug).place(),
            Change::RuleDeleted { slug, .. } => self.text("deleted the CI rule ").name(slug).place(),
            Change::StreamDeleted { slug, current, .. } => {
                self.text("deleted the release stream ").name(slug).with_current(*current)
            }
            other => self.account_change(other, place),
        }
    }

    /// Adds how many builds were current in what was deleted.
    fn with_current(&mut self, current: usize) -> &mut Self {
        match current {
            0 => self,
            1 => self.text(", with one current build"),
            count => self.text(&format!(", with {count} current builds")),
        }
    }

    /// Where a role came from.
    fn source(&mut self, before: &str, source: Option<&RoleSource>) -> &mut Self {
        match source {
            Some(source) => self.text(&format!("{before}{source}")),
            None => self,
        }
    }

    fn account_change(&mut self, change: &Change, place: impl Fn(&Place) -> String) -> &mut Self {
        match change {
            Change::InvitationWithdrawn { email, role, place: at, .. } => self
                .text("withdrew the invitation of ")
                .name(email.text())
                .text(" as ")
                .name(role)
                .text(" in ")
                .text(&place(at)),
            Change::NameChanged { before, name, .. } => {
                self.text("changed their name from ").name(before.text()).text(" to ").name(name.text())
            }
            Change::PasswordChanged { .. } => self.text("changed their password"),
            Change::SessionEnded { .. } => self.text("ended a session of theirs"),
            Change::AccountMade { provider, name, .. } => {
                self.text("joined as ").name(name.text()).text(" by ").name(provider)
            }
            Change::SignedIn { provider, .. } => self.text("signed in by ").name(provider),
            Change::SignInRefused { provider, reason } => {
                self.text("refused a sign-in by ").name(provider).text(&format!(" ({})", reason.name()))
            }
            Change::IdentityDisconnected { provider, .. } => {
                self.text("disconnected ").name(provider).text(" from their account")
            }
            Change::IdentityConnected { provider, .. } => {
                self.text("connected ").name(provider).text(" with their account")
            }
            Change::AuditKeyRotated { after, .. } => self
                .text("rotated the key of the audit log to ")
                .name(after.split('+').nth(1).unwrap_or(after)),
            other => self.webhook_change(other),
        }
    }

    fn webhook_change(&mut self, change: &Change) -> &mut Self {
        match change {
            Change::SubscriptionMade { title, to, .. } => {
                self.text("subscribed ").name(to).text(" to events as ").name(title).of_project()
            }
            Change::SubscriptionDeleted { title, .. } => {
                self.text("deleted the subscription ").name(title).of_project()
            }
            Change::SubscriptionRotated { title, .. } => {
                self.text("rotated the key of the subscription ").name(title).of_project()
            }
            Change::SubscriptionEnabled { title, .. } => {
                self.text("enabled the subscription ").name(title).of_project()
            }
            Change::SubscriptionDisabled { title, because, .. } => {
                self.text("disabled the subscription ").name(title).of_project().text(&format!(": {because}"))
            }
            Change::HookMade { title, source, .. } => {
                self.text("made the hook ").name(title).text(&format!(" for webhooks of {source}")).place()
            }
            Change::ViewShared { title, .. } => self.text("shared the saved view ").name(title).of_project(),
            Change::ViewUnshared { title } => self.text("took away the saved view ").name(title).of_project(),
            Change::HookDeleted { title, .. } => self.text("deleted the hook ").name(title).place(),
            Change::ServiceAccountMade { name, .. } => {
                self.text("made the service account ").name(name).of_project()
            }
            Change::ServiceAccountDisabled { name, .. } => {
                self.text("disabled the service account ").name(name).of_project()
            }
            Change::ServiceAccountEnabled { name, .. } => {
                self.text("enabled the service account ").name(name).of_project()
            }
            Change::ServiceAccountDeleted { name, tokens, .. } => self
                .text("deleted the service account ")
                .name(name)
                .of_project()
                .text(&format!(", which ended {}", several(*tokens, "token"))),
            Change::HookRotated { title, .. } => {
                self.text("rotated the secret of the hook ").name(title).place()
            }
            other => self.set_change(other),
        }
    }

    /// The project, where it is one's and not the installation's.
    fn of_project(&mut self) -> &mut Self {
        if self.event.scene.project.is_some() { self.place() } else { self }
    }

    fn set_change(&mut self, change: &Change) -> &mut Self {
        match change {
            Change::ReleaseSetMade { number, title } => {
                self.text("made ").release_set(*number).text(" ").name(title).place()
            }
            Change::ReleaseSetMoved { number, course, .. } => {
                match course {
                    Course::Promote { from, to } => self
                        .text("asked to promote ")
                        .release_set(*number)
                        .text(&format!(" from {from} to {to}")),
                    Course::TakeBack { bucket } => {
                        self.text("took ").release_set(*number).text(&format!(" back out of {bucket}"))
                    }
                    Course::Restore { bucket, at } => {
                        let then = at.to_words();
                        self.text(&format!("returned {bucket} to how it was on {then} by "));
                        self.release_set(*number)
                    }
                };
                self.place()
            }
            other => self.build_change(other),
        }
    }

    fn build_change(&mut self, change: &Change) -> &mut Self {
        match change {
            Change::BuildReceived { build, .. } => self.text("pushed ").build(build).at_integration(),
            Change::ArrivalRefused { build, refused } => self
                .text("was refused ")
                .build(build)
                .text(" in ")
                .bucket()
                .place()
                .text(&format!(": it {refused}")),
            Change::BuildPlaced { build, before, .. } => {
                self.text("placed ").build(build).text(" in ").bucket().place().before(before.as_ref())
            }
            Change::PromotionRequested { number, build, needs, scheduled_for, pin: Some(pin), .. } => {
                self.text("asked to pin ").build(build).pinned(pin).text(" as ").promotion(*number);
                if let Some(at) = scheduled_for {
                    self.text(&format!(", not before {}", at.to_words()));
                }
                self.waits(needs)
            }
            Change::PromotionRequested { number, build, from, needs, automatic, scheduled_for, .. } => {
                self.text(if *automatic { "asked by itself to promote " } else { "asked to promote " })
                    .build(build)
                    .text(&format!(" from {from} to "))
                    .bucket()
                    .place();
                self.text(" as ").promotion(*number);
                if let Some(at) = scheduled_for {
                    self.text(&format!(", not before {}", at.to_words()));
                }
                self.waits(needs)
            }
            Change::PromotionDecided { pins_in, number, build, choice, .. } => {
                let verb = if *choice == Choice::Approve { "approved " } else { "rejected " };
                self.text(verb).promotion(*number).text(" of ").build(build).goal(pins_in.as_ref())
            }
            Change::PromotionApplied { number, build, from, .. } => self
                .text("promoted ")
                .build(build)
                .text(&format!(" from {from} to "))
                .bucket()
                .place()
                .text(" by ")
                .promotion(*number),
            Change::PromotionExpired { pins_in, number, build, because } => {
                self.text("ended ").promotion(*number).text(" of ").build(build).goal(pins_in.as_ref());
                self.text(&format!(": {because}"))
            }
            Change::PromotionSuperseded { pins_in, number, build, by } => self
                .text("ended ")
                .promotion(*number)
                .text(" of ")
                .build(build)
                .goal(pins_in.as_ref())
                .text(" in favour of ")
                .promotion(*by),
            Change::GatesPassed { pins_in, number, build, passed, .. } => {
                self.text("passed the gates of ")
                    .promotion(*number)
                    .text(" of ")
                    .build(build)
                    .goal(pins_in.as_ref());
                let missing = if passed.is_empty() { "nothing".to_owned() } else { passed.join(" and ") };
                self.text(&format!(" in an emergency; missing was {missing}"))
            }
            Change::EmergencyReviewed { pins_in, number, build, .. } => self
                .text("reviewed the emergency of ")
                .promotion(*number)
                .text(" of ")
                .build(build)
                .goal(pins_in.as_ref()),
            Change::PromotionCancelled { pins_in, number, build, .. } => {
                self.text("took back ").promotion(*number).text(" of ").build(build).goal(pins_in.as_ref())
            }
            Change::RolledBack { build, before, .. } => {
                self.text("rolled ").bucket().place().text(" back to ").build(build).before(before.as_ref())
            }
            Change::ArrivalsResumed { .. } => self.text("resumed arrivals in ").bucket().place(),
            Change::TagDeleted { tag, .. } => self.text("deleted the tag ").name(tag).place(),
            Change::ManifestDeleted { digest } => {
                self.text("deleted the manifest ").name(digest.short()).place()
            }
            Change::BlobDeleted { digest } => self.text("deleted the blob ").name(digest.short()).place(),
            Change::GarbageCollected { collected } => {
                self.text(&format!("took away what nothing needs: {collected}"))
            }
            Change::DamageFound { digest, missing: false } => {
                self.text("found that the bytes of ").name(digest.short()).text(" are damaged")
            }
            Change::DamageFound { digest, missing: true } => {
                self.text("found that the bytes of ").name(digest.short()).text(" are missing")
            }
            Change::RetentionSet { after, .. } => {
                self.text("set the retention of ").integration().text(&format!(": {after}"))
            }
            Change::ImagesLetGo { builds, others } => {
                let builds: Vec<String> = builds.iter().map(Tag::to_string).collect();
                let others = match others {
                    0 => None,
                    1 => Some("one image beside the builds".to_owned()),
                    count => Some(format!("{count} images beside the builds")),
                };
                let all: Vec<String> = builds.into_iter().chain(others).collect();
                self.text(&format!("let go of {}", all.join(", "))).place()
            }
            Change::AnonymousPullSet { allowed: true } => self.text("let anybody pull from ").project(),
            Change::AnonymousPullSet { allowed: false } => {
                self.text("ended that anybody may pull from ").project()
            }
            Change::QuotaSet { after: Some(after), .. } => {
                self.text("bounded what ").project().text(&format!(" may keep to {}", bytes(*after)))
            }
            Change::QuotaSet { after: None, .. } => {
                self.text("took away the bound on what ").project().text(" may keep")
            }
            Change::HoldPlaced { number, on, from, until, rollbacks, .. } => {
                let begins =
                    if *from > self.event.at { format!(", from {}", from.to_words()) } else { String::new() };
                let ends = until.map(|until| format!(", until {}", until.to_words())).unwrap_or_default();
                let strict = if *rollbacks { ", rollbacks included" } else { "" };
                match on {
                    HoldAddress::Build { .. } => self.text("marked ").hold(on).text(" bad by "),
                    _ => self.text("stopped ").hold(on).text(" by "),
                };
                self.name(&format!("hold {number}")).text(&format!("{begins}{ends}{strict}"))
            }
            Change::BuildRouted { build, to, rule, version } => {
                let by = rule.as_ref().map(|rule| format!(" by version {version} of the rule {rule}"));
                match to {
                    Some(to) => self.text("led ").build(build).text(&format!(" to {to}")),
                    None => self.text("left ").build(build).text(" unclassified"),
                };
                self.text(&by.unwrap_or_else(|| ", as no rule holds".to_owned())).place()
            }
            Change::BuildAssigned { build, before, .. } => {
                self.text("assigned ").build(build).text(" to ").bucket().place().before(before.as_ref())
            }
            Change::BuildReclassified { build, before, .. } => {
                self.text("reclassified ").build(build).text(" to ").bucket().place().before(before.as_ref())
            }
            Change::CheckReported { build, name, bucket, state, .. } => {
                let word = match state {
                    CheckState::Pending => "is under way",
                    CheckState::Success => "succeeded",
                    CheckState::Failure => "failed",
                };
                self.text("reported that the check ").name(name).text(&format!(" {word} on ")).build(build);
                if let Some(bucket) = bucket {
                    self.text(&format!(" in {bucket}"));
                }
                self.place()
            }
            Change::EvidenceFound { build, said, vouched_by, .. } => {
                self.text("found evidence on ").build(build).place();
                let by: Vec<&str> = vouched_by.iter().map(Slug::as_str).collect();
                let vouches = match by.as_slice() {
                    [] => "no trust root vouches for it".to_owned(),
                    some => format!("vouched for by {}", some.join(" and ")),
                };
                self.text(&format!(": {}, {vouches}", said.join(" and ")))
            }
            Change::DeploymentReported { environment, service, digest, build, outcome, at, late, .. } => {
                match late {
                    true => self.text(&format!("reported late that on {} ", at.to_words())),
                    false => self.text("reported that "),
                };
                match build {
                    Some(build) => self.build(build),
                    None => self.name(digest.short()),
                };
                let word = match outcome {
                    Outcome::Started if *late => " was being deployed as ",
                    Outcome::Started => " is being deployed as ",
                    Outcome::Succeeded if *late => " ran as ",
                    Outcome::Succeeded => " runs as ",
                    Outcome::Failed => " failed to be deployed as ",
                };
                self.text(word).name(service).text(&format!(" in {environment}")).place()
            }
            Change::HoldReleased { number, on, .. } => {
                self.text("released ").name(&format!("hold {number}")).text(" on ").hold(on)
            }
            other => self.pin_change(other),
        }
    }

    fn pin_change(&mut self, change: &Change) -> &mut Self {
        match change {
            Change::PinApplied { number, build, pin, before } => {
                self.text("pinned ").build(build).pinned(pin).text(" by ").promotion(*number);
                match before {
                    Some(before) => self.text(", in place of ").build(before),
                    None => self,
                }
            }
            Change::PinReleased { number, build, pin, .. } => {
                self.text("released the pin of ").build(build).pinned_there(pin);
                self.text(", made by ").promotion(*number)
            }
            Change::PinEnded { number, build, pin } => {
                self.text("ended the pin of ").build(build).pinned_there(pin);
                self.text(", made by ").promotion(*number).text(", as its time was over")
            }
            Change::DefaultBuildSet { build, before } => {
                self.text("made ").build(build).text(" the default build of ").integration();
                match before {
                    Some(before) => self.text(", in place of ").build(before),
                    None => self,
                }
            }
            Change::DefaultBuildCleared { before } => {
                self.text("left ").integration().text(" without a default build, which was ").build(before)
            }
            _ => self,
        }
    }

    /// “ as checkout in shop/prod-eu until 2026-11-24 09:00:00 UTC”
    fn pinned(&mut self, pin: &PinTold) -> &mut Self {
        self.pinned_there(pin).text(&format!(" until {}", pin.until.to_words()))
    }

    /// “ as checkout in shop/prod-eu”
    fn pinned_there(&mut self, pin: &PinTold) -> &mut Self {
        let PinTold { project, environment, service, .. } = pin;
        self.text(" as ").name(service).text(&format!(" in {project}/{environment}"))
    }

    fn hold(&mut self, on: &HoldAddress) -> &mut Self {
        self.text(&on.words())
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.parts.push(Part::Text { text: text.to_owned() });
        self
    }

    fn name(&mut self, text: &(impl ToString + ?Sized)) -> &mut Self {
        self.parts.push(Part::Name { text: text.to_string() });
        self
    }

    fn build(&mut self, build: &BuildName) -> &mut Self {
        self.parts.push(Part::Build { digest: build.digest.clone(), tag: build.tag.clone() });
        self
    }

    fn promotion(&mut self, number: i64) -> &mut Self {
        if let Some(project) = &self.event.scene.project {
            self.parts.push(Part::Promotion { project: project.slug.clone(), number });
        }
        self
    }

    /// Where a promotion leads: into its bucket, or into a pin.
    fn goal(&mut self, pins_in: Option<&Slug>) -> &mut Self {
        match pins_in {
            None => self.text(" to ").bucket().place(),
            Some(environment) => self.text(&format!(", which pins it in {environment},")).place(),
        }
    }

    fn release_set(&mut self, number: i64) -> &mut Self {
        if let Some(project) = &self.event.scene.project {
            self.parts.push(Part::ReleaseSet { project: project.slug.clone(), number });
        }
        self
    }

    fn bucket(&mut self) -> &mut Self {
        if let Some(bucket) = &self.event.scene.bucket {
            self.parts.push(Part::Bucket { bucket: bucket.slug.clone() });
        }
        self
    }

    fn project(&mut self) -> &mut Self {
        if let Some(project) = &self.event.scene.project {
            self.parts.push(Part::Project { project: project.slug.clone() });
        }
        self
    }

    fn integration(&mut self) -> &mut Self {
        let scene = &self.event.scene;
        if let (Some(project), Some(integration)) = (&scene.project, &scene.integration) {
            let part =
                Part::Integration { project: project.slug.clone(), integration: integration.slug.clone() };
            self.parts.push(part);
        }
        self
    }

    fn at_integration(&mut self) -> &mut Self {
        self.text(" to ").integration()
    }

    /// “ in shop/checkout”, or “ in shop”.
    fn place(&mut self) -> &mut Self {
        self.text(" in ");
        if self.event.scene.integration.is_some() { self.integration() } else { self.project() }
    }

    fn before(&mut self, before: Option<&BuildName>) -> &mut Self {
        match before {
            Some(before) => self.text(", in place of ").build(before),
            None => self.text(", which was empty"),
        }
    }

    fn waits(&mut self, needs: &[String]) -> &mut Self {
        if needs.is_empty() { self } else { self.text(&format!("; it waits for {}", needs.join(" and "))) }
    }
}
/// What is different about a CI rule, in words that follow a sentence.
fn rule_differences(before: &RuleShape, after: &RuleShape) -> String {
    let mut told = Vec::new();
    if before.title != after.title {
        told.push(format!("titled “{}”", after.title));
    }
    told.extend(default_differs(before.is_default, after.is_default).map(str::to_owned));
    if before.criteria != after.criteria {
        told.extend(after.criteria.iter().cloned());
    }
    if told.is_empty() { String::new() } else { format!(": {}", told.join("; ")) }
}

fn default_differs(before: bool, after: bool) -> Option<&'static str> {
    match (before, after) {
        (false, true) => Some("now the default"),
        (true, false) => Some("no longer the default"),
        _ => None,
    }
}

/// What is different about a workflow, in words that follow a sentence.
fn differences(before: &WorkflowShape, after: &WorkflowShape) -> String {
    let mut told = Vec::new();
    if before.title != after.title {
        told.push(format!("titled “{}”", after.title));
    }
    told.extend(default_differs(before.is_default, after.is_default).map(str::to_owned));
    let of = |shape: &WorkflowShape, bucket: &Slug| {
        shape.stages.iter().find(|stage| stage.bucket == *bucket).cloned()
    };
    for stage in &before.stages {
        if of(after, &stage.bucket).is_none() {
            told.push(format!("without {}", stage.bucket));
        }
    }
    for StageShape { bucket, gates, arrivals, automatic, contest } in &after.stages {
        let words = if gates.is_empty() { "no gate".to_owned() } else { gates.join(", ") };
        let differs = match of(before, bucket) {
            None => Some(format!("with {bucket} ({words})")),
            Some(earlier) if earlier.gates != *gates => Some(format!("{bucket} with {words}")),
            Some(earlier) if earlier.arrivals != *arrivals => Some(format!("{bucket} with other arrivals")),
            Some(_) => None,
        };
        told.extend(differs);
        let before = of(before, bucket);
        match (before.as_ref().is_some_and(|stage| stage.automatic), automatic) {
            (false, true) => told.push(format!("{bucket} automatic")),
            (true, false) => told.push(format!("{bucket} no longer automatic")),
            _ => {}
        }
        if before.and_then(|stage| stage.contest) != *contest {
            let words = contest.and_then(Contest::words).unwrap_or("the newest promotion winning");
            told.push(format!("{bucket} with {words}"));
        }
    }
    let kept = |shape: &WorkflowShape, other: &WorkflowShape| {
        let stages = shape.stages.iter().map(|stage| stage.bucket.clone());
        stages.filter(|bucket| of(other, bucket).is_some()).collect::<Vec<_>>()
    };
    if kept(before, after) != kept(after, before) {
        told.push("in another order".to_owned());
    } else if before.stages.len() == after.stages.len() && before.edges != after.edges {
        told.push("with other ways between the stages".to_owned());
    }
    if told.is_empty() { String::new() } else { format!(": {}", told.join("; ")) }
}
