//! Renditions in memory, for tests.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};

use super::budget::{Held, surplus};
use super::{Rendition, Renditions};
use crate::{ByteStream, Error, PIECE_MAX_BYTES, Result};

/// Keeps renditions in memory. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct MemoryRenditions {
    kept: Arc<Mutex<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    renditions: BTreeMap<Rendition, (Bytes, u64)>,
    /// Counts uses, so that each has its place in their order.
    uses: u64,
}

impl MemoryRenditions {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn used(&self, rendition: Rendition) -> Option<Bytes> {
        let mut kept = self.lock();
        kept.uses += 1;
        let now = kept.uses;
        let (bytes, used) = kept.renditions.get_mut(&rendition)?;
        *used = now;
        Some(bytes.clone())
    }
}

#[async_trait]
impl Renditions for MemoryRenditions {
    async fn keep(&self, rendition: Rendition, bytes: Bytes) -> Result<()> {
        let mut kept = self.lock();
        kept.uses += 1;
        let now = kept.uses;
        kept.renditions.insert(rendition, (bytes, now));
        Ok(())
    }

    async fn adopt(&self, rendition: Rendition, file: &Path) -> Result<()> {
        let bytes = std::fs::read(file).map_err(|source| Error::from_io("take over a rendition", source))?;
        self.keep(rendition, bytes.into()).await
    }

    async fn scratch(&self) -> Result<tempfile::TempDir> {
        tempfile::tempdir().map_err(|source| Error::from_io("make a folder for a tool", source))
    }

    async fn size_of(&self, rendition: Rendition) -> Result<Option<u64>> {
        Ok(self.lock().renditions.get(&rendition).map(|(bytes, _)| bytes.len() as u64))
    }

    async fn read(&self, rendition: Rendition, range: Range<u64>) -> Result<ByteStream> {
        let bytes = self.used(rendition).ok_or(Error::NotFound { hash: rendition.of })?;
        let outside = || Error::OutOfRange { size_bytes: bytes.len() as u64 };
        let ends = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
        let (start, end) =
            ends.filter(|(start, end)| start <= end && *end <= bytes.len()).ok_or_else(outside)?;
        let wanted = bytes.slice(start..end);
        let pieces: Vec<_> =
            wanted.chunks(PIECE_MAX_BYTES).map(|piece| Ok(wanted.slice_ref(piece))).collect();
        Ok(stream::iter(pieces).boxed())
    }

    async fn thin(&self, budget_bytes: u64, spared: Rendition) -> Result<u64> {
        let mut kept = self.lock();
        let on_demand = kept.renditions.iter().filter(|(rendition, _)| rendition.kind.is_on_demand());
        let held =
            on_demand.map(|(&name, &(ref bytes, used))| Held { name, size_bytes: bytes.len() as u64, used });
        let goes = surplus(held.collect(), budget_bytes, &spared);
        for one in &goes {
            kept.renditions.remove(&one.name);
        }
        Ok(goes.iter().map(|one| one.size_bytes).sum())
    }

    async fn remove(&self, rendition: Rendition) -> Result<()> {
        self.lock().renditions.remove(&rendition);
        Ok(())
    }
}
