//! The configuration: a TOML file, over which stand `TOWPATH_…` environment variables.
//!
//! Every key is one row of [`keys::KEYS`]; the file, the environment, what `config` prints and the user's guide
//! all come from that table.

mod bucket;
mod keys;
mod providers;
mod public_url;

pub use keys::{KEYS, Key};
pub use public_url::PublicUrl;

use providers::Providers;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use towpath_domain::confirmations::{Decisions, Freshness};
use towpath_domain::proposals::Demanded;
use towpath_domain::words::is_plain;
use towpath_service::installation::Bucket;
use towpath_service::providers::{Allowed, SignIn};

/// Where an installation listens, keeps its things and is reached, checked once at the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `sqlite:PATH` or `postgres://…`; may hold a password.
    pub database_url: String,
    pub data: PathBuf,
    /// Where image content lies, if not in the data folder.
    pub bucket: Option<Bucket>,
    /// The folder of the keys that sign the audit log.
    pub audit_keys: PathBuf,
    /// The file of the key that seals secrets in the database.
    pub secret_key: PathBuf,
    /// A file to which its checkpoints are appended.
    pub audit_file: Option<PathBuf>,
    pub listen: SocketAddr,
    /// Where metrics are read, if anywhere.
    pub metrics_listen: Option<SocketAddr>,
    pub public_url: PublicUrl,
    /// How many proxies stand in front and append to `X-Forwarded-For`.
    pub proxies: usize,
    pub log_format: LogFormat,
    /// Directives of `tracing_subscriber::EnvFilter`.
    pub log_level: String,
    /// How long requests under way may take to finish at shutdown.
    pub shutdown: Duration,
    pub session_idle: Duration,
    pub session_absolute: Duration,
    /// The address at which holes in this installation are to be reported, if one is.
    pub security_contact: Option<String>,
    /// Where the site is read from, unless it is embedded.
    pub site: PathBuf,
    pub sign_in: SignIn,
    /// What takes a second person, where it touches production.
    pub second_person: Demanded,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Text on a terminal, JSON otherwise.
    Auto,
    Text,
    Json,
}

/// Why the server does not start.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("{file} cannot be read: {reason}")]
    File { file: String, reason: String },
    #[error("{0} is unknown.{1}")]
    Unknown(String, Suggestion),
    #[error("{source_name} is “{value}”, but it must be {expected}.")]
    Value { source_name: String, value: String, expected: &'static str },
    #[error("{0} is missing.")]
    Missing(String),
    #[error("{0} and {1} are both given; leave one out.")]
    Twice(&'static str, &'static str),
}

/// The known name that is nearest to an unknown one, if any is near.
#[derive(Debug, PartialEq, Eq)]
pub struct Suggestion(Option<String>);

impl std::fmt::Display for Suggestion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.as_ref().map_or(Ok(()), |name| write!(f, " Did you mean {name}?"))
    }
}

/// The text given for each key, with where it came from; a key that nobody set has its default. Beside them stand the
/// tables of providers, which are of the file alone.
#[derive(Debug)]
pub struct Given {
    values: Values,
    providers: Providers,
}

impl Given {
    /// Reads the file, if there is one, and the environment, which wins.
    pub fn read(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let (mut values, mut providers) = (Values::new(), Providers::default());
        if let Some(file) = file {
            read_file(file, &mut values, &mut providers)?;
        }
        read_environment(environment, &mut values)?;
        Ok(Self { values, providers })
    }

    fn get(&self, key: &'static str) -> (&str, &str) {
        match self.values.get(key) {
            Some((value, from)) => (value, from),
            None => (keys::default_of(key), "default"),
        }
    }

    fn parse<T>(
        &self,
        key: &'static str,
        expected: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, ConfigError> {
        let (value, from) = self.get(key);
        parse(value).ok_or_else(|| ConfigError::Value {
            source_name: if from == "default" { key.to_owned() } else { format!("{key} ({from})") },
            value: keys::masked(key, value),
            expected,
        })
    }

    /// Checks every value.
    pub fn check(&self) -> Result<Config, ConfigError> {
        let data = PathBuf::from(self.get("data").0);
        Ok(Config {
            database_url: self
                .parse("database_url", "sqlite:PATH or postgres://…", |url| database(url, &data))?,
            bucket: bucket::check(self)?,
            listen: self
                .parse("listen", "an address and a port, such as 127.0.0.1:3000", |text| text.parse().ok())?,
            metrics_listen: self.parse(
                "metrics_listen",
                "an address and a port, such as 127.0.0.1:9100, or nothing",
                |text| if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) },
            )?,
            public_url: self.parse(
                "public_url",
                "http:// or https:// and a host, with a port if need be and no path",
                PublicUrl::parse,
            )?,
            proxies: self.parse("proxies", "a number from 0 to 9", |text| number(text, 0..=9))?,
            log_format: self.parse("log_format", "auto, text or json", |text| match text {
                "auto" => Some(LogFormat::Auto),
                "text" => Some(LogFormat::Text),
                "json" => Some(LogFormat::Json),
                _ => None,
            })?,
            log_level: self.parse(
                "log_level",
                "a level such as info, or filters such as info,sqlx=warn",
                |text| tracing_subscriber::EnvFilter::try_new(text).ok().map(|_| text.to_owned()),
            )?,
            shutdown: self.parse("shutdown_seconds", "a number of seconds up to 3600", |text| {
                number(text, 0..=3_600).map(Duration::from_secs)
            })?,
            session_idle: self.parse("session_idle_hours", HOURS, hours)?,
            session_absolute: self.parse("session_absolute_hours", HOURS, hours)?,
            audit_keys: match self.get("audit_keys").0 {
                keys::AUDIT_KEYS => data.join("audit"),
                folder => PathBuf::from(folder),
            },
            secret_key: match self.get("secret_key").0 {
                keys::SECRET_KEY => data.join("secret.key"),
                file => PathBuf::from(file),
            },
            audit_file: Some(self.get("audit_file").0).filter(|path| !path.is_empty()).map(PathBuf::from),
            security_contact: self.parse(
                "security_contact",
                "an address such as https://example.org/security or mailto:security@example.org, or nothing",
                |text| if text.is_empty() { Some(None) } else { contact(text).map(Some) },
            )?,
            site: PathBuf::from(self.get("site").0),
            sign_in: self.sign_in()?,
            second_person: self.parse(
                "second_person",
                "nothing, or gates and holds with a space between",
                Demanded::parse,
            )?,
            data,
        })
    }

    fn sign_in(&self) -> Result<SignIn, ConfigError> {
        let outgoing = self.parse(
            "outgoing_allow",
            "hosts with spaces between, each a name or an address without port and path",
            |text| Allowed::parse(text).ok(),
        )?;
        let providers = self.providers.check(&outgoing)?;
        let none = providers.is_empty();
        let expected = if none { "true, since no provider is configured" } else { "true or false" };
        Ok(SignIn {
            providers,
            passwords: self.parse("local_sign_in", expected, |text| match text {
                "true" => Some(true),
                "false" if !none => Some(false),
                _ => None,
            })?,
            contact: self.parse("contact", "one line of up to 200 characters", |text| {
                (text.chars().count() <= 200 && is_plain(text)).then(|| text.to_owned())
            })?,
            outgoing,
            token_lapse: self
                .parse("token_lapse_days", "a number of days up to 3650, or 0 for never", |text| {
                    number::<i64>(text, 0..=3_650)
                })
                .map(|days| (days > 0).then_some(days * 86_400))?,
            freshness: Freshness {
                minutes: self
                    .parse(
                        "fresh_sign_in_minutes",
                        "a number of minutes up to 1440, or 0 for never",
                        |text| number::<i64>(text, 0..=1_440),
                    )
                    .map(|minutes| (minutes > 0).then_some(minutes))?,
                decisions: self.parse(
                    "fresh_sign_in_approvals",
                    "none, production or all",
                    Decisions::parse,
                )?,
            },
            attempts_kept: self
                .parse("refused_attempts_days", "a number of days from 1 to 365", |text| {
                    number::<i64>(text, 1..=365)
                })
                .map(|days| days * 86_400)?,
        })
    }

    /// Every key with the value in force, as a file that says the same; secrets are masked.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for key in KEYS {
            let (value, from) = self.get(key.name);
            let value = toml::Value::String(keys::masked(key.name, value));
            // Writing to a string does not fail.
            _ = writeln!(text, "{} = {value}  # {from}", key.name);
        }
        text + &self.providers.to_text()
    }
}

const HOURS: &str = "a number of hours from 1 to 8760";

fn hours(text: &str) -> Option<Duration> {
    number::<u64>(text, 1..=8_760).map(|hours| Duration::from_secs(hours * 3_600))
}

fn number<T: std::str::FromStr + PartialOrd>(text: &str, within: std::ops::RangeInclusive<T>) -> Option<T> {
    text.parse().ok().filter(|number| within.contains(number))
}

/// One URI that a mail program or a browser opens (RFC 9116 §2.5.3).
fn contact(text: &str) -> Option<String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("mailto:"))?;
    let plain = text.len() <= 200 && text.bytes().all(|byte| byte.is_ascii_graphic());
    (plain && !rest.is_empty()).then(|| text.to_owned())
}

fn database(url: &str, data: &Path) -> Option<String> {
    match url {
        keys::DATABASE => Some(format!("sqlite:{}", data.join("towpath.db").display())),
        url if ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) => {
            Some(url.to_owned())
        }
        _ => None,
    }
}

/// The keys that a file may also give as `true` or `false` without quotes.
const SWITCHES: [&str; 3] = ["local_sign_in", "s3_path_style", "s3_redirect"];

type Values = BTreeMap<&'static str, (String, String)>;

fn read_file(file: &Path, given: &mut Values, providers: &mut Providers) -> Result<(), ConfigError> {
    let name = file.display().to_string();
    let failed = |reason: String| ConfigError::File { file: name.clone(), reason };
    let text = std::fs::read_to_string(file).map_err(|error| failed(error.to_string()))?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| failed(error.to_string()))?;
    for (key, value) in table {
        if key == providers::NAME {
            *providers = Providers::read(value, &name)?;
            continue;
        }
        let known = KEYS.iter().find(|known| known.name == key);
        let known = known.ok_or_else(|| {
            let nearest = nearest(&key, KEYS.iter().map(|known| known.name.to_owned()));
            ConfigError::Unknown(format!("The key {key} in {name}"), nearest)
        })?;
        let value = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(switch) if SWITCHES.contains(&known.name) => switch.to_string(),
            other => {
                return Err(ConfigError::Value {
                    source_name: format!("{key} ({name})"),
                    value: other.to_string(),
                    expected: "a text or a number",
                });
            }
        };
        given.insert(known.name, (value, name.clone()));
    }
    Ok(())
}

/// Variables of this prefix that belong to others: the command line, the tests, and the choice of the file.
const FOREIGN: [&str; 5] =
    ["TOWPATH_CONFIG", "TOWPATH_REQUIRE_POSTGRES", "TOWPATH_REQUIRE_S3", "TOWPATH_SERVER", "TOWPATH_TOKEN"];

fn read_environment(
    environment: impl IntoIterator<Item = (String, String)>,
    given: &mut Values,
) -> Result<(), ConfigError> {
    for (name, value) in environment {
        let foreign = FOREIGN.contains(&name.as_str()) || name.starts_with("TOWPATH_TEST_");
        if foreign || !name.starts_with("TOWPATH_") {
            continue;
        }
        let known = KEYS.iter().find(|key| key.variable() == name);
        let known = known.ok_or_else(|| {
            let nearest = nearest(&name, KEYS.iter().map(Key::variable));
            ConfigError::Unknown(format!("The environment variable {name}"), nearest)
        })?;
        given.insert(known.name, (value, name));
    }
    Ok(())
}

/// How alike two names must be, from 0 to 1, for one to be suggested for the other.
const ALIKE: f64 = 0.6;

fn nearest(name: &str, known: impl Iterator<Item = String>) -> Suggestion {
    let likeness = |known: String| (strsim::normalized_damerau_levenshtein(name, &known), known);
    let best = known.map(likeness).max_by(|one, other| one.0.total_cmp(&other.0));
    Suggestion(best.filter(|(alike, _)| *alike >= ALIKE).map(|(_, known)| known))
}

#[cfg(test)]
mod tests;
