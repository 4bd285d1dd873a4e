//! The gates of a stage that are not about people, folded away until one wants them.

use crate::components::disclosure::Disclosure;
use crate::components::field::{TextField, Validate, field_id};
use crate::components::select::{Select, SelectOption};
use crate::pages::forms::{Draft, input_name};
use crate::pages::workflows::sketch::Sketch;
use leptos::prelude::*;
use towpath_domain::access::Role;
use towpath_domain::checks::TokenName;

/// The gates that are not about people.
#[component]
pub(super) fn Conditions(
    draft: Draft,
    sketch: Sketch,
    roles: Vec<SelectOption>,
    reporters: Vec<TokenName>,
    row: usize,
) -> impl IntoView {
    let field = move |name: &str| format!("stages[{row}][{name}]");
    let manager = Role::release_manager().slug;
    let names = [
        "from",
        "soak",
        "was_in",
        "hours",
        "zone",
        "reference",
        "maximum_age",
        "verified",
        "checks",
        "also_approvals",
        "signed_by",
        "built_by",
        "builder",
        "source",
    ];
    // What was typed, or is wrong, is seen at once.
    let open = names.iter().any(|name| !draft.value(&field(name)).is_empty());
    let kept = draft.clone();
    let choice = move |name: &str, (label, hint): (&'static str, &'static str), options, default: &str| {
        let field = field(name);
        view! {
            <Select
                name=kept.field(&field)
                label=label
                hint=hint
                options=options
                value=kept.value_or(&field, default)
            />
        }
    };
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
    // Titles may be the same, and ids are what the Tokens page and REST call them.
    let token = |token: TokenName| {
        let id = token.id.to_string();
        let label = format!("{} ({})", token.title, id.rsplit('-').next().unwrap_or_default());
        SelectOption::new(id, label)
    };
    let tokens = reporters.into_iter().map(token);
    let tokens: Vec<SelectOption> =
        std::iter::once(SelectOption::new("", "Anybody who may report")).chain(tokens).collect();
    let origins =
        vec![SelectOption::new("", "Not asked for"), SelectOption::new("on", "A CI vouches for it")];
    let either = vec![SelectOption::new("", "Any one of them"), SelectOption::new("all", "All of them")];
    let signed = sketch.check("signed_by", |stage, text| stage.signed_by = text);
    let built = sketch.check("built_by", |stage, text| stage.built_by = text);
    let also = sketch.check("also_approvals", |stage, text| {
        "1".clone_into(&mut stage.approvals);
        stage.also_approvals = text;
    });
    let checks = sketch.check("checks", |stage, text| stage.checks = text);
    let soak = sketch.check("soak", |stage, text| stage.soak = text);
    let age = sketch.check("maximum_age", |stage, text| stage.maximum_age = text);
    let hours = sketch.check("hours", |stage, text| stage.hours = text);
    view! {
        <Disclosure summary="More conditions" open=open>
            <div class="form__rows">
                {text("from", "Comes from", "Empty for the stage above; or buckets, such as qa, perf. A hyphen for none.", None)}
                <div class="form__row">
                    {text("also_approvals", "And as many approvals", "Of a second role. Empty for none.", Some(also))}
                    {choice("also_role", ("Approved by", "The second role."), roles, manager.as_str())}
                </div>
                <div class="form__row">
                    {text("checks", "Checks", "Such as tests, smoke in qa. Each must be a success.", Some(checks))}
                    {choice("reporter", ("Checks reported by", "Whose word counts."), tokens, "")}
                </div>
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
                <div class="form__row">
                    {text("signed_by", "Signed by", "Trust roots of this project, such as release-key, ci.", Some(signed))}
                    {choice("signed_all", ("Whose signature is enough", "Where several are named."), either, "")}
                </div>
                <div class="form__row">
                    {text("built_by", "Provenance by", "Trust roots, of which one has to vouch for how it was built.", Some(built))}
                    {text("builder", "Built by", "The provenance's builder; an asterisk stands for any letters.", None)}
                </div>
                {text("source", "Built from", "The provenance's source, such as https://github.com/acme/shop@*.", None)}
                {choice("verified", ("Verified origin", "Whether a CI has to vouch for the repository and the commit."), origins, "")}
            </div>
        </Disclosure>
    }
}
