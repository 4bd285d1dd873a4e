//! CI rules: making and changing them, trying them out, and which of them integrations follow.

mod reclassification;
mod routing;

pub use reclassification::{preview, reclassify};
pub(crate) use routing::{Unnamed, receive};
pub use routing::{assign, unclassified};

use crate::scenes::Located;
use crate::{Error, Service, allow, patterns, scenes};
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::buckets::{BucketKey, Slot};
use towpath_domain::builds::Origin;
use towpath_domain::forms::Invalid;
use towpath_domain::ids::RuleId;
use towpath_domain::integrations::{Follows, Integration};
use towpath_domain::projects::Project;
use towpath_domain::rules::{
    Given, Metadata, Moved, NewRule, Rule, RuleForm, RuleName, RuleView, Trial, route,
};
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::{Change, EventActor, RuleShape, Scene};
use towpath_store::{Conn, Tx, integrations, rules};

/// How many of the integrations that follow a rule are named, and how many are looked through to try one out.
const NAMED: usize = 8;
const TRIED: usize = 20;
/// How many builds of each are looked at, and how many that would go elsewhere are told one by one.
const REPLAYED: i64 = 500;
const TOLD: usize = 20;

impl Located {
    /// The rule that holds for it now.
    pub(crate) async fn rule(&self, conn: &mut Conn) -> Result<Option<Rule>, Error> {
        Ok(match self.integration.rule {
            Follows::None => None,
            Follows::Own(rule) => Some(rules::load(conn, rule).await?),
            Follows::Default => rules::find_default(conn, self.project.id, self.integration.kind).await?,
        })
    }
}

/// A rule in its newest version, with who follows it.
pub async fn view(service: &Service, actor: &Actor, project: &str, slug: &str) -> Result<RuleView, Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, project).await?;
    let rule = find(&mut conn, &project, slug).await?;
    let followers = rules::followers(&mut conn, &rule).await?;
    let followed_by = followers.len();
    let followers = followers.into_iter().take(NAMED).map(|(_, slug)| slug).collect();
    Ok(RuleView { rule, followers, followed_by })
}

/// The rules of a project, by title.
pub async fn list(service: &Service, actor: &Actor, project: &str) -> Result<(Vec<Rule>, Vec<Slot>), Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, project).await?;
    let slots = every_slot(&mut conn, &project).await?;
    Ok((rules::list(&mut conn, project.id).await?, slots))
}

async fn find(conn: &mut Conn, project: &Project, slug: &str) -> Result<Rule, Error> {
    let missing = || Error::not_found(format_args!("The CI rule “{}/{slug}”", project.slug));
    let slug = Slug::parse(slug).map_err(|_| missing())?;
    rules::find(conn, project.id, &slug).await?.ok_or_else(missing)
}

/// Every bucket that rules of a project can lead to.
async fn every_slot(conn: &mut Conn, project: &Project) -> Result<Vec<Slot>, Error> {
    use towpath_domain::buckets::BucketKind;
    let mut all = Vec::new();
    for kind in BucketKind::ALL {
        all.extend(scenes::slots(conn, project.id, kind).await?);
    }
    Ok(all)
}

const fn given<'a>(project: &'a Project, slots: &'a [Slot]) -> Given<'a> {
    Given { project: &project.slug, slots, readable: patterns::check_criterion }
}

/// Creates a rule.
pub async fn create(service: &Service, actor: &Actor, project: &str, form: RuleForm) -> Result<Rule, Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, project).await?;
    allow(actor, Action::Configure, &Target::project(project.id))?;
    let slots = every_slot(&mut conn, &project).await?;
    let NewRule { slug, title, kind, is_default, criteria } = form.check(&given(&project, &slots))?;
    drop(conn);
    let name = RuleName { id: service.id(), slug, title, kind };
    let rule = Rule { name, project: project.id, is_default, version: 1, criteria };
    let shape = shape(&rule, &slots);
    let change = Change::RuleCreated {
        slug: rule.name.slug.clone(),
        title: shape.title,
        of: kind,
        criteria: shape.criteria,
        is_default,
    };
    let (who, scene) = (Service::event_actor(actor), scenes::project_scene(&project));
    let event = service.event(who, scene.clone(), change);
    let (writer, stored) = (service.clone(), rule.clone());
    service
        .db()
        .write(async move |tx| {
            scenes::check_in_use(tx, stored.project).await?;
            take_place(tx, &writer, who, &scene, &stored, &slots).await?;
            rules::insert(tx, &stored, writer.now()).await.map_err(|error| {
                Error::taken(error, "slug", "There is a CI rule of this name in the project already.")
            })?;
            tx.tell(event);
            Ok::<_, Error>(())
        })
        .await?;
    Ok(rule)
}

/// Makes the next version of a rule, where it differs; `version` is the one that the form was filled in for. Builds stay
/// where they were led until somebody reclassifies them.
pub async fn change(
    service: &Service,
    actor: &Actor,
    project: &str,
    slug: &str,
    version: i64,
    form: RuleForm,
) -> Result<Rule, Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, project).await?;
    let before = find(&mut conn, &project, slug).await?;
    allow(actor, Action::Configure, &Target::project(project.id))?;
    let slots = every_slot(&mut conn, &project).await?;
    if version != before.version {
        return Err(towpath_store::Error::Changed.into());
    }
    // What is permanent is not asked for.
    let name = &before.name;
    let form = RuleForm { slug: name.slug.to_string(), kind: name.kind.name().to_owned(), ..form };
    let new = form.check(&given(&project, &slots))?;
    drop(conn);
    let after = Rule {
        name: RuleName { title: new.title, ..before.name.clone() },
        is_default: new.is_default,
        version: before.version + 1,
        criteria: new.criteria,
        project: before.project,
    };
    let (earlier, later) = (shape(&before, &slots), shape(&after, &slots));
    if earlier == later {
        return Ok(before);
    }
    let slug = after.name.slug.clone();
    let change = Change::RuleChanged { slug, version: after.version, before: earlier, after: later };
    let (who, scene) = (Service::event_actor(actor), scenes::project_scene(&project));
    let event = service.event(who, scene.clone(), change);
    let (writer, stored) = (service.clone(), after.clone());
    service
        .db()
        .write(async move |tx| {
            scenes::check_in_use(tx, stored.project).await?;
            take_place(tx, &writer, who, &scene, &stored, &slots).await?;
            rules::change(tx, &stored, writer.now()).await?;
            tx.tell(event);
            Ok::<_, Error>(())
        })
        .await?;
    Ok(after)
}

/// Lets the project's default of the same kind be one no more, where another takes its place.
async fn take_place(
    tx: &mut Tx,
    service: &Service,
    who: EventActor,
    scene: &Scene,
    next: &Rule,
    slots: &[Slot],
) -> Result<(), Error> {
    let earlier = match rules::find_default(tx, next.project, next.name.kind).await? {
        Some(earlier) if next.is_default && earlier.name.id != next.name.id => earlier,
        _ => return Ok(()),
    };
    let later = Rule { is_default: false, version: earlier.version + 1, ..earlier.clone() };
    let change = Change::RuleChanged {
        slug: later.name.slug.clone(),
        version: later.version,
        before: shape(&earlier, slots),
        after: shape(&later, slots),
    };
    rules::change(tx, &later, service.now()).await?;
    tx.tell(service.event(who, scene.clone(), change));
    Ok(())
}

/// A rule as an event tells it.
fn shape(rule: &Rule, slots: &[Slot]) -> RuleShape {
    let bucket = |key: BucketKey| {
        let slot = slots.iter().find(|slot| slot.key == key);
        slot.map_or("nowhere", |slot| slot.slug.as_str())
    };
    let words =
        rule.criteria.iter().map(|criterion| format!("{} → {}", criterion.words(), bucket(criterion.bucket)));
    RuleShape { title: rule.name.title.to_string(), is_default: rule.is_default, criteria: words.collect() }
}

/// A build that somebody makes up to try a rule out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MadeUp {
    pub git_ref: String,
    pub image_tag: String,
    /// Labels of the image, by name.
    pub labels: Vec<(String, String)>,
}

/// Tells where a rule that need not be saved leads a build that somebody makes up, and which builds of those who follow
/// the saved one would go elsewhere by it.
pub async fn try_out(
    service: &Service,
    actor: &Actor,
    project: &str,
    saved: Option<&str>,
    form: RuleForm,
    made_up: MadeUp,
) -> Result<Trial, Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, project).await?;
    allow(actor, Action::Configure, &Target::project(project.id))?;
    let slots = every_slot(&mut conn, &project).await?;
    let saved = match saved {
        Some(slug) => Some(find(&mut conn, &project, slug).await?),
        None => None,
    };
    // What a saved rule is called is not what is tried out.
    let form = match &saved {
        Some(rule) => {
            let (slug, kind) = (rule.name.slug.to_string(), rule.name.kind.name().to_owned());
            RuleForm { slug, kind, ..form }
        }
        None => form,
    };
    let new = form.check(&given(&project, &slots))?;
    let name = |key: BucketKey| slots.iter().find(|slot| slot.key == key).map(|slot| slot.slug.clone());
    let origin = origin(&made_up.git_ref, made_up.labels);
    let build = Metadata { image_tag: &made_up.image_tag, origin: &origin };
    let matched = route(&new.criteria, &build, patterns::reads)
        .and_then(|(position, bucket)| Some((position + 1, name(bucket)?)));
    let mut trial = Trial { matched, builds: 0, elsewhere: Vec::new(), elsewhere_count: 0 };
    let Some(saved) = saved else { return Ok(trial) };
    let mut elsewhere = Vec::new();
    for (integration, _) in rules::followers(&mut conn, &saved).await?.into_iter().take(TRIED) {
        for (pushed, routing) in rules::unnamed(&mut conn, integration, None, REPLAYED).await? {
            trial.builds += 1;
            let metadata = Metadata::of(&pushed.build);
            let to = route(&new.criteria, &metadata, patterns::reads).map(|(_, bucket)| bucket);
            let from = routing.map(|routing| routing.bucket);
            if from != to {
                elsewhere.push(Moved {
                    git_ref: pushed.build.origin.git_ref.as_ref().map(|claim| claim.value.clone()),
                    build: pushed.build.id,
                    tag: pushed.build.tag,
                    digest: pushed.build.digest,
                    received_at: pushed.build.received_at,
                    from: from.and_then(name),
                    to: to.and_then(name),
                    becomes_current: false,
                    beside: None,
                });
            }
        }
    }
    elsewhere.sort_by_key(|moved| std::cmp::Reverse(moved.build));
    trial.elsewhere_count = elsewhere.len();
    elsewhere.truncate(TOLD);
    Ok(Trial { elsewhere, ..trial })
}

/// What a made-up build says of itself: as a push does, its ref by a label.
fn origin(git_ref: &str, labels: Vec<(String, String)>) -> Origin {
    let git_ref = (!git_ref.is_empty()).then(|| (Origin::GIT_REF.to_owned(), git_ref.to_owned()));
    Origin::from_labels(labels.into_iter().chain(git_ref))
}

/// Chooses which rule leads what is pushed to an integration: `:default`, `:none`, or one of the project's by its name.
/// Builds stay where they were led until somebody reclassifies them.
pub async fn choose(
    service: &Service,
    actor: &Actor,
    project: &str,
    integration: &str,
    choice: &str,
) -> Result<Integration, Error> {
    let mut conn = service.read().await?;
    let located = scenes::integration(&mut conn, actor, project, integration).await?;
    allow(actor, Action::Configure, &Target::project(located.project.id))?;
    let names: Vec<RuleName> =
        rules::list(&mut conn, located.project.id).await?.into_iter().map(|rule| rule.name).collect();
    let rule = located.integration.check_rule(choice, &names)?;
    drop(conn);
    let before = located.integration.rule;
    if before == rule {
        return Ok(located.integration);
    }
    let change = Change::RuleChosen { before: words(before, &names), after: words(rule, &names) };
    let event = service.event(Service::event_actor(actor), located.scene(), change);
    let (id, project) = (located.integration.id, located.project.id);
    service
        .db()
        .write(async move |tx| {
            scenes::check_in_use(tx, project).await?;
            integrations::set_rule(tx, id, rule).await?;
            tx.tell(event);
            Ok::<_, Error>(())
        })
        .await?;
    Ok(Integration { rule, ..located.integration })
}

/// A choice as the field takes it.
fn words(choice: Follows<RuleId>, names: &[RuleName]) -> String {
    choice.choice(|id| names.iter().find(|name| name.id == id).map(|name| name.slug.to_string()))
}

/// Beside the field, where something is missing that a form names.
pub(crate) fn beside(field: &str, error: Error) -> Error {
    match error {
        Error::NotFound(what) => Invalid::field(field, format!("{what} was not found.")).into(),
        other => other,
    }
}
