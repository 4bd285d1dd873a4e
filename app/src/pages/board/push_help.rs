//! How to push here: the token, the exact commands, and a light that says when the first build has come.

use super::first_push::FirstPushLight;
use crate::components::button::{ButtonKind, LinkButton};
use crate::components::code::CodeBlock;
use crate::paths;
use leptos::prelude::*;
use std::sync::Arc;
use towpath_domain::access::{Action, Target};
use towpath_domain::boards::Board;
use towpath_domain::workflows::Arrivals;

#[component]
pub(super) fn PushHelp(live: Signal<Arc<Board>>, open: bool) -> impl IntoView {
    let board = live.get_untracked();
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
    let blocks = commands(&board, &bucket)
        .into_iter()
        .map(|(label, text)| view! { <CodeBlock label=label text=text /> })
        .collect_view();
    let token = paths::tokens_for(&board.project.slug);
    let target = Target::integration(board.project.id, board.integration.id);
    let configures = board.actor.may(Action::Configure, &target);
    let hooks = configures.then(|| paths::hooks(&board.project.slug, &board.integration.slug));
    let pipelines = paths::pipelines(&board.project.slug, &board.integration.slug);
    let light = open.then(|| view! { <FirstPushLight board=live /> });
    view! {
        <details class="disclosure" open=open>
            <summary class="disclosure__summary">"How to push"</summary>
            {light}
            <ol class="steps">
                <li class="steps__step">
                    <h2 class="steps__title">"Make a token"</h2>
                    <p>
                        "A client signs in with a token of yours. It is shown once: keep it as " <code>"TOWPATH_TOKEN"</code> "."
                    </p>
                    <LinkButton href=token kind=ButtonKind::Default small=true>
                        "Make a token"
                    </LinkButton>
                </li>
                <li class="steps__step">
                    <h2 class="steps__title">"Push an image"</h2>
                    <p>
                        "With the client that you have. What you push to " <code>{bucket}</code>
                        " becomes current there and appears on this board."
                    </p>
                    <div class="stack stack--tight">{blocks}</div>
                </li>
            </ol>
            <p class="steps__after">
                "From CI: " <a href=pipelines>"ready files"</a>
                " for GitHub Actions, GitLab, Jenkins, CircleCI, CodeBuild, Bitbucket, Buildkite and Azure."
            </p>
            {hooks.map(|hooks| view! {
            <p class="steps__after">
                "What tells of a build only after it was pushed, such as another registry, does so at a "
                <a href=hooks>"hook"</a> "."
            </p>
            })}
        </details>
    }
    .into_any()
}

/// The commands, each under the name of its client.
fn commands(board: &Board, bucket: &str) -> [(&'static str, String); 5] {
    let host = &board.registry;
    let image = format!("{host}/{}/{}/{bucket}:1.4.2", board.project.slug, board.integration.slug);
    let (skopeo, podman) =
        if board.insecure { ("--dest-tls-verify=false ", "--tls-verify=false ") } else { ("", "") };
    let creds = "token:$TOWPATH_TOKEN";
    [
        (
            "docker",
            format!(
                "printf %s \"$TOWPATH_TOKEN\" | docker login {host} -u token --password-stdin\ndocker tag app {image}\ndocker push {image}"
            ),
        ),
        (
            "skopeo",
            format!("skopeo copy {skopeo}--dest-creds {creds} docker-archive:app.tar docker://{image}"),
        ),
        (
            "skopeo, all platforms",
            format!("skopeo copy --all {skopeo}--dest-creds {creds} oci:app docker://{image}"),
        ),
        ("podman", format!("podman push {podman}--creds {creds} app {image}")),
        ("buildah", format!("buildah push {podman}--creds {creds} app docker://{image}")),
    ]
}
