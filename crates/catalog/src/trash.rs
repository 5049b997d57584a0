//! Trash, restore, purge.

use domain::{AssetId, ContentHash, EntryId, FolderPath, Ids, SpaceId, TimestampMs, UserId};

use crate::entries::Entry;
use crate::error::{Result, unfinished};
use crate::page::{Listed, Page};
use crate::tx::Tx;

/// What went into the trash.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trashed {
    /// Files that went, the deleted one counted.
    pub files: u64,
    /// Folders that went, the deleted one counted.
    pub folders: u64,
    /// Contents whose last live file in the Space went; each has a tombstone now.
    pub contents: Vec<ContentHash>,
}

/// A deleted item, with all that went with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrashedEntry {
    /// What was deleted.
    pub entry: Entry,
    /// The folder that it was in.
    pub folder: FolderPath,
    /// Files that would come back or go with it, itself counted.
    pub files: u64,
}

/// What came back from the trash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Where it is now: its folder.
    pub folder_id: EntryId,
    /// Its name now, numbered when its old one was taken meanwhile.
    pub name: String,
    /// Folders that were made again because the old ones are gone, outermost first.
    pub made_folders: Vec<EntryId>,
    /// Files that came back.
    pub files: u64,
    /// Contents that are live again in the Space and were not; their tombstones are gone.
    pub contents: Vec<ContentHash>,
}

/// What went for good.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Purged {
    /// Files and folders that went.
    pub entries: u64,
    /// Assets that no entry shows any more; their rows are gone, also from albums.
    pub assets: Vec<AssetId>,
    /// Blobs that nothing names any more; they are `Deleting` now.
    pub blobs: Vec<ContentHash>,
}

/// Puts a live entry and all live entries below it into the trash. Contents and assets whose last
/// live file in the Space this was get a tombstone and are marked. `NotFound` when it is not live,
/// `RootStays`.
pub async fn trash(tx: &mut Tx, id: EntryId, by: UserId, now_ms: TimestampMs) -> Result<Trashed> {
    unfinished((tx, id, by, now_ms))
}

/// The deleted items of a Space, last deleted first. What went with a folder is not listed by itself.
pub async fn list(tx: &mut Tx, space_id: SpaceId, page: &Page) -> Result<Listed<TrashedEntry>> {
    unfinished((tx, space_id, page))
}

/// Brings a deleted item back with all that went with it: to its folder when that lives, else to
/// the same path, made again. A name that was taken meanwhile gets a number. Assets and contents
/// are live again, tombstones are cleared. `NotFound` when it is not a deleted item.
pub async fn restore(tx: &mut Tx, ids: &Ids, id: EntryId, now_ms: TimestampMs) -> Result<Restored> {
    unfinished((tx, ids, id, now_ms))
}

/// Deletes a deleted item for good with all that went with it. What was deleted by itself earlier
/// below it stays in the trash. Tombstones stay. `NotFound` when it is not a deleted item.
pub async fn purge(tx: &mut Tx, id: EntryId, now_ms: TimestampMs) -> Result<Purged> {
    unfinished((tx, id, now_ms))
}

/// Items that were deleted before `before_ms`, longest ago first, at most `limit`.
pub async fn expired(tx: &mut Tx, before_ms: TimestampMs, limit: u32) -> Result<Vec<(SpaceId, EntryId)>> {
    unfinished((tx, before_ms, limit))
}
