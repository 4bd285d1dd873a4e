//! Looking at all that a server needs, beside it or before it starts, and saying what to do. Nothing is changed; only
//! in a bucket a few bytes are written and taken away again.

mod folders;
mod hints;

use crate::assets::Site;
use crate::audit::{self, Places};
use crate::config::Config;
use crate::{readiness, sealing};
use std::fmt;
use towpath_domain::times::Time;
use towpath_service::Sources;
use towpath_service::installation::{Blobs, Bucket, Diagnosis, diagnose, try_blobs};

pub use hints::hints;

/// By how many seconds clocks may differ: by more, tokens of CI jobs are refused.
const APART: i64 = 60;

/// What was found in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub verdict: Verdict,
    /// What was looked at.
    pub what: &'static str,
    /// How it is; where it is not well, what to do.
    pub words: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Well,
    /// It works, and something should be seen to.
    Odd,
    /// It does not work.
    Wrong,
}

impl Finding {
    fn new(verdict: Verdict, what: &'static str, words: impl Into<String>) -> Self {
        Self { verdict, what, words: words.into() }
    }

    /// What a check says, or what is wrong by it.
    fn of(what: &'static str, checked: anyhow::Result<String>) -> Self {
        match checked {
            Ok(words) => Self::new(Verdict::Well, what, words),
            Err(error) => Self::new(Verdict::Wrong, what, format!("{error:#}")),
        }
    }
}

/// One line each.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict {
            Verdict::Well => "ok",
            Verdict::Odd => "odd",
            Verdict::Wrong => "wrong",
        };
        write!(f, "{verdict:<7}{:<15}{}", self.what, self.words.replace('\n', " "))
    }
}

/// Looks at everything, in the order in which a start needs it.
pub async fn examine(config: &Config, sources: &Sources) -> Vec<Finding> {
    let mut findings = vec![configuration(config)];
    findings.push(Finding::of("site", Site::new(config).check().map(|()| "is there".to_owned())));
    findings.extend(folders::examine(config));
    if let Some(bucket) = &config.bucket {
        findings.push(Finding::of("bucket", try_bucket(bucket, sources).await));
    }
    findings.push(secret_key(config));
    match diagnose(&config.database_url).await {
        Ok(found) => {
            findings.extend([database(&found), audit_key(config, &found), clock(sources.now(), &found)]);
        }
        // Postgres has to be there before the first start, SQLite's file does not.
        Err(_) if folders::is_new(config) && config.database_url.starts_with("sqlite:") => {
            findings.push(Finding::new(
                Verdict::Well,
                "database",
                "there is none yet; the first start makes it",
            ));
        }
        Err(error) => findings.push(Finding::new(Verdict::Wrong, "database", error.to_string())),
    }
    findings.push(server(config));
    findings
}

fn configuration(config: &Config) -> Finding {
    match hints(config).as_slice() {
        [] => Finding::new(Verdict::Well, "configuration", format!("is sound, for {}", config.public_url)),
        hints => Finding::new(Verdict::Odd, "configuration", hints.join(" ")),
    }
}

/// Uses a bucket as a server does, and says where it is.
pub async fn try_bucket(bucket: &Bucket, sources: &Sources) -> anyhow::Result<String> {
    try_blobs(Blobs::Bucket(bucket), sources).await?;
    let store = bucket.endpoint.as_deref().unwrap_or("Amazon S3");
    Ok(format!("{} at {store} can be written, read and cleaned", bucket.bucket))
}

fn secret_key(config: &Config) -> Finding {
    let path = config.secret_key.display();
    match sealing::check(&config.secret_key) {
        Ok(true) if folders::others_read(&config.secret_key) => {
            let words = format!("{path} can be read by others; chmod 600 it");
            Finding::new(Verdict::Odd, "secret key", words)
        }
        Ok(true) => Finding::new(Verdict::Well, "secret key", format!("is in {path}")),
        Ok(false) if folders::is_new(config) => {
            Finding::new(Verdict::Well, "secret key", "there is none yet; the first start makes it")
        }
        Ok(false) => {
            let words = format!(
                "{path} is missing: the next start makes another one, by which earlier secrets of webhooks cannot be \
                 read. Take it from a backup"
            );
            Finding::new(Verdict::Wrong, "secret key", words)
        }
        Err(error) => Finding::new(Verdict::Wrong, "secret key", format!("{error:#}")),
    }
}

fn database(found: &Diagnosis) -> Finding {
    let engine = &found.engine;
    let (verdict, words) = match (&found.damage, found.newer, found.pending) {
        (Some(damage), ..) => {
            (Verdict::Wrong, format!("the file is damaged ({damage}); put a backup in its place"))
        }
        (None, Some(newer), _) => {
            let words = format!(
                "was written by a newer Towpath (migration {newer}); start that version, or restore a backup"
            );
            (Verdict::Wrong, words)
        }
        (None, None, 0) => (Verdict::Well, format!("{engine}, up to date")),
        (None, None, pending) => {
            let steps = if pending == 1 { "1 migration".to_owned() } else { format!("{pending} migrations") };
            (
                Verdict::Odd,
                format!("{engine}; the next start brings it up to date by {steps}: make a backup first"),
            )
        }
    };
    Finding::new(verdict, "database", words)
}

fn audit_key(config: &Config, found: &Diagnosis) -> Finding {
    match &found.signed_by {
        None => Finding::new(Verdict::Well, "audit key", "there is none yet; the first signature makes it"),
        Some(public) => {
            let checked = audit::check_key(&Places::of(config), public);
            Finding::of("audit key", checked.map(|id| format!("signs as {id}")))
        }
    }
}

fn clock(now: Time, found: &Diagnosis) -> Finding {
    let ahead = |other: Time| (other.micros() - now.micros()) / 1_000_000;
    if let Some(seconds) = found.clock.map(ahead).filter(|seconds| seconds.abs() > APART) {
        let words = format!("differs from that of the database by {} s; let both follow NTP", seconds.abs());
        return Finding::new(Verdict::Wrong, "clock", words);
    }
    match found.newest.map(ahead).filter(|seconds| *seconds > APART) {
        Some(seconds) => {
            let words = format!("is {seconds} s behind the newest event; let it follow NTP");
            Finding::new(Verdict::Wrong, "clock", words)
        }
        None => Finding::new(Verdict::Well, "clock", format!("shows {}", now.to_words())),
    }
}

/// That none runs is no fault: the doctor is asked before a start, too.
fn server(config: &Config) -> Finding {
    match readiness::ask(config.listen) {
        Ok(()) => Finding::new(Verdict::Well, "server", format!("is ready at {}", config.listen)),
        Err(error) => Finding::new(Verdict::Odd, "server", error.to_string()),
    }
}

#[cfg(test)]
mod tests;
