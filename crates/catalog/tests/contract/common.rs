//! A catalog per test on either engine, and short ways to fill it.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use catalog::assets::{AssetKind, NewAsset};
use catalog::blobs::NewBlob;
use catalog::devices::Introduction;
use catalog::entries::{Filed, NewFile};
use catalog::spaces::Space;
use catalog::users::User;
use catalog::{Catalog, Cursor, Listed, Page, assets, blobs, devices, entries, spaces, users};
use domain::{
    AssetId, Clock, ContentHash, DeviceId, EntryId, Ids, Name, OsRandom, Role, SpaceId, SpaceKind, SpaceRole,
    TimestampMs, TwinHasher, UserId,
};
use futures_util::FutureExt as _;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

/// A second way into a catalog's file, behind its back.
pub(crate) fn open_sqlite(url: &str) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(url.trim_start_matches("sqlite://")).unwrap();
    connection.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
    connection
}

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// Runs one test body on both engines.
macro_rules! contract {
    ($(#[$meta:meta])* async fn $name:ident($hub:ident) $body:block) => {
        $(#[$meta])*
        async fn $name($hub: std::sync::Arc<$crate::common::Hub>) $body

        mod $name {
            #[test]
            fn sqlite() {
                $crate::common::run($crate::common::Engine::Sqlite, super::$name);
            }

            #[test]
            fn postgres() {
                $crate::common::run($crate::common::Engine::Postgres, super::$name);
            }
        }
    };
}

/// One closure through the writer.
macro_rules! put {
    ($hub:expr, $tx:ident => $body:expr) => {
        $hub.catalog.write(move |$tx| Box::pin(async move { $body.await })).await
    };
}

/// One closure on a snapshot.
macro_rules! look {
    ($hub:expr, $tx:ident => $body:expr) => {
        $hub.catalog.read(move |$tx| Box::pin(async move { $body.await })).await
    };
}

/// All pages of a list, by its own cursor.
macro_rules! pages {
    ($hub:expr, $limit:expr, $page:ident, $tx:ident => $body:expr) => {
        $crate::common::walk($limit, |$page| {
            let hub = $hub.clone();
            async move { look!(hub, $tx => $body) }
        })
        .await
    };
}

/// A clock that stands until it is moved.
#[derive(Debug)]
pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    pub(crate) fn advance(&self, by_ms: i64) {
        self.0.fetch_add(by_ms, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now_ms(&self) -> TimestampMs {
        self.0.load(Ordering::SeqCst)
    }
}

/// A catalog and what fills it.
#[derive(Debug)]
pub(crate) struct Hub {
    pub(crate) engine: Engine,
    pub(crate) url: String,
    pub(crate) catalog: Catalog,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) ids: Ids,
}

/// The server that PostgreSQL cases use, or why there is none.
pub(crate) fn server() -> Option<String> {
    match std::env::var("ALBUMEN_TEST_POSTGRES") {
        Ok(url) if !url.is_empty() => Some(url),
        _ if std::env::var_os("CI").is_some() => {
            panic!("CI is set, but ALBUMEN_TEST_POSTGRES is not: run scripts/postgres.sh run COMMAND")
        }
        _ => None,
    }
}

/// An empty database, gone when it is dropped.
pub(crate) struct Place {
    pub(crate) url: String,
    _folder: Option<tempfile::TempDir>,
    database: Option<(String, String)>,
}

impl Place {
    /// `None` when there is no server to test with; says so.
    pub(crate) async fn new(engine: Engine) -> Option<Self> {
        match engine {
            Engine::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite://{}", folder.path().join("catalog.db").display());
                Some(Self { url, _folder: Some(folder), database: None })
            }
            Engine::Postgres => {
                let Some(server) = server() else {
                    eprintln!("SKIPPED: no PostgreSQL; run it with scripts/postgres.sh run COMMAND");
                    return None;
                };
                Some(Self::on_server(&server).await)
            }
        }
    }

    /// A fresh database on a PostgreSQL server.
    pub(crate) async fn on_server(server: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let database = format!("albumen_test_{}_{number}", std::process::id());
        let mut admin = PgConnection::connect(server).await.unwrap();
        admin.execute(AssertSqlSafe(format!("create database {database} template template0"))).await.unwrap();
        let (base, _) = server.rsplit_once('/').unwrap();
        let url = format!("{base}/{database}");
        Self { url, _folder: None, database: Some((server.to_owned(), database)) }
    }

    pub(crate) async fn remove(self) {
        if let Some((server, database)) = self.database {
            let mut admin = PgConnection::connect(&server).await.unwrap();
            admin
                .execute(AssertSqlSafe(format!("drop database if exists {database} with (force)")))
                .await
                .unwrap();
        }
    }
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// Runs a test body on a fresh catalog, and takes that away afterwards, whatever happened.
pub(crate) fn run<F: Future<Output = ()>>(engine: Engine, body: impl FnOnce(Arc<Hub>) -> F) {
    runtime().block_on(async {
        let Some(place) = Place::new(engine).await else { return };
        let hub = Arc::new(Hub::open(engine, &place.url).await);
        let outcome = AssertUnwindSafe(body(hub.clone())).catch_unwind().await;
        hub.catalog.close().await;
        place.remove().await;
        if let Err(panic) = outcome {
            std::panic::resume_unwind(panic);
        }
    });
}

impl Hub {
    pub(crate) fn sqlite(&self) -> rusqlite::Connection {
        open_sqlite(&self.url)
    }

    pub(crate) async fn open(engine: Engine, url: &str) -> Self {
        let clock = Arc::new(HandClock(AtomicI64::new(1_000_000)));
        let catalog = Catalog::open(url, clock.clone()).await.unwrap();
        let ids = Ids::new(clock.clone(), Arc::new(OsRandom));
        Self { engine, url: url.to_owned(), catalog, clock, ids }
    }

    pub(crate) fn now(&self) -> TimestampMs {
        self.clock.now_ms()
    }

    pub(crate) fn new_user(&self, name: &str) -> User {
        User {
            id: self.ids.fresh(),
            name: Name::new(name).unwrap(),
            role: Role::Member,
            password_hash: format!("hash of {name}"),
            created_at_ms: self.now(),
            disabled_at_ms: None,
        }
    }

    pub(crate) async fn user(&self, name: &str) -> UserId {
        let user = self.new_user(name);
        let id = user.id;
        put!(self, tx => users::insert(tx, &user)).unwrap();
        id
    }

    pub(crate) fn new_space(&self, kind: SpaceKind, owner_id: Option<UserId>) -> Space {
        Space {
            id: self.ids.fresh(),
            kind,
            name: Name::new("Space").unwrap(),
            root_id: self.ids.fresh(),
            owner_id,
            created_at_ms: self.now(),
        }
    }

    /// A person's own Space.
    pub(crate) async fn my_space(&self, user_id: UserId) -> Space {
        let space = self.new_space(SpaceKind::My, Some(user_id));
        let answer = space.clone();
        put!(self, tx => async {
            spaces::insert(tx, &space).await?;
            spaces::add_member(tx, space.id, user_id, SpaceRole::Owner).await
        })
        .unwrap();
        answer
    }

    /// A person with a Space, the usual start.
    pub(crate) async fn home(&self) -> (UserId, Space) {
        let user_id = self.user("anna").await;
        (user_id, self.my_space(user_id).await)
    }

    pub(crate) fn introduction(&self, user_id: UserId, name: &str) -> Introduction {
        Introduction {
            id: self.ids.fresh(),
            user_id,
            installation: self.ids.fresh(),
            name: Name::new(name).unwrap(),
            platform: "linux".to_owned(),
            now_ms: self.now(),
        }
    }

    pub(crate) async fn device(&self, user_id: UserId, name: &str) -> DeviceId {
        let introduction = self.introduction(user_id, name);
        put!(self, tx => devices::insert_or_reclaim(tx, &introduction)).unwrap().0.id
    }

    /// A kept blob whose bytes are `content`.
    pub(crate) async fn blob(&self, content: &str) -> ContentHash {
        let blob = self.new_blob(content);
        let sha256 = blob.sha256;
        put!(self, tx => blobs::upsert_kept(tx, &blob)).unwrap();
        sha256
    }

    pub(crate) fn new_blob(&self, content: &str) -> NewBlob {
        let hashes = TwinHasher::of(content.as_bytes());
        NewBlob {
            sha256: hashes.sha256,
            sha1: hashes.sha1,
            size_bytes: hashes.size_bytes,
            content_type: "image/jpeg".to_owned(),
            now_ms: self.now(),
        }
    }

    pub(crate) fn new_asset(&self, space_id: SpaceId, sha256: ContentHash, taken_at_ms: i64) -> NewAsset {
        NewAsset {
            id: self.ids.fresh(),
            space_id,
            sha256,
            kind: AssetKind::Picture,
            taken_at_ms,
            now_ms: self.now(),
        }
    }

    pub(crate) async fn asset(&self, space_id: SpaceId, content: &str, taken_at_ms: i64) -> AssetId {
        let sha256 = self.blob(content).await;
        let asset = self.new_asset(space_id, sha256, taken_at_ms);
        put!(self, tx => assets::upsert(tx, &asset)).unwrap().0
    }

    pub(crate) fn new_file(
        &self,
        space: &Space,
        parent_id: EntryId,
        name: &str,
        sha256: ContentHash,
    ) -> NewFile {
        NewFile {
            id: self.ids.fresh(),
            space_id: space.id,
            parent_id,
            name: Name::new(name).unwrap(),
            name_raw: None,
            sha256,
            size_bytes: 5,
            asset_id: None,
            modified_at_ms: Some(7),
            device_id: None,
            now_ms: self.now(),
        }
    }

    /// A file with its blob, and its asset as pictures have it.
    pub(crate) async fn picture(
        &self,
        space: &Space,
        parent_id: EntryId,
        name: &str,
        content: &str,
    ) -> Filed {
        let asset_id = self.asset(space.id, content, self.now()).await;
        let mut file = self.new_file(space, parent_id, name, TwinHasher::of(content.as_bytes()).sha256);
        file.asset_id = Some(asset_id);
        put!(self, tx => entries::insert_file(tx, &file)).unwrap()
    }

    pub(crate) async fn folder(&self, parent_id: EntryId, name: &str) -> EntryId {
        let (id, name, now_ms) = (self.ids.fresh(), Name::new(name).unwrap(), self.now());
        put!(self, tx => entries::create_folder(tx, id, parent_id, &name, None, now_ms)).unwrap().id
    }
}

pub(crate) fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub(crate) fn hash(content: &str) -> ContentHash {
    TwinHasher::of(content.as_bytes()).sha256
}

/// Follows a list's own cursor, through its text form, to the end.
pub(crate) async fn walk<T, F: Future<Output = catalog::Result<Listed<T>>>>(
    limit: u32,
    mut fetch: impl FnMut(Page) -> F,
) -> Vec<Vec<T>> {
    let mut pages = Vec::new();
    let mut page = Page::first(limit);
    loop {
        let Listed { items, next } = fetch(page).await.unwrap();
        assert!(items.len() <= limit as usize);
        assert!(!items.is_empty() || next.is_none(), "an empty page must be the last one");
        pages.push(items);
        match next {
            Some(cursor) => page = Page::after(cursor.to_string().parse::<Cursor>().unwrap(), limit),
            None => return pages,
        }
        assert!(pages.len() < 1000, "the cursor does not move on");
    }
}

/// Checks that a walk took at least three pages, and gives all its rows.
pub(crate) fn flat<T>(pages: Vec<Vec<T>>) -> Vec<T> {
    assert!(pages.len() >= 3, "only {} pages", pages.len());
    pages.into_iter().flatten().collect()
}
