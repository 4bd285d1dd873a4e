//! The filter of the timeline: a plain form, whose fields become the address.

use crate::components::field::TextField;
use crate::components::select::{Select, SelectOption};
use crate::paths;
use leptos::ev::SubmitEvent;
use leptos::form::FromFormData;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use towpath_domain::timeline::{Filter, KINDS, TimelinePage};

#[component]
pub fn FilterForm(page: TimelinePage, filter: Filter) -> impl IntoView {
    let navigate = use_navigate();
    // With script, the address has no empty parts.
    let submitted = move |event: SubmitEvent| {
        if let Ok(filter) = Filter::from_event(&event) {
            event.prevent_default();
            navigate(&paths::timeline(&filter, None), leptos_router::NavigateOptions::default());
        }
    };
    let narrowed = filter != Filter::default();
    let TimelinePage { projects, integrations, people, .. } = page;
    let projects = projects.into_iter().map(|slug| (slug.to_string(), slug.to_string()));
    let integrations = integrations.into_iter().map(|path| (path.clone(), path));
    let people = people.into_iter().map(|(id, name)| (id.to_string(), name));
    let kinds = KINDS.into_iter().map(|(kind, words)| (kind.to_owned(), words.to_owned()));
    view! {
        <form class="form form--inline filters" method="get" action=paths::TIMELINE on:submit=submitted>
            <Select name="project" label="Project" options=options("All", projects) value=filter.project />
            <Select name="integration" label="Integration" options=options("All", integrations) value=filter.integration />
            <TextField name="bucket" label="Bucket" mono=true value=filter.bucket />
            <Select name="person" label="Person" options=options("Everyone", people) value=filter.person />
            <Select name="kind" label="Kind" options=options("All kinds", kinds) value=filter.kind />
            <div class="form__actions">
                <button class="button" type="submit">
                    "Filter"
                </button>
                {narrowed.then(|| view! { <a class="button button--ghost" href=paths::TIMELINE>"Clear"</a> })}
            </div>
        </form>
    }
}

fn options(all: &str, others: impl Iterator<Item = (String, String)>) -> Vec<SelectOption> {
    let others = others.map(|(value, label)| SelectOption::new(value, label));
    std::iter::once(SelectOption::new("", all)).chain(others).collect()
}
