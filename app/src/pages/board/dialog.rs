//! The confirmation: asks for a reason and shows what is there now, after a drop or a choice in the menu.

use super::Table;
use super::undo::Dropped;
use crate::components::dialog::Dialog;
use crate::fns::promotions::Promote;
use crate::pages::promote::PromoteForm;
use crate::shell::Announcement;
use leptos::prelude::*;
use towpath_domain::buckets::BucketKey;
use towpath_domain::builds::Build;
use towpath_domain::ids::PlacementId;
use towpath_domain::slugs::Slug;

/// A promotion before it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wish {
    pub build: Build,
    pub from: (BucketKey, Slug),
    pub to: (BucketKey, Slug),
    /// What is current there when it is wished for.
    pub earlier: Option<PlacementId>,
}

#[component]
pub(super) fn PromoteDialog(
    table: Table,
    promote: ServerAction<Promote>,
    /// Told of a wish that was granted, where something was there before.
    dropped: RwSignal<Option<Dropped>>,
) -> impl IntoView {
    let wish = table.wish;
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        let wished = wish.with(Option::is_some);
        if wished {
            // The mistakes of an earlier wish say nothing about this one.
            promote.clear();
        }
        open.set(wished);
    });
    // A promotion that was accepted needs no dialog any more; a refused one shows its mistakes in it.
    Effect::new(move |_| {
        if promote.value().with(|value| matches!(value, Some(Ok(_)))) {
            if let Some(wish) = wish.get_untracked() {
                let granted = |earlier| Dropped {
                    build: wish.build.id,
                    tag: wish.build.tag.to_string(),
                    to: wish.to.clone(),
                    earlier,
                };
                dropped.set(wish.earlier.map(granted));
            }
            wish.set(None);
        }
    });
    let title = Signal::derive(move || {
        wish.with(|wish| {
            wish.as_ref()
                .map_or_else(String::new, |wish| format!("Promote {} to {}", wish.build.tag, wish.to.1))
        })
    });
    let announcement: Announcement = expect_context();
    let closed = Callback::new(move |()| {
        if wish.with_untracked(Option::is_some) {
            announcement.0.set("Nothing was promoted.".to_owned());
        }
        wish.set(None);
        // The next one begins without the mistakes of this one.
        promote.clear();
    });
    view! {
        <Dialog id="promote" title=title open=open on_close=closed>
            {move || wish.get().map(|wish| view! { <Form table=table promote=promote wish=wish close=closed /> })}
        </Dialog>
    }
}

/// What is there now and what the promotion will meet follow the board; what was typed stays.
#[component]
fn Form(table: Table, promote: ServerAction<Promote>, wish: Wish, close: Callback<()>) -> impl IntoView {
    let board = table.board;
    let (build, (from, from_slug), (to, to_slug)) = (wish.build.id, wish.from, wish.to);
    let first = board.get_untracked();
    let current = Memo::new(move |_| board.read().column(to).and_then(|column| column.current.clone()));
    let outlook = first.consider(build, from, to, table.present.get_untracked())?;
    // A build that fell out of the board's history is judged as it was last.
    let outlook = Memo::new(move |last| {
        let now = board.read().consider(build, from, to, table.present.get());
        now.or_else(|| last.cloned()).unwrap_or_else(|| outlook.clone())
    });
    let supersedes = Signal::derive(move || {
        let board = board.read();
        board.column(to).map(|column| board.supersedes(column)).unwrap_or_default()
    });
    let may_pass = first.column(to).is_some_and(|column| first.may_pass(column));
    Some(view! {
        <PromoteForm
            action=promote
            project=first.project.slug.clone()
            integration=first.integration.slug.to_string()
            what=wish.build
            from=from_slug
            to=to_slug
            current=current
            outlook=outlook
            asks_for=first.asks_for(to).map(|pattern| pattern.as_str().to_owned())
            supersedes=supersedes
            may_pass=may_pass
            now=table.now
            close=close
        />
    })
}
