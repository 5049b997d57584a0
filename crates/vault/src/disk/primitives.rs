//! The few file operations that durability hangs on. All of them pass through here, so that they can
//! be counted, and watched or failed by a test.

use std::fmt;
use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::layout;

/// One operation that is about to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Write,
    CutBack,
    CheckLength,
    MakeReadOnly,
    SyncFile,
    SyncFileSystem,
    MakeFolder,
    Rename,
    SyncFolder,
    Unlink,
}

/// Sees each step and the path it concerns; an error from it is taken for the disk's.
pub(super) type Watch = Arc<dyn Fn(Step, &Path) -> io::Result<()> + Send + Sync>;

/// Whether a rename took place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placed {
    Done,
    /// The name is taken; nothing was changed.
    Taken,
}

/// The operations.
pub(super) struct Primitives {
    /// An open folder of the file system. Kept open for good: the kernel reports a failed write to
    /// `syncfs` once per open file, counted from its opening.
    root: File,
    can_sync_all: AtomicBool,
    syncs: AtomicU64,
    watch: Option<Watch>,
}

impl fmt::Debug for Primitives {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Primitives")
            .field("can_sync_all", &self.can_sync_all)
            .field("syncs", &self.syncs)
            .finish_non_exhaustive()
    }
}

impl Primitives {
    pub(super) fn new(root: &Path, watch: Option<Watch>) -> io::Result<Self> {
        let root = open_folder(root)?;
        let can_sync_all = AtomicBool::new(syncfs_is_trustworthy(&root));
        Ok(Self { root, can_sync_all, syncs: AtomicU64::new(0), watch })
    }

    pub(super) fn syncs_total(&self) -> u64 {
        self.syncs.load(Ordering::Relaxed)
    }

    /// Whether [`Primitives::sync_file_system`] promises as much as a sync of each file.
    pub(super) fn can_sync_all(&self) -> bool {
        self.can_sync_all.load(Ordering::Relaxed)
    }

    /// Takes `syncfs` for good whatever the file system under the tests is.
    #[cfg(test)]
    pub(super) fn trust_sync_all(&self, can_sync_all: bool) {
        self.can_sync_all.store(can_sync_all, Ordering::Relaxed);
    }

    /// Tells the watcher, if there is one.
    pub(super) fn step(&self, step: Step, path: &Path) -> io::Result<()> {
        self.watch.as_ref().map_or(Ok(()), |watch| watch(step, path))
    }

    fn count_sync(&self) {
        self.syncs.fetch_add(1, Ordering::Relaxed);
        metrics::counter!("albumen_vault_syncs_total").increment(1);
    }

    /// Writes all of `bytes` at the file's position.
    pub(super) fn write(&self, mut file: &File, path: &Path, bytes: &[u8]) -> io::Result<()> {
        if let Err(ordered) = self.step(Step::Write, path) {
            // As a disk that runs full does: some of it, then no more.
            file.write_all(&bytes[..bytes.len() / 2])?;
            return Err(ordered);
        }
        file.write_all(bytes)
    }

    pub(super) fn cut_back(&self, file: &File, path: &Path, size_bytes: u64) -> io::Result<()> {
        self.step(Step::CutBack, path)?;
        file.set_len(size_bytes)
    }

    #[cfg(unix)]
    pub(super) fn make_read_only(&self, file: &File, path: &Path) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt as _;
        self.step(Step::MakeReadOnly, path)?;
        file.set_permissions(Permissions::from_mode(0o440))
    }

    #[cfg(not(unix))]
    pub(super) fn make_read_only(&self, file: &File, path: &Path) -> io::Result<()> {
        self.step(Step::MakeReadOnly, path)?;
        let mut permissions: Permissions = file.metadata()?.permissions();
        permissions.set_readonly(true);
        file.set_permissions(permissions)
    }

    /// Makes a file's bytes and facts durable.
    pub(super) fn sync_file(&self, file: &File, path: &Path) -> io::Result<()> {
        self.step(Step::SyncFile, path)?;
        self.count_sync();
        file.sync_all()
    }

    /// Makes the names in a folder durable.
    pub(super) fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.step(Step::SyncFolder, folder)?;
        self.count_sync();
        layout::sync_folder(folder)
    }

    /// Makes everything written to the file system so far durable, ours or not.
    ///
    /// It tells of a failed write once. Another file, still staged, may be the one that lost bytes, and
    /// a later `syncfs` would not tell again; a sync of that file does. So after one error it is never
    /// used again.
    pub(super) fn sync_file_system(&self) -> io::Result<()> {
        let synced = self.step(Step::SyncFileSystem, Path::new("")).and_then(|()| {
            self.count_sync();
            sync_file_system_of(&self.root)
        });
        if synced.is_err() {
            self.can_sync_all.store(false, Ordering::Relaxed);
        }
        synced
    }

    /// Makes a folder; one that is there already is fine.
    pub(super) fn make_folder(&self, folder: &Path) -> io::Result<()> {
        self.step(Step::MakeFolder, folder)?;
        match fs::create_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            made => made,
        }
    }

    /// Gives a file its name unless that is taken.
    pub(super) fn rename_new(&self, from: &Path, to: &Path) -> io::Result<Placed> {
        self.step(Step::Rename, to)?;
        rename_new(from, to)
    }

    /// Gives a file its name, whatever has it now.
    #[expect(clippy::disallowed_methods, reason = "the place that the ban points to")]
    pub(super) fn rename_over(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step(Step::Rename, to)?;
        fs::rename(from, to)
    }

    /// Removes a file; `false` when there was none.
    pub(super) fn unlink(&self, path: &Path) -> io::Result<bool> {
        self.step(Step::Unlink, path)?;
        match fs::remove_file(path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// Has the kernel begin to write out a stretch of a file that was just written, so that the sync at the end
/// finds little left to do. Promises nothing; what fails is told by that sync. "Not needed" makes Linux
/// begin (mm/fadvise.c); what is being written stays in memory.
#[cfg(target_os = "linux")]
pub(super) fn begin_to_write_out(file: &File, from: u64, bytes: u64) {
    use rustix::fs::{Advice, fadvise};
    if let Err(error) = fadvise(file, from, std::num::NonZeroU64::new(bytes), Advice::DontNeed) {
        tracing::debug!(%error, "staged bytes are written out no earlier than they must be");
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn begin_to_write_out(_: &File, _: u64, _: u64) {}

#[cfg(target_os = "linux")]
fn sync_file_system_of(root: &File) -> io::Result<()> {
    rustix::fs::syncfs(root).map_err(io::Error::from)
}

#[cfg(not(target_os = "linux"))]
fn sync_file_system_of(_: &File) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(unix)]
fn open_folder(folder: &Path) -> io::Result<File> {
    File::open(folder)
}

/// Windows opens no folder as a file, and nothing there uses it.
#[cfg(not(unix))]
fn open_folder(_: &Path) -> io::Result<File> {
    File::open("NUL")
}

/// Whether `syncfs` waits for everything and reports every failed write: since Linux 5.8 (syncfs(2),
/// "VERSIONS"), and on file systems that are known to implement it fully. Elsewhere, for instance on
/// FUSE, it may promise less than fsync, and is not used.
#[cfg(target_os = "linux")]
fn syncfs_is_trustworthy(root: &File) -> bool {
    /// Magic numbers of statfs(2).
    const EXT: u64 = 0xef53;
    const XFS: u64 = 0x5846_5342;
    const BTRFS: u64 = 0x9123_683e;
    let release = rustix::system::uname().release().to_string_lossy().into_owned();
    let Ok(found) = rustix::fs::fstatfs(root) else { return false };
    // Signed on some machines: only the lower 32 bits mean something.
    let file_system = u64::try_from(i128::from(found.f_type) & 0xffff_ffff).unwrap_or(0);
    is_at_least_5_8(&release) && [EXT, XFS, BTRFS].contains(&file_system)
}

#[cfg(not(target_os = "linux"))]
fn syncfs_is_trustworthy(_: &File) -> bool {
    false
}

/// Whether a kernel's release, such as `6.1.0-rpi7`, is 5.8 or newer.
#[cfg(target_os = "linux")]
fn is_at_least_5_8(release: &str) -> bool {
    let mut numbers = release.split(['.', '-', '+']).map_while(|part| part.parse::<u32>().ok());
    let (major, minor) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    (major, minor) >= (5, 8)
}

#[cfg(target_os = "linux")]
fn rename_new(from: &Path, to: &Path) -> io::Result<Placed> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(Placed::Done),
        Err(Errno::EXIST) => Ok(Placed::Taken),
        // Some file systems (NFS, older FUSE) know no such rename.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => look_then_rename(from, to),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(target_os = "linux"))]
fn rename_new(from: &Path, to: &Path) -> io::Result<Placed> {
    look_then_rename(from, to)
}

/// Good enough where one process owns the folder: seals take turns, and what a second one would
/// replace has the same bytes.
#[expect(clippy::disallowed_methods, reason = "the place that the ban points to")]
fn look_then_rename(from: &Path, to: &Path) -> io::Result<Placed> {
    if fs::symlink_metadata(to).is_ok() {
        return Ok(Placed::Taken);
    }
    fs::rename(from, to).map(|()| Placed::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn old_kernels_are_known() {
        for (release, new_enough) in
            [("4.4.302+", false), ("5.7.19", false), ("5.8.0", true), ("5.10", true), ("6.1.0-rpi7", true)]
        {
            assert_eq!(is_at_least_5_8(release), new_enough, "{release}");
        }
        assert!(!is_at_least_5_8("what"));
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "files to rename")]
    fn both_ways_to_rename_leave_a_taken_name_alone() {
        let place = tempfile::tempdir().unwrap();
        let (from, to) = (place.path().join("from"), place.path().join("to"));
        for rename in [rename_new, look_then_rename] {
            fs::write(&from, "new").unwrap();
            fs::write(&to, "old").unwrap();
            assert_eq!(rename(&from, &to).unwrap(), Placed::Taken);
            assert_eq!(fs::read_to_string(&to).unwrap(), "old");
            fs::remove_file(&to).unwrap();
            assert_eq!(rename(&from, &to).unwrap(), Placed::Done);
            assert_eq!(fs::read_to_string(&to).unwrap(), "new");
            assert!(!from.exists());
        }
    }
}
