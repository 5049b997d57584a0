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

/// What a list is ordered by, as it stands in its cursor. The first byte names the list, so that a
/// cursor of another list is noticed.
pub(crate) trait Order: Sized {
    /// Before the first row.
    fn start() -> Self;
    fn write(&self, bytes: &mut Vec<u8>);
    fn read(bytes: &[u8]) -> Option<Self>;
}

/// By a name's key or another row of bytes, upwards.
pub(crate) struct ByBytes(pub(crate) Vec<u8>);

/// By a time and an id, downwards.
pub(crate) struct ByTimeDown(pub(crate) i64, pub(crate) Vec<u8>);

/// By a number and a row of bytes, upwards.
pub(crate) struct ByNumberAndBytes(pub(crate) i64, pub(crate) Vec<u8>);

/// By an id and a row of bytes, upwards.
pub(crate) struct ByIdAndBytes(pub(crate) Vec<u8>, pub(crate) Vec<u8>);

impl Order for ByBytes {
    fn start() -> Self {
        Self(Vec::new())
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.0);
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        Some(Self(bytes.to_vec()))
    }
}

impl Order for ByTimeDown {
    fn start() -> Self {
        Self(i64::MAX, vec![0xff; 16])
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.0.to_be_bytes());
        bytes.extend_from_slice(&self.1);
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (time, id) = bytes.split_first_chunk::<8>()?;
        (id.len() == 16).then(|| Self(i64::from_be_bytes(*time), id.to_vec()))
    }
}

impl Order for ByNumberAndBytes {
    fn start() -> Self {
        Self(i64::MIN, Vec::new())
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.0.to_be_bytes());
        bytes.extend_from_slice(&self.1);
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (number, rest) = bytes.split_first_chunk::<8>()?;
        Some(Self(i64::from_be_bytes(*number), rest.to_vec()))
    }
}

impl Order for ByIdAndBytes {
    fn start() -> Self {
        Self(Vec::new(), Vec::new())
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.0);
        bytes.extend_from_slice(&self.1);
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (id, rest) = bytes.split_first_chunk::<16>()?;
        Some(Self(id.to_vec(), rest.to_vec()))
    }
}

impl Page {
    /// Where the list `tag` goes on.
    pub(crate) fn start<O: Order>(&self, tag: u8) -> Result<O> {
        match &self.after {
            None => Ok(O::start()),
            Some(Cursor(bytes)) => match bytes.split_first() {
                Some((&first, rest)) if first == tag => O::read(rest).ok_or(Error::BadCursor),
                _ => Err(Error::BadCursor),
            },
        }
    }
}

/// The cursor of a list behind a row with this order.
pub(crate) fn cursor(tag: u8, order: &impl Order) -> Cursor {
    let mut bytes = vec![tag];
    order.write(&mut bytes);
    Cursor(bytes)
}

impl<T> Listed<T> {
    /// A page of at most `rows` rows out of what was found, which is one more when there is more.
    pub(crate) fn cut<O: Order>(mut items: Vec<T>, rows: usize, tag: u8, order: impl Fn(&T) -> O) -> Self {
        let more = items.len() > rows;
        items.truncate(rows);
        let next = items.last().filter(|_| more).map(|last| cursor(tag, &order(last)));
        Self { items, next }
    }
}
