//! A workflow's page: its stages, who follows it, and the form that changes it.

use super::StageLine;
use super::drawing::Drawing;
use super::rows::{Rows, fields};
use super::sketch::Sketch;
use crate::components::banner::{Banner, OnlyLook};
use crate::components::button::{ButtonKind, LinkButton, SubmitButton};
use crate::components::card::Card;
use crate::components::choice::{Checkbox, Fieldset};
use crate::components::copy::CopyLink;
use crate::components::field::{TextField, Validate};
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::tone::Tone;
use crate::fns::workflows::{ChangeWorkflow, view_workflow};
use crate::loaded::Loaded;
use crate::pages::deletions::DeleteLink;
use crate::pages::followers::followed;
use crate::pages::forms::{Draft, Version, input_name, typed};
use crate::paths;
use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use towpath_domain::checks::TokenName;
use towpath_domain::deletions::Subject;
use towpath_domain::projects::ProjectView;
use towpath_domain::slugs::Slug;
use towpath_domain::words::Title as Words;
use towpath_domain::workflows::{WaitingUnder, WorkflowForm, WorkflowView};

#[component]
pub fn WorkflowPage() -> impl IntoView {
    let params = use_params_map();
    let param = move |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
    let found = Resource::new(
        move || (param("project"), param("workflow")),
        |(project, workflow)| view_workflow(project, workflow),
    );
    view! {
        <main id="main" class="page">
            <Loaded resource=found let:found>
                <Page project=found.0 view=found.1 />
            </Loaded>
        </main>
    }
}

#[component]
fn Page(project: ProjectView, view: WorkflowView) -> impl IntoView {
    let WorkflowView { workflow, .. } = view.clone();
    let slug = project.project.slug.clone();
    let title = workflow.name.title.to_string();
    let lead = format!(
        "The way of builds through {}, in version {}.",
        workflow.name.kind.plural(),
        workflow.version
    );
    let slots = project.slots();
    let default_of = view.workflow.is_default.then(|| view.workflow.name.kind.plural());
    let followed = followed(&view.followers, view.followed_by, default_of);
    let form = WorkflowForm::of(&workflow, &slots);
    let may_delete = project.may_configure.is_ok();
    let declared = paths::declared("workflow", &slug, &workflow.name.slug);
    let subject = Subject::Workflow { project: slug.to_string(), slug: workflow.name.slug.to_string() };
    let change = match (project.may_configure.clone(), form) {
        (Ok(()), Some(form)) => view! { <Change project=project view=view.clone() form=form /> }.into_any(),
        (Ok(()), None) => view! {
            <Banner tone=Tone::Info title="It is changed through REST">
                <p class="banner__text">
                    "One of its buckets is no more. " <a href=paths::docs("rest")>"See the REST guide"</a>
                </p>
            </Banner>
        }
        .into_any(),
        (Err(why), _) => view! { <OnlyLook words="You can look at it, not change it" why=why /> }.into_any(),
    };
    view! {
        <Title text=format!("{title} in {slug}") />
        <Breadcrumbs trail=Crumb::of_project(&slug, [Crumb::here(workflow.name.slug.to_string())]) />
        <PageHeader title=title lead=lead>
            <CopyLink href=declared>"Copy as YAML"</CopyLink>
        </PageHeader>
        <Card title="Stages">
            <StageLine graph=workflow.graph slots=slots />
            <p class="muted">{followed}</p>
        </Card>
        {change}
        {may_delete.then(|| view! { <DeleteLink subject=subject /> })}
    }
}

#[component]
fn Change(project: ProjectView, view: WorkflowView, form: WorkflowForm) -> impl IntoView {
    let workflow = view.workflow.clone();
    let mut project = project;
    for named in workflow.named_tokens() {
        if project.reporters.iter().all(|known| known.id != named.id) {
            // It is revoked or has expired, and is kept until another one is chosen.
            project
                .reporters
                .push(TokenName { title: format!("{}, revoked or expired", named.title), ..named });
        }
    }
    let action = ServerAction::<ChangeWorkflow>::new();
    let draft = Draft::of(action).starting(start(&form));
    let node = NodeRef::<html::Form>::new();
    let forget = Callback::new(move |()| action.clear());
    let sketch = Sketch::new(&project, node, (form.kind.clone(), Some(workflow.graph.clone())), read, forget);
    let slug = project.project.slug.clone();
    let back = paths::project(&slug);
    let default = draft.ticked("is_default", "on", false);
    let stages = form.stages.len();
    let dropped = draft.clone();
    let page = paths::workflow(&slug, &workflow.name.slug);
    view! {
        <section class="stack" aria-labelledby="change">
            <h2 id="change">"Change it"</h2>
            <ActionForm
                action=action
                node_ref=node
                attr:class="form form--drawn"
                attr:novalidate=""
                on:change=move |_| sketch.look()
                on:input=move |_| sketch.look()
            >
                <ErrorSummary errors=draft.errors() />
                <input type="hidden" name="project" value=slug.to_string() />
                <input type="hidden" name="workflow" value=workflow.name.slug.to_string() />
                <Version path=ChangeWorkflow::PATH now=workflow.version page=page />
                <input type="hidden" name=input_name("kind") value=form.kind />
                <TextField
                    name=draft.field("title")
                    label="Title"
                    required=true
                    validate=Validate::by(Words::parse)
                />
                <Fieldset
                    name="stages"
                    legend="Stages"
                    hint="In the order in which builds pass them. Rows without a bucket are left out."
                    error=draft.mistake("stages")
                    live=sketch.mistake("stages")
                >
                    <Drawing sketch=sketch />
                    <Rows view=project draft=draft.clone() sketch=sketch stages=stages />
                </Fieldset>
                <Checkbox
                    name=input_name("is_default")
                    label="Default of the project"
                    hint="Integrations of its type that follow the default take this way."
                    checked=default
                />
                <Touched sketch=sketch view=view.clone() />
                <Drops draft=dropped sketch=sketch view=view />
                <div class="form__actions">
                    <SubmitButton kind=ButtonKind::Primary pending=action.pending()>
                        "Save as the next version"
                    </SubmitButton>
                    <LinkButton href=back>"Cancel"</LinkButton>
                </div>
            </ActionForm>
        </section>
    }
}

/// What saving the form as it stands means for what is there.
#[component]
fn Touched(sketch: Sketch, view: WorkflowView) -> impl IntoView {
    let WorkflowView { workflow, followers, followed_by, waiting, waits } = view;
    let graph = workflow.graph;
    let changes = move || {
        let changes = sketch.changes(&graph)?;
        let words =
            if changes.is_empty() { "Its stages, ways and gates stay as they are." } else { "It changes:" };
        let item = |change| view! { <li>{change}</li> };
        Some(view! {
            <p class="banner__text">{words}</p>
            <ul class="banner__list">{changes.into_iter().map(item).collect_view()}</ul>
        })
    };
    let more = waiting.saturating_sub(waits.len());
    let wait = |waits: WaitingUnder| {
        let WaitingUnder { project, integration, number, tag, to, version } = waits;
        let href = paths::promotion(&project, number);
        view! {
            <li>
                <a href=href>{format!("{project}#{number}")}</a>
                {format!(", {tag} of {integration} to {to}, keeps the gates of version {version}.")}
            </li>
        }
    };
    let more = (more > 0).then(|| view! { <li>{format!("{more} more.")}</li> });
    view! {
        <Banner tone=Tone::Info title="What a change touches">
            {changes}
            <p class="banner__text">{taken(&followers, followed_by)}</p>
            <p class="banner__text">{kept(waiting)}</p>
            <ul class="banner__list">{waits.into_iter().map(wait).collect_view()} {more}</ul>
        </Banner>
    }
}

/// The gates that saving the form as it stands would drop, which has to be meant. Without script it is told once the form was
/// sent.
#[component]
fn Drops(draft: Draft, sketch: Sketch, view: WorkflowView) -> impl IntoView {
    let graph = view.workflow.graph;
    let drops = Memo::new(move |_| sketch.drops(&graph));
    let mistake = draft.mistake("drops");
    let ticked = draft.ticked("drops", "on", false);
    let shown = Memo::new(move |_| !drops.read().is_empty() || mistake.get().is_some());
    let listed = move || {
        let lines = drops.get().into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
        view! { <ul class="banner__list">{lines}</ul> }
    };
    move || {
        shown.get().then(|| {
            view! {
                <Banner tone=Tone::Warning title="Gates are dropped" live=true>
                    <p class="banner__text">"Nothing asks for them any more, once this is saved:"</p>
                    {listed}
                </Banner>
                <Fieldset name="drops" legend="Gates that go" error=mistake>
                    <Checkbox name=input_name("drops") label="Drop these gates" checked=ticked />
                </Fieldset>
            }
        })
    }
}

/// Which integrations take another way.
fn taken(followers: &[Slug], count: usize) -> String {
    let names: Vec<&str> = followers.iter().map(Slug::as_str).collect();
    let more = count.saturating_sub(names.len());
    let names = if more == 0 { names.join(", ") } else { format!("{} and {more} more", names.join(", ")) };
    match count {
        0 => "No integration follows it, so no board changes.".to_owned(),
        1 => format!("1 integration takes the new way at once: {names}."),
        several => format!("{several} integrations take the new way at once: {names}."),
    }
}

/// What becomes of promotions that wait.
fn kept(waiting: usize) -> String {
    match waiting {
        0 => "No promotion waits under it.".to_owned(),
        1 => "1 promotion waits, and keeps the gates that it was asked for under:".to_owned(),
        several => format!("{several} promotions wait, and keep the gates that they were asked for under:"),
    }
}

fn read(node: NodeRef<html::Form>) -> Option<WorkflowForm> {
    typed(node).map(|ChangeWorkflow { form, .. }| form)
}

/// The fields that the form starts with, by the names that its checks use.
fn start(form: &WorkflowForm) -> Vec<(String, String)> {
    let WorkflowForm { title, is_default, stages, .. } = form.clone();
    let mut start = vec![("title".to_owned(), title)];
    start.extend(is_default.map(|on| ("is_default".to_owned(), on)));
    start.extend(fields(stages));
    start
}
