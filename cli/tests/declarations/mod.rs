//! An installation as documents, from the shell.

use crate::terminal::Terminal;
use insta::assert_snapshot;
use std::fs;
use std::path::Path;

const DOCUMENTS: &str = "\
# The EU first.
kind: workflow
project: shop
slug: release-eu
title: Release in the EU
type: environment
stages:
  - bucket: qa
  - bucket: eu
    gates:
      - gate: approvals
        count: 2
---
kind: environment
project: shop
slug: eu
title: EU
stream: production
";

/// What was printed, with the folder left out, which is another one each time.
fn told(ran: impl std::fmt::Display, folder: &Path) -> String {
    ran.to_string().replace(&format!("{}/", folder.display()), "")
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_planned_applied_and_then_there_is_nothing_to_do() {
    let terminal = Terminal::signed_in().await;
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("eu.yaml"), DOCUMENTS).unwrap();
    fs::write(folder.path().join("README.md"), "Not a document.").unwrap();
    let named = folder.path().to_str().unwrap();
    let plan = ["plan", "-f", named, "--set", "platform"];
    assert_snapshot!(told(terminal.run(&plan, ""), folder.path()), @r#"
    exit 10
    + environment shop/eu  (eu.yaml)
        stream: "production"
        title: "EU"
    + workflow shop/release-eu  (eu.yaml)
        stages[0]: {"automatic":false,"bucket":"qa","contest":"newest_wins","gates":[]}
        stages[1]: {"automatic":false,"bucket":"eu","contest":"newest_wins","gates":[{"bar_pusher":false,"count":2,"gate":"approvals","role":"release-manager"}]}
        title: "Release in the EU"
        type: "environment"
    ! 2 to create, 0 to change, 0 to delete, 0 as declared.
    "#);
    let apply = ["apply", "-f", named, "--set", "platform"];
    assert_snapshot!(told(terminal.run(&apply, ""), folder.path()), @r#"
    exit 2
    ! + environment shop/eu  (eu.yaml)
    !     stream: "production"
    !     title: "EU"
    ! + workflow shop/release-eu  (eu.yaml)
    !     stages[0]: {"automatic":false,"bucket":"qa","contest":"newest_wins","gates":[]}
    !     stages[1]: {"automatic":false,"bucket":"eu","contest":"newest_wins","gates":[{"bar_pusher":false,"count":2,"gate":"approvals","role":"release-manager"}]}
    !     title: "Release in the EU"
    !     type: "environment"
    ! 2 to create, 0 to change, 0 to delete, 0 as declared.
    ! error: there is no terminal to ask on; say --yes to apply this without a question
    "#);
    assert_snapshot!(told(terminal.run(&[&apply[..], &["--yes"]].concat(), ""), folder.path()), @r#"
    exit 0
    + environment shop/eu  (eu.yaml)  done
    + workflow shop/release-eu  (eu.yaml)  done
    ! Applied: 2 done.
    "#);
    assert_eq!(terminal.run(&plan, "").code, 0);
    assert_snapshot!(terminal.run(&[&apply[..], &["--yes"]].concat(), ""), @r#"
    exit 0
    ! Nothing to do: all is as it is declared.
    "#);

    let less = DOCUMENTS.split("---\n").nth(1).unwrap().replace("title: EU", "title: Europe");
    let prune = ["plan", "-f", "-", "--set", "platform", "--prune"];
    assert_snapshot!(terminal.run(&prune, &less), @r#"
    exit 7
    ~ environment shop/eu  (standard input)
        title: "EU" → "Europe"
        refused: It stays as it was made: its title cannot be changed. Declare it as it is.
    - workflow shop/release-eu
    ! 0 to create, 1 to change, 1 to delete, 0 as declared. 1 of them cannot be done.
    "#);
    let less = less.replace("Europe", "EU").replace("production", "staging");
    let prune = ["apply", "-f", "-", "--set", "platform", "--prune", "--yes"];
    assert_snapshot!(terminal.run(&prune, &less), @r#"
    exit 0
    ~ environment shop/eu  (standard input)  done
    - workflow shop/release-eu  done
    ! Applied: 2 done.
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_exported_is_what_apply_takes() {
    let terminal = Terminal::signed_in().await;
    let yaml = terminal.run(&["export", "--project", "shop"], "");
    assert_snapshot!(yaml.to_string().replace(&terminal.url, "URL"), @r#"
    exit 0
    # yaml-language-server: $schema=[server]/api/v1/declarations.schema.json
    kind: project
    slug: shop
    title: Shop
    ---
    kind: environment
    project: shop
    slug: qa
    title: qa
    stream: qa
    ---
    kind: environment
    project: shop
    slug: staging
    title: staging
    stream: staging
    ---
    kind: environment
    project: shop
    slug: prod
    title: prod
    stream: production
    ---
    kind: workflow
    project: shop
    slug: release
    title: Release
    type: environment
    is_default: true
    stages:
    - bucket: qa
      gates: []
      automatic: false
      contest: newest_wins
    - bucket: staging
      gates: []
      automatic: false
      contest: newest_wins
    - bucket: prod
      gates:
      - gate: approvals
        count: 1
        role: release-manager
        bar_pusher: false
      automatic: false
      contest: newest_wins
    ---
    kind: integration
    project: shop
    slug: checkout
    title: Checkout
    type: environment
    "#);
    let plan = ["plan", "-f", "-"];
    assert_eq!(terminal.run(&plan, &yaml.stdout).code, 0, "YAML");
    let json = terminal.run(&["export", "-o", "json"], "");
    assert_eq!(terminal.run(&plan, &json.stdout).code, 0, "JSON");
    assert_snapshot!(terminal.run(&["export", "-o", "name"], ""), @r#"
    exit 0
    project shop
    environment shop/qa
    environment shop/staging
    environment shop/prod
    workflow shop/release
    integration shop/checkout
    "#);
    let one = terminal.run(&["export", "environment", "shop/qa"], "");
    assert_eq!(terminal.run(&["apply", "-f", "-"], &one.stdout).code, 0, "nothing to ask about");
    assert_eq!(terminal.run(&["export", "environment", "shop/mars"], "").code, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_is_told_where_it_stands_in_the_file() {
    let terminal = Terminal::signed_in().await;
    let misread = DOCUMENTS.replace("count: 2", "count: two").replace("stream: ", "steam: ");
    assert_snapshot!(terminal.run(&["plan", "-f", "-"], &misread), @r#"
    exit 2
    ! error: standard input: document 1, line 11: stages[1].gates[0]: Give a whole number from 0 to 255, not the text “two”.
    ! standard input: document 2, line 18: steam: There is no “steam” here. Taken are “project”, “slug”, “title” and “stream”.
    "#);
    let wrong = DOCUMENTS.replace("bucket: eu", "bucket: us");
    assert_snapshot!(terminal.run(&["apply", "-f", "-", "--yes"], &wrong), @r#"
    exit 2
    ! error: standard input: document 1, line 9: stages[1].bucket: “us” is not one of the environments here.
    "#);
    assert_snapshot!(terminal.run(&["plan", "-f", "-"], "kind: [\n"), @r#"
    exit 2
    ! error: standard input, line 1: unclosed bracket '['
    "#);
    assert_eq!(terminal.run(&["plan", "-f", "/nowhere.yaml"], "").code, 2);
    assert_eq!(terminal.run(&["plan", "-f", "-"], "").code, 2);
    assert_eq!(terminal.run(&["apply", "shop#1", "-f", "-"], "").code, 2);
    assert_eq!(terminal.run(&["apply"], "").code, 2);
}
