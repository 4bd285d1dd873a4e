//! The workflow as it is being typed: what its rows can choose from, what it looks like, what is wrong.

use super::line::Stop;
use crate::components::field::Validate;
use crate::components::select::SelectOption;
use crate::pages::forms::{first_mistake, scripted};
use leptos::html;
use leptos::prelude::*;
use towpath_domain::buckets::{BucketKey, BucketKind, Slot};
use towpath_domain::checks::TokenName;
use towpath_domain::forms::FieldError;
use towpath_domain::projects::ProjectView;
use towpath_domain::slugs::Slug;
use towpath_domain::trust_roots::RootName;
use towpath_domain::workflows::{Given, Graph, NewWorkflow, Plan, Stage, StageForm, WorkflowForm};

/// What a form is checked against.
#[derive(Debug, Clone)]
struct Ground {
    project: Slug,
    slots: Vec<Slot>,
    roles: Vec<Slug>,
    reporters: Vec<TokenName>,
    roots: Vec<RootName>,
    /// The version that is changed; absent for a new workflow.
    before: Option<Graph>,
}

/// The form as it was last looked at in the browser.
#[derive(Clone, Copy)]
pub struct Sketch {
    node: NodeRef<html::Form>,
    /// Reads the form as the server will.
    read: fn(NodeRef<html::Form>) -> Option<WorkflowForm>,
    ground: StoredValue<Ground>,
    form: RwSignal<WorkflowForm>,
    /// The rows as the drawing wrote them; absent as long as they are those that the page came with.
    filled: RwSignal<Option<Vec<StageForm>>>,
    /// The rows of stages as they last were while they had gates.
    shelf: StoredValue<Vec<StageForm>>,
    /// Lets go of what the server said about rows that stand elsewhere by now.
    forget: Callback<()>,
    scripted: ReadSignal<bool>,
}

impl Sketch {
    pub fn new(
        view: &ProjectView,
        node: NodeRef<html::Form>,
        (kind, before): (String, Option<Graph>),
        read: fn(NodeRef<html::Form>) -> Option<WorkflowForm>,
        forget: Callback<()>,
    ) -> Self {
        let ground = Ground {
            project: view.project.slug.clone(),
            slots: view.slots(),
            roles: view.approving_roles.iter().map(|role| role.slug.clone()).collect(),
            reporters: view.reporters.clone(),
            roots: view.roots.clone(),
            before,
        };
        let sketch = Self {
            node,
            read,
            ground: StoredValue::new(ground),
            form: RwSignal::new(WorkflowForm { kind, ..WorkflowForm::default() }),
            filled: RwSignal::new(None),
            shelf: StoredValue::default(),
            forget,
            scripted: scripted(),
        };
        // What it starts with is drawn, too.
        Effect::new(move |_| sketch.look());
        sketch
    }

    /// Takes notice of the form as it is now.
    pub fn look(self) {
        let Some(mut form) = (self.read)(self.node) else { return };
        if self.form.with_untracked(|last| last.kind != form.kind) {
            // The buckets on offer change with the type; the form is looked at again once they have.
            form.stages.clear();
        }
        self.form.set(form);
    }

    /// The first thing that the server's own check would say about a field; nothing while the form is
    /// untouched.
    pub fn mistake(self, field: impl Into<String>) -> Signal<Option<String>> {
        first_mistake(move || self.mistakes(), field)
    }

    fn mistakes(self) -> Vec<FieldError> {
        let form = self.form.get();
        if form.stages.iter().all(|stage| stage.bucket.is_empty()) {
            return Vec::new();
        }
        self.ground.with_value(|ground| ground.check(&form)).err().unwrap_or_default()
    }

    pub const fn scripted(self) -> ReadSignal<bool> {
        self.scripted
    }

    pub fn filled(self) -> Option<Vec<StageForm>> {
        self.filled.get()
    }

    /// The row in which a stage stands, counted from 0.
    pub fn row(self, bucket: &str) -> Option<usize> {
        self.form.with(|form| form.stages.iter().position(|stage| stage.bucket == bucket))
    }

    /// The stages and ways that the rows describe.
    pub fn plan(self) -> Plan {
        self.form.with(Plan::of)
    }

    /// Writes a plan into the rows. A stage that comes back, or is the first one no more, has its gates again.
    pub fn arrange(self, plan: &Plan) {
        let form = self.form.get_untracked();
        let before = Plan::of(&form);
        self.shelf.update_value(|shelf| {
            let gated = before.rows().iter().skip(1);
            shelf.retain(|kept| gated.clone().all(|row| row.bucket != kept.bucket));
            shelf.extend(gated.cloned());
        });
        let plan = self.shelf.with_value(|shelf| plan.clone().recall(&before, shelf));
        let form = plan.fill(form);
        self.forget.run(());
        self.filled.set(Some(form.stages.clone()));
        self.form.set(form);
    }

    /// The gates of a stage that have no field and can be kept: what the form calls each, and its words.
    pub fn kept(self, bucket: &str) -> Vec<(String, String)> {
        let kept = |ground: &Ground| {
            let graph = ground.before.as_ref()?;
            let slot = ground.of(Some(graph.kind())).find(|slot| slot.slug.as_str() == bucket)?;
            Some(graph.kept(slot))
        };
        self.ground.with_value(kept).unwrap_or_default()
    }

    /// The buckets of the chosen type, by their slugs.
    pub fn buckets(self) -> Vec<String> {
        let kind = self.form.with(|form| BucketKind::parse(&form.kind));
        self.ground.with_value(|ground| ground.of(kind).map(|slot| slot.slug.to_string()).collect())
    }

    pub fn key(self, bucket: &str) -> Option<BucketKey> {
        let kind = self.form.with(|form| BucketKind::parse(&form.kind));
        let key = |ground: &Ground| Some(ground.of(kind).find(|slot| slot.slug.as_str() == bucket)?.key);
        self.ground.with_value(key)
    }

    /// A plan as a graph without gates, where it is sound.
    pub fn graph(self, plan: &Plan) -> Option<Graph> {
        let kind = self.form.with(|form| BucketKind::parse(&form.kind));
        self.ground.with_value(|ground| plan.graph(&ground.of(kind).cloned().collect::<Vec<_>>()))
    }

    /// What saving the form as it stands would change in a graph; absent while there are mistakes in it.
    pub fn changes(self, before: &Graph) -> Option<Vec<String>> {
        let form = self.form.get();
        self.ground.with_value(|ground| {
            let next = ground.check(&named(form)).ok()?;
            Some(before.changes(&next.graph, &ground.of(Some(before.kind())).cloned().collect::<Vec<_>>()))
        })
    }

    /// The gates that saving the form as it stands would drop from a graph, a sentence for each stage.
    pub fn drops(self, before: &Graph) -> Vec<String> {
        let form = self.form.get();
        self.ground.with_value(|ground| {
            let Ok(next) = ground.check(&named(form)) else { return Vec::new() };
            before.drops(&next.graph, &ground.slots)
        })
    }

    /// The stops of the line that the rows describe.
    pub fn stops(self) -> Vec<Stop> {
        let form = self.form.get();
        let stages = form.stages.iter().filter(|stage| !stage.bucket.is_empty());
        self.ground.with_value(|ground| stages.map(|stage| ground.stop(&form.kind, stage)).collect())
    }

    /// The buckets of the chosen type; without script those of both, each with its type.
    pub fn options(self) -> Signal<Vec<SelectOption>> {
        Signal::derive(move || {
            let kind = self.form.with(|form| BucketKind::parse(&form.kind)).filter(|_| self.scripted.get());
            self.ground.with_value(|ground| bucket_options(&ground.slots, kind))
        })
    }

    /// Checks one field of a stage's gates, by the check of the whole form; `set` puts the text into a stage.
    pub fn check(self, field: &'static str, set: fn(&mut StageForm, String)) -> Validate {
        Validate::from(move |text: &str| {
            let ground = self.ground.get_value();
            let mut stage = StageForm::default();
            set(&mut stage, text.to_owned());
            let mistakes = ground.check(&ground.only(stage)).err().unwrap_or_default();
            let field = format!("stages[0][{field}]");
            match mistakes.into_iter().find(|mistake| mistake.field == field) {
                Some(mistake) => Err(mistake.message),
                None => Ok(()),
            }
        })
    }
}

/// The form with names, which are checked elsewhere.
fn named(form: WorkflowForm) -> WorkflowForm {
    WorkflowForm { slug: "x".to_owned(), title: "x".to_owned(), ..form }
}

impl Ground {
    /// The buckets of a type.
    fn of(&self, kind: Option<BucketKind>) -> impl Iterator<Item = &Slot> {
        self.slots.iter().filter(move |slot| kind == Some(slot.key.kind()))
    }

    fn check(&self, form: &WorkflowForm) -> Result<NewWorkflow, Vec<FieldError>> {
        // What only the server can tell is left to it.
        let given = Given {
            project: &self.project,
            slots: &self.slots,
            roles: &self.roles,
            reporters: &self.reporters,
            roots: &self.roots,
            before: self.before.as_ref(),
            is_zone: |_| true,
            pattern: |_| Ok(()),
        };
        form.check(&given).map_err(|invalid| invalid.errors().to_vec())
    }

    /// A form that has nothing but one stage, in whichever bucket there is.
    fn only(&self, stage: StageForm) -> WorkflowForm {
        let slot = self.slots.first();
        let bucket = slot.map(|slot| slot.slug.to_string()).unwrap_or_default();
        let kind = slot.map(|slot| slot.key.kind().name().to_owned()).unwrap_or_default();
        WorkflowForm { kind, stages: vec![StageForm { bucket, ..stage }], ..WorkflowForm::default() }
    }

    fn stop(&self, kind: &str, stage: &StageForm) -> Stop {
        let form = WorkflowForm {
            kind: kind.to_owned(),
            stages: vec![StageForm { from: String::new(), ..stage.clone() }],
            ..WorkflowForm::default()
        };
        let gates =
            self.check(&named(form)).map(|new| new.graph.stages().iter().flat_map(Stage::words).collect());
        let after = Some(stage.from.trim()).filter(|from| !from.is_empty());
        let after =
            after.map(|from| if from == "-" { "from no stage".to_owned() } else { format!("from {from}") });
        Stop { name: stage.bucket.clone(), after, gates: gates.unwrap_or_default() }
    }
}

fn bucket_options(slots: &[Slot], kind: Option<BucketKind>) -> Vec<SelectOption> {
    let none = SelectOption::new("", "No stage");
    let mut options = vec![none];
    for slot in slots.iter().filter(|slot| kind.is_none_or(|kind| slot.key.kind() == kind)) {
        let (slug, of) = (slot.slug.as_str(), slot.key.kind());
        match options.iter_mut().find(|option| option.value == slug) {
            // The type that is chosen tells which of the two is meant.
            Some(option) => option.label = format!("{slug} (of either type)"),
            None if kind.is_some() => options.push(SelectOption::new(slug, slug)),
            None => options.push(SelectOption::new(slug, format!("{slug} ({of})"))),
        }
    }
    options
}
