//! The board of an integration: its buckets as stages from left to right, and what moves between them.

mod build_card;
mod carry;
mod push_help;
mod stage;

use crate::components::dialog::Dialog;
use crate::components::digest::DigestView;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::time::TimeView;
use crate::fns::boards::view_board;
use crate::fns::buckets::ResumeArrivals;
use crate::fns::promotions::Promote;
use crate::loaded::Loaded;
use crate::pages::forms::successes;
use crate::pages::promote::PromoteForm;
use crate::paths;
use crate::shell::Announcement;
use carry::Carry;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use push_help::PushHelp;
use stage::Stage;
use std::sync::Arc;
use towpath_domain::boards::{Board, Card};
use towpath_domain::builds::Build;
use towpath_domain::promotions::Outlook;
use towpath_domain::timeline::Filter;

#[component]
pub fn BoardPage() -> impl IntoView {
    let params = use_params_map();
    let promote = ServerAction::<Promote>::new();
    let resume = ServerAction::<ResumeArrivals>::new();
    let param = move |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
    // A promotion that was refused leaves the board, with its dialog and what was typed, as it is.
    let promoted = successes(promote);
    let board = Resource::new(
        move || (param("project"), param("integration"), promoted.get(), resume.version().get()),
        |(project, integration, ..)| view_board(project, integration),
    );
    view! {
        <main id="main" class="page page--wide">
            <Loaded resource=board let:board>
                <BoardView board=Arc::new(board) promote=promote resume=resume />
            </Loaded>
        </main>
    }
}

/// What the parts of the board share.
#[derive(Clone)]
struct Table {
    board: Arc<Board>,
    carry: RwSignal<Carry>,
    /// The promotion that the dialog asks to confirm.
    wish: RwSignal<Option<Wish>>,
    announcement: Option<Announcement>,
    resume: ServerAction<ResumeArrivals>,
}

/// A promotion before it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wish {
    build: Build,
    from: towpath_domain::slugs::Slug,
    to: towpath_domain::slugs::Slug,
    current: Option<Card>,
    outlook: Outlook,
}

impl Table {
    fn say(&self, words: String) {
        if let Some(Announcement(text)) = self.announcement {
            text.set(words);
        }
    }

    /// Lets go of what is carried: an allowed drop opens the confirmation, any other says why not.
    fn let_go(&self) {
        let carry = self.carry.get_untracked();
        self.carry.set(Carry::Nothing);
        let Some(drop) = carry.drop_it() else {
            self.say("Put back where it was.".to_owned());
            return;
        };
        let board = &self.board;
        let outlook = board.consider(drop.build, drop.from, drop.to);
        let (Some(outlook), Some(from), Some(to)) = (outlook, board.column(drop.from), board.column(drop.to))
        else {
            return;
        };
        if let Outlook::Refused { .. } = outlook {
            self.say(format!("Not moved to {}. {}", to.slot.slug, outlook.words()));
            return;
        }
        if let Some(card) = from.cards().find(|card| card.build.id == drop.build) {
            self.wish.set(Some(Wish {
                build: card.build.clone(),
                from: from.slot.slug.clone(),
                to: to.slot.slug.clone(),
                current: to.current.clone(),
                outlook,
            }));
        }
    }
}

#[component]
fn BoardView(
    board: Arc<Board>,
    promote: ServerAction<Promote>,
    resume: ServerAction<ResumeArrivals>,
) -> impl IntoView {
    let table = Table {
        board: board.clone(),
        carry: RwSignal::new(Carry::Nothing),
        wish: RwSignal::new(None),
        announcement: use_context(),
        resume,
    };
    let carry = table.carry;
    let stages = board.columns.iter().map(|column| {
        view! { <Stage table=table.clone() key=column.slot.key /> }
    });
    let stages = stages.collect_view();
    let way = if board.workflow.is_some() { "board__way" } else { "board__way board__way--loose" };
    let label = format!("Board of {}", board.integration.slug);
    view! {
        <Heading board=board.clone() />
        {unclassified(&board)}
        <section class="board" aria-label=label data-dragging=move || carry.get().is_held().then_some("true")>
            <ol class=way>{stages}</ol>
            <p id="board-help" class="visually-hidden">
                "Space picks the build up. The arrow keys move between the stages, which say what a drop would meet. Space drops it, Escape puts it back."
            </p>
        </section>
        <PromoteDialog table=table promote=promote />
    }
}

#[component]
fn Heading(board: Arc<Board>) -> impl IntoView {
    let slug = board.integration.slug.to_string();
    let (project, title) = (board.project.slug.clone(), board.integration.title.to_string());
    let trail = vec![
        Crumb::new("Projects", paths::PROJECTS),
        Crumb::new(project.to_string(), paths::project(&project)),
        Crumb::here(slug.clone()),
    ];
    let lead = match &board.workflow {
        Some(workflow) => {
            format!(
                "Builds move through {} by the workflow “{}”.",
                board.integration.kind.plural(),
                workflow.name.title
            )
        }
        None => format!("Builds by {}. No workflow moves them.", board.integration.kind),
    };
    let filter = Filter { integration: format!("{project}/{slug}"), ..Filter::default() };
    let empty = board.columns.iter().all(|column| column.current.is_none());
    view! {
        <Title text=format!("{project}/{slug}") />
        <Breadcrumbs trail=trail />
        <PageHeader title=title lead=lead>
            <a class="button" href=paths::timeline(&filter, None)>
                "Timeline"
            </a>
        </PageHeader>
        <PushHelp board=board open=empty />
    }
}

/// What was pushed to the integration without a bucket.
fn unclassified(board: &Board) -> Option<impl IntoView + use<>> {
    let now = board.now;
    let items: Vec<_> = board
        .unclassified
        .iter()
        .map(|card| {
            let (tag, at) = (card.build.tag.to_string(), card.at);
            let href = paths::build(&card.build.digest);
            let digest = card.build.digest.to_string();
            let by = card.by.clone();
            view! {
                <li class="rows__item">
                    <a class="rows__link" href=href>
                        {tag}
                    </a>
                    <DigestView value=digest />
                    <span class="rows__meta">{by} ", " <TimeView at=at now=now /></span>
                </li>
            }
        })
        .collect();
    (!items.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="unclassified">
                <header class="card__header">
                    <h2 class="card__title" id="unclassified">
                        "In no bucket"
                    </h2>
                </header>
                <div class="card__body">
                    <p class="muted">
                        "Pushed to the integration without naming a bucket. Push to a bucket to place a build."
                    </p>
                    <ul class="rows">{items}</ul>
                </div>
            </section>
        }
    })
}

/// Asks for a reason and shows what is there now, after a drop or a choice in the menu.
#[component]
fn PromoteDialog(table: Table, promote: ServerAction<Promote>) -> impl IntoView {
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
            wish.set(None);
        }
    });
    let title = Signal::derive(move || {
        wish.with(|wish| {
            wish.as_ref()
                .map_or_else(String::new, |wish| format!("Promote {} to {}", wish.build.tag, wish.to))
        })
    });
    let closed = move |()| {
        wish.set(None);
        // The next one begins without the mistakes of this one.
        promote.clear();
    };
    let (project, integration) =
        (table.board.project.slug.to_string(), table.board.integration.slug.to_string());
    let now = table.board.now;
    view! {
        <Dialog id="promote" title=title open=open on_close=Callback::new(closed)>
            {move || {
                wish.get()
                    .map(|wish| {
                        view! {
                            <PromoteForm
                                action=promote
                                project=project.clone()
                                integration=integration.clone()
                                what=wish.build
                                from=wish.from
                                to=wish.to
                                current=wish.current
                                outlook=wish.outlook
                                now=now
                            />
                        }
                    })
            }}
        </Dialog>
    }
}
