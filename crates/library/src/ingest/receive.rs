//! Takes a request's body into the staged file: reads the next piece while the last one is being
//! hashed and written, holds at most two pieces, and stops at a chunk's edge when it is told to.

use std::time::Duration;

use bytes::Bytes;
use domain::{ContentHash, Sha1Hash, TwinHasher};
use futures_core::Stream;
use futures_util::StreamExt as _;
use tokio_util::sync::CancellationToken;
use vault::{Checkpoint, Staged};

use super::promises::Promise;
use super::session::HEAD_BYTES;
use crate::error::{Cause, Error, Result};

/// Frames are gathered to pieces of about this size before they are written: one hop to a
/// blocking thread for each, and both digests stay in the cache.
const PIECE_BYTES: usize = 256 * 1024;

/// Why a silent body is given up.
const SILENT: &str = "no bytes arrived for too long";

/// A request's body.
pub trait Body: Stream<Item = Result<Bytes, Cause>> + Send + Unpin {}

impl<T: Stream<Item = Result<Bytes, Cause>> + Send + Unpin> Body for T {}

/// What one chunk must hash to (tus, checksum extension).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChunkChecksum {
    /// `sha1 BASE64`
    Sha1(Sha1Hash),
    /// `sha256 BASE64`
    Sha256(ContentHash),
}

/// When to stop although more could come.
pub(super) struct Limits<'a> {
    /// The declared length of the whole file.
    pub(super) length: u64,
    /// The room that the bytes may take.
    pub(super) promise: &'a Promise,
    /// A body that is silent for this long is taken for dead.
    pub(super) stall: Duration,
    /// A newer request wants the upload.
    pub(super) yield_now: CancellationToken,
    /// The hub is being stopped.
    pub(super) stopping: CancellationToken,
}

/// Why a body was not taken, or not all of it.
#[derive(Debug)]
pub(super) enum Broken {
    /// Every byte that is staged may count.
    Refused(Error),
    /// Bytes that were refused are still staged: cutting them off failed as well, for this reason. The
    /// upload cannot go on.
    Spoiled(Error),
}

impl From<Broken> for Error {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Refused(error) | Broken::Spoiled(error) => error,
        }
    }
}

/// Why no more bytes are read.
enum End {
    Complete,
    Cut(Error),
}

/// Appends the whole body. Afterwards every byte that was taken is staged (not yet synced).
///
/// When the body breaks off, what arrived stays, and the error says so. When it is too long or
/// does not match its checksum, the staged file is what it was before this request, unless it is
/// [`Broken::Spoiled`].
pub(super) async fn receive(
    staged: &mut Box<dyn Staged>,
    head: &mut Vec<u8>,
    unchecked: &mut Option<Checkpoint>,
    body: impl Body,
    checksum: Option<ChunkChecksum>,
    limits: &Limits<'_>,
) -> Result<(), Broken> {
    let before = staged.checkpoint();
    // This call may be dropped at any of its waits: whoever comes next must know.
    *unchecked = checksum.map(|_| before.clone());
    let mut chunk_hasher = checksum.map(|_| TwinHasher::new());
    let end = pump(staged, head, body, chunk_hasher.as_mut(), limits).await;
    let fault = match end {
        Ok(End::Complete) => match (checksum, chunk_hasher) {
            (Some(checksum), Some(hasher)) => mismatch(checksum, hasher),
            _ => None,
        },
        // An unfinished chunk cannot be checked, so none of it may count.
        Ok(End::Cut(error)) if checksum.is_none() => return Err(Broken::Refused(error)),
        Ok(End::Cut(error)) | Err(error) => Some(error),
    };
    let Some(error) = fault else {
        *unchecked = None;
        return Ok(());
    };
    // Without a checksum, bytes that were taken before the disk failed are as good as any.
    let must_go = checksum.is_some() || matches!(error, Error::LengthMismatch { .. });
    if must_go {
        *unchecked = Some(before.clone());
    }
    let kept = matches!(error, Error::StorageFull) && !must_go;
    let rolled_back = if kept { Ok(()) } else { staged.roll_back(before).await };
    // The head must not show bytes that were refused: others may come in their place.
    head.truncate(usize::try_from(staged.size_bytes()).unwrap_or(usize::MAX));
    match rolled_back {
        Err(cause) if must_go => Err(Broken::Spoiled(cause.into())),
        _ => {
            *unchecked = None;
            Err(Broken::Refused(error))
        }
    }
}

/// Refuses bytes that come although all are there: they would be dropped, and their sender told that
/// they were taken. An empty body is fine, it asks for the end again.
pub(super) async fn refuse_more(length: u64, mut body: impl Body, stall: Duration) -> Result<()> {
    loop {
        match tokio::time::timeout(stall, body.next()).await {
            Ok(None) => return Ok(()),
            Ok(Some(Ok(bytes))) if bytes.is_empty() => {}
            Ok(Some(Ok(bytes))) => {
                return Err(Error::LengthMismatch { expected: length, actual: length + bytes.len() as u64 });
            }
            Ok(Some(Err(cause))) => return Err(Error::BodyCut(cause)),
            Err(_) => return Err(Error::BodyCut(SILENT.into())),
        }
    }
}

async fn pump(
    staged: &mut Box<dyn Staged>,
    head: &mut Vec<u8>,
    mut body: impl Body,
    mut chunk_hasher: Option<&mut TwinHasher>,
    limits: &Limits<'_>,
) -> Result<End> {
    let mut end = None;
    let mut next = gather(&mut body, limits, &mut end).await;
    while !next.is_empty() {
        let taken: u64 = next.iter().map(|bytes| bytes.len() as u64).sum();
        let after = staged.size_bytes() + taken;
        if after > limits.length {
            return Err(Error::LengthMismatch { expected: limits.length, actual: after });
        }
        limits.promise.cover(taken).await?;
        for bytes in &next {
            keep_head(head, staged.size_bytes(), bytes);
            if let Some(hasher) = chunk_hasher.as_deref_mut() {
                hasher.update(bytes);
            }
        }
        if end.is_some() {
            staged.append(next).await?;
            limits.promise.arrived(taken);
            break;
        }
        let (written, following) = tokio::join!(staged.append(next), gather(&mut body, limits, &mut end));
        written?;
        limits.promise.arrived(taken);
        next = following;
    }
    Ok(end.unwrap_or(End::Complete))
}

/// Reads frames until there is a piece's worth of them, the body ends, or it is time to stop.
async fn gather(body: &mut impl Body, limits: &Limits<'_>, end: &mut Option<End>) -> Vec<Bytes> {
    let mut piece = Vec::new();
    let mut size = 0;
    while size < PIECE_BYTES && end.is_none() {
        let frame = tokio::select! {
            biased;
            () = limits.yield_now.cancelled() => Err(Error::UploadBusy),
            () = limits.stopping.cancelled() => Err(Error::Unavailable("the hub is being stopped".into())),
            frame = tokio::time::timeout(limits.stall, body.next()) => match frame {
                Ok(Some(Ok(bytes))) => Ok(Some(bytes)),
                Ok(Some(Err(cause))) => Err(Error::BodyCut(cause)),
                Ok(None) => Ok(None),
                Err(_) => Err(Error::BodyCut(SILENT.into())),
            },
        };
        match frame {
            Ok(Some(bytes)) => {
                size += bytes.len();
                if !bytes.is_empty() {
                    piece.push(bytes);
                }
            }
            Ok(None) => *end = Some(End::Complete),
            Err(error) => *end = Some(End::Cut(error)),
        }
    }
    piece
}

fn keep_head(head: &mut Vec<u8>, staged_bytes: u64, bytes: &Bytes) {
    // Only a head that starts at byte 0 is of use; after a restart it is read from the vault.
    let seamless = staged_bytes == 0 || !head.is_empty();
    if seamless && head.len() < HEAD_BYTES {
        let room = HEAD_BYTES - head.len();
        head.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }
}

fn mismatch(checksum: ChunkChecksum, hasher: TwinHasher) -> Option<Error> {
    let actual = hasher.finish();
    match checksum {
        ChunkChecksum::Sha1(expected) if expected != actual.sha1 => {
            Some(Error::ChunkMismatch { algorithm: "sha1" })
        }
        ChunkChecksum::Sha256(expected) if expected != actual.sha256 => {
            Some(Error::ChunkMismatch { algorithm: "sha256" })
        }
        ChunkChecksum::Sha1(_) | ChunkChecksum::Sha256(_) => None,
    }
}
