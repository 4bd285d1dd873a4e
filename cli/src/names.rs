//! Names as they are typed: `PROJECT/INTEGRATION`, `PROJECT/INTEGRATION/BUCKET`, `PROJECT#NUMBER`.

use crate::failure::Failure;
use std::fmt;
use std::str::FromStr;
use towpath_domain::slugs::Slug;

/// An integration of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntegrationName {
    pub project: String,
    pub integration: String,
}

/// A bucket of an integration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketName {
    pub at: IntegrationName,
    pub bucket: String,
}

/// A promotion of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromotionName {
    pub project: String,
    pub number: i64,
}

impl FromStr for IntegrationName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let [project, integration] = slugs(text).ok_or("write it as PROJECT/INTEGRATION")?;
        Ok(Self { project, integration })
    }
}

impl FromStr for BucketName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let [project, integration, bucket] = slugs(text).ok_or("write it as PROJECT/INTEGRATION/BUCKET")?;
        Ok(Self { at: IntegrationName { project, integration }, bucket })
    }
}

impl PromotionName {
    /// Reads `PROJECT#NUMBER`, or the two apart.
    pub fn parse(first: &str, second: Option<&str>) -> Result<Self, Failure> {
        let wrong = || Failure::Usage(format!("“{first}” names no promotion; write it as PROJECT#NUMBER"));
        let (project, number) = match second {
            Some(number) => (first, number.trim_start_matches('#')),
            None => first.split_once('#').ok_or_else(wrong)?,
        };
        let number = number.parse().ok().filter(|number| *number > 0).ok_or_else(wrong)?;
        let project = Slug::parse(project).map_err(|_| wrong())?.into();
        Ok(Self { project, number })
    }
}

fn slugs<const N: usize>(text: &str) -> Option<[String; N]> {
    let parts: Vec<String> =
        text.split('/').map(|part| Slug::parse(part).ok().map(String::from)).collect::<Option<_>>()?;
    parts.try_into().ok()
}

impl fmt::Display for IntegrationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.project, self.integration)
    }
}

impl fmt::Display for BucketName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.at, self.bucket)
    }
}

impl fmt::Display for PromotionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.project, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promotion_is_named_in_one_word_or_two() {
        let names = [("shop#2", None), ("shop", Some("2")), ("shop", Some("#2"))];
        for (first, second) in names {
            assert_eq!(PromotionName::parse(first, second).unwrap().to_string(), "shop#2");
        }
        for (first, second) in [("shop", None), ("shop#", None), ("shop#0", None), ("Shop!", Some("2"))] {
            assert!(PromotionName::parse(first, second).is_err(), "{first} {second:?}");
        }
    }

    #[test]
    fn a_name_has_exactly_its_parts() {
        assert!("shop/checkout".parse::<IntegrationName>().is_ok());
        assert!("shop/checkout/qa".parse::<BucketName>().is_ok());
        for text in ["shop", "shop/", "shop/checkout/qa", "Shop/checkout", "../checkout"] {
            assert!(text.parse::<IntegrationName>().is_err(), "{text}");
        }
    }
}
