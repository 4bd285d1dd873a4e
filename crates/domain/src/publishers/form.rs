//! A publisher as people fill it in.

use super::{Condition, Publisher, Reach, Refused, System, text};
use crate::buckets::{BucketKey, Slot};
use crate::forms::{Check, Invalid};
use crate::integrations::Integration;
use crate::words::{Title, is_plain};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A publisher, as typed. Claims for which nothing is filled in are not looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PublisherForm {
    pub title: String,
    pub system: String,
    /// Empty for that of the system's cloud.
    pub issuer: String,
    /// The issuer's keys, where they are not to be fetched.
    pub keys: String,
    pub claims: BTreeMap<String, String>,
    /// Further claims, one in a line as `claim = value`.
    pub more: String,
    /// By their slugs; none for all.
    pub integrations: Vec<String>,
    /// As `environment:qa` or `stream:qa`.
    pub buckets: Vec<String>,
    pub by_rule: Option<String>,
    pub pull_requests: Option<String>,
}

/// A publisher that was checked. Whether its keys can be read is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPublisher {
    pub title: Title,
    pub system: System,
    pub issuer: String,
    pub keys: Option<String>,
    pub conditions: Vec<Condition>,
    pub reach: Reach,
    pub pull_requests: bool,
}

/// The longest issuer, claim and value, in bytes, and the most claims.
const LONGEST: usize = 500;
const MOST: usize = 30;
/// The largest set of keys, in bytes.
const KEYS: usize = 64 * 1024;

impl PublisherForm {
    /// Checks the form beside what the project has.
    pub fn check(&self, integrations: &[Integration], slots: &[Slot]) -> Result<NewPublisher, Invalid> {
        let mut check = Check::default();
        let title = check.field("title", Title::parse(&self.title));
        let system = System::parse(&self.system).ok_or("Choose the CI system.");
        let system = check.field("system", system);
        let issuer = system.map(|system| self.check_issuer(system));
        let issuer = issuer.and_then(|issuer| check.field("issuer", issuer));
        let conditions = system.map(|system| self.check_conditions(system, &mut check));
        let reach = self.check_reach(integrations, slots, &mut check);
        let keys = self.keys.trim();
        if keys.len() > KEYS {
            check.mistake("keys", "Give at most 64 KiB of keys.");
        } else if !keys.is_empty() && issuer.as_deref().and_then(System::of_cloud).is_some() {
            check.mistake(
                "keys",
                "Leave them empty: the keys of this issuer are fetched from it, and no others count.",
            );
        }
        let new = title.zip(system).zip(issuer).zip(conditions);
        check.finish(new.map(|(((title, system), issuer), conditions)| NewPublisher {
            title,
            system,
            issuer,
            keys: (!keys.is_empty()).then(|| keys.to_owned()),
            conditions,
            reach,
            pull_requests: self.pull_requests.is_some(),
        }))
    }

    fn check_issuer(&self, system: System) -> Result<String, String> {
        let issuer = self.issuer.trim();
        let known = System::of_issuer(issuer);
        match (issuer, system.issuer()) {
            ("", Some(own)) => Ok(own.to_owned()),
            ("", None) if system == System::Circleci => {
                Err("Write https://oidc.circleci.com/org/ with the organisation's id after it.".to_owned())
            }
            ("", None) => Err("Write the address of the issuer, as tokens have it under “iss”.".to_owned()),
            (_, _) if issuer.contains("/.well-known/") => {
                Err("Write the issuer itself, without /.well-known/ and what follows.".to_owned())
            }
            (_, _) if known != System::Other && known != system => Err(format!(
                "This is an issuer of {}. Choose that as the CI system, so that what must never push there does not.",
                known.title()
            )),
            (_, _) if is_address(issuer) => Ok(issuer.to_owned()),
            (_, _) => {
                Err("Write an address that begins with https://, as tokens have it under “iss”.".to_owned())
            }
        }
    }

    fn check_conditions(&self, system: System, check: &mut Check) -> Vec<Condition> {
        let mut conditions = Vec::new();
        for field in system.fields() {
            let name = format!("claims[{}]", field.claim);
            let value = self.claims.get(field.claim).map(|value| value.trim()).unwrap_or_default();
            if value.is_empty() && field.needed {
                check.mistake(
                    &name,
                    format!("Fill in “{}”: without it, jobs of strangers would be trusted.", field.label),
                );
            } else if value.contains('*') && field.exact {
                check
                    .mistake(&name, "Write one value here, without *: a pattern could mean somebody else's.");
            } else if value.len() > LONGEST || !is_plain(value) {
                check.mistake(&name, format!("Write one line of at most {LONGEST} bytes."));
            } else if field.needed && value.chars().all(|letter| letter == '*' || letter == '/') {
                check.mistake(&name, "This would fit every job. Say more.");
            } else if !value.is_empty() {
                conditions.push(Condition { claim: field.claim.to_owned(), value: value.to_owned() });
            }
        }
        for line in self.more.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let pair = line.split_once('=').map(|(claim, value)| (claim.trim(), value.trim()));
            match pair {
                Some((claim, value))
                    if !claim.is_empty() && !value.is_empty() && line.len() <= LONGEST && is_plain(line) =>
                {
                    conditions.push(Condition { claim: claim.to_owned(), value: value.to_owned() });
                }
                _ => check.mistake("more", format!("“{line}” is not of the form: claim = value")),
            }
        }
        if conditions.len() > MOST {
            check.mistake("more", format!("Name at most {MOST} claims."));
        }
        conditions
    }

    fn check_reach(&self, integrations: &[Integration], slots: &[Slot], check: &mut Check) -> Reach {
        let mut reach =
            Reach { integrations: Vec::new(), buckets: Vec::new(), by_rule: self.by_rule.is_some() };
        for slug in &self.integrations {
            match integrations.iter().find(|known| known.slug.as_str() == slug) {
                Some(known) => reach.integrations.push(known.id),
                None => check.mistake("integrations", format!("There is no integration “{slug}” here.")),
            }
        }
        for name in &self.buckets {
            match slots.iter().find(|slot| slot.qualified() == *name) {
                Some(slot) => reach.buckets.push(slot.key),
                None => check.mistake("buckets", format!("There is no bucket “{name}” here.")),
            }
        }
        if self.buckets.is_empty() && !reach.by_rule {
            check.mistake("buckets", "Choose at least one bucket, or let the CI rule lead.");
        }
        reach
    }

    /// The form that trusts exactly the job of a refused exchange, by the system as which the project trusts its issuer already.
    /// What a key of the issuer has not signed, anybody may have written, so it fills in nothing.
    pub fn trusting(refused: &Refused, publishers: &[Publisher]) -> Self {
        if !refused.signed {
            return Self::default();
        }
        let said = |claim: &str| refused.claims.get(claim).map(text).unwrap_or_default();
        let issuer = said("iss");
        let own = publishers.iter().filter(|publisher| publisher.issuer == issuer);
        let own = own.map(|publisher| publisher.system).find(|system| *system != System::Other);
        let known = Some(System::of_issuer(&issuer)).filter(|system| *system != System::Other);
        let system = known.or(own).unwrap_or(System::Other);
        let taken = system.fields().iter().filter(|field| field.taken);
        let value = |claim: &str| match claim {
            // The same workflow on whichever ref, of which there are fields of their own.
            "workflow_ref" => {
                said(claim).split_once('@').map(|(file, _)| format!("{file}@*")).unwrap_or_default()
            }
            _ => said(claim),
        };
        let claims = taken.map(|field| (field.claim.to_owned(), value(field.claim)));
        let claims: BTreeMap<String, String> = claims.filter(|(_, value)| !value.is_empty()).collect();
        let whose = ["repository", "project_path", "pipeline_slug", "sub"].map(said);
        let whose = whose.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
        let title: String = format!("{} of {whose}", system.title()).chars().take(80).collect();
        Self {
            title,
            system: system.name().to_owned(),
            issuer: if system.issuer() == Some(issuer.as_str()) { String::new() } else { issuer },
            claims,
            ..Self::default()
        }
    }
}

fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let rest = rest.unwrap_or_default();
    let plain =
        |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'@' | b'#' | b'?');
    !rest.is_empty() && !rest.starts_with('/') && text.len() <= LONGEST && rest.bytes().all(plain)
}

/// The buckets of a reach by their names, for a form or an answer.
pub fn named(buckets: &[BucketKey], slots: &[Slot]) -> Vec<String> {
    slots.iter().filter(|slot| buckets.contains(&slot.key)).map(Slot::qualified).collect()
}
