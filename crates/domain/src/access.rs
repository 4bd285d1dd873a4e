//! Who may do what: the one policy function `may`, and the roles and bindings it reads.
//!
//! The service enforces it at every door; the browser calls the same function on the grants that a
//! view carries, to explain why something is not offered.

use crate::buckets::BucketKey;
use crate::ids::{
    BindingId, EnvironmentId, IntegrationId, PersonId, ProjectId, PublisherId, StreamId, TokenId,
};
use crate::slugs::Slug;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Something that can be permitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// See a project and all in it, its timeline included.
    View,
    /// Pull images.
    Pull,
    /// Push images.
    Push,
    /// Delete tags, images and blobs by a registry client.
    Delete,
    /// Ask for a build to become current in a bucket.
    Promote,
    /// Decide on promotions of others.
    Approve,
    /// Apply a promotion past its gates in an emergency.
    PassGates,
    /// Make an earlier build of a bucket current again.
    RollBack,
    /// Stop and resume what enters a bucket.
    Hold,
    /// Report what an environment runs.
    Report,
    /// Create and change projects, environments, integrations, workflows and streams.
    Configure,
    /// Invite people and bind roles.
    ManagePeople,
}

/// Where a role is bound; it reaches everything inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Place {
    Installation,
    Project {
        project: ProjectId,
    },
    Environment {
        project: ProjectId,
        environment: EnvironmentId,
    },
    /// Every environment and every bucket of a stream, in all projects.
    Stream {
        stream: StreamId,
    },
}

/// What an action is about; each part is known as far as the thing has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    pub project: Option<ProjectId>,
    pub integration: Option<IntegrationId>,
    pub environment: Option<EnvironmentId>,
    pub stream: Option<StreamId>,
    /// Whether the stream is one of production.
    pub production: bool,
}

/// How far a permission of a role goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    Everywhere,
    OutsideProduction,
}

/// What a role permits: data, not code, so that an installation may define its own.
pub type Permissions = BTreeMap<Action, Reach>;

/// A named set of permissions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    pub slug: Slug,
    pub title: String,
    pub permissions: Permissions,
}

/// A role bound to a person at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    pub id: BindingId,
    pub person: PersonId,
    pub place: Place,
}

/// One role that an actor holds, with the place that it is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub role: Role,
    pub place: Place,
}

/// Who acts: on whose behalf, by which credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "snake_case")]
pub enum Identity {
    Person {
        person: PersonId,
    },
    /// A machine, by an API token in the name of its owner.
    Token {
        token: TokenId,
        owner: PersonId,
    },
}

/// Someone who acts, with all that they were granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    pub identity: Identity,
    pub grants: Vec<Grant>,
    /// What a token is narrowed to; a person has none.
    pub scope: Option<Scope>,
}

/// What a token may be used for, within what its owner may do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    pub actions: Vec<Action>,
    pub project: Option<ProjectId>,
    pub integration: Option<IntegrationId>,
    /// Of the token that a CI job got in exchange for its own.
    pub publishing: Option<Publishing>,
    /// Of a deployer's read token.
    pub reading: Option<Reading>,
}

/// The environment of which a read token shows what is or was current there, in its buckets or in its stream's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    pub project: ProjectId,
    pub environment: EnvironmentId,
    pub stream: StreamId,
}

/// What a publisher's jobs may push, within their project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publishing {
    pub publisher: PublisherId,
    /// Empty for all.
    pub integrations: Vec<IntegrationId>,
    pub buckets: Vec<BucketKey>,
    /// Whether they may push without a bucket's name, to wherever the CI rule leads.
    pub by_rule: bool,
}

/// What a token can be scoped to at all: approving and passing gates take a person.
pub const TOKEN_ACTIONS: [Action; 8] = [
    Action::View,
    Action::Pull,
    Action::Push,
    Action::Delete,
    Action::Promote,
    Action::RollBack,
    Action::Hold,
    Action::Report,
];

/// Why an actor may not: the missing permission and the built-in roles that have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    #[error("You need the permission “{action}” here. {}", who_has(*action))]
    Missing { action: Action },
    #[error("You may {action} outside production only. {}", who_has(*action))]
    Production { action: Action },
    #[error("This token is not scoped for “{action}” here. Make one that is, on the Tokens page.")]
    Scope { action: Action },
    #[error("Approving and passing gates take a person. Sign in and do it on the promotion's page.")]
    Token,
    #[error("You cannot give a role that may {action}, since you may not yourself. {}", who_has(*action))]
    Beyond { action: Action },
}

impl Refusal {
    /// What was not permitted.
    pub const fn action(&self) -> Action {
        match self {
            Self::Missing { action }
            | Self::Production { action }
            | Self::Scope { action }
            | Self::Beyond { action } => *action,
            Self::Token => Action::Approve,
        }
    }
}

/// The policy: whether `actor` may do `action` to `target`.
///
/// The union of all grants counts; a token's scope narrows it; tokens cannot approve.
pub fn may(actor: &Actor, action: Action, target: &Target) -> Result<(), Refusal> {
    if let Identity::Token { .. } = actor.identity {
        if matches!(action, Action::Approve | Action::PassGates) {
            return Err(Refusal::Token);
        }
        let Some(scope) = &actor.scope else {
            return Err(Refusal::Scope { action });
        };
        if !scope.covers(action, target) {
            return Err(Refusal::Scope { action });
        }
    }
    let mut refusal = Refusal::Missing { action };
    for grant in actor.grants.iter().filter(|grant| grant.place.covers(action, target)) {
        match grant.role.permissions.get(&action) {
            Some(Reach::OutsideProduction) if target.production => refusal = Refusal::Production { action },
            Some(_) => return Ok(()),
            None => {}
        }
    }
    Err(refusal)
}

/// Whether `actor` may give someone `role` at `target`: whoever manages people gives what they have themselves.
///
/// Approving and passing gates are the exception: admins do neither, and name those who do.
pub fn may_grant(actor: &Actor, role: &Role, target: &Target) -> Result<(), Refusal> {
    may(actor, Action::ManagePeople, target)?;
    let own = |action: &Action| !matches!(action, Action::Approve | Action::PassGates);
    for (&action, &reach) in role.permissions.iter().filter(|(action, _)| own(action)) {
        let production = target.production || reach == Reach::Everywhere;
        may(actor, action, &Target { production, ..*target }).map_err(|_| Refusal::Beyond { action })?;
    }
    Ok(())
}

impl Actor {
    /// Whoever asks without saying who they are, in a project from which anybody may pull. Does not reach a write.
    pub fn anybody(project: ProjectId) -> Self {
        let role = Role::built("anybody", "Anybody", &[Action::View, Action::Pull]);
        let person = uuid::Uuid::nil().into();
        Self {
            identity: Identity::Person { person },
            grants: vec![Grant { role, place: Place::Project { project } }],
            scope: None,
        }
    }

    /// The person who acts, or in whose name a token does.
    pub const fn person(&self) -> PersonId {
        match self.identity {
            Identity::Person { person } => person,
            Identity::Token { owner, .. } => owner,
        }
    }

    pub const fn token(&self) -> Option<TokenId> {
        match self.identity {
            Identity::Person { .. } => None,
            Identity::Token { token, .. } => Some(token),
        }
    }

    pub fn may(&self, action: Action, target: &Target) -> bool {
        may(self, action, target).is_ok()
    }

    /// Whether a rule may lead into a bucket what the actor pushed without naming one: a publisher's jobs, where they may
    /// push so at all, and everyone else where they may push.
    pub fn may_be_led(&self, target: &Target) -> Result<(), Refusal> {
        let mut led = self.clone();
        if let Some(own) =
            led.scope.as_mut().and_then(|scope| scope.publishing.as_mut()).filter(|own| own.by_rule)
        {
            let environment = target.environment.map(BucketKey::Environment);
            own.buckets.extend(environment.or(target.stream.map(BucketKey::ReleaseStream)));
        }
        may(&led, Action::Push, target)
    }

    /// The publisher whose job acts.
    pub fn publisher(&self) -> Option<PublisherId> {
        Some(self.scope.as_ref()?.publishing.as_ref()?.publisher)
    }

    /// The environment of which a read token is.
    pub fn reading(&self) -> Option<Reading> {
        self.scope.as_ref()?.reading
    }

    /// The integrations to which a token is narrowed; absent for who is not.
    pub fn narrowed(&self) -> Option<Vec<IntegrationId>> {
        let scope = self.scope.as_ref()?;
        let of_jobs = scope.publishing.as_ref().map(|own| own.integrations.clone());
        match (scope.integration, of_jobs.filter(|some| !some.is_empty())) {
            (None, of_jobs) => of_jobs,
            (Some(one), None) => Some(vec![one]),
            (Some(one), Some(some)) => Some(some.into_iter().filter(|known| *known == one).collect()),
        }
    }

    /// Whether the actor holds a role at a target, by whichever binding.
    pub fn holds(&self, role: &Slug, target: &Target) -> bool {
        self.grants
            .iter()
            .any(|grant| grant.role.slug == *role && grant.place.covers(Action::Approve, target))
    }
}

impl Place {
    /// Whether a role bound here may count for something in a project.
    pub(crate) fn may_reach(&self, within: ProjectId) -> bool {
        match *self {
            Self::Installation | Self::Stream { .. } => true,
            Self::Project { project } | Self::Environment { project, .. } => project == within,
        }
    }

    /// Whether a role bound here counts for `action` on `target`. To see or pull from a project it
    /// is enough to have a role somewhere inside.
    fn covers(&self, action: Action, target: &Target) -> bool {
        let reads = matches!(action, Action::View);
        match *self {
            Self::Installation => true,
            Self::Project { project } => target.project == Some(project),
            Self::Environment { project, environment } => {
                target.environment == Some(environment) || (reads && target.project == Some(project))
            }
            Self::Stream { stream } => target.stream == Some(stream) || (reads && target.project.is_some()),
        }
    }
}

impl Scope {
    fn covers(&self, action: Action, target: &Target) -> bool {
        if let Some(own) = self.reading {
            return own.covers(action, target);
        }
        // Whoever may push or pull must be able to see what they push to.
        let action_fits = self.actions.contains(&action) || action == Action::View;
        let project_fits = self.project.is_none() || self.project == target.project;
        let integration_fits = self.integration.is_none()
            || self.integration == target.integration
            || (action == Action::View && target.integration.is_none());
        let publishing_fits = self.publishing.as_ref().is_none_or(|own| own.covers(action, target));
        action_fits && project_fits && integration_fits && publishing_fits
    }
}

impl Reading {
    /// Not even to see: what is pulled is named by who knows it.
    fn covers(&self, action: Action, target: &Target) -> bool {
        action == Action::Pull
            && match (target.environment, target.stream) {
                (Some(environment), _) => environment == self.environment,
                (None, stream) => stream == Some(self.stream),
            }
    }
}

impl Publishing {
    fn covers(&self, action: Action, target: &Target) -> bool {
        let named = |integration| self.integrations.contains(&integration);
        let integration_fits = match target.integration {
            Some(integration) => self.integrations.is_empty() || named(integration),
            None => action == Action::View,
        };
        let bucket_fits = action != Action::Push
            || match (target.environment, target.stream) {
                (Some(environment), _) => self.buckets.contains(&BucketKey::Environment(environment)),
                (None, Some(stream)) => self.buckets.contains(&BucketKey::ReleaseStream(stream)),
                (None, None) => self.by_rule,
            };
        integration_fits && bucket_fits
    }
}

impl Target {
    /// The installation itself.
    pub fn installation() -> Self {
        Self::default()
    }

    pub fn project(project: ProjectId) -> Self {
        Self { project: Some(project), ..Self::default() }
    }

    pub fn integration(project: ProjectId, integration: IntegrationId) -> Self {
        Self { integration: Some(integration), ..Self::project(project) }
    }
}

impl Action {
    pub const ALL: [Self; 12] = [
        Self::View,
        Self::Pull,
        Self::Push,
        Self::Delete,
        Self::Promote,
        Self::Approve,
        Self::PassGates,
        Self::RollBack,
        Self::Hold,
        Self::Report,
        Self::Configure,
        Self::ManagePeople,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Pull => "pull",
            Self::Push => "push",
            Self::Delete => "delete",
            Self::Promote => "promote",
            Self::Approve => "approve",
            Self::PassGates => "pass_gates",
            Self::RollBack => "roll_back",
            Self::Hold => "hold",
            Self::Report => "report",
            Self::Configure => "configure",
            Self::ManagePeople => "manage_people",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == text)
    }
}

/// As people read it: “roll back”.
impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RollBack => "roll back",
            Self::Delete => "delete images",
            Self::PassGates => "pass gates in an emergency",
            Self::ManagePeople => "manage people",
            other => other.name(),
        })
    }
}

impl Role {
    pub fn viewer() -> Self {
        Self::built("viewer", "Viewer", &[Action::View, Action::Pull])
    }

    pub fn developer() -> Self {
        let mut role = Self::built("developer", "Developer", &[Action::View, Action::Pull, Action::Push]);
        role.permissions.insert(Action::Promote, Reach::OutsideProduction);
        role.permissions.insert(Action::Report, Reach::OutsideProduction);
        role
    }

    pub fn release_manager() -> Self {
        use Action::{Approve, Hold, PassGates, Promote, Pull, Push, Report, RollBack, View};
        Self::built(
            "release-manager",
            "Release manager",
            &[View, Pull, Push, Promote, Approve, PassGates, RollBack, Hold, Report],
        )
    }

    /// Configures and does the daily work too, but never approves.
    pub fn admin() -> Self {
        use Action::{Configure, Delete, Hold, ManagePeople, Promote, Pull, Push, Report, RollBack, View};
        Self::built(
            "admin",
            "Admin",
            &[View, Pull, Push, Delete, Promote, RollBack, Hold, Report, Configure, ManagePeople],
        )
    }

    /// What a publisher's jobs hold in its project.
    pub fn publisher() -> Self {
        Self::built("publisher", "Publisher", &[Action::View, Action::Pull, Action::Push])
    }

    /// What a deployer's read token holds where it is for.
    pub fn reader() -> Self {
        Self::built("reader", "Reader", &[Action::Pull])
    }

    pub fn auditor() -> Self {
        Self::built("auditor", "Auditor", &[Action::View])
    }

    pub fn built_in() -> [Self; 5] {
        [Self::viewer(), Self::developer(), Self::release_manager(), Self::admin(), Self::auditor()]
    }

    /// What it permits, in words: “view, pull, push, and promote outside production”.
    pub fn words(&self) -> String {
        let words = |(action, reach): (&Action, &Reach)| match reach {
            Reach::Everywhere => action.to_string(),
            Reach::OutsideProduction => format!("{action} outside production"),
        };
        let words: Vec<String> = self.permissions.iter().map(words).collect();
        match words.as_slice() {
            [] => "nothing".to_owned(),
            [one] => one.clone(),
            [one, other] => format!("{one} and {other}"),
            [most @ .., last] => format!("{}, and {last}", most.join(", ")),
        }
    }

    fn built(slug: &str, title: &str, actions: &[Action]) -> Self {
        Self {
            slug: Slug::parse(slug).expect("built-in slugs fit the grammar"),
            title: title.to_owned(),
            permissions: actions.iter().map(|action| (*action, Reach::Everywhere)).collect(),
        }
    }
}

/// “Admins and release managers have it.”
fn who_has(action: Action) -> String {
    let roles: Vec<String> = Role::built_in()
        .into_iter()
        .filter(|role| role.permissions.get(&action) == Some(&Reach::Everywhere))
        .map(|role| format!("{}s", role.title.to_lowercase()))
        .collect();
    let list = match roles.as_slice() {
        [] => return String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    };
    let mut characters = list.chars();
    let first = characters.next().map(|character| character.to_ascii_uppercase());
    format!("{}{} have it; an admin can grant the role.", first.unwrap_or_default(), characters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn id<T: From<Uuid>>(number: u128) -> T {
        T::from(Uuid::from_u128(number))
    }

    fn actor(role: Role, place: Place) -> Actor {
        Actor {
            identity: Identity::Person { person: id(1) },
            grants: vec![Grant { role, place }],
            scope: None,
        }
    }

    fn bucket(production: bool) -> Target {
        Target {
            project: Some(id(10)),
            integration: Some(id(20)),
            environment: Some(id(30)),
            stream: Some(id(40)),
            production,
        }
    }

    /// A role at a place counts there and nowhere else, but to see and pull from the project around it.
    #[test]
    fn a_role_counts_at_its_place_alone() {
        let here = bucket(false);
        let elsewhere = Target { environment: Some(id(31)), stream: Some(id(41)), ..here };
        let abroad = Target { project: Some(id(11)), ..elsewhere };
        let (project, environment) = (id(10), id(30));
        for (place, here_alone) in [
            (Place::Environment { project, environment }, true),
            (Place::Stream { stream: id(40) }, true),
            (Place::Project { project }, false),
        ] {
            let actor = actor(Role::release_manager(), place);
            assert!(actor.may(Action::Promote, &here), "{place:?}");
            assert_eq!(actor.may(Action::Promote, &elsewhere), !here_alone, "{place:?}");
            assert!(actor.may(Action::View, &elsewhere), "{place:?}");
            let stream = matches!(place, Place::Stream { .. });
            assert_eq!(actor.may(Action::View, &abroad), stream, "{place:?}");
            let role = Role::release_manager().slug;
            assert!(actor.holds(&role, &here), "{place:?}");
            assert_eq!(actor.holds(&role, &elsewhere), !here_alone, "{place:?}");
            assert!(!actor.holds(&Role::developer().slug, &here), "{place:?}");
        }
    }

    #[test]
    fn names_and_places_are_what_they_say() {
        for action in Action::ALL {
            assert_eq!(Action::parse(action.name()), Some(action));
        }
        let target = Target::integration(id(10), id(20));
        assert_eq!((target.project, target.integration), (Some(id(10)), Some(id(20))));
        assert_eq!(Target::installation(), Target { project: None, ..Target::default() });
        let person = actor(Role::viewer(), Place::Installation);
        assert_eq!(person.token(), None);
        let identity = Identity::Token { token: id(5), owner: id(1) };
        assert_eq!(Actor { identity, ..person }.token(), Some(id(5)));
    }

    /// The whole table of built-in roles, so that a change of what a role means is seen in review.
    #[test]
    fn the_matrix_of_roles_and_actions_is_as_committed() {
        let mut table = Vec::new();
        for role in Role::built_in() {
            for (place, name) in [(bucket(false), "outside production"), (bucket(true), "production")] {
                let actor = actor(role.clone(), Place::Installation);
                let allowed: Vec<&str> = Action::ALL
                    .into_iter()
                    .filter(|action| actor.may(*action, &place))
                    .map(Action::name)
                    .collect();
                table.push(format!("{:<16} {:<19} {}", role.slug, name, allowed.join(" ")));
            }
        }
        insta::assert_snapshot!(table.join("\n"));
    }

    #[test]
    fn the_guide_tells_what_each_role_may() {
        let mut table = "| role |".to_owned();
        table.extend(Action::ALL.map(|action| format!(" {action} |")));
        table.push_str("\n|");
        table.push_str(&"---|".repeat(Action::ALL.len() + 1));
        for role in Role::built_in() {
            table.extend(["\n| ", &role.title, " |"]);
            table.extend(Action::ALL.map(|action| match role.permissions.get(&action) {
                Some(Reach::Everywhere) => " yes |",
                Some(Reach::OutsideProduction) => " outside production |",
                None => " |",
            }));
        }
        let guide = include_str!("../../../docs/roles.md");
        assert!(guide.contains(&table), "docs/roles.md does not hold:\n{table}");
    }

    #[test]
    fn a_role_reaches_what_is_inside_its_place_and_nothing_else() {
        let project = Place::Project { project: id(10) };
        let elsewhere = Place::Project { project: id(11) };
        let environment = Place::Environment { project: id(10), environment: id(30) };
        let sibling = Place::Environment { project: id(10), environment: id(31) };
        let stream = Place::Stream { stream: id(40) };
        for (place, approves) in
            [(project, true), (elsewhere, false), (environment, true), (sibling, false), (stream, true)]
        {
            let actor = actor(Role::release_manager(), place);
            assert_eq!(actor.may(Action::Approve, &bucket(true)), approves, "{place:?}");
        }
    }

    #[test]
    fn a_role_in_one_environment_shows_its_project() {
        let actor = actor(Role::viewer(), Place::Environment { project: id(10), environment: id(30) });
        assert!(actor.may(Action::View, &Target::project(id(10))));
        assert!(!actor.may(Action::View, &Target::project(id(11))));
        assert!(!actor.may(Action::Pull, &Target::project(id(10))));
    }

    #[test]
    fn a_developer_is_told_that_production_is_the_obstacle() {
        let actor = actor(Role::developer(), Place::Installation);
        let refusal = may(&actor, Action::Promote, &bucket(true)).expect_err("production");
        assert_eq!(refusal, Refusal::Production { action: Action::Promote });
        assert!(refusal.to_string().contains("Release managers and admins have it"));
    }

    #[test]
    fn nobody_gives_more_than_they_have() {
        let target = Target::project(id(10));
        let admin = actor(Role::admin(), Place::Project { project: id(10) });
        for role in Role::built_in() {
            assert_eq!(may_grant(&admin, &role, &target), Ok(()), "{}", role.slug);
        }
        let elsewhere = Target::project(id(11));
        let missing = Err(Refusal::Missing { action: Action::ManagePeople });
        assert_eq!(may_grant(&admin, &Role::viewer(), &elsewhere), missing);

        let mut host = Role::developer();
        host.permissions.insert(Action::ManagePeople, Reach::Everywhere);
        let host = actor(host, Place::Project { project: id(10) });
        assert_eq!(may_grant(&host, &Role::developer(), &target), Ok(()));
        let beyond = |action| Err(Refusal::Beyond { action });
        assert_eq!(may_grant(&host, &Role::admin(), &target), beyond(Action::Delete), "what they have not");
        assert_eq!(may_grant(&host, &Role::release_manager(), &target), beyond(Action::Promote));
    }

    #[test]
    fn a_role_tells_what_it_permits() {
        assert_eq!(Role::auditor().words(), "view");
        assert_eq!(Role::viewer().words(), "view and pull");
        assert_eq!(
            Role::developer().words(),
            "view, pull, push, promote outside production, and report outside production"
        );
    }

    #[test]
    fn a_token_never_approves_and_never_exceeds_its_scope_or_its_owner() {
        let mut token = actor(Role::release_manager(), Place::Installation);
        token.identity = Identity::Token { token: id(2), owner: id(1) };
        token.scope = Some(Scope {
            actions: vec![Action::Push, Action::Approve, Action::Configure],
            project: Some(id(10)),
            ..Scope::default()
        });
        assert_eq!(may(&token, Action::Approve, &bucket(false)), Err(Refusal::Token));
        assert_eq!(may(&token, Action::Push, &bucket(false)), Ok(()));
        assert_eq!(
            may(&token, Action::Promote, &bucket(false)),
            Err(Refusal::Scope { action: Action::Promote })
        );
        assert_eq!(
            may(&token, Action::Configure, &bucket(false)),
            Err(Refusal::Missing { action: Action::Configure })
        );
        let elsewhere = Target { project: Some(id(11)), ..bucket(false) };
        assert_eq!(may(&token, Action::Push, &elsewhere), Err(Refusal::Scope { action: Action::Push }));
    }

    #[test]
    fn a_read_token_pulls_from_its_environment_and_sees_nothing() {
        let reading = Reading { project: id(10), environment: id(30), stream: id(40) };
        let mut token = actor(Role::admin(), Place::Installation);
        token.identity = Identity::Token { token: id(2), owner: id(1) };
        token.scope =
            Some(Scope { actions: Action::ALL.to_vec(), reading: Some(reading), ..Scope::default() });
        let here = bucket(true);
        let allowed: Vec<Action> =
            Action::ALL.into_iter().filter(|action| token.may(*action, &here)).collect();
        assert_eq!(allowed, [Action::Pull]);
        let sibling = Target { environment: Some(id(31)), ..here };
        let of_stream = Target { environment: None, ..here };
        assert!(!token.may(Action::Pull, &sibling), "of the same stream");
        assert!(token.may(Action::Pull, &of_stream));
        assert!(!token.may(Action::Pull, &Target { stream: Some(id(41)), ..of_stream }));
        assert!(!token.may(Action::Pull, &Target::integration(id(10), id(20))));
    }

    #[test]
    fn a_token_scoped_to_an_integration_stays_in_it() {
        let mut token = actor(Role::developer(), Place::Installation);
        token.identity = Identity::Token { token: id(2), owner: id(1) };
        token.scope = Some(Scope {
            actions: vec![Action::Push],
            project: Some(id(10)),
            integration: Some(id(20)),
            ..Scope::default()
        });
        assert!(token.may(Action::Push, &bucket(false)));
        assert!(!token.may(Action::Push, &Target { integration: Some(id(21)), ..bucket(false) }));
        assert!(!token.may(Action::View, &Target { integration: Some(id(21)), ..bucket(false) }));
        assert!(token.may(Action::View, &Target::project(id(10))));
    }
}
