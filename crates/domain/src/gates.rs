//! Gates: the conditions on entering a stage, and the one function that judges them.
//!
//! [`judge`] is pure. The board in the browser, the service and every door call it, so that what a
//! person is told before a drop is what the server decides after it.

mod approvals;
mod behind;
mod signatures;
mod windows;

pub use approvals::{Approval, Approvals, Barred, Involved, may_approve};
pub use behind::{Bar, Behind, Party};
pub use signatures::{Built, Signed};
pub use windows::{Hours, Minute, Opening, Window, WindowError, Zone};

use crate::buckets::{BucketKey, BucketName};
use crate::checks::{Check, CheckState, Wanted};
use crate::evidence::Witness;
use crate::holds::Hold;
use crate::pins::Mark;
use crate::spans::Span;
use crate::timeline::BuildName;
use crate::times::Time;
use crate::trust_roots::RootName;
use crate::words::is_plain;
use serde::{Deserialize, Serialize};

/// A condition on entering a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "gate", rename_all = "snake_case")]
pub enum Gate {
    Approvals(Approvals),
    /// The build must have been current in the stage that it comes from for so long.
    Soak {
        time: Span,
    },
    /// The build must have been current in every one of these buckets.
    WasIn {
        buckets: Vec<BucketName>,
    },
    /// Nothing enters outside these hours of the week.
    Window(Window),
    /// The promotion must name something of this form, such as a change ticket.
    Reference {
        pattern: Pattern,
    },
    /// The build must have been received no longer ago than this.
    MaximumAge {
        age: Span,
    },
    /// A named result on the build must be a success.
    Check(Wanted),
    /// Signed claims of a CI must say from which repository and commit the build was made.
    Verified,
    /// Trust roots have to have signed the image.
    Signed(Signed),
    /// A trust root has to vouch for how it was built.
    Built(Built),
}

/// A regular expression that a whole text has to match. Only the server reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern(String);

/// A text is empty, or too long for a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Write a pattern of 1 to 200 characters in one line, such as OPS-[0-9]+.")]
pub struct PatternError;

/// What is known about one wish to enter a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    pub involved: Involved,
    /// Whether the promotion names something of the form that its gates ask for.
    pub has_reference: bool,
    /// Before when whoever asked does not want it to enter.
    pub scheduled_for: Option<Time>,
    pub circumstances: Circumstances,
}

/// What is known about a build and its stage beside what people said. By default nothing, for gates that ask for none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circumstances {
    pub received_at: Time,
    /// The last time that the build was current in the stage that it comes from.
    pub stay: Option<Stay>,
    /// Since when it was reported to run there.
    pub ran: Reported,
    /// The buckets in which the build is or ever was current.
    pub been: Vec<BucketKey>,
    /// Whether signed claims of a CI say where the build comes from.
    #[serde(default)]
    pub verified: bool,
    /// The results that were reported on the build.
    pub checks: Vec<Check>,
    /// What the trust roots that gates name make of what is said about the build.
    #[serde(default)]
    pub witnesses: Vec<Witness>,
    /// When each window of the gates is open, from now until at least a week later; in order.
    pub openings: Vec<(Window, Vec<Opening>)>,
    /// The promotion that was asked for before it into the same bucket, where it has to wait for its turn.
    pub ahead: Option<i64>,
    /// The holds that concern the build on its way into the stage: in force, and still to begin.
    pub holds: Vec<Hold>,
    /// The pin in force in the place, for a promotion that is to pin something there.
    pub pinned: Option<Mark>,
    /// What is current in the bucket, for one that is to roll it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<BuildName>,
    /// Whether it does something in a registry elsewhere before it is applied.
    #[serde(default)]
    pub outside: bool,
}

/// How long a build was current in a bucket; without an end, it still is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stay {
    pub from: Time,
    pub to: Option<Time>,
}

/// Since when a build runs where it is current, by the word of deployers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reported", content = "when", rename_all = "snake_case")]
pub enum Reported {
    /// No deployer reports what runs there.
    #[default]
    Nobody,
    /// Deployers do, and have not reported it in every environment there.
    NotYet,
    Since(Time),
    /// It ran there, until something else did.
    Once {
        from: Time,
        to: Time,
    },
}

/// How one gate stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    Passes,
    /// Something is still missing; `needs` says what would satisfy the gate.
    Waits {
        needs: String,
        /// When it is satisfied without anybody doing anything, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Time>,
    },
    /// Nothing satisfies it any more.
    Blocked {
        because: String,
    },
}

/// How one gate stands, with the gate's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateVerdict {
    pub rule: String,
    #[serde(flatten)]
    pub verdict: Verdict,
    /// What should be seen beside the verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How all gates of a stage stand, in the order in which the stage lists them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Verdicts(pub Vec<GateVerdict>);

/// Judges every gate by the facts, as they are now. The time that it is wanted for, its turn and holds in force follow as
/// gates of their own.
pub fn judge(gates: &[Gate], facts: &Facts, now: Time) -> Verdicts {
    let verdict = |gate: &Gate| GateVerdict {
        rule: gate.words(),
        verdict: gate.judge(facts, now),
        note: gate.note(facts, now),
    };
    let time = facts.scheduled_for.map(|at| scheduled(at, now));
    let turn = facts.circumstances.ahead.map(turn);
    let holds = facts.circumstances.holds.iter().filter_map(|hold| hold.judge(now));
    Verdicts(gates.iter().map(verdict).chain(time).chain(turn).chain(holds).collect())
}

fn scheduled(at: Time, now: Time) -> GateVerdict {
    let rule = format!("not before {}", at.to_words());
    let verdict = if at <= now {
        Verdict::Passes
    } else {
        Verdict::Waits { needs: format!("its time, {}", at.to_words()), until: Some(at) }
    };
    GateVerdict { rule, verdict, note: None }
}

fn turn(ahead: i64) -> GateVerdict {
    let verdict = Verdict::waits(format!("its turn after #{ahead}"));
    GateVerdict { rule: "one after the other, in the order of asking".to_owned(), verdict, note: None }
}

impl Gate {
    /// The rule as people read it on a stage: “2 approvals by release managers”.
    pub fn words(&self) -> String {
        match self {
            Self::Approvals(approvals) => approvals.words(),
            Self::Soak { time } => format!("{} in the stage before", time.words()),
            Self::WasIn { buckets } => format!("a stay in {}", names(buckets.iter())),
            Self::Window(window) => format!("only {window}"),
            Self::Reference { pattern } => format!("a reference like {}", pattern.0),
            Self::MaximumAge { age } => format!("not older than {}", age.words()),
            Self::Check(wanted) => wanted.words(),
            Self::Verified => "a repository and a commit that a CI vouches for".to_owned(),
            Self::Signed(signed) => signed.words(),
            Self::Built(built) => built.words(),
        }
    }

    /// Whether it is judged by more than what people said and what stands in the promotion itself.
    pub const fn asks_for_circumstances(&self) -> bool {
        !matches!(self, Self::Approvals(_) | Self::Reference { .. })
    }

    /// The trust roots that it asks for.
    pub fn roots(&self) -> &[RootName] {
        match self {
            Self::Signed(signed) => &signed.roots,
            Self::Built(built) => &built.roots,
            _ => &[],
        }
    }

    /// Whether it asks whom the build names as those who made it.
    pub const fn asks_whom_it_names(&self) -> bool {
        matches!(self, Self::Approvals(approvals) if approvals.asks_whom_it_names())
    }

    /// The form of the reference that it asks for, if it asks for one.
    pub const fn reference(&self) -> Option<&Pattern> {
        match self {
            Self::Reference { pattern } => Some(pattern),
            _ => None,
        }
    }

    fn judge(&self, facts: &Facts, now: Time) -> Verdict {
        let Circumstances { received_at, stay, ran, been, openings, .. } = &facts.circumstances;
        match self {
            Self::Approvals(approvals) => approvals.judge(&facts.involved),
            Self::Soak { time } => soak(*time, *stay, *ran, now),
            Self::WasIn { buckets } => {
                let missing = buckets.iter().filter(|bucket| !been.contains(&bucket.key));
                match names(missing) {
                    none if none.is_empty() => Verdict::Passes,
                    missing => Verdict::waits(format!("a stay in {missing}")),
                }
            }
            Self::Window(window) => {
                let open = openings.iter().find(|(known, _)| known == window);
                within(window, open.map_or(&[], |(_, open)| open), now)
            }
            Self::Reference { .. } if facts.has_reference => Verdict::Passes,
            Self::Reference { .. } => Verdict::waits(self.words()),
            Self::MaximumAge { age } if now <= age.after(*received_at) => Verdict::Passes,
            Self::MaximumAge { age } => {
                Verdict::Blocked { because: format!("The build is older than {}.", age.words()) }
            }
            Self::Verified if facts.circumstances.verified => Verdict::Passes,
            // What was received does not change.
            Self::Verified => Verdict::Blocked {
                because:
                    "No CI vouches for its repository and commit: it was not pushed by trusted publishing."
                        .to_owned(),
            },
            Self::Signed(signed) => signed.judge(&facts.circumstances.witnesses),
            Self::Built(built) => built.judge(&facts.circumstances.witnesses),
            Self::Check(wanted) => {
                match wanted.newest(&facts.circumstances.checks).map(|check| check.state) {
                    Some(CheckState::Success) => Verdict::Passes,
                    Some(CheckState::Failure) => Verdict::waits(format!("{}, which failed", wanted.words())),
                    Some(CheckState::Pending) => {
                        Verdict::waits(format!("{}, which is under way", wanted.words()))
                    }
                    None => Verdict::waits(wanted.words()),
                }
            }
        }
    }

    fn note(&self, facts: &Facts, now: Time) -> Option<String> {
        match self {
            Self::MaximumAge { age } => {
                let end = age.after(facts.circumstances.received_at);
                let words = || format!("Until {}. What still waits then ends by itself.", end.to_words());
                (now <= end).then(words)
            }
            Self::Approvals(approvals) => approvals.note(&facts.involved),
            Self::Check(wanted) => wanted.note(&facts.circumstances.checks),
            Self::Signed(signed) => signed.note(&facts.circumstances.witnesses),
            Self::Built(built) => built.note(&facts.circumstances.witnesses),
            _ => None,
        }
    }

    /// The next moment at which its verdict may change by itself; absent where only people change it.
    fn turns(&self, facts: &Facts, now: Time) -> Option<Time> {
        match (self, self.judge(facts, now)) {
            (_, Verdict::Waits { until, .. }) => until,
            (Self::MaximumAge { age }, Verdict::Passes) => {
                // It has to be later than the last moment that passes.
                Some(Time::from_micros(age.after(facts.circumstances.received_at).micros() + 1))
            }
            (Self::Window(window), Verdict::Passes) => {
                let open = facts.circumstances.openings.iter().find(|(known, _)| known == window)?;
                open.1.iter().find(|opening| opening.has(now)).map(|opening| opening.to)
            }
            _ => None,
        }
    }
}

/// The first moment after now at which a verdict on the gates may change without anybody doing anything.
pub fn turns(gates: &[Gate], facts: &Facts, now: Time) -> Option<Time> {
    let holds = facts.circumstances.holds.iter().filter_map(|hold| hold.turns(now));
    let gates = gates.iter().filter_map(|gate| gate.turns(facts, now));
    gates.chain(facts.scheduled_for).chain(holds).filter(|at| *at > now).min()
}

/// The first moment after now at which all gates pass without anybody doing anything, where it is known: goes from turn
/// to turn, as one gate may shut before another opens.
pub fn passes(gates: &[Gate], facts: &Facts, now: Time) -> Option<Time> {
    /// More than the openings that a stage's windows have in the days that are told.
    const TURNS: usize = 1_000;
    let mut at = now;
    if judge(gates, facts, now).wait_for_someone() {
        return None;
    }
    for _ in 0..TURNS {
        at = turns(gates, facts, at)?;
        let verdicts = judge(gates, facts, at);
        if verdicts.pass() {
            return Some(at);
        }
        if verdicts.blocked().is_some() || verdicts.wait_for_someone() {
            return None;
        }
    }
    None
}

/// Counts from when the build runs in the stage before, where deployers report that; else from its placement.
fn soak(time: Span, stay: Option<Stay>, ran: Reported, now: Time) -> Verdict {
    let before = format!("{} in the stage before", time.words());
    let Some(Stay { from, to }) = stay else {
        return Verdict::waits(before);
    };
    let from = match ran {
        Reported::Once { from: began, to: until } if time.after(began) <= until => {
            // It had run for long enough before something else did.
            return Verdict::Passes;
        }
        Reported::Once { .. } if to.is_none() => {
            return Verdict::waits(format!("{before}, from when it is reported to run there again"));
        }
        Reported::Once { .. } => {
            let because = format!("It did not run in the stage before for {}.", time.words());
            return Verdict::Blocked { because };
        }
        Reported::Nobody => from,
        Reported::Since(since) => from.max(since),
        Reported::NotYet if to.is_some() => {
            let because = "It was replaced in the stage before and never reported to run there.".to_owned();
            return Verdict::Blocked { because };
        }
        Reported::NotYet => {
            return Verdict::waits(format!("{before}, from when it is reported to run there"));
        }
    };
    let until = time.after(from);
    match to {
        Some(to) if to < until => {
            let stayed = Span::between(from, to).map_or_else(|| "less than a minute".to_owned(), Span::words);
            let time = time.words();
            Verdict::Blocked {
                because: format!("It was replaced in the stage before after {stayed}, not {time}."),
            }
        }
        _ if until <= now => Verdict::Passes,
        _ => Verdict::Waits { needs: before, until: Some(until) },
    }
}

fn within(window: &Window, openings: &[Opening], now: Time) -> Verdict {
    if openings.iter().any(|opening| opening.has(now)) {
        return Verdict::Passes;
    }
    let next = openings.iter().map(|opening| opening.from).filter(|from| *from > now).min();
    Verdict::Waits { needs: format!("its hours, {window}"), until: next }
}

fn names<'a>(buckets: impl Iterator<Item = &'a BucketName>) -> String {
    buckets.map(|bucket| bucket.slug.as_str()).collect::<Vec<_>>().join(" and ")
}

impl Reported {
    /// Of two environments that one bucket feeds: the shorter time in which it ran in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nobody, known) | (known, Self::Nobody) => known,
            (Self::NotYet, _) | (_, Self::NotYet) => Self::NotYet,
            (Self::Since(one), Self::Since(other)) => Self::Since(one.max(other)),
            (Self::Once { from, to }, Self::Since(since)) | (Self::Since(since), Self::Once { from, to }) => {
                Self::Once { from: from.max(since), to }
            }
            (Self::Once { from, to }, Self::Once { from: other, to: end }) => {
                Self::Once { from: from.max(other), to: to.min(end) }
            }
        }
    }
}

impl Opening {
    fn has(&self, now: Time) -> bool {
        self.from <= now && now < self.to
    }
}

impl Verdict {
    /// Waits for someone to do something.
    fn waits(needs: String) -> Self {
        Self::Waits { needs, until: None }
    }
}

impl Verdicts {
    pub fn pass(&self) -> bool {
        self.0.iter().all(|gate| gate.verdict == Verdict::Passes)
    }

    /// Whether a gate waits for what time alone does not bring.
    fn wait_for_someone(&self) -> bool {
        self.0.iter().any(|gate| matches!(gate.verdict, Verdict::Waits { until: None, .. }))
    }

    /// What is still missing, gate by gate.
    pub fn needs(&self) -> Vec<String> {
        let needs = |gate: &GateVerdict| match &gate.verdict {
            Verdict::Waits { needs, .. } => Some(needs.clone()),
            Verdict::Passes | Verdict::Blocked { .. } => None,
        };
        self.0.iter().filter_map(needs).collect()
    }

    /// Why nothing helps any more, where that is so.
    pub fn blocked(&self) -> Option<&str> {
        self.0.iter().find_map(|gate| match &gate.verdict {
            Verdict::Blocked { because } => Some(because.as_str()),
            Verdict::Passes | Verdict::Waits { .. } => None,
        })
    }
}

impl Pattern {
    /// Takes a text of the right length. Whether it is a regular expression is for the server to find out.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let text = text.trim();
        let right = (1..=200).contains(&text.chars().count()) && is_plain(text);
        if right { Ok(Self(text.to_owned())) } else { Err(PatternError) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Pattern {
    type Error = PatternError;

    fn try_from(text: String) -> Result<Self, PatternError> {
        Self::parse(&text)
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.0
    }
}

#[cfg(test)]
mod tests;
