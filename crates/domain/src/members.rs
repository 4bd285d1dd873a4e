//! The members of a project: who has which role there, and where it comes from.

use crate::access::Role;
use crate::ids::PersonId;
use crate::people::{Invitation, MemberRole};
use crate::projects::Project;
use crate::times::Time;
use crate::words::Email;
use serde::{Deserialize, Serialize};

/// What the page of a project's members shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembersView {
    pub project: Project,
    pub members: Vec<ProjectMember>,
    /// Open invitations into the project, for those who may withdraw them.
    pub invitations: Vec<Invitation>,
    pub roles: Vec<Role>,
    /// Where in the project who asks may give roles: the form's value and its words.
    pub places: Vec<(String, String)>,
    /// Whether who asks may give roles in the whole project.
    pub may_manage: Result<(), String>,
    pub now: Time,
}

/// Someone with a role that counts in a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectMember {
    pub id: PersonId,
    pub name: String,
    /// For those who manage people here.
    pub email: Option<Email>,
    pub roles: Vec<MemberRole>,
}
