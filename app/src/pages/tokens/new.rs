//! The form for a new token.

use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::choice::{Checkbox, Fieldset};
use crate::components::field::{TextField, Validate};
use crate::components::form::ErrorSummary;
use crate::components::select::{Select, SelectOption};
use crate::fns::tokens::CreateToken;
use crate::pages::forms::{Draft, empty_after, input_name};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use towpath_domain::access::{Action, TOKEN_ACTIONS};
use towpath_domain::forms::Invalid;
use towpath_domain::tokens::{TokenForm, TokensView};
use towpath_domain::words::Title;

#[component]
pub fn NewToken(view: TokensView, create: ServerAction<CreateToken>) -> impl IntoView {
    let draft = Draft::of(create);
    let form = NodeRef::new();
    // A page that leads here may say what the token is for.
    let asked = use_query_map().with_untracked(|query| query.get("scope")).unwrap_or_default();
    let scope = if view.scopes.contains(&asked) { asked } else { String::new() };
    empty_after(create, form);
    view! {
        <Card title="New token">
            <ActionForm action=create node_ref=form attr:class="form" attr:novalidate="">
                <ErrorSummary errors=draft.errors() />
                <TokenFields draft=draft.clone() scopes=view.scopes everywhere="Everywhere you may" asked=scope />
                <div class="form__actions">
                    <SubmitButton kind=ButtonKind::Primary pending=create.pending()>
                        "Create token"
                    </SubmitButton>
                </div>
            </ActionForm>
        </Card>
    }
}

/// What a new token is asked for, whoever it is to act for.
#[component]
pub fn TokenFields(
    draft: Draft,
    scopes: Vec<String>,
    /// What stands for no narrower scope.
    everywhere: &'static str,
    /// The scope that is chosen at first.
    #[prop(into)]
    asked: String,
) -> impl IntoView {
    view! {
        <TextField
            name=draft.field("title")
            label="Title"
            hint="What uses it: “CI of checkout”."
            required=true
            validate=Validate::by(Title::parse)
        />
        <Select
            name=draft.field("scope")
            label="Where"
            options=scope_options(&scopes, everywhere)
            value=draft.value_or("scope", asked.as_str())
        />
        <Actions draft=draft.clone() />
        <TextField
            name=draft.field("days")
            label="Days until it expires"
            hint="From 1 to 365."
            input_type="number"
            value=draft.value_or("days", "90")
            required=true
            validate=Validate::from(check_days)
        />
    }
}

#[component]
fn Actions(draft: Draft) -> impl IntoView {
    let error = draft.mistake("actions");
    let boxes = TOKEN_ACTIONS
        .into_iter()
        .map(|action| {
            let (label, hint) = words(action);
            view! {
                <Checkbox
                    name=input_name("actions[]")
                    value=action.name()
                    label=label
                    hint=hint
                    checked=draft.ticked("actions[]", action.name(), matches!(action, Action::Pull | Action::Push))
                />
            }
        })
        .collect_view();
    view! {
        <Fieldset name="actions" legend="It may" error=error>
            {boxes}
        </Fieldset>
    }
}

const fn words(action: Action) -> (&'static str, &'static str) {
    match action {
        Action::Pull => ("Pull", "Fetch images."),
        Action::Push => ("Push", "Send images in."),
        Action::Delete => ("Delete images", "Delete tags, images and blobs by a registry client."),
        Action::Promote => ("Promote", "Ask for builds to move on."),
        Action::RollBack => ("Roll back", "Make an earlier build current again."),
        Action::Hold => ("Hold", "Stop what may enter, and let go again."),
        Action::Report => ("Report", "Say what an environment runs, as a deployer."),
        _ => ("View", "Read boards, builds and the timeline."),
    }
}

fn scope_options(scopes: &[String], everywhere: &str) -> Vec<SelectOption> {
    let everywhere = SelectOption::new("", everywhere);
    let scope = |scope: &String| {
        let label = if scope.contains('/') { scope.clone() } else { format!("All of {scope}") };
        SelectOption::new(scope, label)
    };
    std::iter::once(everywhere).chain(scopes.iter().map(scope)).collect()
}

/// Asks the check of the whole form about its days.
fn check_days(text: &str) -> Result<(), String> {
    let form = TokenForm { days: text.to_owned(), ..TokenForm::default() };
    let mistakes = form.check().err();
    let mistake = mistakes.iter().flat_map(Invalid::errors).find(|mistake| mistake.field == "days");
    mistake.map_or(Ok(()), |mistake| Err(mistake.message.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_are_judged_as_the_server_judges_them() {
        assert!(check_days("90").is_ok());
        assert!(check_days("366").is_err_and(|message| message.contains("365")));
    }
}
