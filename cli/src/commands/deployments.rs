//! `report`.

use crate::args::{Format, Report};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Table, show};
use towpath_api::client::Client;
use towpath_api::deployments::{Deployment, NewDeployment};
use towpath_domain::deployments::Outcome;

pub async fn report(client: &Client, args: Report, format: Format) -> Result<Exit, Failure> {
    let new = NewDeployment {
        service: args.service,
        digest: args.digest,
        outcome: args.outcome,
        link: args.link.unwrap_or_default(),
        at: args.at.unwrap_or_default(),
    };
    let deployment = client.report(&args.project, &args.environment, &new).await?;
    show(format, &deployment, facts)?;
    Ok(Exit::Success)
}

fn facts(deployment: &Deployment) -> Table {
    Table::facts([
        ("service", deployment.service.clone()),
        ("build", deployment.tag.clone().unwrap_or_else(|| "unknown here".to_owned())),
        ("digest", deployment.digest.clone()),
        ("outcome", Outcome::from(deployment.outcome).name().to_owned()),
        ("at", deployment.at.0.to_words()),
    ])
}
