//! From a configuration to a server that serves, and back.

use crate::assets::Site;
use crate::audit::Places;
use crate::clients::Clients;
use crate::config::Config;
use crate::metrics::{self, Metrics};
use crate::{folder, listening, router, sealing, workers};
use anyhow::Context;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use towpath_service::installation::{self, Settings};
use towpath_service::samples::{self, Account, Past};
use towpath_service::{Service, Sources, links, providers};

/// Opens the installation of a configuration, making its folders where they are missing.
pub async fn open(config: &Config, sources: Sources) -> anyhow::Result<Service> {
    let blobs = folder::make(config)?;
    let settings = Settings {
        database: &config.database_url,
        blobs: folder::blobs_of(config, &blobs),
        public_url: config.public_url.as_str(),
        sign_in: config.sign_in.clone(),
        second_person: config.second_person,
        sealing: sealing::key(&config.secret_key, &sources)?,
    };
    installation::open(settings, sources).await.context("opening the database and the blobs")
}

/// Listens, opens the installation and runs it. `greet` gets the line that tells where Towpath is, once it can be
/// reached.
pub async fn serve(
    config: Config,
    stop: CancellationToken,
    greet: impl FnOnce(String),
) -> anyhow::Result<()> {
    start(config, Sources::system(), stop, greeting, greet).await
}

/// As [`serve`], on an empty installation that gets people and the sample first. `greet` gets how to sign in as
/// each of them.
pub async fn demonstrate(
    config: Config,
    stop: CancellationToken,
    greet: impl FnOnce(String),
) -> anyhow::Result<()> {
    let past = Past::default();
    let sources = past.sources();
    start(config, sources, stop, async move |service| sample(service, &past).await, greet).await
}

async fn start(
    config: Config,
    sources: Sources,
    stop: CancellationToken,
    prepare: impl AsyncFnOnce(&Service) -> anyhow::Result<String>,
    greet: impl FnOnce(String),
) -> anyhow::Result<()> {
    Site::new(&config).check()?;
    let claim = folder::claim(&config)?;
    let listening = TcpListener::bind(config.listen).await;
    let listener = listening.with_context(|| format!("listening on {}", config.listen))?;
    let watched = match config.metrics_listen {
        Some(address) => {
            let listening = TcpListener::bind(address).await;
            Some(listening.with_context(|| format!("listening on {address} for metrics"))?)
        }
        None => None,
    };
    let service = open(&config, sources.clone()).await?;
    let gone = providers::let_go(&service).await?;
    if gone > 0 {
        tracing::info!(gone, "took roles of groups that the configuration does not name any more");
    }
    greet(prepare(&service).await?);
    tracing::info!(listen = %config.listen, version = env!("CARGO_PKG_VERSION"), "started");
    run(Listeners { public: listener, metrics: watched }, service, config, sources, stop).await;
    drop(claim);
    tracing::info!("stopped");
    Ok(())
}

/// Where a server is reached.
#[derive(Debug)]
pub struct Listeners {
    pub public: TcpListener,
    /// Where its metrics are read, if anywhere.
    pub metrics: Option<TcpListener>,
}

/// Serves an installation until `stop`, lets requests under way finish, and closes the database.
pub async fn run(
    listeners: Listeners,
    service: Service,
    config: Config,
    sources: Sources,
    stop: CancellationToken,
) {
    let mut workers = workers::start(&service, Places::of(&config), &stop);
    let clients = Clients { proxies: config.proxies };
    let limit = config.shutdown;
    let counted = Metrics::default();
    let router = router::router(&service, config, sources, counted.clone(), stop.clone());
    if let Some(listener) = listeners.metrics {
        let router = metrics::router(service.clone(), counted);
        workers.spawn(listening::serve(listener, router, Clients { proxies: 0 }, stop.clone(), limit));
    }
    listening::serve(listeners.public, router, clients, stop, limit).await;
    while workers.join_next().await.is_some() {}
    service.close().await;
}

/// One line: where Towpath is, and on the first start how to become its admin.
async fn greeting(service: &Service) -> anyhow::Result<String> {
    let url = service.public_url();
    if service.is_empty().await? {
        let link = links::issue_first_admin(service).await?;
        Ok(format!("Towpath is at {url} — make the first admin: {link} (works once, for an hour)"))
    } else {
        Ok(format!("Towpath is at {url}"))
    }
}

/// Makes people and the sample, and tells how to sign in. Passwords are made for this start and shown this once.
async fn sample(service: &Service, past: &Past) -> anyhow::Result<String> {
    let accounts = samples::demonstrate(service, past).await?;
    let line = |account: Account| {
        let Account { name, email, password } = account;
        format!("  {name:<22}{email:<24}{password}\n")
    };
    let accounts: String = accounts.into_iter().map(line).collect();
    Ok(format!(
        "Towpath is at {} with a sample project. Sign in with the e-mail address and password of one of its people:\n\n\
         {accounts}",
        service.public_url()
    ))
}

/// Cancels when the process is told to end: by a service manager, or by Ctrl-C. A second time ends it at once.
pub fn stop_on_signals() -> anyhow::Result<CancellationToken> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stop = CancellationToken::new();
    let stopping = stop.clone();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if stopping.is_cancelled() {
                std::process::exit(130);
            }
            tracing::info!("stopping");
            stopping.cancel();
        }
    });
    Ok(stop)
}
