//! Folders full of files: made, looked at, compared.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use domain::{ContentHash, Random as _, TwinHasher};
use filetime::FileTime;
use testkit::SeededRandom;

/// How much is read or written at once.
const PIECE_BYTES: usize = 256 * 1024;

/// What a file is, for comparing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its content.
    pub sha256: ContentHash,
    /// Its length.
    pub size_bytes: u64,
    /// When it was changed last, in milliseconds: what a hub keeps.
    pub modified_at_ms: i64,
}

/// The files below a folder by their path, whose bytes need not be UTF-8.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree(pub BTreeMap<OsString, Kept>);

impl Tree {
    /// Reads everything below a folder.
    pub fn read(folder: &Path) -> Self {
        let mut tree = Self::default();
        tree.add(folder, Path::new(""));
        tree
    }

    /// The files in one folder of it.
    #[must_use]
    pub fn below(&self, folder: &str) -> Self {
        let inside = |(path, kept): (&OsString, &Kept)| {
            let rest = Path::new(path).strip_prefix(folder).ok()?;
            Some((rest.as_os_str().to_owned(), kept.clone()))
        };
        Self(self.0.iter().filter_map(inside).collect())
    }

    /// Panics with the first difference, unless both are the same.
    pub fn assert_same(&self, other: &Self) {
        for (path, kept) in &self.0 {
            assert_eq!(other.0.get(path), Some(kept), "{}", path.display());
        }
        for path in other.0.keys() {
            assert!(self.0.contains_key(path), "{} is one too many", path.display());
        }
    }

    fn add(&mut self, root: &Path, below: &Path) {
        for entry in fs::read_dir(root.join(below)).expect("a folder") {
            let entry = entry.expect("an entry");
            let path = below.join(entry.file_name());
            if entry.file_type().expect("its type").is_dir() {
                self.add(root, &path);
            } else {
                self.0.insert(path.into_os_string(), read_kept(&entry.path()));
            }
        }
    }
}

fn read_kept(path: &Path) -> Kept {
    let mut file = File::open(path).expect("a file");
    let metadata = file.metadata().expect("its facts");
    let mut hasher = TwinHasher::new();
    let mut piece = vec![0u8; PIECE_BYTES];
    loop {
        match file.read(&mut piece).expect("its bytes") {
            0 => break,
            count => hasher.update(&piece[..count]),
        }
    }
    let time = FileTime::from_last_modification_time(&metadata);
    let modified_at_ms = time.unix_seconds() * 1000 + i64::from(time.nanoseconds() / 1_000_000);
    Kept { sha256: hasher.finish().sha256, size_bytes: metadata.len(), modified_at_ms }
}

/// Writes a file, with the folders above it.
pub fn put_file(path: impl AsRef<Path>, bytes: &[u8]) {
    let path = path.as_ref();
    make_folder_of(path);
    let written = File::create(path).and_then(|mut file| file.write_all(bytes));
    written.unwrap_or_else(|error| panic!("{} cannot be written: {error}", path.display()));
}

/// Writes a file of bytes that come from a number and compress badly; any length, little memory.
pub fn noise_file(path: impl AsRef<Path>, number: u64, size_bytes: u64) -> PathBuf {
    let path = path.as_ref();
    make_folder_of(path);
    let random = SeededRandom::new(number);
    let mut file = File::create(path).expect("a new file");
    let mut piece = vec![0u8; PIECE_BYTES];
    let mut left = size_bytes;
    while left > 0 {
        let count = usize::try_from(left).map_or(PIECE_BYTES, |left| left.min(PIECE_BYTES));
        random.fill(&mut piece[..count]);
        file.write_all(&piece[..count]).expect("room for a test's files");
        left -= count as u64;
    }
    path.to_owned()
}

/// Deletes a file.
pub fn remove_file(path: impl AsRef<Path>) {
    fs::remove_file(path.as_ref()).expect("a file that can be deleted");
}

/// Says when a file was changed last.
pub fn set_modified(path: impl AsRef<Path>, modified_at_ms: i64) {
    let nanoseconds = u32::try_from(modified_at_ms.rem_euclid(1000)).expect("below a thousand") * 1_000_000;
    let time = FileTime::from_unix_time(modified_at_ms.div_euclid(1000), nanoseconds);
    filetime::set_file_mtime(path, time).expect("a file whose time can be set");
}

fn make_folder_of(path: &Path) {
    fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("folders can be made");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_differ_by_name_bytes_and_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b.jpg");
        put_file(&path, b"one");
        set_modified(&path, -1_500);
        let tree = Tree::read(folder.path());
        assert_eq!(tree.0[&OsString::from("a/b.jpg")].modified_at_ms, -1_500);
        tree.assert_same(&Tree::read(folder.path()));
        assert_eq!(tree.below("a").0.len(), 1);
        set_modified(&path, -1_501);
        assert_ne!(tree, Tree::read(folder.path()));
        put_file(&path, b"two");
        set_modified(&path, -1_500);
        assert_ne!(tree, Tree::read(folder.path()));
    }

    #[test]
    fn a_number_makes_content_of_any_length() {
        let folder = tempfile::tempdir().unwrap();
        for (name, number, size_bytes) in
            [("a", 1, 300_001), ("b", 1, 300_001), ("c", 2, 300_001), ("d", 1, 0)]
        {
            noise_file(folder.path().join(name), number, size_bytes);
        }
        let tree = Tree::read(folder.path());
        let of = |name: &str| tree.0[&OsString::from(name)].sha256;
        assert!(of("a") == of("b") && of("a") != of("c"));
        assert_eq!(tree.0[&OsString::from("d")].size_bytes, 0);
    }
}
