//! Trying a rule out as it stands in the form, before it is saved.

use super::moved::MovedList;
use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::field::TextField;
use crate::fns::rules::view_rule_trial;
use crate::pages::forms::scripted;
use leptos::prelude::*;
use towpath_domain::forms::FieldError;
use towpath_domain::rules::{RuleForm, Trial};
use towpath_domain::slugs::Slug;

/// Fields for a build that somebody makes up, and what the rule does with it. Needs script, since what is tried out is
/// not saved; `POST …/rules/trial` does the same.
#[component]
pub(super) fn Tester(
    project: Slug,
    /// The rule that the form changes.
    #[prop(optional_no_strip)]
    saved: Option<Slug>,
    /// Reads the form as the server will.
    read: Callback<(), Option<RuleForm>>,
) -> impl IntoView {
    let (git_ref, image_tag) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let names = StoredValue::new((project.to_string(), saved.map(|slug| slug.to_string())));
    let trial = Action::new(move |form: &RuleForm| {
        let form = RuleForm {
            // A form without a name yet can be tried out, too.
            slug: if form.slug.is_empty() { "trial".to_owned() } else { form.slug.clone() },
            title: if form.title.is_empty() { "Trial".to_owned() } else { form.title.clone() },
            ..form.clone()
        };
        let (project, saved) = names.get_value();
        view_rule_trial(project, saved, form, git_ref.get_untracked(), image_tag.get_untracked())
    });
    let try_out = move |()| {
        if let Some(form) = read.run(()) {
            trial.dispatch(form);
        }
    };
    let scripted = scripted();
    let told = move || {
        trial.value().get().map(|outcome| match outcome {
            Ok(trial) => view! { <Told trial=trial /> }.into_any(),
            Err(error) => {
                let words: Vec<String> = error.field_errors().into_iter().map(placed).collect();
                view! { <p class="muted">{words.join(" ")}</p> }.into_any()
            }
        })
    };
    move || {
        scripted.get().then(|| {
            view! {
                <Card title="Try it out">
                    <p class="muted">"What the criteria do as they stand above, without saving them."</p>
                    <div class="form__row">
                        <TextField
                            name="try-ref"
                            label="Git ref"
                            hint="Such as refs/heads/main."
                            mono=true
                            on_type=Callback::new(move |text| git_ref.set(text))
                        />
                        <TextField
                            name="try-tag"
                            label="Image tag"
                            hint="Such as 1.4.2."
                            mono=true
                            on_type=Callback::new(move |text| image_tag.set(text))
                        />
                    </div>
                    <div class="form__actions">
                        <Button on_click=Callback::new(try_out)>
                            "Try it"
                        </Button>
                    </div>
                    <div role="status">{told}</div>
                </Card>
            }
        })
    }
}

/// A mistake with the criterion that it is in: the fields stand further up than what is read here.
fn placed(mistake: FieldError) -> String {
    let row = mistake.field.strip_prefix("criteria[").and_then(|field| field.split_once(']'));
    match row.and_then(|(row, _)| row.parse::<usize>().ok()) {
        Some(row) => format!("Criterion {}: {}", row + 1, mistake.message),
        None => mistake.message,
    }
}

#[component]
fn Told(trial: Trial) -> impl IntoView {
    let Trial { matched, builds, elsewhere, elsewhere_count } = trial;
    let words = match matched {
        Some((criterion, bucket)) => format!("Criterion {criterion} matches: it goes to {bucket}."),
        None => "No criterion matches: it stays unclassified.".to_owned(),
    };
    let replay = match (builds, elsewhere_count) {
        (0, _) => None,
        (_, 0) => Some(format!("None of the {builds} builds that came without a bucket would go elsewhere.")),
        (_, 1) => Some(format!("1 of the {builds} builds that came without a bucket would go elsewhere.")),
        (_, count) => {
            Some(format!("{count} of the {builds} builds that came without a bucket would go elsewhere."))
        }
    };
    view! {
        <p>
            <strong>{words}</strong>
        </p>
        {replay.map(|words| view! { <p>{words}</p> })}
        {(elsewhere.len() < elsewhere_count).then(|| view! { <p class="muted">{format!("The newest {}:", elsewhere.len())}</p> })}
        {(!elsewhere.is_empty()).then(|| view! { <MovedList moved=elsewhere label="Builds that would go elsewhere" /> })}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_names_its_criterion() {
        let mistake = |field: &str| FieldError { field: field.to_owned(), message: "Wrong.".to_owned() };
        assert_eq!(placed(mistake("criteria[1][value]")), "Criterion 2: Wrong.");
        assert_eq!(placed(mistake("criteria")), "Wrong.");
    }
}
