//! The rows of the form for a workflow: one for each stage.

mod conditions;

use super::sketch::Sketch;
use crate::components::choice::{Checkbox, Fieldset};
use crate::components::disclosure::Disclosure;
use crate::components::field::TextField;
use crate::components::select::{Select, SelectOption};
use crate::pages::forms::{Draft, input_name};
use conditions::Conditions;
use leptos::prelude::*;
use towpath_domain::access::Role;
use towpath_domain::buckets::BucketKind;
use towpath_domain::checks::TokenName;
use towpath_domain::gates::Bar;
use towpath_domain::projects::ProjectView;
use towpath_domain::words::capitalised;
use towpath_domain::workflows::StageForm;

/// How many rows are open at once, and how many there are for new stages at most.
const OPEN: usize = 3;
const MOST: usize = 8;

/// All rows of the form, which are written anew where the drawing changes them.
#[component]
pub fn Rows(
    view: ProjectView,
    draft: Draft,
    sketch: Sketch,
    /// How many stages the form starts with.
    #[prop(optional)]
    stages: usize,
) -> impl IntoView {
    move || {
        let (view, draft) = (view.clone(), draft.clone());
        match sketch.filled() {
            None => view! { <Filled view=view draft=draft sketch=sketch stages=stages /> },
            Some(rows) => {
                let (stages, draft) = (rows.len(), draft.afresh(fields(rows)));
                view! { <Filled view=view draft=draft sketch=sketch stages=stages /> }
            }
        }
    }
}

#[component]
fn Filled(view: ProjectView, draft: Draft, sketch: Sketch, stages: usize) -> impl IntoView {
    let rows = row_count(&view).max(stages + 1);
    let further_used = (OPEN..rows).any(|row| !draft.value(&format!("stages[{row}][bucket]")).is_empty());
    let row = {
        let draft = draft.clone();
        move |row| {
            let people = People { roles: view.approving_roles.clone(), reporters: view.reporters.clone() };
            view! { <StageRow draft=draft.clone() sketch=sketch people=people row=row /> }
        }
    };
    let further = (OPEN..rows).map(row.clone()).collect_view();
    view! {
        <div class="form__rows">
            {(0..OPEN).map(row).collect_view()}
            {(rows > OPEN)
                .then(|| {
                    view! {
                        <Disclosure summary="More stages" count=rows - OPEN open=further_used>
                            <div class="form__rows">{further}</div>
                        </Disclosure>
                    }
                })}
        </div>
    }
}

/// One stage. The first has no gates: nothing is promoted into it.
#[component]
fn StageRow(draft: Draft, sketch: Sketch, people: People, row: usize) -> impl IntoView {
    let field = move |name: &str| format!("stages[{row}][{name}]");
    let bucket = field("bucket");
    let (arrivals, order) = (field("arrivals"), field("order"));
    let kept = kept_gates(&draft, sketch, row);
    let gates = if row > 0 {
        view! { <GateFields draft=draft.clone() sketch=sketch people=people row=row /> }.into_any()
    } else {
        // What is said about entering it stays as it is.
        let said = ["automatic", "by_hand", "rollbacks_ask", "contest"].map(field);
        let said = said.map(|field| (input_name(&field), draft.value(&field)));
        let said = said.into_iter().filter(|(_, value)| !value.is_empty());
        said.map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
            .collect_view()
            .into_any()
    };
    view! {
        <Fieldset name=format!("stages[{row}]") legend=format!("Stage {}", row + 1)>
            <div class="form__rows">
                <div class="form__row">
                    <Select
                        name=draft.field(&bucket)
                        label="Bucket"
                        options=sketch.options()
                        live=sketch.mistake(bucket)
                        on_choose=move |_| sketch.look()
                    />
                    <Select
                        name=draft.field(&arrivals)
                        label="CI may push into it"
                        options=arrival_options(row)
                    />
                    <Select
                        name=draft.field(&order)
                        label="An older commit that arrives late"
                        options=order_options()
                    />
                </div>
                {gates} {kept}
            </div>
        </Fieldset>
    }
}

/// The gates of a stage for which its row has no fields: they stay, or are taken out.
fn kept_gates(draft: &Draft, sketch: Sketch, row: usize) -> Option<impl IntoView + use<>> {
    let field = format!("stages[{row}][kept]");
    let gates = sketch.kept(&draft.value(&format!("stages[{row}][bucket]")));
    if gates.is_empty() {
        return None;
    }
    let count = gates.len();
    let ticked =
        |name: &str| (0..count).any(|number| draft.ticked(&format!("{field}[{number}]"), name, false));
    let boxes = gates.into_iter().enumerate().map(|(number, (name, words))| {
        let checked = ticked(&name);
        view! {
            <Checkbox name=input_name(&format!("{field}[{number}]")) value=name label=capitalised(&words) checked=checked />
        }
    });
    let boxes = boxes.collect_view();
    Some(view! {
        <Fieldset
            name=field.clone()
            legend="Further gates"
            hint="They were set through REST, and have no fields here. What is ticked stays as it is."
            error=draft.mistake(&field)
        >
            {boxes}
        </Fieldset>
    })
}

/// Whose word gates can ask for.
#[derive(Clone)]
struct People {
    roles: Vec<Role>,
    reporters: Vec<TokenName>,
}

#[component]
fn GateFields(draft: Draft, sketch: Sketch, people: People, row: usize) -> impl IntoView {
    let field = move |name: &str| format!("stages[{row}][{name}]");
    let (approvals, role, bar_pusher) = (field("approvals"), field("role"), field("bar_pusher"));
    let manager = Role::release_manager().slug;
    let People { roles, reporters } = people;
    let roles: Vec<SelectOption> =
        roles.into_iter().map(|role| SelectOption::new(role.slug.to_string(), role.title)).collect();
    view! {
        <div class="form__row">
            <TextField
                name=draft.field(&approvals)
                label="Approvals"
                input_type="number"
                value=draft.value_or(&approvals, "0")
                validate=sketch.check("approvals", |stage, text| stage.approvals = text)
            />
            <Select
                name=draft.field(&role)
                label="Approved by"
                options=roles.clone()
                value=draft.value_or(&role, manager.as_str())
            />
        </div>
        <Checkbox
            name=input_name(&bar_pusher)
            label="Who pushed it may not approve it"
            hint="Who asks for the promotion never may."
            checked=draft.ticked(&bar_pusher, "on", false)
        />
        <Named draft=draft.clone() row=row />
        <Conditions draft=draft.clone() sketch=sketch roles=roles reporters=reporters row=row />
        <Entering draft=draft row=row />
    }
}

/// Whether those may approve whom the build names.
#[component]
fn Named(draft: Draft, row: usize) -> impl IntoView {
    let choice = move |name: &str, label: &'static str| {
        let field = format!("stages[{row}][{name}]");
        let options = vec![
            SelectOption::new(Bar::No.name(), "May approve it"),
            SelectOption::new(Bar::IfKnown.name(), "May not, if they are known here"),
            SelectOption::new(Bar::Always.name(), "May not, and must be known here"),
        ];
        view! {
            <Select
                name=draft.field(&field)
                label=label
                options=options
            />
        }
    };
    view! {
        <div class="form__row">
            {choice("bar_author", "Who wrote the commit")} {choice("bar_actor", "Who made the CI run")}
        </div>
    }
}

/// How the stage treats those that want to enter.
#[component]
fn Entering(draft: Draft, row: usize) -> impl IntoView {
    let field = move |name: &str| format!("stages[{row}][{name}]");
    let [automatic, contest, hand, back] = ["automatic", "contest", "by_hand", "rollbacks_ask"].map(field);
    let several = vec![
        SelectOption::new("", "The newest takes the place of those that wait"),
        SelectOption::new("queue", "One after the other, in the order of asking"),
        SelectOption::new("refuse", "One at a time; a second is refused"),
    ];
    view! {
        <Select
            name=draft.field(&contest)
            label="Where several want to enter"
            options=several
        />
        <Checkbox
            name=input_name(&automatic)
            label="Automatic"
            hint="What becomes current in the stage before is promoted by itself, once the gates pass. A rollback pauses that."
            checked=draft.ticked(&automatic, "on", false)
        />
        <Checkbox
            name=input_name(&hand)
            label="Applied by hand"
            hint="Once its gates pass, a promotion is ready and waits until somebody who may promote applies it."
            checked=draft.ticked(&hand, "on", false)
        />
        <Checkbox
            name=input_name(&back)
            label="Rollbacks need the approvals, too"
            hint="Else whoever may roll back does so at once."
            checked=draft.ticked(&back, "on", false)
        />
    }
}

fn order_options() -> Vec<SelectOption> {
    vec![
        SelectOption::new("", "Is refused; the newer build stays"),
        SelectOption::new("as_they_come", "Takes the newer build's place"),
    ]
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

/// A row for each bucket that there is of one type, within bounds.
fn row_count(view: &ProjectView) -> usize {
    let slots = view.slots();
    let of = |kind| slots.iter().filter(|slot| slot.key.kind() == kind).count();
    BucketKind::ALL.into_iter().map(of).max().unwrap_or(OPEN).clamp(OPEN, MOST)
}

/// The fields of rows, by the names that the form's checks use.
pub fn fields(stages: Vec<StageForm>) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for (row, stage) in stages.into_iter().enumerate() {
        // Taken apart by name, since a field that is left out here would be lost by the next save.
        let StageForm {
            bucket,
            from,
            arrivals,
            order,
            approvals,
            role,
            bar_pusher,
            bar_author,
            bar_actor,
            also_approvals,
            also_role,
            checks,
            reporter,
            automatic,
            contest,
            rollbacks_ask,
            by_hand,
            soak,
            was_in,
            hours,
            zone,
            reference,
            maximum_age,
            verified,
            signed_by,
            signed_all,
            built_by,
            builder,
            source,
            kept,
        } = stage;
        let texts = [
            ("bucket", bucket),
            ("from", from),
            ("arrivals", arrivals),
            ("order", order),
            ("approvals", if approvals.is_empty() { "0".to_owned() } else { approvals }),
            ("role", role),
            ("bar_pusher", bar_pusher.unwrap_or_default()),
            ("bar_author", bar_author),
            ("bar_actor", bar_actor),
            ("also_approvals", also_approvals),
            ("also_role", also_role),
            ("checks", checks),
            ("reporter", reporter),
            ("automatic", automatic.unwrap_or_default()),
            ("contest", contest),
            ("rollbacks_ask", rollbacks_ask.unwrap_or_default()),
            ("by_hand", by_hand.unwrap_or_default()),
            ("soak", soak),
            ("was_in", was_in),
            ("hours", hours),
            ("zone", zone),
            ("reference", reference),
            ("maximum_age", maximum_age),
            ("verified", verified),
            ("signed_by", signed_by),
            ("signed_all", signed_all),
            ("built_by", built_by),
            ("builder", builder),
            ("source", source),
        ];
        let named = texts.into_iter().filter(|(_, text)| !text.is_empty());
        fields.extend(named.map(|(name, text)| (format!("stages[{row}][{name}]"), text)));
        let kept = kept.into_iter().enumerate();
        fields.extend(kept.map(|(number, gate)| (format!("stages[{row}][kept][{number}]"), gate)));
    }
    fields
}
