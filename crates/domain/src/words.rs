//! Texts that people type: titles, reasons, names, e-mail addresses and passwords, with their bounds.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a typed text is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    #[error("Fill this in.")]
    Empty,
    #[error("Use at most {0} characters.")]
    TooLong(usize),
    #[error("Use at least {0} characters.")]
    TooShort(usize),
    #[error("Leave out control characters.")]
    Control,
    #[error("Leave out invisible characters and those that turn the direction of text.")]
    Invisible,
    #[error("Enter an e-mail address such as name@example.org.")]
    Email,
    #[error("Enter an address that starts with https:// or http://.")]
    Link,
}

fn parse_text(text: &str, max: usize, lines: bool) -> Result<String, WordsError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(WordsError::Empty);
    }
    if text.chars().count() > max {
        return Err(WordsError::TooLong(max));
    }
    if text.chars().any(is_invisible) {
        return Err(WordsError::Invisible);
    }
    let allowed =
        |character: char| !character.is_control() || (lines && matches!(character, '\n' | '\r' | '\t'));
    if text.chars().all(allowed) { Ok(text.to_owned()) } else { Err(WordsError::Control) }
}

/// Whether a text is one line of characters that show.
pub fn is_plain(text: &str) -> bool {
    !text.chars().any(|character| character.is_control() || is_invisible(character))
}

/// Characters that show nothing, or make what follows look like something else (Unicode TR 36 §2.10). The two
/// joiners stay: emoji and several scripts need them.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

macro_rules! words {
    ($($(#[$meta:meta])* $name:ident = |$text:ident| $parse:expr;)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub fn parse($text: &str) -> Result<Self, WordsError> {
                $parse.map(Self)
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = WordsError;

            fn try_from(text: String) -> Result<Self, WordsError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    )+};
}

words! {
    /// What a thing is called on screens; one line, at most 80 characters.
    Title = |text| parse_text(text, 80, false);
    /// Why something was done; at most 1,000 characters.
    Reason = |text| parse_text(text, Reason::LONGEST as usize, true);
    /// What a promotion refers to, such as a change ticket; one line, at most 100 characters.
    Reference = |text| parse_text(text, 100, false);
    /// The address of a page elsewhere, by http or https; at most 1,000 characters.
    Link = |text| parse_link(text);
    /// A person's name as they write it; one line, at most 80 characters.
    PersonName = |text| parse_text(text, 80, false);
    /// An e-mail address, in lowercase: it names an account, so case must not make two of one.
    Email = |text| parse_email(text);
}

impl Reason {
    /// How many characters it has at most.
    pub const LONGEST: u32 = 1_000;

    /// The first of it, in one line, where it stands beside other things.
    pub fn brief(&self) -> String {
        brief(self.as_str(), 160)
    }
}

/// The first characters of a text in one line, without those that do not show.
pub fn brief(text: &str, most: usize) -> String {
    let plain = text.chars().map(|character| if character.is_whitespace() { ' ' } else { character });
    let mut plain = plain.filter(|character| !character.is_control() && !is_invisible(*character));
    let mut first: String = plain.by_ref().take(most).collect();
    if plain.next().is_some() {
        first.push('…');
    }
    first
}

/// Words as they begin a line.
pub fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn parse_link(text: &str) -> Result<String, WordsError> {
    let text = parse_text(text, 1_000, false)?;
    if is_web_address(&text) { Ok(text) } else { Err(WordsError::Link) }
}

/// Whether a text is an address of the web, without anything that hides where it leads.
pub(crate) fn is_web_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next());
    host.is_some_and(|host| !host.is_empty() && !host.contains('@'))
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn parse_email(text: &str) -> Result<String, WordsError> {
    let text = parse_text(text, 254, false)?;
    let (local, host) = text.split_once('@').ok_or(WordsError::Email)?;
    let fits = !local.is_empty()
        && !host.contains('@')
        && !text.contains(char::is_whitespace)
        && host.split('.').all(|label| !label.is_empty())
        && host.chars().all(|character| character.is_alphanumeric() || matches!(character, '.' | '-'));
    if fits { Ok(text.to_lowercase()) } else { Err(WordsError::Email) }
}

/// Checks a new password's length; nothing else is asked of it (NIST SP 800-63B §3.1.1.2).
pub fn check_password(text: &str) -> Result<(), WordsError> {
    match text.chars().count() {
        0..12 => Err(WordsError::TooShort(12)),
        12..=256 => Ok(()),
        _ => Err(WordsError::TooLong(256)),
    }
}

/// A size in the unit that people read: `1.4 MB`. Thousands, as registries count them.
pub fn bytes(count: i64) -> String {
    const UNITS: [(i64, &str); 4] =
        [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match UNITS.into_iter().find(|(size, _)| count >= *size) {
        None => format!("{count} bytes"),
        Some((size, unit)) => format!("{}.{} {unit}", count / size, count % size * 10 / size),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_trimmed_and_lowercased() {
        assert_eq!(Email::parse(" Ana@Example.org ").map(String::from), Ok("ana@example.org".into()));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["ana", "@example.org", "ana@", "ana@a..b", "a b@example.org", "a@b@c"] {
            assert_eq!(Email::parse(text), Err(WordsError::Email), "{text:?}");
        }
    }

    #[test]
    fn a_link_leads_to_the_web_and_nowhere_else() {
        assert!(Link::parse("https://ci.example.org/runs/7?x=1#top").is_ok());
        assert!(Link::parse("http://[::1]:8080/").is_ok());
        for text in ["javascript:alert(1)", "https://", "https://a b", "https://bank@evil.example/"] {
            assert_eq!(Link::parse(text), Err(WordsError::Link), "{text:?}");
        }
    }

    #[test]
    fn a_title_is_one_line_and_a_reason_may_have_more() {
        assert_eq!(Title::parse("a\nb"), Err(WordsError::Control));
        assert!(Reason::parse("a\nb").is_ok());
        assert_eq!(Reason::parse(" \n "), Err(WordsError::Empty));
        assert_eq!(Title::parse("\u{200b}"), Err(WordsError::Invisible));
        assert_eq!(Title::parse("abc\u{202e}fed"), Err(WordsError::Invisible));
        assert!(Title::parse("👩\u{200d}🚀").is_ok());
        assert_eq!(Title::parse(&"a".repeat(81)), Err(WordsError::TooLong(80)));
    }

    #[test]
    fn a_password_is_measured_in_characters() {
        assert_eq!(check_password("elevenchars"), Err(WordsError::TooShort(12)));
        assert_eq!(check_password("twelve chars"), Ok(()));
        assert_eq!(check_password(&"ä".repeat(256)), Ok(()));
    }

    #[test]
    fn a_size_is_told_in_its_own_unit() {
        let told = [0, 999, 1_000, 1_450_000, 12_000_000_000, i64::MAX].map(bytes);
        assert_eq!(told, ["0 bytes", "999 bytes", "1.0 kB", "1.4 MB", "12.0 GB", "9223372.0 TB"]);
    }
}
