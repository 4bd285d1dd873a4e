//! What is picked of a comparison: what somebody saw has to be what goes.

use super::goings::Going;
use crate::Error;
use crate::promotions::read_reference;
use towpath_domain::digests::Digest;
use towpath_domain::forms::Invalid;
use towpath_domain::release_sets::{MOST, Picked, Prospect};
use towpath_domain::timeline::BuildName;
use towpath_domain::words::Reference;

/// How many refusals are told of at once.
pub(super) const TOLD: usize = 10;

/// The parts that somebody picked, as they saw them; all that can be moved where nothing is picked.
pub(super) fn pick((goings, more): (Vec<Going>, bool), picked: &[Picked]) -> Result<Vec<Going>, Error> {
    let wrong = |words: String| Error::from(Invalid::field("parts", words));
    if picked.len() > MOST {
        return Err(wrong(format!("A set has {MOST} builds at most.")));
    }
    for pick in picked {
        let name = format!("{}/{}", pick.project, pick.integration);
        let going = goings.iter().find(|going| pick.is_of(&going.part));
        let part = &going.ok_or_else(|| wrong(format!("{name} has no part in this comparison.")))?.part;
        let differs = |seen: &Option<Digest>, now: &Option<BuildName>| {
            seen.as_ref().is_some_and(|seen| now.as_ref().is_none_or(|now| now.digest != *seen))
        };
        let tag = |build: &Option<BuildName>| {
            build.as_ref().map_or_else(|| "nothing".to_owned(), |build| build.tag.to_string())
        };
        let words = if differs(&pick.digest, &part.comes) {
            format!("it would be {}", tag(&part.comes))
        } else if differs(&pick.there, &part.there) {
            format!("{} is current there", tag(&part.there))
        } else {
            continue;
        };
        return Err(Error::Conflict(format!("{name} has changed since you looked: {words}. Compare again.")));
    }
    if !picked.is_empty() {
        return Ok(goings);
    }
    let (can, cannot): (Vec<Going>, Vec<Going>) =
        goings.into_iter().partition(|going| going.part.prospect.can());
    if can.len() > MOST || more {
        return Err(wrong(format!(
            "More builds differ than the {MOST} that a set has at most. Name those that are meant."
        )));
    }
    if can.is_empty() {
        let why = cannot.iter().filter_map(|going| match &going.part.prospect {
            Prospect::Cannot { because } => {
                Some(format!("{}/{}: {because}", going.part.project, going.part.integration))
            }
            _ => None,
        });
        let why: Vec<String> = why.take(TOLD).collect();
        return Err(Error::Refused(
            format!("There is nothing that could be moved. {}", why.join(" ")).trim().to_owned(),
        ));
    }
    Ok(can)
}

/// Reads the reference, and asks for one where a stage does.
pub(super) fn check_reference(goings: &[Going], text: &str) -> Result<Option<Reference>, Error> {
    let reference = read_reference(text)?;
    let asks = goings.iter().filter(|going| going.part.prospect.can()).find_map(|going| {
        let pattern = going.part.asks_for.as_ref()?;
        Some(format!(
            "{}/{} asks for a reference of the form {pattern}.",
            going.part.project, going.part.integration
        ))
    });
    match asks {
        Some(words) if reference.is_none() => Err(Invalid::field("reference", words).into()),
        _ => Ok(reference),
    }
}
