//! The change feed: everything that happened, in the order in which it was committed.

use domain::{AlbumId, AssetId, ContentHash, DeviceId, EntryId, SpaceId, TimestampMs, UserId};

use crate::error::{Result, unfinished};
use crate::tx::Tx;
use crate::words::words;

words! {
    /// What happened.
    ChangeKind {
        /// A file or folder came.
        EntryAdded = "entry-added",
        /// A file or folder was renamed or moved.
        EntryChanged = "entry-changed",
        /// A file or folder went into the trash.
        EntryTrashed = "entry-trashed",
        /// A file or folder came back from the trash.
        EntryRestored = "entry-restored",
        /// A file or folder went for good.
        EntryPurged = "entry-purged",
        /// The last live file with this content in its Space went into the trash.
        ContentTrashed = "content-trashed",
        /// This content is live again in its Space.
        ContentRestored = "content-restored",
        /// The bytes of this content were found damaged or missing.
        ContentDamaged = "content-damaged",
        /// The bytes of damaged content are whole again.
        ContentRepaired = "content-repaired",
        /// A picture or video came.
        AssetAdded = "asset-added",
        /// Facts of an asset changed.
        AssetChanged = "asset-changed",
        /// An album was made, renamed, filled or emptied.
        AlbumChanged = "album-changed",
        /// An album was deleted.
        AlbumDeleted = "album-deleted",
        /// A device was added, renamed or retired.
        DeviceChanged = "device-changed",
        /// A Space or its members changed.
        SpaceChanged = "space-changed",
    }
}

/// Something that happened, before it has its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChange {
    /// What happened.
    pub kind: ChangeKind,
    /// When.
    pub at_ms: TimestampMs,
    /// In which Space: its members see it.
    pub space_id: Option<SpaceId>,
    /// Whose it is: that person sees it. Without a Space and a person everybody does.
    pub user_id: Option<UserId>,
    /// To which entry.
    pub entry_id: Option<EntryId>,
    /// To which asset.
    pub asset_id: Option<AssetId>,
    /// To which album.
    pub album_id: Option<AlbumId>,
    /// To which device.
    pub device_id: Option<DeviceId>,
    /// To which content.
    pub sha256: Option<ContentHash>,
}

impl NewChange {
    /// Something that happened, with nothing else said about it yet.
    pub const fn new(kind: ChangeKind, at_ms: TimestampMs) -> Self {
        Self {
            kind,
            at_ms,
            space_id: None,
            user_id: None,
            entry_id: None,
            asset_id: None,
            album_id: None,
            device_id: None,
            sha256: None,
        }
    }
}

/// Something that happened, in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its place in the feed: greater is later. Starts at 1, without gaps.
    pub sequence: i64,
    /// What happened.
    pub change: NewChange,
}

/// Whose eyes read the feed, and what they look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer<'a> {
    /// The person.
    pub user_id: UserId,
    /// The Spaces that the person may look into.
    pub spaces: &'a [SpaceId],
    /// Only `content-*`.
    pub content_only: bool,
}

/// A piece of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangePage {
    /// The changes, oldest first.
    pub changes: Vec<Change>,
    /// Ask again behind this place; it moves on even when nothing matched.
    pub next_after: i64,
    /// The newest place in the feed.
    pub newest: i64,
    /// Whether there is more to read right now.
    pub more: bool,
}

/// Writes down what happened; gives its place. In the same transaction as the fact, so that the
/// order of places is the order of commits.
pub async fn append(tx: &mut Tx, change: &NewChange) -> Result<i64> {
    unfinished((tx, change))
}

/// [`append`] for many, in the order given, without a query per change; gives the last place
/// (the newest one when there is nothing to write).
pub async fn append_many(tx: &mut Tx, changes: &[NewChange]) -> Result<i64> {
    unfinished((tx, changes))
}

/// What happened behind the place `after`, as far as the viewer may see it; at most `limit` changes. A
/// page looks at a bounded piece of the feed, so a page without changes may still have `more`.
pub async fn after(tx: &mut Tx, after: i64, limit: u32, viewer: &Viewer<'_>) -> Result<ChangePage> {
    unfinished((tx, after, limit, viewer))
}

/// The newest place in the feed; 0 when nothing has happened.
pub async fn newest(tx: &mut Tx) -> Result<i64> {
    unfinished(tx)
}
