//! Archiving a project: what it means, asked before it is done, and the way back.

use crate::AppError;
use crate::components::banner::Banner;
use crate::components::button::{ButtonKind, LinkButton, SubmitButton};
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::echo::errors;
use crate::fns::projects::{ArchiveProject, RestoreProject};
use crate::loaded::{ErrorPage, Loaded};
use crate::pages::forms::Failure;
use crate::paths;
use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;
use leptos_meta::Title;
use towpath_domain::projects::{Project, ProjectView};

/// Asks once more before a project is archived.
#[component]
pub fn ArchivePage() -> impl IntoView {
    let project = super::use_project();
    let restore = ServerAction::<RestoreProject>::new();
    view! {
        <main id="main" class="page page--narrow">
            <Loaded resource=project let:view>
                {match refusal(&view) {
                    None if view.project.archived_at.is_some() => {
                        EitherOf3::A(
                            view! {
                                <Title text=view.project.title.to_string() />
                                <Breadcrumbs trail=trail(&view.project) />
                                <PageHeader title=view.project.title.to_string() />
                                <ArchivedBanner view=view action=restore />
                            },
                        )
                    }
                    None => EitherOf3::B(view! { <Archive view=view /> }),
                    Some(error) => EitherOf3::C(view! { <ErrorPage error=error /> }),
                }}
            </Loaded>
        </main>
    }
}

fn refusal(view: &ProjectView) -> Option<AppError> {
    if view.project.is_global() {
        return Some(AppError::NotFound(
            "The project global is never archived, so there is no such page".to_owned(),
        ));
    }
    view.may_archive.clone().err().map(AppError::Forbidden)
}

fn trail(project: &Project) -> Vec<Crumb> {
    Crumb::of_project(&project.slug, [Crumb::here("Archive")])
}

#[component]
fn Archive(view: ProjectView) -> impl IntoView {
    let action = ServerAction::<ArchiveProject>::new();
    let errors = errors(move || action.value().get());
    let project = view.project;
    let title = format!("Archive {}", project.title);
    let home = paths::project(&project.slug);
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=trail(&project) />
        <PageHeader title=title />
        <ActionForm action=action attr:class="form">
            <ErrorSummary errors=errors />
            <input type="hidden" name="project" value=project.slug.to_string() />
            <Banner tone=Tone::Info title="What this does">
                <ul class="banner__list">
                    <li>"It leaves the first page, the inbox and the lists. Its own pages and its timeline stay where they are."</li>
                    <li>"Pushes, promotions, approvals, rollbacks and new settings are refused, and say why."</li>
                    <li>"Images can still be pulled: what runs goes on running, and can be restarted."</li>
                    <li>"Nothing is deleted. It can be restored at any time, and is then as it was."</li>
                </ul>
            </Banner>
            <div class="form__actions">
                <SubmitButton kind=ButtonKind::Danger pending=action.pending()>
                    {format!("Archive {}", project.slug)}
                </SubmitButton>
                <LinkButton href=home>"Keep it in use"</LinkButton>
            </div>
        </ActionForm>
    }
}

/// Leads to archiving and to what was deleted, from the foot of a project's page.
#[component]
pub fn ArchiveLink(view: ProjectView) -> impl IntoView {
    let project = view.project;
    let offered = view.may_archive.is_ok() && !project.is_global() && project.archived_at.is_none();
    let may_restore = view.may_configure.is_ok();
    (offered || may_restore).then(|| {
        view! {
            <p class="page__foot">
                {may_restore
                    .then(|| view! { <a href=paths::deleted(&project.slug)>"Deleted integrations"</a> })}
                {offered
                    .then(|| view! { <a href=paths::archive(&project.slug)>"Archive this project…"</a> })}
            </p>
        }
    })
}

/// Says that a project is archived, since when, and how it comes back.
#[component]
pub fn ArchivedBanner(view: ProjectView, action: ServerAction<RestoreProject>) -> impl IntoView {
    let failed = errors(move || action.value().get());
    let ProjectView { project, may_archive, now, .. } = view;
    let since = project.archived_at.map(|at| view! { <TimeView at=at now=now /> });
    view! {
        <Failure errors=failed />
        <Banner tone=Tone::Warning title="This project is archived">
            <p class="banner__text">
                "Put away " {since} ". It can be read and pulled from; nothing in it changes until it is restored."
            </p>
            {match may_archive {
                Ok(()) => {
                    Either::Left(
                        view! {
                            <ActionForm action=action attr:class="banner__actions">
                                <input type="hidden" name="project" value=project.slug.to_string() />
                                <SubmitButton pending=action.pending()>{format!("Restore {}", project.slug)}</SubmitButton>
                            </ActionForm>
                        },
                    )
                }
                Err(why) => Either::Right(view! { <p class="banner__text">{why}</p> }),
            }}
        </Banner>
    }
}
