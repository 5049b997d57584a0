//! The real hub, inside the test: the same router, library, catalog and vault, with the test's clock.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use catalog::Catalog;
use domain::{Name, OsRandom, Random, Role};
use hub::wiring::Parts;
use hub::{Listener, Running};
use library::{Library, Settings};
use tempfile::TempDir;
use vault::{DiskVault, Vault};

use crate::{Engine, FreshDatabase, HandClock};

/// What a stop may take inside a test before what is left is dropped.
const STOP_TIME: Duration = Duration::from_secs(5);

/// The password of every account that a [`TestHub`] makes.
pub const PASSWORD: &str = "a sentence only the tests know";

/// Wraps the hub's vault, for faults.
type WrapVault = Box<dyn FnOnce(Arc<dyn Vault>) -> Arc<dyn Vault> + Send>;

/// How a [`TestHub`] is to be.
pub struct TestHubPlan {
    engine: Engine,
    settings: Settings,
    random: Arc<dyn Random>,
    wrap_vault: WrapVault,
}

impl std::fmt::Debug for TestHubPlan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestHubPlan").field("engine", &self.engine).finish_non_exhaustive()
    }
}

impl Default for TestHubPlan {
    fn default() -> Self {
        Self {
            engine: Engine::Sqlite,
            // A test must not fail because the machine's disk is nearly full.
            settings: Settings { keep_free_bytes: 0, ..Settings::default() },
            random: Arc::new(OsRandom),
            wrap_vault: Box::new(|vault| vault),
        }
    }
}

impl TestHubPlan {
    /// The catalog on this engine.
    #[must_use]
    pub fn engine(self, engine: Engine) -> Self {
        Self { engine, ..self }
    }

    /// These choices instead of the defaults.
    #[must_use]
    pub fn settings(self, settings: Settings) -> Self {
        Self { settings, ..self }
    }

    /// Repeatable ids and secrets.
    #[must_use]
    pub fn random(self, random: impl Random + 'static) -> Self {
        Self { random: Arc::new(random), ..self }
    }

    /// The vault on disk inside another one, such as `vault::FaultyVault`.
    #[must_use]
    pub fn wrap_vault(self, wrap: impl FnOnce(Arc<dyn Vault>) -> Arc<dyn Vault> + Send + 'static) -> Self {
        Self { wrap_vault: Box::new(wrap), ..self }
    }

    /// Starts it on a free port of this machine, over a new folder.
    pub async fn start(self) -> TestHub {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let clock = Arc::new(HandClock::default());
        let database = match self.engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(FreshDatabase::make().await.expect("ALBUMEN_TEST_POSTGRES is set")),
        };
        let url = match &database {
            Some(database) => database.url(),
            None => format!("sqlite://{}", dir.path().join("catalog.db").display()),
        };
        let catalog = Catalog::open(&url, clock.clone()).await.expect("a fresh catalog opens");
        let disk = DiskVault::open(&dir.path().join("vault"), clock.clone()).expect("a fresh vault opens");
        let vault = (self.wrap_vault)(Arc::new(disk));
        let parts = library::Parts {
            catalog: catalog.clone(),
            vault: vault.clone(),
            clock: clock.clone(),
            random: self.random,
            media: None,
        };
        let library = Library::open(parts, self.settings).await.expect("a fresh library opens");
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = Listener::bind(any, 512, "--listen").await.expect("a free port");
        let parts = Parts { library, catalog, vault };
        TestHub { running: Running::start(parts.clone(), listener, None), parts, clock, database, dir }
    }
}

/// A running hub of a test. Call [`TestHub::stop`] at the end: it fails when something hangs.
#[derive(Debug)]
pub struct TestHub {
    running: Running,
    parts: Parts,
    clock: Arc<HandClock>,
    database: Option<FreshDatabase>,
    dir: TempDir,
}

impl TestHub {
    /// Starts one as [`TestHubPlan::default`] has it: SQLite, the vault on disk.
    pub async fn start() -> Self {
        TestHubPlan::default().start().await
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.running.address()
    }

    /// `http://ADDRESS:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Its use cases, for what a test prepares or looks at without the network.
    pub fn library(&self) -> &Arc<Library> {
        &self.parts.library
    }

    /// Its metadata.
    pub fn catalog(&self) -> &Catalog {
        &self.parts.catalog
    }

    /// Its bytes.
    pub fn vault(&self) -> &Arc<dyn Vault> {
        &self.parts.vault
    }

    /// Its clock, which stands still until it is moved.
    pub fn clock(&self) -> &Arc<HandClock> {
        &self.clock
    }

    /// Its folder.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Makes an account with [`PASSWORD`].
    pub async fn make_account(&self, name: &str, role: Role) {
        let name = Name::new(name).expect("a name");
        self.library().make_account(name, role, PASSWORD).await.expect("a new account");
    }

    /// Stops it as SIGTERM would, and drops its database.
    pub async fn stop(self) {
        let Self { running, parts, database, dir, .. } = self;
        running.stop(STOP_TIME).await;
        drop(parts);
        if let Some(database) = database {
            database.drop_now().await;
        }
        dir.close().expect("the folder can be removed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines;

    #[tokio::test(flavor = "multi_thread")]
    async fn starts_answers_and_stops_on_every_engine() {
        for engine in engines() {
            let hub = TestHubPlan::default().engine(engine).start().await;
            hub.make_account("sam", Role::Owner).await;
            assert!(hub.library().ready().await.is_ready());
            assert_eq!(hub.library().list_accounts().await.unwrap().len(), 1);
            tokio::net::TcpStream::connect(hub.address()).await.unwrap();
            let url = hub.url();
            hub.stop().await;
            let address = url.trim_start_matches("http://");
            assert!(tokio::net::TcpStream::connect(address).await.is_err(), "nobody listens any more");
        }
    }
}
