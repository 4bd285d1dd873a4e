//! What is said about a build: signatures, provenance, contents and whatever else lies beside it, with what the project's
//! trust roots make of it.

use crate::components::badge::Badge;
use crate::components::card::Card;
use crate::components::digest::DigestView;
use crate::components::icon::Symbol;
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::paths;
use leptos::prelude::*;
use towpath_domain::builds::life::Life;
use towpath_domain::evidence::{EvidenceLine, Finding, Judged};
use towpath_domain::times::Time;
use towpath_domain::words::bytes;

#[component]
pub fn Evidence(life: Life, now: Time) -> impl IntoView {
    let Life { project, integration, build, evidence, .. } = life;
    let none = evidence.is_empty();
    let item = move |line: EvidenceLine| {
        let href = paths::evidence(&project, &integration, &build.digest, &line.statement.content);
        view! { <Line line=line href=href now=now /> }
    };
    (!none).then(|| {
        view! {
            <Card title="What is said about it">
                <ul class="rows">{evidence.into_iter().map(item).collect_view()}</ul>
            </Card>
        }
    })
}

#[component]
fn Line(line: EvidenceLine, href: String, now: Time) -> impl IntoView {
    let (tone, symbol, word) = match (line.counts(), line.statement.signed) {
        (true, _) => (Tone::Success, Symbol::Check, "vouched for"),
        (false, true) => (Tone::Warning, Symbol::Ban, "signed by nobody trusted"),
        (false, false) => (Tone::Neutral, Symbol::Tag, "not signed"),
    };
    let EvidenceLine { statement, judged } = line;
    let words = statement.said.words();
    let told = judged.into_iter().map(told).collect_view();
    view! {
        <li class="rows__item">
            <span>
                <strong>{statement.said.title()}</strong>
                " "
                <Badge tone=tone symbol=symbol>
                    {word}
                </Badge>
            </span>
            {(!words.is_empty()).then(|| view! { <span class="rows__meta rows__meta--line">{words}</span> })}
            {told}
            <span class="rows__meta rows__meta--line">
                "Came " <TimeView at=statement.at now=now /> ", "
                <a href=href download="">
                    {format!("download, {}", bytes(statement.size))}
                </a> " " <DigestView value=statement.content.to_string() />
            </span>
        </li>
    }
}

fn told(Judged { root, finding }: Judged) -> impl IntoView {
    let words = match finding {
        Finding::Counts { by, at: None } => format!("{root}: signed by {by}"),
        Finding::Counts { by, at: Some(at) } => format!("{root}: signed by {by}, {}", at.to_words()),
        Finding::Fails(flaw) => format!("{root}: does not count, as {flaw}"),
    };
    view! { <span class="rows__meta rows__meta--line">{words}</span> }
}
