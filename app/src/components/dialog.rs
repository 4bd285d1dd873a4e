//! The browser's own dialog: it keeps the focus inside, closes by Escape, and gives the focus back.

use super::icon::{Icon, Symbol};
use leptos::{html, prelude::*};

/// A sheet over the page. Its content is always in the page, so that it is there the moment it opens.
#[component]
pub fn Dialog(
    /// Unique in the page; the title's id derives from it.
    #[prop(into)]
    id: String,
    #[prop(into)] title: Signal<String>,
    /// Whether it is open; set to `false` when the person closes it.
    open: RwSignal<bool>,
    /// Called after it was closed, by whatever way.
    #[prop(optional, into)]
    on_close: Option<Callback<()>>,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let wanted = open.get();
        if let Some(dialog) = node.get()
            && dialog.open() != wanted
        {
            if wanted {
                // Fails only where the dialog is not in the page, and then there is nothing to show.
                let _ = dialog.show_modal();
            } else {
                dialog.close();
            }
        }
    });
    let closed = move |_| {
        open.set(false);
        if let Some(on_close) = on_close {
            on_close.run(());
        }
    };
    let title_id = format!("{id}-title");
    let labelled_by = title_id.clone();
    view! {
        <dialog class="dialog" id=id aria-labelledby=labelled_by node_ref=node on:close=closed>
            <div class="dialog__header">
                <h2 class="dialog__title" id=title_id>
                    {move || title.get()}
                </h2>
                <button
                    type="button"
                    class="button button--ghost button--small button--icon"
                    aria-label="Close"
                    on:click=move |_| open.set(false)
                >
                    <Icon symbol=Symbol::Close />
                </button>
            </div>
            <div class="dialog__body">{children()}</div>
        </dialog>
    }
}
