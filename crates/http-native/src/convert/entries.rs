//! The tree.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::TimestampMs;
use library::{Entry, EntryKind, EntryWithPath, FileBelow, TrashedEntry};

pub(crate) fn entry(entry: Entry) -> wire::Entry {
    let kind = match entry.kind() {
        EntryKind::Folder => wire::EntryKind::Folder,
        EntryKind::File => wire::EntryKind::File,
    };
    let file = entry.file;
    wire::Entry {
        id: entry.id,
        space_id: entry.space_id,
        parent_id: entry.parent_id,
        kind,
        name: entry.name,
        name_raw: entry.name_raw.map(|raw| STANDARD.encode(raw)),
        sha256: file.as_ref().map(|file| file.sha256),
        asset_id: file.as_ref().and_then(|file| file.asset_id),
        size_bytes: file.as_ref().map(|file| file.size_bytes),
        modified_at_ms: file.as_ref().and_then(|file| file.modified_at_ms),
        content_type: file.map(|file| file.content_type),
        created_at_ms: entry.created_at_ms,
        trashed_at_ms: entry.trashed_at_ms,
    }
}

pub(crate) fn with_path(found: EntryWithPath) -> wire::EntryWithPath {
    wire::EntryWithPath { entry: entry(found.entry), folder: found.folder }
}

pub(crate) fn below(found: FileBelow) -> wire::FileBelow {
    wire::FileBelow { entry: entry(found.entry), folder: found.folder }
}

/// `purge_at_ms` tells from the time of deletion when the item goes for good.
pub(crate) fn trashed(
    trashed: TrashedEntry,
    purge_at_ms: impl Fn(TimestampMs) -> TimestampMs,
) -> wire::TrashedEntry {
    let since_ms = trashed.entry.trashed_at_ms.unwrap_or(trashed.entry.changed_at_ms);
    wire::TrashedEntry {
        folder: trashed.folder,
        files: trashed.files,
        purge_at_ms: purge_at_ms(since_ms),
        entry: entry(trashed.entry),
    }
}
