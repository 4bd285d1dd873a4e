//! The saved views above the filter, and the form that saves what it filters by.

use crate::components::button::SubmitButton;
use crate::components::choice::Checkbox;
use crate::components::disclosure::Disclosure;
use crate::components::field::TextField;
use crate::components::form::ErrorSummary;
use crate::components::select::{Select, SelectOption};
use crate::fns::saved_views::SaveView;
use crate::pages::forms::{Draft, input_name};
use crate::paths;
use leptos::prelude::*;
use towpath_domain::home::Filter;
use towpath_domain::saved_views::{SavedViewLine, SavedViews};

#[component]
pub fn Views(
    views: SavedViews,
    /// What is shown.
    filter: Filter,
    save: ServerAction<SaveView>,
) -> impl IntoView {
    let SavedViews { views, projects } = views;
    let known = views.iter().any(|view| view.filter == filter);
    let narrowed = filter != Filter::default();
    let starts = views.iter().any(|view| view.start);
    let everything = if starts { paths::EVERYTHING } else { paths::HOME };
    let line = {
        let filter = filter.clone();
        move |view: SavedViewLine| {
            let current = (view.filter == filter).then_some("page");
            let from = (!view.own).then(|| format!(" by {}", view.by));
            view! {
                <li>
                    <a class="tabs__tab" href=paths::home(&view.filter, None) aria-current=current>
                        {view.title.to_string()}
                        {from.map(|from| view! { <span class="muted">{from}</span> })}
                        {view.start.then(|| view! { <span class="visually-hidden">" (your start)"</span> })}
                    </a>
                </li>
            }
        }
    };
    let list = (!views.is_empty()).then(|| {
        let current = (!narrowed).then_some("page");
        view! {
            <nav class="views" aria-label="Saved views">
                <ul class="tabs">
                    <li>
                        <a class="tabs__tab" href=everything aria-current=current>
                            "Everything"
                        </a>
                    </li>
                    {views.into_iter().map(line).collect_view()}
                </ul>
                <a class="views__manage" href=paths::SAVED_VIEWS>
                    "Manage views"
                </a>
            </nav>
        }
    });
    let form = (narrowed && !known).then(|| {
        let draft = Draft::of(save);
        // A form that failed without script is seen at once.
        let open = !draft.value("title").is_empty() || !draft.errors().read_untracked().is_empty();
        let options = projects.into_iter().map(|slug| SelectOption::new(slug.to_string(), slug.to_string()));
        let options: Vec<SelectOption> =
            std::iter::once(SelectOption::new("", "Nobody else")).chain(options).collect();
        view! {
            <Disclosure summary="Save this view…" open=open>
                <ActionForm action=save attr:class="form" attr:novalidate="">
                    <ErrorSummary errors=draft.errors() />
                    <input type="hidden" name=input_name("project") value=filter.project.clone() />
                    <input type="hidden" name=input_name("q") value=filter.q.clone() />
                    <div class="form__row">
                        <TextField
                            name=draft.field("title")
                            label="Name of the view"
                            required=true
                        />
                        <Select
                            name=draft.field("share")
                            label="Shared with"
                            hint="Whoever sees that project sees the view, too."
                            options=options
                        />
                    </div>
                    <Checkbox name=input_name("start") label="Begin with it" hint="The first page shows it unless asked for more." />
                    <div class="form__actions">
                        <SubmitButton pending=save.pending()>"Save view"</SubmitButton>
                    </div>
                </ActionForm>
            </Disclosure>
        }
    });
    view! {
        {list}
        {form}
    }
}
