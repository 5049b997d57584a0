//! Where a device's items come from. A source states facts and opens bytes; it decides nothing.

pub mod fake;
pub mod folder;
mod local_id;
mod media_kinds;
mod twin_read;

use std::fmt::Debug;
use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncSeek};

pub use local_id::LocalId;
pub(crate) use local_id::{name_bytes, os_name};
pub use media_kinds::{is_media, is_sidecar};
pub use twin_read::{HashFailure, Hashed, hash};

/// One source of this device. Given once, never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceId(pub u32);

/// What tells two versions of one item apart without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Facts {
    /// Length.
    pub size_bytes: u64,
    /// Last change, nanoseconds since 1970; negative before.
    pub modified_at_ns: i64,
    /// Which file it is on its file system, where that can be told: hard links share it.
    pub file: Option<FileId>,
}

impl Facts {
    /// Whether length and time of change are the same.
    pub const fn same_version(&self, other: &Self) -> bool {
        self.size_bytes == other.size_bytes && self.modified_at_ns == other.modified_at_ns
    }

    /// The time of change as the hub keeps it.
    pub const fn modified_at_ms(&self) -> i64 {
        self.modified_at_ns.div_euclid(1_000_000)
    }
}

/// Device and inode number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileId {
    /// The file system.
    pub device: u64,
    /// The file on it.
    pub inode: u64,
}

/// One item seen by a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// Which item, below its source. Its folder is its device album.
    pub local: LocalId,
    /// What was seen of it.
    pub facts: Facts,
}

/// What a scan meets, one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Glimpse {
    /// An item.
    Item(Sighting),
    /// A file that is no picture or video, or nothing that has bytes: counted, not kept.
    LeftOut(LocalId),
    /// A link that leads nowhere: there are no bytes to keep.
    LeadsNowhere(LocalId),
    /// A file or folder that the system does not let us look at, with the system's words.
    Unreadable(LocalId, String),
}

/// What a scan yields. In strictly ascending order of [`LocalId`]; an error ends it: the source as a
/// whole is not there (a card that was pulled out, a folder that was deleted).
pub type Scan = Box<dyn Iterator<Item = io::Result<Glimpse>> + Send>;

/// Bytes of an opened item.
pub trait ReadSeek: AsyncRead + AsyncSeek + Send + Unpin {}

impl<T: AsyncRead + AsyncSeek + Send + Unpin> ReadSeek for T {}

/// An opened item. The facts are those of the opened file itself, not of its name.
#[async_trait]
pub trait OpenItem: Send {
    /// Facts of what is open, as they are now.
    async fn facts(&self) -> io::Result<Facts>;

    /// Gives up the item for its bytes.
    fn into_bytes(self: Box<Self>) -> Box<dyn ReadSeek>;
}

/// An opened item for one blocking read from start to end, as hashing does it.
pub trait BlockingItem: Send {
    /// Facts of what is open, as they are now.
    fn facts(&self) -> io::Result<Facts>;

    /// Reads the next bytes; 0 at the end.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize>;
}

/// One place that albums come from: a folder tree, later a phone's gallery.
#[async_trait]
pub trait Source: Send + Sync + Debug {
    /// Its id in the settings.
    fn id(&self) -> SourceId;

    /// Its short name: its root album is called so, and albums of two sources are told apart by it.
    fn name(&self) -> String;

    /// Where it is, as a person would say it.
    fn place(&self) -> String;

    /// The whole path of an item, as a person would say it.
    fn describe(&self, local: &LocalId) -> String;

    /// Looks at everything, lazily: nothing is opened, and only one folder is held at a time.
    /// Blocks; call it off the runtime.
    fn scan(&self) -> Scan;

    /// Facts of an item as they are now. Blocks.
    fn facts(&self, local: &LocalId) -> io::Result<Facts>;

    /// Whether a folder is there and holds a file that a person can see. `false` where it cannot be
    /// looked at: an item that is gone from such a folder may be gone with its disk. Blocks.
    fn holds_files(&self, folder: &LocalId) -> bool;

    /// Opens an item for hashing. Blocks.
    fn open_blocking(&self, local: &LocalId) -> io::Result<Box<dyn BlockingItem>>;

    /// Opens an item for sending. `NotFound` when it vanished.
    async fn open(&self, local: &LocalId) -> io::Result<Box<dyn OpenItem>>;
}

/// The source with this id.
pub fn find(sources: &[Arc<dyn Source>], id: SourceId) -> Option<&Arc<dyn Source>> {
    sources.iter().find(|source| source.id() == id)
}
