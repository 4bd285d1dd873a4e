//! A promotion: what it moves, how its gates stand, who said what, and the forms to decide.

use crate::components::avatar::Avatar;
use crate::components::badge::Badge;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card as Panel;
use crate::components::digest::DigestView;
use crate::components::field::TextArea;
use crate::components::form::ErrorSummary;
use crate::components::icon::{Icon, Symbol};
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::echo::{Echo, errors, mistake};
use crate::fns::promotions::{CancelPromotion, Decide, view_promotion};
use crate::loaded::Loaded;
use crate::pages::forms::successes;
use crate::shell::Deeds;
use crate::{AppError, paths};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use std::sync::Arc;
use towpath_domain::gates::{GateVerdict, Verdict};
use towpath_domain::inbox::PromotionView;
use towpath_domain::promotions::{Choice, Decision, State};

#[component]
pub fn PromotionPage() -> impl IntoView {
    let params = use_params_map();
    let decide = ServerAction::<Decide>::new();
    let cancel = ServerAction::<CancelPromotion>::new();
    let param = move |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
    let (decided, cancelled) = (successes(decide), successes(cancel));
    let view = Resource::new(
        move || (param("project"), param("number"), decided.get(), cancelled.get()),
        |(project, number, ..)| async move {
            match number.parse() {
                Ok(number) => view_promotion(project, number).await,
                Err(_) => Err(AppError::NotFound(format!("The promotion “{number}” was not found"))),
            }
        },
    );
    // What waits in the inbox changed with the decision; the count on top follows.
    let deeds = use_context::<Deeds>();
    Effect::new(move |_| {
        if decide.version().get() > 0
            && let Some(Deeds(deeds)) = deeds
        {
            deeds.update(|deeds| *deeds += 1);
        }
    });
    view! {
        <main id="main" class="page">
            <Loaded resource=view let:view>
                <Promotion view=Arc::new(view) decide=decide cancel=cancel />
            </Loaded>
        </main>
    }
}

#[component]
fn Promotion(
    view: Arc<PromotionView>,
    decide: ServerAction<Decide>,
    cancel: ServerAction<CancelPromotion>,
) -> impl IntoView {
    let promotion = view.promotion.clone();
    let title = format!("#{} Promote {} to {}", promotion.number, promotion.tag, promotion.to.slug);
    let lead = format!(
        "{}/{}, from {} to {}.",
        view.project, view.integration, promotion.from.slug, promotion.to.slug
    );
    let trail = vec![
        Crumb::new(view.project.to_string(), paths::project(&view.project)),
        Crumb::new(view.integration.to_string(), paths::integration(&view.project, &view.integration)),
        Crumb::here(format!("#{}", promotion.number)),
    ];
    let waits = promotion.state == State::Waiting;
    let state = promotion.state;
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=trail />
        <PageHeader title=title lead=lead>
            {badge(&state)}
        </PageHeader>
        <div class="columns">
            <div class="stack">
                {facts(&view)} {gates(&view)} {decisions(&view)}
            </div>
            <div class="stack">
                {waits.then(|| view! { <DecideForm view=view.clone() action=decide /> })}
                {(waits && view.may_cancel.is_ok())
                    .then(|| view! { <CancelForm view=view.clone() action=cancel /> })}
                {ending(&view)}
            </div>
        </div>
    }
}

pub fn badge(state: &State) -> impl IntoView + use<> {
    let (tone, symbol) = match state {
        State::Waiting => (Tone::Warning, Symbol::Clock),
        State::Applied { .. } => (Tone::Success, Symbol::Check),
        State::Rejected { .. } => (Tone::Danger, Symbol::Ban),
        State::Cancelled { .. } => (Tone::Neutral, Symbol::Close),
    };
    let name = state.name();
    view! {
        <Badge tone=tone symbol=symbol>
            {name}
        </Badge>
    }
}

fn facts(view: &PromotionView) -> impl IntoView + use<> {
    let promotion = view.promotion.clone();
    let now = view.now;
    let current = view.current.as_ref().filter(|card| card.build.id != promotion.build).map(|card| {
        let (tag, digest, at) = (card.build.tag.to_string(), card.build.digest.to_string(), card.at);
        view! {
            <strong>{tag}</strong>
            " "
            <DigestView value=digest />
            " since "
            <TimeView at=at now=now />
        }
    });
    let there = match (&view.current, current.is_some()) {
        (Some(_), false) => "This build",
        (None, _) => "Nothing",
        _ => "",
    };
    let requester = view.name(promotion.requested_by).to_owned();
    let pusher = view.name(promotion.pushed_by).to_owned();
    let with = promotion.requested_with.map(|_| " by token");
    view! {
        <Panel title="What moves">
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
                    <dt>{format!("Now in {}", promotion.to.slug)}</dt>
                    <dd>{there} {current}</dd>
                </div>
                <div class="facts__row">
                    <dt>"Asked by"</dt>
                    <dd>{requester} {with} ", " <TimeView at=promotion.requested_at now=now /></dd>
                </div>
                <div class="facts__row">
                    <dt>"Reason"</dt>
                    <dd>{promotion.reason.to_string()}</dd>
                </div>
                <div class="facts__row">
                    <dt>"Pushed by"</dt>
                    <dd>{pusher}</dd>
                </div>
            </dl>
        </Panel>
    }
}

fn gates(view: &PromotionView) -> impl IntoView + use<> {
    let gate = |gate: &GateVerdict| {
        let (tone, symbol, word, needs) = match &gate.verdict {
            Verdict::Passes => (Tone::Success, Symbol::Check, "passes", None),
            Verdict::Waits { needs } => {
                (Tone::Warning, Symbol::Clock, "waits", Some(format!("Still needs {needs}.")))
            }
        };
        let rule = gate.rule.clone();
        view! {
            <li class="rows__item">
                <span>{rule}</span>
                {needs.map(|needs| view! { <span class="rows__meta">{needs}</span> })}
                <Badge tone=tone symbol=symbol>
                    {word}
                </Badge>
            </li>
        }
    };
    let items: Vec<_> = view.verdicts.iter().map(gate).collect();
    let none = items.is_empty();
    view! {
        <Panel title="Gates">
            <ul class="rows">{items}</ul>
            {none.then(|| view! { <p class="muted">"This stage had no gate."</p> })}
        </Panel>
    }
}

fn decisions(view: &PromotionView) -> Option<impl IntoView + use<>> {
    let now = view.now;
    let item = |decision: &Decision| {
        let name = view.name(decision.person).to_owned();
        let verb = match decision.choice {
            Choice::Approve => " approved ",
            Choice::Reject => " rejected ",
        };
        let comment = decision.comment.as_ref().map(ToString::to_string);
        let at = decision.at;
        view! {
            <li class="decisions__item">
                <Avatar name=name.clone() />
                <div>
                    <p>
                        <strong>{name}</strong>
                        {verb}
                        <TimeView at=at now=now />
                    </p>
                    {comment.map(|comment| view! { <blockquote class="event__reason">{comment}</blockquote> })}
                </div>
            </li>
        }
    };
    let items: Vec<_> = view.promotion.decisions.iter().map(item).collect();
    (!items.is_empty()).then(|| {
        view! {
            <Panel title="Decisions">
                <ul class="decisions">{items}</ul>
            </Panel>
        }
    })
}

#[component]
fn DecideForm(view: Arc<PromotionView>, action: ServerAction<Decide>) -> impl IntoView {
    let errors = errors(move || action.value().get());
    let echo = Echo::of("/fn/decide");
    let (project, promotion) = (view.project.to_string(), view.promotion.clone());
    let body = match view.may_decide.clone() {
        Err(why) => view! {
            <p class="verdict verdict--forbidden">
                <Icon symbol=Symbol::Ban />
                <span>{why}</span>
            </p>
        }
        .into_any(),
        Ok(()) => view! {
            <ActionForm action=action attr:class="form">
                <ErrorSummary errors=errors />
                <input type="hidden" name="project" value=project />
                <input type="hidden" name="number" value=promotion.number.to_string() />
                <input type="hidden" name="digest" value=promotion.digest.to_string() />
                <TextArea
                    name="comment"
                    label="Comment"
                    hint="Needed to reject. Stands in the audit timeline for good."
                    value=echo.value("comment")
                    error=mistake(errors, "comment")
                />
                <div class="form__actions">
                    <SubmitButton
                        kind=ButtonKind::Primary
                        pending=action.pending()
                        name="choice"
                        value="approve"
                    >
                        "Approve"
                    </SubmitButton>
                    <SubmitButton
                        kind=ButtonKind::Danger
                        pending=action.pending()
                        name="choice"
                        value="reject"
                    >
                        "Reject"
                    </SubmitButton>
                </div>
            </ActionForm>
        }
        .into_any(),
    };
    view! { <Panel title="Your decision">{body}</Panel> }
}

#[component]
fn CancelForm(view: Arc<PromotionView>, action: ServerAction<CancelPromotion>) -> impl IntoView {
    let errors = errors(move || action.value().get());
    let (project, number) = (view.project.to_string(), view.promotion.number.to_string());
    view! {
        <Panel title="Take it back">
            <ActionForm action=action attr:class="form">
                <ErrorSummary errors=errors />
                <input type="hidden" name="project" value=project />
                <input type="hidden" name="number" value=number />
                <input type="hidden" name="reason" value="" />
                <p class="muted">"It ends without being applied. It can be asked for again."</p>
                <div class="form__actions">
                    <SubmitButton pending=action.pending()>"Take back"</SubmitButton>
                </div>
            </ActionForm>
        </Panel>
    }
}

/// How it ended, where it did.
fn ending(view: &PromotionView) -> Option<impl IntoView + use<>> {
    let (words, at) = match &view.promotion.state {
        State::Waiting => return None,
        State::Applied { at, .. } => (format!("It became current in {}", view.promotion.to.slug), *at),
        State::Rejected { at, by } => (format!("{} rejected it", view.name(*by)), *at),
        State::Cancelled { at, by } => (format!("{} took it back", view.name(*by)), *at),
    };
    let board = paths::integration(&view.project, &view.integration);
    let now = view.now;
    Some(view! {
        <Panel title="Outcome">
            <p>{words} " " <TimeView at=at now=now /> "."</p>
            <a class="button" href=board>
                "Go to the board"
            </a>
        </Panel>
    })
}
