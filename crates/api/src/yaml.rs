//! YAML, as it is written for people and their files.

use serde::Serialize;

/// A value as YAML: no text is folded over lines, however long.
///
/// # Errors
/// What is no plain data.
pub fn text(value: &impl Serialize) -> Result<String, serde_saphyr::ser::Error> {
    let unfolded = serde_saphyr::ser_options! { prefer_block_scalars: false };
    serde_saphyr::to_string_with_options(value, unfolded)
}
