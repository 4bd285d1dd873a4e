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

/// The page of the user's guide about the configuration.
#[cfg(test)]
pub(super) fn guide() -> String {
    let mut page = GUIDE.to_owned();
    for key in KEYS {
        // Writing to a string does not fail.
        _ = writeln!(page, "| `{}` | `{}` | `{}` | {} |", key.name, key.variable(), key.default, key.meaning);
    }
    page + BEHIND
}

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
stops the start. `towpath-server config` prints what is in force, and where each value comes from.

| key | variable | default | what it decides |
|---|---|---|---|
";

pub(super) fn default_of(name: &str) -> &'static str {
    KEYS.iter().find(|key| key.name == name).map_or("", |key| key.default)
}

/// A value as it may be shown: without the password of a database.
pub(super) fn masked(name: &str, value: &str) -> String {
    if name != "database_url" {
        return value.to_owned();
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
