//! Carries an integration over into a new one of the other type: what would come is shown before it does.

mod means;

use crate::AppError;
use crate::components::banner::Banner;
use crate::components::button::SubmitButton;
use crate::components::choice::Checkbox;
use crate::components::field::{FieldName, TextField, field_id};
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::select::{Select, SelectOption};
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::echo::told;
use crate::fns::carry_overs::view_carry_over;
use crate::loaded::{ErrorPage, Loaded};
use crate::pages::integrations::workflow_options;
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use means::Means;
use towpath_domain::buckets::BucketKind;
use towpath_domain::carry_overs::{CarryOverForm, CarryOverView, Choice, Earlier, FEED_NOTHING, Feed};
use towpath_domain::forms::FieldError;
use towpath_domain::integrations::FOLLOW_DEFAULT;
use towpath_domain::references::Tag;
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;

#[component]
pub fn CarryOverPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let param = move |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
    let asked = move || {
        query.with(|query| asked(|name| query.get(name), |name| query.get_all(name).unwrap_or_default()))
    };
    let found = Resource::new(
        move || (param("project"), param("integration"), asked()),
        |(project, integration, form)| async move {
            let (view, mistakes) = view_carry_over(project, integration, form.clone()).await?;
            Ok((view, mistakes, form))
        },
    );
    view! {
        <main id="main" class="page page--narrow">
            <Loaded resource=found let:found>
                {match found.0.may_carry.clone() {
                    Ok(()) => Either::Left(view! { <CarryOver view=found.0 mistakes=found.1 asked=found.2 /> }),
                    Err(why) => Either::Right(view! { <ErrorPage error=AppError::Forbidden(why) /> }),
                }}
            </Loaded>
        </main>
    }
}

/// What the address asks for, if it does.
fn asked(one: impl Fn(&str) -> Option<String>, all: impl Fn(&str) -> Vec<String>) -> Option<CarryOverForm> {
    let slug = one("slug")?;
    let feed = |(bucket, from): (String, String)| Feed { bucket, from };
    Some(CarryOverForm {
        slug,
        title: one("title").unwrap_or_default(),
        workflow: one("workflow").unwrap_or_default(),
        feeds: all("bucket").into_iter().zip(all("from")).map(feed).collect(),
        services: one("services"),
    })
}

/// What the form begins with.
fn suggested(view: &CarryOverView) -> CarryOverForm {
    let end = match view.kind {
        BucketKind::Environment => "environments",
        BucketKind::ReleaseStream => "streams",
    };
    let slug = format!("{}-{end}", view.integration);
    CarryOverForm {
        slug: Slug::parse_new(&slug).map(String::from).unwrap_or_default(),
        title: view.title.to_string(),
        workflow: FOLLOW_DEFAULT.to_owned(),
        feeds: Vec::new(),
        services: Some("on".to_owned()),
    }
}

#[component]
fn CarryOver(view: CarryOverView, mistakes: Vec<FieldError>, asked: Option<CarryOverForm>) -> impl IntoView {
    let form = asked.unwrap_or_else(|| suggested(&view));
    let (project, integration) = (view.project.slug.clone(), view.integration.clone());
    let title = format!("Carry {integration} over");
    let lead = format!(
        "An integration keeps its type. This makes a new one of {} and fills its buckets; {integration} stays as it is.",
        view.kind.plural()
    );
    let (outlook, earlier, now) = (view.outlook.clone(), view.earlier.clone(), view.now);
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=Crumb::of_integration(&project, &integration, [Crumb::here("Carry over")]) />
        <PageHeader title=title lead=lead />
        <Before project=project.clone() earlier=earlier now=now />
        <Question view=view form=form.clone() mistakes=mistakes />
        {outlook.map(|outlook| view! { <Means project=project integration=integration outlook=outlook form=form /> })}
    }
}

/// What was made of it before.
#[component]
fn Before(project: Slug, earlier: Vec<Earlier>, now: Time) -> impl IntoView {
    let line = move |one: Earlier| {
        view! {
            <li>
                <a href=paths::integration(&project, &one.slug)>{one.slug.to_string()}</a>
                ", "
                <TimeView at=one.at now=now />
            </li>
        }
    };
    (!earlier.is_empty()).then(|| {
        view! {
            <Banner tone=Tone::Info title="It was carried over before">
                <p class="banner__text">
                    "Under such a name only services that stayed come now. Another name makes another integration."
                </p>
                <ul class="banner__list">{earlier.into_iter().map(line).collect_view()}</ul>
            </Banner>
        }
    })
}

/// What is to be made, and from what each of its buckets is filled.
#[component]
fn Question(view: CarryOverView, form: CarryOverForm, mistakes: Vec<FieldError>) -> impl IntoView {
    let here = paths::carry_over(&view.project.slug, &view.integration);
    let mistake = |field: &str| told(&mistakes, field);
    let field = |name: &str| FieldName { error: mistake(name), ..name.into() };
    let services: Vec<String> = view.services.iter().map(Slug::to_string).collect();
    let buckets = view
        .buckets
        .iter()
        .enumerate()
        .map(|(index, choice)| {
            let error = mistake(&format!("feeds[{index}][from]"));
            view! { <Bucket index=index choice=choice.clone() from=form.asked(&choice.bucket).to_owned() error=error /> }
        })
        .collect_view();
    let none = view.buckets.is_empty();
    let summary = Signal::stored(mistakes.clone());
    view! {
        // The browser's own, so that the same question can be asked again.
        <form method="get" action=here class="form">
            <ErrorSummary errors=summary />
            <div class="form__row">
                <TextField name=field("title") label="Title" hint="What people read." value=form.title.clone() required=true />
                <TextField
                    name=field("slug")
                    label="Slug"
                    hint="Stands in addresses and in what is pulled, for good."
                    value=form.slug.clone()
                    required=true
                    mono=true
                />
            </div>
            <Select
                name=field("workflow")
                label="Promotion workflow"
                options=workflow_options(&view.workflows, Some(view.kind))
                value=form.workflow.clone()
            />
            {buckets}
            {none.then(|| view! { <p class="muted">"The project has no environment yet, so nothing would be filled."</p> })}
            {(!services.is_empty())
                .then(|| {
                    view! {
                        <Checkbox
                            name="services"
                            label=format!("Let it build {} from then on", services.join(", "))
                            hint="Else they stay with the old one, and can come later by the same form."
                            checked=form.moves_services()
                        />
                    }
                })}
            <div class="form__actions">
                <SubmitButton>"Show what that means"</SubmitButton>
            </div>
        </form>
    }
}

/// From what a bucket of the new integration is filled.
#[component]
fn Bucket(index: usize, choice: Choice, from: String, error: Signal<Option<String>>) -> impl IntoView {
    let Choice { bucket, production, sources, differ } = choice;
    let first = match (differ, sources.is_empty()) {
        (true, _) => "Choose whose build becomes current",
        (false, true) => "No bucket is of its stream: it stays empty",
        (false, false) => "What is current in its stream",
    };
    let nothing = (!sources.is_empty()).then(|| SelectOption::new(FEED_NOTHING, "Nothing: it stays empty"));
    let option = |(slug, tag): (Slug, Option<Tag>)| {
        let has = tag.map_or_else(|| "empty".to_owned(), |tag| format!("now {tag}"));
        SelectOption::new(slug.to_string(), format!("{slug}, {has}"))
    };
    let options: Vec<SelectOption> = std::iter::once(SelectOption::new("", first))
        .chain(sources.into_iter().map(option))
        .chain(nothing)
        .collect();
    let label = if production { format!("Into {bucket} (production)") } else { format!("Into {bucket}") };
    let name =
        FieldName { id: Some(field_id(&format!("feeds[{index}][from]"))), error, ..FieldName::from("from") };
    view! {
        <input type="hidden" name="bucket" value=bucket.to_string() />
        <Select name=name label=label options=options value=from />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_names_each_bucket_with_what_fills_it() {
        let one = |name: &str| match name {
            "slug" => Some("web-streams".to_owned()),
            "services" => Some("on".to_owned()),
            _ => None,
        };
        let all = |name: &str| match name {
            "bucket" => vec!["qa".to_owned(), "production".to_owned()],
            "from" => vec![String::new(), "eu".to_owned()],
            _ => Vec::new(),
        };
        let form = asked(one, all).expect("asks");
        let production = Slug::parse("production").expect("a slug");
        assert_eq!((form.asked(&production), form.moves_services()), ("eu", true));
        assert_eq!(asked(|_| None, all), None, "a bare address asks for nothing");
    }
}
