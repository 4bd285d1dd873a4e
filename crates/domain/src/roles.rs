//! Roles of an installation's own: named sets of the permissions that there are, beside the built-in ones.
//!
//! None of them lets its holder decide and also configure or manage people: whoever sets the gates, or names who decides,
//! would otherwise do both by one role. And all of them let their holder see what they are about.

use crate::access::{Action, Permissions, Reach, Role};
use crate::forms::{Check, Invalid};
use crate::groups::GroupName;
use crate::ids::PersonId;
use crate::slugs::Slug;
use crate::timeline::RoleShape;
use crate::words::Title;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the form of a role holds, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RoleForm {
    /// Of a new role; it does not change.
    pub slug: String,
    pub title: String,
    /// Of a new role: the one that it begins as.
    pub from: String,
    /// How far each permission goes, by its name: `everywhere`, `outside_production`, or empty for not at all.
    pub permissions: BTreeMap<String, String>,
}

/// What stands beside each permission in the form.
pub fn field(action: Action) -> String {
    format!("permissions[{}]", action.name())
}

const TOGETHER: &str = "A role does not decide and also configure or manage people. Make two roles of it.";
const EVERYWHERE: &str = "This is not about a bucket or an environment, so it cannot stop at production.";
const TAKEN: &str = "This is the name of a role that is built in. Choose another.";

impl RoleForm {
    /// What another role permits, but for what was chosen.
    #[must_use]
    pub fn beginning_as(mut self, other: &Role) -> Self {
        for (action, reach) in &other.permissions {
            self.permissions.entry(action.name().to_owned()).or_insert_with(|| reach.name().to_owned());
        }
        self
    }

    /// A new role.
    pub fn check(&self) -> Result<Role, Invalid> {
        let mut check = Check::default();
        let slug = Slug::parse_new(&self.slug).map_err(|error| error.to_string());
        let slug = slug
            .and_then(|slug| if Role::reserved().contains(&slug) { Err(TAKEN.to_owned()) } else { Ok(slug) });
        let slug = check.field("slug", slug);
        let parts = self.parts(&mut check);
        check.finish(slug.zip(parts).map(|(slug, (title, permissions))| Role { slug, title, permissions }))
    }

    /// What becomes of a role that is there.
    pub fn check_change(&self, before: &Role) -> Result<Role, Invalid> {
        let mut check = Check::default();
        let parts = self.parts(&mut check);
        let slug = before.slug.clone();
        check.finish(parts.map(|(title, permissions)| Role { slug, title, permissions }))
    }

    fn parts(&self, check: &mut Check) -> Option<(String, Permissions)> {
        let title = check.field("title", Title::parse(&self.title));
        let permissions = self.permissions(check);
        title.map(String::from).zip(permissions)
    }

    fn permissions(&self, check: &mut Check) -> Option<Permissions> {
        let mut permissions = Permissions::from([(Action::View, Reach::Everywhere)]);
        let mut sound = true;
        for (name, reach) in self.permissions.iter().filter(|(_, reach)| !reach.is_empty()) {
            let parsed = match (Action::parse(name), Reach::parse(reach)) {
                (None, _) => Err("There is no such permission."),
                (_, None) => Err("Choose everywhere or outside production, or leave it out."),
                (Some(action), Some(Reach::OutsideProduction)) if !action.has_place() => Err(EVERYWHERE),
                (Some(action), Some(reach)) => Ok((action, reach)),
            };
            match check.field(&format!("permissions[{name}]"), parsed) {
                Some((action, reach)) => _ = permissions.insert(action, reach),
                None => sound = false,
            }
        }
        if let Some(action) = decides_and_sets_up(&permissions) {
            check.mistake(&field(action), TOGETHER);
            sound = false;
        }
        sound.then_some(permissions)
    }
}

/// The deciding that stands beside what must not go with it.
fn decides_and_sets_up(permissions: &Permissions) -> Option<Action> {
    let sets_up = [Action::Configure, Action::ManagePeople];
    let decides = [Action::Approve, Action::PassGates];
    let has = |action: &Action| permissions.contains_key(action);
    sets_up.iter().any(has).then(|| decides.into_iter().find(has)).flatten()
}

/// The fields of a form that say what a role is.
pub fn filled(role: &Role) -> Vec<(String, String)> {
    let permissions =
        role.permissions.iter().map(|(action, reach)| (field(*action), reach.name().to_owned()));
    permissions.chain([("title".to_owned(), role.title.clone())]).collect()
}

/// What a role came to permit, or not any more: “may push now; may not hold any more”.
pub fn difference(before: &RoleShape, after: &RoleShape) -> String {
    let title = (before.title != after.title).then(|| format!("it is called “{}”", after.title));
    let permitted = |action: Action| {
        let (was, is) = (before.permissions.get(&action), after.permissions.get(&action));
        match (was, is) {
            (Some(was), Some(is)) if was == is => None,
            (None, None) => None,
            (_, None) => Some(format!("it may not {action} any more")),
            (_, Some(is)) => Some(format!("it may {} now", is.words(action))),
        }
    };
    let told: Vec<String> = title.into_iter().chain(Action::ALL.into_iter().filter_map(permitted)).collect();
    if told.is_empty() { "nothing differs".to_owned() } else { told.join("; ") }
}

/// The roles that there are, for everyone who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RolesView {
    pub roles: Vec<RoleLine>,
    pub may_manage: Result<(), String>,
}

/// A role, with how many hold it for whoever manages people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleLine {
    pub role: Role,
    pub holders: Option<usize>,
}

/// One role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleView {
    pub role: Role,
    /// Who holds it and where, for whoever manages people.
    pub holders: Option<Vec<RoleHolder>>,
    pub may_manage: Result<(), String>,
}

/// Someone who holds a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleHolder {
    pub person: PersonId,
    pub name: String,
    /// The place in words.
    pub place: String,
    pub group: Option<GroupName>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(permissions: &[(&str, &str)]) -> RoleForm {
        let permissions = permissions.iter().map(|(name, reach)| ((*name).to_owned(), (*reach).to_owned()));
        RoleForm {
            slug: "deployer".into(),
            title: "Deployer".into(),
            from: String::new(),
            permissions: permissions.collect(),
        }
    }

    fn fields(refused: Result<Role, Invalid>) -> Vec<String> {
        let invalid = refused.expect_err("a mistake");
        invalid.errors().iter().map(|mistake| mistake.field.clone()).collect()
    }

    #[test]
    fn a_role_permits_what_was_chosen_and_to_see_it() {
        let form = form(&[("push", "everywhere"), ("promote", "outside_production"), ("hold", "")]);
        assert_eq!(form.check().expect("a role").words(), "view, push, and promote outside production");
    }

    #[test]
    fn every_built_in_role_can_be_cloned_and_what_is_chosen_counts_more() {
        for role in Role::built_in() {
            let clone = form(&[]).beginning_as(&role).check().expect("a role");
            assert_eq!(clone.permissions, role.permissions, "{}", role.slug);
        }
        let less = form(&[("push", ""), ("promote", "everywhere"), ("report", "")]);
        let less = less.beginning_as(&Role::developer()).check().expect("a role");
        assert_eq!(less.words(), "view, pull, and promote");
    }

    #[test]
    fn no_role_decides_and_sets_up() {
        for decides in ["approve", "pass_gates"] {
            for sets_up in ["configure", "manage_people"] {
                let both = form(&[(decides, "outside_production"), (sets_up, "everywhere")]);
                assert_eq!(fields(both.check()), [format!("permissions[{decides}]")]);
                assert!(form(&[(decides, "everywhere")]).check().is_ok());
                assert!(form(&[(sets_up, "everywhere")]).check().is_ok());
            }
        }
    }

    #[test]
    fn each_mistake_stands_beside_its_field() {
        let wrong = form(&[("fly", "everywhere"), ("push", "sometimes"), ("pull", "outside_production")]);
        let wrong = RoleForm { title: " ".into(), slug: "admin".into(), ..wrong };
        assert_eq!(
            fields(wrong.check()),
            ["slug", "title", "permissions[fly]", "permissions[pull]", "permissions[push]"]
        );
        for slug in Role::reserved() {
            assert_eq!(fields(RoleForm { slug: slug.to_string(), ..form(&[]) }.check()), ["slug"], "{slug}");
        }
    }

    #[test]
    fn a_change_tells_what_differs() {
        let shape = |given: &[(&str, &str)]| RoleShape::from(&form(given).check().expect("a role"));
        let before = shape(&[("push", "everywhere"), ("hold", "everywhere")]);
        let after = shape(&[("push", "outside_production"), ("report", "everywhere")]);
        let after = RoleShape { title: "Robot".into(), ..after };
        assert_eq!(
            difference(&before, &after),
            "it is called “Robot”; it may push outside production now; it may not hold any more; it may report now"
        );
        assert_eq!(difference(&before, &before), "nothing differs");
    }
}
