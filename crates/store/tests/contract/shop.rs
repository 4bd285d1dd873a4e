//! The shop: a project with everything that other rows refer to.

use crate::fixture::{
    Store, at, build, environment, id, integration, person, project, reason, slug, stream, title,
};
use towpath_domain::access::{Action, Actor, Grant, Identity, Place, Role, Scope, Target};
use towpath_domain::buckets::{BucketKey, BucketKind, Slot};
use towpath_domain::builds::Build;
use towpath_domain::environments::Environment;
use towpath_domain::gates::{Approvals, Bar, Circumstances, Gate};
use towpath_domain::ids::{EnvironmentId, PersonId, ProjectId};
use towpath_domain::integrations::{Follows, Integration};
use towpath_domain::people::Person;
use towpath_domain::placements::{Cause, Placement, Placer};
use towpath_domain::projects::Project;
use towpath_domain::promotions::{Asking, Move, Transition, request};
use towpath_domain::tokens::Token;
use towpath_domain::words::Reference;
use towpath_domain::workflows::{Graph, Stage, Workflow, WorkflowName};
use towpath_store::{builds, environments, integrations, people, projects, streams, tokens, workflows};

/// Ana's project `shop`: environments `qa` → `prod`, where `prod` takes one approval, the integration
/// `checkout` that follows this workflow, and its build `1.0`.
#[derive(Debug, Clone)]
pub struct Shop {
    pub ana: Person,
    pub project: Project,
    pub qa: Environment,
    pub prod: Environment,
    pub workflow: Workflow,
    pub integration: Integration,
    pub build: Build,
}

impl Shop {
    pub async fn open(store: &Store) -> Self {
        let shop = Self::new();
        let saved = shop.clone();
        store
            .save(async move |tx| {
                people::insert(tx, &saved.ana, Some("a hash")).await?;
                projects::insert(tx, &saved.project).await?;
                for environment in [&saved.qa, &saved.prod] {
                    streams::insert(tx, &environment.stream).await?;
                    environments::insert(tx, environment).await?;
                }
                workflows::insert(tx, &saved.workflow, at(0)).await?;
                integrations::insert(tx, &saved.integration).await?;
                builds::insert(tx, &saved.build, saved.by()).await
            })
            .await;
        shop
    }

    fn new() -> Self {
        let project = project(10, "shop");
        let qa = environment(20, project.id, "qa", &stream(30, "qa"));
        let prod = environment(21, project.id, "prod", &stream(31, "production"));
        let workflow = workflow(40, project.id, "release", &[&qa, &prod]);
        let integration = integration(50, project.id, "checkout", Follows::Own(workflow.name.id));
        let build = build(60, integration.id, "1.0");
        Self { ana: person(1, "Ana"), project, qa, prod, workflow, integration, build }
    }

    /// Who pushes and places.
    pub fn by(&self) -> Placer {
        Placer { person: self.ana.id, token: None }
    }

    /// Saves another build of `checkout`.
    pub async fn push(&self, store: &Store, number: u128, version: &str) -> Build {
        let build = build(number, self.integration.id, version);
        let (saved, by) = (build.clone(), self.by());
        store.save(async move |tx| builds::insert(tx, &saved, by).await).await;
        build
    }

    /// A placement of a build by Ana.
    pub fn placement(&self, number: u128, build: &Build) -> Placement {
        Placement {
            id: id(number),
            build: build.id,
            tag: build.tag.clone(),
            cause: Cause::Push,
            by: self.by(),
            at: at(4),
        }
    }

    /// Ana's token, saved.
    pub async fn token(&self, store: &Store, number: u128) -> Token {
        let token = Token {
            id: id(number),
            owner: self.ana.id,
            title: title("CI"),
            actions: vec![Action::Push],
            scope: "shop".to_owned(),
            created_at: at(0),
            expires_at: at(100),
            last_used_at: None,
            last_used_from: None,
            former_until: None,
            revoked_at: None,
            environment: None,
            made_by: Vec::new(),
        };
        let scope =
            Scope { actions: token.actions.clone(), project: Some(self.project.id), ..Scope::default() };
        let (saved, hash) = (token.clone(), number.to_be_bytes());
        store.save(async move |tx| tokens::insert(tx, &saved, &scope, &hash).await).await;
        token
    }

    /// Ana's request to promote a build from `qa` to `prod`, as the domain makes it.
    pub fn request(&self, number: i64, build: &Build) -> Transition {
        let actor = manager(self.ana.id);
        let wish = Move {
            actor: &actor,
            project: &self.project,
            workflow: Some(&self.workflow),
            from: &slot(&self.qa),
            to: &slot(&self.prod),
            place: &self.place(),
            build: build.id,
            behind: &self.ana.id.into(),
            was_current: true,
            current: None,
            open: None,
            rival: None,
            pin: None,
            takes_back: None,
            automatic: false,
            scheduled_for: None,
            circumstances: &Circumstances::default(),
            now: at(5),
        };
        let asking = Asking {
            id: id(70 + u128::try_from(number).expect("a number")),
            number,
            placement: id(80),
            reason: reason("release"),
            reference: Reference::parse("OPS-7").ok(),
            emergency: false,
        };
        request(&wish, build, asking).expect("may ask")
    }

    /// `prod` as a place of permission.
    pub fn place(&self) -> Target {
        slot(&self.prod).target(self.project.id, self.integration.id)
    }

    pub fn prod_key(&self) -> BucketKey {
        BucketKey::Environment(self.prod.id)
    }

    pub fn qa_key(&self) -> BucketKey {
        BucketKey::Environment(self.qa.id)
    }
}

pub fn slot(environment: &Environment) -> Slot {
    Slot {
        key: BucketKey::Environment(environment.id),
        slug: environment.slug.clone(),
        title: environment.title.clone(),
        stream: environment.stream.clone(),
    }
}

/// A release manager of the whole installation.
pub fn manager(person: PersonId) -> Actor {
    Actor {
        identity: Identity::Person { person },
        grants: vec![Grant { role: Role::release_manager(), place: Place::Installation }],
        scope: None,
        proven_at: None,
    }
}

/// Environments one after the other, with one approval on the last.
pub fn workflow(number: u128, project: ProjectId, name: &str, stages: &[&Environment]) -> Workflow {
    let approval = Gate::Approvals(Approvals {
        count: 1,
        role: Role::release_manager().slug,
        bar_pusher: false,
        bar_author: Bar::No,
        bar_actor: Bar::No,
    });
    let stage = |(position, environment): (usize, &&Environment)| Stage {
        gates: if position + 1 == stages.len() { vec![approval.clone()] } else { Vec::new() },
        ..Stage::bare(BucketKey::Environment(EnvironmentId(environment.id.uuid())))
    };
    Workflow {
        name: WorkflowName {
            id: id(number),
            slug: slug(name),
            title: title(name),
            kind: BucketKind::Environment,
        },
        project,
        is_default: false,
        version: 1,
        graph: Graph::linear(stages.iter().enumerate().map(stage).collect()).expect("sound"),
    }
}
