//! An act under way: each part for itself, all in one transaction.

use super::goings::Going;
use super::picking::TOLD;
use crate::{Error, Service, scenes};
use towpath_domain::access::Actor;
use towpath_domain::projects::Project;
use towpath_domain::release_sets::{Act, Course, Outcome, PartResult, ReleaseSet};
use towpath_domain::timeline::{Change, Personal};
use towpath_domain::words::{Reason, Reference};
use towpath_store::{Tx, release_sets};

/// An act under way.
pub(super) struct Moving {
    pub service: Service,
    pub actor: Actor,
    pub project: Project,
    pub course: Course,
    pub reason: Reason,
    pub reference: Option<Reference>,
}

impl Moving {
    pub async fn run(&self, tx: &mut Tx, set: &ReleaseSet, mut goings: Vec<Going>) -> Result<(), Error> {
        // Buckets are locked in one order, whoever moves what.
        goings.sort_by_key(|going| going.integration);
        let mut results = Vec::new();
        let mut refusals = Vec::new();
        for going in goings {
            let (integration, build) = (going.integration, going.build.as_ref().map(|called| called.build));
            let name = format!("{}/{}", going.part.project, going.part.integration);
            let outcome = going.run(tx, &self.reason, self.reference.as_ref()).await?;
            if let Outcome::Refused { because } = &outcome {
                refusals.push(format!("{name}: {because}"));
            }
            if let Some(build) = build {
                results.push(PartResult { integration, build, outcome });
            }
        }
        if results.iter().all(|result| matches!(result.outcome, Outcome::Refused { .. })) {
            refusals.truncate(TOLD);
            return Err(Error::Refused(format!("None of them can be moved. {}", refusals.join(" "))));
        }
        self.tell(
            tx,
            Change::ReleaseSetMoved {
                number: set.number,
                course: self.course.clone(),
                reason: Personal::new(&self.reason),
            },
        );
        let act = Act {
            id: self.service.id(),
            set: set.id,
            course: self.course.clone(),
            reason: self.reason.clone(),
            by: self.actor.person(),
            at: self.service.now(),
            results,
        };
        Ok(release_sets::insert_act(tx, &act).await?)
    }

    pub fn tell(&self, tx: &mut Tx, change: Change) {
        let scene = scenes::project_scene(&self.project);
        tx.tell(self.service.event(Service::event_actor(&self.actor), scene, change));
    }
}
