//! Renditions in memory, for tests.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};

use super::{Rendition, Renditions};
use crate::{ByteStream, Error, PIECE_MAX_BYTES, Result};

/// Keeps renditions in memory. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct MemoryRenditions {
    kept: Arc<Mutex<BTreeMap<Rendition, Bytes>>>,
}

impl MemoryRenditions {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Rendition, Bytes>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Renditions for MemoryRenditions {
    async fn keep(&self, rendition: Rendition, bytes: Bytes) -> Result<()> {
        self.lock().insert(rendition, bytes);
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
        Ok(self.lock().get(&rendition).map(|bytes| bytes.len() as u64))
    }

    async fn read(&self, rendition: Rendition, range: Range<u64>) -> Result<ByteStream> {
        let bytes = self.lock().get(&rendition).cloned().ok_or(Error::NotFound { hash: rendition.of })?;
        let outside = || Error::OutOfRange { size_bytes: bytes.len() as u64 };
        let ends = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
        let (start, end) =
            ends.filter(|(start, end)| start <= end && *end <= bytes.len()).ok_or_else(outside)?;
        let wanted = bytes.slice(start..end);
        let pieces: Vec<_> =
            wanted.chunks(PIECE_MAX_BYTES).map(|piece| Ok(wanted.slice_ref(piece))).collect();
        Ok(stream::iter(pieces).boxed())
    }

    async fn remove(&self, rendition: Rendition) -> Result<()> {
        self.lock().remove(&rendition);
        Ok(())
    }
}
