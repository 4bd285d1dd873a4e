//! The choice of the theme, in the account menu and on the account page. It is shown at once and kept by a form,
//! which works without script too.

use crate::components::icon::Symbol;
use crate::components::segments::{Segment, Segments};
use crate::fns::preferences::ChooseTheme;
use crate::preferences::Chosen;
use leptos::prelude::*;
use towpath_domain::preferences::Theme;

#[component]
pub fn ThemeChoice() -> impl IntoView {
    let action = ServerAction::<ChooseTheme>::new();
    let chosen: Chosen = expect_context();
    let choose = move |name: &'static str| {
        if let Some(theme) = Theme::parse(name) {
            chosen.choose_theme(theme);
        }
    };
    view! {
        <ActionForm action=action attr:class="form form--bare">
            <Segments
                label="Theme"
                name="theme"
                segments=Theme::ALL.map(segment).into()
                chosen=move || chosen.theme().name()
                on_choose=choose
            />
        </ActionForm>
    }
}

const fn segment(theme: Theme) -> Segment {
    let (label, symbol) = match theme {
        Theme::System => ("System", Symbol::Screen),
        Theme::Light => ("Light", Symbol::Sun),
        Theme::Dark => ("Dark", Symbol::Moon),
    };
    Segment { value: theme.name(), label, symbol: Some(symbol) }
}
