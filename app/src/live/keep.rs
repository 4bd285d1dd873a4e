//! Keeping a view true while it is looked at: what changed flows into what is there, and the rest is not touched.

use super::{Heard, Live, Paced, listen};
use crate::AppError;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;
use std::time::Duration;
use towpath_domain::boards::{Board, History};
use towpath_domain::home::Home;
use towpath_domain::inbox::{Inbox, PromotionView};
use towpath_domain::live::Notice;
use towpath_domain::pins::EnvironmentView;
use towpath_domain::release_sets::ReleaseSetView;
use towpath_domain::timeline::TimelinePage;

/// A pause before reading again, where reading failed.
const AGAIN: Duration = Duration::from_secs(2);

/// A view that knows how old it is.
pub trait AsOf {
    /// How far the audit log went when it was read.
    fn as_of(&self) -> i64;
}

macro_rules! as_of {
    ($($view:ty),+) => {$(
        impl AsOf for $view {
            fn as_of(&self) -> i64 {
                self.as_of
            }
        }
    )+};
}

as_of!(Board, EnvironmentView, History, Home, Inbox, PromotionView, ReleaseSetView, TimelinePage);

/// A view that is kept true.
pub struct Kept<T: Send + Sync + 'static> {
    pub view: Signal<Arc<T>>,
    /// Reads it anew at once, as after an act of the page itself.
    pub read: Callback<()>,
}

impl<T: Send + Sync> Clone for Kept<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync> Copy for Kept<T> {}

/// Keeps a view that was read with the page true: reads it anew when something happened that concerns it.
/// `gone` is called when that is refused, because the reader may not see it any more or it is not there.
pub fn keep<T, Reading>(
    first: T,
    concerns: impl Fn(&Notice) -> bool + Send + Sync + 'static,
    read: impl Fn() -> Reading + Send + Sync + 'static,
    gone: impl Fn() + Clone + Send + Sync + 'static,
) -> Kept<T>
where
    T: AsOf + Send + Sync + 'static,
    Reading: Future<Output = Result<T, AppError>> + 'static,
{
    let as_of = first.as_of();
    let view = RwSignal::new(Arc::new(first));
    let failed = RwSignal::new(0);
    let read = Callback::new(move |()| {
        let (reading, gone) = (read(), gone.clone());
        spawn_local(async move {
            match reading.await {
                // Two readings may overtake each other.
                Ok(fresh) if view.try_with_untracked(|old| old.as_of() <= fresh.as_of()) == Some(true) => {
                    view.try_set(Arc::new(fresh));
                }
                Ok(_) => {}
                Err(AppError::Network(_) | AppError::Later(_) | AppError::Broken { .. }) => {
                    failed.try_update(|failed| *failed += 1);
                }
                Err(_) => gone(),
            }
        });
    });
    let paced = Paced::new(move || read.run(()));
    listen(move |heard| {
        let known = |notice: &Notice| view.try_with_untracked(|view| notice.seq <= view.as_of());
        let news = match heard {
            Heard::Notice(notice) => concerns(notice) && known(notice) == Some(false),
            Heard::Reset => true,
        };
        if news {
            paced.heard();
        }
    });
    Effect::new(move |again: Option<()>| {
        failed.track();
        if again.is_some() {
            set_timeout(move || paced.heard(), AGAIN);
        }
    });
    // The stream may be further than the view, which then was not told of what happened between.
    let live = use_context::<Live>();
    Effect::new(move |_| {
        if live.is_some_and(|live| live.position.get_value() > as_of) {
            paced.heard();
        }
    });
    Kept { view: view.into(), read }
}
