//! The hosts that an installation allows to be called though they are not public, or not encrypted.

use std::collections::BTreeMap;
use std::net::Ipv6Addr;
use url::{Host, Url};

/// Hosts by their names or addresses; for each, whether it may be called without encryption.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed(BTreeMap<Host<String>, bool>);

/// An entry that names no host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is no host: write a name or an address without port and path, with http:// before it where it is to be called without encryption"
)]
pub struct NotAllowed(pub String);

impl Allowed {
    /// Reads a list with spaces or commas between its entries: `idp.internal http://10.0.0.5`.
    pub fn parse(text: &str) -> Result<Self, NotAllowed> {
        let entries = text.split([' ', ',']).filter(|entry| !entry.is_empty());
        entries.map(entry).collect::<Result<_, _>>().map(Self)
    }

    /// Whether a host may be called wherever its addresses are.
    pub(crate) fn names(&self, host: &Host<String>) -> bool {
        self.0.contains_key(host)
    }

    /// Whether an address is one that may be called, as far as encryption goes: it has it, or its host is named with
    /// `http://`.
    pub fn encrypts(&self, address: &str) -> bool {
        let url = Url::parse(address).ok();
        url.is_some_and(|url| {
            let unencrypted = || url.host().is_some_and(|host| self.unencrypted(&host.to_owned()));
            url.scheme() == "https" || unencrypted()
        })
    }

    pub(crate) fn unencrypted(&self, host: &Host<String>) -> bool {
        self.0.get(host).copied().unwrap_or_default()
    }
}

fn entry(text: &str) -> Result<(Host<String>, bool), NotAllowed> {
    let (host, unencrypted) = match text.strip_prefix("http://") {
        Some(host) => (host, true),
        None => (text.strip_prefix("https://").unwrap_or(text), false),
    };
    let host = match host.parse::<Ipv6Addr>() {
        Ok(address) => Ok(Host::Ipv6(address)),
        Err(_) => Host::parse(host),
    };
    Ok((host.map_err(|_| NotAllowed(text.to_owned()))?, unencrypted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_allowed_by_its_name_however_it_is_written() {
        let allowed = Allowed::parse("IdP.internal, http://127.0.0.1 [::1] ::2").unwrap();
        for (host, unencrypted) in
            [("idp.internal", false), ("0x7f.1", true), ("[::1]", false), ("[::2]", false)]
        {
            let host = Host::parse(host).unwrap();
            assert!(allowed.names(&host), "{host}");
            assert_eq!(allowed.unencrypted(&host), unencrypted, "{host}");
        }
        assert!(!allowed.names(&Host::parse("sub.idp.internal").unwrap()));
        assert_eq!(Allowed::parse(""), Ok(Allowed::default()));
    }

    #[test]
    fn what_is_no_host_is_named() {
        for entry in ["idp:8080", "http://idp/path", "ftp://idp", "a b:1"] {
            let wrong = Allowed::parse(entry).unwrap_err();
            assert!(entry.ends_with(&wrong.0), "{wrong}");
        }
    }
}
