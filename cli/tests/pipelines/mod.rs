//! The files of `deploy/ci`: the shell in each, as its CI would run it, with the real command and the real routes.

use crate::pushing::{archive, ruled};
use crate::signing::Ci;
use crate::terminal::{Ran, Terminal};
use serde_json::json;
use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;

const SCRIPT: &str = include_str!("../../../deploy/ci/push.sh");
const COMMIT: &str = "ffac537e6cbbf934b08745a378932722df287a53";
/// What nobody should call a branch. All of it is one word to whoever quotes it.
const EVIL: &str = "feature/a $(touch harm) `touch harm` '; touch harm; \" && touch harm #";

/// A CI, its file, and its variables for a branch.
type System = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const SYSTEMS: [System; 8] = [
    (
        "github",
        include_str!("../../../deploy/ci/github/action.yml"),
        &[
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_REPOSITORY", "acme/shop"),
            ("GITHUB_RUN_ID", "42"),
            ("GITHUB_SHA", COMMIT),
            ("GITHUB_REF", "refs/heads/BRANCH"),
        ],
    ),
    (
        "gitlab",
        include_str!("../../../deploy/ci/gitlab/push.yml"),
        &[("GITLAB_CI", "true"), ("CI_COMMIT_SHA", COMMIT), ("CI_COMMIT_BRANCH", "BRANCH")],
    ),
    (
        "jenkins",
        include_str!("../../../deploy/ci/jenkins/Jenkinsfile"),
        &[("JENKINS_URL", "https://ci"), ("GIT_COMMIT", COMMIT), ("BRANCH_NAME", "BRANCH")],
    ),
    (
        "circleci",
        include_str!("../../../deploy/ci/circleci/config.yml"),
        &[("CIRCLECI", "true"), ("CIRCLE_SHA1", COMMIT), ("CIRCLE_BRANCH", "BRANCH")],
    ),
    (
        "codebuild",
        include_str!("../../../deploy/ci/codebuild/buildspec.yml"),
        &[
            ("CODEBUILD_BUILD_ID", "a:1"),
            ("CODEBUILD_RESOLVED_SOURCE_VERSION", COMMIT),
            ("CODEBUILD_WEBHOOK_TRIGGER", "branch/BRANCH"),
        ],
    ),
    (
        "bitbucket",
        include_str!("../../../deploy/ci/bitbucket/bitbucket-pipelines.yml"),
        &[("BITBUCKET_BUILD_NUMBER", "7"), ("BITBUCKET_COMMIT", COMMIT), ("BITBUCKET_BRANCH", "BRANCH")],
    ),
    (
        "buildkite",
        include_str!("../../../deploy/ci/buildkite/pipeline.yml"),
        &[("BUILDKITE", "true"), ("BUILDKITE_COMMIT", COMMIT), ("BUILDKITE_BRANCH", "BRANCH")],
    ),
    (
        "azure",
        include_str!("../../../deploy/ci/azure/azure-pipelines.yml"),
        &[("TF_BUILD", "True"), ("BUILD_SOURCEVERSION", COMMIT), ("BUILD_SOURCEBRANCH", "refs/heads/BRANCH")],
    ),
];

/// The shell that a file holds, as it reaches the shell: from the line at which a block of it begins, for as long as
/// the lines are indented like that one.
fn shell(system: &str, file: &str, first: &str) -> String {
    let mut lines = file.lines().skip_while(|line| line.trim_start() != first).peekable();
    let indent = lines.peek().map_or(0, |line| line.len() - line.trim_start().len());
    let of_block = |line: &&str| line.trim().is_empty() || line.len() - line.trim_start().len() >= indent;
    let block: Vec<&str> =
        lines.take_while(of_block).map(|line| line.get(indent..).unwrap_or_default()).collect();
    let text = block.join("\n") + "\n";
    match system {
        // Read once by Groovy, or by the agent that uploads the file.
        "jenkins" => text.replace("\\\\", "\\"),
        "buildkite" => text.replace("$$", "$"),
        _ => text,
    }
}

/// A runner's machine: a folder of the only programs that are its own, beside those of the system.
struct Runner {
    folder: TempDir,
    programs: PathBuf,
}

impl Runner {
    /// It has a Docker that builds this image, and the command.
    fn new(image: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        let programs = folder.path().join("programs");
        fs::create_dir(&programs).expect("a folder");
        let runner = Self { folder, programs };
        runner.program(
            "docker",
            &format!("case $1 in build) test \"$*\" = 'build --tag app .' ;; save) cat '{image}' ;; esac"),
        );
        runner.program("towpath", &format!("exec '{}' \"$@\"", env!("CARGO_BIN_EXE_towpath")));
        runner
    }

    fn program(&self, name: &str, script: &str) {
        let path = self.programs.join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("is written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("is made a program");
    }

    fn run(&self, terminal: &Terminal, script: &str, variables: &[(&str, &str)]) -> Ran {
        let output = Command::new("sh")
            .args(["-c", script])
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", self.programs.display()))
            .env("TOWPATH_CONFIG", self.folder.path().join("none.toml"))
            .env("GIT_DIR", "/nonexistent")
            .env("TOWPATH_SERVER", &terminal.url)
            .env("TOWPATH_INTEGRATION", "shop/checkout")
            .env("TOWPATH_BUCKET", "")
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .output()
            .expect("a shell runs");
        let text =
            |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8").replace(&terminal.url, "[server]");
        Ran {
            code: output.status.code().expect("no signal"),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// Whether some part of a variable was run as a command.
    fn harmed(&self) -> bool {
        self.folder.path().join("harm").exists()
    }
}

fn of_branch<'a>(variables: &[(&'a str, &str)], branch: &str) -> HashMap<&'a str, String> {
    variables.iter().map(|(name, value)| (*name, value.replace("BRANCH", branch))).collect()
}

fn borrowed<'a>(variables: &'a HashMap<&'a str, String>) -> Vec<(&'a str, &'a str)> {
    variables.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

#[test]
fn every_file_holds_the_same_script() {
    for (system, file, _) in SYSTEMS {
        assert_eq!(shell(system, file, "set -eu"), SCRIPT, "{system}");
    }
}

#[test]
fn nothing_of_a_job_is_put_into_a_script_but_by_the_shell() {
    for (system, file, _) in SYSTEMS {
        // What GitHub and GitLab put in themselves stands outside of the script; Groovy puts nothing into single quotes.
        assert!(!SCRIPT.contains("${{") && !SCRIPT.contains("$[["), "{system}");
        assert!(!file.contains("sh \"\"\"") && !file.contains("$(Build."), "{system}");
    }
}

#[test]
fn shellcheck_finds_nothing_in_any_of_them() {
    let codebuild = SYSTEMS.iter().find(|(system, ..)| *system == "codebuild").expect("is there").1;
    let federated = shell("codebuild", codebuild, "if [ -z \"${TOWPATH_TOKEN:-}\" ]; then");
    for script in [SCRIPT, &federated] {
        let mut child = Command::new("shellcheck")
            .args(["--norc", "--shell=sh", "--enable=quote-safe-variables,check-set-e-suppressed", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("shellcheck is there: scripts/setup test installs it");
        child.stdin.take().expect("piped").write_all(script.as_bytes()).expect("it reads");
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_ci_pushes_reports_and_waits_whatever_its_branch_is_called() {
    let (terminal, folder) = ruled().await;
    let token = terminal.world.token(&["view", "push", "report"], "").await;
    for (system, file, variables) in SYSTEMS {
        let runner = Runner::new(&archive(&folder, system));
        let mut variables = of_branch(variables, EVIL);
        variables.extend([("TOWPATH_TOKEN", token.clone())]);
        variables.extend([("TOWPATH_CHECK", "tests".to_owned()), ("TOWPATH_WAIT_FOR", "qa".to_owned())]);
        let ran = runner.run(&terminal, &shell(system, file, "set -eu"), &borrowed(&variables));
        assert_eq!(ran.code, 0, "{system}: {ran}");
        assert!(ran.stdout.contains("qa, current now"), "{system}: {ran}");
        assert!(ran.stdout.contains(&format!("refs/heads/{EVIL}")), "{system}: {ran}");
        let digest =
            ran.stdout.lines().find_map(|line| line.strip_prefix("digest")).expect("a digest").trim();
        let checks = terminal.run(&["checks", "shop/checkout", digest], "");
        assert!(checks.stdout.contains("tests") && checks.stdout.contains("success"), "{system}: {checks}");
        assert!(!runner.harmed(), "{system}: {ran}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_with_a_line_break_is_refused_and_runs_nothing() {
    let (terminal, folder) = ruled().await;
    let token = terminal.world.token(&["view", "push"], "").await;
    for (system, file, variables) in SYSTEMS {
        let runner = Runner::new(&archive(&folder, system));
        let mut variables = of_branch(variables, "feature/a\ntouch harm\n");
        variables.extend([("TOWPATH_TOKEN", token.clone())]);
        let ran = runner.run(&terminal, &shell(system, file, "set -eu"), &borrowed(&variables));
        assert_eq!(ran.code, 2, "{system}: {ran}");
        assert!(ran.stderr.contains("git_ref: "), "{system}: {ran}");
        assert!(!runner.harmed(), "{system}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_takes_no_pushes_and_a_missing_right_fail_the_job() {
    let (terminal, folder) = ruled().await;
    let runner = Runner::new(&archive(&folder, "a layer"));
    let run = |token: &str, more: (&str, &str)| {
        let ci = [("GITLAB_CI", "true"), ("CI_COMMIT_SHA", COMMIT), ("CI_COMMIT_BRANCH", "feature/x")];
        runner.run(&terminal, SCRIPT, &[&ci[..], &[("TOWPATH_TOKEN", token), more]].concat())
    };
    let token = terminal.world.token(&["view", "push"], "").await;
    let ran = run(&token, ("TOWPATH_BUCKET", "prod"));
    assert!(ran.code == 7 && ran.stderr.contains("prod takes builds by promotion only"), "{ran}");
    let ran = run(&token, ("TOWPATH_CHECK", "tests"));
    assert!(ran.code == 4 && ran.stdout.contains("qa, current now"), "{ran}");
    // A token of its own for what comes after the push.
    let reports = terminal.world.token(&["view", "report"], "").await;
    let both =
        [("TOWPATH_TOKEN", token.as_str()), ("TOWPATH_REPORT_TOKEN", &reports), ("TOWPATH_CHECK", "tests")];
    let ci = [("GITLAB_CI", "true"), ("CI_COMMIT_SHA", COMMIT), ("CI_COMMIT_BRANCH", "feature/x")];
    let ran = runner.run(&terminal, SCRIPT, &[&ci[..], &both].concat());
    assert_eq!(ran.code, 0, "{ran}");
    // Nothing is pushed of an image that was not built.
    runner.program("docker", "exit 17");
    let ran = run(&token, ("TOWPATH_CHECK", ""));
    assert_eq!((ran.code, ran.stdout.as_str()), (17, ""), "{ran}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_runner_without_the_command_gets_it_by_its_checksum_alone() {
    let (terminal, folder) = ruled().await;
    let token = terminal.world.token(&["view", "push"], "").await;
    let runner = Runner::new(&archive(&folder, "a layer"));
    fs::rename(runner.programs.join("towpath"), runner.folder.path().join("offered")).expect("is moved");
    // A curl that has what is at one address.
    let offered = runner.folder.path().join("offered").display().to_string();
    runner.program(
        "curl",
        &format!(
            "while [ $# -gt 1 ]; do case $1 in --output) to=$2 ;; esac; shift; done\n\
             test \"$1\" = https://files.example.org/towpath && cp '{offered}' \"$to\""
        ),
    );
    let sum = Command::new("sha256sum").arg(&offered).output().expect("sha256sum").stdout;
    let sum = String::from_utf8(sum).expect("text").split(' ').next().expect("a sum").to_owned();
    let run = |given: &[(&str, &str)]| {
        let ci = [("GITLAB_CI", "true"), ("CI_COMMIT_SHA", COMMIT), ("CI_COMMIT_BRANCH", "feature/x")];
        runner.run(&terminal, SCRIPT, &[&ci[..], &[("TOWPATH_TOKEN", token.as_str())], given].concat())
    };
    let url = ("TOWPATH_CLI_URL", "https://files.example.org/towpath");
    let missing = run(&[]);
    assert!(
        missing.code != 0 && missing.stderr.contains("the command towpath is not on the PATH"),
        "{missing}"
    );
    let unsigned = run(&[url]);
    assert!(unsigned.code != 0 && unsigned.stderr.contains("the checksum of the command"), "{unsigned}");
    let other = run(&[url, ("TOWPATH_CLI_SHA256", &"0".repeat(64))]);
    assert!(other.code != 0 && !other.stdout.contains("qa"), "{other}");
    let ran = run(&[url, ("TOWPATH_CLI_SHA256", &sum)]);
    assert!(ran.code == 0 && ran.stdout.contains("qa, current now"), "{ran}");
}

#[tokio::test(flavor = "multi_thread")]
async fn codebuild_pushes_by_the_token_of_its_account_without_a_secret() {
    let (terminal, folder) = ruled().await;
    let ci = Ci::new();
    let issuer = "https://0a1b.tokens.sts.global.api.aws";
    let subject = "arn:aws:iam::123456789012:role/build";
    let new = json!({"title": "Builds of AWS", "system": "other", "issuer": issuer, "keys": ci.keys(),
                     "by_rule": true, "buckets": [], "claims": {"sub": subject}});
    let made = terminal.world.post("/projects/shop/publishers", &terminal.world.ana, new).await;
    assert_eq!(made.status, 201, "{made}");
    let now = terminal.world.service.now().micros() / 1_000_000;
    let token = ci
        .token(&json!({"iss": issuer, "aud": "https://towpath.example", "sub": subject, "iat": now,
                                 "exp": now + 300, "jti": "one"}));
    let runner = Runner::new(&archive(&folder, "a layer"));
    runner.program(
        "aws",
        &format!("test \"$1 $2 $3\" = 'sts get-web-identity-token --audience' && echo '{token}'"),
    );
    let (_, file, variables) = SYSTEMS.iter().find(|(system, ..)| *system == "codebuild").expect("is there");
    let federated = shell("codebuild", file, "if [ -z \"${TOWPATH_TOKEN:-}\" ]; then");
    let variables = of_branch(variables, "feature/x");
    let ran = runner.run(&terminal, &(federated + SCRIPT), &borrowed(&variables));
    assert!(ran.stderr.contains("trusted as “Builds of AWS”"), "{ran}");
    assert!(ran.code == 0 && !ran.to_string().contains(&token), "{ran}");
}
