//! `push`, against the real routes and the real registry.

use crate::terminal::{Ran, Terminal};
use insta::assert_snapshot;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use towpath_domain::digests::{Algorithm, Digest};

const COMMIT: &str = "ffac537e6cbbf934b08745a378932722df287a53";

/// A job on GitHub Actions for a branch.
pub fn github(git_ref: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_SERVER_URL", "https://github.com"),
        ("GITHUB_REPOSITORY", "acme/shop"),
        ("GITHUB_SHA", COMMIT),
        ("GITHUB_REF", git_ref),
        ("GITHUB_EVENT_NAME", "push"),
        ("GITHUB_ACTOR", "ana-l"),
        ("GITHUB_RUN_ID", "42"),
    ]
}

/// Writes an archive as `docker save` does, with one layer of this content.
pub fn archive(folder: &TempDir, layer: &str) -> String {
    let diff = Digest::of(Algorithm::Sha256, layer.as_bytes()).to_string();
    let config = json!({"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": [diff]},
                        "config": {"Labels": {"org.opencontainers.image.ref.name": "labelled"}}});
    write(folder, layer, &config)
}

/// Writes one with this configuration.
fn write(folder: &TempDir, layer: &str, config: &Value) -> String {
    let manifest = json!([{"Config": "config.json", "RepoTags": ["app:1"], "Layers": ["1/layer.tar"]}]);
    let path = folder.path().join(format!("{}.tar", Digest::of(Algorithm::Sha256, layer.as_bytes()).short()));
    let mut builder = tar::Builder::new(std::fs::File::create(&path).expect("a file"));
    for (name, content) in [
        ("1/layer.tar", layer),
        ("config.json", &config.to_string()),
        ("manifest.json", &manifest.to_string()),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        builder.append_data(&mut header, name, content.as_bytes()).expect("an entry");
    }
    builder.finish().expect("an archive");
    path.display().to_string()
}

/// A rule that leads the branches of features to qa and tags to staging, which takes builds by promotion only.
pub async fn ruled() -> (Terminal, TempDir) {
    let terminal = Terminal::signed_in().await;
    let rule = json!({
        "slug": "branches", "title": "Branches", "kind": "environment", "is_default": true,
        "criteria": [
            {"key": "branch", "operator": "starts_with", "value": "feature/", "bucket": "qa"},
            {"key": "tag", "operator": "starts_with", "value": "v", "bucket": "staging"},
            {"key": "meta:team", "operator": "equals", "value": "pay $(now)", "bucket": "qa"},
        ],
    });
    let made = terminal.world.post("/projects/shop/rules", &terminal.world.ana.clone(), rule).await;
    assert_eq!(made.status, 201, "{made}");
    (terminal, TempDir::new().expect("a folder"))
}

/// Runs `push … --to shop/checkout` with more options, where git knows nothing.
pub fn push(terminal: &Terminal, image: &str, more: &[&str], variables: &[(&str, &str)]) -> Ran {
    let args = [&["push", image, "--to", "shop/checkout"], more].concat();
    terminal.run_with(&args, "", &[variables, &[("GIT_DIR", "/nonexistent")]].concat())
}

pub fn answer(ran: &Ran) -> Value {
    assert_eq!(ran.code, 0, "{ran}");
    serde_json::from_str(&ran.stdout).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_leads_a_build_by_what_the_ci_says_and_a_repeated_job_changes_nothing() {
    let (terminal, folder) = ruled().await;
    let image = archive(&folder, "a layer");
    let variables = github("refs/heads/feature/x");
    let ran = push(&terminal, &image, &[], &variables);
    assert!(ran.code == 0 && ran.stderr.contains("to shop/checkout: 227 B sent, 0 B there already"), "{ran}");
    assert_snapshot!(ran.stdout, @r"
    build        ffac537e6cbb
    digest       sha256:33959604b205dceac7ffcf905bbae8f0ca4e36a7a8fab6c5b6f8cc60b5c56798
    integration  shop/checkout
    bucket       qa, current now
    rule         branches, version 1
    git ref      refs/heads/feature/x
    commit       ffac537e6cbbf934b08745a378932722df287a53
    page         https://towpath.example/builds/sha256:33959604b205dceac7ffcf905bbae8f0ca4e36a7a8fab6c5b6f8cc60b5c56798
    ");
    let again = push(&terminal, &image, &[], &variables);
    assert!(again.code == 0 && again.stdout.contains("qa, received before; nothing moved"), "{again}");
    assert!(again.stderr.contains("0 B sent"), "{again}");
    let ran = push(&terminal, &archive(&folder, "another"), &["--tag", "2", "--output", "json"], &variables);
    let answer = answer(&ran);
    assert_eq!(answer["outcome"], "placed");
    let origin = &answer["build"]["origin"];
    assert_eq!(origin["git_ref"], json!({"value": "refs/heads/feature/x", "verified": false}));
    assert_eq!(origin["actor"]["value"], "ana-l");
    assert_eq!(origin["run_link"]["value"], "https://github.com/acme/shop/actions/runs/42");
    assert_eq!(origin["labels"]["org.opencontainers.image.ref.name"], "labelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_bucket_does_not_take_ends_with_7_and_the_way_out() {
    let (terminal, folder) = ruled().await;
    let image = archive(&folder, "a layer");
    let ran = push(&terminal, &image, &[], &github("refs/tags/v1.4.2"));
    assert_eq!((ran.code, ran.stdout.as_str()), (7, ""), "{ran}");
    assert!(ran.stderr.contains("promote it from qa"), "{ran}");
    let named = ["push", &image, "--to", "shop/checkout/prod", "--tag", "1"];
    let ran = terminal.run(&named, "");
    assert!(ran.code == 7 && ran.stderr.contains("prod takes builds by promotion only"), "{ran}");
    let ran = terminal.run(&["push", &image, "--to", "shop/checkout/qa", "--tag", "1"], "");
    assert!(ran.code == 0 && ran.stdout.contains("qa, current now"), "{ran}");
}

#[tokio::test(flavor = "multi_thread")]
async fn options_outweigh_what_is_detected_and_no_text_is_run() {
    let (terminal, folder) = ruled().await;
    let image = archive(&folder, "a layer");
    let marker = folder.path().join("ran");
    let evil = format!("it's \"x\" $(touch {0}) `touch {0}`\nsecond line", marker.display());
    let more = [
        &[
            "--branch",
            "main",
            "--meta",
            "team=pay $(now)",
            "--message",
            &evil,
            "--author",
            "O'Neil \"x\" <o@example.org>",
        ][..],
        &["--tag", "1.4.2", "--output", "json"],
    ];
    let answer = answer(&push(&terminal, &image, &more.concat(), &github("refs/heads/feature/x")));
    assert_eq!(
        (&answer["bucket"], &answer["rule"], &answer["rule_version"]),
        (&json!("qa"), &json!("branches"), &json!(1))
    );
    let origin = &answer["build"]["origin"];
    assert_eq!(origin["message"]["value"], json!(evil));
    assert_eq!(origin["author"]["value"], "O'Neil \"x\" <o@example.org>");
    assert_eq!(origin["git_ref"]["value"], "refs/heads/main");
    assert!(!marker.exists());
    let ran = push(&terminal, &image, &["--tag", "2", "--actor", "a\nb"], &[]);
    assert!(ran.code == 2 && ran.stderr.contains("one line"), "{ran}");
}

#[tokio::test(flavor = "multi_thread")]
async fn checks_are_reported_and_a_job_gets_its_summary() {
    let (terminal, folder) = ruled().await;
    let summary = folder.path().join("summary.md");
    let path = summary.display().to_string();
    let variables = [github("refs/heads/feature/<x>"), vec![("GITHUB_STEP_SUMMARY", path.as_str())]].concat();
    let checks = ["--check", "tests=success,link=https://ci.example.org/7", "--check", "scan=pending"];
    let ran = push(&terminal, &archive(&folder, "a layer"), &checks, &variables);
    assert_eq!(ran.code, 0, "{ran}");
    let digest = ran.stdout.lines().find_map(|line| line.strip_prefix("digest")).expect("a digest").trim();
    let known = terminal.run(&["checks", "shop/checkout", digest], "");
    assert!(known.stdout.contains("https://ci.example.org/7") && known.stdout.contains("pending"), "{known}");
    let text = std::fs::read_to_string(summary).expect("a summary");
    assert!(text.contains("| Bucket | qa, current now |") && !text.contains("<x>"), "{text}");
    // Without the permission for checks the build is in all the same, and told of.
    let token = terminal.world.token(&["view", "push"], "").await;
    let variables = [github("refs/heads/feature/y"), vec![("TOWPATH_TOKEN", token.as_str())]].concat();
    let ran = push(&terminal, &archive(&folder, "another"), &["--check", "tests=success"], &variables);
    assert!(ran.code == 4 && ran.stdout.contains("qa"), "{ran}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wrote_the_commit_may_not_approve_it_where_the_stage_says_so() {
    let (terminal, folder) = ruled().await;
    let world = &terminal.world;
    let rita = world.person("Rita", "release-manager", "project:shop").await;
    let dev = world.person("Dev", "release-manager", "project:shop").await;
    let gate = json!({"gate": "approvals", "count": 1, "bar_author": "always", "bar_actor": "if_known"});
    let changed = json!({"version": 1, "title": "Release", "is_default": true,
                         "stages": [{"bucket": "qa"}, {"bucket": "prod", "gates": [gate]}]});
    let answered = world.put("/projects/shop/workflows/release", &world.ana, changed).await;
    assert_eq!(answered.status, 200, "{answered}");
    let promote = |tag: &str, author: &str| {
        let image = archive(&folder, tag);
        let named = if author.is_empty() { vec![] } else { vec!["--author", author] };
        let ran =
            push(&terminal, &image, &[&["--tag", tag][..], &named].concat(), &github("refs/heads/feature/x"));
        assert_eq!(ran.code, 0, "{ran}");
        let args = ["promote", "shop/checkout", tag, "--from", "qa", "--to", "prod", "--reason", "Go"];
        terminal.run(&args, "")
    };
    let silent = promote("1", "");
    assert!(silent.code == 7 && silent.stderr.contains("does not say who wrote its commit"), "{silent}");
    let unknown = promote("2", "Nemo <nemo@example.org>");
    assert!(
        unknown.code == 7 && unknown.stderr.contains("Nobody knows “Nemo <nemo@example.org>”"),
        "{unknown}"
    );
    let waiting = promote("3", "D. Veloper <Dev@Example.org>");
    assert_eq!(waiting.code, 8, "{waiting}");
    let rule = "not by the commit's author (who must be known here) or who made the CI run";
    let explained = terminal.run(&["explain", "shop#1"], "");
    assert!(explained.stdout.contains(rule), "{explained}");
    // The CI's name for who made the run is nobody's here, which is told.
    assert!(
        explained.stdout.contains("“ana-l”, who made the CI run, is nobody who is known here"),
        "{explained}"
    );
    let approve =
        |session: &str| terminal.run_with(&["approve", "shop#1"], "", &[("TOWPATH_TOKEN", session)]);
    let own = approve(&dev);
    assert!(own.code == 7 && own.stderr.contains("names you as its commit's author"), "{own}");
    assert_eq!(approve(&rita).code, 0);
}

/// A working folder of git, with one commit on a branch.
fn checkout(folder: &TempDir) -> PathBuf {
    let path = folder.path().join("work");
    std::fs::create_dir(&path).expect("a folder");
    for args in [
        &["init", "--quiet", "--initial-branch", "feature/y"][..],
        &[
            "-c",
            "user.name=Ana Lima",
            "-c",
            "user.email=ana@example.org",
            "commit",
            "--quiet",
            "--allow-empty",
            "-m",
            "Mend it",
        ],
        &["remote", "add", "origin", "https://token:secret@git.example.org/acme/shop.git"],
    ] {
        git(&path, args);
    }
    path
}

fn git(folder: &Path, args: &[&str]) {
    let status = Command::new("git").current_dir(folder).args(args).status().expect("git");
    assert!(status.success(), "{args:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_ci_git_says_what_is_checked_out() {
    let (terminal, folder) = ruled().await;
    let image = archive(&folder, "a layer");
    let work = checkout(&folder);
    let git_dir = work.join(".git").display().to_string();
    let path = std::env::var("PATH").expect("a PATH");
    let run = |tag: &str| {
        let args = ["push", &image, "--to", "shop/checkout", "--tag", tag, "--output", "json"];
        let work = work.display().to_string();
        terminal.run_with(&args, "", &[("PATH", &path), ("GIT_DIR", &git_dir), ("GIT_WORK_TREE", &work)])
    };
    let ran = run("1");
    assert!(!ran.stdout.contains("secret"), "{ran}");
    let first = answer(&ran);
    assert_eq!(first["bucket"], "qa");
    let origin = &first["build"]["origin"];
    assert_eq!(origin["author"]["value"], "Ana Lima <ana@example.org>");
    assert_eq!(origin["repository"]["value"], "https://git.example.org/acme/shop");
    // An image that says itself of which commit it is was not built of what is checked out here.
    let revision = json!({"org.opencontainers.image.revision": "0a1b2c3d"});
    let config = json!({"os": "linux", "architecture": "amd64", "config": {"Labels": revision},
                        "rootfs": {"type": "layers", "diff_ids": [Digest::of(Algorithm::Sha256, b"third")]}});
    let third = write(&folder, "third", &config);
    let shown = work.display().to_string();
    let variables = [("PATH", path.as_str()), ("GIT_DIR", &git_dir), ("GIT_WORK_TREE", &shown)];
    let args = ["push", &third, "--to", "shop/checkout", "--tag", "3", "--output", "json"];
    let third = answer(&terminal.run_with(&args, "", &variables));
    assert_eq!(
        (&third["outcome"], &third["build"]["origin"]["author"]),
        (&json!("unclassified"), &Value::Null)
    );
    assert_eq!(third["build"]["origin"]["commit"]["value"], "0a1b2c3d");
    git(&work, &["tag", "v1.0.0"]);
    git(&work, &["checkout", "--quiet", "--detach"]);
    let other = archive(&folder, "another");
    let work = work.display().to_string();
    let args = ["push", &other, "--to", "shop/checkout"];
    let ran =
        terminal.run_with(&args, "", &[("PATH", &path), ("GIT_DIR", &git_dir), ("GIT_WORK_TREE", &work)]);
    assert!(ran.code == 7 && ran.stderr.contains("staging takes builds by promotion only"), "{ran}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_image_or_has_no_name_is_told_before_anything_is_sent() {
    let (terminal, folder) = ruled().await;
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "no image at all").expect("a file");
    let image = archive(&folder, "a layer");
    for (image, more, code, words) in [
        (text.to_str().expect("UTF-8"), &["--tag", "1"][..], 2, "not an image"),
        ("./missing.tar", &["--tag", "1"], 2, "there is no file ./missing.tar"),
        (&image, &[], 2, "name the build's tag by --tag"),
        (&image, &["--tag", "feature/x"], 2, "cannot be the tag of an image"),
        (&image, &["--tag", "current"], 2, "a meaning of its own"),
        (&image, &["--tag", "1", "--server", "http://localhost:1"], 3, "towpath login"),
        (&image, &["--tag", "1", "--author", &"x".repeat(700)], 2, "author: Write one line"),
        (&image, &["--tag", "1", "--run-link", "javascript:x"], 2, "run_link: Write an address"),
        (&image, &["--tag", "1", "--platform", "linux/arm64"], 5, "this one is for linux/amd64"),
    ] {
        let ran = push(&terminal, image, more, &[]);
        assert!(ran.code == code && ran.stderr.contains(words), "{image} {more:?}: {ran}");
        assert!(!ran.stderr.contains("there already"), "nothing is uploaded: {ran}");
    }
    let amd64 = push(&terminal, &image, &["--tag", "1", "--platform", "linux/amd64"], &[]);
    assert_eq!(amd64.code, 0, "{amd64}");
    let ran = terminal.run(&["push", &image, "--to", "shop/nowhere", "--tag", "1"], "");
    assert_eq!(ran.code, 5, "{ran}");
    let token = terminal.world.token(&["view", "pull"], "").await;
    let ran = push(&terminal, &image, &["--tag", "1"], &[("TOWPATH_TOKEN", &token)]);
    assert!(ran.code == 4 && ran.stderr.contains("push"), "{ran}");
}
