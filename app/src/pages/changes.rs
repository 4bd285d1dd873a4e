//! What changed in production, from a day to a day: for auditors.

use crate::components::banner::Banner;
use crate::components::button::SubmitButton;
use crate::components::card::Card;
use crate::components::empty::EmptyState;
use crate::components::field::TextField;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::table::Table;
use crate::components::tone::Tone;
use crate::echo::told;
use crate::fns::changes::view_production_changes;
use crate::loaded::Loaded;
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Form;
use leptos_router::hooks::{use_params_map, use_query_map};
use towpath_domain::changes::{ChangesForm, EmergencyTold, Period, ProductionChange, ProductionChanges};
use towpath_domain::forms::FieldError;
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::Entry;
use towpath_domain::timeline::sentence::plain;
use towpath_domain::times::Time;

#[component]
pub fn ProductionChangesPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let project = move || params.with(|params| params.get("project")).unwrap_or_default();
    let asked = move |name: &str| query.with(|query| query.get(name)).unwrap_or_default();
    let found = Resource::new(
        move || (project(), ChangesForm { from: asked("from"), to: asked("to") }),
        |(project, form)| async move {
            let (view, mistakes) = view_production_changes(project, form.clone()).await?;
            Ok((view, mistakes, form))
        },
    );
    view! {
        <main id="main" class="page">
            <Loaded resource=found let:found>
                <Page view=found.0 mistakes=found.1 typed=found.2 />
            </Loaded>
        </main>
    }
}

#[component]
fn Page(view: ProductionChanges, mistakes: Vec<FieldError>, typed: ChangesForm) -> impl IntoView {
    let project = view.project.slug.clone();
    let wrong = !mistakes.is_empty();
    let mistake = move |field: &str| told(&mistakes, field);
    let Period { from, to } = view.period;
    // The end itself is not part of the period.
    let last = Time::from_micros(to.micros() - 1);
    let or = |typed: String, day: Time| if typed.is_empty() { day.day() } else { typed };
    let none = view.changes.is_empty();
    let sheet = paths::production_changes_csv(&project, &typed);
    let rows = view.changes.into_iter().map(|change| row(change, &project)).collect_view();
    view! {
        <Title text=format!("Production changes of {project}") />
        <Breadcrumbs trail=Crumb::of_project(&project, [Crumb::here("Production changes")]) />
        <PageHeader
            title="Production changes"
            lead="Each build that became current in production, with who wanted it, who allowed it, and by which rules."
        >
            {(!none && !wrong)
                .then(|| {
                    view! {
                        <a class="button" href=sheet rel="external" download="">
                            "Download as CSV"
                        </a>
                    }
                })}
        </PageHeader>
        <Form method="GET" action=paths::production_changes(&project) attr:class="form">
            <div class="form__row">
                <TextField
                    name="from"
                    label="From (UTC)"
                    input_type="date"
                    value=or(typed.from, from)
                    error=mistake("from")
                />
                <TextField
                    name="to"
                    label="To and including (UTC)"
                    input_type="date"
                    value=or(typed.to, last)
                    error=mistake("to")
                />
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
                        <p class="banner__text">
                            "Only the newest 2,000 changes are told. Choose a shorter time."
                        </p>
                    </Banner>
                }
            })}
        {if none {
            view! {
                <EmptyState title="Nothing became current in production in this time">
                    <p>"Choose another time, or look at everything that happened."</p>
                    <a class="button" href=paths::timeline_of_project(&project)>
                        "Timeline of the project"
                    </a>
                </EmptyState>
            }
                .into_any()
        } else {
            view! {
                <Table
                    caption="Builds that became current in production, the newest first"
                    columns=vec!["When", "Where", "Build", "How, and by whom", "Allowed by", "Why"]
                >
                    {rows}
                </Table>
            }
                .into_any()
        }}
        <Rules rules=view.rules />
    }
}

fn row(change: ProductionChange, project: &Slug) -> impl IntoView + use<> {
    let gates = change.gates_in_words();
    let how = match change.number {
        Some(number) => {
            view! { <a href=paths::promotion(project, number)>{format!("{project}#{number}")}</a> }.into_any()
        }
        None => change.how.into_any(),
    };
    let token = change.by.token.map(|token| format!(" with the token {token}")).unwrap_or_default();
    let authors = change.authors.map(|authors| format!(", written by {authors}")).unwrap_or_default();
    let approved = match change.approved_by.as_slice() {
        [] if change.emergency.is_some() => "Nobody".to_owned(),
        [] => "Nobody had to".to_owned(),
        names => names.join(", "),
    };
    view! {
        <tr>
            <td>{change.at.to_words()}</td>
            <th scope="row">
                <a href=paths::integration(project, &change.integration)>{change.integration.to_string()}</a>
                " "
                {change.bucket.to_string()}
            </th>
            <td>
                <a href=paths::build(&change.digest)>{change.tag.to_string()}</a>
                {change.before.map(|(tag, _)| more(format!("in place of {tag}")))}
            </td>
            <td>
                {how} {format!(" by {}{token}", change.by.name)}
                {more(format!("pushed by {}{authors}", change.pushed_by))}
            </td>
            <td>
                {approved} {(!gates.is_empty()).then(|| more(gates))}
                {change.emergency.map(|emergency| more(passed(&emergency)))}
            </td>
            <td>{change.reference} {change.reason.map(more)}</td>
        </tr>
    }
}

fn more(words: String) -> impl IntoView {
    view! { <span class="insights__more">{words}</span> }
}

fn passed(EmergencyTold { by, reason, reviewed_by }: &EmergencyTold) -> String {
    let reviewed =
        reviewed_by.as_ref().map_or("not reviewed yet".to_owned(), |by| format!("reviewed by {by}"));
    format!("Emergency: gates passed by {by} (“{reason}”), {reviewed}")
}

/// How the rules themselves changed meanwhile.
#[component]
fn Rules(rules: Vec<Entry>) -> impl IntoView {
    (!rules.is_empty()).then(|| {
        let line = |entry: Entry| {
            let words = format!("{} {}", entry.who, plain(&entry.sentence));
            view! {
                <li class="rows__item">
                    <span>{words}</span>
                    <span class="rows__meta">{entry.at.to_words()}</span>
                </li>
            }
        };
        view! {
            <Card title="Changes of workflows, gates and roles">
                <ul class="rows">{rules.into_iter().map(line).collect_view()}</ul>
            </Card>
        }
    })
}
