use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use tokio::io::AsyncReadExt as _;

use super::*;
use crate::sources::{HashFailure, hash};

struct Tree(tempfile::TempDir);

impl Tree {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(self, path: &str, bytes: &[u8]) -> Self {
        self.bytes_named(path.as_bytes(), bytes)
    }

    #[expect(clippy::disallowed_methods, reason = "test files need not be durable")]
    fn bytes_named(self, path: &[u8], bytes: &[u8]) -> Self {
        let path = self.0.path().join(std::ffi::OsStr::from_bytes(path));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    fn link(self, path: &str, to: &str) -> Self {
        symlink(to, self.0.path().join(path)).unwrap();
        self
    }

    fn source(&self, all_files: bool) -> FolderSource {
        FolderSource::new(SourceId(1), self.0.path().to_owned(), all_files)
    }

    fn glimpses(&self, all_files: bool) -> Vec<Glimpse> {
        self.source(all_files).scan().collect::<io::Result<_>>().unwrap()
    }

    fn items(&self, all_files: bool) -> Vec<String> {
        self.glimpses(all_files)
            .into_iter()
            .filter_map(|glimpse| match glimpse {
                Glimpse::Item(sighting) => Some(sighting.local.to_string()),
                _ => None,
            })
            .collect()
    }
}

#[test]
fn media_are_items_and_the_rest_is_counted() {
    let tree = Tree::new()
        .file("a.jpg", b"1")
        .file("Trips/b.mov", b"22")
        .file("Trips/notes.txt", b"x")
        .file("c", b"");
    assert_eq!(tree.items(false), ["Trips/b.mov", "a.jpg"]);
    assert_eq!(tree.items(true), ["Trips/b.mov", "Trips/notes.txt", "a.jpg", "c"]);
    let left_out = tree.glimpses(false).into_iter().filter(|glimpse| matches!(glimpse, Glimpse::LeftOut(_)));
    assert_eq!(left_out.count(), 2);
}

#[test]
fn hidden_things_and_nomedia_are_left_out_with_everything_below() {
    let tree = Tree::new()
        .file(".hidden.jpg", b"1")
        .file(".thumbnails/a.jpg", b"1")
        .file("WhatsApp/.nomedia", b"")
        .file("WhatsApp/a.jpg", b"1")
        .file("WhatsApp/Sent/b.jpg", b"1")
        .file("Camera/c.jpg", b"1");
    assert_eq!(tree.items(false), ["Camera/c.jpg"]);
    assert_eq!(tree.items(true), ["Camera/c.jpg"]);
}

#[test]
fn a_root_is_looked_at_even_when_it_asks_not_to() {
    let tree = Tree::new().file(".nomedia", b"").file("a.jpg", b"1");
    assert_eq!(tree.items(false), ["a.jpg"]);
}

#[test]
fn sidecars_go_along_with_pictures_only() {
    let tree = Tree::new()
        .file("raw/a.nef", b"1")
        .file("raw/a.xmp", b"1")
        .file("raw/b.AAE", b"1")
        .file("other/c.xmp", b"1");
    assert_eq!(tree.items(false), ["raw/a.nef", "raw/a.xmp", "raw/b.AAE"]);
}

#[test]
fn links_to_files_are_followed_and_links_to_folders_are_not() {
    let tree = Tree::new()
        .file("real/a.jpg", b"abc")
        .link("real/loop", "..")
        .link("link.jpg", "real/a.jpg")
        .link("folder.jpg", "real")
        .link("gone.jpg", "nothing-here.jpg")
        .link("round.jpg", "round.jpg");
    assert_eq!(tree.items(false), ["link.jpg", "real/a.jpg"]);
    let nowhere: Vec<_> = tree
        .glimpses(false)
        .into_iter()
        .filter_map(|glimpse| match glimpse {
            Glimpse::LeadsNowhere(local) => Some(local.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(nowhere, ["gone.jpg", "round.jpg"]);
    let hashed = hash(&tree.source(false), &LocalId::from_slashes("link.jpg")).unwrap();
    assert_eq!(hashed.hashes, domain::TwinHasher::of(b"abc"));
}

#[test]
fn odd_names_come_through_byte_by_byte_and_in_order() {
    let long = format!("{}.jpg", "x".repeat(251));
    let odd: [&[u8]; 6] = [
        b"two\nlines.jpg",
        "🦊.jpg".as_bytes(),
        long.as_bytes(),
        b"bad\xff.jpg",
        b"caf\xc3\xa9.jpg",
        b"cafe\xcc\x81.jpg",
    ];
    let tree = odd.iter().fold(Tree::new(), |tree, name| tree.bytes_named(name, name));
    let seen: Vec<LocalId> = tree
        .glimpses(false)
        .into_iter()
        .map(|glimpse| match glimpse {
            Glimpse::Item(sighting) => sighting.local,
            other => panic!("{other:?}"),
        })
        .collect();
    let mut expected: Vec<LocalId> = odd.iter().map(|name| LocalId::from_bytes(name)).collect();
    expected.sort();
    assert_eq!(seen, expected, "NFC and NFD twins are two files");
    for local in seen {
        let hashed = hash(&tree.source(false), &local).unwrap();
        assert_eq!(hashed.hashes, domain::TwinHasher::of(local.as_bytes()));
    }
}

#[test]
fn a_scan_ascends_and_an_empty_file_is_an_item() {
    let tree = Tree::new().file("a/z.jpg", b"").file("a.jpg", b"").file("a1.jpg", b"").file("a/b/c.jpg", b"");
    assert_eq!(tree.items(false), ["a/b/c.jpg", "a/z.jpg", "a.jpg", "a1.jpg"]);
    assert_eq!(hash(&tree.source(false), &LocalId::from_slashes("a.jpg")).unwrap().hashes.size_bytes, 0);
}

#[test]
fn a_source_that_is_not_there_is_an_error_and_not_an_empty_scan() {
    let source = FolderSource::new(SourceId(1), PathBuf::from("/nonexistent/album"), false);
    assert!(source.scan().next().unwrap().is_err());
}

#[test]
fn only_a_folder_with_a_visible_file_tells_a_deleted_item_from_a_disk_that_went() {
    let tree = Tree::new()
        .file("full/a.jpg", b"1")
        .file("mountpoint/.keep", b"")
        .file("mountpoint/inner/b.jpg", b"1");
    let source = tree.source(false);
    let holds_files = |folder| source.holds_files(&LocalId::from_slashes(folder));
    assert!(holds_files("full") && holds_files("mountpoint/inner"));
    assert!(!holds_files("mountpoint") && !holds_files("nowhere"));
    assert!(!source.holds_files(&LocalId::root()), "folders alone are no sign of the disk");
    fs::remove_file(tree.0.path().join("full/a.jpg")).unwrap();
    assert!(!holds_files("full"));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "test files need not be durable")]
fn a_file_that_is_changed_in_place_with_its_time_set_back_is_another_version() {
    let tree = Tree::new().file("a.jpg", b"first");
    let (source, local) = (tree.source(false), LocalId::from_slashes("a.jpg"));
    let before = hash(&source, &local).unwrap().facts;
    let path = tree.0.path().join("a.jpg");
    let modified = fs::metadata(&path).unwrap().modified().unwrap();
    // The system's clock has ticks: again until it moved on.
    let after = loop {
        fs::write(&path, b"other").unwrap();
        File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
        let after = source.facts(&local).unwrap();
        if after.changed_at_ns != before.changed_at_ns {
            break after;
        }
    };
    assert!(before.looks_like(&after) && !before.same_version(&after));
}

#[test]
fn a_folder_that_is_gone_is_told_by_the_nearest_one_above() {
    let tree =
        Tree::new().file("Trips/2026/a.jpg", b"1").file("b.jpg", b"1").link("card", "/nonexistent/card");
    let source = tree.source(false);
    let nearest = |folder| source.nearest(&LocalId::from_slashes(folder));
    let here = source.facts(&LocalId::from_slashes("b.jpg")).unwrap().file.map(|file| file.device);
    assert!(here.is_some());
    for (folder, near) in [
        ("", ""),
        ("Trips/2026", "Trips/2026"),
        ("gone", ""),
        ("Trips/gone/deeper", "Trips"),
        ("b.jpg/was a folder", "b.jpg"),
    ] {
        assert_eq!(nearest(folder).unwrap(), (LocalId::from_slashes(near), here), "{folder}");
    }
    assert!(nearest("card").is_err() && nearest("card/DCIM").is_err(), "where the link leads is not there");
    let gone = FolderSource::new(SourceId(1), PathBuf::from("/nonexistent/album"), false);
    assert!(gone.nearest(&LocalId::from_slashes("a")).is_err());
    let system = FolderSource::new(SourceId(1), PathBuf::from("/"), false);
    let mounted = system.nearest(&LocalId::from_slashes("proc")).unwrap();
    assert!(mounted.1.is_some() && mounted.1 != here, "what is mounted is a file system of its own");
}

#[test]
fn a_file_that_vanished_or_became_a_pipe_says_so() {
    let tree = Tree::new().file("a.jpg", b"1");
    let source = tree.source(false);
    let missing = hash(&source, &LocalId::from_slashes("b.jpg"));
    assert!(matches!(missing, Err(HashFailure::Vanished)));
    let pipe = tree.0.path().join("pipe.jpg");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .unwrap();
    let failure = hash(&source, &LocalId::from_slashes("pipe.jpg")).unwrap_err();
    assert_eq!(failure.to_string(), "it cannot be read: it is not a file any more");
    assert_eq!(tree.items(true), ["a.jpg"]);
}

#[test]
fn what_may_not_be_read_is_met_and_named() {
    let tree = Tree::new().file("closed/a.jpg", b"1").file("b.jpg", b"1");
    let closed = tree.0.path().join("closed");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    let running_as_root = fs::read_dir(&closed).is_ok();
    let glimpses = tree.glimpses(false);
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    let named = glimpses.iter().any(|glimpse| {
        matches!(glimpse, Glimpse::UnreadableFolder(local, why) if local.to_string() == "closed" && !why.is_empty())
    });
    assert!(named || running_as_root, "{glimpses:?}");
}

#[tokio::test]
async fn an_open_item_knows_its_own_facts() {
    let tree = Tree::new().file("a.jpg", b"hello");
    let source = tree.source(false);
    let local = LocalId::from_slashes("a.jpg");
    let item = source.open(&local).await.unwrap();
    assert_eq!(item.facts().await.unwrap(), source.facts(&local).unwrap());
    let mut text = String::new();
    item.into_bytes().read_to_string(&mut text).await.unwrap();
    assert_eq!(text, "hello");
}
