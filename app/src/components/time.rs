//! A moment in words, which move on with time.

use leptos::prelude::*;
use leptos::web_sys::js_sys::Date;
use std::time::Duration;
use towpath_domain::times::Time;

/// How often words about the past are looked at again.
const TURN: Duration = Duration::from_secs(15);

/// Tells how long the page has been open. Stands still where no browser runs it.
#[derive(Debug, Clone, Copy)]
struct Clock {
    /// When the page was opened, in milliseconds since 1970.
    start: f64,
    /// The seconds at the last turn.
    turned: RwSignal<i64>,
}

impl Clock {
    /// The seconds by now: counted by the browser's clock and not by turns, of which a page in the background
    /// misses many.
    #[expect(clippy::cast_possible_truncation, reason = "no page is open for that long")]
    fn seconds(self) -> i64 {
        ((now() - self.start) / 1_000.0) as i64
    }
}

fn now() -> f64 {
    if cfg!(feature = "hydrate") { Date::now() } else { 0.0 }
}

/// Gives the app its clock.
pub fn provide_clock() {
    let clock = Clock { start: now(), turned: RwSignal::new(0) };
    provide_context(clock);
    Effect::new(move |_| set_interval(move || clock.turned.set(clock.seconds()), TURN));
}

/// How long ago it was, with the exact moment as the title.
///
/// `now` is given, not asked for: the server's moment of rendering travels with the page, so that the
/// browser renders the same words. From there on they follow the browser's clock.
#[component]
pub fn TimeView(#[prop(into)] at: Time, #[prop(into)] now: Signal<Time>) -> impl IntoView {
    view! {
        <time datetime=at.to_string() title=at.to_words()>
            {ago(at, now)}
        </time>
    }
}

/// The moment itself, to the second.
#[component]
pub fn ExactTime(at: Time) -> impl IntoView {
    view! { <time datetime=at.to_string()>{at.to_words()}</time> }
}

/// The words alone.
pub fn ago(at: Time, now: impl Into<Signal<Time>>) -> impl Fn() -> String + Send + 'static {
    let present = use_present(now);
    move || at.relative(present.get())
}

/// The server's time by now: what it last told, and what has passed here since.
#[derive(Debug, Clone, Copy)]
pub struct Present {
    /// The server's moment, and when on this clock it was told.
    told: Memo<(Time, i64)>,
    clock: Option<Clock>,
}

pub fn use_present(now: impl Into<Signal<Time>>) -> Present {
    let now = now.into();
    let clock = use_context::<Clock>();
    Present { told: Memo::new(move |_| (now.get(), clock.map_or(0, Clock::seconds))), clock }
}

impl Present {
    /// To the last turn; whoever asks hears of the next one.
    pub fn get(self) -> Time {
        let (now, then) = self.told.get();
        let passed = self.clock.map_or(0, |clock| clock.turned.get() - then);
        now.plus_seconds(passed.max(0))
    }

    /// To the second.
    pub fn get_untracked(self) -> Time {
        let (now, then) = self.told.get_untracked();
        let passed = self.clock.map_or(0, |clock| clock.seconds() - then);
        now.plus_seconds(passed.max(0))
    }
}
