//! What an act would do, integration by integration, with a box to pick each that can go.

use crate::components::badge::Badge;
use crate::components::disclosure::Disclosure;
use crate::components::icon::{Icon, Symbol};
use crate::components::tone::Tone;
use crate::pages::forms::{Draft, input_name};
use crate::paths;
use leptos::prelude::*;
use towpath_domain::release_sets::{Comparison, Likeness, MOST, Part, Prospect};
use towpath_domain::timeline::BuildName;

/// The form's field by which parts are picked.
const FIELD: &str = "parts[]";

/// The parts that differ, each with its box, and below them those that are the same.
#[component]
pub fn Parts(comparison: Comparison, draft: Draft) -> impl IntoView {
    let Comparison { parts, more } = comparison;
    let (same, others): (Vec<Part>, Vec<Part>) =
        parts.into_iter().partition(|part| part.likeness() == Likeness::Same);
    let mistake = draft.mistake("parts");
    let count = same.len();
    let none = others.is_empty();
    let item = move |part: Part| view! { <Item part=part draft=draft.clone() /> };
    let names = same.into_iter().map(|part| {
        let tag = part.comes.map(|build| build.tag.to_string()).unwrap_or_default();
        view! {
            <li class="parts__same">
                <a href=paths::integration(&part.project, &part.integration)>
                    {format!("{}/{}", part.project, part.integration)}
                </a>
                " "
                {tag}
            </li>
        }
    });
    let names = names.collect_view();
    view! {
        <fieldset class="fieldset" id="field-parts" tabindex="-1">
            <legend class="fieldset__legend">{if none { "Nothing differs" } else { "What goes" }}</legend>
            {move || mistake.get().map(|words| view! { <p class="parts__mistake">{words}</p> })}
            {more
                .then(|| {
                    view! {
                        <p class="fieldset__hint">
                            {format!("There are more. A set has {MOST} builds at most; once these have gone, the others are next.")}
                        </p>
                    }
                })}
            <ul class="parts">{others.into_iter().map(item).collect_view()}</ul>
            {(count > 0)
                .then(|| {
                    let summary = if count == 1 { "1 is the same" } else { "The same in both" };
                    view! {
                        <Disclosure summary=summary count=Signal::stored((count > 1).then_some(count))>
                            <ul class="parts__sames">{names}</ul>
                        </Disclosure>
                    }
                })}
        </fieldset>
    }
}

#[component]
fn Item(part: Part, draft: Draft) -> impl IntoView {
    let name = format!("{}/{}", part.project, part.integration);
    let pick = part.pick().map(|pick| pick.to_string());
    let can = pick.is_some();
    let (tone, symbol, word, words) = match &part.prospect {
        Prospect::Same => (Tone::Neutral, Symbol::Check, "same", String::new()),
        Prospect::Enters if part.there.is_none() => {
            (Tone::Success, Symbol::Check, "new", "Enters at once.".to_owned())
        }
        Prospect::Enters => (Tone::Success, Symbol::Check, "differs", "Enters at once.".to_owned()),
        Prospect::Waits { needs, .. } => {
            let word = if part.there.is_none() { "new" } else { "differs" };
            (Tone::Warning, Symbol::Clock, word, format!("Waits for {}.", needs.join(" and ")))
        }
        Prospect::Cannot { because } => (Tone::Danger, Symbol::Ban, "cannot", because.clone()),
    };
    let words = match &part.asks_for {
        Some(pattern) => format!("{words} Asks for a reference of the form {pattern}."),
        None => words,
    };
    let tag = |build: &Option<BuildName>| build.as_ref().map(|build| build.tag.to_string());
    let (there, comes) = (tag(&part.there), tag(&part.comes));
    let board = paths::integration(&part.project, &part.integration);
    let head = match pick {
        Some(pick) => {
            let checked = draft.ticked(FIELD, &pick, true);
            view! {
                <label class="parts__pick choice">
                    <input class="choice__input" type="checkbox" name=input_name(FIELD) value=pick checked=checked />
                    <span class="choice__label">{name}</span>
                </label>
            }
            .into_any()
        }
        None => view! {
            <span class="parts__pick parts__pick--none">
                <a href=board>{name}</a>
            </span>
        }
        .into_any(),
    };
    view! {
        <li class="parts__item" class:parts__item--cannot=!can>
            {head}
            <span class="parts__move">
                <span class="muted">{there.unwrap_or_else(|| "nothing".to_owned())}</span>
                <Icon symbol=Symbol::Arrow />
                <span class="visually-hidden">" becomes "</span>
                <strong>{comes.unwrap_or_else(|| "nothing".to_owned())}</strong>
            </span>
            <span class="parts__prospect">
                <Badge tone=tone symbol=symbol>
                    {word}
                </Badge>
                <span class="parts__words">{words}</span>
            </span>
        </li>
    }
}
