//! When a page reads anew: soon after something happened, together with what comes with it, and not all the time.

use std::time::Duration;

/// What belongs together comes within this.
const GATHER: Duration = Duration::from_millis(30);
/// The least time between two readings.
const REST: Duration = Duration::from_millis(300);

/// Where a part of a page is between hearing of something and reading anew.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pace {
    #[default]
    Idle,
    Gathering,
    Resting {
        /// Whether something happened since the last reading.
        again: bool,
    },
}

/// What follows when a wait is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    pub acts: bool,
    pub wait: Option<Duration>,
}

impl Pace {
    /// Something happened; the answer is a wait that begins now.
    pub fn heard(&mut self) -> Option<Duration> {
        match self {
            Self::Idle => {
                *self = Self::Gathering;
                Some(GATHER)
            }
            Self::Gathering => None,
            Self::Resting { again } => {
                *again = true;
                None
            }
        }
    }

    /// The wait is over.
    pub fn over(&mut self) -> Turn {
        if matches!(self, Self::Gathering | Self::Resting { again: true }) {
            *self = Self::Resting { again: false };
            return Turn { acts: true, wait: Some(REST) };
        }
        *self = Self::Idle;
        Turn { acts: false, wait: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTS: Turn = Turn { acts: true, wait: Some(REST) };
    const RESTS: Turn = Turn { acts: false, wait: None };

    #[test]
    fn what_comes_together_is_read_once() {
        let mut pace = Pace::default();
        assert_eq!(pace.heard(), Some(GATHER));
        assert_eq!((pace.heard(), pace.heard()), (None, None));
        assert_eq!(pace.over(), ACTS);
        assert_eq!(pace.over(), RESTS);
        assert_eq!(pace, Pace::Idle);
    }

    #[test]
    fn what_comes_soon_after_is_read_after_a_rest_and_not_lost() {
        let mut pace = Pace::default();
        pace.heard();
        pace.over();
        assert_eq!(pace.heard(), None);
        assert_eq!(pace.over(), ACTS);
        assert_eq!(pace.over(), RESTS);
    }
}
