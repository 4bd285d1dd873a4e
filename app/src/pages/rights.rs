//! Who may do what somewhere, and what one person may do; also at a moment in the past.

mod person;

pub use person::PersonRightsPage;

use crate::components::badge::Badge;
use crate::components::banner::Banner;
use crate::components::button::SubmitButton;
use crate::components::card::Card;
use crate::components::empty::EmptyState;
use crate::components::field::TextField;
use crate::components::page::PageHeader;
use crate::components::select::{Select, SelectOption};
use crate::components::tone::Tone;
use crate::echo::told;
use crate::fns::rights::view_rights;
use crate::loaded::Loaded;
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Form;
use leptos_router::hooks::use_query_map;
use towpath_domain::access::{Action, TOKEN_ACTIONS};
use towpath_domain::forms::FieldError;
use towpath_domain::rights::{Holder, HolderKind, RightsForm, RightsView, Through, WhoMay};
use towpath_domain::times::Time;

#[component]
pub fn RightsPage() -> impl IntoView {
    let query = use_query_map();
    let asked = move |name: &str| query.with(|query| query.get(name)).unwrap_or_default();
    let form = move || RightsForm { action: asked("action"), place: asked("place"), at: asked("at") };
    let found = Resource::new(form, view_rights);
    view! {
        <main id="main" class="page">
            <Loaded resource=found let:found>
                <Title text="Who may do what" />
                <PageHeader
                    title="Who may do what"
                    lead="By the same rules by which it is decided, now or at an earlier time."
                />
                <Question view=found.0.clone() mistakes=found.1 />
                {match found.0.answer {
                    Some(answer) => Either::Left(view! { <Answer answer=answer typed=found.0.form.at /> }),
                    None => {
                        Either::Right(
                            view! {
                                <EmptyState title="Ask who may do something">
                                    <p>"Choose what, and where. Roles that are bound further up count, too."</p>
                                </EmptyState>
                            },
                        )
                    }
                }}
            </Loaded>
        </main>
    }
}

#[component]
fn Question(view: RightsView, mistakes: Vec<FieldError>) -> impl IntoView {
    let RightsView { form, places, .. } = view;
    let mistake = move |field: &str| told(&mistakes, field);
    let actions = Action::ALL.map(|action| SelectOption::new(action.name(), action.to_string())).to_vec();
    let places: Vec<SelectOption> =
        places.into_iter().map(|(value, words)| SelectOption::new(value, words)).collect();
    view! {
        <Form method="GET" action=paths::RIGHTS attr:class="form form--inline filters">
            <Select name="action" label="Who may" options=actions value=form.action error=mistake("action") />
            <Select name="place" label="In" options=places value=form.place error=mistake("place") />
            <TextField
                name="at"
                label="At the end of (UTC)"
                hint="Empty for now."
                input_type="date"
                value=form.at
                error=mistake("at")
            />
            <div class="form__actions">
                <SubmitButton>"Look"</SubmitButton>
            </div>
        </Form>
    }
}

#[component]
fn Answer(
    answer: WhoMay,
    /// The moment as it was asked for.
    typed: String,
) -> impl IntoView {
    let WhoMay { action, place, at, holders, partly, anybody } = answer;
    let title = format!("May {action} in {place}{}", then(at));
    let none = holders.is_empty();
    let also = typed.clone();
    let partial = (!partly.is_empty()).then(|| {
        view! {
            <Card title="Only in a part of it">
                <Lines holders=partly at=also />
            </Card>
        }
    });
    view! {
        {anybody
            .then(|| {
                view! {
                    <Banner tone=Tone::Info title="Anybody may pull from this project">
                        <p class="banner__text">"Without saying who they are. Its page Storage sets that."</p>
                    </Banner>
                }
            })}
        {if none {
            Either::Left(
                view! {
                    <EmptyState title="Nobody has this in the whole of it">
                        <p>{format!("Nobody may {action} everywhere in {place}{}.", then(at))}</p>
                    </EmptyState>
                },
            )
        } else {
            Either::Right(
                view! {
                    <Card title=title>
                        <Lines holders=holders at=typed />
                    </Card>
                },
            )
        }}
        {partial}
        <p class="form__note">{tokens(action)}</p>
        {at
            .map(|_| {
                view! {
                    <p class="form__note">
                        "People and roles are as the audit log tells them for that time; what built-in roles permit is as it is now."
                    </p>
                }
            })}
    }
}

/// How tokens come into it.
fn tokens(action: Action) -> &'static str {
    if TOKEN_ACTIONS.contains(&action) {
        "A token may it as far as its owner does, if it is made for that."
    } else {
        "No token may it: it takes a person."
    }
}

/// “ at 2026-11-24 00:00:00 UTC”, for a past moment.
fn then(at: Option<Time>) -> String {
    at.map(|at| format!(" at {}", at.to_words())).unwrap_or_default()
}

#[component]
fn Lines(
    holders: Vec<Holder>,
    /// The moment as it was asked for.
    at: String,
) -> impl IntoView {
    let lines: Vec<_> =
        holders.into_iter().map(|holder| view! { <Line holder=holder at=at.clone() /> }.into_any()).collect();
    view! { <ul class="rows">{lines}</ul> }
}

#[component]
fn Line(holder: Holder, at: String) -> impl IntoView {
    let Holder { kind, person, name, through } = holder;
    let name = match person {
        Some(person) => Either::Left(view! { <a href=paths::person_rights(person, &at)>{name}</a> }),
        None => Either::Right(name),
    };
    let machine = match kind {
        HolderKind::Person => None,
        HolderKind::ServiceAccount => Some("service account"),
        HolderKind::Publisher => Some("trusted CI jobs"),
    };
    view! {
        <li class="rows__item">
            <span class="rows__name">{name}</span>
            {machine.map(|word| view! { <Badge>{word}</Badge> })}
            <ul class="roles rows__more">
                {through.into_iter().map(|through| view! { <Role through=through /> }).collect_view()}
            </ul>
        </li>
    }
}

/// One role by which somebody may.
#[component]
fn Role(through: Through) -> impl IntoView {
    let Through { title, place, source, group, outside_production, in_name_of, .. } = through;
    view! {
        <li class="roles__item">
            <span>{format!("{title} in {place}")}</span>
            {outside_production.then(|| view! { <span class="rows__meta">"outside production"</span> })}
            {source.map(|source| view! { <span class="rows__meta">{source.to_string()}</span> })}
            {group.map(|group| view! { <span class="rows__meta">{group.to_string()}</span> })}
            {in_name_of.map(|name| view! { <span class="rows__meta">{format!("handed over by {name}")}</span> })}
        </li>
    }
}
