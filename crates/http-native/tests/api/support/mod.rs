//! A hub's doors without a network, people who knock, and what they get.

mod ask;
mod contract;
pub(crate) mod people;
pub(crate) mod pictures;
mod reply;
mod tus;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::middleware::from_fn_with_state;
use catalog::Catalog;
use domain::{ContentHash, OsRandom};
use http_kit::request_log::{RequestIds, log_request};
use library::describe::MediaParts;
use library::{Library, Settings};
use tempfile::TempDir;
use testkit::HandClock;
use vault::{DiskVault, MemoryRenditions};

pub(crate) use ask::Ask;
pub(crate) use contract::{documented_routes, open_routes, takes_parameter};
pub(crate) use people::{PASSWORD, Person};
pub(crate) use reply::Reply;
pub(crate) use tus::{TUS, Upload, metadata, pair};

/// An address of nothing: well formed, and no id in any hub.
pub(crate) const NOBODYS_ID: &str = "0197b000-0000-7000-8000-000000000000";

/// The doors, with everything behind them.
pub(crate) struct Doors {
    pub(crate) library: Arc<Library>,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) router: Router,
    catalog: Catalog,
    renditions: MemoryRenditions,
    dir: TempDir,
    addresses: AtomicU32,
}

impl Doors {
    /// Opens them over an empty folder. Nobody has an account.
    pub(crate) async fn open() -> Self {
        // A test must not fail because the machine's disk is nearly full.
        Self::open_with(Settings { keep_free_bytes: 0, ..Settings::default() }).await
    }

    /// The same with these choices.
    pub(crate) async fn open_with(settings: Settings) -> Self {
        let renditions = MemoryRenditions::default();
        let media = Some(pictures::parts(&renditions));
        Self::build(settings, renditions, media).await
    }

    /// The same, for a hub that does not look into pictures.
    pub(crate) async fn open_without_media() -> Self {
        let settings = Settings { keep_free_bytes: 0, ..Settings::default() };
        Self::build(settings, MemoryRenditions::default(), None).await
    }

    async fn build(settings: Settings, renditions: MemoryRenditions, media: Option<MediaParts>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(HandClock::default());
        let url = format!("sqlite://{}", dir.path().join("catalog.db").display());
        let catalog = Catalog::open(&url, clock.clone()).await.unwrap();
        let parts = library::Parts {
            catalog: catalog.clone(),
            vault: Arc::new(DiskVault::open(&dir.path().join("vault"), clock.clone()).unwrap()),
            clock: clock.clone(),
            random: Arc::new(OsRandom),
            media,
        };
        let library = Library::open(parts, settings).await.unwrap();
        let router = http_native::router(library.clone())
            .layer(from_fn_with_state(RequestIds::default(), log_request));
        Self { library, clock, router, catalog, renditions, dir, addresses: AtomicU32::new(1) }
    }

    /// A `GET`, to be filled in and sent.
    pub(crate) fn get(&self, path: impl Into<String>) -> Ask<'_> {
        self.ask("GET", path)
    }

    /// A `POST`.
    pub(crate) fn post(&self, path: impl Into<String>) -> Ask<'_> {
        self.ask("POST", path)
    }

    /// A `PUT`.
    pub(crate) fn put(&self, path: impl Into<String>) -> Ask<'_> {
        self.ask("PUT", path)
    }

    /// A `PATCH`.
    pub(crate) fn patch(&self, path: impl Into<String>) -> Ask<'_> {
        self.ask("PATCH", path)
    }

    /// A `DELETE`.
    pub(crate) fn delete(&self, path: impl Into<String>) -> Ask<'_> {
        self.ask("DELETE", path)
    }

    /// Any method.
    pub(crate) fn ask(&self, method: &str, path: impl Into<String>) -> Ask<'_> {
        // Everybody calls from an address of their own, so that limits per address stay out of the way.
        let number = self.addresses.fetch_add(1, Ordering::Relaxed);
        Ask::new(self, method, path.into(), std::net::Ipv4Addr::from_bits(0x0A00_0000 + number))
    }

    /// Where the vault keeps this content.
    pub(crate) fn blob_path(&self, hash: ContentHash) -> PathBuf {
        let hex = hash.to_string();
        self.dir.path().join("vault/blobs").join(&hex[..2]).join(&hex[2..4]).join(&hex)
    }

    /// How many uploads have staged bytes.
    pub(crate) fn staged(&self) -> usize {
        std::fs::read_dir(self.dir.path().join("vault/staging")).unwrap().count()
    }

    /// How many blobs there are.
    pub(crate) fn blobs(&self) -> usize {
        fn files(folder: PathBuf) -> usize {
            let below = std::fs::read_dir(folder).into_iter().flatten().map(Result::unwrap);
            below.map(|entry| if entry.path().is_dir() { files(entry.path()) } else { 1 }).sum()
        }
        files(self.dir.path().join("vault/blobs"))
    }
}
