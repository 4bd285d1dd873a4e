//! What waits for who is signed in, and what they wait for.

use crate::components::avatar::Avatar;
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::form::ErrorSummary;
use crate::components::page::PageHeader;
use crate::components::time::TimeView;
use crate::echo::{Echo, errors};
use crate::fns::inbox::view_inbox;
use crate::fns::promotions::DecideTogether;
use crate::live::{Kept, keep};
use crate::loaded::Loaded;
use crate::pages::deciding::DecideFields;
use crate::pages::forms::announce;
use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use towpath_domain::forms::FieldError;
use towpath_domain::inbox::{Ending, EndingLine, Inbox, InboxLine, ReviewLine};
use towpath_domain::live::Notice;
use towpath_domain::times::Time;

/// The form to which the boxes of the list belong.
const TOGETHER: &str = "decide-together";

#[component]
pub fn InboxPage() -> impl IntoView {
    let inbox = Resource::new(|| (), |()| view_inbox());
    let gone = Callback::new(move |()| inbox.refetch());
    view! {
        <main id="main" class="page">
            <Loaded resource=inbox let:first>
                <Waiting first=first gone=gone />
            </Loaded>
        </main>
    }
}

/// “2 proposals wait for your word”.
fn proposed(count: usize) -> String {
    if count == 1 {
        "1 proposal waits for your word".to_owned()
    } else {
        format!("{count} proposals wait for your word")
    }
}

#[component]
fn Waiting(first: Inbox, gone: Callback<()>) -> impl IntoView {
    let concerns = |notice: &Notice| {
        notice.is_of_promotion()
            || notice.is_of_hold()
            || notice.is_of_delegation()
            || notice.is_of_proposal()
    };
    let Kept { view: inbox, read } = keep(first, concerns, view_inbox, move || gone.run(()));
    let now = Memo::new(move |_| inbox.read().now);
    let to_decide = Memo::new(move |_| inbox.read().to_decide.clone());
    let asked = Memo::new(move |_| inbox.read().asked.clone());
    let nothing = Memo::new(move |_| to_decide.read().is_empty());
    // One alone is decided on its page, after a look.
    let several = Memo::new(move |_| to_decide.read().len() > 1);
    let action = ServerAction::<DecideTogether>::new();
    let mistakes = errors(move || action.value().get());
    // What was not decided is told also when no more than one is left.
    let together = Memo::new(move |_| several.get() || !mistakes.read().is_empty());
    let to_review = Memo::new(move |_| inbox.read().to_review.clone());
    let any_review = Memo::new(move |_| !to_review.read().is_empty());
    let ending = Memo::new(move |_| inbox.read().ending.clone());
    let any_ending = Memo::new(move |_| !ending.read().is_empty());
    let to_apply = Memo::new(move |_| inbox.read().to_apply.clone());
    let any_to_apply = Memo::new(move |_| !to_apply.read().is_empty());
    let to_retry = Memo::new(move |_| inbox.read().to_retry.clone());
    let any_to_retry = Memo::new(move |_| !to_retry.read().is_empty());
    let any_asked = Memo::new(move |_| !asked.read().is_empty());
    let proposals = Memo::new(move |_| inbox.read().proposals);
    view! {
        <Title text="Inbox" />
        <PageHeader title="Inbox" lead="Promotions that wait for your decision, and those that you asked for." />
        <Card title="For you to decide" id="to-decide">
            {move || {
                nothing
                    .get()
                    .then(|| {
                        view! {
                            <p class="muted">
                                "Nothing waits for you. A promotion that needs your approval appears here."
                            </p>
                        }
                    })
            }}
            <List items=to_decide now=now verb="Review" picks=several />
            {move || together.get().then(|| view! { <Together action=action errors=mistakes read=read /> })}
        </Card>
        {move || {
            (proposals.get() > 0)
                .then(|| {
                    view! {
                        <Card title="For a second person to confirm" id="proposals">
                            <p>
                                <a href=paths::PROPOSALS>{proposed(proposals.get())}</a>
                                " before they change anything."
                            </p>
                        </Card>
                    }
                })
        }}
        {move || {
            any_to_apply
                .get()
                .then(|| {
                    view! {
                        <Card title="For you to apply" id="to-apply">
                            <List items=to_apply now=now verb="Look" />
                        </Card>
                    }
                })
        }}
        {move || {
            any_to_retry
                .get()
                .then(|| {
                    view! {
                        <Card title="Failed elsewhere" id="to-retry">
                            <List items=to_retry now=now verb="Look" />
                        </Card>
                    }
                })
        }}
        {move || {
            any_review
                .get()
                .then(|| {
                    view! {
                        <Card title="Emergencies to review" id="to-review">
                            <ul class="inbox">
                                <For each=move || to_review.get() key=|line| (line.project.clone(), line.number) let:line>
                                    <Emergency line=line now=now />
                                </For>
                            </ul>
                        </Card>
                    }
                })
        }}
        {move || {
            any_ending
                .get()
                .then(|| {
                    view! {
                        <Card title="Ends soon" id="ending">
                            <ul class="rows">
                                <For each=move || ending.get() key=|line| format!("{:?}", line.what) let:line>
                                    <Ends line=line now=now />
                                </For>
                            </ul>
                        </Card>
                    }
                })
        }}
        {move || {
            any_asked
                .get()
                .then(|| {
                    view! {
                        <Card title="You asked for" id="asked">
                            <List items=asked now=now verb="Open" />
                        </Card>
                    }
                })
        }}
    }
}

/// One word on all promotions that are ticked in the list.
#[component]
fn Together(
    action: ServerAction<DecideTogether>,
    errors: Memo<Vec<FieldError>>,
    /// Reads the inbox anew.
    read: Callback<()>,
) -> impl IntoView {
    announce(action, "Your word was taken on those that you ticked.");
    // Some may have been decided though others were not.
    Effect::new(move |last: Option<usize>| {
        let now = action.version().get();
        if last.is_some_and(|last| last != now) {
            read.run(());
        }
        now
    });
    let open = !errors.read_untracked().is_empty();
    view! {
        <div class="card__foot">
            <Disclosure summary="Decide on those that are ticked" open=open>
                <ActionForm action=action attr:class="form" attr:id=TOGETHER attr:novalidate="">
                    <ErrorSummary errors=errors />
                    <DecideFields action=action errors=errors />
                </ActionForm>
            </Disclosure>
        </div>
    }
}

/// Gates that somebody passed, and that a second person has to look at.
#[component]
fn Emergency(line: ReviewLine, #[prop(into)] now: Signal<Time>) -> impl IntoView {
    let ReviewLine { project, integration, number, tag, to, pins_in, reason, by, at } = line;
    let href = paths::promotion(&project, number);
    let goes = pins_in
        .map_or_else(|| format!("{tag} to {to}"), |environment| format!("{tag} pinned in {environment}"));
    view! {
        <li class="inbox__item">
            <Avatar name=by.clone() />
            <div class="inbox__body">
                <p class="inbox__title">
                    <a href=href.clone()>{format!("#{number} {project}/{integration} {goes}")}</a>
                </p>
                <p class="inbox__meta">
                    {by} " passed the gates " <TimeView at=at now=now /> " · " {reason}
                </p>
            </div>
            <div class="inbox__actions">
                <a class="button button--small" href=href aria-label=format!("Review the emergency of #{number}")>
                    "Review"
                </a>
            </div>
        </li>
    }
}

/// Something that ends by itself, unless this person sees to it.
#[component]
fn Ends(line: EndingLine, #[prop(into)] now: Signal<Time>) -> impl IntoView {
    let EndingLine { what, at } = line;
    let (href, words, end) = match what {
        Ending::Promotion { project, number, tag, to } => {
            (paths::promotion(&project, number), format!("#{number} of {project}: {tag} to {to}"), "Expires ")
        }
        Ending::Hold { number, on } => {
            (paths::hold(number), format!("Hold {number} on {}", on.words()), "Ends ")
        }
        Ending::Pin { project, environment, service, tag } => (
            paths::environment(&project, &environment, None),
            format!("{service} pinned to {tag} in {project}/{environment}"),
            "Ends ",
        ),
        Ending::Token { title } => (paths::TOKENS.to_owned(), format!("Your token {title}"), "Expires "),
    };
    view! {
        <li class="rows__item">
            <a class="rows__link" href=href>
                {words}
            </a>
            <span class="rows__meta">{end} <TimeView at=at now=now /></span>
        </li>
    }
}

/// Promotions that wait; one is drawn again only where what it needs has changed.
#[component]
pub(super) fn List(
    items: Memo<Vec<InboxLine>>,
    now: Memo<Time>,
    verb: &'static str,
    /// Whether each has a box, to be decided on with others.
    #[prop(optional, into)]
    picks: Signal<bool>,
) -> impl IntoView {
    let any = Memo::new(move |_| !items.read().is_empty());
    move || {
        any.get().then(|| {
            view! {
                <ul class="inbox">
                    <For
                        each=move || items.get()
                        key=|item| (item.project.clone(), item.number, item.needs.clone(), item.for_other.clone())
                        let:item
                    >
                        <Item item=item now=now verb=verb picks=picks />
                    </For>
                </ul>
            }
        })
    }
}

/// One promotion that waits.
#[component]
fn Item(
    item: InboxLine,
    #[prop(into)] now: Signal<Time>,
    verb: &'static str,
    picks: Signal<bool>,
) -> impl IntoView {
    let wanted = item.wanted().to_string();
    let InboxLine { project, integration, number, tag, to, pins_in, back, .. } = item;
    let href = paths::promotion(&project, number);
    let way = if back { "back in" } else { "to" };
    let wish = pins_in.map_or_else(|| format!("{way} {to}"), |place| format!("to pin in {place}"));
    let title = format!("#{number} {project}/{integration} {tag} {wish}");
    let label = format!("{verb} #{number}");
    let at = project.clone();
    let needs = match item.needs.as_slice() {
        // Every gate passes, or one never will: it is about to be applied, or to end.
        [] => String::new(),
        needs => format!("Needs {}. ", needs.join(" and ")),
    };
    let for_other = item.for_other.map(|name| format!("For {name}. "));
    view! {
        <li class="inbox__item">
            <Avatar name=item.requested_by.clone() />
            <div class="inbox__body">
                <p class="inbox__title">
                    <a href=href.clone()>{title}</a>
                </p>
                <p class="inbox__meta">
                    {for_other} {needs} {item.requested_by} " asked " <TimeView at=item.requested_at now=now /> " · "
                    {item.reason}
                </p>
            </div>
            <div class="inbox__actions">
                {move || {
                    let ticked = Echo::of("/fn/decide_together").has("promotions[]", &wanted);
                    let (value, label) = (wanted.clone(), format!("Tick #{number} of {at}"));
                    picks
                        .get()
                        .then(|| {
                            view! {
                                <input
                                    class="choice__input inbox__pick"
                                    type="checkbox"
                                    name="promotions[]"
                                    value=value
                                    aria-label=label
                                    checked=ticked
                                    form=TOGETHER
                                />
                            }
                        })
                }}
                <a class="button button--small" href=href aria-label=label>
                    {verb}
                </a>
            </div>
        </li>
    }
}
