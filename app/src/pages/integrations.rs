//! The form for a new CI integration.

use super::forms::{Draft, NameFields, first_mistake, free, scripted, typed};
use super::projects::use_project;
use crate::AppError;
use crate::components::button::{ButtonKind, LinkButton, SubmitButton};
use crate::components::choice::Fieldset;
use crate::components::form::ErrorSummary;
use crate::components::page::{Breadcrumbs, Crumb, PageHeader};
use crate::components::select::{Select, SelectOption};
use crate::fns::integrations::CreateIntegration;
use crate::loaded::{ErrorPage, Loaded};
use crate::pages::workflows::{KindChoice, first_kind};
use crate::paths;
use leptos::either::Either;
use leptos::html;
use leptos::prelude::*;
use leptos_meta::Title;
use towpath_domain::buckets::BucketKind;
use towpath_domain::forms::FieldError;
use towpath_domain::integrations::{FOLLOW_DEFAULT, FOLLOW_NONE};
use towpath_domain::projects::ProjectView;
use towpath_domain::slugs::Slug;
use towpath_domain::workflows::{Workflow, WorkflowName};

#[component]
pub fn NewIntegrationPage() -> impl IntoView {
    let project = use_project();
    view! {
        <main id="main" class="page page--narrow">
            <Loaded resource=project let:view>
                {match view.may_configure.clone() {
                    Ok(()) => Either::Left(view! { <NewIntegration view=view /> }),
                    Err(why) => Either::Right(view! { <ErrorPage error=AppError::Forbidden(why) /> }),
                }}
            </Loaded>
        </main>
    }
}

#[component]
fn NewIntegration(view: ProjectView) -> impl IntoView {
    let action = ServerAction::<CreateIntegration>::new();
    let draft = Draft::of(action);
    let form = NodeRef::<html::Form>::new();
    let project = view.project.slug.clone();
    let back = paths::project(&project);
    let first = draft.value_or("kind", first_kind(&view).name());
    let choices = Choices::new(&view, form, first.clone());
    let taken = view.integrations.iter().map(|integration| integration.slug.clone());
    let validate =
        free(Slug::parse_new, taken, "There is an integration of this name in the project already.");
    view! {
        <Title text=format!("New integration in {project}") />
        <Breadcrumbs trail=Crumb::of_project(&project, [Crumb::here("New integration")]) />
        <PageHeader
            title="New CI integration"
            lead="The named repository of one service's builds: CI pushes there, and its board shows where each build is."
        />
        <ActionForm action=action node_ref=form attr:class="form" attr:novalidate="" on:change=move |_| choices.look()>
            <ErrorSummary errors=draft.errors() />
            <input type="hidden" name="project" value=project.to_string() />
            <NameFields draft=draft.clone() validate=validate />
            <Fieldset
                name="kind"
                legend="Type"
                hint="What its buckets stand for; cannot be changed later."
                error=draft.mistake("kind")
                live=choices.mistake("kind")
                tiles=true
            >
                <KindChoice global=view.project.is_global() chosen=first />
            </Fieldset>
            <Select
                name=draft.field("workflow")
                label="Promotion workflow"
                hint="The way that its builds take from bucket to bucket."
                options=choices.options()
                value=draft.value_or("workflow", FOLLOW_DEFAULT)
                live=choices.mistake("workflow")
                on_choose=move |_| choices.look()
                required=true
            />
            <div class="form__actions">
                <SubmitButton kind=ButtonKind::Primary pending=action.pending()>
                    "Create integration"
                </SubmitButton>
                <LinkButton href=back>"Cancel"</LinkButton>
            </div>
        </ActionForm>
    }
}

/// What can be chosen as the form stands, and what is wrong with what was.
#[derive(Clone, Copy)]
struct Choices {
    node: NodeRef<html::Form>,
    project: StoredValue<Slug>,
    workflows: StoredValue<Vec<Workflow>>,
    kind: RwSignal<String>,
    mistakes: RwSignal<Vec<FieldError>>,
    scripted: ReadSignal<bool>,
}

impl Choices {
    fn new(view: &ProjectView, node: NodeRef<html::Form>, kind: String) -> Self {
        Self {
            node,
            project: StoredValue::new(view.project.slug.clone()),
            workflows: StoredValue::new(view.workflows.clone()),
            kind: RwSignal::new(kind),
            mistakes: RwSignal::default(),
            scripted: scripted(),
        }
    }

    /// Takes notice of the form as it is now, and asks the server's own check about it.
    fn look(self) {
        let Some(CreateIntegration { form, .. }) = typed(self.node) else { return };
        if form.kind != self.kind.get_untracked() {
            // The workflows on offer change with the type; the form is looked at again once they have.
            self.mistakes.set(Vec::new());
            self.kind.set(form.kind);
            return;
        }
        let names: Vec<WorkflowName> = self
            .workflows
            .with_value(|workflows| workflows.iter().map(|workflow| workflow.name.clone()).collect());
        let checked = self.project.with_value(|project| form.check(project, &names));
        self.mistakes.set(checked.err().map(|invalid| invalid.errors().to_vec()).unwrap_or_default());
    }

    fn mistake(self, field: &'static str) -> Signal<Option<String>> {
        first_mistake(move || self.mistakes.get(), field)
    }

    /// The workflows of the chosen type; without script all of them, each with its type.
    fn options(self) -> Signal<Vec<SelectOption>> {
        Signal::derive(move || {
            let kind = BucketKind::parse(&self.kind.get()).filter(|_| self.scripted.get());
            self.workflows.with_value(|workflows| workflow_options(workflows, kind))
        })
    }
}

pub(super) fn workflow_options(workflows: &[Workflow], kind: Option<BucketKind>) -> Vec<SelectOption> {
    let of_kind = |workflow: &&Workflow| kind.is_none_or(|kind| workflow.name.kind == kind);
    let default = workflows.iter().filter(of_kind).find(|workflow| workflow.is_default);
    let default = match (kind, default) {
        (Some(_), Some(workflow)) => format!("The project's default, now {}", workflow.name.title),
        (Some(_), None) => "The project's default, once there is one".to_owned(),
        (None, _) => "The project's default of its type".to_owned(),
    };
    let own = workflows.iter().filter(of_kind).map(|workflow| {
        let WorkflowName { slug, title, kind: of, .. } = &workflow.name;
        let label = if kind.is_some() { title.to_string() } else { format!("{title} ({})", of.plural()) };
        SelectOption::new(slug.to_string(), label)
    });
    std::iter::once(SelectOption::new(FOLLOW_DEFAULT, default))
        .chain(own)
        .chain([SelectOption::new(FOLLOW_NONE, "None: builds stay where CI pushes them")])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use towpath_domain::buckets::BucketKey;
    use towpath_domain::ids::{EnvironmentId, ProjectId, StreamId, WorkflowId};
    use towpath_domain::workflows::{Graph, Stage};

    fn workflow(slug: &str, kind: BucketKind) -> Workflow {
        let id = "00000000-0000-7000-8000-000000000001".parse::<WorkflowId>().expect("an id");
        let bucket = match kind {
            BucketKind::Environment => BucketKey::Environment(EnvironmentId(id.uuid())),
            BucketKind::ReleaseStream => BucketKey::ReleaseStream(StreamId(id.uuid())),
        };
        Workflow {
            name: WorkflowName {
                id,
                slug: Slug::parse(slug).expect("a slug"),
                title: towpath_domain::words::Title::parse(slug).expect("a title"),
                kind,
            },
            project: ProjectId(id.uuid()),
            is_default: false,
            version: 1,
            graph: Graph::linear(vec![Stage::bare(bucket)]).expect("sound"),
        }
    }

    #[test]
    fn only_workflows_of_the_chosen_type_are_offered() {
        let workflows =
            [workflow("release", BucketKind::Environment), workflow("train", BucketKind::ReleaseStream)];
        let offered = |kind| -> Vec<String> {
            workflow_options(&workflows, kind).into_iter().map(|option| option.value).collect()
        };
        assert_eq!(offered(Some(BucketKind::Environment)), [FOLLOW_DEFAULT, "release", FOLLOW_NONE]);
        assert_eq!(offered(Some(BucketKind::ReleaseStream)), [FOLLOW_DEFAULT, "train", FOLLOW_NONE]);
        assert_eq!(offered(None), [FOLLOW_DEFAULT, "release", "train", FOLLOW_NONE]);
    }
}
