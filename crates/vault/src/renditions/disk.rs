//! Renditions as plain files: `ROOT/renditions/ab/cd/<sha256>.thumbnail.webp`.

use std::fs::{self, File};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use bytes::Bytes;

use super::{Rendition, Renditions};
use crate::disk::{run_blocking, stream_of};
use crate::{ByteStream, Error, Result};

/// Where half-written files and tools' folders are, below the root of renditions.
const SCRATCH: &str = "scratch";

/// Renditions in files below one folder. Clones share it. One process at a time may use a root.
#[derive(Debug, Clone)]
pub struct DiskRenditions {
    root: PathBuf,
    scratch: PathBuf,
}

impl DiskRenditions {
    /// Opens the renditions of the vault below `vault_root`, making what is missing and clearing away
    /// what an earlier process left half done. Blocks: call it at start-up, or on the blocking pool.
    pub fn open(vault_root: &Path) -> Result<Self> {
        let root = vault_root.join("renditions");
        let scratch = root.join(SCRATCH);
        let made = fs::create_dir_all(&scratch).and_then(|()| clear(&scratch));
        made.map_err(|source| Error::from_io("open the folder of renditions", source))?;
        Ok(Self { root, scratch })
    }

    fn path(&self, rendition: Rendition) -> PathBuf {
        let name = rendition.of.to_string();
        let folder = self.root.join(&name[..2]).join(&name[2..4]);
        folder.join(format!("{name}.{}", rendition.kind.ending()))
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
            let size_bytes = file.metadata().map_err(failed)?.len();
            if wanted.start > wanted.end || wanted.end > size_bytes {
                return Err(Error::OutOfRange { size_bytes });
            }
            file.seek(SeekFrom::Start(wanted.start)).map_err(failed)?;
            Ok(file)
        })
        .await?;
        Ok(stream_of(file, hash, range))
    }

    async fn remove(&self, rendition: Rendition) -> Result<()> {
        const WHAT: &str = "remove a rendition";
        let path = self.path(rendition);
        run_blocking(WHAT, move || match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::from_io(WHAT, error)),
            _ => Ok(()),
        })
        .await
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
