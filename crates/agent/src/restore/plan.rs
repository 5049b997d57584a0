//! What a restore writes, as data: which file under which names.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::{ContentHash, EntryId, Name, TimestampMs};
use wire::FileBelow;

/// One file to bring back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreItem {
    /// Its entry on the hub.
    pub entry: EntryId,
    /// Its folders below the chosen one, outermost first.
    pub folders: Vec<Name>,
    /// Its name.
    pub name: Name,
    /// The bytes of a name that was not UTF-8.
    pub name_raw: Option<Vec<u8>>,
    /// What its bytes must hash to.
    pub sha256: ContentHash,
    /// Its length.
    pub size_bytes: u64,
    /// When it was last changed.
    pub modified_at_ms: Option<TimestampMs>,
}

impl RestoreItem {
    /// Its album: the folders, as a person would say them.
    pub fn album(&self) -> String {
        let names: Vec<&str> = self.folders.iter().map(Name::as_str).collect();
        names.join("/")
    }

    /// Album and name, as a person would say it.
    pub fn shown(&self) -> String {
        let names: Vec<&str> = self.folders.iter().chain([&self.name]).map(Name::as_str).collect();
        names.join("/")
    }
}

/// Everything to bring back, album by album.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RestorePlan {
    /// The files. No two have the same place.
    pub items: Vec<RestoreItem>,
}

impl RestorePlan {
    /// All their bytes.
    pub fn bytes(&self) -> u64 {
        self.items.iter().map(|item| item.size_bytes).sum()
    }
}

/// Whether a file is in the wanted album.
pub(super) fn is_in(file: &FileBelow, album: Option<&str>) -> bool {
    album.is_none_or(|album| file.folder.to_string() == album)
}

/// Decides where each file goes. Names that the hub should never send are made harmless: nothing is
/// ever written outside the chosen folder. Entries that are no files are passed over.
pub fn plan(files: Vec<FileBelow>) -> RestorePlan {
    let mut taken = HashSet::new();
    let mut items: Vec<RestoreItem> = files.into_iter().filter_map(item).collect();
    items.sort_by(|a, b| (&a.folders, &a.name, a.entry).cmp(&(&b.folders, &b.name, b.entry)));
    give_back_numbered_names(&mut items);
    for item in &mut items {
        let plain = item.name.clone();
        let mut number = 2;
        while !taken.insert((item.folders.clone(), item.name.key(), item.name_raw.clone())) {
            item.name = plain.numbered(number);
            item.name_raw = None;
            number += 1;
        }
    }
    RestorePlan { items }
}

/// A file that got a number on the hub has its own name back, unless another file has that very name:
/// then this one is its later version, and keeps the number.
fn give_back_numbered_names(items: &mut [RestoreItem]) {
    let place = |item: &RestoreItem, name: &[u8]| (item.folders.clone(), name.to_owned());
    let named: HashSet<_> = items.iter().map(|item| place(item, item.name.as_str().as_bytes())).collect();
    let mut given = HashSet::new();
    for item in items {
        let Some(raw) = item.name_raw.take_if(|raw| std::str::from_utf8(raw).is_ok()) else { continue };
        let wanted = place(item, &raw);
        if !named.contains(&wanted) && given.insert(wanted) {
            item.name_raw = Some(raw);
        }
    }
}

fn item(file: FileBelow) -> Option<RestoreItem> {
    let entry = file.entry;
    let name = Name::new(entry.name.clone()).unwrap_or_else(|_| Name::lenient(&entry.name));
    let name_raw = entry.name_raw.and_then(|text| STANDARD.decode(text).ok()).filter(|raw| is_one_name(raw));
    Some(RestoreItem {
        entry: entry.id,
        folders: file.folder.names().to_vec(),
        name,
        name_raw,
        sha256: entry.sha256?,
        size_bytes: entry.size_bytes?,
        modified_at_ms: entry.modified_at_ms,
    })
}

/// Whether bytes can be one file's name, and not a way to somewhere else.
fn is_one_name(raw: &[u8]) -> bool {
    !raw.is_empty() && raw != b"." && raw != b".." && !raw.contains(&b'/') && !raw.contains(&0)
}

#[cfg(test)]
pub(super) mod tests {
    use domain::{SpaceId, TwinHasher};
    use wire::{Entry, EntryKind};

    use super::*;

    pub(crate) fn file(number: u8, folder: &str, name: &str, bytes: &[u8]) -> FileBelow {
        let hashes = TwinHasher::of(bytes);
        FileBelow {
            entry: Entry {
                id: EntryId::from_bytes([number; 16]),
                space_id: SpaceId::from_bytes([1; 16]),
                parent_id: None,
                kind: EntryKind::File,
                name: name.into(),
                name_raw: None,
                sha256: Some(hashes.sha256),
                asset_id: None,
                size_bytes: Some(hashes.size_bytes),
                content_type: None,
                modified_at_ms: Some(1_600_000_000_123),
                created_at_ms: 0,
                trashed_at_ms: None,
            },
            folder: folder.parse().unwrap(),
        }
    }

    #[test]
    fn an_album_is_chosen_by_its_whole_name() {
        let trip = file(1, "Trips/2026", "a.jpg", b"");
        assert!(is_in(&trip, None) && is_in(&trip, Some("Trips/2026")));
        assert!(!is_in(&trip, Some("Trips")) && !is_in(&trip, Some("2026")));
    }

    #[test]
    fn two_files_never_get_one_place() {
        let twins = vec![file(1, "A", "caf\u{e9}.jpg", b"1"), file(2, "A", "cafe\u{301}.jpg", b"2")];
        let names: Vec<_> = plan(twins).items.into_iter().map(|item| item.name.key()).collect();
        assert_eq!(names, ["caf\u{e9}.jpg", "caf\u{e9} (2).jpg"]);
        let apart = vec![file(1, "A", "a.jpg", b"1"), file(2, "B", "a.jpg", b"2")];
        assert!(plan(apart).items.iter().all(|item| item.name.as_str() == "a.jpg"));
    }

    #[test]
    fn a_numbered_file_has_its_own_name_back_unless_another_has_it() {
        let numbered = |number, raw: &str| {
            let mut file = file(number, "A", &format!("caf\u{e9} ({number}).jpg"), &[number]);
            file.entry.name_raw = Some(STANDARD.encode(raw));
            file
        };
        let first = file(1, "A", "caf\u{e9}.jpg", b"1");
        let later = numbered(2, "caf\u{e9}.jpg");
        let twin = numbered(3, "cafe\u{301}.jpg");
        let again = numbered(4, "cafe\u{301}.jpg");
        let raw: Vec<_> = plan(vec![first, later, twin, again])
            .items
            .into_iter()
            .filter_map(|item| Some((item.entry, item.name_raw?)))
            .collect();
        assert_eq!(raw, [(EntryId::from_bytes([3; 16]), "cafe\u{301}.jpg".as_bytes().to_vec())]);
    }

    #[test]
    fn names_that_lead_elsewhere_are_made_harmless() {
        for bad in ["..", "../../etc/passwd", "/etc/passwd", "", "."] {
            let [item] = &plan(vec![file(1, "", bad, b"x")]).items[..] else { panic!("one file") };
            assert!(Name::new(item.name.as_str()).is_ok(), "{bad}");
        }
        for raw in [&b".."[..], b"a/b", b"", b"a\0b"] {
            let mut odd = file(1, "", "shown.jpg", b"x");
            odd.entry.name_raw = Some(STANDARD.encode(raw));
            assert_eq!(plan(vec![odd]).items[0].name_raw, None, "{raw:?}");
        }
        let mut good = file(1, "", "shown.jpg", b"x");
        good.entry.name_raw = Some(STANDARD.encode(b"br\xc3\x28.jpg"));
        assert_eq!(plan(vec![good]).items[0].name_raw.as_deref(), Some(&b"br\xc3\x28.jpg"[..]));
    }
}
