//! What changed in production: a report for auditors.

use crate::{Error, Service, scenes, timeline as events};
use std::collections::HashMap;
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::builds::life::By;
use towpath_domain::changes::{
    ChangesForm, EmergencyTold, GatePassed, Period, ProductionChange, ProductionChanges,
};
use towpath_domain::gates::{Circumstances, Verdict};
use towpath_domain::ids::{PersonId, ProjectId, PromotionId, TokenId};
use towpath_domain::placements::Cause;
use towpath_domain::promotions::{Choice, Decision, Promotion};
use towpath_domain::timeline::Entry;
use towpath_domain::times::Time;
use towpath_store::changes::{InProduction, in_production};
use towpath_store::timeline::{Criteria, list};
use towpath_store::{Conn, people, promotions, tokens};

/// How many changes are told, the newest.
const MOST: i64 = 2_000;
/// How many changes of rules are told, the newest.
const RULES: i64 = 500;
/// What changes by which rules builds enter production, and who may say so.
const OF_RULES: &[&str] = &[
    "workflow_created",
    "workflow_changed",
    "workflow_deleted",
    "integration_created",
    "service_moved",
    "role_granted",
    "role_revoked",
];

/// What became current in the production of a project within a period. What who asks may not see is left out.
pub async fn view(
    service: &Service,
    actor: &Actor,
    project: &str,
    form: &ChangesForm,
) -> Result<ProductionChanges, Error> {
    let mut conn = service.read().await?;
    let project = scenes::project(&mut conn, actor, project).await?;
    let now = service.now();
    let period = form.check(now)?;
    let mut found = in_production(&mut conn, project.id, period, MOST + 1).await?;
    let cut = i64::try_from(found.len()).is_ok_and(|count| count > MOST);
    found.truncate(usize::try_from(MOST).unwrap_or_default());
    found.retain(|one| actor.may(Action::View, &Target::integration(project.id, one.integration.0)));
    let telling = Telling::load(&mut conn, &found).await?;
    let rules = rules(&mut conn, actor, project.id, period).await?;
    Ok(ProductionChanges {
        changes: found.into_iter().map(|one| telling.tell(one, now)).collect(),
        cut: cut || i64::try_from(rules.len()).is_ok_and(|count| count >= RULES),
        rules,
        project,
        period,
        now,
    })
}

/// The changes of rules within a period. A token of some integrations is not told of what is beside them.
async fn rules(
    conn: &mut Conn,
    actor: &Actor,
    project: ProjectId,
    period: Period,
) -> Result<Vec<Entry>, Error> {
    let criteria = Criteria {
        project: Some(project),
        narrowed: actor.narrowed(),
        kinds: OF_RULES,
        within: Some((period.from, period.to)),
        ..Criteria::default()
    };
    let changed = list(conn, &criteria, i64::MAX, RULES).await?;
    events::entries(conn, changed).await
}

/// What the changes refer to.
struct Telling {
    promotions: HashMap<PromotionId, Promotion>,
    names: std::collections::BTreeMap<PersonId, String>,
    titles: HashMap<TokenId, String>,
}

impl Telling {
    async fn load(conn: &mut Conn, found: &[InProduction]) -> Result<Self, Error> {
        let ids: Vec<PromotionId> =
            found.iter().filter_map(|one| one.placed.placement.cause.promotion()).collect();
        let promotions = promotions::of_ids(conn, &ids).await?;
        let mut acted: Vec<PersonId> = promotions.iter().flat_map(involved).collect();
        let mut used: Vec<TokenId> =
            promotions.iter().filter_map(|promotion| promotion.requested_with).collect();
        for one in found {
            acted.extend([one.placed.placement.by.person, one.pushed_by]);
            used.extend(one.placed.placement.by.token);
        }
        acted.sort_unstable();
        acted.dedup();
        used.sort_unstable();
        used.dedup();
        Ok(Self {
            names: people::names(conn, &acted).await?,
            titles: tokens::titles(conn, &used).await?,
            promotions: promotions.into_iter().map(|promotion| (promotion.id, promotion)).collect(),
        })
    }

    fn name(&self, person: PersonId) -> String {
        self.names.get(&person).cloned().unwrap_or_else(|| "someone".to_owned())
    }

    fn by(&self, person: PersonId, token: Option<TokenId>) -> By {
        By { name: self.name(person), token: token.and_then(|token| self.titles.get(&token).cloned()) }
    }

    fn tell(&self, one: InProduction, now: Time) -> ProductionChange {
        let placement = one.placed.placement;
        let promotion = match placement.cause {
            Cause::Promotion { promotion, .. } => self.promotions.get(&promotion),
            _ => None,
        };
        let change = ProductionChange {
            at: placement.at,
            integration: one.integration.1,
            bucket: one.bucket,
            tag: one.tag,
            digest: one.digest,
            before: one.before,
            how: placement.cause.name().to_owned(),
            number: None,
            by: self.by(placement.by.person, placement.by.token),
            authors: one.origin.author.or(one.origin.authors).map(|author| author.value),
            pushed_by: self.name(one.pushed_by),
            approved_by: Vec::new(),
            gates: Vec::new(),
            emergency: None,
            reference: None,
            reason: one.placed.reason,
        };
        match promotion {
            Some(promotion) => self.of_promotion(change, promotion, now),
            None => change,
        }
    }

    /// A promotion knows more: who asked for it, and what allowed it.
    fn of_promotion(&self, change: ProductionChange, promotion: &Promotion, now: Time) -> ProductionChange {
        let approved = promotion.decisions.iter().filter(|decision| decision.choice == Choice::Approve);
        // It was applied, so nothing is judged anew.
        let verdicts = promotion.final_verdicts(&Circumstances::default(), now);
        let gates = promotion.gates.iter().zip(verdicts.0);
        let gate = |gate: towpath_domain::gates::GateVerdict| GatePassed {
            passed: gate.verdict == Verdict::Passes,
            rule: gate.rule,
        };
        ProductionChange {
            number: Some(promotion.number),
            by: if promotion.automatic {
                By::itself()
            } else {
                self.by(promotion.requested_by, promotion.requested_with)
            },
            approved_by: approved.map(|decision| decision.who(|person| self.name(person))).collect(),
            gates: gates.map(|(_, verdict)| gate(verdict)).collect(),
            emergency: promotion.emergency.as_ref().map(|emergency| EmergencyTold {
                by: self.name(emergency.by),
                reason: emergency.reason.to_string(),
                reviewed_by: emergency.review.as_ref().map(|review| self.name(review.by)),
            }),
            reference: promotion.reference.as_ref().map(ToString::to_string),
            reason: Some(promotion.reason.to_string()),
            ..change
        }
    }
}

fn involved(promotion: &Promotion) -> Vec<PersonId> {
    let emergency = promotion.emergency.iter();
    let emergency = emergency.flat_map(|one| [Some(one.by), one.review.as_ref().map(|review| review.by)]);
    let decided = promotion.decisions.iter().flat_map(Decision::people);
    decided.chain(emergency.flatten()).chain([promotion.requested_by]).collect()
}
