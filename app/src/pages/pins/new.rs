//! The form for a new pin, of the service that `?service=` names or of one that is chosen.

use crate::components::banner::Banner;
use crate::components::button::{ButtonKind, LinkButton, SubmitButton};
use crate::components::card::Card;
use crate::components::choice::Checkbox;
use crate::components::disclosure::Disclosure;
use crate::components::field::{TextArea, TextField, Validate};
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::select::{Select, SelectOption};
use crate::components::tone::Tone;
use crate::fns::pins::{AskPin, view_pin_choices};
use crate::loaded::Loaded;
use crate::pages::forms::{Draft, input_name};
use crate::pages::promote::check_reason;
use crate::paths;
use leptos::either::EitherOf3;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use towpath_domain::pins::{Candidate, Chosen, PinChoices, read_until};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::words::Reason;

#[component]
pub fn NewPinPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let param = move |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
    let of = move || query.with(|query| query.get("service")).unwrap_or_default();
    let action = ServerAction::<AskPin>::new();
    let choices = Resource::new(
        move || (param("project"), param("environment"), of()),
        |(project, environment, of)| view_pin_choices(project, environment, of),
    );
    view! {
        <main id="main" class="page page--narrow">
            <Loaded resource=choices let:choices>
                <New choices=choices action=action />
            </Loaded>
        </main>
    }
}

#[component]
fn New(choices: PinChoices, action: ServerAction<AskPin>) -> impl IntoView {
    let PinChoices { project, environment, title, services, chosen, now } = choices;
    let back = paths::environment(&project, &environment, None);
    let heading = match &chosen {
        Some(chosen) => format!("Pin a build of {} in {title}", chosen.service),
        None => format!("Pin a build in {title}"),
    };
    let trail =
        Crumb::of_project(&project, [Crumb::new(environment.to_string(), back.clone()), Crumb::here("Pin")]);
    let content = match chosen {
        None => {
            EitherOf3::A(view! { <Services project=project environment=environment services=services /> })
        }
        Some(Chosen { may: Err(why), .. }) => EitherOf3::B(view! { <p class="muted">{why}</p> }),
        Some(chosen) => EitherOf3::C(view! {
            <Form at=(project, environment) chosen=chosen now=now back=back action=action />
        }),
    };
    view! {
        <Title text=heading.clone() />
        <Breadcrumbs trail=trail />
        <PageHeader
            title=heading
            lead="An exception: the environment runs this build whatever its bucket says, until a time or until someone releases it."
        />
        {content}
    }
}

/// The choice of the service, which decides what can be pinned.
#[component]
fn Services(project: Slug, environment: Slug, services: Vec<Slug>) -> impl IntoView {
    let none = services.is_empty();
    let item = |service: Slug| {
        view! {
            <li class="rows__item">
                <a class="rows__link" href=paths::new_pin(&project, &environment, Some(&service))>
                    {service.to_string()}
                </a>
            </li>
        }
    };
    let items = services.into_iter().map(item).collect_view();
    view! {
        <Card title="Of which service?">
            {none.then(|| view! { <p class="muted">"The project has no service whose builds you see."</p> })}
            <ul class="rows">{items}</ul>
        </Card>
    }
}

#[component]
fn Form(
    at: (Slug, Slug),
    chosen: Chosen,
    now: Time,
    back: String,
    action: ServerAction<AskPin>,
) -> impl IntoView {
    let draft = Draft::of(action);
    let Chosen { service, bucket, gates, asks_for, pinned, builds, may_pass, may: _ } = chosen;
    if builds.is_empty() {
        let why = format!("Nothing has been in {bucket}, or in a stage before it, that could be pinned.");
        return view! { <p class="muted">{why}</p> }.into_any();
    }
    let (project, environment) = at;
    let until =
        Validate::from(move |text: &str| read_until(text, now).map(drop).map_err(|error| error.to_string()));
    let effect = effect(&bucket, &gates);
    let there = pinned.map(|mark| {
        view! {
            <Banner tone=Tone::Warning title="Another pin is in force">
                <p class="banner__text">{format!("It is {}, by #{}. The new one takes its place.", mark.words(), mark.number)}</p>
            </Banner>
        }
    });
    let (scheduled_for, ticked) = (draft.value("scheduled_for"), draft.ticked("emergency", "true", false));
    let open =
        !scheduled_for.is_empty() || ticked || draft.mistake("scheduled_for").get_untracked().is_some();
    view! {
        {there}
        <ActionForm action=action attr:class="form" attr:novalidate="">
            <ErrorSummary errors=draft.errors() />
            <input type="hidden" name="project" value=project.to_string() />
            <input type="hidden" name="environment" value=environment.to_string() />
            <input type="hidden" name=input_name("service") value=service.to_string() />
            <Select
                name=draft.field("digest")
                label="Build"
                hint=format!("What is or was current in {bucket}, or in a stage before it.")
                options=options(builds)
                required=true
            />
            <TextField
                name=draft.field("until")
                label="Until (UTC)"
                hint="It ends by itself then, within 365 days."
                input_type="datetime-local"
                validate=until
                required=true
            />
            {asks_for
                .map(|pattern| {
                    view! {
                        <TextField
                            name=draft.field("reference")
                            label="Reference"
                            hint=format!("Such as a change ticket, of the form {pattern}; not for what has been in {bucket}.")
                            mono=true
                        />
                    }
                })}
            <TextArea
                name=draft.field("reason")
                label="Reason"
                hint="Everyone who meets the pin reads this. It stays in the audit timeline."
                max=Reason::LONGEST
                required=true
                validate=check_reason
            />
            <Disclosure summary=if may_pass { "At a time, or in an emergency" } else { "At a time" } open=open>
                <div class="form__rows">
                    <TextField
                        name=draft.field("scheduled_for")
                        label="Not before (UTC)"
                        hint="Leave it empty to pin as soon as the gates pass."
                        input_type="datetime-local"
                        value=scheduled_for
                    />
                    {may_pass
                        .then(|| {
                            view! {
                                <Checkbox
                                    name=input_name("emergency")
                                    value="true"
                                    label="This is an emergency: pass the gates"
                                    hint="The reason is marked for ever, and a second person reviews it."
                                    checked=ticked
                                />
                            }
                        })}
                </div>
            </Disclosure>
            <Banner tone=Tone::Info title="What this does">
                <p class="banner__text">{effect}</p>
            </Banner>
            <div class="form__actions">
                <SubmitButton kind=ButtonKind::Primary pending=action.pending()>
                    "Pin it"
                </SubmitButton>
                <LinkButton href=back>"Cancel"</LinkButton>
            </div>
        </ActionForm>
    }
    .into_any()
}

/// What a pin meets and changes.
fn effect(bucket: &Slug, gates: &[String]) -> String {
    let gates = if gates.is_empty() {
        format!("Nothing keeps builds out of {bucket}, so it is pinned at once.")
    } else {
        format!(
            "A build that is new to {bucket} needs {}; one that has been there needs nothing.",
            gates.join(" and ")
        )
    };
    format!(
        "It is asked for as a promotion. {gates} Nothing becomes current in {bucket}, and nothing is deployed by itself."
    )
}

fn options(builds: Vec<Candidate>) -> Vec<SelectOption> {
    let option = |build: Candidate| {
        let Candidate { digest, tag, from, current, was_here } = build;
        let place = match (was_here, current) {
            (true, true) => format!("current in {from}"),
            (true, false) => format!("was in {from}"),
            (false, true) => format!("new here, current in {from}"),
            (false, false) => format!("new here, was in {from}"),
        };
        SelectOption::new(digest.to_string(), format!("{tag} ({place}, {})", digest.short()))
    };
    let none = SelectOption::new("", "Choose a build");
    std::iter::once(none).chain(builds.into_iter().map(option)).collect()
}
