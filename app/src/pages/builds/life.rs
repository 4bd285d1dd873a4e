//! A build in one integration: its facts, and every bucket that it was current in.

use super::origin::{Labels, OriginFacts};
use super::sizes;
use crate::components::badge::Badge;
use crate::components::button::LinkButton;
use crate::components::card::Card;
use crate::components::digest::DigestView;
use crate::components::icon::Symbol;
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::paths;
use leptos::prelude::*;
use towpath_domain::builds::{Build, Life, LifeLine};
use towpath_domain::times::Time;

#[component]
pub fn LifeCard(life: Life, now: Time) -> impl IntoView {
    let Life { project, integration, build, pushed_by, placements } = life;
    let board = paths::integration(&project, &integration);
    let actions = ViewFn::from(move || {
        view! {
            <LinkButton href=board.clone() small=true>
                "Open board"
            </LinkButton>
        }
    });
    let labels = build.origin.labels.clone();
    view! {
        <Card title=format!("{project} / {integration}") actions=actions>
            <div class="columns">
                <div class="stack stack--tight">
                    <Facts of=build pushed_by=pushed_by now=now />
                    <Labels labels=labels />
                </div>
                <section class="stack stack--tight">
                    <h3>"Where it has been"</h3>
                    <Placements placements=placements now=now />
                </section>
            </div>
        </Card>
    }
}

#[component]
fn Facts(of: Build, pushed_by: String, now: Time) -> impl IntoView {
    let Build { digest, tag, size, platforms, media_type, origin, received_at, .. } = of;
    let platforms = if platforms.is_empty() { "not stated".to_owned() } else { platforms.join(", ") };
    view! {
        <dl class="facts">
            <div class="facts__row">
                <dt>"Tag"</dt>
                <dd>{tag.to_string()}</dd>
            </div>
            <div class="facts__row">
                <dt>"Digest"</dt>
                <dd>
                    <DigestView value=digest.to_string() />
                </dd>
            </div>
            <div class="facts__row">
                <dt>"Size"</dt>
                <dd>{sizes::words(size)}</dd>
            </div>
            <div class="facts__row">
                <dt>"Platforms"</dt>
                <dd>{platforms}</dd>
            </div>
            <div class="facts__row">
                <dt>"Pushed"</dt>
                <dd>
                    <TimeView at=received_at now=now />
                    {format!(" by {pushed_by}, {}", received_at.to_words())}
                </dd>
            </div>
            <div class="facts__row">
                <dt>"Media type"</dt>
                <dd>
                    <code>{media_type}</code>
                </dd>
            </div>
            <OriginFacts origin=origin />
        </dl>
    }
}

/// Oldest first; what is current somewhere is marked.
#[component]
fn Placements(placements: Vec<LifeLine>, now: Time) -> impl IntoView {
    if placements.is_empty() {
        return view! { <p class="muted">"It has not been current in any bucket."</p> }.into_any();
    }
    let link = move |line: LifeLine| {
        let LifeLine { bucket, cause, by, at, reason, current } = line;
        view! {
            <li class="chain__link" aria-current=current.then_some("true")>
                <p class="chain__title">
                    {bucket.to_string()} " "
                    {current
                        .then(|| {
                            view! {
                                <Badge tone=Tone::Accent symbol=Symbol::Tag>
                                    "current"
                                </Badge>
                            }
                        })}
                </p>
                {reason.map(|reason| view! { <p class="chain__reason">{reason}</p> })}
                <p class="chain__meta">{format!("{cause} by {by}, ")} <TimeView at=at now=now /></p>
            </li>
        }
    };
    view! { <ol class="chain">{placements.into_iter().map(link).collect_view()}</ol> }.into_any()
}
