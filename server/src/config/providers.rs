//! The tables `[[providers]]` of the configuration's file.

use super::keys::PROVIDER_KEYS;
use super::{ConfigError, nearest};
use http::Uri;
use std::fmt::Write as _;
use toml::{Table, Value};
use towpath_domain::providers::GroupRole;
use towpath_domain::slugs::Slug;
use towpath_service::providers::{Allowed, ClaimNames, Settings};

/// What the tables are called.
pub const NAME: &str = "providers";

const GROUP_KEYS: [&str; 3] = ["group", "role", "place"];
const SLUG: &str = "a slug: lowercase letters, digits and single hyphens, such as okta";
const TEXT: &str = "a text";
const TEXTS: &str = "a list of texts";

/// The tables as they stand in a file.
#[derive(Debug, Default)]
pub struct Providers {
    file: String,
    tables: Vec<Table>,
}

impl Providers {
    pub fn read(value: Value, file: &str) -> Result<Self, ConfigError> {
        let file = file.to_owned();
        let wrong = || ConfigError::Value {
            source_name: format!("{NAME} ({file})"),
            value: "…".to_owned(),
            expected: "a list of tables, each under [[providers]]",
        };
        let Value::Array(values) = value else { return Err(wrong()) };
        let tables = values.into_iter().map(|value| match value {
            Value::Table(table) => Ok(table),
            _ => Err(wrong()),
        });
        let tables = tables.collect::<Result<_, _>>()?;
        Ok(Self { file, tables })
    }

    /// Checks every table, and reads the secrets that lie in files.
    pub fn check(&self, outgoing: &Allowed) -> Result<Vec<Settings>, ConfigError> {
        let mut all: Vec<Settings> = Vec::new();
        for (number, table) in (1..).zip(&self.tables) {
            let named = table.get("slug").and_then(Value::as_str).and_then(|slug| Slug::parse(slug).ok());
            let name = named.map_or_else(|| number.to_string(), String::from);
            let table = Checked { table, path: format!("{NAME}.{name}"), file: &self.file };
            let settings = table.settings()?;
            if !outgoing.encrypts(&settings.issuer) {
                return Err(
                    table.wrong("issuer", "https://, unless outgoing_allow names its host with http://")
                );
            }
            if all.iter().any(|other| other.slug == settings.slug) {
                return Err(table.wrong("slug", "the name of one provider only"));
            }
            if all.iter().any(|other| other.issuer == settings.issuer) {
                return Err(table.wrong("issuer", "the address of one provider only"));
            }
            all.push(settings);
        }
        Ok(all)
    }

    /// The tables as a file that says the same, without secrets.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for table in &self.tables {
            let mut shown = table.clone();
            if let Some(secret) = shown.get_mut("client_secret") {
                *secret = Value::from("***");
            }
            let lines =
                toml::to_string(&Table::from_iter([(NAME.to_owned(), Value::Array(vec![shown.into()]))]));
            // Writing to a string does not fail, and what was read can be written.
            _ = write!(text, "\n# {}\n{}", self.file, lines.unwrap_or_default());
        }
        text
    }
}

/// A table, with the name by which mistakes in it are told.
struct Checked<'a> {
    table: &'a Table,
    path: String,
    file: &'a str,
}

impl Checked<'_> {
    fn settings(&self) -> Result<Settings, ConfigError> {
        self.check_names(&PROVIDER_KEYS.iter().map(|key| key.name).collect::<Vec<_>>())?;
        let slug = self.needed("slug", SLUG, |text| Slug::parse(text).ok())?;
        if self.table.get("issuer").and_then(Value::as_str).is_some_and(|text| text.contains("/.well-known/"))
        {
            return Err(self.wrong("issuer", "the issuer itself, without /.well-known/ and what follows"));
        }
        let claims = ClaimNames::default();
        Ok(Settings {
            issuer: self.needed(
                "issuer",
                "https:// and the provider's address, without query and fragment",
                |text| is_issuer(text).then(|| text.to_owned()),
            )?,
            client_id: self.needed("client_id", "a text that is not empty", some)?,
            client_secret: self.secret()?,
            text: self.text("text", TEXT, some)?.unwrap_or_else(|| format!("Sign in with {slug}")),
            scopes: self.scopes()?,
            claims: ClaimNames {
                name: self.text("name_claim", TEXT, some)?.unwrap_or(claims.name),
                email: self.text("email_claim", TEXT, some)?.unwrap_or(claims.email),
                groups: self.text("groups_claim", TEXT, some)?.unwrap_or(claims.groups),
            },
            auth_time: self.switch("auth_time", true)?,
            email_domains: self.email_domains()?,
            default_role: self.text("default_role", SLUG, |text| Slug::parse(text).ok())?,
            groups: self.groups()?,
            slug,
        })
    }

    fn check_names(&self, known: &[&str]) -> Result<(), ConfigError> {
        let unknown = self.table.keys().find(|key| !known.contains(&key.as_str()));
        let Some(unknown) = unknown else { return Ok(()) };
        let nearest = nearest(unknown, known.iter().map(|name| (*name).to_owned()));
        Err(ConfigError::Unknown(format!("The key {}.{unknown} in {}", self.path, self.file), nearest))
    }

    /// A value that is not as it must be; secrets are not repeated.
    fn wrong(&self, key: &str, expected: &'static str) -> ConfigError {
        let value = self.table.get(key).filter(|_| key != "client_secret");
        let value = value.map_or_else(
            || "***".to_owned(),
            |value| value.as_str().map_or_else(|| value.to_string(), str::to_owned),
        );
        ConfigError::Value { source_name: format!("{}.{key} ({})", self.path, self.file), value, expected }
    }

    fn text<T>(
        &self,
        key: &str,
        expected: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        let Some(value) = self.table.get(key) else { return Ok(None) };
        let parsed = value.as_str().and_then(parse);
        parsed.map(Some).ok_or_else(|| self.wrong(key, expected))
    }

    fn needed<T>(
        &self,
        key: &str,
        expected: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, ConfigError> {
        let missing = || ConfigError::Missing(format!("{}.{key} ({})", self.path, self.file));
        self.text(key, expected, parse)?.ok_or_else(missing)
    }

    fn switch(&self, key: &str, default: bool) -> Result<bool, ConfigError> {
        let Some(value) = self.table.get(key) else { return Ok(default) };
        value.as_bool().ok_or_else(|| self.wrong(key, "true or false"))
    }

    fn texts(&self, key: &str) -> Result<Vec<String>, ConfigError> {
        let Some(value) = self.table.get(key) else { return Ok(Vec::new()) };
        let texts = value.as_array().map(|list| list.iter().map(|text| text.as_str().and_then(some)));
        let texts = texts.and_then(Iterator::collect::<Option<Vec<_>>>);
        texts.ok_or_else(|| self.wrong(key, TEXTS))
    }

    fn email_domains(&self) -> Result<Vec<String>, ConfigError> {
        let domains = self.texts("email_domains")?;
        // It would be compared letter by letter, and let nobody in.
        if domains.iter().any(|domain| domain.contains(['@', '*', '/', ' '])) {
            return Err(self.wrong("email_domains", "a list of domains such as example.org, without @ and *"));
        }
        Ok(domains.into_iter().map(|domain| domain.to_lowercase()).collect())
    }

    fn scopes(&self) -> Result<Vec<String>, ConfigError> {
        let scopes = self.texts("scopes")?;
        if scopes.is_empty() {
            return Ok(["openid", "profile", "email"].map(str::to_owned).into());
        }
        // RFC 6749 §3.3.
        let fits =
            |scope: &String| scope.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(&byte));
        let asks = scopes.iter().any(|scope| scope == "openid");
        if asks && scopes.iter().all(fits) {
            Ok(scopes)
        } else {
            Err(self.wrong("scopes", "a list of scopes without spaces, with openid among them"))
        }
    }

    fn secret(&self) -> Result<Option<String>, ConfigError> {
        let secret = self.text("client_secret", "a text that is not empty", some)?;
        let Some(file) = self.text("client_secret_file", "the path of a file", some)? else {
            return Ok(secret);
        };
        if secret.is_some() {
            return Err(self.wrong("client_secret_file", "left out beside client_secret"));
        }
        let text = std::fs::read_to_string(&file).map_err(|error| ConfigError::File {
            file: format!("{}.client_secret_file ({}) names “{file}”, which", self.path, self.file),
            reason: error.to_string(),
        })?;
        some(text.trim())
            .map(Some)
            .ok_or_else(|| self.wrong("client_secret_file", "a file that is not empty"))
    }

    fn groups(&self) -> Result<Vec<GroupRole>, ConfigError> {
        let expected = "a list of tables, each under [[providers.groups]]";
        let Some(value) = self.table.get("groups") else { return Ok(Vec::new()) };
        let tables = value.as_array().ok_or_else(|| self.wrong("groups", expected))?;
        let group = |(number, value): (usize, &Value)| {
            let table = value.as_table().ok_or_else(|| self.wrong("groups", expected))?;
            let table = Checked { table, path: format!("{}.groups.{number}", self.path), file: self.file };
            table.check_names(&GROUP_KEYS)?;
            Ok(GroupRole {
                group: table.needed("group", "a text that is not empty", some)?,
                role: table.needed("role", SLUG, |text| Slug::parse(text).ok())?,
                place: table.needed(
                    "place",
                    "installation, project:SLUG, environment:PROJECT/SLUG or stream:SLUG",
                    |text| is_place(text).then(|| text.to_owned()),
                )?,
            })
        };
        (1..).zip(tables).map(group).collect()
    }
}

fn some(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}

/// OpenID Connect Core 1.0 §2: an address without query and fragment. Whether it may be unencrypted, `outgoing_allow`
/// decides.
fn is_issuer(text: &str) -> bool {
    let Ok(uri) = text.parse::<Uri>() else { return false };
    matches!(uri.scheme_str(), Some("https" | "http"))
        && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'))
        && !text.contains(['?', '#'])
}

fn is_place(text: &str) -> bool {
    let slug = |text: &str| Slug::parse(text).is_ok();
    match text.split_once(':') {
        None => text == "installation",
        Some(("project" | "stream", name)) => slug(name),
        Some(("environment", name)) => {
            name.split_once('/').is_some_and(|(project, environment)| slug(project) && slug(environment))
        }
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
        [[providers]]
        slug = "okta"
        issuer = "https://example.okta.com"
        client_id = "0oa1"
        client_secret = "hunter2"
        scopes = ["openid", "groups"]
        groups_claim = "roles"
        email_domains = ["Example.org"]
        default_role = "viewer"
        auth_time = false
        [[providers.groups]]
        group = "ops"
        role = "admin"
        place = "environment:shop/qa"
        [[providers]]
        slug = "google"
        issuer = "https://accounts.google.com"
        client_id = "g"
        text = "Google"
    "#;

    fn read(text: &str) -> Result<Providers, ConfigError> {
        let mut table: Table = text.parse().unwrap();
        Providers::read(table.remove(NAME).unwrap(), "FILE")
    }

    fn refusal(change: (&str, &str)) -> String {
        assert!(WHOLE.contains(change.0), "{change:?}");
        read(&WHOLE.replacen(change.0, change.1, 1))
            .and_then(|given| given.check(&Allowed::default()))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_table_says_all_about_a_provider() {
        let all = read(WHOLE).unwrap().check(&Allowed::default()).unwrap();
        let [okta, google] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!(okta.client_secret.as_deref(), Some("hunter2"));
        assert_eq!((okta.text.as_str(), google.text.as_str()), ("Sign in with okta", "Google"));
        assert_eq!((okta.claims.groups.as_str(), google.claims.groups.as_str()), ("roles", "groups"));
        assert_eq!(okta.email_domains, ["example.org"]);
        assert_eq!((okta.auth_time, google.auth_time), (false, true));
        assert_eq!(okta.groups[0].place, "environment:shop/qa");
        assert_eq!(google.scopes, ["openid", "profile", "email"]);
        assert!(!format!("{okta:?}").contains("hunter2"));
    }

    #[test]
    fn mistakes_are_told_with_key_and_rule() {
        let told = [
            ("client_id = \"0oa1\"", ""),
            ("issuer = \"https", "isuer = \"https"),
            ("https://example.okta.com", "example.okta.com"),
            ("slug = \"okta\"", "slug = \"Okta\""),
            ("slug = \"google\"", "slug = \"okta\""),
            ("https://accounts.google.com", "https://example.okta.com"),
            ("\"openid\", ", ""),
            ("\"hunter2\"", "2"),
            ("environment:shop/qa", "environment:shop"),
            ("role = \"admin\"", "roles = \"admin\""),
            ("client_secret =", "client_secret_file ="),
            ("https://example.okta.com", "https://example.okta.com/.well-known/openid-configuration"),
            ("https://example.okta.com", "http://example.okta.com"),
            ("Example.org", "@example.org"),
            ("Example.org", "*.example.org"),
            ("auth_time = false", "auth_time = 'no'"),
        ];
        insta::assert_snapshot!(told.map(refusal).join("\n"), @r#"
        providers.okta.client_id (FILE) is missing.
        The key providers.okta.isuer in FILE is unknown. Did you mean issuer?
        providers.okta.issuer (FILE) is “example.okta.com”, but it must be https:// and the provider's address, without query and fragment.
        providers.1.slug (FILE) is “Okta”, but it must be a slug: lowercase letters, digits and single hyphens, such as okta.
        providers.okta.slug (FILE) is “okta”, but it must be the name of one provider only.
        providers.google.issuer (FILE) is “https://example.okta.com”, but it must be the address of one provider only.
        providers.okta.scopes (FILE) is “["groups"]”, but it must be a list of scopes without spaces, with openid among them.
        providers.okta.client_secret (FILE) is “***”, but it must be a text that is not empty.
        providers.okta.groups.1.place (FILE) is “environment:shop”, but it must be installation, project:SLUG, environment:PROJECT/SLUG or stream:SLUG.
        The key providers.okta.groups.1.roles in FILE is unknown. Did you mean role?
        providers.okta.client_secret_file (FILE) names “hunter2”, which cannot be read: No such file or directory (os error 2)
        providers.okta.issuer (FILE) is “https://example.okta.com/.well-known/openid-configuration”, but it must be the issuer itself, without /.well-known/ and what follows.
        providers.okta.issuer (FILE) is “http://example.okta.com”, but it must be https://, unless outgoing_allow names its host with http://.
        providers.okta.email_domains (FILE) is “["@example.org"]”, but it must be a list of domains such as example.org, without @ and *.
        providers.okta.email_domains (FILE) is “["*.example.org"]”, but it must be a list of domains such as example.org, without @ and *.
        providers.okta.auth_time (FILE) is “no”, but it must be true or false.
        "#);
    }

    #[test]
    fn a_secret_can_lie_in_a_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, "hunter3\n").unwrap();
        let named = format!("client_secret_file = {:?}", file.path());
        let given = read(&WHOLE.replace("client_secret = \"hunter2\"", &named)).unwrap();
        assert_eq!(given.check(&Allowed::default()).unwrap()[0].client_secret.as_deref(), Some("hunter3"));
        std::fs::write(&file, "\n").unwrap();
        assert!(
            given
                .check(&Allowed::default())
                .unwrap_err()
                .to_string()
                .ends_with("it must be a file that is not empty.")
        );
    }

    #[test]
    fn what_is_printed_says_the_same_without_the_secret() {
        let printed = read(WHOLE).unwrap().to_text();
        assert!(!printed.contains("hunter2") && printed.contains("client_secret = \"***\""), "{printed}");
        let again = read(&printed).unwrap().check(&Allowed::default()).unwrap();
        assert_eq!(again[0].groups, read(WHOLE).unwrap().check(&Allowed::default()).unwrap()[0].groups);
    }
}
