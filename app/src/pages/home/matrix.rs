//! A project of the matrix: a row for each service, a column for each environment.

use crate::components::grid::{Place, use_grid};
use crate::components::icon::{Icon, Symbol};
use crate::components::time::ago;
use crate::pages::projects::NextStep;
use crate::paths;
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;
use towpath_domain::deployments::{Likeness, Outcome, Run};
use towpath_domain::home::{Cell, Home, HomeEnvironment, HomeGroup, HomeService, Placed};
use towpath_domain::pins::Source;
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;

#[component]
pub fn Group(group: HomeGroup, home: Signal<Arc<Home>>) -> impl IntoView {
    let HomeGroup { project, title, environments, services, step, may_configure } = group;
    let id = format!("project-{project}");
    let labelled_by = id.clone();
    let title = title.to_string();
    let href = paths::project(&project);
    let content = match step {
        Some(step) => {
            view! { <NextStep project=project step=step may_configure=may_configure /> }
                .into_any()
        }
        None if environments.is_empty() || services.is_empty() => {
            view! { <Missing project=project environments=environments.is_empty() /> }.into_any()
        }
        None => {
            view! { <Matrix project=project title=title.clone() environments=environments services=services home=home /> }
            .into_any()
        }
    };
    view! {
        <section class="matrix" aria-labelledby=labelled_by>
            <h2 class="matrix__project" id=id>
                <a href=href>{title}</a>
            </h2>
            {content}
        </section>
    }
}

/// What a project has to have before there is anything to tell of it.
#[component]
fn Missing(project: Slug, environments: bool) -> impl IntoView {
    let words = if environments {
        "It has no environment yet, so nothing says what should run where."
    } else {
        "No service is linked to one of its integrations yet."
    };
    view! {
        <p class="matrix__missing muted">
            {words} " " <a href=paths::project(&project)>{format!("Open {project}")}</a>
        </p>
    }
}

#[component]
fn Matrix(
    project: Slug,
    title: String,
    environments: Vec<HomeEnvironment>,
    services: Vec<HomeService>,
    home: Signal<Arc<Home>>,
) -> impl IntoView {
    let now = Memo::new(move |_| home.read().now);
    let cell = move |project: Slug, Place(row, column): Place| {
        // A cell that goes away stays as it was until it has gone.
        Memo::new(move |last: Option<&Option<Cell>>| {
            let cell = home.read().cell(&project, row, column).cloned();
            cell.or_else(|| last.cloned().flatten())
        })
    };
    let table = NodeRef::<html::Table>::new();
    let last = Place(services.len().saturating_sub(1), environments.len());
    let (on_key, on_focus) = use_grid(table, last);
    let names: Vec<String> = environments.iter().map(|environment| environment.title.to_string()).collect();
    let head = environments.into_iter().map(|environment| {
        let HomeEnvironment { title, production } = environment;
        view! {
            <th scope="col" data-production=production.then_some("")>
                {title.to_string()}
            </th>
        }
    });
    let head = head.collect_view();
    let row = |(row, service): (usize, HomeService)| {
        line(row, service, &names, &|column| cell(project.clone(), Place(row, column)), now)
    };
    let rows = services.into_iter().enumerate().map(row).collect_view();
    let label = format!("{title}: services by environment");
    let region = label.clone();
    view! {
        <div class="table-scroll" role="region" aria-label=region tabindex="0">
            <table class="matrix__table" aria-label=label node_ref=table on:keydown=on_key on:focusin=on_focus>
                <thead>
                    <tr>
                        <th scope="col">"Service"</th>
                        {head}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn line(
    row: usize,
    of: HomeService,
    environments: &[String],
    cell: &dyn Fn(usize) -> Memo<Option<Cell>>,
    now: Memo<Time>,
) -> impl IntoView + use<> {
    let HomeService { title, board, cells, .. } = of;
    let title = title.to_string();
    let cells = cells.into_iter().zip(environments).enumerate().map(|(column, (bare, environment))| {
        let href =
            board.as_ref().map(|(project, integration)| paths::stage(project, integration, &bare.bucket));
        let at = format!("{title} in {environment}: ");
        let cell = cell(column);
        let content = move || cell.get().map(|cell| content(at.clone(), &cell, now));
        // In a narrow window the column's name stands in the cell.
        view! {
            <td data-environment=environment.clone()>
                {place(Place(row, column + 1), href, "matrix__cell", content.into_any())}
            </td>
        }
    });
    let cells = cells.collect_view();
    let href = board.as_ref().map(|(project, integration)| paths::integration(project, integration));
    let name = view! { <span>{title}</span> }.into_any();
    view! {
        <tr>
            <th scope="row">{place(Place(row, 0), href, "matrix__service", name)}</th>
            {cells}
        </tr>
    }
}

/// A link to the board, or the same without one for whom there is none.
fn place(at: Place, href: Option<String>, class: &'static str, content: AnyView) -> AnyView {
    match href {
        Some(href) => view! {
            <a class=class href=href data-at=at.name()>
                {content}
            </a>
        }
        .into_any(),
        None => view! { <span class=class>{content}</span> }.into_any(),
    }
}

/// What a cell shows; for those who do not see where it stands, all of it in words.
fn content(name: String, cell: &Cell, now: Memo<Time>) -> AnyView {
    let build = match &cell.build {
        Some(Placed { tag, digest, at }) => view! {
            <span class="matrix__tag" title=digest.to_string()>
                {tag.to_string()}
            </span>
            <span class="matrix__age">{ago(*at, now)}</span>
        }
        .into_any(),
        None => view! { <span class="matrix__empty">"empty"</span> }.into_any(),
    };
    let waits = if cell.waiting == 1 { " promotion waits" } else { " promotions wait" };
    let waiting = (cell.waiting > 0).then(|| {
        view! {
            <span class="matrix__mark matrix__mark--waiting">
                <Icon symbol=Symbol::Clock />
                {cell.waiting}
                <span class="visually-hidden">{waits}</span>
            </span>
        }
    });
    let paused = cell.paused.then(|| {
        view! {
            <span class="matrix__mark matrix__mark--paused">
                <Icon symbol=Symbol::Hold />
                <span class="visually-hidden">"arrivals are "</span>
                "paused"
            </span>
        }
    });
    let exception = exception(&cell.source);
    let runs = cell.run.clone().map(runs);
    let held = cell.held.then(|| {
        view! {
            <span class="matrix__mark">
                <Icon symbol=Symbol::Hold />
                "on hold"
            </span>
        }
    });
    let bad = cell.bad.then(|| {
        view! {
            <span class="matrix__mark matrix__mark--bad">
                <Icon symbol=Symbol::Ban />
                "marked bad"
            </span>
        }
    });
    let marked = exception.is_some() || bad.is_some() || runs.is_some();
    view! {
        <span class="visually-hidden">{name}</span>
        {build}
        {(marked || waiting.is_some() || paused.is_some() || held.is_some())
            .then(|| view! { <span class="matrix__marks">{exception} {bad} {runs} {waiting} {held} {paused}</span> })}
    }
    .into_any()
}

/// That something else than the bucket says what should run.
fn exception(source: &Source) -> Option<AnyView> {
    match source {
        Source::Bucket => None,
        Source::Pin(mark) => {
            let why = format!("{}, by #{}: {}", mark.words(), mark.number, mark.reason);
            let until = mark.until;
            Some(
                view! {
                    <span class="matrix__mark matrix__mark--pinned" title=why>
                        <Icon symbol=Symbol::Hold />
                        {format!("pinned until {}", until.day())}
                    </span>
                }
                .into_any(),
            )
        }
        Source::Default => Some(
            view! {
                <span class="matrix__mark">
                    <Icon symbol=Symbol::Tag />
                    "by default"
                </span>
            }
            .into_any(),
        ),
    }
}

/// What runs beside what should, and a deployment that is under way or failed.
fn runs((run, likeness): (Run, Likeness)) -> impl IntoView {
    let runs = run.runs.map(|ran| {
        let (class, words) = match likeness {
            Likeness::Same => ("matrix__mark matrix__mark--runs", "runs".to_owned()),
            _ => ("matrix__mark", format!("runs {}", ran.name())),
        };
        view! {
            <span class=class>
                <Icon symbol=Symbol::Pulse />
                {words}
            </span>
        }
    });
    let last = run.last.map(|last| {
        let (class, word) = match last.outcome {
            Outcome::Failed => ("matrix__mark matrix__mark--failed", "failed"),
            Outcome::Started | Outcome::Succeeded => ("matrix__mark matrix__mark--waiting", "deploying"),
        };
        view! {
            <span class=class>
                <Icon symbol=if last.outcome == Outcome::Failed { Symbol::Close } else { Symbol::Arrow } />
                {format!("{} ", last.name())}
                {word}
            </span>
        }
    });
    view! { {runs} {last} }
}
