//! Slugs: the permanent names that stand in addresses, registry names and commands.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Words that have a meaning of their own in an address, so nothing new may be called by them.
pub const RESERVED: [&str; 11] =
    ["global", "new", "admin", "api", "fn", "v2", "pkg", "blobs", "manifests", "tags", "referrers"];

/// The name of the tag that always points at what is current in a bucket; reserved as a slug too.
pub const CURRENT: &str = "current";

const MAX: usize = 40;

/// A permanent name in addresses: `[a-z][a-z0-9]*(-[a-z0-9]+)*`, 1 to 40 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// Why a text is not a slug, in words for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SlugError {
    #[error("Enter a name.")]
    Empty,
    #[error("Use at least {min} characters.")]
    TooShort { min: usize },
    #[error("Use at most {max} characters.")]
    TooLong { max: usize },
    #[error("Start with a lowercase letter.")]
    Start,
    #[error("Use lowercase letters, digits and single hyphens between them; “{0}” does not fit.")]
    Character(char),
    #[error("End with a letter or a digit.")]
    End,
    #[error("“{0}” is reserved. Choose another name.")]
    Reserved(String),
}

impl Slug {
    /// Reads a slug that names something which may exist already, such as one in an address.
    pub fn parse(text: &str) -> Result<Self, SlugError> {
        check_shape(text, 1, MAX)?;
        Ok(Self(text.to_owned()))
    }

    /// Reads a slug for something new: reserved words are refused too, and blanks around it, which pasting brings
    /// along, are left away.
    pub fn parse_new(text: &str) -> Result<Self, SlugError> {
        let text = text.trim();
        let slug = Self::parse(text)?;
        if RESERVED.contains(&text) || text == CURRENT {
            return Err(SlugError::Reserved(slug.0));
        }
        Ok(slug)
    }

    /// The slug of the built-in project that holds what all projects share.
    pub fn global() -> Self {
        Self("global".to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Checks a slug's form within a length; release streams have narrower bounds than other things.
pub(crate) fn check_shape(text: &str, min: usize, max: usize) -> Result<(), SlugError> {
    let Some(first) = text.chars().next() else {
        return Err(SlugError::Empty);
    };
    if !first.is_ascii_lowercase() {
        return Err(SlugError::Start);
    }
    let mut previous = first;
    for character in text.chars() {
        let fits = character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-';
        if !fits || (character == '-' && previous == '-') {
            return Err(SlugError::Character(character));
        }
        previous = character;
    }
    if previous == '-' {
        return Err(SlugError::End);
    }
    if text.len() < min {
        return Err(SlugError::TooShort { min });
    }
    if text.len() > max {
        return Err(SlugError::TooLong { max });
    }
    Ok(())
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl TryFrom<String> for Slug {
    type Error = SlugError;

    fn try_from(text: String) -> Result<Self, SlugError> {
        Self::parse(&text)
    }
}

impl FromStr for Slug {
    type Err = SlugError;

    fn from_str(text: &str) -> Result<Self, SlugError> {
        Self::parse(text)
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_reserved_word_names_nothing_new_but_can_be_read() {
        assert_eq!(Slug::parse_new("global"), Err(SlugError::Reserved("global".into())));
        assert_eq!(Slug::parse_new("current"), Err(SlugError::Reserved("current".into())));
        assert_eq!(Slug::parse("global"), Ok(Slug::global()));
    }

    #[test]
    fn blanks_around_a_new_slug_are_left_away_and_those_of_an_address_are_not() {
        assert_eq!(Slug::parse_new("  canal ").map(String::from).as_deref(), Ok("canal"));
        assert_eq!(Slug::parse_new(" global "), Err(SlugError::Reserved("global".into())));
        assert_eq!(Slug::parse(" canal"), Err(SlugError::Start));
    }

    #[test]
    fn each_mistake_is_named() {
        let cases = [
            ("", SlugError::Empty),
            ("1a", SlugError::Start),
            ("Shop", SlugError::Start),
            ("my shop", SlugError::Character(' ')),
            ("a--b", SlugError::Character('-')),
            ("a-", SlugError::End),
            ("é", SlugError::Start),
        ];
        for (text, mistake) in cases {
            assert_eq!(Slug::parse(text), Err(mistake), "{text:?}");
        }
        assert_eq!(Slug::parse(&"a".repeat(41)), Err(SlugError::TooLong { max: 40 }));
    }

    proptest! {
        #[test]
        fn what_fits_the_grammar_is_kept_as_it_is(text in "[a-z][a-z0-9]{0,9}(-[a-z0-9]{1,9}){0,2}") {
            prop_assert_eq!(Slug::parse(&text).map(String::from), Ok(text));
        }

        #[test]
        fn what_is_accepted_fits_the_grammar(text in "\\PC{0,45}") {
            if let Ok(slug) = Slug::parse(&text) {
                let parts: Vec<&str> = slug.as_str().split('-').collect();
                prop_assert!(slug.as_str().len() <= 40);
                prop_assert!(slug.as_str().starts_with(|c: char| c.is_ascii_lowercase()));
                prop_assert!(parts.iter().all(|part| !part.is_empty()
                    && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())));
            }
        }
    }
}
