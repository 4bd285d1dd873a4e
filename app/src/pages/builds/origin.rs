//! Where a build came from, and how far that is vouched for.

use crate::components::badge::Badge;
use crate::components::disclosure::Disclosure;
use crate::components::icon::Symbol;
use crate::components::table::Table;
use crate::components::tone::Tone;
use leptos::prelude::*;
use std::collections::BTreeMap;
use towpath_domain::builds::{Claim, Origin};

/// The fields of the origin that are known, as rows of a list of facts.
#[component]
pub fn OriginFacts(origin: Origin) -> impl IntoView {
    let commit_link = origin.commit_link();
    let Origin { commit, repository, git_ref, version, title, authors, .. } = origin;
    let Origin { message, author, actor, event, ci, run, run_link, .. } = origin;
    let run_link = run_link.as_ref().and_then(|claim| claim.link().map(str::to_owned));
    let source = repository.as_ref().and_then(|claim| claim.link().map(str::to_owned));
    let fields = [
        ("Commit", commit, commit_link),
        ("Commit's author", author, None),
        ("Repository", repository, source),
        ("Git ref", git_ref, None),
        ("Version", version, None),
        ("Title", title, None),
        ("Authors", authors, None),
        ("CI", ci, None),
        ("CI run", run, run_link),
        ("Run made by", actor, None),
        ("Event", event, None),
    ];
    let row = |(name, claim, href): (&'static str, Option<Claim>, Option<String>)| {
        claim.map(|Claim { value, verified }| {
            let value = match href {
                // Whoever pushed wrote it, so it is told nothing of where it is followed from.
                Some(href) => view! { <a href=href rel="noreferrer nofollow">{value}</a> }.into_any(),
                None => value.into_any(),
            };
            view! {
                <div class="facts__row">
                    <dt>{name}</dt>
                    <dd>{value} " " <Vouched verified=verified /></dd>
                </div>
            }
        })
    };
    let message = message.map(|Claim { value, verified }| {
        view! {
            <div class="facts__row">
                <dt>"Message"</dt>
                <dd class="facts__text">{value} " " <Vouched verified=verified /></dd>
            </div>
        }
    });
    view! { {fields.into_iter().filter_map(row).collect_view()} {message} }
}

/// Whether a signed claim of a CI stands behind a field, or only the word of whoever pushed.
#[component]
fn Vouched(verified: bool) -> impl IntoView {
    if verified {
        view! {
            <Badge tone=Tone::Success symbol=Symbol::Check>
                "verified"
            </Badge>
        }
        .into_any()
    } else {
        view! { <Badge>"claimed"</Badge> }.into_any()
    }
}

/// Every label and annotation as it was pushed, or what the CI said beside the facts.
#[component]
pub fn Labels(
    labels: BTreeMap<String, String>,
    /// What they are, in the plural.
    title: &'static str,
    /// What one is called by.
    name: &'static str,
) -> impl IntoView {
    let count = labels.len();
    let row = |(key, value): (String, String)| {
        view! {
            <tr>
                <th scope="row">
                    <code>{key}</code>
                </th>
                <td>{value}</td>
            </tr>
        }
    };
    (count > 0).then(|| {
        view! {
            <Disclosure summary=title count=count>
                <Table caption=title columns=vec![name, "Value"]>
                    {labels.into_iter().map(row).collect_view()}
                </Table>
            </Disclosure>
        }
    })
}
