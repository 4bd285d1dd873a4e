//! The chain of custody: from its arrival on, what happened to a build, who did it, and who let it pass.

use crate::components::badge::Badge;
use crate::components::icon::{Icon, Symbol};
use crate::components::time::{ExactTime, TimeView};
use crate::components::tone::Tone;
use crate::paths;
use leptos::prelude::*;
use towpath_domain::builds::life::{Approved, By, Life, Link, Passed, Passing, Placed, Replaced};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;

/// Oldest first, so that it reads as a story.
#[component]
pub fn Chain(life: Life, now: Time) -> impl IntoView {
    let Life { project, integration, build, received_by, chain, from_start, later, .. } = life;
    let nowhere = from_start && !chain.iter().any(|link| matches!(link, Link::Placed(_)));
    let arrival = format!("Pushed to {project}/{integration} as {}", build.tag);
    let received = from_start.then(|| {
        view! { <Step symbol=Symbol::Commit tone="start" title="Received".to_owned() by=received_by at=build.received_at now=now>
            <p class="chain__meta">{arrival}</p>
        </Step> }
    });
    let links = chain.into_iter().map(|link| told(&project, link, now)).collect_view();
    let start = (!from_start).then(|| paths::life(&build.digest, &project, &integration, None));
    let later = later.map(|later| paths::life(&build.digest, &project, &integration, Some(later)));
    view! {
        {start
            .map(|href| {
                view! {
                    <p>
                        <a href=href>"From the beginning"</a>
                    </p>
                }
            })}
        <ol class="chain">{received} {links}</ol>
        {nowhere.then(|| view! { <p class="muted">"It has not been current in any bucket."</p> })}
        {later
            .map(|href| {
                view! {
                    <p>
                        <a class="button" href=href>
                            "What came later"
                        </a>
                    </p>
                }
            })}
    }
}

fn told(project: &Slug, link: Link, now: Time) -> AnyView {
    match link {
        Link::Placed(placed) => placement(project, placed, now).into_any(),
        Link::Refused { bucket, why, by, at } => view! {
            <Step symbol=Symbol::Ban tone="refused" title=format!("Refused by {bucket}") by=by at=at now=now>
                <p class="chain__reason">{format!("{bucket} {why}.")}</p>
            </Step>
        }
        .into_any(),
        Link::Pinned { number, project: home, environment, service, by, at, reason, until, how } => {
            let (href, place) =
                (paths::promotion(project, number), paths::environment(&home, &environment, None));
            let by = By { name: by, token: None };
            let words = match how.as_str() {
                "in force" => "in force until ",
                "over" => "ended ",
                "released" => "released ",
                _ => "replaced by another ",
            };
            view! {
                <Step symbol=Symbol::Hold tone="placed" title=format!("Pinned in {environment}") by=by at=at now=now>
                    <p class="chain__reason">{reason}</p>
                    <p class="chain__meta">
                        {format!("For {service} in ")} <a href=place>{format!("{home}/{environment}")}</a> " by "
                        <a href=href>{format!("promotion #{number}")}</a> ", " {words} <ExactTime at=until />
                    </p>
                </Step>
            }
            .into_any()
        }
        Link::Ended { number, to, how, by, at, comment } => {
            let href = paths::promotion(project, number);
            let by = By { name: by, token: None };
            view! {
                <Step symbol=Symbol::Close tone="ended" title=format!("Promotion to {to} {how}") by=by at=at now=now>
                    {comment.map(|comment| view! { <p class="chain__reason">{comment}</p> })}
                    <p class="chain__meta">
                        <a href=href>{format!("Promotion #{number}")}</a>
                    </p>
                </Step>
            }
            .into_any()
        }
    }
}

fn placement(project: &Slug, placed: Placed, now: Time) -> impl IntoView + use<> {
    let Placed { bucket, cause, by, at, reason, promotion, current, replaced } = placed;
    let passed = promotion.map(|passed| approval(project, passed, now));
    let (symbol, title) = match cause.as_str() {
        "rollback" => (Symbol::Rollback, format!("Made current again in {bucket}")),
        "promotion" => (Symbol::Arrow, format!("Promoted to {bucket}")),
        "assignment" => (Symbol::Arrow, format!("Assigned to {bucket}")),
        "reclassification" => (Symbol::Arrow, format!("Led to {bucket} by reclassifying")),
        _ => (Symbol::Arrow, format!("Placed in {bucket}")),
    };
    view! {
        <Step symbol=symbol tone=if current { "current" } else { "placed" } title=title by=by at=at now=now current=current>
            {reason
                .filter(|_| passed.is_none())
                .map(|reason| view! { <p class="chain__reason">{reason}</p> })}
            {passed}
            {replaced.map(|next| replacement(next, now))}
        </Step>
    }
}

/// The promotion that led in, and who let it pass.
fn approval(project: &Slug, passed: Passed, now: Time) -> impl IntoView + use<> {
    let Passed { number, from, reason, approved, emergency } = passed;
    let one = move |Approved { by, at, comment }: Approved| {
        view! {
            <li class="chain__approval">
                <Icon symbol=Symbol::Check />
                <span>
                    {format!("Approved by {by}, ")} <TimeView at=at now=now />
                    {comment.map(|comment| format!(": “{comment}”"))}
                </span>
            </li>
        }
    };
    let none = approved.is_empty();
    view! {
        <p class="chain__reason">{reason}</p>
        <p class="chain__meta">
            "From " {from.to_string()} " by " <a href=paths::promotion(project, number)>{format!("promotion #{number}")}</a>
            {(none && emergency.is_none()).then_some(", which needed no approval")}
        </p>
        {emergency.map(|emergency| passing(*emergency))}
        {(!none).then(|| view! { <ul class="chain__approvals">{approved.into_iter().map(one).collect_view()}</ul> })}
    }
}

/// That the gates were passed in an emergency, which is marked for ever.
fn passing(emergency: Passing) -> impl IntoView {
    let Passing { by, reason, passed, reviewed_by } = emergency;
    let missing = if passed.is_empty() { "nothing".to_owned() } else { passed.join("; ") };
    let review = reviewed_by.map_or_else(|| "not reviewed".to_owned(), |name| format!("reviewed by {name}"));
    view! {
        <p class="chain__reason">
            <Badge tone=Tone::Danger symbol=Symbol::Ban>
                "emergency"
            </Badge>
            {format!(" {by} passed the gates: “{reason}” What was missing: {missing}; {review}.")}
        </p>
    }
}

fn replacement(next: Replaced, now: Time) -> impl IntoView {
    let Replaced { tag, digest, cause, at } = next;
    view! {
        <p class="chain__meta">
            "Replaced by " <a href=paths::build(&digest)>{tag.to_string()}</a> {format!(" by {cause}, ")}
            <TimeView at=at now=now />
        </p>
    }
}

/// One link: what happened, by whom and when, and what there is to say about it.
#[component]
fn Step(
    symbol: Symbol,
    tone: &'static str,
    title: String,
    by: By,
    at: Time,
    now: Time,
    #[prop(optional)] current: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <li class="chain__link" data-tone=tone aria-current=current.then_some("true")>
            <span class="chain__node" aria-hidden="true">
                <Icon symbol=symbol />
            </span>
            <p class="chain__title">
                {title} " "
                {current
                    .then(|| {
                        view! {
                            <Badge tone=Tone::Accent symbol=Symbol::Tag>
                                "current"
                            </Badge>
                        }
                    })}
            </p>
            <p class="chain__meta">{format!("{by}, ")} <TimeView at=at now=now /> " · " <ExactTime at=at /></p>
            {children()}
        </li>
    }
}
