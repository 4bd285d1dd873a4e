//! Regular expressions, globs and ranges of versions, which only the server reads.

use regex::bytes::{Regex as BytesRegex, RegexBuilder as BytesRegexBuilder};
use regex::{Regex, RegexBuilder};
use semver::{Version, VersionReq};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use towpath_domain::gates::Pattern;
use towpath_domain::rules::{Operator, READ};

/// How large a compiled pattern may be, in bytes.
const LIMIT: usize = 2 * 1_024 * 1_024;
/// The same of a criterion's. It is compared with many builds, in time that grows with both.
const CRITERION_LIMIT: usize = 48 * 1_024;

/// Whether a pattern can be read, or why not.
pub(crate) fn check(pattern: &Pattern) -> Result<(), String> {
    read(pattern).map(drop).map_err(words)
}

fn words(error: regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => {
            "This regular expression is too large. Repeat less in it.".to_owned()
        }
        error => {
            let words = error.to_string();
            // The library's message shows the pattern with a mark below it; its last line says what is wrong.
            let last = words.lines().last().unwrap_or_default();
            format!(
                "This is no regular expression: {}.",
                last.trim_start_matches("error: ").trim_end_matches('.')
            )
        }
    }
}

/// Whether the whole of a text is of the form that a pattern describes. None is, where the pattern cannot be read.
pub(crate) fn matches(pattern: &Pattern, text: &str) -> bool {
    read(pattern).is_ok_and(|pattern| pattern.is_match(text))
}

fn read(pattern: &Pattern) -> Result<Regex, regex::Error> {
    // Alone first: what closes a group that it did not open must not reach the frame around it.
    RegexBuilder::new(pattern.as_str()).size_limit(LIMIT).build()?;
    RegexBuilder::new(&whole(pattern.as_str())).size_limit(LIMIT).build()
}

/// A criterion's pattern: its classes are ASCII, which keeps it small.
fn compile(pattern: &str) -> Result<BytesRegex, regex::Error> {
    let build =
        |pattern: &str| BytesRegexBuilder::new(pattern).unicode(false).size_limit(CRITERION_LIMIT).build();
    build(pattern)?;
    build(&whole(pattern))
}

fn whole(pattern: &str) -> String {
    format!("^(?:{pattern})$")
}

/// Whether what a criterion says can be read, or why not.
pub(crate) fn check_criterion(operator: Operator, text: &str) -> Result<(), String> {
    match operator {
        Operator::Glob => compile(&glob(text)).map(drop).map_err(|_| "This pattern is too large.".to_owned()),
        Operator::Regex => match Pattern::parse(text) {
            Ok(pattern) => compile(pattern.as_str()).map(drop).map_err(words),
            Err(error) => Err(error.to_string()),
        },
        Operator::Semver => VersionReq::parse(text)
            .map(drop)
            .map_err(|error| format!("This is no range of versions, such as >=1.2, <2: {error}.")),
        _ => Ok(()),
    }
}

/// Compares by the operators that the domain leaves to the server.
pub(crate) fn reads(operator: Operator, wanted: &str, text: &str) -> bool {
    if text.len() > READ {
        return false;
    }
    match operator {
        Operator::Glob => kept(&glob(wanted)).is_some_and(|pattern| pattern.is_match(text.as_bytes())),
        Operator::Regex => kept(wanted).is_some_and(|pattern| pattern.is_match(text.as_bytes())),
        Operator::Semver => {
            let version = Version::parse(text.strip_prefix('v').unwrap_or(text));
            VersionReq::parse(wanted).is_ok_and(|range| version.is_ok_and(|version| range.matches(&version)))
        }
        _ => false,
    }
}

/// The regular expression of a glob: `**` for any characters, `*` for any but a slash, `?` for one but a slash.
fn glob(text: &str) -> String {
    let mut pattern = String::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let (part, length) = match character {
            '*' if rest.starts_with("**") => (".*".to_owned(), 2),
            '*' => ("[^/]*".to_owned(), 1),
            '?' => ("[^/]".to_owned(), 1),
            other => (regex::escape(&other.to_string()), other.len_utf8()),
        };
        pattern.push_str(&part);
        rest = &rest[length..];
    }
    pattern
}

/// How many compiled patterns are kept: more than the rules that are in use at a time.
const KEPT: usize = 256;

/// A pattern for a whole text, compiled once for the many builds that it is compared with.
fn kept(text: &str) -> Option<Arc<BytesRegex>> {
    static COMPILED: Mutex<Option<HashMap<String, Arc<BytesRegex>>>> = Mutex::new(None);
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let compiled = compiled.get_or_insert_default();
    if let Some(known) = compiled.get(text) {
        return Some(known.clone());
    }
    if compiled.len() >= KEPT {
        compiled.clear();
    }
    let pattern = Arc::new(compile(text).ok()?);
    compiled.insert(text.to_owned(), pattern.clone());
    Some(pattern)
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
        for text in ["(", "a)|(b", "[z-a]"] {
            let why = check(&pattern(text)).expect_err("it cannot be read");
            assert!(why.starts_with("This is no regular expression: ") && !why.contains('\n'), "{why}");
        }
        let why = check(&pattern("x{1000}{1000}")).expect_err("it cannot be kept");
        assert!(why.contains("too large") && !why.contains('\n'), "{why}");
    }

    #[test]
    fn globs_and_ranges_are_read_as_their_writers_mean_them() {
        let fits = |glob: &str, text: &str| reads(Operator::Glob, glob, text);
        assert!(fits("release/*", "release/1.4") && !fits("release/*", "release/1.4/hotfix"));
        assert!(fits("release/**", "release/1.4/hotfix") && fits("v?.*", "v1.4"));
        assert!(!fits("v1.4", "v1x4"), "a dot is a dot");
        assert!(fits("(x", "(x"), "nothing in it is a regular expression");
        let within = |range: &str, text: &str| reads(Operator::Semver, range, text);
        assert!(within(">=1.2, <2", "v1.4.2") && within("1", "1.9.0") && !within("1", "2.0.0"));
        assert!(!within(">=1", "main") && !within(">=1", "1.4.2-rc.1"));
        assert!(reads(Operator::Regex, "hotfix-[0-9]+", "hotfix-7"));
        assert!(!reads(Operator::Regex, "hotfix-[0-9]+", "a hotfix-7"));
    }

    #[test]
    fn a_criterion_costs_little_whatever_it_says() {
        let bomb = "(a|b)*a(a|b){1,4000}[cd]";
        let why = check_criterion(Operator::Regex, bomb).expect_err("it is too large");
        assert!(why.contains("too large"), "{why}");
        for usual in [
            "release/\\d+\\.\\d+(-rc\\.\\d+)?",
            "[a-z]{1,63}/\\w+",
            "(feature|bugfix)/[A-Z]+-\\d{1,9}-.*",
            "fünf.*",
        ] {
            assert_eq!(check_criterion(Operator::Regex, usual), Ok(()), "{usual}");
        }
        assert!(reads(Operator::Regex, "fünf.*", "fünf/x") && reads(Operator::Glob, "*/über", "x/über"));
        assert!(reads(Operator::Regex, "a*", &"a".repeat(READ)));
        assert!(!reads(Operator::Regex, "a*", &"a".repeat(READ + 1)), "nobody calls a branch so");
    }

    #[test]
    fn what_a_criterion_says_wrongly_is_told() {
        assert!(check_criterion(Operator::Semver, "latest").is_err());
        assert!(check_criterion(Operator::Regex, "(").is_err());
        assert!(
            check_criterion(Operator::Glob, "(").is_ok() && check_criterion(Operator::Equals, "(").is_ok()
        );
    }
}
