//! A rule as people fill it in.

use super::{Criterion, Key, Operator};
use crate::buckets::{BucketKind, Slot};
use crate::forms::{Check, Invalid};
use crate::integrations::check_kind;
use crate::rules::Rule;
use crate::slugs::Slug;
use crate::words::{Title, is_plain};
use serde::{Deserialize, Serialize};

/// A rule, as typed. Rows in which nothing is filled in are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleForm {
    pub slug: String,
    pub title: String,
    pub kind: String,
    pub is_default: Option<String>,
    pub criteria: Vec<CriterionForm>,
}

/// One row of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CriterionForm {
    pub key: String,
    pub operator: String,
    pub value: String,
    /// A bucket's slug.
    pub bucket: String,
}

/// A rule that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRule {
    pub slug: Slug,
    pub title: Title,
    pub kind: BucketKind,
    pub is_default: bool,
    pub criteria: Vec<Criterion>,
}

/// What a rule is checked against.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    pub project: &'a Slug,
    /// Every bucket that rules of the project can lead to.
    pub slots: &'a [Slot],
    /// Whether the server can read what a criterion says, or why not.
    pub readable: fn(Operator, &str) -> Result<(), String>,
}

/// How many criteria a rule has at most, and how long one's text is.
const MOST: usize = 50;
const LONGEST: usize = 200;

impl RuleForm {
    pub fn check(&self, given: &Given) -> Result<NewRule, Invalid> {
        let mut check = Check::default();
        let title = check.field("title", Title::parse(&self.title));
        let slug = check.field("slug", Slug::parse_new(&self.slug));
        let kind = check.field("kind", check_kind(&self.kind, given.project));
        let criteria = kind.map(|kind| self.check_criteria(kind, given, &mut check));
        let new = slug.zip(title).zip(kind).zip(criteria).map(|(((slug, title), kind), criteria)| NewRule {
            slug,
            title,
            kind,
            is_default: self.is_default.is_some(),
            criteria,
        });
        check.finish(new)
    }

    fn check_criteria(&self, kind: BucketKind, given: &Given, check: &mut Check) -> Vec<Criterion> {
        let filled = self.criteria.iter().enumerate().filter(|(_, row)| !row.is_empty());
        let criteria: Vec<Criterion> =
            filled.filter_map(|(row, criterion)| criterion.check(row, kind, given, check)).collect();
        if self.criteria.iter().all(CriterionForm::is_empty) {
            check.mistake("criteria", "Add at least one criterion.");
        } else if criteria.len() > MOST {
            check.mistake("criteria", format!("Use at most {MOST} criteria."));
        }
        criteria
    }

    /// The form that a rule would be filled in with.
    pub fn of(rule: &Rule, slots: &[Slot]) -> Self {
        let slug = |criterion: &Criterion| {
            let slot = slots.iter().find(|slot| slot.key == criterion.bucket);
            slot.map(|slot| slot.slug.to_string()).unwrap_or_default()
        };
        let row = |criterion: &Criterion| CriterionForm {
            key: criterion.key.to_string(),
            operator: criterion.operator.name().to_owned(),
            value: criterion.value.clone(),
            bucket: slug(criterion),
        };
        Self {
            slug: rule.name.slug.to_string(),
            title: rule.name.title.to_string(),
            kind: rule.name.kind.name().to_owned(),
            is_default: rule.is_default.then(|| "on".to_owned()),
            criteria: rule.criteria.iter().map(row).collect(),
        }
    }
}

impl CriterionForm {
    /// Whether nothing is filled in that says something by itself.
    fn is_empty(&self) -> bool {
        self.value.trim().is_empty() && self.bucket.is_empty()
    }

    fn check(&self, row: usize, kind: BucketKind, given: &Given, check: &mut Check) -> Option<Criterion> {
        let field = |name: &str| format!("criteria[{row}][{name}]");
        let key = check.field(&field("key"), Key::parse(&self.key));
        let operator = Operator::parse(&self.operator).ok_or_else(|| {
            format!("Choose how it is compared: by {}.", Operator::ALL.map(Operator::name).join(", "))
        });
        let operator = check.field(&field("operator"), operator);
        let value = check.field(&field("value"), self.check_value(operator, given));
        let slot =
            given.slots.iter().find(|slot| slot.key.kind() == kind && slot.slug.as_str() == self.bucket);
        let slot = slot.ok_or_else(|| match self.bucket.as_str() {
            "" => "Choose where these builds go.".to_owned(),
            slug => format!("There is no bucket “{slug}” of this type."),
        });
        let slot = check.field(&field("bucket"), slot);
        let ((key, operator), (value, slot)) = key.zip(operator).zip(value.zip(slot))?;
        Some(Criterion { key, operator, value, bucket: slot.key })
    }

    fn check_value(&self, operator: Option<Operator>, given: &Given) -> Result<String, String> {
        let value = self.value.trim();
        if value.is_empty() {
            return Err("Fill in what it is compared with.".to_owned());
        }
        if value.chars().count() > LONGEST || !is_plain(value) {
            return Err(format!("Use one line of at most {LONGEST} characters."));
        }
        if let Some(operator) = operator {
            (given.readable)(operator, value)?;
        }
        Ok(value.to_owned())
    }
}
