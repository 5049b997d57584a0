//! A row of either engine, read by column name.

use domain::{FolderPath, Name};
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::error::{Error, Result};
use crate::sqlite;
use crate::value::Key;

/// A row of either engine. A column that holds something unexpected is [`Error::Unreadable`].
pub(crate) enum Row {
    Sqlite(sqlite::Row),
    Postgres(PgRow),
}

macro_rules! column {
    ($row:expr, $column:expr) => {
        match $row {
            Row::Sqlite(row) => row.read($column),
            Row::Postgres(row) => row.try_get($column).ok(),
        }
        .ok_or(Error::Unreadable { column: $column })
    };
}

impl Row {
    pub(crate) fn number(&self, column: &'static str) -> Result<i64> {
        column!(self, column)
    }

    pub(crate) fn number_or_none(&self, column: &'static str) -> Result<Option<i64>> {
        column!(self, column)
    }

    /// A count or a size.
    pub(crate) fn count(&self, column: &'static str) -> Result<u64> {
        u64::try_from(self.number(column)?).map_err(|_| Error::Unreadable { column })
    }

    pub(crate) fn count_or_none(&self, column: &'static str) -> Result<Option<u64>> {
        self.number_or_none(column)?
            .map(|number| u64::try_from(number).map_err(|_| Error::Unreadable { column }))
            .transpose()
    }

    pub(crate) fn text(&self, column: &'static str) -> Result<String> {
        column!(self, column)
    }

    pub(crate) fn text_or_none(&self, column: &'static str) -> Result<Option<String>> {
        column!(self, column)
    }

    pub(crate) fn bytes(&self, column: &'static str) -> Result<Vec<u8>> {
        column!(self, column)
    }

    pub(crate) fn bytes_or_none(&self, column: &'static str) -> Result<Option<Vec<u8>>> {
        column!(self, column)
    }

    /// An id or a hash.
    pub(crate) fn key<T: Key>(&self, column: &'static str) -> Result<T> {
        T::from_column(&self.bytes(column)?).ok_or(Error::Unreadable { column })
    }

    pub(crate) fn key_or_none<T: Key>(&self, column: &'static str) -> Result<Option<T>> {
        self.bytes_or_none(column)?
            .map(|bytes| T::from_column(&bytes).ok_or(Error::Unreadable { column }))
            .transpose()
    }

    pub(crate) fn name(&self, column: &'static str) -> Result<Name> {
        Name::new(self.text(column)?).map_err(|_| Error::Unreadable { column })
    }

    pub(crate) fn path(&self, column: &'static str) -> Result<FolderPath> {
        path_of(&self.text(column)?).ok_or(Error::Unreadable { column })
    }

    /// A word that `read` knows.
    pub(crate) fn word<T>(&self, column: &'static str, read: impl FnOnce(&str) -> Option<T>) -> Result<T> {
        read(&self.text(column)?).ok_or(Error::Unreadable { column })
    }
}

/// Reads a path that the catalog wrote: names joined by slashes, nothing for the root itself.
fn path_of(text: &str) -> Option<FolderPath> {
    let names = text.split('/').filter(|name| !name.is_empty());
    FolderPath::new(names.map(Name::new).collect::<Result<_, _>>().ok()?).ok()
}
