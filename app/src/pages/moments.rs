//! What was current in an integration's buckets at a moment.

use crate::components::button::SubmitButton;
use crate::components::card::Card;
use crate::components::digest::DigestView;
use crate::components::field::TextField;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::time::TimeView;
use crate::fns::moments::view_moment;
use crate::loaded::Loaded;
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Form;
use leptos_router::hooks::{use_params_map, use_query_map};
use towpath_domain::moments::{BucketThen, MomentView, Then};
use towpath_domain::times::Time;

#[component]
pub fn MomentPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let param = move |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
    let at = move || query.with(|query| query.get("at")).unwrap_or_default();
    let found = Resource::new(
        move || (param("project"), param("integration"), at()),
        |(project, integration, at)| async move {
            let (view, mistake) = view_moment(project, integration, at.clone()).await?;
            Ok((view, mistake, at))
        },
    );
    view! {
        <main id="main" class="page">
            <Loaded resource=found let:found>
                <Page view=found.0 mistake=found.1 typed=found.2 />
            </Loaded>
        </main>
    }
}

#[component]
fn Page(view: MomentView, mistake: Option<String>, typed: String) -> impl IntoView {
    let MomentView { project, integration, at, buckets, now } = view;
    let (project, integration) = (project.slug, integration.slug);
    let action = paths::moment(&project, &integration);
    let difference = paths::difference(&project, &integration);
    let back = (project.clone(), integration.clone());
    let wrong = mistake.is_some();
    // What is no time cannot stand in such a field; the mistake beside it repeats it.
    let value = Time::parse_in_utc(&typed).unwrap_or(at).to_field();
    let line = move |BucketThen { slot, then }: BucketThen| {
        let bucket = slot.slug.to_string();
        // A bucket is compared with itself, unless it has what it had.
        let compare = then.as_ref().filter(|then| !then.still).map(|then| {
            let href = format!("{difference}?from={bucket}@{at}&to={bucket}");
            let back = paths::roll_back(&back.0, &back.1, &slot.slug, then.placement);
            view! {
                <a href=href>
                    "Compare with now"
                    <span class="visually-hidden">{format!(" in {bucket}")}</span>
                </a>
                " · "
                <a href=back>
                    "Roll back to it…"
                    <span class="visually-hidden">{format!(" in {bucket}")}</span>
                </a>
            }
        });
        let told = match then {
            None => view! { <span class="rows__meta">"Nothing was current"</span> }.into_any(),
            Some(Then { build, since, still, .. }) => view! {
                <a href=paths::build(&build.digest)>{build.tag.to_string()}</a>
                <DigestView value=build.digest.to_string() />
                <span class="rows__meta rows__meta--line">
                    "Since " <TimeView at=since now=now /> {still.then_some(", and still")}
                    {compare.map(|link| view! { " · " {link} })}
                </span>
            }
            .into_any(),
        };
        view! {
            <li class="rows__item">
                <span class="rows__name">{slot.slug.to_string()}</span>
                {told}
            </li>
        }
    };
    let buckets = buckets.into_iter().map(line).collect_view();
    view! {
        <Title text=format!("{project}/{integration} at a moment") />
        <Breadcrumbs trail=Crumb::of_integration(&project, &integration, [Crumb::here("State at a moment")]) />
        <PageHeader title="State at a moment" lead="What should have run then: the current build of each bucket." />
        <Form method="GET" action=action attr:class="form" attr:novalidate="">
            <TextField
                name="at"
                label="Moment (UTC)"
                input_type="datetime-local"
                value=value
                error=Signal::stored(mistake)
            />
            <div class="form__actions">
                <SubmitButton>"Look"</SubmitButton>
            </div>
        </Form>
        {(!wrong)
            .then(|| {
                view! {
                    <Card title=at.to_words()>
                        <ul class="rows">{buckets}</ul>
                    </Card>
                }
            })}
    }
}
