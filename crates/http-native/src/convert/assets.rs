//! Pictures and videos.

use library::{AssetKind, Item, Protection};

use super::items;

pub(crate) fn item(item: Item) -> wire::Asset {
    let Item { asset, parts } = item;
    wire::Asset {
        id: asset.id,
        space_id: asset.space_id,
        kind: kind(asset.kind),
        sha256: asset.sha256,
        size_bytes: asset.size_bytes,
        content_type: asset.content_type,
        taken_at_ms: asset.taken_at_ms,
        created_at_ms: asset.created_at_ms,
        proven_at_ms: asset.proven_at_ms,
        part_of: asset.part_of.map(items::part_of),
        parts: parts.into_iter().map(items::part).collect(),
    }
}

pub(crate) const fn kind(kind: AssetKind) -> wire::AssetKind {
    match kind {
        AssetKind::Picture => wire::AssetKind::Picture,
        AssetKind::Video => wire::AssetKind::Video,
    }
}

pub(crate) const fn protection(counted: Protection) -> wire::Protection {
    let Protection { assets, size_bytes, damaged_assets, oldest_check_ms } = counted;
    wire::Protection { assets, size_bytes, damaged_assets, oldest_check_ms }
}
