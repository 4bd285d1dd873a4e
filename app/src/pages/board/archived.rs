//! That the project of a board is put away, and where it comes back.

use super::Table;
use crate::components::banner::Banner;
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::paths;
use leptos::prelude::*;

#[component]
pub(super) fn Archived(table: Table) -> impl IntoView {
    let project = table.board.read_untracked().project.slug.clone();
    let archived = Memo::new(move |_| table.board.read().project.archived_at);
    move || {
        archived.get().map(|at| {
            let href = paths::project(&project);
            let words = format!("{project} is restored");
            view! {
                <Banner tone=Tone::Warning title="This project is archived">
                    <p class="banner__text">
                        "Put away " <TimeView at=at now=table.now /> ". Nothing arrives or moves here until "
                        <a href=href>{words}</a> "."
                    </p>
                </Banner>
            }
        })
    }
}
