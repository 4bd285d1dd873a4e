//! When an event is sent again to an address that did not take it.

/// The pauses after each try, in seconds, as Standard Webhooks recommends them: ten tries in three days.
const PAUSES: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// How many tries there are: one more than pauses.
pub const TRIES: i64 = 10;
/// The longest pause that a receiver may ask for, in seconds.
const LONGEST: i64 = 86_400;

/// What happens after a try that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// It is sent again after so many seconds.
    Again { seconds: i64 },
    /// Nothing is sent there any more, for this reason.
    Disable { because: String },
}

/// Decides after so many tries, the last of which was answered by `status` and perhaps with `Retry-After` in seconds.
/// `dice` spreads the tries of many, so that they do not all come at once.
pub fn next(tries: i64, status: Option<u16>, retry_after: Option<i64>, dice: u8) -> Next {
    // Standard Webhooks: 410 says that the receiver wants no more.
    if status == Some(410) {
        return Next::Disable { because: "The address answered 410: it is gone.".to_owned() };
    }
    let pause = usize::try_from(tries - 1).ok().and_then(|tried| PAUSES.get(tried));
    let Some(pause) = pause else {
        let because = format!("{tries} tries in three days failed, the last one too.");
        return Next::Disable { because };
    };
    let spread = pause * (90 + i64::from(dice) * 20 / 255) / 100;
    let asked = match status {
        Some(429 | 503) => retry_after.unwrap_or_default().clamp(0, LONGEST),
        _ => 0,
    };
    Next::Again { seconds: spread.max(1).max(asked) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pause(tries: i64, status: Option<u16>, retry_after: Option<i64>, dice: u8) -> i64 {
        match next(tries, status, retry_after, dice) {
            Next::Again { seconds } => seconds,
            Next::Disable { because } => panic!("{because}"),
        }
    }

    #[test]
    fn pauses_grow_to_three_days_in_all_and_then_nothing_is_sent_any_more() {
        let pauses: Vec<i64> = (1..TRIES).map(|tries| pause(tries, Some(500), None, 0)).collect();
        assert!(pauses.is_sorted(), "{pauses:?}");
        let longest: i64 = (1..TRIES).map(|tries| pause(tries, None, None, 255)).sum();
        assert!((3 * 86_400..4 * 86_400).contains(&longest), "{longest}");
        assert!(matches!(next(TRIES, Some(500), None, 0), Next::Disable { .. }));
    }

    #[test]
    fn the_tries_of_many_are_spread() {
        assert_eq!((pause(2, None, None, 0), pause(2, None, None, 255)), (270, 330));
    }

    #[test]
    fn a_busy_receiver_is_asked_when_it_says_so_within_a_day() {
        assert_eq!(pause(1, Some(503), Some(600), 0), 600);
        assert_eq!(pause(1, Some(429), Some(900_000), 0), 86_400);
        assert_eq!(pause(1, Some(500), Some(600), 0), 4, "it did not say that it was busy");
        assert_eq!(pause(4, Some(503), Some(1), 0), 6_480, "not sooner than it would be");
    }

    #[test]
    fn an_address_that_is_gone_is_left_at_once() {
        assert!(matches!(next(1, Some(410), None, 0), Next::Disable { .. }));
    }
}
