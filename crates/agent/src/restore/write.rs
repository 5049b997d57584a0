//! Writes one file: beside its place under a temporary name, verified, with its time, flushed, and
//! only then under its own name, which is never taken from another file.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::{Hashes, Name, TwinHasher};
use filetime::FileTime;
use futures_util::StreamExt as _;

use super::{RestoreItem, Restoring};
use crate::durable;
use crate::report::Event;
use crate::sources::os_name;
use crate::uploader::HubError;

/// How many numbers are tried for a name that others have.
const NUMBERS_MAX: u64 = 10_000;
/// Said of a file whose name the disk refuses.
const UNHOLDABLE: &str = "this disk cannot hold the name";
/// Said of a file whose name another file has.
const NAME_TAKEN: &str = "another file has the name";

/// A file that is back.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) path: PathBuf,
    /// It was there already.
    pub(super) kept: bool,
    /// Why it has another name.
    pub(super) renamed: Option<&'static str>,
}

/// Why a file is not back.
#[derive(Debug, thiserror::Error)]
pub(super) enum WriteFailure {
    #[error("the restore was stopped before it was back")]
    Stopped,
    #[error(transparent)]
    Hub(#[from] HubError),
    #[error("what arrived is not what was backed up")]
    WrongBytes,
    #[error("there is no room left on this disk")]
    Full,
    #[error("it cannot be written: {0}")]
    Io(#[source] io::Error),
    #[error("a part of the program broke down: {0}")]
    Broken(#[from] tokio::task::JoinError),
}

impl WriteFailure {
    pub(super) const fn is_retryable(&self) -> bool {
        match self {
            Self::Hub(error) => error.is_retryable(),
            Self::WrongBytes => true,
            Self::Stopped | Self::Full | Self::Io(_) | Self::Broken(_) => false,
        }
    }

    pub(super) const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Hub(error) => error.retry_after(),
            _ => None,
        }
    }
}

impl From<io::Error> for WriteFailure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Io(error),
        }
    }
}

/// Where a file may go, and what is there.
struct Place {
    path: PathBuf,
    renamed: Option<&'static str>,
    is_there: bool,
}

impl Restoring<'_> {
    /// Brings one file back. After a failure its temporary file stays, and the next try goes on with it.
    pub(super) async fn write(
        &self,
        item: &RestoreItem,
        arrived_bytes: &AtomicU64,
    ) -> Result<Written, WriteFailure> {
        let place = {
            let (item, to) = (item.clone(), self.to.to_owned());
            blocking(move || find_place(&item, &to)).await?
        };
        if place.is_there {
            return Ok(Written { path: place.path, kept: true, renamed: place.renamed });
        }
        let temporary = place.path.with_file_name(format!(".albumen-{}.part", item.entry));
        let part = {
            let (temporary, size_bytes) = (temporary.clone(), item.size_bytes);
            blocking(move || open_part(&temporary, size_bytes)).await?
        };
        let (file, hasher) = self.fetch(item, part, arrived_bytes).await?;
        let item = item.clone();
        blocking(move || finish(file, hasher.finish(), &temporary, &item, place)).await
    }

    /// Writes what is missing of a file behind what is there of it.
    async fn fetch(
        &self,
        item: &RestoreItem,
        (mut file, mut hasher): (File, TwinHasher),
        arrived_bytes: &AtomicU64,
    ) -> Result<(File, TwinHasher), WriteFailure> {
        if let Some(error) = self.absence.given_up() {
            return Err(error.into());
        }
        let shown: Arc<str> = item.shown().into();
        let reading = self.parts.archive.read(item.entry, hasher.size_bytes());
        let mut pieces = self.unless_stopped(reading).await??;
        while let Some(piece) = self.unless_stopped(pieces.next()).await? {
            let piece = piece?;
            self.absence.is_over(self.parts);
            let bytes = piece.len() as u64;
            (file, hasher) = blocking(move || {
                file.write_all(&piece)?;
                hasher.update(&piece);
                Ok((file, hasher))
            })
            .await?;
            arrived_bytes.fetch_add(bytes, Ordering::Relaxed);
            self.parts.reports.tell(&Event::RestoreWrote { item: shown.clone(), bytes });
        }
        Ok((file, hasher))
    }
}

/// The first name for the file that is free, or has the same file already.
fn find_place(item: &RestoreItem, to: &Path) -> Result<Place, WriteFailure> {
    let folder = make_folders(item, to)?;
    let mut renamed = None;
    let mut wanted = exact_path(&folder, item);
    let mut name = item.name.clone();
    if is_refused(&wanted) {
        name = Name::lenient(&item.name.safe_file_name());
        wanted = folder.join(name.as_str());
        renamed = Some(UNHOLDABLE);
    }
    let mut path = wanted;
    for number in 2..NUMBERS_MAX {
        match fs::symlink_metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Place { path, renamed, is_there: false });
            }
            Err(error) => return Err(error.into()),
            Ok(metadata) if metadata.is_file() && metadata.len() == item.size_bytes => {
                if hash_file(&path)?.sha256 == item.sha256 {
                    return Ok(Place { path, renamed, is_there: true });
                }
            }
            Ok(_) => {}
        }
        renamed = Some(NAME_TAKEN);
        path = folder.join(name.numbered(number).safe_file_name());
    }
    Err(WriteFailure::Io(io::ErrorKind::AlreadyExists.into()))
}

/// The folders of a file's album, made where they are missing, with safe names where the disk refuses
/// theirs.
fn make_folders(item: &RestoreItem, to: &Path) -> Result<PathBuf, WriteFailure> {
    let mut folder = to.to_owned();
    for name in &item.folders {
        let exact = folder.join(exact_name(name));
        folder = if is_refused(&exact) { folder.join(name.safe_file_name()) } else { exact };
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// The file's place under its very own name.
fn exact_path(folder: &Path, item: &RestoreItem) -> PathBuf {
    match &item.name_raw {
        Some(raw) if cfg!(unix) => folder.join(os_name(raw)),
        _ => folder.join(exact_name(&item.name)),
    }
}

/// Names are kept exactly where any byte may stand in one.
fn exact_name(name: &Name) -> String {
    if cfg!(unix) { name.as_str().to_owned() } else { name.safe_file_name() }
}

/// Whether the disk says that this can be no name: too long, or a character that it does not know.
fn is_refused(path: &Path) -> bool {
    let refused = |kind| matches!(kind, io::ErrorKind::InvalidFilename | io::ErrorKind::InvalidInput);
    fs::symlink_metadata(path).is_err_and(|error| refused(error.kind()))
}

fn hash_file(path: &Path) -> io::Result<Hashes> {
    hash_open(&mut File::open(path)?).map(TwinHasher::finish)
}

fn hash_open(file: &mut File) -> io::Result<TwinHasher> {
    let mut hasher = TwinHasher::new();
    let mut piece = vec![0u8; 128 * 1024];
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok(hasher),
            Ok(length) => hasher.update(&piece[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Opens what an earlier try left, hashed so far, or an empty file.
fn open_part(temporary: &Path, size_bytes: u64) -> Result<(File, TwinHasher), WriteFailure> {
    let mut file = File::options().read(true).write(true).create(true).truncate(false).open(temporary)?;
    if file.metadata()?.len() > size_bytes {
        file.set_len(0)?;
    }
    let hasher = hash_open(&mut file)?;
    file.seek(io::SeekFrom::End(0))?;
    Ok((file, hasher))
}

/// Verifies, sets the time, flushes and names the file.
fn finish(
    file: File,
    hashes: Hashes,
    temporary: &Path,
    item: &RestoreItem,
    place: Place,
) -> Result<Written, WriteFailure> {
    if hashes.size_bytes < item.size_bytes {
        // The connection ended early: the next try goes on from here.
        let reason = "the connection was cut".to_owned();
        return Err(HubError::Retryable { reason, retry_after: None }.into());
    }
    if hashes.sha256 != item.sha256 {
        fs::remove_file(temporary)?;
        return Err(WriteFailure::WrongBytes);
    }
    if let Some(modified_at_ms) = item.modified_at_ms {
        let nanoseconds = u32::try_from(modified_at_ms.rem_euclid(1000) * 1_000_000).unwrap_or(0);
        let time = FileTime::from_unix_time(modified_at_ms.div_euclid(1000), nanoseconds);
        filetime::set_file_handle_times(&file, None, Some(time))?;
    }
    file.sync_all()?;
    drop(file);
    let Place { mut path, mut renamed, .. } = place;
    let mut number = 2;
    while !take_name(temporary, &path)? {
        path = path.with_file_name(item.name.numbered(number).safe_file_name());
        renamed = Some(NAME_TAKEN);
        number += 1;
        if number > NUMBERS_MAX {
            return Err(WriteFailure::Io(io::ErrorKind::AlreadyExists.into()));
        }
    }
    durable::sync_parent(&path)?;
    Ok(Written { path, kept: false, renamed })
}

/// Gives a file its name unless another has it meanwhile; says whether it worked.
fn take_name(temporary: &Path, path: &Path) -> io::Result<bool> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, temporary, CWD, path, RenameFlags::NOREPLACE) {
            Ok(()) => return Ok(true),
            Err(Errno::EXIST) => return Ok(false),
            // This disk does not know how; the plain way is below.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            Err(error) => return Err(error.into()),
        }
    }
    if fs::symlink_metadata(path).is_ok() {
        return Ok(false);
    }
    durable::rename(temporary, path).map(|()| true)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, WriteFailure> + Send + 'static,
) -> Result<T, WriteFailure> {
    tokio::task::spawn_blocking(work).await?
}
