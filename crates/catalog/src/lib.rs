//! All metadata of a hub: one SQL text for SQLite and PostgreSQL.

use std::sync::Arc;

use domain::Clock;
use futures_util::future::BoxFuture;

pub mod albums;
pub mod assets;
pub mod blobs;
pub mod changes;
pub mod devices;
pub mod entries;
pub mod error;
pub mod jobs;
pub mod offers;
pub mod page;
pub mod settings;
pub mod spaces;
pub mod tokens;
pub mod tombstones;
pub mod trash;
mod tx;
pub mod uploads;
pub mod users;
mod words;

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
#[derive(Debug, Clone)]
pub struct Catalog {
    kind: Kind,
}

impl Catalog {
    /// Opens `sqlite:///path/to/catalog.db` (made when missing) or `postgres://…` and brings its
    /// layout up to date under a lock. `Migration` says in words when it is newer than this
    /// program or was changed by hand; `Unavailable` when the server does not answer.
    pub async fn open(url: &str, clock: Arc<dyn Clock>) -> Result<Self> {
        error::unfinished((url, clock))
    }

    /// Runs `work` on a snapshot that no writer changes. It cannot write.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        E: From<Error>,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send,
    {
        drop(work);
        error::unfinished(self).map_err(E::from)
    }

    /// Runs `work` in a transaction of the one writer and answers after it is durable.
    ///
    /// Closures that wait at the same time share one commit, each in its own savepoint: one that
    /// fails or panics is rolled back alone. When the commit fails, everybody gets `Unavailable`.
    /// A caller that goes away does not stop its closure. `work` must not wait for anything but
    /// the catalog: everybody else waits for it.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        drop(work);
        error::unfinished(self).map_err(E::from)
    }

    /// Whether the catalog can be read and written right now.
    pub async fn ready(&self) -> Result<()> {
        error::unfinished(self)
    }

    /// Which database it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// How the writer has been doing.
    pub fn pace(&self) -> Pace {
        Pace::default()
    }

    /// Finishes what is queued, then closes every connection. Later calls answer `Closed`.
    pub async fn close(&self) {}
}
