//! Who may do something somewhere and through what, and what one person may do: now, or at a moment in the past.
//!
//! Each role is asked by itself, by the one policy function, so that an answer cannot differ from what is enforced.

use crate::access::{Action, Actor, Grant, Identity, Place, Reach, Role, Target};
use crate::changes::moment;
use crate::forms::{Check, Invalid};
use crate::groups::GroupName;
use crate::ids::{BindingId, GroupId, PersonId, ProjectId};
use crate::providers::RoleSource;
use crate::slugs::Slug;
use crate::timeline::{Change, Event};
use crate::times::Time;
use crate::words::brief;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

const DAY: i64 = 86_400;
/// How many characters of a question are repeated where it cannot be answered.
const SHOWN: usize = 60;

/// What is asked, as typed: an empty form asks nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RightsForm {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub action: String,
    /// `installation`, `project:SLUG`, `environment:PROJECT/SLUG` or `stream:SLUG`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// A day, which counts to its end, or a moment; empty for now.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub at: String,
}

/// A checked question, before its place is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub action: Action,
    pub place: String,
    /// Absent for now.
    pub at: Option<Time>,
}

/// The question with what it can be asked about, and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RightsView {
    pub form: RightsForm,
    /// The places that who asks sees: the form's value and its words.
    pub places: Vec<(String, String)>,
    pub answer: Option<WhoMay>,
}

/// Who may do something somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhoMay {
    pub action: Action,
    /// The place in words.
    pub place: String,
    /// The moment that was asked for; absent for now.
    pub at: Option<Time>,
    pub holders: Vec<Holder>,
    /// Those who may in a part of the place only.
    pub partly: Vec<Holder>,
    /// Whether whoever does not say who they are may, too.
    pub anybody: bool,
}

/// Someone, or something, that may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub kind: HolderKind,
    /// The account; a publisher's is told by its title alone.
    pub person: Option<PersonId>,
    pub name: String,
    pub through: Vec<Through>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolderKind {
    Person,
    ServiceAccount,
    /// The CI jobs that a publisher admits.
    Publisher,
}

impl HolderKind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::ServiceAccount => "service_account",
            Self::Publisher => "publisher",
        }
    }
}

/// By which role somebody may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Through {
    pub role: Slug,
    pub title: String,
    /// Where the role is bound, in words.
    pub place: String,
    pub source: Option<RoleSource>,
    /// The group to which the role is bound, where it is not bound to the person.
    pub group: Option<GroupName>,
    /// Whether production is left out.
    pub outside_production: bool,
    /// Whose role it is, where somebody has handed their decisions over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_name_of: Option<String>,
}

/// What one person may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRights {
    pub person: PersonId,
    pub name: String,
    pub at: Option<Time>,
    /// Whether they could not act at all then, whatever their roles.
    pub deactivated: bool,
    /// In the order of actions; those that they have nowhere are left out.
    pub rights: Vec<Right>,
    /// Whether more may be hidden from who asks, as it concerns places that they do not see.
    pub partial: bool,
}

/// Something that a person may do, and through which roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Right {
    pub action: Action,
    pub through: Vec<Through>,
}

/// A role that somebody holds, or held at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub person: PersonId,
    pub role: Slug,
    pub place: Place,
    pub source: Option<RoleSource>,
    pub group: Option<GroupName>,
}

/// How much of a place a role covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cover {
    All,
    AllOutsideProduction,
    /// Some environments or streams in it.
    Part,
}

impl RightsForm {
    pub fn is_empty(&self) -> bool {
        self.action.is_empty() && self.place.is_empty()
    }

    pub fn check(&self, now: Time) -> Result<Question, Invalid> {
        let mut check = Check::default();
        let action = check.field("action", action(&self.action));
        let place = check.field("place", place(&self.place));
        let at = check.field("at", past(&self.at, now));
        check.finish(action.zip(place).zip(at).map(|((action, place), at)| Question { action, place, at }))
    }
}

fn action(text: &str) -> Result<Action, String> {
    Action::parse(text).ok_or_else(|| match text {
        "" => "Choose what is to be done.".to_owned(),
        other => {
            let names = Action::ALL.map(Action::name).join(", ");
            format!("“{}” is nothing that can be permitted. Name one of {names}.", brief(other, SHOWN))
        }
    })
}

/// Only its form: who asks may not see every place.
fn place(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("Choose where.".to_owned());
    }
    let is_form = match text.split_once(':') {
        None => text == "installation",
        Some(("project" | "stream", name)) => !name.is_empty(),
        Some(("environment", name)) => name.contains('/'),
        Some(_) => false,
    };
    let forms = "installation, project:SLUG, environment:PROJECT/SLUG or stream:SLUG";
    if is_form {
        Ok(text.to_owned())
    } else {
        Err(format!("“{}” is no place. Write {forms}.", brief(text, SHOWN)))
    }
}

/// Reads a moment that is over, or nothing for now. Today counts as now.
pub fn past(text: &str, now: Time) -> Result<Option<Time>, &'static str> {
    let text = text.trim();
    if text.is_empty() || text == now.day() {
        return Ok(None);
    }
    let at = moment(text, DAY)?;
    if at > now { Err("This is in the future. What is bound now may change.") } else { Ok(Some(at)) }
}

/// Whether a role that is bound at a place permits something at a target, by the policy itself.
pub fn covers(role: &Role, place: Place, action: Action, target: &Target) -> Option<Cover> {
    let identity = Identity::Person { person: uuid::Uuid::nil().into() };
    let actor =
        Actor { identity, grants: vec![Grant { role: role.clone(), place }], scope: None, proven_at: None };
    let reach = role.permissions.get(&action)?;
    let definite = target.environment.is_some() || target.stream.is_some();
    if actor.may(action, target) {
        let all = definite || *reach == Reach::Everywhere;
        return Some(if all { Cover::All } else { Cover::AllOutsideProduction });
    }
    let inside = match place {
        Place::Environment { project, .. } => target.project == Some(project),
        Place::Stream { .. } => target.project.is_some(),
        Place::Installation | Place::Project { .. } => false,
    };
    (inside && !definite).then_some(Cover::Part)
}

/// Who held what, as the events until a moment tell it.
#[derive(Debug, Default)]
pub struct Ledger {
    held: BTreeMap<BindingId, Held>,
    deactivated: BTreeSet<PersonId>,
    open: BTreeSet<ProjectId>,
    /// Of the installation's own.
    roles: BTreeMap<Slug, Role>,
    groups: BTreeMap<GroupId, Crew>,
}

/// Who was in a group, and what it held.
#[derive(Debug)]
struct Crew {
    name: GroupName,
    members: BTreeSet<PersonId>,
    held: BTreeMap<BindingId, (Slug, Place)>,
}

/// The kinds of events that a [`Ledger`] reads.
pub const TELLING: [&str; 14] = [
    "group_made",
    "group_deleted",
    "group_joined",
    "group_left",
    "group_role_granted",
    "group_role_revoked",
    "role_granted",
    "role_revoked",
    "role_made",
    "role_changed",
    "role_deleted",
    "person_deactivated",
    "person_reactivated",
    "anonymous_pull_set",
];

impl Ledger {
    /// Takes the next event; they come oldest first.
    pub fn take(&mut self, event: Event) {
        match event.change {
            Change::RoleGranted { binding, person, role, place, source } => {
                self.held.insert(binding, Held { person, role, place, source, group: None });
            }
            Change::RoleRevoked { binding, .. } => {
                self.held.remove(&binding);
            }
            Change::RoleMade { role, after } | Change::RoleChanged { role, after, .. } => {
                self.roles.insert(role.clone(), after.role(role));
            }
            Change::RoleDeleted { role, .. } => {
                self.roles.remove(&role);
            }
            Change::PersonDeactivated { person, .. } => {
                self.deactivated.insert(person);
            }
            Change::PersonReactivated { person } => {
                self.deactivated.remove(&person);
            }
            Change::AnonymousPullSet { allowed } => {
                let project = event.scene.project.map(|project| project.id);
                match (project, allowed) {
                    (Some(project), true) => _ = self.open.insert(project),
                    (Some(project), false) => _ = self.open.remove(&project),
                    (None, _) => {}
                }
            }
            other => self.take_of_group(other),
        }
    }

    fn take_of_group(&mut self, change: Change) {
        match change {
            Change::GroupMade { group, slug, title } => {
                let name = GroupName { slug, title };
                let crew = Crew { name, members: BTreeSet::new(), held: BTreeMap::new() };
                self.groups.insert(group, crew);
            }
            Change::GroupDeleted { group, .. } => {
                self.groups.remove(&group);
            }
            Change::GroupJoined { group, person, .. } => {
                self.groups.entry(group).and_modify(|crew| _ = crew.members.insert(person));
            }
            Change::GroupLeft { group, person, .. } => {
                self.groups.entry(group).and_modify(|crew| _ = crew.members.remove(&person));
            }
            Change::GroupRoleGranted { group, binding, role, place, .. } => {
                self.groups.entry(group).and_modify(|crew| _ = crew.held.insert(binding, (role, place)));
            }
            Change::GroupRoleRevoked { group, binding, .. } => {
                self.groups.entry(group).and_modify(|crew| _ = crew.held.remove(&binding));
            }
            _ => {}
        }
    }

    /// Who could not act, whatever their roles.
    pub fn deactivated(&self) -> &BTreeSet<PersonId> {
        &self.deactivated
    }

    /// Whether anybody could pull from a project.
    pub fn is_open(&self, project: ProjectId) -> bool {
        self.open.contains(&project)
    }

    /// The roles that there were: those of the installation's own as they were then, and the built-in ones as they are now,
    /// since no event tells of them.
    pub fn roles(&self) -> Vec<Role> {
        Role::built_in().into_iter().chain(self.roles.values().cloned()).collect()
    }

    /// Every role that was held, also by those who could not act.
    pub fn held(self) -> Vec<Held> {
        let of_groups = self.groups.values().flat_map(|crew| {
            let each = move |person: PersonId| {
                crew.held.values().map(move |(role, place)| Held {
                    person,
                    role: role.clone(),
                    place: *place,
                    source: None,
                    group: Some(crew.name.clone()),
                })
            };
            crew.members.iter().copied().flat_map(each)
        });
        let of_groups: Vec<Held> = of_groups.collect();
        self.held.into_values().chain(of_groups).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::{EventActor, RoleShape, Scene};
    use uuid::Uuid;

    fn id<T: From<Uuid>>(number: u128) -> T {
        T::from(Uuid::from_u128(number))
    }

    fn event(change: Change) -> Event {
        let (actor, scene) = (EventActor::System, Scene::default());
        Event { id: id(1), at: Time::from_micros(0), actor, scene, change }
    }

    #[test]
    fn a_ledger_holds_what_was_granted_and_not_taken_away() {
        let place = Place::Installation;
        let granted = |number: u128| {
            let (binding, person) = (id(number), id(number + 100));
            Change::RoleGranted { binding, person, role: Role::viewer().slug, place, source: None }
        };
        let mut ledger = Ledger::default();
        ledger.take(event(granted(1)));
        ledger.take(event(granted(2)));
        let role = Role::viewer().slug;
        let revoked = Change::RoleRevoked { binding: id(1), person: id(101), role, place, source: None };
        ledger.take(event(revoked));
        ledger.take(event(Change::PersonDeactivated { person: id(102), tokens: 0, approvals: 0 }));
        assert!(ledger.deactivated().contains(&id(102)));
        ledger.take(event(Change::PersonReactivated { person: id(102) }));
        assert!(ledger.deactivated().is_empty());
        let people: Vec<PersonId> = ledger.held().into_iter().map(|held| held.person).collect();
        assert_eq!(people, [id(102)]);
    }

    #[test]
    fn a_ledger_knows_a_role_as_it_was_last() {
        let shape = |title: &str| RoleShape { title: title.to_owned(), ..RoleShape::from(&Role::viewer()) };
        let slug = Slug::parse("deployer").expect("a slug");
        let known = |ledger: &Ledger| ledger.roles().into_iter().find(|role| role.slug == slug);
        let mut ledger = Ledger::default();
        assert_eq!(known(&ledger), None);
        let (role, before, after) = (slug.clone(), shape("One"), shape("Two"));
        ledger.take(event(Change::RoleMade { role: role.clone(), after: before.clone() }));
        ledger.take(event(Change::RoleChanged { role: role.clone(), before, after: after.clone() }));
        assert_eq!(known(&ledger).map(|role| role.title), Some("Two".to_owned()));
        ledger.take(event(Change::RoleDeleted { role, before: after }));
        assert_eq!(known(&ledger), None);
    }

    #[test]
    fn a_ledger_gives_the_roles_of_a_group_to_who_was_in_it() {
        let (group, title) = (id(7), "Crew".to_owned());
        let slug = Slug::parse("crew").expect("a slug");
        let joined = |person| Change::GroupJoined { group, title: title.clone(), person: id(person) };
        let left = |person| Change::GroupLeft { group, title: title.clone(), person: id(person) };
        let (role, place) = (Role::viewer().slug, Place::Installation);
        let made = Change::GroupMade { group, slug, title: title.clone() };
        let granted = Change::GroupRoleGranted { group, title: title.clone(), binding: id(1), role, place };
        let all = |changes: Vec<Change>| {
            let mut ledger = Ledger::default();
            for change in changes {
                ledger.take(event(change));
            }
            ledger.held().into_iter().map(|held| held.person).collect::<Vec<PersonId>>()
        };
        let changes = vec![made, joined(101), granted, joined(102), left(101), joined(103)];
        assert_eq!(all(changes.clone()), [id(102), id(103)]);
        let deleted = Change::GroupDeleted { group, title: title.clone(), members: 2, roles: 1 };
        assert_eq!(all([changes, vec![deleted]].concat()), []);
    }

    #[test]
    fn a_ledger_reads_every_kind_that_it_asks_for() {
        for kind in TELLING {
            assert!(crate::timeline::KINDS.iter().any(|(known, _)| *known == kind), "{kind}");
        }
    }

    #[test]
    fn a_role_covers_all_of_a_place_or_what_is_not_production_or_a_part() {
        let (project, environment, stream) = (id(10), id(30), id(40));
        let whole = Target::project(project);
        let prod = Target { environment: Some(environment), stream: Some(stream), production: true, ..whole };
        let here = Place::Environment { project, environment };
        let all = Place::Project { project };
        let (developer, manager) = (Role::developer(), Role::release_manager());
        assert_eq!(covers(&manager, all, Action::Promote, &whole), Some(Cover::All));
        assert_eq!(covers(&developer, all, Action::Promote, &whole), Some(Cover::AllOutsideProduction));
        assert_eq!(covers(&developer, all, Action::Promote, &prod), None);
        assert_eq!(covers(&developer, all, Action::Approve, &whole), None);
        assert_eq!(covers(&manager, here, Action::Promote, &whole), Some(Cover::Part));
        assert_eq!(covers(&manager, here, Action::Promote, &prod), Some(Cover::All));
        assert_eq!(covers(&manager, here, Action::View, &whole), Some(Cover::All), "to see the project");
        let elsewhere = Target::project(id(11));
        assert_eq!(covers(&manager, here, Action::Promote, &elsewhere), None);
    }

    #[test]
    fn a_question_is_about_now_or_what_is_over() {
        let now = Time::parse("2026-11-23T09:00:00Z").expect("a time");
        assert_eq!(past("", now), Ok(None));
        assert_eq!(past("2026-11-23", now), Ok(None), "today is now");
        let end = Time::parse("2026-11-23T00:00:00Z").expect("a time");
        assert_eq!(past("2026-11-22", now), Ok(Some(end)), "a day counts to its end");
        assert!(past("2026-11-24", now).is_err_and(|why| why.contains("future")));
        assert!(past("yesterday", now).is_err());
        let form = RightsForm { action: "fly".into(), ..RightsForm::default() };
        let mistakes = form.check(now).expect_err("neither action nor place");
        let fields: Vec<&str> = mistakes.errors().iter().map(|mistake| &*mistake.field).collect();
        assert_eq!(fields, ["action", "place"]);
        let told = |action: &str, place: &str| {
            let form = RightsForm { action: action.into(), place: place.into(), at: String::new() };
            form.check(now).err().map(|mistakes| mistakes.errors()[0].message.clone())
        };
        assert!(
            told("fly", "installation")
                .is_some_and(|words| words.contains("“fly”") && words.contains("approve"))
        );
        assert!(
            told("view", "moon")
                .is_some_and(|words| words.contains("“moon”") && words.contains("project:SLUG"))
        );
        for place in ["installation", "project:shop", "environment:shop/qa", "stream:production"] {
            assert_eq!(told("view", place), None, "{place}");
        }
    }
}
