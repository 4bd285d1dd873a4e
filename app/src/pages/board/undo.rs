//! The way back right after a drop: for some seconds, what was there before can be made current again.

use super::Table;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::toast::{Toast, Toasts};
use crate::components::tone::Tone;
use crate::fns::buckets::RollBack;
use leptos::prelude::*;
use std::time::Duration;
use towpath_domain::buckets::BucketKey;
use towpath_domain::ids::{BuildId, PlacementId};
use towpath_domain::slugs::Slug;

/// For how long it is offered.
const OFFERED: Duration = Duration::from_secs(15);

/// A drop that can be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dropped {
    pub build: BuildId,
    pub tag: String,
    pub to: (BucketKey, Slug),
    /// What was current there before.
    pub earlier: PlacementId,
}

/// Offers the way back to whoever may go it, where the drop was applied at once. It is a rollback like any other.
#[component]
pub(super) fn Undo(table: Table, dropped: RwSignal<Option<Dropped>>) -> impl IntoView {
    let action = ServerAction::<RollBack>::new();
    Effect::new(move |_| {
        if let Some(offered) = dropped.get() {
            action.clear();
            // Another drop begins the time anew.
            set_timeout(
                move || {
                    if dropped.try_get_untracked().flatten().as_ref() == Some(&offered) {
                        dropped.set(None);
                    }
                },
                OFFERED,
            );
        }
    });
    Effect::new(move |_| {
        if action.value().with(|value| matches!(value, Some(Ok(())))) {
            dropped.set(None);
        }
    });
    let offered = Memo::new(move |_| {
        let dropped = dropped.get()?;
        let board = table.board.read();
        let column = board.column(dropped.to.0)?;
        let applied = column.current.as_ref().is_some_and(|card| card.build.id == dropped.build);
        (applied && column.may_roll_back.is_ok()).then_some((dropped, column.version))
    });
    move || {
        offered.get().map(|(dropped, version)| {
            view! {
                <Toasts>
                    <Offer table=table dropped=dropped version=version action=action />
                </Toasts>
            }
        })
    }
}

#[component]
fn Offer(table: Table, dropped: Dropped, version: i64, action: ServerAction<RollBack>) -> impl IntoView {
    let board = table.board.get_untracked();
    let (project, integration) = (board.project.slug.to_string(), board.integration.slug.to_string());
    let Dropped { tag, to: (_, bucket), earlier, .. } = dropped;
    let words = format!("{tag} is current in {bucket} now.");
    let told = move || match action.value().get() {
        Some(Err(error)) => format!("It could not be undone. {}", error.message()),
        _ => words.clone(),
    };
    let fields = StoredValue::new([
        ("project", project),
        ("integration", integration),
        ("bucket", bucket.to_string()),
        ("to", earlier.to_string()),
        ("expected", version.to_string()),
        ("reason", "Undone right after the drop.".to_owned()),
    ]);
    let field =
        |(name, value): (&'static str, String)| view! { <input type="hidden" name=name value=value /> };
    let actions = ViewFn::from(move || {
        view! {
            <ActionForm action=action>
                {fields.get_value().into_iter().map(field).collect_view()}
                <SubmitButton kind=ButtonKind::Ghost pending=action.pending()>
                    "Undo"
                </SubmitButton>
            </ActionForm>
        }
    });
    view! {
        <Toast tone=Tone::Success actions=actions>
            {told}
        </Toast>
    }
}
