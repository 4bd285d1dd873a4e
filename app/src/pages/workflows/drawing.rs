//! The stages as they are drawn while the form is filled in: taken up and put elsewhere, with ways that fork and join. It
//! stands above the rows and writes into them; without script the rows are there alone.

use super::arranging::{Act, Arranging, Goal, Load, Turn};
use super::line::Stop;
use super::sketch::Sketch;
use crate::components::field::field_id;
use crate::components::graph::{LANES, LEVELS, counted, ends, ways};
use crate::components::icon::{Icon, Symbol};
use crate::components::menu::Menu;
use crate::pages::board::carry::{Hand, Way};
use crate::shell::Announcement;
use leptos::ev::{DragEvent, KeyboardEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;
use towpath_domain::workflows::{Layout, Plan, Spot};

/// What the parts of the drawing share.
#[derive(Clone, Copy)]
struct Desk {
    sketch: Sketch,
    plan: Memo<Plan>,
    arranging: RwSignal<Arranging>,
    announcement: Option<Announcement>,
}

impl Desk {
    fn act(self, act: Act) {
        // The browser may tell of a drag after the page has gone.
        let Some(arranging) = self.arranging.try_get_untracked() else { return };
        let by_keys = arranging.is_in(Hand::Keys);
        let load = arranging.held().map(|held| held.load.clone());
        let Turn { arranging: next, says, plan } = arranging.turn(act, &self.plan.read_untracked());
        if next != arranging {
            self.arranging.set(next);
        }
        self.say(says);
        if let Some(plan) = plan {
            self.sketch.arrange(&plan);
            if let Some(Load::Stage(bucket)) = load.filter(|_| by_keys) {
                focus(&bucket);
            }
        }
    }

    /// The same as taking something up and putting it down there.
    fn put(self, load: Load, goal: Goal) {
        self.act(Act::TakeUp(load, Hand::Mouse));
        self.act(Act::DropOn(goal));
    }

    fn say(self, words: Option<String>) {
        if let Some((Announcement(text), words)) = self.announcement.zip(words) {
            text.set(words);
        }
    }
}

/// The drawing, with what is not in the workflow below it.
#[component]
pub fn Drawing(sketch: Sketch) -> impl IntoView {
    let desk = Desk {
        sketch,
        plan: Memo::new(move |_| sketch.plan()),
        arranging: RwSignal::new(Arranging::Nothing),
        announcement: use_context(),
    };
    let stages = Memo::new(move |_| desk.plan.read().stages().map(str::to_owned).collect::<Vec<_>>());
    let layout = Memo::new(move |_| drawn(desk));
    let others = Memo::new(move |_| {
        let plan = desk.plan.read();
        sketch.buckets().into_iter().filter(|bucket| !plan.has(bucket)).collect::<Vec<_>>()
    });
    let held = move || {
        desk.arranging.read().held().map(|held| match held.load {
            Load::Stage(_) => "stage",
            Load::Way(_) => "way",
        })
    };
    let shown = sketch.scripted();
    let escape = move |event: KeyboardEvent| {
        if event.key() == "Escape" && desk.arranging.read_untracked().is_in(Hand::Touch) {
            event.stop_propagation();
            desk.act(Act::PutBack);
        }
    };
    let drawing = move || {
        view! {
            <div class="plan" role="group" aria-label="Drawing of the stages" data-held=held on:keydown=escape>
                <p class="form__note" id="plan-help">
                    "Take up a stage and put it before, after or beside another; beside it, the way forks. The arrow on a stage draws a way, or takes one away. With keys: Space takes up, arrows choose, Space puts down."
                </p>
                <ol class="plan__way graph" class:plan__way--line=move || layout.read().is_none() aria-label="Stages as drawn">
                    <For each=move || stages.get() key=Clone::clone let:bucket>
                        <Stage desk=desk layout=layout bucket=bucket />
                    </For>
                    {move || layout.get().as_ref().map(ways)}
                </ol>
                <div class="plan__tray">
                    <Tray desk=desk others=others stages=stages />
                </div>
                <HandBar desk=desk />
            </div>
        }
    };
    move || shown.get().then(drawing)
}

/// Where the stages stand; absent while typed ways lead back, or where there is no room for so many.
fn drawn(desk: Desk) -> Option<Layout> {
    let layout = desk.sketch.graph(&desk.plan.read())?.layout();
    let places = layout.places.iter().map(|place| (place.level, place.lane));
    let mut taken = places.chain(layout.passes.iter().map(|pass| (pass.level, pass.lane)));
    let fits = taken.all(|(level, lane)| level < LEVELS && lane < LANES);
    fits.then_some(layout)
}

#[component]
fn Stage(desk: Desk, layout: Memo<Option<Layout>>, bucket: String) -> impl IntoView {
    let name = StoredValue::new(bucket.clone());
    let place = Memo::new(move |_| {
        let key = name.with_value(|name| desk.sketch.key(name))?;
        let layout = layout.read();
        layout.as_ref()?.places.iter().find(|place| place.bucket == key).copied()
    });
    let stop = Memo::new(move |_| {
        let stops = desk.sketch.stops();
        name.with_value(|name| stops.into_iter().find(|stop| stop.name == *name))
    });
    let from = Memo::new(move |_| {
        let plan = desk.plan.read();
        let from = name.with_value(|name| plan.from(name).join(" and "));
        (!from.is_empty()).then(|| format!("From {from}"))
    });
    let fields = move || {
        let row = name.with_value(|name| desk.sketch.row(name))?;
        let href = format!("#{}", field_id(&format!("stages[{row}]")));
        let label = format!("Fields of {}", name.get_value());
        Some(view! {
            <a class="plan__fields" href=href aria-label=label rel="external" draggable="false">
                "Fields"
            </a>
        })
    };
    let gates = move || {
        let Stop { gates, .. } = stop.get()?;
        let gate = |gate: String| {
            view! {
                <li class="plan__gate">
                    <Icon symbol=Symbol::Gate />
                    {gate}
                </li>
            }
        };
        (!gates.is_empty())
            .then(|| view! { <ul class="plan__gates">{gates.into_iter().map(gate).collect_view()}</ul> })
    };
    let level = move || place.get().map(|place| counted(place.level));
    let lane = move || place.get().map(|place| counted(place.lane));
    view! {
        <li class="plan__stage" data-level=level data-lane=lane data-ends=move || ends(place.get().as_ref())>
            <div class="plan__water" aria-hidden="true"></div>
            <Chip desk=desk bucket=bucket>
                <p class="plan__from">{move || from.get()}</p>
                {gates} {fields}
            </Chip>
            <Goals desk=desk stage=name />
        </li>
    }
}

/// What can be taken up: a bucket, by the mouse, a tap on its handle, or keys.
#[component]
fn Chip(desk: Desk, bucket: String, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    let is_stage = children.is_some();
    let name = StoredValue::new(bucket.clone());
    let load = StoredValue::new(Load::Stage(bucket.clone()));
    let way = StoredValue::new(Load::Way(bucket.clone()));
    let holds = move |load: StoredValue<Load>| load.with_value(|load| desk.arranging.read().holds(load));
    let start = move |event: DragEvent, load: StoredValue<Load>| {
        event.stop_propagation();
        if let Some(data) = event.data_transfer() {
            // Some browsers start no drag without data; what counts is in the signal.
            let _ = data.set_data("text/plain", "stage");
            data.set_effect_allowed("move");
        }
        desk.act(Act::TakeUp(load.get_value(), Hand::Mouse));
    };
    let blur = move |_| {
        let held = desk.arranging.try_get_untracked().and_then(|arranging| arranging.held().cloned());
        if held.is_some_and(|held| held.hand == Hand::Keys && held.load.name() == name.get_value()) {
            desk.act(Act::LetGo);
        }
    };
    let pressed = move |load| if holds(load) { "true" } else { "false" };
    let label = format!("Draw a way from {bucket}");
    let end = is_stage.then(move || {
        view! {
            <button
                type="button"
                class="plan__end"
                aria-label=label
                aria-describedby="plan-help"
                aria-pressed=move || pressed(way)
                draggable="true"
                on:dragstart=move |event| start(event, way)
                on:dragend=move |_| desk.act(Act::LetGo)
                on:click=move |_| desk.act(Act::TakeUp(way.get_value(), Hand::Touch))
                on:keydown=move |event| steer(desk, &event, way)
                on:blur=blur
            >
                <Icon symbol=Symbol::Arrow />
            </button>
        }
    });
    let grip = format!("Take up {bucket}");
    let (title, key) = (bucket.clone(), bucket.clone());
    view! {
        <div
            class="plan__chip"
            class:plan__chip--held=move || holds(load) || holds(way)
            role="group"
            aria-label=title.clone()
            aria-describedby="plan-help"
            tabindex="0"
            draggable="true"
            data-plan=key
            on:dragstart=move |event| start(event, load)
            on:dragend=move |_| desk.act(Act::LetGo)
            on:keydown=move |event| steer(desk, &event, load)
            on:blur=blur
        >
            <button
                type="button"
                class="plan__grip"
                aria-label=grip
                aria-pressed=move || pressed(load)
                on:click=move |_| desk.act(Act::TakeUp(load.get_value(), Hand::Touch))
            >
                <Icon symbol=Symbol::Grip />
            </button>
            <span class="plan__name">{title.clone()}</span>
            <Places desk=desk bucket=bucket />
            {end}
            {children.map(|children| children())}
        </div>
    }
}

/// The same by buttons: every place at which something would change, with what the way would be then.
#[component]
fn Places(desk: Desk, bucket: String) -> impl IntoView {
    let load = StoredValue::new(Load::Stage(bucket.clone()));
    let way = StoredValue::new(Load::Way(bucket.clone()));
    let items = move |load: StoredValue<Load>| {
        let plan = desk.plan.get();
        let load = load.get_value();
        let item = |goal: Goal| {
            let (place, outcome) = (goal.place(&load, &plan), goal.outcome(&load, &plan));
            let load = load.clone();
            view! {
                <button
                    type="button"
                    class="menu__item menu__item--stacked"
                    on:click=move |_| desk.put(load.clone(), goal.clone())
                >
                    {place}
                    <span class="menu__note">{outcome}</span>
                </button>
            }
        };
        load.choices(&plan).into_iter().map(item).collect_view()
    };
    view! {
        <Menu label=bucket text="Move">
            <p class="menu__heading">"Put it"</p>
            {move || items(load)}
            {move || {
                let ways = way.with_value(|way| !way.goals(&desk.plan.read()).is_empty());
                let is_stage = way.with_value(|way| desk.plan.read().has(way.name()));
                (ways && is_stage).then(|| view! { <p class="menu__heading">"Lead it on"</p> })
            }}
            {move || {
                let is_stage = way.with_value(|way| desk.plan.read().has(way.name()));
                is_stage.then(|| items(way))
            }}
        </Menu>
    }
}

/// The places at a stage for what is in the hand: shown over it while something is.
#[component]
fn Goals(desk: Desk, stage: StoredValue<String>) -> impl IntoView {
    let goals = Memo::new(move |_| {
        let arranging = desk.arranging.read();
        let Some(held) = arranging.held() else { return Vec::new() };
        let here = |goal: &Goal| match goal {
            Goal::At(Spot::Before(at) | Spot::Beside(at) | Spot::After(at)) | Goal::To(at) => {
                stage.with_value(|stage| at == stage)
            }
            Goal::At(Spot::Alone | Spot::Out) => false,
        };
        let mut goals = held.load.goals(&desk.plan.read());
        goals.retain(here);
        goals
    });
    view! {
        <div class="plan__goals">
            <For each=move || goals.get() key=|goal| format!("{goal:?}") let:goal>
                <GoalButton desk=desk goal=goal />
            </For>
        </div>
    }
}

#[component]
fn GoalButton(desk: Desk, goal: Goal) -> impl IntoView {
    let words = {
        let arranging = desk.arranging.read_untracked();
        arranging.held().map(|held| goal.place(&held.load, &desk.plan.read_untracked()))
    };
    let goal = StoredValue::new(goal);
    let hangs = move || desk.arranging.read().over().is_some_and(|over| goal.with_value(|goal| goal == over));
    let over = move |event: DragEvent| {
        event.prevent_default();
        let there =
            desk.arranging.read_untracked().over().is_some_and(|over| goal.with_value(|goal| goal == over));
        if !there {
            desk.act(Act::Over(goal.get_value()));
        }
    };
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        desk.act(Act::Drop);
    };
    view! {
        <button
            type="button"
            class="plan__goal"
            class:plan__goal--over=hangs
            tabindex="-1"
            on:dragover=over
            on:dragleave=move |_| desk.act(Act::Leave)
            on:drop=dropped
            on:click=move |_| desk.act(Act::DropOn(goal.get_value()))
        >
            {words}
        </button>
    }
}

/// The buckets that are no stages, and the places that are at none.
#[component]
fn Tray(desk: Desk, others: Memo<Vec<String>>, stages: Memo<Vec<String>>) -> impl IntoView {
    let goals = Memo::new(move |_| {
        let arranging = desk.arranging.read();
        let held = arranging.held().filter(|held| held.hand != Hand::Keys || held.over.is_some());
        let mut goals = held.map(|held| held.load.goals(&desk.plan.read())).unwrap_or_default();
        goals.retain(|goal| matches!(goal, Goal::At(Spot::Alone | Spot::Out)));
        goals
    });
    let words = move || match (stages.read().is_empty(), others.read().is_empty()) {
        (true, true) => "There is no bucket of this type yet.",
        (true, false) => "No stage yet. Begin with one of these:",
        (false, true) => "Every bucket is a stage.",
        (false, false) => "Not in the workflow:",
    };
    view! {
        <p class="plan__words">{words}</p>
        <ul class="plan__chips" aria-label="Not in the workflow">
            <For each=move || others.get() key=Clone::clone let:bucket>
                <li>
                    <Chip desk=desk bucket=bucket />
                </li>
            </For>
        </ul>
        <div class="plan__beside">
            <For each=move || goals.get() key=|goal| format!("{goal:?}") let:goal>
                <GoalButton desk=desk goal=goal />
            </For>
        </div>
    }
}

/// What is in the hand, while a finger or the keyboard holds it.
#[component]
fn HandBar(desk: Desk) -> impl IntoView {
    let held = Memo::new(move |_| {
        let arranging = desk.arranging.read();
        arranging.held().filter(|held| held.hand != Hand::Mouse).map(|held| (held.load.clone(), held.hand))
    });
    move || {
        let (load, hand) = held.get()?;
        let what = match &load {
            Load::Stage(bucket) => bucket.clone(),
            Load::Way(from) => format!("Way from {from}"),
        };
        let hint = match (&load, hand) {
            (Load::Stage(_), Hand::Touch) => "Tap a place to put it there.",
            (Load::Way(_), Hand::Touch) => "Tap the stage where it ends.",
            (Load::Stage(_), _) => "← → choose a place on the line, ↑ ↓ one beside, Space drops.",
            (Load::Way(_), _) => "← → choose the stage where it ends, Space draws it.",
        };
        Some(view! {
            <div class="hand">
                <Icon symbol=Symbol::Grip />
                <p class="hand__text">
                    <strong>{what}</strong>
                    " "
                    <span class="hand__hint">{hint}</span>
                </p>
                <button type="button" class="button button--small" on:click=move |_| desk.act(Act::PutBack)>
                    "Cancel"
                </button>
            </div>
        })
    }
}

/// The focus went with what was moved; it goes back to it.
fn focus(bucket: &str) {
    let chip = format!("[data-plan='{bucket}']");
    request_animation_frame(move || {
        let found = document().query_selector(&chip).ok().flatten();
        if let Some(chip) = found.and_then(|chip| chip.dyn_into::<HtmlElement>().ok()) {
            // Where it cannot be focused, nothing is lost but the place.
            let _ = chip.focus();
        }
    });
}

/// The keyboard path: Space takes up and puts down, arrows choose, Escape leaves it.
fn steer(desk: Desk, event: &KeyboardEvent, load: StoredValue<Load>) {
    // Keys on the buttons inside keep their meaning.
    if event.target() != event.current_target() {
        return;
    }
    let again = event.repeat() && [" ", "Enter"].contains(&event.key().as_str());
    let held = desk.arranging.read_untracked().held().is_some();
    let act = match (event.key().as_str(), held) {
        (" " | "Enter", false) => Act::TakeUp(load.get_value(), Hand::Keys),
        (" " | "Enter", true) => Act::Drop,
        ("Escape", true) => Act::PutBack,
        ("ArrowRight", true) => Act::Step(Way::Forward),
        ("ArrowLeft", true) => Act::Step(Way::Back),
        ("ArrowDown", true) => Act::Fork(Way::Forward),
        ("ArrowUp", true) => Act::Fork(Way::Back),
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    if !again {
        desk.act(act);
    }
}
