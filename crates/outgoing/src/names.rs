//! Looking names up, and leaving out the addresses that may not be called, in one step: a name cannot have other
//! addresses when it is looked at than when it is connected to.

use crate::addresses::is_public;
use crate::allowed::Allowed;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::SocketAddr;
use std::sync::Arc;
use url::Host;

/// The system's names, as far as their addresses may be called.
#[derive(Debug)]
pub struct Names {
    pub allowed: Arc<Allowed>,
}

/// All addresses of a name are inside some network.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to no address of the public internet")]
pub struct NotPublic;

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = Host::parse(name.as_str()).is_ok_and(|host| self.allowed.names(&host));
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(public(found.collect(), allowed)?)
        })
    }
}

fn public(mut found: Vec<SocketAddr>, allowed: bool) -> Result<Addrs, NotPublic> {
    found.retain(|address| allowed || is_public(address.ip()));
    if found.is_empty() { Err(NotPublic) } else { Ok(Box::new(found.into_iter())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(texts: &[&str], allowed: bool) -> Option<Vec<String>> {
        let found = texts.iter().map(|text| text.parse().unwrap()).collect();
        let left = public(found, allowed).ok()?;
        Some(left.map(|address| address.ip().to_string()).collect())
    }

    #[test]
    fn a_name_with_some_public_addresses_leads_to_those_alone() {
        let mixed = ["10.0.0.1:0", "1.1.1.1:0", "[::1]:0", "[2606:4700::1111]:0"];
        assert_eq!(addresses(&mixed, false).unwrap(), ["1.1.1.1", "2606:4700::1111"]);
        assert_eq!(addresses(&mixed, true).unwrap().len(), 4);
    }

    #[test]
    fn a_name_with_none_leads_nowhere() {
        assert_eq!(addresses(&["192.168.0.1:0", "[fe80::1]:0"], false), None);
        assert_eq!(addresses(&[], true), None);
    }
}
