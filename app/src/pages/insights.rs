//! Insights: how often and how fast builds move on in a project, how long they wait, and how often that goes wrong.

use crate::components::banner::Banner;
use crate::components::button::{LinkButton, SubmitButton};
use crate::components::card::Card;
use crate::components::empty::EmptyState;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::select::{Select, SelectOption};
use crate::components::table::Table;
use crate::components::tone::Tone;
use crate::echo::told;
use crate::fns::insights::view_insights;
use crate::loaded::Loaded;
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Form;
use leptos_router::hooks::{use_params_map, use_query_map};
use towpath_domain::forms::FieldError;
use towpath_domain::insights::{Hop, Insights, InsightsForm, Spread, duration};

#[component]
pub fn InsightsPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let project = move || params.with(|params| params.get("project")).unwrap_or_default();
    let asked = move |name: &str| query.with(|query| query.get(name)).unwrap_or_default();
    let found = Resource::new(
        move || (project(), InsightsForm { integration: asked("integration"), days: asked("days") }),
        |(project, form)| view_insights(project, form),
    );
    view! {
        <main id="main" class="page">
            <Loaded resource=found let:found>
                <Page view=found.0 mistakes=found.1 />
            </Loaded>
        </main>
    }
}

/// The lengths of time to choose from, in days.
const LENGTHS: [(i64, &str); 4] = [(7, "7 days"), (30, "30 days"), (90, "90 days"), (365, "A year")];

#[component]
fn Page(view: Insights, mistakes: Vec<FieldError>) -> impl IntoView {
    let project = view.project.slug.clone();
    let mistake = move |field: &str| told(&mistakes, field);
    let all = std::iter::once(SelectOption::new("", "All integrations"));
    let own = view.integrations.iter().map(|slug| SelectOption::new(slug.as_str(), slug.as_str()));
    let integrations: Vec<SelectOption> = all.chain(own).collect();
    let mut lengths: Vec<SelectOption> =
        LENGTHS.iter().map(|(days, words)| SelectOption::new(days.to_string(), *words)).collect();
    if LENGTHS.iter().all(|(days, _)| *days != view.days) {
        lengths.push(SelectOption::new(view.days.to_string(), format!("{} days", view.days)));
    }
    let chosen = view.integration.as_ref().map(ToString::to_string).unwrap_or_default();
    let sheet = format!("data:text/csv;charset=utf-8,{}", encoded(&view.csv()));
    let name = format!("{project}-insights-{}-days.csv", view.days);
    let none = view.hops.is_empty();
    let hops = view.hops.into_iter().map(|hop| row(&hop, view.days)).collect_view();
    view! {
        <Title text=format!("Insights of {project}") />
        <Breadcrumbs trail=Crumb::of_project(&project, [Crumb::here("Insights")]) />
        <PageHeader title="Insights" lead="How builds moved on: how often, how fast, and how often it went wrong.">
            {(!none)
                .then(|| view! { <a class="button" href=sheet download=name>"Download as CSV"</a> })}
        </PageHeader>
        <Form method="GET" action=paths::insights(&project) attr:class="form">
            <div class="form__row">
                <Select
                    name="integration"
                    label="Integration"
                    options=integrations
                    value=chosen
                    error=mistake("integration")
                />
                <Select name="days" label="In the last" options=lengths value=view.days.to_string() error=mistake("days") />
            </div>
            <div class="form__actions">
                <SubmitButton>"Look"</SubmitButton>
            </div>
        </Form>
        {view
            .cut
            .then(|| {
                view! {
                    <Banner tone=Tone::Info title="Not all of it">
                        <p class="banner__text">"Only the newest 20,000 promotions are counted. Choose a shorter time."</p>
                    </Banner>
                }
            })}
        {if none {
            view! {
                <EmptyState title="Nothing was promoted in this time">
                    <p>"Once builds are promoted, this page tells how long it took and what people waited for."</p>
                    <LinkButton href=paths::project(&project)>"Back to the project"</LinkButton>
                </EmptyState>
            }
                .into_any()
        } else {
            view! {
                <Table
                    caption="Applied promotions by integration and way"
                    columns=vec![
                        "Way",
                        "Promotions",
                        "In the stage before",
                        "Since it was received",
                        "Waiting for people",
                        "Rolled back",
                        "Emergencies",
                    ]
                >
                    {hops}
                </Table>
                <Definitions />
            }
                .into_any()
        }}
    }
}

fn row(hop: &Hop, days: i64) -> impl IntoView + use<> {
    let count = hop.promotions();
    // Nothing was promoted into a bucket that only went back.
    let way = if hop.from == hop.to { hop.to.to_string() } else { format!("{} → {}", hop.from, hop.to) };
    let rate = |part: usize| match part {
        0 => "none".to_owned(),
        part if count == 0 => part.to_string(),
        part => format!("{part} ({} %)", (part * 100).div_ceil(count.max(1))),
    };
    view! {
        <tr>
            <th scope="row">
                {hop.integration.to_string()} <span class="insights__way">{way}</span>
            </th>
            <td>
                <span class="insights__count">{count}</span>
                {bars(&hop.parts, days)}
            </td>
            <td>{spread(hop.lead)}</td>
            <td>{spread(hop.total)}</td>
            <td>{spread(hop.decision)}</td>
            <td>{rate(hop.rollbacks)}</td>
            <td>{rate(hop.emergencies)}</td>
        </tr>
    }
}

fn spread(spread: Option<Spread>) -> impl IntoView {
    match spread {
        None => view! { <span class="muted">"nothing"</span> }.into_any(),
        Some(Spread { median, nine_in_ten }) => view! {
            {duration(median)}
            <span class="insights__more">{format!("9 in 10 within {}", duration(nine_in_ten))}</span>
        }
        .into_any(),
    }
}

/// The number in each part of the time, drawn; the table beside it says the sum.
fn bars(parts: &[usize], days: i64) -> impl IntoView + use<> {
    const WIDTH: usize = 4;
    const HEIGHT: usize = 24;
    let highest = parts.iter().copied().max().unwrap_or_default().max(1);
    let bar = |(place, count): (usize, &usize)| {
        // What is there is seen, however much more there was on other days.
        let height = (count * HEIGHT).div_ceil(highest);
        view! {
            <rect
                x=(place * WIDTH).to_string()
                y=(HEIGHT - height).to_string()
                width=(WIDTH - 1).to_string()
                height=height.to_string()
            ></rect>
        }
    };
    let label = format!("Over the last {days} days, at most {highest} in {}", part_words(parts.len(), days));
    view! {
        <svg
            class="insights__bars"
            viewBox=format!("0 0 {} {HEIGHT}", parts.len() * WIDTH)
            role="img"
            aria-label=label
            preserveAspectRatio="none"
        >
            {parts.iter().enumerate().map(bar).collect_view()}
        </svg>
    }
}

fn part_words(parts: usize, days: i64) -> String {
    match days / i64::try_from(parts.max(1)).unwrap_or(1) {
        1 => "a day".to_owned(),
        several => format!("{several} days"),
    }
}

#[component]
fn Definitions() -> impl IntoView {
    const WORDS: [(&str, &str); 6] = [
        (
            "Promotions",
            "Those that were applied in this time; the bars are equal parts of it, the oldest on the left.",
        ),
        (
            "In the stage before",
            "The lead time of one step: from when the build became current there until it did in the next stage. Half of them took at most the time that is told.",
        ),
        ("Since it was received", "From the push of the build until it was there."),
        ("Waiting for people", "From the asking until it was applied, of those on which somebody decided."),
        (
            "Rolled back",
            "Rollbacks of the bucket in this time, and against the promotions into it. A bucket that nothing was promoted into, such as that of a first stage, has a line of its own.",
        ),
        ("Emergencies", "Promotions whose gates were passed."),
    ];
    let word = |(word, meaning): (&'static str, &'static str)| {
        view! {
            <div class="facts__row">
                <dt>{word}</dt>
                <dd>{meaning}</dd>
            </div>
        }
    };
    view! {
        <Card title="What the words mean">
            <dl class="facts">{WORDS.into_iter().map(word).collect_view()}</dl>
        </Card>
    }
}

/// A text as part of an address: what is no letter or digit by its bytes (RFC 3986 §2.1).
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |address, byte| {
        if byte.is_ascii_alphanumeric() {
            address + &char::from(byte).to_string()
        } else {
            address + &format!("%{byte:02X}")
        }
    })
}
