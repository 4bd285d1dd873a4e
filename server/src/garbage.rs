//! The commands that take away what nothing needs, and that read the rest again.

use anyhow::bail;
use towpath_domain::spans::Span;
use towpath_domain::timeline::EventActor;
use towpath_domain::words::bytes;
use towpath_service::{Service, garbage, scrub};

/// Takes garbage away, or counts it, and says how much it is.
pub async fn collect(service: &Service, dry_run: bool, older_than: Span) -> anyhow::Result<String> {
    if dry_run {
        return Ok(format!("would go: {}", garbage::preview(service, older_than).await?));
    }
    Ok(format!("went: {}", garbage::collect(service, EventActor::Shell, older_than).await?))
}

/// Reads everything again.
///
/// # Errors
/// Where something is damaged: by its digest, a line each.
pub async fn scrub(service: &Service) -> anyhow::Result<String> {
    let scrubbed = scrub::all(service, EventActor::Shell).await?;
    let read = format!("{} contents read again, {}", scrubbed.contents, bytes(scrubbed.bytes));
    if scrubbed.damaged.is_empty() {
        return Ok(format!("{read}: all are whole"));
    }
    let damaged: Vec<String> = scrubbed.damaged.iter().map(ToString::to_string).collect();
    bail!("{read}: these are damaged and out of reach; push them again\n{}", damaged.join("\n"))
}
