//! The form for a new hold, on what `?on=` names or on what is chosen.

use crate::components::banner::Banner;
use crate::components::button::{ButtonKind, LinkButton, SubmitButton};
use crate::components::choice::Checkbox;
use crate::components::field::{TextArea, TextField, Validate};
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::select::{Select, SelectOption};
use crate::components::tone::Tone;
use crate::fns::holds::{PlaceHold, view_hold_choices};
use crate::loaded::Loaded;
use crate::pages::forms::{Draft, input_name};
use crate::pages::promote::check_reason;
use crate::paths;
use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use towpath_domain::forms::Invalid;
use towpath_domain::holds::{HoldAddress, HoldChoices, HoldForm};
use towpath_domain::times::Time;
use towpath_domain::words::Reason;

#[component]
pub fn NewHoldPage() -> impl IntoView {
    let query = use_query_map();
    let action = ServerAction::<PlaceHold>::new();
    let on = move || query.with(|query| query.get("on")).unwrap_or_default();
    let choices = Resource::new(on, view_hold_choices);
    view! {
        <main id="main" class="page page--narrow">
            <Loaded resource=choices let:choices>
                <New choices=choices action=action />
            </Loaded>
        </main>
    }
}

#[component]
fn New(choices: HoldChoices, action: ServerAction<PlaceHold>) -> impl IntoView {
    let HoldChoices { on, choices, now } = choices;
    let bad = matches!(&on, Some((HoldAddress::Build { .. }, _)));
    let title = match &on {
        Some((address, _)) if bad => format!("Mark {} bad", address.words()),
        Some((address, _)) => format!("Hold {}", address.words()),
        None => "New hold".to_owned(),
    };
    let nothing = choices.is_empty();
    let content = match on {
        Some((_, Err(why))) => EitherOf3::A(view! { <p class="muted">{why}</p> }),
        None if nothing => EitherOf3::B(view! {
            <p class="muted">
                "You need the permission “hold” somewhere. Admins and release managers have it; an admin can grant the role."
            </p>
        }),
        on => {
            let on = on.map(|(address, _)| address);
            EitherOf3::C(view! { <Form on=on choices=choices bad=bad now=now action=action /> })
        }
    };
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=vec![Crumb::new("Holds", paths::HOLDS), Crumb::here("New")] />
        <PageHeader title=title />
        {content}
    }
}

#[component]
fn Form(
    on: Option<HoldAddress>,
    choices: Vec<HoldAddress>,
    bad: bool,
    now: Time,
    action: ServerAction<PlaceHold>,
) -> impl IntoView {
    let draft = Draft::of(action);
    let checks = move |field: &'static str| Validate::from(move |text: &str| check(field, text, now));
    let effect = if bad {
        "It enters no bucket from then on, by push, promotion or rollback, and promotions of it end. Where it is current it stays, until something else is promoted or rolled back to."
    } else {
        "Promotions into it wait for the end of the hold; they can be asked for and approved meanwhile. Pushes into it are refused. What runs goes on running."
    };
    let subject = match on {
        Some(on) => {
            Either::Left(view! { <input type="hidden" name=input_name("on") value=on.to_string() /> })
        }
        None => Either::Right(view! { <Subject choices=choices draft=draft.clone() /> }),
    };
    view! {
        <ActionForm action=action attr:class="form" attr:novalidate="">
            <ErrorSummary errors=draft.errors() />
            {subject}
            <TextArea
                name=draft.field("reason")
                label="Reason"
                hint="Everyone who meets the hold reads this. It stays in the audit timeline."
                max=Reason::LONGEST
                required=true
                validate=check_reason
            />
            {(!bad)
                .then(|| {
                    view! {
                        <TextField
                            name=draft.field("from")
                            label="From (UTC)"
                            hint="Leave it empty to begin now."
                            input_type="datetime-local"
                            validate=checks("from")
                        />
                    }
                })}
            <TextField
                name=draft.field("until")
                label="Until (UTC)"
                hint="Leave it empty to hold until someone releases it."
                input_type="datetime-local"
                validate=checks("until")
            />
            {(!bad)
                .then(|| {
                    view! {
                        <Checkbox
                            name=input_name("rollbacks")
                            value="true"
                            label="Stop rollbacks, too"
                            hint="Otherwise people can still go back to an earlier build."
                            checked=draft.ticked("rollbacks", "true", false)
                        />
                    }
                })}
            <Banner tone=Tone::Info title="What this does">
                <p class="banner__text">{effect}</p>
            </Banner>
            <div class="form__actions">
                <SubmitButton kind=ButtonKind::Danger pending=action.pending()>
                    {if bad { "Mark it bad" } else { "Place the hold" }}
                </SubmitButton>
                <LinkButton href=paths::HOLDS.to_owned()>"Cancel"</LinkButton>
            </div>
        </ActionForm>
    }
}

/// The choice of what is held.
#[component]
fn Subject(choices: Vec<HoldAddress>, draft: Draft) -> impl IntoView {
    let option = |address: HoldAddress| SelectOption::new(address.to_string(), address.words());
    let none = SelectOption::new("", "Choose what to stop");
    let options: Vec<SelectOption> = std::iter::once(none).chain(choices.into_iter().map(option)).collect();
    view! {
        <Select
            name=draft.field("on")
            label="What"
            hint="Buckets are held from their board, builds from their page."
            options=options
            required=true
        />
    }
}

/// Asks the check of the whole form about one of its times.
fn check(field: &str, text: &str, now: Time) -> Result<(), String> {
    let mut form = HoldForm::default();
    match field {
        "from" => text.clone_into(&mut form.from),
        _ => text.clone_into(&mut form.until),
    }
    let mistakes = form.check(now).err();
    let mistake = mistakes.iter().flat_map(Invalid::errors).find(|mistake| mistake.field == field);
    mistake.map_or(Ok(()), |mistake| Err(mistake.message.clone()))
}
