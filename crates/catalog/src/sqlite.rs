//! SQLite, called on the thread that asks.
//!
//! SQLite answers a look-up within a few microseconds, less than handing the question to another
//! thread and the answer back takes. So a whole transaction runs on one thread, statement after
//! statement: the writer has a thread of its own, a reader takes its caller's ([`on_this_thread`]).

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use rusqlite::types::{ToSql, ToSqlOutput, Value as Stored, ValueRef};
use rusqlite::{OpenFlags, Statement};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Error, Result};
use crate::value::Value;

/// How long a lock of another process is waited for.
const BUSY_FOR: Duration = Duration::from_secs(5);

/// How long a reader is waited for.
const READER_WITHIN: Duration = Duration::from_secs(3);

/// How many reads run at the same time.
const READERS: usize = 4;

/// How many prepared statements a connection keeps; there are some hundred texts.
const STATEMENTS_KEPT: usize = 512;

/// The file of an address such as `sqlite:///path/to/catalog.db`; `None` for anything else.
pub(crate) fn file_of(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    (!path.is_empty() && !path.contains(":memory:")).then(|| PathBuf::from(path))
}

/// An open database file.
#[derive(Debug)]
pub(crate) struct Connection(rusqlite::Connection);

/// A row, with its columns' names.
pub(crate) struct Row {
    columns: Arc<[Box<str>]>,
    values: Vec<Stored>,
}

impl Connection {
    /// Opens the writer's connection, and makes the file when it is missing.
    pub(crate) fn writer(file: &Path) -> rusqlite::Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let connection = Self::open(file, flags)?;
        // NORMAL may lose the last commits on power loss, and a device deletes what we acknowledged.
        connection
            .command("pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on")?;
        Ok(connection)
    }

    fn reader(file: &Path) -> rusqlite::Result<Self> {
        let connection = Self::open(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.command("pragma query_only = on")?;
        Ok(connection)
    }

    fn open(file: &Path, flags: OpenFlags) -> rusqlite::Result<Self> {
        // Nobody else uses the connection, so SQLite need not guard it.
        let connection =
            rusqlite::Connection::open_with_flags(file, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(BUSY_FOR)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        Ok(Self(connection))
    }

    /// Runs statements without parameters.
    pub(crate) fn command(&self, text: &str) -> rusqlite::Result<()> {
        self.0.execute_batch(text)
    }

    /// Runs a statement; says how many rows it changed.
    pub(crate) fn run(&self, text: &str, values: &[Value<'_>]) -> rusqlite::Result<u64> {
        let mut statement = self.0.prepare_cached(&numbered(text))?;
        bind(&mut statement, values)?;
        Ok(statement.raw_execute()? as u64)
    }

    /// Runs a statement; gives its rows.
    pub(crate) fn rows(&self, text: &str, values: &[Value<'_>]) -> rusqlite::Result<Vec<Row>> {
        let mut statement = self.0.prepare_cached(&numbered(text))?;
        bind(&mut statement, values)?;
        let columns: Arc<[Box<str>]> = statement.column_names().map(Box::from).collect();
        let mut found = Vec::new();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            let values = (0..columns.len()).map(|index| row.get(index)).collect::<rusqlite::Result<_>>()?;
            found.push(Row { columns: columns.clone(), values });
        }
        Ok(found)
    }
}

/// `$3` is a name to SQLite, numbered by its first appearance; `?3` is the third parameter.
fn numbered(text: &str) -> String {
    text.replace('$', "?")
}

fn bind(statement: &mut Statement<'_>, values: &[Value<'_>]) -> rusqlite::Result<()> {
    for (index, value) in values.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, value)?;
    }
    Ok(())
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Bytes(bytes) => bytes.as_deref().map_or(ValueRef::Null, ValueRef::Blob),
            Self::Text(text) => {
                text.as_deref().map_or(ValueRef::Null, |text| ValueRef::Text(text.as_bytes()))
            }
            Self::Number(number) => number.map_or(ValueRef::Null, ValueRef::Integer),
        }))
    }
}

/// What a column is read as. `None` when it holds something else.
pub(crate) trait Column: Sized {
    fn read(stored: &Stored) -> Option<Self>;
}

impl Column for i64 {
    fn read(stored: &Stored) -> Option<Self> {
        if let Stored::Integer(number) = stored { Some(*number) } else { None }
    }
}

impl Column for String {
    fn read(stored: &Stored) -> Option<Self> {
        if let Stored::Text(text) = stored { Some(text.clone()) } else { None }
    }
}

impl Column for Vec<u8> {
    fn read(stored: &Stored) -> Option<Self> {
        if let Stored::Blob(bytes) = stored { Some(bytes.clone()) } else { None }
    }
}

impl<T: Column> Column for Option<T> {
    fn read(stored: &Stored) -> Option<Self> {
        if *stored == Stored::Null { Some(None) } else { T::read(stored).map(Some) }
    }
}

impl Row {
    /// The value of a column; `None` when there is no such column or it holds something else.
    pub(crate) fn read<T: Column>(&self, column: &str) -> Option<T> {
        let index = self.columns.iter().position(|name| **name == *column)?;
        T::read(&self.values[index])
    }
}

/// The connections that read. They are opened when they are first needed, and kept.
#[derive(Debug, Clone)]
pub(crate) struct Readers(Arc<Shelf>);

#[derive(Debug)]
struct Shelf {
    file: PathBuf,
    free: Mutex<Vec<Connection>>,
    turns: Arc<Semaphore>,
}

/// A reader with a snapshot begun. Dropping it ends the snapshot and frees the reader.
#[derive(Debug)]
pub(crate) struct Reader {
    /// Present until it is dropped.
    connection: Option<Connection>,
    shelf: Arc<Shelf>,
    _turn: OwnedSemaphorePermit,
}

impl Readers {
    pub(crate) fn new(file: PathBuf) -> Self {
        let turns = Arc::new(Semaphore::new(READERS));
        Self(Arc::new(Shelf { file, free: Mutex::default(), turns }))
    }

    /// Waits for a free reader and begins a snapshot.
    pub(crate) async fn begin(&self) -> Result<Reader> {
        let waiting = tokio::time::timeout(READER_WITHIN, self.0.turns.clone().acquire_owned());
        let turn = waiting.await.map_err(Error::unavailable)?.map_err(|_closed| Error::Closed)?;
        let connection = match self.0.take() {
            Some(connection) => connection,
            None => Connection::reader(&self.0.file)?,
        };
        connection.command("begin")?;
        Ok(Reader { connection: Some(connection), shelf: self.0.clone(), _turn: turn })
    }

    /// Lets nobody begin any more and closes what is free.
    pub(crate) fn close(&self) {
        self.0.turns.close();
        while self.0.take().is_some() {}
    }
}

impl Shelf {
    fn take(&self) -> Option<Connection> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

impl Reader {
    /// Its connection; gone only while it is dropped.
    pub(crate) const fn connection(&mut self) -> Option<&mut Connection> {
        self.connection.as_mut()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        // One whose snapshot cannot be ended is not used again.
        if !self.shelf.turns.is_closed() && connection.command("rollback").is_ok() {
            self.shelf.free.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}

/// Runs work that calls SQLite and waits for nothing else, without keeping other tasks of the runtime
/// from running meanwhile: a disk that has to look for a page may take a while.
pub(crate) async fn on_this_thread<T>(work: impl Future<Output = T>) -> T {
    if Handle::current().runtime_flavor() == RuntimeFlavor::MultiThread {
        let mut work = std::pin::pin!(work);
        // It ends the first time that it is asked, unless the closure waits for something after all.
        if let Some(answer) = tokio::task::block_in_place(|| work.as_mut().now_or_never()) {
            return answer;
        }
        return work.await;
    }
    work.await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_as_it_stands_in_the_address() {
        assert_eq!(file_of("sqlite:///srv/a b%20c?.db"), Some(PathBuf::from("/srv/a b%20c?.db")));
        assert_eq!(file_of("sqlite:here.db"), Some(PathBuf::from("here.db")));
        for url in ["", "sqlite:", "sqlite://", "sqlite::memory:", "postgres://x/y"] {
            assert_eq!(file_of(url), None, "{url}");
        }
    }

    #[test]
    fn parameters_are_bound_by_their_number_not_by_their_place_in_the_text() {
        let folder = tempfile::tempdir().unwrap();
        let connection = Connection::writer(&folder.path().join("a.db")).unwrap();
        let values = [Value::from(1i64), Value::from("two"), Value::from(&b"three"[..])];
        let rows = connection.rows("select $3 as c, $1 as a, $2 as b, null as d, $1 as e", &values).unwrap();
        assert_eq!(rows[0].read::<i64>("a"), Some(1));
        assert_eq!(rows[0].read::<i64>("e"), Some(1));
        assert_eq!(rows[0].read::<String>("b").as_deref(), Some("two"));
        assert_eq!(rows[0].read::<Vec<u8>>("c").as_deref(), Some(&b"three"[..]));
        assert_eq!(rows[0].read::<Option<i64>>("d"), Some(None));
        // Neither another type nor a missing column is guessed at.
        assert_eq!(rows[0].read::<i64>("b"), None);
        assert_eq!(rows[0].read::<i64>("d"), None);
        assert_eq!(rows[0].read::<Option<i64>>("nowhere"), None);
    }

    #[tokio::test]
    async fn a_reader_cannot_write_and_is_used_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.db");
        Connection::writer(&file).unwrap().command("create table t (a bigint)").unwrap();
        let readers = Readers::new(file);
        for _ in 0..READERS * 2 {
            let mut reader = readers.begin().await.unwrap();
            let refused = reader.connection().unwrap().run("insert into t values (1)", &[]);
            assert!(refused.is_err());
        }
        assert_eq!(readers.0.free.lock().unwrap().len(), 1);
        let busy = readers.begin().await.unwrap();
        readers.close();
        assert!(matches!(readers.begin().await, Err(Error::Closed)));
        drop(busy);
        assert!(readers.0.free.lock().unwrap().is_empty());
    }

    #[test]
    fn what_is_written_survives_a_power_cut_before_it_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let connection = Connection::writer(&folder.path().join("a.db")).unwrap();
        let set = |name: &str| connection.rows(&format!("pragma {name}"), &[]).unwrap().remove(0);
        assert_eq!(set("synchronous").read::<i64>("synchronous"), Some(2));
        assert_eq!(set("journal_mode").read::<String>("journal_mode").as_deref(), Some("wal"));
        assert_eq!(set("foreign_keys").read::<i64>("foreign_keys"), Some(1));
    }
}
