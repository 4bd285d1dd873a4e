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
    let kinds = KINDS.iter().map(|&(kind, words)| (kind.to_owned(), words.to_owned()));
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

/// The filter in words, for paper, where its form has no use.
#[component]
pub fn FilterWords(page: TimelinePage, filter: Filter) -> impl IntoView {
    let words = words(&filter, &page);
    let words = if words.is_empty() { "Everything".to_owned() } else { format!("Only {}", words.join(", ")) };
    view! { <p class="timeline__said">{format!("{words}.")}</p> }
}

fn words(filter: &Filter, page: &TimelinePage) -> Vec<String> {
    let Filter { project, integration, bucket, person, kind } = filter;
    let named = page.people.iter().find(|(id, _)| id.to_string() == *person).map(|(_, name)| name);
    let kinds = KINDS.iter().find(|(known, _)| known == kind).map(|(_, words)| (*words).to_owned());
    [
        ("the project", project),
        ("the integration", integration),
        ("the bucket", bucket),
        ("what was done by", named.unwrap_or(person)),
        ("the kind", &kinds.unwrap_or_else(|| kind.clone())),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(part, value)| format!("{part} {value}"))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use towpath_domain::ids::PersonId;
    use towpath_domain::times::Time;

    #[test]
    fn a_filter_is_said_in_words() {
        let ada: PersonId = "00000000-0000-7000-8000-000000000000".parse().expect("an id");
        let page = TimelinePage {
            entries: Vec::new(),
            older: None,
            projects: Vec::new(),
            integrations: Vec::new(),
            people: vec![(ada, "Ada".to_owned())],
            as_of: 0,
            signed: None,
            unmatched: None,
            now: Time::from_micros(0),
        };
        let filter = Filter {
            bucket: "prod".to_owned(),
            person: ada.to_string(),
            kind: "rolled_back".to_owned(),
            ..Filter::default()
        };
        assert_eq!(
            words(&filter, &page),
            ["the bucket prod", "what was done by Ada", "the kind Rolled back"]
        );
        assert!(words(&Filter::default(), &page).is_empty());
    }
}
