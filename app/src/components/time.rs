//! A moment in words, which move on with time.

use leptos::prelude::*;
use towpath_domain::times::Time;

/// How long the page has been open, in seconds. Stands still where no browser runs it.
#[derive(Debug, Clone, Copy)]
struct Clock(RwSignal<i64>);

/// How often words about the past are looked at again.
#[cfg(feature = "hydrate")]
const EVERY: std::time::Duration = std::time::Duration::from_secs(15);

/// Gives the app its clock.
pub fn provide_clock() {
    let clock = RwSignal::new(0);
    provide_context(Clock(clock));
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        use leptos::web_sys::js_sys::Date;
        let start = Date::now();
        // Counted by the clock and not by the turns, of which a page in the background misses many.
        #[expect(clippy::cast_possible_truncation, reason = "no page is open for that long")]
        set_interval(move || clock.set(((Date::now() - start) / 1_000.0) as i64), EVERY);
    });
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
    let now = now.into();
    let clock = use_context::<Clock>();
    // The server's moment, and when on this clock it was told.
    let told = Memo::new(move |_| (now.get(), clock.map_or(0, |Clock(clock)| clock.get_untracked())));
    move || {
        let (now, then) = told.get();
        let passed = clock.map_or(0, |Clock(clock)| clock.get()) - then;
        at.relative(now.plus_seconds(passed))
    }
}
