//! What is kept in the blob folder: for what an image is needed, and how much a project may keep.

use crate::forms::Invalid;
use crate::projects::Project;
use crate::slugs::Slug;
use crate::words::bytes;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Something that needs an image, so that nobody deletes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Need {
    /// It is current in a bucket.
    Current { bucket: Slug },
    /// It was current in a bucket, which can be rolled back to it.
    History { bucket: Slug },
    /// A bucket did not let it in, and can be asked to.
    Refused { bucket: Slug },
    /// A promotion of it waits.
    Promotion { number: i64 },
    /// A promotion pins it now.
    Pin { number: i64 },
    /// It is the default build of its integration.
    Default,
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Current { bucket } => write!(f, "it is current in {bucket}"),
            Self::History { bucket } => {
                write!(f, "it was current in {bucket}, which can be rolled back to it")
            }
            Self::Refused { bucket } => write!(f, "it waits beside {bucket}, which did not let it in"),
            Self::Promotion { number } => write!(f, "promotion #{number} waits for it"),
            Self::Pin { number } => write!(f, "promotion #{number} pins it"),
            Self::Default => f.write_str("it is the default build"),
        }
    }
}

/// The needs in one text: “it is current in qa, and promotion #3 waits for it”.
pub fn told(needs: &[Need]) -> String {
    let words: Vec<String> = needs.iter().map(ToString::to_string).collect();
    words.join(", and ")
}

/// How many bytes a project may keep at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quota(i64);

/// A text is not a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Write a size such as 500 MB, 20 GB or 1.5 TB, or nothing for no limit.")]
pub struct QuotaError;

/// Units as disks are sold: powers of a thousand.
const UNITS: [(&str, i64); 5] =
    [("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000), ("B", 1)];

impl Quota {
    /// Of so many bytes; at least one.
    pub fn of(bytes: i64) -> Option<Self> {
        (bytes > 0).then_some(Self(bytes))
    }

    pub const fn bytes(self) -> i64 {
        self.0
    }

    /// As it is typed: in the unit that people read where that says it whole, or else in bytes.
    pub fn to_typed(self) -> String {
        let words = self.to_string();
        if Self::parse(&words) == Ok(self) { words } else { format!("{} B", self.0) }
    }

    /// Reads `20 GB`; a bare number is of bytes.
    pub fn parse(text: &str) -> Result<Self, QuotaError> {
        let text = text.trim().to_ascii_uppercase();
        let (number, unit) = UNITS
            .iter()
            .find_map(|(name, unit)| Some((text.strip_suffix(name)?, *unit)))
            .unwrap_or((&text, 1));
        let number = number.trim();
        let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(part) || part.len() > 3 {
            return Err(QuotaError);
        }
        let whole: i64 = whole.parse().map_err(|_| QuotaError)?;
        let thousandths: i64 = format!("{part:0<3}").parse().map_err(|_| QuotaError)?;
        let bytes = whole.checked_mul(unit).and_then(|bytes| bytes.checked_add(unit / 1_000 * thousandths));
        bytes.and_then(Self::of).ok_or(QuotaError)
    }
}

impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bytes(self.0))
    }
}

/// Why nothing more is taken in for a project.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "The project {project} keeps {} of the {quota} that it may. Delete images that are not needed, or ask an admin of \
     the installation for more.",
    bytes(*.used)
)]
pub struct OverQuota {
    pub project: Slug,
    pub used: i64,
    pub quota: Quota,
}

/// What a project keeps, and what is set about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageView {
    pub project: Project,
    /// Bytes of all contents that its repositories hold, each counted once.
    pub used: i64,
    pub quota: Option<Quota>,
    /// Whether anybody may pull without signing in.
    pub anonymous_pull: bool,
    pub may_configure: Result<(), String>,
    /// Setting the quota takes whoever configures the installation.
    pub may_set_quota: Result<(), String>,
}

/// What the form for a quota holds, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct QuotaForm {
    /// Empty for no limit.
    pub quota: String,
}

impl QuotaForm {
    pub fn check(&self) -> Result<Option<Quota>, Invalid> {
        if self.quota.trim().is_empty() {
            return Ok(None);
        }
        Quota::parse(&self.quota).map(Some).map_err(|error| Invalid::field("quota", error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_is_read_as_people_write_sizes() {
        for (text, bytes) in [
            ("1", 1),
            ("500 MB", 500_000_000),
            ("20gb", 20_000_000_000),
            (" 1.5 TB ", 1_500_000_000_000),
            ("0.25 KB", 250),
        ] {
            assert_eq!(Quota::parse(text).map(Quota::bytes), Ok(bytes), "{text}");
        }
        for text in ["", "0", "0 GB", "GB", "-1 GB", "1.GB", "1.2345 GB", "1e3", "9999999999 TB", "20 GiB"] {
            assert_eq!(Quota::parse(text), Err(QuotaError), "{text}");
        }
        for bytes in [1_500_000_000, 20_000_000_001] {
            let quota = Quota::of(bytes).expect("a quota");
            assert_eq!(Quota::parse(&quota.to_typed()), Ok(quota));
        }
        assert_eq!(Quota::of(1_500_000_000).map(Quota::to_typed).as_deref(), Some("1.5 GB"));
        let none = QuotaForm { quota: " ".into() };
        assert_eq!(none.check(), Ok(None));
    }

    #[test]
    fn what_needs_an_image_is_told_in_one_sentence() {
        let qa = Slug::parse("qa").expect("a slug");
        let needs = [Need::Current { bucket: qa }, Need::Promotion { number: 3 }];
        assert_eq!(told(&needs), "it is current in qa, and promotion #3 waits for it");
    }
}
