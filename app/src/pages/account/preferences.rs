//! What is chosen for this browser alone: the theme, and whether single keys act.

use crate::components::card::Card;
use crate::components::segments::{Segment, Segments};
use crate::fns::preferences::SwitchShortcuts;
use crate::preferences::Chosen;
use crate::shell::ThemeChoice;
use crate::shortcuts::Keys;
use leptos::prelude::*;

#[component]
pub fn BrowserPreferences() -> impl IntoView {
    view! {
        <Card title="This browser">
            <div class="facts">
                <div class="facts__row facts__row--control">
                    <span>"Theme"</span>
                    <ThemeChoice />
                </div>
                <div class="facts__row facts__row--control" id="shortcuts">
                    <span>"Single-key shortcuts"</span>
                    <ShortcutsSwitch />
                </div>
            </div>
            <p class="form__note">
                "Switch single keys off where they get in the way, such as with speech input. Both choices are kept in this browser."
            </p>
            <Keys />
        </Card>
    }
}

const ON: Segment = Segment { value: "true", label: "On", symbol: None };
const OFF: Segment = Segment { value: "false", label: "Off", symbol: None };

#[component]
fn ShortcutsSwitch() -> impl IntoView {
    let action = ServerAction::<SwitchShortcuts>::new();
    let chosen: Chosen = expect_context();
    view! {
        <ActionForm action=action attr:class="form form--bare">
            <Segments
                label="Single-key shortcuts"
                name="on"
                segments=vec![ON, OFF]
                chosen=move || if chosen.shortcuts() { ON.value } else { OFF.value }
                on_choose=move |value: &'static str| chosen.switch_shortcuts(value == ON.value)
            />
        </ActionForm>
    }
}
