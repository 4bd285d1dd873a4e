//! What stands above a form that could not be accepted.

use super::{
    field::field_id,
    icon::{Icon, Symbol},
};
use crate::AppError;
use leptos::{
    ev::MouseEvent,
    html,
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{Element, HtmlElement, HtmlFormElement},
};
use towpath_domain::forms::FieldError;

/// All that is wrong with a form, each with a link to its field. When it appears, focus moves here.
///
/// An error with an empty field name belongs to the whole form and has no link. The browser's own bubbles, which say
/// the same of one field at a time and in other words, are switched off in a form that has a summary.
#[component]
pub fn ErrorSummary(#[prop(into)] errors: Signal<Vec<FieldError>>) -> impl IntoView {
    let place = NodeRef::<html::Div>::new();
    let node = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        let form = place.get().and_then(|place| place.closest("form").ok().flatten());
        if let Some(form) = form.and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) {
            form.set_no_validate(true);
        }
    });
    Effect::new(move |_| {
        if !errors.with(Vec::is_empty)
            && let Some(summary) = node.get()
        {
            // A browser that cannot move the focus shows the summary all the same.
            let _ = summary.focus();
        }
    });
    let summary = move || {
        let errors = errors.get();
        (!errors.is_empty()).then(|| {
            let title = title(&errors);
            view! {
                <div class="error-summary" role="alert" tabindex="-1" node_ref=node>
                    <p class="error-summary__title">
                        <Icon symbol=Symbol::Warning />
                        {title}
                    </p>
                    <ul class="error-summary__list">{errors.into_iter().map(mistake).collect_view()}</ul>
                </div>
            }
        })
    };
    view! {
        <div class="error-summary-place" node_ref=place>
            {summary}
        </div>
    }
}

fn mistake(error: FieldError) -> impl IntoView {
    if error.field.is_empty() {
        // Here and not only at the foot of the window, which a dialog makes inert.
        let sign_in = (error.message == AppError::SignIn.message()).then(|| {
            view! {
                " "
                <a href="/sign-in" target="_blank">
                    "Sign in"
                    <span class="visually-hidden">" (opens a new tab)"</span>
                </a>
            }
        });
        return view! { <li>{error.message} {sign_in}</li> }.into_any();
    }
    let label = label(&error.field);
    let id = field_id(&error.field);
    let href = format!("#{id}");
    // The router would take the link for a change of address, which moves no focus.
    let go = move |event: MouseEvent| {
        if let Some(field) = document().get_element_by_id(&id) {
            event.prevent_default();
            focus(field);
        }
    };
    view! {
        <li>
            <a href=href on:click=go>
                {label} ": " {error.message}
            </a>
        </li>
    }
    .into_any()
}

fn focus(field: Element) {
    if let Ok(field) = field.dyn_into::<HtmlElement>() {
        let _ = field.focus();
    }
}

fn title(errors: &[FieldError]) -> String {
    match errors {
        [one] if one.field.is_empty() => "This was not accepted".to_owned(),
        [_] => "Correct one thing".to_owned(),
        several => format!("Correct {} things", several.len()),
    }
}

/// What a field is called, from its name: `stages[1].bucket` is a bucket.
fn label(field: &str) -> String {
    let name = field.rsplit(['.', '[']).next().unwrap_or(field).trim_end_matches(']');
    if name == "email" {
        return "E-mail".to_owned();
    }
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect::<String>().replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_called_by_the_last_part_of_its_name() {
        for (field, words) in [
            ("title", "Title"),
            ("stages[1].bucket", "Bucket"),
            ("new_password", "New password"),
            ("email", "E-mail"),
            ("", ""),
        ] {
            assert_eq!(label(field), words);
        }
    }
}
