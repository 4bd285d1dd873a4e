//! What changed about projects and what they are made of.

use super::Telling;
use crate::slugs::Slug;
use crate::timeline::Change;
use crate::words::bytes;

pub(super) fn tell(told: &mut Telling<'_>, change: &Change) -> bool {
    match change {
        Change::InstallationCreated => told.text("created this installation"),
        Change::StreamCreated { slug, .. } => told.text("created the release stream ").name(slug),
        Change::StreamDeleted { slug, current, .. } => {
            told.text("deleted the release stream ").name(slug).with_current(*current)
        }
        Change::ProjectCreated { .. } => told.text("created the project ").project(),
        Change::DeclarationsApplied { set, created, changed, deleted } => {
            told.text("applied declarations");
            if let Some(set) = set {
                told.text(" of the set ").name(set);
            }
            told.place().text(&format!(": {created} created, {changed} changed, {deleted} deleted"))
        }
        Change::ProjectArchived => told.text("archived the project ").project(),
        Change::ProjectRestored => told.text("restored the project ").project(),
        Change::EnvironmentCreated { slug, stream, .. } => {
            told.text("created the environment ").name(slug).text(&format!(" of the stream {stream}")).place()
        }
        Change::EnvironmentMoved { slug, before, after, services, .. } => {
            told.text("moved the environment ")
                .name(slug)
                .text(&format!(" from the stream {before} to {after}"))
                .place();
            match services.as_slice() {
                [] => told,
                [one] => told.text(&format!("; another build of {one} should run there")),
                more => told.text(&format!("; other builds of {} services should run there", more.len())),
            }
        }
        Change::EnvironmentDeleted { slug, current, .. } => {
            told.text("deleted the environment ").name(slug).place().with_current(*current)
        }
        Change::IntegrationCreated { .. } => told.text("created the integration ").integration(),
        Change::IntegrationDeleted { current, .. } => {
            told.text("deleted the integration ").integration().with_current(*current)
        }
        Change::IntegrationRestored { .. } => told.text("restored the integration ").integration(),
        Change::IntegrationCarriedOver { to, of, builds } => {
            let builds = if *builds == 1 { "1 build".to_owned() } else { format!("{builds} builds") };
            told.text("carried ").text(&builds).text(" of ").integration();
            told.text(" over to ").name(to).text(&format!(", an integration of {}", of.plural()))
        }
        Change::ServiceMoved { slug, before, after, environments } => {
            told.text("moved the service ")
                .name(slug)
                .text(&format!(" from {before} to {after}"))
                .of_project();
            match environments.as_slice() {
                [] => told,
                some => {
                    let some: Vec<&str> = some.iter().map(Slug::as_str).collect();
                    told.text(&format!("; another build of it should run in {}", some.join(" and ")))
                }
            }
        }
        Change::ServiceCreated { slug } => told.text("created the service ").name(slug).place(),
        Change::AnonymousPullSet { allowed: true } => told.text("let anybody pull from ").project(),
        Change::AnonymousPullSet { allowed: false } => {
            told.text("ended that anybody may pull from ").project()
        }
        Change::QuotaSet { after: Some(after), .. } => {
            told.text("bounded what ").project().text(&format!(" may keep to {}", bytes(*after)))
        }
        Change::QuotaSet { after: None, .. } => {
            told.text("took away the bound on what ").project().text(" may keep")
        }
        Change::ViewShared { title, .. } => told.text("shared the saved view ").name(title).of_project(),
        Change::ViewUnshared { title } => told.text("took away the saved view ").name(title).of_project(),
        _ => return false,
    };
    true
}
