//! How far the log is signed, and its files.

use crate::components::time::TimeView;
use crate::paths;
use leptos::prelude::*;
use towpath_domain::timeline::{Filter, SignedUpTo};
use towpath_domain::times::Time;

/// One line, with links to what proves it and to the events as files.
#[component]
pub fn Proof(signed: Signal<Option<SignedUpTo>>, now: Signal<Time>, filter: Filter) -> impl IntoView {
    let files = [("ndjson", "NDJSON"), ("csv", "CSV")].map(|(format, name)| {
        let href = paths::timeline_export(&filter, format);
        view! {
            <a href=href rel="external" download="">
                {format!("Export as {name}")}
            </a>
        }
    });
    view! {
        <p class="timeline__proof">
            <span>
                {move || match signed.get() {
                    Some(SignedUpTo { seq, at }) => {
                        view! {
                            {format!("Signed up to event {seq}, ")}
                            <TimeView at=at now=now />
                        }
                            .into_any()
                    }
                    None => "Not signed yet".into_any(),
                }}
            </span>
            <a href=paths::docs("audit")>"How to verify it"</a>
            {files}
        </p>
    }
}
