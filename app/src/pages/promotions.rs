//! A promotion: what it moves, how its gates stand, who said what, and the forms to decide.

mod course;
mod deciding;
mod elsewhere;
mod emergency;
mod gates;
mod pinning;

use crate::components::badge::Badge;
use crate::components::banner::Banner;
use crate::components::card::Card as Panel;
use crate::components::digest::DigestView;
use crate::components::icon::Symbol;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::time::{ExactTime, TimeView};
use crate::components::tone::Tone;
use crate::echo::errors;
use crate::fns::promotions::{
    ApplyPromotion, CancelPromotion, Decide, PassGates, RetryPromotion, ReviewEmergency, view_promotion,
};
use crate::live::{Kept, keep};
use crate::loaded::Loaded;
use crate::pages::builds::origin::OriginFacts;
use crate::pages::differences::DifferenceView;
use crate::pages::forms::{Late, successes};
use crate::pages::holds::HoldNote;
use crate::pages::roll_back::reach;
use crate::shell::{Announcement, Deeds};
use crate::{AppError, paths};
use course::{Course, WhoCanAct};
use deciding::{ApplyForm, CancelForm, DecideForm, Decisions};
use elsewhere::{ElsewherePanel, RetryForm};
use emergency::{EmergencyMark, PassForm};
use gates::Gates;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use pinning::{PinFacts, standing, summary};
use std::sync::Arc;
use std::time::Duration;
use towpath_domain::gates::{Gate, Verdict};
use towpath_domain::holds::{HoldLine, Phase};
use towpath_domain::inbox::PromotionView;
use towpath_domain::promotions::{Choice, State};

#[component]
pub fn PromotionPage() -> impl IntoView {
    let params = use_params_map();
    let acts = Acts {
        decide: ServerAction::new(),
        apply: ServerAction::new(),
        retry: ServerAction::new(),
        cancel: ServerAction::new(),
        pass: ServerAction::new(),
        review: ServerAction::new(),
    };
    let param = move |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
    let view = Resource::new(
        move || (param("project"), param("number")),
        |(project, number)| async move {
            match number.parse() {
                Ok(number) => view_promotion(project, number).await,
                Err(_) => Err(AppError::NotFound(format!("The promotion “{number}” was not found"))),
            }
        },
    );
    // What waits in the inbox changed with the decision; the count on top follows.
    let deeds = use_context::<Deeds>();
    Effect::new(move |_| {
        let Acts { decide, apply, retry, pass, review, .. } = acts;
        let versions = [decide.version(), apply.version(), retry.version(), pass.version(), review.version()];
        if versions.map(|version| version.get()).into_iter().sum::<usize>() > 0
            && let Some(Deeds(deeds)) = deeds
        {
            deeds.update(|deeds| *deeds += 1);
        }
    });
    let gone = Callback::new(move |()| view.refetch());
    view! {
        <main id="main" class="page">
            <Loaded resource=view let:first>
                <Promotion first=first acts=acts gone=gone />
            </Loaded>
        </main>
    }
}

pub(super) type View = Signal<Arc<PromotionView>>;

/// What can be done with a promotion.
#[derive(Clone, Copy)]
struct Acts {
    decide: ServerAction<Decide>,
    apply: ServerAction<ApplyPromotion>,
    retry: ServerAction<RetryPromotion>,
    cancel: ServerAction<CancelPromotion>,
    pass: ServerAction<PassGates>,
    review: ServerAction<ReviewEmergency>,
}

#[component]
fn Promotion(first: PromotionView, acts: Acts, gone: Callback<()>) -> impl IntoView {
    let Acts { decide, apply, retry, cancel, pass, review } = acts;
    let promotion = first.promotion.clone();
    let (number, tag, to) = (promotion.number, &promotion.tag, &promotion.to.slug);
    let title = match &promotion.pin {
        Some(pin) => format!("#{number} Pin {tag} in {}", pin.environment.slug),
        None if promotion.is_rollback() => format!("#{number} Roll {to} back to {tag}"),
        None => format!("#{number} Promote {tag} to {to}"),
    };
    let lead = match &promotion.pin {
        Some(pin) => summary(pin, &first),
        None if promotion.is_rollback() => format!("{}/{}.", first.project, first.integration),
        None => format!("{}/{}, from {} to {to}.", first.project, first.integration, promotion.from.slug),
    };
    let trail = Crumb::of_integration(
        &first.project,
        &first.integration,
        [Crumb::here(format!("#{}", promotion.number))],
    );
    let view = kept(first, acts, gone);
    // Each part is drawn again only where it changed, so that a comment that is being typed stays.
    let state = Memo::new(move |_| view.read().promotion.state.clone());
    let waits = Memo::new(move |_| state.read().is_open());
    let ready = Memo::new(move |_| matches!(*state.read(), State::Ready { .. }));
    let failed = Memo::new(move |_| matches!(*state.read(), State::Failed { .. }));
    let may_cancel = Memo::new(move |_| waits.get() && view.read().may_cancel.is_ok());
    // Where every gate passes there is none to be passed by.
    let may_pass = Memo::new(move |_| {
        let view = view.read();
        let missing = view.verdicts.iter().any(|gate| gate.verdict != Verdict::Passes);
        waits.get() && missing && view.may_pass.is_ok()
    });
    let may_review = Memo::new(move |_| view.read().may_review.is_ok());
    tell(promotion.number, state);
    let holds = Memo::new(move |_| view.read().holds.clone());
    // Where time alone is waited for, nobody has anything to decide; and once it is ready, only who may still reject it.
    let asks_people = promotion.gates.iter().any(|gate| matches!(gate, Gate::Approvals(_)));
    let decides = Memo::new(move |_| {
        let view = view.read();
        let may = view.may_decide.is_ok() || view.for_others.iter().any(|other| other.may.is_ok());
        asks_people && waits.get() && (may || !ready.get())
    });
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=trail />
        <PageHeader title=title lead=lead>
            {move || badge(&state.read())}
        </PageHeader>
        <Late errors=errors(move || decide.value().get()) form=decides />
        <Late errors=errors(move || apply.value().get()) form=ready />
        <Late errors=errors(move || retry.value().get()) form=failed />
        <Late errors=errors(move || cancel.value().get()) form=may_cancel />
        <Late errors=errors(move || pass.value().get()) form=may_pass />
        <Late errors=errors(move || review.value().get()) form=may_review />
        <EmergencyMark view=view action=review />
        {move || holds.get().into_iter().map(|line| view! { <HoldBanner line=line view=view /> }).collect_view()}
        <div class="columns">
            <div class="stack">
                <Facts view=view /> <Differs view=view /> <Gates view=view /> <Decisions view=view /> <Course view=view />
            </div>
            <div class="stack">
                <ElsewherePanel view=view /> <WhoCanAct view=view />
                {move || failed.get().then(|| view! { <RetryForm view=view action=retry /> })}
                {move || ready.get().then(|| view! { <ApplyForm view=view action=apply /> })}
                {move || decides.get().then(|| view! { <DecideForm view=view action=decide /> })}
                {move || may_cancel.get().then(|| view! { <CancelForm view=view action=cancel /> })}
                {move || may_pass.get().then(|| view! { <PassForm view=view action=pass /> })}
                {move || {
                    waits.track();
                    ending(&view.read_untracked(), view)
                }}
            </div>
        </div>
    }
}

/// What it changes about the image that is there now.
#[component]
fn Differs(view: View) -> impl IntoView {
    let told = Memo::new(move |_| {
        let view = view.read();
        (view.difference.clone(), view.unread, view.commits_link.clone())
    });
    move || {
        let content = match told.get() {
            (Some(difference), _, commits_link) => {
                view! { <DifferenceView difference=difference commits_link=commits_link /> }.into_any()
            }
            (None, true, _) => {
                view! { <p class="muted">"One of the images could not be read."</p> }.into_any()
            }
            (None, false, _) => return None,
        };
        Some(view! { <Panel title="Difference to what is there now">{content}</Panel> })
    }
}

/// A hold that it waits for, or will.
#[component]
fn HoldBanner(line: HoldLine, view: View) -> impl IntoView {
    let now = Memo::new(move |_| view.read().now);
    let words = line.hold.address.words();
    let title = match line.hold.phase(now.get_untracked()) {
        Phase::Planned => format!("Freeze to come: {words}"),
        _ => format!("On hold: {words}"),
    };
    view! {
        <Banner tone=Tone::Warning title=title>
            <HoldNote line=line now=now />
        </Banner>
    }
}

/// Follows what happens in the integration: decisions of others, and what becomes current where this one wants to.
fn kept(first: PromotionView, acts: Acts, gone: Callback<()>) -> View {
    let (project, integration) = (first.project.clone(), first.integration.clone());
    let (name, number) = (project.to_string(), first.promotion.number);
    let Kept { view, read } = keep(
        first,
        move |notice| notice.touches(&project, &integration),
        move || view_promotion(name.clone(), number),
        move || gone.run(()),
    );
    let (decided, cancelled) = (successes(acts.decide), successes(acts.cancel));
    let (passed, reviewed) = (successes(acts.pass), successes(acts.review));
    let (applied, retried) = (successes(acts.apply), successes(acts.retry));
    Effect::new(move |before: Option<[usize; 6]>| {
        let acts =
            [decided.get(), applied.get(), retried.get(), cancelled.get(), passed.get(), reviewed.get()];
        if before.is_some_and(|before| before != acts) {
            read.run(());
        }
        acts
    });
    Effect::new(move |_| {
        let look = move || {
            if view.with_untracked(|view| view.promotion.is_sending()) {
                read.run(());
            }
        };
        if let Ok(looking) = set_interval_with_handle(look, LOOK) {
            on_cleanup(move || looking.clear());
        }
    });
    view
}

/// How often a page looks again how far that is which a promotion does elsewhere: no event tells of it.
const LOOK: Duration = Duration::from_secs(3);

/// Tells those who listen that it is over.
fn tell(number: i64, state: Memo<State>) {
    let announcement = use_context::<Announcement>();
    Effect::new(move |before: Option<State>| {
        let now = state.get();
        if let (Some(Announcement(text)), true) = (announcement, before.is_some_and(|before| before != now)) {
            text.set(format!("Promotion #{number} is {} now.", now.name()));
        }
        now
    });
}

pub fn badge(state: &State) -> impl IntoView + use<> {
    let (tone, symbol) = match state {
        State::Waiting => (Tone::Warning, Symbol::Clock),
        State::Ready { .. } => (Tone::Info, Symbol::Check),
        State::Sending { .. } => (Tone::Info, Symbol::Clock),
        State::Failed { .. } => (Tone::Danger, Symbol::Warning),
        State::Applied { .. } => (Tone::Success, Symbol::Check),
        State::Rejected { .. } => (Tone::Danger, Symbol::Ban),
        State::Cancelled { .. } => (Tone::Neutral, Symbol::Close),
        State::Expired { .. } => (Tone::Neutral, Symbol::Clock),
        State::Superseded { .. } => (Tone::Neutral, Symbol::Arrow),
    };
    let name = state.name();
    view! {
        <Badge tone=tone symbol=symbol>
            {name}
        </Badge>
    }
}

#[component]
fn Facts(view: View) -> impl IntoView {
    let first = view.get_untracked();
    let promotion = first.promotion.clone();
    let now = Memo::new(move |_| view.read().now);
    let current = Memo::new(move |_| view.read().current.clone());
    let build = promotion.build;
    let there = move || match current.get() {
        None => "Nothing".into_any(),
        Some(card) if card.build.id == build => "This build".into_any(),
        Some(card) => view! {
            <strong>{card.build.tag.to_string()}</strong>
            " "
            <DigestView value=card.build.digest.to_string() />
            " · "
            <TimeView at=card.at now=now />
        }
        .into_any(),
    };
    let place = promotion.pin.as_ref().map_or(&promotion.to.slug, |pin| &pin.environment.slug).to_string();
    let requester = first.name(promotion.requested_by).to_owned();
    let pusher = first.name(promotion.behind.pusher).to_owned();
    let with = promotion.requested_with.map(|_| " by token");
    let automatic = promotion.automatic;
    let title = match (&promotion.pin, promotion.is_rollback()) {
        (Some(_), _) => "What is pinned",
        (None, true) => "What goes back",
        (None, false) => "What moves",
    };
    let reaches = Memo::new(move |_| view.read().reaches.clone());
    let open = Memo::new(move |_| view.read().promotion.is_open());
    let ends_at = promotion.end();
    view! {
        <Panel title=title>
            <dl class="facts">
                <div class="facts__row">
                    <dt>"Build"</dt>
                    <dd>
                        <a href=paths::build(&promotion.digest)>{promotion.tag.to_string()}</a>
                        " "
                        <DigestView value=promotion.digest.to_string() />
                    </dd>
                </div>
                <div class="facts__row">
                    <dt>{format!("Now in {place}")}</dt>
                    <dd>{there}</dd>
                </div>
                {move || reach(&reaches.read())}
                {promotion.pin.map(|pin| view! { <PinFacts pin=pin view=view /> })}
                <div class="facts__row">
                    <dt>{if automatic { "Asked by itself" } else { "Asked by" }}</dt>
                    <dd>
                        {automatic.then_some("The stage is automatic. Brought to the stage before by ")} {requester} {with}
                        ", " <TimeView at=promotion.requested_at now=now />
                    </dd>
                </div>
                {move || {
                    open.get()
                        .then(|| {
                            view! {
                                <div class="facts__row">
                                    <dt>"Expires"</dt>
                                    <dd>
                                        <ExactTime at=ends_at /> " (" <TimeView at=ends_at now=now /> ")"
                                    </dd>
                                </div>
                            }
                        })
                }}
                {promotion
                    .scheduled_for
                    .map(|at| {
                        view! {
                            <div class="facts__row">
                                <dt>"Not before"</dt>
                                <dd>
                                    <ExactTime at=at />
                                </dd>
                            </div>
                        }
                    })}
                {first
                    .release_set
                    .clone()
                    .map(|(project, number, title)| {
                        view! {
                            <div class="facts__row">
                                <dt>"Release set"</dt>
                                <dd>
                                    <a href=paths::release_set(&project, number)>{title.to_string()}</a>
                                </dd>
                            </div>
                        }
                    })}
                <div class="facts__row">
                    <dt>"Reason"</dt>
                    <dd>{promotion.reason.to_string()}</dd>
                </div>
                {promotion
                    .reference
                    .map(|reference| {
                        view! {
                            <div class="facts__row">
                                <dt>"Reference"</dt>
                                <dd>{reference.to_string()}</dd>
                            </div>
                        }
                    })}
                <div class="facts__row">
                    <dt>"Pushed by"</dt>
                    <dd>{pusher}</dd>
                </div>
                <OriginFacts origin=first.build.origin.clone() />
            </dl>
        </Panel>
    }
}

/// Who applied it, where that is a step of its own.
fn by_hand(view: &PromotionView) -> String {
    let applied = view.events.iter().rev().find(|event| event.kind == "promotion_applied");
    let applied = applied.filter(|_| view.promotion.by_hand);
    applied.map(|event| format!("{} applied it. ", event.who)).unwrap_or_default()
}

/// How it ended, where it did.
fn ending(first: &PromotionView, view: View) -> Option<impl IntoView + use<>> {
    let (words, at) = match &first.promotion.state {
        State::Waiting | State::Ready { .. } | State::Sending { .. } | State::Failed { .. } => return None,
        State::Applied { at, .. } => match &first.promotion.pin {
            Some(pin) => (format!("It was pinned in {}", pin.environment.slug), *at),
            None => (format!("{}It became current in {}", by_hand(first), first.promotion.to.slug), *at),
        },
        State::Rejected { at, by } => {
            let last = first.promotion.decisions.iter().find(|decision| decision.choice == Choice::Reject);
            let who = last.map(|decision| decision.who(|person| first.name(person).to_owned()));
            (format!("{} rejected it", who.unwrap_or_else(|| first.name(*by).to_owned())), *at)
        }
        State::Cancelled { at, by } => (format!("{} took it back", first.name(*by)), *at),
        State::Expired { at, because } => (format!("{because} It expired"), *at),
        State::Superseded { at, by } => {
            (format!("#{by} was asked for after it, and the newest wins. It ended"), *at)
        }
    };
    let now = Memo::new(move |_| view.read().now);
    let (board, way) = match &first.promotion.pin {
        Some(pin) => {
            (paths::environment(&pin.project.slug, &pin.environment.slug, None), "Go to the environment")
        }
        None => (paths::integration(&first.project, &first.integration), "Go to the board"),
    };
    let pin = first.pin.clone().map(|pin| standing(pin, now));
    Some(view! {
        <Panel title="Outcome">
            <p>{words} " " <TimeView at=at now=now /> "."</p>
            {pin}
            <a class="button" href=board>
                {way}
            </a>
        </Panel>
    })
}
