//! Finds what belongs to an asset and writes it down.

use std::collections::{BTreeMap, BTreeSet};

use catalog::Tx;
use catalog::changes::{ChangeKind, NewChange};
use catalog::items::{self, Member, PartOf};
use domain::{AlbumId, AssetId, SpaceId, TimestampMs};

use super::arrange::{ITEM_MAX, arrange};
use super::files::File;
use crate::error::Result;

/// How many more than were asked about are looked at. What is larger has strange identifiers; then items stay
/// whole, and nothing further away is looked for.
const FOUND_MAX: usize = 2 * ITEM_MAX;

/// An asset whose item has changed.
struct Moved<'a> {
    member: &'a Member,
    now: Option<PartOf>,
}

/// Puts these assets, and what belongs to them, into the items that they belong to now; gives what that
/// changes, for the change feed. Doing it again changes nothing. Albums go with it: an item is in each album that
/// any of its parts was in, and who leaves an item stays in its albums.
pub(crate) async fn settle(tx: &mut Tx, ids: &[AssetId], now_ms: TimestampMs) -> Result<Vec<NewChange>> {
    let found = neighbourhood(tx, ids).await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let members = items::members(tx, &found).await?;
    let decisions = items::decisions(tx, &found).await?;
    let live = members.iter().filter(|member| !member.is_trashed);
    let files: Vec<File> = live.cloned().map(File::new).collect();
    let parts = arrange(&files, &decisions);
    let leads: BTreeSet<AssetId> =
        files.iter().map(|file| file.id).filter(|id| !parts.contains_key(id)).collect();
    let now_of = |member: &Member| match member.part_of {
        // What is in the trash stays what it is as long as that makes sense.
        Some(part) if member.is_trashed => leads.contains(&part.lead_id).then_some(part),
        _ if member.is_trashed => None,
        _ => parts.get(&member.id).copied(),
    };
    let moved = members.iter().map(|member| Moved { member, now: now_of(member) });
    let moved: Vec<Moved<'_>> = moved.filter(|moved| moved.now != moved.member.part_of).collect();
    for Moved { member, now } in &moved {
        items::set_part(tx, member.id, *now).await?;
    }
    let mut news = told(&moved, now_ms);
    for (album_id, space_id) in keep_albums(tx, &moved, now_ms).await? {
        news.push(NewChange {
            space_id: Some(space_id),
            album_id: Some(album_id),
            ..NewChange::new(ChangeKind::AlbumChanged, now_ms)
        });
    }
    Ok(news)
}

/// Those of these assets that may belong to others, or do, with all of these others. Never a part of an item
/// only: who becomes a part must not leave parts behind.
async fn neighbourhood(tx: &mut Tx, ids: &[AssetId]) -> Result<Vec<AssetId>> {
    let mut known: BTreeSet<AssetId> = ids.iter().copied().collect();
    let mut asked: Vec<AssetId> = known.iter().copied().collect();
    let mut related = BTreeSet::new();
    let most = known.len() + FOUND_MAX;
    while !asked.is_empty() {
        let pairs = if known.len() > most {
            items::same_item(tx, &asked).await?
        } else {
            items::relatives(tx, &asked).await?
        };
        related.extend(pairs.iter().flat_map(|&(of, id)| [of, id]));
        asked = pairs.into_iter().map(|(_, id)| id).filter(|&id| known.insert(id)).collect();
    }
    Ok(related.into_iter().collect())
}

/// All that look different now: who moved, whom they left and whom they joined.
fn told(moved: &[Moved<'_>], now_ms: TimestampMs) -> Vec<NewChange> {
    let mut concerned: BTreeMap<AssetId, SpaceId> = BTreeMap::new();
    for Moved { member, now } in moved {
        let leads = [member.part_of, *now].into_iter().flatten().map(|part| part.lead_id);
        concerned.extend(leads.chain([member.id]).map(|id| (id, member.space_id)));
    }
    concerned
        .into_iter()
        .map(|(id, space_id)| NewChange {
            space_id: Some(space_id),
            asset_id: Some(id),
            ..NewChange::new(ChangeKind::AssetChanged, now_ms)
        })
        .collect()
}

/// Gives those who lead now the albums of those who led before.
async fn keep_albums(
    tx: &mut Tx,
    moved: &[Moved<'_>],
    now_ms: TimestampMs,
) -> Result<BTreeMap<AlbumId, SpaceId>> {
    let mut heirs: BTreeMap<(AssetId, AssetId), SpaceId> = BTreeMap::new();
    for Moved { member, now } in moved.iter().filter(|moved| !moved.member.is_trashed) {
        let led_before = member.part_of.map_or(member.id, |part| part.lead_id);
        let leads_now = now.map_or(member.id, |part| part.lead_id);
        heirs.insert((led_before, leads_now), member.space_id);
        heirs.insert((member.id, leads_now), member.space_id);
    }
    let mut changed = BTreeMap::new();
    for ((from, to), space_id) in heirs.into_iter().filter(|((from, to), _)| from != to) {
        for album_id in items::inherit_albums(tx, from, to, now_ms).await? {
            changed.insert(album_id, space_id);
        }
    }
    Ok(changed)
}
