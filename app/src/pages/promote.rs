//! Asking for a promotion: the form of the board's dialog, and the page that works without script.

use crate::components::banner::Banner;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::choice::Checkbox;
use crate::components::digest::DigestView;
use crate::components::disclosure::Disclosure;
use crate::components::field::{TextArea, TextField};
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::echo::{Echo, errors, mistake};
use crate::fns::boards::view_board;
use crate::fns::differences::compare_builds;
use crate::fns::promotions::Promote;
use crate::loaded::{ErrorPage, Loaded};
use crate::pages::differences::DifferenceView;
use crate::{AppError, paths};
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use towpath_domain::access::Action;
use towpath_domain::boards::{Board, Card, Column};
use towpath_domain::builds::Build;
use towpath_domain::digests::Digest;
use towpath_domain::promotions::{Outlook, RequestRefused};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::words::Reason;

/// What is promoted, what is there now, what it will meet, and why.
#[component]
pub fn PromoteForm(
    action: ServerAction<Promote>,
    project: Slug,
    integration: String,
    what: Build,
    from: Slug,
    to: Slug,
    /// What is current in the target now.
    #[prop(into)]
    current: Signal<Option<Card>>,
    #[prop(into)] outlook: Signal<Outlook>,
    /// The form of the reference that the stage asks for.
    asks_for: Option<String>,
    /// The promotions in whose place this one comes.
    #[prop(into)]
    supersedes: Signal<Vec<i64>>,
    /// Whether who looks may pass the gates in an emergency.
    may_pass: bool,
    #[prop(into)] now: Signal<Time>,
    /// The way back, where the form is a page of its own. In a dialog, the reason has the focus.
    #[prop(optional, into)]
    back: Option<String>,
    /// Closes the dialog that the form stands in.
    #[prop(optional, into)]
    close: Option<Callback<()>>,
) -> impl IntoView {
    let errors = errors(move || action.value().get());
    let echo = Echo::of("/fn/promote");
    // A reason that is being typed is not taken away where the outlook turns; the server refuses it then.
    let refused = match outlook.get_untracked() {
        // An emergency passes what a gate blocks.
        Outlook::Refused { refused } => !(may_pass && is_passable(&refused)),
        Outlook::Enters | Outlook::Waits { .. } => false,
    };
    let wanted = Memo::new(move |_| may_pass && !matches!(*outlook.read(), Outlook::Enters));
    let in_dialog = back.is_none();
    let label = match (refused, in_dialog) {
        (true, false) => "Back to the board",
        (true, true) => "Close",
        (false, _) => "Cancel",
    };
    let cancel = match (back, close) {
        (Some(back), _) => Some(view! { <a class="button" href=back>{label}</a> }.into_any()),
        (None, Some(close)) => Some(
            view! {
                <button type="button" class="button" on:click=move |_| close.run(())>
                    {label}
                </button>
            }
            .into_any(),
        ),
        (None, None) => None,
    };
    let differs = (!refused)
        .then(|| view! { <Differs project=project.clone() integration=integration.clone() digest=what.digest.clone() current=current /> });
    let said = {
        let (to, project) = (to.clone(), project.clone());
        move || foretell(&outlook.read(), &project, &to)
    };
    view! {
        <ActionForm action=action attr:class="form" attr:novalidate="">
            <ErrorSummary errors=errors />
            <input type="hidden" name="project" value=project.to_string() />
            <input type="hidden" name="integration" value=integration />
            <input type="hidden" name="digest" value=what.digest.to_string() />
            <input type="hidden" name="from" value=from.to_string() />
            <input type="hidden" name="to" value=to.to_string() />
            <dl class="facts">
                <div class="facts__row">
                    <dt>"Promote"</dt>
                    <dd>
                        <strong>{what.tag.to_string()}</strong>
                        " "
                        <DigestView value=what.digest.to_string() />
                    </dd>
                </div>
                <div class="facts__row">
                    <dt>{format!("Now in {to}")}</dt>
                    <dd>
                        {move || match current.get() {
                            Some(card) => {
                                Either::Left(
                                    view! {
                                        <strong>{card.build.tag.to_string()}</strong>
                                        " "
                                        <DigestView value=card.build.digest.to_string() />
                                        " · "
                                        <TimeView at=card.at now=now />
                                    },
                                )
                            }
                            None => Either::Right("Nothing"),
                        }}
                    </dd>
                </div>
            </dl>
            {differs}
            {said}
            {(!refused).then(|| view! { <Superseded project=project.clone() numbers=supersedes /> })}
            {asks_for
                .filter(|_| !refused)
                .map(|pattern| {
                    view! {
                        <TextField
                            name="reference"
                            label="Reference"
                            hint=format!("Such as a change ticket, of the form {pattern}.")
                            value=echo.value("reference")
                            error=mistake(errors, "reference")
                            required=true
                            mono=true
                        />
                    }
                })}
            {(!refused)
                .then(|| {
                    view! {
                        <TextArea
                            name="reason"
                            label="Reason"
                            hint="Stands in the audit timeline for good."
                            max=Reason::LONGEST
                            value=echo.value("reason")
                            error=mistake(errors, "reason")
                            required=true
                            autofocus=in_dialog
                            validate=check_reason
                        />
                    }
                })}
            {(!refused)
                .then(|| {
                    let (scheduled_for, ticked) = (echo.value("scheduled_for"), echo.has("emergency", "on"));
                    let error = mistake(errors, "scheduled_for");
                    let open = !scheduled_for.is_empty() || ticked || error.get_untracked().is_some();
                    view! {
                        <Disclosure summary=if may_pass { "At a time, or in an emergency" } else { "At a time" } open=open>
                            <div class="form__rows">
                                <TextField
                                    name="scheduled_for"
                                    label="Not before (UTC)"
                                    hint="It is judged again then. Leave it empty to promote as soon as the gates pass."
                                    input_type="datetime-local"
                                    value=scheduled_for
                                    error=error
                                />
                                {move || {
                                    wanted
                                        .get()
                                        .then(|| {
                                            view! {
                                                <Checkbox
                                                    name="emergency"
                                                    label="This is an emergency: pass the gates"
                                                    hint="It enters at once, and ends what waits. The reason is marked for ever, and a second person reviews it."
                                                    checked=ticked
                                                />
                                            }
                                        })
                                }}
                            </div>
                        </Disclosure>
                    }
                })}
            <div class="form__actions">
                {(!refused)
                    .then(|| {
                        view! {
                            <SubmitButton kind=ButtonKind::Primary pending=action.pending()>
                                {format!("Promote to {to}")}
                            </SubmitButton>
                        }
                    })} {cancel}
            </div>
        </ActionForm>
    }
}

/// Whether an emergency passes what keeps a build out.
pub const fn is_passable(refused: &RequestRefused) -> bool {
    matches!(refused, RequestRefused::Blocked { .. } | RequestRefused::OneAtATime { .. })
}

/// Leads whoever may not do something to those who may.
#[component]
pub fn WhoMay(action: Action, project: Slug) -> impl IntoView {
    let href = paths::rights(action, &format!("project:{project}"));
    view! { <a href=href>{format!("Who may {action} in this project?")}</a> }
}

/// What it changes about what is there now, for whoever wants to know before they ask.
#[component]
fn Differs(
    project: Slug,
    integration: String,
    digest: Digest,
    current: Signal<Option<Card>>,
) -> impl IntoView {
    let there = Memo::new(move |_| current.read().as_ref().map(|card| card.build.digest.clone()));
    let new = digest.clone();
    let compared = Resource::new(
        move || there.get().filter(|there| *there != new),
        move |there| {
            let (project, integration, to) = (project.to_string(), integration.clone(), digest.to_string());
            async move {
                let there = there?;
                Some(compare_builds(project, integration, there.to_string(), to).await)
            }
        },
    );
    let told = move || {
        let (difference, commits_link) = match compared.get().flatten()? {
            Ok(compared) => (compared.difference, compared.commits_link),
            // It is told for better judgement alone; what is asked for does not hang on it.
            Err(_) => (None, None),
        };
        let content = match difference {
            Some(difference) => {
                view! { <DifferenceView difference=difference commits_link=commits_link /> }.into_any()
            }
            None => view! { <p class="muted">"The two images could not be compared."</p> }.into_any(),
        };
        Some(view! { <Disclosure summary="What it changes there">{content}</Disclosure> })
    };
    view! { <Transition>{told}</Transition> }
}

/// The promotions that end in favour of this one.
#[component]
fn Superseded(project: Slug, numbers: Signal<Vec<i64>>) -> impl IntoView {
    move || {
        let numbers = numbers.get();
        (!numbers.is_empty()).then(|| {
            let one = numbers.len() == 1;
            let links = numbers.into_iter().map(|number| {
                view! { " " <a href=paths::promotion(&project, number)>{format!("#{number}")}</a> }
            });
            let links = links.collect_view();
            view! {
                <p class="form__note">
                    {if one { "It takes the place of" } else { "It takes the place of those that wait:" }} {links}
                    {if one { ", which waits." } else { "." }}
                </p>
            }
        })
    }
}

/// What the promotion will meet.
fn foretell(outlook: &Outlook, project: &Slug, to: &Slug) -> impl IntoView + use<> {
    let (tone, title) = match outlook {
        Outlook::Enters => (Tone::Success, "It is promoted at once"),
        Outlook::Waits { until: Some(_), .. } => (Tone::Info, "It enters by itself in time"),
        Outlook::Waits { .. } => (Tone::Warning, "It will wait"),
        Outlook::Refused { .. } => (Tone::Danger, "It cannot be promoted"),
    };
    let words = match outlook {
        Outlook::Enters => format!("No gate keeps it out of {to}."),
        other => format!("{}.", other.words().trim_end_matches('.')),
    };
    let other = match outlook {
        Outlook::Refused { refused: RequestRefused::AlreadyAsked { number } } => Some(*number),
        _ => None,
    };
    let other = other.map(|number| {
        view! { " " <a href=paths::promotion(project, number)>{format!("Open #{number}")}</a> }
    });
    let who = match outlook {
        Outlook::Refused { refused: RequestRefused::Forbidden(refusal) } => Some(refusal.action()),
        _ => None,
    };
    let who = who.map(|action| view! { " " <WhoMay action=action project=project.clone() /> });
    view! {
        <Banner tone=tone title=title>
            <p class="banner__text">{words} {other} {who}</p>
        </Banner>
    }
}

pub fn check_reason(text: &str) -> Result<(), String> {
    Reason::parse(text).map(drop).map_err(|error| error.to_string())
}

#[component]
pub fn PromotePage() -> impl IntoView {
    let params = use_params_map();
    let action = ServerAction::<Promote>::new();
    let param = move |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
    let board = Resource::new(
        move || (param("project"), param("integration")),
        |(project, integration)| view_board(project, integration),
    );
    let query = use_query_map();
    view! {
        <main id="main" class="page page--narrow">
            <Loaded resource=board let:board>
                {
                    let value = |name: &str| query.with(|query| query.get(name)).unwrap_or_default();
                    let found = find(&board, &value("digest"), &value("from"), &value("to"));
                    if let Some(found) = found {
                        Either::Left(page(&board, found, action))
                    } else {
                        let what = "This build is not in this bucket".to_owned();
                        Either::Right(view! { <ErrorPage error=AppError::NotFound(what) /> })
                    }
                }
            </Loaded>
        </main>
    }
}

/// The card and the two buckets that the address names.
fn find<'a>(
    board: &'a Board,
    digest: &str,
    from: &str,
    to: &str,
) -> Option<(&'a Card, &'a Column, &'a Column)> {
    let column = |slug: &str| board.columns.iter().find(|column| column.slot.slug.as_str() == slug);
    let (from, to) = (column(from)?, column(to)?);
    let card = from.cards().find(|card| card.build.digest.to_string() == digest)?;
    Some((card, from, to))
}

fn page(
    board: &Board,
    (card, from, to): (&Card, &Column, &Column),
    action: ServerAction<Promote>,
) -> impl IntoView + use<> {
    let (project, integration) = (&board.project.slug, &board.integration.slug);
    let outlook = board.consider(card.build.id, from.slot.key, to.slot.key, board.now);
    let title = format!("Promote {} to {}", card.build.tag, to.slot.slug);
    let trail = Crumb::of_integration(project, integration, [Crumb::here("Promote")]);
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=trail />
        <PageHeader title=title lead=format!("From {} of {project}/{integration}.", from.slot.slug) />
        {outlook
            .map(|outlook| {
                view! {
                    <PromoteForm
                        action=action
                        project=project.clone()
                        integration=integration.to_string()
                        what=card.build.clone()
                        from=from.slot.slug.clone()
                        to=to.slot.slug.clone()
                        current=to.current.clone()
                        outlook=outlook
                        asks_for=board.asks_for(to.slot.key).map(|pattern| pattern.as_str().to_owned())
                        supersedes=board.supersedes(to)
                        may_pass=board.may_pass(to)
                        now=board.now
                        back=paths::integration(project, integration)
                    />
                }
            })}
    }
}
