//! How long an integration keeps its images: what would go is shown before it is set.

use crate::components::banner::Banner;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::choice::Checkbox;
use crate::components::digest::DigestView;
use crate::components::field::TextField;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::fns::retention::{SetRetention, view_retention};
use crate::loaded::Loaded;
use crate::pages::forms::{Failure, successes};
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use towpath_domain::retention::{Going, Preview, Retention, RetentionForm, RetentionView};
use towpath_domain::times::Time;

#[component]
pub fn RetentionPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let param = move |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
    let other = move || query.with(|query| typed(|name| query.get(name)));
    let save = ServerAction::<SetRetention>::new();
    let saved = successes(save);
    let view = Resource::new(
        move || (param("project"), param("integration"), other(), saved.get()),
        |(project, integration, other, _)| async move { view_retention(project, integration, other).await },
    );
    view! {
        <main id="main" class="page page--narrow">
            <Loaded resource=view let:view>
                <Shown view=view save=save />
            </Loaded>
        </main>
    }
}

/// The retention that the address asks for, if it does.
fn typed(field: impl Fn(&str) -> Option<String>) -> Option<RetentionForm> {
    let text = |name: &str| field(name).unwrap_or_default();
    field("last")?;
    Some(RetentionForm {
        last: text("last"),
        production: field("production"),
        untagged_days: text("untagged_days"),
        unclassified_days: text("unclassified_days"),
    })
}

#[component]
fn Shown(view: RetentionView, save: ServerAction<SetRetention>) -> impl IntoView {
    let RetentionView { project, integration, retention, looked_at, preview, may_configure, now } = view;
    let title = format!("Retention of {integration}");
    let other = looked_at != retention;
    let may = may_configure.is_ok();
    let names = (project.slug.to_string(), integration.to_string());
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=Crumb::of_integration(&project.slug, &integration, [Crumb::here("Retention")]) />
        <PageHeader
            title=title
            lead="How long its images are kept. What is current, waits, is pinned, is a default or runs always stays."
        />
        <Card title="Now">
            <p>{sentence(&retention)}</p>
        </Card>
        {may_configure.err().map(|why| view! { <p class="muted">{why}</p> })}
        {may.then(|| view! { <Try start=looked_at.into() /> })}
        <WouldGo preview=preview looked_at=looked_at now=now />
        {(may && other).then(|| view! { <Save names=names retention=looked_at action=save /> })}
    }
}

fn sentence(retention: &Retention) -> String {
    if !retention.is_on() {
        return "Everything is kept.".to_owned();
    }
    let words = retention.to_string();
    let mut letters = words.chars();
    let first: String = letters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// Asks for the same page about another retention.
#[component]
fn Try(start: RetentionForm) -> impl IntoView {
    view! {
        <Card title="Try another">
            <form method="get" class="form">
                <TextField
                    name="last"
                    label="Builds that each bucket keeps"
                    hint="A number, the current one among them. Empty to keep the whole history."
                    value=start.last
                />
                <Checkbox
                    name="production"
                    label="Keep what was ever in production all the same"
                    checked=start.production.is_some()
                />
                <TextField
                    name="untagged_days"
                    label="Days after which images without a tag go"
                    hint="Of those that never were in a bucket. Empty to keep them."
                    value=start.untagged_days
                />
                <TextField
                    name="unclassified_days"
                    label="Days after which unclassified builds go"
                    hint="Those that no rule has led to a bucket. Empty to keep them."
                    value=start.unclassified_days
                />
                <div class="form__actions">
                    <SubmitButton>"Show what would go"</SubmitButton>
                </div>
            </form>
        </Card>
    }
}

/// What goes by a retention.
#[component]
fn WouldGo(preview: Preview, looked_at: Retention, now: Time) -> impl IntoView {
    let Preview { builds, build_count, images } = preview;
    if !looked_at.is_on() {
        return ().into_any();
    }
    let more = build_count - builds.len();
    let words = match (build_count, images) {
        (0, 0) => "Nothing would go now.".to_owned(),
        (builds, 0) => format!("{} would go now.", counted(builds, "build")),
        (0, images) => format!("{} would go now.", counted(images, "image")),
        (builds, images) => {
            format!("{} and {} beside would go now.", counted(builds, "build"), counted(images, "image"))
        }
    };
    let item = move |going: Going| {
        view! {
            <li class="rows__item">
                <span class="rows__name">{going.tag.to_string()}</span>
                <DigestView value=going.digest />
                <span class="rows__meta rows__meta--line">
                    {going.why.words()} ", received " <TimeView at=going.received_at now=now />
                </span>
            </li>
        }
    };
    let list = (!builds.is_empty())
        .then(|| view! { <ul class="rows">{builds.into_iter().map(item).collect_view()}</ul> });
    view! {
        <Card title="What would go">
            <p>{sentence(&looked_at)}</p>
            <p>{words}</p>
            {list}
            {(more > 0).then(|| view! { <p class="muted">{format!("and {more} more")}</p> })}
        </Card>
    }
    .into_any()
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("One {what}") } else { format!("{count} {what}s") }
}

/// Sets the retention that was looked at.
#[component]
fn Save(names: (String, String), retention: Retention, action: ServerAction<SetRetention>) -> impl IntoView {
    let failed = crate::echo::errors(move || action.value().get());
    let RetentionForm { last, production, untagged_days, unclassified_days } = retention.into();
    let on = retention.is_on();
    let hidden = [
        ("project", Some(names.0)),
        ("integration", Some(names.1)),
        ("form[last]", Some(last)),
        ("form[production]", production),
        ("form[untagged_days]", Some(untagged_days)),
        ("form[unclassified_days]", Some(unclassified_days)),
    ];
    let fields = hidden
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| (name, value)))
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect_view();
    let label = if on { "Keep images like this" } else { "Keep everything" };
    let note = if on {
        Either::Left(view! {
            <Banner tone=Tone::Warning title="What goes is gone">
                <p class="banner__text">
                    "Images that are let go of cannot be pulled, promoted or rolled back to, until they are pushed again. It begins within a day."
                </p>
            </Banner>
        })
    } else {
        Either::Right(())
    };
    view! {
        <ActionForm action=action attr:class="form">
            <Failure errors=failed />
            {fields}
            {note}
            <div class="form__actions">
                <SubmitButton
                    kind=if on { ButtonKind::Danger } else { ButtonKind::Primary }
                    pending=action.pending()
                >
                    {label}
                </SubmitButton>
            </div>
        </ActionForm>
    }
}
