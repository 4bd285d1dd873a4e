//! The shop: the project in which most rules play, made and used by the use cases that its pages call.

use crate::engines::{Database, Opens};
use crate::world::World;
use std::ops::Deref;
use towpath_domain::access::{Actor, Place, Role};
use towpath_domain::boards::{Board, Column};
use towpath_domain::environments::EnvironmentForm;
use towpath_domain::ids::{EnvironmentId, ProjectId};
use towpath_domain::integrations::{Integration, IntegrationForm};
use towpath_domain::projects::{Project, ProjectForm};
use towpath_domain::promotions::{Choice, Promotion};
use towpath_domain::workflows::{StageForm, Workflow, WorkflowForm};
use towpath_service::buckets::{BucketAddress, RollBack, Rolled, roll_back};
use towpath_service::promotions::{Decide, Request, decide, request};
use towpath_service::{Error, boards, environments, integrations, projects, workflows};

/// The project `shop` in a world: environments `qa` → `staging` → `prod`, where `prod` takes one approval of a
/// release manager, and the integration `checkout` that follows this.
pub struct Shop {
    pub world: World,
    /// Its admin.
    pub ana: Actor,
    /// A release manager of the project.
    pub ben: Actor,
    /// A developer of the project.
    pub dora: Actor,
    pub project: Project,
}

impl Deref for Shop {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl Opens for Shop {
    async fn open(database: &Database) -> Self {
        let world = World::open(database).await;
        let ana = world.person("Ana", Role::admin(), Place::Installation).await;
        let project = make_shop(&world, &ana).await;
        let place = Place::Project { project: project.id };
        let ben = world.person("Ben", Role::release_manager(), place).await;
        let dora = world.person("Dora", Role::developer(), place).await;
        Self { world, ana, ben, dora, project }
    }
}

/// Makes the shop by the use cases that its forms call.
pub async fn make_shop(world: &World, admin: &Actor) -> Project {
    let form = ProjectForm { slug: "shop".to_owned(), title: "The shop".to_owned() };
    let project = projects::create(world, admin, form).await.expect("a project");
    for (slug, stream) in [("qa", "qa"), ("staging", "staging"), ("prod", "production")] {
        make_environment(world, admin, "shop", slug, stream).await;
    }
    let stages = [stage("qa", ""), stage("staging", ""), stage("prod", "1")];
    make_workflow(world, admin, "shop", workflow("release", "environment", &stages))
        .await
        .expect("a workflow");
    make_integration(world, admin, "shop", integration("checkout", "environment", "release"))
        .await
        .expect("an integration");
    project
}

pub async fn make_environment(world: &World, admin: &Actor, project: &str, slug: &str, stream: &str) {
    let form = EnvironmentForm { slug: slug.to_owned(), title: slug.to_owned(), stream: stream.to_owned() };
    environments::create(world, admin, project, form).await.expect("an environment");
}

pub async fn make_workflow(
    world: &World,
    admin: &Actor,
    project: &str,
    form: WorkflowForm,
) -> Result<Workflow, Error> {
    workflows::create(world, admin, project, form).await
}

pub async fn make_integration(
    world: &World,
    admin: &Actor,
    project: &str,
    form: IntegrationForm,
) -> Result<Integration, Error> {
    integrations::create(world, admin, project, form).await
}

pub fn stage(bucket: &str, approvals: &str) -> StageForm {
    StageForm { bucket: bucket.to_owned(), approvals: approvals.to_owned(), ..StageForm::default() }
}

pub fn workflow(slug: &str, kind: &str, stages: &[StageForm]) -> WorkflowForm {
    WorkflowForm {
        slug: slug.to_owned(),
        title: slug.to_owned(),
        kind: kind.to_owned(),
        stages: stages.to_vec(),
        ..WorkflowForm::default()
    }
}

pub fn integration(slug: &str, kind: &str, workflow: &str) -> IntegrationForm {
    IntegrationForm {
        slug: slug.to_owned(),
        title: slug.to_owned(),
        kind: kind.to_owned(),
        workflow: workflow.to_owned(),
    }
}

impl Shop {
    /// Someone who may only look at the shop.
    pub async fn viewer(&self) -> Actor {
        self.world.person("Vic", Role::viewer(), Place::Project { project: self.project.id }).await
    }

    /// Asks to promote a build of `checkout`.
    pub async fn promote(
        &self,
        actor: &Actor,
        digest: &str,
        from: &str,
        to: &str,
    ) -> Result<Promotion, Error> {
        request(self, actor, wish(digest, from, to)).await
    }

    /// Decides on a promotion, having looked at its build.
    pub async fn decide(
        &self,
        actor: &Actor,
        promotion: &Promotion,
        choice: Choice,
    ) -> Result<Promotion, Error> {
        decide(self, actor, decision(promotion, choice)).await
    }

    pub async fn approve(&self, actor: &Actor, promotion: &Promotion) -> Result<Promotion, Error> {
        self.decide(actor, promotion, Choice::Approve).await
    }

    /// Takes a build from `qa` to `prod`, asked by Ana and approved by Ben.
    pub async fn release(&self, digest: &str) {
        self.promote(&self.ana, digest, "qa", "staging").await.expect("goes to staging");
        let asked = self.promote(&self.ana, digest, "staging", "prod").await.expect("waits");
        self.approve(&self.ben, &asked).await.expect("goes to prod");
    }

    /// Rolls a bucket of `checkout` back to what was current before, at once.
    pub async fn roll_back(&self, actor: &Actor, bucket: &str) -> Result<String, Error> {
        match self.ask_back(actor, bucket).await? {
            Rolled::Back { digest, .. } => Ok(digest.to_string()),
            Rolled::Asked(asked) => panic!("#{} waits", asked.number),
        }
    }

    /// The same, or asks for it.
    pub async fn ask_back(&self, actor: &Actor, bucket: &str) -> Result<Rolled, Error> {
        let column = self.column(bucket).await;
        let earlier = column.history.first().and_then(|card| card.placement).expect("an earlier build");
        let wish = RollBack {
            at: checkout(bucket),
            to: earlier,
            reason: "it fails".to_owned(),
            expected: Some(column.version),
        };
        roll_back(self, actor, wish).await
    }

    /// The board of `checkout` as Ana sees it.
    pub async fn board(&self) -> Board {
        boards::view(self, &self.ana, "shop", "checkout").await.expect("a board")
    }

    pub async fn column(&self, bucket: &str) -> Column {
        let columns = self.board().await.columns;
        columns.into_iter().find(|column| column.slot.slug.as_str() == bucket).expect("a bucket")
    }

    /// A bucket of another integration, as Ana sees it.
    pub async fn board_of(&self, integration: &str, bucket: &str) -> Column {
        let board = boards::view(self, &self.ana, "shop", integration).await.expect("a board");
        board.columns.into_iter().find(|column| column.slot.slug.as_str() == bucket).expect("a bucket")
    }

    /// The tags of what is, and what was, current in a bucket of `checkout`, newest first.
    pub async fn history(&self, bucket: &str) -> Vec<String> {
        self.column(bucket).await.cards().map(|card| card.build.tag.to_string()).collect()
    }

    /// One environment of the shop as a place of roles.
    pub async fn environment(&self, slug: &str) -> (ProjectId, EnvironmentId) {
        let view = projects::whole(self, &self.ana, "shop").await.expect("the shop");
        let found = view.environments.into_iter().find(|environment| environment.slug.as_str() == slug);
        (self.project.id, found.expect("an environment").id)
    }
}

pub fn wish(digest: &str, from: &str, to: &str) -> Request {
    Request {
        project: "shop".to_owned(),
        integration: "checkout".to_owned(),
        digest: digest.to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
        reason: "it works".to_owned(),
        ..Default::default()
    }
}

pub fn decision(promotion: &Promotion, choice: Choice) -> Decide {
    Decide {
        project: "shop".to_owned(),
        number: promotion.number,
        choice,
        comment: "I looked".to_owned(),
        digest: promotion.digest.to_string(),
        in_name_of: String::new(),
    }
}

/// A bucket of `shop/checkout`.
pub fn checkout(bucket: &str) -> BucketAddress {
    BucketAddress {
        project: "shop".to_owned(),
        integration: "checkout".to_owned(),
        bucket: bucket.to_owned(),
    }
}
