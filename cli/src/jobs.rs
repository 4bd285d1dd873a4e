//! The token that a CI makes for its job (OpenID Connect), and exchanging it for one of the server that pushes.
//!
//! No token is ever written anywhere.

use crate::failure::Failure;
use crate::origins::Environment;
use crate::output::say;
use crate::sources;
use serde::Deserialize;
use serde_json::json;
use std::process::{Command, Stdio};
use towpath_api::client::Client;
use towpath_api::publishers::JobToken;

/// How a CI offers the token of its job.
#[derive(PartialEq, Eq)]
pub enum Offer {
    /// By a variable, made for the audience that the pipeline's file names.
    Given(String),
    /// On request at an address (GitHub Actions).
    Address { url: String, bearer: String },
    /// By a command, to which the audience is added.
    Command { program: &'static str, arguments: Vec<&'static str>, audience: Audience },
}

/// How a command takes the audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    Plain,
    /// Among claims, in JSON.
    Json,
}

/// What the CI that runs this offers, if it is one that does and was told to.
pub fn offer(env: &dyn Environment) -> Option<Offer> {
    let variable = |name: &str| env.get(name).filter(|value| !value.trim().is_empty());
    if let Some(token) = variable("TOWPATH_ID_TOKEN") {
        return Some(Offer::Given(token.trim().to_owned()));
    }
    let github = variable("ACTIONS_ID_TOKEN_REQUEST_URL").zip(variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN"));
    if let Some((url, bearer)) = github {
        return Some(Offer::Address { url, bearer });
    }
    if variable("CIRCLECI").and(variable("CIRCLE_OIDC_TOKEN_V2")).is_some() {
        let arguments = vec!["run", "oidc", "get", "--claims"];
        return Some(Offer::Command { program: "circleci", arguments, audience: Audience::Json });
    }
    if variable("BUILDKITE").and(variable("BUILDKITE_AGENT_ACCESS_TOKEN")).is_some() {
        let arguments = vec!["oidc", "request-token", "--audience"];
        return Some(Offer::Command { program: "buildkite-agent", arguments, audience: Audience::Plain });
    }
    None
}

/// What a CI that could offer a token has to be told, where it does not.
pub fn advice(env: &dyn Environment) -> Option<&'static str> {
    let is = |name: &str| env.get(name).is_some_and(|value| !value.is_empty());
    if is("GITHUB_ACTIONS") {
        Some("For trusted publishing, give the job “permissions: id-token: write”.")
    } else if is("GITLAB_CI") {
        Some(
            "For trusted publishing, give the job “id_tokens: TOWPATH_ID_TOKEN: aud:” with the server's address.",
        )
    } else {
        None
    }
}

impl Offer {
    /// The job's token for an audience.
    async fn token(self, wanted: &str) -> Result<String, Failure> {
        match self {
            Self::Given(token) => Ok(token),
            Self::Address { url, bearer } => request(&url, &bearer, wanted).await,
            Self::Command { program, arguments, audience } => {
                let audience = match audience {
                    Audience::Plain => wanted.to_owned(),
                    Audience::Json => json!({"aud": wanted}).to_string(),
                };
                run(program, &arguments, &audience)
            }
        }
    }
}

/// docs.github.com, “OpenID Connect reference”, on requesting the token.
async fn request(url: &str, bearer: &str, audience: &str) -> Result<String, Failure> {
    #[derive(Deserialize)]
    struct Answer {
        value: String,
    }
    let failed = |why: String| Failure::NotTrusted(format!("GitHub made no token for this job: {why}"));
    let http = sources::http().build().map_err(|error| failed(error.to_string()))?;
    let mut url = reqwest::Url::parse(url).map_err(|error| failed(error.to_string()))?;
    url.query_pairs_mut().append_pair("audience", audience);
    let request = http.get(url).bearer_auth(bearer);
    // The address is not for the log of the job.
    let answer = request.send().await.map_err(|error| failed(error.without_url().to_string()))?;
    if !answer.status().is_success() {
        return Err(failed(format!("it answered with status {}", answer.status().as_u16())));
    }
    let answer: Answer = answer.json().await.map_err(|error| failed(error.without_url().to_string()))?;
    Ok(answer.value)
}

fn run(program: &str, arguments: &[&str], audience: &str) -> Result<String, Failure> {
    let failed = |why: &str| Failure::NotTrusted(format!("{program} made no token for this job: {why}"));
    let mut command = Command::new(program);
    command.args(arguments).arg(audience).stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output().map_err(|error| failed(&error.to_string()))?;
    let token = String::from_utf8(output.stdout).unwrap_or_default();
    match token.trim() {
        _ if !output.status.success() => Err(failed("it failed")),
        "" => Err(failed("it wrote none")),
        token => Ok(token.to_owned()),
    }
}

/// Shows the job's token to the server, and gives the secret by which it pushes into a project. The token is made for the
/// server alone: nobody who gets hold of it can show it elsewhere.
pub async fn exchange(server: &str, audience: &str, project: &str, offer: Offer) -> Result<String, Failure> {
    let token = offer.token(audience).await?;
    let client = Client::new(server, None)?;
    let issued = client.exchange(&JobToken { project: project.to_owned(), token }).await?;
    say(&format!("trusted as “{}”, until {}", issued.publisher, issued.expires_at.0));
    Ok(issued.secret)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn offered(variables: &[(&str, &str)]) -> Option<Offer> {
        let known: HashMap<String, String> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        offer(&|name: &str| known.get(name).cloned())
    }

    #[test]
    fn each_ci_offers_its_token_in_its_own_way() {
        let github = [("ACTIONS_ID_TOKEN_REQUEST_URL", "https://x"), ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "y")];
        let address = Offer::Address { url: "https://x".into(), bearer: "y".into() };
        assert!(offered(&github) == Some(address));
        assert!(offered(&github[..1]).is_none());
        assert!(
            offered(&[("GITLAB_CI", "true"), ("TOWPATH_ID_TOKEN", " t\n")]) == Some(Offer::Given("t".into()))
        );
        assert!(offered(&[("GITLAB_CI", "true"), ("TOWPATH_ID_TOKEN", "")]).is_none());
        let program = |variables: &[(&str, &str)]| match offered(variables) {
            Some(Offer::Command { program, audience, .. }) => Some((program, audience)),
            _ => None,
        };
        let circle = program(&[("CIRCLECI", "true"), ("CIRCLE_OIDC_TOKEN_V2", "t")]);
        assert_eq!(circle, Some(("circleci", Audience::Json)));
        let buildkite = program(&[("BUILDKITE", "true"), ("BUILDKITE_AGENT_ACCESS_TOKEN", "t")]);
        assert_eq!(buildkite, Some(("buildkite-agent", Audience::Plain)));
        assert!(offered(&[("CIRCLECI", "true")]).is_none());
    }

    #[test]
    fn a_command_that_makes_no_token_is_told_without_what_it_wrote() {
        assert_eq!(run("echo", &["a"], "b").expect("it writes"), "a b");
        let failed = run("sh", &["-c", "echo secret; exit 1"], "x").expect_err("it fails").to_string();
        assert_eq!(failed, "sh made no token for this job: it failed");
        assert!(run("true", &[], "x").is_err());
    }
}
