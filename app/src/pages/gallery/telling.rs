//! What is read.

use crate::components::avatar::Avatar;
use crate::components::badge::Badge;
use crate::components::banner::{Banner, OnlyLook};
use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::code::CodeBlock;
use crate::components::digest::DigestView;
use crate::components::empty::EmptyState;
use crate::components::table::Table;
use crate::components::time::TimeView;
use crate::components::toast::Toast;
use crate::components::tone::Tone;
use leptos::prelude::*;
use towpath_domain::times::Time;

const TONES: [Tone; 6] =
    [Tone::Neutral, Tone::Accent, Tone::Info, Tone::Success, Tone::Warning, Tone::Danger];
const DIGEST: &str = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const NOW: Time = Time::from_micros(1_767_225_600_000_000);

#[component]
pub fn Words() -> impl IntoView {
    let badges = TONES
        .map(|tone| {
            view! {
                <Badge tone=tone symbol=tone.symbol()>
                    {tone.name()}
                </Badge>
            }
        })
        .into_iter()
        .collect_view();
    let avatars = ["Ada Lovelace", "Bo", "Cleo", "Dora"]
        .map(|name| view! { <Avatar name=name /> })
        .into_iter()
        .collect_view();
    view! {
        <div class="form__actions">{badges} <Badge stream=true>"qa stream"</Badge></div>
        <div class="form__actions">
            {avatars} <Avatar name="CI token" machine=true /> <Avatar name="Small" small=true />
        </div>
        <p>
            <DigestView value=DIGEST />
            " "
            <TimeView at=NOW.plus_seconds(-7_300) now=NOW />
            " "
            <code>"code"</code>
            " "
            <kbd class="key">"K"</kbd>
            " "
            <span class="count">"7"</span>
        </p>
        <CodeBlock label="A command" text="towpath push app.tar shop/checkout/qa:1.4.2" />
        <CodeBlock label="A secret, shown once" text="tpt_0123456789" secret=true />
    }
}

#[component]
pub fn Lists() -> impl IntoView {
    view! {
        <Card title="A list" actions=ViewFn::from(|| view! { <Button small=true on_click=|()| ()>"Add"</Button> })>
            <ul class="rows">
                <li class="rows__item">
                    <span class="rows__name">"Production"</span>
                    <code class="rows__meta">"prod"</code>
                    <Badge tone=Tone::Warning>"production stream"</Badge>
                </li>
                <li class="rows__item">
                    <a class="rows__link" href="#main">
                        "A whole line that is a link"
                    </a>
                </li>
            </ul>
        </Card>
        <Card title="A table">
            <Table caption="Builds" columns=vec!["Tag", "Size"]>
                <tr>
                    <th scope="row">"1.4.2"</th>
                    <td>"12 MB"</td>
                </tr>
            </Table>
        </Card>
        <EmptyState title="Nothing here yet">
            <p>"What it is for, and the next step."</p>
        </EmptyState>
        <div class="skeleton" aria-hidden="true"></div>
    }
}

#[component]
pub fn Messages() -> impl IntoView {
    let banner = |tone: Tone| {
        view! {
            <Banner tone=tone title=format!("A banner, {}", tone.name())>
                <p class="banner__text">"Something about the whole page, with what to do next."</p>
            </Banner>
        }
    };
    let toast = |tone: Tone| {
        let actions = ViewFn::from(|| view! { <Button small=true on_click=|()| ()>"Undo"</Button> });
        view! {
            <Toast tone=tone actions=actions>
                {format!("A toast, {}.", tone.name())}
            </Toast>
        }
    };
    view! {
        {TONES.map(banner).into_iter().collect_view()}
        <OnlyLook words="You can look at it here, not change it" why="Why, and who can help." />
        {TONES.map(toast).into_iter().collect_view()}
    }
}
