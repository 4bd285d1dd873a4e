//! A workflow's page: its stages, who follows it, and the form that changes it.

use super::StageLine;
use super::rows::{Preview, Rows};
use super::sketch::Sketch;
use crate::components::banner::Banner;
use crate::components::button::{ButtonKind, LinkButton, SubmitButton};
use crate::components::card::Card;
use crate::components::choice::{Checkbox, Fieldset};
use crate::components::field::{TextField, Validate, field_id};
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
use towpath_domain::words::Title as Words;
use towpath_domain::workflows::{StageForm, WorkflowForm, WorkflowView};

#[component]
pub fn WorkflowPage() -> impl IntoView {
    let params = use_params_map();
    let param = move |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
    let found = Resource::new(
        move || (param("project"), param("workflow")),
        |(project, workflow)| view_workflow(project, workflow),
    );
    view! {
        <main id="main" class="page page--narrow">
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
    let subject = Subject::Workflow { project: slug.to_string(), slug: workflow.name.slug.to_string() };
    let change = match (project.may_configure.clone(), form) {
        (Ok(()), Some(form)) => view! { <Change project=project view=view.clone() form=form /> }.into_any(),
        (Ok(()), None) => view! {
            <Banner tone=Tone::Info title="It is changed through REST">
                <p class="banner__text">
                    "A stage has gates for which this page has no form, or the first stage is entered from another. "
                    <a href=paths::docs("rest")>"See the REST guide"</a>
                </p>
            </Banner>
        }
        .into_any(),
        (Err(why), _) => view! {
            <Banner tone=Tone::Info title="You can look at it, not change it">
                <p class="banner__text">{why}</p>
            </Banner>
        }
        .into_any(),
    };
    view! {
        <Title text=format!("{title} in {slug}") />
        <Breadcrumbs trail=vec![
            Crumb::new("Projects", paths::PROJECTS),
            Crumb::new(slug.to_string(), paths::project(&slug)),
            Crumb::here(workflow.name.slug.to_string()),
        ] />
        <PageHeader title=title lead=lead />
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
    let WorkflowView { workflow, followed_by, waiting, .. } = view;
    let mut project = project;
    for named in workflow.named_tokens() {
        if project.reporters.iter().all(|known| known.id != named.id) {
            // It is revoked or has expired, and is kept until another one is chosen.
            project
                .reporters
                .push(TokenName { title: format!("{}, revoked or expired", named.title), ..named });
        }
    }
    // Those that were removed stay until others are chosen, too.
    project.roots.extend(workflow.named_roots());
    let action = ServerAction::<ChangeWorkflow>::new();
    let draft = Draft::of(action).starting(fields(&form));
    let node = NodeRef::<html::Form>::new();
    let sketch = Sketch::new(&project, node, form.kind.clone(), read);
    // The line below the rows is drawn from what is there already.
    Effect::new(move |_| sketch.look());
    let slug = project.project.slug.clone();
    let back = paths::project(&slug);
    let default = draft.ticked("is_default", "on", false);
    let stages = form.stages.len();
    let page = paths::workflow(&slug, &workflow.name.slug);
    view! {
        <section class="stack" aria-labelledby="change">
            <h2 id="change">"Change it"</h2>
            <ActionForm
                action=action
                node_ref=node
                attr:class="form"
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
                    id=field_id("title")
                    name=input_name("title")
                    label="Title"
                    value=draft.value("title")
                    error=draft.mistake("title")
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
                    <Rows view=project draft=draft.clone() sketch=sketch stages=stages />
                    <Preview sketch=sketch />
                </Fieldset>
                <Checkbox
                    name=input_name("is_default")
                    label="Default of the project"
                    hint="Integrations of its type that follow the default take this way."
                    checked=default
                />
                <Banner tone=Tone::Info title="What a change touches">
                    <p class="banner__text">{touched(followed_by, waiting)}</p>
                </Banner>
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

/// What saving means for what is there.
fn touched(followed_by: usize, waiting: usize) -> String {
    let boards = match followed_by {
        0 => "No integration follows it, so no board changes.".to_owned(),
        1 => "1 integration takes the new way at once.".to_owned(),
        several => format!("{several} integrations take the new way at once."),
    };
    let promotions = match waiting {
        0 => "No promotion waits under it.".to_owned(),
        1 => "1 promotion waits, and keeps the gates that it was asked for under.".to_owned(),
        several => format!("{several} promotions wait, and keep the gates that they were asked for under."),
    };
    format!("{boards} {promotions}")
}

fn read(node: NodeRef<html::Form>) -> Option<WorkflowForm> {
    typed(node).map(|ChangeWorkflow { form, .. }| form)
}

/// The fields of a form, by the names that its checks use.
fn fields(form: &WorkflowForm) -> Vec<(String, String)> {
    let WorkflowForm { title, is_default, stages, .. } = form.clone();
    let mut fields = vec![("title".to_owned(), title)];
    fields.extend(is_default.map(|on| ("is_default".to_owned(), on)));
    for (row, stage) in stages.into_iter().enumerate() {
        // Taken apart by name, since a field that is left out here would be lost by the next save.
        let StageForm {
            bucket,
            from,
            arrivals,
            approvals,
            role,
            bar_pusher,
            bar_author,
            bar_actor,
            also_approvals,
            also_role,
            checks,
            reporter,
            automatic,
            contest,
            soak,
            was_in,
            hours,
            zone,
            reference,
            maximum_age,
            verified,
            signed_by,
            signed_all,
            built_by,
            builder,
            source,
        } = stage;
        let texts = [
            ("bucket", bucket),
            ("from", from),
            ("arrivals", arrivals),
            ("approvals", if approvals.is_empty() { "0".to_owned() } else { approvals }),
            ("role", role),
            ("bar_pusher", bar_pusher.unwrap_or_default()),
            ("bar_author", bar_author),
            ("bar_actor", bar_actor),
            ("also_approvals", also_approvals),
            ("also_role", also_role),
            ("checks", checks),
            ("reporter", reporter),
            ("automatic", automatic.unwrap_or_default()),
            ("contest", contest),
            ("soak", soak),
            ("was_in", was_in),
            ("hours", hours),
            ("zone", zone),
            ("reference", reference),
            ("maximum_age", maximum_age),
            ("verified", verified),
            ("signed_by", signed_by),
            ("signed_all", signed_all),
            ("built_by", built_by),
            ("builder", builder),
            ("source", source),
        ];
        let named = texts.into_iter().filter(|(_, text)| !text.is_empty());
        fields.extend(named.map(|(name, text)| (format!("stages[{row}][{name}]"), text)));
    }
    fields
}
