//! The stream itself, in the browser: opened while the tab is looked at, closed while it is hidden, and opened
//! again, after the newest event that it told of, whenever it breaks.

use super::{Contact, Heard, Live};
use crate::fns::people::who_am_i;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use leptos::web_sys::js_sys::{Date, Function};
use leptos::web_sys::{Event, EventSource, MessageEvent, VisibilityState};
use std::cell::RefCell;
use std::time::Duration;
use towpath_domain::live::Notice;

/// The waits before the stream is opened again, in milliseconds; the last one is repeated.
const WAITS: [f64; 6] = [500.0, 1_000.0, 2_000.0, 4_000.0, 8_000.0, 15_000.0];
/// After so long without contact the page says so, in milliseconds.
const PATIENCE: f64 = 4_000.0;
/// The stream shows every fifteen seconds that it lives; without that for so long it is dead, in milliseconds.
const SILENCE: f64 = 40_000.0;
/// How long the page says that there is contact again.
const SAID: Duration = Duration::from_secs(4);
/// How often the stream is looked after.
const WATCH: Duration = Duration::from_secs(1);

/// The one stream of this tab. Moments are in milliseconds, by the clock of the browser.
#[derive(Default)]
struct Stream {
    live: Option<Live>,
    source: Option<EventSource>,
    /// What the browser calls when the stream brings something, and when it breaks; made once.
    calls: Option<(Function, Function)>,
    opened_at: f64,
    heard_at: f64,
    /// Since when there is no contact.
    broken_at: Option<f64>,
    /// When it is opened again.
    again_at: f64,
    /// How often it was opened in vain.
    tries: usize,
}

thread_local! {
    static STREAM: RefCell<Stream> = RefCell::default();
}

fn with<T>(act: impl FnOnce(&mut Stream) -> T) -> T {
    STREAM.with_borrow_mut(act)
}

pub fn start(live: Live, as_of: i64) {
    if with(|stream| stream.live.is_some()) {
        return;
    }
    live.position.set_value(as_of);
    with(|stream| {
        stream.live = Some(live);
        stream.heard_at = Date::now();
    });
    if with(|stream| stream.calls.is_none()) {
        attend();
    }
    open();
}

pub fn stop(live: Live) {
    with(|stream| {
        stream.live = None;
        stream.close();
        stream.broken_at = None;
    });
    live.contact.set(Contact::None);
}

/// Tells the browser what to call, for as long as the page is there.
fn attend() {
    let hears = Closure::<dyn Fn(MessageEvent)>::new(|event: MessageEvent| hear(&event));
    let breaks = Closure::<dyn Fn(Event)>::new(|event: Event| fail(&event));
    let calls = (hears.into_js_value().unchecked_into(), breaks.into_js_value().unchecked_into());
    with(|stream| stream.calls = Some(calls));
    let turns: Function = Closure::<dyn Fn()>::new(turn).into_js_value().unchecked_into();
    // Fails on names of events that are none.
    let _ = document().add_event_listener_with_callback("visibilitychange", &turns);
    set_interval(watch, WATCH);
}

/// The tab is looked at again, or not any more.
fn turn() {
    if is_hidden() {
        with(|stream| {
            stream.close();
            // Nobody waits for it meanwhile.
            stream.broken_at = None;
        });
    } else if with(|stream| stream.live.is_some()) {
        open();
    }
}

fn is_hidden() -> bool {
    document().visibility_state() == VisibilityState::Hidden
}

fn open() {
    let Some(live) = with(|stream| stream.live).filter(|_| !is_hidden()) else { return };
    let address = format!("/live?after={}", live.position.get_value());
    with(|stream| {
        stream.close();
        stream.opened_at = Date::now();
        stream.broken_at.get_or_insert(stream.opened_at);
        // Fails on addresses that are none.
        let (Ok(source), Some((hears, breaks))) = (EventSource::new(&address), &stream.calls) else { return };
        for name in ["notice", "reset", "beat"] {
            let _ = source.add_event_listener_with_callback(name, hears);
        }
        source.set_onerror(Some(breaks));
        stream.source = Some(source);
    });
}

impl Stream {
    fn close(&mut self) {
        if let Some(source) = self.source.take() {
            source.set_onerror(None);
            source.close();
        }
    }
}

/// Looks after the stream: says that it is broken, finds out that it is dead, opens it again.
fn watch() {
    let Some(live) = with(|stream| stream.live).filter(|_| !is_hidden()) else { return };
    let now = Date::now();
    let dead = with(|stream| {
        let dead = stream.source.is_some() && now - stream.heard_at.max(stream.opened_at) > SILENCE;
        if dead {
            stream.broken_at.get_or_insert(now);
        }
        dead
    });
    if dead || with(|stream| stream.source.is_none() && stream.again_at <= now) {
        open();
    }
    if with(|stream| stream.broken_at.is_some_and(|since| now - since > PATIENCE))
        && !live.contact.with_untracked(|contact| matches!(contact, Contact::Lost { .. }))
    {
        let last = clock(with(|stream| stream.heard_at));
        live.contact.set(Contact::Lost { last });
    }
}

/// The stream broke. The browser would open it again by itself, but neither always nor at our pace.
fn fail(event: &Event) {
    let now = Date::now();
    let tries = with(|stream| {
        let ours = stream.source.as_ref().map(AsRef::as_ref) == event.target().as_ref();
        if !ours {
            return 0;
        }
        stream.close();
        stream.broken_at.get_or_insert(now);
        stream.again_at = now + WAITS[stream.tries.min(WAITS.len() - 1)];
        stream.tries += 1;
        stream.tries
    });
    // The reason is not told. One that lasts is that nobody is signed in any more.
    if tries > 1 {
        spawn_local(async {
            if let (Ok(None), Some(live)) = (who_am_i().await, with(|stream| stream.live)) {
                stop(live);
            }
        });
    }
}

fn hear(event: &MessageEvent) {
    let Some(live) = with(|stream| stream.live) else { return };
    with(|stream| {
        stream.heard_at = Date::now();
        stream.broken_at = None;
        stream.tries = 0;
    });
    if let Ok(position) = event.last_event_id().parse() {
        live.position.set_value(position);
    }
    be_live(live);
    let data = event.data().as_string().unwrap_or_default();
    match event.type_().as_str() {
        "notice" => {
            if let Ok(notice) = serde_json::from_str::<Notice>(&data) {
                live.tell(Heard::Notice(&notice));
            }
        }
        "reset" => live.tell(Heard::Reset),
        _ => {}
    }
}

fn be_live(live: Live) {
    match live.contact.get_untracked() {
        Contact::None => live.contact.set(Contact::Live),
        Contact::Lost { .. } => {
            live.contact.set(Contact::Back);
            let rest = move || {
                if live.contact.get_untracked() == Contact::Back {
                    live.contact.set(Contact::Live);
                }
            };
            set_timeout(rest, SAID);
        }
        Contact::Live | Contact::Back => {}
    }
}

/// The time of day where the reader is: `14:03`.
fn clock(moment: f64) -> String {
    let date = Date::new(&moment.into());
    format!("{:02}:{:02}", date.get_hours(), date.get_minutes())
}
