//! Bringing bytes to the hub: what a hub must be able to do, how one item is sent, when what did not
//! work is tried again, and which item goes next.

#[cfg(test)]
pub(crate) mod fake_hub;
pub mod flow;
pub mod hub_client;
pub mod lanes;
pub mod retry;
pub mod transfer;

use std::fmt::{self, Debug};
use std::io;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use domain::{ContentHash, FolderPath, Name, Sha1Hash, TimestampMs, UploadId};
use futures_util::stream::BoxStream;
use wire::{ChangePage, Filing, FilingOutcome, OfferAnswer, Stored};

/// What is declared about an item before its bytes go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Declared SHA-256. The hub refuses other bytes.
    pub sha256: ContentHash,
    /// Declared SHA-1.
    pub sha1: Sha1Hash,
    /// Length.
    pub size_bytes: u64,
    /// The file's name, as text as far as it is text.
    pub name: Name,
    /// The bytes of a name that is not plain ASCII.
    pub name_raw: Option<Vec<u8>>,
    /// The device album; names the default folder and the hub album.
    pub album: String,
    /// The folder in the person's own Space; `None` for the album's folder below the device's.
    pub folder: Option<FolderPath>,
    /// When the file was last changed.
    pub modified_at_ms: TimestampMs,
}

/// Bytes on their way out, read while they go: no file is ever held in memory.
pub struct Body {
    /// How many bytes will come, unless reading fails.
    pub length_bytes: u64,
    /// The bytes. An error ends the request without finishing it.
    pub pieces: BoxStream<'static, io::Result<Bytes>>,
}

impl Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.length_bytes)
    }
}

/// How far an upload got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UploadPosition {
    /// The hub has this many bytes of it.
    At(u64),
    /// It is finished and stored.
    Finished(Stored),
}

/// Why the hub did not do it, sorted by what the device can do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HubError {
    /// No answer, or the hub cannot work right now (503, 429 with a time). Wait, then go on.
    #[error("the hub does not answer: {reason}")]
    Away {
        /// What the network or the hub said.
        reason: String,
        /// How long the hub asked to wait.
        retry_after: Option<Duration>,
    },
    /// This one call did not work, but may later (500, 423 upload-busy, 460 chunk-mismatch).
    #[error("{reason}")]
    Retryable {
        /// What the hub said.
        reason: String,
        /// How long the hub asked to wait.
        retry_after: Option<Duration>,
    },
    /// The hub does not want this, now or later.
    #[error("{0}")]
    Refused(String),
    /// What answers at the hub's address is not to be trusted, or sends us elsewhere.
    #[error("{0}")]
    WrongAddress(String),
    /// The token is not accepted (any more).
    #[error("the hub does not accept this device any more; connect it again")]
    Revoked,
    /// The hub's disk is full (507).
    #[error("the hub's disk is full")]
    StorageFull,
    /// The bytes were not the declared ones (422): the file changed.
    #[error("the bytes that arrived are not the ones that were hashed")]
    Mismatch,
    /// The content was deleted on the hub and stays deleted (409).
    #[error("deleted on the hub earlier; not sent again")]
    DeletedEarlier,
    /// The upload goes on somewhere else (409): ask for its position.
    #[error("the upload goes on at another place")]
    WrongOffset,
    /// The upload ended or expired (404, 410): begin again.
    #[error("the upload has expired")]
    UploadGone,
}

impl HubError {
    /// Whether the same call may work later without any change.
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Away { .. } | Self::Retryable { .. } | Self::WrongOffset | Self::UploadGone)
    }

    /// How long the hub asked to wait.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Away { retry_after, .. } | Self::Retryable { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

/// What the engine needs of a hub. The real one is `hub_client`; tests bring one in memory that fails
/// on command.
///
/// Every call may be dropped at any point and made again: offers and changes only ask, filing and
/// finishing give the same answer again.
#[async_trait]
pub trait Hub: Send + Sync + Debug {
    /// Changes of content after a place in the feed, with the hub's id and its newest place.
    async fn changes(&self, after: i64, limit: u32) -> Result<ChangePage, HubError>;

    /// Which of these the hub wants; at most [`wire::BATCH_MAX`], answers in their order.
    async fn offer(&self, hashes: &[ContentHash]) -> Result<Vec<OfferAnswer>, HubError>;

    /// Files content that the hub holds; at most [`wire::BATCH_MAX`], outcomes in their order.
    async fn file(&self, filings: &[Filing]) -> Result<Vec<FilingOutcome>, HubError>;

    /// Sends a whole small file in one request.
    async fn put(&self, file: &NewFile, body: Body) -> Result<Stored, HubError>;

    /// Begins an upload in pieces.
    async fn begin(&self, file: &NewFile) -> Result<UploadId, HubError>;

    /// How far an upload got.
    async fn position(&self, upload: UploadId) -> Result<UploadPosition, HubError>;

    /// Sends the next piece of an upload, whose declared length is `of_bytes`. Answers where it goes
    /// on, or that it is finished.
    async fn append(&self, upload: UploadId, offset: u64, body: Body) -> Result<UploadPosition, HubError>;

    /// Tells the hub how the run ended. Nothing depends on it.
    async fn report(&self, report: &wire::DeviceReport) -> Result<(), HubError>;
}
