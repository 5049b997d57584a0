//! Uploads from begin to finish, and what they became.

use domain::{
    AssetId, ContentHash, DeviceId, EntryId, FolderPath, Name, Sha1Hash, SpaceId, TimestampMs, UploadId,
    UserId,
};

use crate::error::{Result, unfinished};
use crate::page::{Listed, Page};
use crate::tx::Tx;

/// What was declared when an upload began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUpload {
    /// A fresh id.
    pub id: UploadId,
    /// Who began it.
    pub user_id: UserId,
    /// With which device.
    pub device_id: Option<DeviceId>,
    /// The Space it goes to.
    pub space_id: SpaceId,
    /// The folder below the Space's root.
    pub folder: FolderPath,
    /// The hub album that the asset joins.
    pub album: Option<Name>,
    /// The file's name as sent.
    pub name: Name,
    /// The bytes of a name that was not UTF-8.
    pub name_raw: Option<Vec<u8>>,
    /// Declared SHA-256 of the whole file.
    pub sha256: Option<ContentHash>,
    /// Declared SHA-1 of the whole file.
    pub sha1: Option<Sha1Hash>,
    /// Declared length; `None` while the client has not said.
    pub size_bytes: Option<u64>,
    /// When the file was last changed on its device.
    pub modified_at_ms: Option<TimestampMs>,
    /// Store it even though it was deleted here earlier.
    pub send_again: bool,
    /// Now.
    pub created_at_ms: TimestampMs,
    /// When it is forgotten unless something happens.
    pub expires_at_ms: TimestampMs,
}

/// What a finished upload became; the same answer is given again until the upload expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedAs {
    /// The file's entry.
    pub entry_id: EntryId,
    /// Its asset, when it is a picture or video.
    pub asset_id: Option<AssetId>,
    /// The bytes' name.
    pub sha256: ContentHash,
    /// How many bytes.
    pub size_bytes: u64,
    /// The name it got.
    pub name: String,
    /// Whether the Space had the content before.
    pub already_held: bool,
}

/// Where an upload stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UploadState {
    /// Bytes are awaited.
    Open,
    /// Stored.
    Finished(FinishedAs),
    /// Refused or given up: its staged bytes are gone. `why` is a short word for the answer.
    Ended {
        /// Why, such as `hash-mismatch`.
        why: String,
    },
}

/// An upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// What was declared when it began; `expires_at_ms` as it stands now.
    pub declared: NewUpload,
    /// When something last happened to it.
    pub changed_at_ms: TimestampMs,
    /// Where it stands.
    pub state: UploadState,
}

/// Adds an upload.
pub async fn insert(tx: &mut Tx, upload: &NewUpload) -> Result<()> {
    unfinished((tx, upload))
}

/// An upload, whatever became of it.
pub async fn get(tx: &mut Tx, id: UploadId) -> Result<Option<Upload>> {
    unfinished((tx, id))
}

/// Writes down the length that a client declared late. False unless it is open and had none.
pub async fn set_length(tx: &mut Tx, id: UploadId, size_bytes: u64, now_ms: TimestampMs) -> Result<bool> {
    unfinished((tx, id, size_bytes, now_ms))
}

/// Writes down what it became. False when it was not open (any more).
pub async fn set_finished(
    tx: &mut Tx,
    id: UploadId,
    finished: &FinishedAs,
    now_ms: TimestampMs,
    expires_at_ms: TimestampMs,
) -> Result<bool> {
    unfinished((tx, id, finished, now_ms, expires_at_ms))
}

/// Writes down that it ended without a result. False when it was not open (any more).
pub async fn set_ended(
    tx: &mut Tx,
    id: UploadId,
    why: &str,
    now_ms: TimestampMs,
    expires_at_ms: TimestampMs,
) -> Result<bool> {
    unfinished((tx, id, why, now_ms, expires_at_ms))
}

/// Something happened to it: it lives until `expires_at_ms`. False when it is not open.
pub async fn touch(
    tx: &mut Tx,
    id: UploadId,
    now_ms: TimestampMs,
    expires_at_ms: TimestampMs,
) -> Result<bool> {
    unfinished((tx, id, now_ms, expires_at_ms))
}

/// Uploads in any state whose time is over, longest first, at most `limit`.
pub async fn expired(tx: &mut Tx, now_ms: TimestampMs, limit: u32) -> Result<Vec<UploadId>> {
    unfinished((tx, now_ms, limit))
}

/// Forgets an upload. False when there was none.
pub async fn delete(tx: &mut Tx, id: UploadId) -> Result<bool> {
    unfinished((tx, id))
}

/// A person's uploads in any state, newest first.
pub async fn list_of_user(tx: &mut Tx, user_id: UserId, page: &Page) -> Result<Listed<Upload>> {
    unfinished((tx, user_id, page))
}
