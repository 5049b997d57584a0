//! What can go wrong in the catalog, sorted by what the caller can do about it.

use std::sync::Arc;

use sqlx::postgres::{PgDatabaseError, PgSeverity};

/// The result of a catalog call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the catalog did not do what was asked. Nothing of the failed closure is kept.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Another live item has the name already: in the folder, in the Space, or on the hub.
    #[error("there is already something called \"{0}\" here")]
    NameTaken(String),
    /// The row that the call is about is not there (any more).
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// A folder cannot be moved into itself or below itself.
    #[error("a folder cannot be moved into itself")]
    FolderInItself,
    /// The tree would become deeper than [`domain::path::PATH_MAX_DEPTH`].
    #[error("the folders would be more than {} levels deep", domain::path::PATH_MAX_DEPTH)]
    TooDeep,
    /// The item is not a folder, and only a folder can hold others.
    #[error("this is not a folder")]
    NotAFolder,
    /// A Space's root folder cannot be renamed, moved or deleted.
    #[error("a Space's topmost folder stays as it is")]
    RootStays,
    /// A cursor that this list did not make.
    #[error("this page marker is not one of this list; start again from its first page")]
    BadCursor,
    /// A rule of the schema was broken: a row that others still name, or a value that exists already.
    #[error("the catalog refused the change: {0}")]
    Refused(#[source] Cause),
    /// The database is away, restarting, or does not answer. Try again later; reconnecting is automatic.
    #[error("the catalog's database does not answer right now; it is tried again")]
    Unavailable(#[source] Cause),
    /// The disk below the database is full.
    #[error("the disk that holds the catalog is full; make room there")]
    Full(#[source] Cause),
    /// The catalog was closed: the hub is shutting down.
    #[error("the catalog is closed")]
    Closed,
    /// The database's layout is not one that this program can use.
    #[error("{0}")]
    Migration(String),
    /// A row holds something that no version of this program writes.
    #[error("the catalog holds something unreadable in column \"{column}\"")]
    Unreadable {
        /// The column.
        column: &'static str,
    },
    /// The closure panicked. Its changes are rolled back, its neighbours are unhurt.
    #[error("a change to the catalog broke off by a fault in the program")]
    Panicked,
    /// Anything else that the database said: a fault of ours.
    #[error("the catalog's database refused a statement")]
    Database(#[source] Cause),
}

/// What the database said. Shared, because one failed commit answers a whole group.
pub type Cause = Arc<dyn std::error::Error + Send + Sync>;

impl Error {
    /// Whether the same call may succeed later without any change.
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Full(_))
    }

    /// A broken rule of uniqueness means that the name is taken, where nothing else could be.
    pub(crate) fn or_name_taken(self, name: &domain::Name) -> Self {
        match self {
            Self::Refused(_) => Self::NameTaken(name.as_str().to_owned()),
            other => other,
        }
    }

    /// A change that passed over the failure of one of its statements.
    pub(crate) fn went_on() -> Self {
        Self::Database(Arc::from(Box::from("a change went on after one of its statements had failed")))
    }

    pub(crate) fn unavailable(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(Arc::from(why.into()))
    }
}

/// PostgreSQL error classes that mean "not now": connection trouble, shutting down, too many
/// connections, cancelled by a timeout (PostgreSQL manual, appendix A).
const POSTGRES_AWAY: [&str; 6] = ["08", "57P", "53300", "53400", "57014", "55P03"];

/// `object_not_in_prerequisite_state` of PostgreSQL. As an error that ends the connection it means that
/// the database takes none right now; as any other, a fault of ours.
const POSTGRES_NOT_READY: &str = "55000";

/// `disk_full` of PostgreSQL.
const POSTGRES_FULL: &str = "53100";

/// `SQLITE_BUSY`, `SQLITE_LOCKED`, `SQLITE_IOERR` and `SQLITE_CANTOPEN` (sqlite3.h), of which an
/// extended code keeps the low eight bits.
const SQLITE_AWAY: [i32; 4] = [5, 6, 10, 14];

/// `SQLITE_FULL`.
const SQLITE_FULL: i32 = 13;

/// `SQLITE_CONSTRAINT`.
const SQLITE_REFUSED: i32 = 19;

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let code = error.sqlite_error().map_or(0, |error| error.extended_code & 0xff);
        match code {
            SQLITE_FULL => Self::Full(Arc::new(error)),
            SQLITE_REFUSED => Self::Refused(Arc::new(error)),
            code if SQLITE_AWAY.contains(&code) => Self::Unavailable(Arc::new(error)),
            _ => Self::Database(Arc::new(error)),
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => match said(database.as_ref()) {
                Said::Away => Self::Unavailable(Arc::new(error)),
                Said::Full => Self::Full(Arc::new(error)),
                Said::Refused => Self::Refused(Arc::new(error)),
                Said::Other => Self::Database(Arc::new(error)),
            },
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::WorkerCrashed => Self::Unavailable(Arc::new(error)),
            sqlx::Error::PoolClosed => Self::Closed,
            _ => Self::Database(Arc::new(error)),
        }
    }
}

/// What an error of PostgreSQL means for the caller.
enum Said {
    Away,
    Full,
    Refused,
    Other,
}

fn said(error: &dyn sqlx::error::DatabaseError) -> Said {
    let code = error.code().unwrap_or_default();
    let fatal = error
        .try_downcast_ref::<PgDatabaseError>()
        .is_some_and(|error| matches!(error.severity(), PgSeverity::Fatal | PgSeverity::Panic));
    let away =
        POSTGRES_AWAY.iter().any(|class| code.starts_with(class)) || fatal && code == POSTGRES_NOT_READY;
    match error.kind() {
        _ if away => Said::Away,
        _ if code == POSTGRES_FULL => Said::Full,
        sqlx::error::ErrorKind::Other => Said::Other,
        _ => Said::Refused,
    }
}
