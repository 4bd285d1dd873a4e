//! The exact commands that push an image here.

use crate::components::code::CodeBlock;
use crate::paths;
use leptos::prelude::*;
use std::sync::Arc;
use towpath_domain::boards::Board;
use towpath_domain::workflows::Arrivals;

#[component]
pub(super) fn PushHelp(board: Arc<Board>, open: bool) -> impl IntoView {
    let bucket = board
        .columns
        .iter()
        .find(|column| column.arrivals == Arrivals::Any)
        .or(board.columns.first())
        .map(|column| column.slot.slug.to_string());
    let Some(bucket) = bucket else {
        let href = paths::new_environment(&board.project.slug);
        return view! {
            <p class="muted">
                "There is no bucket to push to: the project has no environment. " <a href=href>"Create one"</a> "."
            </p>
        }
        .into_any();
    };
    let image =
        format!("{}/{}/{}/{bucket}:1.4.2", board.registry, board.project.slug, board.integration.slug);
    let (skopeo, podman) =
        if board.insecure { ("--dest-tls-verify=false ", "--tls-verify=false ") } else { ("", "") };
    let host = board.registry.clone();
    let commands = [
        (
            "docker",
            format!(
                "docker login {host} -u token -p \"$TOWPATH_TOKEN\"\ndocker tag app {image}\ndocker push {image}"
            ),
        ),
        (
            "skopeo",
            format!(
                "skopeo copy {skopeo}--dest-creds token:$TOWPATH_TOKEN docker-archive:app.tar docker://{image}"
            ),
        ),
        (
            "skopeo, all platforms",
            format!("skopeo copy --all {skopeo}--dest-creds token:$TOWPATH_TOKEN oci:app docker://{image}"),
        ),
        ("podman", format!("podman push {podman}--creds token:$TOWPATH_TOKEN app {image}")),
        ("buildah", format!("buildah push {podman}--creds token:$TOWPATH_TOKEN app docker://{image}")),
    ];
    let blocks = commands
        .into_iter()
        .map(|(label, text)| view! { <CodeBlock label=label text=text /> })
        .collect_view();
    view! {
        <details class="disclosure" open=open>
            <summary class="disclosure__summary">"How to push"</summary>
            <div class="stack">
                <p>
                    "Make a token on the " <a href=paths::TOKENS>"Tokens page"</a> " and set it as "
                    <code>"TOWPATH_TOKEN"</code> ". What you push to "
                    <code>{bucket}</code>
                    " becomes current there and appears on this board."
                </p>
                {blocks}
            </div>
        </details>
    }
    .into_any()
}
