//! The change feed: everything that happened, in the order in which it was committed.

use domain::{AlbumId, AssetId, ContentHash, DeviceId, EntryId, SpaceId, TimestampMs, UserId};

use crate::error::Result;
use crate::row::Row;
use crate::sql::changes as sql;
use crate::tx::{Tx, query};
use crate::value::Value;
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
    /// When what stands at some places happened: at the asked one, at `next_after`, at `newest`. A feed
    /// that was restored from an older copy and has grown since tells other times for the same places.
    pub times: Vec<(i64, TimestampMs)>,
}

/// Writes down what happened; gives its place. In the same transaction as the fact, so that the
/// order of places is the order of commits.
pub async fn append(tx: &mut Tx, change: &NewChange) -> Result<i64> {
    append_many(tx, std::slice::from_ref(change)).await
}

/// [`append`] for many, in the order given, without a query per change; gives the last place
/// (the newest one when there is nothing to write).
pub async fn append_many(tx: &mut Tx, changes: &[NewChange]) -> Result<i64> {
    if changes.is_empty() {
        return newest(tx).await;
    }
    let last = query(sql::TAKE_PLACES).bind(changes.len()).one(tx).await?.number("value")?;
    let mut sequence = last - i64::try_from(changes.len()).unwrap_or(i64::MAX);
    for chunk in changes.chunks(INSERT_ROWS) {
        let rows = chunk.iter().flat_map(|change| {
            sequence += 1;
            values_of(sequence, change)
        });
        let rows: Vec<_> = rows.collect();
        query(sql::INSERT).rows(10, rows).run(tx).await?;
    }
    Ok(last)
}

/// What happened behind the place `after`, as far as the viewer may see it; at most `limit` changes. A
/// page looks at a bounded piece of the feed, so a page without changes may still have `more`.
pub async fn after(tx: &mut Tx, after: i64, limit: u32, viewer: &Viewer<'_>) -> Result<ChangePage> {
    let newest = newest(tx).await?;
    let limit = limit.clamp(1, crate::page::PAGE_MAX);
    let until = newest.min(after.max(0).saturating_add(LOOK_AT));
    let nowhere = [SpaceId::from_bytes([0; 16])];
    let spaces = if viewer.spaces.is_empty() { &nowhere[..] } else { viewer.spaces };
    let rows = query(sql::AFTER)
        .bind(after)
        .bind(until)
        .bind(viewer.user_id)
        .bind(viewer.content_only)
        .bind(i64::from(limit))
        .list(spaces)
        .all(tx)
        .await?;
    let changes: Vec<Change> = rows.iter().map(change_of).collect::<Result<_>>()?;
    let full = changes.len() >= limit as usize;
    let next_after = changes.last().filter(|_| full).map_or(until.max(after), |last| last.sequence);
    let mut places = vec![after, next_after, newest];
    places.sort_unstable();
    places.dedup();
    let times = query(sql::TIMES).list(&places).all(tx).await?;
    let times =
        times.iter().map(|row| Ok((row.number("sequence")?, row.number("at_ms")?))).collect::<Result<_>>()?;
    Ok(ChangePage { changes, next_after, newest, more: next_after < newest, times })
}

/// The newest place in the feed; 0 when nothing has happened.
pub async fn newest(tx: &mut Tx) -> Result<i64> {
    query(sql::NEWEST).one(tx).await?.number("value")
}

/// How many places of the feed one page looks at, at most.
const LOOK_AT: i64 = 20_000;

/// How many changes one statement adds.
const INSERT_ROWS: usize = 64;

fn values_of(sequence: i64, change: &NewChange) -> [Value<'static>; 10] {
    [
        sequence.into(),
        change.kind.as_str().into(),
        change.at_ms.into(),
        change.space_id.into(),
        change.user_id.into(),
        change.entry_id.into(),
        change.asset_id.into(),
        change.album_id.into(),
        change.device_id.into(),
        change.sha256.into(),
    ]
}

fn change_of(row: &Row) -> Result<Change> {
    let change = NewChange {
        kind: row.word("kind", ChangeKind::from_word)?,
        at_ms: row.number("at_ms")?,
        space_id: row.key_or_none("space_id")?,
        user_id: row.key_or_none("user_id")?,
        entry_id: row.key_or_none("entry_id")?,
        asset_id: row.key_or_none("asset_id")?,
        album_id: row.key_or_none("album_id")?,
        device_id: row.key_or_none("device_id")?,
        sha256: row.key_or_none("sha256")?,
    };
    Ok(Change { sequence: row.number("sequence")?, change })
}
