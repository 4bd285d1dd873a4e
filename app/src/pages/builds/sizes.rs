//! Sizes in words.

/// Bytes in the unit that people read: `1.4 MB`. Thousands, as registries count them.
pub fn words(bytes: i64) -> String {
    const UNITS: [(i64, &str); 4] =
        [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match UNITS.into_iter().find(|(size, _)| bytes >= *size) {
        None => format!("{bytes} bytes"),
        Some((size, unit)) => format!("{}.{} {unit}", bytes / size, bytes % size * 10 / size),
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn a_size_is_told_in_its_own_unit() {
        let told = [0, 999, 1_000, 1_450_000, 12_000_000_000, i64::MAX].map(words);
        assert_eq!(told, ["0 bytes", "999 bytes", "1.0 kB", "1.4 MB", "12.0 GB", "9223372.0 TB"]);
    }
}
