//! Who decides on promotions for whom, and handing one's own decisions over.

use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::field::{TextArea, TextField, Validate};
use crate::components::form::ErrorSummary;
use crate::components::select::{Select, SelectOption};
use crate::components::time::{ExactTime, TimeView};
use crate::echo::errors;
use crate::fns::accounts::{EndDelegation, MakeDelegation};
use crate::pages::forms::{Draft, Failure, announce};
use leptos::prelude::*;
use towpath_domain::delegations::{DelegationLine, DelegationsView};
use towpath_domain::times::Time;
use towpath_domain::words::{Email, Reason};

#[component]
pub fn Delegations(
    view: DelegationsView,
    hand_over: ServerAction<MakeDelegation>,
    take_back: ServerAction<EndDelegation>,
) -> impl IntoView {
    announce(hand_over, "Decisions handed over.");
    announce(take_back, "It is over.");
    let now = view.now;
    let given = view.given.iter().cloned();
    let given = given.map(|line| view! { <Line line=line own=true now=now end=take_back /> }).collect_view();
    let taken = view.taken.iter().cloned();
    let taken = taken.map(|line| view! { <Line line=line own=false now=now end=take_back /> }).collect_view();
    let any = !view.given.is_empty() || !view.taken.is_empty();
    let decides = !view.roles.is_empty();
    let nothing = if decides {
        "Nobody decides for you, and you decide for nobody."
    } else {
        "Nobody has handed you their decisions. You hold no role that approves, so there is nothing to hand over."
    };
    view! {
        <Failure errors=errors(move || take_back.value().get()) />
        <Card title="Deciding for others" id="delegations">
            {any.then(|| view! { <ul class="rows">{given} {taken}</ul> })}
            {(!any).then(|| view! { <p class="muted">{nothing}</p> })}
            {decides.then(|| view! { <HandOver view=view action=hand_over /> })}
        </Card>
    }
}

#[component]
fn Line(line: DelegationLine, own: bool, now: Time, end: ServerAction<EndDelegation>) -> impl IntoView {
    let what = line.words();
    let DelegationLine { id, from, to, reason, until, .. } = line;
    let (title, ask) = if own {
        (
            format!("{} takes your {what}", to.name),
            format!("{} decides for you no more, from now on.", to.name),
        )
    } else {
        (format!("You take the {what} of {}", from.name), format!("You decide for {} no more.", from.name))
    };
    let which = title.clone();
    view! {
        <li class="rows__item">
            <span class="rows__name">{title}</span>
            <span class="rows__meta rows__meta--line">
                "Until " <ExactTime at=until /> ", ends " <TimeView at=until now=now /> " · " {reason}
            </span>
            <Disclosure summary="End…" class="rows__more">
                <ActionForm action=end attr:class="form form--confirm">
                    <input type="hidden" name="delegation" value=id.to_string() />
                    <p class="form__note">{ask} " What was decided stays."</p>
                    <SubmitButton kind=ButtonKind::Danger small=true pending=end.pending()>
                        "End it "
                        <span class="visually-hidden">{which}</span>
                    </SubmitButton>
                </ActionForm>
            </Disclosure>
        </li>
    }
}

#[component]
fn HandOver(view: DelegationsView, action: ServerAction<MakeDelegation>) -> impl IntoView {
    let draft = Draft::of(action);
    let errors = draft.errors();
    let open = !errors.read_untracked().is_empty();
    let roles = options("Every role of yours", view.roles.iter().map(ToString::to_string));
    let projects = options("Everywhere", view.projects.iter().map(ToString::to_string));
    view! {
        <div class="card__foot">
            <Disclosure summary="Hand your decisions over…" open=open>
                <ActionForm action=action attr:class="form" attr:novalidate="">
                    <ErrorSummary errors=errors />
                    <p class="form__note">
                        "They approve and reject promotions in your name, and nothing else. Both names are shown, it counts \
                         once, and whoever is barred from approving stays so by either name."
                    </p>
                    <TextField
                        name=draft.field("delegate")
                        label="Who decides for you"
                        hint="The e-mail address of somebody with an account here."
                        input_type="email"
                        required=true
                        validate=Validate::by(Email::parse)
                    />
                    <Select
                        name=draft.field("role")
                        label="As"
                        options=roles
                    />
                    <Select
                        name=draft.field("project")
                        label="Where"
                        options=projects
                    />
                    <TextField
                        name=draft.field("until")
                        label="Until"
                        hint="A length of time such as 14d, or a time in UTC such as 2026-01-31T09:30; 90 days at most."
                        required=true
                    />
                    <TextArea
                        name=draft.field("reason")
                        label="Reason"
                        hint="Stands in the audit timeline for good."
                        max=Reason::LONGEST
                        required=true
                    />
                    <div class="form__actions">
                        <SubmitButton kind=ButtonKind::Primary pending=action.pending()>
                            "Hand over"
                        </SubmitButton>
                    </div>
                </ActionForm>
            </Disclosure>
        </div>
    }
}

fn options(all: &str, each: impl Iterator<Item = String>) -> Vec<SelectOption> {
    std::iter::once(SelectOption::new("", all))
        .chain(each.map(|one| SelectOption::new(one.clone(), one)))
        .collect()
}
