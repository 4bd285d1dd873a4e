//! The holds on a stage, for everyone who looks at it.

use super::Table;
use crate::components::banner::Banner;
use crate::components::tone::Tone;
use crate::pages::holds::HoldNote;
use crate::paths;
use leptos::prelude::*;
use towpath_domain::boards::Column;
use towpath_domain::holds::{HoldAddress, HoldLine, Phase};

#[component]
pub(super) fn Holds(table: Table, column: Memo<Column>) -> impl IntoView {
    let board = table.board;
    // The ones that have ended since the board was read go by themselves.
    let standing = Memo::new(move |_| {
        let (board, now) = (board.read(), table.present.get());
        let column = column.read();
        let lines = board.holds_on(&column).map(|line| (line.clone(), line.hold.phase(now)));
        lines
            .filter(|(_, phase)| matches!(phase, Phase::Planned | Phase::InForce))
            .collect::<Vec<(HoldLine, Phase)>>()
    });
    view! {
        <For each=move || standing.get() key=|(line, phase)| (line.hold.number, *phase) let:held>
            {
                let (line, phase) = held;
                let tone = if phase == Phase::InForce { Tone::Warning } else { Tone::Info };
                let title = title(&line.hold.address, phase);
                view! {
                    <Banner tone=tone title=title>
                        <HoldNote line=line now=table.now />
                    </Banner>
                }
            }
        </For>
    }
}

/// What holds the stage: itself, or something around it.
fn title(address: &HoldAddress, phase: Phase) -> String {
    let word = if phase == Phase::InForce { "On hold" } else { "Freeze to come" };
    match address {
        HoldAddress::Bucket { .. } => word.to_owned(),
        around => format!("{word}: {}", around.words()),
    }
}

/// Leads to the form that holds this bucket, for those who may.
#[component]
pub(super) fn HoldLink(table: Table, column: Memo<Column>) -> impl IntoView {
    let board = table.board.get_untracked();
    let bucket = column.read_untracked().slot.slug.clone();
    let address = HoldAddress::Bucket {
        project: board.project.slug.clone(),
        integration: board.integration.slug.clone(),
        bucket: bucket.clone(),
    };
    let href = paths::new_hold(Some(&address));
    let may = Memo::new(move |_| column.read().may_resume.is_ok());
    move || {
        may.get().then(|| {
            view! {
                <p class="stage__hold">
                    <a href=href.clone() aria-label=format!("Hold {bucket}…")>
                        "Hold…"
                    </a>
                </p>
            }
        })
    }
}
