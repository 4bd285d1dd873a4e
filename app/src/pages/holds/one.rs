//! One hold: what it stops, why and how long, and its release.

use super::line::{PhaseBadge, When};
use crate::AppError;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::field::TextArea;
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::time::{ExactTime, TimeView};
use crate::echo::{Echo, errors, mistake};
use crate::fns::holds::{ReleaseHold, view_hold};
use crate::live::{read_at, use_changes};
use crate::loaded::Loaded;
use crate::pages::forms::{Late, successes};
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use towpath_domain::holds::{HoldAddress, HoldLine, HoldView, Phase, next_turn};
use towpath_domain::live::Notice;
use towpath_domain::words::Reason;

#[component]
pub fn HoldPage() -> impl IntoView {
    let params = use_params_map();
    let number = move || params.with(|params| params.get("number")).unwrap_or_default();
    let release = ServerAction::<ReleaseHold>::new();
    let (changes, released) = (use_changes(Notice::is_of_hold), successes(release));
    let hold = Resource::new(
        move || (number(), changes.get(), released.get()),
        |(number, ..)| async move {
            match number.parse() {
                Ok(number) => view_hold(number).await,
                Err(_) => Err(AppError::NotFound(format!("The hold “{number}” was not found"))),
            }
        },
    );
    view! {
        <main id="main" class="page page--narrow">
            <Loaded resource=hold let:view>
                {follow(&view, move || hold.refetch())}
                <One view=view release=release />
            </Loaded>
        </main>
    }
}

/// Reads it anew when it begins or ends by itself.
fn follow(view: &HoldView, read: impl Fn() + Copy + Send + Sync + 'static) {
    let turns_at = next_turn(std::iter::once(&view.line.hold), view.now);
    read_at(move || turns_at, Signal::stored(view.now), read);
}

#[component]
fn One(view: HoldView, release: ServerAction<ReleaseHold>) -> impl IntoView {
    let HoldView { line, now } = view;
    let HoldLine { hold, made_by, released_by, may_release } = line;
    let title = format!("Hold {}", hold.number);
    let phase = hold.phase(now);
    let stands = matches!(phase, Phase::Planned | Phase::InForce);
    let effect = match (hold.is_bad_mark(), hold.rollbacks) {
        (true, _) => {
            "A build that is marked bad enters no bucket, by whatever way, and promotions of it end."
        }
        (false, true) => {
            "While it is in force, promotions wait for its end. Arrivals and rollbacks are refused."
        }
        (false, false) => {
            "While it is in force, promotions wait for its end, and arrivals are refused. Rollbacks pass."
        }
    };
    let hint = if hold.is_bad_mark() {
        "Stands in the audit timeline. The build can be promoted, pushed and rolled back to again."
    } else {
        "Stands in the audit timeline. What waits for its end alone enters at once."
    };
    let ended = hold.released.clone().map(|released| {
        view! {
            <div class="facts__row">
                <dt>"Released"</dt>
                <dd>
                    {released_by} ", " <TimeView at=released.at now=now />
                    {released.reason.map(|reason| format!(" · {reason}"))}
                </dd>
            </div>
        }
    });
    let number = hold.number;
    let late = errors(move || release.value().get());
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=vec![Crumb::new("Holds", paths::HOLDS), Crumb::here(title.clone())] />
        <PageHeader title=title lead=effect>
            <PhaseBadge phase=phase />
        </PageHeader>
        <Late errors=late form=Signal::stored(stands) />
        <dl class="facts">
            <div class="facts__row">
                <dt>"Stops"</dt>
                <dd>{stopped(&hold.address)}</dd>
            </div>
            <div class="facts__row">
                <dt>"Reason"</dt>
                <dd class="hold__text">{hold.reason.to_string()}</dd>
            </div>
            <div class="facts__row">
                <dt>"From"</dt>
                <dd>
                    <ExactTime at=hold.from />
                </dd>
            </div>
            <div class="facts__row">
                <dt>"Lasts"</dt>
                <dd>
                    <When hold=hold.clone() now=now />
                </dd>
            </div>
            <div class="facts__row">
                <dt>"Placed by"</dt>
                <dd>{made_by} ", " <TimeView at=hold.made_at now=now /></dd>
            </div>
            {ended}
        </dl>
        {stands.then(|| view! { <Release number=number hint=hint may=may_release action=release /> })}
    }
}

/// What it stops, with the way there where it has a page.
fn stopped(address: &HoldAddress) -> AnyView {
    let words = address.words();
    let href = match address {
        HoldAddress::Installation => None,
        HoldAddress::Stream { .. } => Some(paths::STREAMS.to_owned()),
        HoldAddress::Project { project } => Some(paths::project(project)),
        HoldAddress::Environment { project, environment } => {
            Some(paths::environment(project, environment, None))
        }
        HoldAddress::Bucket { project, integration, bucket } => {
            Some(paths::stage(project, integration, bucket))
        }
        HoldAddress::Build { digest, .. } => Some(paths::build(digest)),
    };
    match href {
        Some(href) => view! { <a href=href>{words}</a> }.into_any(),
        None => words.into_any(),
    }
}

#[component]
fn Release(
    number: i64,
    hint: &'static str,
    may: Result<(), String>,
    action: ServerAction<ReleaseHold>,
) -> impl IntoView {
    let errors = errors(move || action.value().get());
    let echo = Echo::of("/fn/release_hold");
    if let Err(why) = may {
        return view! { <p class="muted">{why}</p> }.into_any();
    }
    view! {
        <Card title="Release it">
            <ActionForm action=action attr:class="form" attr:novalidate="">
                <ErrorSummary errors=errors />
                <input type="hidden" name="number" value=number />
                <TextArea
                    name="reason"
                    label="Why now"
                    hint=hint
                    max=Reason::LONGEST
                    value=echo.value("reason")
                    error=mistake(errors, "reason")
                />
                <div class="form__actions">
                    <SubmitButton kind=ButtonKind::Primary pending=action.pending()>
                        {format!("Release hold {number}")}
                    </SubmitButton>
                </div>
            </ActionForm>
        </Card>
    }
    .into_any()
}
