//! Files that are there whole or not at all, also when the power goes: temporary file beside the
//! target, write, flush to the disk, rename, flush the folder.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

/// Replaces a small file. Only the owner may read it on Unix: settings hold the device's token.
/// On an error the old file is as it was.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("new");
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    rename(&temporary, path)?;
    sync_parent(path)
}

/// Replaces a small file that may be lost: readers see the old one or the new one, and nothing waits for
/// the disk.
pub(crate) fn replace_lightly(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("new");
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(&temporary)?.write_all(bytes)?;
    rename(&temporary, path)
}

/// Gives a finished temporary file its name. What has the name already is replaced.
#[expect(
    clippy::disallowed_methods,
    reason = "the device's one rename: callers flush the file before and the folder after, or may lose it"
)]
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}

/// Makes the names in a file's folder durable. Systems that cannot open folders do without.
pub(crate) fn sync_parent(path: &Path) -> io::Result<()> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_file_stays_until_the_new_one_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        replace(&path, b"one").unwrap();
        replace(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file stays");
        replace_lightly(&path, b"light").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"light");
        let nowhere = folder.path().join("missing/settings.json");
        assert!(replace(&nowhere, b"three").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        replace(&path, b"secret").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0);
    }
}
