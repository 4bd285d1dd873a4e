//! The light beside the commands: it waits for the first push and turns green when it has come, without reloading.

use crate::components::button::Button;
use crate::components::digest::DigestView;
use crate::fns::boards::view_first_push;
use crate::pages::forms::scripted;
use crate::paths;
use leptos::either::EitherOf3;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use towpath_domain::boards::FirstPush;
use towpath_domain::slugs::Slug;

/// How often the server is asked, and how many times at most: a quarter of an hour.
const EVERY: Duration = Duration::from_secs(2);
const TIMES: u32 = 450;

/// What is known of the push that is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Watch {
    Waiting,
    Arrived(FirstPush),
    /// Nobody looks any more.
    Stopped,
}

/// Watches for the first build after an event, which the page has not shown yet.
#[component]
pub(super) fn FirstPushLight(project: Slug, integration: Slug, after: i64) -> impl IntoView {
    let watch = poll(&project, &integration, after);
    let board = paths::integration(&project, &integration);
    let scripted = scripted();
    let class = move || match watch.get() {
        Watch::Arrived(_) => "light light--arrived",
        Watch::Waiting if scripted.get() => "light light--waiting",
        Watch::Waiting | Watch::Stopped => "light",
    };
    let words = move || match watch.get() {
        Watch::Waiting if scripted.get() => EitherOf3::A("Waiting for the first push…"),
        Watch::Waiting => EitherOf3::A("Reload this page after the push: the build stands on it."),
        Watch::Arrived(push) => {
            let board = board.clone();
            EitherOf3::B(view! {
                <strong>{push.tag.to_string()}</strong>
                " has arrived: "
                <DigestView value=push.digest.to_string() />
                " "
                // The whole page anew, since the board on it was read before.
                <a href=board rel="external">
                    "Show it on the board"
                </a>
            })
        }
        Watch::Stopped => EitherOf3::C(view! {
            "No push came within a quarter of an hour. "
            <Button small=true on_click=move |()| watch.set(Watch::Waiting)>
                "Look again"
            </Button>
        }),
    };
    view! {
        <p class=class role="status">
            <span class="light__lamp" aria-hidden="true"></span>
            <span class="light__words">{words}</span>
        </p>
    }
}

/// Asks the server from time to time while the page is looked at. Once events are streamed to the page, what sets
/// the signal can be those.
fn poll(project: &Slug, integration: &Slug, after: i64) -> RwSignal<Watch> {
    let watch = RwSignal::new(Watch::Waiting);
    let (project, integration) = (project.to_string(), integration.to_string());
    Effect::new(move |_| {
        if !matches!(watch.get(), Watch::Waiting) {
            return;
        }
        let asked = StoredValue::new(0);
        let (project, integration) = (project.clone(), integration.clone());
        let look = move || {
            if document().hidden() {
                return;
            }
            asked.update_value(|asked| *asked += 1);
            if asked.get_value() > TIMES {
                watch.set(Watch::Stopped);
                return;
            }
            let (project, integration) = (project.clone(), integration.clone());
            spawn_local(async move {
                // A question that was not answered is asked again.
                if let Ok(Some(push)) = view_first_push(project, integration, after).await {
                    // The page may be gone by now.
                    _ = watch.try_set(Watch::Arrived(push));
                }
            });
        };
        // Without a timer nothing is lost but the light.
        if let Ok(timer) = set_interval_with_handle(look, EVERY) {
            on_cleanup(move || timer.clear());
        }
    });
    watch
}
