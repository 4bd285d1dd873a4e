//! What each CI system says of a run, by the variables that it documents.

use super::Environment;
use serde_json::Value;
use towpath_api::builds::NewOrigin;

/// Reads the variables of the one system that runs this.
pub(super) fn detect(env: &dyn Environment, event: Option<&Value>) -> Option<NewOrigin> {
    let of = Variables(env);
    let is = |name: &str| !of.get(name).is_empty();
    // Buildkite, CodeBuild and Azure run jobs on machines that may have another system's variables; the more special first.
    let origin = if is("GITHUB_ACTIONS") {
        github(&of, event)
    } else if is("GITLAB_CI") {
        gitlab(&of)
    } else if is("CIRCLECI") {
        circleci(&of)
    } else if is("CODEBUILD_BUILD_ID") {
        codebuild(&of)
    } else if is("BITBUCKET_BUILD_NUMBER") {
        bitbucket(&of)
    } else if is("BUILDKITE") {
        buildkite(&of)
    } else if is("TF_BUILD") {
        azure(&of)
    } else if is("JENKINS_URL") {
        jenkins(&of)
    } else {
        return None;
    };
    Some(origin)
}

struct Variables<'a>(&'a dyn Environment);

impl Variables<'_> {
    /// Empty where it is not set.
    fn get(&self, name: &str) -> String {
        self.0.get(name).unwrap_or_default()
    }

    /// The first that is set.
    fn first<const N: usize>(&self, names: [&str; N]) -> String {
        names.into_iter().map(|name| self.get(name)).find(|value| !value.is_empty()).unwrap_or_default()
    }

    /// A person by name and address, as git writes one.
    fn person(&self, name: &str, address: &str) -> String {
        person(&self.get(name), &self.get(address))
    }
}

fn person(name: &str, address: &str) -> String {
    match (name, address) {
        (name, "") => name.to_owned(),
        ("", address) => format!("<{address}>"),
        (name, address) => format!("{name} <{address}>"),
    }
}

/// The full name of a ref, if there is a short one.
fn full(kind: &str, short: &str) -> Option<String> {
    (!short.is_empty()).then(|| format!("refs/{kind}/{short}"))
}

fn tag(short: &str) -> Option<String> {
    full("tags", short)
}

fn branch(short: &str) -> Option<String> {
    full("heads", short)
}

fn note<const N: usize>(origin: &mut NewOrigin, notes: [(&str, String); N]) {
    let notes = notes.into_iter().filter(|(_, value)| !value.is_empty());
    origin.metadata.extend(notes.map(|(name, value)| (name.to_owned(), value)));
}

/// docs.github.com, “Variables reference”; and the event's file, which has what the variables lack.
fn github(of: &Variables<'_>, event: Option<&Value>) -> NewOrigin {
    let text = |path: &str| {
        let value = event.and_then(|event| event.pointer(path));
        match value {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        }
    };
    let repository = format!("{}/{}", of.get("GITHUB_SERVER_URL"), of.get("GITHUB_REPOSITORY"));
    let request = text("/pull_request/number");
    let attempt = of.get("GITHUB_RUN_ATTEMPT");
    let attempt =
        if matches!(attempt.as_str(), "" | "1") { String::new() } else { format!("/attempts/{attempt}") };
    let mut origin = NewOrigin {
        ci: "GitHub Actions".to_owned(),
        commit: of.get("GITHUB_SHA"),
        git_ref: of.get("GITHUB_REF"),
        event: of.get("GITHUB_EVENT_NAME"),
        actor: of.get("GITHUB_ACTOR"),
        run: of.get("GITHUB_RUN_ID"),
        run_link: format!("{repository}/actions/runs/{}{attempt}", of.get("GITHUB_RUN_ID")),
        repository,
        ..NewOrigin::default()
    };
    if !request.is_empty() {
        // The variables name the commit that merges it for a try, or with pull_request_target the target's branch.
        origin.git_ref = format!("refs/pull/{request}/head");
        origin.commit = text("/pull_request/head/sha");
    } else if text("/head_commit/id") == origin.commit {
        origin.message = text("/head_commit/message");
        origin.committed_at = text("/head_commit/timestamp");
        origin.author = person(&text("/head_commit/author/name"), &text("/head_commit/author/email"));
    }
    let branches =
        [("source_branch", of.get("GITHUB_HEAD_REF")), ("target_branch", of.get("GITHUB_BASE_REF"))];
    note(&mut origin, branches);
    note(&mut origin, [("pull_request", request), ("workflow", of.get("GITHUB_WORKFLOW"))]);
    origin
}

/// docs.gitlab.com, “Predefined CI/CD variables reference”.
fn gitlab(of: &Variables<'_>) -> NewOrigin {
    let request = of.get("CI_MERGE_REQUEST_IID");
    let named = tag(&of.get("CI_COMMIT_TAG"))
        .or_else(|| (!request.is_empty()).then(|| format!("refs/merge-requests/{request}/head")))
        .or_else(|| branch(&of.get("CI_COMMIT_BRANCH")));
    let mut origin = NewOrigin {
        ci: "GitLab CI".to_owned(),
        repository: of.get("CI_PROJECT_URL"),
        // Set where the pipeline runs on a commit that merges it for a try.
        commit: of.first(["CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "CI_COMMIT_SHA"]),
        git_ref: named.unwrap_or_else(|| of.get("CI_COMMIT_REF_NAME")),
        event: of.get("CI_PIPELINE_SOURCE"),
        actor: of.person("GITLAB_USER_LOGIN", "GITLAB_USER_EMAIL"),
        run: of.get("CI_PIPELINE_ID"),
        run_link: of.get("CI_PIPELINE_URL"),
        ..NewOrigin::default()
    };
    if origin.commit == of.get("CI_COMMIT_SHA") {
        origin.author = of.get("CI_COMMIT_AUTHOR");
        origin.committed_at = of.get("CI_COMMIT_TIMESTAMP");
        origin.message = of.get("CI_COMMIT_MESSAGE");
    }
    let source = of.get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME");
    let target = of.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME");
    note(&mut origin, [("merge_request", request), ("source_branch", source), ("target_branch", target)]);
    origin
}

/// circleci.com/docs, “Built-in environment variables”. A branch with an open pull request is built as the branch; that
/// of a fork is called `pull/NUMBER`.
fn circleci(of: &Variables<'_>) -> NewOrigin {
    let built = of.get("CIRCLE_BRANCH");
    let fork = built.strip_prefix("pull/").map(|number| format!("refs/pull/{number}/head"));
    let mut origin = NewOrigin {
        ci: "CircleCI".to_owned(),
        repository: of.get("CIRCLE_REPOSITORY_URL"),
        commit: of.get("CIRCLE_SHA1"),
        git_ref: tag(&of.get("CIRCLE_TAG")).or(fork).or_else(|| branch(&built)).unwrap_or_default(),
        actor: of.get("CIRCLE_USERNAME"),
        run: of.first(["CIRCLE_WORKFLOW_ID", "CIRCLE_BUILD_NUM"]),
        run_link: of.get("CIRCLE_BUILD_URL"),
        ..NewOrigin::default()
    };
    let request = of.get("CIRCLE_PULL_REQUEST").rsplit('/').next().unwrap_or_default().to_owned();
    note(&mut origin, [("pull_request", request), ("job", of.get("CIRCLE_JOB"))]);
    origin
}

/// docs.aws.amazon.com/codebuild, “Environment variables in build environments”.
fn codebuild(of: &Variables<'_>) -> NewOrigin {
    let trigger = of.first(["CODEBUILD_WEBHOOK_TRIGGER", "CODEBUILD_SOURCE_VERSION"]);
    let request = trigger.strip_prefix("pr/").unwrap_or_default().to_owned();
    let named = if !request.is_empty() {
        Some(format!("refs/pull/{request}/head"))
    } else if let Some(name) = trigger.strip_prefix("tag/") {
        tag(name)
    } else if let Some(name) = trigger.strip_prefix("branch/") {
        branch(name)
    } else {
        Some(of.first(["CODEBUILD_WEBHOOK_HEAD_REF", "CODEBUILD_SOURCE_VERSION"]))
            .filter(|text| text.starts_with("refs/"))
    };
    // Of a webhook it names only the sender of that.
    let initiator = of.get("CODEBUILD_INITIATOR");
    let actor = if initiator.starts_with("GitHub-Hookshot") { String::new() } else { initiator };
    let mut origin = NewOrigin {
        ci: "AWS CodeBuild".to_owned(),
        repository: of.get("CODEBUILD_SOURCE_REPO_URL"),
        commit: of.get("CODEBUILD_RESOLVED_SOURCE_VERSION"),
        git_ref: named.unwrap_or_default(),
        event: of.get("CODEBUILD_WEBHOOK_EVENT"),
        actor,
        run: of.get("CODEBUILD_BUILD_ID"),
        run_link: of.first(["CODEBUILD_PUBLIC_BUILD_URL", "CODEBUILD_BUILD_URL"]),
        ..NewOrigin::default()
    };
    note(&mut origin, [("pull_request", request)]);
    origin
}

/// support.atlassian.com/bitbucket-cloud, “Variables and secrets”.
fn bitbucket(of: &Variables<'_>) -> NewOrigin {
    let request = of.get("BITBUCKET_PR_ID");
    let requested = (!request.is_empty()).then(|| format!("refs/pull-requests/{request}/from"));
    let repository = of.get("BITBUCKET_GIT_HTTP_ORIGIN");
    let number = of.get("BITBUCKET_BUILD_NUMBER");
    let address = super::web_address(&repository);
    let named = tag(&of.get("BITBUCKET_TAG")).or(requested).or_else(|| branch(&of.get("BITBUCKET_BRANCH")));
    let mut origin = NewOrigin {
        ci: "Bitbucket Pipelines".to_owned(),
        run_link: if address.is_empty() { address } else { format!("{address}/pipelines/results/{number}") },
        repository,
        commit: of.get("BITBUCKET_COMMIT"),
        git_ref: named.unwrap_or_default(),
        actor: of.get("BITBUCKET_STEP_TRIGGERER_UUID"),
        run: number,
        ..NewOrigin::default()
    };
    if !request.is_empty() {
        let target = of.get("BITBUCKET_PR_DESTINATION_BRANCH");
        note(&mut origin, [("source_branch", of.get("BITBUCKET_BRANCH")), ("target_branch", target)]);
    }
    note(&mut origin, [("pull_request", request)]);
    origin
}

/// buildkite.com/docs, “Environment variables”.
fn buildkite(of: &Variables<'_>) -> NewOrigin {
    let request =
        Some(of.get("BUILDKITE_PULL_REQUEST")).filter(|number| number != "false").unwrap_or_default();
    let requested = (!request.is_empty()).then(|| format!("refs/pull/{request}/head"));
    let named = tag(&of.get("BUILDKITE_TAG")).or(requested).or_else(|| branch(&of.get("BUILDKITE_BRANCH")));
    let mut origin = NewOrigin {
        ci: "Buildkite".to_owned(),
        repository: of.get("BUILDKITE_REPO"),
        // “HEAD” until the agent knows which that is.
        commit: Some(of.get("BUILDKITE_COMMIT"))
            .filter(|commit| super::is_commit(commit))
            .unwrap_or_default(),
        git_ref: named.unwrap_or_default(),
        message: of.get("BUILDKITE_MESSAGE"),
        author: of.person("BUILDKITE_BUILD_AUTHOR", "BUILDKITE_BUILD_AUTHOR_EMAIL"),
        actor: of.person("BUILDKITE_BUILD_CREATOR", "BUILDKITE_BUILD_CREATOR_EMAIL"),
        event: of.get("BUILDKITE_SOURCE"),
        run: of.get("BUILDKITE_BUILD_NUMBER"),
        run_link: of.get("BUILDKITE_BUILD_URL"),
        ..NewOrigin::default()
    };
    if !request.is_empty() {
        let target = of.get("BUILDKITE_PULL_REQUEST_BASE_BRANCH");
        note(&mut origin, [("source_branch", of.get("BUILDKITE_BRANCH")), ("target_branch", target)]);
    }
    note(&mut origin, [("pull_request", request), ("pipeline", of.get("BUILDKITE_PIPELINE_SLUG"))]);
    origin
}

/// learn.microsoft.com/azure/devops/pipelines, “Use predefined variables”.
fn azure(of: &Variables<'_>) -> NewOrigin {
    let request = of.first(["SYSTEM_PULLREQUEST_PULLREQUESTNUMBER", "SYSTEM_PULLREQUEST_PULLREQUESTID"]);
    let pulled = !request.is_empty();
    let (collection, project) = (of.get("SYSTEM_COLLECTIONURI"), of.get("SYSTEM_TEAMPROJECT"));
    let run = of.get("BUILD_BUILDID");
    let link = format!("{collection}{}/_build/results?buildId={run}", project.replace(' ', "%20"));
    let mut origin = NewOrigin {
        ci: "Azure Pipelines".to_owned(),
        repository: of.get("BUILD_REPOSITORY_URI"),
        commit: of.first(["SYSTEM_PULLREQUEST_SOURCECOMMITID", "BUILD_SOURCEVERSION"]),
        git_ref: if pulled { format!("refs/pull/{request}/head") } else { of.get("BUILD_SOURCEBRANCH") },
        event: of.get("BUILD_REASON"),
        actor: of.person("BUILD_REQUESTEDFOR", "BUILD_REQUESTEDFOREMAIL"),
        run_link: if collection.is_empty() { String::new() } else { link },
        run,
        ..NewOrigin::default()
    };
    if pulled {
        let short = |name: &str| of.get(name).trim_start_matches("refs/heads/").to_owned();
        let source = short("SYSTEM_PULLREQUEST_SOURCEBRANCH");
        note(
            &mut origin,
            [("source_branch", source), ("target_branch", short("SYSTEM_PULLREQUEST_TARGETBRANCH"))],
        );
    } else {
        origin.message = of.get("BUILD_SOURCEVERSIONMESSAGE");
    }
    note(&mut origin, [("pull_request", request)]);
    origin
}

/// “Building with environment variables” of a Jenkins, and the documentation of its Git and Build User Vars plugins.
/// `GIT_AUTHOR_*` are whom Jenkins itself commits as, so they are not read.
fn jenkins(of: &Variables<'_>) -> NewOrigin {
    let request = of.get("CHANGE_ID");
    let requested = (!request.is_empty()).then(|| format!("refs/pull/{request}/head"));
    let named = tag(&of.get("TAG_NAME")).or(requested).or_else(|| branch(&jenkins_branch(of)));
    let (job, number) = (of.get("JOB_NAME"), of.first(["BUILD_NUMBER", "BUILD_ID"]));
    let mut origin = NewOrigin {
        ci: "Jenkins".to_owned(),
        repository: of.first(["GIT_URL", "GIT_URL_1"]),
        commit: of.get("GIT_COMMIT"),
        git_ref: named.unwrap_or_default(),
        actor: of.person("BUILD_USER_ID", "BUILD_USER_EMAIL"),
        run: if job.is_empty() { number } else { format!("{job}#{number}") },
        run_link: of.get("BUILD_URL"),
        ..NewOrigin::default()
    };
    let branches = [("source_branch", of.get("CHANGE_BRANCH")), ("target_branch", of.get("CHANGE_TARGET"))];
    note(&mut origin, branches);
    note(&mut origin, [("pull_request", request)]);
    origin
}

/// A job with one branch knows it as the remote's: `origin/feature/x`; and what has none as `detached`.
fn jenkins_branch(of: &Variables<'_>) -> String {
    let own = of.first(["BRANCH_NAME", "GIT_LOCAL_BRANCH"]);
    if !own.is_empty() {
        return own;
    }
    let remote = of.get("GIT_BRANCH");
    let short =
        remote.strip_prefix("refs/heads/").or_else(|| remote.strip_prefix("origin/")).unwrap_or(&remote);
    if short == "detached" { String::new() } else { short.to_owned() }
}
