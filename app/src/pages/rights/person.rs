//! What one person may do.

use super::Role;
use crate::AppError;
use crate::components::banner::Banner;
use crate::components::button::SubmitButton;
use crate::components::card::Card;
use crate::components::empty::EmptyState;
use crate::components::field::TextField;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::tone::Tone;
use crate::fns::rights::view_person_rights;
use crate::loaded::Loaded;
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Form;
use leptos_router::hooks::{use_params_map, use_query_map};
use towpath_domain::rights::{PersonRights, Right};

#[component]
pub fn PersonRightsPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let person = move || params.with(|params| params.get("person")).unwrap_or_default();
    let at = move || query.with(|query| query.get("at")).unwrap_or_default();
    let found = Resource::new(
        move || (person(), at()),
        |(person, at)| async move {
            let person =
                person.parse().map_err(|_| AppError::NotFound("This person was not found".to_owned()))?;
            match view_person_rights(person, at.clone()).await {
                // Only the moment can be wrong.
                Err(AppError::Invalid(invalid)) => {
                    let mistake = invalid.errors().first().map(|mistake| mistake.message.clone());
                    Ok((view_person_rights(person, String::new()).await?, at, mistake))
                }
                found => Ok((found?, at, None)),
            }
        },
    );
    view! {
        <main id="main" class="page">
            <Loaded resource=found let:found>
                <Rights rights=found.0 typed=found.1 mistake=found.2 />
            </Loaded>
        </main>
    }
}

#[component]
fn Rights(rights: PersonRights, typed: String, mistake: Option<String>) -> impl IntoView {
    let PersonRights { person, name, at, deactivated, rights, partial } = rights;
    let title = format!("What {name} may do");
    let then = at.map(|at| format!(" at {}", at.to_words())).unwrap_or_default();
    let none = rights.is_empty();
    let lines = rights.into_iter().map(|right| view! { <Line right=right /> }).collect_view();
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=vec![Crumb::new("Who may do what", paths::RIGHTS), Crumb::here(name)] />
        <PageHeader title=title lead="And through which roles: several add up." />
        <Form method="GET" action=paths::person_rights(person, "") attr:class="form form--inline filters">
            <TextField
                name="at"
                label="At the end of (UTC)"
                hint="Empty for now."
                input_type="date"
                value=typed
                error=Signal::stored(mistake)
            />
            <div class="form__actions">
                <SubmitButton>"Look"</SubmitButton>
            </div>
        </Form>
        {deactivated
            .then(|| {
                view! {
                    <Banner tone=Tone::Warning title=format!("Deactivated{then}")>
                        <p class="banner__text">"They cannot act, whatever their roles. Below is what they hold."</p>
                    </Banner>
                }
            })}
        {partial
            .then(|| {
                view! {
                    <Banner tone=Tone::Info>
                        <p class="banner__text">"Roles in places that you do not see are left out."</p>
                    </Banner>
                }
            })}
        {if none {
            Either::Left(
                view! {
                    <EmptyState title="No role">
                        <p>"Whoever has none sees nothing."</p>
                    </EmptyState>
                },
            )
        } else {
            Either::Right(
                view! {
                    <Card title=format!("Permissions{then}")>
                        <ul class="rows">{lines}</ul>
                    </Card>
                },
            )
        }}
    }
}

#[component]
fn Line(right: Right) -> impl IntoView {
    let Right { action, through } = right;
    let roles = through.into_iter().map(|through| view! { <Role through=through /> }).collect_view();
    view! {
        <li class="rows__item">
            <span class="rows__name">{action.to_string()}</span>
            <ul class="roles rows__more">{roles}</ul>
        </li>
    }
}
