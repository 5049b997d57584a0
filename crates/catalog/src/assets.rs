//! Pictures and videos: one per Space and content, however often it is filed.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use domain::{AssetId, ContentHash, Month, SpaceId, TimestampMs};

use crate::blobs::Blob;
use crate::error::{Error, Result};
use crate::items::PartOf;
use crate::page::{ByTimeDown, Listed, Page};
use crate::row::Row;
use crate::sql::assets as sql;
use crate::tx::{LIST_MAX, Tx, query};
use crate::value::Value;
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
    /// The item whose part it is; `None` for what leads one, or stands alone.
    pub part_of: Option<PartOf>,
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
    let mut found = upsert_many(tx, std::slice::from_ref(asset)).await?;
    found.pop().ok_or(Error::NotFound("asset"))
}

/// [`upsert`] for many, in the order given, without a query per asset. One content may come
/// twice; it is then new once.
pub async fn upsert_many(tx: &mut Tx, assets: &[NewAsset]) -> Result<Vec<(AssetId, bool)>> {
    let mut standing = standing_of(tx, assets).await?;
    let mut answers = Vec::with_capacity(assets.len());
    let mut fresh = Vec::new();
    let mut revived = Vec::new();
    for asset in assets {
        let known = standing.entry((asset.space_id, asset.sha256));
        answers.push(match known {
            Entry::Occupied(mut known) => {
                let known = known.get_mut();
                if known.in_trash {
                    known.in_trash = false;
                    revived.push(known.id);
                }
                (known.id, false)
            }
            Entry::Vacant(place) => {
                place.insert(Standing { id: asset.id, in_trash: false });
                fresh.push(asset);
                (asset.id, true)
            }
        });
    }
    for chunk in fresh.chunks(INSERT_ROWS) {
        query(sql::INSERT).rows(8, chunk.iter().flat_map(|asset| values_of(asset))).run(tx).await?;
    }
    for chunk in revived.chunks(LIST_MAX) {
        query(sql::REVIVE).list(chunk).run(tx).await?;
    }
    Ok(answers)
}

/// An asset, live or in the trash.
pub async fn get(tx: &mut Tx, id: AssetId) -> Result<Option<Asset>> {
    let row = query(sql::GET).bind(id).optional(tx).await?;
    row.as_ref().map(asset_of).transpose()
}

/// The assets of a Space with these contents, live or in the trash, in no order.
pub async fn by_hashes(tx: &mut Tx, space_id: SpaceId, hashes: &[ContentHash]) -> Result<Vec<Asset>> {
    let mut assets = Vec::new();
    for chunk in hashes.chunks(LIST_MAX) {
        for row in query(sql::BY_HASHES).bind(space_id).list(chunk).all(tx).await? {
            assets.push(asset_of(&row)?);
        }
    }
    Ok(assets)
}

/// The live assets of some Spaces, newest first (by when they were taken, then by id).
pub async fn by_time(tx: &mut Tx, spaces: &[SpaceId], page: &Page) -> Result<Listed<Asset>> {
    let ByTimeDown(before_ms, before_id) = page.start(TAG)?;
    let mut assets = Vec::new();
    // One walk along the index per Space, merged here: a person has few Spaces, and neither engine
    // keeps the order of an index over several of them.
    for space_id in spaces {
        let rows = query(sql::BY_TIME)
            .bind(*space_id)
            .bind(before_ms)
            .bind(before_id.as_slice())
            .bind(page.rows() + 1)
            .all(tx)
            .await?;
        for row in &rows {
            assets.push(asset_of(row)?);
        }
    }
    assets.sort_by_key(|asset| std::cmp::Reverse((asset.taken_at_ms, asset.id)));
    assets.dedup_by_key(|asset| asset.id);
    Ok(Listed::cut(assets, page.rows(), TAG, time_of))
}

/// The bytes of an asset.
pub async fn blob_of(tx: &mut Tx, id: AssetId) -> Result<Option<Blob>> {
    let row = query(crate::sql::blobs::OF_ASSET).bind(id).optional(tx).await?;
    row.as_ref().map(crate::blobs::blob_of).transpose()
}

/// Corrects when an asset was taken, also in the order of its albums. False when there is no such asset.
pub async fn set_taken(tx: &mut Tx, id: AssetId, taken_at_ms: TimestampMs) -> Result<bool> {
    query(sql::SET_TAKEN_IN_ALBUMS).bind(id).bind(taken_at_ms).run(tx).await?;
    query(sql::SET_TAKEN).bind(id).bind(taken_at_ms).changed(tx).await
}

/// Which list a cursor is of.
const TAG: u8 = b'a';

/// How many assets one statement adds.
const INSERT_ROWS: usize = 100;

struct Standing {
    id: AssetId,
    in_trash: bool,
}

/// The assets among these that exist.
async fn standing_of(tx: &mut Tx, assets: &[NewAsset]) -> Result<HashMap<(SpaceId, ContentHash), Standing>> {
    let mut by_space: HashMap<SpaceId, Vec<ContentHash>> = HashMap::new();
    for asset in assets {
        by_space.entry(asset.space_id).or_default().push(asset.sha256);
    }
    let mut standing = HashMap::new();
    for (space_id, hashes) in by_space {
        for chunk in hashes.chunks(LIST_MAX) {
            for row in query(sql::STANDING).bind(space_id).list(chunk).all(tx).await? {
                let in_trash = row.number_or_none("trashed_at_ms")?.is_some();
                standing.insert((space_id, row.key("sha256")?), Standing { id: row.key("id")?, in_trash });
            }
        }
    }
    Ok(standing)
}

fn values_of(asset: &NewAsset) -> [Value<'_>; 8] {
    [
        asset.id.into(),
        asset.space_id.into(),
        asset.sha256.into(),
        asset.kind.as_str().into(),
        asset.taken_at_ms.into(),
        // Until the asset is described, its taker's clock is taken to show UTC.
        asset.taken_at_ms.into(),
        Month::of(asset.taken_at_ms).number().into(),
        asset.now_ms.into(),
    ]
}

pub(crate) fn time_of(asset: &Asset) -> ByTimeDown {
    ByTimeDown(asset.taken_at_ms, asset.id.as_bytes().to_vec())
}

pub(crate) fn asset_of(row: &Row) -> Result<Asset> {
    Ok(Asset {
        id: row.key("id")?,
        space_id: row.key("space_id")?,
        sha256: row.key("sha256")?,
        kind: row.word("kind", AssetKind::from_word)?,
        size_bytes: row.count("size_bytes")?,
        content_type: row.text("content_type")?,
        taken_at_ms: row.number("taken_at_ms")?,
        created_at_ms: row.number("created_at_ms")?,
        trashed_at_ms: row.number_or_none("trashed_at_ms")?,
        proven_at_ms: row.number_or_none("proven_at_ms")?,
        part_of: crate::items::part_of(row)?,
    })
}
