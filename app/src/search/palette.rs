//! The palette: a field over the page, and under it what it finds (ARIA combobox with a listbox).

use super::entries::{Entry, Goes};
use super::recent;
use crate::components::icon::{Icon, Symbol};
use crate::fns::people::SignOut;
use crate::fns::search::search;
use crate::paths;
use crate::search::use_search;
use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use std::time::Duration;
use towpath_domain::search::Results;

/// So long the typing must rest before it is asked for.
const REST: Duration = Duration::from_millis(90);

/// Entries under one heading, with the number of the first in the whole list.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Section {
    heading: String,
    first: usize,
    entries: Vec<Entry>,
}

#[component]
pub fn Palette(open: RwSignal<bool>, who: String) -> impl IntoView {
    let who = StoredValue::new(who);
    let dialog = NodeRef::<html::Dialog>::new();
    let input = NodeRef::<html::Input>::new();
    let typed = RwSignal::new(String::new());
    let lately = RwSignal::new(Vec::<Entry>::new());
    let (results, failure) = (RwSignal::new(None::<Results>), RwSignal::new(None::<String>));
    let chosen = RwSignal::new(0_usize);
    // Counts what was typed: an answer to anything but the newest comes too late.
    let newest = StoredValue::new(0_u64);
    let sections = Memo::new(move |_| {
        sections(&typed.get(), results.get(), lately.get(), failure.with(Option::is_some))
    });
    let nothing =
        Memo::new(move |_| is_nothing(&typed.get(), results.get().as_ref(), failure.with(Option::is_some)));
    let sign_out = ServerAction::<SignOut>::new();
    let navigate = use_navigate();

    let ask = move |words: String| {
        typed.set(words);
        chosen.set(0);
        let mine = newest.get_value() + 1;
        newest.set_value(mine);
        let rested = move || {
            if newest.try_get_value() != Some(mine) {
                return;
            }
            spawn_local(async move {
                let answer = search(typed.get_untracked()).await;
                if newest.try_get_value() != Some(mine) {
                    return;
                }
                chosen.set(0);
                match answer {
                    Ok(found) => {
                        failure.set(None);
                        results.set(Some(found));
                    }
                    Err(error) => failure.set(Some(error.message())),
                }
            });
        };
        set_timeout(rested, REST);
    };
    let search_box = use_search();
    Effect::new(move |_| {
        let wanted = open.get();
        let Some(dialog) = dialog.get() else { return };
        if wanted && !dialog.open() {
            lately.set(recent::load(&who.get_value()));
            let there = dialog.is_connected();
            let show = move || {
                let begun = search_box.hand_over();
                // Fails only where the dialog is not in the page, and then there is nothing to show.
                let _ = dialog.show_modal();
                let Some(input) = input.get_untracked() else { return };
                match begun {
                    None => input.select(),
                    Some(begun) => {
                        // The next letter stands behind these, and does not replace them.
                        input.set_value(&begun);
                        ask(begun);
                    }
                }
            };
            // The first time it is just being put there.
            if there { show() } else { request_animation_frame(show) }
        } else if !wanted && dialog.open() {
            dialog.close();
        }
    });
    Effect::new(move |_| {
        let id = option_id(chosen.get());
        if open.get_untracked()
            && let Some(option) = document().get_element_by_id(&id)
        {
            option.scroll_into_view_with_bool(false);
        }
    });

    let go = move |entry: Entry| {
        open.set(false);
        typed.set(String::new());
        results.set(None);
        chosen.set(0);
        newest.update_value(|newest| *newest += 1);
        match &entry.goes {
            Goes::Out => {
                sign_out.dispatch(SignOut {});
            }
            Goes::To(href) => {
                recent::remember(&who.get_value(), &entry);
                navigate(href, NavigateOptions::default());
            }
        }
    };
    let go = StoredValue::new(go);
    let on_key = move |event: KeyboardEvent| {
        let count =
            sections.with(|sections| sections.iter().map(|section| section.entries.len()).sum::<usize>());
        let step = |by: usize| chosen.update(|chosen| *chosen = (*chosen + by) % count.max(1));
        match event.key().as_str() {
            "ArrowDown" => step(1),
            "ArrowUp" => step(count.saturating_sub(1)),
            "Enter" if !event.is_composing() => {
                if let Some(entry) = entry(&sections.get_untracked(), chosen.get_untracked()) {
                    go.get_value()(entry);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    // A click beside the sheet is one on the dialog itself.
    let beside = move |event: MouseEvent| {
        if event.target() == event.current_target() {
            open.set(false);
        }
    };
    let count = move || {
        let found =
            sections.with(|sections| sections.iter().map(|section| section.entries.len()).sum::<usize>());
        match found {
            _ if nothing.get() => "Nothing found".to_owned(),
            0 => String::new(),
            1 => "1 result".to_owned(),
            more => format!("{more} results"),
        }
    };
    let options = move || {
        let section = |section: Section| listed(section, chosen, go);
        sections.get().into_iter().map(section).collect_view()
    };
    let empty = move || sections.with(Vec::is_empty);
    view! {
        <dialog class="palette" aria-label="Search" node_ref=dialog on:close=move |_| open.set(false) on:click=beside>
            <div class="palette__field">
                <Icon symbol=Symbol::Search />
                <input
                    class="palette__input"
                    type="text"
                    role="combobox"
                    aria-label="Search"
                    aria-autocomplete="list"
                    aria-controls="palette-list"
                    aria-expanded=move || (!empty()).to_string()
                    aria-activedescendant=move || (!empty()).then(|| option_id(chosen.get()))
                    placeholder="A name, tag, commit, digest or #12"
                    autocomplete="off"
                    spellcheck="false"
                    maxlength="200"
                    prop:value=typed
                    node_ref=input
                    on:input=move |event| ask(event_target_value(&event))
                    on:keydown=on_key
                />
                <button type="button" class="palette__close" on:click=move |_| open.set(false)>
                    <kbd>"Esc"</kbd>
                    <span class="visually-hidden">" closes the search"</span>
                </button>
            </div>
            <div class="palette__list" id="palette-list" role="listbox" aria-label="Results">
                {options}
            </div>
            {move || failure.get().map(|words| view! { <p class="palette__note">{words}</p> })}
            {move || {
                (empty() && failure.with(Option::is_none)).then(|| view! { <p class="palette__note">{hint(&typed.get(), nothing.get())}</p> })
            }}
            <p class="visually-hidden" role="status">
                {count}
            </p>
        </dialog>
    }
}

/// What the list shows: what was found, and the way to all of it; before anything is typed, what was opened lately.
fn sections(typed: &str, results: Option<Results>, lately: Vec<Entry>, failed: bool) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut add = |heading: &str, entries: Vec<Entry>| {
        let first = sections.iter().map(|section: &Section| section.entries.len()).sum();
        if !entries.is_empty() {
            sections.push(Section { heading: heading.to_owned(), first, entries });
        }
    };
    let typed = typed.trim();
    if typed.is_empty() {
        add("Recent", lately);
        return sections;
    }
    let nothing = is_nothing(typed, results.as_ref(), failed);
    // An answer to something else is no answer: Enter must not open what was not asked for.
    for group in results
        .filter(|results| results.typed == typed && !failed)
        .into_iter()
        .flat_map(|results| results.groups)
    {
        add(group.kind.words(), group.hits.into_iter().map(Entry::of).collect());
    }
    if nothing {
        return sections;
    }
    let all = Entry {
        kind: towpath_domain::search::Kind::Errand,
        title: format!("All results for “{typed}”"),
        note: String::new(),
        goes: Goes::To(paths::search(typed)),
    };
    add("More", vec![all]);
    sections
}

fn entry(sections: &[Section], chosen: usize) -> Option<Entry> {
    sections.iter().flat_map(|section| &section.entries).nth(chosen).cloned()
}

fn option_id(index: usize) -> String {
    format!("palette-{index}")
}

fn hint(typed: &str, nothing: bool) -> String {
    match typed.trim() {
        "" => {
            "Type a part of a name, a tag, the first digits of a commit or a digest, or a promotion as #12."
                .to_owned()
        }
        typed if nothing => format!("Nothing is called “{typed}”, as far as you see."),
        _ => "Searching…".to_owned(),
    }
}

/// Whether what is typed was looked for, and there is no such thing.
fn is_nothing(typed: &str, results: Option<&Results>, failed: bool) -> bool {
    !failed && results.is_some_and(|results| results.typed == typed.trim() && results.groups.is_empty())
}

fn listed(
    section: Section,
    chosen: RwSignal<usize>,
    go: StoredValue<impl Fn(Entry) + Clone + Send + Sync + 'static>,
) -> impl IntoView {
    let id = format!("palette-section-{}", section.first);
    let labelled_by = id.clone();
    let option = move |(index, entry): (usize, Entry)| {
        let symbol = entry.symbol();
        let (title, note) = (entry.title.clone(), entry.note.clone());
        view! {
            <div
                class="palette__option"
                id=option_id(index)
                role="option"
                aria-selected=move || (chosen.get() == index).to_string()
                on:pointermove=move |_| {
                    if chosen.get_untracked() != index {
                        chosen.set(index);
                    }
                }
                on:click=move |_| go.get_value()(entry.clone())
            >
                <Icon symbol=symbol />
                <span class="palette__title">{title}</span>
                <span class="palette__about">{note}</span>
            </div>
        }
    };
    view! {
        <div class="palette__section" role="group" aria-labelledby=labelled_by>
            <div class="palette__heading" id=id role="presentation">
                {section.heading}
            </div>
            {(section.first..).zip(section.entries).map(option).collect_view()}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use towpath_domain::search::{Errand, Group, Hit, Kind};
    use towpath_domain::times::Time;

    fn results(typed: &str) -> Results {
        let hits =
            vec![Hit::Errand { errand: Errand::NewProject }, Hit::Errand { errand: Errand::NewStream }];
        let groups = vec![Group { kind: Kind::Errand, hits, more: false }];
        Results { typed: typed.to_owned(), groups, now: Time::from_micros(0) }
    }

    #[test]
    fn what_is_listed_answers_what_is_typed_and_nothing_else() {
        let shown = sections(" new ", Some(results("new")), Vec::new(), false);
        assert_eq!(shown.iter().map(|section| section.first).collect::<Vec<_>>(), [0, 2]);
        assert_eq!(entry(&shown, 1).map(|entry| entry.title).as_deref(), Some("New release stream"));
        let none = Results { groups: Vec::new(), ..results("new") };
        assert_eq!(sections("new", Some(none), Vec::new(), false), []);
        let late = sections("newer", Some(results("new")), Vec::new(), false);
        assert_eq!(entry(&late, 0).map(|entry| entry.goes), Some(Goes::To("/search?q=newer".to_owned())));
    }

    #[test]
    fn before_anything_is_typed_there_is_what_was_opened_lately() {
        let lately = vec![Entry::of(Hit::Errand { errand: Errand::Inbox })];
        assert_eq!(sections(" ", Some(results("")), lately.clone(), false)[0].entries, lately);
        assert_eq!(sections("", None, Vec::new(), false), []);
    }
}
