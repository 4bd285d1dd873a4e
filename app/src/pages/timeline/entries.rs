//! The events, by day, each as a sentence.

use super::days;
use crate::components::avatar::Avatar;
use crate::components::time::TimeView;
use crate::paths;
use leptos::prelude::*;
use towpath_domain::timeline::Entry;
use towpath_domain::timeline::sentence::Part;
use towpath_domain::times::Time;

#[component]
pub fn Days(
    /// Newest first.
    entries: Vec<Entry>,
    now: Time,
) -> impl IntoView {
    let days = entries.chunk_by(|one, other| one.at.day() == other.at.day());
    let day = |entries: &[Entry]| {
        let at = entries.first().map(|entry| entry.at)?;
        let events =
            entries.iter().cloned().map(|entry| view! { <Event entry=entry now=now /> }).collect_view();
        Some(view! {
            <li class="timeline__day">
                <h2 class="timeline__date">
                    <time datetime=at.day()>{days::words(at, now)}</time>
                </h2>
                <ol class="timeline__events">{events}</ol>
            </li>
        })
    };
    view! { <ol class="timeline">{days.filter_map(day).collect_view()}</ol> }
}

#[component]
fn Event(entry: Entry, now: Time) -> impl IntoView {
    let Entry { at, who, with, sentence, reason, .. } = entry;
    let machine = with.is_some();
    view! {
        <li class="event">
            <Avatar name=who.clone() machine=machine />
            <div class="event__body">
                <p class="event__sentence">
                    <strong>{who}</strong>
                    " "
                    {sentence.into_iter().map(part).collect_view()}
                </p>
                {reason.map(|reason| view! { <blockquote class="event__reason">{reason}</blockquote> })}
                <p class="event__meta">
                    <TimeView at=at now=now />
                    <span>{at.to_words()}</span>
                    {with.map(|token| view! { <span>{format!("with the token {token}")}</span> })}
                </p>
            </div>
        </li>
    }
}

/// A part of the sentence; what has a page is a link to it.
fn part(part: Part) -> impl IntoView {
    let text = part.text();
    let href = match part {
        Part::Text { .. } => return text.into_any(),
        Part::Name { .. } | Part::Bucket { .. } => return view! { <b>{text}</b> }.into_any(),
        Part::Build { digest, tag } => {
            let href = paths::build(&digest);
            return view! {
                <a href=href title=digest.to_string()>
                    {tag.to_string()}
                </a>
            }
            .into_any();
        }
        Part::Project { project } => paths::project(&project),
        Part::Integration { project, integration } => paths::integration(&project, &integration),
        Part::Promotion { project, number } => paths::promotion(&project, number),
    };
    view! { <a href=href>{text}</a> }.into_any()
}
