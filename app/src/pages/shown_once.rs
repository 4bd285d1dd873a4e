//! Secrets that are shown once, when they were made.

use crate::components::banner::Banner;
use crate::components::code::CodeBlock;
use crate::components::tone::Tone;
use crate::fns::people::shown_once;
use leptos::html;
use leptos::prelude::*;

/// A secret that was just made, from the action with script and else by way of a cookie, with what to do with it.
#[component]
pub fn ShownOnce(
    /// Of what it is, as the cookie knows it.
    of: &'static str,
    title: &'static str,
    /// What the secret is called.
    label: &'static str,
    made: Signal<Option<String>>,
    children: ChildrenFn,
) -> impl IntoView {
    let carried = Resource::new(|| (), move |()| shown_once(of.to_owned()));
    let children = StoredValue::new(children);
    // Whoever asked for it stands at the button, which may be far below, and must not miss it.
    let node = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if made.get().is_some()
            && let Some(shown) = node.get()
        {
            // A browser that cannot move the focus shows it all the same.
            let _ = shown.focus();
        }
    });
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                let carried = carried.await.ok().flatten();
                move || {
                    made.get()
                        .or_else(|| carried.clone())
                        .map(|secret| {
                            view! {
                                <div class="shown-once" tabindex="-1" node_ref=node>
                                    <Banner tone=Tone::Success title=title live=true>
                                        <p class="banner__text">{children.with_value(|children| children())}</p>
                                        <CodeBlock label=label text=secret secret=true />
                                    </Banner>
                                </div>
                            }
                        })
                }
            })}
        </Suspense>
    }
}
