//! The committed description of the API.

use crate::support::World;
use std::fs;

/// `UPDATE=1` writes it anew.
#[test]
fn the_committed_description_is_that_of_the_routes() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
    let mut document = towpath_server::routes::document().to_pretty_json().unwrap();
    document.push('\n');
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, &document).unwrap();
    }
    let committed = fs::read_to_string(path).unwrap();
    assert!(committed == document, "docs/openapi.json is out of date; run this test with UPDATE=1");
}

/// The same of the form of documents.
#[test]
fn the_committed_schema_is_that_of_documents() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/declarations.schema.json");
    let mut schema = serde_json::to_string_pretty(&towpath_api::declarations::schema()).unwrap();
    schema.push('\n');
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, &schema).unwrap();
    }
    let committed = fs::read_to_string(path).unwrap();
    assert!(committed == schema, "docs/declarations.schema.json is out of date; run this test with UPDATE=1");
}

#[tokio::test]
async fn anyone_can_read_the_description() {
    let world = World::new().await;
    let answer = world.get("/openapi.json", "").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body["openapi"], "3.1.0");
    assert!(answer.body["paths"]["/api/v1/projects/{project}"]["get"].is_object());
}

/// Each operation says what it answers when it fails, and has a name of its own for generated clients.
#[test]
fn every_operation_is_named_and_tells_of_problems() {
    let document: serde_json::Value =
        serde_json::from_str(&towpath_server::routes::document().to_json().unwrap()).unwrap();
    let mut names = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            names.push(operation["operationId"].as_str().unwrap().to_owned());
            let problem = &operation["responses"]["default"]["content"]["application/problem+json"];
            assert!(problem.is_object(), "{method} {path}");
            for (status, response) in operation["responses"].as_object().unwrap() {
                assert!(response["description"].is_string(), "{method} {path} {status}");
            }
            let parameters = operation["parameters"].as_array().map_or(0, |parameters| {
                parameters.iter().filter(|parameter| parameter["in"] == "path").count()
            });
            assert_eq!(parameters, path.matches('{').count(), "{method} {path}");
        }
    }
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
}

/// Programs that read the description cannot follow a reference that leads nowhere.
#[test]
fn every_reference_leads_somewhere() {
    let text = towpath_server::routes::document().to_json().unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    for after in text.split("\"$ref\":\"#").skip(1) {
        let pointer = after.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "#{pointer}");
    }
}
