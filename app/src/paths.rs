//! The addresses of pages.

use std::fmt::Write;
use towpath_domain::access::Action;
use towpath_domain::changes::ChangesForm;
use towpath_domain::deletions::{Subject, User};
use towpath_domain::digests::Digest;
use towpath_domain::holds::{self, HoldAddress};
use towpath_domain::home;
use towpath_domain::ids::{
    AttemptId, BuildId, DeliveryId, HookDeliveryId, HookId, PersonId, PlacementId, PromotionId, RegistryId,
    SubscriptionId,
};
use towpath_domain::projects::{Listed, Part};
use towpath_domain::providers::Refused;
use towpath_domain::publishers::System;
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::Filter;

pub const HOME: &str = "/";
/// The first page for someone who begins with a saved view and wants more.
pub const EVERYTHING: &str = "/?everything=on";
pub const SAVED_VIEWS: &str = "/saved-views";
pub const ACCOUNT: &str = "/account";
/// The table of keys on the account page.
pub const SHORTCUTS: &str = "/account#shortcuts";
pub const SEARCH: &str = "/search";
pub const INBOX: &str = "/inbox";
pub const TIMELINE: &str = "/timeline";
pub const TOKENS: &str = "/tokens";
pub const PEOPLE: &str = "/people";
/// How people sign in: the providers, for those who manage people.
pub const SIGN_IN_WAYS: &str = "/people/sign-in";
/// Who may do what.
pub const REFUSED_ATTEMPTS: &str = "/refused-attempts";
pub const RIGHTS: &str = "/rights";
pub const GROUPS: &str = "/groups";
pub const ROLES: &str = "/roles";
pub const NEW_ROLE: &str = "/roles/new";
pub const SIGN_IN: &str = "/sign-in";
/// Where someone ends who signed out here and is to sign out at the provider, too.
pub const SIGN_OUT: &str = "/sign-out";
/// Where someone who is signed in proves that it is them.
pub const CONFIRM: &str = "/confirm";
/// The same in a tab of its own, which leads nowhere afterwards.
pub const CONFIRM_IN_TAB: &str = "/confirm?next=%2Fconfirm%3Fdone%3Don";
/// The part of the guide about it.
pub const WHY_CONFIRM: &str = "/docs/roles#confirming-that-it-is-you";
pub const STREAMS: &str = "/streams";
pub const DOCS: &str = "/docs";
pub const NEW_PROJECT: &str = "/projects/new";
pub const PROJECTS: &str = "/projects";
pub const ARCHIVED_PROJECTS: &str = "/projects?archived=1";
pub const HOLDS: &str = "/holds";
/// What waits for a second person.
pub const PROPOSALS: &str = "/proposals";
pub const ENDED_HOLDS: &str = "/holds?ended=1";

/// The sign-in page, which leads on to `next`.
pub fn sign_in(next: &str) -> String {
    if next == HOME { SIGN_IN.to_owned() } else { format!("{SIGN_IN}?next={}", encode(next)) }
}

/// Signs in by a provider, and leads on to `next`. It is a door and no page: links to it leave the app.
pub fn sign_in_with(provider: &Slug, next: &str) -> String {
    with_query(&format!("{SIGN_IN}/with/{provider}"), [("next", if next == HOME { "" } else { next })])
}

/// The page on which one confirms that it is oneself, which leads on to `next`.
pub fn confirm(next: &str) -> String {
    with_query(CONFIRM, [("next", if next == HOME { "" } else { next })])
}

/// The same, after a provider did not confirm it.
pub fn not_confirmed(next: &str, why: Refused) -> String {
    with_query(CONFIRM, [("refused", why.name()), ("next", if next == HOME { "" } else { next })])
}

/// Confirms it by a provider. It is a door and no page.
pub fn confirm_with(provider: &Slug, next: &str) -> String {
    with_query(
        &format!("{SIGN_IN}/with/{provider}"),
        [("for", "confirm"), ("next", if next == HOME { "" } else { next })],
    )
}

/// Connects a provider with one's account.
pub fn connect(provider: &Slug) -> String {
    format!("{SIGN_IN}/with/{provider}?for=account")
}

/// Tries a provider.
pub fn test(provider: &Slug) -> String {
    format!("{SIGN_IN}/with/{provider}?for=test")
}

pub fn project(project: &Slug) -> String {
    format!("/projects/{project}")
}

/// A project's page, with a page of its integrations and services.
pub fn project_part(project: &Slug, part: &Part) -> String {
    let named = |name: &str, after: &Option<Slug>| after.as_ref().map(|slug| format!("{name}={slug}"));
    let parts = [named("integrations", &part.integrations), named("services", &part.services)];
    let query: Vec<String> = parts.into_iter().flatten().collect();
    let page = self::project(project);
    if query.is_empty() { page } else { format!("{page}?{}", query.join("&")) }
}

/// A page of the projects, in use or archived.
pub fn projects(listed: Listed, after: Option<&Slug>) -> String {
    let page = match listed {
        Listed::InUse => PROJECTS,
        Listed::Archived => ARCHIVED_PROJECTS,
    };
    let sign = if listed == Listed::Archived { '&' } else { '?' };
    after.map_or_else(|| page.to_owned(), |after| format!("{page}{sign}after={after}"))
}

/// A page of the holds, standing or ended, with a number below `before`.
pub fn holds(listed: holds::Listed, before: Option<i64>) -> String {
    let ended = if listed == holds::Listed::Ended { "1" } else { "" };
    let before = before.map(|before| before.to_string()).unwrap_or_default();
    with_query(HOLDS, [("ended", ended), ("before", &before)])
}

pub fn proposal(number: i64) -> String {
    format!("{PROPOSALS}/{number}")
}

pub fn hold(number: i64) -> String {
    format!("{HOLDS}/{number}")
}

/// The form for a new hold, on something or on what is chosen there.
pub fn new_hold(on: Option<&HoldAddress>) -> String {
    let on = on.map(ToString::to_string).unwrap_or_default();
    with_query("/holds/new", [("on", on.as_str())])
}

/// Who may do something in a place.
pub fn rights(action: Action, place: &str) -> String {
    with_query(RIGHTS, [("action", action.name()), ("place", place)])
}

/// What someone may do, now or at a day or time.
pub fn person_rights(person: PersonId, at: &str) -> String {
    with_query(&format!("{PEOPLE}/{person}/rights"), [("at", at)])
}

pub fn group(group: &Slug) -> String {
    format!("{GROUPS}/{group}")
}

pub fn role(role: &Slug) -> String {
    format!("{ROLES}/{role}")
}

/// The form for a new role, filled in with what another permits.
pub fn new_role(from: Option<&Slug>) -> String {
    with_query(NEW_ROLE, [("from", from.map(Slug::as_str).unwrap_or_default())])
}

pub fn members(project: &Slug) -> String {
    format!("/projects/{project}/members")
}

/// Who was turned away: of one kind, or of all where it is empty, and a page from before one.
pub fn refused_attempts(kind: &str, before: Option<AttemptId>) -> String {
    let before = before.map(|before| before.to_string()).unwrap_or_default();
    with_query(REFUSED_ATTEMPTS, [("kind", kind), ("before", &before)])
}

/// The same as a file, `ndjson` or `csv`.
pub fn refused_attempts_export(kind: &str, format: &str) -> String {
    with_query(&format!("{REFUSED_ATTEMPTS}/export"), [("kind", kind), ("format", format)])
}

/// The service accounts of a project, or of the installation.
pub fn service_accounts(project: Option<&Slug>) -> String {
    project.map_or_else(
        || "/service-accounts".to_owned(),
        |project| format!("/projects/{project}/service-accounts"),
    )
}

pub fn service_account(id: PersonId) -> String {
    format!("/service-accounts/{id}")
}

/// Where events of a project, or of the installation, are sent.
pub fn subscriptions(project: Option<&Slug>) -> String {
    project
        .map_or_else(|| "/subscriptions".to_owned(), |project| format!("/projects/{project}/subscriptions"))
}

/// A subscription, with a page of what was sent to it from before a delivery.
pub fn subscription(id: SubscriptionId, before: Option<DeliveryId>) -> String {
    let before = before.map(|before| before.to_string()).unwrap_or_default();
    with_query(&format!("/subscriptions/{id}"), [("before", before.as_str())])
}

/// The registries that a project, or the installation, is connected with.
pub fn registries(project: Option<&Slug>) -> String {
    project.map_or_else(|| "/registries".to_owned(), |project| format!("/projects/{project}/registries"))
}

pub fn registry(id: RegistryId) -> String {
    format!("/registries/{id}")
}

/// A registry, with the tags of a repository there after one of them.
pub fn registry_tags(id: RegistryId, repository: &str, after: &str) -> String {
    with_query(&registry(id), [("repository", repository), ("after", after)])
}

/// What the promotions of an integration do in registries elsewhere.
pub fn outside_steps(project: &Slug, integration: &Slug) -> String {
    format!("/projects/{project}/integrations/{integration}/outside-steps")
}

/// Ready files by which a CI pushes into an integration.
pub fn pipelines(project: &Slug, integration: &Slug) -> String {
    format!("/projects/{project}/integrations/{integration}/ci")
}

/// The addresses at which builds of an integration are announced.
pub fn hooks(project: &Slug, integration: &Slug) -> String {
    format!("/projects/{project}/integrations/{integration}/hooks")
}

/// A hook, with a page of what came to it from before a delivery.
pub fn hook(project: &Slug, integration: &Slug, id: HookId, before: Option<HookDeliveryId>) -> String {
    let before = before.map(|before| before.to_string()).unwrap_or_default();
    with_query(&format!("{}/{id}", hooks(project, integration)), [("before", before.as_str())])
}

/// The CI jobs that are trusted to push.
pub fn publishers(project: &Slug) -> String {
    format!("/projects/{project}/publishers")
}

/// The form for a new publisher, as a refused exchange of this id fills it in.
pub fn new_publisher(project: &Slug, like: &str) -> String {
    with_query(&format!("/projects/{project}/publishers/new"), [("like", like)])
}

/// The form for a new publisher of a CI system.
pub fn new_publisher_of(project: &Slug, system: System) -> String {
    format!("/projects/{project}/publishers/new?system={}", system.name())
}

/// By whose signatures a project goes.
pub fn trust_roots(project: &Slug) -> String {
    format!("/projects/{project}/trust-roots")
}

/// The form for a new trust root: a `key` or an `identity`.
pub fn new_trust_root(project: &Slug, kind: &str) -> String {
    with_query(&format!("/projects/{project}/trust-roots/new"), [("kind", kind)])
}

/// Something that is said about a build, as a file.
pub fn evidence(project: &Slug, integration: &Slug, build: &Digest, content: &Digest) -> String {
    format!("/projects/{project}/integrations/{integration}/builds/{build}/evidence/{content}")
}

/// What a project keeps, and what is set about it.
pub fn storage(project: &Slug) -> String {
    format!("/projects/{project}/storage")
}

/// A page of the guide.
pub fn docs(page: &str) -> String {
    format!("{DOCS}/{page}")
}

/// The tokens, with the form for a new one about a project.
pub fn tokens_for(project: &Slug) -> String {
    format!("{TOKENS}?scope={project}")
}

/// The page that asks before it archives a project.
pub fn archive(project: &Slug) -> String {
    format!("/projects/{project}/archive")
}

/// The integrations of a project that were deleted and can be restored.
pub fn deleted(project: &Slug) -> String {
    format!("/projects/{project}/deleted")
}

/// The page of what can be deleted.
pub fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Integration { project, slug } => format!("/projects/{project}/integrations/{slug}"),
        Subject::Environment { project, slug } => format!("/projects/{project}/environments/{slug}"),
        Subject::Workflow { project, slug } => format!("/projects/{project}/workflows/{slug}"),
        Subject::Rule { project, slug } => format!("/projects/{project}/rules/{slug}"),
        Subject::Stream { .. } => STREAMS.to_owned(),
    }
}

/// The page that asks before it deletes something.
pub fn delete(subject: &Subject) -> String {
    match subject {
        Subject::Stream { slug } => format!("{STREAMS}/{slug}/delete"),
        other => format!("{}/delete", self::subject(other)),
    }
}

/// Where such things are listed.
pub fn listing(subject: &Subject) -> String {
    subject.project().map_or_else(|| STREAMS.to_owned(), |project| format!("/projects/{project}"))
}

/// The page of what stands in the way of deleting something, where there is one to see.
pub fn user(user: &User) -> Option<String> {
    Some(match user {
        User::Workflow { project, slug } => workflow(project, slug),
        User::Rule { project, slug } => rule(project, slug),
        User::Integration { project, slug } => integration(project, slug),
        User::Environment { project, slug } => environment(project, slug, None),
        User::Service { project, .. } => self::project(project),
        User::Promotion { project, number, .. } => promotion(project, *number),
        User::Hold { number } => hold(*number),
        User::Unseen { .. } => return None,
    })
}

pub fn new_environment(project: &Slug) -> String {
    format!("/projects/{project}/environments/new")
}

/// An environment, with a page of its ended pins from before one of them.
pub fn environment(project: &Slug, environment: &Slug, before: Option<PromotionId>) -> String {
    let page = format!("/projects/{project}/environments/{environment}");
    before.map_or(page.clone(), |before| format!("{page}?before={before}"))
}

/// The tokens by which deployers pull what an environment should run.
pub fn read_tokens(project: &Slug, environment: &Slug) -> String {
    format!("/projects/{project}/environments/{environment}/read-tokens")
}

/// Where an environment is moved into another release stream.
pub fn move_environment(project: &Slug, environment: &Slug) -> String {
    format!("/projects/{project}/environments/{environment}/stream")
}

/// The form that asks to pin a build, of a service or of one that is chosen there.
pub fn new_pin(project: &Slug, environment: &Slug, service: Option<&Slug>) -> String {
    let page = format!("/projects/{project}/environments/{environment}/pins/new");
    service.map_or(page.clone(), |service| format!("{page}?service={service}"))
}

pub fn new_workflow(project: &Slug) -> String {
    format!("/projects/{project}/workflows/new")
}

/// A promotion workflow.
pub fn workflow(project: &Slug, workflow: &Slug) -> String {
    format!("/projects/{project}/workflows/{workflow}")
}

pub fn new_rule(project: &Slug) -> String {
    format!("/projects/{project}/rules/new")
}

/// A CI rule.
pub fn rule(project: &Slug, rule: &Slug) -> String {
    format!("/projects/{project}/rules/{rule}")
}

/// What no rule has led in an integration, from before a build.
pub fn unclassified(project: &Slug, integration: &Slug, before: Option<BuildId>) -> String {
    let page = format!("/projects/{project}/integrations/{integration}/unclassified");
    before.map_or(page.clone(), |before| format!("{page}?before={before}"))
}

/// The sets of builds that go together.
pub fn release_sets(project: &Slug, before: Option<i64>) -> String {
    let before = before.map(|before| before.to_string()).unwrap_or_default();
    with_query(&format!("/projects/{project}/release-sets"), [("before", before.as_str())])
}

/// The form for a new set.
pub fn new_release_set(project: &Slug) -> String {
    format!("/projects/{project}/release-sets/new")
}

/// The form for a new release set, with what differs between two stages.
pub fn stages_compared(project: &Slug, from: &Slug, to: &Slug) -> String {
    with_query(&new_release_set(project), [("from", from.as_str()), ("to", to.as_str())])
}

pub fn release_set(project: &Slug, number: i64) -> String {
    format!("/projects/{project}/release-sets/{number}")
}

/// The page that asks before it carries a set on from one stage to another or, without `from`, takes it back out of one.
pub fn carry_release_set(project: &Slug, number: i64, from: Option<&Slug>, to: &Slug) -> String {
    let from = from.map_or("", Slug::as_str);
    with_query(
        &format!("/projects/{project}/release-sets/{number}/carry"),
        [("from", from), ("to", to.as_str())],
    )
}

/// How builds moved on in a project.
pub fn insights(project: &Slug) -> String {
    format!("/projects/{project}/insights")
}

/// What changed in the production of a project.
pub fn production_changes(project: &Slug) -> String {
    format!("/projects/{project}/production-changes")
}

/// The same in a period, as a file.
pub fn production_changes_csv(project: &Slug, period: &ChangesForm) -> String {
    let parts = [("from", period.from.as_str()), ("to", period.to.as_str())];
    with_query(&format!("{}/csv", production_changes(project)), parts)
}

/// What happened in a project.
pub fn timeline_of_project(project: &Slug) -> String {
    timeline(&Filter { project: project.to_string(), ..Filter::default() }, None)
}

/// What was current in an integration's buckets at a moment.
pub fn moment(project: &Slug, integration: &Slug) -> String {
    format!("/projects/{project}/integrations/{integration}/moment")
}

/// Two builds of an integration side by side.
pub fn difference(project: &Slug, integration: &Slug) -> String {
    format!("/projects/{project}/integrations/{integration}/difference")
}

/// Carrying an integration over into one of the other type.
pub fn carry_over(project: &Slug, integration: &Slug) -> String {
    format!("/projects/{project}/integrations/{integration}/carry-over")
}

pub fn retention(project: &Slug, integration: &Slug) -> String {
    format!("/projects/{project}/integrations/{integration}/retention")
}

/// What reclassifying an integration would change.
pub fn reclassify(project: &Slug, integration: &Slug) -> String {
    format!("/projects/{project}/integrations/{integration}/reclassify")
}

pub fn new_integration(project: &Slug) -> String {
    format!("/projects/{project}/integrations/new")
}

/// The board.
pub fn integration(project: &Slug, integration: &Slug) -> String {
    format!("/projects/{project}/integrations/{integration}")
}

/// The whole history of a bucket, from before a placement.
pub fn bucket(project: &Slug, integration: &Slug, bucket: &Slug, before: Option<PlacementId>) -> String {
    let page = format!("/projects/{project}/integrations/{integration}/buckets/{bucket}");
    before.map_or(page.clone(), |before| format!("{page}?before={before}"))
}

/// The stage of a bucket on the board.
pub fn stage(project: &Slug, integration: &Slug, bucket: &Slug) -> String {
    format!("{}#stage-{bucket}", self::integration(project, integration))
}

/// The plain form that asks for a promotion.
pub fn promote(project: &Slug, integration: &Slug, digest: &Digest, from: &Slug, to: &Slug) -> String {
    format!("/projects/{project}/integrations/{integration}/promote?digest={digest}&from={from}&to={to}")
}

/// The plain form that rolls a bucket back.
pub fn roll_back(project: &Slug, integration: &Slug, bucket: &Slug, placement: PlacementId) -> String {
    format!("/projects/{project}/integrations/{integration}/roll-back?bucket={bucket}&to={placement}")
}

pub fn promotion(project: &Slug, number: i64) -> String {
    format!("/projects/{project}/promotions/{number}")
}

pub fn build(digest: &Digest) -> String {
    format!("/builds/{digest}")
}

/// A part of a build's life: in one integration, from after a placement.
pub fn life(digest: &Digest, project: &Slug, integration: &Slug, after: Option<PlacementId>) -> String {
    let after = after.map(|after| after.to_string()).unwrap_or_default();
    with_query(&build(digest), [("in", format!("{project}/{integration}").as_str()), ("after", &after)])
}

/// The first page with a filter, from after a place.
pub fn home(filter: &home::Filter, after: Option<&home::Place>) -> String {
    let after = after.map(ToString::to_string).unwrap_or_default();
    with_query(HOME, [("project", filter.project.as_str()), ("q", &filter.q), ("after", &after)])
}

/// What a search finds.
pub fn search(q: &str) -> String {
    with_query(SEARCH, [("q", q)])
}

/// The builds that a search finds, from after a place.
pub fn found_builds(q: &str, after: Option<&str>) -> String {
    with_query(SEARCH, [("q", q), ("kind", "builds"), ("after", after.unwrap_or_default())])
}

/// What someone did.
pub fn deeds(person: PersonId) -> String {
    timeline(&Filter { person: person.to_string(), ..Filter::default() }, None)
}

/// The timeline with a filter, from before an event.
pub fn timeline(filter: &Filter, before: Option<i64>) -> String {
    let before = before.map(|before| before.to_string()).unwrap_or_default();
    with_query(TIMELINE, filtered(filter, ("before", &before)))
}

/// The timeline with a filter as a file, `ndjson` or `csv`.
pub fn timeline_export(filter: &Filter, format: &str) -> String {
    with_query(&format!("{TIMELINE}/export"), filtered(filter, ("format", format)))
}

/// What there is, as documents that declare it: all of a project.
pub fn declared_project(project: &Slug) -> String {
    with_query("/declarations/export", [("project", project.as_str())])
}

/// The same of one thing in it.
pub fn declared(kind: &str, project: &Slug, slug: &Slug) -> String {
    let pairs = [("kind", kind), ("project", project.as_str()), ("slug", slug.as_str())];
    with_query("/declarations/export", pairs)
}

/// The receipt of an event, as a file.
pub fn receipt(seq: i64) -> String {
    format!("{TIMELINE}/{seq}/receipt")
}

fn filtered<'a>(filter: &'a Filter, last: (&'a str, &'a str)) -> [(&'a str, &'a str); 6] {
    [
        ("project", &filter.project),
        ("integration", &filter.integration),
        ("bucket", &filter.bucket),
        ("person", &filter.person),
        ("kind", &filter.kind),
        last,
    ]
}

/// An address with those parts of a query that are not empty.
fn with_query<'a>(path: &str, parts: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let query: Vec<String> = parts
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| format!("{key}={}", encode(value)))
        .collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// Percent-encodes all but the unreserved characters of RFC 3986 §2.3.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_keeps_what_narrows_and_encodes_it() {
        let filter =
            Filter { integration: "shop/checkout".into(), kind: "rolled_back".into(), ..Filter::default() };
        assert_eq!(
            timeline(&filter, Some(7)),
            "/timeline?integration=shop%2Fcheckout&kind=rolled_back&before=7"
        );
        assert_eq!(timeline(&Filter::default(), None), "/timeline");
        assert_eq!(
            timeline_export(&filter, "csv"),
            "/timeline/export?integration=shop%2Fcheckout&kind=rolled_back&format=csv"
        );
        assert_eq!(receipt(7), "/timeline/7/receipt");
    }

    #[test]
    fn whatever_is_looked_for_stands_whole_in_the_address() {
        assert_eq!(search("shop#1 %&"), "/search?q=shop%231%20%25%26");
        assert_eq!(found_builds("é", Some("0.x")), "/search?q=%C3%A9&kind=builds&after=0.x");
        let filter = home::Filter { q: "web".into(), ..home::Filter::default() };
        assert_eq!(home(&filter, home::Place::parse("shop/web").as_ref()), "/?q=web&after=shop%2Fweb");
    }

    #[test]
    fn the_way_back_from_signing_in_is_encoded_whole() {
        assert_eq!(sign_in("/timeline?kind=x&before=1"), "/sign-in?next=%2Ftimeline%3Fkind%3Dx%26before%3D1");
    }
}
