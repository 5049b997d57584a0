//! One engine at a time looks after a device's folder.

use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;

/// The file's name in the device's folder. The system lets go of the lock when its holder ends, however
/// that happens; the file itself stays.
const LOCK_FILE: &str = "engine.lock";

/// Who holds the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// `albumen run`, for as long as it runs.
    Run,
    /// One backup.
    Backup,
}

impl Holder {
    const fn word(self) -> &'static [u8] {
        match self {
            Self::Run => b"run",
            Self::Backup => b"backup",
        }
    }
}

/// The lock, held until it is dropped.
#[derive(Debug)]
pub struct EngineLock {
    _file: File,
}

impl EngineLock {
    /// Takes the lock; answers who holds it when somebody else does. Makes the folder when needed.
    pub fn take(folder: &Path, holder: Holder) -> io::Result<Result<Self, Holder>> {
        std::fs::create_dir_all(folder)?;
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(folder.join(LOCK_FILE))?;
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0)?;
                file.rewind()?;
                file.write_all(holder.word())?;
                Ok(Ok(Self { _file: file }))
            }
            Err(TryLockError::WouldBlock) => Ok(Err(read_holder(&mut file))),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Who holds the lock now; `None` when nobody does.
    pub fn holder(folder: &Path) -> Option<Holder> {
        let mut file = File::open(folder.join(LOCK_FILE)).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => Some(read_holder(&mut file)),
            _ => None,
        }
    }
}

/// Where the system does not let others read what is locked, the usual holder is meant.
fn read_holder(file: &mut File) -> Holder {
    let mut word = Vec::new();
    let is_backup = file.read_to_end(&mut word).is_ok() && word == Holder::Backup.word();
    if is_backup { Holder::Backup } else { Holder::Run }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_is_held_by_one_and_named_to_others() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        let held = EngineLock::take(&home, Holder::Backup).unwrap().unwrap();
        assert_eq!(EngineLock::take(&home, Holder::Run).unwrap().unwrap_err(), Holder::Backup);
        assert_eq!(EngineLock::holder(&home), Some(Holder::Backup));
        drop(held);
        assert_eq!(EngineLock::holder(&home), None);
        let _held = EngineLock::take(&home, Holder::Run).unwrap().unwrap();
        assert_eq!(EngineLock::take(&home, Holder::Backup).unwrap().unwrap_err(), Holder::Run);
    }
}
