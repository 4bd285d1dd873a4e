//! No door without a row: what the server itself says that it has, against the table.

use crate::calls::{Call, Class};
use crate::doors::registry::RESOURCES;
use crate::doors::{self, Kind};
use crate::installation::Installation;
use leptos::server_fn::axum::server_fn_paths;
use std::collections::BTreeSet;

/// “METHOD path” of each row of a kind.
fn rows(kind: Kind) -> BTreeSet<String> {
    doors::of(kind).map(|door| format!("{} {}", door.method, door.path)).collect()
}

#[test]
fn each_operation_of_the_api_has_a_row() {
    let document = towpath_server::routes::document().to_json().expect("a description");
    let document: serde_json::Value = serde_json::from_str(&document).expect("JSON");
    let paths = document["paths"].as_object().expect("paths").iter();
    let operations = paths.flat_map(|(path, item)| {
        let methods = item.as_object().expect("operations").keys();
        methods.map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    assert_eq!(operations.collect::<BTreeSet<_>>(), rows(Kind::Rest));
}

#[test]
fn each_server_function_has_a_row() {
    let functions = server_fn_paths().map(|(path, method)| format!("{method} {path}"));
    assert_eq!(functions.collect::<BTreeSet<_>>(), rows(Kind::Function));
}

/// Finding the pages renders them, which takes a runtime.
#[tokio::test]
async fn each_page_has_a_row() {
    let pages = towpath_server::pages::addresses().map(|address| format!("GET {address}"));
    assert_eq!(pages.collect::<BTreeSet<_>>(), rows(Kind::Page));
}

/// The registry's enum of what its paths name is its own; its source tells the names.
#[test]
fn each_thing_that_the_registry_addresses_is_in_the_table() {
    let source = include_str!("../../../crates/registry/src/path.rs");
    let (_, rest) = source.split_once("enum Resource {").expect("the enum");
    let (variants, _) = rest.split_once("\n}").expect("its end");
    let lines = variants.lines().map(str::trim).filter(|line| line.starts_with(char::is_uppercase));
    let variants = lines.filter_map(|line| line.split(['(', ',']).next());
    assert_eq!(variants.collect::<BTreeSet<_>>(), RESOURCES.map(|(name, _)| name).into());
}

/// The verbs of a thing are those that its refusal of another lists, and any that is not refused.
#[tokio::test]
async fn each_verb_of_the_registry_has_a_row() {
    let installation = Installation::shared().await;
    let (shop, root) = (&installation.shop, installation.caller("root"));
    for (resource, path) in RESOURCES {
        let rows: Vec<_> = doors::of(Kind::Registry).filter(|door| door.path == path).collect();
        let call = |method| Call { method, ..rows[0].call(shop, root) };
        let world = installation.world().await;
        let allow = world.send(call("TRACE")).await.allow.expect("the verbs");
        let mut verbs: BTreeSet<&str> = allow.split(", ").collect();
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            let world = installation.world().await;
            let answer = world.send(call(method)).await;
            if answer.class() != Some(Class::Rule) {
                verbs.insert(method);
            }
        }
        let known: BTreeSet<&str> = rows.iter().map(|door| door.method).collect();
        assert_eq!(verbs, known, "{resource}");
    }
}
