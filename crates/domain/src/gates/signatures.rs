//! Signatures and provenance as conditions on entering a stage.

use super::Verdict;
use crate::evidence::{Finding, Said, Witness};
use crate::publishers::like;
use crate::trust_roots::RootName;
use serde::{Deserialize, Serialize};

/// Signatures on the image that trust roots vouch for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// Never empty.
    pub roots: Vec<RootName>,
    /// Whether every one of them has to have signed; else one is enough.
    #[serde(default)]
    pub all: bool,
}

/// Provenance that a trust root vouches for: any of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Built {
    /// Never empty.
    pub roots: Vec<RootName>,
    /// What has to have built it; `*` stands for any letters. Empty where it does not matter.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub builder: String,
    /// From what, alike.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// How many reasons are told beside a verdict.
const TOLD: usize = 3;

impl Signed {
    pub fn words(&self) -> String {
        words(&self.roots, self.all)
    }

    pub(super) fn judge(&self, witnesses: &[Witness]) -> Verdict {
        let missing = self.missing(witnesses);
        match missing.len() {
            0 => Verdict::Passes,
            _ if !self.all && missing.len() < self.roots.len() => Verdict::Passes,
            _ => Verdict::waits(words(&missing, self.all)),
        }
    }

    fn missing(&self, witnesses: &[Witness]) -> Vec<RootName> {
        let signed = |root: &&RootName| {
            !witnesses.iter().any(|witness| {
                witness.root == root.id && witness.said == Said::Signature && witness.finding.counts()
            })
        };
        self.roots.iter().filter(signed).cloned().collect()
    }

    /// Why signatures that are there do not count, where it waits for others.
    pub(super) fn note(&self, witnesses: &[Witness]) -> Option<String> {
        let waits = self.judge(witnesses) != Verdict::Passes;
        let missing = self.missing(witnesses);
        let of = |witness: &&Witness| witness.said == Said::Signature;
        waits.then(|| flaws("A signature", &missing, witnesses.iter().filter(of))).flatten()
    }
}

impl Built {
    pub fn words(&self) -> String {
        let told = |before: &str, text: &str| {
            if text.is_empty() { String::new() } else { format!("{before}{text}") }
        };
        let (builder, source) = (told(", of the builder ", &self.builder), told(", from ", &self.source));
        format!("provenance by {}{builder}{source}", names(&self.roots, " or "))
    }

    pub(super) fn judge(&self, witnesses: &[Witness]) -> Verdict {
        let fits = |(builder, source): (&String, &String)| {
            fits(&self.builder, builder) && fits(&self.source, source)
        };
        if self.vouched(witnesses).any(fits) { Verdict::Passes } else { Verdict::waits(self.words()) }
    }

    /// Builder and source of all provenance that one of the roots vouches for.
    fn vouched<'a>(&'a self, witnesses: &'a [Witness]) -> impl Iterator<Item = (&'a String, &'a String)> {
        witnesses.iter().filter_map(|witness| match &witness.said {
            Said::Provenance { builder, source, .. }
                if witness.finding.counts() && self.roots.iter().any(|root| root.id == witness.root) =>
            {
                Some((builder, source))
            }
            _ => None,
        })
    }

    /// What provenance that is there says instead, or why it does not count.
    pub(super) fn note(&self, witnesses: &[Witness]) -> Option<String> {
        if self.judge(witnesses) == Verdict::Passes {
            return None;
        }
        if let Some((builder, source)) = self.vouched(witnesses).next() {
            let told =
                |text: &String| if text.is_empty() { "nothing".to_owned() } else { format!("“{text}”") };
            return Some(format!(
                "The provenance that is there names {} as the builder and {} as the source.",
                told(builder),
                told(source)
            ));
        }
        let of = |witness: &&Witness| matches!(witness.said, Said::Provenance { .. });
        flaws("Provenance", &self.roots, witnesses.iter().filter(of))
    }
}

/// Forges do not tell their names apart by case, but others do.
fn fits(pattern: &str, text: &str) -> bool {
    pattern.is_empty() || like(pattern, text)
}

fn words(roots: &[RootName], all: bool) -> String {
    match roots {
        [one] => format!("a signature by {}", one.slug),
        several if all => format!("signatures by {}", names(several, " and ")),
        several => format!("a signature by {}", names(several, " or ")),
    }
}

fn names(roots: &[RootName], between: &str) -> String {
    roots.iter().map(|root| root.slug.as_str()).collect::<Vec<_>>().join(between)
}

/// “A signature does not count for release: it was made with another key.”
fn flaws<'a>(what: &str, roots: &[RootName], witnesses: impl Iterator<Item = &'a Witness>) -> Option<String> {
    let mut told: Vec<String> = Vec::new();
    for witness in witnesses {
        let root = roots.iter().find(|root| root.id == witness.root);
        if let (Finding::Fails(flaw), Some(root)) = (&witness.finding, root) {
            let words = format!("{what} does not count for {}: {flaw}.", root.slug);
            if told.len() < TOLD && !told.contains(&words) {
                told.push(words);
            }
        }
    }
    (!told.is_empty()).then(|| told.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Flaw;
    use crate::slugs::Slug;
    use uuid::Uuid;

    fn root(number: u128, slug: &str) -> RootName {
        RootName { id: Uuid::from_u128(number).into(), slug: Slug::parse(slug).expect("a slug") }
    }

    fn witness(root: &RootName, said: Said, flaw: Option<Flaw>) -> Witness {
        let counts = || Finding::Counts { by: "ci@example.org".into(), at: None };
        Witness { root: root.id, said, finding: flaw.map_or_else(counts, Finding::Fails) }
    }

    fn needs(verdict: Verdict) -> String {
        match verdict {
            Verdict::Waits { needs, until: None } => needs,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn one_of_several_is_enough_unless_all_are_asked_for() {
        let (ci, qa) = (root(1, "ci"), root(2, "qa"));
        let any = Signed { roots: vec![ci.clone(), qa.clone()], all: false };
        let all = Signed { all: true, ..any.clone() };
        assert_eq!(needs(any.judge(&[])), "a signature by ci or qa");
        assert_eq!(needs(all.judge(&[])), "signatures by ci and qa");
        let by_ci = [witness(&ci, Said::Signature, None)];
        assert_eq!(any.judge(&by_ci), Verdict::Passes);
        assert_eq!(needs(all.judge(&by_ci)), "a signature by qa");
        let both = [by_ci[0].clone(), witness(&qa, Said::Signature, None)];
        assert_eq!(all.judge(&both), Verdict::Passes);
    }

    #[test]
    fn what_does_not_count_is_told_and_frees_nothing() {
        let (ci, other) = (root(1, "ci"), root(2, "other"));
        let gate = Signed { roots: vec![ci.clone()], all: false };
        let there = [
            witness(&ci, Said::Signature, Some(Flaw::OtherKey)),
            witness(&other, Said::Signature, None),
            witness(&ci, Said::Attestation { predicate: "https://example.org/x".into() }, None),
        ];
        assert_eq!(needs(gate.judge(&there)), "a signature by ci");
        let note = gate.note(&there).expect("told");
        assert_eq!(note, "A signature does not count for ci: it was made with another key.");
        assert_eq!(gate.note(&[witness(&ci, Said::Signature, None), there[0].clone()]), None);
    }

    #[test]
    fn provenance_has_to_name_the_builder_and_the_source() {
        let ci = root(1, "ci");
        let gate = Built {
            roots: vec![ci.clone()],
            builder: "https://github.com/actions/runner/*".into(),
            source: "git+https://github.com/acme/shop@*".into(),
        };
        let of = |builder: &str, source: &str| Said::Provenance {
            builder: builder.into(),
            source: source.into(),
            revision: String::new(),
        };
        let builder = "https://github.com/actions/runner/github-hosted";
        let right = of(builder, "git+https://github.com/acme/shop@refs/heads/main");
        assert_eq!(gate.judge(&[witness(&ci, right.clone(), None)]), Verdict::Passes);
        assert_ne!(gate.judge(&[witness(&root(2, "qa"), right.clone(), None)]), Verdict::Passes);
        assert_ne!(gate.judge(&[witness(&ci, right, Some(Flaw::OtherKey))]), Verdict::Passes);
        let strange = [witness(&ci, of(builder, "git+https://github.com/acme/other"), None)];
        assert!(needs(gate.judge(&strange)).starts_with("provenance by ci, of the builder https://"));
        assert!(gate.note(&strange).expect("told").contains("acme/other"));
        assert_ne!(gate.judge(&[witness(&ci, of("", ""), None)]), Verdict::Passes);
    }
}
