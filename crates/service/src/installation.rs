//! Opening an installation: the schema, what is built in, and the first start.

use crate::attempts::Book;
use crate::hooks::Doorkeeper;
use crate::images::FoundWhole;
use crate::limits::Limits;
use crate::live::{self, Live};
use crate::passwords::Hasher;
use crate::providers::{Providers, SignIn};
use crate::publishers::Issuers;
use crate::registries::Reach;
use crate::subscriptions::Sender;
use crate::{Error, Inner, SealingKey, Service, Sources};
use std::path::Path;
use std::sync::Arc;
use towpath_blobs::BlobStore;
use towpath_domain::access::Role;
use towpath_domain::ids::StreamId;
use towpath_domain::projects::Project;
use towpath_domain::proposals::Demanded;
use towpath_domain::slugs::Slug;
use towpath_domain::streams::Stream;
use towpath_domain::timeline::{Change, Event, EventActor, Scene};
use towpath_domain::words::Title;
use towpath_store::{Db, Tx, access, installation, people, projects, streams};

/// Where an installation keeps its things.
#[derive(Debug, Clone)]
pub struct Settings<'a> {
    /// `sqlite:PATH` or `postgres://…`.
    pub database: &'a str,
    pub blobs: Blobs<'a>,
    pub public_url: &'a str,
    pub sign_in: SignIn,
    /// What takes a second person, where it touches production.
    pub second_person: Demanded,
    /// What seals the secrets that the database keeps.
    pub sealing: SealingKey,
}

/// Where an installation keeps the bytes of images.
#[derive(Debug, Clone, Copy)]
pub enum Blobs<'a> {
    Folder(&'a Path),
    Bucket(&'a Bucket),
}

impl Blobs<'_> {
    /// Opens the store. Of a bucket nothing is asked yet.
    pub(crate) fn open(self, sources: &Sources) -> Result<BlobStore, towpath_blobs::Error> {
        match self {
            Self::Folder(path) => BlobStore::open(path),
            Self::Bucket(bucket) => BlobStore::in_bucket(bucket, sources.uuid()),
        }
    }
}

pub use towpath_blobs::{Bucket, Credentials};
pub use towpath_store::Diagnosis;
pub use towpath_store::installation::Figures;

/// After how many seconds a promotion that is due counts as overdue: it is looked at within a few.
const OVERDUE: i64 = 60;

/// How much there is, and how far behind the work is. It is for whoever runs the server: it asks for no permission.
pub async fn figures(service: &Service) -> Result<Figures, Error> {
    let since = service.now().plus_seconds(-OVERDUE);
    Ok(installation::figures(&mut service.read().await?, since).await?)
}

/// Looks at a database without opening the installation in it, and changes nothing.
pub async fn diagnose(database: &str) -> Result<Diagnosis, Error> {
    Ok(Diagnosis::make(database).await?)
}

/// Writes, reads and deletes a few bytes where blobs are to lie.
pub async fn try_blobs(blobs: Blobs<'_>, sources: &Sources) -> Result<(), Error> {
    Ok(blobs.open(sources)?.check().await?)
}

/// Opens an installation. The first start, on whichever replica it happens, makes what is built in.
pub async fn open(settings: Settings<'_>, sources: Sources) -> Result<Service, Error> {
    let blobs = settings.blobs.open(&sources)?;
    let salts = sources.clone();
    let db = Db::open(settings.database, move || salts.random()).await?;
    let (now, key) = (sources.now(), sources.random::<32>());
    let starting = sources.clone();
    db.write(async move |tx| {
        for role in Role::built_in() {
            access::save_built_in(tx, &role).await?;
        }
        if installation::insert(tx, now, &key).await? {
            build_in(tx, &starting).await?;
        }
        Ok::<_, Error>(())
    })
    .await?;
    let key = installation::signing_key(&mut db.read().await?).await?;
    let roles = access::roles(&mut db.read().await?).await?;
    let public_url = settings.public_url.trim_end_matches('/').to_owned();
    let (token_lapse, attempts_kept) = (settings.sign_in.token_lapse, settings.sign_in.attempts_kept);
    let (freshness, second_person) = (settings.sign_in.freshness, settings.second_person);
    let sender = Sender::new(settings.sign_in.outgoing.clone());
    let reach = Reach::new(settings.sign_in.outgoing.clone());
    let issuers = Issuers::new(settings.sign_in.outgoing.clone());
    let providers = Providers::new(settings.sign_in, &public_url, &roles)?;
    let service = Service(Arc::new(Inner {
        db,
        blobs,
        sources,
        public_url,
        signing_key: key.ok_or_else(|| Error::Internal("the installation has no signing key".to_owned()))?,
        passwords: Hasher::default(),
        limits: Limits::default(),
        attempts: Book::default(),
        attempts_kept,
        live: Live::default(),
        providers,
        token_lapse,
        freshness,
        second_person,
        sealing: settings.sealing,
        sender,
        reach,
        doorkeeper: Doorkeeper::default(),
        issuers,
        found_whole: FoundWhole::default(),
    }));
    live::start(&service);
    Ok(service)
}

/// Makes the built-in streams and the project `global`.
async fn build_in(tx: &mut Tx, sources: &Sources) -> Result<(), Error> {
    let now = sources.now();
    for (slug, title, production) in [
        ("dev", "Development", false),
        ("qa", "QA", false),
        ("staging", "Staging", false),
        ("production", "Production", true),
    ] {
        let stream = Stream {
            id: StreamId(sources.uuid()),
            slug: Slug::parse(slug).map_err(|error| Error::Internal(error.to_string()))?,
            title: Title::parse(title).map_err(|error| Error::Internal(error.to_string()))?,
            production,
            built_in: true,
        };
        streams::insert(tx, &stream).await?;
    }
    let global = Project {
        id: sources.uuid().into(),
        slug: Slug::global(),
        title: Title::parse("Global").map_err(|error| Error::Internal(error.to_string()))?,
        created_at: now,
        archived_at: None,
        sample: None,
    };
    projects::insert(tx, &global).await?;
    tx.tell(Event {
        id: sources.uuid().into(),
        at: now,
        actor: EventActor::System,
        scene: Scene::default(),
        change: Change::InstallationCreated,
    });
    Ok(())
}

impl Service {
    /// Whether nobody has an account yet, so that the first start prints a link.
    pub async fn is_empty(&self) -> Result<bool, Error> {
        Ok(!people::any(&mut self.read().await?).await?)
    }
}
