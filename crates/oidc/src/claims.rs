//! What claims say of someone, whatever a provider calls them.

use serde_json::{Map, Value};
use towpath_domain::providers::Asserted;

/// How many groups are looked at, and how long a group's name may be, in bytes: directories hold thousands.
const GROUPS: usize = 2_000;
const GROUP: usize = 500;

/// What a provider calls the claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimNames {
    pub name: String,
    pub email: String,
    pub groups: String,
}

impl Default for ClaimNames {
    fn default() -> Self {
        Self { name: "name".to_owned(), email: "email".to_owned(), groups: "groups".to_owned() }
    }
}

impl ClaimNames {
    /// Whether all of them are there, the groups only where they are wanted.
    pub fn all_in(&self, claims: &Map<String, Value>, groups: bool) -> bool {
        let wanted = [&self.name, &self.email].into_iter().chain(groups.then_some(&self.groups));
        wanted.into_iter().all(|name| find(claims, name).is_some())
    }

    /// Reads verified claims.
    pub fn read(&self, claims: &Map<String, Value>) -> Asserted {
        let text = |name: &str| find(claims, name).and_then(Value::as_str).map(str::to_owned);
        Asserted {
            subject: text("sub").unwrap_or_default(),
            name: text(&self.name),
            email: text(&self.email),
            // Some write it as a text.
            email_verified: claims
                .get("email_verified")
                .map(|verified| verified.as_bool().unwrap_or_else(|| verified.as_str() == Some("true"))),
            groups: find(claims, &self.groups).map(groups).unwrap_or_default(),
        }
    }
}

/// A claim by its name; else one within others, with dots between: `realm_access.roles`, as Keycloak has it.
fn find<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    claims.get(name).or_else(|| {
        let (outer, inner) = name.split_once('.')?;
        find(claims.get(outer)?.as_object()?, inner)
    })
}

/// A list of names, or one.
fn groups(value: &Value) -> Vec<String> {
    let texts: Vec<&str> = match value {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    texts.into_iter().filter(|name| name.len() <= GROUP).take(GROUPS).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn claims_are_found_by_the_names_that_are_configured() {
        let names = ClaimNames { groups: "realm_access.roles".to_owned(), ..ClaimNames::default() };
        let claims = json!({"sub": "1", "name": "Ada", "email": "ada@example.org", "email_verified": "true",
                            "realm_access": {"roles": ["ops", 1, "dev", "x".repeat(501)]}});
        let claims = claims.as_object().unwrap();
        assert!(names.all_in(claims, true));
        let asserted = names.read(claims);
        assert_eq!(asserted.groups, ["ops", "dev"]);
        assert_eq!(asserted.email_verified, Some(true));
        assert_eq!(asserted.name.as_deref(), Some("Ada"));
    }

    #[test]
    fn what_is_not_said_is_not_guessed() {
        let claims = json!({"sub": "1", "groups": "ops", "https://example.org/name": "Ada", "email": 5});
        let claims = claims.as_object().unwrap();
        let names = ClaimNames { name: "https://example.org/name".to_owned(), ..ClaimNames::default() };
        let asserted = names.read(claims);
        assert_eq!((asserted.name.as_deref(), asserted.email), (Some("Ada"), None));
        assert_eq!((asserted.email_verified, asserted.groups), (None, vec!["ops".to_owned()]));
        assert!(!ClaimNames::default().all_in(claims, false));
    }
}
