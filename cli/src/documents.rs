//! Documents as files have them: YAML or JSON, one or many in a file, each part with the line where it stands.

use crate::failure::Failure;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};
use serde_saphyr::Spanned;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use towpath_api::declarations::Document;
use towpath_api::problems::{Mistake, Problem};

/// A document with where it stands.
#[derive(Debug)]
pub struct Found {
    /// The file as it was named, or as it was found in a folder.
    pub file: String,
    /// Which document of the file it is, counted from 1.
    number: usize,
    node: Node,
}

/// Reads all documents of files, folders and standard input (`-`).
///
/// # Errors
/// All mistakes in their form at once, each with its file, document, line and path.
pub fn read(files: &[PathBuf]) -> Result<Vec<Found>, Failure> {
    let mut found = Vec::new();
    for file in files {
        if file.as_os_str() == "-" {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text)?;
            found.extend(parse("standard input", &text)?);
            continue;
        }
        for file in list(file)? {
            let text = std::fs::read_to_string(&file).map_err(|error| wrong(&file, &error))?;
            found.extend(parse(&file.display().to_string(), &text)?);
        }
    }
    if found.is_empty() {
        return Err(Failure::Usage("there is no document in what you named".to_owned()));
    }
    let mistakes: Vec<String> = found
        .iter()
        .filter_map(|one| Document::read(one.value()).err().map(|mistake| one.tell(&mistake)))
        .collect();
    if mistakes.is_empty() { Ok(found) } else { Err(Failure::Usage(mistakes.join("\n"))) }
}

/// The mistakes that a server tells, at the places of the files; a problem of another kind stays as it is.
pub fn place(problem: &Problem, found: &[Found]) -> Option<Failure> {
    let place = |mistake: &Mistake| {
        let rest = mistake.pointer.as_deref()?.strip_prefix("#/documents/")?;
        let (number, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let document = found.get(number.parse::<usize>().ok()?)?;
        let inner = Mistake { pointer: Some(format!("#/{rest}")), ..mistake.clone() };
        Some(document.tell(&inner))
    };
    let told: Option<Vec<String>> = problem.errors.iter().map(place).collect();
    told.filter(|told| !told.is_empty()).map(|told| Failure::Usage(told.join("\n")))
}

/// The files of a folder and of those in it, in their order; a file is itself.
fn list(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = std::fs::read_dir(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut entries: Vec<PathBuf> =
        entries.map_err(|error| wrong(path, &error))?.into_iter().map(|entry| entry.path()).collect();
    entries.sort();
    let mut files = Vec::new();
    for entry in entries {
        let hidden = entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let known = entry.extension().is_some_and(|kind| kind == "yaml" || kind == "yml" || kind == "json");
        if !hidden && (known || entry.is_dir()) {
            files.extend(list(&entry)?);
        }
    }
    Ok(files)
}

fn wrong(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Usage(format!("{}: {error}", path.display()))
}

fn parse(file: &str, text: &str) -> Result<Vec<Found>, Failure> {
    let nodes: Vec<Node> = serde_saphyr::from_multiple(text).map_err(|error| {
        let line = error.location().map(|location| format!(", line {}", location.line()));
        // Its own words begin with the place, and end in a picture of it.
        let words = error.to_string();
        let words = words.lines().next().unwrap_or_default().trim_start_matches("error: ");
        let words = words
            .strip_prefix("line ")
            .and_then(|rest| rest.split_once(": "))
            .map_or(words, |(_, rest)| rest);
        Failure::Usage(format!("{file}{}: {words}", line.unwrap_or_default()))
    })?;
    let nodes = nodes.into_iter().flat_map(Node::documents).enumerate();
    Ok(nodes.map(|(number, node)| Found { file: file.to_owned(), number: number + 1, node }).collect())
}

impl Found {
    pub fn value(&self) -> Value {
        self.node.value()
    }

    /// `shop.yaml: document 2, line 14: stages[0].bucket: …`
    fn tell(&self, mistake: &Mistake) -> String {
        let pointer =
            mistake.pointer.as_deref().unwrap_or("#").trim_start_matches("#/").trim_start_matches('#');
        let segments: Vec<&str> = pointer.split('/').filter(|segment| !segment.is_empty()).collect();
        let path = segments.iter().fold(String::new(), |path, segment| {
            if segment.bytes().all(|byte| byte.is_ascii_digit()) {
                format!("{path}[{segment}]")
            } else if path.is_empty() {
                (*segment).to_owned()
            } else {
                format!("{path}.{segment}")
            }
        });
        let (line, colon) = (self.node.line_of(&segments), if path.is_empty() { "" } else { ": " });
        format!("{}: document {}, line {line}{colon}{path}: {}", self.file, self.number, mistake.detail)
    }
}

/// A part of a document, and the line where it begins.
#[derive(Debug)]
struct Node {
    line: u64,
    tree: Tree,
}

#[derive(Debug)]
enum Tree {
    Map(Vec<(String, Node)>),
    List(Vec<Node>),
    Leaf(Value),
}

impl Node {
    /// The documents that it is: what was exported as JSON has them in a list.
    fn documents(self) -> Vec<Self> {
        match self.tree {
            Tree::List(all) => all,
            Tree::Map(mut fields) if fields.len() == 1 && fields[0].0 == "documents" => {
                fields.pop().map(|(_, node)| node.documents()).unwrap_or_default()
            }
            Tree::Map(_) | Tree::Leaf(_) => vec![self],
        }
    }

    fn value(&self) -> Value {
        match &self.tree {
            Tree::Map(fields) => {
                Value::Object(fields.iter().map(|(name, node)| (name.clone(), node.value())).collect())
            }
            Tree::List(all) => Value::Array(all.iter().map(Self::value).collect()),
            Tree::Leaf(value) => value.clone(),
        }
    }

    /// The line of the innermost part on a way that is there.
    fn line_of(&self, way: &[&str]) -> u64 {
        let next = way.split_first().and_then(|(first, rest)| {
            let node = match &self.tree {
                Tree::Map(fields) => fields.iter().find(|(name, _)| name == first).map(|(_, node)| node),
                Tree::List(all) => first.parse::<usize>().ok().and_then(|number| all.get(number)),
                Tree::Leaf(_) => None,
            };
            Some((node?, rest))
        });
        next.map_or(self.line, |(node, rest)| node.line_of(rest))
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Tree>::deserialize(deserializer)?;
        Ok(Self { line: spanned.referenced.line(), tree: spanned.value })
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a document")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Leaf(Value::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Leaf(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Leaf(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Tree, E> {
        Ok(Tree::Leaf(Number::from_f64(value).map_or(Value::Null, Value::Number)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::Leaf(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Leaf(Value::Null))
    }

    fn visit_none<E>(self) -> Result<Tree, E> {
        Ok(Tree::Leaf(Value::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree, D::Error> {
        Tree::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
        let mut all = Vec::new();
        while let Some(node) = items.next_element()? {
            all.push(node);
        }
        Ok(Tree::List(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Tree, A::Error> {
        let mut fields = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            fields.push(entry);
        }
        Ok(Tree::Map(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
kind: environment
project: shop
slug: qa
title: QA
stream: qa
---
# The way to production.
kind: workflow
project: shop
slug: release
title: Release
type: environment
stages:
  - bucket: qa
  - bucket: prod
    gates:
      - gate: approvals
        count: two
";

    fn mistakes(text: &str) -> Vec<String> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("shop.yaml");
        std::fs::write(&file, text).expect("writes");
        let told = read(&[folder.path().to_owned()]).expect_err("a mistake").to_string();
        told.replace(&format!("{}/", folder.path().display()), "").lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_mistake_is_told_with_its_file_document_line_and_path() {
        let told = mistakes(&TEXT.replace("slug: qa\n", "slag: qa\n"));
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(
            told[0].starts_with("shop.yaml: document 1, line 3: slag: There is no “slag” here."),
            "{told:?}"
        );
        assert!(
            told[1].starts_with("shop.yaml: document 2, line 17: stages[1].gates[0]: Give a whole number"),
            "{told:?}"
        );
    }

    #[test]
    fn a_mistake_of_the_server_is_told_where_it_stands() {
        let found = parse("shop.yaml", TEXT).expect("sound");
        let pointer = Some("#/documents/1/stages/1/bucket".to_owned());
        let mistake = Mistake { pointer, detail: "“prod” is none.".to_owned(), parameter: None };
        let problem = Problem {
            errors: vec![mistake],
            ..Problem::new(towpath_api::problems::ProblemKind::Invalid, "")
        };
        let told = place(&problem, &found).expect("in a document").to_string();
        assert_eq!(told, "shop.yaml: document 2, line 15: stages[1].bucket: “prod” is none.");
        assert!(place(&Problem::new(towpath_api::problems::ProblemKind::Conflict, ""), &found).is_none());
    }

    #[test]
    fn what_is_no_yaml_is_told_with_its_line() {
        let told = mistakes("kind: stream\nslug: [a\n");
        assert!(told[0].starts_with("shop.yaml, line "), "{told:?}");
        let twice = mistakes("kind: stream\nslug: a\nslug: b\n");
        assert!(twice[0].starts_with("shop.yaml, line 3: "), "{twice:?}");
    }

    #[test]
    fn documents_stand_one_after_the_other_or_in_a_list() {
        let several =
            "[{kind: stream}, {kind: project}]\n---\n---\n{\"documents\": [{\"kind\": \"rule\"}]}\n";
        let found = parse("all.json", several).expect("sound");
        let kinds: Vec<Value> = found.iter().map(|one| one.value()["kind"].clone()).collect();
        assert_eq!(kinds, ["stream", "project", "rule"]);
    }
}
