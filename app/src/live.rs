//! Live pages: one stream of events for a tab, and what pages make of it.
//!
//! The stream says that something happened, never what a page now has to show: the page reads its view anew, by
//! the same function as at first. Views carry how far the log went when they were read (`as_of`), so that nothing
//! is lost between the reading and the stream. On the server none of this happens.

mod contact;
mod keep;
mod pace;
#[cfg(feature = "hydrate")]
mod stream;
mod turns;

pub use contact::ContactBanner;
pub use keep::{Kept, keep};
pub use turns::read_at;

use leptos::prelude::*;
use pace::Pace;
use std::sync::Arc;
use std::time::Duration;
use towpath_domain::live::Notice;

/// Whether the page hears of what happens.
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser has a stream"))]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Contact {
    /// Nobody is signed in, the tab is hidden, or the page has only just been opened.
    #[default]
    None,
    Live,
    /// There has been no contact for some seconds.
    Lost {
        /// When the page last knew that it was up to date: `14:03` by the clock of the reader.
        last: String,
    },
    /// There is contact again; said for a moment.
    Back,
}

/// What the parts of a page are told by the stream.
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser has a stream"))]
#[derive(Debug, Clone, Copy)]
enum Heard<'a> {
    Notice(&'a Notice),
    /// Something may have been missed.
    Reset,
}

type Listener = Arc<dyn Fn(Heard) + Send + Sync>;

/// What the stream tells, and to whom. One in a tab.
#[derive(Debug, Clone, Copy)]
pub struct Live {
    contact: RwSignal<Contact>,
    /// The number of the newest event that the stream told of, or passed over.
    position: StoredValue<i64>,
    listeners: StoredValue<Vec<(usize, Listener)>>,
    count: StoredValue<usize>,
}

/// Gives the app its stream.
pub fn provide_live_context() {
    provide_context(Live {
        contact: RwSignal::new(Contact::None),
        position: StoredValue::new(0),
        listeners: StoredValue::new(Vec::new()),
        count: StoredValue::new(0),
    });
}

/// Whether the page hears of what happens just now, which it can only from the server.
pub fn hears() -> Memo<bool> {
    let Live { contact, .. } = expect_context();
    Memo::new(move |_| matches!(contact.get(), Contact::Live | Contact::Back))
}

/// Counts up whenever something happened that concerns a part of a page, soon after it and not too often. A
/// resource that has it in its source reads anew then.
///
/// ```ignore
/// let changes = use_changes(|notice| notice.is_of_promotion());
/// let inbox = Resource::new(move || changes.get(), |_| view_inbox());
/// ```
pub fn use_changes(concerns: impl Fn(&Notice) -> bool + Send + Sync + 'static) -> ReadSignal<usize> {
    let (changes, count) = signal(0);
    let paced = Paced::new(move || count.update(|count| *count += 1));
    listen(move |heard| {
        if heard.concerns(&concerns) {
            paced.heard();
        }
    });
    changes
}

impl Heard<'_> {
    fn concerns(self, concerns: impl Fn(&Notice) -> bool) -> bool {
        match self {
            Self::Notice(notice) => concerns(notice),
            Self::Reset => true,
        }
    }
}

/// Calls a listener with all that the stream tells, for as long as the part of the page is there.
fn listen(listener: impl Fn(Heard) + Send + Sync + 'static) {
    let Some(live) = use_context::<Live>() else { return };
    let number = live.count.try_update_value(|count| {
        *count += 1;
        *count
    });
    let Some(number) = number else { return };
    live.listeners.update_value(|listeners| listeners.push((number, Arc::new(listener))));
    on_cleanup(move || {
        live.listeners.try_update_value(|listeners| listeners.retain(|(known, _)| *known != number));
    });
}

/// Opens the stream while someone is signed in. `signed_in` is unknown at first; then it is nobody, or someone with
/// how far the log went when that was found out.
pub fn follow(signed_in: impl Fn() -> Option<Option<i64>> + 'static) {
    #[cfg(feature = "hydrate")]
    {
        let live = expect_context::<Live>();
        Effect::new(move |_| match signed_in() {
            Some(Some(as_of)) => stream::start(live, as_of),
            Some(None) => stream::stop(live),
            None => {}
        });
    }
    #[cfg(not(feature = "hydrate"))]
    drop(signed_in);
}

#[cfg(feature = "hydrate")]
impl Live {
    fn tell(self, heard: Heard) {
        // A listener may bring others about; those hear from the next one on.
        for (_, listener) in self.listeners.get_value() {
            listener(heard);
        }
    }
}

/// Something that a part of a page does after something happened, at the right pace.
#[derive(Debug, Clone, Copy)]
struct Paced {
    pace: StoredValue<Pace>,
    act: Callback<()>,
}

impl Paced {
    fn new(act: impl Fn() + Send + Sync + 'static) -> Self {
        Self { pace: StoredValue::new(Pace::default()), act: Callback::new(move |()| act()) }
    }

    fn heard(self) {
        // The part of the page may be gone by now.
        if let Some(Some(wait)) = self.pace.try_update_value(Pace::heard) {
            self.after(wait);
        }
    }

    fn after(self, wait: Duration) {
        set_timeout(move || self.over(), wait);
    }

    fn over(self) {
        if let Some(turn) = self.pace.try_update_value(Pace::over) {
            if turn.acts {
                self.act.run(());
            }
            if let Some(wait) = turn.wait {
                self.after(wait);
            }
        }
    }
}
