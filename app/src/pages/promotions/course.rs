//! How a promotion has gone so far, and who can take the next step on it.

use super::View;
use crate::components::card::Card as Panel;
use crate::components::sentence::sentence_view;
use crate::components::time::TimeView;
use crate::paths;
use leptos::prelude::*;
use towpath_domain::inbox::{Next, WhoCan};
use towpath_domain::timeline::Entry;
use towpath_domain::times::Time;

/// What happened to it, the newest first.
#[component]
pub(super) fn Course(view: View) -> impl IntoView {
    let events = Memo::new(move |_| view.read().events.iter().rev().cloned().collect::<Vec<_>>());
    let now = Memo::new(move |_| view.read().now);
    move || {
        (!events.read().is_empty()).then(|| {
            view! {
                <Panel title="Timeline">
                    <ol class="rows">
                        <For each=move || events.get() key=|entry| entry.seq let:entry>
                            {event(entry, now)}
                        </For>
                    </ol>
                </Panel>
            }
        })
    }
}

fn event(entry: Entry, now: Memo<Time>) -> impl IntoView {
    let Entry { at, who, with, sentence, reason, .. } = entry;
    view! {
        <li class="rows__item">
            <span class="event__sentence">
                <strong>{who}</strong>
                " "
                {sentence_view(sentence)}
            </span>
            {reason.map(|reason| view! { <blockquote class="event__reason">{reason}</blockquote> })}
            <span class="rows__meta rows__meta--line">
                <TimeView at=at now=now />
                {with.map(|token| format!(", with the token {token}"))}
            </span>
        </li>
    }
}

/// Who can take the next step, by name.
#[component]
pub(super) fn WhoCanAct(view: View) -> impl IntoView {
    let who_can = Memo::new(move |_| view.read().who_can.clone());
    let first = view.get_untracked();
    let place = format!("project:{}", first.project);
    let action = first.promotion.action();
    move || {
        who_can.get().map(|who_can| {
            let href = match who_can.next {
                Next::Decide => paths::rights(towpath_domain::access::Action::Approve, &place),
                Next::Apply | Next::Retry => paths::rights(action, &place),
            };
            view! {
                <Panel title="Who can act now">
                    <p>{words(&who_can)}</p>
                    <p class="muted">
                        <a href=href>"Who may in this project, and through what"</a>
                    </p>
                </Panel>
            }
        })
    }
}

fn words(WhoCan { next, names, others }: &WhoCan) -> String {
    let act = match next {
        Next::Decide => "approve or reject it",
        Next::Apply => "apply it",
        Next::Retry => "let it try again",
    };
    match (names.as_slice(), others) {
        ([], _) => format!("Nobody is left who can {act}. An admin can give someone the role."),
        ([one], 0) => format!("{one} can {act}."),
        ([all @ .., last], 0) => format!("{} and {last} can {act}.", all.join(", ")),
        (all, others) => format!("{} and {others} more can {act}.", all.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(names: &[&str], others: usize) -> String {
        words(&WhoCan { next: Next::Apply, names: names.iter().map(ToString::to_string).collect(), others })
    }

    #[test]
    fn those_who_can_act_are_named() {
        assert_eq!(told(&["Ada"], 0), "Ada can apply it.");
        assert_eq!(told(&["Ada", "Mei", "Rui"], 0), "Ada, Mei and Rui can apply it.");
        assert_eq!(told(&["Ada", "Mei"], 3), "Ada, Mei and 3 more can apply it.");
        assert_eq!(told(&[], 0), "Nobody is left who can apply it. An admin can give someone the role.");
    }
}
