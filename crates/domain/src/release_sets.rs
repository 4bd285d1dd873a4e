//! Release sets: named builds of several services that are promoted, carried on and taken back together.

mod views;

pub use views::{
    ActLine, CourseView, MemberLine, NewSetView, ReleaseSetLine, ReleaseSetView, ReleaseSetsView, ResultLine,
    Told, WantedLine,
};

use crate::digests::Digest;
use crate::forms::{Check, Invalid};
use crate::ids::{
    BuildId, IntegrationId, PersonId, PlacementId, ProjectId, PromotionId, ReleaseSetActId, ReleaseSetId,
};
use crate::references::Tag;
use crate::slugs::Slug;
use crate::timeline::BuildName;
use crate::times::Time;
use crate::words::{Reason, Title};
use serde::{Deserialize, Serialize};

/// How many integrations a set has at most, and a comparison shows.
pub const MOST: usize = 100;

/// Named builds of several services, also of several projects. Which they are does not change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseSet {
    pub id: ReleaseSetId,
    /// Where it was made, and has its address.
    pub project: ProjectId,
    /// Counts up in the project.
    pub number: i64,
    pub title: Title,
    pub made_by: PersonId,
    pub made_at: Time,
    pub members: Vec<Member>,
}

/// One build of a set: at most one of each integration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub integration: IntegrationId,
    pub build: BuildId,
    /// By which the build went where it was picked.
    pub tag: Tag,
}

/// What is done with all builds of a set as one act. Buckets go by their slug, since each integration has its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "course", rename_all = "snake_case")]
pub enum Course {
    /// Asks for the promotion of each from one stage into a next one.
    Promote { from: Slug, to: Slug },
    /// Gives a bucket back what it had before the set's build.
    TakeBack { bucket: Slug },
    /// Gives a bucket back what it had at a time.
    Restore { bucket: Slug, at: Time },
}

/// An act on a set, with how it ended for each of its builds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    pub id: ReleaseSetActId,
    pub set: ReleaseSetId,
    pub course: Course,
    pub reason: Reason,
    pub by: PersonId,
    pub at: Time,
    pub results: Vec<PartResult>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartResult {
    pub integration: IntegrationId,
    /// The build that it was about: the set's, or the one that became current again.
    pub build: BuildId,
    pub outcome: Outcome,
}

/// How an act ended for one build. What became of a promotion stands with the promotion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    Asked { promotion: PromotionId },
    RolledBack { placement: PlacementId },
    Refused { because: String },
}

/// What an act would do, integration by integration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    pub parts: Vec<Part>,
    /// Whether there are more than fit.
    pub more: bool,
}

/// What an act would do in one integration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub project: Slug,
    pub integration: Slug,
    /// What would become current; absent where there is nothing.
    pub comes: Option<BuildName>,
    /// What is current there now.
    pub there: Option<BuildName>,
    pub prospect: Prospect,
    /// The form of the reference that the stage asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asks_for: Option<String>,
}

/// What one part of an act would meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "prospect", rename_all = "snake_case")]
pub enum Prospect {
    /// It is current there already.
    Same,
    /// It becomes current at once.
    Enters,
    /// It waits for what the gates need.
    Waits {
        needs: Vec<String>,
        /// When it enters without anybody doing anything, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Time>,
    },
    Cannot {
        because: String,
    },
}

/// How what would come compares with what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    Differs,
    /// Nothing is there yet.
    New,
    Same,
    /// A rule is against it.
    Cannot,
}

impl Likeness {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Differs => "differs",
            Self::New => "new",
            Self::Same => "same",
            Self::Cannot => "cannot",
        }
    }
}

/// A part that somebody picks: an integration, and what they saw of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picked {
    pub project: Slug,
    pub integration: Slug,
    /// What would become current; absent where whoever picks takes whatever it is.
    pub digest: Option<Digest>,
    /// What was current there; absent where they did not look, or saw nothing.
    pub there: Option<Digest>,
}

/// A comparison as a form or an address asks for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CourseForm {
    pub from: String,
    pub to: String,
    /// Instead of `from`: the time whose builds `to` shall have again.
    pub at: String,
}

/// An act as a form gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ActForm {
    /// Each as [`Picked`] reads it; none for all that differ.
    pub parts: Vec<String>,
    pub reason: String,
    /// What it refers to, such as a change ticket, for the stages that ask for one.
    pub reference: String,
}

/// Why two names make no course.
const SAME: &str = "Choose another bucket than the one they come from.";

impl CourseForm {
    pub fn check(&self, now: Time) -> Result<Course, Invalid> {
        let mut check = Check::default();
        let to = check.field("to", Slug::parse(self.to.trim()));
        let (from, at) = (self.from.trim(), self.at.trim());
        let course = match (from, at) {
            ("", "") => {
                check.field("from", Err::<Option<Course>, _>("Choose a bucket, or name a time below."))
            }
            (_, "") => {
                let from = check.field("from", Slug::parse(from));
                if from.is_some() && from == to {
                    check.field("to", Err::<(), _>(SAME));
                }
                Some(from.zip(to).map(|(from, to)| Course::Promote { from, to }))
            }
            ("", at) => {
                let at = check.field("at", read_past(at, now));
                Some(at.zip(to).map(|(at, bucket)| Course::Restore { bucket, at }))
            }
            _ => check.field("at", Err("Name either a bucket or a time, not both.")),
        };
        check.finish(course.flatten())
    }
}

fn read_past(text: &str, now: Time) -> Result<Time, String> {
    let at = Time::parse_in_utc(text).map_err(|error| error.to_string())?;
    if at > now { Err("This moment has not come yet.".to_owned()) } else { Ok(at) }
}

impl Course {
    /// The bucket in which builds become current.
    pub const fn bucket(&self) -> &Slug {
        match self {
            Self::Promote { to, .. } => to,
            Self::TakeBack { bucket } | Self::Restore { bucket, .. } => bucket,
        }
    }

    /// In words, after who does it: “promoted from staging to production”.
    pub fn words(&self) -> String {
        match self {
            Self::Promote { from, to } => format!("promoted from {from} to {to}"),
            Self::TakeBack { bucket } => format!("taken back out of {bucket}"),
            Self::Restore { bucket, at } => format!("{bucket} returned to how it was at {at}"),
        }
    }
}

impl Prospect {
    /// Whether an act does something here.
    pub const fn can(&self) -> bool {
        matches!(self, Self::Enters | Self::Waits { .. })
    }
}

impl Part {
    /// How the two builds compare.
    pub const fn likeness(&self) -> Likeness {
        match (&self.prospect, &self.there) {
            (Prospect::Same, _) => Likeness::Same,
            (Prospect::Cannot { .. }, _) => Likeness::Cannot,
            (_, None) => Likeness::New,
            (_, Some(_)) => Likeness::Differs,
        }
    }

    /// As a form sends it back, where there is something to pick.
    pub fn pick(&self) -> Option<Picked> {
        let comes = self.comes.as_ref().filter(|_| self.prospect.can())?;
        Some(Picked {
            project: self.project.clone(),
            integration: self.integration.clone(),
            digest: Some(comes.digest.clone()),
            there: self.there.as_ref().map(|there| there.digest.clone()),
        })
    }
}

impl Picked {
    /// Reads `shop/checkout` or `shop/checkout@sha256:…`, with `~sha256:…` behind it for what was current there.
    pub fn parse(text: &str) -> Option<Self> {
        let digest = |text: &str| Digest::parse(text).ok();
        let (text, there) = match text.split_once('~') {
            Some((text, there)) => (text, Some(digest(there)?)),
            None => (text, None),
        };
        let (name, comes) = match text.split_once('@') {
            Some((name, comes)) => (name, Some(digest(comes)?)),
            None => (text, None),
        };
        let (project, integration) = name.split_once('/')?;
        let (project, integration) = (Slug::parse(project).ok()?, Slug::parse(integration).ok()?);
        Some(Self { project, integration, digest: comes, there })
    }

    pub fn is_of(&self, part: &Part) -> bool {
        self.project == part.project && self.integration == part.integration
    }
}

impl std::fmt::Display for Picked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.project, self.integration)?;
        self.digest.iter().try_for_each(|digest| write!(f, "@{digest}"))?;
        self.there.iter().try_for_each(|there| write!(f, "~{there}"))
    }
}

/// An act that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAct {
    pub picked: Vec<Picked>,
    pub reason: Reason,
    pub reference: String,
}

impl ActForm {
    pub fn check(&self) -> Result<NewAct, Invalid> {
        let mut check = Check::default();
        let new = self.read(&mut check);
        check.finish(new)
    }

    /// The same for an act that makes a set of this title.
    pub fn check_titled(&self, title: &str) -> Result<(Title, NewAct), Invalid> {
        let mut check = Check::default();
        let title = check.field("title", Title::parse(title));
        let new = title.zip(self.read(&mut check));
        check.finish(new)
    }

    fn read(&self, check: &mut Check) -> Option<NewAct> {
        let picked = self.parts.iter().map(|text| {
            let wrong =
                || format!("“{text}” is not of the form project/integration or project/integration@digest.");
            Picked::parse(text).ok_or_else(wrong)
        });
        let picked = check.field("parts", picked.collect::<Result<Vec<_>, _>>());
        let reason = check.field("reason", Reason::parse(&self.reason));
        let reference = self.reference.clone();
        picked.zip(reason).map(|(picked, reason)| NewAct { picked, reason, reference })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digests::Algorithm;

    fn form(from: &str, to: &str, at: &str) -> CourseForm {
        CourseForm { from: from.to_owned(), to: to.to_owned(), at: at.to_owned() }
    }

    fn wrong(form: &CourseForm, now: Time) -> Vec<String> {
        let invalid = form.check(now).expect_err("a mistake");
        invalid.errors().iter().map(|error| error.field.clone()).collect()
    }

    #[test]
    fn a_course_leads_from_one_bucket_to_another_or_back_to_a_time() {
        let now = Time::parse("2026-12-01T10:00:00Z").unwrap();
        let slug = |text| Slug::parse(text).unwrap();
        let on = Course::Promote { from: slug("qa"), to: slug("staging") };
        assert_eq!(form(" qa", "staging ", "").check(now), Ok(on));
        let at = Time::parse("2026-11-01T10:00:00Z").unwrap();
        let back = Course::Restore { bucket: slug("staging"), at };
        assert_eq!(form("", "staging", "2026-11-01T10:00:00Z").check(now), Ok(back));
        assert_eq!(wrong(&form("", "", ""), now), ["to", "from"]);
        assert_eq!(wrong(&form("QA", "", ""), now), ["to", "from"]);
        assert_eq!(wrong(&form("qa", "qa", ""), now), ["to"]);
        assert_eq!(wrong(&form("qa", "staging", "2026-11-01T10:00:00Z"), now), ["at"]);
        assert_eq!(wrong(&form("", "staging", "2026-12-01T10:00:01Z"), now), ["at"]);
    }

    #[test]
    fn what_is_picked_survives_its_text() {
        let digest = Digest::of(Algorithm::Sha256, b"image");
        let whole = format!("shop/checkout@{digest}~{digest}");
        for text in ["shop/checkout".to_owned(), format!("shop/checkout@{digest}"), whole] {
            assert_eq!(Picked::parse(&text).expect("a part").to_string(), text);
        }
        for text in [
            "",
            "shop",
            "shop/Checkout",
            "shop/checkout@",
            "shop/checkout@sha256:00",
            "shop/checkout~",
            "shop/checkout/qa",
        ] {
            assert_eq!(Picked::parse(text), None, "{text}");
        }
    }

    #[test]
    fn all_mistakes_of_an_act_are_told_at_once() {
        let form = ActForm { parts: vec!["checkout".to_owned()], ..ActForm::default() };
        let invalid = form.check_titled(" ").expect_err("mistakes");
        let fields: Vec<&str> = invalid.errors().iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["title", "parts", "reason"]);
    }
}
