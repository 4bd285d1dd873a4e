//! Insights: how often and how fast builds move on, how long they wait for people, and how often that goes wrong.

use crate::forms::{Check, Invalid};
use crate::projects::Project;
use crate::slugs::Slug;
use crate::times::Time;
use serde::{Deserialize, Serialize};

/// How many days are looked back on at most, and by default.
pub const LONGEST: i64 = 365;
pub const USUAL: i64 = 30;

/// Into how many parts of equal length the time is cut at most, to draw it.
const PARTS: i64 = 30;

/// Which part of a project, and how long ago.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InsightsForm {
    /// An integration by its slug; empty for all.
    pub integration: String,
    /// How many days; empty for 30.
    pub days: String,
}

/// The same, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub integration: Option<Slug>,
    pub days: i64,
}

/// A promotion that was applied, with the moments that are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    pub integration: Slug,
    pub from: Slug,
    pub to: Slug,
    /// When the build was received, and when it became current in the stage that it came from.
    pub received_at: Time,
    pub came_at: Option<Time>,
    pub requested_at: Time,
    pub applied_at: Time,
    /// Whether somebody decided on it.
    pub decided: bool,
    pub emergency: bool,
}

/// How often a bucket was rolled back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rollbacks {
    pub integration: Slug,
    pub bucket: Slug,
    pub count: usize,
}

/// What happened in a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Insights {
    pub project: Project,
    /// The integrations to choose from, and the one that was chosen.
    pub integrations: Vec<Slug>,
    pub integration: Option<Slug>,
    pub days: i64,
    /// By integration and way, in their order.
    pub hops: Vec<Hop>,
    /// Whether there was more than could be looked at, so that the oldest are left out.
    pub cut: bool,
    pub now: Time,
}

/// The promotions of one integration from one stage to the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hop {
    pub integration: Slug,
    /// The same as `to` for a bucket that nothing was promoted into, and that only went back.
    pub from: Slug,
    pub to: Slug,
    /// How many were applied: in each part of the time, the oldest first.
    pub parts: Vec<usize>,
    /// From when the build became current in the stage before until it did in this one.
    pub lead: Option<Spread>,
    /// From when the build was received.
    pub total: Option<Spread>,
    /// From the asking to the end, of those on which somebody decided.
    pub decision: Option<Spread>,
    pub emergencies: usize,
    pub rollbacks: usize,
}

/// Times in seconds, as half and nine in ten of them are at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread {
    pub median: i64,
    pub nine_in_ten: i64,
}

impl InsightsForm {
    pub fn check(&self) -> Result<Wanted, Invalid> {
        let mut check = Check::default();
        let integration = match self.integration.trim() {
            "" => Some(None),
            text => check.field("integration", Slug::parse(text)).map(Some),
        };
        let days = match self.days.trim() {
            "" => Some(USUAL),
            text => text.parse().ok().filter(|days| (1..=LONGEST).contains(days)),
        };
        let days = check.field("days", days.ok_or("Enter a number of days from 1 to 365."));
        let wanted = integration.zip(days).map(|(integration, days)| Wanted { integration, days });
        check.finish(wanted)
    }
}

impl Spread {
    fn of(mut seconds: Vec<i64>) -> Option<Self> {
        seconds.sort_unstable();
        let at =
            |tenths: usize| seconds.get((seconds.len() * tenths).div_ceil(10).saturating_sub(1)).copied();
        Some(Self { median: at(5)?, nine_in_ten: at(9)? })
    }
}

/// Counts what was applied in the days until now.
pub fn count(applied: &[Applied], rollbacks: &[Rollbacks], days: i64, now: Time) -> Vec<Hop> {
    let mut ways: Vec<(&Slug, &Slug, &Slug)> =
        applied.iter().map(|one| (&one.integration, &one.from, &one.to)).collect();
    // A first stage has no way into it, and goes back all the same.
    let alone = rollbacks.iter().filter(|back| {
        back.count > 0
            && !ways
                .iter()
                .any(|(integration, _, to)| (*integration, *to) == (&back.integration, &back.bucket))
    });
    let alone: Vec<_> = alone.map(|back| (&back.integration, &back.bucket, &back.bucket)).collect();
    ways.extend(alone);
    ways.sort_unstable();
    ways.dedup();
    ways.into_iter()
        .map(|(integration, from, to)| {
            let here: Vec<&Applied> = applied
                .iter()
                .filter(|one| (&one.integration, &one.from, &one.to) == (integration, from, to))
                .collect();
            let lasted = |since: &dyn Fn(&Applied) -> Option<Time>| {
                let until =
                    |one: &&Applied| Some((one.applied_at.micros() - since(one)?.micros()) / 1_000_000);
                Spread::of(here.iter().filter_map(until).collect())
            };
            let back = rollbacks.iter().filter(|back| (&back.integration, &back.bucket) == (integration, to));
            Hop {
                parts: parts(&here, days, now),
                lead: lasted(&|one| one.came_at),
                total: lasted(&|one| Some(one.received_at)),
                decision: lasted(&|one| one.decided.then_some(one.requested_at)),
                emergencies: here.iter().filter(|one| one.emergency).count(),
                rollbacks: back.map(|back| back.count).sum(),
                integration: integration.clone(),
                from: from.clone(),
                to: to.clone(),
            }
        })
        .collect()
}

fn parts(applied: &[&Applied], days: i64, now: Time) -> Vec<usize> {
    let count = days.min(PARTS);
    let length = days * 86_400_000_000 / count;
    let mut parts = vec![0; usize::try_from(count).unwrap_or_default()];
    for one in applied {
        let ago = (now.micros() - one.applied_at.micros()).max(0) / length;
        let place = usize::try_from(count - 1 - ago).ok().and_then(|place| parts.get_mut(place));
        if let Some(part) = place {
            *part += 1;
        }
    }
    parts
}

impl Hop {
    /// How many were applied in all.
    pub fn promotions(&self) -> usize {
        self.parts.iter().sum()
    }
}

/// A length of time for people, in its two largest units: “3 h 20 min”.
pub fn duration(seconds: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let largest = UNITS.iter().position(|(length, _)| seconds >= *length).unwrap_or(UNITS.len() - 1);
    let (length, unit) = UNITS[largest];
    let first = format!("{} {unit}", seconds / length);
    match UNITS.get(largest + 1) {
        Some((next, unit)) if seconds % length >= *next => {
            format!("{first} {} {unit}", seconds % length / next)
        }
        _ => first,
    }
}

impl Insights {
    /// The table as comma-separated values (RFC 4180), with times in seconds.
    pub fn csv(&self) -> String {
        let head = "integration,from,to,promotions,lead_median_s,lead_nine_in_ten_s,total_median_s,\
                    total_nine_in_ten_s,decision_median_s,decision_nine_in_ten_s,rollbacks,emergencies";
        let spread = |spread: Option<Spread>| {
            spread.map_or_else(|| ",".to_owned(), |of| format!("{},{}", of.median, of.nine_in_ten))
        };
        // Slugs and numbers need no quotes.
        let line = |hop: &Hop| {
            let Hop { integration, from, to, lead, total, decision, emergencies, rollbacks, .. } = hop;
            let (lead, total, decision) = (spread(*lead), spread(*total), spread(*decision));
            let count = hop.promotions();
            format!("{integration},{from},{to},{count},{lead},{total},{decision},{rollbacks},{emergencies}")
        };
        std::iter::once(head.to_owned())
            .chain(self.hops.iter().map(line))
            .fold(String::new(), |text, line| text + &line + "\r\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    fn slug(text: &str) -> Slug {
        Slug::parse(text).expect("a slug")
    }

    fn at(seconds: i64) -> Time {
        Time::from_micros(0).plus_seconds(seconds)
    }

    /// Applied so many seconds after it was received, a tenth of that after its asking.
    fn applied(to: &str, when: i64, after: i64) -> Applied {
        Applied {
            integration: slug("checkout"),
            from: slug("qa"),
            to: slug(to),
            received_at: at(when - after),
            came_at: Some(at(when - after / 2)),
            requested_at: at(when - after / 10),
            applied_at: at(when),
            decided: true,
            emergency: false,
        }
    }

    #[test]
    fn each_way_is_counted_by_itself() {
        let now = at(100 * DAY);
        let mut all: Vec<Applied> = (1..=10).map(|n| applied("staging", 99 * DAY, n * 100)).collect();
        all.push(Applied { emergency: true, decided: false, ..applied("prod", 71 * DAY, 50) });
        let back = Rollbacks { integration: slug("checkout"), bucket: slug("prod"), count: 2 };
        let hops = count(&all, &[back], 30, now);
        let [prod, staging] = hops.as_slice() else { panic!("{hops:?}") };
        assert_eq!((prod.promotions(), prod.emergencies, prod.rollbacks), (1, 1, 2));
        assert_eq!(prod.decision, None, "nobody decided");
        assert_eq!((staging.promotions(), staging.rollbacks), (10, 0));
        assert_eq!(staging.total, Some(Spread { median: 500, nine_in_ten: 900 }));
        assert_eq!(staging.lead, Some(Spread { median: 250, nine_in_ten: 450 }));
        assert_eq!(staging.decision, Some(Spread { median: 50, nine_in_ten: 90 }));
        assert_eq!((staging.parts.len(), staging.parts[28], prod.parts[0]), (30, 10, 1));
    }

    #[test]
    fn a_first_stage_that_went_back_has_a_line_of_its_own() {
        let back =
            |bucket: &str, count| Rollbacks { integration: slug("checkout"), bucket: slug(bucket), count };
        let all = [applied("prod", 9 * DAY, 60)];
        let hops = count(&all, &[back("qa", 1), back("prod", 2), back("perf", 0)], 7, at(10 * DAY));
        let told: Vec<_> = hops
            .iter()
            .map(|hop| (hop.from.as_str(), hop.to.as_str(), hop.promotions(), hop.rollbacks))
            .collect();
        assert_eq!(told, [("qa", "prod", 1, 2), ("qa", "qa", 0, 1)]);
    }

    #[test]
    fn nothing_is_counted_out_of_bounds() {
        let now = at(10 * DAY);
        let future = applied("prod", 11 * DAY, 1);
        let old = applied("prod", DAY, 1);
        let hops = count(&[future, old], &[], 7, now);
        assert_eq!(hops[0].parts, [0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(count(&[], &[], 365, now), []);
    }

    #[test]
    fn durations_are_told_in_two_units() {
        for (seconds, words) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3_725, "1 h 2 min"),
            (90_000, "1 d 1 h"),
            (86_401, "1 d"),
        ] {
            assert_eq!(duration(seconds), words);
        }
    }

    #[test]
    fn what_is_asked_for_is_checked() {
        let form = |integration: &str, days: &str| InsightsForm {
            integration: integration.into(),
            days: days.into(),
        };
        assert_eq!(form("", "").check(), Ok(Wanted { integration: None, days: 30 }));
        for wrong in [form("No Slug", "7"), form("", "0"), form("", "366"), form("", "x")] {
            assert!(wrong.check().is_err(), "{wrong:?}");
        }
    }
}
