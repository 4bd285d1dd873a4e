//! What runs beside what should run: in one line on the card, and by environment where there is more to say.

use super::Table;
use crate::components::icon::{Icon, Symbol};
use crate::components::time::{ExactTime, TimeView};
use crate::paths;
use leptos::prelude::*;
use towpath_domain::buckets::BucketKey;
use towpath_domain::deployments::{Fed, Last, Likeness, Outcome, Run, summary};
use towpath_domain::ids::BuildId;

#[component]
pub(super) fn Runs(table: Table, bucket: BucketKey, should: BuildId) -> impl IntoView {
    let fed = Memo::new(move |_| {
        let board = table.board.read();
        board.column(bucket).map(|column| column.fed.clone()).unwrap_or_default()
    });
    let told = Memo::new(move |_| summary(&fed.read(), Some(should)));
    // Since when, where there is one environment only.
    let since = Memo::new(move |_| match fed.read().as_slice() {
        [one] if one.pin.is_none() && one.likeness(Some(should)) == Likeness::Same => {
            one.run.as_ref().and_then(|run| run.runs.as_ref()).map(|ran| ran.since)
        }
        _ => None,
    });
    let line = move || match since.get() {
        Some(since) => {
            view! { <span>"Runs, deployed " <TimeView at=since now=table.now /></span> }.into_any()
        }
        None => view! { <span>{told.get().1}</span> }.into_any(),
    };
    let several = Memo::new(move |_| {
        let fed = fed.read();
        let reported = fed.iter().any(|fed| fed.run.is_some());
        let restless = fed.iter().any(|fed| fed.run.as_ref().is_some_and(|run| run.last.is_some()));
        let pinned = fed.iter().any(|fed| fed.pin.is_some());
        restless || pinned || (reported && fed.len() > 1)
    });
    view! {
        <p class="build-card__runs" data-state=move || name(told.read().0)>
            <Icon symbol=Symbol::Pulse />
            {line}
        </p>
        {move || {
            several
                .get()
                .then(|| {
                    view! {
                        <ul class="runs" aria-label="What runs">
                            {
                                let fed = fed.get();
                                let alone = fed.len() == 1;
                                fed.into_iter().map(|fed| place(fed, should, alone, table)).collect_view()
                            }
                        </ul>
                    }
                })
        }}
    }
}

/// How what runs compares, as the stylesheet knows it.
const fn name(likeness: Likeness) -> &'static str {
    match likeness {
        Likeness::Unknown => "unknown",
        Likeness::Same => "same",
        Likeness::Differs => "differs",
    }
}

/// One environment, and what it runs.
fn place(fed: Fed, should: BuildId, alone: bool, table: Table) -> impl IntoView {
    let likeness = fed.likeness(Some(should));
    let page = paths::environment(&fed.project, &fed.environment, None);
    let pin = fed.pin.map(|mark| {
        let words = format!("pinned to {} until ", mark.tag);
        let why = format!("Pinned by #{}: {}", mark.number, mark.reason);
        view! {
            <span class="runs__pin" title=why>
                <Icon symbol=Symbol::Hold />
                <a href=page>{words} <ExactTime at=mark.until /></a>
            </span>
        }
    });
    let (runs, last) = fed.run.map(|Run { runs, last }| (runs, last)).unwrap_or_default();
    let runs = match runs {
        Some(ran) => {
            view! { {format!("runs {}, deployed ", ran.name())} <TimeView at=ran.since now=table.now /> }
                .into_any()
        }
        None => "nothing is reported to run".into_any(),
    };
    let last = last.map(|last| {
        let Last { outcome, at, .. } = &last;
        let word = match outcome {
            Outcome::Started => format!("{} is being deployed, begun ", last.name()),
            Outcome::Succeeded => format!("{} was deployed ", last.name()),
            Outcome::Failed => format!("{} failed ", last.name()),
        };
        let more = last.link.as_ref().map(|link| {
            view! {
                " "
                <a href=link.to_string() rel="noreferrer">
                    "Details"
                </a>
            }
        });
        let class = if *outcome == Outcome::Failed { "runs__last runs__last--failed" } else { "runs__last" };
        view! {
            <span class=class>
                {word} <TimeView at=*at now=table.now /> {more}
            </span>
        }
    });
    view! {
        <li class="runs__item" data-state=name(likeness)>
            // The line above says it already, where there is one environment only.
            {(!alone || pin.is_some())
                .then(|| {
                    view! {
                        <span>
                            <strong>{fed.environment.to_string()}</strong>
                            ": "
                            {runs}
                        </span>
                    }
                })}
            {pin}
            {last}
        </li>
    }
}
