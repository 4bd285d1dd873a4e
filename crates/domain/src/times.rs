//! Moments: microseconds since 1970 in UTC, the one form in which time is stored and sent.

use crate::words::brief;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A moment, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(i64);

/// A text is not an RFC 3339 time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a time such as 2026-01-31T09:30:00Z.")]
pub struct TimeError(String);

impl Time {
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Reads an RFC 3339 time with an offset.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let wrong = || TimeError(brief(text, 40));
        let timestamp: Timestamp = text.parse().map_err(|_| wrong())?;
        // An offset is less than a day there (RFC 3339 §5.6); the parser takes a little more.
        let hours = text
            .rfind(['+', '-'])
            .and_then(|sign| text.get(sign + 1..sign + 3))
            .filter(|_| !text.ends_with(['Z', 'z']));
        if hours.and_then(|hours| hours.parse::<u8>().ok()).is_some_and(|hours| hours > 23) {
            return Err(wrong());
        }
        Ok(Self(timestamp.as_microsecond()))
    }

    /// The same as forms send it, too: without an offset it is in UTC, and without seconds at the minute's beginning.
    pub fn parse_in_utc(text: &str) -> Result<Self, TimeError> {
        let whole = match text.len() {
            16 => format!("{text}:00Z"),
            19 => format!("{text}Z"),
            _ => return Self::parse(text),
        };
        Self::parse(&whole).map_err(|_| TimeError(brief(text, 40)))
    }

    /// As the field of a form takes it, in UTC and to the second: `2026-01-31T09:30:00`.
    pub fn to_field(self) -> String {
        let at = self.civil();
        format!("{}T{:02}:{:02}:{:02}", self.day(), at.hour(), at.minute(), at.second())
    }

    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// The moment to the second in UTC, for people: `2026-01-31 09:30:00 UTC`.
    pub fn to_words(self) -> String {
        let at = self.civil();
        format!("{} {:02}:{:02}:{:02} UTC", self.day(), at.hour(), at.minute(), at.second())
    }

    /// The UTC day, `2026-01-31`.
    pub fn day(self) -> String {
        let at = self.civil();
        // Before the year 0, ISO 8601 wants a sign and six digits.
        let (year, width) = (at.year(), if at.year() < 0 { 7 } else { 4 });
        format!("{year:0width$}-{:02}-{:02}", at.month(), at.day())
    }

    /// How long ago this was at `now`, in words: “just now”, “5 minutes ago”, “in 3 days”.
    pub fn relative(self, now: Self) -> String {
        let seconds = (now.0 - self.0) / 1_000_000;
        let (unit, length) = match seconds.abs() {
            0..10 => return "just now".to_owned(),
            10..60 => ("second", 1),
            60..3_600 => ("minute", 60),
            3_600..86_400 => ("hour", 3_600),
            86_400..2_592_000 => ("day", 86_400),
            2_592_000..31_536_000 => ("month", 2_592_000),
            _ => ("year", 31_536_000),
        };
        // What is past is told by the units that are over; what is to come, by the nearest number of them.
        let amount = if seconds < 0 { (-seconds + length / 2) / length } else { seconds / length };
        let plural = if amount == 1 { "" } else { "s" };
        if seconds < 0 {
            format!("in {amount} {unit}{plural}")
        } else {
            format!("{amount} {unit}{plural} ago")
        }
    }

    /// The date and the time of day in UTC. The words above are made of these and not by jiff's printers, which would
    /// be an eighth of all that a browser loads.
    fn civil(self) -> DateTime {
        Offset::UTC.to_datetime(self.timestamp())
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(if self.0 < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        })
    }
}

/// RFC 3339 in UTC, with as many digits of the second as it needs.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.civil();
        write!(f, "{}T{:02}:{:02}:{:02}", self.day(), at.hour(), at.minute(), at.second())?;
        let micros = format!(".{:06}", self.timestamp().as_microsecond().rem_euclid(1_000_000));
        write!(f, "{}Z", micros.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl From<i64> for Time {
    fn from(micros: i64) -> Self {
        Self(micros)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn relative_words_name_the_largest_unit() {
        let now = Time::from_micros(1_000_000_000_000_000);
        let cases = [
            (-3, "just now"),
            (59, "59 seconds ago"),
            (60, "1 minute ago"),
            (7_300, "2 hours ago"),
            (86_400, "1 day ago"),
            (-180, "in 3 minutes"),
            (-604_799, "in 7 days"),
            (-3_599, "in 60 minutes"),
        ];
        for (seconds, words) in cases {
            assert_eq!(now.plus_seconds(-seconds).relative(now), words);
        }
    }

    #[test]
    fn an_offset_is_less_than_a_day() {
        for text in ["2026-01-31T09:30:00+23:59", "2026-01-31T09:30:00-00:30", "2026-01-31T09:30:00.25Z"] {
            assert!(Time::parse(text).is_ok(), "{text}");
        }
        for text in ["2026-01-31T09:30:00+24:00", "2026-01-31T09:30:00-25:00", "2026-01-31T09:30:00"] {
            assert!(Time::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_form_sends_times_in_utc() {
        let time = Time::parse("2026-01-31T09:30:05Z").expect("a time");
        assert_eq!(time.to_field(), "2026-01-31T09:30:05");
        for text in ["2026-01-31T09:30:05", "2026-01-31T10:30:05+01:00", "2026-01-31T09:30:05Z"] {
            assert_eq!(Time::parse_in_utc(text), Ok(time), "{text}");
        }
        assert_eq!(Time::parse_in_utc("2026-01-31T09:30"), Ok(time.plus_seconds(-5)));
        let wrong = Time::parse_in_utc("half past nine..").expect_err("no time");
        assert!(wrong.to_string().contains("“half past nine..”"), "{wrong}");
    }

    proptest! {
        #[test]
        fn a_time_survives_its_text(micros in -377_000_000_000_000_000_i64..250_000_000_000_000_000) {
            let time = Time::from_micros(micros);
            prop_assert_eq!(Time::parse(&time.to_string()), Ok(time));
        }

        #[test]
        fn words_never_panic(micros: i64) {
            let time = Time::from_micros(micros);
            prop_assert!(!time.to_words().is_empty() && !time.day().is_empty());
        }
    }
}
