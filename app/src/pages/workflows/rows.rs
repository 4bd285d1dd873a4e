//! The rows of the form for a workflow: one for each stage.

use super::sketch::Sketch;
use crate::components::choice::{Checkbox, Fieldset};
use crate::components::disclosure::Disclosure;
use crate::components::field::{TextField, Validate, field_id};
use crate::components::select::{Select, SelectOption};
use crate::pages::forms::{Draft, input_name};
use leptos::prelude::*;
use towpath_domain::access::Role;

/// One stage. The first has no gates: nothing is promoted into it.
#[component]
pub fn StageRow(draft: Draft, sketch: Sketch, roles: Vec<Role>, row: usize) -> impl IntoView {
    let field = move |name: &str| format!("stages[{row}][{name}]");
    let bucket = field("bucket");
    let arrivals = field("arrivals");
    let gates =
        (row > 0).then(|| view! { <GateFields draft=draft.clone() sketch=sketch roles=roles row=row /> });
    view! {
        <Fieldset name=format!("stages[{row}]") legend=format!("Stage {}", row + 1)>
            <div class="form__rows">
                <div class="form__row">
                    <Select
                        id=field_id(&bucket)
                        name=input_name(&bucket)
                        label="Bucket"
                        options=sketch.options()
                        value=draft.value(&bucket)
                        error=draft.mistake(&bucket)
                        on_choose=move |_| sketch.look()
                    />
                    <Select
                        id=field_id(&arrivals)
                        name=input_name(&arrivals)
                        label="CI may push into it"
                        options=arrival_options(row)
                        value=draft.value(&arrivals)
                        error=draft.mistake(&arrivals)
                    />
                </div>
                {gates}
            </div>
        </Fieldset>
    }
}

#[component]
fn GateFields(draft: Draft, sketch: Sketch, roles: Vec<Role>, row: usize) -> impl IntoView {
    let field = move |name: &str| format!("stages[{row}][{name}]");
    let (approvals, role, bar_pusher) = (field("approvals"), field("role"), field("bar_pusher"));
    let manager = Role::release_manager().slug;
    let roles: Vec<SelectOption> =
        roles.into_iter().map(|role| SelectOption::new(role.slug.to_string(), role.title)).collect();
    view! {
        <div class="form__row">
            <TextField
                id=field_id(&approvals)
                name=input_name(&approvals)
                label="Approvals"
                input_type="number"
                value=draft.value_or(&approvals, "0")
                error=draft.mistake(&approvals)
                validate=sketch.check("approvals", |stage, text| stage.approvals = text)
            />
            <Select
                id=field_id(&role)
                name=input_name(&role)
                label="Approved by"
                options=roles
                value=draft.value_or(&role, manager.as_str())
                error=draft.mistake(&role)
            />
        </div>
        <Checkbox
            name=input_name(&bar_pusher)
            label="Who pushed it may not approve it"
            hint="Who asks for the promotion never may."
            checked=draft.ticked(&bar_pusher, "on", false)
        />
        <Conditions draft=draft sketch=sketch row=row />
    }
}

/// The gates that are not about people.
#[component]
fn Conditions(draft: Draft, sketch: Sketch, row: usize) -> impl IntoView {
    let field = move |name: &str| format!("stages[{row}][{name}]");
    let names = ["soak", "was_in", "hours", "zone", "reference", "maximum_age"];
    // What was typed, or is wrong, is seen at once.
    let open = names.iter().any(|name| !draft.value(&field(name)).is_empty());
    let text =
        move |name: &'static str, label: &'static str, hint: &'static str, validate: Option<Validate>| {
            let field = field(name);
            let id = field_id(&field);
            let (value, error) = (draft.value(&field), draft.mistake(&field));
            view! {
                <TextField
                    id=id
                    name=input_name(&field)
                    label=label
                    hint=hint
                    value=value
                    error=error
                    validate=validate.unwrap_or_else(|| Validate::from(|_: &str| Ok(())))
                />
            }
        };
    let soak = sketch.check("soak", |stage, text| stage.soak = text);
    let age = sketch.check("maximum_age", |stage, text| stage.maximum_age = text);
    let hours = sketch.check("hours", |stage, text| stage.hours = text);
    view! {
        <Disclosure summary="More conditions" open=open>
            <div class="form__rows">
                <div class="form__row">
                    {text("soak", "Time in the stage before", "Such as 30m, 2h or 1d 12h.", Some(soak))}
                    {text("maximum_age", "Not older than", "Since it was received. Such as 30d.", Some(age))}
                </div>
                <div class="form__row">
                    {text("hours", "Only in these hours", "Such as Mon-Fri 09:00-17:00, Sat 10:00-12:00.", Some(hours))}
                    {text("zone", "Time zone of the hours", "Such as Europe/Berlin; UTC where it is empty.", None)}
                </div>
                <div class="form__row">
                    {text("was_in", "Was in", "Buckets that it has passed, such as qa, perf.", None)}
                    {text("reference", "Form of a reference", "A regular expression, such as OPS-[0-9]+.", None)}
                </div>
            </div>
        </Disclosure>
    }
}

fn arrival_options(row: usize) -> Vec<SelectOption> {
    let default =
        if row == 0 { "By default: yes, outside production" } else { "By default: no, promotion only" };
    vec![
        SelectOption::new("", default),
        SelectOption::new("any", "Yes"),
        SelectOption::new("promotion_only", "No, promotion only"),
    ]
}
