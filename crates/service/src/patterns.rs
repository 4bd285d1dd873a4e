//! Regular expressions, which only the server reads.

use regex::{Regex, RegexBuilder};
use towpath_domain::gates::Pattern;

/// How large a compiled pattern may be, in bytes.
const LIMIT: usize = 2 * 1_024 * 1_024;

/// Whether a pattern can be read, or why not.
pub(crate) fn check(pattern: &Pattern) -> Result<(), String> {
    read(pattern).map(drop).map_err(|error| {
        let words = error.to_string();
        // The library's message shows the pattern with a mark below it; its last line says what is wrong.
        let last = words.lines().last().unwrap_or_default();
        format!("This is no regular expression: {}.", last.trim_start_matches("error: "))
    })
}

/// Whether the whole of a text is of the form that a pattern describes. None is, where the pattern cannot be read.
pub(crate) fn matches(pattern: &Pattern, text: &str) -> bool {
    read(pattern).is_ok_and(|pattern| pattern.is_match(text))
}

fn read(pattern: &Pattern) -> Result<Regex, regex::Error> {
    // Alone first: what closes a group that it did not open must not reach the frame around it.
    RegexBuilder::new(pattern.as_str()).size_limit(LIMIT).build()?;
    RegexBuilder::new(&format!("^(?:{})$", pattern.as_str())).size_limit(LIMIT).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Pattern {
        Pattern::parse(text).expect("of the right length")
    }

    #[test]
    fn the_whole_text_is_matched() {
        let tickets = pattern("OPS-[0-9]+|CHG[0-9]{4}");
        assert!(matches(&tickets, "OPS-12") && matches(&tickets, "CHG0012"));
        for text in ["OPS-", "see OPS-12", "OPS-12 and more", "CHG001", ""] {
            assert!(!matches(&tickets, text), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_told_in_one_line() {
        for text in ["(", "a)|(b", "[z-a]", "x{1000}{1000}"] {
            let why = check(&pattern(text)).expect_err("it cannot be read");
            assert!(why.starts_with("This is no regular expression: ") && !why.contains('\n'), "{why}");
        }
    }
}
