//! What a page says when it does not hear of what happens, and when it does again.

use super::{Contact, Live};
use crate::components::icon::{Icon, Symbol};
use leptos::either::EitherOf3;
use leptos::prelude::*;

/// A calm line at the lower edge, which moves nothing; nothing at all while the page is live.
#[component]
pub fn ContactBanner() -> impl IntoView {
    let Live { contact, .. } = expect_context();
    let line = move || match contact.get() {
        Contact::None | Contact::Live => EitherOf3::A(()),
        Contact::Lost { last } => EitherOf3::B(view! {
            <p class="contact contact--lost">
                <Icon symbol=Symbol::Warning />
                <span>
                    <strong>"Not live."</strong>
                    {format!(" Last read {last}; trying again.")}
                </span>
            </p>
        }),
        Contact::Back => EitherOf3::C(view! {
            <p class="contact contact--back">
                <Icon symbol=Symbol::Check />
                <span>
                    <strong>"Live again."</strong>
                </span>
            </p>
        }),
    };
    view! {
        <div class="contacts" role="status">
            {line}
        </div>
    }
}
