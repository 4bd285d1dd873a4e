//! Asks before it deletes something: what uses it, what goes with it; and the integrations that can be restored.

use crate::AppError;
use crate::components::banner::Banner;
use crate::components::button::{ButtonKind, LinkButton, SubmitButton};
use crate::components::card::Card;
use crate::components::field::TextField;
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::time::TimeView;
use crate::components::tone::Tone;
use crate::fns::deletions::{Delete, RestoreIntegration, view_deleted, view_deletion};
use crate::loaded::{ErrorPage, Loaded};
use crate::pages::forms::{Draft, Failure};
use crate::paths;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use towpath_domain::deletions::{Consequences, Deleted, DeletedView, DeletionView, Loss, Subject, User};
use towpath_domain::slugs::Slug;
use towpath_domain::words::capitalised;

/// Asks once more before something is deleted. Which kind of thing it is stands in the address.
#[component]
pub fn DeletePage() -> impl IntoView {
    let params = use_params_map();
    let subject = move || params.with(|params| subject(|name| params.get(name)));
    let view = Resource::new(subject, |subject| async move {
        let missing = || AppError::NotFound("There is no such page".to_owned());
        let subject = subject.ok_or_else(missing)?;
        Ok((view_deletion(subject.clone()).await?, subject))
    });
    view! {
        <main id="main" class="page page--narrow">
            <Loaded resource=view let:shown>
                {match shown.0.may_delete.clone() {
                    Ok(()) => Either::Left(view! { <Ask view=shown.0 subject=shown.1 /> }),
                    Err(why) => Either::Right(view! { <ErrorPage error=AppError::Forbidden(why) /> }),
                }}
            </Loaded>
        </main>
    }
}

fn subject(param: impl Fn(&str) -> Option<String>) -> Option<Subject> {
    if let Some(slug) = param("stream") {
        return Some(Subject::Stream { slug });
    }
    let project = param("project")?;
    if let Some(slug) = param("integration") {
        return Some(Subject::Integration { project, slug });
    }
    if let Some(slug) = param("environment") {
        return Some(Subject::Environment { project, slug });
    }
    if let Some(slug) = param("workflow") {
        return Some(Subject::Workflow { project, slug });
    }
    Some(Subject::Rule { project, slug: param("rule")? })
}

fn kind(subject: &Subject) -> &'static str {
    match subject {
        Subject::Integration { .. } => "integration",
        Subject::Environment { .. } => "environment",
        Subject::Workflow { .. } => "workflow",
        Subject::Rule { .. } => "rule",
        Subject::Stream { .. } => "stream",
    }
}

#[component]
fn Ask(view: DeletionView, subject: Subject) -> impl IntoView {
    let action = ServerAction::<Delete>::new();
    let draft = Draft::of(action);
    let DeletionView { consequences, project, .. } = view;
    let what = subject.what();
    let title = format!("Delete the {what} {}", consequences.title);
    let back = paths::subject(&subject);
    let trail = match &project {
        Some(project) => Crumb::of_project(
            &project.slug,
            [Crumb::new(consequences.slug.to_string(), back.clone()), Crumb::here("Delete")],
        ),
        None => vec![Crumb::new("Release streams", paths::STREAMS), Crumb::here("Delete")],
    };
    let in_use = consequences.used_by > 0;
    let slug = consequences.slug.clone();
    let asks = consequences.lost > 0;
    let label = format!("Delete {slug}");
    let kept = format!("Keep {slug}");
    let hidden = [
        Some(("subject[kind]", kind(&subject).to_owned())),
        subject.project().map(|project| ("subject[project]", project.to_owned())),
        Some(("subject[slug]", subject.slug().to_owned())),
    ];
    view! {
        <Title text=title.clone() />
        <Breadcrumbs trail=trail />
        <PageHeader title=title />
        {if in_use {
            Either::Left(
                view! {
                    <Users consequences=consequences what=what />
                    <div class="form__actions">
                        <LinkButton href=back>"Back"</LinkButton>
                    </div>
                },
            )
        } else {
            Either::Right(
                view! {
                    <ActionForm action=action attr:class="form" attr:novalidate="">
                        <ErrorSummary errors=draft.errors() />
                        {hidden
                            .into_iter()
                            .flatten()
                            .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
                            .collect_view()}
                        <Banner tone=Tone::Info title="What this does">
                            <ul class="banner__list">
                                {told(&subject)
                                    .iter()
                                    .map(|line| view! { <li>{*line}</li> })
                                    .collect_view()}
                            </ul>
                        </Banner>
                        {ended(&consequences).map(|words| view! { <p>{words}</p> })}
                        <Losses consequences=consequences what=what />
                        {asks
                            .then(|| {
                                view! {
                                    <TextField
                                        name="name"
                                        label=format!("Type {slug} to go on")
                                        value=draft.value("name")
                                        error=draft.mistake("name")
                                        required=true
                                        mono=true
                                    />
                                }
                            })}
                        <div class="form__actions">
                            <SubmitButton kind=ButtonKind::Danger pending=action.pending()>
                                {label}
                            </SubmitButton>
                            <LinkButton href=back>{kept}</LinkButton>
                        </div>
                    </ActionForm>
                },
            )
        }}
    }
}

/// What deleting such a thing does.
const fn told(subject: &Subject) -> &'static [&'static str] {
    match subject {
        Subject::Integration { .. } => &[
            "It leaves the lists, and its services leave the first page.",
            "Pushes and pulls by its name are refused: what runs goes on running, and cannot be pulled again.",
            "Its builds, history and images stay. It can be restored for 30 days, and is then as it was.",
        ],
        Subject::Environment { .. } => &[
            "It and its buckets leave the boards and the first page. That cannot be undone.",
            "Builds stay in their integrations, and the timeline keeps what happened here.",
        ],
        Subject::Stream { .. } => &[
            "It and its buckets leave every board. That cannot be undone.",
            "Builds stay in their integrations, and the timeline keeps what happened there.",
        ],
        Subject::Workflow { .. } | Subject::Rule { .. } => &[
            "It leaves the lists. That cannot be undone.",
            "What went by it stays where it is, and the timeline keeps what it said.",
        ],
    }
}

/// The rights that end with it.
fn ended(consequences: &Consequences) -> Option<String> {
    let some = |count: usize, one: &str, several: &str| match count {
        0 => None,
        1 => Some(format!("one {one}")),
        count => Some(format!("{count} {several}")),
    };
    let roles = some(consequences.roles, "role that is bound here", "roles that are bound here");
    let invitations = some(consequences.invitations, "open invitation", "open invitations");
    let both: Vec<String> = [roles, invitations].into_iter().flatten().collect();
    let one = consequences.roles + consequences.invitations == 1;
    let verb = if one { "ends" } else { "end" };
    (!both.is_empty()).then(|| format!("{} {verb} with it.", capitalised(&both.join(" and "))))
}

/// What has to let go of it first.
#[component]
fn Users(consequences: Consequences, what: &'static str) -> impl IntoView {
    let Consequences { users, used_by, slug, .. } = consequences;
    let named = users.iter().map(|user| match user {
        User::Unseen { count } => *count,
        _ => 1,
    });
    let more = used_by.saturating_sub(named.sum());
    let user = |user: User| {
        let words = user.to_string();
        let words = capitalised(&words);
        match paths::user(&user) {
            Some(href) => view! { <li><a href=href>{words}</a></li> }.into_any(),
            None => view! { <li>{words}</li> }.into_any(),
        }
    };
    view! {
        <Banner tone=Tone::Warning title=format!("{slug} is in use")>
            <p class="banner__text">{format!("The {what} can be deleted once these let go of it:")}</p>
            <ul class="banner__list">
                {users.into_iter().map(user).collect_view()}
                {(more > 0).then(|| view! { <li>{format!("and {more} more")}</li> })}
            </ul>
        </Banner>
    }
}

/// What is current in it.
#[component]
fn Losses(consequences: Consequences, what: &'static str) -> impl IntoView {
    let Consequences { losses, lost, .. } = consequences;
    let more = lost.saturating_sub(losses.len());
    (lost > 0).then(|| {
        view! {
            <Banner tone=Tone::Warning title=format!("Builds are current in this {what}")>
                <ul class="banner__list">
                    {losses
                        .into_iter()
                        .map(|loss| {
                            let Loss { project, integration, bucket, tag } = loss;
                            view! {
                                <li>
                                    <a href=paths::stage(&project, &integration, &bucket)>
                                        {format!("{project}/{integration}/{bucket}")}
                                    </a>
                                    {format!(": {tag}")}
                                </li>
                            }
                        })
                        .collect_view()}
                    {(more > 0).then(|| view! { <li>{format!("and {more} more")}</li> })}
                </ul>
            </Banner>
        }
    })
}

/// Leads to deleting something, from the foot of its page.
#[component]
pub fn DeleteLink(subject: Subject) -> impl IntoView {
    let words = format!("Delete this {}…", subject.what());
    view! {
        <p class="page__foot">
            <a href=paths::delete(&subject)>{words}</a>
        </p>
    }
}

/// The integrations of a project that were deleted and can be restored.
#[component]
pub fn DeletedPage() -> impl IntoView {
    let params = use_params_map();
    let project = move || params.with(|params| params.get("project")).unwrap_or_default();
    let view = Resource::new(project, view_deleted);
    let restore = ServerAction::<RestoreIntegration>::new();
    view! {
        <main id="main" class="page page--narrow">
            <Loaded resource=view let:view>
                <Restorable view=view restore=restore />
            </Loaded>
        </main>
    }
}

#[component]
fn Restorable(view: DeletedView, restore: ServerAction<RestoreIntegration>) -> impl IntoView {
    let DeletedView { project, integrations, may_restore, now } = view;
    let failed = crate::echo::errors(move || restore.value().get());
    let none = integrations.is_empty();
    let may = may_restore.is_ok();
    let home = project.slug.clone();
    let item = move |deleted: Deleted| {
        let until = deleted.until();
        let Deleted { slug, title, at } = deleted;
        view! {
            <li class="rows__item">
                <span class="rows__name">{title.to_string()}</span>
                <code class="rows__meta">{slug.to_string()}</code>
                {may.then(|| view! { <RestoreForm project=home.clone() slug=slug restore=restore /> })}
                <span class="rows__meta rows__meta--line">
                    "Deleted " <TimeView at=at now=now /> ", can be restored until " {until.day()} "."
                </span>
            </li>
        }
    };
    view! {
        <Title text=format!("Deleted integrations of {}", project.slug) />
        <Breadcrumbs trail=Crumb::of_project(&project.slug, [Crumb::here("Deleted integrations")]) />
        <PageHeader
            title="Deleted integrations"
            lead="Each can be restored for 30 days, with its builds and its history. Its name is kept for it until then."
        />
        <Failure errors=failed />
        {may_restore.err().map(|why| view! { <p class="muted">{why}</p> })}
        <Card title="Integrations">
            {if none {
                Either::Left(view! { <p class="muted">"None was deleted in the last 30 days."</p> })
            } else {
                Either::Right(view! { <ul class="rows">{integrations.into_iter().map(item).collect_view()}</ul> })
            }}
        </Card>
    }
}

#[component]
fn RestoreForm(project: Slug, slug: Slug, restore: ServerAction<RestoreIntegration>) -> impl IntoView {
    view! {
        <ActionForm action=restore>
            <input type="hidden" name="project" value=project.to_string() />
            <input type="hidden" name="integration" value=slug.to_string() />
            <SubmitButton small=true pending=restore.pending()>
                {format!("Restore {slug}")}
            </SubmitButton>
        </ActionForm>
    }
}
