//! Changes that wait for a second person, and what became of others.

mod one;

pub use one::ProposalPage;

use crate::components::badge::Badge;
use crate::components::card::Card;
use crate::components::empty::EmptyState;
use crate::components::page::PageHeader;
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::fns::proposals::view_proposals;
use crate::live::use_changes;
use crate::loaded::Loaded;
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use towpath_domain::live::Notice;
use towpath_domain::proposals::{ProposalLine, ProposalsView, State};
use towpath_domain::times::Time;

#[component]
pub fn ProposalsPage() -> impl IntoView {
    let changes = use_changes(Notice::is_of_proposal);
    let proposals = Resource::new(move || changes.get(), |_| view_proposals());
    view! {
        <main id="main" class="page">
            <Loaded resource=proposals let:view>
                <Proposals view=view />
            </Loaded>
        </main>
    }
}

#[component]
fn Proposals(view: ProposalsView) -> impl IntoView {
    let ProposalsView { waiting, over, demanded, now } = view;
    let none = waiting.is_empty() && over.is_empty();
    let lines = move |lines: Vec<ProposalLine>| {
        let line = |line| view! { <Line line=line now=now /> };
        view! { <ul class="rows">{lines.into_iter().map(line).collect_view()}</ul> }
    };
    let nothing = if demanded {
        "A change of gates before production, or what else takes a second person here, appears here until somebody confirms it."
    } else {
        "Nothing takes a second person in this installation. Its configuration can demand one for what touches production."
    };
    view! {
        <Title text="Proposals" />
        <PageHeader title="Proposals" lead="What touches production, is proposed by one person and confirmed by another." />
        {none.then(|| view! { <EmptyState title="Nothing was proposed"><p>{nothing}</p></EmptyState> })}
        {(!waiting.is_empty()).then(|| view! { <Card title="Waiting">{lines(waiting)}</Card> })}
        {(!over.is_empty()).then(|| view! { <Card title="Over">{lines(over)}</Card> })}
    }
}

#[component]
fn Line(line: ProposalLine, now: Time) -> impl IntoView {
    let ProposalLine { proposal, proposer, decided_by, may_decide } = line;
    let yours = (proposal.is_open() && may_decide.is_ok())
        .then(|| view! { <Badge tone=Tone::Warning>"for you to decide"</Badge> });
    let decided = decided_by.map(|name| format!(" by {name}"));
    view! {
        <li class="rows__item">
            <a class="rows__link" href=paths::proposal(proposal.number)>
                {format!("Proposal {}", proposal.number)}
            </a>
            <StateBadge state=proposal.state.clone() />
            {yours}
            <span class="rows__meta">
                {format!("by {proposer} ")} <TimeView at=proposal.at now=now />
                {decided.map(|decided| format!(", {}{decided}", proposal.state))}
            </span>
            <span class="rows__meta rows__meta--line">{proposal.subject.title}</span>
        </li>
    }
}

#[component]
fn StateBadge(state: State) -> impl IntoView {
    let tone = match state {
        State::Waiting => Tone::Info,
        State::Applied { .. } => Tone::Success,
        State::Rejected { .. } | State::Void { .. } => Tone::Danger,
        State::Withdrawn { .. } | State::Expired { .. } => Tone::default(),
    };
    view! { <Badge tone=tone>{state.name()}</Badge> }
}
