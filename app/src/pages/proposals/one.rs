//! One proposal: what it would change, and the second person's word on it.

use super::StateBadge;
use crate::AppError;
use crate::components::banner::Banner;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::field::TextArea;
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::time::{ExactTime, TimeView};
use crate::components::tone::Tone;
use crate::echo::{Echo, errors, mistake};
use crate::fns::proposals::{ConfirmProposal, RejectProposal, WithdrawProposal, view_proposal};
use crate::live::use_changes;
use crate::loaded::Loaded;
use crate::pages::forms::{Failure, Late, successes};
use crate::paths;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use towpath_domain::live::Notice;
use towpath_domain::proposals::{Command, Proposal, ProposalView, State};
use towpath_domain::words::Reason;

/// What can be done with it.
#[derive(Clone, Copy)]
struct Acts {
    confirm: ServerAction<ConfirmProposal>,
    reject: ServerAction<RejectProposal>,
    withdraw: ServerAction<WithdrawProposal>,
}

#[component]
pub fn ProposalPage() -> impl IntoView {
    let params = use_params_map();
    let number = move || params.with(|params| params.get("number")).unwrap_or_default();
    let acts =
        Acts { confirm: ServerAction::new(), reject: ServerAction::new(), withdraw: ServerAction::new() };
    let done = (successes(acts.confirm), successes(acts.reject), successes(acts.withdraw));
    let changes = use_changes(Notice::is_of_proposal);
    let proposal = Resource::new(
        move || (number(), changes.get(), done.0.get() + done.1.get() + done.2.get()),
        |(number, ..)| async move {
            match number.parse() {
                Ok(number) => view_proposal(number).await,
                Err(_) => Err(AppError::NotFound(format!("The proposal “{number}” was not found"))),
            }
        },
    );
    view! {
        <main id="main" class="page page--narrow">
            <Loaded resource=proposal let:view>
                <One view=view acts=acts />
            </Loaded>
        </main>
    }
}

#[component]
fn One(view: ProposalView, acts: Acts) -> impl IntoView {
    let ProposalView { proposal, proposer, decided_by, may_decide, may_withdraw, others, now } = view;
    let Proposal { number, subject, at, expires_at, state, .. } = proposal;
    let title = format!("Proposal {number}");
    let open = state == State::Waiting;
    let about = match (&subject.command, &subject.project) {
        (Command::ChangeWorkflow { after }, Some((_, project))) => {
            Some(paths::workflow(project, &after.name.slug))
        }
        (Command::ChangeWorkflow { .. }, None) => None,
        (Command::ReleaseHold { number, .. }, _) => Some(paths::hold(*number)),
    };
    let what = match about {
        Some(href) => view! { <a href=href>{subject.title}</a> }.into_any(),
        None => subject.title.into_any(),
    };
    let ended = (!open).then(|| {
        let by = decided_by.map(|name| format!(" by {name}"));
        view! {
            <div class="facts__row">
                <dt>"Became"</dt>
                <dd>{state.name()} {by}</dd>
            </div>
        }
    });
    let why = match &state {
        State::Rejected { comment, .. } => Some(comment.to_string()),
        State::Void { because, .. } => Some(because.clone()),
        _ => None,
    };
    let why = why.map(|why| view! { <div class="facts__row"><dt>"Why"</dt><dd>{why}</dd></div> });
    let until = open.then(|| {
        view! {
            <div class="facts__row">
                <dt>"Waits until"</dt>
                <dd>
                    <ExactTime at=expires_at />
                </dd>
            </div>
        }
    });
    let Acts { confirm, reject, withdraw } = acts;
    let changes = subject.changes.into_iter().map(|change| view! { <li>{change}</li> }).collect_view();
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=vec![Crumb::new("Proposals", paths::PROPOSALS), Crumb::here(title.clone())] />
        <PageHeader
            title=title
            lead="It touches production, so one person proposes it and another confirms it. Until then nothing changes."
        >
            <StateBadge state=state.clone() />
        </PageHeader>
        <Late errors=errors(move || confirm.value().get()) form=Signal::stored(open) />
        <Late errors=errors(move || reject.value().get()) form=Signal::stored(open) />
        <Late errors=errors(move || withdraw.value().get()) form=Signal::stored(open) />
        <dl class="facts">
            <div class="facts__row">
                <dt>"What"</dt>
                <dd>{what}</dd>
            </div>
            <div class="facts__row">
                <dt>"Proposed by"</dt>
                <dd>{proposer.name.to_string()} ", " <TimeView at=at now=now /></dd>
            </div>
            {until}
            {ended}
            {why}
        </dl>
        <Card title="What it changes">
            <ul class="prose">{changes}</ul>
        </Card>
        {open.then(|| view! { <Decide number=number may=may_decide may_withdraw=may_withdraw others=others acts=acts /> })}
    }
}

#[component]
fn Decide(
    number: i64,
    may: Result<(), String>,
    may_withdraw: bool,
    /// Who can decide, by name.
    others: Vec<String>,
    acts: Acts,
) -> impl IntoView {
    let Acts { confirm, reject, withdraw } = acts;
    let rejected = errors(move || reject.value().get());
    let echo = Echo::of(RejectProposal::PATH);
    let withdrawing = may_withdraw.then(|| {
        view! {
            <Failure errors=errors(move || withdraw.value().get()) />
            <ActionForm action=withdraw attr:class="form">
                <input type="hidden" name="number" value=number />
                <SubmitButton pending=withdraw.pending()>"Withdraw it"</SubmitButton>
            </ActionForm>
        }
    });
    let Err(why) = may else {
        return view! {
            <Card title="Your word">
                <Failure errors=errors(move || confirm.value().get()) />
                <ActionForm action=confirm attr:class="form">
                    <input type="hidden" name="number" value=number />
                    <p class="form__note">"Confirming does it at once, in your name, and both names stand on the timeline."</p>
                    <div class="form__actions">
                        <SubmitButton kind=ButtonKind::Primary pending=confirm.pending()>
                            "Confirm and do it"
                        </SubmitButton>
                    </div>
                </ActionForm>
                <ActionForm action=reject attr:class="form" attr:novalidate="">
                    <ErrorSummary errors=rejected />
                    <input type="hidden" name="number" value=number />
                    <TextArea
                        name="comment"
                        label="Why not"
                        hint="Stands in the audit timeline."
                        max=Reason::LONGEST
                        value=echo.value("comment")
                        error=mistake(rejected, "comment")
                    />
                    <div class="form__actions">
                        <SubmitButton kind=ButtonKind::Danger pending=reject.pending()>
                            "Reject it"
                        </SubmitButton>
                    </div>
                </ActionForm>
            </Card>
        }
        .into_any();
    };
    let who = if others.is_empty() {
        "Nobody else may do this here. An admin can give somebody the role.".to_owned()
    } else {
        format!("Who can: {}.", others.join(", "))
    };
    view! {
        <Banner tone=Tone::Info title="It waits for somebody else">
            <p class="banner__text">{format!("{why} {who}")}</p>
        </Banner>
        {withdrawing}
    }
    .into_any()
}
