//! The exact commands that fetch this build.

use crate::components::code::CodeBlock;
use leptos::prelude::*;
use towpath_domain::builds::life::{Life, Link};

/// Where clients fetch images.
#[derive(Debug, Clone)]
pub struct From {
    /// Host and port.
    pub registry: String,
    /// Whether that is plain HTTP.
    pub insecure: bool,
}

impl From {
    /// The image by its digest, through a bucket that reaches it.
    pub fn image(&self, life: &Life) -> String {
        let been = life.chain.iter().find_map(|link| match link {
            Link::Placed(placed) => Some(&placed.bucket),
            Link::Refused { .. } | Link::Pinned { .. } | Link::Ended { .. } => None,
        });
        let bucket = life.current.last().map(|standing| &standing.bucket).or(been);
        let bucket = bucket.map(|bucket| format!("/{bucket}")).unwrap_or_default();
        format!("{}/{}/{}{bucket}@{}", self.registry, life.project, life.integration, life.build.digest)
    }
}

#[component]
pub fn PullCommands(image: String, insecure: bool) -> impl IntoView {
    let (skopeo, podman) = if insecure { ("--tls-verify=false ", "--tls-verify=false ") } else { ("", "") };
    let commands = [
        ("Pull with docker", format!("docker pull {image}")),
        ("Pull with podman", format!("podman pull {podman}{image}")),
        ("Inspect with skopeo", format!("skopeo inspect {skopeo}docker://{image}")),
    ];
    let blocks = commands.into_iter().map(|(label, text)| view! { <CodeBlock label=label text=text /> });
    view! { <div class="stack stack--tight">{blocks.collect_view()}</div> }
}
