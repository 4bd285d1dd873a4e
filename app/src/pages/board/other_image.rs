//! Where the tag of what is current was another image's before: what a pull by it gives, and how to get the current one.

use super::Table;
use crate::components::banner::Banner;
use crate::components::tone::Tone;
use leptos::prelude::*;
use towpath_domain::boards::Column;

#[component]
pub(super) fn OtherImage(table: Table, column: Memo<Column>) -> impl IntoView {
    let taken = Memo::new(move |_| {
        let column = column.read();
        let (digest, card) = column.tag_taken_by.as_ref().zip(column.current.as_ref())?;
        Some((digest.short().to_owned(), card.build.tag.clone(), column.slot.slug.clone()))
    });
    let integration = table.board.read_untracked().integration.slug.clone();
    move || {
        taken.get().map(|(digest, tag, bucket)| {
            let title = format!("{bucket}:{tag} is another image");
            let text = format!(
                "The tag was given to {digest} before, and does not change. Pull {integration}/{bucket}:current, or by the \
                 digest, for what is current."
            );
            view! {
                <Banner tone=Tone::Warning title=title>
                    <p class="banner__text">{text}</p>
                </Banner>
            }
        })
    }
}
