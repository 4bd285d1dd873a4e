//! A history of many builds: each was pushed to the first environment and promoted to another, with all its events.

use crate::figures::note;
use crate::installation::{Installation, SERVICES};
use crate::rows::{CHUNK, Place, Rows, execute, fetch, insert};
use anyhow::{Context, Result};
use sqlx::types::Json;
use towpath_domain::digests::{Algorithm, Digest};
use towpath_domain::ids::{
    BucketId, BuildId, EventId, IntegrationId, PersonId, PlacementId, ProjectId, PromotionId, uuid_v7,
};
use towpath_domain::placements::Cause;
use towpath_domain::promotions::State;
use towpath_domain::references::Tag;
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::canonical::{Sealed, seal};
use towpath_domain::timeline::{BuildName, Change, Event, EventActor, Named, Personal, Scene};
use towpath_domain::times::Time;
use uuid::Uuid;

/// The time from one build to the next, and of the first one: all of it lies in the past.
const STEP_SECONDS: i64 = 20;
const BEGIN: Time = Time::from_micros(1_750_000_000_000_000);

/// What was written.
#[derive(Debug, Clone, Copy)]
pub struct History {
    pub events: i64,
}

impl History {
    /// Writes a history of some builds into an installation whose server is stopped.
    pub async fn write(installation: &Installation, builds: usize) -> Result<Self> {
        note(&format!("writing a history of {builds} builds"));
        let mut rows = Rows::open(&installation.address).await?;
        let places = rows.places().await?;
        let people = fetch!(&mut rows, (Uuid,), "select id from people")?;
        let (person,) = people.first().context("nobody is there")?;
        let heads = fetch!(&mut rows, (i64,), "select size from audit_head")?;
        let mut writer = Writer {
            person: PersonId(*person),
            buckets: places.iter().map(Buckets::new).collect(),
            places,
            seq: heads.first().context("no audit head")?.0,
            made: 0,
            batch: Batch::default(),
        };
        writer.begin(&mut rows).await?;
        for number in 0..builds {
            writer.add(number)?;
            if writer.batch.builds.len() == CHUNK {
                std::mem::take(&mut writer.batch).write(&mut rows).await?;
            }
        }
        std::mem::take(&mut writer.batch).write(&mut rows).await?;
        let events = writer.finish(&mut rows).await?;
        rows.close().await?;
        Ok(Self { events })
    }
}

/// The buckets of an integration, with what is current in each.
struct Buckets(Vec<(BucketId, Option<Uuid>, i64)>);

impl Buckets {
    fn new(place: &Place) -> Self {
        // Any ids do, as long as they are each its own.
        let id = |(environment, _): &(Uuid, String)| {
            BucketId(Uuid::from_u128(environment.as_u128() ^ place.integration.0.as_u128().rotate_left(32)))
        };
        Self(place.environments.iter().map(|environment| (id(environment), None, 0)).collect())
    }
}

struct Writer {
    person: PersonId,
    places: Vec<Place>,
    buckets: Vec<Buckets>,
    /// The number of the newest event.
    seq: i64,
    /// How many ids were made.
    made: u64,
    batch: Batch,
}

/// Rows that are written together.
#[derive(Default)]
struct Batch {
    builds: Vec<BuildRow>,
    placements: Vec<PlacementRow>,
    promotions: Vec<PromotionRow>,
    events: Vec<EventRow>,
    texts: Vec<TextRow>,
}

struct BuildRow {
    id: Uuid,
    integration: Uuid,
    digest: String,
    tag: String,
    at: i64,
    person: Uuid,
}

struct PlacementRow {
    id: Uuid,
    bucket: Uuid,
    build: Uuid,
    tag: String,
    cause: Cause,
    person: Uuid,
    at: i64,
}

struct PromotionRow {
    id: Uuid,
    project: Uuid,
    number: i64,
    integration: Uuid,
    build: Uuid,
    tag: String,
    from: (Uuid, String),
    to: (Uuid, String),
    workflow: Uuid,
    person: Uuid,
    at: i64,
    state: State,
}

struct EventRow {
    seq: i64,
    event: Event,
    sealed: Sealed,
}

struct TextRow {
    seq: i64,
    commitment: String,
    salt: Vec<u8>,
    text: Option<String>,
}

impl Writer {
    fn id<Id: From<Uuid>>(&mut self, at: Time) -> Id {
        self.made += 1;
        let mut random = [0; 10];
        random[2..].copy_from_slice(&self.made.to_be_bytes());
        uuid_v7(at, random).into()
    }

    /// One build, with its placement, its promotion and their events.
    fn add(&mut self, number: usize) -> Result<()> {
        let at = BEGIN.plus_seconds(i64::try_from(number)? * STEP_SECONDS);
        let (which, version) = (number % self.places.len(), number / self.places.len());
        let place = self.places[which].clone();
        let build = BuildName {
            id: self.id::<BuildId>(at),
            digest: Digest::of(Algorithm::Sha256, &number.to_be_bytes()),
            tag: Tag::parse(&format!("1.{version}"))?,
        };
        self.batch.builds.push(BuildRow {
            id: build.id.uuid(),
            integration: place.integration.0,
            digest: build.digest.to_string(),
            tag: build.tag.to_string(),
            at: at.micros(),
            person: self.person.uuid(),
        });
        self.tell(&place, None, at, Change::BuildReceived { build: build.clone(), size: 5_000_000 })?;
        let placement = self.place(which, 0, &build, Cause::Push, at);
        let change = Change::BuildPlaced { build: build.clone(), placement, before: None };
        self.tell(&place, Some((which, 0)), at, change)?;

        // Builds of an integration take turns, so that every bucket has a history.
        let stage = 1 + version % (place.environments.len() - 1);
        let (from, to) = (place.environments[stage - 1].clone(), place.environments[stage].clone());
        let number = i64::try_from(version * SERVICES + which % SERVICES)? + 1;
        let id: PromotionId = self.id(at);
        let placement =
            self.place(which, stage, &build, Cause::Promotion { promotion: id, automatic: false }, at);
        let reason = Personal::new(&"Tested.");
        let slug = Slug::parse(&from.1)?;
        let asked = Change::PromotionRequested {
            number,
            build: build.clone(),
            from: slug.clone(),
            needs: Vec::new(),
            reason,
            reference: None,
            automatic: false,
            scheduled_for: None,
            pin: None,
            back: false,
        };
        self.tell(&place, Some((which, stage)), at, asked)?;
        let applied = Change::PromotionApplied { number, build: build.clone(), from: slug, placement };
        self.tell(&place, Some((which, stage)), at, applied)?;
        self.batch.promotions.push(PromotionRow {
            id: id.uuid(),
            project: place.project.0,
            number,
            integration: place.integration.0,
            build: build.id.uuid(),
            tag: build.tag.to_string(),
            from,
            to,
            workflow: place.workflow,
            person: self.person.uuid(),
            at: at.micros(),
            state: State::Applied { at, placement: Some(placement) },
        });
        Ok(())
    }

    fn place(
        &mut self,
        which: usize,
        stage: usize,
        build: &BuildName,
        cause: Cause,
        at: Time,
    ) -> PlacementId {
        let id: PlacementId = self.id(at);
        let (bucket, current, version) = &mut self.buckets[which].0[stage];
        (*current, *version) = (Some(id.uuid()), *version + 1);
        self.batch.placements.push(PlacementRow {
            id: id.uuid(),
            bucket: bucket.uuid(),
            build: build.id.uuid(),
            tag: build.tag.to_string(),
            cause,
            person: self.person.uuid(),
            at: at.micros(),
        });
        id
    }

    fn tell(
        &mut self,
        place: &Place,
        bucket: Option<(usize, usize)>,
        at: Time,
        change: Change,
    ) -> Result<()> {
        self.seq += 1;
        let bucket = match bucket {
            Some((which, stage)) => Some(Named {
                id: self.buckets[which].0[stage].0,
                slug: Slug::parse(&place.environments[stage].1)?,
            }),
            None => None,
        };
        let scene = Scene {
            project: Some(Named { id: ProjectId(place.project.0), slug: Slug::parse(&place.project.1)? }),
            integration: Some(Named {
                id: IntegrationId(place.integration.0),
                slug: Slug::parse(&place.integration.1)?,
            }),
            bucket,
            production: false,
        };
        let actor = EventActor::Person { person: self.person };
        let event = Event { id: self.id::<EventId>(at), at, actor, scene, change };
        let mut salt = [0; 16];
        salt[..8].copy_from_slice(&self.seq.to_be_bytes());
        let sealed = seal(&event, &mut || salt)?;
        self.batch.texts.extend(sealed.personal.iter().map(|text| TextRow {
            seq: self.seq,
            commitment: text.commitment.clone(),
            salt: text.salt.to_vec(),
            text: text.text.clone(),
        }));
        self.batch.events.push(EventRow { seq: self.seq, event, sealed });
        Ok(())
    }

    /// The buckets, empty at first.
    async fn begin(&self, rows: &mut Rows) -> Result<()> {
        let mut buckets = Vec::new();
        for (place, own) in self.places.iter().zip(&self.buckets) {
            for ((environment, _), (id, ..)) in place.environments.iter().zip(&own.0) {
                buckets.push((id.uuid(), place.integration.0, *environment));
            }
        }
        insert!(
            &mut *rows,
            "insert into buckets (id, integration, kind, key, version) ",
            buckets,
            |bucket| [bucket.0, bucket.1, "environment", bucket.2, 0_i64]
        );
        Ok(())
    }

    /// What is current in the end, and the counters.
    async fn finish(self, rows: &mut Rows) -> Result<i64> {
        for (id, placement, version) in self.buckets.iter().flat_map(|own| &own.0) {
            let sql = "update buckets set placement = $2, version = $3 where id = $1";
            execute!(&mut *rows, sql, id.uuid(), *placement, *version)?;
        }
        execute!(&mut *rows, "update audit_head set size = $1", self.seq)?;
        execute!(
            &mut *rows,
            "update projects set promotions =
                 (select coalesce(max(number), 0) from promotions where project = projects.id)"
        )?;
        Ok(self.seq)
    }
}

impl Batch {
    async fn write(self, rows: &mut Rows) -> Result<()> {
        insert!(
            &mut *rows,
            "insert into builds (id, integration, digest, external_id, tag, media_type, size, platforms, origin,
                                 received_at, received_via, pushed_by) ",
            self.builds,
            |build| [
                build.id,
                build.integration,
                build.digest.clone(),
                "",
                build.tag.clone(),
                "application/vnd.oci.image.manifest.v1+json",
                5_000_000_i64,
                Json(["linux/amd64"]),
                Json(serde_json::json!({})),
                build.at,
                "push",
                build.person,
            ]
        );
        insert!(
            &mut *rows,
            "insert into placements (id, bucket, build, tag, cause, person, at) ",
            self.placements,
            |placed| [
                placed.id,
                placed.bucket,
                placed.build,
                placed.tag.clone(),
                Json(placed.cause.clone()),
                placed.person,
                placed.at
            ]
        );
        insert!(
            &mut *rows,
            "insert into promotions (id, project, number, integration, build, from_kind, from_key, from_slug,
                                     to_kind, to_key, to_slug, workflow, workflow_version, gates, requested_by,
                                     requested_at, reason, state, state_data, version, tag) ",
            self.promotions,
            |asked| [
                asked.id,
                asked.project,
                asked.number,
                asked.integration,
                asked.build,
                "environment",
                asked.from.0,
                asked.from.1.clone(),
                "environment",
                asked.to.0,
                asked.to.1.clone(),
                asked.workflow,
                1_i64,
                Json(serde_json::json!([])),
                asked.person,
                asked.at,
                "Tested.",
                "applied",
                Json(asked.state.clone()),
                1_i64,
                asked.tag.clone(),
            ]
        );
        insert!(
            &mut *rows,
            "insert into events (seq, id, at, kind, person, project, integration, bucket, bytes, leaf) ",
            self.events,
            |row| [
                row.seq,
                row.event.id.uuid(),
                row.event.at.micros(),
                row.event.change.kind(),
                row.event.actor.person().map(PersonId::uuid),
                row.event.scene.project.as_ref().map(|project| project.id.uuid()),
                row.event.scene.integration.as_ref().map(|integration| integration.id.uuid()),
                row.event.scene.bucket.as_ref().map(|bucket| bucket.id.uuid()),
                row.sealed.bytes.clone(),
                row.sealed.leaf.to_vec(),
            ]
        );
        insert!(&mut *rows, "insert into event_texts (seq, commitment, salt, text) ", self.texts, |text| [
            text.seq,
            text.commitment.clone(),
            text.salt.clone(),
            text.text.clone()
        ]);
        Ok(())
    }
}
