//! What the address of a request names.

use super::failures::Failure;
use std::str::FromStr;

/// The id that an address names. What is no id stands for nothing that there is.
pub fn id<Id: FromStr>(text: &str, what: &str) -> Result<Id, Failure> {
    text.parse().map_err(|_| Failure::not_found(format!("This {what} was not found.")))
}
