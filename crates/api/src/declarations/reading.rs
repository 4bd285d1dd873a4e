//! Reading one document, so that each mistake is told at its place: what serde reads by a tag, it reads without places.

use super::Document;
use crate::problems::Mistake;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// What a document can be about, as its field `kind` says.
pub const KINDS: [&str; 8] =
    ["stream", "role", "project", "environment", "trust_root", "workflow", "rule", "integration"];

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    /// The first thing that is wrong with its form, with its place in it.
    pub fn read(document: Value) -> Result<Self, Mistake> {
        let kinds = || KINDS.join(", ");
        let Value::Object(mut fields) = document else {
            return Err(Mistake::of_body(format!(
                "A document is an object with the field kind: one of {}.",
                kinds()
            )));
        };
        let unknown = |kind: &str| {
            Mistake::in_field(
                "kind",
                format!("“{kind}” is nothing that is declared. Use one of {}.", kinds()),
            )
        };
        // What remains keeps its order.
        match fields.remove("kind") {
            None => {
                Err(Mistake::of_body(format!("Say by the field kind what it declares: one of {}.", kinds())))
            }
            Some(Value::String(kind)) => match kind.as_str() {
                "stream" => part(fields).map(Self::Stream),
                "role" => part(fields).map(Self::Role),
                "trust_root" => part(fields).map(Self::TrustRoot),
                "project" => part(fields).map(Self::Project),
                "environment" => part(fields).map(Self::Environment),
                "workflow" => part(fields).map(Self::Workflow),
                "rule" => part(fields).map(Self::Rule),
                "integration" => part(fields).map(Self::Integration),
                other => Err(unknown(other)),
            },
            Some(other) => Err(unknown(&other.to_string())),
        }
    }
}

fn part<T: DeserializeOwned>(fields: Map<String, Value>) -> Result<T, Mistake> {
    serde_path_to_error::deserialize(Value::Object(fields)).map_err(|error| Mistake::in_json(&error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use towpath_domain::declarations::{Declaration, Kind};

    fn mistake(document: Value) -> (String, String) {
        let Mistake { pointer, detail, .. } = Document::read(document).expect_err("a mistake");
        (pointer.unwrap_or_default(), detail)
    }

    #[test]
    fn every_mistake_has_its_place() {
        let stage = json!({"bucket": "qa", "gates": [{"gate": "soak", "time": 2}]});
        let workflow = json!({"kind": "workflow", "project": "shop", "slug": "a", "title": "A", "type": "environment",
                              "stages": [stage]});
        assert_eq!(mistake(workflow).0, "#/stages/0/gates/0");
        let (place, words) = mistake(json!({"kind": "project", "slug": "shop", "titel": "Shop"}));
        assert_eq!(place, "#/titel");
        assert!(words.starts_with("There is no “titel” here."), "{words}");
        assert_eq!(mistake(json!({"kind": "hold"})).0, "#/kind");
        assert_eq!(mistake(json!({"slug": "shop"})).0, "#");
        assert_eq!(mistake(json!(["project"])).0, "#");
    }

    #[test]
    fn every_kind_can_be_read_and_is_told_by_its_name() {
        assert_eq!(Kind::ALL.map(Kind::name), KINDS);
        for kind in KINDS {
            let (place, words) = mistake(json!({"kind": kind}));
            let missing = place.starts_with("#/") && words.ends_with("is missing.");
            assert!(missing, "{kind} {place}: {words}");
        }
    }

    #[test]
    fn what_is_told_is_read_again() {
        let text = json!({
            "kind": "integration", "project": "shop", "slug": "checkout", "title": "Checkout", "type": "environment",
            "workflow": {"follows": "own", "workflow": "release"}, "rule": {"follows": "none"},
            "retention": {"last": 10, "production": true, "untagged_days": null, "unclassified_days": null}
        });
        let read = Document::read(text.clone()).expect("sound");
        assert_eq!(serde_json::to_value(&read).expect("plain"), text);
        assert_eq!(serde_json::from_value::<Document>(text).expect("sound"), read);
        assert_eq!(Document::from(Declaration::from(read.clone())), read);
    }
}
