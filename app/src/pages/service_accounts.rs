//! Service accounts of a project, or of the installation, and the form for a new one.

mod end;
mod one;

pub use one::ServiceAccountPage;

use super::forms::{Draft, input_name};
use crate::components::badge::Badge;
use crate::components::banner::OnlyLook;
use crate::components::button::{ButtonKind, SubmitButton};
use crate::components::card::Card;
use crate::components::empty::EmptyState;
use crate::components::field::{TextField, Validate};
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::fns::service_accounts::{CreateServiceAccount, view_service_accounts};
use crate::loaded::Loaded;
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use towpath_domain::projects::Project;
use towpath_domain::service_accounts::{ServiceAccountLine, ServiceAccountsView};
use towpath_domain::times::Time;
use towpath_domain::words::PersonName;

#[component]
pub fn ServiceAccountsPage() -> impl IntoView {
    let params = use_params_map();
    let project = move || params.with(|params| params.get("project")).unwrap_or_default();
    let create = ServerAction::<CreateServiceAccount>::new();
    let view = Resource::new(project, view_service_accounts);
    view! {
        <main id="main" class="page">
            <Loaded resource=view let:view>
                <Accounts view=view create=create />
            </Loaded>
        </main>
    }
}

/// The way to the list, and on to one of them.
fn trail(project: Option<&Project>, account: Option<String>) -> Vec<Crumb> {
    let mut trail = match project {
        Some(project) => Crumb::of_project(&project.slug, []),
        None => vec![Crumb::new("People", paths::PEOPLE)],
    };
    match account {
        Some(name) => {
            let list = paths::service_accounts(project.map(|project| &project.slug));
            trail.extend([Crumb::new("Service accounts", list), Crumb::here(name)]);
        }
        None => trail.push(Crumb::here("Service accounts")),
    }
    trail
}

#[component]
fn Accounts(view: ServiceAccountsView, create: ServerAction<CreateServiceAccount>) -> impl IntoView {
    let ServiceAccountsView { project, accounts, may_manage, now } = view;
    let title = match &project {
        Some(project) => format!("Service accounts of {}", project.title),
        None => "Service accounts of the installation".to_owned(),
    };
    let slug = project.as_ref().map(|project| project.slug.to_string()).unwrap_or_default();
    let action = match may_manage {
        Ok(()) => Either::Left(view! { <NewAccount project=slug create=create /> }),
        Err(why) => {
            Either::Right(view! { <OnlyLook words="You can look at them here, not change them" why=why /> })
        }
    };
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=trail(project.as_ref(), None) />
        <PageHeader
            title=title
            lead="Machines with a name: they hold roles like people and have tokens of their own, which do not end with whoever made them. Nobody signs in to one, and none approves."
        />
        <div class="columns">
            <List accounts=accounts now=now />
            {action}
        </div>
    }
}

#[component]
fn List(accounts: Vec<ServiceAccountLine>, now: Time) -> impl IntoView {
    if accounts.is_empty() {
        return Either::Left(view! {
            <EmptyState title="No service accounts yet">
                <p>"Make one for a deployer or a tool that is to outlast the people who set it up."</p>
            </EmptyState>
        });
    }
    let line = move |line| view! { <Line line=line now=now /> };
    Either::Right(view! {
        <Card title="Service accounts">
            <ul class="rows">{accounts.into_iter().map(line).collect_view()}</ul>
        </Card>
    })
}

#[component]
fn Line(line: ServiceAccountLine, now: Time) -> impl IntoView {
    let ServiceAccountLine { account, made_by, roles } = line;
    let held: Vec<String> = roles.iter().map(|role| format!("{} in {}", role.title, role.place)).collect();
    let held = if held.is_empty() { "No role: may nothing".to_owned() } else { held.join("; ") };
    let used = match account.last_used_at {
        Some(at) => Either::Left(view! { "last used " <TimeView at=at now=now /> }),
        None => Either::Right("never used"),
    };
    view! {
        <li class="rows__item">
            <a class="rows__name" href=paths::service_account(account.id)>
                {account.name.to_string()}
            </a>
            {account.disabled_at.map(|_| view! { <Badge tone=Tone::Warning>"disabled"</Badge> })}
            <span class="rows__meta">{used}</span>
            <span class="rows__meta rows__meta--line">{held}</span>
            <span class="rows__meta rows__meta--line">
                "Made by " {made_by} " " <TimeView at=account.created_at now=now />
            </span>
        </li>
    }
}

#[component]
fn NewAccount(project: String, create: ServerAction<CreateServiceAccount>) -> impl IntoView {
    let draft = Draft::of(create);
    view! {
        <Card title="New service account">
            <ActionForm action=create attr:class="form" attr:novalidate="">
                <ErrorSummary errors=draft.errors() />
                <input type="hidden" name=input_name("project") value=project />
                <TextField
                    name=draft.field("name")
                    label="Name"
                    hint="What acts by it: “Deployer”. It stands in the timeline."
                    required=true
                    validate=Validate::by(PersonName::parse)
                />
                <div class="form__actions">
                    <SubmitButton kind=ButtonKind::Primary pending=create.pending()>
                        "Make it"
                    </SubmitButton>
                </div>
            </ActionForm>
        </Card>
    }
}
