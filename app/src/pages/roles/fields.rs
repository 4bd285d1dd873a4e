//! What a role permits, as its form asks for it.

use crate::components::select::{Select, SelectOption};
use crate::pages::forms::Draft;
use leptos::prelude::*;
use towpath_domain::access::{Action, Reach};
use towpath_domain::roles::field;

/// One choice for each permission; to see is a part of every role.
#[component]
pub(super) fn PermissionFields(draft: Draft) -> impl IntoView {
    let chosen = Action::ALL.into_iter().filter(|action| *action != Action::View);
    let select = move |action: Action| {
        view! {
            <Select
                name=draft.field(&field(action))
                label=capital(&action.to_string())
                hint=action.about()
                options=options(action)
            />
        }
    };
    view! {
        <section class="form__section">
            <h2 class="form__section-title">"What it permits"</h2>
            <p class="form__note">"To see where it is bound is a part of every role."</p>
            <div class="form__row form__row--level">{chosen.map(select).collect_view()}</div>
        </section>
    }
}

fn options(action: Action) -> Vec<SelectOption> {
    let never = SelectOption::new("", "No");
    let everywhere = if action.has_place() { "Yes, production too" } else { "Yes" };
    let everywhere = SelectOption::new(Reach::Everywhere.name(), everywhere);
    let outside = SelectOption::new(Reach::OutsideProduction.name(), "Outside production");
    if action.has_place() { vec![never, outside, everywhere] } else { vec![never, everywhere] }
}

/// As it stands at the beginning of a line.
fn capital(words: &str) -> String {
    let mut characters = words.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}
