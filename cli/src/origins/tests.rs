use super::*;
use serde_json::json;

/// What is detected by variables alone, as lines of the fields that are there.
fn lines(variables: &[(&str, &str)], event: Option<&Value>) -> Vec<String> {
    let env = |name: &str| {
        variables
            .iter()
            .find(|(known, value)| *known == name && !value.is_empty())
            .map(|(_, value)| (*value).to_owned())
    };
    told(&detect(&env, event, &|_| None))
}

fn told(origin: &NewOrigin) -> Vec<String> {
    let Value::Object(fields) = serde_json::to_value(origin).unwrap() else { panic!() };
    let line = |(name, value): (&String, &Value)| match value {
        Value::String(text) => vec![format!("{name}: {text}")],
        Value::Object(inner) => {
            inner.iter().map(|(key, value)| format!("{key} = {}", value.as_str().unwrap())).collect()
        }
        _ => panic!(),
    };
    fields.iter().flat_map(line).collect()
}

const SHA: &str = "ffac537e6cbbf934b08745a378932722df287a53";
const HEAD: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567";

#[test]
fn github_tells_a_branch_with_its_slashes_and_who_wrote_the_commit() {
    let event = json!({"head_commit": {
        "id": SHA, "message": "Mend the till\n\nIt was slow.", "author": {"name": "Ana Lima", "email": "ana@example.org"},
    }});
    let variables = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_SERVER_URL", "https://github.com"),
        ("GITHUB_REPOSITORY", "acme/shop"),
        ("GITHUB_SHA", SHA),
        ("GITHUB_REF", "refs/heads/feature/x"),
        ("GITHUB_EVENT_NAME", "push"),
        ("GITHUB_ACTOR", "ana-l"),
        ("GITHUB_RUN_ID", "1658821493"),
        ("GITHUB_RUN_ATTEMPT", "2"),
        ("GITHUB_WORKFLOW", "Build"),
    ];
    insta::assert_snapshot!(lines(&variables, Some(&event)).join("\n"), @r"
    actor: ana-l
    author: Ana Lima <ana@example.org>
    ci: GitHub Actions
    commit: ffac537e6cbbf934b08745a378932722df287a53
    event: push
    git_ref: refs/heads/feature/x
    message: Mend the till

    It was slow.
    workflow = Build
    repository: https://github.com/acme/shop
    run: 1658821493
    run_link: https://github.com/acme/shop/actions/runs/1658821493/attempts/2
    ");
}

/// A fork's branch may be called `main`, which no rule must take for the branch.
#[test]
fn a_pull_request_is_never_a_branch() {
    let event = json!({"pull_request": {"number": 7, "head": {"sha": HEAD, "ref": "main"}}});
    let github = |name: &'static str, git_ref: &'static str| {
        let variables = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_SHA", SHA),
            ("GITHUB_REF", git_ref),
            ("GITHUB_HEAD_REF", "main"),
            ("GITHUB_EVENT_NAME", name),
        ];
        lines(&variables, Some(&event))
    };
    let gitlab = lines(
        &[
            ("GITLAB_CI", "true"),
            ("CI_MERGE_REQUEST_IID", "7"),
            ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", HEAD),
            ("CI_COMMIT_SHA", SHA),
            ("CI_COMMIT_AUTHOR", "Merge <merge@example.org>"),
            ("CI_COMMIT_REF_NAME", "main"),
            ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "main"),
        ],
        None,
    );
    let bitbucket = [
        ("BITBUCKET_BUILD_NUMBER", "3"),
        ("BITBUCKET_PR_ID", "7"),
        ("BITBUCKET_BRANCH", "main"),
        ("BITBUCKET_COMMIT", HEAD),
    ];
    let buildkite = [
        ("BUILDKITE", "true"),
        ("BUILDKITE_PULL_REQUEST", "7"),
        ("BUILDKITE_BRANCH", "main"),
        ("BUILDKITE_COMMIT", HEAD),
    ];
    let azure = [
        ("TF_BUILD", "True"),
        ("SYSTEM_PULLREQUEST_PULLREQUESTID", "7"),
        ("SYSTEM_PULLREQUEST_SOURCECOMMITID", HEAD),
        ("BUILD_SOURCEVERSION", SHA),
        ("BUILD_SOURCEBRANCH", "refs/pull/7/merge"),
        ("SYSTEM_PULLREQUEST_SOURCEBRANCH", "refs/heads/main"),
    ];
    let jenkins = [
        ("JENKINS_URL", "https://ci.example.org/"),
        ("CHANGE_ID", "7"),
        ("BRANCH_NAME", "PR-7"),
        ("CHANGE_BRANCH", "main"),
        ("GIT_COMMIT", HEAD),
    ];
    let codebuild = [
        ("CODEBUILD_BUILD_ID", "shop:1"),
        ("CODEBUILD_WEBHOOK_TRIGGER", "pr/7"),
        ("CODEBUILD_WEBHOOK_HEAD_REF", "refs/heads/main"),
        ("CODEBUILD_RESOLVED_SOURCE_VERSION", HEAD),
    ];
    let circleci = [("CIRCLECI", "true"), ("CIRCLE_BRANCH", "pull/7"), ("CIRCLE_SHA1", HEAD)];
    for (found, expected) in [
        (github("pull_request", "refs/pull/7/merge"), "refs/pull/7/head"),
        (github("pull_request_target", "refs/heads/main"), "refs/pull/7/head"),
        (gitlab, "refs/merge-requests/7/head"),
        (lines(&bitbucket, None), "refs/pull-requests/7/from"),
        (lines(&buildkite, None), "refs/pull/7/head"),
        (lines(&azure, None), "refs/pull/7/head"),
        (lines(&jenkins, None), "refs/pull/7/head"),
        (lines(&codebuild, None), "refs/pull/7/head"),
        (lines(&circleci, None), "refs/pull/7/head"),
    ] {
        assert!(found.contains(&format!("git_ref: {expected}")), "{found:?}");
        assert!(found.contains(&format!("commit: {HEAD}")), "{found:?}");
        assert!(!found.iter().any(|line| line.starts_with("author")), "{found:?}");
    }
}

#[test]
fn every_system_tells_its_branch_and_its_tag() {
    let cases: [(&[(&str, &str)], &str); 17] = [
        (&[("GITHUB_ACTIONS", "true"), ("GITHUB_REF", "refs/tags/v1/2")], "refs/tags/v1/2"),
        (&[("GITLAB_CI", "true"), ("CI_COMMIT_BRANCH", "feature/x")], "refs/heads/feature/x"),
        (&[("GITLAB_CI", "true"), ("CI_COMMIT_TAG", "v1"), ("CI_COMMIT_REF_NAME", "v1")], "refs/tags/v1"),
        (&[("CIRCLECI", "true"), ("CIRCLE_BRANCH", "feature/x")], "refs/heads/feature/x"),
        (&[("CIRCLECI", "true"), ("CIRCLE_TAG", "v1")], "refs/tags/v1"),
        (
            &[("CODEBUILD_BUILD_ID", "a:1"), ("CODEBUILD_WEBHOOK_TRIGGER", "branch/feature/x")],
            "refs/heads/feature/x",
        ),
        (&[("CODEBUILD_BUILD_ID", "a:1"), ("CODEBUILD_WEBHOOK_TRIGGER", "tag/v1")], "refs/tags/v1"),
        (&[("CODEBUILD_BUILD_ID", "a:1"), ("CODEBUILD_SOURCE_VERSION", "refs/heads/a/b")], "refs/heads/a/b"),
        (&[("BITBUCKET_BUILD_NUMBER", "3"), ("BITBUCKET_BRANCH", "feature/x")], "refs/heads/feature/x"),
        (&[("BITBUCKET_BUILD_NUMBER", "3"), ("BITBUCKET_TAG", "v1")], "refs/tags/v1"),
        (
            &[("BUILDKITE", "true"), ("BUILDKITE_BRANCH", "feature/x"), ("BUILDKITE_PULL_REQUEST", "false")],
            "refs/heads/feature/x",
        ),
        (&[("BUILDKITE", "true"), ("BUILDKITE_BRANCH", "v1"), ("BUILDKITE_TAG", "v1")], "refs/tags/v1"),
        (&[("TF_BUILD", "True"), ("BUILD_SOURCEBRANCH", "refs/heads/feature/x")], "refs/heads/feature/x"),
        (&[("JENKINS_URL", "x"), ("BRANCH_NAME", "feature/x")], "refs/heads/feature/x"),
        (&[("JENKINS_URL", "x"), ("GIT_BRANCH", "origin/feature/x")], "refs/heads/feature/x"),
        (&[("JENKINS_URL", "x"), ("TAG_NAME", "v1"), ("BRANCH_NAME", "v1")], "refs/tags/v1"),
        (&[("JENKINS_URL", "x"), ("GIT_BRANCH", "detached")], ""),
    ];
    for (variables, expected) in cases {
        let found = lines(variables, None);
        let git_ref = found.iter().find_map(|line| line.strip_prefix("git_ref: ")).unwrap_or_default();
        assert_eq!(git_ref, expected, "{variables:?}");
    }
}

#[test]
fn runs_and_actors_are_told_as_each_system_does() {
    let gitlab = [
        ("GITLAB_CI", "true"),
        ("CI_PROJECT_URL", "https://gitlab.com/acme/shop"),
        ("CI_COMMIT_SHA", SHA),
        ("CI_COMMIT_AUTHOR", "Ana Lima <ana@example.org>"),
        ("GITLAB_USER_LOGIN", "ana"),
        ("GITLAB_USER_EMAIL", "ana@example.org"),
        ("CI_PIPELINE_ID", "99"),
        ("CI_PIPELINE_URL", "https://gitlab.com/acme/shop/-/pipelines/99"),
    ];
    let azure = [
        ("TF_BUILD", "True"),
        ("SYSTEM_COLLECTIONURI", "https://dev.azure.com/acme/"),
        ("SYSTEM_TEAMPROJECT", "The Shop"),
        ("BUILD_BUILDID", "5"),
        ("BUILD_REQUESTEDFOR", "Ana Lima"),
        ("BUILD_REQUESTEDFOREMAIL", "ana@example.org"),
    ];
    let jenkins =
        [("JENKINS_URL", "x"), ("JOB_NAME", "shop/main"), ("BUILD_NUMBER", "15"), ("BUILD_USER_ID", "ana")];
    let hook = [("CODEBUILD_BUILD_ID", "a:1"), ("CODEBUILD_INITIATOR", "GitHub-Hookshot/ab12")];
    let bitbucket =
        [("BITBUCKET_BUILD_NUMBER", "3"), ("BITBUCKET_GIT_HTTP_ORIGIN", "http://bitbucket.org/acme/shop")];
    for (found, expected) in [
        (
            lines(&gitlab, None),
            &["actor: ana <ana@example.org>", "author: Ana Lima <ana@example.org>", "run: 99"][..],
        ),
        (
            lines(&azure, None),
            &[
                "actor: Ana Lima <ana@example.org>",
                "run_link: https://dev.azure.com/acme/The%20Shop/_build/results?buildId=5",
            ],
        ),
        (lines(&jenkins, None), &["actor: ana", "run: shop/main#15"]),
        (lines(&hook, None), &["run: a:1"]),
        (lines(&bitbucket, None), &["run_link: http://bitbucket.org/acme/shop/pipelines/results/3"]),
    ] {
        for line in expected {
            assert!(found.iter().any(|known| known == line), "{line} in {found:?}");
        }
    }
    assert!(!lines(&hook, None).iter().any(|line| line.starts_with("actor")));
}

#[test]
fn git_fills_what_the_ci_does_not_say_of_the_same_commit_only() {
    let git = Git {
        commit: SHA.to_owned(),
        committed_at: "2026-11-30T09:12:00+01:00".to_owned(),
        author: "Ana Lima <ana@example.org>".to_owned(),
        message: "Mend \"it\" $(rm -rf /)".to_owned(),
        checked_out: "refs/heads/main".to_owned(),
        repository: "git@github.com:acme/shop.git".to_owned(),
        changed: true,
    };
    let plain = detect(&|_: &str| None, None, &|_| Some(git.clone()));
    assert_eq!((plain.git_ref.as_str(), plain.metadata["changed"].as_str()), ("refs/heads/main", "true"));
    assert_eq!(plain.repository, "https://github.com/acme/shop");
    assert_eq!(plain.message, "Mend \"it\" $(rm -rf /)");
    let jenkins = |commit: &'static str| {
        let env = move |name: &str| match name {
            "JENKINS_URL" => Some("x".to_owned()),
            "GIT_COMMIT" => Some(commit.to_owned()),
            _ => None,
        };
        detect(&env, None, &|_| Some(git.clone()))
    };
    assert_eq!(jenkins(SHA).author, "Ana Lima <ana@example.org>");
    assert_eq!(jenkins(SHA).committed_at, "2026-11-30T09:12:00+01:00");
    // What is checked out may be another thing than what the CI builds.
    assert_eq!((jenkins(HEAD).author.as_str(), jenkins(SHA).git_ref.as_str()), ("", ""));
}

#[test]
fn no_credential_leaves_with_an_address() {
    for (given, expected) in [
        ("https://x-token:secret@github.com/acme/shop.git", "https://github.com/acme/shop"),
        ("git@github.com:acme/shop.git", "https://github.com/acme/shop"),
        ("ssh://git@git.example.org:2222/acme/shop.git", "https://git.example.org/acme/shop"),
        ("https://git.example.org:8443/acme/shop", "https://git.example.org:8443/acme/shop"),
        ("/srv/git/shop.git", ""),
        ("file:///srv/git/shop.git", ""),
        ("", ""),
    ] {
        assert_eq!(web_address(given), expected, "{given}");
    }
}

#[test]
fn without_ci_and_git_nothing_is_said() {
    assert_eq!(detect(&|_: &str| None, None, &|_| None), NewOrigin::default());
}
