//! Moving an environment into another release stream: which, what that means, and the word to do it.

use crate::AppError;
use crate::components::badge::Badge;
use crate::components::banner::Banner;
use crate::components::button::{ButtonKind, LinkButton, SubmitButton};
use crate::components::card::Card;
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::select::{Select, SelectOption};
use crate::components::tone::Tone;
use crate::fns::environments::{MoveEnvironment, view_move};
use crate::loaded::{ErrorPage, Loaded};
use crate::pages::forms::Draft;
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use towpath_domain::environments::{MoveOutlook, MoveView, Named, ShouldRun};
use towpath_domain::slugs::Slug;
use towpath_domain::streams::Stream;

#[component]
pub fn MoveEnvironmentPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let param = move |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
    let to = move || query.with(|query| query.get("to")).unwrap_or_default();
    let view = Resource::new(
        move || (param("project"), param("environment"), to()),
        |(project, environment, to)| view_move(project, environment, to),
    );
    view! {
        <main id="main" class="page page--narrow">
            <Loaded resource=view let:view>
                {match view.may_move.clone() {
                    Ok(()) => Either::Left(view! { <Move view=view /> }),
                    Err(why) => Either::Right(view! { <ErrorPage error=AppError::Forbidden(why) /> }),
                }}
            </Loaded>
        </main>
    }
}

#[component]
fn Move(view: MoveView) -> impl IntoView {
    let MoveView { project, environment, streams, outlook, .. } = view;
    let slug = environment.slug.clone();
    let here = paths::move_environment(&project, &slug);
    let title = format!("Move {slug} to another stream");
    let lead = format!(
        "It is of the stream {}. Where integrations have a bucket for each stream, it runs what that of its stream says.",
        environment.stream.slug
    );
    let chosen = outlook.as_ref().map(|outlook| outlook.to.slug.to_string()).unwrap_or_default();
    let options: Vec<SelectOption> = streams.iter().map(option).collect();
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=Crumb::of_project(&project, [Crumb::new(slug.to_string(), paths::environment(&project, &slug, None)),
            Crumb::here("Move")]) />
        <PageHeader title=title lead=lead />
        <form action=here method="get" class="form">
            <Select name="to" label="To the stream" options=options value=chosen />
            <div class="form__actions">
                <SubmitButton>"Show what that means"</SubmitButton>
            </div>
        </form>
        {outlook.map(|outlook| view! { <Means project=project slug=slug outlook=outlook /> })}
    }
}

fn option(stream: &Stream) -> SelectOption {
    let production = if stream.production { " (production)" } else { "" };
    SelectOption::new(stream.slug.to_string(), format!("{}{production}", stream.title))
}

#[component]
fn Means(project: Slug, slug: Slug, outlook: MoveOutlook) -> impl IntoView {
    let action = ServerAction::<MoveEnvironment>::new();
    let errors = Draft::of(action).errors();
    let free = outlook.check().is_ok();
    let label = format!("Move {slug} to {}", outlook.to.slug);
    let back = paths::environment(&project, &slug, None);
    let (from, to) = (outlook.from.slug.to_string(), outlook.to.slug.to_string());
    let words = outlook.words();
    let any = !words.is_empty();
    let users = outlook.users;
    let in_the_way = users.iter().map(|user| {
        let words = user.to_string();
        match paths::user(user) {
            Some(href) => view! { <li><a href=href>{words}</a></li> }.into_any(),
            None => view! { <li>{words}</li> }.into_any(),
        }
    });
    let in_the_way = (!users.is_empty()).then(|| in_the_way.collect_view());
    let none = outlook.services.is_empty();
    let lines = outlook.services.into_iter().map(line).collect_view();
    view! {
        <Card title="What every service should run" id="services">
            <ul class="rows">{lines}</ul>
            {none.then(|| view! { <p class="muted">"There is no service in the project yet."</p> })}
        </Card>
        {any
            .then(|| {
                view! {
                    <Banner tone=Tone::Info title="What else it means">
                        <ul class="banner__list">
                            {words.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}
                        </ul>
                    </Banner>
                }
            })}
        {in_the_way
            .map(|lines| {
                view! {
                    <Banner tone=Tone::Warning title="In the way">
                        <p class="banner__text">
                            "It is moved once none of these goes by its stream any more. Release, decide or take them back first."
                        </p>
                        <ul class="banner__list">{lines}</ul>
                    </Banner>
                }
            })}
        <ActionForm action=action attr:class="form" attr:novalidate="">
            <ErrorSummary errors=errors />
            <input type="hidden" name="project" value=project.to_string() />
            <input type="hidden" name="environment" value=slug.to_string() />
            <input type="hidden" name="stream" value=to />
            <input type="hidden" name="from" value=from />
            <div class="form__actions">
                {free
                    .then(|| {
                        view! {
                            <SubmitButton kind=ButtonKind::Danger pending=action.pending()>
                                {label}
                            </SubmitButton>
                        }
                    })}
                <LinkButton href=back>"Leave it where it is"</LinkButton>
            </div>
        </ActionForm>
    }
}

fn line(service: ShouldRun) -> impl IntoView {
    let changes = service.changes();
    let words = match (service.before, service.after) {
        (None, None) => "nothing, before and after".to_owned(),
        (before, after) if changes => format!("{}, then {}", told(before), told(after)),
        (_, after) => format!("{}, as before", told(after)),
    };
    view! {
        <li class="rows__item">
            <span class="rows__name">{service.service.to_string()}</span>
            {changes.then(|| view! { <Badge tone=Tone::Warning>"changes"</Badge> })}
            <span class="rows__meta rows__meta--line">{words}</span>
        </li>
    }
}

/// “1.4.2 by qa”
fn told(named: Option<Named>) -> String {
    named.map_or_else(|| "nothing".to_owned(), |Named { tag, bucket, .. }| format!("{tag} by {bucket}"))
}
