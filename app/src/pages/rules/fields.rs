//! The rows of the form for a rule: one for each criterion, in the order in which they are asked.

use crate::components::choice::{Checkbox, Fieldset};
use crate::components::disclosure::Disclosure;
use crate::components::field::TextField;
use crate::components::select::{Select, SelectOption};
use crate::pages::forms::{Draft, input_name};
use leptos::prelude::*;
use towpath_domain::buckets::{BucketKind, Slot};
use towpath_domain::rules::{Key, Operator, Vouched};

/// How many rows are open at once, and how many further ones there are for new criteria.
const OPEN: usize = 3;
const FURTHER: usize = 5;

/// All rows, and whether the rule is the default.
#[component]
pub(super) fn Fields(
    draft: Draft,
    slots: Vec<Slot>,
    /// The type whose buckets are offered; all, where it is not known.
    #[prop(into)]
    kind: Signal<Option<BucketKind>>,
    /// How many criteria the form starts with.
    #[prop(optional)]
    criteria: usize,
) -> impl IntoView {
    let slots = StoredValue::new(slots);
    let buckets = Signal::derive(move || {
        let kind = kind.get();
        slots.with_value(|slots| bucket_options(slots, kind))
    });
    let rows = (OPEN + FURTHER).max(criteria + 2);
    let used = |row: usize| !draft.value(&format!("criteria[{row}][value]")).is_empty();
    let further_used = (OPEN..rows).any(used);
    let row = {
        let draft = draft.clone();
        move |row| view! { <Row draft=draft.clone() buckets=buckets row=row /> }
    };
    let further = (OPEN..rows).map(row.clone()).collect_view();
    view! {
        <Fieldset
            name="criteria"
            legend="Criteria"
            hint="Asked from the first to the last; the first that matches decides. Rows that say nothing are left out. Case counts."
            error=draft.mistake("criteria")
        >
            <div class="form__rows">
                {(0..OPEN).map(row).collect_view()}
                <Disclosure summary="More criteria" count=rows - OPEN open=further_used>
                    <div class="form__rows">{further}</div>
                </Disclosure>
            </div>
        </Fieldset>
        <Checkbox
            name=input_name("is_default")
            label="Default of the project"
            hint="Integrations of its type that follow the default are led by it."
            checked=draft.ticked("is_default", "on", false)
        />
    }
}

#[component]
fn Row(draft: Draft, buckets: Signal<Vec<SelectOption>>, row: usize) -> impl IntoView {
    let field = move |name: &str| format!("criteria[{row}][{name}]");
    let (key, operator, value, bucket) = (field("key"), field("operator"), field("value"), field("bucket"));
    view! {
        <Fieldset name=format!("criteria[{row}]") legend=format!("Criterion {}", row + 1)>
            <div class="form__rows">
                <div class="form__row">
                    <Select
                        name=draft.field(&key)
                        label="What"
                        options=key_options(&draft.value(&key))
                        value=draft.value_or(&key, "ref")
                    />
                    <Select
                        name=draft.field(&operator)
                        label="How"
                        options=operator_options()
                        value=draft.value_or(&operator, "equals")
                    />
                </div>
                <div class="form__row">
                    <TextField
                        name=draft.field(&value)
                        label="Compared with"
                        mono=true
                    />
                    <Select
                        name=draft.field(&bucket)
                        label="Goes to"
                        options=buckets
                    />
                </div>
            </div>
        </Fieldset>
    }
}

/// The keys that have a name, and the label that a row is about, which is named through REST.
fn key_options(chosen: &str) -> Vec<SelectOption> {
    let named = Key::NAMED.into_iter().chain(Vouched::ALL.map(Key::Verified));
    let mut options: Vec<SelectOption> =
        named.map(|key| SelectOption::new(key.to_string(), key.words())).collect();
    if let Ok(key @ (Key::Label(_) | Key::Metadata(_))) = Key::parse(chosen) {
        options.push(SelectOption::new(chosen, key.words()));
    }
    options
}

fn operator_options() -> Vec<SelectOption> {
    let words = |operator: Operator| match operator {
        Operator::Glob => "fits a pattern such as release/*",
        Operator::Regex => "matches a regular expression",
        Operator::Semver => "is a version such as >=1.2, <2",
        plain => plain.words(),
    };
    let option = |operator: &Operator| SelectOption::new(operator.name(), words(*operator));
    Operator::ALL.iter().map(option).collect()
}

fn bucket_options(slots: &[Slot], kind: Option<BucketKind>) -> Vec<SelectOption> {
    let mut options = vec![SelectOption::new("", "Choose a bucket")];
    for slot in slots.iter().filter(|slot| kind.is_none_or(|kind| slot.key.kind() == kind)) {
        let slug = slot.slug.to_string();
        if options.iter().all(|option| option.value != slug) {
            options.push(SelectOption::new(slug.clone(), slug));
        }
    }
    options
}
