//! How pictures come in: offer, begin, append, finish. Every door uses these.

mod append;
mod arrivals;
mod begin;
mod expire;
mod file;
mod finish;
mod offer;
mod promises;
mod receive;
mod record;
mod request;
mod session;
mod standing;
mod whole;

use catalog::uploads::FinishedAs;
use domain::{AssetId, ContentHash, EntryId, TimestampMs, UploadId};

pub(crate) use arrivals::Arrivals;
pub use begin::NewUpload;
pub use file::{FilingOutcome, HeldFile, Refusal};
pub use offer::OfferAnswer;
pub(crate) use promises::Promises;
pub use receive::{Body, ChunkChecksum};
pub use request::{DeviceAlbum, FileDeclaration};
pub(crate) use session::{HEAD_BYTES, Sessions};
pub(crate) use standing::Doubts;

/// How many items one offer or filing may carry.
pub const BATCH_MAX: usize = 1000;

/// Where an upload stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadState {
    /// The upload.
    pub id: UploadId,
    /// The next byte that is wanted. Everything before it is durable.
    pub offset: u64,
    /// The declared length.
    pub length: u64,
    /// Until when it waits, or is remembered.
    pub expires_at_ms: TimestampMs,
    /// What the client declared, exactly as it wrote it.
    pub metadata: Option<String>,
    /// What became of it, once it is finished.
    pub stored: Option<Stored>,
}

/// The only "stored": bytes durable and row committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The file's entry.
    pub entry_id: EntryId,
    /// Its asset, when it is a picture or video.
    pub asset_id: Option<AssetId>,
    /// The bytes' name.
    pub sha256: ContentHash,
    /// The name it got.
    pub name: String,
    /// Whether the Space had the content before.
    pub already_held: bool,
}

impl From<FinishedAs> for Stored {
    fn from(finished: FinishedAs) -> Self {
        Self {
            entry_id: finished.entry_id,
            asset_id: finished.asset_id,
            sha256: finished.sha256,
            name: finished.name,
            already_held: finished.already_held,
        }
    }
}
