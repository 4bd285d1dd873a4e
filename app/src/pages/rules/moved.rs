//! Builds that go elsewhere, as a list.

use crate::paths;
use leptos::prelude::*;
use towpath_domain::rules::Moved;
use towpath_domain::slugs::Slug;

#[component]
pub(super) fn MovedList(moved: Vec<Moved>, #[prop(into)] label: String) -> impl IntoView {
    let line = |moved: Moved| {
        let place =
            |slug: Option<Slug>| slug.map_or_else(|| "unclassified".to_owned(), |slug| slug.to_string());
        let becomes = match (moved.becomes_current, moved.beside) {
            (true, _) => Some("Becomes current.".to_owned()),
            (false, beside) => {
                let bucket = moved.to.as_ref().map(Slug::to_string).unwrap_or_default();
                beside.map(|refused| format!("Is kept beside it: {bucket} {refused}."))
            }
        };
        view! {
            <li class="rows__item">
                <a class="rows__link" href=paths::build(&moved.digest)>
                    {moved.tag.to_string()}
                </a>
                {moved.git_ref.map(|git_ref| view! { <code class="rows__meta">{git_ref}</code> })}
                <span class="rows__meta">{place(moved.from)} " → " {place(moved.to)}</span>
                {becomes.map(|words| view! { <span class="rows__meta rows__meta--line">{words}</span> })}
            </li>
        }
    };
    view! {
        <ul class="rows" aria-label=label>
            {moved.into_iter().map(line).collect_view()}
        </ul>
    }
}
