//! A folder tree on a computer, a card or a mounted disk.
//!
//! Every folder below it that holds media is a device album. Left out, with everything below:
//! hidden folders, folders that contain `.nomedia` (Android's word for "not for galleries"), and links
//! to folders, so that a loop of links is no loop for us. Hidden files are left out, too. A link to a
//! file is followed. The source's own root is what a person pointed at: it is looked at in any case.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use async_trait::async_trait;

use super::{
    BlockingItem, Facts, FileId, Glimpse, LocalId, OpenItem, ReadSeek, Scan, Sighting, Source, SourceId,
    is_media, is_sidecar, name_bytes,
};

/// A folder tree.
#[derive(Debug, Clone)]
pub struct FolderSource {
    id: SourceId,
    root: PathBuf,
    all_files: bool,
}

impl FolderSource {
    /// The tree below `root`. With `all_files` also what is no picture or video by its name.
    pub fn new(id: SourceId, root: PathBuf, all_files: bool) -> Self {
        Self { id, root, all_files }
    }

    fn path_of(&self, local: &LocalId) -> PathBuf {
        self.root.join(local.to_path())
    }
}

#[async_trait]
impl Source for FolderSource {
    fn id(&self) -> SourceId {
        self.id
    }

    fn name(&self) -> String {
        let name = self.root.file_name().unwrap_or(self.root.as_os_str());
        name.to_string_lossy().into_owned()
    }

    fn place(&self) -> String {
        self.root.display().to_string()
    }

    fn describe(&self, local: &LocalId) -> String {
        // Joined with nothing, a path gets a separator at its end.
        let path = if local.as_bytes().is_empty() { self.root.clone() } else { self.path_of(local) };
        path.display().to_string()
    }

    fn scan(&self) -> Scan {
        Box::new(Walk {
            root: self.root.clone(),
            all_files: self.all_files,
            stack: Vec::new(),
            started: false,
        })
    }

    fn facts(&self, local: &LocalId) -> io::Result<Facts> {
        fs::metadata(self.path_of(local)).map(|metadata| facts_of(&metadata))
    }

    fn holds_files(&self, folder: &LocalId) -> bool {
        // Where a disk was attached, its empty folder stays, at most with hidden files or other folders.
        fs::read_dir(self.path_of(folder)).is_ok_and(|entries| {
            entries.flatten().any(|entry| {
                let is_hidden = name_bytes(&entry.file_name()).starts_with(b".");
                !is_hidden && entry.file_type().is_ok_and(|kind| !kind.is_dir())
            })
        })
    }

    fn nearest(&self, folder: &LocalId) -> io::Result<(LocalId, Option<u64>)> {
        let mut folder = folder.clone();
        loop {
            let path = self.path_of(&folder);
            match fs::metadata(&path) {
                Ok(metadata) => return Ok((folder, facts_of(&metadata).file.map(|file| file.device))),
                // A link in the folder's place leads to a disk that is not there.
                Err(error) if folder.is_root() || fs::symlink_metadata(&path).is_ok() => return Err(error),
                Err(error) if is_gone(&error) => folder = folder.folder(),
                Err(error) => return Err(error),
            }
        }
    }

    fn open_blocking(&self, local: &LocalId) -> io::Result<Box<dyn BlockingItem>> {
        Ok(Box::new(OpenFile(open_regular(&self.path_of(local))?)))
    }

    async fn open(&self, local: &LocalId) -> io::Result<Box<dyn OpenItem>> {
        let path = self.path_of(local);
        let file =
            tokio::task::spawn_blocking(move || open_regular(&path)).await.map_err(io::Error::other)??;
        Ok(Box::new(OpenAsyncFile(tokio::fs::File::from_std(file))))
    }
}

/// Opens a file that has bytes. Without waiting: a pipe that took the file's place since the scan would
/// otherwise hold us until somebody writes into it.
fn open_regular(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let flags = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).map_err(io::Error::other)?;
        options.custom_flags(flags);
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is not a file any more")) }
}

struct OpenFile(File);

impl BlockingItem for OpenFile {
    fn facts(&self) -> io::Result<Facts> {
        self.0.metadata().map(|metadata| facts_of(&metadata))
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

struct OpenAsyncFile(tokio::fs::File);

#[async_trait]
impl OpenItem for OpenAsyncFile {
    async fn facts(&self) -> io::Result<Facts> {
        self.0.metadata().await.map(|metadata| facts_of(&metadata))
    }

    fn into_bytes(self: Box<Self>) -> Box<dyn ReadSeek> {
        Box::new(self.0)
    }
}

#[cfg(unix)]
fn facts_of(metadata: &Metadata) -> Facts {
    use std::os::unix::fs::MetadataExt as _;
    Facts {
        size_bytes: metadata.len(),
        modified_at_ns: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
        changed_at_ns: Some(nanoseconds(metadata.ctime(), metadata.ctime_nsec())),
        file: Some(FileId { device: metadata.dev(), inode: metadata.ino() }),
    }
}

#[cfg(unix)]
const fn nanoseconds(seconds: i64, nanoseconds: i64) -> i64 {
    seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds)
}

#[cfg(not(unix))]
fn facts_of(metadata: &Metadata) -> Facts {
    let modified_at_ns = metadata
        .modified()
        .ok()
        .and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok())
        .and_then(|since| i64::try_from(since.as_nanos()).ok())
        .unwrap_or(0);
    Facts { size_bytes: metadata.len(), modified_at_ns, changed_at_ns: None, file: None }
}

/// One folder whose entries are still to be yielded, the last name first.
struct Level {
    folder: LocalId,
    entries: Vec<(Box<[u8]>, Met)>,
}

/// What an entry of a folder turned out to be.
enum Met {
    Folder,
    Item(Facts),
    LeftOut,
    LeadsNowhere,
    Unreadable(String),
}

/// Walks a tree depth first in the order of [`LocalId`]. Facts are taken while a folder is listed, so
/// that no folder stays open while another is read, however deep the tree is.
struct Walk {
    root: PathBuf,
    all_files: bool,
    stack: Vec<Level>,
    started: bool,
}

impl Iterator for Walk {
    type Item = io::Result<Glimpse>;

    fn next(&mut self) -> Option<Self::Item> {
        if !self.started {
            self.started = true;
            match self.list(&LocalId::root()) {
                Ok(entries) => self.stack.push(Level { folder: LocalId::root(), entries }),
                Err(error) => return Some(Err(error)),
            }
        }
        loop {
            let level = self.stack.last_mut()?;
            let Some((name, met)) = level.entries.pop() else {
                self.stack.pop();
                continue;
            };
            let local = level.folder.child(&name);
            match met {
                Met::Item(facts) => return Some(Ok(Glimpse::Item(Sighting { local, facts }))),
                Met::LeftOut => return Some(Ok(Glimpse::LeftOut(local))),
                Met::LeadsNowhere => return Some(Ok(Glimpse::LeadsNowhere(local))),
                Met::Unreadable(why) => return Some(Ok(Glimpse::Unreadable(local, why))),
                Met::Folder => match self.list(&local) {
                    Ok(entries) => self.stack.push(Level { folder: local, entries }),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Some(Ok(Glimpse::UnreadableFolder(local, error.to_string()))),
                },
            }
        }
    }
}

impl Walk {
    /// A folder's entries, last name first; nothing when it asks to be left out.
    fn list(&self, folder: &LocalId) -> io::Result<Vec<(Box<[u8]>, Met)>> {
        let path = self.root.join(folder.to_path());
        let mut entries = Vec::new();
        let mut has_media = false;
        for entry in fs::read_dir(&path)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name_bytes(&name);
            if name == b".nomedia" && !folder.is_root() {
                return Ok(Vec::new());
            }
            if name.starts_with(b".") {
                continue;
            }
            let met = self.meet(&entry, name);
            has_media |= matches!(met, Some(Met::Item(_))) && !is_sidecar(name);
            if let Some(met) = met {
                entries.push((Box::from(name), met));
            }
        }
        if !has_media && !self.all_files {
            leave_lonely_sidecars_out(&mut entries);
        }
        entries.sort_unstable_by(|(a, _), (b, _)| b.cmp(a));
        Ok(entries)
    }

    /// What an entry is; `None` for what is passed over in silence.
    fn meet(&self, entry: &fs::DirEntry, name: &[u8]) -> Option<Met> {
        let kind = match entry.file_type() {
            Ok(kind) => kind,
            Err(error) => return unless_vanished(&error),
        };
        if kind.is_dir() {
            return Some(Met::Folder);
        }
        let wanted = self.all_files || is_media(name) || is_sidecar(name);
        if !wanted {
            return Some(Met::LeftOut);
        }
        if kind.is_file() {
            return match entry.metadata() {
                Ok(metadata) => Some(Met::Item(facts_of(&metadata))),
                Err(error) => unless_vanished(&error),
            };
        }
        if kind.is_symlink() {
            return match fs::metadata(entry.path()) {
                Ok(metadata) if metadata.is_file() => Some(Met::Item(facts_of(&metadata))),
                Ok(metadata) if metadata.is_dir() => None,
                Ok(_) => Some(Met::LeftOut),
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => unless_vanished(&error),
                Err(_) => Some(Met::LeadsNowhere),
            };
        }
        Some(Met::LeftOut)
    }
}

/// Whether a path leads nowhere: it is not there, or what is above it is no folder any more.
fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// A file that vanished between listing and looking was simply deleted.
fn unless_vanished(error: &io::Error) -> Option<Met> {
    (error.kind() != io::ErrorKind::NotFound).then(|| Met::Unreadable(error.to_string()))
}

/// Sidecars go along with pictures; without any in their folder they are other programs' files.
fn leave_lonely_sidecars_out(entries: &mut [(Box<[u8]>, Met)]) {
    for (_, met) in entries.iter_mut().filter(|(_, met)| matches!(met, Met::Item(_))) {
        *met = Met::LeftOut;
    }
}

#[cfg(test)]
#[path = "folder_tests.rs"]
mod tests;
