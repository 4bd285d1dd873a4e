//! What serde says of a request, in words for whoever sent it: what was given, and what is taken.

use towpath_domain::words::{brief, capitalised};

/// The most characters that are repeated of what was given.
const SHOWN: usize = 60;

/// What is wrong with a part of a request.
#[derive(Debug, PartialEq, Eq)]
pub struct Told {
    pub detail: String,
    /// The field that is not there at all, inside of what was read.
    pub missing: Option<String>,
}

/// The words of a deserializer, without the place that they are about. Words of our own types stay as they are.
pub fn told(words: &str) -> Told {
    let plain = |detail: String| Told { detail, missing: None };
    if let Some(field) = words.strip_prefix("missing field ").map(name) {
        return Told { detail: format!("“{field}” is missing."), missing: Some(field) };
    }
    if let Some((got, choices)) = choices(words, "unknown field ") {
        return plain(format!("There is no “{got}” here. {}.", taken(&choices)));
    }
    if let Some((got, choices)) = choices(words, "unknown variant ") {
        return plain(format!("“{got}” is not known here. {}.", taken(&choices)));
    }
    if let Some(field) = words.strip_prefix("duplicate field ").map(name) {
        return plain(format!("“{field}” is given more than once."));
    }
    let kind = words.strip_prefix("invalid type: ").or_else(|| words.strip_prefix("invalid value: "));
    if let Some((got, wanted)) = kind.and_then(|rest| rest.rsplit_once(", expected ")) {
        return plain(format!("Give {}, not {}.", wanted_words(wanted), got_words(got)));
    }
    plain(format!("{}.", capitalised(words.trim_end_matches('.'))))
}

/// The same about a parameter of a query, whose value is always text: what was given is named.
pub fn told_of_parameter(words: &str, given: &str) -> Told {
    let given = brief(given, SHOWN);
    let detail = match words {
        "invalid digit found in string" => format!("“{given}” is no whole number from 0."),
        "cannot parse integer from empty string" => {
            "A whole number from 0 belongs here, or leave it out.".to_owned()
        }
        "number too large to fit in target type" => format!("The number “{given}” is too large."),
        "number too small to fit in target type" => format!("The number “{given}” is too small."),
        "provided string was not `true` or `false`" => format!("“{given}” is neither “true” nor “false”."),
        _ => return told(words),
    };
    Told { detail, missing: None }
}

fn name(quoted: &str) -> String {
    brief(quoted.trim_matches('`'), SHOWN)
}

/// What was given and the names that are taken in its place: “`b`, expected `slug` or `title`”.
fn choices(words: &str, start: &str) -> Option<(String, Vec<String>)> {
    let rest = words.strip_prefix(start)?;
    let none =
        rest.strip_suffix(", there are no fields").or_else(|| rest.strip_suffix(", there are no variants"));
    let (got, names) = none.map(|got| (got, "")).or_else(|| rest.split_once(", expected "))?;
    Some((name(got), names.split('`').skip(1).step_by(2).map(str::to_owned).collect()))
}

fn taken(choices: &[String]) -> String {
    let quoted: Vec<_> = choices.iter().map(|choice| format!("“{choice}”")).collect();
    match quoted.as_slice() {
        [] => "Nothing is taken here".to_owned(),
        [one] => format!("Only {one} is taken"),
        [all @ .., last] => format!("Taken are {} and {last}", all.join(", ")),
    }
}

/// What was given, as serde calls it.
fn got_words(got: &str) -> String {
    if let Some(text) = got.strip_prefix("string ") {
        return format!("the text “{}”", brief(text.trim_matches('"'), SHOWN));
    }
    match got {
        "null" | "unit value" | "Option value" => "null".to_owned(),
        "map" => "an object".to_owned(),
        "sequence" => "a list".to_owned(),
        other => match other.split('`').nth(1) {
            // An integer, a floating point or a boolean, with its value.
            Some(value) => brief(value, SHOWN),
            None => other.to_owned(),
        },
    }
}

/// What is taken, as serde calls it: names of our types say nothing to those who send JSON.
fn wanted_words(wanted: &str) -> String {
    let known = match wanted {
        "a map" | "map" => "an object",
        "a sequence" | "sequence" => "a list",
        "a string" | "a borrowed string" | "string" | "string or map" => "a text",
        "a boolean" => "true or false",
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65,535",
        "u32" => "a whole number from 0 to 4,294,967,295",
        "u64" | "usize" => "a whole number from 0",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        _ if wanted.starts_with("struct ") || wanted.contains("tagged enum ") => "an object",
        _ if wanted.starts_with("enum ") => "a text",
        _ if wanted.starts_with("tuple ") || wanted.starts_with("a tuple ") => "a list",
        other => other,
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use towpath_domain::digests::Digest;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only how it fails is looked at")]
    struct New {
        slug: String,
        seconds: u32,
        #[serde(default)]
        parts: Vec<Part>,
        digest: Option<Digest>,
        kind: Option<Kind>,
    }

    #[derive(Debug, Deserialize)]
    struct Part {}

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Environment,
        Stream,
    }

    fn body(json: &str) -> String {
        let words = serde_json::from_str::<New>(json).expect_err("it is wrong").to_string();
        told(words.rsplit_once(" at line ").expect("a place").0).detail
    }

    #[test]
    fn what_is_wrong_with_a_body_is_told_without_our_types() {
        assert_eq!(body("null"), "Give an object, not null.");
        assert_eq!(body(r#""shop""#), "Give an object, not the text “shop”.");
        assert_eq!(body(r#"{"slug":5}"#), "Give a text, not 5.");
        assert_eq!(body(r#"{"slug":["a"]}"#), "Give a text, not a list.");
        let whole = "Give a whole number from 0 to 4,294,967,295, not";
        assert_eq!(body(r#"{"seconds":-1}"#), format!("{whole} -1."));
        assert_eq!(
            body(r#"{"seconds":"ten, expected soon"}"#),
            format!("{whole} the text “ten, expected soon”.")
        );
        assert_eq!(body(r#"{"parts":{}}"#), "Give a list, not an object.");
        assert_eq!(body(r#"{"parts":[true]}"#), "Give an object, not true.");
        assert_eq!(body(r#"{"slug":"a","slug":"b"}"#), "“slug” is given more than once.");
        assert_eq!(
            body(r#"{"kind":"moon"}"#),
            "“moon” is not known here. Taken are “environment” and “stream”."
        );
        assert_eq!(
            body(r#"{"colour":1}"#),
            "There is no “colour” here. Taken are “slug”, “seconds”, “parts”, “digest” and “kind”."
        );
        assert!(!body(r#"{"digest":"x"}"#).contains(".."));
    }

    #[test]
    fn a_field_that_is_missing_is_named() {
        let missing = told("missing field `slug`");
        assert_eq!(missing.missing.as_deref(), Some("slug"));
        assert_eq!(missing.detail, "“slug” is missing.");
    }

    #[test]
    fn what_is_wrong_with_a_parameter_names_what_was_given() {
        let told = |words: &str, given: &str| told_of_parameter(words, given).detail;
        for given in ["x", "-1", "1.5"] {
            let words = given.parse::<u64>().expect_err("no number").to_string();
            assert_eq!(told(&words, given), format!("“{given}” is no whole number from 0."));
        }
        let empty = "".parse::<u64>().expect_err("no number").to_string();
        assert_eq!(told(&empty, ""), "A whole number from 0 belongs here, or leave it out.");
        let large = "9".repeat(30);
        let words = large.parse::<i64>().expect_err("too large").to_string();
        assert_eq!(told(&words, &large), format!("The number “{large}” is too large."));
        let words = "yes".parse::<bool>().expect_err("no boolean").to_string();
        assert_eq!(told(&words, "yes"), "“yes” is neither “true” nor “false”.");
    }
}
