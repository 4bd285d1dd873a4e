//! Where a request comes from: the peer of the connection, or what the proxies in front say.

use http::HeaderMap;
use std::net::{IpAddr, SocketAddr};
use towpath_app::visitors::Peer;

/// How addresses of clients are found out.
#[derive(Debug, Clone, Copy)]
pub struct Clients {
    /// How many proxies append to `X-Forwarded-For`.
    pub proxies: usize,
}

impl Clients {
    /// Each proxy appends the address that it was called from, so with one in front the last entry is true; all
    /// entries before those of our proxies are whatever the client likes.
    pub fn peer(self, address: SocketAddr, headers: &HeaderMap) -> Peer {
        let forwarded = self.proxies.checked_sub(1).and_then(|nearer| forwarded(headers, nearer));
        Peer(forwarded.unwrap_or(address.ip()).to_canonical())
    }
}

fn forwarded(headers: &HeaderMap, from_the_end: usize) -> Option<IpAddr> {
    let lines: Vec<&str> =
        headers.get_all("x-forwarded-for").into_iter().filter_map(|line| line.to_str().ok()).collect();
    lines.iter().rev().flat_map(|line| line.rsplit(',')).nth(from_the_end)?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(proxies: usize, lines: &[&str]) -> String {
        let headers = lines.iter().map(|line| ("x-forwarded-for".parse().unwrap(), line.parse().unwrap()));
        let Peer(address) = Clients { proxies }.peer("10.0.0.1:5000".parse().unwrap(), &headers.collect());
        address.to_string()
    }

    #[test]
    fn only_what_our_proxies_appended_is_believed() {
        assert_eq!(peer(0, &["1.1.1.1"]), "10.0.0.1");
        assert_eq!(peer(1, &["9.9.9.9, 1.1.1.1"]), "1.1.1.1");
        assert_eq!(peer(2, &["9.9.9.9, 1.1.1.1, 10.0.0.2"]), "1.1.1.1");
        assert_eq!(peer(1, &["9.9.9.9", "2001:db8::1"]), "2001:db8::1");
    }

    #[test]
    fn without_a_believable_entry_it_is_the_peer() {
        assert_eq!(peer(1, &[]), "10.0.0.1");
        assert_eq!(peer(2, &["1.1.1.1"]), "10.0.0.1");
        assert_eq!(peer(1, &["unknown"]), "10.0.0.1");
    }
}
