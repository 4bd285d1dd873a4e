//! One word on several promotions: the fields that the inbox and a release set share.

use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::field::TextArea;
use crate::echo::{Echo, mistake};
use crate::fns::promotions::DecideTogether;
use leptos::prelude::*;
use towpath_domain::forms::FieldError;
use towpath_domain::words::Reason;

/// The comment, and the buttons to approve and to reject.
#[component]
pub fn DecideFields(action: ServerAction<DecideTogether>, errors: Memo<Vec<FieldError>>) -> impl IntoView {
    let echo = Echo::of("/fn/decide_together");
    view! {
        <TextArea
            name="comment"
            label="Comment"
            hint="Optional to approve, needed to reject. It stands on each of them."
            max=Reason::LONGEST
            value=echo.value("comment")
            error=mistake(errors, "comment")
        />
        <div class="form__actions">
            <SubmitButton kind=ButtonKind::Primary name="choice" value="approve" pending=action.pending()>
                "Approve those"
            </SubmitButton>
            <SubmitButton kind=ButtonKind::Danger name="choice" value="reject" pending=action.pending()>
                "Reject those"
            </SubmitButton>
        </div>
    }
}
