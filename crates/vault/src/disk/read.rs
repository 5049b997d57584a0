//! Reading sealed blobs.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::ops::Range;

use bytes::Bytes;
use domain::ContentHash;
use futures_util::{StreamExt as _, stream};

use super::layout::Layout;
use super::run_blocking;
use crate::{ByteStream, Error, PIECE_MAX_BYTES, Result};

const WHAT: &str = "read a blob";

/// The length of a blob's file; `None` when there is none.
pub(super) fn size_of(layout: &Layout, hash: ContentHash) -> Result<Option<u64>> {
    match fs::symlink_metadata(layout.blob(hash).file) {
        Ok(facts) => Ok(facts.is_file().then_some(facts.len())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::from_io("look for a blob", error)),
    }
}

/// Opens a blob at the start of a range that lies inside it.
pub(super) fn open(layout: &Layout, hash: ContentHash, range: &Range<u64>) -> Result<File> {
    let failed = |source| Error::from_io(WHAT, source);
    let mut file = match File::open(layout.blob(hash).file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Error::NotFound { hash }),
        opened => opened.map_err(failed)?,
    };
    let size_bytes = file.metadata().map_err(failed)?.len();
    if range.start > range.end || range.end > size_bytes {
        return Err(Error::OutOfRange { size_bytes });
    }
    file.seek(SeekFrom::Start(range.start)).map_err(failed)?;
    Ok(file)
}

/// Streams a range piece by piece, each read on the blocking pool. A file that ends early is damaged.
pub(crate) fn stream(file: File, hash: ContentHash, range: Range<u64>) -> ByteStream {
    let left_bytes = range.end - range.start;
    stream::try_unfold((file, left_bytes), move |(file, left_bytes)| async move {
        if left_bytes == 0 {
            return Ok(None);
        }
        run_blocking(WHAT, move || {
            let piece = next_piece(&file, left_bytes).map_err(|source| Error::from_io(WHAT, source))?;
            if piece.is_empty() {
                return Err(Error::Damaged { hash });
            }
            let left_bytes = left_bytes - piece.len() as u64;
            Ok(Some((piece, (file, left_bytes))))
        })
        .await
    })
    .boxed()
}

/// Up to a piece's length from where the file stands; shorter only at its end.
fn next_piece(file: &File, left_bytes: u64) -> io::Result<Bytes> {
    let wanted = usize::try_from(left_bytes).unwrap_or(usize::MAX).min(PIECE_MAX_BYTES);
    let mut piece = Vec::with_capacity(wanted);
    file.take(wanted as u64).read_to_end(&mut piece)?;
    Ok(piece.into())
}
