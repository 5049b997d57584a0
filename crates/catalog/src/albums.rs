//! Albums: named sets of assets.

use domain::{AlbumId, AssetId, Name, SpaceId, TimestampMs};

use crate::assets::Asset;
use crate::error::{Result, unfinished};
use crate::page::{Listed, Page};
use crate::tx::Tx;

/// A named set of assets of one Space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Album {
    /// The album's id.
    pub id: AlbumId,
    /// The Space it is in.
    pub space_id: SpaceId,
    /// Its name; its NFC form is unique in the Space.
    pub name: Name,
    /// How many live assets it shows.
    pub asset_count: u64,
    /// Since when it exists.
    pub created_at_ms: TimestampMs,
    /// When it was last renamed, filled or emptied.
    pub changed_at_ms: TimestampMs,
}

/// Makes an album. `NameTaken` when the Space has one of that name.
pub async fn create(
    tx: &mut Tx,
    id: AlbumId,
    space_id: SpaceId,
    name: &Name,
    now_ms: TimestampMs,
) -> Result<Album> {
    unfinished((tx, id, space_id, name, now_ms))
}

/// An album.
pub async fn get(tx: &mut Tx, id: AlbumId) -> Result<Option<Album>> {
    unfinished((tx, id))
}

/// The album of a Space with this name, compared in NFC form.
pub async fn by_name(tx: &mut Tx, space_id: SpaceId, name: &Name) -> Result<Option<Album>> {
    unfinished((tx, space_id, name))
}

/// Finds or makes the album of that name; `true` when it is new (it then has the id `fresh`).
pub async fn ensure(
    tx: &mut Tx,
    fresh: AlbumId,
    space_id: SpaceId,
    name: &Name,
    now_ms: TimestampMs,
) -> Result<(AlbumId, bool)> {
    unfinished((tx, fresh, space_id, name, now_ms))
}

/// Renames an album. False when there is no such album; `NameTaken`.
pub async fn rename(tx: &mut Tx, id: AlbumId, name: &Name, now_ms: TimestampMs) -> Result<bool> {
    unfinished((tx, id, name, now_ms))
}

/// Deletes an album; its assets stay. False when there is no such album.
pub async fn delete(tx: &mut Tx, id: AlbumId) -> Result<bool> {
    unfinished((tx, id))
}

/// The albums of some Spaces, by name.
pub async fn list(tx: &mut Tx, spaces: &[SpaceId], page: &Page) -> Result<Listed<Album>> {
    unfinished((tx, spaces, page))
}

/// Adds assets to an album; says how many were not in it. Assets of another Space, or that do not
/// exist, are left out. `NotFound` when there is no such album.
pub async fn add_assets(tx: &mut Tx, id: AlbumId, assets: &[AssetId], now_ms: TimestampMs) -> Result<u64> {
    unfinished((tx, id, assets, now_ms))
}

/// Takes assets out of an album; says how many were in it. Nothing is deleted.
pub async fn remove_assets(tx: &mut Tx, id: AlbumId, assets: &[AssetId], now_ms: TimestampMs) -> Result<u64> {
    unfinished((tx, id, assets, now_ms))
}

/// The live assets of an album, newest first (by when they were taken, then by id).
pub async fn items(tx: &mut Tx, id: AlbumId, page: &Page) -> Result<Listed<Asset>> {
    unfinished((tx, id, page))
}
