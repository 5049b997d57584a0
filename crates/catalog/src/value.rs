//! What is bound to a statement's parameters, the same for both engines.

use std::borrow::Cow;

use domain::{
    AlbumId, AssetId, ContentHash, DecisionId, DeviceId, EntryId, InstallationId, JobId, Sha1Hash, SpaceId,
    TokenId, UploadId, UserId,
};

/// A parameter. Each kind keeps its type when it is absent, because PostgreSQL asks for it.
#[derive(Debug, Clone)]
pub(crate) enum Value<'a> {
    Bytes(Option<Cow<'a, [u8]>>),
    Text(Option<Cow<'a, str>>),
    Number(Option<i64>),
}

macro_rules! from_bytes {
    ($($name:ident)*) => {$(
        impl From<$name> for Value<'_> {
            fn from(value: $name) -> Self {
                Self::Bytes(Some(Cow::Owned(value.as_bytes().to_vec())))
            }
        }
        impl From<Option<$name>> for Value<'_> {
            fn from(value: Option<$name>) -> Self {
                Self::Bytes(value.map(|value| Cow::Owned(value.as_bytes().to_vec())))
            }
        }
        impl Key for $name {
            fn from_column(bytes: &[u8]) -> Option<Self> {
                Self::from_slice(bytes)
            }
        }
    )*};
}

/// A value that stands in a column as its bytes.
pub(crate) trait Key: Sized {
    fn from_column(bytes: &[u8]) -> Option<Self>;
}

from_bytes! {
    AlbumId AssetId DecisionId DeviceId EntryId InstallationId JobId SpaceId TokenId UploadId UserId ContentHash Sha1Hash
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Bytes(Some(Cow::Borrowed(value)))
    }
}

impl<'a> From<Option<&'a [u8]>> for Value<'a> {
    fn from(value: Option<&'a [u8]>) -> Self {
        Self::Bytes(value.map(Cow::Borrowed))
    }
}

impl From<Vec<u8>> for Value<'_> {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(Some(Cow::Owned(value)))
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(Some(Cow::Borrowed(value)))
    }
}

impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(value: Option<&'a str>) -> Self {
        Self::Text(value.map(Cow::Borrowed))
    }
}

impl From<String> for Value<'_> {
    fn from(value: String) -> Self {
        Self::Text(Some(Cow::Owned(value)))
    }
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::Number(Some(value))
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(value: Option<i64>) -> Self {
        Self::Number(value)
    }
}

/// Sizes and counts. What does not fit in 63 bits is as large as can be: no disk holds it.
impl From<u64> for Value<'_> {
    fn from(value: u64) -> Self {
        Self::Number(Some(i64::try_from(value).unwrap_or(i64::MAX)))
    }
}

impl From<Option<u64>> for Value<'_> {
    fn from(value: Option<u64>) -> Self {
        Self::Number(value.map(|value| i64::try_from(value).unwrap_or(i64::MAX)))
    }
}

/// How many rows a statement may give.
impl From<usize> for Value<'_> {
    fn from(value: usize) -> Self {
        Self::Number(Some(i64::try_from(value).unwrap_or(i64::MAX)))
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Self::Number(Some(i64::from(value)))
    }
}
