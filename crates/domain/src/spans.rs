//! Lengths of time as people set them: whole minutes, written `30m`, `2h` or `1d 12h`.

use crate::times::Time;
use crate::words::brief;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A length of time from one minute to a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span {
    minutes: i64,
}

/// A text is not a length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Write a length of time such as 30m, 2h or 1d 12h, up to 365d.")]
pub struct SpanError;

const UNITS: [(char, i64, &str); 3] = [('d', 1_440, "day"), ('h', 60, "hour"), ('m', 1, "minute")];
const LONGEST: i64 = 365 * 1_440;

/// Reads a length of time after a moment, or a time: with its offset, or as the browser's field gives it, which is taken
/// as UTC.
pub fn read_moment(text: &str, after: Time) -> Result<Time, String> {
    if let Ok(span) = Span::parse(text) {
        return Ok(span.after(after));
    }
    Time::parse_in_utc(text).map_err(|_| {
        format!(
            "“{}” is no time such as 2026-01-31T09:30, in UTC, or 2026-01-31T09:30:00Z, and no length of time such as 2h \
             or 14d, up to 365d.",
            brief(text, 40)
        )
    })
}

impl Span {
    pub const DAYS_1: Self = Self { minutes: 1_440 };
    pub const DAYS_2: Self = Self { minutes: 2 * 1_440 };
    pub const DAYS_7: Self = Self { minutes: 7 * 1_440 };
    pub const DAYS_30: Self = Self { minutes: 30 * 1_440 };
    pub const DAYS_90: Self = Self { minutes: 90 * 1_440 };
    pub const DAYS_365: Self = Self { minutes: LONGEST };

    /// Of so many minutes, if that is a length that can be set.
    pub const fn minutes(minutes: i64) -> Option<Self> {
        if minutes >= 1 && minutes <= LONGEST { Some(Self { minutes }) } else { None }
    }

    /// Reads numbers with their units, each unit once at most: `2h`, `1d 12h`.
    pub fn parse(text: &str) -> Result<Self, SpanError> {
        let text: String = text.chars().filter(|character| !character.is_whitespace()).collect();
        let (mut minutes, mut rest, mut units) = (0_i64, text.as_str(), UNITS.iter());
        while !rest.is_empty() {
            let end = rest.find(|character: char| !character.is_ascii_digit()).ok_or(SpanError)?;
            let (number, tail) = rest.split_at(end);
            let unit = tail.chars().next().ok_or(SpanError)?;
            // Units come from the longest to the shortest, so what was passed over cannot follow.
            let (_, length, _) = units.find(|(name, ..)| *name == unit).ok_or(SpanError)?;
            let number: i64 = number.parse().map_err(|_| SpanError)?;
            let part = number.checked_mul(*length).ok_or(SpanError)?;
            minutes = minutes.checked_add(part).ok_or(SpanError)?;
            rest = &tail[unit.len_utf8()..];
        }
        Self::minutes(minutes).ok_or(SpanError)
    }

    /// The whole minutes of the time from one moment to a later one, rounded down; absent where that is none.
    pub fn between(from: Time, to: Time) -> Option<Self> {
        Self::minutes(((to.micros() - from.micros()) / 60_000_000).min(LONGEST))
    }

    pub const fn seconds(self) -> i64 {
        self.minutes * 60
    }

    /// The moment so long after another.
    #[must_use]
    pub fn after(self, time: Time) -> Time {
        time.plus_seconds(self.seconds())
    }

    /// As people read it: “1 day 12 hours”.
    pub fn words(self) -> String {
        let words =
            |(amount, name): (i64, &str)| format!("{amount} {name}{}", if amount == 1 { "" } else { "s" });
        self.parts().map(|(amount, _, name)| words((amount, name))).collect::<Vec<_>>().join(" ")
    }

    /// How many of each unit it has, without those of which it has none.
    fn parts(self) -> impl Iterator<Item = (i64, char, &'static str)> {
        let mut left = self.minutes;
        UNITS.into_iter().filter_map(move |(letter, length, name)| {
            let amount = left / length;
            left %= length;
            (amount > 0).then_some((amount, letter, name))
        })
    }
}

/// As [`Span::parse`] reads it.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, (amount, letter, _)) in self.parts().enumerate() {
            let space = if position == 0 { "" } else { " " };
            write!(f, "{space}{amount}{letter}")?;
        }
        Ok(())
    }
}

impl TryFrom<String> for Span {
    type Error = SpanError;

    fn try_from(text: String) -> Result<Self, SpanError> {
        Self::parse(&text)
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn units_are_added_up_and_told_in_words() {
        let words = |text: &str| Span::parse(text).map(Span::words);
        assert_eq!(words("90m").as_deref(), Ok("1 hour 30 minutes"));
        assert_eq!(words(" 1d 12h ").as_deref(), Ok("1 day 12 hours"));
        assert_eq!(words("365d").as_deref(), Ok("365 days"));
    }

    #[test]
    fn what_is_no_length_of_time_is_refused() {
        let long = format!("{}d", u64::MAX);
        for text in ["", "0m", "2", "h", "2w", "-1h", "1h 1d", "1h 2h", "366d", "1.5h", &long] {
            assert_eq!(Span::parse(text), Err(SpanError), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_span_survives_its_text(minutes in 1..=LONGEST) {
            let span = Span::minutes(minutes).expect("in range");
            prop_assert_eq!(Span::parse(&span.to_string()), Ok(span));
        }
    }
}
