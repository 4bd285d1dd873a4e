//! What gates are judged by beside the words of people, gathered for the rules of the domain.

use crate::Error;
use crate::builds::current_name;
use crate::holds::Standing;
use jiff::civil;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use std::collections::{HashMap, HashSet};
use towpath_domain::access::{Actor, Target};
use towpath_domain::buckets::BucketKey;
use towpath_domain::builds::Build;
use towpath_domain::checks::Check;
use towpath_domain::digests::Digest;
use towpath_domain::evidence::Witness;
use towpath_domain::gates::{Circumstances, Gate, Hours, Minute, Opening, Reported, Verdicts, Window, Zone};
use towpath_domain::ids::{BucketId, BuildId, PlacementId, PromotionId, ServiceId};
use towpath_domain::pins::Pinning;
use towpath_domain::promotions::{PassRefused, Promotion};
use towpath_domain::times::Time;
use towpath_store::circumstances::{been, of_promotions, ran, stay};
use towpath_store::promotions::{ahead, destinations};
use towpath_store::{Conn, buckets, checks, outside_steps, pins};

/// For how many days from now a window's openings are told: two weeks and a day, as the clock may leave one out.
const DAYS: i64 = 16;

/// What is known of a build that somebody wants to promote from one bucket into another.
pub(crate) async fn of_wish(
    conn: &mut Conn,
    gates: &[Gate],
    (from, place, bucket): (Option<BucketId>, &Target, &Target),
    (build, pin): (&Build, Option<&Pinning>),
    now: Time,
) -> Result<Circumstances, Error> {
    let stayed = match from {
        Some(bucket) => stay(conn, bucket, build.id).await?,
        None => None,
    };
    let placements: Vec<PlacementId> = stayed.iter().map(|(placement, _)| *placement).collect();
    let ran = has_run(conn, gates, &placements, now).await?.into_values().next().unwrap_or_default();
    let been = where_been(conn, gates, &[build.id]).await?.remove(&build.id).unwrap_or_default();
    let checks = checked(conn, gates, &[build.id]).await?.remove(&build.id).unwrap_or_default();
    let witnesses = witnessed(conn, gates, &[build.id]).await?.remove(&build.id).unwrap_or_default();
    let standing = Standing::load(conn, &[&build.digest], now).await?;
    let holds = standing.concerning_place(place, bucket, &build.digest);
    let pinned = match pin {
        Some(pin) => {
            let services = [pin.service.id];
            pins::of_services(conn, &services, now).await?.remove(&(pin.service.id, pin.environment.id))
        }
        None => None,
    };
    Ok(Circumstances {
        received_at: build.received_at,
        stay: stayed.map(|(_, stay)| stay),
        ran,
        been,
        checks,
        witnesses,
        verified: build.origin.is_verified(),
        openings: openings(gates, now),
        // Whoever asks knows who asked before.
        ahead: None,
        holds,
        pinned,
        current: None,
        // Whoever asks knows where it wants to go.
        outside: false,
    })
}

/// The same of one promotion.
pub(crate) async fn of_promotion(
    conn: &mut Conn,
    promotion: &Promotion,
    now: Time,
) -> Result<Circumstances, Error> {
    let mut all = of_all(conn, std::slice::from_ref(promotion), now).await?;
    let mut known = all.remove(&promotion.id).unwrap_or_default();
    if promotion.is_rollback()
        && let Some(bucket) = buckets::find(conn, promotion.integration, promotion.to.key).await?
    {
        known.current = current_name(conn, &bucket).await?;
    }
    Ok(known)
}

/// Judges promotions as they stand at one moment.
pub(crate) struct Judge {
    known: HashMap<PromotionId, Circumstances>,
    now: Time,
}

impl Judge {
    /// Learns what the gates of these promotions ask for, in a number of queries that does not depend on how many.
    pub(crate) async fn of(conn: &mut Conn, promotions: &[Promotion], now: Time) -> Result<Self, Error> {
        Ok(Self { known: of_all(conn, promotions, now).await?, now })
    }

    /// When one of them is applied without anybody doing anything, where that is known.
    pub(crate) fn passes_at(&self, promotion: &Promotion) -> Option<Time> {
        promotion.passes_at(self.known.get(&promotion.id).unwrap_or(&Circumstances::default()), self.now)
    }

    /// Whether an actor may pass the gates of one of them in an emergency, and why not.
    pub(crate) fn may_pass(
        &self,
        promotion: &Promotion,
        actor: &Actor,
        place: &Target,
    ) -> Result<(), PassRefused> {
        let nothing = Circumstances::default();
        promotion.may_pass(actor, place, self.known.get(&promotion.id).unwrap_or(&nothing), self.now)
    }

    /// How the gates of one of them stand, or stood in the end.
    pub(crate) fn final_verdicts(&self, promotion: &Promotion) -> Verdicts {
        let nothing = Circumstances::default();
        promotion.final_verdicts(self.known.get(&promotion.id).unwrap_or(&nothing), self.now)
    }

    /// The verdicts on one of them.
    pub(crate) fn verdicts(&self, promotion: &Promotion) -> Verdicts {
        let nothing = Circumstances::default();
        promotion.verdicts(self.known.get(&promotion.id).unwrap_or(&nothing), self.now)
    }
}

/// The circumstances of those promotions whose gates ask for some, or which a hold concerns.
async fn of_all(
    conn: &mut Conn,
    promotions: &[Promotion],
    now: Time,
) -> Result<HashMap<PromotionId, Circumstances>, Error> {
    let asking: Vec<&Promotion> =
        promotions.iter().filter(|promotion| promotion.asks_for_circumstances()).collect();
    let ids: Vec<PromotionId> = asking.iter().map(|promotion| promotion.id).collect();
    let mut stays = of_promotions(conn, &ids).await?;
    let gates: Vec<Gate> = asking.iter().flat_map(|promotion| promotion.gates.iter().cloned()).collect();
    let mut builds: Vec<BuildId> = asking.iter().map(|promotion| promotion.build).collect();
    builds.sort_unstable();
    builds.dedup();
    let been = where_been(conn, &gates, &builds).await?;
    let checks = checked(conn, &gates, &builds).await?;
    let verified = vouched(conn, &gates, &builds).await?;
    let witnesses = witnessed(conn, &gates, &builds).await?;
    let placements: Vec<PlacementId> =
        stays.values().filter_map(|(_, stayed)| stayed.map(|(placement, _)| placement)).collect();
    let ran = has_run(conn, &gates, &placements, now).await?;
    let circumstances = |promotion: &Promotion| {
        let (received_at, stayed) = stays.remove(&promotion.id)?;
        let (placement, stay) = stayed.unzip();
        let ran = placement.and_then(|placement| ran.get(&placement).copied()).unwrap_or_default();
        let been = been.get(&promotion.build).cloned().unwrap_or_default();
        let checks = checks.get(&promotion.build).cloned().unwrap_or_default();
        let witnesses = witnesses.get(&promotion.build).cloned().unwrap_or_default();
        Some((
            promotion.id,
            Circumstances {
                received_at,
                stay,
                ran,
                been,
                checks,
                witnesses,
                verified: verified.contains(&promotion.build),
                openings: openings(&promotion.gates, now),
                ahead: None,
                holds: Vec::new(),
                pinned: None,
                current: None,
                outside: false,
            },
        ))
    };
    let mut known: HashMap<_, _> = asking.into_iter().filter_map(circumstances).collect();
    // What is over is not stopped by what came later.
    let waiting: Vec<&Promotion> = promotions.iter().filter(|promotion| promotion.is_open()).collect();
    if waiting.is_empty() {
        return Ok(known);
    }
    let in_turn = waiting.iter().filter(|promotion| promotion.in_turn);
    let in_turn: Vec<PromotionId> = in_turn.map(|promotion| promotion.id).collect();
    for (promotion, number) in ahead(conn, &in_turn, now).await? {
        known.entry(promotion).or_default().ahead = Some(number);
    }
    let open: Vec<PromotionId> = waiting.iter().map(|promotion| promotion.id).collect();
    for promotion in outside_steps::of_promotions(conn, &open).await? {
        known.entry(promotion).or_default().outside = true;
    }
    let to_pin = waiting.iter().filter_map(|promotion| Some((promotion.id, promotion.pin.as_ref()?)));
    let to_pin: Vec<(PromotionId, &Pinning)> = to_pin.collect();
    let services: Vec<ServiceId> = to_pin.iter().map(|(_, pin)| pin.service.id).collect();
    let pinned = pins::of_services(conn, &services, now).await?;
    for (promotion, pin) in to_pin {
        let mark = pinned.get(&(pin.service.id, pin.environment.id));
        known.entry(promotion).or_default().pinned = mark.cloned();
    }
    let digests: Vec<&Digest> = waiting.iter().map(|promotion| &promotion.digest).collect();
    let standing = Standing::load(conn, &digests, now).await?;
    if standing.is_empty() {
        return Ok(known);
    }
    let destinations = destinations(conn, promotions).await?;
    for promotion in waiting {
        let Some(destination) = destinations.get(&promotion.id) else { continue };
        let holds = standing.concerning_place(&destination.target, &destination.bucket, &promotion.digest);
        if !holds.is_empty() {
            known.entry(promotion.id).or_default().holds = holds;
        }
    }
    Ok(known)
}

/// Where each of these builds has been, if a gate wants to know.
pub(crate) async fn where_been(
    conn: &mut Conn,
    gates: &[Gate],
    builds: &[BuildId],
) -> Result<HashMap<BuildId, Vec<BucketKey>>, Error> {
    let wanted = gates.iter().any(|gate| matches!(gate, Gate::WasIn { .. }));
    Ok(if wanted { been(conn, builds).await? } else { HashMap::new() })
}

/// What was reported on each of these builds, if a gate wants to know.
pub(crate) async fn checked(
    conn: &mut Conn,
    gates: &[Gate],
    builds: &[BuildId],
) -> Result<HashMap<BuildId, Vec<Check>>, Error> {
    let wanted = gates.iter().any(|gate| matches!(gate, Gate::Check(_)));
    Ok(if wanted { checks::list(conn, builds).await? } else { HashMap::new() })
}

/// What trust roots make of what is said about each of these builds, if a gate wants to know.
pub(crate) async fn witnessed(
    conn: &mut Conn,
    gates: &[Gate],
    builds: &[BuildId],
) -> Result<HashMap<BuildId, Vec<Witness>>, Error> {
    let wanted = gates.iter().flat_map(Gate::roots).map(|root| root.id).collect::<HashSet<_>>();
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let mut known = towpath_store::evidence::witnesses(conn, builds).await?;
    for witnesses in known.values_mut() {
        witnesses.retain(|witness| wanted.contains(&witness.root));
    }
    Ok(known)
}

/// The builds of which signed claims of a CI say where they come from, if a gate wants to know.
async fn vouched(conn: &mut Conn, gates: &[Gate], builds: &[BuildId]) -> Result<Vec<BuildId>, Error> {
    if !gates.contains(&Gate::Verified) {
        return Ok(Vec::new());
    }
    let known = towpath_store::builds::list(conn, builds).await?.into_iter().map(|pushed| pushed.build);
    Ok(known.filter(|build| build.origin.is_verified()).map(|build| build.id).collect())
}

/// Since when the builds of these placements were reported to run, if a gate wants to know.
pub(crate) async fn has_run(
    conn: &mut Conn,
    gates: &[Gate],
    placements: &[PlacementId],
    now: Time,
) -> Result<HashMap<PlacementId, Reported>, Error> {
    let wanted = gates.iter().any(|gate| matches!(gate, Gate::Soak { .. }));
    Ok(if wanted { ran(conn, placements, now).await? } else { HashMap::new() })
}

/// When each window of these gates is open, from now on.
pub(crate) fn openings(gates: &[Gate], now: Time) -> Vec<(Window, Vec<Opening>)> {
    let mut openings: Vec<(Window, Vec<Opening>)> = Vec::new();
    for gate in gates {
        if let Gate::Window(window) = gate
            && openings.iter().all(|(known, _)| known != window)
        {
            openings.push((window.clone(), open(window, now)));
        }
    }
    openings
}

/// Whether there is a time zone of this name.
pub(crate) fn is_zone(zone: &Zone) -> bool {
    TimeZone::get(zone.as_str()).is_ok()
}

fn open(window: &Window, now: Time) -> Vec<Opening> {
    // A zone that was known when the gate was made may be gone with another version; then it stays shut.
    let (Ok(zone), Ok(at)) = (TimeZone::get(window.zone.as_str()), Timestamp::from_microsecond(now.micros()))
    else {
        return Vec::new();
    };
    let today = zone.to_datetime(at).date();
    let days = (-1..DAYS).filter_map(|day| today.checked_add(day.days()).ok());
    let mut openings: Vec<Opening> = days
        .flat_map(|day| {
            let weekday = u8::try_from(day.weekday().to_monday_zero_offset()).unwrap_or_default();
            let hours = window.hours.iter().filter(move |hours| hours.begin_on(weekday));
            hours.filter_map(|hours| opening(hours, day, &zone)).collect::<Vec<_>>()
        })
        .filter(|opening| opening.to > now)
        .collect();
    openings.sort_by_key(|opening| opening.from);
    openings
}

/// The hours that begin on a day. Where clocks are put forward, a time of day that is left out is as much later as they
/// are; where they are put back, it is the first of the two.
fn opening(hours: &Hours, day: civil::Date, zone: &TimeZone) -> Option<Opening> {
    let moment = |day: civil::Date, minute: Minute| {
        let (day, minute) =
            if minute == Minute::END { (day.tomorrow().ok()?, 0) } else { (day, minute.of_day()) };
        let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
        let at = day.at(hour, minute, 0, 0).to_zoned(zone.clone()).ok()?;
        Some(Time::from_micros(at.timestamp().as_microsecond()))
    };
    let last = if hours.end_next_day() { day.tomorrow().ok()? } else { day };
    let opening = Opening { from: moment(day, hours.from())?, to: moment(last, hours.to())? };
    (opening.from < opening.to).then_some(opening)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(zone: &str, hours: &str, now: &str) -> Vec<String> {
        let window = Window::parse(zone, hours).expect("a window");
        let now = Time::parse(now).expect("a time");
        let told = |opening: Opening| format!("{} to {}", opening.from, opening.to);
        open(&window, now).into_iter().map(told).take(2).collect()
    }

    #[test]
    fn hours_are_those_of_the_zone_in_summer_and_in_winter() {
        assert_eq!(
            told("Europe/Berlin", "Mon-Fri 09:00-17:00", "2026-07-01T16:00:00Z"),
            ["2026-07-02T07:00:00Z to 2026-07-02T15:00:00Z", "2026-07-03T07:00:00Z to 2026-07-03T15:00:00Z"]
        );
        assert_eq!(
            told("Europe/Berlin", "Mon-Fri 09:00-17:00", "2026-01-02T10:00:00Z"),
            ["2026-01-02T08:00:00Z to 2026-01-02T16:00:00Z", "2026-01-05T08:00:00Z to 2026-01-05T16:00:00Z"]
        );
    }

    #[test]
    fn a_time_that_is_left_out_or_there_twice_opens_once() {
        // On 29 March 2026 clocks in Berlin go from 02:00 to 03:00, on 25 October from 03:00 to 02:00.
        assert_eq!(
            told("Europe/Berlin", "Sun 02:30-04:00", "2026-03-28T12:00:00Z")[0],
            "2026-03-29T01:30:00Z to 2026-03-29T02:00:00Z"
        );
        assert_eq!(
            told("Europe/Berlin", "Sun 02:30-04:00", "2026-10-24T12:00:00Z")[0],
            "2026-10-25T00:30:00Z to 2026-10-25T03:00:00Z"
        );
    }

    #[test]
    fn a_night_belongs_to_the_day_on_which_it_begins() {
        // 2026-11-29 is a Sunday.
        let night = "2026-11-27T22:00:00Z to 2026-11-28T02:00:00Z";
        assert_eq!(told("UTC", "Fri 22:00-02:00", "2026-11-28T01:00:00Z")[0], night);
        assert_eq!(
            told("UTC", "Fri 22:00-24:00", "2026-11-27T23:00:00Z")[0],
            "2026-11-27T22:00:00Z to 2026-11-28T00:00:00Z"
        );
    }

    #[test]
    fn a_zone_that_is_not_there_is_told() {
        let zone = |name: &str| is_zone(&Zone::parse(name).expect("of the right form"));
        assert!(zone("Europe/Berlin") && zone("UTC") && !zone("Mars/Base"));
    }
}
