//! Pictures and videos: one per Space and content, however often it is filed.

use domain::{AssetId, ContentHash, SpaceId, TimestampMs};

use crate::blobs::Blob;
use crate::error::{Result, unfinished};
use crate::page::{Listed, Page};
use crate::tx::Tx;
use crate::words::words;

words! {
    /// What an asset is.
    AssetKind {
        /// A still picture, moving ones such as GIF included.
        Picture = "picture",
        /// A video.
        Video = "video",
    }
}

/// A picture or video in a Space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// The asset's id.
    pub id: AssetId,
    /// The Space it is in.
    pub space_id: SpaceId,
    /// Its bytes.
    pub sha256: ContentHash,
    /// Picture or video.
    pub kind: AssetKind,
    /// How many bytes.
    pub size_bytes: u64,
    /// Its type, found by looking at its bytes.
    pub content_type: String,
    /// When it was taken, as well as the hub knows.
    pub taken_at_ms: TimestampMs,
    /// When it came to the hub.
    pub created_at_ms: TimestampMs,
    /// Since when no live entry shows it.
    pub trashed_at_ms: Option<TimestampMs>,
    /// When its bytes were last read again and found right.
    pub proven_at_ms: Option<TimestampMs>,
}

/// What is written for a picture or video that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAsset {
    /// A fresh id, used when the asset is new.
    pub id: AssetId,
    /// The Space it is in.
    pub space_id: SpaceId,
    /// Its bytes; the blob's row must exist.
    pub sha256: ContentHash,
    /// Picture or video.
    pub kind: AssetKind,
    /// When it was taken, as well as the hub knows.
    pub taken_at_ms: TimestampMs,
    /// Now.
    pub now_ms: TimestampMs,
}

/// Finds or adds the asset of a Space and content; `true` when it is new. An asset that was in the
/// trash is live again (the caller files an entry in the same transaction); its facts stay.
pub async fn upsert(tx: &mut Tx, asset: &NewAsset) -> Result<(AssetId, bool)> {
    unfinished((tx, asset))
}

/// [`upsert`] for many, in the order given, without a query per asset. One content may come
/// twice; it is then new once.
pub async fn upsert_many(tx: &mut Tx, assets: &[NewAsset]) -> Result<Vec<(AssetId, bool)>> {
    unfinished((tx, assets))
}

/// An asset, live or in the trash.
pub async fn get(tx: &mut Tx, id: AssetId) -> Result<Option<Asset>> {
    unfinished((tx, id))
}

/// The assets of a Space with these contents, live or in the trash, in no order.
pub async fn by_hashes(tx: &mut Tx, space_id: SpaceId, hashes: &[ContentHash]) -> Result<Vec<Asset>> {
    unfinished((tx, space_id, hashes))
}

/// The live assets of some Spaces, newest first (by when they were taken, then by id).
pub async fn by_time(tx: &mut Tx, spaces: &[SpaceId], page: &Page) -> Result<Listed<Asset>> {
    unfinished((tx, spaces, page))
}

/// The bytes of an asset.
pub async fn blob_of(tx: &mut Tx, id: AssetId) -> Result<Option<Blob>> {
    unfinished((tx, id))
}

/// Corrects when an asset was taken, also in the order of its albums. False when there is no such asset.
pub async fn set_taken(tx: &mut Tx, id: AssetId, taken_at_ms: TimestampMs) -> Result<bool> {
    unfinished((tx, id, taken_at_ms))
}
