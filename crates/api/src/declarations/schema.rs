//! The form of documents for programs: editors check and complete them by it.

use super::{
    DeclaredEnvironment, DeclaredIntegration, DeclaredRole, DeclaredRule, DeclaredTrustRoot,
    DeclaredWorkflow, Document, reading::KINDS,
};
use crate::projects::NewProject;
use crate::streams::NewStream;
use serde_json::{Value, json};
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Schema, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

type Named = Vec<(String, RefOr<Schema>)>;

impl PartialSchema for Document {
    fn schema() -> RefOr<Schema> {
        let parts = [
            NewStream::schema(),
            DeclaredRole::schema(),
            NewProject::schema(),
            DeclaredEnvironment::schema(),
            DeclaredTrustRoot::schema(),
            DeclaredWorkflow::schema(),
            DeclaredRule::schema(),
            DeclaredIntegration::schema(),
        ];
        let kinds = KINDS.into_iter().zip(parts).map(|(kind, part)| of_kind(kind, part));
        let description = "What one document declares. What it leaves out is as it is by default.";
        let all = kinds.fold(OneOfBuilder::new().description(Some(description)), OneOfBuilder::item);
        RefOr::T(Schema::OneOf(all.build()))
    }
}

impl ToSchema for Document {
    fn schemas(schemas: &mut Named) {
        NewStream::schemas(schemas);
        DeclaredRole::schemas(schemas);
        NewProject::schemas(schemas);
        DeclaredEnvironment::schemas(schemas);
        DeclaredTrustRoot::schemas(schemas);
        DeclaredWorkflow::schemas(schemas);
        DeclaredRule::schemas(schemas);
        DeclaredIntegration::schemas(schemas);
    }
}

/// The fields of a part, and its kind beside them: one object, since each knows no other fields.
fn of_kind(kind: &str, part: RefOr<Schema>) -> RefOr<Schema> {
    let RefOr::T(Schema::Object(mut object)) = part else { return part };
    let named = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([kind]));
    object.properties.insert("kind".to_owned(), RefOr::T(Schema::Object(named.build())));
    object.required.insert(0, "kind".to_owned());
    RefOr::T(Schema::Object(object))
}

/// The JSON Schema (draft 2020-12) of a document.
pub fn schema() -> Value {
    let mut parts = Named::new();
    Document::schemas(&mut parts);
    parts.sort_by(|(one, _), (other, _)| one.cmp(other));
    parts.dedup_by(|(one, _), (other, _)| one == other);
    let told = |schema: RefOr<Schema>| serde_json::to_value(schema).unwrap_or_default();
    let parts: serde_json::Map<String, Value> =
        parts.into_iter().map(|(name, part)| (name, told(part))).collect();
    let mut whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A document that declares a part of a Towpath installation",
        "$defs": parts,
    });
    if let (Value::Object(whole), Value::Object(document)) = (&mut whole, told(Document::schema())) {
        whole.extend(document);
    }
    lead(&mut whole);
    whole
}

/// Lets references lead into this schema instead of the description of the REST API.
fn lead(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::String(text) if name == "$ref" => {
                        *text = text.replacen(Ref::from_schema_name("").ref_location.as_str(), "#/$defs/", 1);
                    }
                    other => lead(other),
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(lead),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_to_a_part() {
        let schema = schema();
        let text = schema.to_string();
        let ends: Vec<&str> =
            text.split("\"$ref\":\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(!ends.is_empty());
        for end in ends {
            let name = end.strip_prefix("#/$defs/").expect(end);
            assert!(schema["$defs"][name].is_object(), "{end}");
        }
    }

    #[test]
    fn every_kind_is_one_object_that_knows_its_fields() {
        let schema = schema();
        let all = schema["oneOf"].as_array().expect("a list");
        for (kind, part) in KINDS.iter().zip(all) {
            assert_eq!(part["properties"]["kind"]["enum"][0], *kind);
            assert_eq!(part["required"][0], "kind");
            assert_eq!(part["additionalProperties"], false, "{kind}");
        }
        assert_eq!(all.len(), KINDS.len());
    }
}
