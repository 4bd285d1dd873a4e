//! The CI systems whose tokens are known here: who signs them, which claims tell whose job it is, which must never push,
//! and what a build may be told to come from by them.

use super::matching::{Danger, text};
use crate::builds::{Claim, Origin};
use crate::words::is_plain;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A CI system, or any other issuer of OpenID Connect tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum System {
    Github,
    Gitlab,
    Circleci,
    Buildkite,
    Other,
}

/// A claim that publishers of a system ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    pub claim: &'static str,
    pub label: &'static str,
    pub hint: &'static str,
    /// Without it, jobs of strangers would be trusted.
    pub needed: bool,
    /// Whether only one value counts, since a pattern could mean somebody else's.
    pub exact: bool,
    /// Whether it is taken over from a job that is to be trusted.
    pub taken: bool,
}

const fn needed(claim: &'static str, label: &'static str, hint: &'static str) -> Field {
    Field { claim, label, hint, needed: true, exact: false, taken: true }
}

const fn optional(claim: &'static str, label: &'static str, hint: &'static str) -> Field {
    Field { claim, label, hint, needed: false, exact: false, taken: false }
}

const fn exact(field: Field) -> Field {
    Field { exact: true, ..field }
}

const fn taken(field: Field) -> Field {
    Field { taken: true, ..field }
}

/// docs.github.com, “OpenID Connect reference”. Names pass to others when an account is renamed; the numbers do not.
const GITHUB: [Field; 7] = [
    exact(needed(
        "repository_owner_id",
        "Owner's number",
        "It stays with the organisation when its name goes to somebody else. “gh api users/acme --jq .id” tells it.",
    )),
    needed("repository", "Repository", "As acme/shop; acme/* for all of the owner."),
    exact(taken(optional(
        "repository_id",
        "Repository's number",
        "It stays when the repository is renamed.",
    ))),
    taken(optional("workflow_ref", "Workflow", "As acme/shop/.github/workflows/release.yml@*.")),
    optional("ref", "Git ref", "As refs/heads/main or refs/tags/v*."),
    optional("environment", "Environment", "The deployment environment of GitHub that the job names."),
    optional("event_name", "Event", "As push or workflow_dispatch."),
];

/// docs.gitlab.com, “OpenID Connect (OIDC) authentication using ID tokens”, on GitLab.com and self-managed.
const GITLAB: [Field; 7] = [
    exact(needed(
        "namespace_id",
        "Group's number",
        "It stays with the group or user when its name goes to somebody else. The group's page shows it.",
    )),
    needed("project_path", "Project", "As acme/shop; acme/* for all of the group."),
    exact(taken(optional("project_id", "Project's number", "It stays when the project is renamed."))),
    optional("ref_path", "Git ref", "As refs/heads/main or refs/tags/v*."),
    optional(
        "ref_protected",
        "Ref is protected",
        "Write true to take builds of protected branches and tags alone.",
    ),
    optional("environment", "Environment", "The environment that the job deploys to."),
    optional("ci_config_ref_uri", "Pipeline's file", "As gitlab.com/acme/shop//.gitlab-ci.yml@*."),
];

/// circleci.com/docs, “Using OpenID Connect tokens in jobs”. The issuer names the organisation.
const CIRCLECI: [Field; 4] = [
    exact(needed(
        "oidc.circleci.com/project-id",
        "Project's id",
        "The settings of the project show it, under Overview.",
    )),
    optional("oidc.circleci.com/vcs-ref", "Git ref", "As refs/heads/main."),
    taken(optional("oidc.circleci.com/vcs-origin", "Repository", "As github.com/acme/shop.")),
    optional("oidc.circleci.com/context-ids", "Context's id", "One of the contexts that the job uses."),
];

/// buildkite.com/docs, “OpenID Connect (OIDC)”. One issuer signs for all customers.
const BUILDKITE: [Field; 6] = [
    exact(needed(
        "organization_slug",
        "Organisation",
        "Its name in addresses. All customers share one issuer.",
    )),
    exact(optional(
        "organization_id",
        "Organisation's id",
        "Stays when it is renamed; the agent adds it with “--claim organization_id”.",
    )),
    needed("pipeline_slug", "Pipeline", "Its name in addresses."),
    optional("build_branch", "Branch", "As main."),
    optional("build_tag", "Git tag", "As v*."),
    optional("step_key", "Step", "The key of the step."),
];

const OTHER: [Field; 1] = [exact(needed("sub", "Subject", "Names the job, as its issuer defines it."))];

impl System {
    pub const ALL: [Self; 5] = [Self::Github, Self::Gitlab, Self::Circleci, Self::Buildkite, Self::Other];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Circleci => "circleci",
            Self::Buildkite => "buildkite",
            Self::Other => "other",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|system| system.name() == text)
    }

    /// As people know it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Github => "GitHub Actions",
            Self::Gitlab => "GitLab CI",
            Self::Circleci => "CircleCI",
            Self::Buildkite => "Buildkite",
            Self::Other => "another issuer",
        }
    }

    /// The issuer of its cloud, where all of its customers have the same.
    pub const fn issuer(self) -> Option<&'static str> {
        match self {
            Self::Github => Some("https://token.actions.githubusercontent.com"),
            Self::Gitlab => Some("https://gitlab.com"),
            Self::Buildkite => Some("https://agent.buildkite.com"),
            Self::Circleci | Self::Other => None,
        }
    }

    /// The system in whose cloud an issuer is. Enterprises may have one of their own at GitHub, below that of all.
    pub fn of_cloud(issuer: &str) -> Option<Self> {
        let of_all = |system: &Self| {
            let rest = system.issuer().and_then(|own| issuer.strip_prefix(own));
            rest.is_some_and(|rest| rest.is_empty() || (*system == Self::Github && rest.starts_with('/')))
        };
        let circleci = issuer.starts_with("https://oidc.circleci.com/org/").then_some(Self::Circleci);
        Self::ALL.into_iter().find(of_all).or(circleci)
    }

    /// The system whose jobs an issuer signs for, as far as its address tells.
    pub fn of_issuer(issuer: &str) -> Self {
        let enterprise = if issuer.ends_with(ENTERPRISE) { Self::Github } else { Self::Other };
        Self::of_cloud(issuer).unwrap_or(enterprise)
    }

    pub const fn fields(self) -> &'static [Field] {
        match self {
            Self::Github => &GITHUB,
            Self::Gitlab => &GITLAB,
            Self::Circleci => &CIRCLECI,
            Self::Buildkite => &BUILDKITE,
            Self::Other => &OTHER,
        }
    }

    /// Why a job must not push whatever a publisher trusts, if it must not. A job for a pull request builds what a
    /// stranger wrote; some are let near secrets all the same.
    pub fn danger(self, claims: &Map<String, Value>, pull_requests: bool) -> Option<Danger> {
        let said = |claim: &str| claims.get(claim).map(text).unwrap_or_default();
        let danger = |claim: &str, why: &str| {
            Some(Danger { claim: claim.to_owned(), value: said(claim), why: why.to_owned() })
        };
        let event = claims.get("event_name").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
        match self {
            Self::Github if event.is_empty() => {
                danger("event_name", "It has to be a text that tells what started the job")
            }
            // It runs with the repository's own rights on what a fork proposes, or after such a run.
            Self::Github if matches!(event.as_str(), "pull_request_target" | "workflow_run") => {
                danger("event_name", "Such a job can be made to run what a stranger wrote")
            }
            Self::Github if event.starts_with("pull_request") && !pull_requests => {
                danger("event_name", REQUEST)
            }
            Self::Gitlab if said("pipeline_source").ends_with("merge_request_event") && !pull_requests => {
                danger("pipeline_source", REQUEST)
            }
            Self::Gitlab if said("pipeline_source") == "external_pull_request_event" => {
                danger("pipeline_source", "The commit may be a fork's")
            }
            // Whoever may log in to the job by SSH does what they like in it.
            Self::Circleci if said("oidc.circleci.com/ssh-rerun") == "true" => {
                danger("oidc.circleci.com/ssh-rerun", "Someone can log in to such a job")
            }
            Self::Circleci if is_request(&said("oidc.circleci.com/vcs-ref")) && !pull_requests => {
                danger("oidc.circleci.com/vcs-ref", REQUEST)
            }
            // A fork's branch is called USER:BRANCH.
            Self::Buildkite if said("build_branch").contains(':') => {
                danger("build_branch", "It is a branch of a fork")
            }
            _ => None,
        }
    }

    /// What the claims of a job tell of the builds that it pushes, all of it vouched for by the issuer.
    pub fn origin(self, issuer: &str, claims: &Map<String, Value>) -> Origin {
        let said = |claim: &str| claims.get(claim).map(text).unwrap_or_default();
        let fits = |value: &String| (1..=LONGEST).contains(&value.len()) && is_plain(value);
        let known = |value: String| Some(value).filter(fits).map(|value| Claim { value, verified: true });
        let joined = |before: &str, claim: &str, after: &str| match said(claim) {
            none if none.is_empty() => None,
            value => known(format!("{before}{value}{after}")),
        };
        let ci = known(self.title().to_owned());
        match self {
            Self::Github => {
                // Of what lies at GitHub.com, GitHub alone can tell.
                let at = match Self::of_cloud(issuer) {
                    Some(Self::Github) => "https://github.com/".to_owned(),
                    _ => format!("{}/", host(issuer)),
                };
                let run = format!("/actions/runs/{}", said("run_id"));
                Origin {
                    commit: known(said("sha")),
                    repository: joined(&at, "repository", ""),
                    git_ref: known(said("ref")),
                    actor: known(said("actor")),
                    event: known(said("event_name")),
                    run: known(said("run_id")),
                    run_link: joined(&at, "repository", &run),
                    ci,
                    ..Origin::default()
                }
            }
            Self::Gitlab => {
                let at = format!("{issuer}/");
                let run = format!("/-/pipelines/{}", said("pipeline_id"));
                Origin {
                    commit: known(said("sha")),
                    repository: joined(&at, "project_path", ""),
                    git_ref: known(said("ref_path")),
                    actor: known(said("user_login")),
                    event: known(said("pipeline_source")),
                    run: known(said("pipeline_id")),
                    run_link: joined(&at, "project_path", &run),
                    ci,
                    ..Origin::default()
                }
            }
            Self::Circleci => Origin {
                repository: joined("https://", "oidc.circleci.com/vcs-origin", "")
                    .filter(|_| Self::of_cloud(issuer) == Some(self)),
                git_ref: known(said("oidc.circleci.com/vcs-ref")),
                run: known(said("oidc.circleci.com/workflow-id")),
                ci,
                ..Origin::default()
            },
            Self::Buildkite => {
                let tag = joined("refs/tags/", "build_tag", "");
                let pipeline =
                    format!("https://buildkite.com/{}/{}", said("organization_slug"), said("pipeline_slug"));
                Origin {
                    commit: known(said("build_commit")),
                    git_ref: tag.or_else(|| joined("refs/heads/", "build_branch", "")),
                    event: known(said("build_source")),
                    run: known(said("build_number")),
                    run_link: joined(&format!("{pipeline}/builds/"), "build_number", "")
                        .filter(|_| Self::of_cloud(issuer) == Some(self)),
                    ci,
                    ..Origin::default()
                }
            }
            Self::Other => Origin { ci: known(issuer.to_owned()), ..Origin::default() },
        }
    }
}

/// How the issuer of a GitHub Enterprise Server ends, after its host.
const ENTERPRISE: &str = "/_services/token";
/// The longest value of a claim that a build is told to come from, in bytes.
const LONGEST: usize = 512;

const REQUEST: &str =
    "Jobs for pull requests build what is not merged yet, and this publisher does not let them push";

/// An address without its path.
fn host(address: &str) -> &str {
    let (scheme, rest) = address.split_once("://").unwrap_or_default();
    let host = rest.split('/').next().unwrap_or_default();
    address.get(..scheme.len() + "://".len() + host.len()).unwrap_or(address)
}

fn is_request(git_ref: &str) -> bool {
    ["refs/pull/", "refs/merge-requests/", "pull/"].iter().any(|begin| git_ref.starts_with(begin))
}
