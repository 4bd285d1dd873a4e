//! A promotion that pins: where, until when, and how its pin stands.

use super::View;
use crate::components::time::{ExactTime, TimeView};
use crate::paths;
use leptos::prelude::*;
use towpath_domain::inbox::PromotionView;
use towpath_domain::pins::{Phase, Pin, Pinning};
use towpath_domain::times::Time;

/// What a promotion that pins is about, in one line.
pub(super) fn summary(pin: &Pinning, view: &PromotionView) -> String {
    let Pinning { project, environment, service, until } = pin;
    format!(
        "An exception for {} in {}/{}, until {}. Nothing becomes current in {}.",
        service.slug,
        project.slug,
        environment.slug,
        until.to_words(),
        view.promotion.to.slug
    )
}

/// Where it pins its build, and until when.
#[component]
pub(super) fn PinFacts(pin: Pinning, view: View) -> impl IntoView {
    let now = Memo::new(move |_| view.read().now);
    let place = format!("{}/{}", pin.project.slug, pin.environment.slug);
    let href = paths::environment(&pin.project.slug, &pin.environment.slug, None);
    let service = pin.service.slug.to_string();
    view! {
        <div class="facts__row">
            <dt>"Pins"</dt>
            <dd>{service} " in " <a href=href>{place}</a></dd>
        </div>
        <div class="facts__row">
            <dt>"Until"</dt>
            <dd>
                <ExactTime at=pin.until /> " (" <TimeView at=pin.until now=now /> ")"
            </dd>
        </div>
    }
}

/// How the pin stands that it made.
pub(super) fn standing(pin: Pin, now: Memo<Time>) -> impl IntoView {
    let words = move || match pin.phase(now.get()) {
        Phase::InForce => "The pin is in force.".to_owned(),
        Phase::Over => format!("The pin ended on {}.", pin.until.to_words()),
        Phase::Released => "The pin was released.".to_owned(),
        Phase::Replaced => "Another pin took its place.".to_owned(),
    };
    view! { <p>{words}</p> }
}
