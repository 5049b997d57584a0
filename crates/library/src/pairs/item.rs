//! What a person sees as one.

use std::collections::HashSet;

use catalog::assets::Asset;
use catalog::items::{self, FileBeside, Part};
use catalog::{Listed, Tx, entries};
use domain::stem::file_stem;
use domain::{AssetId, EntryId};

use crate::error::Result;

/// A picture or video with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What leads the item, stands alone, or is itself a part and says of what.
    pub asset: Asset,
    /// Its parts that are live; none unless it leads.
    pub parts: Vec<Part>,
}

/// A file that belongs to an item and is no picture: what was done to it, as a recipe (`.AAE`, `.XMP`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileOfItem {
    /// The file.
    pub entry_id: EntryId,
    /// Its name.
    pub name: String,
    /// How many bytes.
    pub size_bytes: u64,
    /// Its type, found by looking at its bytes.
    pub content_type: String,
}

/// Adds their parts to assets, in one query for all.
pub(crate) async fn with_parts(tx: &mut Tx, listed: Listed<Asset>) -> Result<Listed<Item>> {
    let leads: Vec<AssetId> =
        listed.items.iter().filter(|asset| asset.part_of.is_none()).map(|asset| asset.id).collect();
    let mut parts = items::parts_of(tx, &leads).await?;
    let items = listed.items.into_iter().map(|asset| {
        let parts = parts.remove(&asset.id).unwrap_or_default();
        Item { asset, parts }
    });
    Ok(Listed { items: items.collect(), next: listed.next })
}

/// The same for one.
pub(crate) async fn item_of(tx: &mut Tx, asset: Asset) -> Result<Item> {
    let parts = items::parts_of(tx, &[asset.id]).await?.remove(&asset.id).unwrap_or_default();
    Ok(Item { asset, parts })
}

/// The adjustments beside a picture: in the folder of one of its live files, and with no other picture there
/// whose they might be.
pub(crate) async fn adjustments_of(tx: &mut Tx, item: &Item) -> Result<Vec<FileOfItem>> {
    let files = entries::by_asset(tx, item.asset.id).await?;
    let Some(file) = files.first().filter(|file| file.trashed_at_ms.is_none()) else { return Ok(Vec::new()) };
    let own: HashSet<AssetId> = item.parts.iter().map(|part| part.id).chain([item.asset.id]).collect();
    let beside = items::same_stem(tx, file.id).await?;
    if beside.iter().filter_map(|file| file.asset_id).any(|id| !own.contains(&id)) {
        return Ok(Vec::new());
    }
    Ok(beside.into_iter().filter(is_adjustments).map(FileOfItem::from).collect())
}

/// Whether a file holds adjustments, by its name; a picture never does.
pub(super) fn is_adjustments(file: &FileBeside) -> bool {
    file.asset_id.is_none() && file_stem(&file.name).is_adjustments
}

impl From<FileBeside> for FileOfItem {
    fn from(file: FileBeside) -> Self {
        Self {
            entry_id: file.id,
            name: file.name,
            size_bytes: file.size_bytes,
            content_type: file.content_type,
        }
    }
}
