//! Release sets with what was done with them, and how the buckets of several integrations compare.

use crate::buckets::{last_by, read_tag};
use crate::query::{execute, fetch, fetch_in};
use crate::workflows::kind;
use crate::{Conn, Error, Tx};
use sqlx::types::Json;
use std::collections::HashMap;
use towpath_domain::buckets::{BucketKey, BucketName};
use towpath_domain::ids::{
    BuildId, IntegrationId, PersonId, PlacementId, ProjectId, PromotionId, ReleaseSetId,
};
use towpath_domain::references::Tag;
use towpath_domain::release_sets::{Act, Course, Member, Outcome, PartResult, ReleaseSet};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::words::{Reason, Title};
use uuid::Uuid;

/// How an integration's bucket stands before an act on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    pub integration: IntegrationId,
    /// Whether the integration has a bucket of that name.
    pub found: bool,
    /// The set's build, where it is about a set.
    pub member: Option<Called>,
    /// What would become current.
    pub comes: Option<Called>,
    /// The placement of the bucket's history that would be gone back to.
    pub placement: Option<PlacementId>,
    /// What is current now.
    pub there: Option<Called>,
    /// By which it became so, where it is about a set.
    pub since: Option<PlacementId>,
}

/// A build, by what it goes in its bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    pub build: BuildId,
    pub tag: Tag,
}

impl Called {
    fn read(build: Option<Uuid>, called: Option<String>) -> Result<Option<Self>, Error> {
        let Some((build, called)) = build.zip(called) else { return Ok(None) };
        Ok(Some(Self { build: build.into(), tag: read_tag(&called)? }))
    }
}

#[derive(sqlx::FromRow)]
struct StandRow {
    integration: Uuid,
    found: bool,
    member: Option<Uuid>,
    member_tag: Option<String>,
    comes: Option<Uuid>,
    comes_tag: Option<String>,
    placement: Option<Uuid>,
    there: Option<Uuid>,
    there_tag: Option<String>,
    since: Option<Uuid>,
}

impl TryFrom<StandRow> for Stand {
    type Error = Error;

    fn try_from(row: StandRow) -> Result<Self, Error> {
        Ok(Self {
            integration: row.integration.into(),
            found: row.found,
            member: Called::read(row.member, row.member_tag)?,
            comes: Called::read(row.comes, row.comes_tag)?,
            placement: row.placement.map(PlacementId::from),
            there: Called::read(row.there, row.there_tag)?,
            since: row.since.map(PlacementId::from),
        })
    }
}

/// What `from` has and `to` may not have, in the integrations of these projects that have both: those that differ first,
/// each by its name.
pub async fn ahead(
    conn: &mut Conn,
    projects: &[ProjectId],
    from: &Slug,
    to: &Slug,
) -> Result<Vec<Stand>, Error> {
    let (from, to) = (from.as_str(), to.as_str());
    let rows = fetch_in!(
        StandRow,
        conn,
        [
            (
                "select i.id as integration, true as found, null as member, null as member_tag, fp.build as comes,
                        fp.tag as comes_tag, null as placement, tp.build as there, tp.tag as there_tag, null as since
                 from integrations i join projects o on o.id = i.project
                 left join environments fe on i.kind = 'environment' and fe.project = i.project and fe.slug = ",
                from
            ),
            (" left join release_streams fs on i.kind = 'release_stream' and fs.slug = ", from),
            (
                " left join environments te on i.kind = 'environment' and te.project = i.project and te.slug = ",
                to
            ),
            (" left join release_streams ts on i.kind = 'release_stream' and ts.slug = ", to)
        ]
        " join buckets fb on fb.integration = i.id and fb.kind = i.kind and fb.key = coalesce(fe.id, fs.id)
          join placements fp on fp.id = fb.placement
          left join buckets tb on tb.integration = i.id and tb.kind = i.kind and tb.key = coalesce(te.id, ts.id)
          left join placements tp on tp.id = tb.placement
          where coalesce(te.id, ts.id) is not null and i.deleted_at is null and i.project in (",
        projects.iter().map(|project| project.uuid()).collect(),
        ") order by case when tp.build = fp.build then 1 else 0 end, o.slug, i.slug"
    )?;
    rows.into_iter().map(Stand::try_from).collect()
}

/// What a bucket had at a time and may not have now, in the integrations of these projects that have it: those that differ
/// first, each by its name.
pub async fn then(
    conn: &mut Conn,
    projects: &[ProjectId],
    bucket: &Slug,
    at: Time,
) -> Result<Vec<Stand>, Error> {
    let bucket = bucket.as_str();
    let rows = fetch_in!(
        StandRow,
        conn,
        [
            (
                "select i.id as integration, true as found, null as member, null as member_tag, q.build as comes,
                        q.tag as comes_tag, q.id as placement, tp.build as there, tp.tag as there_tag, null as since
                 from integrations i join projects o on o.id = i.project
                 left join environments te on i.kind = 'environment' and te.project = i.project and te.slug = ",
                bucket
            ),
            (" left join release_streams ts on i.kind = 'release_stream' and ts.slug = ", bucket),
            (
                " join buckets tb on tb.integration = i.id and tb.kind = i.kind and tb.key = coalesce(te.id, ts.id)
                  join placements tp on tp.id = tb.placement
                  left join placements q on q.id = (
                      select z.id from placements z where z.bucket = tb.id and z.id <= ",
                last_by(at)
            ),
            (" and z.at <= ", at.micros())
        ]
        " order by z.id desc limit 1)
          where i.deleted_at is null and i.project in (",
        projects.iter().map(|project| project.uuid()).collect(),
        ") order by case when tp.build = q.build then 1 else 0 end, o.slug, i.slug"
    )?;
    rows.into_iter().map(Stand::try_from).collect()
}

/// The builds of a set and what a bucket has: for going on to it, and for taking the set back out of it.
pub async fn of_set(
    conn: &mut Conn,
    set: ReleaseSetId,
    bucket: &Slug,
    back: bool,
) -> Result<Vec<Stand>, Error> {
    let rows = fetch!(
        fetch_all,
        StandRow,
        conn,
        "select i.id as integration, coalesce(te.id, ts.id) is not null and i.deleted_at is null as found, m.build as member,
                m.tag as member_tag, case when $3 then q.build else m.build end as comes,
                case when $3 then q.tag else m.tag end as comes_tag, q.id as placement, tp.build as there,
                tp.tag as there_tag, tp.id as since
         from release_set_members m join integrations i on i.id = m.integration join projects o on o.id = i.project
         left join environments te on i.kind = 'environment' and te.project = i.project and te.slug = $2
         left join release_streams ts on i.kind = 'release_stream' and ts.slug = $2
         left join buckets tb on tb.integration = i.id and tb.kind = i.kind and tb.key = coalesce(te.id, ts.id)
         left join placements tp on tp.id = tb.placement
         left join placements q on $3 and q.id = (
             select z.id from placements z where z.bucket = tb.id and z.id < tb.placement and z.build <> tp.build
             order by z.id desc limit 1)
         where m.release_set = $1 order by o.slug, i.slug",
        set.uuid(),
        bucket.as_str(),
        back
    )?;
    rows.into_iter().map(Stand::try_from).collect()
}

/// A build of a set that is current in a bucket, and by which placement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Here {
    pub integration: IntegrationId,
    pub bucket: BucketName,
    pub placement: PlacementId,
}

/// Where the builds of a set are current.
pub async fn current(conn: &mut Conn, set: ReleaseSetId) -> Result<Vec<Here>, Error> {
    let rows = fetch!(
        fetch_all,
        (Uuid, Uuid, String, Uuid, String),
        conn,
        "select m.integration, p.id, b.kind, b.key, coalesce(e.deleted_slug, e.slug, s.deleted_slug, s.slug)
         from release_set_members m join buckets b on b.integration = m.integration
         join placements p on p.id = b.placement and p.build = m.build
         left join environments e on b.kind = 'environment' and e.id = b.key
         left join release_streams s on b.kind = 'release_stream' and s.id = b.key
         where m.release_set = $1",
        set.uuid()
    )?;
    let read = |(integration, placement, of, key, slug): (Uuid, Uuid, String, Uuid, String)| {
        let slug = Slug::parse(&slug).map_err(|error| Error::inconsistent("buckets", error))?;
        let key = BucketKey::new(kind("buckets", &of)?, key);
        let (integration, placement) = (integration.into(), placement.into());
        Ok(Here { integration, bucket: BucketName { key, slug }, placement })
    };
    rows.into_iter().map(read).collect()
}

/// The number of the project's next set.
pub async fn next_number(tx: &mut Tx, project: ProjectId) -> Result<i64, Error> {
    let sql = "update projects set release_sets = release_sets + 1 where id = $1 returning release_sets";
    let (number,) = fetch!(fetch_one, (i64,), tx.conn(), sql, project.uuid())?;
    Ok(number)
}

pub async fn insert(tx: &mut Tx, set: &ReleaseSet) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into release_sets (id, project, number, title, made_by, made_at) values ($1, $2, $3, $4, $5, $6)",
        set.id.uuid(),
        set.project.uuid(),
        set.number,
        set.title.as_str(),
        set.made_by.uuid(),
        set.made_at.micros(),
    )?;
    for member in &set.members {
        execute!(
            tx.conn(),
            "insert into release_set_members (release_set, integration, build, tag) values ($1, $2, $3, $4)",
            set.id.uuid(),
            member.integration.uuid(),
            member.build.uuid(),
            member.tag.as_str(),
        )?;
    }
    Ok(())
}

pub async fn insert_act(tx: &mut Tx, act: &Act) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into release_set_acts (id, release_set, course, reason, person, at) values ($1, $2, $3, $4, $5, $6)",
        act.id.uuid(),
        act.set.uuid(),
        Json(&act.course),
        act.reason.as_str(),
        act.by.uuid(),
        act.at.micros(),
    )?;
    for result in &act.results {
        let (promotion, placement, refused) = match &result.outcome {
            Outcome::Asked { promotion } => (Some(promotion.uuid()), None, None),
            Outcome::RolledBack { placement } => (None, Some(placement.uuid()), None),
            Outcome::Refused { because } => (None, None, Some(because.as_str())),
        };
        execute!(
            tx.conn(),
            "insert into release_set_results (act, integration, build, promotion, placement, refused)
             values ($1, $2, $3, $4, $5, $6)",
            act.id.uuid(),
            result.integration.uuid(),
            result.build.uuid(),
            promotion,
            placement,
            refused,
        )?;
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct SetRow {
    id: Uuid,
    project: Uuid,
    number: i64,
    #[sqlx(try_from = "String")]
    title: Title,
    made_by: Uuid,
    made_at: i64,
}

/// The set of this number, with its builds.
pub async fn find(conn: &mut Conn, project: ProjectId, number: i64) -> Result<Option<ReleaseSet>, Error> {
    let row = fetch!(
        fetch_optional,
        SetRow,
        conn,
        "select id, project, number, title, made_by, made_at from release_sets where project = $1 and number = $2",
        project.uuid(),
        number
    )?;
    let Some(row) = row else { return Ok(None) };
    let members = fetch!(
        fetch_all,
        (Uuid, Uuid, String),
        conn,
        "select m.integration, m.build, m.tag from release_set_members m
         join integrations i on i.id = m.integration join projects o on o.id = i.project
         where m.release_set = $1 order by o.slug, i.slug",
        row.id
    )?;
    let member = |(integration, build, called): (Uuid, Uuid, String)| {
        Ok::<_, Error>(Member {
            integration: integration.into(),
            build: build.into(),
            tag: read_tag(&called)?,
        })
    };
    Ok(Some(ReleaseSet {
        id: row.id.into(),
        project: row.project.into(),
        number: row.number,
        title: row.title,
        made_by: row.made_by.into(),
        made_at: row.made_at.into(),
        members: members.into_iter().map(member).collect::<Result<_, _>>()?,
    }))
}

/// A set as a list tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub number: i64,
    pub title: Title,
    pub made_by: PersonId,
    pub made_at: Time,
    pub members: Vec<IntegrationId>,
    pub last: Course,
}

/// The sets of a project, newest first, with a number below `before`.
pub async fn list(
    conn: &mut Conn,
    project: ProjectId,
    before: i64,
    limit: i64,
) -> Result<Vec<Listed>, Error> {
    #[derive(sqlx::FromRow)]
    struct ListedRow {
        #[sqlx(flatten)]
        set: SetRow,
        #[sqlx(json)]
        course: Course,
    }
    let rows = fetch!(
        fetch_all,
        ListedRow,
        conn,
        "select s.id, s.project, s.number, s.title, s.made_by, s.made_at, a.course
         from release_sets s join release_set_acts a on a.id = (
             select l.id from release_set_acts l where l.release_set = s.id order by l.id desc limit 1)
         where s.project = $1 and s.number < $2 order by s.number desc limit $3",
        project.uuid(),
        before,
        limit
    )?;
    let members = fetch_in!(
        (Uuid, Uuid),
        conn,
        "select release_set, integration from release_set_members where release_set in (",
        rows.iter().map(|row| row.set.id).collect(),
        ")"
    )?;
    let mut of = HashMap::<Uuid, Vec<IntegrationId>>::new();
    for (set, integration) in members {
        of.entry(set).or_default().push(integration.into());
    }
    let line = |ListedRow { set, course }: ListedRow| Listed {
        number: set.number,
        title: set.title,
        made_by: set.made_by.into(),
        made_at: set.made_at.into(),
        members: of.remove(&set.id).unwrap_or_default(),
        last: course,
    };
    Ok(rows.into_iter().map(line).collect())
}

/// What the acts of a set have come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Made {
    /// The promotions that were asked for to bring its builds somewhere.
    pub asked: Vec<PromotionId>,
    /// Those that were asked for to take its builds back, where that needs one.
    pub taking_back: Vec<PromotionId>,
    /// The placements by which buckets were returned to its builds.
    pub placements: Vec<PlacementId>,
}

pub async fn made(conn: &mut Conn, set: ReleaseSetId) -> Result<Made, Error> {
    #[derive(sqlx::FromRow)]
    struct MadeRow {
        #[sqlx(json)]
        course: Course,
        promotion: Option<Uuid>,
        placement: Option<Uuid>,
    }
    let rows = fetch!(
        fetch_all,
        MadeRow,
        conn,
        "select a.course, r.promotion, r.placement
         from release_set_acts a join release_set_results r on r.act = a.id where a.release_set = $1",
        set.uuid()
    )?;
    let mut made = Made::default();
    for MadeRow { course, promotion, placement } in rows {
        if matches!(course, Course::TakeBack { .. }) {
            made.taking_back.extend(promotion.map(PromotionId::from));
        } else {
            made.asked.extend(promotion.map(PromotionId::from));
            made.placements.extend(placement.map(PlacementId::from));
        }
    }
    Ok(made)
}

/// What was done with a set, the newest first.
pub async fn acts(conn: &mut Conn, set: ReleaseSetId, limit: i64) -> Result<Vec<Act>, Error> {
    #[derive(sqlx::FromRow)]
    struct ActRow {
        id: Uuid,
        #[sqlx(json)]
        course: Course,
        #[sqlx(try_from = "String")]
        reason: Reason,
        person: Uuid,
        at: i64,
    }
    #[derive(sqlx::FromRow)]
    struct ResultRow {
        act: Uuid,
        integration: Uuid,
        build: Uuid,
        promotion: Option<Uuid>,
        placement: Option<Uuid>,
        refused: Option<String>,
    }
    let rows = fetch!(
        fetch_all,
        ActRow,
        conn,
        "select id, course, reason, person, at from release_set_acts where release_set = $1 order by id desc limit $2",
        set.uuid(),
        limit
    )?;
    let results = fetch_in!(
        ResultRow,
        conn,
        "select r.act, r.integration, r.build, r.promotion, r.placement, r.refused from release_set_results r
         join integrations i on i.id = r.integration join projects o on o.id = i.project where r.act in (",
        rows.iter().map(|row| row.id).collect(),
        ") order by o.slug, i.slug"
    )?;
    let mut of = HashMap::<Uuid, Vec<PartResult>>::new();
    for row in results {
        let outcome = match (row.promotion, row.placement, row.refused) {
            (Some(promotion), None, None) => Outcome::Asked { promotion: promotion.into() },
            (None, Some(placement), None) => Outcome::RolledBack { placement: placement.into() },
            (None, None, Some(because)) => Outcome::Refused { because },
            _ => {
                return Err(Error::inconsistent(
                    "release_set_results",
                    format!("{} of {}", row.integration, row.act),
                ));
            }
        };
        let result = PartResult { integration: row.integration.into(), build: row.build.into(), outcome };
        of.entry(row.act).or_default().push(result);
    }
    let act = |row: ActRow| Act {
        id: row.id.into(),
        set,
        course: row.course,
        reason: row.reason,
        by: row.person.into(),
        at: row.at.into(),
        results: of.remove(&row.id).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(act).collect())
}

/// A set as what belongs to it names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub project: ProjectId,
    /// The project's.
    pub slug: Slug,
    pub number: i64,
    pub title: Title,
}

/// The set by which a promotion was asked for.
pub async fn of_promotion(conn: &mut Conn, promotion: PromotionId) -> Result<Option<Named>, Error> {
    #[derive(sqlx::FromRow)]
    struct Row {
        project: Uuid,
        #[sqlx(try_from = "String")]
        slug: Slug,
        number: i64,
        #[sqlx(try_from = "String")]
        title: Title,
    }
    let row = fetch!(
        fetch_optional,
        Row,
        conn,
        "select o.id as project, o.slug, s.number, s.title from release_set_results r
         join release_set_acts a on a.id = r.act join release_sets s on s.id = a.release_set
         join projects o on o.id = s.project where r.promotion = $1",
        promotion.uuid()
    )?;
    let named = |row: Row| Named {
        project: row.project.into(),
        slug: row.slug,
        number: row.number,
        title: row.title,
    };
    Ok(row.map(named))
}
