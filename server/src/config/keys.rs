//! The table of all keys.

use std::fmt::Write as _;

/// A key of the configuration: `name` in the file, `TOWPATH_NAME` in the environment.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    pub name: &'static str,
    pub default: &'static str,
    /// What it decides, for the user's guide.
    pub meaning: &'static str,
}

impl Key {
    pub fn variable(&self) -> String {
        format!("TOWPATH_{}", self.name.to_ascii_uppercase())
    }
}

/// The default of `database_url`, in which DATA is the folder `data`.
pub(super) const DATABASE: &str = "sqlite:DATA/towpath.db";

/// The default of `audit_keys`.
pub(super) const AUDIT_KEYS: &str = "DATA/audit";

/// The default of `secret_key`.
pub(super) const SECRET_KEY: &str = "DATA/secret.key";

pub const KEYS: &[Key] = &[
    Key {
        name: "public_url",
        default: "http://localhost:3000",
        meaning: "Where people and clients reach this installation: scheme, host and port, no path. It decides \
                  links, the registry's token realm, the name of the session cookie and which forms are accepted.",
    },
    Key {
        name: "listen",
        default: "127.0.0.1:3000",
        meaning: "The address and port on which the server listens.",
    },
    Key {
        name: "metrics_listen",
        default: "",
        meaning: "The address and port at which `/metrics` is read by Prometheus; nowhere, if empty. It asks nobody who they \
                  are, so keep it to the inside.",
    },
    Key {
        name: "data",
        default: "./data",
        meaning: "The folder of image content (in `blobs`) and of the SQLite database; made where it is missing.",
    },
    Key {
        name: "database_url",
        default: DATABASE,
        meaning: "`sqlite:PATH`, or `postgres://USER:PASSWORD@HOST/DATABASE`. DATA is the folder `data`.",
    },
    Key {
        name: "s3_bucket",
        default: "",
        meaning: "A bucket of an S3-compatible store, in which image content [lies](storage.md#in-a-bucket) instead of the data \
                  folder. With Postgres, any number of servers may then run side by side.",
    },
    Key {
        name: "s3_endpoint",
        default: "",
        meaning: "The address of the store, such as `https://minio.example.org:9000`; that of Amazon in the region, if empty. \
                  One with `http://` is called without encryption.",
    },
    Key {
        name: "s3_region",
        default: "us-east-1",
        meaning: "The region of the bucket; most stores take any.",
    },
    Key {
        name: "s3_prefix",
        default: "",
        meaning: "What stands before the keys of all objects, so that several installations may share a bucket.",
    },
    Key {
        name: "s3_access_key",
        default: "",
        meaning: "The access key; if empty, what the `AWS_…` variables, a web identity or the machine's own identity give.",
    },
    Key { name: "s3_secret_key", default: "", meaning: "The secret of the access key." },
    Key { name: "s3_secret_key_file", default: "", meaning: "A file that holds the secret, instead." },
    Key {
        name: "s3_path_style",
        default: "auto",
        meaning: "Whether the bucket stands in the path of addresses (`true`) or before the host (`false`); `auto`: in the path \
                  wherever `s3_endpoint` is set.",
    },
    Key {
        name: "s3_redirect",
        default: "false",
        meaning: "Whether those who pull are sent to the store for blobs, by addresses that are good for ten minutes. It spares \
                  the server their bytes, but clients have to reach the store, and what it spoiled is not found on the way.",
    },
    Key {
        name: "audit_keys",
        default: AUDIT_KEYS,
        meaning: "The folder of the private keys by which the [audit log](audit.md) is signed, readable by the server \
                  alone; made where it is missing. All servers on one database need the same keys.",
    },
    Key {
        name: "audit_file",
        default: "",
        meaning: "A file to which each new checkpoint of the audit log is appended; none, if empty. Best on another \
                  machine than the database. Nothing is signed that does not continue the last one in it.",
    },
    Key {
        name: "secret_key",
        default: SECRET_KEY,
        meaning: "The file of the key that seals secrets in the database, such as those of [webhooks](webhooks.md): 64 \
                  hexadecimal digits, readable by the server alone; made where it is missing. All servers on one database \
                  need the same, and a backup of the database is of little use without it.",
    },
    Key {
        name: "proxies",
        default: "0",
        meaning: "How many proxies stand in front and append to `X-Forwarded-For`. Rate limits and logs take the \
                  client's address from there; with 0 the header is not believed.",
    },
    Key {
        name: "session_idle_hours",
        default: "12",
        meaning: "After how many hours without a request a person has to sign in again.",
    },
    Key {
        name: "session_absolute_hours",
        default: "168",
        meaning: "After how many hours a person has to sign in again in any case.",
    },
    Key {
        name: "token_lapse_days",
        default: "90",
        meaning: "After how many days without being here in person someone's [tokens](roles.md) stop, until they sign in \
                  again; 0 for never. Those of service accounts, of CI jobs and of hooks go on.",
    },
    Key {
        name: "fresh_sign_in_minutes",
        default: "60",
        meaning: "How long ago a person may have proved who they are, by a password or at a provider, to change roles, groups \
                  and ways in, and to make tokens that change things. Whoever did so longer ago [confirms that it is \
                  them](roles.md#confirming-that-it-is-you). 0 for never asking.",
    },
    Key {
        name: "fresh_sign_in_approvals",
        default: "none",
        meaning: "Which approvals, and gates passed in an emergency, ask for the same: `none`, those into `production`, or `all`.",
    },
    Key {
        name: "second_person",
        default: "",
        meaning: "What takes a [second person](roles.md#a-second-person), where it touches production: `gates` (changes of \
                  workflows), `holds` (their end before its time), or both with a space between; nothing, if empty.",
    },
    Key {
        name: "refused_attempts_days",
        default: "90",
        meaning: "For how many days [refused attempts](audit.md#refused-attempts) are kept, 1 to 365.",
    },
    Key {
        name: "local_sign_in",
        default: "true",
        meaning: "Whether people sign in with e-mail and password; `false` once there is a provider. \
                  `towpath-server admin-link` works in any case.",
    },
    Key {
        name: "contact",
        default: "",
        meaning: "Whom people without a role are to ask, such as `platform@example.org`; shown to them.",
    },
    Key {
        name: "security_contact",
        default: "",
        meaning: "Where to report a hole in this installation: `https://…` or `mailto:…`. It is told at \
                  `/.well-known/security.txt`, which is not there without it.",
    },
    Key {
        name: "outgoing_allow",
        default: "",
        meaning: "Hosts that the server may call though they are not on the public internet, with spaces between: \
                  names or addresses, with `http://` before one that is called without encryption.",
    },
    Key {
        name: "log_format",
        default: "auto",
        meaning: "`text`, `json`, or `auto`: text on a terminal, JSON otherwise. Logs go to standard error.",
    },
    Key {
        name: "log_level",
        default: "info",
        meaning: "`error`, `warn`, `info`, `debug` or `trace`, also by part: `info,towpath_registry=debug`.",
    },
    Key {
        name: "shutdown_seconds",
        default: "30",
        meaning: "How long requests under way, uploads among them, may take to finish when the server is stopped.",
    },
    Key {
        name: "site",
        default: "./target/site",
        meaning: "The folder of the style sheet and scripts, for development builds; a release holds them itself.",
    },
];

/// The keys of a provider's table; those without a default have to be there.
pub(super) const PROVIDER_KEYS: &[Key] = &[
    Key { name: "slug", default: "", meaning: "Names it for good, in addresses and in the timeline." },
    Key {
        name: "issuer",
        default: "",
        meaning: "The provider's address, letter for letter as it names itself. Identities belong to it.",
    },
    Key { name: "client_id", default: "", meaning: "What the provider calls this Towpath." },
    Key { name: "client_secret", default: "none", meaning: "The secret that the provider gave for it." },
    Key { name: "client_secret_file", default: "none", meaning: "A file that holds the secret, instead." },
    Key { name: "text", default: "Sign in with SLUG", meaning: "What stands on the button." },
    Key {
        name: "scopes",
        default: "openid, profile, email",
        meaning: "What is asked for; `openid` is always among it.",
    },
    Key { name: "name_claim", default: "name", meaning: "The claim that holds someone's name." },
    Key { name: "email_claim", default: "email", meaning: "The claim that holds someone's e-mail address." },
    Key {
        name: "groups_claim",
        default: "groups",
        meaning: "The claim that lists groups, with dots where it lies within others: `realm_access.roles`.",
    },
    Key {
        name: "auth_time",
        default: "true",
        meaning: "Whether the provider tells when someone signed in there, as the standard has it. With `false`, whoever comes \
                  back from it counts as having signed in just now, also where it asked them nothing.",
    },
    Key {
        name: "email_domains",
        default: "all",
        meaning: "The domains whose addresses may sign in, if the provider has checked them. To be set where anyone can \
                  have an account, as with Google.",
    },
    Key {
        name: "default_role",
        default: "none",
        meaning: "The role that new people get in the whole installation, and keep. Without one they see nothing yet.",
    },
    Key {
        name: "groups",
        default: "none",
        meaning: "Tables with `group`, `role` and `place` (`installation`, `project:SLUG`, `environment:PROJECT/SLUG` or \
                  `stream:SLUG`): who is in the group holds the role there.",
    },
];

/// The page of the user's guide about the configuration.
#[cfg(test)]
pub(super) fn guide() -> String {
    let mut page = GUIDE.to_owned();
    for key in KEYS {
        let default = if key.default.is_empty() { "none".to_owned() } else { format!("`{}`", key.default) };
        // Writing to a string does not fail.
        _ = writeln!(page, "| `{}` | `{}` | {default} | {} |", key.name, key.variable(), key.meaning);
    }
    page += PROVIDERS;
    for key in PROVIDER_KEYS {
        _ = writeln!(page, "| `{}` | {} | {} |", key.name, key.default, key.meaning);
    }
    page + BEHIND
}

#[cfg(test)]
const PROVIDERS: &str = "
## Providers

Each OpenID Connect provider is a table `[[providers]]` of the file; [single sign-on](sso.md) tells how to set up which.

```toml
[[providers]]
slug = \"okta\"
text = \"Sign in with Okta\"
issuer = \"https://example.okta.com\"
client_id = \"0oa1b2c3\"
client_secret_file = \"/run/secrets/okta\"
scopes = [\"openid\", \"profile\", \"email\", \"groups\"]

[[providers.groups]]
group = \"release-managers\"
role = \"release-manager\"
place = \"project:shop\"
```

| key | default | what it decides |
|---|---|---|
";

#[cfg(test)]
const BEHIND: &str = "
On SQLite one server at a time serves from a data folder; a second one says so and does not start. With Postgres any
number of servers may share the database. `towpath-server admin-link` works beside a running server, and only on a
folder in which one has started before.
";

#[cfg(test)]
const GUIDE: &str = "\
# Configuration

The server starts without any configuration. What it is told stands in a TOML file, named by `--config FILE` or
`TOWPATH_CONFIG`, and in environment variables, which win. A key or a `TOWPATH_…` variable that it does not know
stops the start. `towpath-server config` prints what is in force, and where each value comes from; `config check` says whether
it is sound, and what may have been meant otherwise, and ends with 1 where a server would not start on it.

| key | variable | default | what it decides |
|---|---|---|---|
";

pub(super) fn default_of(name: &str) -> &'static str {
    KEYS.iter().find(|key| key.name == name).map_or("", |key| key.default)
}

/// A value as it may be shown: without the password of a database, or a secret key.
pub(super) fn masked(name: &str, value: &str) -> String {
    match name {
        "database_url" => {}
        "s3_secret_key" if !value.is_empty() => return "***".to_owned(),
        _ => return value.to_owned(),
    }
    let (address, query) = value.split_once('?').unwrap_or((value, ""));
    let mut shown =
        match address.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?))) {
            Some((scheme, (user, host))) => match user.split_once(':') {
                Some((user, _)) => format!("{scheme}://{user}:***@{host}"),
                None => format!("{scheme}://{user}@{host}"),
            },
            None => address.to_owned(),
        };
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    for (index, pair) in pairs.enumerate() {
        let name = pair.split_once('=').map_or(pair, |(name, _)| name);
        let pair = if name == "password" { "password=***" } else { pair };
        // Writing to a string does not fail.
        _ = write!(shown, "{}{pair}", if index == 0 { '?' } else { '&' });
    }
    shown
}
