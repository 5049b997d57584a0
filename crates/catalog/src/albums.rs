//! Albums: named sets of assets.

use domain::{AlbumId, AssetId, Name, SpaceId, TimestampMs};

use crate::assets::{Asset, asset_of, time_of};
use crate::error::{Error, Result};
use crate::names::name_key;
use crate::page::{ByIdAndBytes, ByTimeDown, Listed, Page};
use crate::row::Row;
use crate::sql::albums as sql;
use crate::terms;
use crate::timeline::{Moment, moment_of, with_marks};
use crate::tx::{LIST_MAX, Tx, query};

/// A named set of assets of one Space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Album {
    /// The album's id.
    pub id: AlbumId,
    /// The Space it is in.
    pub space_id: SpaceId,
    /// Its name; its NFC form is unique in the Space.
    pub name: Name,
    /// How many live items it shows.
    pub asset_count: u64,
    /// What it is shown with: its newest live asset.
    pub cover: Option<Cover>,
    /// Since when it exists.
    pub created_at_ms: TimestampMs,
    /// When it was last renamed, filled or emptied.
    pub changed_at_ms: TimestampMs,
}

/// What an album is shown with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    /// The asset.
    pub asset_id: AssetId,
    /// Its blurred miniature; `None` until somebody has looked into it.
    pub thumbhash: Option<Vec<u8>>,
}

/// Makes an album. `NameTaken` when the Space has one of that name.
pub async fn create(
    tx: &mut Tx,
    id: AlbumId,
    space_id: SpaceId,
    name: &Name,
    now_ms: TimestampMs,
) -> Result<Album> {
    let done = query(sql::INSERT)
        .bind(id)
        .bind(space_id)
        .bind(name.as_str())
        .bind(name_key(name))
        .bind(now_ms)
        .run(tx);
    done.await.map_err(|error| error.or_name_taken(name))?;
    terms::name_album(tx, space_id, id, name.as_str()).await?;
    get(tx, id).await?.ok_or(Error::NotFound("album"))
}

/// An album.
pub async fn get(tx: &mut Tx, id: AlbumId) -> Result<Option<Album>> {
    let row = query(sql::GET).bind(id).optional(tx).await?;
    row.as_ref().map(album_of).transpose()
}

/// The album of a Space with this name, compared in NFC form.
pub async fn by_name(tx: &mut Tx, space_id: SpaceId, name: &Name) -> Result<Option<Album>> {
    let row = query(sql::BY_NAME).bind(space_id).bind(name_key(name)).optional(tx).await?;
    row.as_ref().map(album_of).transpose()
}

/// Finds or makes the album of that name; `true` when it is new (it then has the id `fresh`).
pub async fn ensure(
    tx: &mut Tx,
    fresh: AlbumId,
    space_id: SpaceId,
    name: &Name,
    now_ms: TimestampMs,
) -> Result<(AlbumId, bool)> {
    let standing = query(sql::ID_BY_NAME).bind(space_id).bind(name_key(name)).optional(tx).await?;
    if let Some(row) = standing {
        return Ok((row.key("id")?, false));
    }
    create(tx, fresh, space_id, name, now_ms).await?;
    Ok((fresh, true))
}

/// Renames an album. False when there is no such album; `NameTaken`.
pub async fn rename(tx: &mut Tx, id: AlbumId, name: &Name, now_ms: TimestampMs) -> Result<bool> {
    let done = query(sql::RENAME).bind(id).bind(name.as_str()).bind(name_key(name)).bind(now_ms).changed(tx);
    let renamed = done.await.map_err(|error| error.or_name_taken(name))?;
    if let Some(album) = get(tx, id).await? {
        terms::name_album(tx, album.space_id, id, name.as_str()).await?;
    }
    Ok(renamed)
}

/// Deletes an album; its assets stay. False when there is no such album.
pub async fn delete(tx: &mut Tx, id: AlbumId) -> Result<bool> {
    query(sql::DELETE).bind(id).changed(tx).await
}

/// The albums of some Spaces, by name.
pub async fn list(tx: &mut Tx, spaces: &[SpaceId], page: &Page) -> Result<Listed<Album>> {
    let ByIdAndBytes(id, name) = page.start(TAG)?;
    if spaces.is_empty() {
        return Ok(Listed { items: Vec::new(), next: None });
    }
    let rows = query(sql::LIST)
        .bind(name)
        .bind(id)
        .bind(page.rows() + 1)
        .list(&spaces[..spaces.len().min(LIST_MAX)])
        .all(tx)
        .await?;
    let albums = rows.iter().map(album_of).collect::<Result<_>>()?;
    Ok(Listed::cut(albums, page.rows(), TAG, |album: &Album| {
        ByIdAndBytes(album.id.as_bytes().to_vec(), name_key(&album.name))
    }))
}

/// Adds assets to an album; says how many items were not in it. A part stands for its item, which counts
/// once. Assets of another Space, or that do not exist, are left out. `NotFound` when there is no such album.
pub async fn add_assets(tx: &mut Tx, id: AlbumId, assets: &[AssetId], now_ms: TimestampMs) -> Result<u64> {
    if !query(sql::TOUCH).bind(id).bind(now_ms).changed(tx).await? {
        return Err(Error::NotFound("album"));
    }
    let mut added = 0;
    for chunk in assets.chunks(LIST_MAX) {
        added += query(sql::ADD).bind(id).bind(now_ms).list(chunk).run(tx).await?;
    }
    Ok(added)
}

/// Takes items out of an album, each named by its lead or any part; says how many were in it. Nothing is
/// deleted.
pub async fn remove_assets(tx: &mut Tx, id: AlbumId, assets: &[AssetId], now_ms: TimestampMs) -> Result<u64> {
    let mut removed = 0;
    for chunk in assets.chunks(LIST_MAX) {
        query(sql::REMOVE_PARTS).bind(id).list(chunk).run(tx).await?;
        removed += query(sql::REMOVE).bind(id).list(chunk).run(tx).await?;
    }
    if removed > 0 {
        query(sql::TOUCH).bind(id).bind(now_ms).run(tx).await?;
    }
    Ok(removed)
}

/// The live items of an album, newest first (by when they were taken, then by id).
pub async fn items(tx: &mut Tx, id: AlbumId, page: &Page) -> Result<Listed<Asset>> {
    let ByTimeDown(before_ms, before_id) = page.start(TAG_ITEMS)?;
    let rows =
        query(sql::ITEMS).bind(id).bind(before_ms).bind(before_id).bind(page.rows() + 1).all(tx).await?;
    let assets = rows.iter().map(asset_of).collect::<Result<_>>()?;
    Ok(Listed::cut(assets, page.rows(), TAG_ITEMS, time_of))
}

/// The same as a timeline shows them.
pub async fn moments(tx: &mut Tx, id: AlbumId, page: &Page) -> Result<Listed<Moment>> {
    let ByTimeDown(before_ms, before_id) = page.start(TAG_MOMENTS)?;
    let rows =
        query(sql::MOMENTS).bind(id).bind(before_ms).bind(before_id).bind(page.rows() + 1).all(tx).await?;
    let moments = rows.iter().map(moment_of).collect::<Result<_>>()?;
    let order = |moment: &Moment| ByTimeDown(moment.taken_at_ms, moment.id.as_bytes().to_vec());
    with_marks(tx, Listed::cut(moments, page.rows(), TAG_MOMENTS, order)).await
}

/// Which list a cursor is of.
const TAG: u8 = b'l';
const TAG_ITEMS: u8 = b'i';
const TAG_MOMENTS: u8 = b'o';

fn album_of(row: &Row) -> Result<Album> {
    let cover = match row.key_or_none("cover_id")? {
        Some(asset_id) => Some(Cover { asset_id, thumbhash: row.bytes_or_none("cover_thumbhash")? }),
        None => None,
    };
    Ok(Album {
        id: row.key("id")?,
        space_id: row.key("space_id")?,
        name: row.name("name")?,
        asset_count: row.count("asset_count")?,
        cover,
        created_at_ms: row.number("created_at_ms")?,
        changed_at_ms: row.number("changed_at_ms")?,
    })
}
