//! All metadata of a hub: one SQL text for SQLite and PostgreSQL.
//!
//! There is one module per noun with a function per question or change. All take a [`Tx`], which
//! only [`Catalog::read`] and [`Catalog::write`] give out:
//!
//! ```no_run
//! # async fn example(catalog: catalog::Catalog, id: domain::EntryId) -> catalog::Result<()> {
//! let entry = catalog.read(|tx| Box::pin(async move { catalog::entries::get(tx, id).await })).await?;
//! # Ok(()) }
//! ```
//!
//! Reads see a snapshot. Writes of all callers go through one writer, in groups that share a
//! commit (`writer.rs`). Statements are written once, in `sql/`, in the dialect that both engines
//! understand; `tx.rs` runs them. Functions change rows only: bytes are the vault's, rules about who
//! may do what are the library's.

use std::fmt;
use std::sync::Arc;

use domain::Clock;
use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::connect::{Place, Readers};
use crate::writer::{Asked, Counters, QUEUE_MAX, Turn, Writer};

pub mod albums;
pub mod assets;
pub mod blobs;
mod cells;
pub mod changes;
mod connect;
pub mod descriptions;
pub mod devices;
pub mod durability;
pub mod entries;
pub mod error;
mod filing;
pub mod items;
pub mod jobs;
pub mod labels;
pub mod map;
mod migrate;
mod names;
pub mod offers;
pub mod page;
mod places;
pub mod protection;
mod row;
pub mod search;
pub mod settings;
pub mod spaces;
mod sql;
mod sqlite;
pub mod statements;
mod terms;
pub mod timeline;
pub mod tokens;
pub mod tombstones;
pub mod trash;
mod tx;
pub mod uploads;
pub mod users;
mod value;
mod words;
mod writer;

pub use cells::GeoBox;
pub use error::{Error, Result};
pub use page::{Cursor, Listed, Page};
pub use tx::Tx;

/// Which database a catalog lives in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A file beside the vault.
    Sqlite,
    /// A server that may be shared by several hub processes.
    Postgres,
}

/// How the writer has been doing since it started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pace {
    /// Transactions committed.
    pub groups: u64,
    /// Closures run.
    pub closures: u64,
    /// The most closures that shared one commit.
    pub largest_group: u64,
}

/// The catalog of one hub. Cheap to clone; all clones share one writer.
#[derive(Clone)]
pub struct Catalog {
    inner: Arc<Inner>,
}

struct Inner {
    kind: Kind,
    readers: Readers,
    queue: mpsc::Sender<Box<dyn Turn>>,
    counters: Arc<Counters>,
    closing: CancellationToken,
    tasks: TaskTracker,
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Catalog").field("kind", &self.inner.kind).finish_non_exhaustive()
    }
}

impl Catalog {
    /// Opens `sqlite:///path/to/catalog.db` (made when missing) or `postgres://…` and brings its
    /// layout up to date under a lock. `Migration` says in words when it is newer than this
    /// program or was changed by hand; `Unavailable` when the server does not answer.
    pub async fn open(url: &str, clock: Arc<dyn Clock>) -> Result<Self> {
        let place = Place::parse(url)?;
        let mut tx = place.writer().await?;
        migrate::migrate(&mut tx, clock.now_ms()).await?;
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        let counters = Arc::new(Counters::default());
        let closing = CancellationToken::new();
        let tasks = TaskTracker::new();
        let writer = Writer::new(place.clone(), tx, counters.clone());
        writer.start(&tasks, waiting, closing.clone())?;
        tasks.close();
        let (kind, readers) = (place.kind(), place.readers());
        Ok(Self { inner: Arc::new(Inner { kind, readers, queue, counters, closing, tasks }) })
    }

    /// Runs `work` on a snapshot that no writer changes. It cannot write.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        E: From<Error>,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send,
    {
        let mut tx = self.inner.readers.begin().await?;
        // Dropping the transaction ends the snapshot; nobody waits for that.
        match self.inner.kind {
            Kind::Sqlite => sqlite::on_this_thread(work(&mut tx)).await,
            Kind::Postgres => work(&mut tx).await,
        }
    }

    /// Runs `work` in a transaction of the one writer and answers after it is durable.
    ///
    /// Closures that wait at the same time share one commit, each in its own savepoint: one that
    /// fails or panics is rolled back alone. When the commit fails, everybody gets `Unavailable`;
    /// when the connection was lost during it, nobody knows whether it took place, so what is tried
    /// again must be harmless to do twice. A caller that goes away does not stop its closure. `work`
    /// must not wait for anything but its `Tx`: everybody else waits for it.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let turn = Box::new(Asked { work: Some(work), outcome: None, reply });
        self.inner.queue.send(turn).await.map_err(|_| Error::Closed)?;
        answer.await.map_err(|_| Error::Closed)?
    }

    /// Whether the catalog can be read and written right now.
    pub async fn ready(&self) -> Result<()> {
        self.read(|tx| Box::pin(async move { users::count(tx).await })).await?;
        self.write(|tx| Box::pin(async move { changes::newest(tx).await })).await?;
        Ok(())
    }

    /// Which database it is.
    pub fn kind(&self) -> Kind {
        self.inner.kind
    }

    /// How the writer has been doing.
    pub fn pace(&self) -> Pace {
        self.inner.counters.pace()
    }

    /// Finishes what is queued, then closes every connection. Later calls answer `Closed`.
    pub async fn close(&self) {
        self.inner.closing.cancel();
        self.inner.tasks.wait().await;
        self.inner.readers.close().await;
    }
}
