//! Archiving: a project that is put away can be read and pulled from, and nothing in it changes.

use super::Project;
use crate::slugs::Slug;
use crate::timeline::Change;
use crate::times::Time;
use serde::{Deserialize, Serialize};

/// Why nothing changes in a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error(
    "The project {project} is archived: it can be read and pulled from, and nothing in it changes. Whoever may \
     configure it can restore it on its page."
)]
pub struct Archived {
    pub project: Slug,
}

/// Why a project is not archived or restored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveRefused {
    #[error("The project global holds what all projects share and cannot be archived.")]
    Global,
    #[error("The project {project} is archived already.")]
    Already { project: Slug },
    #[error("The project {project} is not archived, so there is nothing to restore.")]
    InUse { project: Slug },
}

impl Project {
    /// Refuses a change in a project that is archived.
    pub fn check_in_use(&self) -> Result<(), Archived> {
        match self.archived_at {
            Some(_) => Err(Archived { project: self.slug.clone() }),
            None => Ok(()),
        }
    }

    /// Puts the project away; yields it with what the audit log tells.
    pub fn archive(self, now: Time) -> Result<(Self, Change), ArchiveRefused> {
        if self.is_global() {
            return Err(ArchiveRefused::Global);
        }
        if self.archived_at.is_some() {
            return Err(ArchiveRefused::Already { project: self.slug });
        }
        Ok((Self { archived_at: Some(now), ..self }, Change::ProjectArchived))
    }

    /// Takes the project into use again.
    pub fn restore(self) -> Result<(Self, Change), ArchiveRefused> {
        if self.archived_at.is_none() {
            return Err(ArchiveRefused::InUse { project: self.slug });
        }
        Ok((Self { archived_at: None, ..self }, Change::ProjectRestored))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Title;
    use uuid::Uuid;

    fn project(slug: Slug) -> Project {
        Project {
            id: Uuid::from_u128(1).into(),
            slug,
            title: Title::parse("Shop").expect("a title"),
            created_at: Time::from_micros(1),
            archived_at: None,
            sample: None,
        }
    }

    fn shop() -> Project {
        project(Slug::parse("shop").expect("a slug"))
    }

    #[test]
    fn an_archived_project_changes_in_nothing_until_it_is_restored() {
        assert_eq!(shop().check_in_use(), Ok(()));
        let (archived, change) = shop().archive(Time::from_micros(7)).expect("it is in use");
        assert_eq!((archived.archived_at, change), (Some(Time::from_micros(7)), Change::ProjectArchived));
        let refused = archived.check_in_use().expect_err("it is archived");
        assert!(refused.to_string().starts_with("The project shop is archived"));
        assert_eq!(archived.restore(), Ok((shop(), Change::ProjectRestored)));
    }

    #[test]
    fn neither_is_done_twice() {
        let (archived, _) = shop().archive(Time::from_micros(7)).expect("it is in use");
        let project = shop().slug;
        assert_eq!(
            archived.archive(Time::from_micros(8)),
            Err(ArchiveRefused::Already { project: project.clone() })
        );
        assert_eq!(shop().restore(), Err(ArchiveRefused::InUse { project }));
    }

    #[test]
    fn what_all_share_is_never_archived() {
        let global = project(Slug::global());
        assert_eq!(global.archive(Time::from_micros(7)), Err(ArchiveRefused::Global));
    }
}
