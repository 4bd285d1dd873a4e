//! The saved views that one may use: renaming, sharing and deleting them, and what one begins with.

use super::forms::{Failure, announce, successes};
use crate::components::badge::Badge;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::choice::Checkbox;
use crate::components::disclosure::Disclosure;
use crate::components::empty::EmptyState;
use crate::components::field::TextField;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::select::{Select, SelectOption};
use crate::echo::errors;
use crate::fns::saved_views::{ChangeSavedView, DeleteSavedView, SetStartView, view_saved_views};
use crate::loaded::Loaded;
use crate::pages::forms::input_name;
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use towpath_domain::home::Filter;
use towpath_domain::ids::SavedViewId;
use towpath_domain::saved_views::{SavedViewLine, SavedViews};

/// What can be done with a view.
#[derive(Clone, Copy)]
struct Actions {
    change: ServerAction<ChangeSavedView>,
    delete: ServerAction<DeleteSavedView>,
    start: ServerAction<SetStartView>,
}

#[component]
pub fn SavedViewsPage() -> impl IntoView {
    let actions =
        Actions { change: ServerAction::new(), delete: ServerAction::new(), start: ServerAction::new() };
    let Actions { change, delete, start } = actions;
    let done = (successes(change), successes(delete), successes(start));
    let views = Resource::new(move || (done.0.get(), done.1.get(), done.2.get()), |_| view_saved_views());
    let failed = errors(move || change.value().get());
    let undeleted = errors(move || delete.value().get());
    let unset = errors(move || start.value().get());
    announce(change, "View changed.");
    announce(delete, "View deleted.");
    announce(start, "Changed what you begin with.");
    view! {
        <Title text="Saved views" />
        <main id="main" class="page page--narrow">
            <Breadcrumbs trail=vec![Crumb::new("Home", paths::HOME), Crumb::here("Saved views")] />
            <PageHeader title="Saved views" lead="Filters of the first page by a name. Save one there, once it is filtered." />
            <Failure errors=failed />
            <Failure errors=undeleted />
            <Failure errors=unset />
            <Loaded resource=views let:views>
                <Lines views=views actions=actions />
            </Loaded>
        </main>
    }
}

#[component]
fn Lines(views: SavedViews, actions: Actions) -> impl IntoView {
    let SavedViews { views, projects } = views;
    if views.is_empty() {
        return Either::Left(view! {
            <EmptyState title="No saved view yet">
                <p>"Filter the first page by a project or a name, and save what you see."</p>
                <a class="button" href=paths::HOME>
                    "Home"
                </a>
            </EmptyState>
        });
    }
    let options = projects.into_iter().map(|slug| SelectOption::new(slug.to_string(), slug.to_string()));
    let options: Vec<SelectOption> =
        std::iter::once(SelectOption::new("", "Nobody else")).chain(options).collect();
    let line = move |view| view! { <Line view=view options=options.clone() actions=actions /> };
    Either::Right(view! {
        <Card title="Views">
            <ul class="rows">{views.into_iter().map(line).collect_view()}</ul>
        </Card>
    })
}

#[component]
fn Line(view: SavedViewLine, options: Vec<SelectOption>, actions: Actions) -> impl IntoView {
    let SavedViewLine { id, title, filter, shared, by, own, start, may_delete } = view;
    let title = title.to_string();
    let href = paths::home(&filter, None);
    let shared_with = shared.as_ref().map(ToString::to_string).unwrap_or_default();
    let about = match (own, &shared) {
        (true, None) => words(&filter),
        (true, Some(project)) => format!("{}. Shared with {project}", words(&filter)),
        (false, _) => format!("{}. Shared by {by} with {shared_with}", words(&filter)),
    };
    // An empty field is no view: the first page begins with everything.
    let chosen = (!start).then(|| view! { <input type="hidden" name="view" value=id.to_string() /> });
    let verb = if start { "Begin with everything" } else { "Begin with it" };
    let change = own.then(|| {
        view! { <Change id=id title=title.clone() filter=filter shared=shared_with start=start options=options actions=actions /> }
    });
    let named = title.clone();
    let delete = may_delete.then(move || {
        let (summary, note) = if own {
            ("Delete…", "Whoever it is shared with loses it, too.")
        } else {
            ("Take it away…", "The project does not see it any more; who saved it keeps it.")
        };
        view! {
            <Disclosure summary=summary class="rows__more">
                <ActionForm action=actions.delete attr:class="form form--confirm">
                    <input type="hidden" name="view" value=id.to_string() />
                    <p class="form__note">{note}</p>
                    <SubmitButton kind=ButtonKind::Danger small=true pending=actions.delete.pending()>
                        {if own { "Delete " } else { "Take away " }}
                        <span class="visually-hidden">{named}</span>
                    </SubmitButton>
                </ActionForm>
            </Disclosure>
        }
    });
    view! {
        <li class="rows__item">
            <a class="rows__name" href=href>
                {title.clone()}
            </a>
            {start.then(|| view! { <Badge>"your start"</Badge> })}
            <span class="rows__meta rows__meta--line">{about}</span>
            <ActionForm action=actions.start>
                {chosen}
                <SubmitButton small=true pending=actions.start.pending()>
                    {verb}
                    <span class="visually-hidden">{format!(": {title}")}</span>
                </SubmitButton>
            </ActionForm>
            {change}
            {delete}
        </li>
    }
}

#[component]
fn Change(
    id: SavedViewId,
    title: String,
    filter: Filter,
    shared: String,
    start: bool,
    options: Vec<SelectOption>,
    actions: Actions,
) -> impl IntoView {
    let field = move |name: &str| format!("{name}-{id}");
    view! {
        <Disclosure summary="Change…" class="rows__more">
            <ActionForm action=actions.change attr:class="form" attr:novalidate="">
                <input type="hidden" name="view" value=id.to_string() />
                <div class="form__row">
                    <TextField id=field("title") name=input_name("title") label="Name of the view" value=title required=true />
                    <Select id=field("share") name=input_name("share") label="Shared with" options=options value=shared />
                </div>
                <div class="form__row">
                    <TextField id=field("project") name=input_name("project") label="Project" value=filter.project />
                    <TextField id=field("q") name=input_name("q") label="Name" value=filter.q />
                </div>
                <Checkbox name=input_name("start") label="Begin with it" checked=start />
                <div class="form__actions">
                    <SubmitButton small=true pending=actions.change.pending()>"Save"</SubmitButton>
                </div>
            </ActionForm>
        </Disclosure>
    }
}

/// What a view shows.
fn words(filter: &Filter) -> String {
    match (filter.project.as_str(), filter.q.as_str()) {
        (project, "") => format!("Project {project}"),
        ("", q) => format!("Named like “{q}”"),
        (project, q) => format!("Project {project}, named like “{q}”"),
    }
}
