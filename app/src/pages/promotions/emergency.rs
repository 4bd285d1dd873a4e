//! Emergencies on a promotion's page: the form that passes the gates, the mark that stays, and its review.

use super::View;
use crate::components::banner::Banner;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card as Panel;
use crate::components::disclosure::Disclosure;
use crate::components::field::TextArea;
use crate::components::form::ErrorSummary;
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::echo::{Echo, errors, mistake};
use crate::fns::promotions::{PassGates, ReviewEmergency};
use crate::pages::promote::check_reason;
use leptos::prelude::*;
use towpath_domain::promotions::Emergency;
use towpath_domain::words::Reason;

/// Applies it past its gates. What that means is read before the button is reached.
#[component]
pub(super) fn PassForm(view: View, action: ServerAction<PassGates>) -> impl IntoView {
    let errors = errors(move || action.value().get());
    let echo = Echo::of("/fn/pass_gates");
    let view = view.get_untracked();
    let (project, promotion) = (view.project.to_string(), view.promotion.clone());
    let open = !echo.is_empty() || !errors.get_untracked().is_empty();
    let label = format!("Pass the gates of #{}", promotion.number);
    view! {
        <Panel title="Emergency">
            <Disclosure summary="Pass the gates in an emergency" open=open>
                <ActionForm action=action attr:class="form" attr:novalidate="">
                    <ErrorSummary errors=errors />
                    <input type="hidden" name="project" value=project />
                    <input type="hidden" name="number" value=promotion.number.to_string() />
                    <input type="hidden" name="digest" value=promotion.digest.to_string() />
                    <p class="form__note">
                        "It enters at once, whatever the gates and holds say. That is marked for ever, and a second person reviews it."
                    </p>
                    <TextArea
                        name="reason"
                        id="emergency-reason"
                        label="Why it cannot wait"
                        hint="Stands in the audit timeline for good."
                        max=Reason::LONGEST
                        value=echo.value("reason")
                        error=mistake(errors, "reason")
                        required=true
                        validate=check_reason
                    />
                    <div class="form__actions">
                        <SubmitButton kind=ButtonKind::Danger pending=action.pending()>
                            {label}
                        </SubmitButton>
                    </div>
                </ActionForm>
            </Disclosure>
        </Panel>
    }
}

/// The mark of an emergency, for everyone who looks, with the form for whoever may review it.
#[component]
pub(super) fn EmergencyMark(view: View, action: ServerAction<ReviewEmergency>) -> impl IntoView {
    let emergency = Memo::new(move |_| view.read().promotion.emergency.clone());
    let may_review = Memo::new(move |_| view.read().may_review.is_ok());
    move || {
        emergency.get().map(|emergency| {
            view! {
                <Mark emergency=emergency view=view />
                {may_review.get().then(|| view! { <ReviewForm view=view action=action /> })}
            }
        })
    }
}

#[component]
fn Mark(emergency: Emergency, view: View) -> impl IntoView {
    let now = Memo::new(move |_| view.read().now);
    let name = move |person| view.read_untracked().name(person).to_owned();
    // Why who looks is not the second person.
    let barred = view.read_untracked().may_review.clone().err();
    let Emergency { by, at, reason, passed, review, .. } = emergency;
    let missing = if passed.is_empty() {
        "Nothing was missing.".to_owned()
    } else {
        format!("What was missing: {}.", passed.join("; "))
    };
    let review = match review {
        Some(review) => view! {
            <p class="banner__text">
                {format!("Reviewed by {} ", name(review.by))} <TimeView at=review.at now=now />
                {format!(": “{}”", review.comment)}
            </p>
        }
        .into_any(),
        None => view! {
            <p class="banner__text">"Nobody has reviewed it yet. " {barred}</p>
        }
        .into_any(),
    };
    view! {
        <Banner tone=Tone::Danger title="The gates were passed in an emergency">
            <p class="banner__text">
                {format!("By {} ", name(by))} <TimeView at=at now=now /> {format!(": “{reason}”")}
            </p>
            <p class="banner__text">{missing}</p>
            {review}
        </Banner>
    }
}

#[component]
fn ReviewForm(view: View, action: ServerAction<ReviewEmergency>) -> impl IntoView {
    let errors = errors(move || action.value().get());
    let echo = Echo::of("/fn/review_emergency");
    let view = view.get_untracked();
    let (project, number) = (view.project.to_string(), view.promotion.number.to_string());
    view! {
        <Panel title="Review the emergency">
            <ActionForm action=action attr:class="form" attr:novalidate="">
                <ErrorSummary errors=errors />
                <input type="hidden" name="project" value=project />
                <input type="hidden" name="number" value=number />
                <TextArea
                    name="comment"
                    id="review-comment"
                    label="What you found"
                    hint="Whether it was right, and what follows from it. Stands in the audit timeline for good."
                    max=Reason::LONGEST
                    value=echo.value("comment")
                    error=mistake(errors, "comment")
                    required=true
                    validate=check_reason
                />
                <div class="form__actions">
                    <SubmitButton kind=ButtonKind::Primary pending=action.pending()>
                        "Sign the review"
                    </SubmitButton>
                </div>
            </ActionForm>
        </Panel>
    }
}
