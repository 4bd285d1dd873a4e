//! What reclassifying an integration would change, asked before it is done.

use super::moved::MovedList;
use crate::components::banner::Banner;
use crate::components::button::{ButtonKind, LinkButton, SubmitButton};
use crate::components::card::Card;
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::tone::Tone;
use crate::echo::errors;
use crate::fns::rules::{Reclassify, view_reclassification};
use crate::loaded::Loaded;
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use towpath_domain::rules::Reclassification;
use towpath_domain::slugs::Slug;

#[component]
pub fn ReclassifyPage() -> impl IntoView {
    let params = use_params_map();
    let action = ServerAction::<Reclassify>::new();
    let param = move |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
    let told = Resource::new(
        move || (param("project"), param("integration")),
        |(project, integration)| async move {
            let told = view_reclassification(project.clone(), integration.clone()).await?;
            Ok((told, project, integration))
        },
    );
    view! {
        <main id="main" class="page">
            <Loaded resource=told let:told>
                {Slug::parse(&told.1)
                    .ok()
                    .zip(Slug::parse(&told.2).ok())
                    .map(|at| view! { <Page told=told.0 at=at action=action /> })}
            </Loaded>
        </main>
    }
}

#[component]
fn Page(told: Reclassification, at: (Slug, Slug), action: ServerAction<Reclassify>) -> impl IntoView {
    let errors = errors(move || action.value().get());
    let (project, integration) = at;
    let title = format!("Reclassify {integration}");
    let board = paths::integration(&project, &integration);
    let trail = Crumb::of_project(
        &project,
        [Crumb::new(integration.to_string(), board.clone()), Crumb::here("Reclassify")],
    );
    let by = match &told.rule {
        Some(rule) => format!("By version {} of “{}”.", told.rule_version, rule.title),
        None => "No rule holds, so what rules have led is led nowhere.".to_owned(),
    };
    let (count, mark) = (told.moved.len(), told.mark());
    let looked = match told.builds {
        1 => "1 build came without a bucket's name.".to_owned(),
        builds => format!("{builds} builds came without a bucket's name."),
    };
    let looked = if told.more { String::new() } else { looked };
    let content = if count == 0 {
        Either::Left(view! {
            <ErrorSummary errors=errors />
            <p>{format!("{looked} Each is where the rule leads it.")}</p>
            <LinkButton href=board>"Back to the board"</LinkButton>
        })
    } else {
        let words = match count {
            count if told.more => {
                format!("The newest {count} that go elsewhere. Reclassify again for older ones.")
            }
            1 => "1 goes elsewhere:".to_owned(),
            count => format!("{count} go elsewhere:"),
        };
        Either::Right(view! {
            <p>{format!("{looked} {words}")}</p>
            <Card title="Builds that go elsewhere">
                <MovedList moved=told.moved label="Builds that go elsewhere" />
            </Card>
            <Banner tone=Tone::Info title="What this does">
                <p class="banner__text">
                    "The newest of each bucket becomes current there, if it is newer than what is; the others are kept beside it. Nothing is taken out of a bucket: what is current stays until something else arrives. Builds that were pushed to a bucket by name, or assigned, stay where they are."
                </p>
            </Banner>
            <ActionForm action=action attr:class="form">
                <ErrorSummary errors=errors />
                <input type="hidden" name="project" value=project.to_string() />
                <input type="hidden" name="integration" value=integration.to_string() />
                <input type="hidden" name="mark" value=mark />
                <div class="form__actions">
                    <SubmitButton kind=ButtonKind::Primary pending=action.pending()>
                        {if count == 1 { "Move 1 build".to_owned() } else { format!("Move {count} builds") }}
                    </SubmitButton>
                    <LinkButton href=board>"Cancel"</LinkButton>
                </div>
            </ActionForm>
        })
    };
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=trail />
        <PageHeader title=title lead=by />
        {content}
    }
}
