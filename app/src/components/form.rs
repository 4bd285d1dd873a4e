//! What stands above a form that could not be accepted.

use super::{
    banner::Banner,
    field::field_id,
    icon::{Icon, Symbol},
    tone::Tone,
};
use crate::{AppError, paths};
use leptos::{
    ev::MouseEvent,
    html,
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{Element, HtmlElement},
};
use towpath_domain::{confirmations::NotFresh, forms::FieldError};

/// By which an address leads to the summary of the form that failed.
pub const SUMMARY: &str = "error-summary";

/// All that is wrong with a form, each with a link to its field. When it appears, focus moves here.
///
/// An error with an empty field name belongs to the whole form and has no link.
#[component]
pub fn ErrorSummary(#[prop(into)] errors: Signal<Vec<FieldError>>) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if !errors.with(Vec::is_empty)
            && let Some(summary) = node.get()
        {
            // A browser that cannot move the focus shows the summary all the same.
            let _ = summary.focus();
        }
    });
    move || {
        let errors = errors.get();
        (!errors.is_empty()).then(|| {
            if let [only] = errors.as_slice()
                && only.message == AppError::Confirmed.message()
            {
                return view! {
                    <div id=SUMMARY tabindex="-1" node_ref=node>
                        <Confirmed />
                    </div>
                }
                .into_any();
            }
            let title = title(&errors);
            view! {
                <div class="error-summary" id=SUMMARY role="alert" tabindex="-1" node_ref=node>
                    <p class="error-summary__title">
                        <Icon symbol=Symbol::Warning />
                        {title}
                    </p>
                    <ul class="error-summary__list">{errors.into_iter().map(mistake).collect_view()}</ul>
                </div>
            }
            .into_any()
        })
    }
}

/// What a form says that was filled in again after its person confirmed that it is them.
#[component]
pub fn Confirmed() -> impl IntoView {
    view! {
        <Banner tone=Tone::Success title="It is you" live=true>
            <p class="banner__text">{AppError::Confirmed.message()}</p>
        </Banner>
    }
}

/// Where to do first what a refusal asks for, in a tab of its own, so that what was typed stays.
pub fn way_on(message: &str) -> Option<impl IntoView + use<>> {
    let (href, words) = if message == AppError::SignIn.message() {
        (paths::SIGN_IN, "Sign in")
    } else if NotFresh::is_told_by(message) {
        (paths::CONFIRM_IN_TAB, "Confirm that it is you")
    } else {
        return None;
    };
    Some(view! {
        " "
        <a href=href target="_blank">
            {words}
            <span class="visually-hidden">" (opens a new tab)"</span>
        </a>
    })
}

fn mistake(error: FieldError) -> impl IntoView {
    if error.field.is_empty() {
        // Here and not only at the foot of the window, which a dialog makes inert.
        let way = way_on(&error.message);
        return view! { <li>{error.message} {way}</li> }.into_any();
    }
    let id = field_id(&error.field);
    let label = RwSignal::new(String::new());
    Effect::new({
        let id = id.clone();
        move |_| label.set(label_of(&id).map(|label| format!("{label}: ")).unwrap_or_default())
    });
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
                {label} {error.message}
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

/// What a field is called on the page: its label, or the legend of the choices that it is.
fn label_of(id: &str) -> Option<String> {
    let label = document().query_selector(&format!("label[for='{id}']")).ok().flatten();
    let legend =
        || document().get_element_by_id(id)?.closest("fieldset").ok()??.query_selector("legend").ok()?;
    // The label proper is the first text; what follows says whether it is required.
    let text = label.or_else(legend)?.first_child()?.text_content()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}
