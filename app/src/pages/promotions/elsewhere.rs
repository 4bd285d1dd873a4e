//! What a promotion does in a registry elsewhere: how far it is, and what can be done after it has failed.

use super::View;
use crate::components::banner::Banner;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card as Panel;
use crate::components::form::ErrorSummary;
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::echo::errors;
use crate::fns::promotions::RetryPromotion;
use crate::paths;
use leptos::prelude::*;
use towpath_domain::outside_steps::Progress;
use towpath_domain::promotions::State;

/// How far it is, while something is done.
#[component]
pub(super) fn ElsewherePanel(view: View) -> impl IntoView {
    let now = Memo::new(move |_| view.read().now);
    let progress = Memo::new(move |_| view.read().progress.clone());
    move || {
        let Progress { words, tries, trouble, due_at, sent, all } = progress.get()?;
        let words = words.map_or_else(
            || "Nothing is to be done elsewhere any more.".to_owned(),
            |words| format!("It {words}."),
        );
        let bar = (all > 0).then(|| {
            let share = format!("{}%", sent.saturating_mul(100) / all.max(1));
            let (max, value) = (all.to_string(), sent.to_string());
            view! {
                <progress class="progress" max=max value=value aria-label="What is there already"></progress>
                <p class="muted">{share} " of its bytes are there."</p>
            }
        });
        let failed = trouble.map(|trouble| {
            let times = if tries == 1 { "once".to_owned() } else { format!("{tries} times") };
            view! {
                <Banner tone=Tone::Warning title=format!("It was tried {times} in vain")>
                    <p class="banner__text">{trouble} " It is tried again " <TimeView at=due_at now=now /> "."</p>
                </Banner>
            }
        });
        Some(view! {
            <Panel title="Under way elsewhere">
                <p>{words} " The build becomes current here once that is done, if its gates still pass."</p>
                {bar}
                {failed}
            </Panel>
        })
    }
}

/// Why it has failed, and the way on.
#[component]
pub(super) fn RetryForm(view: View, action: ServerAction<RetryPromotion>) -> impl IntoView {
    let errors = errors(move || action.value().get());
    let may = Memo::new(move |_| view.read().may_retry.clone());
    let first = view.get_untracked();
    let State::Failed { because, .. } = first.promotion.state.clone() else { return ().into_any() };
    let (project, number) = (first.project.to_string(), first.promotion.number);
    let who = StoredValue::new(paths::rights(first.promotion.action(), &format!("project:{project}")));
    let steps = StoredValue::new(paths::outside_steps(&first.project, &first.integration));
    let project = StoredValue::new(project);
    let form = move || {
        view! {
            <ActionForm action=action attr:class="form" attr:novalidate="">
                <ErrorSummary errors=errors />
                <input type="hidden" name="project" value=project.get_value() />
                <input type="hidden" name="number" value=number.to_string() />
                <p class="muted">"Its gates are judged again first. What is there already is not sent again."</p>
                <div class="form__actions">
                    <SubmitButton kind=ButtonKind::Primary pending=action.pending()>
                        {format!("Retry #{number}")}
                    </SubmitButton>
                    <a class="button" href=steps.get_value()>
                        "What promotions do elsewhere"
                    </a>
                </div>
            </ActionForm>
        }
    };
    let body = move || match may.get() {
        Ok(()) => form().into_any(),
        Err(why) => view! {
            <p class="muted">
                {why} " " <a href=who.get_value()>"Who may in this project?"</a>
            </p>
        }
        .into_any(),
    };
    view! {
        <Panel title="It failed elsewhere">
            <Banner tone=Tone::Danger title="Nothing became current">
                <p class="banner__text">{because}</p>
            </Banner>
            {body}
        </Panel>
    }
    .into_any()
}
