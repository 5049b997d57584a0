//! One transaction on either engine, and the one place where statements are run.
//!
//! Statements are written once (`sql/`), with `$1` for parameters. Two tokens stand for lists whose
//! length varies: `$LIST` becomes `$3, $4, …` and `$ROWS` becomes `($3, $4), ($5, $6), …`, numbered
//! after the parameters that were bound before.

use std::future::Future;
use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Postgres, Transaction};

use crate::error::{Error, Result};
use crate::row::Row;
use crate::sql::Sql;
use crate::sqlite;
use crate::value::Value;

/// PostgreSQL must answer a statement in this time, or it counts as lost.
pub(crate) const ANSWER_WITHIN: Duration = Duration::from_secs(8);

/// How many values a list in one statement holds at most.
pub(crate) const LIST_MAX: usize = 500;

/// Lists are filled up to one of these lengths by repeating their last value, so that few
/// different texts are prepared.
const LIST_SIZES: [usize; 7] = [1, 4, 16, 64, 128, 256, LIST_MAX];

/// One transaction. Every function of this crate takes one; [`crate::Catalog::read`] and
/// [`crate::Catalog::write`] are the only ways to get it.
#[derive(Debug)]
pub struct Tx {
    link: Link,
    /// A statement found the connection lost: whatever else happens, this transaction cannot commit.
    lost: bool,
    /// A statement has failed: PostgreSQL gives the transaction up, SQLite only the statement.
    has_failed: bool,
}

/// What carries a transaction: the writer's own connection, or one of the readers'.
#[derive(Debug)]
pub(crate) enum Link {
    SqliteWriter(sqlite::Connection),
    SqliteReader(sqlite::Reader),
    PostgresWriter(PgConnection),
    PostgresReader(Transaction<'static, Postgres>),
}

enum Engine<'a> {
    Sqlite(&'a mut sqlite::Connection),
    Postgres(&'a mut PgConnection),
}

/// Asks the engine at hand, so that nothing above needs a type parameter. SQLite answers on the spot;
/// PostgreSQL's answer is awaited for [`ANSWER_WITHIN`] only.
macro_rules! on {
    ($tx:expr, sqlite($here:ident) => $now:expr, postgres($there:ident) => $later:expr) => {{
        let answer = match $tx.link.engine() {
            Some(Engine::Sqlite($here)) => $now.map_err(Error::from),
            Some(Engine::Postgres($there)) => in_time($later).await,
            None => Err(Error::Closed),
        };
        $tx.noticed(answer)
    }};
}

/// Binds all values to a query of PostgreSQL.
macro_rules! bound {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = match value {
                Value::Bytes(bytes) => query.bind(bytes.as_deref()),
                Value::Text(text) => query.bind(text.as_deref()),
                Value::Number(number) => query.bind(*number),
            };
        }
        query
    }};
}

impl Link {
    /// `None` for a reader that is being dropped.
    fn engine(&mut self) -> Option<Engine<'_>> {
        match self {
            Self::SqliteWriter(connection) => Some(Engine::Sqlite(connection)),
            Self::SqliteReader(reader) => reader.connection().map(Engine::Sqlite),
            Self::PostgresWriter(connection) => Some(Engine::Postgres(connection)),
            Self::PostgresReader(transaction) => Some(Engine::Postgres(transaction)),
        }
    }
}

impl Tx {
    pub(crate) const fn new(link: Link) -> Self {
        Self { link, lost: false, has_failed: false }
    }

    /// Whether a statement has failed since the last time this was asked.
    pub(crate) const fn take_failure(&mut self) -> bool {
        std::mem::replace(&mut self.has_failed, false)
    }

    /// Whether the connection was found lost.
    pub(crate) const fn is_lost(&self) -> bool {
        self.lost
    }

    pub(crate) const fn is_sqlite(&self) -> bool {
        matches!(self.link, Link::SqliteWriter(_) | Link::SqliteReader(_))
    }

    /// Runs statements without parameters: transaction control, settings, migrations.
    pub(crate) async fn command(&mut self, text: &str) -> Result<()> {
        on!(self,
        sqlite(here) => here.command(text),
        postgres(there) => async {
            sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(there).await.map(|_| ())
        })
    }

    /// [`Tx::command`] for a step of the layout, which may take as long as it takes: it rewrites tables.
    pub(crate) async fn long_command(&mut self, text: &str) -> Result<()> {
        let Link::PostgresWriter(connection) = &mut self.link else { return self.command(text).await };
        let text = format!("set local statement_timeout = 0; {text}");
        let done = sqlx::raw_sql(AssertSqlSafe(text)).execute(connection).await;
        self.noticed(done.map(drop).map_err(Error::from))
    }

    /// Ends the connection politely. Only for the writer's.
    pub(crate) async fn close(self) {
        match self.link {
            Link::PostgresWriter(connection) => drop(in_time(connection.close()).await),
            Link::SqliteWriter(_) | Link::SqliteReader(_) | Link::PostgresReader(_) => {}
        }
    }

    fn noticed<T>(&mut self, answer: Result<T>) -> Result<T> {
        self.has_failed |= answer.is_err();
        self.lost |= matches!(answer, Err(Error::Unavailable(_)));
        answer
    }
}

async fn in_time<T>(answer: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T> {
    match tokio::time::timeout(ANSWER_WITHIN, answer).await {
        Ok(answer) => Ok(answer?),
        Err(elapsed) => Err(Error::unavailable(elapsed)),
    }
}

/// Starts a statement.
pub(crate) const fn query<'a>(sql: Sql) -> Query<'a> {
    Query { sql, values: Vec::new(), list: None, rows: None }
}

/// A statement with its parameters.
#[must_use = "nothing happens until it is run"]
pub(crate) struct Query<'a> {
    sql: Sql,
    values: Vec<Value<'a>>,
    /// Where `$LIST` starts and how many values it has.
    list: Option<(usize, usize)>,
    /// Where `$ROWS` starts, how many rows it has and how many values each.
    rows: Option<(usize, usize, usize)>,
}

impl<'a> Query<'a> {
    /// Binds the next parameter.
    pub(crate) fn bind(mut self, value: impl Into<Value<'a>>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Binds the values of `$LIST`, at least one and at most [`LIST_MAX`].
    pub(crate) fn list<T: Copy + Into<Value<'a>>>(mut self, items: &[T]) -> Self {
        let start = self.values.len();
        let filled = LIST_SIZES.into_iter().find(|&size| size >= items.len()).unwrap_or(items.len());
        let last = items.last().copied();
        self.values
            .extend(items.iter().copied().chain(last.into_iter().cycle()).take(filled).map(Into::into));
        self.list = Some((start, filled));
        self
    }

    /// Binds the values of `$ROWS`, row after row of `width` values.
    pub(crate) fn rows(mut self, width: usize, values: impl IntoIterator<Item = Value<'a>>) -> Self {
        let start = self.values.len();
        self.values.extend(values);
        self.rows = Some((start, (self.values.len() - start) / width, width));
        self
    }

    /// Runs it; says how many rows it changed.
    pub(crate) async fn run(self, tx: &mut Tx) -> Result<u64> {
        let text = self.text();
        on!(tx,
        sqlite(here) => here.run(&text, &self.values),
        postgres(there) => async {
            let query = bound!(sqlx::query(AssertSqlSafe(text)), &self.values);
            query.execute(there).await.map(|done| done.rows_affected())
        })
    }

    /// Runs it; says whether it changed anything.
    pub(crate) async fn changed(self, tx: &mut Tx) -> Result<bool> {
        Ok(self.run(tx).await? > 0)
    }

    /// Its only row, if there is one.
    pub(crate) async fn optional(self, tx: &mut Tx) -> Result<Option<Row>> {
        Ok(self.all(tx).await?.into_iter().next())
    }

    /// Its only row, which the statement always gives.
    pub(crate) async fn one(self, tx: &mut Tx) -> Result<Row> {
        self.optional(tx).await?.ok_or(Error::NotFound("row"))
    }

    /// All its rows.
    pub(crate) async fn all(self, tx: &mut Tx) -> Result<Vec<Row>> {
        let text = self.text();
        on!(tx,
        sqlite(here) => here
            .rows(&text, &self.values)
            .map(|rows| rows.into_iter().map(Row::Sqlite).collect()),
        postgres(there) => async {
            let query = bound!(sqlx::query(AssertSqlSafe(text)), &self.values);
            let rows = query.fetch_all(there).await?;
            Ok::<_, sqlx::Error>(rows.into_iter().map(Row::Postgres).collect())
        })
    }

    fn text(&self) -> String {
        let mut text = self.sql.text.to_owned();
        if let Some((start, length)) = self.list {
            text = text.replace("$LIST", &placeholders(start, length));
        }
        if let Some((start, rows, width)) = self.rows {
            let rows: Vec<_> =
                (0..rows).map(|row| format!("({})", placeholders(start + row * width, width))).collect();
            text = text.replace("$ROWS", &rows.join(", "));
        }
        text
    }
}

fn placeholders(start: usize, length: usize) -> String {
    let numbered: Vec<_> = (start..start + length).map(|index| format!("${}", index + 1)).collect();
    numbered.join(", ")
}

/// A statement's text with its lists written out, for [`crate::statements`].
pub(crate) fn example_text(sql: Sql, list_length: usize) -> String {
    let before = fixed_parameters(sql.text);
    let mut example = query(sql);
    example.values = (0..before).map(|_| Value::Number(None)).collect();
    if sql.row_width > 0 {
        example = example.rows(sql.row_width, (0..list_length * sql.row_width).map(|_| Value::Number(None)));
    }
    if sql.text.contains("$LIST") {
        example.list = Some((example.values.len(), list_length));
    }
    example.text()
}

/// The greatest number of a `$1` in a text.
fn fixed_parameters(text: &str) -> usize {
    let numbers = text.split('$').skip(1).map(|rest| {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest[..digits].parse().unwrap_or(0)
    });
    numbers.max().unwrap_or(0)
}
