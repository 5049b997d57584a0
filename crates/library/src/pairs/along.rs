//! What goes into the trash with an item, and who leads those that stay.

use std::collections::HashSet;

use catalog::changes::NewChange;
use catalog::entries::{self, Entry};
use catalog::{Tx, assets, items};
use domain::{AssetId, EntryId, TimestampMs};

use super::item::is_adjustments;
use super::settle::settle;
use crate::error::Result;

/// The live files that go into the trash with a file because they are its item's: the files of its parts and
/// its adjustments. As long as the same picture is filed elsewhere too, those in this file's folder only; a
/// part takes nobody along.
pub(crate) async fn files_along(tx: &mut Tx, file: &Entry) -> Result<Vec<EntryId>> {
    let Some(asset_id) = file.file.as_ref().and_then(|facts| facts.asset_id) else { return Ok(Vec::new()) };
    if assets::get(tx, asset_id).await?.is_none_or(|asset| asset.part_of.is_some()) {
        return Ok(Vec::new());
    }
    let files = entries::by_asset(tx, asset_id).await?;
    let stays: Vec<&Entry> =
        files.iter().filter(|other| other.id != file.id && other.trashed_at_ms.is_none()).collect();
    if stays.iter().any(|other| other.parent_id == file.parent_id) {
        return Ok(Vec::new());
    }
    let goes = |folder_id: EntryId| stays.is_empty() || file.parent_id == Some(folder_id);
    let of_parts = items::files_of_parts(tx, asset_id).await?;
    let mut along: Vec<EntryId> =
        of_parts.into_iter().filter(|&(_, folder_id)| goes(folder_id)).map(|(id, _)| id).collect();
    let beside = items::same_stem(tx, file.id).await?;
    let going: HashSet<EntryId> = along.iter().copied().chain([file.id]).collect();
    if beside.iter().filter(|other| other.asset_id.is_some()).all(|other| going.contains(&other.id)) {
        along.extend(beside.iter().filter(|other| is_adjustments(other)).map(|other| other.id));
    }
    Ok(along)
}

/// After something went into the trash: parts that stay although their lead went get another lead, or stand
/// alone. Nothing that is live is hidden behind what is not.
pub(crate) async fn moved_out(tx: &mut Tx, root_id: EntryId, now_ms: TimestampMs) -> Result<Vec<NewChange>> {
    let parts = items::parts_of_trashed(tx, root_id).await?;
    let left: Vec<AssetId> = parts.into_iter().filter(|&(_, is_live)| is_live).map(|(id, _)| id).collect();
    settle(tx, &left, now_ms).await
}

/// The parts of what is about to go for good; those that stay are to be settled afterwards.
pub(crate) async fn moved_out_before_purge(tx: &mut Tx, root_id: EntryId) -> Result<Vec<AssetId>> {
    Ok(items::parts_of_trashed(tx, root_id).await?.into_iter().map(|(id, _)| id).collect())
}
