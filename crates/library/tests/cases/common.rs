//! A library over a catalog and a vault of its own, people who use it, and devices that send.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use catalog::blobs::BlobState;
use catalog::{Catalog, blobs};
use domain::{
    ContentHash, EntryId, FolderPath, Ids, InstallationId, Name, OsRandom, Role, SpaceId, UploadId,
};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use library::accounts::Introduction;
use library::{
    Asset, Caller, Cause, DeviceAlbum, Error, FileDeclaration, Library, NewUpload, Page, Parts, Settings,
    Stored,
};
use tempfile::TempDir;
use testkit::{FreshDatabase, HandClock};
use vault::{DiskVault, FaultyVault, MemoryVault, Vault};

use crate::gates::GatedVault;

pub(crate) const PASSWORD: &str = "a sentence only the tests know";
pub(crate) const ADDRESS: &str = "192.0.2.7";
pub(crate) const HOUR_MS: i64 = 60 * 60 * 1000;
pub(crate) const DAY_MS: i64 = 24 * HOUR_MS;

/// Where the catalog lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// Runs one test on both engines; without a server PostgreSQL is skipped, loudly.
macro_rules! on_both {
    ($(#[$meta:meta])* async fn $name:ident($world:ident) $body:block) => {
        mod $name {
            use super::*;

            async fn scenario($world: &mut $crate::common::World) $body

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                let mut world = $crate::common::World::on_disk($crate::common::Engine::Sqlite).await.unwrap();
                scenario(&mut world).await;
                world.end().await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                let Some(mut world) = $crate::common::World::on_disk($crate::common::Engine::Postgres).await
                else {
                    return;
                };
                scenario(&mut world).await;
                world.end().await;
            }
        }
    };
}
pub(crate) use on_both;

/// A hub without its doors.
pub(crate) struct World {
    pub(crate) clock: Arc<HandClock>,
    pub(crate) library: Arc<Library>,
    pub(crate) catalog: Catalog,
    /// The vault as it is, without faults.
    pub(crate) vault: Arc<dyn Vault>,
    pub(crate) faults: FaultyVault,
    pub(crate) gates: GatedVault,
    /// Set when the vault is in memory.
    pub(crate) memory: Option<MemoryVault>,
    pub(crate) url: String,
    pub(crate) settings: Settings,
    pub(crate) dir: TempDir,
    pub(crate) database: Option<FreshDatabase>,
}

impl World {
    /// The vault on disk. `None` when there is no server for this engine.
    pub(crate) async fn on_disk(engine: Engine) -> Option<Self> {
        let clock = Arc::new(HandClock::default());
        let dir = tempfile::tempdir().unwrap();
        let vault = DiskVault::open(&dir.path().join("vault"), clock.clone()).unwrap();
        Self::over(engine, Arc::new(vault), None, clock, dir).await
    }

    /// SQLite, the vault in memory.
    pub(crate) async fn in_memory() -> Self {
        Self::in_memory_on(Engine::Sqlite).await.unwrap()
    }

    pub(crate) async fn in_memory_on(engine: Engine) -> Option<Self> {
        let clock = Arc::new(HandClock::default());
        let memory = MemoryVault::new(clock.clone());
        let dir = tempfile::tempdir().unwrap();
        Self::over(engine, Arc::new(memory.clone()), Some(memory), clock, dir).await
    }

    async fn over(
        engine: Engine,
        vault: Arc<dyn Vault>,
        memory: Option<MemoryVault>,
        clock: Arc<HandClock>,
        dir: TempDir,
    ) -> Option<Self> {
        let database = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => match FreshDatabase::make().await {
                Some(database) => Some(database),
                None => {
                    testkit::skip_or_fail("no PostgreSQL: ALBUMEN_TEST_POSTGRES is not set");
                    return None;
                }
            },
        };
        let url = database.as_ref().map_or_else(
            || format!("sqlite://{}", dir.path().join("catalog.db").display()),
            FreshDatabase::url,
        );
        let faults = FaultyVault::new(vault.clone());
        let gates = GatedVault::new(Arc::new(faults.clone()));
        let catalog = Catalog::open(&url, clock.clone()).await.unwrap();
        let settings = Settings { keep_free_bytes: 0, ..Settings::default() };
        let library = open_library(&catalog, &gates, &clock, &settings).await;
        Some(Self { clock, library, catalog, vault, faults, gates, memory, url, settings, dir, database })
    }

    /// The hub stops and starts again over what is on its disks.
    pub(crate) async fn restart(&mut self) {
        self.catalog.close().await;
        self.catalog = Catalog::open(&self.url, self.clock.clone()).await.unwrap();
        self.library = open_library(&self.catalog, &self.gates, &self.clock, &self.settings).await;
    }

    /// The same hub with other choices.
    pub(crate) async fn restart_with(&mut self, settings: Settings) {
        self.settings = settings;
        self.restart().await;
    }

    pub(crate) async fn end(self) {
        self.catalog.close().await;
        if let Some(database) = self.database {
            database.drop_now().await;
        }
    }

    /// Makes an account and logs in without a device.
    pub(crate) async fn person(&self, name: &str, role: Role) -> Caller {
        self.library.make_account(self::name(name), role, PASSWORD).await.unwrap();
        self.log_in(name, None).await
    }

    /// Logs a device of that person in.
    pub(crate) async fn device(&self, person: &str, device: &str) -> Caller {
        let ids = Ids::new(self.clock.clone(), Arc::new(OsRandom));
        let installation: InstallationId = ids.fresh();
        let introduction =
            Introduction { installation, name: self::name(device), platform: "Linux".to_owned() };
        self.log_in(person, Some(introduction)).await
    }

    async fn log_in(&self, name: &str, device: Option<Introduction>) -> Caller {
        let secret = self.library.log_in(self::name(name), PASSWORD, device, ADDRESS).await.unwrap().secret;
        self.library.authenticate(&secret, ADDRESS).await.unwrap()
    }

    /// The person's own Space.
    pub(crate) async fn my_space(&self, caller: &Caller) -> library::Space {
        let spaces = self.library.spaces(caller).await.unwrap();
        let my = |space: &library::SpaceOfUser| space.space.kind == domain::SpaceKind::My;
        spaces.into_iter().find(my).unwrap().space
    }

    /// All live files of a person's own Space by path, each downloaded and hashed.
    pub(crate) async fn tree(&self, caller: &Caller) -> BTreeMap<String, ContentHash> {
        let root = self.my_space(caller).await.root_id;
        self.tree_below(caller, root).await
    }

    pub(crate) async fn tree_below(&self, caller: &Caller, root: EntryId) -> BTreeMap<String, ContentHash> {
        let mut tree = BTreeMap::new();
        let mut page = Page::first(7);
        loop {
            let listed = self.library.files_below(caller, root, page).await.unwrap();
            for file in listed.items {
                let facts = file.entry.file.clone().unwrap();
                let bytes = self.download(caller, file.entry.id).await;
                assert_eq!(domain::TwinHasher::of(&bytes).sha256, facts.sha256, "{}", file.entry.name);
                assert_eq!(bytes.len() as u64, facts.size_bytes);
                let folder = file.folder.to_string();
                let slash = if folder.is_empty() { "" } else { "/" };
                tree.insert(format!("{folder}{slash}{}", file.entry.name), facts.sha256);
            }
            match listed.next {
                Some(next) => page = Page::after(next, 7),
                None => return tree,
            }
        }
    }

    /// A file's bytes.
    pub(crate) async fn download(&self, caller: &Caller, id: EntryId) -> Vec<u8> {
        self.try_download(caller, id).await.unwrap()
    }

    pub(crate) async fn try_download(&self, caller: &Caller, id: EntryId) -> Result<Vec<u8>, Error> {
        let content = self.library.entry_content(caller, id).await?;
        let stream = self.library.read_content(&content, 0..content.size_bytes).await?;
        Ok(stream.try_collect::<Vec<_>>().await?.concat())
    }

    /// All live assets that a person sees.
    pub(crate) async fn assets(&self, caller: &Caller) -> Vec<Asset> {
        let listed = self.library.assets(caller, None, Page::first(1000)).await.unwrap();
        assert!(listed.next.is_none());
        listed.items.into_iter().map(|item| item.asset).collect()
    }

    /// No row lacks its bytes: every kept blob is in the vault and is what its name says. Gives their
    /// names.
    pub(crate) async fn proven_blobs(&self) -> Vec<ContentHash> {
        let rows = self.catalog.read(|tx| Box::pin(blobs::list_after(tx, None, 100_000))).await.unwrap();
        let mut kept = Vec::new();
        for row in rows.into_iter().filter(|row| row.state == BlobState::Kept) {
            assert_eq!(self.vault.size_of(row.sha256).await.unwrap(), Some(row.size_bytes), "{}", row.sha256);
            vault::verify_blob(&*self.vault, row.sha256).await.unwrap();
            assert_eq!(row.damaged_at_ms, None);
            kept.push(row.sha256);
        }
        kept
    }

    /// After all periods of grace: the vault holds what the catalog keeps and nothing else.
    pub(crate) async fn nothing_is_left_over(&self) {
        for _ in 0..3 {
            self.advance_ms(200 * HOUR_MS);
            self.library.care().await.unwrap();
        }
        let sealed = self.vault.list(None, 100_000).await.unwrap();
        let sealed: Vec<ContentHash> = sealed.into_iter().map(|blob| blob.hash).collect();
        assert_eq!(sealed, self.proven_blobs().await);
        assert_eq!(self.vault.staged().await.unwrap(), vec![]);
    }

    /// Time passes, and the hub lives through it; or somebody sets the clock back.
    pub(crate) fn advance_ms(&self, by_ms: i64) {
        let by = std::time::Duration::from_millis(by_ms.unsigned_abs());
        if by_ms < 0 { self.clock.turn_back(by) } else { self.clock.advance(by) }
    }

    /// Somebody sets the clock ahead, or the hub was off for so long.
    pub(crate) fn jump_ms(&self, by_ms: i64) {
        self.clock.jump_ahead(std::time::Duration::from_millis(by_ms.unsigned_abs()));
    }

    /// The file of a sealed blob in a vault on disk.
    pub(crate) fn blob_file(&self, hash: ContentHash) -> PathBuf {
        let hex = hash.to_string();
        self.dir.path().join("vault/blobs").join(&hex[..2]).join(&hex[2..4]).join(hex)
    }

    /// Changes one byte of a sealed blob and keeps its length.
    pub(crate) fn rot(&self, hash: ContentHash) {
        match &self.memory {
            Some(memory) => assert!(memory.rot(hash)),
            None => self.rewrite(hash, |bytes| bytes[0] ^= 1),
        }
    }

    /// Changes a sealed blob behind the vault's back.
    pub(crate) fn rewrite(&self, hash: ContentHash, change: impl FnOnce(&mut Vec<u8>)) {
        let file = self.blob_file(hash);
        let mut bytes = std::fs::read(&file).unwrap();
        change(&mut bytes);
        std::fs::remove_file(&file).unwrap();
        std::fs::write(&file, bytes).unwrap();
    }

    /// A whole file in one request.
    pub(crate) async fn put(&self, caller: &Caller, file: FileDeclaration, bytes: &[u8]) -> Stored {
        self.library.put(caller, file, Some(bytes.len() as u64), body(&[bytes])).await.unwrap()
    }

    /// Begins and sends all in one go; gives the upload and its answer.
    pub(crate) async fn send(
        &self,
        caller: &Caller,
        file: FileDeclaration,
        bytes: &[u8],
    ) -> Result<(UploadId, Stored), Error> {
        let begun = self.library.begin(caller, upload(file, bytes.len())).await?;
        if let Some(stored) = begun.stored {
            return Ok((begun.id, stored));
        }
        let state = self.library.append(caller, begun.id, 0, None, body(&[bytes])).await?;
        Ok((begun.id, state.stored.unwrap()))
    }
}

async fn open_library(
    catalog: &Catalog,
    gates: &GatedVault,
    clock: &Arc<HandClock>,
    settings: &Settings,
) -> Arc<Library> {
    let parts = Parts {
        catalog: catalog.clone(),
        vault: Arc::new(gates.clone()),
        clock: clock.clone(),
        random: Arc::new(OsRandom),
        media: None,
    };
    Library::open(parts, settings.clone()).await.unwrap()
}

pub(crate) fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub(crate) fn path(text: &str) -> FolderPath {
    text.parse().unwrap()
}

/// A file in a folder of the caller's own Space.
pub(crate) fn file(folder: &str, file: &str) -> FileDeclaration {
    FileDeclaration { folder: Some(path(folder)), ..FileDeclaration::named(name(file)) }
}

/// The same in another Space.
pub(crate) fn file_in(space_id: SpaceId, folder: &str, name: &str) -> FileDeclaration {
    FileDeclaration { space_id: Some(space_id), ..file(folder, name) }
}

/// The same with the content declared.
pub(crate) fn declared(file: FileDeclaration, bytes: &[u8]) -> FileDeclaration {
    FileDeclaration { sha256: Some(sha256(bytes)), ..file }
}

pub(crate) fn in_album(file: FileDeclaration, album: &str) -> FileDeclaration {
    FileDeclaration { album: Some(DeviceAlbum::parse(album).unwrap()), ..file }
}

pub(crate) fn upload(file: FileDeclaration, length: usize) -> NewUpload {
    NewUpload { length: length as u64, file, metadata: None }
}

pub(crate) fn sha256(bytes: &[u8]) -> ContentHash {
    domain::TwinHasher::of(bytes).sha256
}

/// A picture of this many bytes that no other number has.
pub(crate) fn picture(number: u64, size_bytes: usize) -> Vec<u8> {
    let mut bytes = testkit::samples::jpeg(number);
    let missing = size_bytes.saturating_sub(bytes.len());
    bytes.extend(testkit::samples::noise(number, missing));
    bytes
}

type Frame = Result<Bytes, Cause>;

/// A request's body in these frames.
pub(crate) fn body(frames: &[&[u8]]) -> impl Stream<Item = Frame> + Send + Unpin + 'static {
    let frames: Vec<Frame> = frames.iter().map(|frame| Ok(Bytes::copy_from_slice(frame))).collect();
    stream::iter(frames)
}

/// A body whose connection breaks after these frames.
pub(crate) fn cut_body(frames: &[&[u8]]) -> impl Stream<Item = Frame> + Send + Unpin + 'static {
    body(frames).chain(stream::iter([Err(Cause::from("connection reset by peer"))]))
}

/// A body that brings these frames and then nothing more, for ever.
pub(crate) fn silent_body(frames: &[&[u8]]) -> impl Stream<Item = Frame> + Send + Unpin + 'static {
    body(frames).chain(stream::pending())
}
