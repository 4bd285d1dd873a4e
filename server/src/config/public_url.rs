//! The address of this installation as the outside knows it.

use http::Uri;
use http::uri::Scheme;
use std::fmt;

/// Scheme, host and port, in the form in which browsers write an origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    https: bool,
}

impl PublicUrl {
    /// Reads an address without a path; a slash at its end is allowed.
    pub fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.parse().ok()?;
        let https = match uri.scheme()? {
            scheme if *scheme == Scheme::HTTPS => true,
            scheme if *scheme == Scheme::HTTP => false,
            _ => return None,
        };
        let authority = uri.authority()?;
        if authority.as_str().contains('@')
            || uri.path() != "/"
            || uri.query().is_some()
            || text.contains('#')
        {
            return None;
        }
        let host = authority.host().to_ascii_lowercase();
        let usual = if https { 443 } else { 80 };
        // A port that is there but is no number.
        if authority.port_u16().is_none() && authority.as_str().len() != authority.host().len() {
            return None;
        }
        let port = authority.port_u16().filter(|port| *port != usual);
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let scheme = if https { "https" } else { "http" };
        Some(Self { origin: format!("{scheme}://{host}{port}"), https })
    }

    /// The address, without a slash at the end; also the `Origin` of its pages.
    pub fn as_str(&self) -> &str {
        &self.origin
    }

    pub fn is_https(&self) -> bool {
        self.https
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_the_origin_that_browsers_send() {
        for (text, origin) in [
            ("http://localhost:3000", "http://localhost:3000"),
            ("https://Towpath.Example/", "https://towpath.example"),
            ("https://towpath.example:443", "https://towpath.example"),
            ("http://[::1]:80", "http://[::1]"),
        ] {
            assert_eq!(PublicUrl::parse(text).map(|url| url.to_string()).as_deref(), Some(origin));
        }
    }

    #[test]
    fn what_is_no_bare_address_is_refused() {
        for text in [
            "localhost:3000",
            "ftp://localhost",
            "https://host/path",
            "https://host/?a",
            "https://me@host",
            "https://host:port",
            "https://host/#there",
            "",
        ] {
            assert_eq!(PublicUrl::parse(text), None, "{text:?}");
        }
    }
}
