//! Days as people say them.

use towpath_domain::times::Time;

const DAY: i64 = 86_400_000_000;
const WEEKDAYS: [&str; 7] = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The UTC day of a moment: `Monday, 23 November 2026`, with “Today” or “Yesterday” before it.
pub fn words(at: Time, now: Time) -> String {
    let number = at.micros().div_euclid(DAY);
    let near = match now.micros().div_euclid(DAY) - number {
        0 => "Today, ",
        1 => "Yesterday, ",
        _ => "",
    };
    // 1 January 1970 was a Thursday.
    let weekday = usize::try_from(number.rem_euclid(7)).map_or("", |day| WEEKDAYS[day]);
    let day = at.day();
    let mut parts = day.splitn(3, '-');
    let (year, month, date) = (parts.next(), parts.next(), parts.next());
    let month = month
        .and_then(|month| month.parse::<usize>().ok())
        .and_then(|month| MONTHS.get(month.checked_sub(1)?));
    match (year, month, date) {
        (Some(year), Some(month), Some(date)) => {
            format!("{near}{weekday}, {} {month} {year}", date.trim_start_matches('0'))
        }
        _ => day,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_told_with_its_weekday() {
        let time = |text| Time::parse(text).expect("a time");
        let now = time("2026-11-23T12:00:00Z");
        assert_eq!(words(time("2026-11-23T00:00:00Z"), now), "Today, Monday, 23 November 2026");
        assert_eq!(words(time("2026-11-22T23:59:59Z"), now), "Yesterday, Sunday, 22 November 2026");
        assert_eq!(words(time("2026-03-01T01:00:00Z"), now), "Sunday, 1 March 2026");
        assert_eq!(words(time("1969-12-31T23:00:00Z"), now), "Wednesday, 31 December 1969");
    }
}
