//! A log that is read line by line, and held against checkpoints. However long it is, one line is in memory.

use super::trust::open;
use crate::config;
use crate::failure::Failure;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use towpath_api::audit::{AuditOpening, LoggedEvent, TimelineLine};
use towpath_domain::timeline::canonical::{PersonalText, opens};
use towpath_proof::{Checkpoint, Differs, Replay, VerifyingKey};

/// An export under way.
pub struct Log {
    replay: Replay,
    keys: Vec<VerifyingKey>,
    newest: Option<Checkpoint>,
}

impl Log {
    /// Begins, with the keys that the log is held to, and checkpoints that they have signed.
    pub fn new(keys: &[VerifyingKey], checkpoints: Vec<Checkpoint>) -> Self {
        let newest = checkpoints.iter().max_by_key(|checkpoint| checkpoint.size).cloned();
        Self { replay: Replay::new(checkpoints), keys: keys.to_vec(), newest }
    }

    /// Takes the next line.
    pub fn line(&mut self, line: &str) -> Result<(), Failure> {
        let entry = self.replay.size() + 1;
        let line: TimelineLine = serde_json::from_str(line).map_err(|error| {
            Failure::Differs(format!("entry {entry}: this is no line of an export as NDJSON: {error}"))
        })?;
        match line {
            TimelineLine::Signed { checkpoint } => self.signed(open(&checkpoint, &self.keys)?),
            TimelineLine::Event(event) => {
                let LoggedEvent { entry, bytes, leaf, openings } = *event;
                let held = leaf.map(|leaf| hash(&leaf)).transpose()?;
                let seq = u64::try_from(entry.seq).unwrap_or_default();
                self.replay.take(seq, bytes.as_bytes(), held.as_ref()).map_err(differs)?;
                texts(entry.seq, &bytes, &openings).map(drop)
            }
        }
    }

    /// A checkpoint stands before the events, so that they can be held against it as they come.
    fn signed(&mut self, checkpoint: Checkpoint) -> Result<(), Failure> {
        if self.replay.size() > 0 {
            return Err(Failure::Differs("a checkpoint stands behind events that it signs".to_owned()));
        }
        self.newest =
            self.newest.take().filter(|newest| newest.size > checkpoint.size).or(Some(checkpoint.clone()));
        self.replay.expect(checkpoint);
        Ok(())
    }

    /// How many events were read, and the newest checkpoint that they were held against.
    pub fn finish(self) -> Result<(u64, Option<Checkpoint>), Failure> {
        Ok((self.replay.finish().map_err(differs)?, self.newest))
    }
}

fn differs(differs: Differs) -> Failure {
    let hint = match differs {
        Differs::Missing { .. } => {
            "\nEither it was taken out, or this is not the whole log: that is for who may view the installation."
        }
        _ => "",
    };
    Failure::Differs(format!("{differs}{hint}"))
}

fn hash(text: &str) -> Result<[u8; 32], Failure> {
    let mut hash = [0; 32];
    let wrong = |_| Failure::Differs(format!("“{text}” is no hash"));
    hex::decode_to_slice(text, &mut hash).map_err(wrong)?;
    Ok(hash)
}

/// The texts beside some bytes, if the bytes commit to them.
pub fn texts(seq: i64, bytes: &str, openings: &[AuditOpening]) -> Result<Vec<PersonalText>, Failure> {
    let text = |opening: &AuditOpening| opening.personal().filter(|text| opens(bytes.as_bytes(), text));
    let texts: Option<Vec<PersonalText>> = openings.iter().map(text).collect();
    texts.ok_or_else(|| {
        Failure::Differs(format!(
            "a text beside entry {seq} is not the one that was logged: its bytes commit to another"
        ))
    })
}

/// Reads a file line by line.
pub fn file(path: &Path, mut each: impl FnMut(&str) -> Result<(), Failure>) -> Result<(), Failure> {
    let failed = |error: std::io::Error| config::wrong(path, &error.to_string());
    for line in BufReader::new(File::open(path).map_err(failed)?).lines() {
        each(&line.map_err(failed)?)?;
    }
    Ok(())
}
