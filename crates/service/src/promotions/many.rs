//! One person's word on several promotions, each judged for itself.

use super::{Decide, decide};
use crate::{Error, Service};
use towpath_domain::access::Actor;
use towpath_domain::forms::Invalid;
use towpath_domain::inbox::Wanted;
use towpath_domain::promotions::Choice;
use towpath_domain::words::Reason;

/// On how many promotions one word is taken at most.
const MOST: usize = 100;

/// What came of a word on several promotions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decided {
    pub done: Vec<Wanted>,
    /// Those on which it was not taken, and why.
    pub refused: Vec<(Wanted, String)>,
}

/// Takes a person's decision on each of these promotions. Each is a transaction of its own, so that one which is over by
/// now keeps nothing else back.
pub async fn decide_all(
    service: &Service,
    actor: &Actor,
    wanted: Vec<Wanted>,
    choice: Choice,
    comment: &str,
) -> Result<Decided, Error> {
    if wanted.is_empty() {
        return Err(Invalid::field("promotions", "Tick at least one.").into());
    }
    if wanted.len() > MOST {
        return Err(Invalid::field("promotions", format!("Decide on {MOST} at most.")).into());
    }
    match comment.trim() {
        "" if choice == Choice::Reject => {
            return Err(Invalid::field("comment", "Say why you reject them.").into());
        }
        "" => {}
        text => {
            Reason::parse(text).map_err(|error| Invalid::field("comment", error))?;
        }
    }
    let alone = wanted.len() == 1;
    let mut decided = Decided::default();
    for wanted in wanted {
        let wish = Decide {
            project: wanted.project.to_string(),
            number: wanted.number,
            choice,
            comment: comment.to_owned(),
            digest: wanted.digest.to_string(),
            in_name_of: String::new(),
        };
        match decide(service, actor, wish).await {
            Ok(_) => decided.done.push(wanted),
            // One alone ends as it would by itself, and what asks for a fresh sign-in is asked for before anything is done.
            Err(error) if alone => return Err(error),
            Err(error @ Error::NotFresh(_)) if decided.done.is_empty() => return Err(error),
            Err(error) => decided.refused.push((wanted, error.refusal()?)),
        }
    }
    Ok(decided)
}

impl Decided {
    /// What was not taken, in words; absent where everything was.
    pub fn trouble(&self) -> Option<String> {
        if self.refused.is_empty() {
            return None;
        }
        let all = self.done.len() + self.refused.len();
        let told = self
            .refused
            .iter()
            .map(|(wanted, why)| format!("#{} of {}: {why}", wanted.number, wanted.project));
        let told: Vec<String> = told.collect();
        Some(format!("{} of {all} were not decided. {}", self.refused.len(), told.join(" ")))
    }
}
