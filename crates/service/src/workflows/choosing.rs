//! Which workflow the builds of an integration follow.

use crate::scenes::Located;
use crate::{Error, Service, allow, scenes};
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::ids::WorkflowId;
use towpath_domain::integrations::{Follows, Integration};
use towpath_domain::projects::Project;
use towpath_domain::timeline::Change;
use towpath_domain::workflows::WorkflowName;
use towpath_store::deletions::Doomed;
use towpath_store::{Tx, deletions, integrations, workflows};

const ALONE: &str = "Gates before production take a second person here, so no integration leaves, or takes, a way into production by \
     one person's choice. Change the workflow that it follows instead, which proposes it.";

/// Chooses which workflow an integration follows: `:default`, `:none`, or one of the project's by its name. What is current
/// stays so. Not while promotions wait: each is judged by the workflow under which it was asked for, and a board could not
/// show both.
pub async fn choose(
    service: &Service,
    actor: &Actor,
    project: &str,
    integration: &str,
    choice: &str,
) -> Result<Integration, Error> {
    let mut conn = service.read().await?;
    let located = scenes::integration(&mut conn, actor, project, integration).await?;
    allow(actor, Action::Configure, &Target::project(located.project.id))?;
    let names: Vec<WorkflowName> =
        workflows::list(&mut conn, located.project.id).await?.into_iter().map(|one| one.name).collect();
    let workflow = located.integration.check_workflow(choice, &names)?;
    drop(conn);
    let (clerk, who) = (service.clone(), Service::event_actor(actor));
    service
        .db()
        .write(async move |tx| {
            scenes::check_in_use(tx, located.project.id).await?;
            let found = integrations::load(tx, located.integration.id).await?;
            if found.workflow == workflow {
                return Ok(found);
            }
            let mut waiting = deletions::promoting(tx, Doomed::Integration(found.id), clerk.now()).await?;
            waiting.retain(|one| !one.pins);
            if !waiting.is_empty() {
                let numbers: Vec<String> =
                    waiting.iter().map(|one| format!("{}#{}", one.slug, one.number)).collect();
                return Err(Error::Conflict(format!(
                    "Promotions wait under the workflow that it follows: {}. Decide on them or take them back first.",
                    numbers.join(", ")
                )));
            }
            let next = Integration { workflow, ..found.clone() };
            check_alone(tx, &clerk, &located.project, [&found, &next]).await?;
            integrations::set_workflow(tx, found.id, workflow).await?;
            let change = Change::WorkflowChosen {
                before: words(found.workflow, &names),
                after: words(workflow, &names),
            };
            tx.tell(clerk.event(who, located.scene(), change));
            Ok(Integration { workflow, ..found })
        })
        .await
}

/// Another way is another set of gates: where those before production take a second person, nobody goes past that by choosing.
async fn check_alone(
    tx: &mut Tx,
    service: &Service,
    project: &Project,
    choices: [&Integration; 2],
) -> Result<(), Error> {
    if !service.second_person().gates {
        return Ok(());
    }
    for integration in choices {
        let located = Located { project: project.clone(), integration: integration.clone() };
        let Some(workflow) = located.workflow(tx).await? else { continue };
        let slots = scenes::slots(tx, project.id, workflow.name.kind).await?;
        if workflow.graph.leads_to_production(&slots) {
            return Err(Error::Refused(ALONE.to_owned()));
        }
    }
    Ok(())
}

/// A choice as the field takes it.
fn words(choice: Follows<WorkflowId>, names: &[WorkflowName]) -> String {
    choice.choice(|id| names.iter().find(|name| name.id == id).map(|name| name.slug.to_string()))
}
