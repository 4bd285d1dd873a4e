//! The filter of the first page: a plain form, whose fields become the address.

use crate::components::field::TextField;
use crate::components::select::{Select, SelectOption};
use crate::paths;
use leptos::ev::SubmitEvent;
use leptos::form::FromFormData;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use towpath_domain::home::Filter;
use towpath_domain::slugs::Slug;
use towpath_domain::words::Title;

#[component]
pub fn FilterForm(
    projects: Vec<(Slug, Title)>,
    filter: Filter,
    /// Whether the page begins with a saved view where nothing is asked for.
    starts: bool,
) -> impl IntoView {
    let everything = if starts { paths::EVERYTHING } else { paths::HOME };
    let navigate = use_navigate();
    // With script, the address has no empty parts.
    let submitted = move |event: SubmitEvent| {
        if let Ok(filter) = Filter::from_event(&event) {
            event.prevent_default();
            let nothing = filter == Filter::default();
            let address = if nothing { everything.to_owned() } else { paths::home(&filter, None) };
            navigate(&address, leptos_router::NavigateOptions::default());
        }
    };
    let narrowed = filter != Filter::default();
    let projects =
        projects.into_iter().map(|(slug, title)| SelectOption::new(slug.to_string(), title.to_string()));
    let options: Vec<SelectOption> = std::iter::once(SelectOption::new("", "All")).chain(projects).collect();
    view! {
        <form class="form form--inline filters" method="get" action=paths::HOME on:submit=submitted>
            <Select name="project" label="Project" options=options value=filter.project />
            <TextField name="q" label="Name" value=filter.q />
            <div class="form__actions">
                <button class="button" type="submit">
                    "Filter"
                </button>
                {narrowed.then(|| view! { <a class="button button--ghost" href=everything>"Clear"</a> })}
            </div>
        </form>
    }
}
