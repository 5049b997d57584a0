//! The words and rules of Albumen: what an id, a hash, a name and a permission are.
//!
//! Nothing in here touches a disk, a socket, a database or the wall clock by itself. Both the
//! hub and the devices use this crate, so it stays pure Rust and small.

pub mod access;
pub mod clock;
pub mod hash;
pub mod id;
pub mod month;
pub mod name;
#[cfg(feature = "openapi")]
mod openapi;
pub mod path;
pub mod random;
pub mod stem;

pub use access::{Action, Role, SpaceKind, SpaceRole};
pub use clock::{Clock, SystemClock, TimestampMs};
pub use hash::{ContentHash, Hashes, Sha1Hash, TwinHasher};
pub use id::{
    AlbumId, AssetId, DecisionId, DeviceId, EntryId, HubId, Ids, InstallationId, JobId, SpaceId, TokenId,
    UploadId, UserId,
};
pub use month::{Month, MonthError};
pub use name::Name;
pub use path::FolderPath;
pub use random::{OsRandom, Random};
