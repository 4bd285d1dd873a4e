//! The sentence of an event.

use crate::paths;
use leptos::prelude::*;
use towpath_domain::timeline::sentence::Part;

/// A sentence of the timeline, what has a page being a link to it.
pub fn sentence_view(parts: Vec<Part>) -> impl IntoView {
    parts.into_iter().map(part).collect_view()
}

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
        Part::ReleaseSet { project, number } => paths::release_set(&project, number),
    };
    view! { <a href=href>{text}</a> }.into_any()
}
