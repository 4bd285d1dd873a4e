//! Release sets as pages and calls show them.

use super::goings::Survey;
use crate::builds::build_name;
use crate::circumstances::Judge;
use crate::scenes::Located;
use crate::{Error, Service, delegations, scenes};
use std::collections::{BTreeMap, HashMap, HashSet};
use towpath_domain::access::Actor;
use towpath_domain::buckets::{BucketKey, BucketName};
use towpath_domain::delegations::Voice;
use towpath_domain::ids::{BuildId, IntegrationId, PersonId, PlacementId, PromotionId};
use towpath_domain::inbox::Wanted;
use towpath_domain::promotions::{Promotion, State};
use towpath_domain::release_sets::{
    Act, ActLine, MemberLine, Outcome, PartResult, ReleaseSet, ReleaseSetLine, ReleaseSetView,
    ReleaseSetsView, ResultLine, Told, WantedLine,
};
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::BuildName;
use towpath_store::{Conn, builds, people, promotions, release_sets};

/// How many acts a set's page shows.
const ACTS: i64 = 20;

/// The sets of a project, newest first, with a number below `before`.
pub async fn list(
    service: &Service,
    actor: &Actor,
    project: &str,
    before: Option<i64>,
    limit: i64,
) -> Result<ReleaseSetsView, Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, project).await?;
    let before = before.unwrap_or(i64::MAX);
    let mut listed = release_sets::list(&mut conn, project.id, before, limit + 1).await?;
    let mut older = None;
    if i64::try_from(listed.len()).is_ok_and(|count| count > limit) {
        listed.pop();
        older = listed.last().map(|set| set.number);
    }
    let people: Vec<PersonId> = listed.iter().map(|set| set.made_by).collect();
    let names = people::names(&mut conn, &people).await?;
    let mut members: Vec<IntegrationId> = listed.iter().flat_map(|set| set.members.iter().copied()).collect();
    members.sort_unstable();
    members.dedup();
    let visible = Survey::new(service, actor).visible(&mut conn, &members).await?;
    // Whoever sees none of its builds does not know of a set.
    listed.retain(|set| set.members.iter().any(|member| visible.contains_key(member)));
    let line = |set: release_sets::Listed| ReleaseSetLine {
        number: set.number,
        title: set.title,
        made_by: name(&names, set.made_by),
        made_at: set.made_at,
        size: set.members.iter().filter(|member| visible.contains_key(member)).count(),
        last: set.last,
    };
    let sets = listed.into_iter().map(line).collect();
    Ok(ReleaseSetsView { project: project.slug, sets, older, now: service.now() })
}

/// A set with everything that its page shows. Integrations that who asks may not see are left out.
pub async fn view(
    service: &Service,
    actor: &Actor,
    project: &str,
    number: i64,
) -> Result<ReleaseSetView, Error> {
    // Before all else: what happens while the rest is read is told to the page, which reads it again.
    let as_of = crate::timeline::head(service).await?;
    let mut conn = service.read().await?;
    let (project, set) = super::find(service, &mut conn, actor, project, number).await?;
    let acts = release_sets::acts(&mut conn, set.id, ACTS).await?;
    let ids: Vec<IntegrationId> = set.members.iter().map(|member| member.integration).collect();
    let mut survey = Survey::new(service, actor);
    let visible = survey.visible(&mut conn, &ids).await?;
    let known = Known::load(service, actor, &mut conn, &set, &acts).await?;
    let mut current = HashMap::<IntegrationId, Vec<BucketName>>::new();
    let mut back: Vec<Slug> = Vec::new();
    for here in release_sets::current(&mut conn, set.id).await? {
        // What waits to be taken back is not offered again.
        let waits = known.waiting.contains(&(here.integration, here.bucket.slug.clone()));
        if known.own.contains(&here.placement) && visible.contains_key(&here.integration) && !waits {
            back.push(here.bucket.slug.clone());
        }
        current.entry(here.integration).or_default().push(here.bucket);
    }
    back.sort();
    back.dedup();
    let members = set.members.iter().filter_map(|member| {
        let located = visible.get(&member.integration)?;
        let mut current_in: Vec<Slug> = current
            .get(&member.integration)
            .into_iter()
            .flatten()
            .map(|bucket| bucket.slug.clone())
            .collect();
        current_in.sort();
        Some(MemberLine {
            project: located.project.slug.clone(),
            integration: located.integration.slug.clone(),
            build: known.builds.get(&member.build)?.clone(),
            current_in,
        })
    });
    let members = members.collect();
    let onward = onward(&mut conn, &mut survey, &visible, &current, &known.waiting).await?;
    let people: Vec<PersonId> = acts.iter().map(|act| act.by).chain([set.made_by]).collect();
    let names = people::names(&mut conn, &people).await?;
    let line = |act: Act| ActLine {
        results: act.results.iter().filter_map(|result| known.line(result, &visible)).collect(),
        course: act.course,
        reason: act.reason.into(),
        by: name(&names, act.by),
        at: act.at,
    };
    Ok(ReleaseSetView {
        project: project.slug,
        number: set.number,
        title: set.title,
        made_by: name(&names, set.made_by),
        made_at: set.made_at,
        members,
        acts: acts.into_iter().map(line).collect(),
        onward,
        back,
        to_decide: known.to_decide,
        as_of,
        now: service.now(),
    })
}

/// The placements that the acts of a set have made.
pub(super) async fn own_placements(conn: &mut Conn, set: &ReleaseSet) -> Result<HashSet<PlacementId>, Error> {
    let made = release_sets::made(conn, set.id).await?;
    Ok(made_by(&promotions::of_ids(conn, &made.asked).await?, made.placements))
}

/// The placements of these promotions, as far as they are applied, and these.
fn made_by(asked: &[Promotion], placed: Vec<PlacementId>) -> HashSet<PlacementId> {
    let applied = asked.iter().filter_map(|promotion| match promotion.state {
        State::Applied { placement, .. } => placement,
        _ => None,
    });
    applied.chain(placed).collect()
}

fn name(names: &BTreeMap<PersonId, String>, person: PersonId) -> String {
    names.get(&person).cloned().unwrap_or_else(|| "someone".to_owned())
}

/// What the results of a set's acts are told with.
struct Known {
    builds: HashMap<BuildId, BuildName>,
    promotions: HashMap<PromotionId, Told>,
    to_decide: Vec<WantedLine>,
    /// What waits, and for which bucket.
    waiting: HashSet<(IntegrationId, Slug)>,
    /// The placements that the acts of the set have made.
    own: HashSet<PlacementId>,
}

fn item(project: Slug, integration: Slug, promotion: &Promotion, needs: Vec<String>) -> WantedLine {
    let wanted = Wanted { project, number: promotion.number, digest: promotion.digest.clone() };
    WantedLine { wanted, integration, tag: promotion.tag.clone(), to: promotion.to.slug.clone(), needs }
}

impl Known {
    async fn load(
        service: &Service,
        actor: &Actor,
        conn: &mut Conn,
        set: &ReleaseSet,
        acts: &[Act],
    ) -> Result<Self, Error> {
        let results = || acts.iter().flat_map(|act| act.results.iter());
        let mut named: Vec<BuildId> = set.members.iter().map(|member| member.build).collect();
        named.extend(results().map(|result| result.build));
        named.sort_unstable();
        named.dedup();
        let named = builds::list(conn, &named).await?.into_iter();
        let mut builds: HashMap<BuildId, BuildName> =
            named.map(|pushed| (pushed.build.id, build_name(&pushed.build))).collect();
        // Also those of older acts than are shown: what waits is not forgotten.
        let made = release_sets::made(conn, set.id).await?;
        let mut asked = promotions::of_ids(conn, &made.asked).await?;
        // Each goes by what it was called where it came from.
        builds.extend(asked.iter().map(|promotion| (promotion.build, promotion.build_name())));
        for member in &set.members {
            if let Some(build) = builds.get_mut(&member.build) {
                build.tag = member.tag.clone();
            }
        }
        let own = made_by(&asked, made.placements);
        asked.extend(promotions::of_ids(conn, &made.taking_back).await?);
        asked.sort_by_key(|promotion| promotion.id);
        let judge = Judge::of(conn, &asked, service.now()).await?;
        let destinations = promotions::destinations(conn, &asked).await?;
        let principals = delegations::principals(conn, actor, service.now()).await?;
        let mut to_decide = Vec::new();
        let mut told = HashMap::new();
        let mut waiting = HashSet::new();
        for promotion in asked {
            let Some(destination) = destinations.get(&promotion.id) else { continue };
            let verdicts = judge.verdicts(&promotion);
            let place = &destination.target;
            let may = |voice: Voice| promotion.may_decide(voice, place).is_ok();
            let decides = may(actor.into()) || principals.iter().any(|other| may(Voice::of(actor, other)));
            if promotion.lacks_approval(&verdicts) && decides {
                let needs = verdicts.needs();
                let (project, integration) = (destination.project.clone(), destination.integration.clone());
                to_decide.push(item(project, integration, &promotion, needs));
            }
            if promotion.is_open() {
                waiting.insert((promotion.integration, promotion.to.slug.clone()));
            }
            let needs = if promotion.is_open() { promotion.needs(&verdicts) } else { Vec::new() };
            let Promotion { id, number, state, .. } = promotion;
            told.insert(id, Told::Promotion { number, state, needs });
        }
        Ok(Self { builds, promotions: told, to_decide, waiting, own })
    }

    fn line(&self, result: &PartResult, visible: &HashMap<IntegrationId, Located>) -> Option<ResultLine> {
        let located = visible.get(&result.integration)?;
        let told = match &result.outcome {
            Outcome::Asked { promotion } => self.promotions.get(promotion)?.clone(),
            Outcome::RolledBack { .. } => Told::RolledBack,
            Outcome::Refused { because } => Told::Refused { because: because.clone() },
        };
        Some(ResultLine {
            project: located.project.slug.clone(),
            integration: located.integration.slug.clone(),
            build: self.builds.get(&result.build)?.clone(),
            told,
        })
    }
}

/// The ways on which the set's builds can go on from where they are current, but for those that all have gone or wait to go.
async fn onward(
    conn: &mut Conn,
    survey: &mut Survey<'_>,
    visible: &HashMap<IntegrationId, Located>,
    current: &HashMap<IntegrationId, Vec<BucketName>>,
    waiting: &HashSet<(IntegrationId, Slug)>,
) -> Result<Vec<(Slug, Slug)>, Error> {
    let mut ways = Vec::new();
    for located in visible.values() {
        let Some(at) = current.get(&located.integration.id) else { continue };
        let Some(workflow) = survey.workflow(conn, located).await?.cloned() else { continue };
        let here: Vec<BucketKey> = at.iter().map(|bucket| bucket.key).collect();
        let slots = survey.slots(conn, located).await?;
        for bucket in at {
            for next in workflow.graph.after(bucket.key) {
                let slot = slots.iter().find(|slot| slot.key == next).filter(|_| !here.contains(&next));
                let slot =
                    slot.filter(|slot| !waiting.contains(&(located.integration.id, slot.slug.clone())));
                if let Some(slot) = slot {
                    ways.push((bucket.slug.clone(), slot.slug.clone()));
                }
            }
        }
    }
    ways.sort();
    ways.dedup();
    Ok(ways)
}
