//! What is seen while an image is sent: bars for whoever watches, a line for each step where nobody does.

use crate::output::say;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::collections::HashMap;
use std::io::{IsTerminal, stderr};
use std::sync::{Mutex, PoisonError};
use towpath_domain::digests::Digest;
use towpath_oci::Step;

/// Below this size a content has no bar of its own: it is gone before it can be read.
const SMALL: u64 = 256 * 1024;

pub struct Progress {
    bars: Option<MultiProgress>,
    moving: Mutex<HashMap<Digest, ProgressBar>>,
}

impl Progress {
    /// Bars where standard error is a terminal that is no CI's.
    pub fn new() -> Self {
        let watched = stderr().is_terminal() && std::env::var_os("CI").is_none();
        Self { bars: watched.then(MultiProgress::new), moving: Mutex::default() }
    }

    pub fn tell(&self, step: Step<'_>) {
        match step {
            Step::There(blob) if blob.size >= SMALL => {
                self.line(&format!("{} is there", short(&blob.digest)));
            }
            Step::Sending(blob, at) => self.advance(&blob.digest, at, blob.size),
            Step::Paused(blob, pause, error) => {
                let words = format!("{} broke off: {error}; going on in {pause:.0?}", short(&blob.digest));
                self.line(&words);
            }
            Step::Sent(blob) => {
                let bar = self.moving.lock().unwrap_or_else(PoisonError::into_inner).remove(&blob.digest);
                if let Some(bar) = bar {
                    bar.finish_and_clear();
                }
                self.line(&format!("{} sent, {}", short(&blob.digest), bytes(blob.size)));
            }
            Step::There(_) => {}
        }
    }

    fn advance(&self, digest: &Digest, at: u64, size: u64) {
        let Some(bars) = self.bars.as_ref().filter(|_| size >= SMALL) else { return };
        let mut moving = self.moving.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = moving.entry(digest.clone()).or_insert_with(|| {
            let style =
                ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec}");
            let bar = bars.add(ProgressBar::new(size).with_message(short(digest).to_owned()));
            style.map_or(bar.clone(), |style| bar.with_style(style))
        });
        bar.set_position(at);
    }

    fn line(&self, words: &str) {
        match &self.bars {
            Some(bars) => bars.suspend(|| say(words)),
            None => say(words),
        }
    }
}

fn short(digest: &Digest) -> &str {
    digest.short()
}

/// A size as people read it.
pub fn bytes(size: u64) -> String {
    indicatif::BinaryBytes(size).to_string()
}
