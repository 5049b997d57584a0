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
pub use media_kinds::{is_media, is_sidecar, is_video};
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
    /// Last change of the bytes, nanoseconds since 1970; negative before. Any program can set it.
    pub modified_at_ns: i64,
    /// Last change of anything about the file, its name and rights included, nanoseconds since 1970. The
    /// system keeps it (ctime on Unix) and no program can set it. `None` where there is no such time, and
    /// in what ledgers of earlier versions remember.
    pub changed_at_ns: Option<i64>,
    /// Which file it is on its file system, where that can be told: hard links share it.
    pub file: Option<FileId>,
}

impl Facts {
    /// Whether length and time of change are the same: the file looks unchanged, unless somebody took
    /// care that it does.
    pub const fn looks_like(&self, other: &Self) -> bool {
        self.size_bytes == other.size_bytes && self.modified_at_ns == other.modified_at_ns
    }

    /// Whether these facts and the `later` ones are of the same bytes. A program that changes a file in
    /// place and sets its time of change back is found out by the time that the system keeps. That time
    /// also moves when a file is renamed, linked or gets other rights: reading it again then tells.
    ///
    /// Where either side has no such time, the rest decides. So it does where the system's time is the
    /// time of change itself: nothing can have happened after that, and file systems that keep no second
    /// time (the FAT family, on cards) show the first in its place after each mount.
    pub const fn same_version(&self, later: &Self) -> bool {
        let untouched = match (self.changed_at_ns, later.changed_at_ns) {
            (Some(then), Some(now)) => then == now || now == later.modified_at_ns,
            _ => true,
        };
        untouched && self.looks_like(later)
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
    /// A file that the system does not let us look at, with the system's words.
    Unreadable(LocalId, String),
    /// A folder that the system does not let us list, with the system's words. What is below it stays
    /// unknown.
    UnreadableFolder(LocalId, String),
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

    /// The folder, or the nearest one above it that is there, and the file system that it is on, as
    /// [`FileId::device`] tells it; `None` where this cannot be told. An error when what is there cannot be
    /// looked at, or nothing is left of the source. Blocks.
    fn nearest(&self, folder: &LocalId) -> io::Result<(LocalId, Option<u64>)>;

    /// Opens an item for hashing. Blocks.
    fn open_blocking(&self, local: &LocalId) -> io::Result<Box<dyn BlockingItem>>;

    /// Opens an item for sending. `NotFound` when it vanished.
    async fn open(&self, local: &LocalId) -> io::Result<Box<dyn OpenItem>>;
}

/// The source with this id.
pub fn find(sources: &[Arc<dyn Source>], id: SourceId) -> Option<&Arc<dyn Source>> {
    sources.iter().find(|source| source.id() == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_certainly_was_not_touched_is_the_same_version() {
        let facts = |modified_at_ns, changed_at_ns| Facts {
            size_bytes: 1,
            modified_at_ns,
            changed_at_ns,
            file: Some(FileId { device: 1, inode: 1 }),
        };
        for (then, now, same) in [
            (facts(5, Some(9)), facts(5, Some(9)), true),
            (facts(5, Some(9)), facts(5, Some(10)), false),
            (facts(5, Some(5)), facts(5, Some(10)), false),
            (facts(5, Some(9)), facts(6, Some(9)), false),
            // A card, attached again: its file system keeps one time only.
            (facts(5, Some(9)), facts(5, Some(5)), true),
            // A ledger of an earlier version, and a system without such a time.
            (facts(5, None), facts(5, Some(10)), true),
            (facts(5, Some(9)), facts(5, None), true),
            (facts(5, None), facts(6, None), false),
        ] {
            assert_eq!(then.same_version(&now), same, "{then:?} {now:?}");
        }
        let longer = Facts { size_bytes: 2, ..facts(5, Some(9)) };
        assert!(!facts(5, Some(9)).same_version(&longer) && !facts(5, Some(9)).looks_like(&longer));
    }
}
