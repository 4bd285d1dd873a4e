//! What changed in production: each build that became current there, with who wanted it, who allowed it, and by which
//! rules. For auditors, as a page and as a sheet.

use crate::builds::life::By;
use crate::digests::Digest;
use crate::forms::{Check, Invalid};
use crate::projects::Project;
use crate::references::Tag;
use crate::sheets;
use crate::slugs::Slug;
use crate::timeline::Entry;
use crate::times::Time;
use serde::{Deserialize, Serialize};

/// How many days are looked back on, where nothing is said.
pub const USUAL: i64 = 30;
const DAY: i64 = 86_400;

/// From when until when, as days or moments.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChangesForm {
    /// A day, which counts from its beginning, or a moment; empty for 30 days before the end.
    pub from: String,
    /// A day, which counts to its end, or a moment; empty for now.
    pub to: String,
}

/// The same, checked: its end is not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    pub from: Time,
    pub to: Time,
}

/// What changed in the production of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductionChanges {
    pub project: Project,
    pub period: Period,
    /// The newest first.
    pub changes: Vec<ProductionChange>,
    /// How workflows and so gates, who follows them, and who has which role changed in that time.
    pub rules: Vec<Entry>,
    /// Whether there was more than could be looked at, so that the oldest are left out.
    pub cut: bool,
    pub now: Time,
}

/// A build became current in a production bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductionChange {
    pub at: Time,
    pub integration: Slug,
    pub bucket: Slug,
    pub tag: Tag,
    pub digest: Digest,
    /// What was current there before.
    pub before: Option<(Tag, Digest)>,
    /// “promotion”, “rollback”, “push”, “assignment” or “reclassification”.
    pub how: String,
    /// The number of the promotion, where it was one.
    pub number: Option<i64>,
    /// Who asked for it, or did it.
    pub by: By,
    /// What its image says of who wrote it, and who pushed it.
    pub authors: Option<String>,
    pub pushed_by: String,
    pub approved_by: Vec<String>,
    pub gates: Vec<GatePassed>,
    pub emergency: Option<EmergencyTold>,
    pub reference: Option<String>,
    pub reason: Option<String>,
}

/// How a gate of a promotion stood when it was applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatePassed {
    pub rule: String,
    /// False where it was passed by in an emergency.
    pub passed: bool,
}

/// An emergency, and who looked at it afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyTold {
    pub by: String,
    pub reason: String,
    pub reviewed_by: Option<String>,
}

impl ChangesForm {
    pub fn check(&self, now: Time) -> Result<Period, Invalid> {
        let mut check = Check::default();
        let to = match self.to.trim() {
            // The end is not part of the period, and what happens now is.
            "" => Some(Time::from_micros(now.micros() + 1)),
            text => check.field("to", moment(text, DAY)),
        };
        let from = match (self.from.trim(), to) {
            ("", to) => to.map(|to| to.plus_seconds(-USUAL * DAY)),
            (text, _) => check.field("from", moment(text, 0)),
        };
        let ordered = from.zip(to).filter(|(from, to)| from < to);
        if from.is_some() && to.is_some() && ordered.is_none() {
            check.field::<Time, _>("to", Err("This is not after the beginning."));
        }
        check.finish(ordered.map(|(from, to)| Period { from, to }))
    }
}

/// A day by its bound, so many seconds after its beginning in UTC, or a moment.
pub(crate) fn moment(text: &str, bound: i64) -> Result<Time, &'static str> {
    let day = Time::parse(&format!("{text}T00:00:00Z")).map(|day| day.plus_seconds(bound));
    day.or_else(|_| Time::parse(text)).map_err(|_| "Enter a day, such as 2026-01-31.")
}

impl ProductionChange {
    /// Its gates in words, with those that were passed by.
    pub fn gates_in_words(&self) -> String {
        let words = |gate: &GatePassed| {
            if gate.passed { gate.rule.clone() } else { format!("{} (not passed)", gate.rule) }
        };
        self.gates.iter().map(words).collect::<Vec<_>>().join("; ")
    }
}

impl ProductionChanges {
    /// The changes as a sheet.
    pub fn csv(&self) -> String {
        const COLUMNS: [&str; 18] = [
            "at",
            "integration",
            "bucket",
            "tag",
            "digest",
            "tag_before",
            "digest_before",
            "how",
            "promotion",
            "by",
            "token",
            "authors",
            "pushed_by",
            "approved_by",
            "gates",
            "emergency",
            "reference",
            "reason",
        ];
        let project = &self.project.slug;
        let line = |change: &ProductionChange| {
            let (tag, digest) = change.before.clone().unzip();
            let emergency = change.emergency.as_ref().map(|emergency| {
                let reviewed = emergency.reviewed_by.as_ref();
                let reviewed = reviewed.map_or("not reviewed".to_owned(), |by| format!("reviewed by {by}"));
                format!("{}: {} ({reviewed})", emergency.by, emergency.reason)
            });
            sheets::row([
                change.at.to_string(),
                change.integration.to_string(),
                change.bucket.to_string(),
                change.tag.to_string(),
                change.digest.to_string(),
                tag.map(|tag| tag.to_string()).unwrap_or_default(),
                digest.map(|digest| digest.to_string()).unwrap_or_default(),
                change.how.clone(),
                change.number.map(|number| format!("{project}#{number}")).unwrap_or_default(),
                change.by.name.clone(),
                change.by.token.clone().unwrap_or_default(),
                change.authors.clone().unwrap_or_default(),
                change.pushed_by.clone(),
                change.approved_by.join("; "),
                change.gates_in_words(),
                emergency.unwrap_or_default(),
                change.reference.clone().unwrap_or_default(),
                change.reason.clone().unwrap_or_default(),
            ])
        };
        let head = sheets::row(COLUMNS.map(str::to_owned));
        std::iter::once(head).chain(self.changes.iter().map(line)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(from: &str, to: &str) -> Result<(String, String), String> {
        let now = Time::parse("2026-11-30T12:00:00Z").expect("a time");
        let form = ChangesForm { from: from.to_owned(), to: to.to_owned() };
        let period = form.check(now).map_err(|invalid| invalid.errors()[0].message.clone())?;
        Ok((period.from.to_string(), period.to.to_string()))
    }

    #[test]
    fn days_count_from_their_beginning_and_to_their_end() {
        let day = |from: &str, to: &str| Ok((from.to_owned(), to.to_owned()));
        assert_eq!(period("2026-01-01", "2026-01-31"), day("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"));
        assert_eq!(period("2026-01-31", "2026-01-31"), day("2026-01-31T00:00:00Z", "2026-02-01T00:00:00Z"));
        assert_eq!(period("", ""), day("2026-10-31T12:00:00.000001Z", "2026-11-30T12:00:00.000001Z"));
        assert_eq!(
            period("2026-01-01T06:00:00+01:00", "2026-01-02T00:00:00Z"),
            day("2026-01-01T05:00:00Z", "2026-01-02T00:00:00Z")
        );
        assert_eq!(period("2026-02-01", "2026-01-31"), Err("This is not after the beginning.".to_owned()));
        assert_eq!(period("2026-02-30", ""), Err("Enter a day, such as 2026-01-31.".to_owned()));
        assert_eq!(period("", "tomorrow"), Err("Enter a day, such as 2026-01-31.".to_owned()));
    }
}
