//! CI rules, the builds that none has led, and reclassification.

use crate::builds::Build;
use crate::times::Timestamp;
use crate::workflows::BucketKind;
use serde::{Deserialize, Serialize};
use towpath_domain::buckets::{BucketKey, Slot};
use towpath_domain::rules as domain;
use utoipa::ToSchema;

/// A CI rule in its newest version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rule {
    pub slug: String,
    pub title: String,
    pub kind: BucketKind,
    /// Whether integrations of its type that follow the project's default follow it.
    pub is_default: bool,
    /// Counts from 1; every change makes a new one.
    pub version: i64,
    /// The first that matches decides.
    pub criteria: Vec<Criterion>,
}

/// One line of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// `ref`, `branch`, `tag` (of git), `image_tag`, `commit`, `repository`, `version`, `title`, `event`, `label:NAME`, or
    /// `meta:NAME`.
    pub key: String,
    /// `equals`, `starts_with`, `ends_with`, `contains`, `glob`, `regex` or `semver`.
    pub operator: String,
    pub value: String,
    /// The bucket that such builds are led to.
    pub bucket: String,
}

/// A rule to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRule {
    #[schema(examples("branches"))]
    pub slug: String,
    pub title: String,
    pub kind: BucketKind,
    #[serde(default)]
    pub is_default: bool,
    pub criteria: Vec<Criterion>,
}

/// A rule as it is to become.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedRule {
    /// The version that was looked at; if it is another by then, nothing happens.
    pub version: i64,
    pub title: String,
    #[serde(default)]
    pub is_default: bool,
    pub criteria: Vec<Criterion>,
}

/// Criteria to try out on a build that need not be there, without saving anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTrial {
    pub kind: BucketKind,
    pub criteria: Vec<Criterion>,
    /// A saved rule of the project, whose followers' builds are tried, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    #[serde(default)]
    #[schema(examples("refs/heads/main"))]
    pub git_ref: String,
    #[serde(default)]
    pub image_tag: String,
    /// Labels of the image.
    #[serde(default)]
    pub labels: std::collections::BTreeMap<String, String>,
}

/// What the criteria would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Trial {
    /// Where they lead the build; absent where none matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    /// Which of them matches, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criterion: Option<usize>,
    /// How many builds of the saved rule's followers were tried.
    pub builds: usize,
    /// How many of them would go elsewhere, and the newest of these.
    pub elsewhere_count: usize,
    pub elsewhere: Vec<Moved>,
}

/// A build that goes elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Moved {
    pub tag: String,
    pub digest: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git_ref: Option<String>,
    pub received_at: Timestamp,
    /// Absent for a build that no rule had led.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Absent for a build that no rule leads any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Whether it becomes current there.
    pub becomes_current: bool,
    /// Why it does not, and is kept beside the bucket; absent for what was current there before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<String>,
}

/// Which CI rule leads what is pushed to an integration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "follows", rename_all = "snake_case", deny_unknown_fields)]
pub enum FollowedRule {
    /// The project's default rule of its type, whichever that is at the time.
    #[default]
    Default,
    /// The rule of this slug.
    Own { rule: String },
    /// None: what is pushed without a bucket waits for a person.
    None,
}

/// A build that no rule has led.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnclassifiedBuild {
    pub build: Build,
    pub by: String,
}

/// A bucket for a build that no rule has led.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAssignment {
    pub digest: String,
    pub bucket: String,
    pub reason: String,
}

/// What a reclassification changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reclassification {
    /// The rule that holds; without one, what rules have led is led nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    pub rule_version: i64,
    /// How many builds were looked at.
    pub builds: usize,
    /// The newest that go elsewhere, the oldest of them first.
    pub moved: Vec<Moved>,
    /// Whether there are older ones, for another time.
    pub more: bool,
    /// Names what was looked at, to confirm exactly this.
    pub mark: String,
}

/// Confirms a reclassification that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReclassification {
    /// The `mark` of the preview; if another would come of it by then, nothing happens.
    pub mark: String,
}

impl Rule {
    /// A rule with its buckets named.
    pub fn new(rule: &domain::Rule, slots: &[Slot]) -> Self {
        let bucket = |key: BucketKey| {
            let slot = slots.iter().find(|slot| slot.key == key);
            slot.map(|slot| slot.slug.to_string()).unwrap_or_default()
        };
        let criterion = |criterion: &domain::Criterion| Criterion {
            key: criterion.key.to_string(),
            operator: criterion.operator.name().to_owned(),
            value: criterion.value.clone(),
            bucket: bucket(criterion.bucket),
        };
        Self {
            slug: rule.name.slug.to_string(),
            title: rule.name.title.to_string(),
            kind: rule.name.kind.into(),
            is_default: rule.is_default,
            version: rule.version,
            criteria: rule.criteria.iter().map(criterion).collect(),
        }
    }
}

fn rows(criteria: Vec<Criterion>) -> Vec<domain::CriterionForm> {
    let row =
        |Criterion { key, operator, value, bucket }| domain::CriterionForm { key, operator, value, bucket };
    criteria.into_iter().map(row).collect()
}

impl From<domain::CriterionForm> for Criterion {
    fn from(row: domain::CriterionForm) -> Self {
        Self { key: row.key, operator: row.operator, value: row.value, bucket: row.bucket }
    }
}

fn kind_name(kind: BucketKind) -> String {
    towpath_domain::buckets::BucketKind::from(kind).name().to_owned()
}

impl From<NewRule> for domain::RuleForm {
    fn from(new: NewRule) -> Self {
        Self {
            slug: new.slug,
            title: new.title,
            kind: kind_name(new.kind),
            is_default: new.is_default.then(|| "on".to_owned()),
            criteria: rows(new.criteria),
        }
    }
}

impl From<ChangedRule> for (i64, domain::RuleForm) {
    fn from(changed: ChangedRule) -> Self {
        let form = domain::RuleForm {
            title: changed.title,
            is_default: changed.is_default.then(|| "on".to_owned()),
            criteria: rows(changed.criteria),
            ..domain::RuleForm::default()
        };
        (changed.version, form)
    }
}

impl NewTrial {
    /// The form that is tried out; its name is never kept.
    pub fn form(&self) -> domain::RuleForm {
        domain::RuleForm {
            slug: "trial".to_owned(),
            title: "Trial".to_owned(),
            kind: kind_name(self.kind),
            is_default: None,
            criteria: rows(self.criteria.clone()),
        }
    }
}

impl From<domain::Trial> for Trial {
    fn from(trial: domain::Trial) -> Self {
        let (criterion, bucket) = trial.matched.unzip();
        Self {
            bucket: bucket.map(Into::into),
            criterion,
            builds: trial.builds,
            elsewhere_count: trial.elsewhere_count,
            elsewhere: trial.elsewhere.into_iter().map(Moved::from).collect(),
        }
    }
}

impl From<domain::Moved> for Moved {
    fn from(moved: domain::Moved) -> Self {
        Self {
            tag: moved.tag.into(),
            digest: moved.digest.into(),
            git_ref: moved.git_ref,
            received_at: moved.received_at.into(),
            from: moved.from.map(Into::into),
            to: moved.to.map(Into::into),
            becomes_current: moved.becomes_current,
            beside: moved.beside.map(|refused| refused.to_string()),
        }
    }
}

impl From<domain::Reclassification> for Reclassification {
    fn from(told: domain::Reclassification) -> Self {
        Self {
            mark: told.mark(),
            rule: told.rule.map(|rule| rule.slug.into()),
            rule_version: told.rule_version,
            builds: told.builds,
            moved: told.moved.into_iter().map(Moved::from).collect(),
            more: told.more,
        }
    }
}

impl From<domain::UnclassifiedBuild> for UnclassifiedBuild {
    fn from(one: domain::UnclassifiedBuild) -> Self {
        Self { build: one.build.into(), by: one.by }
    }
}

impl FollowedRule {
    /// The choice as the form's field takes it.
    pub fn choice(self) -> String {
        match self {
            Self::Default => towpath_domain::integrations::FOLLOW_DEFAULT.to_owned(),
            Self::Own { rule } => rule,
            Self::None => towpath_domain::integrations::FOLLOW_NONE.to_owned(),
        }
    }

    /// The choice that stands in the form's field.
    pub fn read(choice: String) -> Self {
        match choice.as_str() {
            towpath_domain::integrations::FOLLOW_DEFAULT => Self::Default,
            towpath_domain::integrations::FOLLOW_NONE => Self::None,
            _ => Self::Own { rule: choice },
        }
    }
}
