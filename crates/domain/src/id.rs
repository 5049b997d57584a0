//! Every id has its own type, so that the compiler refuses a user id where a Space id belongs.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::{Clock, Random};

/// A text that is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id: expected a UUID such as 0190d1f2-7e5a-7c3b-9a4d-2f6e8b1c0a57")]
pub struct ParseIdError;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// Wraps the 16 bytes as they stand in the catalog.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// Reads an id from a catalog column; `None` unless there are exactly 16 bytes.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }

            /// The 16 bytes as they stand in the catalog.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                Uuid::from_bytes(self.0).as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                Uuid::try_parse(text).map(|uuid| Self(uuid.into_bytes())).map_err(|_| ParseIdError)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                std::borrow::Cow::<'de, str>::deserialize(deserializer)?
                    .parse()
                    .map_err(serde::de::Error::custom)
            }
        }

        impl NewId for $name {
            fn from_uuid_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }
        }
    )*};
}

ids! {
    /// A named set of assets.
    AlbumId;
    /// A picture or video in a Space.
    AssetId;
    /// What a person decided about pictures that are one item, or are not.
    DecisionId;
    /// A phone, tablet or computer that backs up.
    DeviceId;
    /// A place in a Space's tree: a folder or a file.
    EntryId;
    /// One hub's catalog from its first start on. A hub that starts over has another one, and
    /// devices then trust nothing that they remembered.
    HubId;
    /// One installation of the device program, made by the device itself on first use.
    InstallationId;
    /// A piece of background work.
    JobId;
    /// An area with members.
    SpaceId;
    /// A credential (not the secret itself).
    TokenId;
    /// An upload from begin to finish.
    UploadId;
    /// A person with an account.
    UserId;
}

/// What [`Ids`] can make. Implemented by the id types of this module only.
pub trait NewId {
    #[doc(hidden)]
    fn from_uuid_bytes(bytes: [u8; 16]) -> Self;
}

/// Makes new ids: UUID version 7 (RFC 9562 §5.7), so that ids sort by the time they were made.
#[derive(Debug, Clone)]
pub struct Ids {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl Ids {
    /// Ids whose time part comes from `clock` and whose other 74 bits come from `random`.
    pub fn new(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { clock, random }
    }

    /// A fresh id of the wanted kind.
    pub fn fresh<T: NewId>(&self) -> T {
        let mut bytes = [0u8; 16];
        self.random.fill(&mut bytes[6..]);
        let millis = u64::try_from(self.clock.now_ms()).unwrap_or(0);
        bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
        bytes[6] = (bytes[6] & 0x0f) | 0x70;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        T::from_uuid_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OsRandom, SystemClock};

    fn ids() -> Ids {
        Ids::new(Arc::new(SystemClock), Arc::new(OsRandom))
    }

    #[test]
    fn fresh_ids_are_version_7_and_differ() {
        let (a, b): (AssetId, AssetId) = (ids().fresh(), ids().fresh());
        assert_ne!(a, b);
        assert_eq!(Uuid::from_bytes(*a.as_bytes()).get_version_num(), 7);
    }

    #[test]
    fn text_and_json_go_there_and_back() {
        let id: SpaceId = ids().fresh();
        assert_eq!(id.to_string().parse::<SpaceId>(), Ok(id));
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(serde_json::from_str::<SpaceId>(&json).unwrap(), id);
    }

    #[test]
    fn nonsense_is_refused() {
        assert_eq!("not-an-id".parse::<UserId>(), Err(ParseIdError));
        assert_eq!(UserId::from_slice(&[0; 15]), None);
    }
}
