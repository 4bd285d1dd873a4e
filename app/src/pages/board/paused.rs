//! After a rollback: that arrivals, or what an automatic stage promotes, are paused, what that means, and the way out.

use super::Table;
use crate::components::banner::Banner;
use crate::components::tone::Tone;
use leptos::prelude::*;
use towpath_domain::boards::Column;

#[component]
pub(super) fn Paused(table: Table, column: Memo<Column>) -> impl IntoView {
    let paused = Memo::new(move |_| {
        let column = column.read();
        column.paused_at.map(|_| (column.automatic, column.may_resume.clone()))
    });
    move || {
        paused.get().map(|(automatic, may)| {
            let (title, text) = if automatic {
                ("Automatic promotion is paused", "A rollback paused it, so that it is not undone by itself.")
            } else {
                ("Arrivals are paused", "A rollback paused them, so that the next push does not undo it.")
            };
            view! {
                <Banner tone=Tone::Warning title=title>
                    <p class="banner__text">{text}</p>
                    {match may {
                        Ok(()) => view! { <Resume table=table column=column /> }.into_any(),
                        Err(why) => view! { <p class="banner__text muted">{why}</p> }.into_any(),
                    }}
                </Banner>
            }
        })
    }
}

#[component]
fn Resume(table: Table, column: Memo<Column>) -> impl IntoView {
    let board = table.board.get_untracked();
    let (project, integration) = (board.project.slug.to_string(), board.integration.slug.to_string());
    let bucket = column.read_untracked().slot.slug.to_string();
    view! {
        <ActionForm action=table.resume attr:class="banner__actions">
            <input type="hidden" name="project" value=project />
            <input type="hidden" name="integration" value=integration />
            <input type="hidden" name="bucket" value=bucket />
            <button class="button button--small" type="submit">
                {if column.read_untracked().automatic { "Resume automatic promotion" } else { "Resume arrivals" }}
            </button>
        </ActionForm>
    }
}
