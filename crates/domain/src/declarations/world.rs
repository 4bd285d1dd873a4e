//! What there is, as far as declarations can be about it; and what there would be.

use super::{Declaration, DeclaredIntegration, Kind, Name};
use crate::access::{Action, Role};
use crate::buckets::{BucketKey, Slot};
use crate::checks::TokenName;
use crate::environments::{Environment, EnvironmentForm};
use crate::forms::{Invalid, below};
use crate::gates::{Gate, Pattern, Zone};
use crate::ids::{RuleId, WorkflowId};
use crate::integrations::{Follows, Integration, IntegrationForm};
use crate::projects::{Project, ProjectForm, slots};
use crate::retention::{Retention, RetentionForm};
use crate::roles::RoleForm;
use crate::rules::{self, Operator, Rule, RuleForm, RuleName};
use crate::slugs::Slug;
use crate::streams::{Stream, StreamForm};
use crate::times::Time;
use crate::trust_roots::{Identity, RootName, TrustRoot, TrustRootForm, Trusts};
use crate::workflows::{Given, Workflow, WorkflowName, declared};
use uuid::Uuid;

/// An installation, as far as declarations can be about it.
#[derive(Debug, Clone)]
pub struct World {
    pub streams: Vec<Stream>,
    /// All of them, also those that are built in.
    pub roles: Vec<Role>,
    pub projects: Vec<Holding>,
    pub means: Means,
}

/// The fields of what is trusted that cannot be read, and why.
type Unreadable = Vec<(&'static str, String)>;

/// What only the server can tell.
#[derive(Debug, Clone, Copy)]
pub struct Means {
    pub is_zone: fn(&Zone) -> bool,
    pub pattern: fn(&Pattern) -> Result<(), String>,
    pub readable: fn(Operator, &str) -> Result<(), String>,
    /// Reads the keys and certificates of a trust root, or says which fields it cannot read.
    pub trusts: fn(&Trusts) -> Result<(), Unreadable>,
}

/// A project with what it has.
#[derive(Debug, Clone)]
pub struct Holding {
    pub project: Project,
    pub environments: Vec<Environment>,
    pub workflows: Vec<Workflow>,
    pub rules: Vec<Rule>,
    pub integrations: Vec<Kept>,
    /// The tokens that can report in it, and its trust roots.
    pub reporters: Vec<TokenName>,
    pub roots: Vec<TrustRoot>,
}

/// An integration, and how long it keeps its images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub integration: Integration,
    pub retention: Retention,
}

impl World {
    /// All that there is and can be declared, in the order in which one needs the other. What is built in is always there.
    pub fn declarations(&self) -> Vec<Declaration> {
        let own = self.streams.iter().filter(|stream| !stream.built_in);
        let mut all: Vec<Declaration> = own.map(of_stream).collect();
        all.extend(self.roles.iter().filter(|role| !role.is_built_in()).map(of_role));
        for holding in &self.projects {
            if !holding.project.is_global() {
                all.push(holding.declaration());
            }
            let slots = self.slots(holding);
            let project = holding.project.slug.to_string();
            all.extend(holding.environments.iter().map(|one| of_environment(&project, one)));
            all.extend(holding.roots.iter().map(|one| of_root(&project, one)));
            all.extend(holding.workflows.iter().map(|one| of_workflow(&project, one, &slots)));
            all.extend(holding.rules.iter().map(|one| of_rule(&project, one, &slots)));
            all.extend(holding.integrations.iter().map(|one| holding.of_integration(one)));
        }
        all
    }

    /// What would have to be declared for one thing to be as it is.
    pub fn declaration(&self, name: &Name) -> Option<Declaration> {
        if name.kind == Kind::Stream {
            return self.streams.iter().find(|stream| stream.slug.as_str() == name.slug).map(of_stream);
        }
        if name.kind == Kind::Role {
            return self.roles.iter().find(|role| role.slug.as_str() == name.slug).map(of_role);
        }
        if name.kind == Kind::Project {
            return self.holding(&name.slug).map(Holding::declaration);
        }
        let holding = self.holding(&name.project)?;
        let (project, slug) = (name.project.as_str(), name.slug.as_str());
        match name.kind {
            Kind::Stream | Kind::Role | Kind::Project => None,
            Kind::Environment => {
                let found = holding.environments.iter().find(|one| one.slug.as_str() == slug);
                found.map(|one| of_environment(project, one))
            }
            Kind::TrustRoot => {
                let found = holding.roots.iter().find(|one| one.slug.as_str() == slug);
                found.map(|one| of_root(project, one))
            }
            Kind::Workflow => {
                holding.workflow(slug).map(|one| of_workflow(project, one, &self.slots(holding)))
            }
            Kind::Rule => holding.rule(slug).map(|one| of_rule(project, one, &self.slots(holding))),
            Kind::Integration => holding.integration(slug).map(|one| holding.of_integration(one)),
        }
    }

    /// Everything that has an id, by it. What is built in is nobody's, and roles have their name only.
    pub fn ids(&self) -> Vec<(Uuid, Name)> {
        let name = |kind, project: &str, slug: &Slug| Name {
            kind,
            project: project.to_owned(),
            slug: slug.to_string(),
        };
        let own = self.streams.iter().filter(|stream| !stream.built_in);
        let mut all: Vec<(Uuid, Name)> =
            own.map(|one| (one.id.uuid(), name(Kind::Stream, "", &one.slug))).collect();
        for holding in &self.projects {
            let project = &holding.project;
            all.push((project.id.uuid(), name(Kind::Project, "", &project.slug)));
            let named = |kind, slug: &Slug| name(kind, project.slug.as_str(), slug);
            let environments = holding.environments.iter();
            all.extend(environments.map(|one| (one.id.uuid(), named(Kind::Environment, &one.slug))));
            let roots = holding.roots.iter();
            all.extend(roots.map(|one| (one.id.uuid(), named(Kind::TrustRoot, &one.slug))));
            let workflows = holding.workflows.iter().map(|one| &one.name);
            all.extend(workflows.map(|one| (one.id.uuid(), named(Kind::Workflow, &one.slug))));
            let rules = holding.rules.iter().map(|one| &one.name);
            all.extend(rules.map(|one| (one.id.uuid(), named(Kind::Rule, &one.slug))));
            let integrations = holding.integrations.iter().map(|one| &one.integration);
            all.extend(integrations.map(|one| (one.id.uuid(), named(Kind::Integration, &one.slug))));
        }
        all
    }

    /// The streams that anything in its projects is of, or names.
    pub fn streams_used(&self) -> Vec<&Stream> {
        let is_used = |stream: &&Stream| {
            let bucket = BucketKey::ReleaseStream(stream.id);
            self.projects.iter().any(|holding| {
                holding.environments.iter().any(|one| one.stream.id == stream.id)
                    || holding.workflows.iter().any(|one| one.graph.names(bucket))
                    || holding.rules.iter().flat_map(|one| &one.criteria).any(|row| row.bucket == bucket)
            })
        };
        self.streams.iter().filter(is_used).collect()
    }

    /// The roles of the installation's own for whose approvals gates ask in its projects.
    pub fn roles_used(&self) -> Vec<&Role> {
        let workflows = self.projects.iter().flat_map(|holding| &holding.workflows);
        let gates: Vec<&Gate> =
            workflows.flat_map(|one| one.graph.stages()).flat_map(|stage| &stage.gates).collect();
        let asks = |role: &Role| {
            gates.iter().any(|gate| matches!(gate, Gate::Approvals(asked) if asked.role == role.slug))
        };
        self.roles.iter().filter(|role| !role.is_built_in() && asks(role)).collect()
    }

    pub fn holding(&self, slug: &str) -> Option<&Holding> {
        self.projects.iter().find(|holding| holding.project.slug.as_str() == slug)
    }

    /// Every bucket of a project.
    fn slots(&self, holding: &Holding) -> Vec<Slot> {
        slots(&holding.environments, &self.streams)
    }

    /// Makes it as a declaration says, if it can be so; whatever is new gets the id.
    pub(super) fn take(&mut self, declaration: &Declaration, id: Uuid) -> Result<(), Invalid> {
        match declaration {
            Declaration::Stream(form) => self.take_stream(form, id),
            Declaration::Role(form) => self.take_role(form),
            Declaration::Project(form) => self.take_project(form, id),
            Declaration::TrustRoot { project, form } => self.take_root(project, form, id),
            Declaration::Environment { project, form } => self.take_environment(project, form, id),
            Declaration::Workflow { project, workflow } => self.take_workflow(project, workflow, id),
            Declaration::Rule { project, form } => self.take_rule(project, form, id),
            Declaration::Integration(declared) => self.take_integration(declared, id),
        }
    }

    fn take_stream(&mut self, form: &StreamForm, id: Uuid) -> Result<(), Invalid> {
        let new = form.check()?;
        match self.streams.iter_mut().find(|stream| stream.slug == new.slug) {
            Some(stream) => (stream.title, stream.production) = (new.title, new.production),
            None => self.streams.push(Stream {
                id: id.into(),
                slug: new.slug,
                title: new.title,
                production: new.production,
                built_in: false,
            }),
        }
        Ok(())
    }

    fn take_role(&mut self, form: &RoleForm) -> Result<(), Invalid> {
        let role = form.check()?;
        let slug = role.slug.clone();
        put(&mut self.roles, role, |one| one.slug == slug);
        Ok(())
    }

    fn take_root(&mut self, project: &str, form: &TrustRootForm, id: Uuid) -> Result<(), Invalid> {
        let read = self.means.trusts;
        let holding = self.holding_mut(project)?;
        // A document has its name beside what it trusts.
        let new = form.check(read).map_err(|invalid| {
            invalid.renamed(|field| if field == "name" { "slug".to_owned() } else { below("trusts", field) })
        })?;
        let before = holding.roots.iter().find(|one| one.slug == new.slug);
        let root = TrustRoot {
            id: before.map_or_else(|| id.into(), |before| before.id),
            project: holding.project.id,
            slug: new.slug,
            trusts: new.trusts,
            created_at: before.map_or(Time::from_micros(0), |before| before.created_at),
        };
        let id = root.id;
        put(&mut holding.roots, root, |one| one.id == id);
        Ok(())
    }

    fn take_project(&mut self, form: &ProjectForm, id: Uuid) -> Result<(), Invalid> {
        let new = form.check()?;
        match self.projects.iter_mut().find(|holding| holding.project.slug == new.slug) {
            Some(holding) => holding.project.title = new.title,
            None => self.projects.push(Holding {
                project: Project {
                    id: id.into(),
                    slug: new.slug,
                    title: new.title,
                    created_at: Time::from_micros(0),
                    archived_at: None,
                    sample: None,
                },
                environments: Vec::new(),
                workflows: Vec::new(),
                rules: Vec::new(),
                integrations: Vec::new(),
                reporters: Vec::new(),
                roots: Vec::new(),
            }),
        }
        Ok(())
    }

    fn take_environment(&mut self, project: &str, form: &EnvironmentForm, id: Uuid) -> Result<(), Invalid> {
        let new = form.check(&self.streams)?;
        let stream = self.streams.iter().find(|stream| stream.id == new.stream).cloned();
        let stream = stream.ok_or_else(|| Invalid::field("stream", "There is no such release stream."))?;
        let holding = self.holding_mut(project)?;
        if holding.project.is_global() {
            return Err(Invalid::field("project", "The global project has no environments of its own."));
        }
        match holding.environments.iter_mut().find(|one| one.slug == new.slug) {
            Some(one) => (one.title, one.stream) = (new.title, stream),
            None => holding.environments.push(Environment {
                id: id.into(),
                project: holding.project.id,
                slug: new.slug,
                title: new.title,
                stream,
            }),
        }
        Ok(())
    }

    fn take_workflow(&mut self, project: &str, form: &declared::Workflow, id: Uuid) -> Result<(), Invalid> {
        let slots = self.slots(self.known(project)?);
        let approving = self.roles.iter().filter(|role| role.permissions.contains_key(&Action::Approve));
        let roles: Vec<Slug> = approving.map(|role| role.slug.clone()).collect();
        let means = self.means;
        let holding = self.holding_mut(project)?;
        let before = holding.workflow(&form.slug);
        // What it names already stays, also where that is revoked by now.
        let mut reporters = holding.reporters.clone();
        reporters.extend(before.map(Workflow::named_tokens).unwrap_or_default());
        let roots: Vec<RootName> = holding.roots.iter().map(TrustRoot::name).collect();
        let given = Given {
            project: &holding.project.slug,
            slots: &slots,
            roles: &roles,
            reporters: &reporters,
            roots: &roots,
            before: before.map(|before| &before.graph),
            is_zone: means.is_zone,
            pattern: means.pattern,
        };
        let new = form.check(&given)?;
        let id = before.map_or_else(|| id.into(), |before| before.name.id);
        let version = before.map_or(1, |before| before.version);
        let after = Workflow {
            name: WorkflowName { id, slug: new.slug, title: new.title, kind: form.kind },
            project: holding.project.id,
            is_default: new.is_default,
            version,
            graph: new.graph,
        };
        for other in holding.workflows.iter_mut().filter(|other| other.name.kind == form.kind) {
            other.is_default &= !after.is_default;
        }
        put(&mut holding.workflows, after, |one| one.name.id == id);
        Ok(())
    }

    fn take_rule(&mut self, project: &str, form: &RuleForm, id: Uuid) -> Result<(), Invalid> {
        let slots = self.slots(self.known(project)?);
        let readable = self.means.readable;
        let holding = self.holding_mut(project)?;
        let new = form.check(&rules::Given { project: &holding.project.slug, slots: &slots, readable })?;
        let before = holding.rule(&form.slug);
        let id = before.map_or_else(|| id.into(), |before| before.name.id);
        let after = Rule {
            name: RuleName { id, slug: new.slug, title: new.title, kind: new.kind },
            project: holding.project.id,
            is_default: new.is_default,
            version: before.map_or(1, |before| before.version),
            criteria: new.criteria,
        };
        for other in holding.rules.iter_mut().filter(|other| other.name.kind == new.kind) {
            other.is_default &= !after.is_default;
        }
        put(&mut holding.rules, after, |one| one.name.id == id);
        Ok(())
    }

    fn take_integration(&mut self, declared: &DeclaredIntegration, id: Uuid) -> Result<(), Invalid> {
        let holding = self.holding_mut(&declared.project)?;
        let workflows: Vec<WorkflowName> = holding.workflows.iter().map(|one| one.name.clone()).collect();
        let rules: Vec<RuleName> = holding.rules.iter().map(|one| one.name.clone()).collect();
        let new = declared.form.check(&holding.project.slug, &workflows);
        let retention = RetentionForm::from(declared.retention).check();
        let (new, retention) = match (new, retention.map_err(|invalid| invalid.below("retention"))) {
            (Ok(new), Ok(retention)) => (new, retention),
            (Err(one), Err(other)) => return Err(one.and(other)),
            (Err(invalid), Ok(_)) | (Ok(_), Err(invalid)) => return Err(invalid),
        };
        let before = holding.integration(new.slug.as_str());
        let mut integration = Integration {
            id: before.map_or_else(|| id.into(), |before| before.integration.id),
            project: holding.project.id,
            slug: new.slug,
            title: new.title,
            kind: new.kind,
            workflow: new.workflow,
            rule: Follows::Default,
            created_at: before.map_or(Time::from_micros(0), |before| before.integration.created_at),
        };
        integration.rule = integration.check_rule(&declared.rule, &rules)?;
        let id = integration.id;
        put(&mut holding.integrations, Kept { integration, retention }, |one| one.integration.id == id);
        Ok(())
    }

    fn known(&self, project: &str) -> Result<&Holding, Invalid> {
        self.holding(project).ok_or_else(|| no_project(project))
    }

    fn holding_mut(&mut self, project: &str) -> Result<&mut Holding, Invalid> {
        let found = self.projects.iter_mut().find(|holding| holding.project.slug.as_str() == project);
        found.ok_or_else(|| no_project(project))
    }
}

fn no_project(slug: &str) -> Invalid {
    let message = format!("There is no project “{slug}” that you see. Declare it, too, or name another one.");
    Invalid::field("project", message)
}

/// Replaces what is meant, or adds it.
fn put<T>(all: &mut Vec<T>, one: T, is_meant: impl Fn(&T) -> bool) {
    match all.iter_mut().find(|other| is_meant(other)) {
        Some(before) => *before = one,
        None => all.push(one),
    }
}

impl Holding {
    pub fn workflow(&self, slug: &str) -> Option<&Workflow> {
        self.workflows.iter().find(|one| one.name.slug.as_str() == slug)
    }

    pub fn rule(&self, slug: &str) -> Option<&Rule> {
        self.rules.iter().find(|one| one.name.slug.as_str() == slug)
    }

    pub fn integration(&self, slug: &str) -> Option<&Kept> {
        self.integrations.iter().find(|one| one.integration.slug.as_str() == slug)
    }

    fn declaration(&self) -> Declaration {
        let (slug, title) = (self.project.slug.to_string(), self.project.title.to_string());
        Declaration::Project(ProjectForm { slug, title })
    }

    fn of_integration(&self, Kept { integration, retention }: &Kept) -> Declaration {
        let workflow = |id: WorkflowId| {
            let found = self.workflows.iter().find(|one| one.name.id == id);
            found.map(|one| one.name.slug.to_string())
        };
        let rule = |id: RuleId| {
            let found = self.rules.iter().find(|one| one.name.id == id);
            found.map(|one| one.name.slug.to_string())
        };
        Declaration::Integration(DeclaredIntegration {
            project: self.project.slug.to_string(),
            form: IntegrationForm {
                slug: integration.slug.to_string(),
                title: integration.title.to_string(),
                kind: integration.kind.name().to_owned(),
                workflow: integration.workflow.choice(workflow),
            },
            rule: integration.rule.choice(rule),
            retention: *retention,
        })
    }
}

fn of_stream(stream: &Stream) -> Declaration {
    Declaration::Stream(StreamForm {
        slug: stream.slug.to_string(),
        title: stream.title.to_string(),
        production: stream.production.then(|| "on".to_owned()),
    })
}

fn of_environment(project: &str, environment: &Environment) -> Declaration {
    let form = EnvironmentForm {
        slug: environment.slug.to_string(),
        title: environment.title.to_string(),
        stream: environment.stream.slug.to_string(),
    };
    Declaration::Environment { project: project.to_owned(), form }
}

fn of_workflow(project: &str, workflow: &Workflow, slots: &[Slot]) -> Declaration {
    let workflow = declared::Workflow::of(workflow, slots);
    Declaration::Workflow { project: project.to_owned(), workflow }
}

fn of_rule(project: &str, rule: &Rule, slots: &[Slot]) -> Declaration {
    Declaration::Rule { project: project.to_owned(), form: RuleForm::of(rule, slots) }
}

fn of_role(role: &Role) -> Declaration {
    let reach = role.permissions.iter();
    Declaration::Role(RoleForm {
        slug: role.slug.to_string(),
        title: role.title.clone(),
        from: String::new(),
        permissions: reach
            .map(|(action, reach)| (action.name().to_owned(), reach.name().to_owned()))
            .collect(),
    })
}

fn of_root(project: &str, root: &TrustRoot) -> Declaration {
    let (name, kind) = (root.slug.to_string(), root.trusts.kind().to_owned());
    let form = match root.trusts.clone() {
        Trusts::Key { pem } => TrustRootForm { name, kind, key: pem, ..TrustRootForm::default() },
        Trusts::Identity(Identity { issuer, subject, certificates, log_key }) => {
            let log_key = log_key.unwrap_or_default();
            TrustRootForm { name, kind, issuer, subject, certificates, log_key, ..TrustRootForm::default() }
        }
    };
    Declaration::TrustRoot { project: project.to_owned(), form }
}
