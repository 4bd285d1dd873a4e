//! What well-known registries want to be signed in to with, for whoever connects one.

use super::Address;

/// A registry, or a kind of registries, that many use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    pub name: &'static str,
    /// How its hosts end.
    host: &'static str,
    /// What is to be entered as the user and as the password.
    pub sign_in: &'static str,
    /// How its repositories are called.
    pub repositories: &'static str,
}

pub const KNOWN: [Known; 8] = [
    Known {
        name: "GitHub Container Registry",
        host: "ghcr.io",
        sign_in: "Your GitHub name, and a classic personal access token with write:packages.",
        repositories: "OWNER/IMAGE",
    },
    Known {
        name: "GitLab",
        host: "registry.gitlab.com",
        sign_in: "A deploy token’s name and the token, with read_registry and write_registry.",
        repositories: "GROUP/PROJECT or GROUP/PROJECT/IMAGE",
    },
    Known {
        name: "Docker Hub",
        host: "docker.io",
        sign_in: "Your Docker ID, and a personal access token that reads and writes.",
        repositories: "OWNER/IMAGE",
    },
    Known {
        name: "Quay",
        host: "quay.io",
        sign_in: "A robot account’s whole name, OWNER+ROBOT, and its token.",
        repositories: "OWNER/IMAGE",
    },
    Known {
        name: "Amazon ECR",
        host: ".amazonaws.com",
        sign_in: "AWS, and what `aws ecr get-login-password` prints. That ends after twelve hours: let a job of yours renew it by the API.",
        repositories: "IMAGE, which has to exist there already",
    },
    Known {
        name: "Google Artifact Registry",
        host: ".pkg.dev",
        sign_in: "_json_key, and the JSON key of a service account that may write to it.",
        repositories: "PROJECT/REPOSITORY/IMAGE",
    },
    Known {
        name: "Azure Container Registry",
        host: ".azurecr.io",
        sign_in: "The name of a token, or the id of a service principal, and its password.",
        repositories: "IMAGE",
    },
    Known {
        name: "JFrog Artifactory",
        host: ".jfrog.io",
        sign_in: "Your name, and an identity token.",
        repositories: "REPOSITORY/IMAGE",
    },
];

/// What is known of the registry at an address, as it is typed.
pub fn known(address: &str) -> Option<&'static Known> {
    let address = Address::parse(address).ok()?;
    let host = address.host().split(':').next().unwrap_or_default();
    KNOWN.iter().find(|known| match known.host.strip_prefix('.') {
        Some(_) => host.ends_with(known.host),
        None => host == known.host,
    })
}
