//! What waits for who is signed in, and what they wait for.

use crate::components::avatar::Avatar;
use crate::components::empty::EmptyState;
use crate::components::page::PageHeader;
use crate::components::time::TimeView;
use crate::fns::inbox::view_inbox;
use crate::loaded::Loaded;
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use towpath_domain::inbox::{Inbox, InboxItem};
use towpath_domain::times::Time;

#[component]
pub fn InboxPage() -> impl IntoView {
    let inbox = Resource::new(|| (), |()| view_inbox());
    view! {
        <main id="main" class="page">
            <Loaded resource=inbox let:inbox>
                <Waiting inbox=inbox />
            </Loaded>
        </main>
    }
}

#[component]
fn Waiting(inbox: Inbox) -> impl IntoView {
    let Inbox { to_decide, asked, now } = inbox;
    let nothing = to_decide.is_empty();
    view! {
        <Title text="Inbox" />
        <PageHeader title="Inbox" lead="Promotions that wait for your decision, and those that you asked for." />
        <section class="stack" aria-labelledby="to-decide">
            <h2 id="to-decide">"For you to decide"</h2>
            {nothing
                .then(|| {
                    view! {
                        <EmptyState title="Nothing waits for you">
                            <p>"A promotion that needs your approval appears here."</p>
                        </EmptyState>
                    }
                })}
            {list(to_decide, now, "Review")}
        </section>
        {(!asked.is_empty())
            .then(|| {
                view! {
                    <section class="stack" aria-labelledby="asked">
                        <h2 id="asked">"You asked for"</h2>
                        {list(asked, now, "Open")}
                    </section>
                }
            })}
    }
}

pub(super) fn list(items: Vec<InboxItem>, now: Time, verb: &'static str) -> Option<impl IntoView> {
    let item = move |item: InboxItem| {
        let promotion = item.promotion;
        let href = paths::promotion(&item.project, promotion.number);
        let title = format!(
            "#{} {}/{} {} to {}",
            promotion.number, item.project, item.integration, promotion.tag, promotion.to.slug
        );
        let label = format!("{verb} #{}", promotion.number);
        let needs = format!("Needs {}. ", item.needs.join(" and "));
        view! {
            <li class="inbox__item">
                <Avatar name=item.requested_by.clone() />
                <div class="inbox__body">
                    <p class="inbox__title">
                        <a href=href.clone()>{title}</a>
                    </p>
                    <p class="inbox__meta">
                        {needs} {item.requested_by} " asked " <TimeView at=promotion.requested_at now=now /> " · "
                        {promotion.reason.to_string()}
                    </p>
                </div>
                <div class="inbox__actions">
                    <a class="button button--small" href=href aria-label=label>
                        {verb}
                    </a>
                </div>
            </li>
        }
    };
    (!items.is_empty()).then(|| view! { <ul class="inbox">{items.into_iter().map(item).collect_view()}</ul> })
}
