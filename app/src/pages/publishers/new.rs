//! The form for a new publisher. Which claims it asks for is up to the CI system, so that is chosen first.

use crate::AppError;
use crate::components::button::{ButtonKind, LinkButton, SubmitButton};
use crate::components::card::Card;
use crate::components::choice::{Checkbox, Fieldset};
use crate::components::code::CodeBlock;
use crate::components::disclosure::Disclosure;
use crate::components::field::{TextArea, TextField, field_id};
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::fns::publishers::{AddPublisher, view_publisher_choices};
use crate::loaded::{ErrorPage, Loaded};
use crate::pages::forms::{Draft, input_name};
use crate::paths;
use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use towpath_domain::buckets::Slot;
use towpath_domain::integrations::Integration;
use towpath_domain::publishers::{Field, PublisherChoices, PublisherForm, System};
use towpath_domain::slugs::Slug;

#[component]
pub fn NewPublisherPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let action = ServerAction::<AddPublisher>::new();
    let project = move || params.with(|params| params.get("project")).unwrap_or_default();
    let asked = move |name: &'static str| query.with(|query| query.get(name)).unwrap_or_default();
    let choices = Resource::new(
        move || (project(), asked("like")),
        |(project, like)| view_publisher_choices(project, like),
    );
    view! {
        <main id="main" class="page page--narrow">
            <Loaded resource=choices let:choices>
                {
                    let system = System::parse(&choices.start.system).or_else(|| System::parse(&asked("system")));
                    match (choices.may_configure.clone(), system) {
                        (Err(why), _) => EitherOf3::A(view! { <ErrorPage error=AppError::Forbidden(why) /> }),
                        (Ok(()), None) => EitherOf3::B(view! { <Systems project=choices.project.slug /> }),
                        (Ok(()), Some(system)) => {
                            EitherOf3::C(view! { <New choices=choices system=system action=action /> })
                        }
                    }
                }
            </Loaded>
        </main>
    }
}

#[component]
fn Head(project: Slug, title: String, lead: &'static str) -> impl IntoView {
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=Crumb::of_project(&project, [Crumb::new("Publishers", paths::publishers(&project)),
            Crumb::here("New")]) />
        <PageHeader title=title lead=lead />
    }
}

/// Which CI it is.
#[component]
fn Systems(project: Slug) -> impl IntoView {
    let link = {
        let project = project.clone();
        move |system: System| {
            view! {
                <li class="rows__item">
                    <a class="rows__link" href=paths::new_publisher_of(&project, system)>
                        {system.title()}
                    </a>
                    <span class="rows__meta">{about(system)}</span>
                </li>
            }
        }
    };
    view! {
        <Head project=project title="Trust a CI".to_owned() lead="Whose jobs shall push?" />
        <Card title="CI system">
            <ul class="rows">{System::ALL.map(link).collect_view()}</ul>
        </Card>
    }
}

const fn about(system: System) -> &'static str {
    match system {
        System::Github => "On GitHub.com or GitHub Enterprise Server",
        System::Gitlab => "On GitLab.com or self-managed",
        System::Circleci => "One issuer for each organisation",
        System::Buildkite => "One issuer for all organisations",
        System::Other => "Any that signs tokens, such as Jenkins, by its keys",
    }
}

#[component]
fn New(choices: PublisherChoices, system: System, action: ServerAction<AddPublisher>) -> impl IntoView {
    let PublisherChoices { project, integrations, slots, audience, start, .. } = choices;
    let project = project.slug;
    let draft = Draft::of(action).starting(fields(&start));
    let back = paths::publishers(&project);
    view! {
        <Head
            project=project.clone()
            title=format!("Trust {}", system.title())
            lead="A job gets a token for a quarter of an hour if its own says all of this."
        />
        <ActionForm action=action attr:class="form" attr:novalidate="">
            <ErrorSummary errors=draft.errors() />
            <input type="hidden" name="project" value=project.to_string() />
            <input type="hidden" name=input_name("system") value=system.name() />
            <TextField
                name=draft.field("title")
                label="Title"
                hint="Builds and the timeline name it as who pushed."
                required=true
            />
            <Issuer system=system draft=draft.clone() />
            <Claims system=system draft=draft.clone() />
            <Reach integrations=integrations slots=slots draft=draft.clone() />
            {(system != System::Other).then(|| view! { <PullRequests draft=draft /> })}
            <CodeBlock label="The audience that the job asks for" text=audience />
            <div class="form__actions">
                <SubmitButton kind=ButtonKind::Primary pending=action.pending()>
                    "Trust these jobs"
                </SubmitButton>
                <LinkButton href=back>"Cancel"</LinkButton>
            </div>
        </ActionForm>
    }
}

/// The fields of a form that are filled in already, by their names.
fn fields(start: &PublisherForm) -> Vec<(String, String)> {
    let claims = start.claims.iter().map(|(claim, value)| (format!("claims[{claim}]"), value.clone()));
    let own = [("title", &start.title), ("issuer", &start.issuer)];
    let own = own.into_iter().map(|(name, value)| (name.to_owned(), value.clone()));
    own.chain(claims).filter(|(_, value)| !value.is_empty()).collect()
}

/// What the token of a job has to say.
#[component]
fn Claims(system: System, draft: Draft) -> impl IntoView {
    let (more, mistake) = (draft.value("more"), draft.mistake("more"));
    let open = !more.is_empty();
    let claim = move |field: &Field| view! { <Claim field=*field draft=draft.clone() /> };
    view! {
        <Fieldset name="claims" legend="The job’s token says" hint="* stands for any letters.">
            <div class="form__rows">
                {system.fields().iter().map(claim).collect_view()}
                <Disclosure summary="Other claims" open=open>
                    <TextArea
                        id=field_id("more")
                        name=input_name("more")
                        label="Other claims"
                        hint="One in a line, as: claim = value"
                        value=more
                        error=mistake
                    />
                </Disclosure>
            </div>
        </Fieldset>
    }
}

#[component]
fn PullRequests(draft: Draft) -> impl IntoView {
    view! {
        <Checkbox
            name=input_name("pull_requests")
            label="Pull requests push, too"
            hint="They build what nobody has merged. Those of forks are never trusted, as far as the CI tells them apart."
            checked=draft.ticked("pull_requests", "on", false)
        />
    }
}

#[component]
fn Claim(field: Field, draft: Draft) -> impl IntoView {
    let name = format!("claims[{}]", field.claim);
    view! {
        <TextField
            name=draft.field(&name)
            label=field.label
            hint=format!("{} Claim: {}", field.hint, field.claim)
            required=field.needed
            mono=true
        />
    }
}

/// Who signs the tokens, and by which keys.
#[component]
fn Issuer(system: System, draft: Draft) -> impl IntoView {
    let own = system.issuer();
    let hint = match own {
        Some(own) => format!("Leave it empty for {own}."),
        None if system == System::Circleci => {
            "https://oidc.circleci.com/org/ and the organisation’s id.".to_owned()
        }
        None => "As tokens have it under “iss”.".to_owned(),
    };
    let keys = draft.value("keys");
    view! {
        <TextField
            name=draft.field("issuer")
            label="Issuer"
            hint=hint
            required=own.is_none()
            mono=true
        />
        <Disclosure summary="Its keys, where this server cannot reach it" open=!keys.is_empty()>
            <TextArea
                name=draft.field("keys")
                label="Public keys"
                hint="The JSON that it publishes under “jwks_uri”. Without it, the keys are fetched and followed as they change."
                value=keys
                rows=6
            />
        </Disclosure>
    }
}

/// Where its jobs may push.
#[component]
fn Reach(integrations: Vec<Integration>, slots: Vec<Slot>, draft: Draft) -> impl IntoView {
    let none = integrations.is_empty();
    let integration = {
        let draft = draft.clone();
        move |known: Integration| {
            let slug = known.slug.to_string();
            view! {
                <Checkbox
                    name=input_name("integrations[]")
                    value=slug.clone()
                    label=slug.clone()
                    checked=draft.ticked("integrations[]", &slug, false)
                />
            }
        }
    };
    let bucket = {
        let draft = draft.clone();
        move |slot: Slot| {
            let name = slot.qualified();
            view! {
                <Checkbox
                    name=input_name("buckets[]")
                    value=name.clone()
                    label=name.clone()
                    checked=draft.ticked("buckets[]", &name, false)
                />
            }
        }
    };
    let named = if none {
        Either::Left(view! { <p class="form__note">"There is none yet; those to come count."</p> })
    } else {
        Either::Right(integrations.into_iter().map(integration).collect_view())
    };
    view! {
        <Fieldset
            name="integrations"
            legend="Of which integrations"
            hint="None for all of the project, those to come included."
            error=draft.mistake("integrations")
        >
            {named}
        </Fieldset>
        <Fieldset name="buckets" legend="Into which buckets" error=draft.mistake("buckets")>
            <Checkbox
                name=input_name("by_rule")
                label="By the CI rule"
                hint="Jobs push without a bucket’s name, and the rule leads."
                checked=draft.ticked("by_rule", "on", true)
            />
            {slots.into_iter().map(bucket).collect_view()}
        </Fieldset>
    }
}
