//! The events, by day, each as a sentence.

use super::days;
use crate::components::avatar::Avatar;
use crate::components::badge::Badge;
use crate::components::sentence::sentence_view;
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::paths;
use leptos::prelude::*;
use towpath_domain::timeline::{Entry, SignedUpTo};
use towpath_domain::times::Time;

/// The days, each with its events; a day or an event that is there already is not drawn again.
#[component]
pub fn Days(
    /// Newest first.
    entries: Signal<Vec<Entry>>,
    now: Signal<Time>,
    /// How far the log is signed.
    signed: Signal<Option<SignedUpTo>>,
    /// Events after this number have just been asked for.
    read_up_to: RwSignal<i64>,
) -> impl IntoView {
    let days = Memo::new(move |_| {
        let entries = entries.read();
        let days = entries.chunk_by(|one, other| one.at.day() == other.at.day());
        days.filter_map(|day| day.first().map(|entry| entry.at)).map(|at| (at.day(), at)).collect::<Vec<_>>()
    });
    let of_day = move |day: &str| {
        let entries = entries.read();
        entries.iter().filter(|entry| entry.at.day() == day).cloned().collect::<Vec<_>>()
    };
    view! {
        <ol class="timeline">
            <For each=move || days.get() key=|(day, _)| day.clone() let((day, at))>
                <li class="timeline__day">
                    <h2 class="timeline__date">
                        <time datetime=at.day()>{move || days::words(at, now.get())}</time>
                    </h2>
                    <ol class="timeline__events">
                        <For each=move || of_day(&day) key=|entry| entry.seq let:entry>
                            <Event entry=entry now=now signed=signed read_up_to=read_up_to />
                        </For>
                    </ol>
                </li>
            </For>
        </ol>
    }
}

/// The id of an event's element.
pub fn event_id(seq: i64) -> String {
    format!("event-{seq}")
}

#[component]
fn Event(
    entry: Entry,
    now: Signal<Time>,
    signed: Signal<Option<SignedUpTo>>,
    read_up_to: RwSignal<i64>,
) -> impl IntoView {
    let Entry { seq, at, who, with, sentence, reason, mark, .. } = entry;
    let machine = with.is_some();
    let is_signed = Memo::new(move |_| signed.get().is_some_and(|signed| seq <= signed.seq));
    let is_new = move || seq > read_up_to.get();
    view! {
        <li class="event" class:event--new=is_new id=event_id(seq) tabindex="-1">
            <Avatar name=who.clone() machine=machine />
            <div class="event__body">
                <p class="event__sentence">
                    <strong>{who}</strong>
                    " "
                    {sentence_view(sentence)}
                    {mark.map(|mark| view! { " " <Badge tone=Tone::Warning>{mark}</Badge> })}
                </p>
                {reason.map(|reason| view! { <blockquote class="event__reason">{reason}</blockquote> })}
                <p class="event__meta">
                    <TimeView at=at now=now />
                    <span>{at.to_words()}</span>
                    {with.map(|token| view! { <span>{format!("with the token {token}")}</span> })}
                    {move || {
                        is_signed
                            .get()
                            .then(|| {
                                view! {
                                    <span>
                                        <a
                                            href=paths::receipt(seq)
                                            rel="external"
                                            download=""
                                            aria-label=format!("Receipt of event {seq}")
                                        >
                                            "Receipt"
                                        </a>
                                    </span>
                                }
                            })
                    }}
                </p>
            </div>
        </li>
    }
}
