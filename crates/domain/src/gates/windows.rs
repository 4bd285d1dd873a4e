//! Windows: the hours of the week in which something may enter a stage.
//!
//! Hours are meant in a time zone, whose rules for summer time only the server knows. It turns them into
//! [`Opening`]s, moments in UTC, and judging goes by those.

use crate::times::Time;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Weekly hours in a time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    pub zone: Zone,
    pub hours: Vec<Hours>,
}

/// The name of a time zone in the IANA database, such as `Europe/Berlin`. Whether there is one of this name is for
/// the server to find out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(String);

/// From a time of day to another, on each of some days of the week. What ends before it begins ends on the next day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hours {
    /// Days of the week from 0, Monday, to 6, Sunday; in order, each once.
    days: Vec<u8>,
    from: Minute,
    to: Minute,
}

/// A minute of the day; the last is 24:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Minute(u16);

/// One time in which a window is open: from a moment, until before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    pub from: Time,
    pub to: Time,
}

/// Why a text does not name hours of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    #[error("Write hours such as Mon-Fri 09:00-17:00, several with commas between them.")]
    Hours,
    #[error("Hours must not end when they begin.")]
    Empty,
    #[error("Use at most 20 times of the week.")]
    TooMany,
    #[error("Name a time zone such as Europe/Berlin or UTC.")]
    Zone,
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MOST: usize = 20;

impl Window {
    /// Reads hours that are separated by commas.
    pub fn parse(zone: &str, hours: &str) -> Result<Self, WindowError> {
        Ok(Self { hours: Self::read_hours(hours)?, zone: Zone::parse(zone)? })
    }

    /// The hours alone.
    pub fn read_hours(text: &str) -> Result<Vec<Hours>, WindowError> {
        let hours: Vec<Hours> = text.split(',').map(Hours::parse).collect::<Result<_, _>>()?;
        if hours.len() > MOST { Err(WindowError::TooMany) } else { Ok(hours) }
    }

    /// The hours as one text, which [`Window::parse`] reads.
    pub fn hours(&self) -> String {
        self.hours.iter().map(Hours::to_string).collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.hours(), self.zone.0)
    }
}

impl Zone {
    /// Reads a name of the right form.
    pub fn parse(text: &str) -> Result<Self, WindowError> {
        let text = text.trim();
        let part = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+-".contains(&byte))
        };
        if text.len() > 64 || !text.split('/').all(part) {
            return Err(WindowError::Zone);
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Hours {
    /// Reads `Mon-Fri 09:00-17:00`, `Sat 10:00-12:00`, or hours of every day without one.
    pub fn parse(text: &str) -> Result<Self, WindowError> {
        let text = text.trim();
        let (days, times) = match text.rsplit_once(char::is_whitespace) {
            Some((days, times)) => (read_days(days)?, times),
            None => ((0..7).collect(), text),
        };
        let (from, to) = times.split_once('-').ok_or(WindowError::Hours)?;
        let (from, to) = (Minute::parse(from)?, Minute::parse(to)?);
        if from == to || from == Minute::END {
            return Err(WindowError::Empty);
        }
        Ok(Self { days, from, to })
    }

    /// Whether they begin on this day of the week; 0 is Monday.
    pub fn begin_on(&self, day: u8) -> bool {
        self.days.contains(&day)
    }

    pub const fn from(&self) -> Minute {
        self.from
    }

    pub const fn to(&self) -> Minute {
        self.to
    }

    /// Whether they end on the day after the one on which they begin.
    pub fn end_next_day(&self) -> bool {
        self.to < self.from
    }
}

/// Reads `Mon`, `Mon-Fri` or `Mon Wed Fri`.
fn read_days(text: &str) -> Result<Vec<u8>, WindowError> {
    let mut days = Vec::new();
    for part in text.split_whitespace() {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (read_day(first)?, read_day(last)?);
        // `Sat-Mon` goes over the end of the week.
        let count = (last + 7 - first) % 7;
        days.extend((0..=count).map(|step| (first + step) % 7));
    }
    days.sort_unstable();
    days.dedup();
    if days.is_empty() { Err(WindowError::Hours) } else { Ok(days) }
}

fn read_day(text: &str) -> Result<u8, WindowError> {
    let found = DAYS.iter().position(|day| day.eq_ignore_ascii_case(text));
    found.and_then(|day| u8::try_from(day).ok()).ok_or(WindowError::Hours)
}

impl Minute {
    /// 24:00, the end of the day.
    pub const END: Self = Self(1_440);

    fn parse(text: &str) -> Result<Self, WindowError> {
        let (hour, minute) = text.split_once(':').ok_or(WindowError::Hours)?;
        let number = |text: &str| {
            let right = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
            right.then(|| text.parse::<u16>().ok()).flatten().ok_or(WindowError::Hours)
        };
        let (hour, minute) = (number(hour)?, number(minute)?);
        let of_day = hour * 60 + minute;
        if minute < 60 && of_day <= Self::END.0 { Ok(Self(of_day)) } else { Err(WindowError::Hours) }
    }

    /// Counts from midnight.
    pub const fn of_day(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Minute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = Vec::new();
        let mut rest = self.days.as_slice();
        while let [first, ..] = rest {
            let run = rest.iter().zip(*first..).take_while(|(day, next)| **day == *next).count();
            let (begin, end) = (DAYS[usize::from(*first)], DAYS[usize::from(rest[run - 1])]);
            parts.push(if run == 1 { begin.to_owned() } else { format!("{begin}-{end}") });
            rest = &rest[run..];
        }
        if self.days.len() < 7 {
            write!(f, "{} ", parts.join(" "))?;
        }
        write!(f, "{}-{}", self.from, self.to)
    }
}

impl TryFrom<String> for Hours {
    type Error = WindowError;

    fn try_from(text: String) -> Result<Self, WindowError> {
        Self::parse(&text)
    }
}

impl From<Hours> for String {
    fn from(hours: Hours) -> Self {
        hours.to_string()
    }
}

impl TryFrom<String> for Zone {
    type Error = WindowError;

    fn try_from(text: String) -> Result<Self, WindowError> {
        Self::parse(&text)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hours_are_told_in_the_shortest_form() {
        let form = |text: &str| Hours::parse(text).map(|hours| hours.to_string());
        assert_eq!(form("mon-fri  9:00-17:30").as_deref(), Ok("Mon-Fri 09:00-17:30"));
        assert_eq!(form("Wed Mon Tue 00:00-24:00").as_deref(), Ok("Mon-Wed 00:00-24:00"));
        assert_eq!(form("Sat-Mon 22:00-02:00").as_deref(), Ok("Mon Sat-Sun 22:00-02:00"));
        assert_eq!(form("09:00-17:00").as_deref(), Ok("09:00-17:00"));
    }

    #[test]
    fn what_names_no_hours_is_refused() {
        for text in [
            "",
            "Mon",
            "Mon-Fri",
            "Mon 9-17",
            "Mon 25:00-26:00",
            "Mon 09:60-10:00",
            "Mon 24:01-10:00",
            "Mon 009:00-10:00",
            "Mon +9:00-10:00",
            "Mon 9:-10:00",
            "Funday 09:00-10:00",
            "Mon 09:00",
        ] {
            assert_eq!(Hours::parse(text), Err(WindowError::Hours), "{text:?}");
        }
        for text in ["Mon 09:00-09:00", "Mon 24:00-01:00"] {
            assert_eq!(Hours::parse(text), Err(WindowError::Empty), "{text:?}");
        }
        for zone in ["", "Europe/", "Mars Base", "../etc/passwd", "a/../b"] {
            assert_eq!(Zone::parse(zone), Err(WindowError::Zone), "{zone:?}");
        }
    }

    proptest! {
        #[test]
        fn hours_survive_their_text(
            days in proptest::collection::btree_set(0_u8..7, 1..=7), from in 0_u16..1_440, to in 0_u16..=1_440
        ) {
            prop_assume!(from != to);
            let hours = Hours { days: days.into_iter().collect(), from: Minute(from), to: Minute(to) };
            prop_assert_eq!(Hours::parse(&hours.to_string()), Ok(hours));
        }
    }
}
