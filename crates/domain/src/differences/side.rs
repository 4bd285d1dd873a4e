//! How one side of a comparison is named: a build, what is in a bucket, or what was in it at a moment.

use crate::digests::Digest;
use crate::slugs::Slug;
use crate::times::Time;
use std::fmt;

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SideAddress {
    /// `sha256:…`
    Build(Digest),
    /// `BUCKET`: what is current there.
    Bucket(Slug),
    /// `BUCKET@TIME`: what was current there then.
    Moment(Slug, Time),
}

/// A text names no side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Name a bucket, a bucket at a time such as prod@2026-01-31T09:30:00Z, or a digest.")]
pub struct SideError;

impl SideAddress {
    pub fn parse(text: &str) -> Result<Self, SideError> {
        let text = text.trim();
        if let Some((bucket, time)) = text.split_once('@') {
            let bucket = Slug::parse(bucket).map_err(|_| SideError)?;
            return Time::parse_in_utc(time).map(|time| Self::Moment(bucket, time)).map_err(|_| SideError);
        }
        if text.contains(':') {
            return Digest::parse(text).map(Self::Build).map_err(|_| SideError);
        }
        Slug::parse(text).map(Self::Bucket).map_err(|_| SideError)
    }
}

impl fmt::Display for SideAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Build(digest) => digest.fmt(f),
            Self::Bucket(bucket) => bucket.fmt(f),
            Self::Moment(bucket, time) => write!(f, "{bucket}@{time}"),
        }
    }
}
