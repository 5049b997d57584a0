//! The change feed.

use domain::{HubId, TimestampMs, TwinHasher};
use library::{Change, ChangeKind, ChangePage};

/// `after` is the asked place.
pub(crate) fn page(page: ChangePage, after: i64, hub_id: HubId) -> wire::ChangePage {
    let mark = |place: i64| {
        let (_, at_ms) = page.times.iter().find(|(at, _)| *at == place)?;
        Some(mark(hub_id, place, *at_ms))
    };
    wire::ChangePage {
        after_mark: mark(after),
        next_after_mark: mark(page.next_after),
        newest_mark: mark(page.newest),
        hub_id,
        changes: page.changes.into_iter().map(change).collect(),
        next_after: page.next_after,
        newest: page.newest,
        more: page.more,
    }
}

/// Tells one history of a hub from another at the same place, and nothing else: a hash, so that nobody
/// learns when others did something.
fn mark(hub_id: HubId, place: i64, at_ms: TimestampMs) -> String {
    let digest = TwinHasher::of(format!("{hub_id} {place} {at_ms}").as_bytes()).sha256.to_string();
    digest[..16].to_owned()
}

fn change(Change { sequence, change }: Change) -> wire::Change {
    wire::Change {
        sequence,
        kind: kind(change.kind),
        at_ms: change.at_ms,
        space_id: change.space_id,
        entry_id: change.entry_id,
        asset_id: change.asset_id,
        album_id: change.album_id,
        device_id: change.device_id,
        sha256: change.sha256,
    }
}

const fn kind(kind: ChangeKind) -> wire::ChangeKind {
    match kind {
        ChangeKind::EntryAdded => wire::ChangeKind::EntryAdded,
        ChangeKind::EntryChanged => wire::ChangeKind::EntryChanged,
        ChangeKind::EntryTrashed => wire::ChangeKind::EntryTrashed,
        ChangeKind::EntryRestored => wire::ChangeKind::EntryRestored,
        ChangeKind::EntryPurged => wire::ChangeKind::EntryPurged,
        ChangeKind::ContentTrashed => wire::ChangeKind::ContentTrashed,
        ChangeKind::ContentRestored => wire::ChangeKind::ContentRestored,
        ChangeKind::ContentDamaged => wire::ChangeKind::ContentDamaged,
        ChangeKind::ContentRepaired => wire::ChangeKind::ContentRepaired,
        ChangeKind::AssetAdded => wire::ChangeKind::AssetAdded,
        ChangeKind::AssetChanged => wire::ChangeKind::AssetChanged,
        ChangeKind::AlbumChanged => wire::ChangeKind::AlbumChanged,
        ChangeKind::AlbumDeleted => wire::ChangeKind::AlbumDeleted,
        ChangeKind::DeviceChanged => wire::ChangeKind::DeviceChanged,
        ChangeKind::SpaceChanged => wire::ChangeKind::SpaceChanged,
    }
}
