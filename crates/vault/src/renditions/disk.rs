//! Renditions as plain files.
//!
//! ```text
//! ROOT/renditions/ab/cd/<sha256>.thumbnail.webp        made when the picture came
//! ROOT/renditions/on-demand/<sha256>.playback.mp4      made when it was asked for
//! ```
//!
//! What was made on demand lies in one folder, so that finding out how much room it takes is one look. A
//! file's time of change is the time of its last use.

use std::fs::{self, File};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use bytes::Bytes;

use super::budget::{Held, surplus};
use super::{Rendition, Renditions};
use crate::disk::{run_blocking, stream_of};
use crate::{ByteStream, Error, Result};

/// Where half-written files and tools' folders are, below the root of renditions.
const SCRATCH: &str = "scratch";

/// Where that lies which was made on demand.
const ON_DEMAND: &str = "on-demand";

/// How exactly the time of the last use is known: it is not written down more often.
const USED_AT_PRECISION: Duration = Duration::from_mins(10);

/// Renditions in files below one folder. Clones share it. One process at a time may use a root.
#[derive(Debug, Clone)]
pub struct DiskRenditions {
    root: PathBuf,
    scratch: PathBuf,
    on_demand: PathBuf,
}

impl DiskRenditions {
    /// Opens the renditions of the vault below `vault_root`, making what is missing and clearing away
    /// what an earlier process left half done. Blocks: call it at start-up, or on the blocking pool.
    pub fn open(vault_root: &Path) -> Result<Self> {
        let root = vault_root.join("renditions");
        let (scratch, on_demand) = (root.join(SCRATCH), root.join(ON_DEMAND));
        let made = fs::create_dir_all(&scratch).and_then(|()| clear(&scratch));
        let made = made.and_then(|()| fs::create_dir_all(&on_demand));
        made.map_err(|source| Error::from_io("open the folder of renditions", source))?;
        Ok(Self { root, scratch, on_demand })
    }

    fn path(&self, rendition: Rendition) -> PathBuf {
        let name = rendition.of.to_string();
        let file = format!("{name}.{}", rendition.kind.ending());
        if rendition.kind.is_on_demand() {
            return self.on_demand.join(file);
        }
        self.root.join(&name[..2]).join(&name[2..4]).join(file)
    }
}

/// Empties the scratch folder: only this process writes there, and it has just started.
#[expect(clippy::disallowed_methods, reason = "renditions that were never finished, in a folder of our own")]
fn clear(scratch: &Path) -> io::Result<()> {
    for entry in fs::read_dir(scratch)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Gives a finished file its name. Its bytes are durable first, so that no power cut leaves a torn
/// picture under a good name; its name may be lost, and the rendition is then made again.
#[expect(clippy::disallowed_methods, reason = "renditions can be made again; see the module's page")]
fn give_name(from: &Path, to: &Path) -> io::Result<()> {
    File::open(from)?.sync_all()?;
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let folder = to.parent().ok_or(io::ErrorKind::InvalidInput)?;
            fs::create_dir_all(folder)?;
            fs::rename(from, to)
        }
        renamed => renamed,
    }
}

/// Everything that was made on demand. What vanishes meanwhile takes no room.
fn held_in(on_demand: &Path) -> io::Result<Vec<Held<PathBuf, SystemTime>>> {
    let mut held = Vec::new();
    for entry in fs::read_dir(on_demand)? {
        let entry = entry?;
        match entry.metadata() {
            Ok(facts) if facts.is_file() => {
                held.push(Held { name: entry.path(), size_bytes: facts.len(), used: facts.modified()? });
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(held)
}

/// Writes down that a rendition is used now. Without it the rendition only goes earlier.
#[expect(clippy::disallowed_methods, reason = "compared with what the file system's own clock has written")]
fn mark_used(file: &File, before: SystemTime) {
    let now = SystemTime::now();
    if now.duration_since(before).is_ok_and(|since| since < USED_AT_PRECISION) {
        return;
    }
    if let Err(error) = file.set_modified(now) {
        tracing::debug!(%error, "that a rendition was used could not be written down");
    }
}

#[async_trait]
impl Renditions for DiskRenditions {
    async fn keep(&self, rendition: Rendition, bytes: Bytes) -> Result<()> {
        const WHAT: &str = "keep a rendition";
        let (path, scratch) = (self.path(rendition), self.scratch.clone());
        run_blocking(WHAT, move || {
            let kept = (|| {
                let mut file = tempfile::NamedTempFile::new_in(scratch)?;
                file.write_all(&bytes)?;
                give_name(file.path(), &path)
            })();
            kept.map_err(|source| Error::from_io(WHAT, source))
        })
        .await
    }

    async fn adopt(&self, rendition: Rendition, file: &Path) -> Result<()> {
        const WHAT: &str = "take over a rendition";
        let (path, file) = (self.path(rendition), file.to_owned());
        run_blocking(WHAT, move || give_name(&file, &path).map_err(|source| Error::from_io(WHAT, source)))
            .await
    }

    async fn scratch(&self) -> Result<tempfile::TempDir> {
        const WHAT: &str = "make a folder for a tool";
        let scratch = self.scratch.clone();
        run_blocking(WHAT, move || {
            tempfile::tempdir_in(scratch).map_err(|source| Error::from_io(WHAT, source))
        })
        .await
    }

    async fn size_of(&self, rendition: Rendition) -> Result<Option<u64>> {
        const WHAT: &str = "look for a rendition";
        let path = self.path(rendition);
        run_blocking(WHAT, move || match fs::symlink_metadata(path) {
            Ok(facts) => Ok(facts.is_file().then_some(facts.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::from_io(WHAT, error)),
        })
        .await
    }

    async fn read(&self, rendition: Rendition, range: Range<u64>) -> Result<ByteStream> {
        const WHAT: &str = "read a rendition";
        let (path, hash, wanted) = (self.path(rendition), rendition.of, range.clone());
        let file = run_blocking(WHAT, move || {
            let failed = |source| Error::from_io(WHAT, source);
            let mut file = match File::open(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return Err(Error::NotFound { hash });
                }
                opened => opened.map_err(failed)?,
            };
            let facts = file.metadata().map_err(failed)?;
            let size_bytes = facts.len();
            if rendition.kind.is_on_demand() {
                mark_used(&file, facts.modified().map_err(failed)?);
            }
            if wanted.start > wanted.end || wanted.end > size_bytes {
                return Err(Error::OutOfRange { size_bytes });
            }
            file.seek(SeekFrom::Start(wanted.start)).map_err(failed)?;
            Ok(file)
        })
        .await?;
        Ok(stream_of(file, hash, range))
    }

    async fn thin(&self, budget_bytes: u64, spared: Rendition) -> Result<u64> {
        const WHAT: &str = "make room among renditions";
        let (spared, on_demand) = (self.path(spared), self.on_demand.clone());
        run_blocking(WHAT, move || {
            let failed = |source| Error::from_io(WHAT, source);
            let goes = surplus(held_in(&on_demand).map_err(failed)?, budget_bytes, &spared);
            goes.iter().try_fold(0, |freed, one| {
                remove_if_there(&one.name).map_err(failed)?;
                Ok(freed + one.size_bytes)
            })
        })
        .await
    }

    async fn remove(&self, rendition: Rendition) -> Result<()> {
        const WHAT: &str = "remove a rendition";
        let path = self.path(rendition);
        run_blocking(WHAT, move || remove_if_there(&path).map_err(|source| Error::from_io(WHAT, source)))
            .await
    }
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use domain::hash::TwinHasher;

    use super::*;
    use crate::RenditionKind;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "what a killed process left")]
    fn what_a_killed_process_left_half_done_is_cleared_away() {
        let root = tempfile::tempdir().unwrap();
        let kept = root.path().join("renditions/ab");
        let half = root.path().join("renditions/scratch/tool");
        fs::create_dir_all(&kept).unwrap();
        fs::create_dir_all(&half).unwrap();
        fs::write(half.join("half.mp4"), "x").unwrap();
        fs::write(root.path().join("renditions/scratch/half"), "x").unwrap();
        DiskRenditions::open(root.path()).unwrap();
        assert_eq!(fs::read_dir(root.path().join("renditions/scratch")).unwrap().count(), 0);
        assert!(kept.exists());
    }

    #[tokio::test]
    #[expect(
        clippy::disallowed_methods,
        reason = "compared with what the file system's own clock has written"
    )]
    async fn what_is_looked_at_stays_and_what_nobody_looks_at_goes() {
        let root = tempfile::tempdir().unwrap();
        let renditions = DiskRenditions::open(root.path()).unwrap();
        let film =
            |of: &str| Rendition { of: TwinHasher::of(of.as_bytes()).sha256, kind: RenditionKind::Playback };
        let long_ago = SystemTime::now() - Duration::from_hours(24);
        for of in ["looked at", "forgotten", "new"] {
            renditions.keep(film(of), Bytes::from_static(b"film")).await.unwrap();
            File::open(renditions.path(film(of))).unwrap().set_modified(long_ago).unwrap();
        }
        drop(renditions.read(film("looked at"), 0..4).await.unwrap());
        assert_eq!(renditions.thin(8, film("new")).await.unwrap(), 4);
        assert_eq!(renditions.size_of(film("looked at")).await.unwrap(), Some(4));
        assert_eq!(renditions.size_of(film("forgotten")).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_rendition_lies_beside_its_blobs_name() {
        let root = tempfile::tempdir().unwrap();
        let renditions = DiskRenditions::open(root.path()).unwrap();
        let of = TwinHasher::of(b"x").sha256;
        renditions
            .keep(Rendition { of, kind: RenditionKind::Preview }, Bytes::from_static(b"y"))
            .await
            .unwrap();
        let name = of.to_string();
        let path = root.path().join(format!("renditions/{}/{}/{name}.preview.jpg", &name[..2], &name[2..4]));
        assert_eq!(fs::read(path).unwrap(), b"y");
        assert_eq!(fs::read_dir(root.path().join("renditions/scratch")).unwrap().count(), 0);
    }
}
