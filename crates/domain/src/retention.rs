//! Retention: how long an integration keeps its images, in words that people set. Off, everything is kept.

use crate::forms::{Check, Invalid};
use crate::ids::BuildId;
use crate::projects::Project;
use crate::references::Tag;
use crate::slugs::Slug;
use crate::times::Time;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What an integration lets go of. A part that is absent lets go of nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Retention {
    /// How many builds each bucket keeps in its history, the current one among them.
    pub last: Option<u32>,
    /// Whether what was ever in production is kept all the same.
    pub production: bool,
    /// After how many days an image goes that has no tag and was never in a bucket.
    pub untagged_days: Option<u32>,
    /// After how many days a build goes that no rule has led to a bucket.
    pub unclassified_days: Option<u32>,
}

/// What the form holds, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RetentionForm {
    /// Empty to keep the whole history.
    pub last: String,
    /// A box that is not ticked is not sent.
    pub production: Option<String>,
    pub untagged_days: String,
    pub unclassified_days: String,
}

const MOST_BUILDS: u32 = 1_000;
const MOST_DAYS: u32 = 3_650;

/// What is known of a build, for whether it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Facts {
    pub build: BuildId,
    pub tag: Tag,
    /// Its best place in the history of any bucket, counted in builds from the current one, which is 0; absent for one
    /// that never was in a bucket.
    pub place: Option<u32>,
    /// Whether it ever was in a bucket of production.
    pub production: bool,
    /// Whether a promotion waits for it, a pin or a default names it, a bucket did not let it in, or it runs somewhere.
    pub needed: bool,
    /// Whether a tag names it.
    pub tagged: bool,
    /// Whether it came without a bucket's name and no rule has led it.
    pub unclassified: bool,
    pub received_at: Time,
}

/// Why a build goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetGo {
    /// Each bucket that had it had enough others since.
    History,
    Untagged,
    Unclassified,
}

impl Retention {
    /// Whether it lets go of anything.
    pub const fn is_on(&self) -> bool {
        self.last.is_some() || self.untagged_days.is_some() || self.unclassified_days.is_some()
    }

    /// Why a build goes by now; nothing where it stays.
    pub fn judge(&self, facts: &Facts, now: Time) -> Option<LetGo> {
        if facts.needed {
            return None;
        }
        if let Some(place) = facts.place {
            let kept = self.last.is_none_or(|last| place < last) || (self.production && facts.production);
            return (!kept).then_some(LetGo::History);
        }
        let over = |days: Option<u32>| days.is_some_and(|days| facts.received_at < days_before(now, days));
        if facts.unclassified && over(self.unclassified_days) {
            return Some(LetGo::Unclassified);
        }
        (!facts.tagged && over(self.untagged_days)).then_some(LetGo::Untagged)
    }
}

/// So many days before a time.
pub fn days_before(now: Time, days: u32) -> Time {
    now.plus_seconds(-86_400 * i64::from(days))
}

/// “keep the last 10 builds of each bucket and all that was in production; untagged images go after 30 days”
impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = |count: u32| if count == 1 { "a day".to_owned() } else { format!("{count} days") };
        let history = match (self.last, self.production) {
            (None, _) => "keep all that was in a bucket".to_owned(),
            (Some(1), false) => "keep what is current in each bucket".to_owned(),
            (Some(1), true) => {
                "keep what is current in each bucket and all that was in production".to_owned()
            }
            (Some(last), false) => format!("keep the last {last} builds of each bucket"),
            (Some(last), true) => {
                format!("keep the last {last} builds of each bucket and all that was in production")
            }
        };
        let untagged = self.untagged_days.map(|count| format!("untagged images go after {}", days(count)));
        let unclassified =
            self.unclassified_days.map(|count| format!("unclassified builds go after {}", days(count)));
        let parts: Vec<String> = [Some(history), untagged, unclassified].into_iter().flatten().collect();
        f.write_str(&parts.join("; "))
    }
}

impl RetentionForm {
    pub fn check(&self) -> Result<Retention, Invalid> {
        let mut check = Check::default();
        let last = check.field("last", number(&self.last, MOST_BUILDS));
        let untagged = check.field("untagged_days", number(&self.untagged_days, MOST_DAYS));
        let unclassified = check.field("unclassified_days", number(&self.unclassified_days, MOST_DAYS));
        let parts = last.zip(untagged).zip(unclassified);
        check.finish(parts.map(|((last, untagged_days), unclassified_days)| Retention {
            last,
            production: self.production.is_some(),
            untagged_days,
            unclassified_days,
        }))
    }
}

impl From<Retention> for RetentionForm {
    fn from(retention: Retention) -> Self {
        let text = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
        Self {
            last: text(retention.last),
            production: retention.production.then(|| "on".to_owned()),
            untagged_days: text(retention.untagged_days),
            unclassified_days: text(retention.unclassified_days),
        }
    }
}

fn number(text: &str, most: u32) -> Result<Option<u32>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let number: Option<u32> = text.parse().ok().filter(|number| (1..=most).contains(number));
    number.map(Some).ok_or_else(|| format!("Write a number from 1 to {most}, or nothing."))
}

/// A build that goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Going {
    pub tag: Tag,
    pub digest: String,
    pub why: LetGo,
    pub received_at: Time,
}

/// What a retention lets go of right now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// The first of them.
    pub builds: Vec<Going>,
    /// How many builds there are in all.
    pub build_count: usize,
    /// How many images and artifacts beside the builds have no tag and are not part of anything.
    pub images: usize,
}

/// An integration's retention, and what one would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionView {
    pub project: Project,
    pub integration: Slug,
    pub retention: Retention,
    /// The one that is looked at: another, where it was asked for.
    pub looked_at: Retention,
    pub preview: Preview,
    pub may_configure: Result<(), String>,
    pub now: Time,
}

impl LetGo {
    pub const fn words(self) -> &'static str {
        match self {
            Self::History => "its buckets had enough others since",
            Self::Untagged => "no tag names it",
            Self::Unclassified => "no rule has led it to a bucket",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const DAY: i64 = 86_400_000_000;

    fn facts() -> Facts {
        Facts {
            build: Uuid::nil().into(),
            tag: Tag::parse("1.0").expect("a tag"),
            place: None,
            production: false,
            needed: false,
            tagged: true,
            unclassified: false,
            received_at: Time::from_micros(0),
        }
    }

    fn all() -> Retention {
        Retention { last: Some(2), production: true, untagged_days: Some(3), unclassified_days: Some(5) }
    }

    #[test]
    fn nothing_goes_unless_it_is_set() {
        let old = Time::from_micros(9_999 * DAY);
        for facts in [
            Facts { place: Some(99), ..facts() },
            Facts { tagged: false, ..facts() },
            Facts { unclassified: true, ..facts() },
        ] {
            assert_eq!(Retention::default().judge(&facts, old), None);
            let needed = Facts { needed: true, ..facts };
            assert_eq!(all().judge(&needed, old), None);
        }
        assert!(!Retention { production: true, ..Retention::default() }.is_on());
    }

    #[test]
    fn the_history_of_each_bucket_keeps_its_last_builds() {
        let now = Time::from_micros(DAY);
        let place = |place| Facts { place: Some(place), ..facts() };
        assert_eq!([0, 1, 2].map(|at| all().judge(&place(at), now)), [None, None, Some(LetGo::History)]);
        let produced = Facts { production: true, ..place(7) };
        assert_eq!(all().judge(&produced, now), None);
        let less = Retention { production: false, ..all() };
        assert_eq!(less.judge(&produced, now), Some(LetGo::History));
        // What was in a bucket is not judged by its tags and its age.
        let untagged = Facts { tagged: false, unclassified: true, ..place(1) };
        assert_eq!(all().judge(&untagged, Time::from_micros(99 * DAY)), None);
    }

    #[test]
    fn what_never_was_in_a_bucket_goes_by_its_age() {
        let after = |days: i64| Time::from_micros(days * DAY + 1);
        let untagged = Facts { tagged: false, ..facts() };
        assert_eq!([2, 3].map(|days| all().judge(&untagged, after(days))), [None, Some(LetGo::Untagged)]);
        let stray = Facts { unclassified: true, ..facts() };
        assert_eq!([4, 5].map(|days| all().judge(&stray, after(days))), [None, Some(LetGo::Unclassified)]);
        assert_eq!(all().judge(&facts(), after(999)), None);
    }

    #[test]
    fn a_form_is_read_and_filled_in_again() {
        let form = RetentionForm::from(all());
        assert_eq!(form.check(), Ok(all()));
        assert_eq!(RetentionForm::default().check(), Ok(Retention::default()));
        let wrong = RetentionForm { last: "0".into(), untagged_days: "x".into(), ..RetentionForm::default() };
        assert_eq!(wrong.check().expect_err("mistakes").errors().len(), 2);
        let words = "keep the last 2 builds of each bucket and all that was in production; untagged images go after 3 \
                     days; unclassified builds go after 5 days";
        assert_eq!(all().to_string(), words);
        assert_eq!(Retention::default().to_string(), "keep all that was in a bucket");
    }
}
