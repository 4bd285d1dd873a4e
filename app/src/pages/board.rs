//! The board of an integration: its buckets as stages from left to right, and what moves between them.
//!
//! It is kept true while it is looked at. What is read anew is merged into what is there: a stage is its bucket, a
//! card is its placement, and every part is drawn again only where it changed. So whatever a person has opened,
//! typed, focused or taken into the hand stays.

mod archived;
mod build_card;
pub(super) mod carry;
mod dialog;
mod drawing;
mod first_push;
mod hand;
mod history;
mod holds;
mod move_menu;
mod news;
mod paused;
mod push_help;
mod refusals;
mod runs;
mod stage;
mod unclassified;
mod undo;
mod verdict;
mod waiting;

use crate::components::copy::CopyLink;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::time::{Present, use_present};
use crate::fns::boards::view_board;
use crate::fns::buckets::ResumeArrivals;
use crate::fns::promotions::Promote;
use crate::later::Later;
use crate::live::{Kept, keep, read_at};
use crate::loaded::Loaded;
use crate::pages::deletions::DeleteLink;
use crate::pages::forms::successes;
use crate::paths;
use crate::shell::Announcement;
use archived::Archived;
use carry::{Act, Around, Berth, Carry, Hand, Load};
use dialog::{PromoteDialog, Wish};
use drawing::Drawing;
use hand::HandBar;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use push_help::PushHelp;
use stage::Stage;
use std::sync::Arc;
use towpath_domain::access::{Action, Target};
use towpath_domain::boards::{Board, Card};
use towpath_domain::buckets::BucketKey;
use towpath_domain::deletions::Subject;
use towpath_domain::holds::next_turn;
use towpath_domain::live::Notice;
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::Filter;
use towpath_domain::times::Time;
use unclassified::Unclassified;
use undo::Undo;

#[component]
pub fn BoardPage() -> impl IntoView {
    let params = use_params_map();
    let promote = ServerAction::<Promote>::new();
    let resume = ServerAction::<ResumeArrivals>::new();
    let param = move |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
    let board = Resource::new(
        move || (param("project"), param("integration")),
        |(project, integration)| view_board(project, integration),
    );
    let gone = Callback::new(move |()| board.refetch());
    view! {
        <Later>
            <main id="main" class="page page--wide">
                <Loaded resource=board let:first>
                    <BoardView first=first promote=promote resume=resume gone=gone />
                </Loaded>
            </main>
        </Later>
    }
}

/// What the parts of the board share.
#[derive(Clone, Copy)]
struct Table {
    board: Signal<Arc<Board>>,
    /// How its stages stand, where they are more than one line.
    drawing: Memo<Option<Drawing>>,
    now: Signal<Time>,
    /// By which verdicts are judged.
    present: Present,
    carry: RwSignal<Carry>,
    /// The promotion that the dialog asks to confirm.
    wish: RwSignal<Option<Wish>>,
    announcement: Option<Announcement>,
    resume: ServerAction<ResumeArrivals>,
    /// Whether the board stands, so that a card that comes now has just been placed.
    stands: StoredValue<bool>,
}

impl Table {
    fn say(self, words: String) {
        if let Some(Announcement(text)) = self.announcement {
            text.set(words);
        }
    }

    /// Does something with the build in the hand; an allowed drop opens the confirmation.
    fn act(self, act: Act) {
        // The browser may tell of a drag after the board has gone.
        let Some(carry) = self.carry.try_get_untracked() else { return };
        let load = match act {
            Act::PickUp(load, _) => Some(load),
            _ => carry.held().map(|held| held.load),
        };
        let Some(load) = load else { return };
        let around = around(&self.board.read_untracked(), load, self.present.get_untracked());
        let turn = carry.turn(act, &around);
        if turn.carry != carry {
            self.carry.set(turn.carry);
        }
        if let Some(words) = turn.says {
            self.say(words);
        }
        if let Some(drop) = turn.dropped {
            self.ask(drop.build, drop.from, drop.to);
        }
    }

    /// Asks to confirm that a build is to be promoted.
    fn ask(self, build: towpath_domain::ids::BuildId, from: BucketKey, to: BucketKey) {
        let board = self.board.get_untracked();
        let wish = board.column(from).zip(board.column(to)).and_then(|(from, to)| {
            let card = from.cards().find(|card| card.build.id == build)?;
            Some(Wish {
                build: card.build.clone(),
                from: (from.slot.key, from.slot.slug.clone()),
                to: (to.slot.key, to.slot.slug.clone()),
                earlier: to.current.as_ref().and_then(|card| card.placement),
            })
        });
        self.wish.set(wish);
    }
}

/// The board as it is around a build.
fn around(board: &Board, load: Load, now: Time) -> Around {
    let card =
        board.column(load.from).and_then(|column| column.cards().find(|card| card.build.id == load.build));
    let stages = board.columns.iter().map(|column| {
        let bucket = column.slot.key;
        let outlook =
            if bucket == load.from { None } else { board.consider(load.build, load.from, bucket, now) };
        Berth { bucket, name: column.slot.slug.to_string(), outlook }
    });
    Around {
        tag: card.map_or_else(|| "The build".to_owned(), |card| card.build.tag.to_string()),
        stages: stages.collect(),
    }
}

/// What a card is when it is picked up.
const fn load(card: &Card, from: BucketKey) -> Load {
    Load { build: card.build.id, placement: card.placement, from }
}

#[component]
fn BoardView(
    first: Board,
    promote: ServerAction<Promote>,
    resume: ServerAction<ResumeArrivals>,
    gone: Callback<()>,
) -> impl IntoView {
    let (project, integration) = (first.project.slug.clone(), first.integration.slug.clone());
    let label = format!("Board of {integration}");
    let Kept { view: board, read } = keep(
        first,
        touching(project.clone(), integration.clone()),
        move || view_board(project.to_string(), integration.to_string()),
        move || gone.run(()),
    );
    let now = Memo::new(move |_| board.read().now);
    let table = Table {
        drawing: Memo::new(move |_| Drawing::of(&board.read())),
        board,
        now: now.into(),
        present: use_present(now),
        carry: RwSignal::new(Carry::Nothing),
        wish: RwSignal::new(None),
        announcement: use_context(),
        resume,
        stands: StoredValue::new(false),
    };
    Effect::new(move |_| table.stands.set_value(true));
    // A freeze that begins, or a hold or a pin that ends, changes what every stage says.
    let turns_at = move || {
        let board = board.read();
        let fed = board.columns.iter().flat_map(|column| &column.fed);
        let pins = fed.filter_map(|fed| fed.pin.as_ref().map(|pin| pin.until));
        pins.chain(next_turn(board.holds.iter().map(|line| &line.hold), board.now)).min()
    };
    read_at(turns_at, table.now, move || read.run(()));
    read_after_acts(promote, resume, read);
    tell(table);
    let dropped = RwSignal::new(None);
    let buckets =
        Memo::new(move |_| board.read().columns.iter().map(|column| column.slot.key).collect::<Vec<_>>());
    let drawing = table.drawing;
    let way = move || match (board.read().workflow.is_some(), drawing.read().is_some()) {
        (false, _) => "board__way board__way--loose",
        (true, false) => "board__way",
        (true, true) => "board__way board__way--graph graph",
    };
    let carry = table.carry;
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" && carry.get_untracked().is_in(Hand::Touch) {
            table.act(Act::PutBack);
        }
    };
    let (may_delete, subject) = {
        let board = board.read_untracked();
        let (project, slug) = (board.project.slug.to_string(), board.integration.slug.to_string());
        let may = board.actor.may(Action::Configure, &Target::project(board.project.id));
        (may, Subject::Integration { project, slug })
    };
    let (retention, carry_over) = board.with_untracked(|board| {
        let (project, integration) = (&board.project.slug, &board.integration.slug);
        // What is global has no other type to go to.
        let other = (!board.project.is_global()).then(|| paths::carry_over(project, integration));
        (paths::retention(project, integration), other)
    });
    let declared = board
        .with_untracked(|board| paths::declared("integration", &board.project.slug, &board.integration.slug));
    let steps =
        board.with_untracked(|board| paths::outside_steps(&board.project.slug, &board.integration.slug));
    view! {
        <Heading board=board />
        <Archived table=table />
        <section class="board" aria-label=label data-carried=move || carried(carry.get()) on:keydown=on_key>
            // Without a workflow the buckets may go on sideways, where keys have to reach too.
            <ol class=way tabindex=move || board.read().workflow.is_none().then_some("0")>
                <For each=move || buckets.get() key=|bucket| *bucket let:bucket>
                    <Stage table=table key=bucket />
                </For>
                {move || drawing.get().map(|drawing| drawing.ways())}
            </ol>
            <p id="board-help" class="visually-hidden">
                "Space picks the build up. Left and right move between the stages that take it, up and down read what every stage says. Space drops it, Escape puts it back."
            </p>
            <HandBar table=table />
        </section>
        // Below, since it comes and goes with what is pushed, and must not move the board.
        <Unclassified board=board now=table.now />
        <p class="page__foot">
            <CopyLink href=declared>"Copy as YAML"</CopyLink>
        </p>
        {may_delete
            .then(|| {
                view! {
                    <p class="page__foot">
                        <a href=retention>"How long its images are kept"</a>
                        " · "
                        <a href=steps>"What promotions do elsewhere"</a>
                    </p>
                    {carry_over
                        .map(|href| {
                            view! {
                                <p class="page__foot">
                                    <a href=href>"Carry over to the other type…"</a>
                                </p>
                            }
                        })}
                    <DeleteLink subject=subject />
                }
            })}
        <PromoteDialog table=table promote=promote dropped=dropped />
        <Undo table=table dropped=dropped />
    }
}

fn touching(project: Slug, integration: Slug) -> impl Fn(&Notice) -> bool + Send + Sync + 'static {
    move |notice| notice.touches(&project, &integration)
}

/// The kind of hand that carries, as the stylesheet knows it.
fn carried(carry: Carry) -> Option<&'static str> {
    carry.held().map(|held| match held.hand {
        Hand::Mouse => "mouse",
        Hand::Touch => "touch",
        Hand::Keys => "keys",
    })
}

/// What this page did itself is shown without waiting to be told of it.
fn read_after_acts(promote: ServerAction<Promote>, resume: ServerAction<ResumeArrivals>, read: Callback<()>) {
    let (promoted, resumed) = (successes(promote), successes(resume));
    Effect::new(move |before: Option<(usize, usize)>| {
        let acts = (promoted.get(), resumed.get());
        if before.is_some_and(|before| before != acts) {
            read.run(());
        }
        acts
    });
}

/// Tells those who listen what changed. A build stays in the hand unless it lies where it was picked up no more.
fn tell(table: Table) {
    Effect::new(move |before: Option<Arc<Board>>| {
        let now = table.board.get();
        let Some(before) = before else { return now };
        let mut words = news::news(&before, &now);
        let carry = table.carry.get_untracked();
        if let Some(held) = carry.held().filter(|held| !lies_there(&now, held.load)) {
            let turn = carry.turn(Act::Vanish, &around(&before, held.load, before.now));
            table.carry.set(turn.carry);
            words.extend(turn.says);
            if held.hand == Hand::Keys {
                focus_card(&now, held.load.from);
            }
        }
        if !words.is_empty() {
            table.say(words.join(" "));
        }
        now
    });
}

/// The focus went with the card that it was on; it goes on to what took its place.
fn focus_card(board: &Board, bucket: BucketKey) {
    let Some(column) = board.column(bucket) else { return };
    let card = format!("[data-bucket='{}'] .build-card", column.slot.slug);
    request_animation_frame(move || {
        let found = document().query_selector(&card).ok().flatten();
        if let Some(card) = found.and_then(|card| card.dyn_into::<HtmlElement>().ok()) {
            // Where it cannot be focused, nothing is lost but the place.
            let _ = card.focus();
        }
    });
}

/// Whether what was picked up is still what is current there.
fn lies_there(board: &Board, load: Load) -> bool {
    let current = board.column(load.from).and_then(|column| column.current.as_ref());
    current.is_some_and(|card| card.placement == load.placement)
}

#[component]
fn Heading(board: Signal<Arc<Board>>) -> impl IntoView {
    let first = board.get_untracked();
    let slug = first.integration.slug.to_string();
    let project = first.project.slug.clone();
    let trail = Crumb::of_project(&project, [Crumb::here(slug.clone())]);
    let archived = Memo::new(move |_| board.read().project.archived_at.is_some());
    let rule = paths::unclassified(&project, &first.integration.slug, None);
    let difference = paths::difference(&project, &first.integration.slug);
    let filter = Filter { integration: format!("{project}/{slug}"), ..Filter::default() };
    let empty = first.columns.iter().all(|column| column.current.is_none());
    let words = Memo::new(move |_| {
        let board = board.read();
        (board.integration.title.to_string(), lead(&board))
    });
    view! {
        <Title text=format!("{project}/{slug}") />
        <Breadcrumbs trail=trail />
        {move || {
            let (title, lead) = words.get();
            let (href, rule) = (paths::timeline(&filter, None), rule.clone());
            let difference = difference.clone();
            view! {
                <PageHeader title=title lead=lead>
                    <a class="button" href=difference>
                        "Compare"
                    </a>
                    <a class="button" href=rule>
                        "CI rule"
                    </a>
                    <a class="button" href=href>
                        "Timeline"
                    </a>
                </PageHeader>
            }
        }}
        {move || (!archived.get()).then(|| view! { <PushHelp live=board open=empty /> })}
    }
}

fn lead(board: &Board) -> String {
    let kind = board.integration.kind;
    let words = match &board.workflow {
        Some(workflow) => {
            format!("Builds move through {} by the workflow “{}”.", kind.plural(), workflow.name.title)
        }
        None => format!("Builds by {kind}. No workflow moves them."),
    };
    match &board.default_build {
        Some(build) => {
            format!("{words} Where nothing else says anything, services run {} by default.", build.tag)
        }
        None => words,
    }
}
