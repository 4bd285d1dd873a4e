//! `check` and `checks`.

use crate::args::{Check as Report, Checks, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Table, show};
use towpath_api::checks::{Check, NewCheck};
use towpath_api::client::Client;
use towpath_domain::checks::CheckState;

pub async fn report(client: &Client, args: Report, format: Format) -> Result<Exit, Failure> {
    let Report { integration, digest, name, state, bucket, link, summary } = args;
    let new = NewCheck { name, state, bucket, link, summary };
    let check = client.report_check(&integration.project, &integration.integration, &digest, &new).await?;
    show(format, &check, |check| table(std::slice::from_ref(check)))?;
    Ok(Exit::Success)
}

pub async fn list(client: &Client, args: Checks, format: Format) -> Result<Exit, Failure> {
    let at = &args.integration;
    let checks = client.checks(&at.project, &at.integration, &args.digest).await?;
    show(format, &checks, |checks| table(checks))?;
    Ok(Exit::Success)
}

fn table(checks: &[Check]) -> Table {
    let mut table = Table::new(&["CHECK", "IN", "STATE", "FAILURES", "BY", "AT", "LINK"]);
    for check in checks {
        let token = check.token.as_ref().map(|token| format!(" ({token})")).unwrap_or_default();
        table.row([
            check.name.clone(),
            check.bucket.clone().unwrap_or_default(),
            CheckState::from(check.state).name().to_owned(),
            check.failures.to_string(),
            format!("{}{token}", check.by),
            check.reported_at.0.to_words(),
            check.link.clone().unwrap_or_default(),
        ]);
    }
    table
}
