//! Who said what on a promotion, and the forms by which people decide on it and take it back.

use super::View;
use crate::components::avatar::Avatar;
use crate::components::banner::Banner;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card as Panel;
use crate::components::field::TextArea;
use crate::components::form::ErrorSummary;
use crate::components::select::{Select, SelectOption};
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::echo::{Echo, errors, mistake};
use crate::fns::promotions::{ApplyPromotion, CancelPromotion, Decide};
use crate::paths;
use leptos::prelude::*;
use towpath_domain::access::Action;
use towpath_domain::inbox::ForOther;
use towpath_domain::promotions::{Choice, Decision};
use towpath_domain::words::Reason;

#[component]
pub(super) fn Decisions(view: View) -> impl IntoView {
    let now = Memo::new(move |_| view.read().now);
    let any = Memo::new(move |_| !view.read().promotion.decisions.is_empty());
    let item = move |decision: Decision| {
        let name = decision.who(|person| view.read_untracked().name(person).to_owned());
        let verb = match decision.choice {
            Choice::Approve => " approved ",
            Choice::Reject => " rejected ",
        };
        let comment = decision.comment.as_ref().map(ToString::to_string);
        view! {
            <li class="decisions__item">
                <Avatar name=name.clone() />
                <div>
                    <p>
                        <strong>{name}</strong>
                        {verb}
                        <TimeView at=decision.at now=now />
                    </p>
                    {comment.map(|comment| view! { <blockquote class="event__reason">{comment}</blockquote> })}
                </div>
            </li>
        }
    };
    move || {
        any.get().then(|| {
            view! {
                <Panel title="Decisions">
                    <ul class="decisions">
                        <For
                            each=move || view.read().promotion.decisions.clone()
                            key=|decision| decision.person
                            children=item
                        />
                    </ul>
                </Panel>
            }
        })
    }
}

#[component]
pub(super) fn DecideForm(view: View, action: ServerAction<Decide>) -> impl IntoView {
    let may = Memo::new(move |_| {
        let view = view.read();
        let others: Vec<_> = view.for_others.iter().filter(|other| other.may.is_ok()).cloned().collect();
        (view.may_decide.clone(), others)
    });
    let place = format!("project:{}", view.get_untracked().project);
    let who = StoredValue::new(paths::rights(Action::Approve, &place));
    let body = move || match may.get() {
        (Err(why), others) if others.is_empty() => view! {
            <Banner tone=Tone::Info>
                <p class="banner__text">
                    {why} " " <a href=who.get_value()>"Who may approve in this project?"</a>
                </p>
            </Banner>
        }
        .into_any(),
        (own, others) => {
            view! { <DecideFields view=view action=action own=own.is_ok() others=others /> }.into_any()
        }
    };
    view! { <Panel title="Your decision">{body}</Panel> }
}

#[component]
fn DecideFields(
    view: View,
    action: ServerAction<Decide>,
    /// Whether who looks may decide in their own name.
    own: bool,
    /// Those for whom they may.
    others: Vec<ForOther>,
) -> impl IntoView {
    let errors = errors(move || action.value().get());
    let echo = Echo::of("/fn/decide");
    let view = view.get_untracked();
    let (project, promotion) = (view.project.to_string(), view.promotion.clone());
    view! {
        <ActionForm action=action attr:class="form" attr:novalidate="">
            <ErrorSummary errors=errors />
            <input type="hidden" name="project" value=project />
            <input type="hidden" name="number" value=promotion.number.to_string() />
            <input type="hidden" name="digest" value=promotion.digest.to_string() />
            {(!others.is_empty())
                .then(|| {
                    view! {
                        <Select
                            name="in_name_of"
                            label="In the name of"
                            options=names(own, &others)
                            hint="It counts as theirs, and both names are shown."
                            value=echo.value("in_name_of")
                            error=mistake(errors, "in_name_of")
                        />
                    }
                })}
            <TextArea
                name="comment"
                label="Comment"
                hint="Needed to reject. Stands in the audit timeline for good."
                max=Reason::LONGEST
                value=echo.value("comment")
                error=mistake(errors, "comment")
            />
            <div class="form__actions">
                <SubmitButton
                    kind=ButtonKind::Primary
                    pending=action.pending()
                    name="choice"
                    value="approve"
                >
                    "Approve"
                </SubmitButton>
                <SubmitButton
                    kind=ButtonKind::Danger
                    pending=action.pending()
                    name="choice"
                    value="reject"
                >
                    "Reject"
                </SubmitButton>
            </div>
        </ActionForm>
    }
}

/// In whose names somebody may decide.
fn names(own: bool, others: &[ForOther]) -> Vec<SelectOption> {
    let own = own.then(|| SelectOption::new("", "Yourself"));
    let others = others.iter().map(|other| SelectOption::new(other.email.as_str(), other.name.clone()));
    own.into_iter().chain(others).collect()
}

/// Applies a promotion that is ready, or says who may.
#[component]
pub(super) fn ApplyForm(view: View, action: ServerAction<ApplyPromotion>) -> impl IntoView {
    let errors = errors(move || action.value().get());
    let may = Memo::new(move |_| view.read().may_apply.clone());
    let first = view.get_untracked();
    let (project, promotion) = (first.project.to_string(), first.promotion.clone());
    let who = StoredValue::new(paths::rights(promotion.action(), &format!("project:{project}")));
    let label = StoredValue::new(format!("Apply #{}", promotion.number));
    let fields = StoredValue::new([
        ("project", project),
        ("number", promotion.number.to_string()),
        ("digest", promotion.digest.to_string()),
    ]);
    let field =
        |(name, value): (&'static str, String)| view! { <input type="hidden" name=name value=value /> };
    let form = move || {
        view! {
            <ActionForm action=action attr:class="form" attr:novalidate="">
                <ErrorSummary errors=errors />
                {fields.get_value().into_iter().map(field).collect_view()}
                <p class="muted">"Its gates pass. They are judged again when you apply it."</p>
                <div class="form__actions">
                    <SubmitButton kind=ButtonKind::Primary pending=action.pending()>
                        {label.get_value()}
                    </SubmitButton>
                </div>
            </ActionForm>
        }
    };
    let waits = StoredValue::new(match &promotion.pin {
        Some(pin) => format!("Every gate passes. Whoever may pin in {} applies it.", pin.environment.slug),
        None if promotion.is_rollback() => {
            format!("Every gate passes. Whoever may roll {} back applies it.", promotion.to.slug)
        }
        None => format!("Every gate passes. Whoever may promote to {} applies it.", promotion.to.slug),
    });
    let body = move || match may.get() {
        Ok(()) => form().into_any(),
        Err(why) => view! {
            <Banner tone=Tone::Info>
                <p class="banner__text">{waits.get_value()}</p>
                <p class="banner__text">
                    {why} " " <a href=who.get_value()>"Who may apply it in this project?"</a>
                </p>
            </Banner>
        }
        .into_any(),
    };
    view! { <Panel title="Ready to be applied">{body}</Panel> }
}

#[component]
pub(super) fn CancelForm(view: View, action: ServerAction<CancelPromotion>) -> impl IntoView {
    let errors = errors(move || action.value().get());
    let view = view.get_untracked();
    let (project, number) = (view.project.to_string(), view.promotion.number.to_string());
    view! {
        <Panel title="Take it back">
            <ActionForm action=action attr:class="form" attr:novalidate="">
                <ErrorSummary errors=errors />
                <input type="hidden" name="project" value=project />
                <input type="hidden" name="number" value=number />
                <input type="hidden" name="reason" value="" />
                <p class="muted">"It ends without being applied. It can be asked for again."</p>
                <div class="form__actions">
                    <SubmitButton pending=action.pending()>"Take back"</SubmitButton>
                </div>
            </ActionForm>
        </Panel>
    }
}
