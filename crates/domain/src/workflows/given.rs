//! What a workflow is checked against, by its form and as it is declared.

use super::{Arrivals, Graph, Stage};
use crate::buckets::{BucketKey, BucketKind, BucketName, Slot};
use crate::checks::{CheckName, TokenName, Wanted};
use crate::gates::{Built, Gate, Pattern, Signed, Zone};
use crate::slugs::Slug;
use crate::spans::Span;
use crate::trust_roots::RootName;
use crate::words::{Title, brief, is_plain};

/// What a workflow is checked against: what its project has, and what only the server can tell.
pub struct Given<'a> {
    pub project: &'a Slug,
    pub slots: &'a [Slot],
    /// The roles that can approve.
    pub roles: &'a [Slug],
    /// The tokens that can report in the project.
    pub reporters: &'a [TokenName],
    /// The trust roots of the project.
    pub roots: &'a [RootName],
    /// The version that a form changes; absent for a new workflow.
    pub before: Option<&'a Graph>,
    /// Whether there is a time zone of this name.
    pub is_zone: fn(&Zone) -> bool,
    /// Whether a text is a regular expression, or why it is none.
    pub pattern: fn(&Pattern) -> Result<(), String>,
}

/// A checked new workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWorkflow {
    pub slug: Slug,
    pub title: Title,
    pub is_default: bool,
    pub graph: Graph,
}

/// Between a bucket's slug and the number of a gate there, in the name of a gate that is kept.
const KEPT: char = '.';

/// What a form calls a gate of the version before that it has no fields for.
pub(super) fn kept_name(slug: &Slug, number: usize) -> String {
    format!("{slug}{KEPT}{number}")
}

/// Whether a gate before a bucket asks that the build has been in that bucket, which could never be.
pub(super) fn waits_for_itself(slot: &Slot, gates: Option<&[Gate]>) -> bool {
    gates.unwrap_or_default().iter().any(|gate| match gate {
        Gate::WasIn { buckets } => buckets.iter().any(|bucket| bucket.key == slot.key),
        _ => false,
    })
}

/// Why a stage cannot be automatic, where it shall be and cannot: nobody is there to name a reference.
pub(super) fn asks_nobody(stage: &Stage) -> Option<String> {
    let asks = stage.gates.iter().any(|gate| matches!(gate, Gate::Reference { .. }));
    (stage.automatic && asks).then(|| {
        "A stage that asks for a reference cannot be automatic: nobody is there to name one.".to_owned()
    })
}

/// Why rollbacks cannot need a stage's approvals, where they shall and there are none.
pub(super) fn asks_for_nothing(stage: &Stage) -> Option<String> {
    (stage.rollbacks_ask && stage.gates_back().is_empty())
        .then(|| "Ask for approvals first: a rollback needs the same ones.".to_owned())
}

/// Why no build would ever pass the gates of a stage by their lengths of time, where none would: what stays long enough
/// in the stage before is too old by then.
pub(super) fn outlives(gates: &[Gate]) -> Option<String> {
    let soak = gates.iter().find_map(|gate| match gate {
        Gate::Soak { time } => Some(*time),
        _ => None,
    })?;
    let age = gates.iter().find_map(|gate| match gate {
        Gate::MaximumAge { age } => Some(*age),
        _ => None,
    })?;
    (soak >= age).then(|| {
        let (soak, age) = (soak.words(), age.words());
        format!("Nothing would ever pass: what has been in the stage before for {soak} is older than {age}.")
    })
}

/// The stages whose gates ask that a build was where only promotions bring it, after these very stages: their positions,
/// and why nothing would ever pass.
pub(super) fn comes_later(graph: &Graph, slots: &[Slot]) -> Vec<(usize, String)> {
    let slug = |key: BucketKey| slots.iter().find(|slot| slot.key == key);
    let mut never = Vec::new();
    for (position, stage) in graph.stages().iter().enumerate() {
        let asked = stage.gates.iter().flat_map(|gate| match gate {
            Gate::WasIn { buckets } => buckets.as_slice(),
            _ => &[],
        });
        for bucket in asked.filter(|bucket| graph.reaches(stage.bucket, bucket.key)) {
            let (Some(here), Some(there)) = (slug(stage.bucket), slug(bucket.key)) else { continue };
            if graph.arrivals(there) == Arrivals::PromotionOnly {
                let (here, there) = (&here.slug, &there.slug);
                let why = format!("Nothing would ever pass: builds come to {there} only after {here}.");
                never.push((position, why));
            }
        }
    }
    never
}

/// How a way leads back, by the slugs of the buckets around which it does.
pub(super) fn leads_back(around: &[BucketKey], slots: &[Slot]) -> String {
    let slug = |key: &BucketKey| slots.iter().find(|slot| slot.key == *key).map(|slot| slot.slug.as_str());
    let names: Vec<&str> = around.iter().chain(around.first()).filter_map(slug).collect();
    format!("{} leads back to where it came from. Take one of these ways out.", names.join(" → "))
}

pub(super) fn own_bucket(slug: &Slug) -> String {
    format!("A build cannot have been in {slug} before it enters {slug}.")
}

/// A length of time, where one is given.
pub(super) fn given_span(text: &str) -> Option<Result<Span, String>> {
    (!text.trim().is_empty()).then(|| Span::parse(text).map_err(|error| error.to_string()))
}

impl Given<'_> {
    /// The slot of a kind by its slug.
    pub(super) fn slot(&self, kind: BucketKind, slug: &str) -> Result<&Slot, String> {
        let found = self.slots.iter().find(|slot| slot.key.kind() == kind && slot.slug.as_str() == slug);
        found.ok_or_else(|| format!("“{slug}” is not one of the {} here.", kind.plural()))
    }

    /// A gate of the version before that a form has no fields for and keeps as it is, by its [`kept_name`].
    pub(super) fn kept(&self, kind: BucketKind, name: &str) -> Result<Gate, String> {
        let gate = name.rsplit_once(KEPT).and_then(|(slug, number)| {
            let slot = self.slot(kind, slug).ok()?;
            self.before?.stage(slot.key)?.gates.get(number.parse::<usize>().ok()?).cloned()
        });
        gate.ok_or_else(|| format!("“{}” is no gate of this workflow. Reload the page.", brief(name, 40)))
    }

    /// A role that can approve, by its slug.
    pub(super) fn role(&self, slug: &str) -> Result<Slug, String> {
        let found = self.roles.iter().find(|role| role.as_str() == slug).cloned();
        found.ok_or_else(|| {
            let known: Vec<&str> = self.roles.iter().map(Slug::as_str).collect();
            format!("“{}” is no role that may approve. These may: {}.", brief(slug, 40), known.join(", "))
        })
    }

    pub(super) fn was_in(&self, kind: BucketKind, slugs: &[String]) -> Result<Gate, String> {
        let mut buckets: Vec<BucketName> = Vec::new();
        for slug in slugs {
            let slot = self.slot(kind, slug)?;
            if buckets.iter().all(|known| known.key != slot.key) {
                buckets.push(BucketName { key: slot.key, slug: slot.slug.clone() });
            }
        }
        if buckets.is_empty() {
            return Err("Name at least one bucket.".to_owned());
        }
        Ok(Gate::WasIn { buckets })
    }

    /// A time zone; UTC where none is named.
    pub(super) fn zone(&self, name: &str) -> Result<Zone, String> {
        let name = if name.trim().is_empty() { "UTC" } else { name };
        let zone = Zone::parse(name).map_err(|error| error.to_string())?;
        if (self.is_zone)(&zone) {
            Ok(zone)
        } else {
            Err(format!("There is no time zone “{}”. Name one such as Europe/Berlin.", zone.as_str()))
        }
    }

    /// A check by its name, with ` in BUCKET` behind it where that matters, and the tokens whose word counts.
    pub(super) fn check(&self, kind: BucketKind, check: &str, by: &[String]) -> Result<Gate, String> {
        let (name, bucket) =
            check.split_once(" in ").map_or((check, None), |(name, slug)| (name, Some(slug)));
        let name = CheckName::parse(name).map_err(|error| error.to_string())?;
        let bucket = bucket.map(|slug| self.bucket(kind, slug)).transpose()?;
        Ok(Gate::Check(Wanted { name, bucket, by: self.tokens(by)? }))
    }

    pub(super) fn bucket(&self, kind: BucketKind, slug: &str) -> Result<BucketName, String> {
        self.slot(kind, slug.trim()).map(|slot| BucketName { key: slot.key, slug: slot.slug.clone() })
    }

    /// The tokens of these ids, each once.
    pub(super) fn tokens(&self, by: &[String]) -> Result<Vec<TokenName>, String> {
        let mut tokens: Vec<TokenName> = Vec::new();
        for id in by {
            let known = self.reporters.iter().find(|token| token.id.to_string() == *id);
            let known = known.ok_or_else(|| {
                format!("“{id}” is no token that can report here. Make one with the permission “report”.")
            })?;
            if tokens.iter().all(|token| token.id != known.id) {
                tokens.push(known.clone());
            }
        }
        Ok(tokens)
    }

    /// The trust roots of these slugs, each once.
    pub(super) fn roots(&self, slugs: &[String]) -> Result<Vec<RootName>, String> {
        let mut roots: Vec<RootName> = Vec::new();
        for slug in slugs.iter().map(|slug| slug.trim()).filter(|slug| !slug.is_empty()) {
            let known = self.roots.iter().find(|root| root.slug.as_str() == slug);
            let known = known.ok_or_else(|| {
                format!(
                    "“{slug}” is no trust root of this project, or was removed. Its page Trust roots lists and adds them."
                )
            })?;
            if !roots.contains(known) {
                roots.push(known.clone());
            }
        }
        if roots.is_empty() { Err("Name at least one trust root.".to_owned()) } else { Ok(roots) }
    }

    /// A signature by these trust roots.
    pub(super) fn signed(&self, roots: &[String], all: bool) -> Result<Gate, String> {
        Ok(Gate::Signed(Signed { roots: self.roots(roots)?, all }))
    }

    /// Provenance by one of these trust roots.
    pub(super) fn built(&self, roots: &[String], builder: &str, source: &str) -> Result<Gate, String> {
        let text = |text: &str| {
            let text = text.trim();
            let right = text.len() <= 500 && is_plain(text);
            right.then(|| text.to_owned()).ok_or("Write one line of at most 500 bytes.")
        };
        Ok(Gate::Built(Built { roots: self.roots(roots)?, builder: text(builder)?, source: text(source)? }))
    }

    pub(super) fn reference(&self, pattern: &str) -> Result<Gate, String> {
        let pattern = Pattern::parse(pattern).map_err(|error| error.to_string())?;
        (self.pattern)(&pattern)?;
        Ok(Gate::Reference { pattern })
    }
}
