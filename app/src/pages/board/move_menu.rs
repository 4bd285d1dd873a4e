//! The menu on a card: every other stage with its verdict. Links to those that the workflow leads to work without
//! script, and open the confirmation in place with it.

use super::Table;
use crate::components::menu::Menu;
use crate::pages::promote::{WhoMay, is_passable};
use crate::paths;
use leptos::either::Either;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use towpath_domain::boards::{Board, Card};
use towpath_domain::buckets::BucketKey;
use towpath_domain::ids::BuildId;
use towpath_domain::promotions::{Outlook, RequestRefused};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;

/// A stage to move to, or why not.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Choice {
    bucket: BucketKey,
    slug: Slug,
    /// Whether the workflow leads there from here.
    leads: bool,
    /// Whether something can be asked for there, or the form leads on to what was asked for already.
    open: bool,
    outlook: Outlook,
}

impl Choice {
    fn is_forbidden(&self) -> bool {
        matches!(self.outlook, Outlook::Refused { refused: RequestRefused::Forbidden(_) })
    }
}

#[component]
pub(super) fn MoveMenu(table: Table, from: BucketKey, card: Card) -> impl IntoView {
    let build = card.build.id;
    let choices = Memo::new(move |_| choices(&table.board.read(), build, from, table.present.get()));
    let any = Memo::new(move |_| choices.read().iter().any(|choice| choice.leads));
    let tag = card.build.tag.to_string();
    move || {
        let card = card.clone();
        any.get().then(|| {
            view! {
                <Menu label=tag.clone() text="Move to…">
                    <For each=move || choices.get() key=|choice| (choice.bucket, choice.leads) let:choice>
                        <Item table=table from=from card=card.clone() choices=choices choice=choice />
                    </For>
                    <Together table=table from=from choices=choices />
                </Menu>
            }
        })
    }
}

/// The way to a release set: what other services have in the same stage goes along.
#[component]
fn Together(table: Table, from: BucketKey, choices: Memo<Vec<Choice>>) -> impl IntoView {
    let links = Memo::new(move |_| {
        let board = table.board.read();
        let here = board.column(from).map(|column| column.slot.slug.clone());
        let to = |choice: &Choice| {
            let here = here.as_ref().filter(|_| choice.leads && !choice.is_forbidden())?;
            Some((paths::stages_compared(&board.project.slug, here, &choice.slug), choice.slug.clone()))
        };
        choices.read().iter().filter_map(to).collect::<Vec<_>>()
    });
    let link = |(href, to): (String, Slug)| {
        view! {
            <a class="menu__item" href=href draggable="false">
                {format!("With other services to {to}…")}
            </a>
        }
    };
    move || links.get().into_iter().map(link).collect_view()
}

fn choices(board: &Board, build: BuildId, from: BucketKey, now: Time) -> Vec<Choice> {
    let next = board.workflow.as_ref().map(|workflow| workflow.graph.after(from)).unwrap_or_default();
    let others = board.columns.iter().filter(|column| column.slot.key != from);
    let choice = |column: &towpath_domain::boards::Column| {
        let (bucket, slug) = (column.slot.key, column.slot.slug.clone());
        let outlook = board.consider(build, from, bucket, now)?;
        let open = match &outlook {
            // The promotion that asks for it already is a way on.
            Outlook::Enters
            | Outlook::Waits { .. }
            | Outlook::Refused { refused: RequestRefused::AlreadyAsked { .. } } => true,
            Outlook::Refused { refused } => is_passable(refused) && board.may_pass(column),
        };
        Some(Choice { bucket, slug, leads: next.contains(&bucket), open, outlook })
    };
    others.filter_map(choice).collect()
}

#[component]
fn Item(
    table: Table,
    from: BucketKey,
    card: Card,
    choices: Memo<Vec<Choice>>,
    choice: Choice,
) -> impl IntoView {
    let Choice { bucket, slug, leads, .. } = choice;
    // One that has gone from the board stays as it was, until its item goes.
    let standing = Memo::new(move |last: Option<&Option<Choice>>| {
        let now = choices.read().iter().find(|choice| choice.bucket == bucket).cloned();
        now.or_else(|| last.cloned().flatten())
    });
    let outlook = move || standing.get().map(|choice| choice.outlook);
    let words = move || outlook().map(|outlook| outlook.words());
    if !leads {
        return view! {
            <span class="menu__item menu__item--stacked" aria-disabled="true">
                {slug.to_string()}
                <span class="menu__note">{words}</span>
            </span>
        }
        .into_any();
    }
    let board = table.board.get_untracked();
    let here = board.column(from).map(|column| column.slot.slug.clone());
    let href = here.map(|here| {
        paths::promote(&board.project.slug, &board.integration.slug, &card.build.digest, &here, &slug)
    });
    let choose = move |event: MouseEvent| {
        let refused = matches!(untrack(outlook), None | Some(Outlook::Refused { .. }));
        if !refused && !event.ctrl_key() && !event.meta_key() {
            event.prevent_default();
            table.ask(card.build.id, from, bucket);
        }
    };
    let name = format!("Promote to {slug}");
    let open = Memo::new(move |_| standing.read().as_ref().is_some_and(|choice| choice.open));
    let refusal = Memo::new(move |_| match outlook() {
        Some(Outlook::Refused { refused: RequestRefused::Forbidden(refusal) }) => Some(refusal),
        _ => None,
    });
    let project = StoredValue::new(board.project.slug.clone());
    (move || {
        if open.get() {
            Either::Left(view! {
                <a
                    class="menu__item menu__item--stacked"
                    href=href.clone()
                    on:click=choose
                    draggable="false"
                >
                    {name.clone()}
                    <span class="menu__note">{words}</span>
                </a>
            })
        } else {
            let who = refusal.get().map(|refusal| {
                view! {
                    <span class="menu__part menu__note">
                        <WhoMay action=refusal.action() project=project.get_value() />
                    </span>
                }
            });
            Either::Right(view! {
                <span class="menu__item menu__item--stacked" aria-disabled="true">
                    {name.clone()}
                    <span class="menu__note">{words}</span>
                </span>
                {who}
            })
        }
    })
    .into_any()
}
