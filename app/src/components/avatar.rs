//! Initials in a circle. Decoration: the name always stands beside it.

use leptos::prelude::*;

/// So many tints are told apart in a list.
const TINTS: u32 = 4;

/// The initials of a person, or of a machine (a token, the system), which has corners.
#[component]
pub fn Avatar(
    #[prop(into)] name: String,
    #[prop(optional)] machine: bool,
    #[prop(optional)] small: bool,
) -> impl IntoView {
    let kind = if machine { "machine".to_owned() } else { tint(&name).to_string() };
    let size = if small { " avatar--small" } else { "" };
    view! {
        <span class=format!("avatar avatar--{kind}{size}") aria-hidden="true">
            {initials(&name)}
        </span>
    }
}

/// The first letters of the first and the last word.
fn initials(name: &str) -> String {
    let mut words = name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// The same name has the same tint everywhere.
fn tint(name: &str) -> u32 {
    name.chars().map(u32::from).fold(0, u32::wrapping_add) % TINTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_the_last_word() {
        assert_eq!(initials("Ada King Lovelace"), "AL");
        assert_eq!(initials("ci-token"), "CT");
        assert_eq!(initials("émile"), "É");
        assert_eq!(initials(""), "");
    }
}
