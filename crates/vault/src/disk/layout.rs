//! Where things are. Every path below the root is made of a hash or an id, never of what a client
//! sent, so none can lead elsewhere.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use domain::{ContentHash, UploadId};

use crate::Room;

/// The vault's folders.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) root: PathBuf,
    pub(super) blobs: PathBuf,
    pub(super) staging: PathBuf,
}

/// Where one blob lives: `blobs`, `top` below it, `leaf` below that, and `file` in there.
#[derive(Debug, Clone)]
pub(super) struct BlobPlace {
    /// The first two bytes of the hash, which name `top` and `leaf`.
    pub(super) prefix: [u8; 2],
    pub(super) top: PathBuf,
    pub(super) leaf: PathBuf,
    pub(super) file: PathBuf,
}

impl Layout {
    pub(super) fn below(root: &Path) -> Self {
        Self { root: root.to_owned(), blobs: root.join("blobs"), staging: root.join("staging") }
    }

    pub(super) fn staged(&self, id: UploadId) -> PathBuf {
        self.staging.join(id.to_string())
    }

    pub(super) fn blob(&self, hash: ContentHash) -> BlobPlace {
        let name = hash.to_string();
        let top = self.blobs.join(&name[..2]);
        let leaf = top.join(&name[2..4]);
        let file = leaf.join(&name);
        let [first, second, ..] = *hash.as_bytes();
        BlobPlace { prefix: [first, second], top, leaf, file }
    }

    /// Makes the root and its two folders, durably, and checks that a rename between them is possible.
    pub(super) fn make_folders(&self) -> io::Result<()> {
        for folder in [&self.root, &self.blobs, &self.staging] {
            make_durably(folder)?;
        }
        // An earlier process may have made them and lost its power before they were durable.
        sync_folder(&self.root)?;
        same_file_system(&self.blobs, &self.staging)
    }

    /// How much fits; `None` where the system does not say.
    #[cfg(unix)]
    pub(super) fn room(&self) -> Option<Room> {
        let found = rustix::fs::statvfs(&self.staging).ok()?;
        Some(Room {
            free_bytes: found.f_bavail.saturating_mul(found.f_frsize),
            total_bytes: found.f_blocks.saturating_mul(found.f_frsize),
        })
    }

    #[cfg(not(unix))]
    pub(super) fn room(&self) -> Option<Room> {
        None
    }

    /// Writes one byte beside the staged files and removes it again.
    pub(super) fn write_trial(&self) -> io::Result<()> {
        let path = self.staging.join(".trial");
        let written = File::create(&path).and_then(|mut file| file.write_all(b"?"));
        let removed = match fs::remove_file(&path) {
            // Another trial at the same moment may have removed it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        };
        written.and(removed)
    }
}

/// Makes a folder and what is missing above it, each one durable in its parent.
fn make_durably(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent {
        make_durably(parent)?;
    }
    match fs::create_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        Err(error) => Err(error),
        Ok(()) => sync_folder(parent.unwrap_or(Path::new("."))),
    }
}

/// Makes the names in a folder durable. Some network and FUSE file systems know no such call for
/// folders and say so; they keep names in their own way, and there is nothing more to ask of them.
#[cfg(unix)]
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
        Err(error) if matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput) => {
            Ok(())
        }
        synced => synced,
    }
}

/// Windows has no such call: NTFS journals names by itself.
#[cfg(not(unix))]
pub(super) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn same_file_system(one: &Path, other: &Path) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    if fs::metadata(one)?.dev() == fs::metadata(other)?.dev() {
        return Ok(());
    }
    let message = "blobs and staging are on different file systems; a blob could not be moved whole";
    Err(io::Error::new(io::ErrorKind::CrossesDevices, message))
}

#[cfg(not(unix))]
fn same_file_system(_: &Path, _: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Component;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever bytes a hash or an id is made of, its path stays where it belongs.
        #[test]
        fn no_hash_and_no_id_leads_out_of_its_folder(hash: [u8; 32], id: [u8; 16]) {
            let layout = Layout::below(Path::new("root"));
            let blob = layout.blob(ContentHash::from_bytes(hash)).file;
            let staged = layout.staged(UploadId::from_bytes(id));
            for (path, folder, depth) in [(blob, "root/blobs", 3), (staged, "root/staging", 1)] {
                let below: Vec<_> = path.strip_prefix(folder).unwrap().components().collect();
                prop_assert_eq!(below.len(), depth);
                for part in below {
                    let Component::Normal(name) = part else { panic!("{part:?}") };
                    let name = name.to_str().unwrap();
                    prop_assert!(name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b'-')));
                }
            }
        }
    }

    #[test]
    fn a_blob_is_filed_under_its_first_two_bytes() {
        let mut hash = [0xee; 32];
        hash[..3].copy_from_slice(&[0xab, 0x0c, 0xff]);
        let place = Layout::below(Path::new("r")).blob(ContentHash::from_bytes(hash));
        assert_eq!(place.leaf, Path::new("r/blobs/ab/0c"));
        assert!(place.file.file_name().unwrap().to_str().unwrap().starts_with("ab0cffee"));
        assert_eq!(place.prefix, [0xab, 0x0c]);
    }

    #[test]
    fn folders_are_made_with_everything_above_and_making_them_again_is_fine() {
        let place = tempfile::tempdir().unwrap();
        let layout = Layout::below(&place.path().join("deep/er"));
        layout.make_folders().unwrap();
        layout.make_folders().unwrap();
        assert!(layout.blobs.is_dir() && layout.staging.is_dir());
        assert!(layout.room().is_none_or(|room| room.total_bytes >= room.free_bytes));
    }
}
