//! The light beside the commands: it waits for the first push and turns green when it has come.

use crate::components::digest::DigestView;
use crate::pages::forms::scripted;
use leptos::either::EitherOf3;
use leptos::prelude::*;
use std::sync::Arc;
use towpath_domain::boards::Board;

/// Follows the board, which is told of what arrives.
#[component]
pub(super) fn FirstPushLight(board: Signal<Arc<Board>>) -> impl IntoView {
    let arrived = Memo::new(move |_| {
        let board = board.read();
        let card =
            board.columns.iter().find_map(|column| column.current.as_ref()).or(board.unclassified.first());
        card.map(|card| (card.build.tag.to_string(), card.build.digest.to_string()))
    });
    let scripted = scripted();
    let class = move || match arrived.read().is_some() {
        true => "light light--arrived",
        false if scripted.get() => "light light--waiting",
        false => "light",
    };
    let words = move || match arrived.get() {
        Some((tag, digest)) => EitherOf3::A(view! {
            <strong>{tag}</strong>
            " has arrived: "
            <DigestView value=digest />
            " It is on the board below."
        }),
        None if scripted.get() => EitherOf3::B("Waiting for the first push…"),
        None => EitherOf3::C("Reload this page after the push: the build stands on it."),
    };
    view! {
        <p class=class role="status">
            <span class="light__lamp" aria-hidden="true"></span>
            <span class="light__words">{words}</span>
        </p>
    }
}
