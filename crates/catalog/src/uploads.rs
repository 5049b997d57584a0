//! Uploads from begin to finish, and what they became.

use domain::{
    AssetId, ContentHash, DeviceId, EntryId, FolderPath, Name, Sha1Hash, SpaceId, TimestampMs, UploadId,
    UserId,
};

use crate::error::{Error, Result};
use crate::page::{ByTimeDown, Listed, Page};
use crate::row::Row;
use crate::sql::uploads as sql;
use crate::tx::{Tx, query};

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
    /// The declaration as the client wrote it (tus's `Upload-Metadata`), to tell it back.
    pub metadata: Option<String>,
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
    query(sql::INSERT)
        .bind(upload.id)
        .bind(upload.user_id)
        .bind(upload.device_id)
        .bind(upload.space_id)
        .bind(upload.folder.to_string())
        .bind(upload.album.as_ref().map(Name::as_str))
        .bind(upload.name.as_str())
        .bind(upload.name_raw.as_deref())
        .bind(upload.sha256)
        .bind(upload.sha1)
        .bind(upload.size_bytes)
        .bind(upload.modified_at_ms)
        .bind(upload.send_again)
        .bind(upload.metadata.as_deref())
        .bind(upload.created_at_ms)
        .bind(upload.expires_at_ms)
        .run(tx)
        .await?;
    Ok(())
}

/// An upload, whatever became of it.
pub async fn get(tx: &mut Tx, id: UploadId) -> Result<Option<Upload>> {
    let row = query(sql::GET).bind(id).optional(tx).await?;
    row.as_ref().map(upload_of).transpose()
}

/// Writes down the length that a client declared late. False unless it is open and had none.
pub async fn set_length(tx: &mut Tx, id: UploadId, size_bytes: u64, now_ms: TimestampMs) -> Result<bool> {
    query(sql::SET_LENGTH).bind(id).bind(size_bytes).bind(now_ms).changed(tx).await
}

/// Writes down what it became. False when it was not open (any more).
pub async fn set_finished(
    tx: &mut Tx,
    id: UploadId,
    finished: &FinishedAs,
    now_ms: TimestampMs,
    expires_at_ms: TimestampMs,
) -> Result<bool> {
    query(sql::SET_FINISHED)
        .bind(id)
        .bind(finished.entry_id)
        .bind(finished.asset_id)
        .bind(finished.sha256)
        .bind(finished.size_bytes)
        .bind(finished.name.as_str())
        .bind(finished.already_held)
        .bind(now_ms)
        .bind(expires_at_ms)
        .changed(tx)
        .await
}

/// Writes down that it ended without a result. False when it was not open (any more).
pub async fn set_ended(
    tx: &mut Tx,
    id: UploadId,
    why: &str,
    now_ms: TimestampMs,
    expires_at_ms: TimestampMs,
) -> Result<bool> {
    query(sql::SET_ENDED).bind(id).bind(why).bind(now_ms).bind(expires_at_ms).changed(tx).await
}

/// Something happened to it: it lives until `expires_at_ms`. False when it is not open.
pub async fn touch(
    tx: &mut Tx,
    id: UploadId,
    now_ms: TimestampMs,
    expires_at_ms: TimestampMs,
) -> Result<bool> {
    query(sql::TOUCH).bind(id).bind(now_ms).bind(expires_at_ms).changed(tx).await
}

/// Uploads in any state whose time is over, longest first, at most `limit`.
pub async fn expired(tx: &mut Tx, now_ms: TimestampMs, limit: u32) -> Result<Vec<UploadId>> {
    let rows = query(sql::EXPIRED).bind(now_ms).bind(i64::from(limit)).all(tx).await?;
    rows.iter().map(|row| row.key("id")).collect()
}

/// Forgets an upload. False when there was none.
pub async fn delete(tx: &mut Tx, id: UploadId) -> Result<bool> {
    query(sql::DELETE).bind(id).changed(tx).await
}

/// A person's uploads in any state, newest first.
pub async fn list_of_user(tx: &mut Tx, user_id: UserId, page: &Page) -> Result<Listed<Upload>> {
    let ByTimeDown(before_ms, before_id) = page.start(TAG)?;
    let rows = query(sql::LIST_OF_USER)
        .bind(user_id)
        .bind(before_ms)
        .bind(before_id)
        .bind(page.rows() + 1)
        .all(tx)
        .await?;
    let uploads = rows.iter().map(upload_of).collect::<Result<_>>()?;
    Ok(Listed::cut(uploads, page.rows(), TAG, |upload: &Upload| {
        ByTimeDown(upload.declared.created_at_ms, upload.declared.id.as_bytes().to_vec())
    }))
}

/// Which list a cursor is of.
const TAG: u8 = b'p';

fn upload_of(row: &Row) -> Result<Upload> {
    let album = row.text_or_none("album")?.map(Name::new).transpose();
    let declared = NewUpload {
        id: row.key("id")?,
        user_id: row.key("user_id")?,
        device_id: row.key_or_none("device_id")?,
        space_id: row.key("space_id")?,
        folder: row.path("folder")?,
        album: album.map_err(|_| Error::Unreadable { column: "album" })?,
        name: row.name("name")?,
        name_raw: row.bytes_or_none("name_raw")?,
        sha256: row.key_or_none("sha256")?,
        sha1: row.key_or_none("sha1")?,
        size_bytes: row.count_or_none("size_bytes")?,
        modified_at_ms: row.number_or_none("modified_at_ms")?,
        send_again: row.number("send_again")? != 0,
        metadata: row.text_or_none("metadata")?,
        created_at_ms: row.number("created_at_ms")?,
        expires_at_ms: row.number("expires_at_ms")?,
    };
    let state = match row.text("state")?.as_str() {
        "open" => UploadState::Open,
        "ended" => UploadState::Ended { why: row.text("ended_why")? },
        "finished" => UploadState::Finished(FinishedAs {
            entry_id: row.key("finished_entry_id")?,
            asset_id: row.key_or_none("finished_asset_id")?,
            sha256: row.key("finished_sha256")?,
            size_bytes: row.count("finished_size_bytes")?,
            name: row.text("finished_name")?,
            already_held: row.number("finished_already_held")? != 0,
        }),
        _ => return Err(Error::Unreadable { column: "state" }),
    };
    Ok(Upload { declared, changed_at_ms: row.number("changed_at_ms")?, state })
}
