//! Ways into the database: the writer's connection and the readers.

use std::path::PathBuf;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, PgConnection, PgPool};

use crate::Kind;
use crate::error::{Error, Result};
use crate::sqlite;
use crate::tx::{ANSWER_WITHIN, Link, Tx};

/// How long a new connection may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);

/// How long a reader is waited for.
const READER_WITHIN: Duration = Duration::from_secs(3);

/// How many reads run at the same time on PostgreSQL.
const POSTGRES_READERS: u32 = 8;

/// How many prepared statements a connection keeps; there are some hundred texts.
const STATEMENTS_KEPT: usize = 512;

/// Every process that writes a catalog on PostgreSQL takes this advisory lock for its transaction,
/// so that several hubs write one after the other, as threads do on SQLite. The number means nothing.
const WRITERS_LOCK: i64 = 0x616c_6275_6d65_6e31;

/// Where the catalog is, and how to connect to it.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    Sqlite(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

/// The readers.
#[derive(Debug, Clone)]
pub(crate) enum Readers {
    Sqlite(sqlite::Readers),
    Postgres(PgPool),
}

impl Place {
    pub(crate) fn parse(url: &str) -> Result<Self> {
        let unknown = || {
            Error::Migration(
                "the catalog's address must look like sqlite:///path/to/catalog.db or postgres://user@host/database"
                    .to_owned(),
            )
        };
        if let Some(file) = sqlite::file_of(url) {
            return Ok(Self::Sqlite(file));
        }
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let options = PgConnectOptions::from_str(url).map_err(|_| unknown())?;
            let milliseconds = ANSWER_WITHIN.as_millis().to_string();
            return Ok(Self::Postgres(Box::new(
                options.application_name("albumen").statement_cache_capacity(STATEMENTS_KEPT).options([
                    // As with SQLite: what is acknowledged is on the disk, whatever the server's default.
                    ("synchronous_commit", "on"),
                    ("statement_timeout", &milliseconds),
                    ("lock_timeout", &milliseconds),
                    // A hub that hangs or lost its network must not keep the writers' lock.
                    ("idle_in_transaction_session_timeout", "30000"),
                ]),
            )));
        }
        Err(unknown())
    }

    pub(crate) const fn kind(&self) -> Kind {
        match self {
            Self::Sqlite(_) => Kind::Sqlite,
            Self::Postgres(_) => Kind::Postgres,
        }
    }

    /// Connects the writer.
    pub(crate) async fn writer(&self) -> Result<Tx> {
        let link = match self {
            Self::Sqlite(file) => Link::SqliteWriter(sqlite::Connection::writer(file)?),
            Self::Postgres(options) => {
                let connecting = tokio::time::timeout(CONNECT_WITHIN, PgConnection::connect_with(options));
                Link::PostgresWriter(connecting.await.map_err(Error::unavailable)??)
            }
        };
        Ok(Tx::new(link))
    }

    /// Prepares the readers; they connect when they are first needed.
    pub(crate) fn readers(&self) -> Readers {
        match self {
            Self::Sqlite(file) => Readers::Sqlite(sqlite::Readers::new(file.clone())),
            Self::Postgres(options) => Readers::Postgres(
                PgPoolOptions::new()
                    .max_connections(POSTGRES_READERS)
                    .acquire_timeout(READER_WITHIN)
                    .test_before_acquire(false)
                    .connect_lazy_with((**options).clone()),
            ),
        }
    }
}

impl Readers {
    /// Starts a snapshot.
    pub(crate) async fn begin(&self) -> Result<Tx> {
        match self {
            Self::Sqlite(readers) => Ok(Tx::new(Link::SqliteReader(readers.begin().await?))),
            Self::Postgres(pool) => {
                let begun = tokio::time::timeout(ANSWER_WITHIN, begin_on_postgres(pool)).await;
                begun.map_err(Error::unavailable)?
            }
        }
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(readers) => readers.close(),
            Self::Postgres(pool) => {
                // A server that does not answer is not waited for: the sockets close with the process.
                drop(tokio::time::timeout(CONNECT_WITHIN, pool.close()).await);
            }
        }
    }
}

/// Starts a snapshot on a connection that lives. One that was idle while the server restarted fails
/// at its first word; nothing has run on it yet, so the next one is tried, in the end a new one.
async fn begin_on_postgres(pool: &PgPool) -> Result<Tx> {
    let mut attempts = 0;
    loop {
        match pool.begin_with("begin isolation level repeatable read read only").await {
            Ok(transaction) => return Ok(Tx::new(Link::PostgresReader(transaction))),
            Err(error @ (sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed)) => return Err(error.into()),
            Err(error) => match Error::from(error) {
                Error::Unavailable(_) if attempts < POSTGRES_READERS => attempts += 1,
                error => return Err(error),
            },
        }
    }
}

impl Tx {
    /// Begins a transaction of the one writer.
    pub(crate) async fn begin(&mut self) -> Result<()> {
        if self.is_sqlite() {
            self.command("begin immediate").await
        } else {
            self.command(&format!("begin; select pg_advisory_xact_lock({WRITERS_LOCK})")).await
        }
    }
}
