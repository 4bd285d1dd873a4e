//! What happened to builds and to what is stored of them.

use super::Telling;
use crate::checks::CheckState;
use crate::deployments::Outcome;
use crate::references::Tag;
use crate::slugs::Slug;
use crate::timeline::Change;

pub(super) fn tell(told: &mut Telling<'_>, change: &Change) -> bool {
    match change {
        Change::BuildReceived { build, .. } => told.text("pushed ").build(build).at_integration(),
        Change::ArrivalRefused { build, refused } => told
            .text("was refused ")
            .build(build)
            .text(" in ")
            .bucket()
            .place()
            .text(&format!(": it {refused}")),
        Change::BuildPlaced { build, before, .. } => {
            told.text("placed ").build(build).text(" in ").bucket().place().before(before.as_ref())
        }
        Change::BuildRouted { build, to, rule, version } => {
            let by = rule.as_ref().map(|rule| format!(" by version {version} of the rule {rule}"));
            match to {
                Some(to) => told.text("led ").build(build).text(&format!(" to {to}")),
                None => told.text("left ").build(build).text(" unclassified"),
            };
            told.text(&by.unwrap_or_else(|| ", as no rule holds".to_owned())).place()
        }
        Change::BuildAssigned { build, before, .. } => {
            told.text("assigned ").build(build).text(" to ").bucket().place().before(before.as_ref())
        }
        Change::BuildReclassified { build, before, .. } => {
            told.text("reclassified ").build(build).text(" to ").bucket().place().before(before.as_ref())
        }
        Change::BuildsCarriedOver { from, bucket, build, earlier, .. } => {
            told.text("carried ")
                .build(build)
                .text(&format!(" over from {from}/{bucket} into "))
                .bucket()
                .place();
            match earlier.len() {
                0 => told,
                1 => told.text(", with one build of its history"),
                more => told.text(&format!(", with {more} builds of its history")),
            }
        }
        Change::CheckReported { build, name, bucket, state, .. } => {
            let word = match state {
                CheckState::Pending => "is under way",
                CheckState::Success => "succeeded",
                CheckState::Failure => "failed",
            };
            told.text("reported that the check ").name(name).text(&format!(" {word} on ")).build(build);
            if let Some(bucket) = bucket {
                told.text(&format!(" in {bucket}"));
            }
            told.place()
        }
        Change::EvidenceFound { build, said, vouched_by, .. } => {
            told.text("found evidence on ").build(build).place();
            let by: Vec<&str> = vouched_by.iter().map(Slug::as_str).collect();
            let vouches = match by.as_slice() {
                [] => "no trust root vouches for it".to_owned(),
                some => format!("vouched for by {}", some.join(" and ")),
            };
            told.text(&format!(": {}, {vouches}", said.join(" and ")))
        }
        Change::DeploymentReported { environment, service, digest, build, outcome, at, late, .. } => {
            match late {
                true => told.text(&format!("reported late that on {} ", at.to_words())),
                false => told.text("reported that "),
            };
            match build {
                Some(build) => told.build(build),
                None => told.name(digest.short()),
            };
            let word = match outcome {
                Outcome::Started if *late => " was being deployed as ",
                Outcome::Started => " is being deployed as ",
                Outcome::Succeeded if *late => " ran as ",
                Outcome::Succeeded => " runs as ",
                Outcome::Failed => " failed to be deployed as ",
            };
            told.text(word).name(service).text(&format!(" in {environment}")).place()
        }
        Change::DefaultBuildSet { build, before } => {
            told.text("made ").build(build).text(" the default build of ").integration();
            told.in_place_of(before.as_ref())
        }
        Change::DefaultBuildCleared { before } => {
            told.text("left ").integration().text(" without a default build, which was ").build(before)
        }
        Change::TagDeleted { tag, .. } => told.text("deleted the tag ").name(tag).place(),
        Change::ManifestDeleted { digest } => told.text("deleted the manifest ").name(digest.short()).place(),
        Change::BlobDeleted { digest } => told.text("deleted the blob ").name(digest.short()).place(),
        Change::GarbageCollected { collected } => {
            told.text(&format!("took away what nothing needs: {collected}"))
        }
        Change::DamageFound { digest, missing: false } => {
            told.text("found that the bytes of ").name(digest.short()).text(" are damaged")
        }
        Change::DamageFound { digest, missing: true } => {
            told.text("found that the bytes of ").name(digest.short()).text(" are missing")
        }
        Change::RetentionSet { after, .. } => {
            told.text("set the retention of ").integration().text(&format!(": {after}"))
        }
        Change::ImagesLetGo { builds, others } => {
            let builds: Vec<String> = builds.iter().map(Tag::to_string).collect();
            let others = match others {
                0 => None,
                1 => Some("one image beside the builds".to_owned()),
                count => Some(format!("{count} images beside the builds")),
            };
            let all: Vec<String> = builds.into_iter().chain(others).collect();
            told.text(&format!("let go of {}", all.join(", "))).place()
        }
        _ => return false,
    };
    true
}
