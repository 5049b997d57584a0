//! Bytes by hash: stage, append, seal, read, remove.
//!
//! A [`Vault`] keeps **blobs**, named by the SHA-256 of their bytes and never changed once sealed.
//! Bytes arrive in **staging** under an upload's id; [`Vault::seal`] makes them durable under their
//! name. The order that everything else relies on (ADR 0003): when `seal` answers, the bytes survive
//! a power cut; nothing unfinished is ever visible under a blob's name.
//!
//! Beside the blobs lie their [`Renditions`], which can be made again at any time.
//!
//! Vaults compose by decoration: [`FaultyVault`] wraps any other and fails on demand. Every vault
//! passes the suite of [`contract`].

#[cfg(any(test, feature = "testkit"))]
pub mod contract;
pub mod disk;
mod error;
pub mod faults;
pub mod memory;
mod renditions;
mod verify;

use std::any::Any;
use std::fmt::Debug;
use std::ops::Range;
use std::path::PathBuf;

use async_trait::async_trait;
use bytes::Bytes;
use domain::clock::TimestampMs;
use domain::hash::{Hashes, TwinHasher};
use domain::{ContentHash, UploadId};
use futures_core::stream::BoxStream;

pub use disk::DiskVault;
pub use error::{Error, Result};
pub use faults::FaultyVault;
pub use memory::MemoryVault;
pub use renditions::{DiskRenditions, MemoryRenditions, Rendition, RenditionKind, Renditions};
pub use verify::{read_known, verify_blob};

/// The longest piece that [`Vault::read`] gives at once, in bytes.
pub const PIECE_MAX_BYTES: usize = 256 * 1024;

/// Bytes as they come from a vault, in pieces of at most [`PIECE_MAX_BYTES`]. Dropping it stops the
/// reading. An error ends it.
pub type ByteStream = BoxStream<'static, Result<Bytes>>;

/// Keeps bytes by hash.
///
/// At most one [`Staged`] per upload may exist at a time; that is the caller's duty. Calls for
/// different uploads and any calls about sealed blobs may run side by side. Dropping a future that
/// was polled leaves the vault as if the call had either not happened or succeeded.
#[async_trait]
pub trait Vault: Send + Sync + Debug {
    /// Begins an upload with no bytes. [`Error::AlreadyStaged`] when the id has staged bytes, also
    /// from before a restart: [`Vault::reopen`] those.
    async fn stage(&self, id: UploadId) -> Result<Box<dyn Staged>>;

    /// Goes on with staged bytes, also after a restart. Reads all of them once to restore the
    /// running hashes. `None` when nothing is staged under this id.
    async fn reopen(&self, id: UploadId) -> Result<Option<Box<dyn Staged>>>;

    /// Everything staged, in no particular order, for expiry and sweep.
    async fn staged(&self) -> Result<Vec<StagedUpload>>;

    /// Throws staged bytes away. Fine when there are none.
    async fn discard(&self, id: UploadId) -> Result<()>;

    /// Makes everything that was staged durable under the SHA-256 of its bytes. When it answers
    /// `Ok`, the blob survives a power cut and the upload is no longer staged.
    ///
    /// An error leaves no blob that was not there before and seals nothing unfinished. The staged
    /// bytes remain, unless the disk refused to make them durable: what such a disk holds cannot be
    /// trusted afterwards, so those bytes are thrown away and [`Vault::reopen`] gives `None`.
    async fn seal(&self, staged: Box<dyn Staged>) -> Result<Sealed>;

    /// Like [`Vault::seal`], but a blob that has the name makes way, whatever its length: for one whose
    /// bytes have rotted, or that cannot be read. The new bytes are durable before they take the name,
    /// and they take it in one step: at no moment does a name that had bytes have none.
    ///
    /// After an error the name has either the blob that was there or the new one. In the latter case
    /// the upload is no longer staged, and whether a power cut would bring the old blob back is not
    /// known.
    async fn seal_over(&self, staged: Box<dyn Staged>) -> Result<Sealed>;

    /// Makes the name of a blob survive a power cut that a seal may have left without (one that was killed
    /// half way, or answered an error). Bytes are durable before they have a name. `false` when there is
    /// no such blob.
    async fn sync_name(&self, hash: ContentHash) -> Result<bool>;

    /// The length of a sealed blob; `None` when there is none.
    async fn size_of(&self, hash: ContentHash) -> Result<Option<u64>>;

    /// Streams bytes `range.start..range.end` of a blob. [`Error::NotFound`];
    /// [`Error::OutOfRange`] when the range ends behind the blob or before it starts. A blob that
    /// turns out shorter while it is read ends the stream with [`Error::Damaged`], never early and
    /// silently.
    async fn read(&self, hash: ContentHash, range: Range<u64>) -> Result<ByteStream>;

    /// The blob as a file that other programs may read, where blobs are files. It need not exist.
    fn file_of(&self, hash: ContentHash) -> Option<PathBuf> {
        let _ = hash;
        None
    }

    /// Removes a blob durably. `false` when there was none. Streams that are reading it may go on.
    async fn remove(&self, hash: ContentHash) -> Result<bool>;

    /// Up to `limit` sealed blobs in the order of their hashes, beginning behind `after`. Fewer than
    /// `limit` means the end.
    async fn list(&self, after: Option<ContentHash>, limit: usize) -> Result<Vec<SealedBlob>>;

    /// How much more fits; `None` where that is unknown.
    async fn room(&self) -> Result<Option<Room>>;

    /// Whether the vault can be written to right now. Cheap enough for a readiness probe.
    async fn check(&self) -> Result<()>;
}

/// An upload's bytes so far, open for more. Dropping it keeps them staged.
#[async_trait]
pub trait Staged: Any + Send + Debug {
    /// The upload.
    fn id(&self) -> UploadId;

    /// How many bytes are staged: where the upload goes on.
    fn size_bytes(&self) -> u64;

    /// Waits until work whose future was dropped has ended: only then are length and hashes final. A
    /// caller whose client may have hung up in mid-append asks for this before it trusts them.
    async fn settle(&mut self) {}

    /// Adds bytes at the end, in the order given, and hashes them. They are durable after
    /// [`Staged::sync`] or [`Vault::seal`], not before. After an error the length and the hashes
    /// are what they were before the call, and the upload can go on, in particular after
    /// [`Error::Full`]; only after [`Error::NotStaged`] it cannot.
    async fn append(&mut self, pieces: Vec<Bytes>) -> Result<()>;

    /// Makes the bytes so far survive a power cut. When the disk refuses, the staged bytes are
    /// thrown away, because nothing tells which of them are good, and every later call answers
    /// [`Error::NotStaged`].
    async fn sync(&mut self) -> Result<()>;

    /// Remembers this point for [`Staged::roll_back`].
    fn checkpoint(&self) -> Checkpoint;

    /// Forgets everything appended since the checkpoint. The checkpoint must be of this very upload
    /// and not behind its end; [`Error::LengthDiffers`] otherwise.
    async fn roll_back(&mut self, to: Checkpoint) -> Result<()>;

    /// Hashes and length of the bytes so far.
    fn hashes(&self) -> Hashes;
}

/// A point in an upload: how far it was, and the running hashes there. Lives in memory only.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    pub(crate) id: UploadId,
    pub(crate) hasher: TwinHasher,
}

impl Checkpoint {
    /// How many bytes were staged.
    pub const fn size_bytes(&self) -> u64 {
        self.hasher.size_bytes()
    }

    /// The length to go back to, when this checkpoint is of that upload and not behind its end.
    pub(crate) fn fits(&self, id: UploadId, size_bytes: u64) -> Result<u64> {
        let expected_bytes = self.size_bytes();
        if expected_bytes > size_bytes || self.id != id {
            return Err(Error::LengthDiffers { id, expected_bytes, actual_bytes: size_bytes });
        }
        Ok(expected_bytes)
    }
}

/// One upload whose bytes are still staged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StagedUpload {
    /// The upload.
    pub id: UploadId,
    /// How many bytes are staged.
    pub size_bytes: u64,
    /// When bytes last came, by the vault's clock.
    pub changed_at_ms: TimestampMs,
}

/// What [`Vault::seal`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealed {
    /// Name, alias and length of the blob.
    pub hashes: Hashes,
    /// A blob of this name and length was there already and was kept; the staged bytes are gone.
    pub was_there: bool,
    /// A blob of this name was there, with the wrong length or for [`Vault::seal_over`] to replace;
    /// these bytes took its place.
    pub replaced: bool,
}

/// One sealed blob in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedBlob {
    /// Its name.
    pub hash: ContentHash,
    /// Its length as stored, which need not be right when the disk is damaged.
    pub size_bytes: u64,
}

/// How much fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Free for this program.
    pub free_bytes: u64,
    /// All there is, used or not.
    pub total_bytes: u64,
}
