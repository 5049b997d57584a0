//! Lists come in pages that follow a key, never an offset: rows that come or go between two pages
//! neither repeat nor hide others.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};

/// The most rows that one page holds, whatever was asked.
pub const PAGE_MAX: u32 = 1000;

/// Which page of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// [`Listed::next`] of the page before; `None` for the first page.
    pub after: Option<Cursor>,
    /// At most this many rows; 0 counts as 1, more than [`PAGE_MAX`] as [`PAGE_MAX`].
    pub limit: u32,
}

impl Page {
    /// The first page.
    pub const fn first(limit: u32) -> Self {
        Self { after: None, limit }
    }

    /// The page behind `cursor`.
    pub const fn after(cursor: Cursor, limit: u32) -> Self {
        Self { after: Some(cursor), limit }
    }

    pub(crate) fn rows(&self) -> usize {
        self.limit.clamp(1, PAGE_MAX) as usize
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// The rows, in the list's order.
    pub items: Vec<T>,
    /// Where the next page starts; `None` on the last one.
    pub next: Option<Cursor>,
}

/// A place in a list. Its text form (`Display`, `FromStr`) may travel through clients; it is
/// checked when it comes back, and a cursor of another list is [`Error::BadCursor`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Cursor(Vec<u8>);

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cursor({self})")
    }
}

impl FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        hex::decode(text).map(Self).map_err(|_| Error::BadCursor)
    }
}
