//! `doctor`: whether this machine reaches the server as it should, and what its credential can do.

use crate::args::{Common, Format};
use crate::config::{self, Config};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::jobs;
use crate::origins::{self, Git};
use crate::output::{Table, show};
use reqwest::header::{DATE, HeaderMap, WWW_AUTHENTICATE};
use reqwest::{RequestBuilder, Response, Url};
use serde::Serialize;
use serde_json::Value;
use std::env;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};
use towpath_api::client::Client;
use towpath_api::sessions::{Credential, Me};
use towpath_domain::times::Time;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// By how many seconds clocks may differ: by more, tokens of CI jobs are refused.
const APART: u64 = 60;
/// The version of the API that this command speaks.
const API: &str = "1";
/// So long before its end a token is worth a word.
const SOON_SECONDS: i64 = 7 * 24 * 3_600;

#[derive(Serialize)]
struct Finding {
    what: &'static str,
    verdict: Verdict,
    words: String,
    /// How the command ends by it.
    #[serde(skip)]
    exit: Exit,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Ok,
    /// It works, and something should be seen to.
    Odd,
    Wrong,
}

impl Verdict {
    fn words(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Odd => "odd",
            Self::Wrong => "wrong",
        }
    }
}

fn well(what: &'static str, words: impl Into<String>) -> Finding {
    Finding { what, verdict: Verdict::Ok, words: words.into(), exit: Exit::Success }
}

fn odd(what: &'static str, words: impl Into<String>) -> Finding {
    Finding { verdict: Verdict::Odd, ..well(what, words) }
}

fn wrong(what: &'static str, exit: Exit, words: impl Into<String>) -> Finding {
    Finding { verdict: Verdict::Wrong, exit, ..well(what, words) }
}

/// Looks at everything, shows it, and ends as the first thing says that is wrong.
pub async fn run(common: &Common, format: Format) -> Result<Exit, Failure> {
    let config = Config::load()?;
    let server = config.server(common)?;
    let mut findings = vec![file(&config::path()?), address(&server)];
    findings.extend(look(&server, config.credential(&server)).await?);
    findings.push(ci());
    show(format, &findings, |findings| table(findings))?;
    let first = findings.iter().find(|finding| finding.verdict == Verdict::Wrong);
    Ok(first.map_or(Exit::Success, |finding| finding.exit))
}

fn table(findings: &[Finding]) -> Table {
    let mut table = Table::new(&["what", "is", "why"]);
    for finding in findings {
        table.row([
            finding.what.to_owned(),
            finding.verdict.words().to_owned(),
            finding.words.replace('\n', " "),
        ]);
    }
    table
}

fn file(path: &Path) -> Finding {
    let shown = path.display();
    match path.metadata() {
        Err(_) => well("file", format!("{shown} is not there: nothing is kept on this machine")),
        Ok(found) if others_read(&found) => {
            odd("file", format!("{shown} can be read by others; chmod 600 it"))
        }
        Ok(_) => well("file", format!("{shown} is yours alone")),
    }
}

#[cfg(unix)]
fn others_read(found: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    found.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn others_read(_: &std::fs::Metadata) -> bool {
    false
}

fn address(server: &str) -> Finding {
    let url = Url::parse(server).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let local = host == "localhost" || host.starts_with("127.") || host == "[::1]";
    match url.as_ref().map(Url::scheme) {
        Some("http") if !local => {
            odd("address", format!("{server} is without TLS: what is sent can be read on its way"))
        }
        _ => well("address", server),
    }
}

/// What the server tells. Where it is not reached, the rest is left out.
async fn look(server: &str, credential: Option<String>) -> Result<Vec<Finding>, Failure> {
    let http = reqwest::Client::builder()
        .connect_timeout(PATIENCE)
        .timeout(PATIENCE)
        .user_agent(concat!("towpath/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|error| Failure::Usage(error.to_string()))?;
    let at = |path: &str| http.get(format!("{server}{path}"));
    let start = Instant::now();
    let answer = match at("/readyz").send().await {
        Ok(answer) => answer,
        Err(error) => return Ok(vec![wrong("server", Exit::TryAgain, innermost(&error))]),
    };
    let mut findings = vec![reached(&answer, start.elapsed())];
    findings.push(clock(answer.headers()));
    findings.push(version(at("/api/v1/openapi.json")).await);
    findings.push(signed_in(server, credential.clone()).await?);
    findings.push(door(server, at("/v2/")).await);
    if let Some(credential) = credential {
        findings.push(let_in(at("/v2/").basic_auth("towpath", Some(credential))).await);
    }
    Ok(findings)
}

/// The innermost cause says what happened: those around it, that a request failed.
fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    format!("cannot be reached: {cause}")
}

fn reached(answer: &Response, took: Duration) -> Finding {
    match answer.status().as_u16() {
        200 => well("server", format!("answers in {} ms, by {:?}", took.as_millis(), answer.version())),
        503 => wrong(
            "server",
            Exit::TryAgain,
            "runs, but is not ready: its log and `towpath-server doctor` tell why",
        ),
        301..=308 => {
            let to = answer.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default();
            wrong("server", Exit::Usage, format!("leads to {to}: name that address"))
        }
        status => {
            wrong("server", Exit::Failure, format!("is no Towpath: it answers /readyz with status {status}"))
        }
    }
}

/// By the header that the server, or the proxy before it, dates its answers with.
fn clock(headers: &HeaderMap) -> Finding {
    #[expect(clippy::disallowed_methods, reason = "what is asked for is this machine's clock")]
    let now = SystemTime::now();
    let dated = headers.get(DATE).and_then(|date| date.to_str().ok());
    let Some(dated) = dated.and_then(|date| httpdate::parse_http_date(date).ok()) else {
        return odd("clock", "the server does not date its answers, so it cannot be compared");
    };
    let apart = now.duration_since(dated).unwrap_or_else(|error| error.duration()).as_secs();
    if apart > APART {
        let words =
            format!("differs from the server's by {apart} s: jobs of a CI are refused; let both follow NTP");
        return wrong("clock", Exit::Failure, words);
    }
    well("clock", format!("differs from the server's by {apart} s"))
}

/// By the description of the API. Which program serves it is nobody's business.
async fn version(asked: RequestBuilder) -> Finding {
    let description: Option<Value> = match asked.send().await {
        Ok(answer) => answer.json().await.ok(),
        Err(_) => None,
    };
    match description.as_ref().and_then(|description| description.pointer("/info/version")?.as_str()) {
        Some(API) => well("api", format!("version {API}, as this command speaks it")),
        Some(other) => {
            let words = format!(
                "version {other}; this command speaks {API}: take the one that belongs to the server"
            );
            wrong("api", Exit::Failure, words)
        }
        None => wrong("api", Exit::Failure, "there is no description of it at /api/v1/openapi.json"),
    }
}

async fn signed_in(server: &str, credential: Option<String>) -> Result<Finding, Failure> {
    let Some(credential) = credential else {
        let env = |name: &str| env::var(name).ok();
        return Ok(if jobs::offer(&env).is_some() {
            well("credential", "none; this job has a token of its CI, by which `push` signs in")
        } else {
            wrong("credential", Exit::NotSignedIn, Failure::NotSignedIn(server.to_owned()).to_string())
        });
    };
    Ok(match Client::new(server, Some(credential))?.me().await {
        Ok(me) => known(&me),
        Err(error) => {
            let failure = Failure::Server(error);
            wrong("credential", failure.exit(), failure.to_string())
        }
    })
}

fn known(me: &Me) -> Finding {
    let rights = if let (Credential::Token, Some(actions)) = (me.credential, &me.actions) {
        format!("a token of {}, for {}", me.person.name, actions.join(", "))
    } else {
        let roles: Vec<String> =
            me.grants.iter().map(|grant| format!("{} in {}", grant.role, grant.words)).collect();
        let roles = if roles.is_empty() { "without a role".to_owned() } else { roles.join(", ") };
        format!("{}, {roles}", me.person.name)
    };
    let words = format!("{rights}; until {}", me.expires_at.0.to_words());
    if me.grants.is_empty() {
        return odd("credential", format!("{words}. Ask an admin for a role"));
    }
    if ends_soon(me.expires_at.0) && me.credential == Credential::Token {
        return odd("credential", format!("{words}. Make a new one before"));
    }
    well("credential", words)
}

fn ends_soon(end: Time) -> bool {
    #[expect(clippy::disallowed_methods, reason = "an end is near to this machine's clock")]
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let left = end.micros() / 1_000_000 - i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    (0..SOON_SECONDS).contains(&left)
}

/// Where clients are sent to sign in: the address by which the server calls itself.
async fn door(server: &str, asked: RequestBuilder) -> Finding {
    let Ok(answer) = asked.send().await else {
        return wrong("registry", Exit::TryAgain, "does not answer at /v2/");
    };
    let challenge = answer.headers().get(WWW_AUTHENTICATE).and_then(|value| value.to_str().ok());
    let realm = challenge.and_then(|text| text.split_once("realm=\"")?.1.split('"').next());
    let Some(realm) = realm.and_then(|realm| Url::parse(realm).ok()) else {
        return wrong("registry", Exit::Failure, "does not say at /v2/ where to sign in");
    };
    let named = realm.origin().ascii_serialization();
    let same = Url::parse(server).is_ok_and(|url| url.origin() == realm.origin());
    if same {
        return well("registry", "sends clients to this address to sign in");
    }
    odd(
        "registry",
        format!(
            "sends clients to {named} to sign in, not to {server}: use that, or set the server's public_url"
        ),
    )
}

async fn let_in(asked: RequestBuilder) -> Finding {
    match asked.send().await.map(|answer| answer.status().as_u16()) {
        Ok(200) => well("registry", "lets this credential in"),
        Ok(status) => {
            wrong("registry", Exit::Forbidden, format!("does not let this credential in (status {status})"))
        }
        Err(error) => wrong("registry", Exit::TryAgain, innermost(&error)),
    }
}

/// What `push` would say of where it runs.
fn ci() -> Finding {
    let env = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let origin = origins::detect(&env, None, &Git::read);
    match (origin.ci.as_str(), jobs::offer(&env).is_some(), jobs::advice(&env)) {
        ("", ..) => well("ci", "none: `push` asks git what is built"),
        (ci, true, _) => well("ci", format!("{ci}, with a token of the job")),
        (ci, false, Some(advice)) => odd("ci", format!("{ci}, without a token of the job. {advice}")),
        (ci, false, None) => well("ci", ci),
    }
}
