//! `audit`: verifying the log, online and offline, and receipts of its events.

mod reading;
mod trust;

use crate::args::{Audit, AuditExport, AuditVerify, AuditVerifyReceipt, Common, Format};
use crate::config::{self, client};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::known_logs::{KnownLog, KnownLogs};
use crate::output::{Table, say, show, write};
use reading::Log;
use serde::Serialize;
use std::path::Path;
use towpath_api::audit::AuditReceipt;
use towpath_api::client::Client;
use towpath_api::timeline::{ExportFormat, TimelineExport, TimelineFilter};
use towpath_domain::timeline::canonical;
use towpath_proof::tree::{extends, leaf_hash};
use towpath_proof::{Checkpoint, Receipt, VerifyingKey};
use trust::{kept, open, trusted};

/// What was found to be right.
#[derive(Debug, Serialize)]
struct Verified {
    log: String,
    /// How many events were read; none where only checkpoints were held against each other.
    events: Option<u64>,
    signed: u64,
    /// How many earlier checkpoints it continues.
    continues: usize,
    keys: Vec<String>,
}

pub async fn run(common: &Common, command: Audit) -> Result<Exit, Failure> {
    let format = common.output;
    match command {
        Audit::Verify(asked) => match &asked.export {
            Some(export) => verify_export(export, &asked, format),
            None => verify_online(common, &asked).await,
        },
        Audit::Export(asked) => export(&client(common)?, asked).await,
        Audit::Checkpoint => {
            write(&client(common)?.checkpoint().await?)?;
            Ok(Exit::Success)
        }
        Audit::Receipt { seq } => {
            let receipt = client(common)?.receipt(seq).await?;
            show(Format::Json, &receipt, |_| Table::default())?;
            Ok(Exit::Success)
        }
        Audit::VerifyReceipt(asked) => verify_receipt(&asked, format),
    }
}

async fn verify_online(common: &Common, asked: &AuditVerify) -> Result<Exit, Failure> {
    let server = config::Config::load()?.server(common)?;
    let client = client(common)?;
    let logs = KnownLogs::load()?;
    let known = logs.of(&server).cloned().unwrap_or_default();
    let note = client.checkpoint().await?;
    let keys = trusted(&client, &known, &asked.key, &note).await?;
    let newest = open(&note, &keys)?;
    let mut earlier = kept(&asked.checkpoint, &keys)?;
    earlier.extend(known.checkpoint.as_deref().map(|note| open(note, &keys)).transpose()?);
    let same_log = |earlier: &Checkpoint| earlier.origin == newest.origin;
    if let Some(other) = earlier.iter().find(|earlier| !same_log(earlier)) {
        return Err(Failure::Differs(format!("{} is another log than {}", newest.origin, other.origin)));
    }
    let continues = earlier.len();
    let events = if asked.heads {
        for earlier in &earlier {
            continued(&client, earlier, &newest).await?;
        }
        None
    } else {
        let mut log = Log::new(&keys, earlier.into_iter().chain([newest.clone()]).collect());
        let mut lines = client.export_timeline(&TimelineExport::default()).await?;
        while let Some(line) = lines.next().await? {
            log.line(&line)?;
        }
        Some(log.finish()?.0)
    };
    logs.keep(server, KnownLog::new(&keys, note))?;
    tell(common.output, &newest, events, continues, &keys)
}

/// Asks the server to prove that the newest checkpoint continues an earlier one.
async fn continued(client: &Client, earlier: &Checkpoint, newest: &Checkpoint) -> Result<(), Failure> {
    let differs = || {
        let (earlier, newest) = (earlier.size, newest.size);
        Failure::Differs(format!(
            "the log of {newest} events does not begin with the {earlier} that were signed"
        ))
    };
    if earlier.size > newest.size {
        return Err(differs());
    }
    let proof = client.consistency(earlier.size, newest.size).await?.hashes().ok_or_else(differs)?;
    let holds = extends((earlier.size, &earlier.root), (newest.size, &newest.root), &proof);
    holds.then_some(()).ok_or_else(differs)
}

fn verify_export(path: &Path, asked: &AuditVerify, format: Format) -> Result<Exit, Failure> {
    let keys = pinned(&asked.key)?;
    let earlier = kept(&asked.checkpoint, &keys)?;
    let continues = earlier.len();
    let mut log = Log::new(&keys, earlier);
    reading::file(path, |line| log.line(line))?;
    let (events, newest) = log.finish()?;
    let newest = newest.ok_or_else(|| {
        Failure::Usage(
            "the export holds no checkpoint, as nothing was signed yet; name one with --checkpoint"
                .to_owned(),
        )
    })?;
    tell(format, &newest, Some(events), continues, &keys)
}

/// The keys that are held to, where no server is asked.
fn pinned(given: &[VerifyingKey]) -> Result<Vec<VerifyingKey>, Failure> {
    let keys = if given.is_empty() { KnownLogs::load()?.keys() } else { given.to_vec() };
    if keys.is_empty() {
        return Err(Failure::Usage(
            "name the log's public key with --key; `towpath-server audit key` prints it, and `towpath audit verify` \
             keeps it"
                .to_owned(),
        ));
    }
    Ok(keys)
}

/// What is known of the events that were read. Those after the checkpoint nobody has signed: they are not proved.
fn told(events: u64, signed: u64) -> String {
    match events.saturating_sub(signed) {
        0 => format!("{events}, as they were logged"),
        1 => format!("{signed} as they were logged; 1 after them is not signed, and not proved"),
        rest => format!("{signed} as they were logged; {rest} after them are not signed, and not proved"),
    }
}

fn tell(
    format: Format,
    newest: &Checkpoint,
    events: Option<u64>,
    continues: usize,
    keys: &[VerifyingKey],
) -> Result<Exit, Failure> {
    let verified = Verified {
        log: newest.origin.clone(),
        events,
        signed: newest.size,
        continues,
        keys: keys.iter().map(ToString::to_string).collect(),
    };
    show(format, &verified, |verified| {
        Table::facts([
            ("log", verified.log.clone()),
            ("events", verified.events.map_or("not read".to_owned(), |events| told(events, verified.signed))),
            ("signed", format!("the first {}", verified.signed)),
            (
                "continues",
                match verified.continues {
                    1 => "1 earlier checkpoint".to_owned(),
                    count => format!("{count} earlier checkpoints"),
                },
            ),
            ("keys", verified.keys.join(" ")),
        ])
    })?;
    Ok(Exit::Success)
}

/// Copies an export to standard output.
async fn export(client: &Client, asked: AuditExport) -> Result<Exit, Failure> {
    let format = if asked.csv { ExportFormat::Csv } else { ExportFormat::Ndjson };
    let TimelineFilter { project, integration, bucket, person, kind, .. } = asked.events.into();
    let filter = TimelineExport { format, project, integration, bucket, person, kind };
    let mut lines = client.export_timeline(&filter).await?;
    while let Some(line) = lines.next().await? {
        if !write(&format!("{line}\n"))? {
            break;
        }
    }
    Ok(Exit::Success)
}

/// What a receipt proves.
#[derive(Debug, Serialize)]
struct Proved {
    log: String,
    seq: i64,
    signed: u64,
    /// The event, with the texts that the receipt opens.
    event: serde_json::Value,
}

fn verify_receipt(asked: &AuditVerifyReceipt, format: Format) -> Result<Exit, Failure> {
    let keys = pinned(&asked.key)?;
    let path = &asked.file;
    let wrong = |message: String| Failure::Differs(format!("{}: {message}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| config::wrong(path, &error.to_string()))?;
    let receipt: AuditReceipt = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let proof: Receipt = receipt.proof.parse().map_err(|error| wrong(format!("{error}")))?;
    let leaf = leaf_hash(receipt.bytes.as_bytes());
    let checkpoint = proof.verify(&leaf, &keys).map_err(|error| wrong(error.to_string()))?;
    if i64::try_from(proof.index).ok().and_then(|index| index.checked_add(1)) != Some(receipt.seq) {
        return Err(wrong(format!("it is of event {}, and not of {}", proof.index + 1, receipt.seq)));
    }
    let personal = reading::texts(receipt.seq, &receipt.bytes, &receipt.openings)?;
    let event =
        canonical::open(receipt.bytes.as_bytes(), &personal).map_err(|error| wrong(error.to_string()))?;
    let event = serde_json::to_value(event).map_err(|error| wrong(error.to_string()))?;
    let proved = Proved { log: checkpoint.origin, seq: receipt.seq, signed: checkpoint.size, event };
    show(format, &proved, |proved| {
        Table::facts([
            ("log", proved.log.clone()),
            ("event", format!("{} of the {} that were signed", proved.seq, proved.signed)),
            ("at", at(&proved.event)),
            ("what", proved.event["change"].to_string()),
            ("where", proved.event["scene"].to_string()),
            ("who", proved.event["actor"].to_string()),
        ])
    })?;
    say("The event is in the log as it was signed.");
    Ok(Exit::Success)
}

fn at(event: &serde_json::Value) -> String {
    let micros = event["at"].as_i64().unwrap_or_default();
    towpath_domain::times::Time::from_micros(micros).to_words()
}
