//! Who follows a workflow or a CI rule, in words.

use towpath_domain::slugs::Slug;

/// The integrations that follow it: the first by name, and how many there are. `default_of` names those whose default it is.
pub fn followed(first: &[Slug], count: usize, default_of: Option<&str>) -> String {
    let names: Vec<&str> = first.iter().map(Slug::as_str).collect();
    let by = match (names.as_slice(), count.saturating_sub(names.len())) {
        ([], _) => "No integration follows it.".to_owned(),
        (names, 0) => format!("Followed by {}.", names.join(", ")),
        (names, more) => format!("Followed by {} and {more} more.", names.join(", ")),
    };
    match default_of {
        Some(kind) => format!("It is the project’s default for {kind}. {by}"),
        None => by,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_are_named_and_the_others_counted() {
        let named = ["api", "web"].map(|slug| Slug::parse(slug).unwrap());
        assert_eq!(followed(&[], 0, None), "No integration follows it.");
        assert_eq!(followed(&named, 2, None), "Followed by api, web.");
        let told = followed(&named, 5, Some("environments"));
        assert_eq!(told, "It is the project’s default for environments. Followed by api, web and 3 more.");
    }
}
