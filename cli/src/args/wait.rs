//! What `wait` takes.

use clap::Args;
use std::time::Duration;

#[derive(Debug, Args)]
pub struct Wait {
    /// A promotion, as PROJECT#NUMBER; or, with a digest, a bucket as PROJECT/INTEGRATION/BUCKET.
    #[arg(value_name = "PROJECT#NUMBER|BUCKET")]
    pub on: String,
    /// The build that shall be current in the bucket.
    #[arg(long, value_name = "DIGEST")]
    pub digest: Option<String>,
    /// How long to wait at most, such as 90s, 10m or 2h.
    #[arg(long, value_name = "LENGTH", default_value = "10m", value_parser = length)]
    pub timeout: Duration,
}

pub fn length(text: &str) -> Result<Duration, String> {
    let wrong = || "write a length of time such as 90s, 10m or 2h".to_owned();
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let number: u32 = number.parse().map_err(|_| wrong())?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => return Err(wrong()),
    };
    Ok(Duration::from_secs(u64::from(number) * seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_has_a_number_and_a_unit() {
        for (text, seconds) in [("0s", 0), ("90s", 90), ("10m", 600), ("2h", 7_200)] {
            assert_eq!(length(text), Ok(Duration::from_secs(seconds)));
        }
        for wrong in ["", "s", "10", "-1s", "1d", "1.5h", "1ä"] {
            assert!(length(wrong).is_err(), "{wrong}");
        }
    }
}
