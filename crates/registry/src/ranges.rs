//! Byte ranges: `Range` of reads (RFC 9110 §14.2) and `Content-Range` of chunks (distribution-spec, “Pushing a
//! blob in chunks”).

use std::ops::Range;

/// What a `Range` header asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// No range, or one that may be ignored: another unit, or several ranges.
    All,
    Part(Range<u64>),
    /// No byte of it exists.
    Unsatisfiable,
}

impl Wanted {
    /// Reads a `Range` header for content of `size` bytes.
    pub(crate) fn parse(header: Option<&str>, size: u64) -> Self {
        let Some(range) = header.and_then(|text| text.trim().strip_prefix("bytes=")) else {
            return Self::All;
        };
        let Some((first, last)) = range.split_once('-') else {
            return Self::All;
        };
        let part = match (number(first), number(last)) {
            (Some(first), Some(last)) if first <= last => first..size.min(last.saturating_add(1)),
            (Some(_), Some(_)) => return Self::Unsatisfiable,
            (Some(first), None) if last.is_empty() => first..size,
            (None, Some(count)) if first.is_empty() => size.saturating_sub(count)..size,
            _ => return Self::All,
        };
        if part.is_empty() { Self::Unsatisfiable } else { Self::Part(part) }
    }
}

/// Reads the `Content-Range` of a chunk, `FIRST-LAST`, both inclusive and without a unit.
pub(crate) fn parse_content_range(text: &str) -> Option<Range<u64>> {
    let (first, last) = text.split_once('-')?;
    let range = number(first)?..number(last)?.checked_add(1)?;
    (!range.is_empty()).then_some(range)
}

/// `0-LAST` of what an upload has received, as its `Range` header says it; `0-0` also when that is nothing.
pub(crate) fn received(offset: u64) -> String {
    format!("0-{}", offset.saturating_sub(1))
}

/// Digits only: `parse` alone would take a plus sign too.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_range_is_clipped_to_what_exists() {
        for (text, expected) in [
            ("bytes=0-0", Wanted::Part(0..1)),
            ("bytes=2-4", Wanted::Part(2..5)),
            ("bytes=2-", Wanted::Part(2..10)),
            ("bytes=-3", Wanted::Part(7..10)),
            ("bytes=-30", Wanted::Part(0..10)),
            ("bytes=5-500", Wanted::Part(5..10)),
            ("bytes=10-", Wanted::Unsatisfiable),
            ("bytes=-0", Wanted::Unsatisfiable),
            ("bytes=5-4", Wanted::Unsatisfiable),
            ("bytes=0-1,3-4", Wanted::All),
            ("bytes=-", Wanted::All),
            ("bytes=+1-2", Wanted::All),
            ("lines=0-1", Wanted::All),
        ] {
            assert_eq!(Wanted::parse(Some(text), 10), expected, "{text}");
        }
        assert_eq!(Wanted::parse(None, 10), Wanted::All);
        assert_eq!(Wanted::parse(Some("bytes=0-"), 0), Wanted::Unsatisfiable);
    }

    #[test]
    fn a_chunk_names_its_first_and_its_last_byte() {
        assert_eq!(parse_content_range("0-0"), Some(0..1));
        assert_eq!(parse_content_range("5-9"), Some(5..10));
        for text in ["", "5", "5-", "-5", "9-5", "bytes 0-9", "0-9/10", "+0-9", "0-18446744073709551615"] {
            assert_eq!(parse_content_range(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_part_always_lies_inside(text in "bytes=[0-9]{0,20}-[0-9]{0,20}", size: u64) {
            if let Wanted::Part(part) = Wanted::parse(Some(&text), size) {
                prop_assert!(part.start < part.end && part.end <= size);
            }
        }
    }
}
