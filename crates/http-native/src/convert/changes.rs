//! The change feed.

use domain::HubId;
use library::{Change, ChangeKind, ChangePage};

pub(crate) fn page(page: ChangePage, hub_id: HubId) -> wire::ChangePage {
    wire::ChangePage {
        hub_id,
        changes: page.changes.into_iter().map(change).collect(),
        next_after: page.next_after,
        newest: page.newest,
        more: page.more,
    }
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
